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

var (
	testName = regexp.MustCompile(`^(?:Test|Example|Benchmark|Fuzz)[A-Z_]\w*`)
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Example|Benchmark|Fuzz)[A-Z_]\w*)\(`)

	// mention은 글에 나오는 테스트의 이름입니다. 링크라면 통째로 잡습니다.
	mention = regexp.MustCompile("\\[`((?:Test|Example|Benchmark|Fuzz)[A-Z_][^`]*)`\\]\\(([^)]*)\\)|`((?:Test|Example|Benchmark|Fuzz)[A-Z_][^`]*)`")
)

// tests는 테스트의 이름마다 그것이 있는 파일들입니다.
func (r repository) tests() (files map[string][]string, err error) {
	files = make(map[string][]string)
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
			files[string(m[1])] = append(files[string(m[1])], file)
		}
	})
	return files, errors.Join(err, failed)
}

// home은 note가 말하는 테스트가 있는 파일 하나입니다. 그 단계의 것이 먼저이고, 다음이 처음 나오는 곳입니다.
func home(note string, files []string) string {
	step := strings.TrimSuffix(filepath.Base(note), ".md") + "/"
	return slices.MinFunc(files, func(a, b string) int {
		rank := func(file string) string {
			switch {
			case strings.HasPrefix(file, step):
				return "0" + file
			case strings.HasSuffix(file, "/inherited_test.go"):
				return "2" + file
			}
			return "1" + file
		}
		return strings.Compare(rank(a), rank(b))
	})
}

// linkTests는 노트에 나오는 테스트의 이름을 그 테스트가 있는 파일에 잇습니다.
func (r repository) linkTests() error {
	notes, err := r.allNotes("README.md")
	if err != nil {
		return err
	}
	tests, err := r.tests()
	if err != nil {
		return err
	}
	for _, n := range notes {
		inside := n.insideBlocks()
		lines := slices.Clone(n.lines)
		for i, line := range lines {
			if !inside[i+1] {
				lines[i] = mention.ReplaceAllStringFunc(line, func(text string) string {
					m := mention.FindStringSubmatch(text)
					files := tests[testName.FindString(m[1]+m[3])]
					if len(files) == 0 || m[2] != "" && slices.Contains(files, filepath.Join(filepath.Dir(n.file), m[2])) {
						return text
					}
					to, err := filepath.Rel(filepath.Dir(n.file), home(n.file, files))
					if err != nil {
						return text
					}
					return fmt.Sprintf("[`%s`](%s)", m[1]+m[3], to)
				})
			}
		}
		if err := writeIfChanged(r.path(n.file), []byte(strings.Join(lines, "\n"))); err != nil {
			return err
		}
	}
	return nil
}

// checkTestNames는 노트가 말하는 테스트가 정말 있고, 그 파일에 이어져 있는지 봅니다.
func (r repository) checkTestNames() (faults []fault, err error) {
	notes, err := r.allNotes("README.md")
	if err != nil {
		return nil, err
	}
	tests, err := r.tests()
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		for _, s := range n.spans {
			name := testName.FindString(s.text)
			if !s.code || name == "" {
				continue
			}
			switch files := tests[name]; {
			case len(files) == 0:
				faults = append(faults, fault{n.file, s.line, fmt.Sprintf("이런 테스트가 없습니다: %s", name)})
			case !slices.Contains(files, filepath.Join(filepath.Dir(n.file), s.link)):
				faults = append(faults, fault{n.file, s.line, fmt.Sprintf("%s에 이어지지 않았습니다: %s. checks 폴더에서 go run ./notes를 실행하세요", home(n.file, files), name)})
			}
		}
	}
	return faults, nil
}
