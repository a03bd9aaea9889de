package main

import (
	"unicode"
	"unicode/utf8"
)

const (
	firstRoom   = "general"
	maxRoomName = 32 // 코드 포인트 수
)

// isRoomName은 나누어 쓴 글자와 보이지 않는 글자를 받지 않습니다. 그래서 한 이름을 두
// 가지로 적을 수 없습니다. 라틴 a와 키릴 а처럼 다른 글자의 닮은꼴은 구별하지 못합니다.
func isRoomName(name string) bool {
	for _, r := range name {
		if r == ' ' || !unicode.IsPrint(r) || unicode.In(r, unicode.M, invisible, lookAlike) {
			return false
		}
	}
	n := utf8.RuneCountInString(name)
	return 1 <= n && n <= maxRoomName
}

var invisible = unicode.Other_Default_Ignorable_Code_Point

// lookAlike는 NFC로 바꾸면 다른 글자가 되는 글자와 한글 자모, 빈 점자입니다. 표준
// 라이브러리에는 NFC가 없어서 고쳐 주지 않고 받지 않습니다. 페이지는 NFC로 바꿔 보냅니다.
var lookAlike = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0374, 0x0374, 1},
		{0x037e, 0x037e, 1},
		{0x0387, 0x0387, 1},
		{0x1100, 0x11ff, 1}, // 한글 자모
		{0x1f00, 0x1fff, 1}, // 고대 그리스 문자
		{0x2126, 0x2126, 1}, // 옴
		{0x212a, 0x212b, 1}, // 켈빈, 옹스트롬
		{0x2329, 0x232a, 1},
		{0x2800, 0x2800, 1}, // 빈 점자
		{0xa960, 0xa97f, 1}, // 한글 자모
		{0xd7b0, 0xd7ff, 1}, // 한글 자모
		{0xf900, 0xfaff, 1}, // 한중일 호환용 한자
	},
	R32: []unicode.Range32{{0x2f800, 0x2fa1f, 1}}, // 한중일 호환용 한자
}
