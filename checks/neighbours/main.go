// neighbours는 이웃한 단계들의 관계를 확인합니다. 함께 가진 것은 글자까지 같아야 하고, 다른 것에는
// 저마다 까닭이 있어야 합니다. 실행하면 단계마다 파일의 줄 수를 세어 CONTRIBUTING.md에 적습니다.
//
//	go run ./neighbours
package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const contributing = "CONTRIBUTING.md"

// 표는 이 두 줄 사이에 있습니다.
const tableBegin, tableEnd = "<!-- 줄 수: checks에서 go run ./neighbours -->\n", "<!-- 줄 수의 끝 -->\n"

func main() {
	if err := update(".."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// update는 CONTRIBUTING.md의 표를 지금의 줄 수로 바꿉니다.
func update(root string) error {
	page := filepath.Join(root, contributing)
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	table, err := lineTable(root)
	if err != nil {
		return err
	}
	updated, err := replaceTable(string(text), table)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(updated), 0o644)
}

func replaceTable(page, table string) (string, error) {
	before, rest, opened := strings.Cut(page, tableBegin)
	_, after, closed := strings.Cut(rest, tableEnd)
	if !opened || !closed {
		return "", fmt.Errorf("%s에 %q과 %q이 있어야 합니다", contributing, tableBegin, tableEnd)
	}
	return before + tableBegin + "\n" + table + "\n" + tableEnd + after, nil
}

// lineTable은 모든 단계의 모든 파일의 줄 수와, 앞 단계에서 달라진 줄 수의 표입니다.
func lineTable(root string) (string, error) {
	names, err := stepsIn(root)
	if err != nil {
		return "", err
	}
	counts := make(map[string]map[string]int) // 파일 → 단계 → 줄 수
	code := make(map[string]int)              // 단계 → 테스트가 아닌 Go의 줄 수
	for _, name := range names {
		files, err := os.ReadDir(filepath.Join(root, name))
		if err != nil {
			return "", err
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(root, name, f.Name()))
			if err != nil {
				return "", err
			}
			if counts[f.Name()] == nil {
				counts[f.Name()] = make(map[string]int)
			}
			n := bytes.Count(text, []byte("\n"))
			counts[f.Name()][name] = n
			if isCode(f.Name()) {
				code[name] += n
			}
		}
	}
	var b strings.Builder
	row := func(title string, cell func(i int) string) {
		b.WriteString("| " + title + " |")
		for i := range names {
			b.WriteString(" " + cell(i) + " |")
		}
		b.WriteString("\n")
	}
	row("파일", func(i int) string { return names[i][:2] })
	b.WriteString("|---|" + strings.Repeat("--:|", len(names)) + "\n")
	for _, file := range inOrder(slices.Collect(maps.Keys(counts))) {
		row(file, func(i int) string {
			if n, ok := counts[file][names[i]]; ok {
				return strconv.Itoa(n)
			}
			return ""
		})
	}
	row("테스트를 뺀 Go", func(i int) string { return strconv.Itoa(code[names[i]]) })
	changes := make([]string, len(names))
	for i := range names[1:] {
		if changes[i+1], err = changed(root, names[i], names[i+1]); err != nil {
			return "", err
		}
	}
	row("그 가운데 앞 단계와 달라진 줄", func(i int) string { return changes[i] })
	return b.String(), nil
}

// isCode는 배우는 사람이 읽는 Go 파일인지 봅니다.
func isCode(file string) bool {
	return strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go")
}

// inOrder는 어느 단계에나 있는 세 파일을 앞에, 페이지와 테스트를 뒤에 둡니다.
func inOrder(files []string) []string {
	first := []string{"main.go", "server.go", "closing.go"}
	rank := func(file string) int {
		if i := slices.Index(first, file); i >= 0 {
			return i
		}
		switch {
		case isCode(file):
			return len(first)
		case !strings.HasSuffix(file, ".go"):
			return len(first) + 1
		}
		return len(first) + 2
	}
	slices.SortFunc(files, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return files
}

var goFile = regexp.MustCompile(`\w+\.go\b`)

// changed는 git이 세는 더한 줄과 뺀 줄입니다. 페이지와 테스트는 세지 않습니다.
func changed(root, before, after string) (string, error) {
	cmd := exec.Command("git", "diff", "--no-index", "--no-renames", "--numstat", before, after)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 { // 1은 다르다는 뜻입니다.
		return "", fmt.Errorf("git diff %s %s: %w", before, after, err)
	}
	var added, removed int
	for line := range strings.Lines(string(out)) {
		var plus, minus int
		if _, err := fmt.Sscan(line, &plus, &minus); err != nil {
			return "", fmt.Errorf("git diff --numstat: %q: %w", line, err)
		}
		if isCode(goFile.FindString(line)) {
			added, removed = added+plus, removed+minus
		}
	}
	return fmt.Sprintf("+%d −%d", added, removed), nil
}

func stepsIn(root string) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(root, "[0-9][0-9]-*"))
	if err != nil || len(dirs) != 9 {
		return nil, fmt.Errorf("단계 %q, %v", dirs, err)
	}
	for i := range dirs {
		dirs[i] = filepath.Base(dirs[i])
	}
	return dirs, nil
}
