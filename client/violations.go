package main

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// checkLength는 길이의 표현을 봅니다. size는 헤더의 둘째 바이트에 적힌 값입니다. 맨 위
// 비트가 켜진 길이는 읽을 방법이 없어서, 그 뒤로는 프레임의 경계를 알 수 없습니다.
func (d *decoder) checkLength(f *frame, size uint64) {
	if f.length >= 1<<63 {
		f.violate("길이의 맨 위 비트가 켜짐, 뒤는 해독할 수 없음")
		d.lost = true
	}
	if size == 126 && f.length < 126 || size == 127 && f.length < 1<<16 {
		f.violate("길이를 필요보다 길게 적음")
	}
}

// checkHeader는 헤더만 보고 알 수 있는 위반입니다. RFC 6455 5.2절과 5.5절.
func (d *decoder) checkHeader(f *frame) {
	for i, bit := range []byte{4, 2, 1} {
		if f.rsv&bit != 0 {
			f.violate("RSV%d 비트가 켜짐", i+1)
		}
	}
	if _, known := opcodeNames[f.opcode]; !known {
		f.violate("예약된 opcode 0x%X", f.opcode)
	}
	if f.control() && f.length > maxControl {
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
}

// join은 데이터 프레임을 메시지에 잇습니다. 제어 프레임은 나뉜 메시지 사이에 끼어도
// 됩니다. RFC 6455 5.4절.
func (d *decoder) join(f *frame) {
	switch f.opcode {
	case opContinuation:
		if d.message == 0 {
			f.violate("이을 메시지가 없음")
		}
	case opText, opBinary:
		if d.message != 0 {
			f.violate("앞 메시지가 끝나지 않음")
		}
		d.message, d.text = f.opcode, textChecker{}
	default:
		return
	}
	f.message = d.message
}

// checkClose는 닫기 프레임의 코드와 까닭을 봅니다. RFC 6455 5.5.1절과 7.4절.
func (f *frame) checkClose() {
	code, reason := f.closeCode()
	switch {
	case f.length == 1:
		f.violate("닫기 코드가 한 바이트뿐임")
	case f.length > 1 && !sendableCode(code):
		f.violate("프레임에 적을 수 없는 닫기 코드 %d", code)
	}
	if f.length <= maxControl && !utf8.ValidString(reason) {
		f.violate("닫는 까닭이 UTF-8이 아님")
	}
}

// closeCode는 닫기 프레임의 코드와 까닭입니다. 코드가 없으면 1005입니다.
func (f *frame) closeCode() (code int, reason string) {
	if len(f.payload) < 2 {
		return 1005, ""
	}
	return int(binary.BigEndian.Uint16(f.payload)), string(f.payload[2:])
}

// sendableCode는 IANA에 등록된 코드와, 응용이 쓰는 3000번대와 4000번대입니다.
func sendableCode(code int) bool {
	switch code {
	case 1004, 1005, 1006: // 뒤의 둘은 받는 쪽이 스스로 붙입니다.
		return false
	}
	return code >= 1000 && code <= 1014 || code >= 3000 && code <= 4999
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

// closeText는 닫기 코드와 까닭을 사람이 읽는 글로 바꿉니다.
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
