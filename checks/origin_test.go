package checks

import (
	"fmt"
	"strings"
	"testing"

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
