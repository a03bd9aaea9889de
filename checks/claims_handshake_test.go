package checks

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/steps"
)

func TestOfferedSubprotocolMustBeSelected(t *testing.T) {
	silent := serve(t, blank(talking(sameOrigin, goodbye)))
	tab := browse(t, silent.URL)
	expectEvents(t, tab, `'/ws', ['chat']`, refused...)
	expectConsole(t, tab, "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received")

	selecting := serve(t, blank(talking(websocket.Upgrader{Subprotocols: []string{"chat"}}, goodbye)))
	expectEvents(t, browse(t, selecting.URL), `'/ws', ['chat']`, opened...)
}

func TestSubprotocolWithASpaceThrows(t *testing.T) {
	tab := browse(t, serve(t, blank(http.NotFound)).URL)
	expectThrows(t, tab, `new WebSocket('/ws', ['two words'])`, "SyntaxError")
}

func TestCookiesTravelWithTheHandshakeWithinOneSite(t *testing.T) {
	cookies := make(chan string, 1)
	recording := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			cookies <- r.Header.Get("Cookie")
			next(w, r)
		}
	}
	mux := blank(recording(talking(sameOrigin, goodbye)))
	mux.HandleFunc("/any-origin", recording(talking(anyOrigin, goodbye)))
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "abc", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	})
	port := portOf(serve(t, mux))
	tab := browse(t, "http://example.test:"+port+"/login")
	for _, visit := range []struct {
		page, path string
		events     []string
		cookie     string
	}{
		{"example.test", "/ws", opened, "sid=abc"},
		// 쿠키는 갔고, 막은 것은 CheckOrigin뿐입니다.
		{"sub.example.test", "/ws", refused, "sid=abc"},
		{"sub.example.test", "/any-origin", opened, "sid=abc"},
		{"evil.test", "/any-origin", opened, ""},
	} {
		if err := tab.Open("http://" + visit.page + ":" + port); err != nil {
			t.Fatal(err)
		}
		expectEvents(t, tab, fmt.Sprintf(`'ws://example.test:%s%s'`, port, visit.path), visit.events...)
		if got := receive(t, cookies); got != visit.cookie {
			t.Errorf("%s의 페이지가 %s에 보낸 쿠키 %q, 원한 것 %q", visit.page, visit.path, got, visit.cookie)
		}
	}
}

func TestCredentialsInTheURLAreSentOnlyAfterAChallenge(t *testing.T) {
	type request struct{ answer, password string }
	requests := make(chan request, 10)
	server := serve(t, blank(func(w http.ResponseWriter, r *http.Request) {
		_, password, known := r.BasicAuth()
		answer := r.FormValue("answer")
		requests <- request{answer, password}
		if answer == "open" || known {
			talking(sameOrigin, goodbye)(w, r)
			return
		}
		if answer == "challenge" {
			w.Header().Set("WWW-Authenticate", `Basic realm="ws"`)
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	tab := browse(t, server.URL)
	url := strings.Replace(server.URL, "http://", "ws://gopher:secret@", 1) + "/ws?answer="
	expectEvents(t, tab, `'`+url+`open'`, opened...)
	expectEvents(t, tab, `'`+url+`401'`, refused...)
	expectEvents(t, tab, `'`+url+`challenge'`, opened...)
	for _, want := range []request{{"open", ""}, {"401", ""}, {"challenge", ""}, {"challenge", "secret"}} {
		if got := receive(t, requests); got != want {
			t.Errorf("서버가 본 요청 %q, 원한 것 %q", got, want)
		}
	}
}

func TestPathAloneResolvesAgainstThePage(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, goodbye)))
	tab := browse(t, server.URL)
	want := strings.Replace(server.URL, "http", "ws", 1) + "/ws"
	if got := evaluate[string](t, tab, `new WebSocket('/ws').url`); got != want {
		t.Errorf("'/ws'는 %s입니다. 원한 것 %s", got, want)
	}
	expectEvents(t, tab, `'/ws'`, opened...)
}

// 80에서 듣는 서버가 없어야 합니다.
func TestURLWithoutAPortMeansPort80(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, goodbye)))
	tab := browse(t, server.URL)
	expectEvents(t, tab, `'ws://127.0.0.1:`+portOf(server)+`/ws'`, opened...)
	expectEvents(t, tab, `'ws://127.0.0.1/ws'`, refused...)
	expectConsole(t, tab, "net::ERR_CONNECTION_REFUSED")
}

func TestMixedContentThrowsExceptForLoopback(t *testing.T) {
	plain := serve(t, blank(talking(anyOrigin, goodbye)))
	secure := httptest.NewTLSServer(blank(http.NotFound))
	t.Cleanup(secure.Close)
	tab := visit(t, steps.Named("08-wss"), secure.URL).Tab
	expectThrows(t, tab, `new WebSocket('ws://example.test:`+portOf(plain)+`/ws')`, "SecurityError")
	for _, host := range []string{"127.0.0.1", "localhost"} {
		expectEvents(t, tab, `'ws://`+host+`:`+portOf(plain)+`/ws'`, opened...)
	}
}

func TestWebSocketOverTLSOpensItsOwnHTTP1Connection(t *testing.T) {
	type request struct{ proto, alpn, client string }
	requests := make(chan request, 2)
	handler := blank(talking(sameOrigin, goodbye))
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- request{r.Proto, r.TLS.NegotiatedProtocol, r.RemoteAddr}
		handler.ServeHTTP(w, r)
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cert, key := makeCertificate(t)
	go server.ServeTLS(listener, cert, key)
	t.Cleanup(func() { server.Close() })

	tab := visit(t, steps.Named("08-wss"), "https://"+listener.Addr().String()).Tab
	expectEvents(t, tab, `'/ws'`, opened...)
	page, socket := receive(t, requests), receive(t, requests)
	if page.proto != "HTTP/2.0" || page.alpn != "h2" {
		t.Errorf("페이지는 HTTP/2로 와야 합니다: %+v", page)
	}
	if socket.proto != "HTTP/1.1" || socket.alpn != "http/1.1" || socket.client == page.client {
		t.Errorf("웹소켓은 제 연결을 HTTP/1.1로 열어야 합니다: %+v, 페이지는 %+v", socket, page)
	}
}

// RFC 8441의 CONNECT를 켜면 브라우저는 페이지의 HTTP/2 연결로 웹소켓을 열려고 합니다.
func TestExtendedConnectBreaksTheUpgrade(t *testing.T) {
	step := steps.Named("08-wss")
	t.Setenv("GODEBUG", "http2xconnect=1")
	server := start(t, step)
	w := open(t, step, server)
	w.login("gopher", password)
	w.waitClosed(1006)
	w.must(server.WaitLog("거절: 400 웹소켓으로 업그레이드하는 요청이 아닙니다", 1, steps.Timeout))
	expectConsole(t, w.Tab, "Unexpected response code: 400")
}

func TestScriptSeesNoReasonForA403(t *testing.T) {
	server := start(t, steps.Named("06-origin"))
	tab := browse(t, elsewhere(t).URL)
	expectEvents(t, tab, `'`+server.WebSocketURL()+`'`, refused...)
	expectConsole(t, tab, "Unexpected response code: 403")
	plain := evaluate[bool](t, tab, `new Promise(done => {
		new WebSocket('`+server.WebSocketURL()+`').onerror =
			(e) => done(Object.getPrototypeOf(e) === Event.prototype && e.message === undefined);
	})`)
	if !plain {
		t.Error("error 이벤트에 까닭이 들어 있습니다")
	}
}

func TestPageFromAFileHasTheOriginNull(t *testing.T) {
	server := start(t, steps.Named("06-origin"))
	page := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(page, []byte(`<!DOCTYPE html><html lang="ko"><title>파일</title>`), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := browse(t, "file://"+page)
	expectEvents(t, tab, `'`+server.WebSocketURL()+`'`, refused...)
	expectConsole(t, tab, "Unexpected response code: 403")
	if err := server.WaitLog(`Origin "null"`, 1, steps.Timeout); err != nil {
		t.Error(err)
	}
}

// evil.example이 이 컴퓨터를 가리키면 그 페이지의 출처와 Host가 같습니다.
func TestReboundNameGetsInUnlessOriginsAreListed(t *testing.T) {
	step := steps.Named("06-origin")
	server := start(t, step)
	rebound := strings.Replace(server.URL, "localhost", "evil.example", 1)
	visit(t, step, rebound).waitStatus("연결됨")
	stop(t, step, server)

	listed := start(t, step, "-addr", strings.TrimPrefix(server.URL, "http://"), "-origins", server.URL)
	visit(t, step, server.URL).waitStatus("연결됨")
	visit(t, step, rebound).waitClosed(1006)
	if err := listed.WaitLog(fmt.Sprintf("Origin %q", rebound), 1, steps.Timeout); err != nil {
		t.Error(err)
	}
}
