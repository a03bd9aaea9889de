package neighbours

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// 다음 단계의 테스트를 이 단계에 얹으면 실패해야 합니다. 그 실패가 배우는 사람의
// 연습 문제이고, 다음 단계가 더한 것을 테스트가 알아본다는 증거입니다.
func TestNextStepsTestsFailOnThisStep(t *testing.T) {
	names := stepNames(t)
	for i, name := range names[1:] {
		t.Run(name+" 위의 "+names[i], func(t *testing.T) {
			output, err := testWith(t, names[i], filepath.Join(root, name, "main_test.go"))
			if err == nil {
				t.Fatalf("%s의 테스트가 %s에서 통과합니다. 더한 것을 알아보는 테스트가 없습니다", name, names[i])
			}
			added := addedTests(t, names[i], name)
			var caught []string
			for _, m := range failedTest.FindAllStringSubmatch(output, -1) {
				if added[m[1]] {
					caught = append(caught, m[1])
				}
			}
			switch {
			case len(caught) > 0:
				t.Logf("새 테스트 %d개 가운데 %d개가 실패합니다: %s", len(added), len(caught), strings.Join(caught, ", "))
			case name == "03-hub" && strings.Contains(output, "newHandler"):
				t.Log("newHandler가 아직 context를 받지 않아 컴파일되지 않습니다")
			default:
				t.Errorf("새 테스트가 하나도 실패하지 않았습니다:\n%.3000s", output)
			}
		})
	}
}

// testWith는 step의 테스트 파일을 file로 바꿔 돌립니다. 작업 나무는 건드리지 않습니다.
func testWith(t *testing.T, step, file string) (string, error) {
	t.Helper()
	abs := func(path string) string {
		p, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	target := abs(filepath.Join(root, step, "main_test.go"))
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{target: abs(file)}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, data, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-timeout=3m", "-overlay="+overlay, "./"+step)
	cmd.Dir = root
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// addedTests는 after에만 있는 테스트의 이름입니다.
func addedTests(t *testing.T, before, after string) map[string]bool {
	t.Helper()
	names := func(step string) map[string]bool {
		source, err := os.ReadFile(filepath.Join(root, step, "main_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		tests := make(map[string]bool)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(source), -1) {
			tests[m[1]] = true
		}
		return tests
	}
	added := names(after)
	for name := range names(before) {
		delete(added, name)
	}
	return added
}
