package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shell은 빈 폴더에서 연 터미널입니다. 테스트가 끝나면 닫힙니다.
func shell(t *testing.T) *terminal {
	t.Helper()
	env, err := terminalEnv(false)
	if err != nil {
		t.Fatal(err)
	}
	ports, err := newPorts()
	if err != nil {
		t.Fatal(err)
	}
	term, err := openTerminal(t.TempDir(), t.TempDir(), env, ports)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.close)
	return term
}

// do는 명령을 실행하고 종료 상태를 봅니다.
func (t *terminal) do(test *testing.T, command string, want int) {
	test.Helper()
	if err := t.run(command); err != nil {
		test.Fatal(err)
	}
	status, err := t.end()
	if err != nil {
		test.Fatal(err)
	}
	if status != want {
		test.Errorf("%s: 종료 상태 %d, 원한 것 %d. 화면:\n%s", command, status, want, t.text())
	}
}

func TestTerminalShowsWhatAReaderSees(t *testing.T) {
	term := shell(t)
	term.do(t, "test -t 0 && test -t 1 && test -t 2", 0)
	term.do(t, `cd / && word="안녕 하세요"`, 0)
	term.do(t, `pwd; printf '%s' "$word"`, 0)
	term.do(t, `printf 'http://localhost:8080\033[1m굵게\033[0m\n10%%\r100%%\n'`, 0)
	term.do(t, "no-such-command", 127)
	term.do(t, "false", 1)
	want := `$ test -t 0 && test -t 1 && test -t 2
$ cd / && word="안녕 하세요"
$ pwd; printf '%s' "$word"
/
안녕 하세요$ printf 'http://localhost:8080\033[1m굵게\033[0m\n10%%\r100%%\n'
http://localhost:8080굵게
100%
$ no-such-command
bash: no-such-command: command not found
$ false
`
	if got := term.text(); got != want {
		t.Errorf("화면:\n%s\n원한 것:\n%s", got, want)
	}
}

func TestTypedTextAndKeysReachTheProgram(t *testing.T) {
	term := shell(t)
	const command = "bash -c 'cat; echo 됨; sleep 100'"
	must(t, term.run(command))
	must(t, term.input("안녕\n"))
	must(t, term.see(`(?s)안녕.*안녕`))
	must(t, term.input(keys["ctrl-d"]))
	must(t, term.see("됨"))
	must(t, term.input(keys["ctrl-c"]))
	if status, err := term.end(); err != nil || status != 130 {
		t.Errorf("종료 상태 %d %v, 원한 것 130", status, err)
	}
	if got, want := term.text(), "$ "+command+"\n안녕\n안녕\n됨\n^C\n"; got != want {
		t.Errorf("화면 %q, 원한 것 %q", got, want)
	}
	if err := term.input("x\n"); err == nil {
		t.Error("도는 프로그램이 없는데 글쇠를 받았습니다")
	}
}

func TestSeeConsumesWhatItSaw(t *testing.T) {
	term := shell(t)
	term.do(t, "echo 하나; echo 하나", 0)
	must(t, term.see("^하나"))
	must(t, term.see("하나"))
	if err := term.see("하나"); err == nil {
		t.Error("두 번 나온 것을 세 번 보았습니다")
	}
}

func TestClosedTerminalLeavesNoProcess(t *testing.T) {
	term := shell(t)
	file := filepath.Join(t.TempDir(), "pids")
	must(t, term.run(`trap '' HUP; sleep 100 & echo $! > `+file+`; bash -c 'trap "" HUP INT; echo $$ >> `+file+`; echo 됨; while :; do sleep 1; done'`))
	must(t, term.see("됨"))
	term.close()
	pids, err := os.ReadFile(file)
	must(t, err)
	for _, pid := range strings.Fields(string(pids)) {
		for deadline := time.Now().Add(patience); alive(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("프로세스 %s이(가) 남았습니다", pid)
			}
		}
	}
}

// alive는 좀비가 아닌 프로세스가 있는지 알려 줍니다.
func alive(pid string) bool {
	status, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(status), ") Z ")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
