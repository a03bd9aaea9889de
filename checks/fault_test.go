package checks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorilla-websocket-ko/checks/internal/steps"
)

// 검사가 정말 잡아내는지, 페이지를 일부러 망가뜨려 봅니다.
func TestChecksCatchPlantedFaults(t *testing.T) {
	t.Run("innerHTML", func(t *testing.T) {
		step := steps.Named("03-hub")
		server := startFaulty(t, step, "entry.textContent = text", "entry.innerHTML = text")
		if err := checkMarkupIsText(join(t, step, server, "gopher").Tab); err != errMarkupExecuted {
			t.Errorf("innerHTML로 넣은 메시지를 잡아내지 못했습니다: %v", err)
		}
	})
	t.Run("이름 없는 입력 칸", func(t *testing.T) {
		step := steps.Named("01-echo")
		server := startFaulty(t, step, "<label>메시지 <input", "<label></label><input")
		if err := checkBothSchemes(join(t, step, server, "gopher").Tab); err == nil || !strings.Contains(err.Error(), "label") {
			t.Errorf("이름 없는 입력 칸을 잡아내지 못했습니다: %v", err)
		}
	})
	t.Run("흐린 글자", func(t *testing.T) {
		step := steps.Named("01-echo")
		server := startFaulty(t, step, "</style>", "@media (prefers-color-scheme: dark) { h1 { color: #333 } }</style>")
		if err := checkBothSchemes(join(t, step, server, "gopher").Tab); err == nil || !strings.Contains(err.Error(), "color-contrast") {
			t.Errorf("어두운 화면의 흐린 글자를 잡아내지 못했습니다: %v", err)
		}
	})
	t.Run("닫지 않고 떠나는 페이지", func(t *testing.T) {
		step := steps.Named("04-pingpong")
		server := startFaulty(t, step, "pagehide", "no-such-event")
		w := join(t, step, server, "gopher")
		if err := checkLeaving(w.Tab, server, elsewhere(t).URL, 2*time.Second); err == nil || !strings.Contains(err.Error(), "나감") {
			t.Errorf("얼어 있는 페이지의 연결을 잡아내지 못했습니다: %v", err)
		}
	})
}

// startFaulty는 index.html에서 old를 new로 바꾼 단계를 띄웁니다. 단계의 폴더는 건드리지 않습니다.
func startFaulty(t *testing.T, step steps.Step, old, new string) *steps.Server {
	t.Helper()
	original, err := filepath.Abs(step.Path("index.html"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	faulty := strings.Replace(string(page), old, new, 1)
	if faulty == string(page) {
		t.Fatalf("%s/index.html에 %q이(가) 없습니다", step.Name, old)
	}
	dir := t.TempDir()
	replaced := filepath.Join(dir, "index.html")
	overlay := filepath.Join(dir, "overlay.json")
	mapping, _ := json.Marshal(map[string]any{"Replace": map[string]string{original: replaced}})
	for path, text := range map[string]string{replaced: faulty, overlay: string(mapping)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program, err := step.Build(dir, "-overlay", overlay)
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, step, program)
}
