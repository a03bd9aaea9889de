package main

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// width는 뷰박스의 단위입니다. 폭이 360픽셀인 화면에서는 글자가 4분의 3으로 줄어듭니다.
const (
	width      = 480
	smallest   = 15 // 360픽셀에서 11픽셀
	fontHangul = "sans-serif"
	fontBytes  = "monospace"
)

// theme은 밝은 화면과 어두운 화면의 색입니다.
type theme struct {
	name             string
	paper, ink, soft string // 바탕, 글, 덜 중요한 글
	line             string // 축과 테두리
	one, two         color  // 비교할 두 가지
	fields           map[string]color
}

// color는 바탕과 그 위의 글, 그리고 종이 위에 바로 그을 때의 색입니다.
type color struct{ fill, ink, stroke string }

var themes = []theme{
	{
		name: "light", paper: "#ffffff", ink: "#1f2328", soft: "#59636e", line: "#818b98",
		one: color{"#ffebe0", "#8a3400", "#bc4c00"},
		two: color{"#ddf4ff", "#0a3069", "#0550ae"},
		fields: map[string]color{
			"헤더": {"#ddf4ff", "#0a3069", "#0550ae"},
			"키":  {"#fff0b8", "#533f00", "#7d6000"},
			"내용": {"#d5f5dc", "#0b4a20", "#116329"},
		},
	},
	{
		name: "dark", paper: "#0d1117", ink: "#f0f6fc", soft: "#9ea7b3", line: "#6e7681",
		one: color{"#3d1d08", "#ffc199", "#f0883e"},
		two: color{"#0c2d57", "#b9dcff", "#58a6ff"},
		fields: map[string]color{
			"헤더": {"#0c2d57", "#b9dcff", "#58a6ff"},
			"키":  {"#3f3000", "#f5dc83", "#d4a72c"},
			"내용": {"#0f3a1c", "#a5e8b4", "#3fb950"},
		},
	},
}

// canvas는 그리는 중인 그림입니다.
type canvas struct {
	theme
	title, description string
	height             int
	body               strings.Builder
	labels             []label
}

// svg는 그림 파일 전체입니다. 글꼴은 보는 사람의 것을 씁니다.
func (c *canvas) svg() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" lang="ko" aria-labelledby="title desc">`+"\n",
		width, c.height, width*3/2, c.height*3/2)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", escape(c.title), escape(c.description))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="8" fill="%s"/>`+"\n", width, c.height, c.paper)
	fmt.Fprintf(&b, "<g font-family=\"%s\" font-size=\"%d\">\n%s</g>\n</svg>\n", fontHangul, smallest, c.body.String())
	return []byte(b.String())
}

func (c *canvas) put(format string, args ...any) {
	fmt.Fprintf(&c.body, format+"\n", args...)
}

func (c *canvas) box(x, y, w, h float64, fill, stroke string) {
	c.put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, n(x), n(y), n(w), n(h), fill, stroke)
}

// label은 글 하나입니다.
type label struct {
	x, y   float64
	text   string
	ink    string
	on     string // 글이 놓인 바탕의 색. 테스트가 대비를 셉니다
	anchor string // 비었으면 왼쪽
	size   int    // 0이면 smallest
	bold   bool
	bytes  bool
}

func (c *canvas) write(l label) {
	var attributes strings.Builder
	if l.anchor != "" {
		fmt.Fprintf(&attributes, ` text-anchor="%s"`, l.anchor)
	}
	if l.size != 0 {
		fmt.Fprintf(&attributes, ` font-size="%d"`, l.size)
	}
	if l.bold {
		attributes.WriteString(` font-weight="bold"`)
	}
	if l.bytes {
		fmt.Fprintf(&attributes, ` font-family="%s"`, fontBytes)
	}
	c.labels = append(c.labels, l)
	c.put(`<text x="%s" y="%s" fill="%s"%s>%s</text>`, n(l.x), n(l.y), l.ink, attributes.String(), escape(l.text))
}

// n은 소수점 아래 한 자리까지의 수입니다.
func n(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

func escape(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text))
	return b.String()
}
