// steps 패키지는 아홉 단계를 배우는 사람처럼 빌드하고 띄웁니다.
package steps

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// root는 checks에서 본 저장소의 뿌리입니다. go test와 go run ./shots 둘 다 checks에서 돕니다.
const root = ".."

// Timeout은 하나의 일을 기다리는 가장 긴 시간입니다. 느린 CI에서도 넉넉해야 합니다.
const Timeout = 15 * time.Second

// Step은 한 단계와 그 단계가 하는 약속입니다.
type Step struct {
	Name string

	Hub       bool // 모두에게 보내고, 끝낼 때 1001로 닫습니다
	Heartbeat bool // 핑퐁과 -pong-wait, 떠난 페이지의 연결 닫기
	Limit     bool // 512바이트
	Origin    bool // 출처 검사와 -origins
	Login     bool // 일회용 비밀번호
	TLS       bool // https와 wss
	Rooms     bool // JSON 이벤트와 방
}

// All은 모든 단계입니다. 뒤 단계는 앞 단계의 약속을 모두 지킵니다.
var All = []Step{
	{Name: "01-echo"},
	{Name: "02-nextreader"},
	{Name: "03-hub", Hub: true},
	{Name: "04-pingpong", Hub: true, Heartbeat: true},
	{Name: "05-readlimit", Hub: true, Heartbeat: true, Limit: true},
	{Name: "06-origin", Hub: true, Heartbeat: true, Limit: true, Origin: true},
	{Name: "07-otp-auth", Hub: true, Heartbeat: true, Limit: true, Origin: true, Login: true},
	{Name: "08-wss", Hub: true, Heartbeat: true, Limit: true, Origin: true, Login: true, TLS: true},
	{Name: "09-rooms", Hub: true, Heartbeat: true, Limit: true, Origin: true, Login: true, TLS: true, Rooms: true},
}

// Named는 이름이 name인 단계를 반환합니다.
func Named(name string) Step {
	for _, s := range All {
		if s.Name == name {
			return s
		}
	}
	panic("모르는 단계: " + name)
}

// Path는 단계 폴더에 있는 파일의 경로입니다.
func (s Step) Path(file string) string {
	return filepath.Join(root, s.Name, file)
}

// Build는 단계를 빌드해서 dir에 둡니다. flags는 go build에 더할 옵션입니다.
func (s Step) Build(dir string, flags ...string) (program string, err error) {
	program, err = filepath.Abs(filepath.Join(dir, s.Name))
	if err != nil {
		return "", err
	}
	args := append([]string{"build", "-o", program}, flags...)
	build := exec.Command("go", append(args, "./"+s.Name)...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s 빌드가 안 됩니다: %w\n%s", s.Name, err, out)
	}
	return program, nil
}

// Server는 자식 프로세스로 뜬 단계입니다.
type Server struct {
	URL string // 첫 줄에서 읽은 주소. 끝에 /가 없습니다
	log output
	cmd *exec.Cmd

	exited chan struct{} // 닫히면 err를 읽어도 됩니다
	err    error
}

var urlInLog = regexp.MustCompile(`https?://[^\s/]+`)

// Start는 빌드한 단계를 빈 포트에 띄우고, 브라우저로 열라는 주소를 찍을 때까지 기다립니다.
func Start(program string, args ...string) (*Server, error) {
	s := &Server{exited: make(chan struct{})}
	s.cmd = exec.Command(program, append([]string{"-addr", "localhost:0"}, args...)...)
	// 저장소 밖에서 띄웁니다. 페이지는 실행 파일에 들어 있어야 합니다.
	s.cmd.Dir = filepath.Dir(program)
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	err := until(Timeout, func() (bool, error) {
		s.URL = urlInLog.FindString(s.Log())
		select {
		case <-s.exited:
			return true, fmt.Errorf("서버가 바로 끝났습니다: %w", cmp.Or(s.err, errors.New("종료 코드 0")))
		default:
			return s.URL != "", nil
		}
	})
	if err != nil {
		s.cmd.Process.Kill()
		return nil, fmt.Errorf("%s이(가) 주소를 찍지 않습니다: %w\n%s", filepath.Base(program), err, s.Log())
	}
	return s, nil
}

// WebSocketURL은 /ws의 주소입니다.
func (s *Server) WebSocketURL() string {
	return strings.Replace(s.URL, "http", "ws", 1) + "/ws"
}

// PID는 서버의 프로세스 번호입니다.
func (s *Server) PID() int {
	return s.cmd.Process.Pid
}

// Log는 서버가 여태 찍은 것입니다.
func (s *Server) Log() string {
	return s.log.String()
}

// WaitLog는 서버가 text를 적어도 n번 찍을 때까지 기다립니다.
func (s *Server) WaitLog(text string, n int, limit time.Duration) error {
	err := until(limit, func() (bool, error) {
		return strings.Count(s.Log(), text) >= n, nil
	})
	if err != nil {
		return fmt.Errorf("서버 로그에 %q가 %d번 나오지 않습니다: %w\n%s", text, n, err, s.Log())
	}
	return nil
}

// Interrupt는 Ctrl-C처럼 SIGINT를 보내고, 서버가 끝나면 종료 상태를 반환합니다.
func (s *Server) Interrupt() error {
	s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.exited:
		return s.err
	case <-time.After(Timeout):
		s.cmd.Process.Kill()
		return errors.New("SIGINT를 보내도 서버가 끝나지 않습니다")
	}
}

// until은 done이 참이나 오류를 반환할 때까지 짧은 간격으로 되풀이합니다.
func until(limit time.Duration, done func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%v를 기다렸습니다", limit)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// output은 서버가 쓰는 동안에도 읽을 수 있는 버퍼입니다.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
