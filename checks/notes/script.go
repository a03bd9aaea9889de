package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
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
			"open":  command((*stage).open),
			"run":   command((*stage).run),
			"see":   command((*stage).see),
			"type":  command((*stage).typeLine),
			"press": command((*stage).press),
			"end":   command((*stage).end),
			"patch": command((*stage).patch),
			"save":  command((*stage).save),

			"page":    command((*stage).page),
			"login":   command((*stage).login),
			"say":     command((*stage).say),
			"move":    command((*stage).move),
			"console": command((*stage).console),
			"shows":   command((*stage).shows),
			"leave":   command((*stage).leave),
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
}

func command(do func(s *stage, neg bool, args []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if err := do(ts.Value(stageKey{}).(*stage), neg, args); err != nil {
			ts.Fatalf("%v", err)
		}
	}
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
func (s *stage) open(_ bool, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("쓰는 법: open 이름 '명령'")
	}
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

// run NAME COMMAND는 열어 둔 터미널에서 다음 명령을 실행합니다.
func (s *stage) run(_ bool, args []string) error {
	t, rest, err := s.terminal(args, 1, "run 이름 '명령'")
	if err != nil {
		return err
	}
	if _, err := t.end(); err != nil {
		return err
	}
	return t.run(rest[0])
}

// see NAME REGEXP는 아직 보지 않은 출력에 regexp가 나올 때까지 기다립니다.
func (s *stage) see(_ bool, args []string) error {
	t, rest, err := s.terminal(args, 1, "see 이름 '정규식'")
	if err != nil {
		return err
	}
	pattern, err := regexp.Compile("(?m)" + rest[0])
	if err != nil {
		return err
	}
	return t.see(pattern)
}

// type NAME TEXT는 실행 중인 프로그램에 한 줄을 칩니다.
func (s *stage) typeLine(_ bool, args []string) error {
	t, rest, err := s.terminal(args, 1, "type 이름 '글'")
	if err != nil {
		return err
	}
	return t.input(s.ports.toReal(rest[0]) + "\n")
}

var keys = map[string]string{"ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-\\": "\x1c", "enter": "\n"}

// press NAME KEY는 글쇠 하나를 누릅니다.
func (s *stage) press(_ bool, args []string) error {
	t, rest, err := s.terminal(args, 1, "press 이름 ctrl-c")
	if err != nil {
		return err
	}
	key, ok := keys[rest[0]]
	if !ok {
		return fmt.Errorf("모르는 글쇠입니다: %s", rest[0])
	}
	return t.input(key)
}

// end NAME [STATUS]는 명령이 STATUS로 끝날 때까지 기다립니다. any는 무엇이든 됩니다. Ctrl-C로 끝낸
// go run의 상태는 0일 때도 1일 때도 있습니다. 앞에 !를 두면 0이 아니어야 합니다.
func (s *stage) end(neg bool, args []string) error {
	want, any := 0, false
	if len(args) == 2 {
		var err error
		if any = args[1] == "any"; !any {
			if want, err = strconv.Atoi(args[1]); err != nil {
				return fmt.Errorf("종료 상태는 숫자나 any입니다: %w", err)
			}
		}
		args = args[:1]
	}
	t, _, err := s.terminal(args, 0, "end 이름 [종료 상태]")
	if err != nil {
		return err
	}
	status, err := t.end()
	if err != nil {
		return err
	}
	if !any && (status == want) == neg {
		return fmt.Errorf("종료 상태가 %d입니다. 화면:\n%s", status, t.text())
	}
	return nil
}

// patch FILE [STEP]은 git apply로 풀이를 사본에 적용합니다. STEP이 있으면 먼저 try로 베낍니다.
func (s *stage) patch(_ bool, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("쓰는 법: patch docs-ko/solutions/03-hub/1.diff [03-hub]")
	}
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

func (s *stage) terminal(args []string, rest int, usage string) (*terminal, []string, error) {
	if len(args) != 1+rest {
		return nil, nil, fmt.Errorf("쓰는 법: %s", usage)
	}
	t := s.terminals[args[0]]
	if t == nil {
		return nil, nil, fmt.Errorf("터미널 %s이(가) 없습니다. open으로 먼저 여세요", args[0])
	}
	return t, args[1:], nil
}

// page NAME URL은 새 창으로 주소를 엽니다. NAME이 이미 있으면 그 창에서 엽니다.
func (s *stage) page(_ bool, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("쓰는 법: page 이름 http://localhost:8080")
	}
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

// login NAME USER [PASSWORD]는 로그인합니다.
func (s *stage) login(_ bool, args []string) error {
	password := "websocket"
	if len(args) == 3 {
		args, password = args[:2], args[2]
	}
	p, rest, err := s.window(args, 1, "login 이름 사용자 [비밀번호]")
	if err != nil {
		return err
	}
	return p.tab.Login(rest[0], password)
}

// say NAME TEXT는 메시지를 보냅니다.
func (s *stage) say(_ bool, args []string) error {
	p, rest, err := s.window(args, 1, "say 이름 '글'")
	if err != nil {
		return err
	}
	return p.say(rest[0])
}

// move NAME ROOM은 방을 옮깁니다.
func (s *stage) move(_ bool, args []string) error {
	p, rest, err := s.window(args, 1, "move 이름 방")
	if err != nil {
		return err
	}
	return p.move(rest[0])
}

// console NAME JS는 개발자 도구의 콘솔에 한 줄을 칩니다.
func (s *stage) console(_ bool, args []string) error {
	p, rest, err := s.window(args, 1, "console 이름 'js'")
	if err != nil {
		return err
	}
	return p.console(rest[0])
}

// shows NAME REGEXP는 페이지에 regexp가 보일 때까지 기다립니다.
func (s *stage) shows(_ bool, args []string) error {
	p, rest, err := s.window(args, 1, "shows 이름 '정규식'")
	if err != nil {
		return err
	}
	pattern, err := regexp.Compile("(?m)" + rest[0])
	if err != nil {
		return err
	}
	return p.shows(pattern)
}

// leave NAME은 창을 닫습니다.
func (s *stage) leave(_ bool, args []string) error {
	p, _, err := s.window(args, 0, "leave 이름")
	if err != nil {
		return err
	}
	p.tab.Close()
	delete(s.pages, args[0])
	return nil
}

func (s *stage) window(args []string, rest int, usage string) (*page, []string, error) {
	if len(args) != 1+rest {
		return nil, nil, fmt.Errorf("쓰는 법: %s", usage)
	}
	p := s.pages[args[0]]
	if p == nil {
		return nil, nil, fmt.Errorf("창 %s이(가) 없습니다. page로 먼저 여세요", args[0])
	}
	return p, args[1:], nil
}

// save NAME FILE은 터미널이나 페이지에 있는 것을 기록과 비교합니다. 쓰는 이의 명령에서는 다르면
// 새로 씁니다.
func (s *stage) save(_ bool, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("쓰는 법: save 이름 파일.txt")
	}
	if p := s.pages[args[0]]; p != nil {
		text, err := p.text()
		if err != nil {
			return err
		}
		return s.keep(args[1], text)
	}
	t, rest, err := s.terminal(args, 1, "save 이름 파일.txt")
	if err != nil {
		return err
	}
	if err := t.settle(); err != nil {
		return err
	}
	return s.keep(rest[0], t.text())
}

// keep은 text를 기록 file과 비교합니다.
func (s *stage) keep(file, text string) error {
	text = strings.TrimRight(text, "\n") + "\n"
	name := filepath.Join(transcriptsDir, s.name, file)
	old, err := os.ReadFile(s.path(name))
	was, now := normalize(string(old)), normalize(text)
	switch {
	case err == nil && was == now:
		return nil
	case s.write:
		return writeIfChanged(s.path(name), []byte(text))
	case err != nil:
		return fmt.Errorf("기록이 없습니다. checks 폴더에서 go run ./notes를 실행하세요: %w", err)
	default:
		return fmt.Errorf("기록이 지금과 다릅니다. 맞는지 보고, checks 폴더에서 go run ./notes를 실행하세요\n%s",
			diff.Diff(name, []byte(was), "지금", []byte(now)))
	}
}
