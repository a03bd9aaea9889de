package main

import (
	"fmt"
	"strings"
)

// chart는 두 단계의 메모리를 한 축에 그립니다. 앞의 것이 많이 쓰고, 뒤의 것이 적게 씁니다.
type chart struct {
	title string
	says  [2]string // 두 단계가 하는 일
}

const (
	left, right, top, bottom = 54.0, 458.0, 74.0, 290.0 // 축의 자리

	maxMiB, maxMS = 200, 3000
	sentBy        = int(messageSize / chunkSize * pace / 1_000_000) // 다 보내는 때
)

func mib(kib int) string { return fmt.Sprintf("%.1f MiB", float64(kib)/1024) }

func (g chart) describe(runs []memory) string {
	var b strings.Builder
	b.WriteString("64 MiB 메시지 하나를 2초 동안 보내며 잰 서버의 메모리.")
	for i, m := range runs {
		fmt.Fprintf(&b, " %s: %s. %s에서 시작해 최대 %s.", m.Step, g.says[i], mib(m.Before), mib(m.Peak))
		if m.Code != 0 {
			fmt.Fprintf(&b, " 닫기 코드 %d가 %.2f초에 옴.", m.Code, float64(m.CodeAt)/1000)
		}
	}
	return b.String()
}

func (g chart) draw(t theme, runs []memory) *canvas {
	c := &canvas{theme: t, title: g.title, description: g.describe(runs), height: 386}
	colors := []color{t.one, t.two}
	dashes := []string{"", ` stroke-dasharray="8 4"`}
	c.write(label{x: 16, y: 28, text: g.title, ink: t.ink, on: t.paper, size: 18, bold: true})
	c.write(label{x: 16, y: 58, text: "서버의 메모리 (MiB)", ink: t.soft, on: t.paper})

	for i, m := range runs {
		c.area(m, colors[i], dashes[i])
	}
	for v := 0; v <= maxMiB; v += 50 {
		c.put(`<path d="M%s %sH%s" stroke="%s" stroke-opacity="0.35"/>`, n(left), n(yOf(v<<10)), n(right), t.line)
		c.write(label{x: left - 8, y: yOf(v<<10) + 5, text: fmt.Sprint(v), ink: t.soft, on: t.paper, anchor: "end"})
	}
	for ms := 0; ms <= maxMS; ms += 1000 {
		c.write(label{x: xOf(ms), y: bottom + 24, text: fmt.Sprintf("%d초", ms/1000), ink: t.soft, on: t.paper, anchor: "middle"})
	}
	c.put(`<path d="M%s %sV%sH%s" fill="none" stroke="%s"/>`, n(left), n(top), n(bottom), n(right), t.line)
	c.mark(sentBy, "64 MiB를 다 보냄", "end", t.ink)
	for i, m := range runs {
		if m.Code != 0 {
			c.mark(m.CodeAt, fmt.Sprintf("닫기 코드 %d", m.Code), "start", colors[i].stroke)
		}
	}

	for i, m := range runs {
		y := bottom + 52 + float64(i)*34
		c.put(`<path d="M16 %sh30" stroke="%s" stroke-width="3"%s/>`, n(y-5), colors[i].stroke, dashes[i])
		c.write(label{x: 54, y: y, text: fmt.Sprintf("%s: %s", m.Step, g.says[i]), ink: colors[i].stroke, on: t.paper})
		c.write(label{x: right, y: y, text: "최대 " + mib(m.Peak), ink: colors[i].stroke, on: t.paper, anchor: "end", bold: true})
	}
	return c
}

// area는 잰 값을 이은 선과 그 아래입니다.
func (c *canvas) area(m memory, color color, dash string) {
	var points strings.Builder
	for _, s := range m.Samples {
		if s[0] > maxMS {
			break
		}
		fmt.Fprintf(&points, "L%s %s", n(xOf(s[0])), n(yOf(s[1])))
	}
	line := points.String()
	c.put(`<path d="M%s %s%sV%sZ" fill="%s"/>`, n(left), n(bottom), line, n(bottom), color.fill)
	c.put(`<path d="M%s" fill="none" stroke="%s" stroke-width="2.5" stroke-linejoin="round"%s/>`, line[1:], color.stroke, dash)
}

// mark는 어느 때에 있었던 일입니다.
func (c *canvas) mark(ms int, what, anchor, ink string) {
	x, dx := xOf(ms), 6.0
	if anchor == "end" {
		dx = -dx
	}
	c.put(`<path d="M%s %sV%s" stroke="%s" stroke-width="1.5" stroke-dasharray="2 3"/>`, n(x), n(top), n(bottom), ink)
	c.write(label{x: x + dx, y: top + 14, text: what, ink: ink, on: c.paper, anchor: anchor})
}

func xOf(ms int) float64  { return left + float64(ms)/maxMS*(right-left) }
func yOf(kib int) float64 { return bottom - float64(kib)/1024/maxMiB*(bottom-top) }
