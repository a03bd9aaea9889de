package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/width"
)

// maxColumns는 단계의 코드 한 줄의 너비입니다. 한글은 두 칸, 탭은 네 칸입니다.
const maxColumns = 110

// budgets는 파일마다 정한 최대 줄 수입니다. 앞 단계와 다를 때만 다시 적습니다. 늘리려면 먼저
// 다른 파일로 나눌 수 있는지 봅니다.
var budgets = []struct {
	step  string
	lines map[string]int
}{
	{"01-echo", map[string]int{"main.go": 65, "server.go": 115, "closing.go": 90}},
	{"02-nextreader", map[string]int{"main.go": 75, "utf8.go": 90}},
	{"03-hub", map[string]int{"main.go": 70, "hub.go": 110, "client.go": 100}},
	{"04-pingpong", map[string]int{"client.go": 140}},
	{"05-readlimit", map[string]int{"client.go": 175}},
	{"06-origin", map[string]int{"origin.go": 90}},
	{"07-otp-auth", map[string]int{"login.go": 90, "otp.go": 90}},
	{"08-wss", map[string]int{"cert.go": 90}},
	{"09-rooms", map[string]int{"hub.go": 160, "event.go": 90, "room.go": 90}},
}

// budget은 그 단계에서 그 파일의 최대 줄 수입니다. 정하지 않은 파일은 0입니다.
func budget(step, file string) (lines int) {
	for _, b := range budgets {
		if n, ok := b.lines[file]; ok {
			lines = n
		}
		if b.step == step {
			return lines
		}
	}
	return 0
}

func TestEveryFileKeepsItsBudget(t *testing.T) {
	for _, step := range stepNames(t) {
		files, err := filepath.Glob(filepath.Join(root, step, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if !isCode(path) {
				continue
			}
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range overBudget(step, filepath.Base(path), string(source)) {
				t.Error(fault)
			}
		}
	}
}

func overBudget(step, file, source string) (faults []string) {
	lines, limit := strings.Count(source, "\n"), budget(step, file)
	switch {
	case limit == 0:
		faults = append(faults, fmt.Sprintf("%s/%s: budgets에 최대 줄 수가 없습니다", step, file))
	case lines > limit:
		faults = append(faults, fmt.Sprintf("%s/%s: %d줄, 최대 %d줄", step, file, lines, limit))
	}
	n := 0
	for line := range strings.Lines(source) {
		n++
		if wide := columns(strings.TrimSuffix(line, "\n")); wide > maxColumns {
			faults = append(faults, fmt.Sprintf("%s/%s:%d: %d칸, 최대 %d칸", step, file, n, wide, maxColumns))
		}
	}
	return faults
}

// columns는 화면에서 차지하는 칸 수입니다.
func columns(line string) (n int) {
	for _, r := range line {
		switch kind := width.LookupRune(r).Kind(); {
		case r == '\t':
			n += 4
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func TestOverBudgetIsFound(t *testing.T) {
	lines := func(n int) string { return strings.Repeat("\n", n) }
	for _, tt := range []struct {
		step, file, source string
		faults             int
	}{
		{"01-echo", "main.go", lines(65), 0},
		{"01-echo", "main.go", lines(66), 1},
		{"02-nextreader", "main.go", lines(75), 0},
		{"02-nextreader", "main.go", lines(76), 1},
		{"09-rooms", "main.go", lines(70), 0},
		{"09-rooms", "main.go", lines(71), 1},
		{"08-wss", "server.go", lines(115), 0},
		{"08-wss", "server.go", lines(116), 1},
		{"05-readlimit", "closing.go", lines(90), 0},
		{"05-readlimit", "closing.go", lines(91), 1},
		{"03-hub", "client.go", lines(101), 1},
		{"04-pingpong", "client.go", lines(141), 1},
		{"08-wss", "client.go", lines(175), 0},
		{"08-wss", "client.go", lines(176), 1},
		{"08-wss", "hub.go", lines(111), 1},
		{"09-rooms", "hub.go", lines(160), 0},
		{"09-rooms", "hub.go", lines(161), 1},
		{"09-rooms", "room.go", lines(91), 1},
		{"01-echo", "utf8.go", lines(1), 1}, // 02에서 생긴 파일입니다.
		{"09-rooms", "more.go", lines(1), 1},
		{"01-echo", "main.go", strings.Repeat("a", 110) + "\n", 0},
		{"01-echo", "main.go", strings.Repeat("a", 111) + "\n", 1},
		{"01-echo", "main.go", strings.Repeat("가", 55) + "\n", 0},
		{"01-echo", "main.go", strings.Repeat("가", 55) + "a\n", 1},
		{"01-echo", "main.go", "\t" + strings.Repeat("「", 53) + "\n", 0},
		{"01-echo", "main.go", "\t" + strings.Repeat("「", 53) + "a\n", 1},
		{"01-echo", "main.go", strings.Repeat("a", 111), 1}, // 줄바꿈 없이 끝난 줄입니다.
	} {
		if faults := overBudget(tt.step, tt.file, tt.source); len(faults) != tt.faults {
			t.Errorf("%s/%s, %d줄: %q, 원한 것 %d개", tt.step, tt.file, strings.Count(tt.source, "\n"), faults, tt.faults)
		}
	}
}
