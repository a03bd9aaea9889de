package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

// steps는 단계의 이름과 그 단계에 연결하는 옵션입니다.
var steps = []struct {
	name string
	args []string
}{
	{"01-echo", nil},
	{"02-nextreader", nil},
	{"03-hub", nil},
	{"04-pingpong", nil},
	{"05-readlimit", nil},
	{"06-origin", nil},
	{"07-otp-auth", []string{"-login", "gopher:websocket"}},
	{"08-wss", []string{"-login", "gopher:websocket", "-insecure"}},
	{"09-rooms", []string{"-login", "gopher:websocket", "-insecure", "-room", "연구실"}},
}

// step은 도는 단계 하나입니다.
type step struct {
	*testing.T
	*wstest.Process
	number  int
	address string
	args    []string
}

// TestAgainstEveryStep은 진짜 단계들을 빌드하고 띄워서 클라이언트로 이야기합니다.
func TestAgainstEveryStep(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator))
	for _, s := range steps {
		build.Args = append(build.Args, "../"+s.name)
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("단계를 빌드할 수 없습니다: %v\n%s", err, out)
	}
	for i, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"-addr", "localhost:0"}
			if i+1 >= 4 {
				args = append(args, "-pong-wait", "2s")
			}
			p := wstest.RunProgram(t, program(dir, s.name), args...)
			address := strings.Replace(p.URL, "http", "ws", 1) + "/ws"
			try(&step{t, p, i + 1, address, s.args})
		})
	}
}

func program(dir, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, name)
}

// shell은 이 단계에 연결하는 클라이언트입니다.
func (s *step) shell(stdin string, args ...string) (status int, stdout, stderr string) {
	s.Helper()
	return shell(s.T, stdin, slices.Concat(s.args, args, []string{s.address})...)
}

// want는 클라이언트가 status와 line으로 끝나기를 요구합니다.
func (s *step) want(status int, line, stdin string, args ...string) (stdout string) {
	s.Helper()
	got, stdout, stderr := s.shell(stdin, args...)
	if got != status || !strings.HasSuffix(stderr, line+"\n") {
		s.Errorf("%q: 종료 상태 %d, 원한 것 %d %q\n%s%s", args, got, status, line, stdout, stderr)
	}
	return stdout
}

const normal = "닫음: 1000 (정상 종료)"

func try(s *step) {
	s.speaks()
	s.showsFrames()
	s.breaksRules()
	if s.number >= 4 {
		s.staysSilent()
	}
	if s.number >= 6 {
		s.isRefused()
	}
	if s.number == 9 {
		s.sharesARoom()
	}
	s.outlivesTheServer()
}

func (s *step) speaks() {
	want := "안녕 <b>\n"
	if s.number == 9 {
		want = "[연구실] gopher: " + want
	}
	got := s.want(0, normal, "안녕 <b>\n", "-once")
	if s.number == 9 {
		got = regexp.MustCompile(`^\d\d:\d\d `).ReplaceAllString(got, "")
	}
	if got != want {
		s.Errorf("받은 것 %q, 원한 것 %q", got, want)
	}
	if s.number <= 2 {
		if got := s.want(0, normal, "", "-once", "-binary", "-size", "70000", "-fragment", "999"); !strings.HasPrefix(got, "바이너리 70000바이트: 61 61") {
			s.Errorf("받은 것 %.100q", got)
		}
	}
}

// showsFrames는 오간 프레임의 순서와 칸을 봅니다. 일회용 비밀번호는 -handshake에만 보입니다.
func (s *step) showsFrames() {
	_, plain, stderr := s.shell("안녕\n", "-once")
	stdout := s.want(0, normal, "안녕\n", "-once", "-frames")
	handshake := s.want(0, normal, "안녕\n", "-once", "-handshake")
	otp := regexp.MustCompile(`otp=\w+`)
	if otp.MatchString(plain+stderr+stdout) || otp.MatchString(handshake) != (s.number >= 7) {
		s.Errorf("일회용 비밀번호는 -handshake에만 나와야 합니다:\n%s%s%s%s", plain, stderr, stdout, handshake)
	}
	head, table, _ := strings.Cut(stdout, "내용\n")
	if strings.Contains(head, "\n") {
		s.Errorf("표보다 먼저 나온 것 %q", head)
	}
	var got []string
	for line := range strings.Lines(table) {
		if m := regexp.MustCompile(`^[\d:.]{12} (.) FIN 000 (\w+) +([0-9a-f]{8}|-) +\d+ +(\d+)  `).FindStringSubmatch(line); m != nil {
			got = append(got, m[1]+m[2]+m[4])
			if masked := m[3] != "-"; masked != (m[1] == "→") {
				s.Errorf("마스크: %s", line)
			}
		}
	}
	want := []string{"→text6", "←text2", "→close6", "←close2"}
	if s.number == 9 {
		want = []string{"→text6", "←text2", "→text6", "←text2", "→close6", "←close2"}
	}
	if !slices.Equal(got, want) || !strings.HasSuffix(table, "← 상대가 연결을 닫음 (EOF)\n") || strings.Contains(table, "위반") {
		s.Errorf("프레임 %q, 원한 것 %q\n%s", got, want, stdout)
	}
	if !strings.Contains(handshake, "응답의 값과 같습니다.") {
		s.Errorf("Accept를 확인하지 않습니다:\n%s", handshake)
	}
}

func (s *step) breaksRules() {
	s.want(1, `서버가 닫음: 1007 (UTF-8이 아님) "텍스트가 UTF-8이 아닙니다"`, "", "-once", "-invalid-utf8")
	if s.number >= 3 {
		s.want(1, `서버가 닫음: 1003 (받지 않는 종류) "텍스트 메시지만 받습니다"`, "", "-once", "-size", "3", "-binary")
	}
	if s.number >= 5 {
		s.want(1, "서버가 닫음: 1009 (너무 큰 메시지)", "", "-once", "-size", "513")
		s.want(1, "서버가 닫음: 1009 (너무 큰 메시지)", "", "-once", "-size", "513", "-fragment", "100")
		if s.number == 9 { // 받기는 했지만 이벤트가 아닙니다.
			s.want(1, lost, "", "-once", "-size", "512")
		} else {
			s.want(0, normal, "", "-once", "-size", "512")
		}
	}
}

func (s *step) staysSilent() {
	const late = `서버가 닫음: 1008 (규칙 위반) "제한 시간 안에 응답이 없습니다"`
	mute := open(s.T, nil, slices.Concat(s.args, []string{"-no-pong", s.address})...)
	deaf := open(s.T, nil, slices.Concat(s.args, []string{"-no-read", s.address})...)
	mute.want(1, late)
	for deadline := time.Now().Add(patience); strings.Count(s.Log(), "제한 시간 안에 응답이 없습니다") < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("읽지 않는 클라이언트를 끊지 않습니다:\n%s", s.Log())
		}
	}
	deaf.ctrlD()
	if deaf.wait(); deaf.stdout.String() != "" {
		s.Errorf("-no-read가 읽은 것 %q", &deaf.stdout)
	}
}

func (s *step) isRefused() {
	evil := []string{"-origin", "http://evil.example"}
	s.want(1, "핸드셰이크 거절: 403 Forbidden. 서버가 이 출처를 받지 않습니다. -origin을 빼거나 서버의 출처로 바꾸세요", "", evil...)
	s.want(0, normal, "", "-origin", s.URL)
	if s.number < 7 {
		return
	}
	tls := []string(nil)
	if s.number >= 8 {
		tls = []string{"-insecure"}
	}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"핸드셰이크 거절: 401 Unauthorized", nil},
		{"로그인 거절: 401 Unauthorized", []string{"-login", "gopher:틀림"}},
		{"로그인 거절: 400 Bad Request", []string{"-login", "gopher:"}},
	} {
		status, _, stderr := shell(s.T, "", slices.Concat(tls, tt.args, []string{s.address})...)
		if status != 1 || !strings.Contains(stderr, tt.want) {
			s.Errorf("%q: 종료 상태 %d, 원한 것 %q\n%s", tt.args, status, tt.want, stderr)
		}
	}
}

// sharesARoom은 두 사람이 같은 방과 다른 방에서 이야기하게 합니다.
func (s *step) sharesARoom() {
	join := func(name, room string) *console {
		c := open(s.T, nil, "-insecure", "-login", name+":websocket", "-room", room, s.address)
		c.stderr.Await(s.T, "["+room+"] 방에 들어왔습니다.")
		return c
	}
	chulsoo, younghee, other := join("chulsoo", "서재"), join("younghee", "서재"), join("gopher", "마당")
	chulsoo.write("첫 줄\n")
	younghee.stdout.Await(s.T, "[서재] chulsoo: 첫 줄")
	younghee.write("답\n\n")
	chulsoo.stdout.Await(s.T, "[서재] younghee: 답")
	younghee.stderr.Await(s.T, "서버가 받지 않음: 빈 메시지는 보낼 수 없습니다")
	younghee.ctrlD()
	younghee.want(1, lost)
	for _, c := range []*console{chulsoo, other} {
		c.ctrlD()
		c.want(0, normal)
	}
	if got := other.stdout.String(); got != "" {
		s.Errorf("다른 방에서 들은 것 %q", got)
	}
}

// outlivesTheServer는 서버를 Ctrl-C로 끕니다.
func (s *step) outlivesTheServer() {
	c := open(s.T, nil, slices.Concat(s.args, []string{s.address})...)
	c.stderr.Await(s.T, "연결됨")
	c.write("등록되기를 기다리는 말\n") // 답이 왔으면 허브가 이 연결을 압니다.
	c.stdout.Await(s.T, "기다리는 말")
	s.Interrupt(s.T)
	if s.number <= 2 {
		c.want(1, "닫기 프레임 없이 끊김: 1006")
	} else {
		c.want(1, `서버가 닫음: 1001 (떠남) "서버를 닫습니다"`)
	}
}
