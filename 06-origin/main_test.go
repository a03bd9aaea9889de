package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
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

func TestMain(m *testing.M) { wstest.Main(m, main) }

// stoppable은 stop으로 끝내는 핸들러입니다. 모든 연결이 닫히면 done이 닫힙니다.
func stoppable(t *testing.T) (h http.Handler, stop func(), done <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	h, done = newHandler(ctx)
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return h, cancel, done
}

func handler(t *testing.T) http.Handler {
	h, _, _ := stoppable(t)
	return h
}

func start(t *testing.T) *wstest.Server {
	return wstest.Start(t, handler(t))
}

func startInMemory(t *testing.T) *wstest.Server {
	return wstest.StartInMemory(t, handler(t))
}

func dial(t *testing.T, s *wstest.Server) *wstest.Conn {
	t.Helper()
	c := s.Dial(t, "/ws")
	c.Ready()
	return c
}

// frame은 text를 말하는 프레임이고, hear는 다음에 들은 말입니다.
func frame(text string) wstest.Frame { return wstest.Text(text) }

func hear(c *wstest.Conn) string { return c.Receive() }

func say(c *wstest.Conn, text string) { c.Write(frame(text)) }

func wantHeard(t *testing.T, c *wstest.Conn, text string) {
	t.Helper()
	if got := hear(c); got != text {
		t.Fatalf("들은 것 %.80q, 원한 것 %.80q", got, text)
	}
}

func TestRootIsTheKoreanPageAndOtherPathsAre404(t *testing.T) {
	s := start(t)
	status, page := s.Get(t, "/")
	if status != http.StatusOK || !strings.Contains(page, `<html lang="ko">`) {
		t.Errorf("/: 상태 %d, 본문 %.60q", status, page)
	}
	for _, id := range []string{"status", "log", "message", "send"} {
		if !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("페이지에 id %q이(가) 없습니다", id)
		}
	}
	for _, path := range []string{"/index.html", "/ws/", "/none", "/login/x"} {
		if status, _ := s.Get(t, path); status != http.StatusNotFound {
			t.Errorf("%s: 상태 %d, 원한 것 404", path, status)
		}
	}
}

func TestPlainHTTPOnTheSocketPathIs400(t *testing.T) {
	s := start(t)
	logs := wstest.CaptureLog(t)
	if status, _ := s.Get(t, "/ws"); status != http.StatusBadRequest {
		t.Errorf("상태 %d, 원한 것 400", status)
	}
	if lines := logs.Lines("거절"); len(lines) != 1 {
		t.Errorf("거절 로그 %q, 원한 것 한 줄", lines)
	}
}

func TestPageOfAnotherHostIsRefused(t *testing.T) {
	s := start(t)
	if _, status := s.TryDial(t, "/ws", http.Header{"Origin": {"http://evil.example"}}); status != http.StatusForbidden {
		t.Errorf("상태 %d, 원한 것 403", status)
	}
}

func TestCompressionIsNotNegotiated(t *testing.T) {
	s := start(t)
	offer := http.Header{"Sec-WebSocket-Extensions": {"permessage-deflate"}}
	c, _ := s.TryDial(t, "/ws", offer)
	c.Write(wstest.Frame{Opcode: websocket.TextMessage, RSV: 4, Payload: []byte{0}})
	c.WantClose(websocket.CloseProtocolError)
}

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
				heard[i] = append(heard[i], hear(c))
			}
		})
	}
	wg.Wait()
	for i := range heard {
		if !slices.Equal(heard[i], heard[0]) {
			t.Errorf("%d번이 들은 차례가 0번과 다릅니다", i)
		}
	}
}

func TestEachMessageIsOneFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		for range 3 {
			say(sender, strings.Repeat("가", 100))
			hear(sender)
		}
		synctest.Wait() // 셋이 모두 대기열에 있습니다.
		for range 3 {
			var header [4]byte
			io.ReadFull(listener.NetConn(), header[:])
			if header[0] != 0x81 || header[1] != 126 {
				t.Fatalf("머리 % x, 원한 것 FIN과 텍스트(81), 두 바이트 길이(7e)", header)
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
		wstest.Violation{Name: "바이너리", Code: websocket.CloseUnsupportedData,
			Frames: []wstest.Frame{{Opcode: websocket.BinaryMessage, Payload: []byte{0xff, 0xfe}}}},
		wstest.Violation{Name: "빈 바이너리", Code: websocket.CloseUnsupportedData,
			Frames: []wstest.Frame{{Opcode: websocket.BinaryMessage}}})
	s := start(t)
	other := dial(t, s)
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			c := dial(t, s)
			c.Write(tt.Frames...)
			c.WantClose(tt.Code)
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

	var wg sync.WaitGroup
	ahead := make(chan struct{}, 1000) // 듣는 사람보다 이만큼만 앞서 말합니다.
	listening, stop := context.WithCancel(t.Context())
	wg.Go(func() {
		for n := range messages {
			select {
			case ahead <- struct{}{}:
				say(sender, text(n))
			case <-listening.Done():
				return
			}
		}
	})
	wg.Go(func() {
		for range messages {
			hear(sender)
		}
	})
	wg.Go(func() {
		defer stop()
		for n := range messages {
			if got := hear(listener); got != text(n) {
				t.Errorf("%d번째로 들은 것 %.20q", n, got)
			}
			<-ahead
		}
	})
	wg.Wait()
	logs.Await(t, "서버가 닫음: 1008")
	if lines := logs.Lines("나감"); len(lines) != 1 {
		t.Errorf("로그 %q, 원한 것 한 줄", lines)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("힙이 %d바이트 늘었습니다", grown)
	}
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
		wantHeard(t, listener, fmt.Sprint(n))
	}
}

func TestSenderThatDoesNotReadCannotFloodTheOthers(t *testing.T) {
	const messages = 10_000
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		go func() {
			for n := range messages {
				say(sender, fmt.Sprint(n))
			}
		}()
		synctest.Wait() // 서버는 보낸 사람이 읽지 않은 만큼 받지 않습니다.
		go sender.Drain()
		for n := range messages {
			wantHeard(t, listener, fmt.Sprint(n))
		}
	})
}

func TestDroppedClientSees1008EvenIfItReadsSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		for n := range 4500 {
			say(sender, fmt.Sprint(n))
			wantHeard(t, sender, fmt.Sprint(n))
		}
		var err error
		for err == nil {
			time.Sleep(100 * time.Millisecond)
			_, _, err = slow.ReadMessage()
		}
		if wstest.CloseCode(err) != websocket.ClosePolicyViolation {
			t.Errorf("끝 %v, 원한 것 1008", err)
		}
	})
}

func TestDroppedClientIsNoLongerHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		for n := range 4500 {
			say(sender, fmt.Sprint(n))
			wantHeard(t, sender, fmt.Sprint(n))
		}
		say(slow, "유령의 말")
		synctest.Wait()
		say(sender, "산 사람의 말")
		wantHeard(t, sender, "산 사람의 말")
	})
}

func TestShutdownSends1001ToEveryone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop, done := stoppable(t)
		s := wstest.StartInMemory(t, h)
		var clients []*wstest.Conn
		for range 20 {
			clients = append(clients, dial(t, s))
		}
		say(clients[0], "마지막 말")
		synctest.Wait()
		stop()
		for _, c := range clients {
			wantHeard(t, c, "마지막 말")
			c.WantClose(websocket.CloseGoingAway)
			c.Close()
		}
		<-done
	})
}

func TestShutdownIsNotHeldUpByAClientThatNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop, done := stoppable(t)
		s := wstest.StartInMemory(t, h)
		sender, _ := dial(t, s), dial(t, s)
		say(sender, "안 읽을 말")
		hear(sender)
		begin := time.Now()
		stop()
		synctest.Wait()
		s.Dial(t, "/ws").WantClose(websocket.CloseGoingAway) // 닫는 중에 온 클라이언트
		<-done
		if waited := time.Since(begin); waited > 5*time.Second {
			t.Errorf("%v 만에 닫혔습니다", waited)
		}
	})
}

func TestPingComesEvery54Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
		begin := time.Now()
		var pings []time.Duration
		c.SetPingHandler(func(data string) error {
			pings = append(pings, time.Since(begin))
			return c.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		})
		c.SetReadDeadline(begin.Add(10 * time.Minute))
		c.Drain()
		if len(pings) != 11 || pings[0] != 54*time.Second || pings[10] != 11*54*time.Second {
			t.Errorf("ping이 온 때 %v, 원한 것 54초마다", pings)
		}
	})
}

func TestPongKeepsTheConnectionForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		c, other := dial(t, s), dial(t, s)
		other.Patience = 2 * time.Hour
		heard := make(chan string)
		go func() { heard <- hear(other) }()
		c.SetReadDeadline(time.Time{})
		go c.Drain()
		time.Sleep(time.Hour)
		say(c, "아직 여기")
		if got := <-heard; got != "아직 여기" {
			t.Errorf("들은 것 %q", got)
		}
	})
}

func TestWithoutPongTheConnectionEndsAfter60Seconds(t *testing.T) {
	tests := []struct {
		name string
		talk time.Duration // 이 간격으로 말합니다. 0이면 말이 없습니다.
	}{{"말없이", 0}, {"말은 하면서", 5 * time.Second}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, startInMemory(t))
				begin := time.Now()
				c.SetPingHandler(func(string) error { return nil })
				if tt.talk != 0 {
					go func() {
						for range 11 { // 55초까지
							time.Sleep(tt.talk)
							say(c, "여기 있지만 pong은 없다")
						}
					}()
				}
				c.SetReadDeadline(begin.Add(time.Hour))
				_, err := c.Drain()
				if waited := time.Since(begin); waited != 60*time.Second {
					t.Errorf("%v 뒤에 끝났습니다. 원한 것 60초", waited)
				}
				if wstest.CloseCode(err) != websocket.ClosePolicyViolation {
					t.Errorf("끝 %v, 원한 것 1008", err)
				}
				c.Close()
				synctest.Wait()
				if lines := logs.Lines("나감"); len(lines) != 1 || !strings.Contains(lines[0], "제한 시간 안에 응답이 없습니다") {
					t.Errorf("로그 %q", lines)
				}
			})
		})
	}
}

func TestSlowReaderThatSpeaksIsNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		for n := range 1000 {
			say(sender, fmt.Sprint(n))
			wantHeard(t, sender, fmt.Sprint(n))
		}
		sender.SetReadDeadline(time.Time{})
		go sender.Drain()
		say(slow, "나도 한마디")
		for range 1001 { // 100초 동안 밀린 것을 읽으며 ping에 답합니다.
			hear(slow)
			time.Sleep(100 * time.Millisecond)
		}
		say(slow, "아직 여기")
		wantHeard(t, slow, "아직 여기")
	})
}

func TestWriteThatIsNotReadEndsTheConnectionAfter10Seconds(t *testing.T) {
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, _ := dial(t, s), dial(t, s)
		say(sender, "안 읽을 말")
		hear(sender)
		time.Sleep(10*time.Second + closeSlack)
		if lines := logs.Lines("나감: 제한 시간 안에 응답이 없습니다"); len(lines) != 1 {
			t.Errorf("로그 %q, 원한 것 한 줄", lines)
		}
	})
}

// closeSlack은 끊기로 한 뒤 정리가 끝나기까지 주는 시간입니다.
const closeSlack = 3 * time.Second

func TestPageClosesItsSocketWhenLeft(t *testing.T) {
	if _, page := start(t).Get(t, "/"); !strings.Contains(page, "'pagehide'") {
		t.Error("페이지에 pagehide 처리기가 없습니다")
	}
}

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
			if line := logs.Await(t, "나감"); !strings.Contains(line, "서버가 닫음: 1009 메시지가 512바이트를 넘습니다") {
				t.Errorf("로그 %q", line)
			}
			say(other, "다음 말")
			wantHeard(t, other, "다음 말")
			c.Close()
			if grown := heap() - before; grown > 1<<20 && len(tt.frames[0].Payload) < 1<<20 {
				t.Errorf("힙이 %d바이트 늘었습니다", grown)
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

func TestPageCountsBytes(t *testing.T) {
	if _, page := start(t).Get(t, "/"); !strings.Contains(page, `id="bytes"`) || !strings.Contains(page, "TextEncoder") {
		t.Error("페이지에 바이트 세는 곳이 없습니다")
	}
}

func TestOnlyOwnOriginIsAllowed(t *testing.T) {
	s := start(t)
	_, port, _ := net.SplitHostPort(s.Host)
	tests := []struct {
		origin string
		want   int
	}{
		{"http://" + s.Host, 101},
		{"HTTP://" + strings.ToUpper(s.Host), 101},
		{"https://" + s.Host, 403},
		{"ws://" + s.Host, 403},
		{"http://localhost:" + port, 403},
		{"http://127.0.0.1", 403},
		{"http://127.0.0.1:1" + port, 403},
		{"http://127.0.0.1:0" + port, 403},
		{"http://" + s.Host + "/", 403},
		{"http://" + s.Host + "/path", 403},
		{"http://" + s.Host + "?q", 403},
		{"http://" + s.Host + "?", 403},
		{"http://" + s.Host + "#", 403},
		{"http://user@" + s.Host, 403},
		{"http://" + s.Host + "@evil.example", 403},
		{"http://" + s.Host + ".evil.example", 403},
		{"http://evil.example:" + port, 403},
		{"http://127.0.0.1.:" + port, 403},
		{" http://" + s.Host, 101}, // net/http가 값의 앞뒤 빈칸을 떼어 냅니다.
		{"//" + s.Host, 403},
		{s.Host, 403},
		{"null", 403},
		{"", 403},
		{"file://", 403},
		{"http://", 403},
		{"http://:" + port, 403},
		{"http://%zz", 403},
		{"http://[::1", 403},
	}
	for _, tt := range tests {
		if _, status := s.TryDial(t, "/ws", http.Header{"Origin": {tt.origin}}); status != tt.want {
			t.Errorf("Origin %q: 상태 %d, 원한 것 %d", tt.origin, status, tt.want)
		}
	}
}

func TestTwoOriginHeadersAreRefused(t *testing.T) {
	s := start(t)
	own := "http://" + s.Host
	if _, status := s.TryDial(t, "/ws", http.Header{"Origin": {own, "http://evil.example"}}); status != http.StatusForbidden {
		t.Errorf("상태 %d, 원한 것 403", status)
	}
}

func TestClientWithoutOriginIsLetIn(t *testing.T) {
	if _, status := start(t).TryDial(t, "/ws", nil); status != http.StatusSwitchingProtocols {
		t.Errorf("상태 %d, 원한 것 101", status)
	}
}

func TestRefusedOriginIsOneLogLine(t *testing.T) {
	s := start(t)
	logs := wstest.CaptureLog(t)
	s.TryDial(t, "/ws", http.Header{"Origin": {"http://evil.example\u2028"}})
	if lines := logs.Lines(""); len(lines) != 1 || !strings.Contains(lines[0], "거절") || !strings.Contains(lines[0], "http://evil.example") {
		t.Errorf("로그 %q", lines)
	}
}

func TestOriginsReplaceTheOwnOrigin(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0", "-origins", "http://Example.com:80, https://chat.example:8443,http://[::1]:3000")
	s := p.Server(t)
	tests := []struct {
		origin string
		want   int
	}{
		{"http://example.com", 101},
		{"http://EXAMPLE.COM:80", 101},
		{"https://example.com", 403},
		{"http://example.com:443", 403},
		{"http://www.example.com", 403},
		{"https://chat.example:8443", 101},
		{"https://chat.example", 403},
		{"http://[::1]:3000", 101},
		{p.URL, 403},
		{"null", 403},
	}
	for _, tt := range tests {
		if _, status := s.TryDial(t, "/ws", http.Header{"Origin": {tt.origin}}); status != tt.want {
			t.Errorf("Origin %q: 상태 %d, 원한 것 %d", tt.origin, status, tt.want)
		}
	}
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
		say(c, "아직 여기")
		wantHeard(t, c, "아직 여기")
	})
}

func TestProtocolViolationEndsOnlyItsOwnConnection(t *testing.T) {
	for _, tt := range wstest.Violations {
		t.Run(tt.Name, func(t *testing.T) {
			s := start(t)
			logs := wstest.CaptureLog(t)
			other, c := dial(t, s), dial(t, s)
			c.Write(tt.Frames...)
			c.WantClose(tt.Code)
			logs.Await(t, "프로토콜 위반")
			if lines := logs.Lines("나감"); len(lines) != 1 {
				t.Errorf("로그 %q, 원한 것 한 줄", lines)
			}
			say(other, "나는 괜찮다")
			wantHeard(t, other, "나는 괜찮다")
		})
	}
}

func TestHalfFrameEndsWithItsConnection(t *testing.T) {
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		whole := wstest.Text("안녕").Bytes()
		for n := range len(whole) {
			c := dial(t, s)
			c.NetConn().Write(whole[:n])
			c.Close()
			synctest.Wait()
			if lines := logs.Lines("나감"); len(lines) != n+1 || !strings.Contains(lines[n], "1006") {
				t.Fatalf("%d바이트 뒤: 로그 %q", n, lines)
			}
		}
	})
}

func TestCloseIsAnsweredWithTheSameCode(t *testing.T) {
	s := start(t)
	for _, code := range []int{1000, 1001, 1003, 1012, 3000, 4999} {
		c := dial(t, s)
		c.Write(wstest.Close(code, "그만"))
		c.WantClose(code)
	}
	c := dial(t, s)
	c.Write(wstest.Frame{Opcode: websocket.CloseMessage})
	c.WantClose(websocket.CloseNoStatusReceived)
}

func TestEveryEndIsOneLogLineOfItsKind(t *testing.T) {
	tests := []struct {
		name, want string
		end        func(c *wstest.Conn)
	}{
		{"닫기 코드", `상대가 닫음: 1000 "bye"`, func(c *wstest.Conn) { c.Write(wstest.Close(1000, "bye")) }},
		{"코드 없는 닫기", `상대가 닫음: 1005 ""`, func(c *wstest.Conn) { c.Write(wstest.Frame{Opcode: 8}) }},
		{"FIN", "닫기 프레임 없이 끊김: 1006", func(c *wstest.Conn) { c.Close() }},
		{"RST", "네트워크 오류", func(c *wstest.Conn) { c.Reset() }},
		{"UTF-8", "서버가 닫음: 1007 텍스트가 UTF-8이 아닙니다", func(c *wstest.Conn) { c.Write(wstest.Text("\xff")) }},
		{"바이너리", "서버가 닫음: 1003 텍스트 메시지만 받습니다", func(c *wstest.Conn) { c.Write(wstest.Frame{Opcode: 2}) }},
		{"너무 큰 메시지", "서버가 닫음: 1009 메시지가 512바이트를 넘습니다", func(c *wstest.Conn) { c.Write(wstest.Text(strings.Repeat("a", 513))) }},
		{"프로토콜 위반", "서버가 닫음: 1002 프로토콜 위반: websocket: bad opcode 3", func(c *wstest.Conn) { c.Write(wstest.Frame{Opcode: 3}) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			c := dial(t, start(t))
			tt.end(c)
			if line := logs.Await(t, "나감"); !strings.Contains(line, tt.want) {
				t.Errorf("로그 %q, 원한 것 %q", line, tt.want)
			}
			if lines := logs.Lines(""); len(lines) != 2 {
				t.Errorf("로그 %q, 원한 것 들어옴과 나감 한 줄씩", lines)
			}
		})
	}
}

func TestVanishedPeerDidNotBreakTheProtocol(t *testing.T) {
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		dial(t, startInMemory(t)).Vanish()
		time.Sleep(time.Minute)
		if lines := logs.Lines("나감"); len(lines) != 1 || strings.Contains(lines[0], "프로토콜 위반") {
			t.Errorf("로그 %q, 원한 것 프로토콜 위반이 아닌 한 줄", lines)
		}
	})
}

// 방울(synctest)은 고루틴이 하나라도 남으면 실패합니다.
func TestTwoThousandComingsAndGoingsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		comeAndGo := func(n int) {
			for i := range n {
				switch c := dial(t, s); i % 3 {
				case 0:
					c.Leave()
				case 1:
					c.Write(wstest.Frame{Opcode: 3})
					c.WantClose(websocket.CloseProtocolError)
					c.Close()
				default:
					c.Close()
				}
			}
			time.Sleep(time.Minute) // 가짜 시계: 마감 시각 타이머까지 모두 끝납니다.
		}
		comeAndGo(100)
		before := heap()
		comeAndGo(2000)
		if grown := heap() - before; grown > 4<<20 {
			t.Errorf("힙이 %d바이트 늘었습니다", grown)
		}
	})
}

func TestUnfinishedRequestIsCutOff(t *testing.T) {
	for _, request := range []string{
		"", "GET /ws HTTP/1.1\r\nHost: x\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			conn := wstest.StartServerInMemory(t, newServer(handler(t))).NetConn(t)
			begin := time.Now()
			conn.SetDeadline(begin.Add(time.Hour))
			io.WriteString(conn, request)
			io.Copy(io.Discard, conn)
			if waited := time.Since(begin); waited > time.Minute {
				t.Errorf("%q: %v 만에 끊김", request, waited)
			}
		})
	}
}

func TestUnreadResponseIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := wstest.StartServerInMemory(t, newServer(handler(t))).NetConn(t)
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		time.Sleep(time.Minute)
		if n, err := io.Copy(io.Discard, conn); n > 0 || err != nil {
			t.Errorf("1분 뒤에 %d바이트를 받았습니다, %v", n, err)
		}
	})
}

func TestBadOptionIsOneKoreanLine(t *testing.T) {
	for _, args := range [][]string{
		{"-adr", "localhost:0"}, {"-addr"}, {"-addr", "8080"}, {"-addr", "localhost:99999"},
		{"-addr", "localhost:http?"}, {"8080"}, {"-addr", "localhost:0", "x"},
		{"-addr", "localhost:0", "-pong-wait", "0s"}, {"-addr", "localhost:0", "-pong-wait", "-1m"},
		{"-addr", "localhost:0", "-pong-wait", "60"}, {"-addr", "localhost:0", "-pong-wait", "999ms"},
		{"-addr", "localhost:0", "-origins", ""}, {"-addr", "localhost:0", "-origins", "*"},
		{"-addr", "localhost:0", "-origins", "example.com"}, {"-addr", "localhost:0", "-origins", "http://a.example/"},
		{"-addr", "localhost:0", "-origins", "http://a.example,,http://b.example"},
		{"-addr", "localhost:0", "-origins", "null"}, {"-addr", "localhost:0", "-origins", "https://한글.kr"},
	} {
		wstest.WantUsageError(t, args...)
	}
}

func TestAddressInUseSaysToChangeThePort(t *testing.T) {
	s := start(t)
	if line := wstest.WantUsageError(t, "-addr", s.Host); !strings.Contains(line, "-addr localhost:8081") {
		t.Errorf("할 일을 말하지 않습니다: %s", line)
	}
}

func TestCtrlCSends1001AndEndsTheProgramAtOnce(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0", "-pong-wait", "1m")
	c := dial(t, p.Server(t))
	say(c, "안녕")
	wantHeard(t, c, "안녕")
	p.Interrupt(t)
	c.WantClose(websocket.CloseGoingAway)
	if err := p.Wait(t); err != nil {
		t.Errorf("종료 %v, 원한 것 0\n%s", err, p.Log())
	}
}

// heap은 쓰레기를 치운 뒤의 힙 바이트 수입니다.
func heap() int64 {
	runtime.GC()
	return allocated()
}

func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
