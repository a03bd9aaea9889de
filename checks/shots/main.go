// shots는 모든 단계의 페이지를 휴대전화와 책상 화면의 크기로, 밝고 어둡게 찍습니다.
//
//	go run ./shots -o 폴더
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// size는 창의 크기입니다.
type size struct{ width, height int64 }

var sizes = []size{{390, 844}, {1100, 700}}

// line은 누가 한 말입니다.
type line struct{ user, text string }

// talk는 아홉째 단계의 대화입니다. 앞 단계에서는 고퍼 혼자 말합니다.
var talk = []line{
	{"gopher", "다들 09까지 돌려 봤나요?"},
	{"chulsoo", "네. 방을 옮겼더니 general의 글이 안 옵니다."},
	{"younghee", "방마다 받는 사람이 다르니까요. 허브의 rooms를 보세요."},
	{"gopher", "<b>태그</b>를 보내면 어떻게 보일까요"},
	{"chulsoo", "글자 그대로 보입니다. textContent라서요."},
}

func main() {
	dir := flag.String("o", "shots.out", "PNG를 둘 `폴더`")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	bin, err := os.MkdirTemp("", "shots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	chromium, err := browser.Start()
	if err != nil {
		return err
	}
	defer chromium.Close()
	for _, step := range steps.All {
		if err := shoot(chromium, step, bin, dir); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	return nil
}

// shoot은 한 단계를 띄우고 로그인 화면, 대화, 끝난 연결을 찍습니다.
func shoot(chromium *browser.Browser, step steps.Step, bin, dir string) error {
	program, err := step.Build(bin)
	if err != nil {
		return err
	}
	server, err := steps.Start(program)
	if err != nil {
		return err
	}
	defer server.Interrupt()

	tabs := make(map[string]*browser.Tab)
	for _, said := range talk {
		if tabs[said.user] != nil {
			continue
		}
		tab, err := enter(chromium, step, server)
		if err != nil {
			return err
		}
		defer tab.Close()
		tabs[said.user] = tab
		if !step.Login {
			continue
		}
		if len(tabs) == 1 {
			if err := save(tab, dir, step.Name+"-login"); err != nil {
				return err
			}
		}
		if err := login(tab, said.user); err != nil {
			return err
		}
	}
	for i, said := range talk {
		tab := tabs[said.user]
		if !step.Hub {
			tab = tabs["gopher"] // 에코에서는 자기 말만 보입니다.
		}
		if err := say(tab, said.text); err != nil {
			return err
		}
		if err := tabs["gopher"].WaitFor(fmt.Sprintf(`document.getElementById('log').children.length > %d`, i), steps.Timeout); err != nil {
			return err
		}
	}
	if err := save(tabs["gopher"], dir, step.Name); err != nil {
		return err
	}
	if err := server.Interrupt(); err != nil && step.Hub {
		return err
	}
	if err := tabs["gopher"].WaitFor(`document.getElementById('status').textContent.includes('닫기 코드')`, steps.Timeout); err != nil {
		return err
	}
	return save(tabs["gopher"], dir, step.Name+"-closed")
}

// enter는 단계의 페이지를 새 창으로 엽니다.
func enter(chromium *browser.Browser, step steps.Step, server *steps.Server) (*browser.Tab, error) {
	tab, err := chromium.NewTab()
	if err != nil {
		return nil, err
	}
	if step.TLS {
		if err := tab.TrustAnyCertificate(); err != nil {
			return nil, err
		}
	}
	return tab, tab.Open(server.URL)
}

func login(tab *browser.Tab, user string) error {
	return cmp.Or(
		tab.Fill("username", user),
		tab.Fill("password", "websocket"),
		tab.Click("login"),
	)
}

func say(tab *browser.Tab, text string) error {
	return cmp.Or(
		tab.WaitFor(`document.getElementById('status').textContent === '연결됨'`, steps.Timeout),
		tab.Fill("message", text),
		tab.Click("send"),
	)
}

// save는 모든 크기와 밝기로 찍습니다.
func save(tab *browser.Tab, dir, name string) error {
	for _, s := range sizes {
		for _, scheme := range []string{"light", "dark"} {
			if err := tab.Emulate(s.width, s.height, scheme); err != nil {
				return err
			}
			png, err := tab.Screenshot()
			if err != nil {
				return err
			}
			file := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, s.width, scheme))
			if err := os.WriteFile(file, png, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
