// Package wstest는 단계들의 테스트가 함께 쓰는 서버와 클라이언트입니다. 단계의 이름은
// newHandler와 main만 알면 되고, 나머지 약속은 선(wire) 위에서 확인합니다.
package wstest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// patience는 와야 할 것을 기다리는 시간입니다. 넘으면 테스트가 실패합니다.
const patience = 10 * time.Second

// Server는 단계의 핸들러를 돌리는 HTTP 서버입니다.
type Server struct {
	Host   string      // 주소 표시줄에 보이는 호스트:포트
	TLS    *tls.Config // 클라이언트의 설정
	scheme string
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)

	mu    sync.Mutex
	conns map[*Conn]bool // 테스트가 끝날 때 닫을 연결
}

// Start는 루프백의 빈 포트에 서버를 띄웁니다.
func Start(t testing.TB, handler http.Handler) *Server {
	t.Helper()
	return StartServer(t, &http.Server{Handler: handler})
}

// StartServer는 단계가 설정한 서버를 루프백의 빈 포트에서 돌립니다.
func StartServer(t testing.TB, server *http.Server) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	return serve(t, server, listener, d.DialContext)
}

// StartInMemory는 net.Pipe 위에 서버를 띄웁니다. synctest 안에서는 마감 시각도
// 가짜 시계를 따르므로, 60초의 침묵을 기다리지 않고 시험합니다. net.Pipe에는
// 버퍼가 없어서 상대가 읽지 않으면 첫 쓰기부터 멈춥니다.
func StartInMemory(t testing.TB, handler http.Handler) *Server {
	t.Helper()
	return StartServerInMemory(t, &http.Server{Handler: handler})
}

// StartServerInMemory는 단계가 설정한 서버를 net.Pipe 위에서 돌립니다.
func StartServerInMemory(t testing.TB, server *http.Server) *Server {
	t.Helper()
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	return serve(t, server, p, p.dial)
}

func serve(t testing.TB, server *http.Server, l net.Listener, dial func(context.Context, string, string) (net.Conn, error)) *Server {
	s := &Server{Host: l.Addr().String(), scheme: "http", dial: dial}
	var handlers sync.WaitGroup
	handler := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		handler.ServeHTTP(w, r)
	})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		t.Helper()
		s.closeAll()
		server.Close()
		Await(t, stopped, "서버가 끝나지 않습니다")
		returned := make(chan struct{})
		go func() {
			defer close(returned)
			handlers.Wait()
		}()
		await(t, returned, 2*time.Minute, "연결이 모두 끊겼는데 돌아오지 않는 핸들러가 있습니다")
	})
	return s
}

// Await는 ch가 닫히기를 기다립니다. 닫히지 않으면 otherwise라고 말하고 테스트를 멈춥니다.
func Await(t testing.TB, ch <-chan struct{}, otherwise string) {
	t.Helper()
	await(t, ch, patience, otherwise)
}

func await(t testing.TB, ch <-chan struct{}, limit time.Duration, otherwise string) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(limit):
		t.Fatalf("%v를 기다렸습니다. %s", limit, otherwise)
	}
}

func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Conn.Close()
	}
}

// NetConn은 아무것도 보내지 않은 연결입니다.
func (s *Server) NetConn(t testing.TB) net.Conn {
	t.Helper()
	conn, err := s.dial(context.Background(), "tcp", s.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Do는 평범한 HTTP 요청을 보내고 응답과 본문을 반환합니다.
func (s *Server) Do(t testing.TB, method, path, body string) (*http.Response, string) {
	t.Helper()
	return s.DoWith(t, method, path, nil, body)
}

// DoWith는 header를 더한 Do입니다.
func (s *Server) DoWith(t testing.TB, method, path string, header http.Header, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, s.scheme+"://"+s.Host+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	client := http.Client{
		Transport: &http.Transport{DialContext: s.dial, TLSClientConfig: s.TLS.Clone(), DisableKeepAlives: true},
		Timeout:   patience,
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// Get은 path의 상태와 본문입니다.
func (s *Server) Get(t testing.TB, path string) (int, string) {
	t.Helper()
	resp, body := s.Do(t, http.MethodGet, path, "")
	return resp.StatusCode, body
}

// TryDial은 핸드셰이크를 하고, 거절되면 그 상태 코드를 반환합니다.
func (s *Server) TryDial(t testing.TB, path string, header http.Header) (*Conn, int) {
	t.Helper()
	d := websocket.Dialer{NetDialContext: s.dial, TLSClientConfig: s.TLS.Clone(), HandshakeTimeout: patience}
	conn, resp, err := d.Dial(strings.Replace(s.scheme, "http", "ws", 1)+"://"+s.Host+path, header)
	if errors.Is(err, websocket.ErrBadHandshake) {
		return nil, resp.StatusCode
	}
	if err != nil {
		t.Fatalf("핸드셰이크: %v", err)
	}
	c := &Conn{Conn: conn, Patience: patience, server: s, t: t}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = make(map[*Conn]bool)
	}
	s.conns[c] = true
	return c, resp.StatusCode
}

// Dial은 받아들여져야 하는 핸드셰이크입니다.
func (s *Server) Dial(t testing.TB, path string) *Conn {
	t.Helper()
	c, status := s.TryDial(t, path, nil)
	if c == nil {
		t.Fatalf("핸드셰이크 상태 %d, 원한 것 101", status)
	}
	return c
}

// pipes는 net.Pipe를 내주는 net.Listener입니다.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return memoryAddr{} }

func (p *pipes) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	client, server := net.Pipe()
	fault := new(atomic.Pointer[error])
	select {
	case p.conns <- pipeEnd{server, fault}:
		return pipeEnd{client, fault}, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipeEnd는 net.Pipe의 한쪽입니다. fault가 있으면 상대의 끝을 EOF가 아니라 그것으로 알립니다.
type pipeEnd struct {
	net.Conn
	fault *atomic.Pointer[error]
}

func (e pipeEnd) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if fault := e.fault.Load(); err == io.EOF && fault != nil {
		err = *fault
	}
	return n, err
}

type memoryAddr struct{}

func (memoryAddr) Network() string { return "pipe" }
func (memoryAddr) String() string  { return "localhost:8080" }
