package wire

import (
	"encoding/binary"
	"unicode/utf8"
)

// checkLength는 길이의 표현을 봅니다. size는 헤더의 둘째 바이트에 적힌 값입니다. 맨 위
// 비트가 켜진 길이는 읽을 방법이 없어서, 그 뒤로는 프레임의 경계를 알 수 없습니다.
func (d *Decoder) checkLength(f *Frame, size uint64) {
	if f.Length >= 1<<63 {
		f.violate("길이의 맨 위 비트가 켜짐, 뒤는 해독할 수 없음")
		d.lost = true
	}
	if size == 126 && f.Length < 126 || size == 127 && f.Length < 1<<16 {
		f.violate("길이를 필요보다 길게 적음")
	}
}

// checkHeader는 헤더만 보고 알 수 있는 위반입니다. RFC 6455 5.2절과 5.5절.
func (d *Decoder) checkHeader(f *Frame) {
	for i, bit := range []byte{4, 2, 1} {
		if f.RSV&bit != 0 {
			f.violate("RSV%d 비트가 켜짐", i+1)
		}
	}
	if _, known := opcodeNames[f.Opcode]; !known {
		f.violate("예약된 opcode 0x%X", f.Opcode)
	}
	if f.Control() && f.Length > maxControl {
		f.violate("제어 프레임이 %d바이트를 넘음", maxControl)
	}
	if f.Control() && !f.Fin {
		f.violate("제어 프레임이 나뉨")
	}
	if d.FromClient && !f.Masked {
		f.violate("클라이언트의 프레임에 마스크가 없음")
	}
	if !d.FromClient && f.Masked {
		f.violate("서버의 프레임에 마스크가 있음")
	}
	if d.closed && !f.Control() {
		f.violate("닫기 프레임 뒤에 온 데이터")
	}
}

// join은 데이터 프레임을 메시지에 잇습니다. 제어 프레임은 나뉜 메시지 사이에 끼어도
// 됩니다. RFC 6455 5.4절.
func (d *Decoder) join(f *Frame) {
	switch f.Opcode {
	case Continuation:
		if d.message == 0 {
			f.violate("이을 메시지가 없음")
		}
	case Text, Binary:
		if d.message != 0 {
			f.violate("앞 메시지가 끝나지 않음")
		}
		d.message, d.text = f.Opcode, textChecker{}
	default:
		return
	}
	f.Message = d.message
}

// checkClose는 닫기 프레임의 코드와 까닭을 봅니다. RFC 6455 5.5.1절과 7.4절.
func (f *Frame) checkClose() {
	code, reason := f.CloseCode()
	switch {
	case f.Length == 1:
		f.violate("닫기 코드가 한 바이트뿐임")
	case f.Length > 1 && !sendableCode(code):
		f.violate("프레임에 적을 수 없는 닫기 코드 %d", code)
	}
	if f.Length <= maxControl && !utf8.ValidString(reason) {
		f.violate("닫는 까닭이 UTF-8이 아님")
	}
}

// CloseCode는 닫기 프레임의 코드와 까닭입니다. 코드가 없으면 1005입니다.
func (f *Frame) CloseCode() (code int, reason string) {
	if len(f.Payload) < 2 {
		return 1005, ""
	}
	return int(binary.BigEndian.Uint16(f.Payload)), string(f.Payload[2:])
}

// sendableCode는 IANA에 등록된 코드와, 응용이 쓰는 3000번대와 4000번대입니다.
func sendableCode(code int) bool {
	switch code {
	case 1004, 1005, 1006: // 뒤의 둘은 받는 쪽이 스스로 붙입니다.
		return false
	}
	return code >= 1000 && code <= 1014 || code >= 3000 && code <= 4999
}
