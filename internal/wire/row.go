package wire

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Title은 [Row.String]이 적는 표의 제목입니다.
const Title = "FIN RSV opcode       마스크      길이 헤더  내용"

// Row는 표의 한 줄입니다. 색을 입히거나 웹 페이지의 표에 넣으려면 칸을 하나씩 씁니다.
type Row struct {
	Fin, RSV, Opcode, Mask, Length, Header string

	Content    string // 텍스트는 글, 나머지는 16진수. 길면 앞부분
	Violations string // "위반: "으로 시작. 없으면 빈 글
}

// Row는 프레임을 사람이 읽는 칸으로 나눕니다.
func (f *Frame) Row() Row {
	r := Row{
		Fin:     "-",
		RSV:     fmt.Sprintf("%03b", f.RSV),
		Opcode:  opcodeNames[f.Opcode],
		Mask:    "-",
		Length:  strconv.FormatUint(f.Length, 10),
		Header:  strconv.Itoa(f.Header),
		Content: f.content(),
	}
	if f.Fin {
		r.Fin = "FIN"
	}
	if r.Opcode == "" {
		r.Opcode = fmt.Sprintf("reserved-%X", f.Opcode)
	}
	if f.Masked {
		r.Mask = fmt.Sprintf("%x", f.Key)
	}
	if len(f.Violations) > 0 {
		r.Violations = "위반: " + strings.Join(f.Violations, ", ")
	}
	return r
}

// String은 칸을 제목에 맞추어 한 줄로 적습니다.
func (r Row) String() string {
	line := fmt.Sprintf("%-3s %s %-12s %-8s %7s %4s  %s", r.Fin, r.RSV, r.Opcode, r.Mask, r.Length, r.Header, r.Content)
	if r.Violations != "" {
		line += "  " + r.Violations
	}
	return strings.TrimRight(line, " ")
}

var opcodeNames = map[byte]string{
	Continuation: "continuation",
	Text:         "text",
	Binary:       "binary",
	Close:        "close",
	Ping:         "ping",
	Pong:         "pong",
}

// 페이로드가 이보다 길면 앞부분만 보여 줍니다. 09의 이벤트는 대개 다 보입니다.
const (
	maxShownHex = 16
	shortText   = 40
)

func (f *Frame) content() string {
	switch {
	case f.Opcode == Close:
		return CloseText(f.CloseCode())
	case f.Length == 0:
		return ""
	case f.Message == Text, f.Control() && utf8.Valid(f.Payload):
		return f.text()
	default:
		return Hex(f.Payload, f.Length)
	}
}

// text는 우리가 자를 때 글자 중간에서 자르지 않습니다. 프레임이 쪼갠 글자는 \x로
// 보입니다.
func (f *Frame) text() string {
	if f.Length <= uint64(len(f.Payload)) {
		return `"` + Visible(string(f.Payload)) + `"`
	}
	n := min(shortText, len(f.Payload))
	for n > 0 && n < len(f.Payload) && n > shortText-utf8.UTFMax && !utf8.RuneStart(f.Payload[n]) {
		n--
	}
	return `"` + Visible(string(f.Payload[:n])) + `"…`
}

// Hex는 length바이트 가운데 앞부분을 16진수로 적습니다.
func Hex(p []byte, length uint64) string {
	text := fmt.Sprintf("% x", p[:min(len(p), maxShownHex)])
	if length > maxShownHex {
		text += "…"
	}
	return text
}

var closeNames = map[int]string{
	1000: "정상 종료",
	1001: "떠남",
	1002: "프로토콜 위반",
	1003: "받지 않는 종류",
	1005: "코드 없음",
	1006: "닫기 프레임 없이 끊김",
	1007: "UTF-8이 아님",
	1008: "규칙 위반",
	1009: "너무 큰 메시지",
	1010: "확장이 필요함",
	1011: "서버의 오류",
	1012: "다시 시작함",
	1013: "나중에 다시",
}

// CloseText는 닫기 코드와 까닭을 사람이 읽는 글로 바꿉니다.
func CloseText(code int, reason string) string {
	text := fmt.Sprint(code)
	if name := closeNames[code]; name != "" {
		text += " (" + name + ")"
	}
	if reason != "" {
		text += ` "` + Visible(reason) + `"`
	}
	return text
}

// Visible은 남이 보낸 글이 화면을 지우거나 줄을 지어내지 못하게 합니다. 보이지 않는
// 글자와 UTF-8이 아닌 바이트를 \로 적습니다.
func Visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r), r == '\u200d': // 이어 붙인 그림 글자에 든 것
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
