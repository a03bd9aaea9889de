package browser

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab은 페이지 하나를 보는 창입니다.
type Tab struct {
	ctx context.Context

	mu      sync.Mutex
	console []chromedp.ConsoleMessage
}

// Close는 창을 닫습니다.
func (t *Tab) Close() {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	chromedp.Cancel(ctx)
}

// Open은 url로 갑니다.
func (t *Tab) Open(url string) error {
	return t.do(chromedp.Navigate(url))
}

// Run은 개발자 도구의 콘솔처럼 js를 실행하고, 프로미스면 그 값을 기다립니다.
func Run[T any](t *Tab, js string) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		return value, fmt.Errorf("%.200s: %w", js, err)
	}
	return value, nil
}

// Exec는 값이 필요 없는 js를 실행합니다.
func (t *Tab) Exec(js string) error {
	_, err := Run[chromedp.Void](t, js)
	return err
}

// WaitFor는 js가 참이 될 때까지 기다립니다. 페이지가 바뀌는 동안의 오류는 거짓으로 칩니다.
func (t *Tab) WaitFor(js string, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		ok, err := Run[bool](t, js)
		if ok {
			return nil
		}
		if time.Now().After(deadline) {
			shown, _ := Run[string](t, `document.body.innerText`)
			return fmt.Errorf("%v 안에 참이 되지 않습니다: %s (오류 %v)\n창에 보이는 글: %s", limit, js, err, shown)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Fill은 입력 칸을 비우고 text를 넣습니다. 글쇠가 아니라 입력기가 넣듯이 한 번에 넣습니다.
func (t *Tab) Fill(id, text string) error {
	if err := t.Exec(fmt.Sprintf(`document.getElementById(%q).select()`, id)); err != nil {
		return err
	}
	if text == "" {
		return t.do(chromedp.KeyEvent("\b"))
	}
	return call(t, input.InsertText, input.InsertTextParams{Text: text})
}

// Click은 마우스로 누릅니다. chromedp.Click은 얼었다 돌아온 페이지의 요소를 찾지 못합니다.
func (t *Tab) Click(id string) error {
	center, err := Run[[]float64](t, fmt.Sprintf(`(() => {
		const element = document.getElementById(%q);
		element.scrollIntoView({ block: 'nearest' });
		const box = element.getBoundingClientRect();
		return box.width > 0 ? [box.x + box.width / 2, box.y + box.height / 2] : null;
	})()`, id))
	if err != nil {
		return err
	}
	if center == nil {
		return fmt.Errorf("#%s가 보이지 않아서 누를 수 없습니다", id)
	}
	return t.do(chromedp.MouseClickXY(center[0], center[1]))
}

// Press는 초점이 있는 곳에서 글쇠를 순서대로 누릅니다.
func (t *Tab) Press(keys string) error {
	return t.do(chromedp.KeyEvent(keys))
}

// Send는 메시지를 넣고 보내기 단추를 누릅니다.
func (t *Tab) Send(text string) error {
	if err := t.Fill("message", text); err != nil {
		return err
	}
	return t.Click("send")
}

// Login은 이름과 비밀번호를 넣고 로그인 단추를 누릅니다.
func (t *Tab) Login(user, password string) error {
	if err := t.Fill("username", user); err != nil {
		return err
	}
	if err := t.Fill("password", password); err != nil {
		return err
	}
	return t.Click("login")
}

// WaitStatus는 상태 줄에 text가 나올 때까지 기다립니다.
func (t *Tab) WaitStatus(text string, limit time.Duration) error {
	return t.WaitFor(fmt.Sprintf(`document.getElementById('status')?.textContent.includes(%q)`, text), limit)
}

// Status는 연결 상태 줄의 글입니다.
func (t *Tab) Status() (string, error) {
	return Run[string](t, `document.getElementById('status').textContent`)
}

// Log는 로그의 글 하나하나입니다.
func (t *Tab) Log() ([]string, error) {
	return Run[[]string](t, `[...document.getElementById('log').children].map(entry => entry.textContent)`)
}

// Emulate는 창 크기와 밝고 어두움을 정합니다.
func (t *Tab) Emulate(width, height int64, scheme string) error {
	if err := t.do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(2))); err != nil {
		return err
	}
	return t.PreferColorScheme(scheme)
}

// PreferColorScheme은 light나 dark를 좋아하는 사용자인 척합니다.
func (t *Tab) PreferColorScheme(scheme string) error {
	return call(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Screenshot은 창에 보이는 대로의 PNG입니다.
func (t *Tab) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// Console은 여태 콘솔에 나온 것입니다.
func (t *Tab) Console() []chromedp.ConsoleMessage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.console)
}

// WaitConsole은 콘솔에 text가 든 글이 나올 때까지 기다립니다.
func (t *Tab) WaitConsole(text string, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		messages := t.Console()
		if slices.ContainsFunc(messages, func(m chromedp.ConsoleMessage) bool { return strings.Contains(m.Text, text) }) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%v 안에 콘솔에 %q이(가) 나오지 않습니다: %v", limit, text, messages)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ConsoleErrors는 여태 콘솔에 나온 오류와 예외입니다.
func (t *Tab) ConsoleErrors() (texts []string) {
	for _, message := range t.Console() {
		if message.Type == chromedp.ConsoleError || message.IsException() {
			texts = append(texts, strings.TrimSpace(message.String()+" "+message.URL))
		}
	}
	return texts
}

func (t *Tab) collect(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for message, err := range messages {
		if err != nil {
			return
		}
		t.mu.Lock()
		t.console = append(t.console, message)
		t.mu.Unlock()
	}
}

// Received는 개발자 도구의 Network 탭이 웹소켓에서 받았다고 보여 줄 것을 넘깁니다.
func (t *Tab) Received() <-chan network.WebSocketFrame {
	received := make(chan network.WebSocketFrame, 10)
	events := chromedp.Events(t.ctx, network.WebSocketFrameReceived)
	go func() {
		for event, err := range events {
			if err != nil {
				return
			}
			received <- *event.Response
		}
	}()
	return received
}

// Type은 개발자 도구의 콘솔에 js를 친 것처럼 실행하고, 콘솔이 보여 줄 값을 반환합니다.
func (t *Tab) Type(js string) (string, error) {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: js, ReplMode: new(true), AwaitPromise: new(true), UserGesture: new(true),
	})
	if err != nil {
		return "", fmt.Errorf("%.200s: %w", js, err)
	}
	if thrown := result.ExceptionDetails; thrown != nil {
		text, _, _ := strings.Cut(thrown.Exception.Description, "\n") // 나머지는 호출 자취입니다.
		return thrown.Text + " " + text, nil
	}
	switch value := result.Result; value.Type {
	case runtime.RemoteObjectTypeUndefined:
		return "undefined", nil
	case runtime.RemoteObjectTypeString:
		var text string
		if err := json.Unmarshal(value.Value, &text); err != nil {
			return "", err
		}
		return "'" + text + "'", nil
	default:
		return cmp.Or(value.Description, string(value.Value)), nil
	}
}

func (t *Tab) do(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

func call[P, R any](t *Tab, command cdp.Command[P, R], params P) error {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	_, err := chromedp.Call(ctx, command, params)
	return err
}
