package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// elsewhere는 스크립트 대신 다른 곳에서 실행하는 명령과, 그것을 실행하는 곳입니다.
var elsewhere = map[string]string{
	"go test ./...": ".ci/run이 단계와 테스트 전체를 확인합니다",
}

// plan은 스크립트 하나에 적힌 명령과 기록과 풀이입니다.
type plan struct {
	commands  []string
	saves     []string // 뿌리에서 본 기록의 경로
	solutions []string
}

// planOf는 스크립트를 실행하지 않고 읽습니다.
func (r repository) planOf(script string) (plan, error) {
	source, err := os.ReadFile(script)
	if err != nil {
		return plan{}, err
	}
	var p plan
	name := strings.TrimSuffix(filepath.Base(script), ".txtar")
	for line := range strings.Lines(string(txtar.Parse(source).Comment)) {
		args := words(strings.TrimSpace(line))
		switch {
		case len(args) == 3 && (args[0] == "open" || args[0] == "run"):
			p.commands = append(p.commands, args[2])
		case len(args) == 3 && args[0] == "save":
			p.saves = append(p.saves, filepath.Join(transcriptsDir, name, args[2]))
		}
		p.solutions = append(p.solutions, solutionIn.FindAllString(line, -1)...)
	}
	return p, nil
}

var solutionIn = regexp.MustCompile(`docs-ko/solutions/[\w./-]+\.diff`)

// words는 testscript처럼 줄을 나눕니다. 작은따옴표 안의 ”는 작은따옴표 하나입니다.
func words(line string) (args []string) {
	var arg strings.Builder
	var quoted, started bool
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'' && quoted && i+1 < len(line) && line[i+1] == '\'':
			arg.WriteByte(c)
			i++
		case c == '\'':
			quoted, started = !quoted, true
		case c == '#' && !quoted:
			i = len(line)
		case (c == ' ' || c == '\t') && !quoted:
			if started {
				args = append(args, arg.String())
			}
			arg.Reset()
			started = false
		default:
			arg.WriteByte(c)
			started = true
		}
	}
	if started {
		args = append(args, arg.String())
	}
	return args
}

// plans는 모든 스크립트에 적힌 것을 모읍니다.
func (r repository) plans() (all plan, err error) {
	scripts, err := r.scripts("")
	if err != nil {
		return plan{}, err
	}
	for _, script := range scripts {
		p, err := r.planOf(script)
		if err != nil {
			return plan{}, err
		}
		all.commands = append(all.commands, p.commands...)
		all.saves = append(all.saves, p.saves...)
		all.solutions = append(all.solutions, p.solutions...)
	}
	return all, nil
}

// checkCommands는 노트와 README에 보인 명령을 실행하는 스크립트가 있는지 봅니다. go doc은 지금 실행합니다.
func (r repository) checkCommands() (faults []fault, err error) {
	notes, err := r.allNotes("README.md")
	if err != nil {
		return nil, err
	}
	all, err := r.plans()
	if err != nil {
		return nil, err
	}
	shown := make(map[string]string) // go doc 명령과 그 잘못
	for _, n := range notes {
		for _, c := range commandsIn(n) {
			switch {
			case strings.HasPrefix(c.text, "go doc "):
				if _, done := shown[c.text]; !done {
					shown[c.text] = r.failure(c.text)
				}
				if text := shown[c.text]; text != "" {
					faults = append(faults, fault{n.file, c.line, text})
				}
			case !slices.Contains(all.commands, c.text) && elsewhere[c.text] == "":
				faults = append(faults, fault{n.file, c.line, fmt.Sprintf("아무 스크립트도 실행하지 않는 명령입니다: %s", c.text)})
			}
		}
	}
	return faults, nil
}

// mustRun은 어떤 블록에 있어도 실행해야 하는 명령입니다.
var mustRun = regexp.MustCompile(`^(?:\$ )?((?:go (?:run|test|doc)|git diff|curl) .*)`)

// commandsIn은 손으로 적은 블록에 있는 명령과, 글에 나오는 go doc입니다.
func commandsIn(n *note) (commands []span) {
	for _, b := range n.blocks {
		if n.sourceOf(b) != "" {
			continue
		}
		script := b.lang == "sh" && !n.exempt(b, foreignCommand)
		for _, c := range joined(b) {
			if m := mustRun.FindStringSubmatch(c.text); m != nil {
				c.text = m[1]
			} else if !script || c.text == "" || strings.HasPrefix(c.text, "#") {
				continue
			}
			commands = append(commands, c)
		}
	}
	for _, s := range n.spans {
		if s.code && strings.HasPrefix(s.text, "go doc ") {
			commands = append(commands, s)
		}
	}
	return commands
}

var comment = regexp.MustCompile(`\s+#\s.*$`)

// joined는 블록의 줄에서 \로 이어진 줄을 붙이고 줄 끝의 설명을 뗍니다.
func joined(b block) (lines []span) {
	open := false
	for i, line := range b.lines {
		if !open {
			lines = append(lines, span{line: b.line + 1 + i})
		}
		last := &lines[len(lines)-1]
		line, open = strings.CutSuffix(comment.ReplaceAllString(line, ""), `\`)
		last.text += strings.TrimSpace(line)
		if open {
			last.text = strings.TrimSpace(last.text) + " "
		}
	}
	return lines
}

// failure는 command를 뿌리에서 실행하고, 실패하면 그 까닭을 반환합니다.
func (r repository) failure(command string) string {
	cmd := exec.Command("bash", "-c", command)
	cmd.Dir = r.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Sprintf("%s: %v\n%s", command, err, out)
	}
	return ""
}

// checkTranscripts는 기록마다 그것을 쓰는 스크립트와 보이는 노트가 있는지, 풀이마다 스크립트가 있는지 봅니다.
func (r repository) checkTranscripts() (faults []fault, err error) {
	notes, err := r.allNotes()
	if err != nil {
		return nil, err
	}
	all, err := r.plans()
	if err != nil {
		return nil, err
	}
	embedded := make(map[string]bool)
	for _, n := range notes {
		for _, b := range n.blocks {
			embedded[n.sourceOf(b)] = true
		}
	}
	err = r.walk(transcriptsDir, func(file string) {
		switch {
		case !slices.Contains(all.saves, file):
			faults = append(faults, fault{file: file, text: "이 기록을 쓰는 스크립트가 없습니다. 지우세요"})
		case len(notes) > 0 && !embedded[file]:
			faults = append(faults, fault{file: file, text: "이 기록을 넣은 노트가 없습니다"})
		}
	})
	return faults, errors.Join(err, r.walk("docs-ko/solutions", func(file string) {
		if !slices.Contains(all.solutions, file) {
			faults = append(faults, fault{file: file, text: "이 풀이를 적용해 보는 스크립트가 없습니다"})
		}
	}))
}
