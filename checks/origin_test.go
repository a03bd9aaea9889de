package checks

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// attempt는 지금 페이지에서 url에 붙어 보는 스크립트입니다. 값은 "열림"이거나 닫기 코드입니다.
func attempt(url string) string {
	return fmt.Sprintf(`new Promise(done => {
		const stranger = new WebSocket(%q);
		stranger.onopen = () => done('열림');
		stranger.onclose = (e) => done(String(e.code));
	})`, url)
}

// attemptInSandbox는 같은 일을 출처가 null인 샌드박스 iframe에서 합니다.
func attemptInSandbox(url string) string {
	script := "<script>" + attempt(url) + ".then(result => parent.postMessage(result, '*'))</script>"
	return fmt.Sprintf(`new Promise(done => {
		onmessage = (e) => done(e.data);
		const frame = document.createElement('iframe');
		frame.sandbox = 'allow-scripts';
		frame.srcdoc = %q;
		document.body.append(frame);
	})`, script)
}

// handshakeURL은 출처만 맞으면 들어갈 수 있는 주소입니다. 로그인은 이미 되어 있습니다.
func handshakeURL(t *testing.T, step steps.Step, server *steps.Server) string {
	t.Helper()
	if !step.Login {
		return server.WebSocketURL()
	}
	return server.WebSocketURL() + "?otp=" + otp(t, server, "gopher")
}

// visit은 새 창으로 남의 페이지를 엽니다.
func visit(t *testing.T, step steps.Step, url string) *window {
	t.Helper()
	w := &window{newTab(t), t, step}
	if step.TLS {
		w.must(w.TrustAnyCertificate())
	}
	w.must(w.Open(url))
	return w
}

func TestOtherOriginsAreRefused(t *testing.T) {
	eachStep(t, hasOrigin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		site := elsewhere(t)
		for i, stranger := range []struct {
			name   string
			script func(url string) string
		}{
			{"다른 사이트", attempt},
			{"샌드박스 iframe", attemptInSandbox},
		} {
			t.Run(stranger.name, func(t *testing.T) {
				w := visit(t, step, site.URL)
				result, err := browser.Run[string](w.Tab, stranger.script(handshakeURL(t, step, server)))
				w.must(err)
				if result != "1006" {
					t.Errorf("남의 페이지는 1006을 봐야 합니다: %s", result)
				}
				w.must(server.WaitLog("거절", i+1, steps.Timeout))
			})
		}
		if strings.Contains(server.Log(), "들어옴") {
			t.Error("남의 페이지가 들어왔습니다")
		}
	})
}

func TestOriginsFlagReplacesTheOwnOrigin(t *testing.T) {
	eachStep(t, hasOrigin, func(t *testing.T, step steps.Step) {
		site := elsewhere(t)
		server := start(t, step, "-origins", site.URL)

		guest := visit(t, step, site.URL)
		result, err := browser.Run[string](guest.Tab, attempt(handshakeURL(t, step, server)))
		guest.must(err)
		if result != "열림" {
			t.Errorf("-origins에 적은 출처가 들어가지 못합니다: %s", result)
		}

		own := open(t, step, server)
		if step.Login { // 로그인부터 거절됩니다.
			own.login("gopher", password)
			own.waitStatus("허용하지 않는 출처입니다")
		}
		result, err = browser.Run[string](own.Tab, attempt(handshakeURL(t, step, server)))
		own.must(err)
		if result != "1006" {
			t.Errorf("-origins에 없는 자기 출처의 페이지는 1006을 봐야 합니다: %s", result)
		}
		own.must(server.WaitLog("거절: websocket: request origin not allowed", 1, steps.Timeout))
	})
}

// statusOf는 origin을 적은 핸드셰이크에 서버가 답한 상태 코드입니다.
func statusOf(t *testing.T, url, origin string) int {
	t.Helper()
	dialer := websocket.Dialer{TLSClientConfig: trustAny, HandshakeTimeout: patience}
	conn, resp, err := dialer.Dial(url, http.Header{"Origin": {origin}})
	if resp == nil {
		t.Fatal(err)
	}
	if conn != nil {
		conn.Close()
	}
	return resp.StatusCode
}

func TestOriginsAreComparedAsWholeASCIIText(t *testing.T) {
	eachStep(t, hasOrigin, func(t *testing.T, step steps.Step) {
		// 둘을 주면 뒤의 것이 앞의 것을 대신합니다.
		server := start(t, step, "-origins", "http://first.example", "-origins", "http://korea.example,https://chat.example")
		want := map[string]int{
			"http://first.example":      403,
			"http://korea.example":      101,
			"https://chat.example":      101,
			"http://KOREA.example":      101,
			"http://\u212aorea.example": 403, // 켈빈 기호. strings.ToLower는 k로 바꿉니다.
			"http://korea.example:":     403, // url.URL.Port는 빈 포트와 없는 포트를 구별하지 않습니다.
		}
		for origin, status := range want {
			if got := statusOf(t, handshakeURL(t, step, server), origin); got != status {
				t.Errorf("Origin %q: 상태 %d, 원한 것 %d", origin, got, status)
			}
		}
	})
}

func TestRefusedOriginHasSpentItsOTP(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		url := handshakeURL(t, step, server)
		for _, visit := range []struct {
			origin string
			status int
		}{{"http://evil.example", http.StatusForbidden}, {server.URL, http.StatusUnauthorized}} {
			if got := statusOf(t, url, visit.origin); got != visit.status {
				t.Errorf("Origin %q: 상태 %d, 원한 것 %d", visit.origin, got, visit.status)
			}
		}
	})
}
