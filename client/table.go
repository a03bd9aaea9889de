package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// direction은 보낸 것과 받은 것을 가릅니다.
type direction struct{ arrow, color string }

var (
	sending   = direction{"→", magenta}
	receiving = direction{"←", green}
)

// 밝은 바탕과 어두운 바탕에서 모두 읽히는 색만, 몇 글자에만 씁니다.
const (
	magenta = "\x1b[35m"
	green   = "\x1b[32m"
	boldRed = "\x1b[1;31m"
	reset   = "\x1b[0m"
)

func (t *trace) paint(color, text string) string {
	if !t.colored {
		return text
	}
	return color + text + reset
}

const (
	clock  = "15:04:05.000"
	indent = "             " // clock과 빈칸 하나
)

// printHead는 첫 줄에만 시각을 적습니다.
func (t *trace) printHead(dir direction, h *head) {
	if !t.heads {
		return
	}
	first, rest, more := strings.Cut(string(h.data), "\r\n")
	t.printLine(dir, visible(first))
	for more {
		first, rest, more = strings.Cut(rest, "\r\n")
		fmt.Fprintf(t.out, "%s%s %s\n", indent, t.paint(dir.color, dir.arrow), visible(first))
	}
}

func (t *trace) printLine(dir direction, text string) {
	fmt.Fprintln(t.out, time.Now().Format(clock), t.paint(dir.color, dir.arrow), text)
}

func (t *trace) printFrames(dir direction, d *decoder, p []byte) {
	for len(p) > 0 {
		var f *frame
		if f, p = d.next(p); f != nil && t.frames {
			t.printFrame(dir, f)
		}
	}
}

// printFrame은 프레임 하나를 한 줄로 적습니다.
func (t *trace) printFrame(dir direction, f *frame) {
	if !t.titled {
		t.titled = true
		fmt.Fprintln(t.out, "시각           FIN RSV opcode       마스크      길이 헤더  내용")
	}
	fin, mask := "-", "-"
	if f.fin {
		fin = "FIN"
	}
	if f.masked {
		mask = fmt.Sprintf("%x", f.key)
	}
	name := opcodeNames[f.opcode]
	if name == "" {
		name = fmt.Sprintf("reserved-%x", f.opcode)
	}
	content := payloadText(f)
	if len(f.violations) > 0 {
		content += "  " + t.paint(boldRed, "위반: "+strings.Join(f.violations, ", "))
	}
	row := fmt.Sprintf("%-3s %03b %s %-8s %7d %4d  %s",
		fin, f.rsv, t.paint(dir.color, fmt.Sprintf("%-12s", name)), mask, f.length, f.header, content)
	t.printLine(dir, strings.TrimRight(row, " "))
}

var opcodeNames = map[byte]string{
	opContinuation: "continuation",
	opText:         "text",
	opBinary:       "binary",
	opClose:        "close",
	opPing:         "ping",
	opPong:         "pong",
}

// 페이로드가 이보다 길면 앞부분만 보여 줍니다. 09의 이벤트는 대개 다 보입니다.
const (
	maxShownHex = 16
	shortText   = 40
)

// payloadText는 텍스트는 글로, 나머지는 16진수로 보여 줍니다.
func payloadText(f *frame) string {
	switch {
	case f.opcode == opClose:
		return closeText(f.closeCode())
	case f.length == 0:
		return ""
	case f.message == opText, f.control() && utf8.Valid(f.payload):
		return textPreview(f)
	default:
		return hexPreview(f.payload, f.length)
	}
}

// textPreview는 우리가 자를 때 글자 중간에서 자르지 않습니다. 프레임이 쪼갠 글자는
// \x로 보입니다.
func textPreview(f *frame) string {
	if f.length <= uint64(len(f.payload)) {
		return `"` + visible(string(f.payload)) + `"`
	}
	n := min(shortText, len(f.payload))
	for n > 0 && n < len(f.payload) && n > shortText-utf8.UTFMax && !utf8.RuneStart(f.payload[n]) {
		n--
	}
	return `"` + visible(string(f.payload[:n])) + `"…`
}

func hexPreview(p []byte, length uint64) string {
	text := fmt.Sprintf("% x", p[:min(len(p), maxShownHex)])
	if length > maxShownHex {
		text += "…"
	}
	return text
}
