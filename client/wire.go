package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// wireConn은 지나가는 바이트를 trace에 보여 줍니다. TLS라면 그 안쪽에 놓습니다.
type wireConn struct {
	net.Conn
	trace *trace
}

func (c *wireConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.trace.read(p[:n], err)
	return n, err
}

// Write는 쓰기 전에 보여 줍니다. 쓴 뒤라면 그 답이 먼저 적힐 수 있습니다.
func (c *wireConn) Write(p []byte) (int, error) {
	c.trace.write(p)
	n, err := c.Conn.Write(p)
	if err != nil {
		c.trace.failedWrite(n, len(p), err)
	}
	return n, err
}

func (c *wireConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// trace는 핸드셰이크와 프레임을 표로 적습니다. 읽는 고루틴과 쓰는 고루틴이 함께 씁니다.
type trace struct {
	mu       sync.Mutex
	out      io.Writer
	colored  bool
	request  head
	response head
	sent     decoder
	received decoder
	ended    bool // 받는 쪽이 끝남
}

func newTrace(out io.Writer, colored bool) *trace {
	return &trace{out: out, colored: colored, sent: decoder{fromClient: true}}
}

func (t *trace) write(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.request.done {
		p = t.request.add(p)
		if t.request.done {
			t.printHead(sending, t.request.lines())
		}
	}
	t.printFrames(sending, &t.sent, p)
}

func (t *trace) read(p []byte, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.response.done {
		p = t.response.add(p)
		if t.response.done {
			t.printAnswer()
		}
	}
	// 101이 아니면 뒤에 오는 것은 프레임이 아니라 본문입니다.
	if t.response.done && t.response.upgraded() {
		t.printFrames(receiving, &t.received, p)
	}
	if err != nil && !t.ended {
		t.ended = true
		t.printEnd(err)
	}
}

func (t *trace) failedWrite(n, size int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note(sending, fmt.Sprintf("%d바이트 가운데 %d바이트만 나감: %v", size, n, err))
}

// head는 빈 줄로 끝나는 HTTP 요청이나 응답의 머리입니다.
type head struct {
	data []byte
	done bool
}

const maxHead = 64 << 10

// add는 머리의 끝까지 모으고 나머지를 돌려줍니다. 끝나지 않는 머리는 maxHead에서
// 끊습니다.
func (h *head) add(p []byte) (rest []byte) {
	size := len(h.data)
	h.data = append(h.data, p[:min(len(p), maxHead-size)]...)
	// 빈 줄이 두 조각에 걸칠 수 있으니 세 바이트 앞에서부터 찾습니다.
	from := max(0, size-3)
	if i := bytes.Index(h.data[from:], []byte("\r\n\r\n")); i >= 0 {
		h.data = h.data[:from+i]
		h.done = true
		return p[len(h.data)+4-size:]
	}
	h.done = len(h.data) == maxHead
	return nil
}

func (h *head) lines() []string { return strings.Split(string(h.data), "\r\n") }

// value는 이름이 name인 첫 헤더의 값입니다.
func (h *head) value(name string) string {
	for _, line := range h.lines()[1:] {
		if key, value, _ := strings.Cut(line, ":"); strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (h *head) upgraded() bool { return bytes.HasPrefix(h.data, []byte("HTTP/1.1 101")) }

// guid는 RFC 6455 1.3절이 정한 값입니다. 웹소켓을 아는 서버만 이 값을 씁니다.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + guid))
	return base64.StdEncoding.EncodeToString(sum[:])
}

type direction string

const (
	sending   direction = "→"
	receiving direction = "←"
)

const (
	clock  = "15:04:05.000"
	indent = "             " // clock과 빈칸 하나
)

// printHead는 첫 줄에만 시각을 적습니다.
func (t *trace) printHead(dir direction, lines []string) {
	prefix := time.Now().Format(clock) + " "
	for _, line := range lines {
		fmt.Fprintf(t.out, "%s%s %s\n", prefix, t.arrow(dir), visible(line))
		prefix = indent
	}
}

func (t *trace) printAnswer() {
	t.printHead(receiving, t.response.lines())
	if !t.response.upgraded() {
		return
	}
	fmt.Fprintf(t.out, "%sSec-WebSocket-Accept는 base64(SHA-1(Sec-WebSocket-Key + %s))입니다.\n", indent, guid)
	want, got := acceptKey(t.request.value("Sec-WebSocket-Key")), t.response.value("Sec-WebSocket-Accept")
	verdict := "응답의 값과 같습니다."
	if got != want {
		verdict = t.alarm("응답의 값과 다릅니다.")
	}
	fmt.Fprintf(t.out, "%s계산한 값은 %s, %s\n\n", indent, want, verdict)
	fmt.Fprintln(t.out, "시각           FIN RSV opcode       마스크      길이 헤더  내용")
}

func (t *trace) printFrames(dir direction, d *decoder, p []byte) {
	for len(p) > 0 {
		var f *frame
		f, p = d.next(p)
		if f != nil {
			t.printFrame(dir, f, payloadText(f))
		}
	}
}

func (t *trace) printFrame(dir direction, f *frame, content string) {
	fin, mask := "-", "-"
	if f.fin {
		fin = "FIN"
	}
	if f.masked {
		mask = fmt.Sprintf("%x", f.key)
	}
	if len(f.violations) > 0 {
		content += "  " + t.alarm("위반: "+strings.Join(f.violations, ", "))
	}
	row := fmt.Sprintf("%s %s %-3s %03b %s %-8s %7d %4d  %s", time.Now().Format(clock), t.arrow(dir),
		fin, f.rsv, t.paint(dir, fmt.Sprintf("%-12s", opcodeName(f.opcode))), mask, f.length, f.header, content)
	fmt.Fprintln(t.out, strings.TrimRight(row, " "))
}

// printEnd는 TCP가 어떻게 끝났는지 적습니다. 닫기 프레임 없는 끝이 1006입니다.
func (t *trace) printEnd(err error) {
	if !t.response.done && len(t.response.data) > 0 {
		t.printHead(receiving, t.response.lines())
	}
	f, got := t.received.unfinished()
	switch {
	case f != nil:
		t.printFrame(receiving, f, payloadText(f)+"  "+t.alarm(fmt.Sprintf("%d바이트만 오고 끊김", got)))
	case got > 0:
		t.note(receiving, t.alarm(fmt.Sprintf("프레임 헤더가 %d바이트만 오고 끊김", got)))
	}
	var timeout net.Error
	switch {
	case errors.Is(err, io.EOF):
		t.note(receiving, "상대가 연결을 닫음 (EOF)")
	case errors.Is(err, net.ErrClosed), errors.As(err, &timeout) && timeout.Timeout():
		// 우리가 기다리지 않기로 한 것입니다.
	default:
		t.note(receiving, fmt.Sprintf("연결이 끊김: %v", err))
	}
}

func (t *trace) note(dir direction, text string) {
	fmt.Fprintf(t.out, "%s %s %s\n", time.Now().Format(clock), t.arrow(dir), text)
}

func opcodeName(opcode byte) string {
	switch opcode {
	case opContinuation:
		return "continuation"
	case opText:
		return "text"
	case opBinary:
		return "binary"
	case opClose:
		return "close"
	case opPing:
		return "ping"
	case opPong:
		return "pong"
	default:
		return fmt.Sprintf("reserved-%x", opcode)
	}
}

// 이보다 길면 앞부분만 보여 줍니다. 09의 이벤트는 다 보입니다.
const (
	maxShownText = 160
	maxShownHex  = 16
	shortText    = 40
)

// payloadText는 텍스트는 글로, 나머지는 16진수로 보여 줍니다.
func payloadText(f *frame) string {
	switch {
	case f.opcode == opClose:
		return closeText(f.closeCode())
	case f.length == 0:
		return ""
	case f.message == opText, f.control() && utf8.Valid(f.payload):
		return quoted(f.payload, f.cut())
	default:
		return hexText(f.payload, f.cut())
	}
}

// quoted는 우리가 자를 때 글자 중간에서 자르지 않습니다. 프레임이 쪼갠 글자는 \x로
// 보입니다.
func quoted(p []byte, cut bool) string {
	if cut || len(p) > maxShownText {
		n := shortText
		for n > shortText-utf8.UTFMax && !utf8.RuneStart(p[n]) {
			n--
		}
		p, cut = p[:n], true
	}
	return `"` + visible(string(p)) + `"` + ellipsis(cut)
}

func hexText(p []byte, cut bool) string {
	if len(p) > maxShownHex {
		p, cut = p[:maxShownHex], true
	}
	return fmt.Sprintf("% x", p) + ellipsis(cut)
}

func ellipsis(cut bool) string {
	if cut {
		return "…"
	}
	return ""
}
