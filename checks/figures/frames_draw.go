package main

import "fmt"

const (
	columnWidth = 220.0
	rowHeight   = 23.0
)

// drawFrames는 기록한 바이트를 위에서 아래로, 메시지에서 프레임을 거쳐 TCP의 바이트까지 그립니다.
func drawFrames(t theme, sent, received []frame) *canvas {
	c := &canvas{theme: t, title: "메시지, 프레임, TCP의 바이트", height: 530}
	c.description = fmt.Sprintf("메시지 「%s」이 프레임 %s와 %s로 나뉘어 TCP로 나가고, %s로 돌아온다.",
		text, spaced(sent[0].bytes()), spaced(sent[1].bytes()), spaced(received[0].bytes()))
	c.heading(28, "메시지 하나가 TCP의 바이트가 되기까지", 18)
	c.heading(62, fmt.Sprintf("① 메시지 「%s」은 UTF-8로 %d바이트입니다", text, len(text)), smallest)
	c.heading(158, "② 프레임 둘로 나누어 보냅니다", smallest)
	for i, f := range sent {
		x := 16 + float64(i)*(columnWidth+8)
		content := t.fields["내용"]
		c.box(x, 72, columnWidth, 34, content.fill, content.stroke)
		c.write(label{x: x + 24, y: 95, text: f.plain(), ink: content.ink, on: content.fill, size: 18, bold: true})
		c.write(label{x: x + 72, y: 94, text: spaced([]byte(f.plain())), ink: content.ink, on: content.fill, bytes: true})
		c.arrow(x+columnWidth/2, 110, 136)
		c.frame(x, 168, f)
		c.arrow(x+columnWidth/2, 372, 392)
	}
	stream := append(sent[0].cells(), sent[1].cells()...)
	c.heading(414, fmt.Sprintf("③ TCP에는 %d바이트가 이어져 있을 뿐입니다", len(stream)), smallest)
	c.cells(424, stream)
	reply := received[0]
	c.heading(478, "④ 돌아온 프레임은 하나이고 마스크가 없습니다", smallest)
	c.cells(488, reply.cells())
	c.write(label{x: 228, y: 507, text: fmt.Sprintf("FIN, text, %d바이트, 「%s」", len(reply.payload), reply.plain()), ink: t.ink, on: t.paper})
	return c
}

// frame은 프레임 하나의 자리들입니다. 한 상자가 헤더의 바이트 하나, 키, 내용입니다.
func (c *canvas) frame(x, y float64, f frame) {
	head, key, content := c.fields["헤더"], c.fields["키"], c.fields["내용"]
	one, two := f.header[0], f.header[1]
	y = c.rows(x, y, head, fmt.Sprintf("%02x", one), [][3]string{
		{"FIN", fmt.Sprintf("%b", one>>7), pick(one>>7 == 1, "마지막", "더 옴")},
		{"RSV", fmt.Sprintf("%03b", one>>4&7), pick(one>>4&7 == 0, "안 씀", "씀")},
		{"opcode", fmt.Sprintf("%04b", one&15), map[byte]string{0: "이어짐", 1: "text"}[one&15]},
	})
	y = c.rows(x, y, head, fmt.Sprintf("%02x", two), [][3]string{
		{"MASK", fmt.Sprintf("%b", two>>7), pick(two>>7 == 1, "있음", "없음")},
		{"길이", fmt.Sprintf("%07b", two&0x7f), fmt.Sprintf("%d바이트", two&0x7f)},
	})
	y = c.rows(x, y, key, "", [][3]string{{"마스크 키", "", ""}})
	c.write(label{x: x + 86, y: y - 7, text: spaced(f.key), ink: key.ink, on: key.fill, bytes: true})
	y = c.rows(x, y, content, "", [][3]string{{"내용", "", ""}, {"「" + f.plain() + "」의 바이트와 키의 XOR", "", ""}})
	c.write(label{x: x + 86, y: y - 7 - rowHeight, text: spaced(f.payload), ink: content.ink, on: content.fill, bytes: true})
}

// rows는 상자 하나에 이름, 비트, 뜻을 한 줄씩 적고 상자의 끝을 반환합니다.
func (c *canvas) rows(x, y float64, color color, whole string, rows [][3]string) float64 {
	height := float64(len(rows))*rowHeight + 4
	c.box(x, y, columnWidth, height, color.fill, color.stroke)
	for i, row := range rows {
		base := y + float64(i)*rowHeight + 19
		c.write(label{x: x + 8, y: base, text: row[0], ink: color.ink, on: color.fill})
		if row[1] != "" {
			c.write(label{x: x + 68, y: base, text: row[1], ink: color.ink, on: color.fill, bytes: true})
			c.write(label{x: x + 136, y: base, text: row[2], ink: color.ink, on: color.fill})
		}
	}
	if whole != "" {
		c.write(label{x: x + columnWidth - 7, y: y + height/2 + 5, text: whole, ink: color.ink, on: color.fill, anchor: "end", bold: true, bytes: true})
	}
	return y + height
}

// cell은 바이트 하나와 그것이 속한 자리입니다.
type cell struct {
	value byte
	field string
}

func (f frame) cells() (cells []cell) {
	for i, b := range f.bytes() {
		field := "내용"
		switch {
		case i < len(f.header):
			field = "헤더"
		case i < len(f.header)+len(f.key):
			field = "키"
		}
		cells = append(cells, cell{b, field})
	}
	return cells
}

func (c *canvas) cells(y float64, cells []cell) {
	const w = 448.0 / 18
	for i, cell := range cells {
		x, color := 16+float64(i)*w, c.fields[cell.field]
		c.box(x, y, w, 28, color.fill, color.stroke)
		c.write(label{x: x + w/2, y: y + 19, text: fmt.Sprintf("%02x", cell.value), ink: color.ink, on: color.fill, anchor: "middle", bytes: true})
	}
}

func (c *canvas) heading(y float64, text string, size int) {
	c.write(label{x: 16, y: y, text: text, ink: c.ink, on: c.paper, size: size, bold: true})
}

func (c *canvas) arrow(x, from, to float64) {
	c.put(`<path d="M%s %sV%sm-5 -6l5 6l5 -6" fill="none" stroke="%s" stroke-width="1.5"/>`, n(x), n(from), n(to), c.soft)
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
