package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// diffsDir는 이웃한 두 단계의 차이를 두는 곳입니다. 테스트 파일은 뺍니다.
const diffsDir = "docs-ko/diffs"

// steps는 단계의 폴더 이름을 차례대로 돌려줍니다.
func (r repository) steps() ([]string, error) {
	paths, err := filepath.Glob(r.path("[0-9][0-9]-*", "main.go"))
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	return names, err
}

// pair는 이웃한 두 단계입니다.
type pair struct{ before, after string }

// file은 뿌리에서 본 차이 파일의 경로입니다. 예: docs-ko/diffs/03-04.diff
func (p pair) file() string {
	return filepath.Join(diffsDir, p.before[:2]+"-"+p.after[:2]+".diff")
}

// note는 차이를 설명하는 노트의 경로입니다.
func (p pair) note() string { return filepath.Join("docs-ko", p.after+".md") }

func (r repository) pairs() (pairs []pair, err error) {
	steps, err := r.steps()
	for i := range len(steps) - 1 {
		pairs = append(pairs, pair{steps[i], steps[i+1]})
	}
	return pairs, err
}

// diff는 git diff --no-index가 보여 주는 두 단계의 차이에서 테스트 파일을 뺀 것입니다.
func (r repository) diff(p pair) ([]byte, error) {
	// 저장소와 사람의 설정에 흔들리지 않게, 저장소가 아닌 곳에서처럼 실행합니다.
	cmd := exec.Command("git", "--git-dir="+os.DevNull, "-c", "core.abbrev=7", "-c", "core.attributesFile="+os.DevNull,
		"diff", "--no-index", "--no-color", "--no-ext-diff", p.before, p.after)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) { // 1은 다르다는 뜻입니다.
		return nil, fmt.Errorf("git diff --no-index %s %s: %w", p.before, p.after, err)
	}
	var kept []byte
	for _, section := range split(string(out), "diff --git ") {
		if header, _, _ := strings.Cut(section, "\n"); !strings.HasSuffix(header, "_test.go") {
			kept = append(kept, section...)
		}
	}
	return kept, nil
}

// split은 prefix로 시작하는 줄마다 글을 나눕니다. 첫 prefix 앞의 것은 버립니다.
func split(text, prefix string) (parts []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, prefix) {
			parts = append(parts, "")
		}
		if len(parts) > 0 {
			parts[len(parts)-1] += line
		}
	}
	return parts
}

// writeDiffs는 차이 파일을 모두 새로 씁니다.
func (r repository) writeDiffs() error {
	pairs, err := r.pairs()
	if err != nil {
		return err
	}
	for _, p := range pairs {
		text, err := r.diff(p)
		if err != nil {
			return err
		}
		if err := writeIfChanged(r.path(p.file()), text); err != nil {
			return err
		}
	}
	return nil
}

// checkDiffs는 차이 파일이 지금의 코드와 같은지, 남는 파일이 없는지 봅니다.
func (r repository) checkDiffs() (faults []fault, err error) {
	pairs, err := r.pairs()
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	for _, p := range pairs {
		known[p.file()] = true
		text, err := r.diff(p)
		if err != nil {
			return nil, err
		}
		if saved, _ := os.ReadFile(r.path(p.file())); !bytes.Equal(saved, text) {
			faults = append(faults, fault{file: p.file(), text: "두 단계의 차이가 달라졌습니다. checks 폴더에서 go run ./notes를 실행하세요"})
		}
	}
	return faults, r.walk(diffsDir, func(file string) {
		if !known[file] {
			faults = append(faults, fault{file: file, text: "이웃한 두 단계의 차이가 아닙니다. 지우세요"})
		}
	})
}

// hunk는 차이의 한 덩어리입니다. lines의 첫 줄은 @@ 줄입니다.
type hunk struct {
	file  string // 뒤 단계의 파일
	line  int    // 차이 파일에서의 줄 번호. 1부터
	added bool   // 새 파일이라서, 노트는 코드를 함수별로 보입니다
	lines []string
}

func hunksOf(diff string) (hunks []hunk) {
	var file string
	var added, inside bool
	for i, line := range strings.Split(strings.TrimSuffix(diff, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "diff --git "):
			file, added, inside = line[strings.LastIndex(line, " b/")+3:], false, false
		case strings.HasPrefix(line, "new file "):
			added = true
		case strings.HasPrefix(line, "@@ "):
			inside = true
			hunks = append(hunks, hunk{file, i + 1, added, []string{line}})
		case inside:
			last := &hunks[len(hunks)-1]
			last.lines = append(last.lines, line)
		}
	}
	return hunks
}

// checkHunks는 두 단계의 차이가 덩어리마다 뒤 단계의 노트에 나오는지 봅니다. 가르칠 것이 없는 줄만 더한
// 덩어리와 지우기만 한 덩어리는 나오지 않아도 됩니다.
func (r repository) checkHunks() (faults []fault, err error) {
	pairs, err := r.pairs()
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		n, err := r.note(p.note())
		if errors.Is(err, os.ErrNotExist) {
			continue // 없는 노트는 checkHeadings가 알립니다.
		}
		if err != nil {
			return nil, err
		}
		diff, err := os.ReadFile(r.path(p.file()))
		if err != nil {
			return nil, err
		}
		faults = append(faults, unmentioned(p, n, string(diff))...)
	}
	return faults, nil
}

// ceremony는 어느 단계에나 있는 줄입니다: 프로그램을 소개하는 첫 줄, import, 페이지의 이름.
var ceremony = regexp.MustCompile(`^\+(\s*|// \d\d-.*|\t(_ )?"[^"]+"|<title>.*|\s*<h1>.*)$`)

func unmentioned(p pair, n *note, diff string) (faults []fault) {
	lines := strings.Split(diff, "\n")
	shown := make([]bool, len(lines))
	for _, b := range n.blocks {
		if b.lang != "diff" {
			continue
		}
		for i := range len(lines) - len(b.lines) + 1 {
			if slices.Equal(lines[i:i+len(b.lines)], b.lines) {
				for j := range b.lines {
					shown[i+j] = true
				}
			}
		}
	}
	for _, h := range hunksOf(diff) {
		if h.added {
			continue
		}
		var lesson []string // 이 덩어리가 더한, 가르칠 줄
		mentioned := false
		for i, line := range h.lines {
			if strings.HasPrefix(line, "+") && !ceremony.MatchString(line) {
				lesson = append(lesson, line)
				mentioned = mentioned || shown[h.line-1+i]
			}
		}
		if len(lesson) > 0 && !mentioned {
			faults = append(faults, fault{p.note(), 0, fmt.Sprintf(
				"%s의 달라진 덩어리가 diff 블록에 없습니다 (%s:%d). go run ./notes -hunks %s로 넣을 줄을 봅니다\n%s\n%s",
				h.file, p.file(), h.line, p.after, h.lines[0], lesson[0])})
		}
	}
	return faults
}

// printHunks는 step이 앞 단계와 달라진 덩어리마다, 노트에 붙여 넣을 embedmd 줄을 찍습니다.
func (r repository) printHunks(step string) error {
	pairs, err := r.pairs()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.after == step })
	if i < 0 {
		return fmt.Errorf("앞 단계가 있는 단계의 이름을 적으세요. 예: -hunks 03-hub. 적은 것: %q", step)
	}
	p := pairs[i]
	diff, err := r.diff(p)
	if err != nil {
		return err
	}
	for _, h := range hunksOf(string(diff)) {
		fmt.Printf("%s %s\n\n", h.file, h.lines[0])
		if h.added {
			fmt.Print("  새 파일입니다. 노트에는 코드를 함수별로 넣습니다.\n\n")
			continue
		}
		start, end := h.anchors(string(diff))
		fmt.Printf("[embedmd]:# (%s diff /%s/ /%s/)\n\n", filepath.Join("diffs", filepath.Base(p.file())), start, end)
	}
	return nil
}

// anchors는 이 덩어리만 잡는 두 정규식입니다. 줄 번호는 위쪽을 고칠 때마다 바뀌므로 쓰지 않습니다.
func (h hunk) anchors(diff string) (start, end string) {
	start = `^@@ .*`
	if _, context, _ := strings.Cut(h.lines[0][2:], "@@ "); context != "" {
		start += "@@ " + quote(context)
	}
	for _, line := range h.lines[1:] {
		if len(regexp.MustCompilePOSIX(start+`$`).FindAllStringIndex(diff, 2)) == 1 {
			break
		}
		start += `\n` + quote(line)
	}
	text := strings.Join(h.lines, "\n") + "\n"
	for i := len(h.lines) - 1; i > 0; i-- {
		if end != "" {
			end = `\n` + end
		}
		end = quote(h.lines[i]) + end
		if loc := regexp.MustCompilePOSIX(`^` + end + `$`).FindStringIndex(text); loc[1] == len(text)-1 {
			break
		}
	}
	return start + `$`, `^` + end + `$`
}

// quote는 줄을 embedmd의 정규식으로 적습니다. 괄호까지 \를 붙이므로 Markdown에서도 글로 보이지 않습니다.
func quote(line string) string {
	return strings.NewReplacer(`/`, `\/`, "\t", `\t`).Replace(regexp.QuoteMeta(line))
}
