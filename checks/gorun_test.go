package checks

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestGoRunMovesTheProgramWhenItsCodeChanges(t *testing.T) {
	dir := t.TempDir()
	started := func(word string) (program string) {
		source := fmt.Sprintf("package main\n\nimport \"os\"\n\nfunc main() { path, _ := os.Executable(); print(path, %q) }\n", "\n"+word)
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "run", "main.go")
		cmd.Dir = dir
		output, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		program, _, _ = strings.Cut(string(output), "\n")
		return program
	}
	word := time.Now().String() // 앞서 돌린 테스트가 남긴 빌드 캐시에 없는 코드입니다.
	first, second, third := started(word), started(word), started(word)
	if first == second || second != third {
		t.Errorf("같은 코드가 있던 자리 %q, %q, %q: 둘째부터 같아야 합니다", first, second, third)
	}
	if changed := started(word + "!"); changed == second {
		t.Errorf("바뀐 코드가 앞의 자리 %q에서 돌았습니다", changed)
	}
}
