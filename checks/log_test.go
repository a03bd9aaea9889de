package checks

import (
	"fmt"
	"strings"
	"testing"

	"gorilla-websocket-ko/checks/internal/steps"
)

// wireText는 페이지의 스크립트가 text라는 메시지를 보낼 때 소켓에 쓰는 글의 자바스크립트입니다.
func wireText(step steps.Step, text string) string {
	if step.Rooms {
		return fmt.Sprintf(`JSON.stringify({ type: 'send_message', payload: { message: %s } })`, text)
	}
	return text
}

func TestLogKeepsTheLast500Entries(t *testing.T) {
	const kept, sent = 500, 520
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		w := join(t, step, start(t, step), "gopher")
		w.must(w.Exec(fmt.Sprintf("for (let n = 1; n <= %d; n++) socket.send(%s)", sent, wireText(step, "`${n}번째 글`"))))
		w.must(w.WaitFor(fmt.Sprintf(`document.getElementById('log').lastElementChild?.textContent.includes('%d번째 글')`, sent), patience))
		entries := w.messages("")
		if len(entries) != kept {
			t.Fatalf("로그의 항목 %d개, 원한 것 %d개", len(entries), kept)
		}
		for i, entry := range entries {
			if want := fmt.Sprintf("%d번째 글", sent-kept+1+i); !strings.Contains(entry, want) {
				t.Fatalf("로그의 %d번째 항목 %q, 원한 것 %q", i+1, entry, want)
			}
		}
		w.expectQuietConsole()
	})
}

// 바이트 수는 글쇠마다 바뀌므로 읽어 주지 않고, 넘칠 때와 다시 들어올 때만 읽어 줍니다.
func TestCounterSpeaksOnlyWhenTheLimitIsCrossed(t *testing.T) {
	eachStep(t, hasLimit, func(t *testing.T, step steps.Step) {
		w := join(t, step, start(t, step), "gopher")
		live := evaluate[[]bool](t, w.Tab, `['bytes', 'over'].map(id =>
			document.getElementById(id).closest('[role=status], [role=alert], [role=log], [aria-live], output') !== null)`)
		if live[0] || !live[1] {
			t.Errorf("읽어 주는 곳: #bytes %v, #over %v, 원한 것 #over만", live[0], live[1])
		}
		w.must(w.Exec(`window.spoken = []; new MutationObserver(() => spoken.push(document.getElementById('over').textContent))
			.observe(document.getElementById('over'), { childList: true, characterData: true, subtree: true })`))
		full := maxMessage - wireSize(step, "")
		for _, size := range []int{1, full - 1, full, full + 1, full + 2, full + 100, full, full - 10, full + 1} {
			w.must(w.Fill("message", strings.Repeat("a", size)))
			if got, want := w.sendDisabled(), size > full; got != want {
				t.Errorf("%d바이트: 보내기 단추의 잠김 %v, 원한 것 %v", size, got, want)
			}
		}
		spoken := evaluate[[]string](t, w.Tab, `spoken`)
		const over = "넘쳐서 보낼 수 없습니다"
		if got, want := strings.Join(spoken, "|"), strings.Join([]string{over, "", over}, "|"); got != want {
			t.Errorf("읽어 준 말 %q, 원한 것 %q", got, want)
		}
		if step.Rooms {
			return
		}
		if got := evaluate[string](t, w.Tab, `document.getElementById('bytes').textContent`); !strings.Contains(got, fmt.Sprint(full+1)) {
			t.Errorf("바이트 수 %q, 원한 것 %d", got, full+1)
		}
	})
}
