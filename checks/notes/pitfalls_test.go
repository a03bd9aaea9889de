package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notTexts는 항목의 머리에 있지만 화면에 나오는 글이 아닌 것입니다.
var notTexts = []string{"Dial", "/login", "JSON.parse", "json.Unmarshal", "ReadJSON", "errors.As", "*HandshakeError", "error", "json.RawMessage"}

var (
	indexLine = regexp.MustCompile("^- \\[`(.+)`\\]\\(#([^)]+)\\)$")
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	leading   = regexp.MustCompile(`^[^\pL\pN]+`)
)

// entry는 pitfalls.md의 항목 하나입니다.
type entry struct {
	line  int
	texts []string // 제목과 「까닭」 사이에 적힌 글
	all   string
}

func pitfalls(t *testing.T) (index [][2]string, entries map[string]*entry) {
	n, err := here(t).note("docs-ko/pitfalls.md")
	must(t, err)
	entries = make(map[string]*entry)
	var e *entry
	var head bool
	for i, line := range n.lines {
		if m := indexLine.FindStringSubmatch(line); m != nil {
			index = append(index, [2]string{m[1], m[2]})
		}
		if strings.HasPrefix(line, "## ") {
			e = nil
		}
		if title, ok := strings.CutPrefix(line, "### "); ok {
			e = &entry{line: i + 1}
			head = true
			entries[anchor(title)] = e
		}
		if e == nil {
			continue
		}
		e.all += line + "\n"
		head = head && !strings.HasPrefix(line, "- ") && !strings.HasPrefix(line, "[")
		for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
			if head && !slices.Contains(notTexts, m[1]) {
				e.texts = append(e.texts, m[1])
			}
		}
	}
	return index, entries
}

// pieces는 그때마다 달라지는 …을 뺀 나머지입니다.
func pieces(text string) (pieces []string) {
	for piece := range strings.SplitSeq(text, "…") {
		if piece = strings.Trim(piece, " :'"); piece != "" {
			pieces = append(pieces, piece)
		}
	}
	return pieces
}

func TestPitfallsIndexHasEveryText(t *testing.T) {
	index, entries := pitfalls(t)
	order := func(text string) string { return strings.ToLower(leading.ReplaceAllString(text, "")) }
	for i, line := range index {
		text, to := line[0], entries[line[1]]
		if i > 0 && order(index[i-1][0]) > order(text) {
			t.Errorf("색인의 순서: %q 다음에 %q", index[i-1][0], text)
		}
		if to == nil {
			t.Errorf("색인의 %q이(가) 가리키는 항목이 없습니다: %s", text, line[1])
			continue
		}
		for _, piece := range pieces(text) {
			if !strings.Contains(to.all, piece) {
				t.Errorf("pitfalls.md:%d: 색인이 말하는 %q이(가) 항목에 없습니다", to.line, text)
			}
		}
	}
	for _, e := range entries {
		for _, text := range e.texts {
			if !slices.ContainsFunc(index, func(line [2]string) bool {
				found := true
				for _, piece := range pieces(text) {
					found = found && strings.Contains(line[0], piece)
				}
				return found
			}) {
				t.Errorf("pitfalls.md:%d: 색인에 없는 글입니다: %q", e.line, text)
			}
		}
	}
}

// 색인의 글은 테스트, 코드, 이 노트의 기록에 글자까지 그대로 나옵니다.
func TestPitfallsTextsAreProved(t *testing.T) {
	r := here(t)
	var proof strings.Builder
	must(t, r.walk(".", func(file string) {
		if !strings.HasSuffix(file, ".go") && !strings.HasPrefix(file, transcriptsDir+"/pitfalls/") || strings.HasPrefix(file, "try/") {
			return
		}
		source, err := os.ReadFile(r.path(file))
		must(t, err)
		proof.WriteString(strings.ReplaceAll(string(source), `\"`, `"`))
	}))
	index, _ := pitfalls(t)
	for _, line := range index {
		for _, piece := range pieces(line[0]) {
			if !strings.Contains(proof.String(), piece) {
				t.Errorf("테스트에도 기록에도 없는 글입니다: %q의 %q", line[0], piece)
			}
		}
	}
}
