package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMessageOver512BytesEndsOnlyTheSenderWith1009(t *testing.T) {
	parts := func(sizes ...int) (frames []wstest.Frame) {
		for i, size := range sizes {
			f := wstest.Frame{More: i < len(sizes)-1, Payload: bytes.Repeat([]byte("a"), size)}
			if i == 0 {
				f.Opcode = websocket.TextMessage
			}
			frames = append(frames, f)
		}
		return frames
	}
	tests := []struct {
		name   string
		frames []wstest.Frame
	}{
		{"513바이트", parts(513)},
		{"300바이트 둘", parts(300, 300)},
		{"한 바이트씩 513개", parts(slices.Repeat([]int{1}, 513)...)},
		{"한글 171자", []wstest.Frame{wstest.Text(strings.Repeat("가", 171))}},
		{"바이너리", []wstest.Frame{{Opcode: websocket.BinaryMessage, Payload: make([]byte, 513)}}},
		{"길이만 1 GiB", []wstest.Frame{{Opcode: websocket.TextMessage, Announce: 1 << 30}}},
		{"길이만 2의 63제곱", []wstest.Frame{{Opcode: websocket.TextMessage, Announce: 1 << 63}}},
		{"20 MB", parts(20_000_000)},
	}
	for _, tt := range tests {
		if t.Failed() {
			return // 닫히지 않는 연결을 하나하나 기다리지 않습니다.
		}
		t.Run(tt.name, func(t *testing.T) {
			var wire []byte
			for _, f := range tt.frames {
				wire = append(wire, f.Bytes()...)
			}
			s := start(t)
			logs := wstest.CaptureLog(t)
			c, other := dial(t, s), dial(t, s)
			before := heap()
			sent := make(chan error, 1)
			go func() {
				_, err := c.NetConn().Write(wire)
				sent <- err
			}()
			c.WantClose(websocket.CloseMessageTooBig)
			// 서버가 남은 바이트를 읽어 주지 않으면 RST가 닫기 코드를 앞지를 수 있습니다.
			if err := <-sent; err != nil {
				t.Errorf("다 보내기 전에 끊겼습니다: %v", err)
			}
			logs.Await(t, "나감: 서버가 닫음: 1009 메시지가 512바이트를 넘습니다")
			say(other, "다음 말")
			wantHeard(t, other, "다음 말")
			c.Close()
			if len(tt.frames[0].Payload) < 1<<20 {
				wantGrownAtMost(t, before, 1<<20, "크기를 보기 전에 받아 둡니까?")
			}
		})
	}
}

func TestMessageOf512BytesPasses(t *testing.T) {
	left := 512 - len(frame("").Payload)
	for _, text := range []string{strings.Repeat("a", left), strings.Repeat("가", left/3) + "abc"[:left%3]} {
		c := dial(t, start(t))
		whole := frame(text).Payload
		say(c, text)
		wantHeard(t, c, text)
		c.Write(
			wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: whole[:200]},
			wstest.Frame{Opcode: websocket.PingMessage, Payload: make([]byte, 125)}, // 제어 메시지는 세지 않습니다.
			wstest.Frame{Payload: whole[200:]})
		wantHeard(t, c, text)
	}
}

// flood는 서버가 받아 주는 만큼 n까지 쉬지 않고 말합니다.
func flood(c *wstest.Conn, n int) {
	c.NetConn().SetWriteDeadline(time.Time{})
	for i := range n {
		if _, err := c.NetConn().Write(frame(fmt.Sprint(i)).Bytes()); err != nil {
			return
		}
	}
}

// wantNext는 flood의 n번째 말이 들리기를 요구합니다.
func wantNext(t *testing.T, c *wstest.Conn, n int, why string) {
	t.Helper()
	if got, err := hear(c); err != nil || got != fmt.Sprint(n) {
		t.Fatalf("들은 것 %.80q, 오류 %v, 원한 것 \"%d\". %s", got, err, n, why)
	}
}

func TestSenderIsAtMost128MessagesAheadOfItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		sender.SetPingHandler(func(string) error { return nil }) // 쏟아붓느라 pong을 쓸 틈이 없습니다.
		go flood(sender, 228)
		const why = "자기 메시지를 자기에게 썼을 때만 하나를 돌려놓습니까? 가득 찬 채널에 돌려놓으면 쓰기가 멈춥니다"
		for n := range 128 {
			wantNext(t, listener, n, why)
		}
		for n := range 100 { // 보낸 사람이 하나를 들을 때마다 하나씩 더 나갑니다.
			listener.NetConn().SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := listener.NetConn().Read(make([]byte, 1)); err == nil {
				t.Fatalf("보낸 사람이 %d개를 들었는데 %d개째가 나갔습니다. 앞선 것은 128개까지입니다", n, 129+n)
			}
			wantNext(t, sender, n, why)
			wantNext(t, listener, 128+n, why)
		}
	})
}

func TestSenderThatDoesNotReadCannotFloodTheOthers(t *testing.T) {
	const messages = 10_000
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		go flood(sender, messages)
		synctest.Wait() // 서버는 보낸 사람이 읽지 않은 만큼 받지 않습니다.
		for n := range messages {
			const why = "128개 앞선 사람은 자기 것이 돌아올 때까지 기다리게 합니까?"
			wantNext(t, sender, n, why)
			wantNext(t, listener, n, why)
		}
	})
}

func TestSlowReaderThatWaitsForItsTurnIsNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		chat(t, sender, 1000)
		sender.SetReadDeadline(time.Time{})
		go sender.Drain()
		slow.SetPingHandler(func(string) error { return nil }) // 서버가 읽지 않는 동안에는 pong을 보낼 수 없습니다.
		for range 129 {                                        // 마지막 하나가 차례를 기다립니다.
			say(slow, "나도 한마디")
		}
		for n := range 1129 {
			if _, err := hear(slow); err != nil {
				t.Fatalf("%d개를 읽고 끊겼습니다: %v. 차례를 기다리는 동안에는 pong을 읽지 못하니 그만큼 늦춥니까?", n, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		say(slow, "아직 여기")
		wantHeard(t, slow, "아직 여기")
	})
}

func TestBurstsWithoutPongAreNotLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
		c.SetPingHandler(func(string) error { return nil })
		begin := time.Now()
		c.SetReadDeadline(begin.Add(time.Hour))
		talking := make(chan struct{})
		go func() {
			defer close(talking)
			for c.NetConn().SetWriteDeadline(time.Time{}); ; time.Sleep(time.Second) {
				for range 300 { // 128개를 넘어서 차례를 기다립니다.
					if _, err := c.NetConn().Write(frame("여기 있지만 pong은 없다").Bytes()); err != nil {
						return
					}
				}
			}
		}()
		var err error
		for err == nil {
			time.Sleep(time.Millisecond)
			_, _, err = c.ReadMessage()
		}
		if waited := time.Since(begin); waited > 90*time.Second || wstest.CloseCode(err) != websocket.ClosePolicyViolation {
			t.Errorf("%v 뒤에 끝났습니다: %v, 원한 것 90초 안에 1008. 기다린 만큼만 늦춥니까?", waited, err)
		}
		c.Close()
		wstest.Await(t, talking, "연결을 끊었는데 말하기가 끝나지 않습니다")
	})
}

func TestLeavingFlooderLeavesNothing(t *testing.T) {
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		for n := range 100 {
			sender := dial(t, s)
			go flood(sender, 1000)
			synctest.Wait() // readPump가 차례를 기다립니다.
			sender.Close()
			synctest.Wait()
			if left := len(logs.Lines("나감")); left != n+1 {
				t.Fatalf("%d명이 떠났는데 %d명만 나갔습니다. writePump가 끝나면 차례를 기다리던 readPump도 깨어납니까?", n+1, left)
			}
		}
	})
}

func TestPageCountsBytesAndSaysWhenItIsTooLong(t *testing.T) {
	_, page := start(t).Get(t, "/")
	for _, want := range []string{`id="bytes"`, `id="over"`, `role="status"`, "TextEncoder"} {
		if !strings.Contains(page, want) {
			t.Errorf("페이지에 %s이(가) 없습니다", want)
		}
	}
	if strings.Count(page, `role="status"`) != 2 {
		t.Error(`role="status"인 자리는 둘입니다: 연결의 상태와 넘쳤다는 말`)
	}
}
