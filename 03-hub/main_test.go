package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMessageReachesEveryoneTheSenderIncluded(t *testing.T) {
	s := start(t)
	clients := []*wstest.Conn{dial(t, s), dial(t, s), dial(t, s)}
	for _, text := range []string{"안녕하세요 👋", "<img src=x onerror=alert(1)>", "둘째 줄\n셋째 줄"} {
		say(clients[0], text)
		for _, c := range clients {
			wantHeard(t, c, text)
		}
	}
}

func TestEveryoneHearsTheSameOrder(t *testing.T) {
	const clients, each = 5, 100
	s := start(t)
	var conns []*wstest.Conn
	for range clients {
		conns = append(conns, dial(t, s))
	}
	var wg sync.WaitGroup
	heard := make([][]string, clients)
	for i, c := range conns {
		wg.Go(func() {
			for n := range each {
				say(c, fmt.Sprint(i, "의 ", n))
			}
		})
		wg.Go(func() {
			for range clients * each {
				text, err := hear(c)
				if err != nil {
					t.Errorf("%d번이 %d개를 듣고 끝났습니다: %v", i, len(heard[i]), err)
					return
				}
				heard[i] = append(heard[i], text)
			}
		})
	}
	wg.Wait()
	for i := range heard {
		if !slices.Equal(heard[i], heard[0]) {
			t.Fatalf("%d번이 들은 순서가 0번과 다릅니다", i)
		}
	}
}

func TestEachMessageIsOneFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		text := strings.Repeat("가", 100)
		for range 3 {
			say(sender, text)
			wantHeard(t, sender, text)
		}
		synctest.Wait() // 셋이 모두 listener를 기다립니다.
		listener.NetConn().SetReadDeadline(time.Now().Add(time.Minute))
		for range 3 {
			var header [4]byte
			io.ReadFull(listener.NetConn(), header[:])
			if header[0] != 0x81 || header[1] != 126 {
				t.Fatalf("프레임 헤더 % x, 원한 것 FIN과 텍스트(81), 두 바이트 길이(7e)", header)
			}
			io.CopyN(io.Discard, listener.NetConn(), int64(header[2])<<8|int64(header[3]))
		}
	})
}

func TestFragmentsWithAPingBetweenAreOneMessage(t *testing.T) {
	s := start(t)
	c, other := dial(t, s), dial(t, s)
	var pong string
	c.SetPongHandler(func(data string) error {
		pong = data
		return nil
	})
	whole := frame("한글").Payload
	cut := bytes.IndexByte(whole, "한"[0]) + 1 // 글자 한가운데
	c.Write(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: whole[:cut]},
		wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")},
		wstest.Frame{Opcode: 0, Payload: whole[cut:]},
	)
	wantHeard(t, c, "한글")
	wantHeard(t, other, "한글")
	if pong != "p" {
		t.Errorf("pong %q, 원한 것 \"p\"", pong)
	}
}

func TestWhatIsNotTextEndsOnlyTheSender(t *testing.T) {
	tests := append(wstest.InvalidUTF8,
		wstest.Violation{Name: "바이너리", Code: 1003, Frames: []wstest.Frame{{Opcode: 2, Payload: []byte{0xff, 0xfe}}}},
		wstest.Violation{Name: "빈 바이너리", Code: 1003, Frames: []wstest.Frame{{Opcode: 2}}})
	s := start(t)
	other := dial(t, s)
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			c := dial(t, s)
			c.Write(tt.Frames...)
			c.WantClose(tt.Code)
			logs.Await(t, fmt.Sprintf("나감: 서버가 닫음: %d", tt.Code))
			say(other, "다음 말")
			wantHeard(t, other, "다음 말")
		})
	}
}

func TestClientThatNeverReadsIsDroppedAndNobodyLosesAMessage(t *testing.T) {
	const messages = 30_000
	s := start(t)
	logs := wstest.CaptureLog(t)
	sender, listener, silent := dial(t, s), dial(t, s), dial(t, s)
	silent.NetConn().(*net.TCPConn).SetReadBuffer(4096)
	text := func(n int) string { return fmt.Sprintf("%06d", n) + strings.Repeat(".", 294) }
	before := heap()
	for from := 0; from < messages; from += 1000 { // 듣는 사람보다 1,000개까지만 앞서 말합니다.
		go func() {
			for n := range 1000 {
				say(sender, text(from+n))
			}
		}()
		for n := range 1000 {
			wantHeard(t, sender, text(from+n))
			wantHeard(t, listener, text(from+n))
		}
	}
	logs.Await(t, "서버가 닫음: 1008") // 읽지 않으면 2초 뒤에 끊고, 내보낸 까닭을 적습니다.
	if lines := logs.Lines("나감"); len(lines) != 1 {
		t.Errorf("나간 로그 %q, 원한 것 읽지 않은 한 사람의 한 줄", lines)
	}
	wantGrownAtMost(t, before, 4<<20, "내보낸 사람의 대기열을 남겨 둡니까?")
}

func TestBurstLosesNothing(t *testing.T) {
	const messages = 4000
	s := start(t)
	sender, listener := dial(t, s), dial(t, s)
	go func() {
		for n := range messages {
			say(sender, fmt.Sprint(n))
		}
	}()
	for n := range messages {
		wantHeard(t, sender, fmt.Sprint(n))
		wantHeard(t, listener, fmt.Sprint(n))
	}
}

// chat은 말하고 듣기를 n번 합니다. 그동안 다른 사람에게는 n개가 밀립니다.
func chat(t *testing.T, c *wstest.Conn, n int) {
	t.Helper()
	for i := range n {
		say(c, fmt.Sprint(i))
		wantHeard(t, c, fmt.Sprint(i))
	}
}

// hearSlowly는 100ms에 하나씩 듣고, 끝낸 오류를 반환합니다.
func hearSlowly(c *wstest.Conn) (err error) {
	for err == nil {
		time.Sleep(100 * time.Millisecond)
		_, err = hear(c)
	}
	return err
}

func TestDroppedClientSees1008EvenIfItReadsSlowly(t *testing.T) {
	for _, tt := range []struct {
		name string
		read int // 넘치기 전에 읽는 수. 2면 4,095개 묶음을 쓰는 중에 넘칩니다.
	}{{"하나도 읽기 전에", 0}, {"묶음을 쓰는 중에", 2}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startInMemory(t)
				sender, slow := dial(t, s), dial(t, s)
				chat(t, sender, 4096) // 여기까지는 내보내지 않습니다.
				for n := range tt.read {
					wantHeard(t, slow, fmt.Sprint(n))
				}
				synctest.Wait()
				chat(t, sender, 4500)
				if err := hearSlowly(slow); wstest.CloseCode(err) != websocket.ClosePolicyViolation {
					t.Errorf("끝 %v, 원한 것 1008. 밀린 것을 마저 쓰느라 닫기 프레임이 늦습니까?", err)
				}
			})
		})
	}
}

func TestDroppedClientIsNoLongerHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		chat(t, sender, 4500)
		say(slow, "유령의 말")
		synctest.Wait()
		say(sender, "산 사람의 말")
		wantHeard(t, sender, "산 사람의 말")
	})
}

func TestSenderOfBinaryUnderTrafficStillSees1003(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		talker, c := dial(t, s), dial(t, s)
		chat(t, talker, 3)
		c.Write(wstest.Frame{Opcode: websocket.BinaryMessage})
		c.WantClose(websocket.CloseUnsupportedData)
		synctest.Wait()
		// 서버가 곧바로 끊지 않고 읽어서 버립니다. 끊으면 TCP에서는 RST가 닫기 코드를 앞지를 수 있습니다.
		if _, err := c.NetConn().Write(frame("닫기 전에 보낸 말").Bytes()); err != nil {
			t.Errorf("닫기 프레임을 보내자마자 끊었습니다: %v", err)
		}
	})
}

func TestWhatWaitsIsSentBefore1001(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop, done := stoppable(t)
		s := wstest.StartInMemory(t, h)
		var clients []*wstest.Conn
		for range 20 {
			clients = append(clients, dial(t, s))
		}
		for n := range 3 {
			say(clients[0], fmt.Sprint("마지막 말 ", n))
		}
		synctest.Wait() // 모두에게 셋이 밀려 있습니다.
		begin := time.Now()
		stop()
		for _, c := range clients {
			for n := range 3 {
				wantHeard(t, c, fmt.Sprint("마지막 말 ", n))
			}
			c.WantClose(websocket.CloseGoingAway)
		}
		wantDone(t, done)
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("모두 닫기로 답했는데 %v를 더 기다렸습니다", waited)
		}
	})
}

func TestShutdownEndsWhileEveryoneTalks(t *testing.T) {
	h, stop, done := stoppable(t)
	s := wstest.Start(t, h)
	clients := []*wstest.Conn{dial(t, s), dial(t, s), dial(t, s), dial(t, s)}
	word := frame("쉬지 않고 하는 말").Bytes()
	var started, talking sync.WaitGroup
	started.Add(len(clients))
	for _, c := range clients {
		talking.Go(func() {
			c.NetConn().Write(word)
			started.Done()
			for {
				if _, err := c.NetConn().Write(word); err != nil {
					return
				}
			}
		})
		talking.Go(func() { c.Drain() })
	}
	started.Wait()
	stop()
	wantDone(t, done)
	talking.Wait()
}

func TestShutdownIsNotHeldUpByAClientThatNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop, done := stoppable(t)
		s := wstest.StartInMemory(t, h)
		sender, slow, _ := dial(t, s), dial(t, s), dial(t, s)
		late := path(t, s)
		chat(t, sender, 100)
		begin := time.Now()
		stop()
		synctest.Wait()
		s.Dial(t, late).WantClose(websocket.CloseGoingAway) // 닫는 중에 온 클라이언트
		if err := hearSlowly(slow); wstest.CloseCode(err) != websocket.CloseAbnormalClosure {
			t.Errorf("끝 %v, 원한 것 1006. 밀린 100개를 천천히 읽는 사람을 다 기다립니까?", err)
		}
		wantDone(t, done)
		if waited := time.Since(begin); waited > 5*time.Second {
			t.Errorf("%v 만에 닫혔습니다, 원한 것 5초 안", waited)
		}
	})
}

func TestHandlerReturnsWhileTheSocketLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running atomic.Int32
		h := handler(t)
		s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			running.Add(1)
			defer running.Add(-1)
			h.ServeHTTP(w, r)
		}))
		c := dial(t, s)
		synctest.Wait()
		if n := running.Load(); n != 0 {
			t.Errorf("핸들러 %d개가 돌아오지 않았습니다", n)
		}
		chat(t, c, 1)
	})
}

func TestCtrlCSends1001AndEndsTheProgramAtOnce(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	c := dial(t, p.Server(t))
	chat(t, c, 1)
	p.Interrupt(t)
	c.WantClose(websocket.CloseGoingAway)
	if err := p.Wait(t); err != nil {
		t.Errorf("종료 %v, 원한 것 0\n%s", err, p.Log())
	}
}

func TestSecondCtrlCDoesNotWait(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	dial(t, p.Server(t)) // 닫기 프레임을 읽지 않아서 서버를 기다리게 합니다.
	p.Interrupt(t)
	p.AwaitLog(t, "서버를 닫습니다")
	p.InterruptAgain(t)
	if err := p.Wait(t); err == nil {
		t.Error("두 번째 Ctrl-C 뒤에도 기다렸다가 0으로 끝났습니다")
	}
}
