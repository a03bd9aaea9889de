package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/testscript"

	"gorilla-websocket-ko/checks/internal/browser"
)

// scriptsDir는 노트의 명령을 실행하는 스크립트가 있는 곳입니다.
const scriptsDir = "checks/notes/scripts"

// transcriptsDir는 스크립트가 남긴 기록이 있는 곳입니다.
const transcriptsDir = "docs-ko/transcripts"

// player는 스크립트를 돌립니다.
type player struct {
	repository
	write bool // 기록이 다르면 새로 씀
	env   []string
	turns chan struct{} // 한꺼번에 도는 스크립트의 수

	chromium func() (*browser.Browser, error) // 처음 부를 때 뜸
	started  atomic.Pointer[browser.Browser]
}

func newPlayer(r repository, write bool) (*player, error) {
	env, err := terminalEnv(write)
	if err != nil {
		return nil, err
	}
	p := &player{repository: r, write: write, env: env, turns: make(chan struct{}, 2)}
	p.chromium = sync.OnceValues(func() (*browser.Browser, error) {
		b, err := browser.Start()
		p.started.Store(b)
		return b, err
	})
	return p, nil
}

// close는 브라우저를 썼으면 끝냅니다.
func (p *player) close() {
	if b := p.started.Load(); b != nil {
		b.Close()
	}
}

// terminalEnv는 배우는 사람의 터미널과 같지만, 사람마다 다른 설정은 없는 환경입니다.
func terminalEnv(write bool) ([]string, error) {
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPATH").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	dirs := strings.Split(string(out), "\n")
	flags := "-trimpath" // 사본이 어디에 있든 앞서 빌드한 것을 씁니다.
	if write {
		flags += " -count=1" // 기록에 (cached)가 남지 않습니다.
	}
	return []string{
		"PATH=" + os.Getenv("PATH"), "TERM=dumb", "NO_COLOR=1", "LANG=C.UTF-8", "PAGER=cat",
		"GOCACHE=" + dirs[0], "GOMODCACHE=" + dirs[1], "GOPATH=" + dirs[2],
		"GOFLAGS=" + flags, "GOPROXY=off", "GOTOOLCHAIN=local",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	}, nil
}

// params는 files에 있는 스크립트를 돌릴 준비입니다.
func (p *player) params(files []string) testscript.Params {
	return testscript.Params{
		Files: files,
		Setup: p.setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"open":  command("open 이름 '명령'", 2, 2, (*stage).open),
			"patch": command("patch docs-ko/solutions/03-hub/1.diff [03-hub]", 1, 2, (*stage).patch),
			"save":  command("save 이름 파일.txt", 2, 2, (*stage).save),
			"page":  command("page 이름 http://localhost:8080", 2, 2, (*stage).page),
			"leave": command("leave 이름", 1, 1, (*stage).leave),

			"run":   inTerminal("run 이름 '명령'", 1, 1, (*terminal).runNext),
			"see":   inTerminal("see 이름 '정규식'", 1, 1, (*terminal).see),
			"type":  inTerminal("type 이름 '글'", 1, 1, (*terminal).typeLine),
			"press": inTerminal("press 이름 ctrl-c", 1, 1, (*terminal).press),
			"end":   inTerminal("end 이름 [종료 상태]", 0, 1, (*terminal).expect),

			"login":   inWindow("login 이름 사용자 [비밀번호]", 1, 2, (*page).login),
			"say":     inWindow("say 이름 '글'", 1, 1, (*page).say),
			"move":    inWindow("move 이름 방", 1, 1, (*page).move),
			"console": inWindow("console 이름 'js'", 1, 1, (*page).console),
			"shows":   inWindow("shows 이름 '정규식'", 1, 1, (*page).shows),
		},
	}
}

// setup은 스크립트마다 저장소의 사본을 만듭니다. 스크립트에 든 파일이 그 위에 놓입니다.
func (p *player) setup(env *testscript.Env) error {
	p.turns <- struct{}{}
	env.Defer(func() { <-p.turns })
	if err := p.copyTo(env.WorkDir); err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "notes")
	if err != nil {
		return err
	}
	env.Defer(func() { os.RemoveAll(home) })
	ports, err := newPorts()
	if err != nil {
		return err
	}
	s := &stage{
		player:    p,
		dir:       env.WorkDir,
		home:      home,
		name:      strings.TrimPrefix(filepath.Base(env.WorkDir), "script-"),
		ports:     ports,
		terminals: make(map[string]*terminal),
		pages:     make(map[string]*page),
		kept:      make(map[string][]byte),
	}
	env.Defer(s.close)
	env.Values[stageKey{}] = s
	return nil
}

type stageKey struct{}

// stage는 스크립트 하나가 쓰는 사본과 터미널입니다.
type stage struct {
	*player
	dir   string
	home  string
	name  string // 스크립트의 이름
	ports *ports

	terminals map[string]*terminal
	pages     map[string]*page

	kept  map[string][]byte // 이번에 남긴 기록
	stale bool              // 그 가운데 앞의 것과 다른 것이 있음
}

// command는 인자가 least개에서 most개까지인 스크립트의 명령입니다.
func command(usage string, least, most int, do func(s *stage, args ...string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := ts.Value(stageKey{}).(*stage)
		if neg || len(args) < least || len(args) > most {
			ts.Fatalf("쓰는 법: %s", usage)
		}
		if err := do(s, args...); err != nil {
			ts.Fatalf("%v", err)
		}
	}
}

// inTerminal은 첫 인자가 터미널의 이름인 명령입니다. least와 most는 나머지 인자의 수입니다.
func inTerminal(usage string, least, most int, do func(t *terminal, args ...string) error) func(*testscript.TestScript, bool, []string) {
	return command(usage, 1+least, 1+most, func(s *stage, args ...string) error {
		t := s.terminals[args[0]]
		if t == nil {
			return fmt.Errorf("터미널 %s이(가) 없습니다. open으로 먼저 여세요", args[0])
		}
		return do(t, args[1:]...)
	})
}

// inWindow는 첫 인자가 창의 이름인 명령입니다.
func inWindow(usage string, least, most int, do func(p *page, args ...string) error) func(*testscript.TestScript, bool, []string) {
	return command(usage, 1+least, 1+most, func(s *stage, args ...string) error {
		p := s.pages[args[0]]
		if p == nil {
			return fmt.Errorf("창 %s이(가) 없습니다. page로 먼저 여세요", args[0])
		}
		return do(p, args[1:]...)
	})
}

func (s *stage) close() {
	for _, p := range s.pages {
		p.tab.Close()
	}
	for _, t := range s.terminals {
		t.close()
	}
}

// open NAME COMMAND는 새 터미널에서 명령을 실행합니다. 같은 이름의 터미널은 명령이 끝났으면 닫습니다.
func (s *stage) open(args ...string) error {
	if old := s.terminals[args[0]]; old != nil {
		if !old.done() {
			return fmt.Errorf("터미널 %s의 명령이 아직 돌고 있습니다. 먼저 끝내세요", args[0])
		}
		old.close()
	}
	files, err := os.MkdirTemp(s.home, args[0])
	if err != nil {
		return err
	}
	t, err := openTerminal(s.dir, files, append(s.env, "HOME="+s.home), s.ports)
	if err != nil {
		return err
	}
	s.terminals[args[0]] = t
	return t.run(args[1])
}

// patch FILE [STEP]은 git apply로 풀이를 사본에 적용합니다. STEP이 있으면 먼저 try로 베낍니다.
func (s *stage) patch(args ...string) error {
	try := filepath.Join(s.dir, "try")
	if len(args) == 2 {
		if err := os.RemoveAll(try); err != nil {
			return err
		}
		if err := os.CopyFS(try, os.DirFS(filepath.Join(s.dir, args[1]))); err != nil {
			return err
		}
	}
	cmd := exec.Command("git", "apply", "--whitespace=nowarn", args[0])
	cmd.Dir = s.dir
	cmd.Env = append(s.env, "GIT_CEILING_DIRECTORIES="+filepath.Dir(s.dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s이(가) 맞지 않습니다: %w\n%s", args[0], err, out)
	}
	return nil
}

// page NAME URL은 새 창으로 주소를 엽니다. NAME이 이미 있으면 그 창에서 엽니다.
func (s *stage) page(args ...string) error {
	if s.pages[args[0]] == nil {
		chromium, err := s.chromium()
		if err != nil {
			return err
		}
		tab, err := chromium.NewTab()
		if err != nil {
			return err
		}
		s.pages[args[0]] = &page{tab: tab, ports: s.ports}
		// 배우는 사람은 스스로 서명한 인증서의 경고를 넘깁니다.
		if err := tab.TrustAnyCertificate(); err != nil {
			return err
		}
	}
	return s.pages[args[0]].open(args[1])
}

// leave NAME은 창을 닫습니다.
func (s *stage) leave(args ...string) error {
	if p := s.pages[args[0]]; p != nil {
		p.tab.Close()
		delete(s.pages, args[0])
	}
	return nil
}

// save NAME FILE은 터미널이나 페이지에 있는 것을 기록으로 남깁니다.
func (s *stage) save(args ...string) error {
	if p := s.pages[args[0]]; p != nil {
		text, err := p.text()
		return errors.Join(err, s.keep(args[1], text))
	}
	t := s.terminals[args[0]]
	if t == nil {
		return fmt.Errorf("터미널도 창도 아닙니다: %s", args[0])
	}
	if err := t.settle(); err != nil {
		return err
	}
	return s.keep(args[1], t.text())
}

// keep은 text를 기록 file과 비교합니다. 쓰는 이의 명령에서는 하나라도 다르면, 시각이 서로 맞도록 이 스크립트의
// 기록을 모두 새로 씁니다.
func (s *stage) keep(file, text string) error {
	text = strings.TrimRight(text, "\n") + "\n"
	name := filepath.Join(transcriptsDir, s.name, file)
	old, err := os.ReadFile(s.path(name))
	was, now := normalize(string(old)), normalize(text)
	s.kept[name] = []byte(text)
	switch same := err == nil && was == now; {
	case same && !s.stale:
		return nil
	case s.write:
		s.stale = true
		for name, text := range s.kept {
			if err := writeIfChanged(s.path(name), text); err != nil {
				return err
			}
		}
		return nil
	case err != nil:
		return fmt.Errorf("기록이 없습니다. checks 폴더에서 go run ./notes를 실행하세요: %w", err)
	default:
		return fmt.Errorf("기록이 지금과 다릅니다. 맞는지 보고, checks 폴더에서 go run ./notes를 실행하세요\n%s",
			diff.Diff(name, []byte(was), "지금", []byte(now)))
	}
}
