package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// handwritten은 손으로 적어도 되는 블록의 언어입니다. 나머지는 embedmd로 넣습니다.
var handwritten = []string{"go", "sh", "text", "mermaid", "js", "html", "json"}

// exempt는 바로 위 또는 한 줄 띄운 위에서, 왜 넣지 않았는지 말하는 주석입니다.
var (
	foreignCode    = regexp.MustCompile(`^<!-- 저장소에 없는 코드: \S.* -->$`)
	foreignCommand = regexp.MustCompile(`^<!-- 여기서 실행하지 않는 명령: \S.* -->$`)
)

func (n *note) exempt(b block, mark *regexp.Regexp) bool {
	return mark.MatchString(n.above(b.line, 1)) || n.above(b.line, 1) == "" && mark.MatchString(n.above(b.line, 2))
}

// checkBlocks는 코드 블록이 저장소에서 온 것인지 봅니다.
func (r repository) checkBlocks() (faults []fault, err error) {
	notes, err := r.allNotes()
	if err != nil {
		return nil, err
	}
	sources, err := r.sources()
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		for _, b := range n.blocks {
			if text := typedBlock(n, b, sources); text != "" {
				faults = append(faults, fault{n.file, b.line, text})
			}
		}
	}
	return faults, nil
}

func typedBlock(n *note, b block, sources map[string]string) string {
	from := n.sourceOf(b)
	switch b.lang {
	case "console":
		if !strings.HasPrefix(from, transcriptsDir+"/") {
			return "console 블록은 docs-ko/transcripts의 기록을 embedmd로 넣습니다"
		}
	case "diff":
		if filepath.Ext(from) != ".diff" {
			return "diff 블록은 docs-ko/diffs나 docs-ko/solutions의 파일을 embedmd로 넣습니다"
		}
	}
	if from != "" {
		return ""
	}
	if !slices.Contains(handwritten, b.lang) {
		return fmt.Sprintf("%q 블록은 손으로 적지 않습니다. embedmd로 넣거나 언어를 %s 가운데에서 고르세요", b.lang, strings.Join(handwritten, ", "))
	}
	if b.lang == "go" && !n.exempt(b, foreignCode) {
		return "Go 코드는 embedmd로 넣습니다. 이 저장소에 없는 코드라면 위에 <!-- 저장소에 없는 코드: 까닭 -->을 적으세요"
	}
	if b.lang != "sh" && b.lang != "mermaid" {
		for _, name := range slices.Sorted(maps.Keys(sources)) {
			if copied(b.text(), sources[name]) {
				return fmt.Sprintf("%s에 있는 코드입니다. embedmd로 넣으세요", name)
			}
		}
	}
	if b.lang == "text" && strings.Contains("\n"+b.text(), "\n$ ") {
		return "터미널에 보이는 것은 스크립트로 기록하고 console 블록에 넣습니다"
	}
	return ""
}

// copied는 두 줄 이상의 text가 source에 그대로 있는지 봅니다. 들여 쓴 것은 따지지 않습니다.
func copied(text, source string) bool {
	text = flatten(text)
	return strings.Contains(strings.TrimSpace(text), "\n") && strings.Contains("\n"+source, "\n"+text)
}

func flatten(text string) string {
	var flat strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text) + "\n") {
		flat.WriteString(strings.TrimSpace(line) + "\n")
	}
	return flat.String()
}

// sources는 노트에 넣을 수 있는 모든 코드입니다. 들여 쓴 것은 폅니다.
func (r repository) sources() (map[string]string, error) {
	sources := make(map[string]string)
	var failed error
	err := r.walk(".", func(file string) {
		switch filepath.Ext(file) {
		case ".go", ".html", ".mjs":
			source, err := os.ReadFile(r.path(file))
			if err != nil {
				failed = err
			}
			sources[file] = flatten(string(source))
		}
	})
	return sources, errors.Join(err, failed)
}
