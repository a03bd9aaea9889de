package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// notes는 docs-ko 아래의 모든 노트입니다.
func (r repository) notes() (notes []string, err error) {
	err = r.walk("docs-ko", func(file string) {
		if filepath.Ext(file) == ".md" {
			notes = append(notes, file)
		}
	})
	return notes, err
}

// embedmd는 노트에 넣은 코드를 원래 파일과 맞춥니다. mode가 -w면 새로 쓰고, -d면 다른 곳을 알려 줍니다.
func (r repository) embedmd(mode string) (faults []fault, err error) {
	notes, err := r.notes()
	if err != nil {
		return nil, err
	}
	find := exec.Command("go", "tool", "-n", "embedmd")
	find.Dir = r.checks
	program, err := find.Output()
	if err != nil {
		return nil, fmt.Errorf("go tool embedmd: %w", err)
	}
	for _, note := range notes {
		out, err := exec.Command(strings.TrimSpace(string(program)), mode, r.path(note)).CombinedOutput()
		if err != nil {
			text := strings.TrimSpace(strings.ReplaceAll(string(out), r.path(note)+":", ""))
			faults = append(faults, fault{file: note, text: "넣은 코드가 파일과 다릅니다. checks 폴더에서 go run ./notes를 실행하세요\n" + text})
		}
	}
	return faults, nil
}

// directive는 embedmd 줄의 꼴입니다: [embedmd]:# (파일 언어 /시작/ /끝/)
var directive = regexp.MustCompile(`^\[embedmd\]:# \((\S+) ([a-z]+)(?: /((?:\\.|[^\\/])+)/(?: (?:/(?:\\.|[^\\/])+/|\$))?)?\)$`)

// checkDirectives는 embedmd가 말없이 지나치는 것을 찾습니다: 들여 쓴 줄, 앞이 비어 있지 않은 줄,
// \ 없는 괄호, 여러 곳에 맞는 정규식.
func (r repository) checkDirectives() (faults []fault, err error) {
	notes, err := r.allNotes()
	for _, n := range notes {
		inside := n.insideBlocks()
		for i, line := range n.lines {
			if strings.Contains(line, "[embedmd]:") && !inside[i+1] {
				if text := r.trap(n, i+1, line); text != "" {
					faults = append(faults, fault{n.file, i + 1, text})
				}
			}
		}
	}
	return faults, err
}

// trap은 embedmd 줄이 왜 잘못되었는지 말합니다. 괜찮으면 비어 있습니다.
func (r repository) trap(n *note, number int, line string) string {
	if !strings.HasPrefix(line, "[embedmd]:#") {
		return "embedmd 줄은 줄의 처음에서 시작합니다. 들여 쓰면 embedmd가 지나칩니다"
	}
	if n.above(number, 1) != "" {
		return "embedmd 줄 앞을 한 줄 비우세요. 비우지 않으면 이 줄이 글로 보입니다"
	}
	m := directive.FindStringSubmatch(line)
	if m == nil {
		return `embedmd 줄의 꼴이 아닙니다. [embedmd]:# (파일 언어 /시작/ /끝/)처럼 빈칸 하나로 나누어 적으세요`
	}
	// GitHub이 보는 대로: 링크 정의로 읽히지 않으면 글로 보입니다.
	for _, s := range n.spans {
		if s.line == number {
			return `이 줄이 글로 보입니다. 정규식의 괄호 앞에 \를 붙이세요: \( \)`
		}
	}
	path := filepath.Join(filepath.Dir(n.file), m[1])
	source, err := os.ReadFile(r.path(path))
	switch {
	case err != nil:
		return fmt.Sprintf("넣을 파일이 없습니다: %s", path)
	case strings.Contains("\n"+string(source), "\n```"):
		return fmt.Sprintf("```가 든 파일은 넣을 수 없습니다: %s", path)
	case m[3] == "":
		return ""
	}
	start, err := regexp.CompilePOSIX(m[3])
	if err != nil {
		return fmt.Sprintf("정규식이 잘못되었습니다: %v", err)
	}
	if found := len(start.FindAllIndex(source, -1)); found != 1 {
		return fmt.Sprintf("시작 정규식은 %s에 한 번만 나와야 합니다. 지금은 %d번 나옵니다: /%s/", path, found, m[3])
	}
	return ""
}

// insideBlocks는 ``` 안에 있는 줄의 번호입니다.
func (n *note) insideBlocks() map[int]bool {
	inside := make(map[int]bool)
	for _, b := range n.blocks {
		for i := range b.lines {
			inside[b.line+1+i] = true
		}
	}
	return inside
}

// source는 블록 바로 위의 embedmd 줄이 가리키는 파일입니다. 없으면 비어 있습니다.
func (n *note) sourceOf(b block) string {
	m := directive.FindStringSubmatch(n.above(b.line, 1))
	if m == nil {
		return ""
	}
	return filepath.Join(filepath.Dir(n.file), m[1])
}
