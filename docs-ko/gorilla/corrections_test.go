package gorilla_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// 표의 줄마다 테스트가 하나는 있고, 그 이름은 말한 폴더에 있어야 합니다.
func TestEveryCorrectionNamesATestThatExists(t *testing.T) {
	rows := 0
	named := regexp.MustCompile("([\\w-]+ )?`((?:Test|Example)[A-Z_]\\w*)`")
	for line := range strings.Lines(readNote(t, "corrections")) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 || strings.HasPrefix(line, "| 흔히") {
			continue
		}
		rows++
		tests := named.FindAllStringSubmatch(cells[2], -1)
		if len(tests) == 0 {
			t.Errorf("테스트가 없는 줄입니다: %s", line)
		}
		for _, m := range tests {
			if folder := strings.TrimSpace(m[1]); !declaredIn(t, folder, m[2]) {
				t.Errorf("%q 폴더에 %s가 없습니다", folder, m[2])
			}
		}
	}
	if rows < 60 {
		t.Errorf("줄이 %d개뿐입니다. 표를 읽지 못했습니다", rows)
	}
}

// declaredIn은 저장소의 folder에 name이라는 테스트가 있는지입니다. 비었으면 이 폴더입니다.
func declaredIn(t *testing.T, folder, name string) bool {
	t.Helper()
	if folder == "" {
		folder = "docs-ko/gorilla"
	}
	files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
