package wire

import (
	"fmt"
	"io"
	"time"
)

// Table은 들은 것을 시각과 함께 Out에 한 줄씩 적는 [Watcher]입니다.
type Table struct {
	Out           io.Writer
	Heads, Frames bool // 핸드셰이크와 프레임 가운데 적을 것
	upgraded      bool
	titled        bool // 표의 제목을 적음
}

const (
	clock  = "15:04:05.000 "
	indent = "             "
)

func (t *Table) line(when string, sent bool, text string) {
	arrow := "←"
	if sent {
		arrow = "→"
	}
	fmt.Fprintf(t.Out, "%s%s %s\n", when, arrow, text)
}

// Head는 첫 줄에만 시각을 적습니다.
func (t *Table) Head(sent bool, lines []string) {
	when := time.Now().Format(clock)
	for _, text := range lines {
		if t.Heads {
			t.line(when, sent, text)
		}
		when = indent
	}
}

// Upgraded는 Sec-WebSocket-Accept를 계산하는 법과 값을 적습니다.
func (t *Table) Upgraded(accept string, same bool) {
	t.upgraded = true
	if !t.Heads {
		return
	}
	verdict := "응답의 값과 같습니다."
	if !same {
		verdict = "응답의 값과 다릅니다."
	}
	fmt.Fprintf(t.Out, "%sSec-WebSocket-Accept는 base64(SHA-1(Sec-WebSocket-Key + %s))입니다.\n", indent, GUID)
	fmt.Fprintf(t.Out, "%s계산한 값은 %s, %s\n\n", indent, accept, verdict)
}

func (t *Table) Frame(sent bool, f *Frame) {
	if !t.Frames {
		return
	}
	if !t.titled {
		t.titled = true
		fmt.Fprintln(t.Out, "시각           "+Title)
	}
	t.line(time.Now().Format(clock), sent, f.Row().String())
}

// Note는 연결된 다음이면 프레임에, 아니면 핸드셰이크에 딸린 일입니다.
func (t *Table) Note(sent bool, text string) {
	if t.upgraded && t.Frames || !t.upgraded && t.Heads {
		t.line(time.Now().Format(clock), sent, text)
	}
}
