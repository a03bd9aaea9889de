package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// prose는 링크와 낱말을 살피는 모든 글입니다.
func (r repository) prose() (files []string, err error) {
	files, err = r.notes()
	for _, file := range []string{"README.md", "CONTRIBUTING.md"} {
		if _, err := os.Stat(r.path(file)); err == nil {
			files = append(files, file)
		}
	}
	return files, err
}

// node는 checks에 설치한 도구를 실행합니다. 도구가 잘못을 찾으면 종료 상태 1로 끝냅니다.
func (r repository) node(input []byte, args ...string) (stdout, stderr []byte, err error) {
	if _, err := os.Stat(filepath.Join(r.checks, "node_modules/textlint")); err != nil {
		return nil, nil, errors.New("노트를 살필 도구가 없습니다. checks 폴더에서 npm ci를 실행하세요")
	}
	cmd := exec.Command("node", args...)
	cmd.Dir = r.checks
	cmd.Stdin = bytes.NewReader(input)
	var report bytes.Buffer
	cmd.Stderr = &report
	stdout, err = cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", args[0], err, report.Bytes())
	}
	return stdout, report.Bytes(), err
}

// paths는 뿌리에서 본 경로를 진짜 경로로 바꿉니다.
func (r repository) paths(files []string) (paths []string) {
	for _, file := range files {
		paths = append(paths, r.path(file))
	}
	return paths
}

// relative는 도구가 말한 경로를 뿌리에서 본 경로로 바꿉니다.
func (r repository) relative(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.checks, path)
	}
	if file, err := filepath.Rel(r.root, path); err == nil {
		return file
	}
	return path
}

// linkFault는 remark가 알리는 한 줄입니다: 5:20-5:31  warning Cannot find …
var linkFault = regexp.MustCompile(`^\s*(\d+):\d+(?:-\d+:\d+)?\s+(?:warning|error)\s+(.*?)\s+\S+\s+remark-validate-links:\S+$`)

var linkSummary = regexp.MustCompile(`^\S \d+ (warning|error)s?`)

// checkLinks는 링크가 가리키는 파일과 제목이 있는지 remark-validate-links로 봅니다.
func (r repository) checkLinks() (faults []fault, err error) {
	files, err := r.prose()
	if err != nil {
		return nil, err
	}
	args := []string{"node_modules/remark-cli/cli.js", "--no-config", "--no-ignore", "--no-color", "--no-stdout", "--frail", "--quiet",
		"--use", fmt.Sprintf("remark-validate-links=repository:false,root:%q", r.root)}
	_, report, err := r.node(nil, append(args, r.paths(files)...)...)
	if err != nil {
		return nil, err
	}
	var file string
	for line := range strings.Lines(string(report)) {
		line = strings.TrimRight(line, "\n")
		switch m := linkFault.FindStringSubmatch(line); {
		case m != nil:
			number, _ := strconv.Atoi(m[1])
			faults = append(faults, fault{file, number, "닿지 않는 링크입니다: " + m[2]})
		case strings.HasSuffix(line, ".md"):
			file = r.relative(line)
		case strings.TrimSpace(line) != "" && !linkSummary.MatchString(line):
			return nil, fmt.Errorf("remark의 말을 읽지 못했습니다:\n%s", report)
		}
	}
	return faults, nil
}

// checkDiagrams는 Mermaid 그림이 읽히는지 mermaid로 봅니다.
func (r repository) checkDiagrams() (faults []fault, err error) {
	notes, err := r.allNotes("README.md")
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, n := range notes {
		for _, b := range n.blocks {
			if b.lang == "mermaid" {
				texts = append(texts, b.text())
				faults = append(faults, fault{file: n.file, line: b.line})
			}
		}
	}
	input, err := json.Marshal(texts)
	if err != nil || len(texts) == 0 {
		return nil, err
	}
	output, report, err := r.node(input, "notes/mermaid.mjs")
	if err != nil {
		return nil, err
	}
	var reasons []string
	if err := json.Unmarshal(output, &reasons); err != nil || len(reasons) != len(texts) {
		return nil, fmt.Errorf("mermaid의 말을 읽지 못했습니다: %w\n%s%s", err, output, report)
	}
	var broken []fault
	for i, reason := range reasons {
		if reason != "" {
			faults[i].text = "읽히지 않는 그림입니다: " + reason
			broken = append(broken, faults[i])
		}
	}
	return broken, nil
}

// checkWords는 쓰지 않기로 한 말이 있는지 textlint와 words.yml로 봅니다.
func (r repository) checkWords() (faults []fault, err error) {
	files, err := r.prose()
	if err != nil {
		return nil, err
	}
	args := []string{"node_modules/textlint/bin/textlint.js", "--config", "notes/textlintrc.json", "--format", "json"}
	output, report, err := r.node(nil, append(args, r.paths(files)...)...)
	if err != nil {
		return nil, err
	}
	var results []struct {
		FilePath string
		Messages []struct {
			Line    int
			Message string
		}
	}
	if err := json.Unmarshal(output, &results); err != nil {
		return nil, fmt.Errorf("textlint의 말을 읽지 못했습니다: %w\n%s%s", err, output, report)
	}
	for _, result := range results {
		for _, m := range result.Messages {
			faults = append(faults, fault{r.relative(result.FilePath), m.Line, "쓰지 않기로 한 말입니다: " + m.Message})
		}
	}
	return faults, nil
}
