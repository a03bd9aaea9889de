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
	experiments = 3 // 깨뜨려 보기의 실험
	questions   = 5 // 이야기할 것의 질문. 답도 같은 수
)

// outline은 단계의 노트가 갖출 제목입니다.
func outline(step string) []string {
	changed := "앞 단계와 달라진 곳"
	if strings.HasPrefix(step, "01-") {
		changed = "파일"
	}
	return []string{"실행하기", "그림", changed, "코드 읽기", "gorilla 문서에서는", "깨뜨려 보기", "흔한 오해",
		"만날 수 있는 오류", "연습", "이야기할 것", "다음 단계"}
}

// checkHeadings는 단계마다 노트가 있고, 정한 제목과 실험과 질문이 있는지 봅니다.
func (r repository) checkHeadings() (faults []fault, err error) {
	steps, err := r.steps()
	if err != nil {
		return nil, err
	}
	if notes, err := r.notes(); err != nil || len(notes) == 0 {
		return nil, err // 아직 노트가 없는 저장소입니다.
	}
	for _, step := range steps {
		file := filepath.Join("docs-ko", step+".md")
		n, err := r.note(file)
		if errors.Is(err, os.ErrNotExist) {
			faults = append(faults, fault{file: file, text: "단계의 노트가 없습니다"})
			continue
		}
		if err != nil {
			return nil, err
		}
		faults = append(faults, misshapen(n, outline(step))...)
	}
	return faults, nil
}

func misshapen(n *note, want []string) (faults []fault) {
	var have []string
	var section string
	var lists []int
	tried := 0
	for _, h := range n.headings {
		if h.level <= 2 {
			section = h.text
		}
		switch {
		case h.level == 2:
			have = append(have, h.text)
		case h.level == 3 && section == "깨뜨려 보기":
			tried++
		}
		if section == "이야기할 것" {
			lists = append(lists, h.lists...)
		}
	}
	if !slices.Equal(have, want) {
		faults = append(faults, fault{file: n.file, text: fmt.Sprintf("## 제목이 정한 것과 다릅니다\n  지금: %s\n  정한 것: %s",
			strings.Join(have, " / "), strings.Join(want, " / "))})
	}
	if tried != experiments {
		faults = append(faults, fault{file: n.file, text: fmt.Sprintf("깨뜨려 보기의 실험(###)은 %d개입니다. 지금은 %d개입니다", experiments, tried)})
	}
	if !slices.Equal(lists, []int{questions, questions}) {
		faults = append(faults, fault{file: n.file, text: fmt.Sprintf("이야기할 것에는 질문 %d개의 목록과 답 %d개의 목록이 있습니다. 지금 있는 목록의 항목: %v", questions, questions, lists)})
	}
	return faults
}

var (
	testName = regexp.MustCompile(`^(?:Test|Example|Benchmark)[A-Z_]\w*`)
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Example|Benchmark)\w*)\(`)
)

// checkTestNames는 노트가 말하는 테스트가 정말 있는지 봅니다.
func (r repository) checkTestNames() (faults []fault, err error) {
	notes, err := r.allNotes("README.md")
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	var failed error
	err = r.walk(".", func(file string) {
		if !strings.HasSuffix(file, "_test.go") {
			return
		}
		source, err := os.ReadFile(r.path(file))
		if err != nil {
			failed = err
		}
		for _, m := range testFunc.FindAllSubmatch(source, -1) {
			known[string(m[1])] = true
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	for _, n := range notes {
		for _, s := range n.spans {
			if name := testName.FindString(s.text); s.code && name != "" && !known[name] {
				faults = append(faults, fault{n.file, s.line, fmt.Sprintf("이런 테스트가 없습니다: %s", name)})
			}
		}
	}
	return faults, nil
}
