package checks

import (
	"encoding/json"
	"fmt"
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
