package checks

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"gorilla-websocket-ko/checks/internal/steps"
)

// runNode는 checks/node의 스크립트를 돌립니다. 스크립트는 약속이 하나라도 깨지면 0이 아닌 값으로 끝납니다.
func runNode(t *testing.T, script, url string, env ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "node/"+script, url)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("Node 클라이언트: %v\n%s", err, out)
	}
}

func TestNodeClientTalksToEcho(t *testing.T) {
	eachStep(t, func(s steps.Step) bool { return !s.Hub }, func(t *testing.T, step steps.Step) {
		runNode(t, "echo.mjs", start(t, step).WebSocketURL())
	})
}

func TestNodeClientTalksToHub(t *testing.T) {
	eachStep(t, func(s steps.Step) bool { return s.Hub && !s.Login }, func(t *testing.T, step steps.Step) {
		runNode(t, "hub.mjs", start(t, step).WebSocketURL())
	})
}

func TestNodeClientTalksToRooms(t *testing.T) {
	step := steps.Named("09-rooms")
	cert, key := makeCertificate(t)
	server := start(t, step, "-cert", cert, "-key", key)
	runNode(t, "rooms.mjs", server.URL, "NODE_EXTRA_CA_CERTS="+cert)
}
