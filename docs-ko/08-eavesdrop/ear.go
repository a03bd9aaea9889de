package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
)

// ear는 한 방향에서 지나가는 것 가운데 읽을 수 있는 것을 적습니다.
type ear struct {
	note      func(text string)
	encrypted bool
	upgraded  bool
	rest      []byte // 아직 다 오지 않은 프레임
}

func (e *ear) Write(b []byte) (int, error) {
	n := len(b)
	if e.encrypted {
		return n, nil
	}
	if bytes.HasPrefix(b, []byte{0x16, 0x03}) { // TLS는 handshake 레코드로 시작합니다.
		e.encrypted = true
		e.note("TLS입니다. 여기부터는 읽을 수 없습니다")
		return n, nil
	}
	if !e.upgraded {
		head, body, _ := strings.Cut(string(b), "\r\n\r\n")
		line, headers, _ := strings.Cut(head, "\r\n")
		if e.upgraded = strings.Contains(headers, "Upgrade: websocket"); !e.upgraded {
			e.note(printable(line) + " " + printable(body))
			return n, nil
		}
		e.note(printable(line))
		b = []byte(body)
	}
	e.rest = append(e.rest, b...)
	for e.frame() {
	}
	return n, nil
}

// frame은 다 온 프레임 하나를 적습니다. 마스크를 벗기는 열쇠는 바로 앞에 함께 지나갑니다.
func (e *ear) frame() bool {
	b := append(e.rest, make([]byte, 14)...) // 헤더는 14바이트까지입니다.
	length, at := int(b[1]&0x7f), 2
	switch length {
	case 126:
		length, at = int(binary.BigEndian.Uint16(b[2:])), 4
	case 127:
		length, at = int(binary.BigEndian.Uint64(b[2:])), 10
	}
	var key [4]byte
	if b[1]&0x80 != 0 {
		at += copy(key[:], b[at:])
	}
	if length < 0 || len(e.rest) < 2 || len(e.rest)-at < length {
		return false
	}
	payload := bytes.Clone(e.rest[at : at+length])
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	text := fmt.Sprintf("프레임 opcode %d, %d바이트", b[0]&0x0f, length)
	if b[0]&0x0f == 1 {
		text = "텍스트: " + printable(string(payload))
	}
	if key != [4]byte{} {
		text += fmt.Sprintf(" (마스크 %#x을 벗김)", key)
	}
	e.note(text)
	e.rest = e.rest[at+length:]
	return true
}

// printable은 화면을 어지럽히는 글자를 빼고 앞의 80자만 남깁니다.
func printable(s string) string {
	return fmt.Sprintf("%.80s", strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s))
}
