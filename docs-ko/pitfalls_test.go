// Package pitfalls는 pitfalls.md가 적은 글 가운데 다른 테스트가 다시 만들지 않는 것을 만듭니다.
package pitfalls

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
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

// patience는 와야 할 것을 기다리는 시간입니다.
const patience = 10 * time.Second

// speaking은 오는 연결마다 answer를 말하고 끊는 서버의 주소입니다. HTTP를 모릅니다.
func speaking(t *testing.T, answer string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, answer)
			conn.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, conn) // 읽지 않은 요청을 두고 닫으면 RST가 갑니다.
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-stopped
	})
	return listener.Addr().String()
}

// 핸드셰이크의 답이 오지 않았으므로 ErrBadHandshake가 아니고 응답도 없습니다.
func TestDialToTheWrongPortSaysWhatIsThere(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	refused := "connect: connection refused"
	if runtime.GOOS == "windows" {
		refused = "connectex: "
	}
	for _, tt := range []struct{ name, addr, want string }{
		{"아무도 듣지 않음", nobody.Addr().String(), refused},
		{"말없이 끊음", speaking(t, ""), "EOF"},
		{"HTTP가 아님", speaking(t, "SSH-2.0-OpenSSH\r\n"), `malformed HTTP response "SSH-2.0-OpenSSH"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dialer := websocket.Dialer{HandshakeTimeout: patience}
			_, resp, err := dialer.Dial("ws://"+tt.addr+"/ws", nil)
			if err == nil || err == websocket.ErrBadHandshake || !strings.Contains(err.Error(), tt.want) || resp != nil {
				t.Errorf("응답 %v, 오류 %v, 원한 것 %q", resp, err, tt.want)
			}
		})
	}
}

// upgraded는 업그레이드한 연결과 그 상대입니다.
func upgraded(t *testing.T) (server *websocket.Conn, client *wstest.Conn) {
	conns := make(chan *websocket.Conn, 1)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
		}
		conns <- conn
	}))
	client = s.Dial(t, "/")
	server = <-conns
	t.Cleanup(func() { server.Close() })
	return server, client
}

// 첫 쓰기는 운영 체제의 버퍼에 들어가서 성공하고, 떠난 상대의 RST가 온 다음부터 실패합니다.
func TestWritesToAGonePeerFailLater(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows의 글은 다릅니다")
	}
	server, client := upgraded(t)
	client.Close()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		err := server.WriteMessage(websocket.TextMessage, []byte("듣고 있나요"))
		if err == nil {
			continue
		}
		if text := err.Error(); !strings.HasSuffix(text, "write: broken pipe") && !strings.HasSuffix(text, "write: connection reset by peer") {
			t.Errorf("쓰기 오류 %v", err)
		}
		return
	}
	t.Error("떠난 상대에게 쓰기가 계속 성공합니다")
}

func TestWritingToTheResponseAfterTheUpgradeIsLogged(t *testing.T) {
	logs := &wstest.LogBuffer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		http.Error(w, "늦은 응답", http.StatusInternalServerError)
	}))
	server.Config.ErrorLog = log.New(logs, "", 0)
	server.Start()
	defer server.Close()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	logs.Await(t, "http: response.WriteHeader on hijacked connection")
	logs.Await(t, "http: response.Write on hijacked connection")
}

func TestCertificateOfAnotherNameIsRefused(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "chat.test"}}
	_, _, err := dialer.Dial("wss"+strings.TrimPrefix(server.URL, "https"), nil)
	const want = "tls: failed to verify certificate: x509: certificate is valid for example.com, *.example.com, not chat.test"
	if err == nil || err.Error() != want {
		t.Errorf("오류 %v, 원한 것 %q", err, want)
	}
}

func TestGoRunTakesAFolderNotItsFiles(t *testing.T) {
	cmd := exec.Command("go", "run", "main.go", "main_test.go")
	cmd.Dir = "../01-echo"
	out, err := cmd.CombinedOutput()
	if want := "go: cannot run *_test.go files (main_test.go)\n"; err == nil || string(out) != want {
		t.Errorf("종료 %v, 출력 %q, 원한 것 %q", err, out, want)
	}
}

// 한 번에 쓸 수 있으면 write, 헤더와 내용을 따로 쓰면 writev입니다.
func TestWriteTimeoutNamesTheSystemCall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows의 글은 다릅니다")
	}
	for prefix, size := range map[string]int{"write tcp ": 100, "writev tcp ": 1 << 20} {
		server, _ := upgraded(t) // 상대는 읽지 않습니다.
		server.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		var err error
		for deadline := time.Now().Add(patience); err == nil && time.Now().Before(deadline); {
			err = server.WriteMessage(websocket.TextMessage, make([]byte, size))
		}
		if text := fmt.Sprint(err); !strings.HasPrefix(text, prefix) || !strings.HasSuffix(text, ": i/o timeout") {
			t.Errorf("쓰기 오류 %q, 원한 것 %q로 시작하는 i/o timeout", text, prefix)
		}
	}
}

// 서버가 TCP만 받고 말이 없을 때, TLS에서는 연결의 마감 시각과 컨텍스트 가운데 먼저 알아차린
// 쪽의 글이 나옵니다.
func TestDialTimeoutHasTwoTexts(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for scheme, texts := range map[string][]string{
		"ws": {": i/o timeout"}, "wss": {": i/o timeout", "context deadline exceeded"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, _, err := websocket.DefaultDialer.DialContext(ctx, scheme+"://"+silent.Addr().String()+"/ws", nil)
		cancel()
		text := fmt.Sprint(err)
		if !slices.ContainsFunc(texts, func(want string) bool { return strings.HasSuffix(text, want) }) {
			t.Errorf("%s: 오류 %q, 원한 것 %q", scheme, text, texts)
		}
	}
}

func TestEmptyJSONHasTwoTexts(t *testing.T) {
	var v any
	decoded := json.NewDecoder(strings.NewReader(`{"n":`)).Decode(&v)
	unmarshaled := json.Unmarshal([]byte(`{"n":`), &v)
	if fmt.Sprint(decoded) != "unexpected EOF" || fmt.Sprint(unmarshaled) != "unexpected end of JSON input" {
		t.Errorf("Decode %v, Unmarshal %v", decoded, unmarshaled)
	}
}

func TestClosedChannelPanics(t *testing.T) {
	closed := make(chan int)
	close(closed)
	for want, do := range map[string]func(){
		"panic: send on closed channel":  func() { closed <- 1 },
		"panic: close of closed channel": func() { close(closed) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprintf("panic: %v", recover()); got != want {
					t.Errorf("패닉 %q, 원한 것 %q", got, want)
				}
			}()
			do()
		}()
	}
}

func TestCertificateErrorsOfADialer(t *testing.T) {
	for _, tt := range []struct {
		adjust func(*x509.Certificate)
		want   string
	}{
		{func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, "x509: certificate has expired or is not yet valid"},
		{func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"chat.example"} },
			"x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs"},
	} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}
		tt.adjust(template)
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		server.StartTLS()
		roots := x509.NewCertPool()
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		roots.AddCert(cert)
		dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots}, HandshakeTimeout: patience}
		_, _, err = dialer.Dial("wss"+strings.TrimPrefix(server.URL, "https"), nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("오류 %v, 원한 것 %q", err, tt.want)
		}
		server.Close()
	}
}

// 이름이 없다는 답은 이 DNS 서버가 합니다. 진짜 DNS는 네트워크마다 다르게 답합니다.
func TestUnknownNameIsNoSuchHost(t *testing.T) {
	dns, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		message := make([]byte, 512)
		for {
			n, from, err := dns.ReadFrom(message)
			if err != nil {
				return
			}
			message[2], message[3] = 0x81, 0x83 // 물음을 그대로 두고 답(QR)과 없는 이름(NXDOMAIN)이라고 적습니다.
			dns.WriteTo(message[:n], from)
		}
	}()
	t.Cleanup(func() {
		dns.Close()
		<-stopped
	})
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", dns.LocalAddr().String())
	}}
	dialer := websocket.Dialer{NetDialContext: (&net.Dialer{Resolver: resolver}).DialContext, HandshakeTimeout: patience}
	_, _, err = dialer.Dial("ws://chat.invalid/ws", nil)
	if text := fmt.Sprint(err); !strings.HasPrefix(text, "dial tcp: lookup chat.invalid") || !strings.HasSuffix(text, ": no such host") {
		t.Errorf("오류 %q, 원한 것 dial tcp: lookup chat.invalid …: no such host", text)
	}
}

// unlocked는 맵 하나를 잠그지 않고 함께 만지는 두 고루틴입니다.
var unlocked = map[string][2]func(map[int]int){
	"fatal error: concurrent map writes":                  {write, write},
	"fatal error: concurrent map read and map write":      {write, read},
	"fatal error: concurrent map iteration and map write": {write, each},
}

func write(m map[int]int) { m[0] = 1 }
func read(m map[int]int)  { _ = m[0] }
func each(m map[int]int) {
	for range m {
	}
}

func TestUnlockedMapEndsInOneOfThreeTexts(t *testing.T) {
	const text = "PITFALLS_UNLOCKED_MAP"
	if both, ok := unlocked[os.Getenv(text)]; ok {
		m := make(map[int]int)
		for i := range 100 { // 도는 동안 맵이 자라면 다른 글이 나올 수 있습니다.
			m[i] = i
		}
		for _, touch := range both {
			go func() {
				for {
					touch(m)
				}
			}()
		}
		select {} // 두 고루틴 가운데 하나가 프로세스를 끝냅니다.
	}
	for want := range unlocked {
		if out := again(t, text+"="+want); !strings.Contains(out, want+"\n") {
			t.Errorf("출력:\n%.1000s\n원한 것 %q", out, want)
		}
	}
}

// again은 이 테스트를 env를 더한 다른 프로세스에서 돌리고, 실패한 그 출력을 반환합니다.
func again(t *testing.T, env string) string {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), env, "GOMAXPROCS=2")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("%s: 성공했습니다:\n%s", env, out)
	}
	return string(out)
}

func TestGoroutineLeftInABubbleIsADeadlock(t *testing.T) {
	const left = "PITFALLS_GOROUTINE_LEFT"
	if os.Getenv(left) != "" {
		synctest.Test(t, func(t *testing.T) {
			nobody := make(chan int)
			go func() { nobody <- 1 }()
		})
		return
	}
	const want = "panic: deadlock: main bubble goroutine has exited but blocked goroutines remain"
	if out := again(t, left+"=1"); !strings.Contains(out, want) {
		t.Errorf("출력:\n%.1000s\n원한 것 %q", out, want)
	}
}

// 다른 테스트는 이 오류들을 값으로 알아봅니다. 화면에 나오는 글은 이것입니다.
func TestTextsOfWellKnownErrors(t *testing.T) {
	for want, err := range map[string]error{
		"context canceled":                   context.Canceled,
		"http: connection has been hijacked": http.ErrHijacked,
		"use of closed network connection":   net.ErrClosed,
	} {
		if err.Error() != want {
			t.Errorf("글 %q, 원한 것 %q", err, want)
		}
	}
}
