// shots는 모든 단계의 페이지를 휴대전화와 책상 화면의 크기로, 밝고 어둡게 찍습니다.
//
//	go run ./shots -o 폴더
//	go run ./shots -docs    docs-ko/screens에 있는 노트의 화면
package main

import (
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

// talk는 단계마다 나눌 대화입니다.
var talk = []line{
	{"gopher", "안녕하세요, 들리나요?"},
	{"chulsoo", "네, 잘 들립니다."},
	{"younghee", "저도요. 한글도 그대로네요."},
	{"gopher", "<b>태그</b>는 어떻게 보일까요?"},
	{"chulsoo", "글자 그대로 보입니다. textContent로 넣으니까요."},
}

func main() {
	dir := flag.String("o", "shots.out", "PNG를 둘 `폴더`")
	forDocs := flag.Bool("docs", false, "docs-ko/screens에 있는 노트의 화면을 다시 찍습니다")
	flag.Parse()
	shootAll := func() error { return run(*dir) }
	if *forDocs {
		shootAll = shootDocs
	}
	if err := shootAll(); err != nil {
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
	for _, user := range []string{"gopher", "chulsoo", "younghee"} {
		tab, err := chromium.NewTab()
		if err != nil {
			return err
		}
		defer tab.Close()
		if err := open(tab, step, server); err != nil {
			return err
		}
		if step.Login && user == "gopher" { // 로그인 화면은 하나만 찍습니다.
			if err := save(tab, dir, step.Name+"-login"); err != nil {
				return err
			}
		}
		if err := enter(tab, step, user); err != nil {
			return err
		}
		tabs[user] = tab
	}
	gopher := tabs["gopher"]
	if !step.Hub { // 에코에서는 자기 말만 보입니다.
		tabs["chulsoo"], tabs["younghee"] = gopher, gopher
	}
	if err := converse(tabs); err != nil {
		return err
	}
	if err := save(gopher, dir, step.Name); err != nil {
		return err
	}
	server.Interrupt()
	if err := gopher.WaitStatus("닫기 코드", steps.Timeout); err != nil {
		return err
	}
	return save(gopher, dir, step.Name+"-closed")
}

// converse는 대화를 나눕니다. 한 마디가 gopher에게 보인 다음에 다음 말을 합니다.
func converse(tabs map[string]*browser.Tab) error {
	for i, said := range talk {
		if err := tabs[said.user].Send(said.text); err != nil {
			return err
		}
		heard := fmt.Sprintf(`document.getElementById('log').children.length > %d`, i)
		if err := tabs["gopher"].WaitFor(heard, steps.Timeout); err != nil {
			return err
		}
	}
	return nil
}

// open은 단계의 페이지를 엽니다.
func open(tab *browser.Tab, step steps.Step, server *steps.Server) error {
	if step.TLS {
		if err := tab.TrustAnyCertificate(); err != nil {
			return err
		}
	}
	return tab.Open(server.URL)
}

// enter는 연 페이지에 user로 들어갑니다.
func enter(tab *browser.Tab, step steps.Step, user string) error {
	if step.Login {
		if err := tab.Login(user, "websocket"); err != nil {
			return err
		}
	}
	return tab.WaitStatus("연결됨", steps.Timeout)
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
