package gorilla_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// 표의 줄마다 테스트가 하나는 있고, 링크한 파일에 그 이름이 있어야 합니다.
func TestEveryCorrectionNamesATestThatExists(t *testing.T) {
	rows := 0
	linked := regexp.MustCompile("\\[`((?:Test|Example)[A-Z_]\\w*)`\\]\\(([^)]+)\\)")
	for line := range strings.Lines(readNote(t, "corrections")) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 || strings.HasPrefix(line, "| 흔히") {
			continue
		}
		rows++
		tests := linked.FindAllStringSubmatch(cells[2], -1)
		if len(tests) == 0 {
			t.Errorf("링크한 테스트가 없는 줄입니다: %s", line)
		}
		for _, m := range tests {
			source, err := os.ReadFile(filepath.FromSlash(m[2]))
			if err != nil || !strings.Contains(string(source), "\nfunc "+m[1]+"(") {
				t.Errorf("%s에 %s가 없습니다: %v", m[2], m[1], err)
			}
		}
	}
	if rows < 60 {
		t.Errorf("줄이 %d개뿐입니다. 표를 읽지 못했습니다", rows)
	}
}
