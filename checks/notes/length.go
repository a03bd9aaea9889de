package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	maxCode = 40 // 접은 곳을 뺀 줄 가운데 코드와 출력의 최대 백분율
	repeat  = 6  // 이만큼 같은 줄이 이어지면 되풀이입니다.
)

// maxLines는 접은 곳을 뺀 노트의 최대 줄 수입니다. 01은 20분, 03은 40분, 나머지는 30분에 읽습니다.
func maxLines(file string) int {
	switch name := filepath.Base(file); {
	case strings.HasPrefix(name, "01-"):
		return 250
	case strings.HasPrefix(name, "03-"):
		return 450
	}
	return 350
}

var timed = regexp.MustCompile(`^docs-ko/(\d\d-[\w-]+|client|before-websocket)\.md$`)

// checkLength는 정한 시간 안에 읽을 만큼 짧은지, 코드보다 글이 많은지 봅니다.
func (r repository) checkLength() (faults []fault, err error) {
	notes, err := r.allNotes()
	for _, n := range notes {
		if !timed.MatchString(n.file) {
			continue
		}
		lines, code := n.length()
		if limit := maxLines(n.file); lines > limit {
			faults = append(faults, fault{file: n.file, text: fmt.Sprintf("접은 곳을 빼고 %d줄입니다. 최대 %d줄", lines, limit)})
		}
		if code*100 > lines*maxCode {
			faults = append(faults, fault{file: n.file, text: fmt.Sprintf("접은 곳을 뺀 %d줄 가운데 코드가 %d줄입니다. 최대 %d%%", lines, code, maxCode)})
		}
	}
	return faults, err
}

// length는 접은 곳과 embedmd 줄을 뺀 줄 수와, 그 가운데 그림이 아닌 블록의 줄 수입니다.
func (n *note) length() (lines, code int) {
	depth := 0
	shown := make([]bool, len(n.lines)+1)
	for i, line := range n.lines {
		depth += strings.Count(line, "<details>")
		if shown[i+1] = depth == 0 && !strings.HasPrefix(line, "[embedmd]:#"); shown[i+1] {
			lines++
		}
		depth -= strings.Count(line, "</details>")
	}
	for _, b := range n.blocks {
		if b.lang != "mermaid" && shown[b.line] {
			code += len(b.lines) + 2
		}
	}
	return lines, code
}

// checkRepeats는 한 번 보인 코드나 출력을 다시 보이는 블록을 찾습니다.
func (r repository) checkRepeats() (faults []fault, err error) {
	notes, err := r.allNotes()
	first := make(map[string]span) // 이어진 줄과, 처음 나온 블록
	for _, n := range notes {
		for _, b := range n.blocks {
			if b.lang == "sh" || b.lang == "mermaid" {
				continue
			}
			here := span{line: b.line, text: n.file}
			var again *span
			lines := b.bare()
			for i := range len(lines) - repeat + 1 {
				key := strings.Join(lines[i:i+repeat], "\n")
				if before, ok := first[key]; !ok {
					first[key] = here
				} else if before != here && again == nil {
					again = &before
				}
			}
			if again != nil {
				faults = append(faults, fault{n.file, b.line, fmt.Sprintf("%s:%d에 있는 것을 다시 보입니다. 한 번만 보이고 링크하세요", again.text, again.line)})
			}
		}
	}
	return faults, err
}

// bare는 빈 줄과 들여 쓴 것과, 차이라면 앞에 붙은 부호를 뺀 줄입니다.
func (b block) bare() (lines []string) {
	for line := range strings.Lines(normalize(b.text())) {
		if b.lang == "diff" && line != "\n" {
			line = line[1:]
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
