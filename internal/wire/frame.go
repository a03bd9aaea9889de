package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// 프레임의 opcode입니다. RFC 6455 5.2절.
const (
	Continuation = 0x0
	Text         = 0x1
	Binary       = 0x2
	Close        = 0x8
	Ping         = 0x9
	Pong         = 0xA
)

const (
	maxControl = 125 // 제어 프레임의 페이로드
	maxKept    = 160 // 보여 주려고 남기는 페이로드. 나머지는 세기만 함
)

// Frame은 프레임 하나입니다. 페이로드는 마스크를 풀었고 앞부분만 있습니다.
type Frame struct {
	Fin        bool
	RSV        byte // RSV1은 4, RSV2는 2, RSV3은 1
	Opcode     byte
	Message    byte // 프레임이 속한 메시지의 opcode. 없으면 0
	Masked     bool
	Key        [4]byte
	Length     uint64
	Header     int // 헤더의 바이트 수
	Payload    []byte
	Violations []string // 어긴 규칙. 없으면 nil
}

// Control은 close, ping, pong과 예약된 제어 프레임입니다.
func (f *Frame) Control() bool { return f.Opcode >= Close }

func (f *Frame) violate(format string, args ...any) {
	f.Violations = append(f.Violations, fmt.Sprintf(format, args...))
}

// Decoder는 한 방향의 바이트를 프레임으로 풉니다. 서버가 보낸 바이트라면 빈 값을
// 그대로 씁니다.
type Decoder struct {
	FromClient bool   // 클라이언트가 보낸 프레임은 마스크해야 함
	head       []byte // 모으는 중인 헤더
	current    *Frame // 페이로드를 받는 중인 프레임
	left       uint64 // 남은 페이로드
	message    byte   // 끝나지 않은 메시지의 opcode. 없으면 0
	text       textChecker
	closed     bool // 닫기 프레임이 지나감
	lost       bool // 프레임의 경계를 더는 알 수 없음
}

// Next는 p에서 프레임 하나까지 풀고 나머지를 반환합니다. 프레임이 끝나지 않았으면
// nil이고, 다음 바이트를 기다립니다.
func (d *Decoder) Next(p []byte) (f *Frame, rest []byte) {
	for d.current == nil && !d.lost && len(p) > 0 {
		d.head, p = append(d.head, p[0]), p[1:]
		if len(d.head) == headerSize(d.head) {
			d.begin()
		}
	}
	f = d.current
	if f == nil {
		return nil, nil
	}
	if d.lost {
		d.current = nil
		return f, nil
	}
	n := min(d.left, uint64(len(p)))
	d.take(p[:n])
	if d.left > 0 {
		return nil, nil
	}
	d.end()
	return f, p[n:]
}

// headerSize는 앞의 두 바이트가 알려 줍니다.
func headerSize(head []byte) int {
	if len(head) < 2 {
		return 2
	}
	size := 2
	switch head[1] & 0x7f {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if head[1]&0x80 != 0 {
		size += 4
	}
	return size
}

// begin은 다 모인 헤더를 풉니다.
func (d *Decoder) begin() {
	head := d.head
	f := &Frame{
		Fin:    head[0]&0x80 != 0,
		RSV:    head[0] >> 4 & 7,
		Opcode: head[0] & 0xf,
		Masked: head[1]&0x80 != 0,
		Length: uint64(head[1] & 0x7f),
		Header: len(head),
	}
	if f.Masked {
		copy(f.Key[:], head[len(head)-4:])
	}
	size := f.Length
	switch size {
	case 126:
		f.Length = uint64(binary.BigEndian.Uint16(head[2:]))
	case 127:
		f.Length = binary.BigEndian.Uint64(head[2:])
	}
	d.head, d.current, d.left = head[:0], f, f.Length
	d.checkLength(f, size)
	d.checkHeader(f)
	d.join(f)
}

// take는 페이로드의 앞부분을 남깁니다. 텍스트는 끝까지 UTF-8인지 봅니다.
func (d *Decoder) take(p []byte) {
	f, offset := d.current, d.current.Length-d.left
	d.left -= uint64(len(p))
	room := min(len(p), maxKept-len(f.Payload))
	if f.Message != Text {
		p = p[:room]
	}
	plain := bytes.Clone(p)
	for i := range plain {
		plain[i] ^= f.Key[(offset+uint64(i))%4] // 마스크가 없으면 키가 0입니다.
	}
	f.Payload = append(f.Payload, plain[:room]...)
	if f.Message == Text && !d.text.write(plain) {
		f.violate("텍스트가 UTF-8이 아님")
	}
}

// end는 다 온 프레임을 마무리합니다.
func (d *Decoder) end() {
	f := d.current
	d.current = nil
	if f.Opcode == Close {
		d.closed = true
		f.checkClose()
	}
	if f.Message == 0 || !f.Fin {
		return
	}
	if f.Message == Text && !d.text.whole() {
		f.violate("텍스트가 글자 중간에서 끝남")
	}
	d.message = 0
}

// textChecker는 조각나서 오는 텍스트가 UTF-8인지 봅니다.
type textChecker struct {
	tail []byte // 조각의 끝에 걸친 글자의 앞부분
	bad  bool
}

// write는 처음 어긴 곳에서만 false입니다.
func (c *textChecker) write(p []byte) bool {
	if c.bad {
		return true
	}
	rest := append(c.tail, p...)
	c.tail = nil
	for len(rest) > 0 && utf8.FullRune(rest) {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			c.bad = true
			return false
		}
		rest = rest[size:]
	}
	c.tail = bytes.Clone(rest)
	return true
}

func (c *textChecker) whole() bool { return len(c.tail) == 0 }
