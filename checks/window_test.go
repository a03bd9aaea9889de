package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

const (
	password = "websocket"

	// patience는 페이지에서 일어날 일을 기다리는 시간입니다.
	patience = steps.Timeout
)

// window는 한 단계의 페이지를 보는 창입니다. 하려던 일이 안 되면 테스트를 끝냅니다.
type window struct {
	*browser.Tab
	t    *testing.T
	step steps.Step
}

// newTab은 테스트가 끝나면 닫히는 창을 엽니다.
func newTab(t *testing.T) *browser.Tab {
	t.Helper()
	tab, err := chromium.NewTab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	return tab
}

// open은 새 창으로 페이지를 엽니다.
func open(t *testing.T, step steps.Step, server *steps.Server) *window {
	t.Helper()
	w := &window{newTab(t), t, step}
	if step.TLS {
		w.must(w.TrustAnyCertificate())
	}
	w.must(w.Open(server.URL))
	return w
}

// join은 새 창으로 페이지를 열고 연결될 때까지 기다립니다. 로그인이 있는 단계에서는 user로 로그인합니다.
func join(t *testing.T, step steps.Step, server *steps.Server, user string) *window {
	t.Helper()
	w := open(t, step, server)
	if step.Login {
		w.login(user, password)
	}
	w.waitStatus("연결됨")
	return w
}

func (w *window) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) login(user, password string) {
	w.t.Helper()
	w.must(w.Login(user, password))
}

func (w *window) send(text string) {
	w.t.Helper()
	w.must(w.Send(text))
}

func (w *window) waitStatus(text string) {
	w.t.Helper()
	w.must(w.WaitStatus(text, patience))
}

// waitClosed는 상태 줄에 닫기 코드가 나올 때까지 기다리고, 그것이 code인지 봅니다.
func (w *window) waitClosed(code int) {
	w.t.Helper()
	w.must(w.WaitFor(`/\d{4}/.test(document.getElementById('status').textContent)`, patience))
	if status := w.status(); !strings.Contains(status, fmt.Sprint(code)) {
		w.t.Errorf("닫기 코드 %d이(가) 보여야 합니다. 보이는 상태: %s", code, status)
	}
}

// waitMessage는 로그에 text라는 메시지가 나올 때까지 기다립니다.
func (w *window) waitMessage(text string) {
	w.t.Helper()
	w.must(w.WaitFor(fmt.Sprintf(`[...document.getElementById('log').children].some(e => e.textContent.includes(%q))`, text), patience))
}

func (w *window) status() string {
	w.t.Helper()
	status, err := w.Status()
	w.must(err)
	return status
}

// messages는 로그에서 text가 든 것만 고릅니다.
func (w *window) messages(text string) []string {
	w.t.Helper()
	entries, err := w.Log()
	w.must(err)
	return slices.DeleteFunc(entries, func(entry string) bool { return !strings.Contains(entry, text) })
}

// expectConnected는 이 창의 연결이 그대로인지 봅니다.
func (w *window) expectConnected() {
	w.t.Helper()
	if status := w.status(); !strings.Contains(status, "연결됨") {
		w.t.Errorf("이 창의 연결은 그대로여야 합니다. 보이는 상태: %s", status)
	}
}

// expectQuietConsole은 콘솔에 오류가 없는지 봅니다.
func (w *window) expectQuietConsole() {
	w.t.Helper()
	if found := w.ConsoleErrors(); len(found) > 0 {
		w.t.Errorf("콘솔에 오류가 있습니다:\n%s", strings.Join(found, "\n"))
	}
}
