package gorilla_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}

// handler는 업그레이드하고, 연결이 끝날 때까지 받은 메시지를 되보냅니다.
func handler(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		log.Print(err) // 거절하는 응답은 Upgrade가 이미 보냈습니다.
		return
	}
	defer conn.Close() // 이제 이 연결을 닫을 사람은 나뿐입니다.
	for {
		messageType, message, err := conn.ReadMessage()
		if err != nil {
			log.Print(err) // 어떻게 끝나든 여기로 옵니다.
			return
		}
		if err := conn.WriteMessage(messageType, message); err != nil {
			log.Print(err)
			return
		}
	}
}

func Example_handler() {
	server := httptest.NewServer(http.HandlerFunc(handler))
	defer server.Close()

	url := strings.Replace(server.URL, "http", "ws", 1)
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	check(err)
	defer conn.Close()
	conn.SetReadDeadline(soon())
	check(conn.WriteMessage(websocket.TextMessage, []byte("안녕")))
	messageType, message, err := conn.ReadMessage()
	fmt.Println(messageType, string(message), err)
	// Output: 1 안녕 <nil>
}

// 보기의 핸들러는 받은 종류로 되보내고, 평범한 요청은 한 번만 거절하고, 떠난 클라이언트의 연결을 닫습니다.
func TestFirstSampleKeepsItsPromises(t *testing.T) {
	returned := make(chan bool, 2)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler(w, r)
		returned <- true
	}))
	if status, body := s.Get(t, "/"); status != http.StatusBadRequest || body != "Bad Request\n" {
		t.Errorf("평범한 요청의 답 %d %q", status, body)
	}
	receive(t, returned, "거절한 핸들러의 끝")
	c := s.Dial(t, "/")
	c.Write(wstest.Frame{Opcode: websocket.BinaryMessage, Payload: []byte{0xff}}, wstest.Text(""))
	for _, want := range []string{"2 ff", "1 "} {
		messageType, message := c.Next()
		if got := fmt.Sprintf("%d %x", messageType, message); got != want {
			t.Errorf("되돌아온 것 %q, 원한 것 %q", got, want)
		}
	}
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	c.WantClose(websocket.CloseNormalClosure)
	c.NetConn().SetReadDeadline(soon())
	if _, err := c.NetConn().Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("닫기를 주고받은 뒤의 TCP %v, 원한 것 서버가 끊은 %v", err, io.EOF)
	}
	receive(t, returned, "클라이언트가 떠난 핸들러의 끝")
}

func Example_echoStream() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	go func() {
		for {
			messageType, r, err := l.server.NextReader()
			if err != nil {
				return
			}
			w, err := l.server.NextWriter(messageType)
			if err != nil {
				return
			}
			if _, err := io.Copy(w, r); err != nil {
				return
			}
			if err := w.Close(); err != nil {
				return
			}
		}
	}()

	l.client.WriteMessage(websocket.TextMessage, []byte("안녕"))
	_, p, err := l.client.ReadMessage()
	fmt.Println(string(p), err)
	fmt.Println(l.fromServer.frames())
	// Output:
	// 안녕 <nil>
	// [텍스트 6]
}

const handshakeKey = "dGhlIHNhbXBsZSBub25jZQ==" // RFC 6455 1.3절의 보기

// request는 받아들여지는 핸드셰이크입니다. change가 고쳐서 거절되게 만듭니다.
func request(change func(*http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://example.com/ws", nil)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Sec-WebSocket-Version", "13")
	r.Header.Set("Sec-WebSocket-Key", handshakeKey)
	if change != nil {
		change(r)
	}
	return r
}

// hijackable은 net/http의 서버처럼 Hijack할 수 있는 기록기입니다.
type hijackable struct {
	*httptest.ResponseRecorder
	conn net.Conn
	brw  *bufio.ReadWriter
}

func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, h.brw, nil }

// upgrade는 r에 대한 답을 반환합니다. 업그레이드했으면 실제로 나간 101 응답입니다.
func upgrade(t testing.TB, u websocket.Upgrader, r *http.Request, responseHeader http.Header) (*http.Response, error) {
	t.Helper()
	server, client := tcpPair()
	defer server.Close()
	defer client.Close()
	client.SetDeadline(soon())
	rec := httptest.NewRecorder()
	w := hijackable{rec, server, bufio.NewReadWriter(bufio.NewReader(server), bufio.NewWriter(server))}
	if _, err := u.Upgrade(w, r, responseHeader); err != nil {
		return rec.Result(), err
	}
	resp, err := http.ReadResponse(bufio.NewReader(client), r)
	if err != nil {
		t.Fatal(err)
	}
	return resp, nil
}

func set(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func drop(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(name) }
}

func TestUpgradeAnswersEveryRequest(t *testing.T) {
	const (
		notWebSocket = "websocket: the client is not using the websocket protocol: "
		noUpgrade    = notWebSocket + "'upgrade' token not found in 'Connection' header"
		noWebSocket  = notWebSocket + "'websocket' token not found in 'Upgrade' header"
		noVersion    = "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header"
		badKey       = "websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length"
		badOrigin    = "websocket: request origin not allowed by Upgrader.CheckOrigin"
	)
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
		err    string
	}{
		{"그대로", nil, 101, ""},
		{"Connection 없음", drop("Connection"), 400, noUpgrade},
		{"Connection: keep-alive", set("Connection", "keep-alive"), 400, noUpgrade},
		{"Connection: keep-alive, Upgrade", set("Connection", "keep-alive, Upgrade"), 101, ""},
		{"Upgrade 없음", drop("Upgrade"), 400, noWebSocket},
		{"Upgrade: h2c", set("Upgrade", "h2c"), 400, noWebSocket},
		{"POST", func(r *http.Request) { r.Method = http.MethodPost }, 405, notWebSocket + "request method is not GET"},
		{"HTTP/1.0", func(r *http.Request) { r.Proto, r.ProtoMinor = "HTTP/1.0", 0 }, 101, ""},
		{"버전 없음", drop("Sec-WebSocket-Version"), 400, noVersion},
		{"버전 8", set("Sec-WebSocket-Version", "8"), 400, noVersion},
		{"다른 출처", set("Origin", "http://evil.example"), 403, badOrigin},
		{"키 없음", drop("Sec-WebSocket-Key"), 400, badKey},
		{"짧은 키", set("Sec-WebSocket-Key", "c2hvcnQ="), 400, badKey},
		{"base64가 아닌 키", set("Sec-WebSocket-Key", "!!!"), 400, badKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := upgrade(t, websocket.Upgrader{}, request(tt.change), nil)
			if resp.StatusCode != tt.status {
				t.Errorf("상태 %d, 원한 것 %d", resp.StatusCode, tt.status)
			}
			if tt.err == "" {
				return
			}
			wantError(t, err, tt.err)
			if _, ok := err.(websocket.HandshakeError); !ok {
				t.Errorf("오류의 타입 %T, 원한 것 websocket.HandshakeError", err)
			}
			body, _ := io.ReadAll(resp.Body)
			if want := http.StatusText(tt.status) + "\n"; string(body) != want {
				t.Errorf("본문 %q, 원한 것 %q", body, want)
			}
			if version := resp.Header.Get("Sec-Websocket-Version"); version != "13" {
				t.Errorf("Sec-Websocket-Version %q, 원한 것 13", version)
			}
		})
	}
}

func TestUpgradeChecksInAFixedOrder(t *testing.T) {
	faults := []struct {
		word     string // 오류에 든 말
		fault    func(*http.Request)
		response http.Header
	}{
		{"'Connection' header", drop("Connection"), nil},
		{"'Upgrade' header", drop("Upgrade"), nil},
		{"not GET", func(r *http.Request) { r.Method = http.MethodPost }, nil},
		{"unsupported version", drop("Sec-WebSocket-Version"), nil},
		{"'Sec-WebSocket-Extensions' headers", func(*http.Request) {}, http.Header{"Sec-Websocket-Extensions": {"x"}}},
		{"CheckOrigin", set("Origin", "http://evil.example"), nil},
		{"'Sec-WebSocket-Key' header", drop("Sec-WebSocket-Key"), nil},
	}
	for i, first := range faults {
		var header http.Header
		r := request(func(r *http.Request) {
			for _, f := range faults[i:] {
				f.fault(r)
				if f.response != nil {
					header = f.response
				}
			}
		})
		_, err := upgrade(t, websocket.Upgrader{}, r, header)
		if err == nil || !strings.Contains(err.Error(), first.word) {
			t.Errorf("%d번째부터 모두 틀린 요청: %v, 원한 것 %q", i+1, err, first.word)
		}
	}
}

func TestApplicationMayNotSendExtensions(t *testing.T) {
	header := http.Header{"Sec-Websocket-Extensions": {"x"}}
	resp, err := upgrade(t, websocket.Upgrader{}, request(nil), header)
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("상태 %d, 원한 것 500", resp.StatusCode)
	}
	wantError(t, err, "websocket: application specific 'Sec-WebSocket-Extensions' headers are unsupported")
}

func TestAcceptIsComputedFromTheKey(t *testing.T) {
	resp, err := upgrade(t, websocket.Upgrader{}, request(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept := resp.Header.Get("Sec-WebSocket-Accept"); accept != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("Sec-WebSocket-Accept %q", accept)
	}
}

// 미들웨어가 ResponseWriter를 감싸면 Hijack이 가려집니다. v1.5.3은 Unwrap을 찾지 않습니다.
func TestUpgradeNeedsAHijacker(t *testing.T) {
	const want = "websocket: response does not implement http.Hijacker"
	t.Run("기록기", func(t *testing.T) {
		w := httptest.NewRecorder()
		_, err := new(websocket.Upgrader).Upgrade(w, request(nil), nil)
		wantError(t, err, want)
		if w.Code != http.StatusInternalServerError || w.Body.String() != "Internal Server Error\n" {
			t.Errorf("답 %d %q", w.Code, w.Body)
		}
	})
	var err error
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err = new(websocket.Upgrader).Upgrade(w, r, nil)
	})
	for name, wrapped := range map[string]http.Handler{
		"http.TimeoutHandler": http.TimeoutHandler(handler, time.Minute, ""),
		"Unwrap만 있는 미들웨어": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler(onlyUnwrap{w}, r)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			if _, status := wstest.Start(t, wrapped).TryDial(t, "/", nil); status != http.StatusInternalServerError {
				t.Errorf("상태 %d, 원한 것 500", status)
			}
			wantError(t, err, want)
		})
	}
}

type onlyUnwrap struct{ w http.ResponseWriter }

func (o onlyUnwrap) Header() http.Header         { return o.w.Header() }
func (o onlyUnwrap) Write(p []byte) (int, error) { return o.w.Write(p) }
func (o onlyUnwrap) WriteHeader(status int)      { o.w.WriteHeader(status) }
func (o onlyUnwrap) Unwrap() http.ResponseWriter { return o.w }

func TestDataSentWithTheHandshakeEndsTheConnection(t *testing.T) {
	refused := make(chan error, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		refused <- err
	}))
	conn := s.NetConn(t)
	conn.SetDeadline(soon())
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "+handshakeKey+"\r\n\r\n"+string(wstest.Text("hi").Bytes()))
	answer, _ := io.ReadAll(conn)
	if len(answer) > 0 {
		t.Errorf("답 %q, 원한 것 없음", answer)
	}
	err := receive(t, refused, "Upgrade의 오류")
	wantError(t, err, "websocket: client sent data before handshake is complete")
	if _, ok := err.(websocket.HandshakeError); ok {
		t.Error("HandshakeError가 아니어야 합니다")
	}
}

// Upgrade가 보는 것은 Hijack이 내준 버퍼뿐입니다. 소켓에만 와 있는 데이터는 모르고 지나가고,
// 그 뒤의 읽기가 보통 메시지로 읽습니다.
func TestOnlyEarlyDataInTheBufferIsRefused(t *testing.T) {
	for _, buffered := range []bool{true, false} {
		t.Run(fmt.Sprintf("버퍼에 있는가=%v", buffered), func(t *testing.T) {
			server, client := tcpPair()
			defer server.Close()
			defer client.Close()
			server.SetDeadline(soon())
			client.Write(wstest.Text("이른 글").Bytes())
			reader := bufio.NewReader(server)
			if buffered {
				reader.Peek(1)
			}
			w := hijackable{httptest.NewRecorder(), server, bufio.NewReadWriter(reader, bufio.NewWriter(server))}
			conn, err := new(websocket.Upgrader).Upgrade(w, request(nil), nil)
			if buffered {
				wantError(t, err, "websocket: client sent data before handshake is complete")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, p, err := conn.ReadMessage(); string(p) != "이른 글" {
				t.Errorf("업그레이드한 뒤에 읽은 것 %q, %v", p, err)
			}
		})
	}
}

func TestErrorFieldMustWriteTheAnswer(t *testing.T) {
	w := httptest.NewRecorder()
	var status int
	u := websocket.Upgrader{Error: func(w http.ResponseWriter, r *http.Request, s int, reason error) { status = s }}
	_, err := u.Upgrade(w, httptest.NewRequest(http.MethodGet, "/", nil), nil)
	if err == nil || status != http.StatusBadRequest {
		t.Errorf("Error가 받은 상태 %d, %v", status, err)
	}
	if w.Code != http.StatusOK || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("대신 쓴 것이 있습니다: %d %q %v", w.Code, w.Body, w.Header())
	}
}

func TestWritingAfterARefusedUpgradeDoublesTheBody(t *testing.T) {
	logs := &wstest.LogBuffer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := new(websocket.Upgrader).Upgrade(w, r, nil); err != nil {
			http.Error(w, "업그레이드하지 못했습니다", http.StatusBadRequest)
		}
	}))
	server.Config.ErrorLog = log.New(logs, "", 0)
	server.Start()
	defer server.Close()
	resp, err := browser.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if want := "Bad Request\n업그레이드하지 못했습니다\n"; string(body) != want {
		t.Errorf("본문 %q, 원한 것 %q", body, want)
	}
	logs.Await(t, "http: superfluous response.WriteHeader call")
}

func TestResponseWriterIsDeadAfterUpgrade(t *testing.T) {
	written := make(chan error, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Lost", "1")
		conn, err := new(websocket.Upgrader).Upgrade(w, r, http.Header{"X-Kept": {"둘\n로"}})
		if err != nil {
			return
		}
		defer conn.Close()
		_, err = w.Write([]byte("hi"))
		written <- err
	}))
	conn, resp, err := websocket.DefaultDialer.Dial("ws://"+s.Host, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := receive(t, written, "Upgrade 뒤의 쓰기"); !errors.Is(err, http.ErrHijacked) {
		t.Errorf("Upgrade 뒤의 w.Write: %v, 원한 것 %v", err, http.ErrHijacked)
	}
	if resp.Header.Get("X-Lost") != "" {
		t.Error("w.Header()에 적은 헤더가 나갔습니다")
	}
	// 제어 문자는 빈칸이 되어, 헤더를 하나 더 끼워 넣을 수 없습니다.
	if kept := resp.Header.Get("X-Kept"); kept != "둘 로" {
		t.Errorf("responseHeader의 값 %q, 원한 것 %q", kept, "둘 로")
	}
}

func TestHandshakeErrorIsAValue(t *testing.T) {
	_, err := new(websocket.Upgrader).Upgrade(httptest.NewRecorder(), request(nil), nil)
	var pointer *websocket.HandshakeError
	if errors.As(err, &pointer) {
		t.Error("errors.As가 *HandshakeError를 찾았습니다")
	}
	var value websocket.HandshakeError
	if !errors.As(err, &value) {
		t.Error("errors.As가 HandshakeError를 찾지 못했습니다")
	}
}

func TestRequestContextEndsWithTheHandler(t *testing.T) {
	type upgraded struct {
		conn *websocket.Conn
		done <-chan struct{}
	}
	got := make(chan upgraded, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		got <- upgraded{conn, r.Context().Done()}
	}))
	c := s.Dial(t, "/")
	u := receive(t, got, "업그레이드한 연결")
	defer u.conn.Close()
	receive(t, u.done, "핸들러가 돌아온 뒤 r.Context()의 끝")
	go echo(u.conn)
	c.Send("아직 살아 있다")
	c.WantText("아직 살아 있다")
}

func TestRequestContextDoesNotSeeTheClientLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer conn.Close()
			time.Sleep(time.Hour) // 클라이언트는 한참 전에 떠났습니다.
			if err := r.Context().Err(); err != nil {
				t.Errorf("핸들러가 남아 있는 동안 끝났습니다: %v", err)
			}
			if err := discard(conn); !websocket.IsCloseError(err, websocket.CloseAbnormalClosure) {
				t.Errorf("떠난 것은 읽기가 알려 줍니다: %v", err)
			}
		}))
		s.Dial(t, "/").Close()
		time.Sleep(2 * time.Hour)
	})
}

func TestForgottenCloseLeavesTheClientWaiting(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func()
	}{
		{"그냥 돌아온 핸들러", func() {}},
		{"패닉", func() { panic("핸들러의 패닉") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
					check(err)
					t.Cleanup(func() { conn.Close() })
					tt.end()
				})}
				c := wstest.StartServerInMemory(t, server).Dial(t, "/")
				c.SetReadDeadline(time.Now().Add(time.Hour))
				if _, err := c.Drain(); !isTimeout(err) {
					t.Errorf("한 시간 뒤의 오류 %v, 원한 것 시간 초과", err)
				}
			})
		})
	}
}

// net/http는 잊힌 연결을 닫지 않지만, 아무도 쓰지 않게 된 소켓은 쓰레기 수집기가 닫습니다. 언제일지는 정해져 있지 않습니다.
func TestForgottenConnectionIsClosedByTheGarbageCollector(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		check(err)
	}))
	defer server.Close()
	c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ended := make(chan error, 1)
	go func() { ended <- discard(c) }()
	for deadline := time.After(10 * time.Second); ; {
		runtime.GC()
		select {
		case err := <-ended:
			wantError(t, err, "websocket: close 1006 (abnormal closure): unexpected EOF")
			return
		case <-deadline:
			t.Fatal("쓰레기를 치워도 잊힌 연결이 끊기지 않습니다")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestServerTimeoutsEndAtTheUpgrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const short = 100 * time.Millisecond
		c := wstest.StartServerInMemory(t, &http.Server{
			ReadTimeout: short, WriteTimeout: short, IdleTimeout: short, ReadHeaderTimeout: short,
			Handler: serve(websocket.Upgrader{}, echo),
		}).Dial(t, "/")
		time.Sleep(time.Hour)
		c.Send("한 시간 뒤")
		c.WantText("한 시간 뒤")
	})
}

func TestShutdownDoesNotKnowUpgradedConnections(t *testing.T) {
	called := make(chan struct{})
	server := httptest.NewServer(serve(websocket.Upgrader{}, echo))
	server.Config.RegisterOnShutdown(func() { close(called) })
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := server.Config.Shutdown(t.Context()); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	receive(t, called, "RegisterOnShutdown에 등록한 함수의 부름")
	server.Config.Close()
	conn.SetReadDeadline(soon())
	conn.WriteMessage(websocket.TextMessage, []byte("아직"))
	if _, p, err := conn.ReadMessage(); string(p) != "아직" {
		t.Errorf("Shutdown과 Close 뒤의 메아리 %q, %v", p, err)
	}
}

func TestReadErrorIsPermanentAndTheThousandthCallPanics(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.Close()
	for n := 1; n < 1000; n++ {
		messageType, p, err := l.server.ReadMessage()
		if messageType != -1 || p != nil {
			t.Fatalf("%d번째 호출: 종류 %d, 내용 %q", n, messageType, p)
		}
		wantError(t, err, "websocket: close 1006 (abnormal closure): unexpected EOF")
	}
	got := panicOf(func() { l.server.ReadMessage() })
	if got != "repeated read on failed websocket connection" {
		t.Errorf("1000번째 호출의 패닉 %v", got)
	}
}

func init() {
	programs["repeated-read"] = func([]string) {
		l := connect(websocket.Upgrader{}, websocket.Dialer{})
		l.client.Close()
		go func() {
			for {
				if _, _, err := l.server.ReadMessage(); err != nil {
					continue
				}
			}
		}()
		select {}
	}
}

func TestRepeatedReadKillsTheProcessUnlessItIsAHandler(t *testing.T) {
	t.Run("핸들러", func(t *testing.T) {
		logs := &wstest.LogBuffer{}
		server := &http.Server{ErrorLog: log.New(logs, "", 0), Handler: serve(websocket.Upgrader{}, func(conn *websocket.Conn) {
			for {
				conn.ReadMessage()
			}
		})}
		var c *wstest.Conn
		synctest.Test(t, func(t *testing.T) {
			c = wstest.StartServerInMemory(t, server).Dial(t, "/")
			c.Close()
			synctest.Wait()
		})
		logs.Await(t, "panic serving")
		logs.Await(t, "repeated read on failed websocket connection")
	})
	t.Run("내가 띄운 고루틴", func(t *testing.T) {
		out, err := wstest.Output(t, "repeated-read")
		if err == nil || !strings.Contains(out, "panic: repeated read on failed websocket connection") {
			t.Errorf("종료 %v, 출력:\n%s", err, out)
		}
	})
}

func TestEveryWebSocketIsItsOwnTCPConnection(t *testing.T) {
	addrs := make(chan string, 2)
	s := wstest.Start(t, serve(websocket.Upgrader{}, func(conn *websocket.Conn) {
		addrs <- conn.RemoteAddr().String()
		discard(conn)
	}))
	s.Dial(t, "/")
	s.Dial(t, "/")
	if a, b := receive(t, addrs, "첫 연결의 주소"), receive(t, addrs, "둘째 연결의 주소"); a == b {
		t.Errorf("두 연결의 주소가 같습니다: %s", a)
	}
}

func TestTwentyRequestsUseOneTCPConnection(t *testing.T) {
	addrs := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addrs[r.RemoteAddr] = true
	}))
	defer server.Close()
	for range 20 {
		resp, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if len(addrs) != 1 {
		t.Errorf("TCP 연결 %d개, 원한 것 1", len(addrs))
	}
}

func TestNobodyPingsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		go discard(l.server)
		go discard(l.client)
		time.Sleep(24 * time.Hour)
		wantFrames(t, l.fromServer.frames(), "")
		wantFrames(t, l.fromClient.frames(), "")
	})
}

// golang.org/x/net/websocket은 표준 라이브러리가 아닙니다. 표준 라이브러리에는 웹소켓이 없습니다.
func TestStandardLibraryHasNoWebSocket(t *testing.T) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, "net/http") {
		t.Fatalf("표준 라이브러리의 목록을 읽지 못했습니다: %.100q", out)
	}
	for _, name := range packages {
		if strings.Contains(name, "websocket") {
			t.Errorf("표준 라이브러리에 %s가 있습니다", name)
		}
	}
}
