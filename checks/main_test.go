// checks는 배우는 사람이 띄우듯이 띄운 단계에, 진짜 브라우저와 다른 언어의 클라이언트를 붙여 봅니다.
package checks

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

var (
	chromium *browser.Browser
	binDir   string
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	for _, module := range []string{"axe-core", "ws"} {
		if _, err := os.Stat("node_modules/" + module); err != nil {
			fmt.Fprintf(os.Stderr, "%s가 없습니다. checks 폴더에서 npm ci를 실행하세요.\n", module)
			return 1
		}
	}
	if _, err := exec.LookPath("node"); err != nil {
		fmt.Fprintln(os.Stderr, "Node가 없습니다. Node 20 이상을 설치하세요.")
		return 1
	}
	var err error
	if binDir, err = os.MkdirTemp("", "checks"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(binDir)
	if chromium, err = browser.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer chromium.Close()
	return m.Run()
}

// eachStep은 has가 참인 단계마다 test를 하위 테스트로 돌립니다.
func eachStep(t *testing.T, has func(steps.Step) bool, test func(t *testing.T, step steps.Step)) {
	for _, step := range steps.All {
		if has(step) {
			t.Run(step.Name, func(t *testing.T) {
				t.Parallel()
				test(t, step)
			})
		}
	}
}

func every(steps.Step) bool { return true }

func hasHub(s steps.Step) bool       { return s.Hub }
func hasHeartbeat(s steps.Step) bool { return s.Heartbeat }
func hasLimit(s steps.Step) bool     { return s.Limit }
func hasOrigin(s steps.Step) bool    { return s.Origin }
func hasLogin(s steps.Step) bool     { return s.Login }
func hasTLS(s steps.Step) bool       { return s.TLS }

var programs sync.Map // 단계 이름 → 한 번만 빌드하는 func() (string, error)

func program(t *testing.T, step steps.Step) string {
	t.Helper()
	build, _ := programs.LoadOrStore(step.Name, sync.OnceValues(func() (string, error) {
		return step.Build(binDir)
	}))
	path, err := build.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// start는 단계를 띄우고, 테스트가 끝날 때 Ctrl-C로 끝냅니다.
func start(t *testing.T, step steps.Step, args ...string) *steps.Server {
	t.Helper()
	return startProgram(t, step, program(t, step), args...)
}

func startProgram(t *testing.T, step steps.Step, program string, args ...string) *steps.Server {
	t.Helper()
	server, err := steps.Start(program, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop(t, step, server)
		if strings.Contains(server.Log(), "panic") {
			t.Errorf("서버에서 패닉이 났습니다")
		}
		if t.Failed() {
			t.Logf("%s의 로그:\n%s", step.Name, server.Log())
		}
	})
	return server
}

// stop은 Ctrl-C로 서버를 끝냅니다. 허브가 있는 단계는 뒷정리를 하고 0으로 끝납니다.
func stop(t *testing.T, step steps.Step, server *steps.Server) {
	t.Helper()
	if err := server.Interrupt(); err != nil && step.Hub {
		t.Errorf("Ctrl-C로 끝낸 서버의 종료 상태: %v", err)
	}
}
