package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// 다음 단계의 테스트를 이 단계에 덮어쓰면 실패해야 합니다. 그 실패가 배우는 사람의
// 연습 문제이고, 다음 단계가 더한 것을 테스트가 알아본다는 증거입니다.
func TestNextStepsTestsFailOnThisStep(t *testing.T) {
	names := stepNames(t)
	for i, name := range names[1:] {
		t.Run(name+" 위의 "+names[i], func(t *testing.T) {
			output, err := testWith(t, root, names[i], testFiles(t, name))
			if err == nil {
				t.Fatalf("%s의 테스트가 %s에서 통과합니다. 더한 것을 알아보는 테스트가 없습니다", name, names[i])
			}
			added := newTests(t, names[i], name)
			caught := failures(output, added)
			switch {
			case strings.Contains(output, "redeclared"):
				t.Errorf("베껴도 남는 %s의 테스트와 이름이 겹칩니다:\n%.3000s", names[i], output)
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

// failures는 실패한 테스트 가운데 added에 있는 것입니다.
func failures(output string, added []string) (caught []string) {
	for _, m := range failedTest.FindAllStringSubmatch(output, -1) {
		if slices.Contains(added, m[1]) {
			caught = append(caught, m[1])
		}
	}
	return caught
}

// testFiles는 단계의 테스트 파일입니다.
func testFiles(t *testing.T, step string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, step, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s의 테스트 파일 %q, %v", step, files, err)
	}
	return files
}

// testWith는 root의 step에 files를 덮어쓴 것처럼 테스트를 돌립니다. cp처럼 이름이 같은 파일은 바꾸고,
// 없던 파일은 더하고, step에만 있는 파일은 둡니다. 작업 나무는 건드리지 않습니다.
func testWith(t *testing.T, root, step string, files []string) (string, error) {
	t.Helper()
	abs := func(path string) string {
		p, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	replace := make(map[string]string)
	for _, file := range files {
		replace[abs(filepath.Join(root, step, filepath.Base(file)))] = abs(file)
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
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

// newTests는 after의 main_test.go에 있는 테스트 가운데 before에 글자까지 같은 것이 없는 것입니다.
func newTests(t *testing.T, before, after string) (names []string) {
	t.Helper()
	old := parseTests(t, before)
	for _, test := range parseTests(t, after) {
		same := func(d decl) bool { return d.name == test.name && d.text == test.text }
		if test.file == addedTests && !slices.ContainsFunc(old, same) {
			names = append(names, test.name)
		}
	}
	return names
}

// 덮어쓰기는 cp와 같아야 합니다.
func TestOverlayIsACopy(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const head = "package main\n\nimport \"testing\"\n\n"
	write("go.mod", "module try\n\ngo 1.26\n")
	write("try/main.go", "package main\n\nfunc main() {}\n")
	write("try/main_test.go", head+"func TestOld(t *testing.T) { t.Error() }\n")
	write("try/left_test.go", head+"func TestLeft(t *testing.T) { t.Error() }\n")
	replaced := write("next/main_test.go", head+"func TestReplaced(t *testing.T) { help(t) }\n")
	added := write("next/helper_test.go", head+"func help(t *testing.T) { t.Error() }\n")

	output, err := testWith(t, dir, "try", []string{replaced, added})
	want := []string{"TestLeft", "TestReplaced"}
	if caught := failures(output, []string{"TestOld", "TestLeft", "TestReplaced"}); err == nil || !slices.Equal(caught, want) {
		t.Errorf("실패한 테스트 %q, 원한 것 %q\n%s", caught, want, output)
	}
	// 지우지 않으므로, 남은 파일과 이름이 겹치면 컴파일되지 않습니다.
	twin := write("next/twin_test.go", head+"func TestLeft(t *testing.T) {}\n")
	if output, err := testWith(t, dir, "try", []string{twin}); err == nil || !strings.Contains(output, "redeclared") {
		t.Errorf("남은 파일과 겹친 이름을 잡아내지 못했습니다: %v\n%s", err, output)
	}
}
