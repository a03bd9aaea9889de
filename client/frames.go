package main

import (
	"encoding/binary"
	"unicode/utf8"
)

// 프레임의 opcode입니다. RFC 6455 5.2절.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

const (
	maxHeader  = 14  // 2 + 길이 8 + 마스크 4
	maxControl = 125 // 제어 프레임의 페이로드
	maxKept    = 160 // 보여 주려고 남기는 페이로드. 나머지는 세기만 함
)

// frame은 프레임 하나입니다. 페이로드는 마스크를 풀었고 앞부분만 있습니다.
type frame struct {
	fin        bool
	rsv        byte // RSV1은 4, RSV2는 2, RSV3은 1
	opcode     byte
	message    byte // 프레임이 속한 메시지의 opcode. 제어 프레임이면 0
	masked     bool
	key        [4]byte
	length     uint64
	header     int // 헤더의 바이트 수
	payload    []byte
	violations []string
}

// decoder는 한 방향의 바이트를 프레임으로 풉니다. 바이트는 어디서 잘려 와도 되고,
// 길이가 얼마라고 적혀 있어도 메모리는 maxKept까지만 씁니다.
type decoder struct {
	fromClient bool // 클라이언트가 보낸 프레임은 마스크해야 함

	head    [maxHeader]byte
	n       int    // head에 모인 바이트
	current *frame // 페이로드를 받는 중인 프레임
	left    uint64 // 남은 페이로드

	message byte // 끝나지 않은 메시지의 opcode. 없으면 0
	text    textChecker
	closed  bool // 닫기 프레임이 지나감
	lost    bool // 프레임의 경계를 더는 알 수 없음
}

// next는 p에서 프레임 하나까지 풀고 나머지를 돌려줍니다. 프레임이 끝나지 않았으면
// nil이고, 다음 바이트를 기다립니다.
func (d *decoder) next(p []byte) (*frame, []byte) {
	if d.lost {
		return nil, nil
	}
	for d.current == nil {
		if len(p) == 0 {
			return nil, nil
		}
		d.head[d.n] = p[0]
		d.n++
		p = p[1:]
		if d.n == headerSize(d.head[:d.n]) {
			d.begin()
		}
	}
	if d.lost {
		return d.current, nil
	}
	n := min(d.left, uint64(len(p)))
	d.take(p[:n])
	if d.left > 0 {
		return nil, nil
	}
	return d.end(), p[n:]
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
func (d *decoder) begin() {
	f := &frame{
		fin:    d.head[0]&0x80 != 0,
		rsv:    d.head[0] >> 4 & 7,
		opcode: d.head[0] & 0xf,
		masked: d.head[1]&0x80 != 0,
		length: uint64(d.head[1] & 0x7f),
		header: d.n,
	}
	switch f.length {
	case 126:
		f.length = uint64(binary.BigEndian.Uint16(d.head[2:]))
	case 127:
		f.length = binary.BigEndian.Uint64(d.head[2:])
	}
	if f.masked {
		copy(f.key[:], d.head[d.n-4:])
	}
	d.current, d.left, d.n = f, f.length, 0
	d.checkHeader(f, d.head[1]&0x7f)
	if !f.control() {
		d.continueMessage(f)
	}
}

// take는 페이로드의 마스크를 풀고 앞부분을 남깁니다.
func (d *decoder) take(p []byte) {
	f := d.current
	offset := f.length - d.left
	d.left -= uint64(len(p))
	if f.masked {
		p = unmask(f.key, offset, p)
	}
	if room := maxKept - len(f.payload); room > 0 {
		f.payload = append(f.payload, p[:min(room, len(p))]...)
	}
	if f.message == opText && !d.text.write(p) {
		f.violate("텍스트가 UTF-8이 아님")
	}
}

func unmask(key [4]byte, offset uint64, p []byte) []byte {
	plain := make([]byte, len(p))
	for i, b := range p {
		plain[i] = b ^ key[(offset+uint64(i))%4]
	}
	return plain
}

// end는 다 온 프레임을 내줍니다.
func (d *decoder) end() *frame {
	f := d.current
	d.current = nil
	if f.opcode == opClose {
		d.closed = true
		f.checkClose()
	}
	if f.message != 0 && f.fin {
		if f.message == opText && !d.text.end() {
			f.violate("텍스트가 글자 중간에서 끝남")
		}
		d.message = 0
	}
	return f
}

// unfinished는 끝나지 않은 채 연결이 끊긴 프레임입니다. 헤더조차 다 오지 않았으면
// 프레임 대신 온 바이트 수만 압니다.
func (d *decoder) unfinished() (f *frame, got uint64) {
	if d.lost {
		return nil, 0
	}
	if d.current == nil {
		return nil, uint64(d.n)
	}
	return d.current, d.current.length - d.left
}

func (f *frame) control() bool { return f.opcode >= opClose }

// cut은 payload가 앞부분뿐인지 말합니다.
func (f *frame) cut() bool { return uint64(len(f.payload)) < f.length }

// closeCode는 닫기 프레임의 코드와 까닭입니다. 코드가 없으면 1005입니다.
func (f *frame) closeCode() (code int, reason string) {
	if len(f.payload) < 2 {
		return 1005, ""
	}
	return int(binary.BigEndian.Uint16(f.payload)), string(f.payload[2:])
}

// textChecker는 조각나서 오는 텍스트가 UTF-8인지 봅니다. 글자가 두 조각에 걸치면
// 앞 조각의 끝을 남겨 둡니다.
type textChecker struct {
	tail []byte
	bad  bool
}

// write는 처음 어긴 곳에서만 false입니다.
func (c *textChecker) write(p []byte) bool {
	if c.bad {
		return true
	}
	rest := append(c.tail, p...)
	for len(rest) > 0 && utf8.FullRune(rest) {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			c.bad = true
			return false
		}
		rest = rest[size:]
	}
	c.tail = append([]byte(nil), rest...)
	return true
}

// end는 메시지의 끝에 글자가 남아 있으면 false입니다.
func (c *textChecker) end() bool {
	whole := c.bad || len(c.tail) == 0
	*c = textChecker{}
	return whole
}
