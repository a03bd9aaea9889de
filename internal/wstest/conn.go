package wstest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// Conn은 실패하면 테스트를 멈추는 클라이언트입니다.
type Conn struct {
	*websocket.Conn
	Patience time.Duration // 다음 메시지나 닫기를 기다리는 시간
	server   *Server
	t        testing.TB
}

// Close는 닫기 프레임 없이 끊습니다.
func (c *Conn) Close() error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	delete(c.server.conns, c)
	return c.Conn.Close()
}

// Fatalf는 이 연결을 연 테스트를 멈춥니다.
func (c *Conn) Fatalf(format string, args ...any) {
	c.t.Helper()
	c.t.Fatalf(format, args...)
}

// Send는 텍스트 메시지 하나를 보냅니다.
func (c *Conn) Send(text string) {
	c.t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatalf("보내기: %v", err)
	}
}

// Write는 프레임을 손보지 않고 그대로 내보냅니다.
func (c *Conn) Write(frames ...Frame) {
	c.t.Helper()
	c.NetConn().SetWriteDeadline(time.Now().Add(patience))
	for _, f := range frames {
		if _, err := c.NetConn().Write(f.Bytes()); err != nil {
			c.t.Fatalf("프레임 쓰기: %v", err)
		}
	}
}

// Ready는 서버가 이 연결을 읽기 시작할 때까지, 곧 허브에 등록될 때까지 기다립니다.
// 핸드셰이크의 응답은 그보다 먼저 옵니다.
func (c *Conn) Ready() {
	c.t.Helper()
	c.Write(Frame{Opcode: websocket.PingMessage})
	c.NetConn().SetReadDeadline(time.Now().Add(patience))
	var pong [2]byte
	if _, err := io.ReadFull(c.NetConn(), pong[:]); err != nil || pong != [2]byte{0x80 | websocket.PongMessage, 0} {
		c.t.Fatalf("서버가 읽지 않습니다: ping에 온 것 % x, %v, 원한 것 pong(8a 00)", pong, err)
	}
}

// Next는 다음 메시지의 종류와 내용입니다.
func (c *Conn) Next() (messageType int, message []byte) {
	c.t.Helper()
	c.SetReadDeadline(time.Now().Add(c.Patience))
	messageType, message, err := c.ReadMessage()
	if err != nil {
		c.t.Fatalf("메시지를 기다렸지만 오지 않았습니다: %v", err)
	}
	return messageType, message
}

// Try는 다음 텍스트 메시지를 기다립니다. 오지 않거나 텍스트가 아니어도 테스트를 멈추지 않습니다.
func (c *Conn) Try() (string, error) {
	c.SetReadDeadline(time.Now().Add(c.Patience))
	messageType, message, err := c.ReadMessage()
	if err == nil && messageType != websocket.TextMessage {
		err = fmt.Errorf("메시지 종류 %d, 원한 것 텍스트", messageType)
	}
	return string(message), err
}

// Receive는 다음 텍스트 메시지입니다.
func (c *Conn) Receive() string {
	c.t.Helper()
	message, err := c.Try()
	if err != nil {
		c.t.Fatalf("메시지를 기다렸지만 오지 않았습니다: %v", err)
	}
	return message
}

// WantText는 다음 메시지가 text이기를 요구합니다.
func (c *Conn) WantText(text string) {
	c.t.Helper()
	if got := c.Receive(); got != text {
		c.t.Fatalf("받은 것 %.100q, 원한 것 %.100q", got, text)
	}
}

// Drain은 연결이 끝날 때까지 읽고, 받은 메시지의 수와 끝낸 오류를 반환합니다.
func (c *Conn) Drain() (messages int, err error) {
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return messages, err
		}
		messages++
	}
}

// WantClose는 남은 메시지를 건너뛰고, 서버가 code로 닫기를 요구합니다.
func (c *Conn) WantClose(code int) {
	c.t.Helper()
	c.SetReadDeadline(time.Now().Add(c.Patience))
	messages, err := c.Drain()
	if CloseCode(err) != code {
		c.t.Fatalf("닫기 코드 %d이(가) 와야 하는데 메시지 %d개 뒤에 이렇게 끝났습니다: %v", code, messages, err)
	}
}

// Leave는 1000으로 닫고 서버의 답을 기다립니다.
func (c *Conn) Leave() {
	c.t.Helper()
	c.Write(Close(websocket.CloseNormalClosure, ""))
	c.WantClose(websocket.CloseNormalClosure)
	c.Close()
}

// Reset은 닫기 프레임도 FIN도 없이 RST로 끊습니다.
func (c *Conn) Reset() {
	c.NetConn().(*net.TCPConn).SetLinger(0)
	c.Close()
}

// Break는 메모리의 연결을 끊고, 서버의 읽기가 err로 끝나게 합니다.
func (c *Conn) Break(err error) {
	c.NetConn().(pipeEnd).fault.Store(&err)
	c.Close()
}

// Vanish는 메모리의 연결을 컴퓨터가 꺼진 것처럼 끊습니다. 서버의 읽기는 운영 체제가
// 답을 기다리다 포기했을 때의 오류로 끝납니다.
func (c *Conn) Vanish() {
	c.Break(&net.OpError{Op: "read", Net: "pipe", Err: os.NewSyscallError("read", syscall.ETIMEDOUT)})
}

// CloseCode는 읽기 오류에 든 닫기 코드입니다. 없으면 0입니다.
func CloseCode(err error) int {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return closed.Code
	}
	return 0
}

// Frame은 RFC 6455 5.2절의 프레임입니다. 영값은 FIN이 있고 마스크한 빈 프레임입니다.
type Frame struct {
	Opcode   byte
	More     bool // FIN을 뺍니다
	RSV      byte // RSV1은 4, RSV2는 2, RSV3은 1
	Unmasked bool
	Announce uint64 // 0이 아니면 실제 길이 대신 알리는 길이
	Payload  []byte
}

// Text와 Close는 자주 쓰는 프레임입니다.
func Text(payload string) Frame {
	return Frame{Opcode: websocket.TextMessage, Payload: []byte(payload)}
}

func Close(code int, reason string) Frame {
	return Frame{Opcode: websocket.CloseMessage, Payload: websocket.FormatCloseMessage(code, reason)}
}

// Bytes는 선에 실리는 바이트입니다.
func (f Frame) Bytes() []byte {
	b := []byte{f.Opcode | f.RSV<<4}
	if !f.More {
		b[0] |= 0x80
	}
	length := uint64(len(f.Payload))
	if f.Announce != 0 {
		length = f.Announce
	}
	switch {
	case length < 126:
		b = append(b, byte(length))
	case length < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(length))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), length)
	}
	if f.Unmasked {
		return append(b, f.Payload...)
	}
	b[1] |= 0x80
	key := [4]byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, key[:]...)
	for i, p := range f.Payload {
		b = append(b, p^key[i%4])
	}
	return b
}

// Violation은 프로토콜을 어기는 프레임들과, 상대가 보아야 하는 닫기 코드입니다.
type Violation struct {
	Name   string
	Frames []Frame
	Code   int
}

// Violations는 어느 단계에서나 보낸 연결만 끝내야 합니다.
var Violations = []Violation{
	{"마스크 없음", []Frame{{Opcode: 1, Unmasked: true, Payload: []byte("hi")}}, 1002},
	{"RSV1", []Frame{{Opcode: 1, RSV: 4, Payload: []byte("hi")}}, 1002},
	{"RSV2", []Frame{{Opcode: 1, RSV: 2, Payload: []byte("hi")}}, 1002},
	{"RSV3", []Frame{{Opcode: 1, RSV: 1, Payload: []byte("hi")}}, 1002},
	{"예약된 데이터 opcode 3", []Frame{{Opcode: 3}}, 1002},
	{"예약된 제어 opcode 11", []Frame{{Opcode: 11}}, 1002},
	{"126바이트 ping", []Frame{{Opcode: 9, Payload: make([]byte, 126)}}, 1002},
	{"나뉜 ping", []Frame{{Opcode: 9, More: true}}, 1002},
	{"시작 없는 이어짐", []Frame{{Opcode: 0, Payload: []byte("hi")}}, 1002},
	{"끝나지 않은 메시지 속의 새 메시지", []Frame{{Opcode: 1, More: true, Payload: []byte("h")}, {Opcode: 1, Payload: []byte("i")}}, 1002},
	{"닫기 코드 999", []Frame{Close(999, "")}, 1002},
	{"닫기 코드 1004", []Frame{Close(1004, "")}, 1002},
	{"닫기 코드 1006", []Frame{Close(1006, "")}, 1002},
	{"닫기 코드 1015", []Frame{Close(1015, "")}, 1002},
	{"닫기 코드 1005", []Frame{{Opcode: 8, Payload: []byte{0x03, 0xed}}}, 1002},
	{"닫기 코드 5000", []Frame{Close(5000, "")}, 1002},
	{"UTF-8이 아닌 닫는 까닭", []Frame{Close(1000, "\xff")}, 1002},
}

// InvalidUTF8은 텍스트로 보내면 안 되는 메시지들입니다.
var InvalidUTF8 = []Violation{
	{"첫 바이트부터", []Frame{Text("\xff\xfe")}, 1007},
	{"끝에서 잘린 글자", []Frame{Text("한\xed\x95")}, 1007},
	{"두 프레임에 걸친 채 끝난 글자", []Frame{{Opcode: 1, More: true, Payload: []byte("\xed")}, {Opcode: 0, Payload: []byte("\x95")}}, 1007},
	{"너무 긴 표현", []Frame{Text("\xc0\xaf")}, 1007},
	{"서로게이트", []Frame{Text("\xed\xa0\x80")}, 1007},
	{"U+10FFFF 너머", []Frame{Text("\xf4\x90\x80\x80")}, 1007},
}
