package checks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
)

// claims로 시작하는 파일은 노트가 브라우저에 대해 말하는 것을 확인합니다.

// blank는 빈 페이지와 /ws가 있는 사이트입니다.
func blank(serveWS http.HandlerFunc) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="ko"><link rel="icon" href="data:,"><title>빈 페이지</title>`)
	})
	mux.HandleFunc("/ws", serveWS)
	return mux
}

func serve(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// talking은 업그레이드한 연결을 talk에 맡기고, 돌아오면 TCP를 닫습니다.
func talking(upgrader websocket.Upgrader, talk func(*websocket.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetReadDeadline(time.Now().Add(patience))
		talk(conn)
	}
}

var (
	sameOrigin = websocket.Upgrader{}
	anyOrigin  = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
)

// goodbye는 1000으로 닫고, 상대가 닫기를 기다립니다.
func goodbye(conn *websocket.Conn) {
	message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	conn.WriteMessage(websocket.CloseMessage, message)
	readToEnd(conn)
}

// readToEnd는 메시지를 버리며 읽고, 연결이 끝난 까닭을 반환합니다.
func readToEnd(conn *websocket.Conn) error {
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return err
		}
	}
}

// portOf는 서버의 포트입니다. 이름을 바꾸어 붙을 때 씁니다.
func portOf(server *httptest.Server) string {
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	return port
}

// browse는 새 창으로 url을 엽니다.
func browse(t *testing.T, url string) *browser.Tab {
	t.Helper()
	tab := newTab(t)
	if err := tab.Open(url); err != nil {
		t.Fatal(err)
	}
	return tab
}

// evaluate는 js의 값입니다.
func evaluate[T any](t *testing.T, tab *browser.Tab, js string) T {
	t.Helper()
	value, err := browser.Run[T](tab, js)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// openSocket은 페이지의 socket을 /ws에 연결합니다.
func openSocket(t *testing.T, tab *browser.Tab) {
	t.Helper()
	evaluate[bool](t, tab, `new Promise((opened, closed) => {
		window.socket = new WebSocket('/ws');
		socket.onopen = () => opened(true);
		socket.onclose = closed;
	})`)
}

// 끝까지 간 연결과 열리지 못한 연결에서 스크립트가 보는 이벤트입니다.
var (
	opened  = []string{"open", "close 1000"}
	refused = []string{"error", "close 1006 unclean"}
)

// expectEvents는 new WebSocket(args)가 닫힐 때까지 스크립트가 본 이벤트를 확인합니다.
func expectEvents(t *testing.T, tab *browser.Tab, args string, want ...string) {
	t.Helper()
	got := evaluate[[]string](t, tab, fmt.Sprintf(`new Promise(done => {
		const seen = [];
		const socket = new WebSocket(%s);
		socket.onopen = () => seen.push('open');
		socket.onmessage = (e) => seen.push('message ' + e.data);
		socket.onerror = () => seen.push('error');
		socket.onclose = (e) => done([...seen, 'close ' + e.code + (e.wasClean ? '' : ' unclean')]);
	})`, args))
	if !slices.Equal(got, want) {
		t.Errorf("new WebSocket(%s)의 이벤트 %q, 원한 것 %q", args, got, want)
	}
}

// expectThrows는 js가 want라는 예외를 던지는지 봅니다. 비어 있으면 예외가 없어야 합니다.
func expectThrows(t *testing.T, tab *browser.Tab, js, want string) {
	t.Helper()
	got := evaluate[string](t, tab, fmt.Sprintf(`(() => { try { %s; return ''; } catch (e) { return e.name; } })()`, js))
	if got != want {
		t.Errorf("%s의 예외 %q, 원한 것 %q", js, got, want)
	}
}

func expectConsole(t *testing.T, tab *browser.Tab, text string) {
	t.Helper()
	if err := tab.WaitConsole(text, patience); err != nil {
		t.Error(err)
	}
}

func expectEnd(t *testing.T, ends <-chan error, code int) {
	t.Helper()
	if err := receive(t, ends); !websocket.IsCloseError(err, code) {
		t.Errorf("서버가 본 끝 %v, 원한 것 %d", err, code)
	}
}

func TestBinaryMessageArrivesAsABlob(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		conn.WriteMessage(websocket.BinaryMessage, []byte("gopher"))
		goodbye(conn)
	})))
	expectEvents(t, browse(t, server.URL), `'/ws'`, "open", "message [object Blob]", "close 1000")
}

func TestBrowserClosesOnTextThatIsNotUTF8(t *testing.T) {
	tab := expectViolation(t, []byte{0x81, 2, 0xff, 0xfe}, "Invalid UTF-8 in text frame")
	expectConsole(t, tab, "Could not decode a text frame as UTF-8")
}

func TestBrowserClosesOnAMaskedFrame(t *testing.T) {
	tab := expectViolation(t, []byte{0x81, 0x80 | 2, 0, 0, 0, 0, 'h', 'i'}, "Masked frame from server")
	expectConsole(t, tab, "A server must not mask any frames")
}

// expectViolation은 frame을 받은 브라우저가 1002와 reason으로 닫는지 봅니다.
// 스크립트는 1006을 봅니다.
func expectViolation(t *testing.T, frame []byte, reason string) *browser.Tab {
	t.Helper()
	ends := make(chan error, 1)
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		conn.NetConn().Write(frame)
		ends <- readToEnd(conn)
	})))
	tab := browse(t, server.URL)
	expectEvents(t, tab, `'/ws'`, "open", "error", "close 1006 unclean")
	want := websocket.CloseError{Code: websocket.CloseProtocolError, Text: reason}
	if got := receive(t, ends); got.Error() != want.Error() {
		t.Errorf("서버가 본 끝 %v, 원한 것 %v", got, &want)
	}
	return tab
}

func TestDroppedConnectionFiresNoErrorEvent(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, func(*websocket.Conn) {})))
	expectEvents(t, browse(t, server.URL), `'/ws'`, "open", "close 1006 unclean")
}

// 닫기 전에 남은 바이트를 읽어서 버리면 사라지지 않습니다.
// TestTooBigMessageEndsWith1009가 그렇게 하는 단계들을 봅니다.
func TestClosingAtOnceLoses1009(t *testing.T) {
	const attempts = 20 // 브라우저가 가끔은 끊기기 전에 1009를 읽습니다.
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		conn.SetReadLimit(maxMessage)
		readToEnd(conn)
	})))
	tab := browse(t, server.URL)
	for range attempts {
		code := evaluate[int](t, tab, `new Promise(done => {
			const socket = new WebSocket('/ws');
			socket.onopen = () => socket.send('a'.repeat(5_000_000));
			socket.onclose = (e) => done(e.code);
		})`)
		if code == websocket.CloseAbnormalClosure {
			return
		}
	}
	t.Errorf("바로 끊는 서버에 5MB를 %d번 보냈는데 1006이 한 번도 나오지 않습니다", attempts)
}

// openToTheEnd는 빈 페이지의 socket을 연결하고, 서버가 본 연결의 끝을 넘깁니다.
func openToTheEnd(t *testing.T) (*browser.Tab, <-chan error) {
	t.Helper()
	ends := make(chan error, 1)
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) { ends <- readToEnd(conn) })))
	tab := browse(t, server.URL)
	openSocket(t, tab)
	return tab, ends
}

func TestScriptsMayCloseOnlyWith1000And3000To4999(t *testing.T) {
	tab, ends := openToTheEnd(t)
	for _, code := range []int{0, 999, 1001, 1009, 1011, 2999, 5000} {
		expectThrows(t, tab, fmt.Sprintf(`socket.close(%d)`, code), "InvalidAccessError")
	}
	for _, code := range []int{1000, 3000, 4999} {
		expectThrows(t, tab, fmt.Sprintf(`socket.close(%d)`, code), "")
		expectEnd(t, ends, code)
		openSocket(t, tab)
	}
}

func TestCloseReasonIsAtMost123Bytes(t *testing.T) {
	tab, ends := openToTheEnd(t)
	expectThrows(t, tab, `socket.close(1000, '가'.repeat(42))`, "SyntaxError")
	expectThrows(t, tab, `socket.close(1000, '가'.repeat(41))`, "")
	expectEnd(t, ends, websocket.CloseNormalClosure)
}

func TestCloseWithoutACodeReachesGoAs1005(t *testing.T) {
	tab, ends := openToTheEnd(t)
	expectThrows(t, tab, `socket.close()`, "")
	expectEnd(t, ends, websocket.CloseNoStatusReceived)
}

func TestSendBeforeOpenThrows(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, goodbye)))
	expectThrows(t, browse(t, server.URL), `new WebSocket('/ws').send('이른 글')`, "InvalidStateError")
}

func TestSendAfterCloseIsDroppedWithoutAnException(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, goodbye)))
	tab := browse(t, server.URL)
	openSocket(t, tab)
	if err := tab.WaitFor(`socket.readyState === WebSocket.CLOSED`, patience); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 2; n++ {
		expectThrows(t, tab, `socket.send('late')`, "")
		if got := evaluate[int](t, tab, `socket.bufferedAmount`); got != n*len("late") {
			t.Errorf("늦은 글을 %d번 보낸 뒤의 bufferedAmount %d, 원한 것 %d", n, got, n*len("late"))
		}
	}
	expectConsole(t, tab, "WebSocket is already in CLOSING or CLOSED state")
}

func TestMaxlengthCountsUTF16UnitsNotBytes(t *testing.T) {
	tab := browse(t, serve(t, blank(http.NotFound)).URL)
	evaluate[string](t, tab, `document.body.innerHTML = '<input id="message" maxlength="10">'`)
	for typed, want := range map[string]string{
		strings.Repeat("가", 11): strings.Repeat("가", 10), // 30바이트
		strings.Repeat("🐹", 11): strings.Repeat("🐹", 5),  // 20바이트
	} {
		if err := tab.Fill("message", typed); err != nil {
			t.Fatal(err)
		}
		if got := evaluate[string](t, tab, `document.getElementById('message').value`); got != want {
			t.Errorf("maxlength 10인 칸에 %q이(가) 들어갔습니다. 원한 것 %q", got, want)
		}
	}
}
