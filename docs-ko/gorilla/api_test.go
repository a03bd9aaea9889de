package gorilla_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func Example_badHandshake() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "먼저 로그인하세요.", http.StatusUnauthorized)
	}))
	defer server.Close()
	conn, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	fmt.Println(conn == nil, err)
	if errors.Is(err, websocket.ErrBadHandshake) { // resp는 이때만 믿을 수 있습니다.
		body, _ := io.ReadAll(resp.Body)
		fmt.Printf("%s: %s", resp.Status, body)
	}
	// Output:
	// true websocket: bad handshake
	// 401 Unauthorized: 먼저 로그인하세요.
}

func wsURL(s *httptest.Server) string {
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func TestBadHandshakeCarriesTheAnswer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		status int
		body   int
	}{
		{"평범한 페이지", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hi") }, 200, 2},
		{"긴 본문은 1024바이트까지", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 5000)) }, 200, 1024},
		{"다른 곳으로 보내도 따라가지 않음", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/other")
			w.WriteHeader(http.StatusFound)
		}, 302, 0},
		{"틀린 Sec-WebSocket-Accept", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Sec-WebSocket-Accept", "x")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}, 101, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			defer server.Close()
			_, resp, err := websocket.DefaultDialer.Dial(wsURL(server), nil)
			if err != websocket.ErrBadHandshake {
				t.Fatalf("오류 %v, 원한 것 %v", err, websocket.ErrBadHandshake)
			}
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.status || len(body) != tt.body {
				t.Errorf("상태 %d, 본문 %d바이트, 원한 것 %d, %d바이트", resp.StatusCode, len(body), tt.status, tt.body)
			}
		})
	}
}

// 담아 온 본문은 이미 읽어 둔 것이고 연결은 Dial이 닫았으므로, resp.Body를 닫지 않아도 새는 것이 없습니다.
func TestBodyOfARefusalNeedsNoClose(t *testing.T) {
	left := make(chan error, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		check(err)
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 5000\r\n\r\n"+strings.Repeat("a", 5000))
		conn.SetReadDeadline(soon())
		_, err = conn.Read(make([]byte, 1))
		left <- err
	}))
	var mine net.Conn
	d := websocket.Dialer{HandshakeTimeout: patience, NetDial: func(network, addr string) (net.Conn, error) {
		var err error
		mine, err = net.Dial(network, addr)
		return mine, err
	}}
	_, resp, err := d.Dial("ws://"+s.Host, nil)
	if err != websocket.ErrBadHandshake {
		t.Fatalf("오류 %v, 원한 것 %v", err, websocket.ErrBadHandshake)
	}
	if _, err := mine.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Dial이 돌아온 뒤의 연결 %v, 원한 것 %v", err, net.ErrClosed)
	}
	if err := receive(t, left, "클라이언트가 끊은 것"); err == nil || isTimeout(err) {
		t.Errorf("본문을 닫지 않았을 때 서버가 본 것 %v, 원한 것 끊긴 연결", err)
	}
	if body, err := io.ReadAll(resp.Body); len(body) != 1024 || err != nil {
		t.Errorf("연결이 닫힌 뒤의 본문 %d바이트, %v, 원한 것 1024바이트", len(body), err)
	}
}

func TestDialRefusesBeforeConnecting(t *testing.T) {
	d := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) {
		t.Error("연결했습니다")
		return nil, errors.New("연결했습니다")
	}}
	const malformed = "malformed ws or wss URL"
	for _, u := range []string{"http://x/", "https://x/", "/ws", "localhost:8080/ws", "ws://gopher:secret@x/", "wss://gopher@x/"} {
		if _, resp, err := d.Dial(u, nil); resp != nil || err == nil || err.Error() != malformed {
			t.Errorf("%s: %v, %v, 원한 것 %q", u, resp, err, malformed)
		}
	}
	for _, name := range []string{"Upgrade", "Connection", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Extensions"} {
		_, _, err := d.Dial("ws://x/", http.Header{name: {"x"}})
		wantError(t, err, "websocket: duplicate header not allowed: "+name)
	}
	d.Subprotocols = []string{"chat"}
	_, _, err := d.Dial("ws://x/", http.Header{"Sec-Websocket-Protocol": {"x"}})
	wantError(t, err, "websocket: duplicate header not allowed: Sec-Websocket-Protocol")
}

func TestURLWithoutAPortMeans80Or443(t *testing.T) {
	for u, want := range map[string]string{
		"ws://localhost/ws": "localhost:80", "wss://localhost/ws": "localhost:443", "ws://[::1]:8080/ws": "[::1]:8080",
	} {
		var got string
		stop := errors.New("여기까지")
		d := websocket.Dialer{NetDial: func(network, addr string) (net.Conn, error) { got = addr; return nil, stop }}
		if _, _, err := d.Dial(u, nil); err != stop || got != want {
			t.Errorf("%s: %s에 연결 (%v), 원한 것 %s", u, got, err, want)
		}
	}
}

// silent는 연결만 받고 아무 말도 하지 않는 서버에 거는 NetDial입니다.
func silent(t *testing.T) func(string, string) (net.Conn, error) {
	return func(string, string) (net.Conn, error) {
		client, server := net.Pipe()
		t.Cleanup(func() { server.Close() })
		go io.Copy(io.Discard, server)
		return client, nil
	}
}

func TestHandshakeTimeoutIsTheOnlyPatience(t *testing.T) {
	t.Run("DefaultDialer는 45초", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := *websocket.DefaultDialer
			d.NetDial = silent(t)
			begin := time.Now()
			if _, resp, err := d.Dial("ws://localhost/", nil); !isTimeout(err) || resp != nil || time.Since(begin) != 45*time.Second {
				t.Errorf("%v 뒤에 %v, 원한 것 45초 뒤의 시간 초과", time.Since(begin), err)
			}
		})
	})
	t.Run("Dialer{}는 끝없이", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := websocket.Dialer{NetDial: silent(t)}
			ended := make(chan error, 1)
			go func() {
				_, _, err := d.Dial("ws://localhost/", nil)
				ended <- err
			}()
			select {
			case err := <-ended:
				t.Errorf("끝났습니다: %v", err)
			case <-time.After(24 * time.Hour):
			}
		})
	})
	t.Run("context의 마감 시각도 따른다", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			d := websocket.Dialer{NetDial: silent(t)}
			begin := time.Now()
			if _, _, err := d.DialContext(ctx, "ws://localhost/", nil); !isTimeout(err) || time.Since(begin) != time.Second {
				t.Errorf("%v 뒤에 %v", time.Since(begin), err)
			}
		})
	})
	t.Run("응답을 기다리는 동안의 취소는 듣지 않는다", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			d := websocket.Dialer{NetDial: silent(t), HandshakeTimeout: time.Minute}
			begin := time.Now()
			if _, _, err := d.DialContext(ctx, "ws://localhost/", nil); !isTimeout(err) || time.Since(begin) != time.Minute {
				t.Errorf("%v 뒤에 %v, 원한 것 1분 뒤의 시간 초과", time.Since(begin), err)
			}
		})
	})
}

func TestDialContextDoesNotGovernTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		h := &http.Server{Handler: serve(websocket.Upgrader{}, echo)}
		defer h.Close()
		go h.Serve(&singleListener{conn: server, closed: make(chan struct{})})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		d := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return client, nil }}
		conn, _, err := d.DialContext(ctx, "ws://localhost/", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		time.Sleep(time.Hour) // 마감 시각이 지났습니다.
		cancel()
		conn.WriteMessage(websocket.TextMessage, []byte("아직"))
		if _, p, err := conn.ReadMessage(); string(p) != "아직" {
			t.Errorf("메아리 %q, %v", p, err)
		}
	})
}

func TestUpgraderHandshakeTimeoutCoversOnlyTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe() // 클라이언트는 101을 읽지 않습니다.
		defer client.Close()
		w := hijackable{httptest.NewRecorder(), server, bufio.NewReadWriter(bufio.NewReader(server), bufio.NewWriter(server))}
		u := websocket.Upgrader{HandshakeTimeout: 5 * time.Second}
		begin := time.Now()
		if _, err := u.Upgrade(w, request(nil), nil); !isTimeout(err) || time.Since(begin) != 5*time.Second {
			t.Errorf("%v 뒤에 %v, 원한 것 5초 뒤의 시간 초과", time.Since(begin), err)
		}
	})
}

func TestDefaultDialer(t *testing.T) {
	d := websocket.DefaultDialer
	if d.HandshakeTimeout != 45*time.Second {
		t.Errorf("HandshakeTimeout %v", d.HandshakeTimeout)
	}
	if reflect.ValueOf(d.Proxy).Pointer() != reflect.ValueOf(http.ProxyFromEnvironment).Pointer() {
		t.Error("Proxy가 http.ProxyFromEnvironment가 아닙니다")
	}
	if d.EnableCompression || d.Jar != nil || d.Subprotocols != nil || d.TLSClientConfig != nil || d.ReadBufferSize != 0 {
		t.Errorf("나머지는 영값이어야 합니다: %+v", d)
	}
	s := wstest.Start(t, serve(websocket.Upgrader{}, echo))
	var none *websocket.Dialer // nil도 DefaultDialer처럼 씁니다.
	conn, _, err := none.Dial("ws://"+s.Host, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestRequestHeaderReachesTheServer(t *testing.T) {
	got := make(chan *http.Request, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r
		serve(websocket.Upgrader{}, echo).ServeHTTP(w, r)
	}))
	s.TryDial(t, "/", http.Header{"Host": {"chat.example"}, "Authorization": {"Bearer x"}, "Cookie": {"sid=abc"}})
	r := receive(t, got, "서버가 받은 요청")
	if cookie, _ := r.Cookie("sid"); r.Host != "chat.example" || r.Header.Get("Authorization") != "Bearer x" || cookie == nil {
		t.Errorf("Host %q, 헤더 %v", r.Host, r.Header)
	}
}

// proxy는 CONNECT만 아는 HTTP 프록시입니다.
func proxy(t *testing.T, authorize func(*http.Request) bool) *url.URL {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || !authorize(r) {
			http.Error(w, "no", http.StatusProxyAuthRequired)
			return
		}
		upstream, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		defer upstream.Close()
		client, brw, err := w.(http.Hijacker).Hijack()
		check(err)
		defer client.Close()
		io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			defer upstream.Close()
			io.Copy(upstream, brw)
		}()
		io.Copy(client, upstream)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestProxyIsAskedToConnect(t *testing.T) {
	var authorization string
	u := proxy(t, func(r *http.Request) bool {
		authorization = r.Header.Get("Proxy-Authorization")
		return authorization != ""
	})
	s := wstest.Start(t, serve(websocket.Upgrader{}, echo))
	d := websocket.Dialer{Proxy: http.ProxyURL(u), HandshakeTimeout: patience}
	_, resp, err := d.Dial("ws://"+s.Host, nil)
	wantError(t, err, "Proxy Authentication Required") // ErrBadHandshake가 아니고 응답도 없습니다.
	if resp != nil {
		t.Errorf("응답 %v", resp)
	}
	u.User = url.UserPassword("gopher", "secret")
	conn, _, err := d.Dial("ws://"+s.Host, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if authorization != "Basic Z29waGVyOnNlY3JldA==" {
		t.Errorf("Proxy-Authorization %q", authorization)
	}
	conn.SetReadDeadline(soon())
	conn.WriteMessage(websocket.TextMessage, []byte("프록시 너머"))
	if _, p, err := conn.ReadMessage(); string(p) != "프록시 너머" {
		t.Errorf("메아리 %q, %v", p, err)
	}
}

func TestProxySchemes(t *testing.T) {
	for scheme, known := range map[string]bool{"http": true, "socks5": true, "https": false, "ftp": false} {
		d := websocket.Dialer{Proxy: http.ProxyURL(&url.URL{Scheme: scheme, Host: "127.0.0.1:1"})}
		_, _, err := d.Dial("ws://localhost/", nil)
		if got := err.Error() != "proxy: unknown scheme: "+scheme; got != known {
			t.Errorf("%s: %v", scheme, err)
		}
	}
}

func TestJarKeepsTheCookiesOfTheHandshake(t *testing.T) {
	got := make(chan string, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header.Get("Cookie")
		conn, err := new(websocket.Upgrader).Upgrade(w, r, http.Header{"Set-Cookie": {"sid=abc"}})
		if err == nil {
			conn.Close()
		}
	}))
	jar, _ := cookiejar.New(nil)
	for _, tt := range []struct {
		jar  http.CookieJar
		want string
	}{{nil, ""}, {nil, ""}, {jar, ""}, {jar, "sid=abc"}} {
		d := websocket.Dialer{Jar: tt.jar, HandshakeTimeout: patience}
		conn, _, err := d.Dial("ws://"+s.Host, nil)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if cookie := receive(t, got, "서버가 받은 쿠키"); cookie != tt.want {
			t.Errorf("Jar %v: 쿠키 %q, 원한 것 %q", tt.jar != nil, cookie, tt.want)
		}
	}
}

func Example_subprotocols() {
	u := websocket.Upgrader{Subprotocols: []string{"b", "a"}} // 서버의 순서가 이깁니다.
	for _, offer := range [][]string{{"a", "b"}, {"a"}, {"x"}} {
		l := connect(u, websocket.Dialer{Subprotocols: offer})
		fmt.Printf("%v → 서버 %q, 클라이언트 %q\n", offer, l.server.Subprotocol(), l.client.Subprotocol())
		l.close()
	}
	// Output:
	// [a b] → 서버 "b", 클라이언트 "b"
	// [a] → 서버 "a", 클라이언트 "a"
	// [x] → 서버 "", 클라이언트 ""
}

func TestSubprotocolAnswers(t *testing.T) {
	mine := http.Header{"Sec-Websocket-Protocol": {"mine"}}
	for _, tt := range []struct {
		name     string
		server   []string
		offer    []string
		response http.Header
		want     []string
	}{
		{"고른 것 하나", []string{"a"}, []string{"x, a"}, nil, []string{"a"}},
		{"맞는 것이 없으면 헤더도 없음", []string{"a"}, []string{"x"}, nil, nil},
		{"대소문자를 가림", []string{"a"}, []string{"A"}, nil, nil},
		{"둘째 헤더는 보지 않음", []string{"a"}, []string{"x", "a"}, nil, nil},
		{"Subprotocols가 nil이면 responseHeader의 것", nil, []string{"x"}, mine, []string{"mine"}},
		{"Subprotocols가 있으면 responseHeader의 것은 버림", []string{"a"}, []string{"a"}, mine, []string{"a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request(func(r *http.Request) { r.Header["Sec-Websocket-Protocol"] = tt.offer })
			resp, err := upgrade(t, websocket.Upgrader{Subprotocols: tt.server}, r, tt.response)
			if err != nil {
				t.Fatal(err)
			}
			if got := resp.Header["Sec-Websocket-Protocol"]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("답 %q, 원한 것 %q", got, tt.want)
			}
		})
	}
}

// 브라우저와 달리 gorilla의 클라이언트는 청하지 않은 것을 골라도 받아들입니다.
func TestGoClientDoesNotCheckTheChosenSubprotocol(t *testing.T) {
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, http.Header{"Sec-Websocket-Protocol": {"other"}})
		if err == nil {
			conn.Close()
		}
	}))
	d := websocket.Dialer{Subprotocols: []string{"chat"}, HandshakeTimeout: patience}
	conn, _, err := d.Dial("ws://"+s.Host, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.Subprotocol() != "other" {
		t.Errorf("하위 프로토콜 %q", conn.Subprotocol())
	}
}

func TestSubprotocolsAndIsWebSocketUpgradeOnlyReadHeaders(t *testing.T) {
	r := request(func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", " a,b , c") })
	if got := websocket.Subprotocols(r); !reflect.DeepEqual(got, []string{"a", "b", "c"}) {
		t.Errorf("Subprotocols %q", got)
	}
	if got := websocket.Subprotocols(request(nil)); got != nil {
		t.Errorf("청하지 않은 Subprotocols %q", got)
	}
	for name, tt := range map[string]struct {
		change func(*http.Request)
		want   bool
	}{
		"그대로":           {nil, true},
		"키와 버전이 없어도":    {func(r *http.Request) { r.Header.Del("Sec-WebSocket-Key"); r.Header.Del("Sec-WebSocket-Version") }, true},
		"Upgrade 없음":    {drop("Upgrade"), false},
		"Connection 없음": {drop("Connection"), false},
	} {
		if got := websocket.IsWebSocketUpgrade(request(tt.change)); got != tt.want {
			t.Errorf("%s: %v, 원한 것 %v", name, got, tt.want)
		}
	}
}

// secure는 자체 서명 인증서로 TLS를 쓰는 서버와 그 로그입니다.
func secure(t *testing.T, configure func(*httptest.Server)) (*httptest.Server, *wstest.LogBuffer) {
	logs := &wstest.LogBuffer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.New(logs, "", 0).Print(r.Proto)
		serve(websocket.Upgrader{}, echo).ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(logs, "", 0)
	if configure != nil {
		configure(server)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, logs
}

func trusting(certs ...*x509.Certificate) *tls.Config {
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c)
	}
	return &tls.Config{RootCAs: pool}
}

func TestWSSNeedsATrustedCertificate(t *testing.T) {
	server, logs := secure(t, nil)
	_, _, err := websocket.DefaultDialer.Dial(wsURL(server), nil)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "x509: certificate signed by unknown authority") {
		t.Errorf("오류 %v", err)
	}
	logs.Await(t, "remote error: tls: bad certificate")

	d := websocket.Dialer{TLSClientConfig: trusting(server.Certificate()), HandshakeTimeout: patience}
	conn, _, err := d.Dial(wsURL(server), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, ok := conn.NetConn().(*tls.Conn); !ok {
		t.Errorf("NetConn의 타입 %T, 원한 것 *tls.Conn", conn.NetConn())
	}
	logs.Await(t, "HTTP/1.1")
}

func TestCommonNameIsNotEnough(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	server, _ := secure(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	})
	d := websocket.Dialer{TLSClientConfig: trusting(cert), HandshakeTimeout: patience}
	_, _, err = d.Dial(strings.Replace(wsURL(server), "127.0.0.1", "localhost", 1), nil)
	if err == nil || !strings.HasSuffix(err.Error(), "x509: certificate relies on legacy Common Name field, use SANs instead") {
		t.Errorf("오류 %v", err)
	}
}

func TestSchemeAndPortMustAgree(t *testing.T) {
	server, _ := secure(t, nil)
	_, resp, err := websocket.DefaultDialer.Dial(strings.Replace(wsURL(server), "wss", "ws", 1), nil)
	if err != websocket.ErrBadHandshake || resp.StatusCode != http.StatusBadRequest {
		t.Fatalf("TLS 포트에 ws: %v, %v", resp, err)
	}
	if body, _ := io.ReadAll(resp.Body); string(body) != "Client sent an HTTP request to an HTTPS server.\n" {
		t.Errorf("본문 %q", body)
	}
	plain := wstest.Start(t, serve(websocket.Upgrader{}, echo))
	_, _, err = websocket.DefaultDialer.Dial("wss://"+plain.Host, nil)
	wantError(t, err, "tls: first record does not look like a TLS handshake")
}

func TestHTTP2CannotBeUpgraded(t *testing.T) {
	server, logs := secure(t, func(s *httptest.Server) { s.EnableHTTP2 = true })
	const noUpgrade = "'upgrade' token not found in 'Connection' header"
	t.Run("HTTP/2의 GET", func(t *testing.T) {
		resp, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %d, 원한 것 HTTP/2.0 400", resp.Proto, resp.StatusCode)
		}
	})
	t.Run("RFC 8441의 CONNECT", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodConnect, "https://example.com/ws", nil)
		r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/2.0", 2, 0
		r.Header[":protocol"] = []string{"websocket"}
		r.Header.Set("Sec-WebSocket-Version", "13")
		w := httptest.NewRecorder()
		_, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if w.Code != http.StatusBadRequest || err == nil || !strings.Contains(err.Error(), noUpgrade) {
			t.Errorf("%d, %v", w.Code, err)
		}
	})
	t.Run("같은 서버에 wss", func(t *testing.T) {
		d := websocket.Dialer{TLSClientConfig: trusting(server.Certificate()), HandshakeTimeout: patience}
		conn, _, err := d.Dial(wsURL(server), nil)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		logs.Await(t, "HTTP/1.1")
	})
	t.Run("NextProtos에 h2", func(t *testing.T) {
		config := trusting(server.Certificate())
		config.NextProtos = []string{"h2", "http/1.1"}
		d := websocket.Dialer{TLSClientConfig: config, HandshakeTimeout: patience}
		_, _, err := d.Dial(wsURL(server), nil)
		if err == nil || !strings.HasPrefix(err.Error(), `websocket: protocol "h2" was given but is not supported;sharing tls.Config with net/http Transport can cause this error`) {
			t.Errorf("오류 %v", err)
		}
	})
}

func TestNetDialTLSContextDoesTheTLSHandshakeItself(t *testing.T) {
	server, _ := secure(t, nil)
	d := websocket.Dialer{
		HandshakeTimeout: patience,
		TLSClientConfig:  &tls.Config{MinVersion: tls.VersionTLS13, MaxVersion: tls.VersionTLS12}, // 쓰였다면 실패합니다.
		NetDialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return (&tls.Dialer{Config: trusting(server.Certificate())}).DialContext(ctx, network, addr)
		},
		NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("불리지 않아야 합니다")
		},
	}
	conn, _, err := d.Dial(wsURL(server), nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestNetDialContextComesBeforeNetDial(t *testing.T) {
	first, second := errors.New("NetDialContext"), errors.New("NetDial")
	d := websocket.Dialer{
		NetDialContext: func(context.Context, string, string) (net.Conn, error) { return nil, first },
		NetDial:        func(string, string) (net.Conn, error) { return nil, second },
	}
	for _, u := range []string{"ws://localhost/", "wss://localhost/"} {
		if _, _, err := d.Dial(u, nil); err != first {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestAddressesAreThoseOfTheNetConn(t *testing.T) {
	server, client := tcpPair()
	s, c, h := upgradeOver(websocket.Upgrader{}, websocket.Dialer{}, server, client)
	defer h.Close()
	defer c.Close()
	defer s.Close()
	if s.RemoteAddr() != server.RemoteAddr() || s.LocalAddr() != server.LocalAddr() || c.LocalAddr().String() != s.RemoteAddr().String() {
		t.Errorf("주소 %v %v", s.RemoteAddr(), s.LocalAddr())
	}
	if s.NetConn() != server || s.UnderlyingConn() != server {
		t.Error("NetConn이 원래 연결이 아닙니다")
	}
}

// 남은 옛 이름들은 새 이름을 부를 뿐입니다.
func TestDeprecatedNamesStillWork(t *testing.T) {
	s := wstest.Start(t, serve(websocket.Upgrader{}, echo))
	u := &url.URL{Scheme: "ws", Host: s.Host, Path: "/"}
	//lint:ignore SA1019 옛 이름을 시험합니다.
	conn, resp, err := websocket.NewClient(s.NetConn(t), u, nil, 1024, 1024)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", resp, err)
	}
	defer conn.Close()
	//lint:ignore SA1019 옛 이름을 시험합니다.
	if err := websocket.WriteJSON(conn, 7); err != nil {
		t.Fatal(err)
	}
	var n int
	//lint:ignore SA1019 옛 이름을 시험합니다.
	if err := websocket.ReadJSON(conn, &n); err != nil || n != 7 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestConnHas25Methods(t *testing.T) {
	want := strings.Fields(`Close CloseHandler EnableWriteCompression LocalAddr NetConn NextReader NextWriter
		PingHandler PongHandler ReadJSON ReadMessage RemoteAddr SetCloseHandler SetCompressionLevel SetPingHandler
		SetPongHandler SetReadDeadline SetReadLimit SetWriteDeadline Subprotocol UnderlyingConn WriteControl
		WriteJSON WriteMessage WritePreparedMessage`)
	var got []string
	for m := range reflect.TypeFor[*websocket.Conn]().Methods() {
		got = append(got, m.Name)
	}
	if !reflect.DeepEqual(got, want) || len(got) != 25 {
		t.Errorf("메서드 %d개 %q", len(got), got)
	}
}

// 아래의 셋은 gorilla의 판을 올릴 때 무엇을 다시 읽어야 하는지 알려 줍니다.

const readVersion = "v1.5.3"

func TestNotesAreWrittenForThisVersion(t *testing.T) {
	if got := gorilla(t).Version; got != readVersion {
		t.Errorf("노트는 %s를 읽고 썼는데 지금은 %s입니다. 변경 내역을 읽고 이 폴더의 노트와 corrections.md를 다시 확인한 뒤 "+
			"readVersion을 바꾸세요. 늘거나 준 이름과 제목은 TestEveryExportedNameIsInTheNote와 TestEveryHeadingHasItsNote가 알려 줍니다", readVersion, got)
	}
}

func TestEveryHeadingHasItsNote(t *testing.T) {
	notes := []struct{ heading, note string }{
		{"Overview", "overview"},
		{"Data Messages", "data-messages"},
		{"Control Messages", "control-messages"},
		{"Concurrency", "concurrency"},
		{"Origin Considerations", "origin"},
		{"Buffers", "buffers"},
		{"Compression EXPERIMENTAL", "compression"},
	}
	var headings, want []string
	parsed := new(comment.Parser).Parse(gorilla(t).Doc.Doc)
	for _, block := range parsed.Content {
		heading, ok := block.(*comment.Heading)
		if !ok {
			continue
		}
		name := string(heading.Text[0].(comment.Plain))
		headings = append(headings, name)
		for _, n := range notes {
			anchor := "https://pkg.go.dev/github.com/gorilla/websocket@" + readVersion + "#" + heading.DefaultID()
			if n.heading == name && !strings.Contains(readNote(t, n.note), "<"+anchor+">") {
				t.Errorf("%s.md에 원문의 링크 %s가 없습니다", n.note, anchor)
			}
		}
	}
	for _, n := range notes {
		want = append(want, n.heading)
	}
	if !slices.Equal(headings, want) {
		t.Errorf("문서의 제목이 달라졌습니다. 다시 읽고 노트를 맞추세요\n지금: %q\n노트: %q", headings, want)
	}
}

func TestEveryExportedNameIsInTheNote(t *testing.T) {
	exported := exportedNames(gorilla(t).Doc)
	cell := regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|")
	name := regexp.MustCompile("`([A-Za-z.]+)`")
	listed := map[string]int{}
	for _, row := range cell.FindAllStringSubmatch(readNote(t, "api"), -1) {
		for _, n := range name.FindAllStringSubmatch(row[1], -1) {
			listed[n[1]]++
		}
	}
	for _, n := range exported {
		if listed[n] == 0 {
			t.Errorf("api.md에 %s가 없습니다", n)
		}
		delete(listed, n)
	}
	for _, n := range slices.Sorted(maps.Keys(listed)) {
		t.Errorf("api.md의 %s는 패키지에 없습니다", n)
	}
}

type pinned struct {
	Version string
	Doc     *doc.Package
}

// gorilla는 지금 쓰는 판과 그 문서입니다.
var gorillaOnce = sync.OnceValues(func() (pinned, error) {
	out, err := exec.Command("go", "list", "-f", "{{.Module.Version}}\n{{.Dir}}", "github.com/gorilla/websocket").Output()
	if err != nil {
		return pinned{}, err
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	files := token.NewFileSet()
	var parsed []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return pinned{}, err
	}
	for _, file := range names {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, file, nil, parser.ParseComments)
		if err != nil {
			return pinned{}, err
		}
		parsed = append(parsed, f)
	}
	d, err := doc.NewFromFiles(files, parsed, "github.com/gorilla/websocket")
	return pinned{version, d}, err
})

func gorilla(t *testing.T) pinned {
	t.Helper()
	p, err := gorillaOnce()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readNote(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exportedNames는 상수, 변수, 함수, 타입과 그 필드와 메서드입니다.
func exportedNames(d *doc.Package) (names []string) {
	values := func(groups []*doc.Value) {
		for _, g := range groups {
			names = append(names, g.Names...)
		}
	}
	functions := func(receiver string, functions []*doc.Func) {
		for _, f := range functions {
			names = append(names, receiver+f.Name)
		}
	}
	values(d.Consts)
	values(d.Vars)
	functions("", d.Funcs)
	for _, t := range d.Types {
		names = append(names, t.Name)
		values(t.Consts)
		values(t.Vars)
		functions("", t.Funcs)
		functions(t.Name+".", t.Methods)
		ast.Inspect(t.Decl, func(n ast.Node) bool {
			var list *ast.FieldList
			switch n := n.(type) {
			case *ast.StructType:
				list = n.Fields
			case *ast.InterfaceType:
				list = n.Methods
			default:
				return true
			}
			for _, field := range list.List {
				for _, id := range field.Names {
					if id.IsExported() {
						names = append(names, t.Name+"."+id.Name)
					}
				}
			}
			return false
		})
	}
	return slices.DeleteFunc(names, func(n string) bool { return !ast.IsExported(n) })
}
