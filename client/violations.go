package main

import (
	"fmt"
	"unicode/utf8"
)

func (f *frame) violate(format string, args ...any) {
	f.violations = append(f.violations, fmt.Sprintf(format, args...))
}

// checkHeader는 헤더만 보고 알 수 있는 위반에 이름을 붙입니다. size는 둘째 바이트의
// 길이 일곱 비트입니다. RFC 6455 5.2절과 5.5절.
func (d *decoder) checkHeader(f *frame, size byte) {
	for i, bit := range []byte{4, 2, 1} {
		if f.rsv&bit != 0 {
			f.violate("RSV%d이 켜짐", i+1)
		}
	}
	switch {
	case f.opcode > opPong || f.opcode > opBinary && f.opcode < opClose:
		f.violate("예약된 opcode 0x%X", f.opcode)
	case f.control() && f.length > maxControl:
		f.violate("제어 프레임이 %d바이트를 넘음", maxControl)
	}
	if f.control() && !f.fin {
		f.violate("제어 프레임이 나뉨")
	}
	if d.fromClient && !f.masked {
		f.violate("클라이언트의 프레임에 마스크가 없음")
	}
	if !d.fromClient && f.masked {
		f.violate("서버의 프레임에 마스크가 있음")
	}
	if d.closed && !f.control() {
		f.violate("닫기 프레임 뒤에 온 데이터")
	}
	d.checkLength(f, size)
}

// checkLength는 길이의 표현을 봅니다. 맨 위 비트가 켜진 길이는 읽을 방법이 없어서
// 그 뒤로는 프레임의 경계를 알 수 없습니다.
func (d *decoder) checkLength(f *frame, size byte) {
	switch {
	case f.length >= 1<<63:
		f.violate("길이의 맨 위 비트가 켜짐, 뒤는 해독할 수 없음")
		d.lost = true
	case size == 126 && f.length < 126, size == 127 && f.length < 1<<16:
		f.violate("길이를 필요보다 길게 적음")
	}
}

// continueMessage는 데이터 프레임을 메시지에 잇습니다. 제어 프레임은 사이에 끼어도
// 메시지를 끊지 않습니다. RFC 6455 5.4절.
func (d *decoder) continueMessage(f *frame) {
	switch {
	case f.opcode == opContinuation && d.message == 0:
		f.violate("이을 메시지가 없음")
		return
	case f.opcode == opContinuation:
	case f.opcode > opBinary:
		return
	default:
		if d.message != 0 {
			f.violate("앞 메시지가 끝나지 않음")
		}
		d.message = f.opcode
		d.text = textChecker{}
	}
	f.message = d.message
}

// checkClose는 닫기 프레임의 코드와 까닭을 봅니다. RFC 6455 5.5.1절과 7.4절.
func (f *frame) checkClose() {
	code, reason := f.closeCode()
	switch {
	case f.length == 0:
		return
	case f.length == 1:
		f.violate("닫기 코드가 한 바이트뿐임")
	case !sendableCode(code):
		f.violate("프레임에 적을 수 없는 닫기 코드 %d", code)
	}
	if !f.cut() && !utf8.ValidString(reason) {
		f.violate("닫는 까닭이 UTF-8이 아님")
	}
}

// sendableCode는 IANA에 등록된 코드와 응용이 쓰는 3000번대, 4000번대입니다. 1005,
// 1006, 1015는 선에 싣지 않고 각자 붙이는 코드입니다.
func sendableCode(code int) bool {
	switch {
	case code == 1004, code == 1005, code == 1006:
		return false
	case code >= 1000 && code <= 1014:
		return true
	default:
		return code >= 3000 && code <= 4999
	}
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
	1014: "잘못된 게이트웨이",
}

// closeText는 닫기 코드와 까닭을 사람이 읽는 글로 바꿉니다. 까닭은 상대가 보낸
// 글이라 따옴표로 묶고, 제어 문자가 터미널을 흔들지 못하게 합니다.
func closeText(code int, reason string) string {
	text := fmt.Sprint(code)
	if name := closeNames[code]; name != "" {
		text += " (" + name + ")"
	}
	if reason != "" {
		text += ` "` + visible(reason) + `"`
	}
	return text
}
