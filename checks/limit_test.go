package checks

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

const maxMessage = 512

func TestPageRefusesToSendMoreThan512Bytes(t *testing.T) {
	eachStep(t, hasLimit, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := join(t, step, server, "gopher")

		fits := strings.Repeat("가", maxHangul(step))
		w.must(w.Fill("message", fits+"나"))
		if !w.sendDisabled() {
			t.Errorf("%d바이트인데 보내기 단추를 누를 수 있습니다", wireSize(step, fits+"나"))
		}
		w.must(w.Press("\r")) // 단추가 잠겼으면 엔터로도 나가지 않습니다.
		w.must(w.Fill("message", fits))
		if w.sendDisabled() {
			t.Errorf("%d바이트인데 보내기 단추가 잠겨 있습니다", wireSize(step, fits))
		}
		w.must(w.Click("send"))
		w.waitMessage(fits)
		w.expectConnected()
		if len(w.messages("나")) > 0 {
			t.Error("너무 긴 메시지가 나갔습니다")
		}
		w.expectQuietConsole()
	})
}

// wireSize는 메시지가 연결 위에서 차지하는 바이트입니다.
func wireSize(step steps.Step, text string) int {
	if !step.Rooms {
		return len(text)
	}
	event := map[string]any{"type": "send_message", "payload": map[string]string{"message": text}}
	encoded, _ := json.Marshal(event)
	return len(encoded)
}

func maxHangul(step steps.Step) int {
	return (maxMessage - wireSize(step, "")) / len("가")
}

func (w *window) sendDisabled() bool {
	w.t.Helper()
	disabled, err := browser.Run[bool](w.Tab, `document.getElementById('send').disabled`)
	w.must(err)
	return disabled
}

// 서버가 바로 끊으면 브라우저는 큰 메시지에서 1009 대신 1006을 봅니다.
func TestTooBigMessageEndsWith1009(t *testing.T) {
	messages := map[string]string{
		"한글 171자": `'가'.repeat(171)`,
		"200kB":   `'a'.repeat(200_000)`,
		"5MB":     `'a'.repeat(5_000_000)`,
	}
	eachStep(t, hasLimit, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		bystander := join(t, step, server, "chulsoo")
		for name, message := range messages {
			t.Run(name, func(t *testing.T) {
				w := join(t, step, server, "gopher")
				w.must(w.Exec(fmt.Sprintf(`socket.send(%s)`, message)))
				w.waitClosed(1009)
			})
		}
		bystander.expectConnected()
	})
}

// 쓰는 중인 묶음은 대기열에 세지 않습니다. 앞선 수를 묶지 않은 04에는 한 사람의 것이 두 묶음까지 쌓입니다.
func TestWithoutTurnsTwoBatchesWaitForOneClient(t *testing.T) {
	const source = `package main

import (
	"testing"
	"testing/synctest"
)

func TestTwoBatches(t *testing.T) {
	for _, more := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			c := dial(t, startInMemory(t))
			for i, n := range []int{1, maxQueue, maxQueue + more} {
				for range n {
					say(c, "가")
				}
				synctest.Wait()
				if i == 1 {
					wantHeard(t, c, "가") // 기다리던 묶음이 쓰는 중인 묶음이 됩니다.
					synctest.Wait()
				}
			}
			heard := 0
			for ; heard < 2*maxQueue; heard++ {
				if _, err := hear(c); err != nil {
					break
				}
			}
			if whole := heard == 2*maxQueue; whole != (more == 0) {
				t.Errorf("%d개를 더 보내고 %d개를 들었습니다", more, heard)
			}
		})
	}
}
`
	step := steps.Named("04-pingpong")
	added, err := filepath.Abs(step.Path("two_batches_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	test, overlay := filepath.Join(dir, "two_batches_test.go"), filepath.Join(dir, "overlay.json")
	mapping, _ := json.Marshal(map[string]any{"Replace": map[string]string{added: test}})
	for path, text := range map[string]string{test: source, overlay: string(mapping)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-run", "^TestTwoBatches$", "-v", ".")
	cmd.Dir = filepath.Dir(added)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestTwoBatches") {
		t.Errorf("%v\n%s", err, out)
	}
}
