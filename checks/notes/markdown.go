package main

import (
	"bytes"
	"os"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// note는 Markdown 파일 하나입니다.
type note struct {
	file     string // 뿌리에서 본 경로
	source   []byte
	lines    []string
	blocks   []block
	headings []heading
	spans    []span // 글 안의 코드와 보이는 글
}

// block은 ```로 두른 코드입니다.
type block struct {
	line  int // ``` 줄. 1부터
	lang  string
	lines []string
}

func (b block) text() string { return strings.Join(b.lines, "\n") }

// heading은 제목 하나와, 다음 제목 앞까지 있는 목록마다의 항목 수입니다.
type heading struct {
	line, level int
	text        string
	lists       []int
}

// span은 한 줄 안의 글입니다. link는 그것을 감싼 링크가 가리키는 곳이고, 링크가 아니면 비어 있습니다.
type span struct {
	line int
	code bool
	text string
	link string
}

func (r repository) note(file string) (*note, error) {
	source, err := os.ReadFile(r.path(file))
	if err != nil {
		return nil, err
	}
	return parseNote(file, source), nil
}

func parseNote(file string, source []byte) *note {
	n := &note{file: file, source: source, lines: strings.Split(string(source), "\n")}
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	ast.Walk(doc, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			n.add(node)
		}
		return ast.WalkContinue, nil
	})
	return n
}

func (n *note) add(node ast.Node) {
	switch node := node.(type) {
	case *ast.FencedCodeBlock:
		b := block{lang: string(node.Language(n.source))}
		switch {
		case node.Info != nil:
			b.line = n.lineOf(node.Info.Segment.Start)
		case node.Lines().Len() > 0:
			b.line = n.lineOf(node.Lines().At(0).Start) - 1
		}
		for i := range node.Lines().Len() {
			segment := node.Lines().At(i)
			b.lines = append(b.lines, strings.TrimSuffix(string(segment.Value(n.source)), "\n"))
		}
		n.blocks = append(n.blocks, b)
	case *ast.Heading:
		if node.Lines().Len() > 0 {
			segment := node.Lines().At(0)
			n.headings = append(n.headings, heading{line: n.lineOf(segment.Start), level: node.Level, text: string(segment.Value(n.source))})
		}
	case *ast.List:
		if len(n.headings) > 0 && node.Parent().Kind() == ast.KindDocument {
			last := &n.headings[len(n.headings)-1]
			last.lists = append(last.lists, node.ChildCount())
		}
	case *ast.Text:
		s := span{line: n.lineOf(node.Segment.Start), text: string(node.Segment.Value(n.source))}
		parent := node.Parent()
		if parent.Kind() == ast.KindCodeSpan {
			s.code, parent = true, parent.Parent()
		}
		if link, ok := parent.(*ast.Link); ok {
			s.link = string(link.Destination)
		}
		n.spans = append(n.spans, s)
	}
}

// lineOf는 offset이 있는 줄의 번호입니다.
func (n *note) lineOf(offset int) int {
	return 1 + bytes.Count(n.source[:offset], []byte("\n"))
}

// above는 line에서 back만큼 위에 있는 줄입니다.
func (n *note) above(line, back int) string {
	if i := line - 1 - back; i >= 0 {
		return n.lines[i]
	}
	return ""
}

// allNotes는 docs-ko의 노트와 files를 모두 읽습니다.
func (r repository) allNotes(files ...string) (notes []*note, err error) {
	names, err := r.notes()
	if err != nil {
		return nil, err
	}
	for _, name := range append(names, files...) {
		n, err := r.note(name)
		if err != nil {
			return nil, err
		}
		notes = append(notes, n)
	}
	return notes, nil
}
