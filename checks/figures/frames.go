package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"gorilla-websocket-ko/checks/internal/steps"
)

const text = "안녕"

// maskKeys는 두 프레임의 마스크 키입니다. 첫째는 RFC 6455 5.7절의 보기에 나오는 키입니다. 클라이언트는 프레임마다
// 새로 뽑아야 하지만, 그림은 늘 같은 바이트여야 합니다.
var maskKeys = [2][4]byte{{0x37, 0xfa, 0x21, 0x3d}, {0x9c, 0x4b, 0xd6, 0x70}}

// exchange는 한 연결에서 핸드셰이크가 끝난 뒤에 오간 바이트입니다. 16진수로 적습니다.
type exchange struct {
	Sent     string `json:"sent"`
	Received string `json:"received"`
}

// record는 01을 띄우고, TCP 연결에 두 프레임의 바이트를 그대로 써 넣고, 돌아온 프레임 하나를 읽습니다.
func record(bin string) (exchange, error) {
	program, err := steps.Named("01-echo").Build(bin)
	if err != nil {
		return exchange{}, err
	}
	server, err := steps.Start(program)
	if err != nil {
		return exchange{}, err
	}
	defer server.Interrupt()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		return exchange{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(steps.Timeout))
	request := "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		return exchange{}, err
	}
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return exchange{}, err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return exchange{}, fmt.Errorf("핸드셰이크의 답 %s", response.Status)
	}
	sent := append(masked(0x01, maskKeys[0], text[:3]), masked(0x80, maskKeys[1], text[3:])...)
	if _, err := conn.Write(sent); err != nil {
		return exchange{}, err
	}
	reply := make([]byte, 2+len(text))
	if _, err := io.ReadFull(in, reply); err != nil {
		return exchange{}, err
	}
	return exchange{hex.EncodeToString(sent), hex.EncodeToString(reply)}, nil
}

// masked는 클라이언트가 보내는 프레임 하나의 바이트입니다. first는 FIN과 opcode입니다.
func masked(first byte, key [4]byte, payload string) []byte {
	frame := append([]byte{first, 0x80 | byte(len(payload))}, key[:]...)
	for i, b := range []byte(payload) {
		frame = append(frame, b^key[i%4])
	}
	return frame
}

// frame은 기록한 바이트에서 읽어 낸 프레임 하나입니다. 그림에 나오는 짧은 것만 압니다.
type frame struct {
	header  [2]byte
	key     []byte // 마스크가 없으면 비어 있음
	payload []byte // 오간 그대로
}

func (f frame) bytes() []byte { return append(append(f.header[:], f.key...), f.payload...) }

func (f frame) plain() string {
	plain := make([]byte, len(f.payload))
	for i, b := range f.payload {
		plain[i] = b
		if len(f.key) > 0 {
			plain[i] ^= f.key[i%4]
		}
	}
	return string(plain)
}

func parseFrames(recorded string) (frames []frame, err error) {
	rest, err := hex.DecodeString(recorded)
	for err == nil && len(rest) > 0 {
		var f frame
		keyLen := 0
		if len(rest) > 1 && rest[1]&0x80 != 0 {
			keyLen = 4
		}
		if len(rest) < 2+keyLen || rest[1]&0x7f > 125 || len(rest) < 2+keyLen+int(rest[1]&0x7f) {
			return nil, fmt.Errorf("프레임이 아닙니다: %x", rest)
		}
		end := 2 + keyLen + int(rest[1]&0x7f)
		f.header, f.key, f.payload = [2]byte(rest), rest[2:2+keyLen], rest[2+keyLen:end]
		frames = append(frames, f)
		rest = rest[end:]
	}
	return frames, err
}

func spaced(b []byte) string { return fmt.Sprintf("% x", b) }
