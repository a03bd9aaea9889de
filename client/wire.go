package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
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
		c.trace.note(sending, fmt.Sprintf("%d바이트 가운데 %d바이트만 나감: %v", len(p), n, err))
	}
	return n, err
}

// trace는 핸드셰이크나 프레임을, 또는 둘 다 적습니다. 읽는 고루틴과 쓰는 고루틴이 함께 쓰므로
// 잠급니다.
type trace struct {
	mu       sync.Mutex
	out      io.Writer
	colored  bool
	heads    bool // 핸드셰이크를 적음
	frames   bool // 프레임을 적음
	request  head
	response head
	upgraded bool
	titled   bool // 표의 제목을 적음
	sent     decoder
	received decoder
	ended    bool // 받는 쪽이 끝남
}

func newTrace(out io.Writer, colored, heads, frames bool) *trace {
	return &trace{out: out, colored: colored, heads: heads, frames: frames, sent: decoder{fromClient: true}}
}

func (t *trace) write(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest, complete := t.request.add(p)
	if complete {
		t.printHead(sending, &t.request)
	}
	t.printFrames(sending, &t.sent, rest)
}

func (t *trace) read(p []byte, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest, complete := t.response.add(p)
	if complete {
		t.printHead(receiving, &t.response)
		t.printAccept()
	}
	if t.upgraded { // 아니면 뒤에 오는 것은 프레임이 아니라 본문입니다.
		t.printFrames(receiving, &t.received, rest)
	}
	if err != nil && !t.ended {
		t.ended = true
		if t.showing() {
			t.printEnd(err)
		}
	}
}

func (t *trace) note(dir direction, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.showing() {
		t.printLine(dir, text)
	}
}

// showing은 지금 오가는 것을 적을지입니다. 핸드셰이크가 끝나기 전과 뒤가 다릅니다.
func (t *trace) showing() bool {
	if t.upgraded {
		return t.frames
	}
	return t.heads
}

// head는 빈 줄로 끝나는 HTTP 요청이나 응답의 머리입니다.
type head struct {
	data []byte
	done bool
}

const maxHead = 64 << 10

// add는 머리를 모읍니다. 이번에 끝났으면 complete이고, rest는 머리 뒤의 바이트입니다.
func (h *head) add(p []byte) (rest []byte, complete bool) {
	if h.done {
		return p, false
	}
	h.data = append(h.data, p...)
	data, rest, found := bytes.Cut(h.data, []byte("\r\n\r\n"))
	h.done = found || len(h.data) > maxHead // 끝나지 않는 머리는 그만 모읍니다.
	if h.done {
		h.data = data
	}
	return rest, h.done
}

// reader는 모은 머리를 net/http로 읽게 합니다.
func (h *head) reader() *bufio.Reader {
	return bufio.NewReader(strings.NewReader(string(h.data) + "\r\n\r\n"))
}

// guid는 RFC 6455 1.3절이 정한 값입니다.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// printAccept는 서버가 웹소켓을 아는지 확인하는 셈을 보여 줍니다.
func (t *trace) printAccept() {
	req, err := http.ReadRequest(t.request.reader())
	if err != nil {
		return
	}
	resp, err := http.ReadResponse(t.response.reader(), req)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		return
	}
	t.upgraded = true
	if !t.heads {
		return
	}
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + guid))
	want := base64.StdEncoding.EncodeToString(sum[:])
	verdict := "응답의 값과 같습니다."
	if resp.Header.Get("Sec-WebSocket-Accept") != want {
		verdict = t.paint(boldRed, "응답의 값과 다릅니다.")
	}
	fmt.Fprintf(t.out, "%sSec-WebSocket-Accept는 base64(SHA-1(Sec-WebSocket-Key + %s))입니다.\n", indent, guid)
	fmt.Fprintf(t.out, "%s계산한 값은 %s, %s\n\n", indent, want, verdict)
}

// printEnd는 TCP가 어떻게 끝났는지 적습니다. 닫기 프레임 없는 끝이 1006입니다.
func (t *trace) printEnd(err error) {
	if !t.response.done && len(t.response.data) > 0 {
		t.printHead(receiving, &t.response)
	}
	if f := t.received.current; f != nil {
		f.violate("%d바이트만 오고 끊김", f.length-t.received.left)
		t.printFrame(receiving, f)
	} else if n := len(t.received.head); n > 0 {
		t.printLine(receiving, t.paint(boldRed, fmt.Sprintf("위반: 헤더가 %d바이트만 오고 끊김", n)))
	}
	var timeout net.Error
	switch {
	case errors.Is(err, io.EOF):
		t.printLine(receiving, "상대가 연결을 닫음 (EOF)")
	case errors.Is(err, net.ErrClosed), errors.As(err, &timeout) && timeout.Timeout():
		// 우리가 더 기다리지 않은 것입니다.
	default:
		t.printLine(receiving, fmt.Sprintf("연결이 끊김: %v", err))
	}
}
