package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, main) }

// handler는 로그인을 받고 메시지를 되보내는 서버입니다.
func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"otp":"한 번 쓰는 것"}`)
	})
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		var u websocket.Upgrader
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		conn.WriteMessage(websocket.TextMessage, []byte("어서 오세요"))
		for {
			kind, data, err := conn.ReadMessage()
			if err != nil {
				return
			}
			conn.WriteMessage(kind, data)
		}
	})
	return mux
}

// eavesdrop은 to로 가는 길에 프로그램을 띄웁니다.
func eavesdrop(t *testing.T, to string, args ...string) (p *wstest.Process, host string) {
	t.Helper()
	p = wstest.Run(t, append([]string{"-addr", "localhost:0", "-to", to}, args...)...)
	_, host, _ = strings.Cut(p.URL, "://")
	return p, host
}

func tlsVictim(t *testing.T) *httptest.Server {
	s := httptest.NewUnstartedServer(handler())
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// talk는 host에 config를 믿고 연결해서 비밀을 말하고 되받습니다.
func talk(t *testing.T, host string, config *tls.Config) error {
	t.Helper()
	d := websocket.Dialer{TLSClientConfig: config, HandshakeTimeout: 10 * time.Second}
	conn, _, err := d.Dial("wss://"+host+"/ws", nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err := conn.WriteMessage(websocket.TextMessage, []byte("비밀 이야기")); err != nil {
		return err
	}
	for _, want := range []string{"어서 오세요", "비밀 이야기"} {
		if _, data, err := conn.ReadMessage(); err != nil || string(data) != want {
			return fmt.Errorf("받은 것 %q, %w, 원한 것 %q", data, err, want)
		}
	}
	return nil
}

func TestPlaintextIsRead(t *testing.T) {
	p, _ := eavesdrop(t, wstest.Start(t, handler()).Host)
	s := p.Server(t)
	if _, body := s.Do(t, http.MethodPost, "/login", `{"username":"gopher","password":"열려라 참깨"}`); body != `{"otp":"한 번 쓰는 것"}` {
		t.Errorf("로그인의 답이 바뀌었습니다: %q", body)
	}
	for _, want := range []string{"→ POST /login HTTP/1.1 ", "열려라 참깨", "← HTTP/1.1 200 OK {\"otp\":\"한 번 쓰는 것\"}"} {
		p.AwaitLog(t, want)
	}
	c := s.Dial(t, "/ws?otp=ABC")
	c.WantText("어서 오세요")
	c.Send("비밀 이야기")
	c.WantText("비밀 이야기")
	c.Leave()
	for _, want := range []string{
		"→ GET /ws?otp=ABC HTTP/1.1", "← HTTP/1.1 101 Switching Protocols", "← 텍스트: 어서 오세요",
		"→ 텍스트: 비밀 이야기 (마스크 0x", "← 텍스트: 비밀 이야기", "→ 프레임 opcode 8, 2바이트 (마스크 0x", "← 프레임 opcode 8, 2바이트",
	} {
		p.AwaitLog(t, want)
	}
}

func TestEveryByteIsPassedOn(t *testing.T) {
	p, _ := eavesdrop(t, wstest.Start(t, handler()).Host)
	c := p.Server(t).Dial(t, "/ws")
	c.WantText("어서 오세요")
	for _, length := range []int{0, 125, 126, 65535, 65536, 1 << 20} {
		text := strings.Repeat("a", length)
		c.Send(text)
		c.WantText(text)
	}
	c.Send("끝")
	c.WantText("끝")
	p.AwaitLog(t, "← 텍스트: 끝")
	for arrow, want := range map[string]int{"→": 7, "←": 8} { // 서버는 인사를 하나 더 합니다.
		if got := strings.Count(p.Log(), arrow+" 텍스트: "); got != want {
			t.Errorf("%s 방향에서 적은 텍스트 %d개, 원한 것 %d개", arrow, got, want)
		}
	}
}

func TestFramesAreReadHoweverTheyAreCut(t *testing.T) {
	var notes []string
	e := &ear{note: func(text string) { notes = append(notes, text) }}
	io.WriteString(e, "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
	bytes := wstest.Text("안녕").Bytes()
	bytes = append(bytes, wstest.Text(strings.Repeat("가", 100)).Bytes()...)
	for _, b := range append(bytes, wstest.Close(1000, "").Bytes()...) {
		e.Write([]byte{b})
	}
	const mask = " (마스크 0x12345678을 벗김)"
	want := []string{"GET / HTTP/1.1", "텍스트: 안녕" + mask, "텍스트: " + strings.Repeat("가", 80) + mask, "프레임 opcode 8, 2바이트" + mask}
	if fmt.Sprint(notes) != fmt.Sprint(want) {
		t.Errorf("적은 것\n%q\n원한 것\n%q", notes, want)
	}
}

func TestTLSIsNotRead(t *testing.T) {
	s := tlsVictim(t)
	p, host := eavesdrop(t, s.Listener.Addr().String())
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	if err := talk(t, host, &tls.Config{RootCAs: roots, ServerName: "example.com"}); err != nil {
		t.Fatalf("길목을 지나가지 못합니다: %v", err)
	}
	for _, arrow := range []string{"→", "←"} {
		p.AwaitLog(t, arrow+" TLS입니다")
	}
	for _, secret := range []string{"비밀", "어서", "GET", "101"} {
		if strings.Contains(p.Log(), secret) {
			t.Errorf("로그에 %q이(가) 있습니다:\n%s", secret, p.Log())
		}
	}
}

// 가운데에서 자기 인증서를 내밀면, 확인하지 않는 클라이언트의 말은 모두 읽힙니다.
func TestImpersonatorReadsOnlyThoseWhoDoNotVerify(t *testing.T) {
	s := tlsVictim(t)
	cert, key := certificate(t)
	p, host := eavesdrop(t, s.Listener.Addr().String(), "-cert", cert, "-key", key)

	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	var unknown x509.UnknownAuthorityError
	if err := talk(t, host, &tls.Config{RootCAs: roots, ServerName: "example.com"}); !errors.As(err, &unknown) {
		t.Errorf("진짜 인증서만 믿는 클라이언트: %v, 원한 것 %T", err, unknown)
	}
	if strings.Contains(p.Log(), "비밀") {
		t.Errorf("확인한 클라이언트의 말이 읽혔습니다:\n%s", p.Log())
	}
	if err := talk(t, host, &tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Fatal(err)
	}
	p.AwaitLog(t, "→ 텍스트: 비밀 이야기")
	p.AwaitLog(t, "← 텍스트: 어서 오세요")
}

// certificate는 아무도 보증하지 않는 인증서와 개인 키의 파일입니다.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{DNSNames: []string{"localhost", "example.com"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(kind string, der []byte) string {
		file := filepath.Join(t.TempDir(), "x.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("CERTIFICATE", cert), write("PRIVATE KEY", private)
}

func TestServerThatIsNotThereIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // 이제 아무도 듣지 않는 주소입니다.
	p, host := eavesdrop(t, l.Addr().String())
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p.AwaitLog(t, "서버에 연결할 수 없습니다")
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("읽기 %v, 원한 것 끊긴 연결", err)
	}
}

func TestCtrlCEnds(t *testing.T) {
	p, _ := eavesdrop(t, wstest.Start(t, handler()).Host)
	p.Server(t).Dial(t, "/ws").WantText("어서 오세요")
	p.Interrupt(t)
	if err := p.Wait(t); err != nil {
		t.Errorf("종료 상태: %v\n%s", err, p.Log())
	}
}

func TestBadOptionsAreOneKoreanLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, args := range [][]string{
		{"-addr", "localhost"}, {"-addr", taken.Addr().String()}, {"-port", "8080"}, {"8080"},
		{"-addr", "localhost:0", "-cert", "없는.pem"}, {"-addr", "localhost:0", "-key", "없는.pem"},
	} {
		wstest.WantUsageError(t, args...)
	}
	wstest.WantUsage(t, "-h")
}
