package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	openingLines = 60 // 개념, 출처, 그림이 들어갈 첫 화면
	outputLines  = 10 // 없으면 일어나는 일과 실행하기의 출력
	experiments  = 3  // 깨뜨려 보기의 실험
	misbeliefs   = 6  // 흔한 오해
	questions    = 5  // 이야기할 것의 질문. 답도 같은 수
)

// outline은 단계의 노트가 갖출 제목입니다. 첫 제목 앞에는 개념과 출처와 그림이 있습니다.
func outline(step string) []string {
	changed, unsaid := "달라진 곳", "차이가 말하지 않는 것"
	if strings.HasPrefix(step, "01-") {
		changed, unsaid = "코드", "코드가 말하지 않는 것"
	}
	return []string{"없으면 일어나는 일", "실행하기", changed, unsaid, "깨뜨려 보기", "흔한 오해",
		"만날 수 있는 오류", "연습", "이야기할 것", "다음 단계"}
}

// checkShape는 단계마다 노트가 있고, 개념에서 시작해 정한 순서로 나아가는지 봅니다.
func (r repository) checkShape() (faults []fault, err error) {
	steps, err := r.steps()
	if err != nil {
		return nil, err
	}
	if notes, err := r.notes(); err != nil || len(notes) == 0 {
		return nil, err // 아직 노트가 없는 저장소입니다.
	}
	for i, step := range steps {
		file := filepath.Join("docs-ko", step+".md")
		n, err := r.note(file)
		if errors.Is(err, os.ErrNotExist) {
			faults = append(faults, fault{file: file, text: "단계의 노트가 없습니다"})
			continue
		}
		if err != nil {
			return nil, err
		}
		faults = append(faults, misshapen(n, outline(step), i+1 == len(steps))...)
	}
	return faults, nil
}

var (
	misbelief = regexp.MustCompile(`(?m)^\*\*「`)
	hint      = regexp.MustCompile(`<summary>힌트`)
	source    = regexp.MustCompile(`(?m)^> .*\]\(`)
	picture   = regexp.MustCompile("(?m)^```mermaid|<img |!\\[")
)

func misshapen(n *note, want []string, last bool) (faults []fault) {
	add := func(line int, format string, args ...any) {
		faults = append(faults, fault{n.file, line, fmt.Sprintf(format, args...)})
	}
	var have []string
	for _, h := range n.headings {
		if h.level == 2 {
			have = append(have, h.text)
		}
	}
	if !slices.Equal(have, want) {
		add(0, "## 제목이 정한 것과 다릅니다\n  지금: %s\n  정한 것: %s", strings.Join(have, " / "), strings.Join(want, " / "))
		return faults
	}
	opening, line := n.section("")
	if quoted := source.FindStringIndex(opening); quoted == nil || strings.TrimSpace(opening[:quoted[0]]) == "" || !picture.MatchString(opening[quoted[1]:]) {
		add(line, "첫 제목 앞에는 개념 한 문장, > 로 적은 출처와 링크, 그림이 그 순서로 있습니다")
	} else if lines := strings.Count(opening, "\n"); lines > openingLines {
		add(line, "첫 화면이 %d줄입니다. 최대 %d줄", lines, openingLines)
	}
	for _, b := range n.blocks {
		output := slices.DeleteFunc(slices.Clone(b.lines), func(line string) bool { return strings.HasPrefix(line, "$ ") })
		if in := n.sectionOf(b.line); slices.Contains([]string{"없으면 일어나는 일", "실행하기"}, in) &&
			(b.lang == "console" || b.lang == "text") && len(output) > outputLines && !n.folded(b.line) {
			add(b.line, "「%s」의 출력이 %d줄입니다. 최대 %d줄", in, len(output), outputLines)
		}
	}
	if text, line := n.section("흔한 오해"); len(misbelief.FindAllString(text, -1)) > misbeliefs {
		add(line, "흔한 오해는 최대 %d개입니다", misbeliefs)
	}
	if text, line := n.section("연습"); !last {
		text, _, _ = strings.Cut(text, "### 작은 연습")
		if hints := len(hint.FindAllString(text, -1)); hints < 2 || hints > 3 {
			add(line, "다음 단계를 스스로 푸는 힌트는 접어서 두세 단계로 둡니다. 지금은 %d개입니다", hints)
		}
	}
	tried := 0
	var lists []int
	for _, h := range n.headings {
		switch in := n.sectionOf(h.line); {
		case in == "깨뜨려 보기" && h.level == 3:
			tried++
		case in == "이야기할 것":
			lists = append(lists, h.lists...)
		}
	}
	if tried != experiments {
		add(0, "깨뜨려 보기의 실험(###)은 %d개입니다. 지금은 %d개입니다", experiments, tried)
	}
	if !slices.Equal(lists, []int{questions, questions}) {
		add(0, "이야기할 것에는 질문 %d개의 목록과 답 %d개의 목록이 있습니다. 지금 있는 목록의 항목: %v", questions, questions, lists)
	}
	return faults
}

// section은 ## 제목이 title인 곳의 글과 첫 줄의 번호입니다. title이 비어 있으면 첫 ## 앞입니다.
func (n *note) section(title string) (text string, line int) {
	var lines []string
	for i, text := range n.lines {
		if n.sectionOf(i+1) == title {
			lines = append(lines, text)
			if line == 0 {
				line = i + 1
			}
		}
	}
	if title == "" { // 노트의 제목은 뺍니다.
		lines = lines[min(1, len(lines)):]
	}
	return strings.Join(lines, "\n") + "\n", line
}

// sectionOf는 line이 어느 ## 제목 아래에 있는지입니다.
func (n *note) sectionOf(line int) (title string) {
	for _, h := range n.headings {
		if h.level <= 2 && h.line <= line {
			title = ""
			if h.level == 2 {
				title = h.text
			}
		}
	}
	return title
}

// folded는 line이 <details> 안에 있는지입니다.
func (n *note) folded(line int) bool {
	depth := 0
	for _, text := range n.lines[:line] {
		depth += strings.Count(text, "<details>") - strings.Count(text, "</details>")
	}
	return depth > 0
}
