package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestEchoKeepsTypeAndBytes(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	tests := []struct {
		name        string
		messageType int
		message     []byte
	}{
		{"텍스트", websocket.TextMessage, []byte("hello")},
		{"한글과 이모지", websocket.TextMessage, []byte("안녕하세요 👋\n둘째 줄")},
		{"빈 텍스트", websocket.TextMessage, []byte{}},
		{"바이너리", websocket.BinaryMessage, all},
		{"UTF-8이 아닌 바이너리", websocket.BinaryMessage, []byte{0xff, 0xfe}},
		{"빈 바이너리", websocket.BinaryMessage, []byte{}},
		{"3 MB 텍스트", websocket.TextMessage, bytes.Repeat([]byte("가"), 1_000_000)},
		{"5 MB 바이너리", websocket.BinaryMessage, bytes.Repeat(all, 20_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, startInMemory(t))
				sent := make(chan error, 1)
				go func() { sent <- c.WriteMessage(tt.messageType, tt.message) }()
				c.SetReadDeadline(time.Now().Add(c.Patience))
				messageType, message, err := c.ReadMessage()
				if err != nil {
					t.Fatalf("메시지가 끝나지 않았습니다. NextWriter가 준 것을 닫았습니까? %v", err)
				}
				if messageType != tt.messageType || !bytes.Equal(message, tt.message) {
					t.Errorf("종류 %d, %d바이트, 원한 것 %d, %d바이트", messageType, len(message), tt.messageType, len(tt.message))
				}
				if err := <-sent; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestFragmentsWithAPingBetweenAreOneMessage(t *testing.T) {
	c := dial(t, start(t))
	var pong string
	c.SetPongHandler(func(data string) error {
		pong = data
		return nil
	})
	han := "한글"
	c.Write(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(han[:1])},
		wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")},
		wstest.Frame{Opcode: 0, More: true, Payload: []byte(han[1:4])},
		wstest.Frame{Opcode: 0, Payload: []byte(han[4:])},
	)
	wantHeard(t, c, han)
	if pong != "p" {
		t.Errorf("pong %q, 원한 것 \"p\"", pong)
	}
}

func TestTextThatIsNotUTF8EndsWith1007(t *testing.T) {
	huge := wstest.Violation{Name: "1 MB 뒤의 한 바이트", Code: 1007,
		Frames: []wstest.Frame{wstest.Text(strings.Repeat("가", 350_000) + "\xff")}}
	for _, tt := range append(wstest.InvalidUTF8, huge) {
		t.Run(tt.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, startInMemory(t))
				go func() {
					for _, f := range tt.Frames {
						c.NetConn().Write(f.Bytes())
					}
				}()
				c.WantClose(tt.Code)
			})
		})
	}
}
