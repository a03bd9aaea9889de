// browser 패키지는 머리 없는 Chromium으로 단계의 페이지를 사람처럼 씁니다.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
)

// timeout은 브라우저에 내린 명령 하나의 마감 시각입니다.
const timeout = 30 * time.Second

// Browser는 Chromium 프로세스 하나입니다.
type Browser struct {
	ctx  context.Context
	stop context.CancelFunc
}

// Start는 빈 프로필로 Chromium을 띄웁니다. more는 뒤에 더하는 옵션이고, 같은 이름이면 앞의 것을 대신합니다.
func Start(more ...chromedp.ExecAllocatorOption) (*Browser, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // 컨테이너의 root로는 샌드박스가 뜨지 않습니다.
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// 시험용으로 남겨 둔 이름(RFC 6761)은 모두 이 컴퓨터입니다.
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1, MAP *.example 127.0.0.1"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("lang", "ko"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	stop := func() {
		stopBrowser()
		stopAllocator()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("브라우저(%s)가 뜨지 않습니다: %w", program, err)
	}
	return &Browser{ctx, stop}, nil
}

func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("브라우저가 없습니다. apt-get install chromium으로 설치하세요")
}

// Close는 브라우저를 끝냅니다.
func (b *Browser) Close() {
	ctx, cancel := context.WithTimeout(b.ctx, timeout)
	defer cancel()
	chromedp.Cancel(ctx)
	b.stop()
}

// NewTab은 쿠키와 인증서 예외를 아무와도 나누지 않는 새 창을 엽니다.
func (b *Browser) NewTab() (*Tab, error) {
	ctx, _ := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("새 창을 열 수 없습니다: %w", err)
	}
	// 창이 여럿이면 하나만 초점을 갖습니다. 글쇠는 모든 창에 가야 합니다.
	if err := call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		return nil, err
	}
	go tab.collect(chromedp.Console(ctx))
	return tab, nil
}

// TrustAnyCertificate는 이 창에서 인증서 경고를 끕니다.
func (t *Tab) TrustAnyCertificate() error {
	return call(t, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
}

// Hide는 창을 내려서 페이지가 보이지 않게 합니다.
func (t *Tab) Hide() error {
	// 초점이 있는 척하는 페이지는 내린 창에서도 보이는 척합니다.
	if err := call(t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	window, err := chromedp.Call(ctx, cdpbrowser.GetWindowForTarget, cdpbrowser.GetWindowForTargetParams{})
	if err != nil {
		return fmt.Errorf("창을 찾을 수 없습니다: %w", err)
	}
	_, err = chromedp.Call(ctx, cdpbrowser.SetWindowBounds, cdpbrowser.SetWindowBoundsParams{
		WindowID: window.WindowID,
		Bounds:   &cdpbrowser.Bounds{WindowState: cdpbrowser.WindowStateMinimized},
	})
	return err
}
