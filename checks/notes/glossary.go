package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

const glossaryFile = "docs-ko/glossary.md"

// term은 용어집의 낱말 하나입니다. 이름은 굵은 글씨이고, 첫 자리는 다음 줄에 있습니다.
//
//	**허브**(hub): …
//	처음 나오는 곳: [03-hub](03-hub.md). 찾을 때: …
type term struct {
	line          int
	section, name string
	place         string // 지금 적힌 링크
}

var (
	termLine  = regexp.MustCompile(`^\*\*([^*]+)\*\*.*: `)
	placeLine = regexp.MustCompile(`^처음 나오는 곳: (\[[^]]+\]\([^)]+\)|\S*)\. 찾을 때: `)
)

func termsOf(n *note) (terms []term) {
	var section string
	for i, line := range n.lines {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = title
		}
		m := termLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		t := term{line: i + 1, section: section, name: m[1]}
		if i+1 < len(n.lines) {
			if place := placeLine.FindStringSubmatch(n.lines[i+1]); place != nil {
				t.place = place[1]
			}
		}
		terms = append(terms, t)
	}
	return terms
}

// writeGlossary는 용어집의 「처음 나오는 곳」을 노트에서 찾아 새로 씁니다.
func (r repository) writeGlossary() error {
	n, terms, places, err := r.glossary()
	if n == nil || err != nil {
		return err
	}
	for i, t := range terms {
		if t.place != "" && places[i] != "" {
			n.lines[t.line] = strings.Replace(n.lines[t.line], t.place, places[i], 1)
		}
	}
	return writeIfChanged(r.path(glossaryFile), []byte(strings.Join(n.lines, "\n")))
}

// checkGlossary는 용어집의 낱말이 가나다순인지, 「처음 나오는 곳」에 그 말이 정말 처음 나오는지 봅니다. 다음 단계를 미리
// 말하는 「연습」과 「다음 단계」는 치지 않습니다.
func (r repository) checkGlossary() (faults []fault, err error) {
	n, terms, places, err := r.glossary()
	if n == nil || err != nil {
		return nil, err
	}
	for i, t := range terms {
		if i > 0 && terms[i-1].section == t.section && strings.ToLower(terms[i-1].name) >= strings.ToLower(t.name) {
			faults = append(faults, fault{n.file, t.line, fmt.Sprintf("%s은(는) %s보다 앞에 놓입니다", t.name, terms[i-1].name)})
		}
		switch {
		case t.place == "":
			faults = append(faults, fault{n.file, t.line, fmt.Sprintf("%s의 다음 줄은 「처음 나오는 곳: [노트](노트.md). 찾을 때: …」입니다", t.name)})
		case places[i] == "":
			faults = append(faults, fault{n.file, t.line, fmt.Sprintf("아무 노트에도 없는 말입니다: %s", t.name)})
		case t.place != places[i]:
			faults = append(faults, fault{n.file, t.line + 1, fmt.Sprintf("%s이(가) 처음 나오는 곳은 %s입니다. checks 폴더에서 go run ./notes를 실행하세요", t.name, places[i])})
		}
	}
	return faults, nil
}

// glossary는 용어집의 낱말과, 낱말마다 처음 나오는 곳의 링크입니다. 용어집이 없으면 n이 nil입니다.
func (r repository) glossary() (n *note, terms []term, places []string, err error) {
	n, err = r.note(glossaryFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, nil, nil
	}
	if err != nil {
		return nil, nil, nil, err
	}
	terms = termsOf(n)
	files, err := r.readingOrder()
	if err != nil {
		return nil, nil, nil, err
	}
	places = make([]string, len(terms))
	for _, file := range files {
		reading, err := r.note(file)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, p := range passagesOf(reading) {
			for i, t := range terms {
				if places[i] == "" && !p.ahead() && p.says(t.name) {
					places[i] = p.link()
				}
			}
		}
	}
	return n, terms, places, nil
}

// readingOrder는 읽는 순서대로 놓은 노트입니다. 웹소켓 이전, 단계, 그 밖의 노트가 이어집니다. 다른 노트를 가리키기만
// 하는 글은 없습니다.
func (r repository) readingOrder() ([]string, error) {
	files, err := r.notes()
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(file string) bool {
		return slices.Contains([]string{"README.md", "glossary.md", "study-guide.md"}, filepath.Base(file))
	})
	rank := func(file string) int {
		switch name := filepath.Base(file); {
		case name == "before-websocket.md":
			return 0
		case filepath.Dir(file) == "docs-ko" && unicode.IsDigit(rune(name[0])):
			return 1
		case name == "pitfalls.md":
			return 3
		default:
			return 2
		}
	}
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	return files, nil
}

// passage는 제목, 문단, 목록의 한 항목, 표의 한 칸입니다. 코드 블록과 그림은 아닙니다.
type passage struct {
	file    string
	chapter string // 그것이 있는 ## 제목. 첫 제목 앞이면 ""
	section string // 가장 가까운 ##나 ### 제목
	prose   string // 인라인 코드를 뺀 글
	all     string // 인라인 코드까지 든 글
}

func passagesOf(n *note) (passages []passage) {
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(n.source))
	var chapter, section string
	ast.Walk(doc, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || node.Type() != ast.TypeBlock || node.FirstChild() == nil || node.FirstChild().Type() != ast.TypeInline {
			return ast.WalkContinue, nil
		}
		p := passage{file: n.file}
		p.all, p.prose = inlineText(node, n.source)
		if h, ok := node.(*ast.Heading); ok && (h.Level == 2 || h.Level == 3) {
			section = p.all
			if h.Level == 2 {
				chapter = section
			}
		}
		p.chapter, p.section = chapter, section
		passages = append(passages, p)
		return ast.WalkSkipChildren, nil
	})
	return passages
}

// ahead는 다음 단계를 미리 말하거나 뒤의 글을 가리키기만 하는 곳입니다. 낱말을 설명하는 것은 그 뒤의 글입니다.
func (p passage) ahead() bool {
	return slices.Contains([]string{"연습", "다음 단계", "색인"}, p.chapter)
}

// inlineText는 node 안의 글입니다. 두 줄에 걸친 말은 빈칸으로 잇습니다.
func inlineText(node ast.Node, source []byte) (all, prose string) {
	var a, p strings.Builder
	ast.Walk(node, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := node.(*ast.Text)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		s := string(t.Segment.Value(source))
		if t.SoftLineBreak() || t.HardLineBreak() {
			s += " "
		}
		a.WriteString(s)
		if _, code := node.Parent().(*ast.CodeSpan); code {
			s = "`"
		}
		p.WriteString(s)
		return ast.WalkContinue, nil
	})
	return a.String(), p.String()
}

// says는 글에 그 낱말이 있는지 봅니다. 로마자로 된 이름은 인라인 코드에 있어도 됩니다.
func (p passage) says(name string) bool {
	prose := p.prose
	if name[0] < utf8.RuneSelf {
		prose = p.all
	}
	for from := 0; ; {
		i := strings.Index(prose[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(prose[:start])
		if !isWord(before) && endsWord(name, prose[end:]) {
			return true
		}
		from = end
	}
}

func isWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' }

// particle은 한 글자 낱말 뒤에 올 수 있는 조사입니다. 「방」은 「방식」이 아닙니다.
var particle = regexp.MustCompile(`^(?:은|는|이|가|을|를|의|에|에서|에게|으로|로|과|와|도|만|마다|까지|부터|이다|입니다|이고)(?:[^\pL]|$)`)

func endsWord(name, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "" || !isWord(next):
		return true
	case utf8.RuneCountInString(name) == 1:
		return particle.MatchString(rest)
	default:
		return unicode.Is(unicode.Hangul, next) // 조사나 「하다」
	}
}

// link는 용어집에서 이 글로 가는 링크입니다.
func (p passage) link() string {
	file, _ := filepath.Rel(filepath.Dir(glossaryFile), p.file)
	name := strings.TrimSuffix(file, ".md")
	if p.section == "" {
		return fmt.Sprintf("[%s](%s)", name, file)
	}
	title := strings.NewReplacer("[", "", "]", "").Replace(p.section)
	return fmt.Sprintf("[%s, %s](%s#%s)", name, title, file, anchor(p.section))
}

// anchor는 GitHub가 제목에 붙이는 이름입니다.
func anchor(title string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ':
			return '-'
		case unicode.IsLetter(c) || unicode.IsDigit(c) || c == '-' || c == '_':
			return unicode.ToLower(c)
		default:
			return -1
		}
	}, title)
}
