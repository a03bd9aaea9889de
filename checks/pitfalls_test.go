package checks

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// 인증서 때문에 열리지 못한 까닭은 콘솔과 서버 로그에만 있고, 스크립트는 1006을 봅니다.
func TestUnknownCertificateIsNamedOnlyInTheConsoleAndTheServerLog(t *testing.T) {
	server := start(t, steps.Named("08-wss"))
	tab := newTab(t)
	if err := tab.Open(elsewhere(t).URL); err != nil {
		t.Fatal(err)
	}
	result, err := browser.Run[string](tab, attempt(server.WebSocketURL()))
	if err != nil || result != "1006" {
		t.Errorf("스크립트가 본 것 %q, %v, 원한 것 1006", result, err)
	}
	if err := server.WaitLog("remote error: tls: unknown certificate", 1, steps.Timeout); err != nil {
		t.Error(err)
	}
	reported := func() bool {
		return slices.ContainsFunc(tab.ConsoleErrors(), func(text string) bool {
			return strings.Contains(text, "net::ERR_CERT_AUTHORITY_INVALID")
		})
	}
	for deadline := time.Now().Add(patience); !reported(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("콘솔 %q", tab.ConsoleErrors())
		}
	}
}

// raw는 업그레이드한 연결에 프레임 대신 바이트를 그대로 씁니다.
func raw(bytes string) http.HandlerFunc {
	return talking(sameOrigin, func(conn *websocket.Conn) {
		conn.NetConn().Write([]byte(bytes))
		readToEnd(conn)
	})
}

// 규격을 어긴 서버를 브라우저는 스스로 끊고, 무엇을 어겼는지는 콘솔에만 적습니다.
func TestBrowserNamesTheViolationInTheConsole(t *testing.T) {
	for _, tt := range []struct{ bytes, want string }{
		{"\x81\x7e\x00\x01a", "Invalid frame header"},
		{"\x83\x00", "Unrecognized frame opcode: 3"},
		{"\xc1\x01a", "One or more reserved bits are on: reserved1 = 1, reserved2 = 0, reserved3 = 0"},
		{"\x81\x81\x00\x00\x00\x00a", "A server must not mask any frames that it sends to the client."},
		{"\x81\x02\xff\xfe", "Could not decode a text frame as UTF-8."},
	} {
		tab := browse(t, serve(t, blank(raw(tt.bytes))).URL)
		expectEvents(t, tab, `'/ws'`, "open", "error", "close 1006 unclean")
		expectConsole(t, tab, "WebSocket connection to 'ws://")
		expectConsole(t, tab, tt.want)
	}
}

// 핸드셰이크가 끝나지 못한 까닭도 콘솔에만 있습니다.
func TestBrowserNamesTheFailedHandshakeInTheConsole(t *testing.T) {
	server := serve(t, blank(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		conn.(*net.TCPConn).SetLinger(0) // RST로 끊습니다.
		conn.Close()
	}))
	tab := browse(t, server.URL)
	expectEvents(t, tab, `'/ws'`, refused...)
	expectConsole(t, tab, "net::ERR_CONNECTION_RESET")
	expectEvents(t, tab, `'wss://127.0.0.1:`+portOf(server)+`/ws'`, refused...)
	expectConsole(t, tab, "net::ERR_SSL_PROTOCOL_ERROR")
	evaluate[bool](t, tab, `new WebSocket('/ws').close() === undefined`)
	expectConsole(t, tab, "WebSocket is closed before the connection is established.")
}

// 단계의 페이지는 자기 서버에만 연결합니다. close 이벤트는 오지 않습니다.
func TestPolicyOfThePageForbidsOtherServers(t *testing.T) {
	other := serve(t, blank(talking(anyOrigin, goodbye)))
	server := start(t, steps.Named("01-echo"))
	tab := browse(t, server.URL)
	seen := evaluate[[]string](t, tab, `new Promise(done => {
		const seen = [];
		const socket = new WebSocket('ws://127.0.0.1:`+portOf(other)+`/ws');
		socket.onopen = () => seen.push('open');
		socket.onclose = () => seen.push('close');
		socket.onerror = () => { seen.push('error'); setTimeout(() => done(seen), 200); };
	})`)
	if !slices.Equal(seen, []string{"error"}) {
		t.Errorf("이벤트 %q, 원한 것 error뿐", seen)
	}
	expectConsole(t, tab, `violates the following Content Security Policy directive: "connect-src 'self'"`)
}

func TestMixedContentIsNamedInTheConsole(t *testing.T) {
	server := start(t, steps.Named("08-wss"))
	tab := visit(t, steps.Named("08-wss"), server.URL+"/x").Tab // 404에는 Content Security Policy가 없습니다.
	text := evaluate[string](t, tab, `(() => { try { new WebSocket('ws://chat.example/ws'); } catch (e) { return e.message; } })()`)
	if want := "An insecure WebSocket connection may not be initiated from a page loaded over HTTPS."; !strings.Contains(text, want) {
		t.Errorf("예외 %q, 원한 것 %q", text, want)
	}
}
