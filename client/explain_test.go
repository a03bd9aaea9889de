package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

// wantFailure는 클라이언트가 연결하지 못하고 words를 담은 한 줄로 끝나기를 요구합니다.
func wantFailure(t *testing.T, words []string, args ...string) {
	t.Helper()
	c := open(t, nil, args...)
	if status := c.wait(); status != statusEnded || c.stdout.String() != "" && args[0] != "-handshake" {
		t.Errorf("%q: 종료 상태 %d, 표준 출력 %q", args, status, &c.stdout)
	}
	for _, word := range words {
		if !strings.Contains(c.lastLine(), word) {
			t.Errorf("%q: %q에 %q이(가) 없습니다", args, c.lastLine(), word)
		}
	}
	if strings.Count(c.stderr.String(), "\n") != 1 {
		t.Errorf("%q: 한 줄이어야 합니다:\n%s", args, &c.stderr)
	}
}

func TestRefusedHandshakeSaysWhyAndWhatToTry(t *testing.T) {
	for _, tt := range []struct {
		status            int
		contentType, body string
		want              []string
	}{
		{400, "text/plain", "Bad Request\n", []string{"핸드셰이크 거절: 400 Bad Request. ", "-header"}},
		{400, "text/plain", "방이 없습니다", []string{`400 Bad Request "방이 없습니다". `}},
		{401, "text/plain", "늦었습니다\n", []string{`401 Unauthorized "늦었습니다". `, "-login gopher:websocket"}},
		{403, "text/plain", "Forbidden\n", []string{"403 Forbidden. ", "-origin"}},
		{404, "text/plain", "404 page not found\n", []string{"404 Not Found", "/ws로 해 보세요"}},
		{200, "text/html; charset=utf-8", "<!doctype html>", []string{"200 OK. ", "/ws로 해 보세요"}},
		{302, "text/plain", "", []string{"302 Found. ", `"/chat"`}},
		{500, "text/plain", "\x1b[2J", []string{`500 Internal Server Error "\x1b[2J". `, "서버의 로그"}},
		{101, "text/plain", "", []string{"101 Switching Protocols", "Sec-WebSocket-Accept"}},
	} {
		s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", tt.contentType)
			w.Header().Set("Location", "/chat")
			if tt.status == 101 {
				w.Header().Set("Upgrade", "websocket")
				w.Header().Set("Connection", "Upgrade")
			}
			w.WriteHeader(tt.status)
			io.WriteString(w, tt.body)
		}))
		wantFailure(t, tt.want, "ws://"+s.Host)
		wantFailure(t, tt.want, "-handshake", "ws://"+s.Host)
		wantFailure(t, tt.want, "-frames", "ws://"+s.Host)
	}
}

func TestNoAnswerSaysWhy(t *testing.T) {
	closed := wstest.Start(t, http.NotFoundHandler())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wantFailure(t, []string{"TLS로 답하지 않습니다", "ws://" + closed.Host + "/a로 해 보세요"}, "wss://"+closed.Host+"/a?otp=SECRET")
	wantFailure(t, []string{"TLS로 답하지 않습니다"}, "-login", "a:b", "wss://"+closed.Host)
	wantFailure(t, []string{"로그인 거절: 404 Not Found", "07부터"}, "-login", "a:b", "ws://"+closed.Host)
	go func() {
		for answer := range slices.Values([]string{"안녕하세요\r\n\r\n", ""}) {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 4096))
			io.WriteString(conn, answer)
			conn.Close()
		}
	}()
	wantFailure(t, []string{"HTTP가 아닙니다"}, "ws://"+listener.Addr().String())
	wantFailure(t, []string{"답하지 않고 끊었습니다"}, "ws://"+listener.Addr().String())
	listener.Close()
	wantFailure(t, []string{"연결이 거부되었습니다", listener.Addr().String()}, "ws://"+listener.Addr().String())
}

func TestEndlessLoginAnswerIsNotRead(t *testing.T) {
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"otp":"x","pad":"`+strings.Repeat("a", 1<<20)+`"}`)
	}))
	wantFailure(t, []string{"로그인의 답에 일회용 비밀번호가 없습니다"}, "-login", "a:b", "ws://"+s.Host+"/ws")
}

func TestUnknownHostSaysTheName(t *testing.T) {
	c := open(t, func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "없는.곳", IsNotFound: true}}
	}, "ws://x/ws")
	c.want(1, "호스트를 찾을 수 없습니다. 주소의 이름을 보세요: 없는.곳")
}

func TestSilentServerIsLeftAfterTenSeconds(t *testing.T) {
	for _, args := range [][]string{{"ws://x/ws"}, {"-login", "a:b", "ws://x/ws"}} {
		synctest.Test(t, func(t *testing.T) {
			s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Minute) }))
			begin := time.Now()
			c := open(t, memory(t, s), args...)
			c.want(1, "10s 안에 답이 없습니다. 주소와 방화벽을 보세요: x:80")
			if waited := time.Since(begin); waited != handshakeWait {
				t.Errorf("%v 기다림, 원한 것 %v", waited, handshakeWait)
			}
			time.Sleep(time.Minute)
		})
	}
}

func TestCtrlCDoesNotWaitForTheHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Minute) }))
		begin := time.Now()
		c := open(t, memory(t, s), "ws://x/ws")
		synctest.Wait()
		c.ctrlC()
		c.want(1, "연결하기 전에 그만두었습니다")
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("%v 기다림", waited)
		}
		time.Sleep(time.Minute)
	})
}

// tlsServer는 cert로 듣는 서버의 주소와, cert를 담은 파일입니다.
func tlsServer(t *testing.T, adjust func(cert *x509.Certificate)) (host, file string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	adjust(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(handler(echo))
	s.Config.ErrorLog = nil
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	file = filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.Listener.Addr().String(), file
}

func TestBadCertificateSaysItsKind(t *testing.T) {
	good, goodFile := tlsServer(t, func(*x509.Certificate) {})
	wantFailure(t, []string{"누가 보증하는지 모릅니다", "-ca", "-insecure"}, "wss://"+good+"/ws")
	wantFailure(t, []string{"누가 보증하는지 모릅니다"}, "-login", "a:b", "wss://"+good+"/ws")
	status, stdout, _ := shell(t, "", "-handshake", "-frames", "wss://"+good+"/ws")
	if status != 1 || stdout != "" {
		t.Errorf("믿지 않는 서버에 요청을 보냈다고 합니다: 종료 상태 %d\n%s", status, stdout)
	}
	other, otherFile := tlsServer(t, func(cert *x509.Certificate) { cert.IPAddresses, cert.DNSNames = nil, []string{"chat.example"} })
	wantFailure(t, []string{"이름(SAN)과 기간을 보세요", "127.0.0.1"}, "-ca", otherFile, "wss://"+other+"/ws")
	old, oldFile := tlsServer(t, func(cert *x509.Certificate) { cert.NotAfter = time.Now().Add(-time.Minute) })
	wantFailure(t, []string{"이름(SAN)과 기간을 보세요", "expired"}, "-ca", oldFile, "wss://"+old+"/ws")
	wantFailure(t, []string{"서버가 TLS를 씁니다", "wss://" + good + "/ws로 해 보세요"}, "ws://"+good+"/ws")
	wantFailure(t, []string{"서버가 TLS를 씁니다", "wss://" + good + "/ws로 해 보세요"}, "-login", "a:b", "ws://"+good+"/ws")

	for _, args := range [][]string{{"-ca", goodFile, "wss://" + good + "/ws"}, {"-insecure", "wss://" + old + "/ws"}} {
		status, stdout, stderr := shell(t, "안녕\n", append(args, "-once", "-frames")...)
		if status != 0 || strings.Count(stdout, `"안녕"`) != 2 {
			t.Errorf("%q: 종료 상태 %d\n%s%s", args, status, stdout, stderr)
		}
		if warned := strings.Contains(stderr, "경고: "); warned != (args[0] == "-insecure") {
			t.Errorf("%q: 경고 %v", args, warned)
		}
	}
}
