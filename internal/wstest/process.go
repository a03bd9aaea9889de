package wstest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const runMain = "WSTEST_RUN_MAIN"

// processPatience는 프로그램이 뜨거나 끝나기를 기다리는 시간입니다.
const processPatience = 20 * time.Second

// Main은 TestMain에서 부릅니다. 테스트 실행 파일이 단계의 프로그램 노릇도 하게 해서,
// 옵션과 종료 상태를 배우는 사람이 보는 그대로 시험합니다.
func Main(m *testing.M, main func()) {
	if os.Getenv(runMain) != "" {
		main()
		os.Exit(0)
	}
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), runMain+"=1")
	return cmd
}

// WantUsageError는 프로그램이 args를 한 줄로 거절하기를 요구합니다. 그 한 줄을 반환합니다.
func WantUsageError(t testing.TB, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := command(args...)
	cmd.Stderr = io.MultiWriter(&stderr, watch(func(p []byte) {
		if bytes.Contains(p, []byte("여세요: http")) {
			cmd.Process.Kill() // 서버가 떴으니 더 기다리지 않습니다.
		}
	}))
	timer := time.AfterFunc(processPatience, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case !errors.As(err, &exit):
		t.Fatalf("%q: 거절하지 않고 끝났습니다 (%v). 원한 것 한국어 한 줄과 종료 상태 1. 출력:\n%s", args, err, stderr.String())
	case exit.ExitCode() == -1:
		t.Fatalf("%q: 틀린 옵션인데 서버가 떴습니다. 원한 것 한국어 한 줄과 종료 상태 1. 출력:\n%s", args, stderr.String())
	case exit.ExitCode() != 1:
		t.Fatalf("%q: 종료 상태 %d, 원한 것 1. 출력:\n%s", args, exit.ExitCode(), stderr.String())
	}
	line, rest, _ := strings.Cut(stderr.String(), "\n")
	if rest != "" || !regexp.MustCompile(`(니다|세요)`).MatchString(line) {
		t.Fatalf("%q: 한국어 한 줄이어야 합니다:\n%s", args, stderr.String())
	}
	return line
}

// WantUsage는 프로그램이 args에 사용법을 찍고 0으로 끝나기를 요구합니다.
func WantUsage(t testing.TB, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), processPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), runMain+"=1")
	stdout, err := cmd.Output()
	if err != nil || !bytes.Contains(stdout, []byte("사용법: ")) {
		t.Fatalf("%q: 종료 %v, 원한 것 0과 사용법. 출력:\n%s", args, err, stdout)
	}
}

// watch는 쓴 것을 보는 io.Writer입니다.
type watch func(p []byte)

func (w watch) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

// Output은 args로 프로그램을 끝까지 돌리고, 두 출력을 합쳐 종료 상태와 함께 반환합니다.
func Output(t testing.TB, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), processPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	// 경쟁 검사기는 끝내기 전에 1초를 기다립니다.
	cmd.Env = append(os.Environ(), runMain+"=1", "GORACE=atexit_sleep_ms=100")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%q: 끝나지 않습니다:\n%s", args, out)
	}
	return string(out), err
}

// Process는 따로 도는 단계의 프로그램입니다.
type Process struct {
	URL string // 시작할 때 알린 주소
	cmd *exec.Cmd
	log *LogBuffer
	end chan error
}

// Run은 args로 프로그램을 시작하고, 알린 주소를 기다립니다.
func Run(t testing.TB, args ...string) *Process {
	t.Helper()
	return run(t, command(args...))
}

// RunProgram은 빌드한 프로그램을 같은 방법으로 시작합니다.
func RunProgram(t testing.TB, program string, args ...string) *Process {
	t.Helper()
	return run(t, exec.Command(program, args...))
}

// announced는 단계가 시작할 때 찍는 줄입니다. 틀린 옵션을 적은 줄에도 주소가 들 수 있습니다.
var announced = regexp.MustCompile(`브라우저에서 여세요: (https?://\S+)`)

func run(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{cmd: cmd, log: &LogBuffer{}, end: make(chan error, 1)}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.log.Write(append(lines.Bytes(), '\n'))
			if m := announced.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case url <- m[1]:
				default:
				}
			}
		}
		p.end <- p.cmd.Wait()
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	select {
	case p.URL = <-url:
	case err := <-p.end:
		t.Fatalf("주소를 알리지 않고 끝났습니다: %v\n%s", err, p.log)
	case <-time.After(processPatience):
		t.Fatalf("주소를 알리지 않습니다:\n%s", p.log)
	}
	return p
}

// Server는 도는 프로그램에 연결하는 데 씁니다. 자체 서명 인증서는 따지지 않습니다.
func (p *Process) Server(t testing.TB) *Server {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	s := &Server{Host: u.Host, TLS: &tls.Config{InsecureSkipVerify: true}, scheme: u.Scheme, dial: d.DialContext}
	t.Cleanup(s.closeAll)
	return s
}

// Interrupt는 Ctrl-C를 누릅니다.
func (p *Process) Interrupt(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Skipf("이 운영 체제에서는 Ctrl-C를 보낼 수 없습니다: %v", err)
	}
}

// InterruptAgain은 Ctrl-C를 한 번 더 누릅니다. 이번에는 프로그램이 받지 않고 운영 체제가 끝냅니다.
func (p *Process) InterruptAgain(t testing.TB) {
	t.Helper()
	if signal.Ignored(os.Interrupt) {
		t.Skip("Ctrl-C를 무시하는 셸에서 돌고 있습니다")
	}
	p.Interrupt(t)
}

// Wait는 프로그램의 끝을 기다리고 종료 상태를 반환합니다.
func (p *Process) Wait(t testing.TB) error {
	t.Helper()
	select {
	case err := <-p.end:
		return err
	case <-time.After(processPatience):
		t.Fatalf("끝나지 않습니다:\n%s", p.log)
		return nil
	}
}

// Resident는 프로그램의 상주 메모리 바이트 수입니다. 리눅스가 아니면 건너뜁니다.
func (p *Process) Resident(t testing.TB) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skipf("상주 메모리는 /proc이 있는 곳에서만 잽니다: %v", err)
	}
	var kib int64
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	if _, err := fmt.Sscan(after, &kib); err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// Log는 지금까지의 로그입니다.
func (p *Process) Log() string { return p.log.String() }

// AwaitLog는 word가 든 줄이 로그에 나올 때까지 기다립니다.
func (p *Process) AwaitLog(t testing.TB, word string) {
	t.Helper()
	p.log.Await(t, word)
}

// LogBuffer는 여러 고루틴이 함께 쓰는 로그입니다.
type LogBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *LogBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *LogBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Lines는 word가 든 줄들입니다.
func (l *LogBuffer) Lines(word string) []string {
	var lines []string
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, word) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

// Await는 word가 든 줄이 나올 때까지 기다립니다.
func (l *LogBuffer) Await(t testing.TB, word string) string {
	t.Helper()
	for deadline := time.Now().Add(processPatience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if lines := l.Lines(word); len(lines) > 0 {
			return lines[0]
		}
	}
	t.Fatalf("로그에 %q이(가) 든 줄을 기다렸지만 없습니다. 로그:\n%s", word, l)
	return ""
}

// CaptureLog는 테스트가 끝날 때까지 log 패키지의 출력을 모읍니다.
func CaptureLog(t testing.TB) *LogBuffer {
	l := &LogBuffer{}
	log.SetOutput(l)
	t.Cleanup(func() { log.SetOutput(io.Discard) })
	return l
}
