package gorilla_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func Example_threeWaysToPing() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.WriteControl(websocket.PingMessage, []byte("a"), time.Now().Add(time.Second))
	l.server.WriteMessage(websocket.PingMessage, []byte("b"))
	w, err := l.server.NextWriter(websocket.PingMessage)
	check(err)
	io.WriteString(w, "c")
	w.Close()
	fmt.Println(l.fromServer.frames())
	// Output: [ping 1 ping 1 ping 1]
}

func TestControlPayloadIsAtMost125Bytes(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	long := make([]byte, 126)
	ways := map[string]func([]byte) error{
		"WriteControl": func(p []byte) error { return l.server.WriteControl(websocket.PingMessage, p, soon()) },
		"WriteMessage": func(p []byte) error { return l.server.WriteMessage(websocket.PingMessage, p) },
		"NextWriter": func(p []byte) error {
			w, err := l.server.NextWriter(websocket.PingMessage)
			if err != nil {
				return err
			}
			w.Write(p)
			return w.Close()
		},
	}
	for name, write := range ways {
		t.Run(name, func(t *testing.T) {
			wantError(t, write(long), "websocket: invalid control frame")
			if err := write(long[:125]); err != nil {
				t.Errorf("125바이트: %v", err)
			}
			wantFrames(t, l.fromServer.frames(), "ping 125")
		})
	}
	// 닫기에서는 코드가 두 바이트를 쓰므로 까닭은 123바이트, 한글 41자까지입니다.
	reason := strings.Repeat("가", 41)
	err := l.server.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, reason+"a"), soon())
	wantError(t, err, "websocket: invalid control frame")
	if err := l.server.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, reason), soon()); err != nil {
		t.Errorf("123바이트 까닭: %v", err)
	}
}

func Example_closeHandshake() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "잘 가요")
	l.server.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
	fmt.Println("서버의 쓰기:", l.server.WriteMessage(websocket.TextMessage, []byte("늦음")))
	fmt.Println("클라이언트의 읽기:", discard(l.client))
	fmt.Println("클라이언트의 쓰기:", l.client.WriteMessage(websocket.TextMessage, []byte("늦음")))
	fmt.Println("서버의 읽기:", discard(l.server))
	// Output:
	// 서버의 쓰기: websocket: close sent
	// 클라이언트의 읽기: websocket: close 1000 (normal): 잘 가요
	// 클라이언트의 쓰기: websocket: close sent
	// 서버의 읽기: websocket: close 1000 (normal)
}

func TestDefaultCloseHandlerEchoesTheCodeOnly(t *testing.T) {
	for _, tt := range []struct {
		name, echo string
		frame      wstest.Frame
		err        string
	}{
		{"까닭까지", "\x03\xe8", wstest.Close(1000, "bye"), "websocket: close 1000 (normal): bye"},
		{"앱의 코드", "\x0f\xa0", wstest.Close(4000, ""), "websocket: close 4000"},
		{"코드 없음", "", wstest.Frame{Opcode: 8}, "websocket: close 1005 (no status)"},
		{"한 바이트", "", wstest.Frame{Opcode: 8, Payload: []byte{3}}, "websocket: close 1005 (no status)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			l.raw(tt.frame)
			wantError(t, discard(l.server), tt.err)
			answer := l.fromServer.frames()
			wantFrames(t, answer, fmt.Sprintf("닫기 %d", len(tt.echo)))
			if answer[0].payload != tt.echo {
				t.Errorf("답 % x, 원한 것 % x", answer[0].payload, tt.echo)
			}
			if err := l.server.WriteMessage(websocket.TextMessage, nil); err != websocket.ErrCloseSent {
				t.Errorf("그 뒤의 쓰기 %v, 원한 것 %v", err, websocket.ErrCloseSent)
			}
		})
	}
}

func TestOwnCloseHandlerReplacesTheEcho(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	var seen string
	l.server.SetCloseHandler(func(code int, text string) error {
		seen = fmt.Sprint(code, text)
		return nil
	})
	l.raw(wstest.Close(1001, "bye"))
	wantError(t, discard(l.server), "websocket: close 1001 (going away): bye")
	if seen != "1001bye" {
		t.Errorf("핸들러가 받은 것 %q", seen)
	}
	wantFrames(t, l.fromServer.frames(), "") // 답은 핸들러의 몫입니다.
}

// 핸들러의 오류는 그대로 읽기 오류가 되고, 상대에게는 아무것도 가지 않습니다.
func TestHandlerErrorBecomesTheReadError(t *testing.T) {
	boom := errors.New("boom")
	for opcode, set := range map[byte]func(*websocket.Conn){
		websocket.CloseMessage: func(c *websocket.Conn) { c.SetCloseHandler(func(int, string) error { return boom }) },
		websocket.PingMessage:  func(c *websocket.Conn) { c.SetPingHandler(func(string) error { return boom }) },
		websocket.PongMessage:  func(c *websocket.Conn) { c.SetPongHandler(func(string) error { return boom }) },
	} {
		t.Run(opcodeNames[int(opcode)], func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			set(l.server)
			l.raw(wstest.Frame{Opcode: opcode})
			for range 2 {
				if err := discard(l.server); err != boom {
					t.Errorf("읽기 오류 %v, 원한 것 %v", err, boom)
				}
			}
			wantFrames(t, l.fromServer.frames(), "")
		})
	}
}

func Example_handlersRunInsideRead() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetPingHandler(func(data string) error { fmt.Println("ping", data); return nil })
	l.server.SetPongHandler(func(data string) error { fmt.Println("pong", data); return nil })
	l.server.SetCloseHandler(func(code int, text string) error { fmt.Println("닫기", code); return nil })
	l.client.WriteMessage(websocket.PingMessage, []byte("1"))
	l.client.WriteMessage(websocket.PongMessage, []byte("2"))
	l.client.WriteMessage(websocket.TextMessage, []byte("글"))
	l.client.WriteMessage(websocket.PingMessage, []byte("3"))
	l.client.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))

	fmt.Println("읽기 앞")
	_, p, err := l.server.ReadMessage()
	fmt.Println("첫 읽기:", string(p), err)
	_, _, err = l.server.ReadMessage()
	fmt.Println("둘째 읽기:", err)
	// Output:
	// 읽기 앞
	// ping 1
	// pong 2
	// 첫 읽기: 글 <nil>
	// ping 3
	// 닫기 1000
	// 둘째 읽기: websocket: close 1000 (normal)
}

func TestHandlersRunInsideTheMessageReaderToo(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	calls := 0
	l.server.SetPingHandler(func(string) error { calls++; return nil })
	l.raw(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte("안")},
		wstest.Frame{Opcode: websocket.PingMessage},
		wstest.Frame{Opcode: 0, Payload: []byte("녕")},
	)
	_, r, err := l.server.NextReader()
	if err != nil || calls != 0 {
		t.Fatalf("NextReader: %v, 핸들러 %d번", err, calls)
	}
	if p, err := io.ReadAll(r); string(p) != "안녕" || err != nil || calls != 1 {
		t.Errorf("Read: %q %v, 핸들러 %d번", p, err, calls)
	}
}

// 핸들러에 nil을 주면 기본 핸들러로 돌아가고, 지금의 핸들러는 꺼내 볼 수 있습니다.
func TestHandlersCanBeReadAndRestored(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	answerPing := l.server.PingHandler()
	l.server.SetPingHandler(func(data string) error { return answerPing("내가 " + data) })
	l.raw(wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")}, wstest.Text(""))
	l.server.ReadMessage()
	if f := l.fromServer.frames(); len(f) != 1 || f[0].payload != "내가 p" {
		t.Errorf("감싼 핸들러의 답 %v", f)
	}
	l.server.SetPingHandler(nil)
	l.server.SetPongHandler(nil)
	l.server.SetCloseHandler(nil)
	if l.server.PongHandler()("") != nil {
		t.Error("기본 pong 핸들러는 아무것도 하지 않습니다")
	}
	l.raw(wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")}, wstest.Close(1000, ""))
	discard(l.server)
	wantFrames(t, l.fromServer.frames(), "pong 1 닫기 2")
	if err := l.server.CloseHandler()(1000, ""); err != nil {
		t.Errorf("닫기가 이미 나간 뒤의 기본 닫기 핸들러: %v", err)
	}
	if err := l.server.PingHandler()(""); err != nil {
		t.Errorf("닫기가 이미 나간 뒤의 기본 ping 핸들러: %v", err)
	}
}

func TestPongCarriesThePingsPayload(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	for _, payload := range []string{"", "p", strings.Repeat("가", 41) + "ab"} {
		l.raw(wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte(payload)}, wstest.Text(""))
		if _, _, err := l.server.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		if f := l.fromServer.frames(); len(f) != 1 || f[0].opcode != websocket.PongMessage || f[0].payload != payload {
			t.Errorf("%q의 답 %v", payload, f)
		}
	}
}

func TestOwnPingHandlerReplacesThePong(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetPingHandler(func(string) error { return nil })
	l.raw(wstest.Frame{Opcode: websocket.PingMessage}, wstest.Text(""))
	l.server.ReadMessage()
	wantFrames(t, l.fromServer.frames(), "")
}

func TestPongsWithoutAHandlerAreHarmless(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(wstest.Frame{Opcode: websocket.PongMessage, Payload: []byte("청하지 않은 pong")}, wstest.Text("글"))
	if _, p, err := l.server.ReadMessage(); string(p) != "글" || err != nil {
		t.Errorf("pong 다음의 메시지 %q, %v", p, err)
	}
	wantFrames(t, l.fromServer.frames(), "")
}

// 읽지 않는 동안 ping은 운영 체제의 버퍼에서 기다립니다. 읽기 시작하면 그제야 pong이 나갑니다.
func TestConnectionThatNobodyReadsAnswersNoPing(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("거기")}, wstest.Close(1000, ""))
	client := l.client.NetConn()
	answer := make([]byte, 64)
	client.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if n, err := client.Read(answer); n > 0 || !isTimeout(err) {
		t.Errorf("아무도 읽지 않는 서버의 답 %v, %v", parseFrames(answer[:n]), err)
	}
	if err := l.server.WriteMessage(websocket.TextMessage, nil); err != nil {
		t.Errorf("상대의 닫기를 읽지 않은 서버의 쓰기 %v", err)
	}
	client.SetReadDeadline(soon())
	if n, err := client.Read(answer); err != nil {
		t.Errorf("서버의 쓰기 %v, %v", parseFrames(answer[:n]), err)
	}
	wantError(t, discard(l.server), "websocket: close 1000 (normal)")
	l.fromServer.frames()
	n, err := io.ReadFull(client, answer[:2+len("거기")+4])
	if err != nil {
		t.Errorf("읽기 시작한 서버의 답 %v", err)
	}
	wantFrames(t, parseFrames(answer[:n]), "pong 6 닫기 2")
}

// ping에는 새치기가 없습니다. 먼저 쓴 것을 다 읽은 상대가 ping을 봅니다.
func TestPingIsReadAfterWhatWasWrittenBeforeIt(t *testing.T) {
	const messages = 100
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	for range messages { // 아무도 읽지 않아도 운영 체제의 버퍼에 들어갑니다.
		check(l.server.WriteMessage(websocket.TextMessage, make([]byte, 100)))
	}
	check(l.server.WriteControl(websocket.PingMessage, nil, soon()))
	check(l.server.WriteMessage(websocket.TextMessage, nil))
	pinged, read := -1, 0
	l.client.SetPingHandler(func(string) error {
		pinged = read
		return nil
	})
	for ; read < messages+1; read++ {
		if _, _, err := l.client.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	if pinged != messages {
		t.Errorf("메시지 %d개를 읽고 ping을 봤습니다, 원한 것 %d개", pinged, messages)
	}
}

// 기본 핸들러의 쓰기는 1초 안에 끝나거나 포기합니다.
func TestDefaultHandlersBlockForAtMostASecond(t *testing.T) {
	t.Run("닫기", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			go l.raw(wstest.Close(1000, ""))
			begin := time.Now()
			wantError(t, discard(l.server), "websocket: close 1000 (normal)")
			if waited := time.Since(begin); waited != time.Second {
				t.Errorf("답을 읽지 않는 상대를 %v 기다렸습니다, 원한 것 1초", waited)
			}
		})
	})
	t.Run("쓰지 못한 pong은 읽기를 끝낸다", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			go l.raw(wstest.Frame{Opcode: websocket.PingMessage})
			begin := time.Now()
			if err := discard(l.server); !isTimeout(err) || time.Since(begin) != time.Second {
				t.Errorf("%v 뒤에 %v, 원한 것 1초 뒤의 시간 초과", time.Since(begin), err)
			}
		})
	})
	t.Run("차례를 얻지 못한 pong은 빠진다", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			go l.server.WriteMessage(websocket.TextMessage, []byte("아무도 읽지 않아 막힌 쓰기"))
			synctest.Wait()
			go l.raw(wstest.Frame{Opcode: websocket.PingMessage}, wstest.Text("글"))
			begin := time.Now()
			_, p, err := l.server.ReadMessage()
			if string(p) != "글" || err != nil || time.Since(begin) != time.Second {
				t.Errorf("%v 뒤에 %q, %v, 원한 것 1초 뒤의 메시지", time.Since(begin), p, err)
			}
		})
	})
}

// heartbeat는 wait의 읽기 마감 시각과 period마다의 ping으로 1분을 지내고, 서버가 끝난
// 때와 까닭을 반환합니다. extend면 pong이 마감 시각을 늘립니다.
func heartbeat(t *testing.T, wait, period time.Duration, extend bool, client func(*websocket.Conn)) (lasted time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		begin := time.Now()
		l.server.SetReadDeadline(begin.Add(wait))
		if extend {
			l.server.SetPongHandler(func(string) error {
				return l.server.SetReadDeadline(time.Now().Add(wait))
			})
		}
		var others sync.WaitGroup
		others.Go(func() {
			for l.server.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) == nil {
				time.Sleep(period)
			}
		})
		others.Go(func() { client(l.client) })
		stop := time.AfterFunc(time.Minute, func() { l.client.Close() })
		err = discard(l.server)
		lasted = time.Since(begin)
		stop.Stop()
		l.close()
		others.Wait()
	})
	return lasted, err
}

func TestOnlyAPongHandlerThatExtendsTheDeadlineKeepsTheConnection(t *testing.T) {
	const ms = time.Millisecond
	reader := func(c *websocket.Conn) { discard(c) }
	speaker := func(c *websocket.Conn) { // ping에 답하지 않고 20ms마다 말합니다.
		c.SetPingHandler(func(string) error { return nil })
		go discard(c)
		for c.WriteMessage(websocket.TextMessage, nil) == nil {
			time.Sleep(20 * ms)
		}
	}
	tests := []struct {
		name   string
		period time.Duration
		extend bool
		client func(*websocket.Conn)
		lasts  time.Duration
	}{
		{"pong 핸들러가 늘린다", 150 * ms, true, reader, time.Minute},
		{"pong 핸들러가 없다", 150 * ms, false, reader, 200 * ms},
		{"ping이 마감 시각보다 뜸하다", 300 * ms, true, reader, 200 * ms},
		{"데이터는 늘리지 않는다", 150 * ms, true, speaker, 200 * ms},
		{"읽지 않는 클라이언트", 150 * ms, true, func(*websocket.Conn) {}, 200 * ms},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lasted, err := heartbeat(t, 200*ms, tt.period, tt.extend, tt.client)
			if lasted != tt.lasts {
				t.Errorf("%v 만에 끝남 (%v), 원한 것 %v", lasted, err, tt.lasts)
			}
			if tt.lasts < time.Minute && !isTimeout(err) {
				t.Errorf("끝난 까닭 %v, 원한 것 시간 초과", err)
			}
		})
	}
}

func TestReadTimeoutIsPermanentButWritesGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		go discard(l.client)
		l.server.SetReadDeadline(time.Now().Add(time.Second))
		first := discard(l.server)
		l.server.SetReadDeadline(time.Time{})
		if second := discard(l.server); !isTimeout(first) || second != first {
			t.Errorf("마감 시각을 지운 뒤 %v, 원한 것 같은 오류 %v", second, first)
		}
		var network net.Error
		//lint:ignore SA1019 gorilla가 이 값을 거짓으로 바꿉니다.
		if !errors.As(first, &network) || network.Temporary() {
			t.Error("Temporary()가 참입니다")
		}
		if err := l.server.WriteMessage(websocket.TextMessage, []byte("아직 쓴다")); err != nil {
			t.Errorf("쓰기: %v", err)
		}
	})
}

func TestWriteDeadlineIsAMomentNotADuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		go l.client.WriteMessage(websocket.TextMessage, []byte("읽기는 된다"))
		l.server.SetWriteDeadline(time.Now().Add(time.Second))
		time.Sleep(2 * time.Second)
		first := l.server.WriteMessage(websocket.TextMessage, nil)
		if !isTimeout(first) {
			t.Errorf("지난 마감 시각 뒤의 쓰기 %v", first)
		}
		l.server.SetWriteDeadline(time.Time{})
		if err := l.server.WriteMessage(websocket.TextMessage, nil); err != first {
			t.Errorf("마감 시각을 지운 뒤의 쓰기 %v, 원한 것 같은 오류", err)
		}
		if err := l.server.WriteControl(websocket.PingMessage, nil, time.Time{}); err != first {
			t.Errorf("제어 메시지 %v, 원한 것 같은 오류", err)
		}
		if _, p, err := l.server.ReadMessage(); string(p) != "읽기는 된다" {
			t.Errorf("읽기 %q, %v", p, err)
		}
	})
}

func TestLateWriteControlDoesNotHurtTheConnection(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	err := l.server.WriteControl(websocket.PingMessage, nil, time.Now().Add(-time.Second))
	wantError(t, err, "websocket: write timeout")
	if err := l.server.WriteMessage(websocket.TextMessage, nil); err != nil {
		t.Errorf("다음 쓰기: %v", err)
	}
	wantFrames(t, l.fromServer.frames(), "텍스트 0")
}

func TestWriteErrorsAreForever(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.Close()
	first := l.server.WriteMessage(websocket.TextMessage, nil)
	if !errors.Is(first, net.ErrClosed) {
		t.Fatalf("닫은 연결에 쓰기 %v", first)
	}
	for range 5000 { // 읽기와 달리 패닉도 없습니다.
		if err := l.server.WriteMessage(websocket.TextMessage, nil); err != first {
			t.Fatalf("다음 쓰기 %v, 원한 것 같은 오류", err)
		}
	}
}

func TestFirstWriteAfterThePeerVanishesSucceeds(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.Close()
	if err := l.server.WriteMessage(websocket.TextMessage, []byte("듣고 있나요")); err != nil {
		t.Errorf("떠난 상대에게 처음 쓰기 %v, 원한 것 nil", err)
	}
	wantError(t, discard(l.server), "websocket: close 1006 (abnormal closure): unexpected EOF")
}

func TestCloseSendsNoCloseFrame(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.Close()
	wantFrames(t, l.fromServer.frames(), "")
	wantError(t, discard(l.client), "websocket: close 1006 (abnormal closure): unexpected EOF")
}

func TestEmptyCloseMessageArrivesAs1005(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.WriteMessage(websocket.CloseMessage, []byte{})
	wantError(t, discard(l.client), "websocket: close 1005 (no status)")
}

func TestResetIsANetworkErrorNotACloseError(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.fromClient.Conn.(*net.TCPConn).SetLinger(0)
	l.client.Close()
	err := discard(l.server)
	var network *net.OpError
	var closed *websocket.CloseError
	if !errors.As(err, &network) || errors.As(err, &closed) {
		t.Errorf("RST의 오류 %T %v, 원한 것 *net.OpError", err, err)
	}
}

// 흔히 쓰는 IsUnexpectedCloseError(err, 1001, 1006)가 로그에 남기는 것과 남기지 않는 것입니다.
// 닫기 프레임이 없었던 1006도 *CloseError라서, 적지 않은 코드로 부르면 봅니다.
func TestIsUnexpectedCloseErrorLogsNormalEndsAndHidesRealOnes(t *testing.T) {
	closeWith := func(frames ...wstest.Frame) func(*link) {
		return func(l *link) { l.raw(frames...) }
	}
	tests := []struct {
		name        string
		end         func(*link)
		logged      bool // 1001과 1006을 뺐을 때
		loggedByAll bool // 아무 코드도 빼지 않았을 때
	}{
		{"1000", closeWith(wstest.Close(1000, "")), true, true},
		{"1005: 브라우저의 ws.close()", closeWith(wstest.Frame{Opcode: 8}), true, true},
		{"1001", closeWith(wstest.Close(1001, "")), false, true},
		{"FIN", func(l *link) { l.client.Close() }, false, true},
		{"RST", func(l *link) { l.fromClient.Conn.(*net.TCPConn).SetLinger(0); l.client.Close() }, false, false},
		{"읽기 제한", closeWith(wstest.Text(strings.Repeat("a", 513))), false, false},
		{"시간 초과", func(l *link) { l.server.SetReadDeadline(time.Now().Add(-time.Second)) }, false, false},
		{"프로토콜 위반", closeWith(wstest.Frame{Opcode: 3}), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			l.server.SetReadLimit(512)
			tt.end(l)
			err := discard(l.server)
			if got := websocket.IsUnexpectedCloseError(err, 1001, 1006); got != tt.logged {
				t.Errorf("%v: %v, 원한 것 %v", err, got, tt.logged)
			}
			if got := websocket.IsUnexpectedCloseError(err); got != tt.loggedByAll {
				t.Errorf("%v: 코드를 적지 않았을 때 %v, 원한 것 %v", err, got, tt.loggedByAll)
			}
		})
	}
}

func TestCloseErrorHelpersDoNotUnwrap(t *testing.T) {
	bare := &websocket.CloseError{Code: 1000}
	wrapped := fmt.Errorf("읽기: %w", bare)
	if !websocket.IsCloseError(bare, 1000) || websocket.IsCloseError(wrapped, 1000) {
		t.Error("IsCloseError는 감싸지 않은 오류만 봅니다")
	}
	if !websocket.IsUnexpectedCloseError(bare, 1001) || websocket.IsUnexpectedCloseError(wrapped, 1001) {
		t.Error("IsUnexpectedCloseError는 감싸지 않은 오류만 봅니다")
	}
	var closed *websocket.CloseError
	if !errors.As(wrapped, &closed) || closed.Code != 1000 {
		t.Error("errors.As는 감싼 오류에서도 찾습니다")
	}
}

func Example_formatCloseMessage() {
	fmt.Printf("%q\n", websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye"))
	fmt.Printf("%q\n", websocket.FormatCloseMessage(websocket.CloseNoStatusReceived, "까닭"))
	fmt.Printf("%q\n", websocket.FormatCloseMessage(websocket.CloseAbnormalClosure, "")) // 막지 않습니다.
	// Output:
	// "\x03\xe8bye"
	// ""
	// "\x03\xee"
}

func Example_closeCodes() {
	for _, code := range []int{
		websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseProtocolError,
		websocket.CloseUnsupportedData, websocket.CloseNoStatusReceived, websocket.CloseAbnormalClosure,
		websocket.CloseInvalidFramePayloadData, websocket.ClosePolicyViolation, websocket.CloseMessageTooBig,
		websocket.CloseMandatoryExtension, websocket.CloseInternalServerErr, websocket.CloseServiceRestart,
		websocket.CloseTryAgainLater, websocket.CloseTLSHandshake, 4000,
	} {
		fmt.Println(&websocket.CloseError{Code: code})
	}
	// Output:
	// websocket: close 1000 (normal)
	// websocket: close 1001 (going away)
	// websocket: close 1002 (protocol error)
	// websocket: close 1003 (unsupported data)
	// websocket: close 1005 (no status)
	// websocket: close 1006 (abnormal closure)
	// websocket: close 1007 (invalid payload data)
	// websocket: close 1008 (policy violation)
	// websocket: close 1009 (message too big)
	// websocket: close 1010 (mandatory extension missing)
	// websocket: close 1011 (internal server error)
	// websocket: close 1012
	// websocket: close 1013
	// websocket: close 1015 (TLS handshake error)
	// websocket: close 4000
}

// gorilla는 아무 코드나 보내지만, 받을 때는 확인합니다.
func TestCloseCodesThatAreAcceptedOnReceipt(t *testing.T) {
	accepted := map[int]bool{
		0: false, 999: false, 1000: true, 1001: true, 1002: true, 1003: true, 1004: false, 1005: false, 1006: false,
		1007: true, 1008: true, 1009: true, 1010: true, 1011: true, 1012: true, 1013: true, 1014: false, 1015: false,
		1016: false, 2999: false, 3000: true, 4999: true, 5000: false, 65535: false,
	}
	for code, ok := range accepted {
		l := connect(websocket.Upgrader{}, websocket.Dialer{})
		payload := []byte{byte(code >> 8), byte(code)}
		if err := l.client.WriteMessage(websocket.CloseMessage, payload); err != nil {
			t.Errorf("%d 보내기: %v", code, err)
		}
		err := discard(l.server)
		var closed *websocket.CloseError
		if got := errors.As(err, &closed) && closed.Code == code; got != ok {
			t.Errorf("%d 받기: %v", code, err)
		}
		if !ok {
			wantError(t, err, fmt.Sprintf("websocket: bad close code %d", code))
			wantError(t, discard(l.client), fmt.Sprintf("websocket: close 1002 (protocol error): bad close code %d", code))
		}
		l.close()
	}
}
