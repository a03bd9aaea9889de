package main

import (
	"io"
	"unicode/utf8"
)

// utf8Reader는 흘러가는 글이 UTF-8인지 봅니다. 글자 하나가 두 Read에 걸칠 수
// 있습니다.
type utf8Reader struct {
	r    io.Reader
	text []byte // 다 오지 않은 글자, 3바이트 이하
}

func (u *utf8Reader) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.text = append(u.text, p[:n]...)
	rest := u.text
	for len(rest) > 0 && (utf8.FullRune(rest) || err == io.EOF) {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 { // U+FFFD를 정말 보냈으면 3바이트입니다.
			return 0, errNotUTF8
		}
		rest = rest[size:]
	}
	u.text = append(u.text[:0], rest...)
	return n, err
}
