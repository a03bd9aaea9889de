package checks

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
)

// docs-ko/gorilla의 노트가 브라우저와 Node에 대해 하는 말 가운데, claims로 시작하는
// 파일이 확인하지 않는 것입니다.

// emptySite는 /에는 빈 페이지를, /ws에는 serve를 둔 서버입니다.
func emptySite(t *testing.T, serve http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(siteHandler(serve))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func siteHandler(serve http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="ko"><link rel="icon" href="data:,"><title>빈 페이지</title>`)
	})
	mux.HandleFunc("/ws", serve)
	return mux
}

// upgraded는 업그레이드한 연결에 f를 부르고 닫습니다.
func upgraded(f func(*websocket.Conn)) http.HandlerFunc {
	u := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		f(conn)
	}
}

// readUntilEnd는 연결이 끝날 때까지 읽고 그 까닭을 돌려줍니다.
func readUntilEnd(conn *websocket.Conn) error {
	conn.SetReadDeadline(time.Now().Add(patience))
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return err
		}
	}
}

// socketEvents는 소켓에 일어난 일을 차례로 적은 것입니다. onopen이 먼저 실행됩니다.
func socketEvents(url, onopen string) string {
	return fmt.Sprintf(`new Promise(done => {
		const happened = [];
		const ws = new WebSocket(%q);
		ws.onopen = () => { happened.push('open'); %s };
		ws.onmessage = e => happened.push('message ' + e.data);
		ws.onerror = e => happened.push('error ' + (e.message ?? ''));
		ws.onclose = e => { happened.push('close ' + e.code + ' ' + e.wasClean); done(happened.join(', ')); };
	})`, url, onopen)
}

func openPage(t *testing.T, url string) *browser.Tab {
	t.Helper()
	tab := newTab(t)
	if err := tab.Open(url); err != nil {
		t.Fatal(err)
	}
	return tab
}

func wantJS(t *testing.T, tab *browser.Tab, js, want string) {
	t.Helper()
	got, err := browser.Run[string](tab, js)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("페이지가 본 것 %q, 원한 것 %q", got, want)
	}
}

func wsOf(server *httptest.Server) string {
	return strings.Replace(server.URL, "http", "ws", 1) + "/ws"
}

func wantEndOf(t *testing.T, ends <-chan error, want string) {
	t.Helper()
	select {
	case err := <-ends:
		if err == nil || err.Error() != want {
			t.Errorf("서버가 본 끝 %v, 원한 것 %q", err, want)
		}
	case <-time.After(patience):
		t.Error("연결이 끝나지 않습니다")
	}
}

// secureSite는 자체 서명 인증서를 쓰고 HTTP/2도 하는 서버입니다.
func secureSite(t *testing.T, serve http.HandlerFunc) (server *httptest.Server, tab *browser.Tab) {
	t.Helper()
	server = httptest.NewUnstartedServer(siteHandler(serve))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	tab = newTab(t)
	if err := tab.TrustAnyCertificate(); err != nil {
		t.Fatal(err)
	}
	if err := tab.Open(server.URL); err != nil {
		t.Fatal(err)
	}
	return server, tab
}

// localhost와 127.0.0.1은 같은 컴퓨터여도 다른 출처입니다.
func TestDefaultCheckRefusesAPageOfAnotherHostName(t *testing.T) {
	t.Parallel()
	server := emptySite(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err == nil {
			conn.Close()
		}
	})
	tab := openPage(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	wantJS(t, tab, socketEvents(wsOf(server), ``), "error , close 1006 false")
}

func TestTwoSocketsOfAPageAreTwoTCPConnections(t *testing.T) {
	t.Parallel()
	addrs := make(chan string, 2)
	server := emptySite(t, upgraded(func(conn *websocket.Conn) {
		addrs <- conn.RemoteAddr().String()
		readUntilEnd(conn)
	}))
	tab := openPage(t, server.URL)
	for range 2 {
		if err := tab.Exec(fmt.Sprintf(`new WebSocket(%q); 0`, wsOf(server))); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := <-addrs, <-addrs; a == b {
		t.Errorf("두 소켓의 주소가 같습니다: %s", a)
	}
}

func TestScriptHasNoPing(t *testing.T) {
	t.Parallel()
	tab := openPage(t, emptySite(t, http.NotFound).URL)
	wantJS(t, tab, `String('ping' in WebSocket.prototype || 'pong' in WebSocket.prototype)`, "false")
}

// 읽지 않은 바이트를 두고 바로 닫으면 RST가 닫기 코드를 앞지릅니다.
func TestClosingAtOnceLosesTheCode(t *testing.T) {
	t.Parallel()
	server := emptySite(t, upgraded(func(conn *websocket.Conn) {
		conn.SetReadLimit(512)
		conn.ReadMessage()
	}))
	tab := openPage(t, server.URL)
	wantJS(t, tab, socketEvents(wsOf(server), `ws.send('a'.repeat(20_000_000))`)+`.then(happened => happened.split(', ').pop())`, "close 1006 false")
}

func TestBrowserOpensWSSOverHTTP11BesideAnHTTP2Page(t *testing.T) {
	t.Parallel()
	protos := make(chan string, 1)
	_, tab := secureSite(t, func(w http.ResponseWriter, r *http.Request) {
		protos <- r.Proto
		upgraded(func(conn *websocket.Conn) { readUntilEnd(conn) })(w, r)
	})
	wantJS(t, tab, `performance.getEntriesByType('navigation')[0].nextHopProtocol`, "h2")
	wantJS(t, tab, socketEvents("/ws", `ws.close()`), "open, close 1005 true")
	if got := <-protos; got != "HTTP/1.1" {
		t.Errorf("웹소켓의 핸드셰이크 %s, 원한 것 HTTP/1.1", got)
	}
}

// 브라우저는 401의 상태조차 스크립트에 알리지 않습니다.
func TestScriptSeesNoReasonForA401(t *testing.T) {
	t.Parallel()
	server := emptySite(t, func(w http.ResponseWriter, r *http.Request) { http.Error(w, "까닭", http.StatusUnauthorized) })
	wantJS(t, openPage(t, server.URL), socketEvents(wsOf(server), ``), "error , close 1006 false")
}

func TestNodeClosesWith1007OnTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	ends := make(chan error, 1)
	server := emptySite(t, upgraded(func(conn *websocket.Conn) {
		conn.WriteMessage(websocket.TextMessage, []byte("\xff\xfe"))
		ends <- readUntilEnd(conn)
	}))
	if out, err := exec.Command("node", "node/listen.mjs", wsOf(server)).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantEndOf(t, ends, "websocket: close 1007 (invalid payload data)")
}
