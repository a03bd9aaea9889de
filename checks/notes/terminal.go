package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience는 한 가지 일을 기다리는 가장 긴 시간입니다. 느린 CI에서도 넉넉해야 합니다.
const patience = 2 * time.Minute

// shellStart는 셸이 처음 읽는 파일입니다. 프롬프트 뒤에 보이지 않는 표시를 붙여서, 앞 명령이
// 끝났는지와 그 종료 상태를 압니다. 명령은 파일에 두고 번호로 부르므로, 화면에는 그 번호가
// 찍히고 기록에는 적은 그대로의 명령이 남습니다.
const shellStart = `
PS1='$ \[\e]133;B;$?\a\]'
HISTFILE=
set +H
_run() { eval "$(<"%s/$1")"; }
`

var (
	promptMark = regexp.MustCompile(`\$ \x1b\]133;B;(\d+)\x07`)
	typedRun   = regexp.MustCompile(`\$ _run (\d+)\n`)
	escapes    = regexp.MustCompile(`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]`)
	lineEnd    = regexp.MustCompile(`\r+\n`) // HTTP 헤더에는 \r이 이미 있습니다.
	rewritten  = regexp.MustCompile(`(?m)^.*\r([^\n])`)
)

// terminal은 진짜 pty에 붙은 bash 하나입니다. 프로그램은 사람의 터미널에서 도는 줄 압니다.
type terminal struct {
	pty   *os.File
	shell *exec.Cmd
	files string // 명령을 번호로 두는 폴더
	ports *ports

	commands []string // 적은 그대로의 명령
	seen     int      // see가 본 곳까지의 바이트 수

	mu   sync.Mutex
	raw  []byte
	last time.Time     // 마지막 출력이 나온 때
	gone chan struct{} // 셸이 끝나면 닫힘
}

// openTerminal은 dir에서 셸을 엽니다. files는 셸이 쓸 빈 폴더입니다.
func openTerminal(dir, files string, env []string, ports *ports) (*terminal, error) {
	start := filepath.Join(files, "start")
	if err := os.WriteFile(start, fmt.Appendf(nil, shellStart, files), 0o644); err != nil {
		return nil, err
	}
	t := &terminal{files: files, ports: ports, gone: make(chan struct{})}
	t.shell = exec.Command("bash", "--noprofile", "--noediting", "--rcfile", start, "-i")
	t.shell.Dir = dir
	t.shell.Env = env
	var err error
	if t.pty, err = pty.StartWithSize(t.shell, &pty.Winsize{Rows: 50, Cols: 100}); err != nil {
		return nil, fmt.Errorf("터미널을 열 수 없습니다: %w", err)
	}
	go t.read()
	return t, t.await("프롬프트", func() bool { return t.done() })
}

func (t *terminal) read() {
	defer close(t.gone)
	buf := make([]byte, 4096)
	for {
		n, err := t.pty.Read(buf)
		t.mu.Lock()
		t.raw = append(t.raw, buf[:n]...)
		t.last = time.Now()
		t.mu.Unlock()
		if err != nil {
			t.shell.Wait()
			return
		}
	}
}

// close는 터미널 창을 닫듯이 끝냅니다. 그래도 남은 것은 죽입니다.
func (t *terminal) close() {
	defer t.pty.Close()
	if foreground, err := unix.IoctlGetInt(int(t.pty.Fd()), unix.TIOCGPGRP); err == nil && foreground > 1 {
		unix.Kill(-foreground, unix.SIGHUP)
	}
	t.shell.Process.Signal(unix.SIGHUP)
	select {
	case <-t.gone:
		return
	case <-time.After(2 * time.Second):
	}
	t.killSession()
	select {
	case <-t.gone:
	case <-time.After(2 * time.Second):
	}
}

// killSession은 이 셸이 띄운 모든 프로세스를 죽입니다.
func (t *terminal) killSession() {
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, proc := range procs {
		pid, _ := strconv.Atoi(filepath.Base(proc))
		if session, err := unix.Getsid(pid); err == nil && session == t.shell.Process.Pid {
			unix.Kill(pid, unix.SIGKILL)
		}
	}
}

// runNext는 앞 명령이 끝난 다음에 명령을 실행합니다.
func (t *terminal) runNext(args ...string) error {
	if _, err := t.end(); err != nil {
		return err
	}
	return t.run(args[0])
}

// run은 프롬프트에서 명령 한 줄을 실행합니다.
func (t *terminal) run(command string) error {
	if !t.done() {
		return errors.New("앞 명령이 아직 끝나지 않았습니다")
	}
	t.seen = len(t.text()) + len("$ "+command+"\n") // 명령에 적힌 글은 출력이 아닙니다.
	t.commands = append(t.commands, command)
	n := len(t.commands)
	real := t.ports.toReal(t.ports.withAddr(command, t.shell.Dir))
	if err := os.WriteFile(filepath.Join(t.files, strconv.Itoa(n)), []byte(real), 0o644); err != nil {
		return err
	}
	return t.write(fmt.Sprintf("_run %d\n", n))
}

// typeLine은 도는 프로그램에 한 줄을 칩니다.
func (t *terminal) typeLine(args ...string) error {
	return t.input(t.ports.toReal(args[0]) + "\n")
}

var keys = map[string]string{"ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-\\": "\x1c", "enter": "\n"}

// press는 글쇠 하나를 누릅니다.
func (t *terminal) press(args ...string) error {
	key, ok := keys[args[0]]
	if !ok {
		return fmt.Errorf("모르는 글쇠입니다: %s", args[0])
	}
	return t.input(key)
}

// input은 도는 프로그램에 글쇠를 보냅니다.
func (t *terminal) input(text string) error {
	if t.done() {
		return fmt.Errorf("글쇠를 받을 프로그램이 없습니다. 화면:\n%s", t.text())
	}
	return t.write(text)
}

func (t *terminal) write(text string) error {
	_, err := t.pty.WriteString(text)
	return err
}

// see는 여태 보지 않은 출력에 pattern이 나올 때까지 기다립니다. 명령이 먼저 끝나면 바로 실패합니다.
func (t *terminal) see(args ...string) error {
	pattern, err := regexp.Compile("(?m)" + args[0])
	if err != nil {
		return err
	}
	var missed bool
	err = t.await(fmt.Sprintf("%q", pattern), func() bool {
		done := t.done()
		text := t.text()
		rest := text[min(t.seen, len(text)):]
		loc := pattern.FindStringIndex(rest)
		switch {
		case loc == nil:
			missed = done
			return done
		case !strings.Contains(rest[loc[1]:], "\n") && !t.quiet(100*time.Millisecond):
			return false // 줄이 아직 다 나오지 않았습니다.
		default:
			t.seen += loc[1]
			return true
		}
	})
	if missed {
		return fmt.Errorf("명령이 끝날 때까지 나오지 않았습니다. 기다린 것: %q. 화면:\n%s", pattern, t.text())
	}
	return err
}

// expect는 명령이 정한 상태로 끝날 때까지 기다립니다. 적지 않으면 0이고 any는 무엇이든 됩니다. Ctrl-C로 끝낸
// go run의 상태는 0일 때도 1일 때도 있습니다.
func (t *terminal) expect(args ...string) error {
	want := "0"
	if len(args) > 0 {
		want = args[0]
	}
	status, err := t.end()
	if err == nil && want != "any" && want != strconv.Itoa(status) {
		return fmt.Errorf("종료 상태가 %d입니다. 화면:\n%s", status, t.text())
	}
	return err
}

// end는 명령이 끝날 때까지 기다리고 종료 상태를 반환합니다.
func (t *terminal) end() (status int, err error) {
	err = t.await("명령의 끝", func() bool { return t.done() })
	if err != nil {
		return 0, err
	}
	marks := promptMark.FindAllSubmatch(t.output(), -1)
	return strconv.Atoi(string(marks[len(marks)-1][1]))
}

// settle은 더 나올 것이 없을 때까지 기다립니다. 도는 중인 프로그램이라면 조용해질 때까지입니다.
func (t *terminal) settle() error {
	return t.await("조용해지기", func() bool { return t.done() || t.quiet(300*time.Millisecond) })
}

// quiet은 d 동안 아무것도 나오지 않았는지 알려 줍니다.
func (t *terminal) quiet(d time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.last) > d
}

// done은 셸이 다음 명령을 기다리는지 알려 줍니다.
func (t *terminal) done() bool {
	return len(promptMark.FindAllIndex(t.output(), -1)) > len(t.commands)
}

func (t *terminal) output() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw
}

// text는 사람이 보는 글입니다. 기다리는 프롬프트는 뺍니다.
func (t *terminal) text() string {
	text := lineEnd.ReplaceAllString(string(t.output()), "\n")
	text = escapes.ReplaceAllString(text, "")
	text = rewritten.ReplaceAllString(text, "$1")
	text = typedRun.ReplaceAllStringFunc(text, func(typed string) string {
		n, _ := strconv.Atoi(typedRun.FindStringSubmatch(typed)[1])
		return "$ " + t.commands[n-1] + "\n"
	})
	text = strings.TrimSuffix(text, "$ ")
	text = strings.ReplaceAll(text, t.shell.Dir, "~/gorilla-websocket-ko")
	return t.ports.toNote(text)
}

// await는 ok가 참이 될 때까지 기다립니다. 안 되면 화면에 있던 것을 보여 줍니다.
func (t *terminal) await(what string, ok func() bool) error {
	deadline := time.Now().Add(patience)
	for {
		closed := t.closed()
		switch {
		case ok():
			return nil
		case closed:
			return fmt.Errorf("셸이 끝나서 더는 나올 것이 없습니다. 기다린 것: %s. 화면:\n%s", what, t.text())
		case time.Now().After(deadline):
			return fmt.Errorf("%v 안에 나오지 않습니다. 기다린 것: %s. 화면:\n%s", patience, what, t.text())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (t *terminal) closed() bool {
	select {
	case <-t.gone:
		return true
	default:
		return false
	}
}
