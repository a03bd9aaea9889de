package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMessageIsEchoedWhileItIsStillArriving(t *testing.T) {
	c := dial(t, start(t))
	part := strings.Repeat("가", 10_000)
	c.Write(wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(part)})
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, r, err := c.NextReader()
	if err != nil {
		t.Fatalf("메시지가 끝나기 전에 앞부분이 돌아와야 합니다: %v", err)
	}
	if _, err := io.ReadFull(r, make([]byte, 20_000)); err != nil {
		t.Fatalf("메시지가 끝나기 전에 앞부분이 돌아와야 합니다: %v", err)
	}
	c.Write(wstest.Frame{Payload: []byte("끝")})
	if rest, err := io.ReadAll(r); err != nil || len(rest) != 10_000+len("끝") {
		t.Errorf("나머지 %d바이트, %v, 원한 것 %d바이트", len(rest), err, 10_000+len("끝"))
	}
}

func TestBadByteEndsAMessageThatIsStillArriving(t *testing.T) {
	c := dial(t, start(t))
	c.Write(wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte("가나\xff다")})
	c.WantClose(websocket.CloseInvalidFramePayloadData)
}

func TestRuneCutAnywhereIsStillText(t *testing.T) {
	text := "a가👋\uFFFD끝"
	for i := range len(text) + 1 {
		for j := i; j <= len(text); j++ {
			c := dial(t, start(t))
			c.Write(
				wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(text[:i])},
				wstest.Frame{More: true, Payload: []byte(text[i:j])},
				wstest.Frame{Payload: []byte(text[j:])})
			wantHeard(t, c, text)
			c.Close()
		}
	}
}

func TestMessageOf64MiBDoesNotGrowMemory(t *testing.T) {
	const frames, most = 1 << 10, 8 << 20
	payload := bytes.Repeat([]byte("abcd가나다라"), 1<<12)
	c := dial(t, start(t))
	before, peak, got := heap(), int64(0), 0
	go func() {
		c.NetConn().Write(wstest.Frame{Opcode: websocket.TextMessage, More: true}.Bytes())
		frame := wstest.Frame{More: true, Payload: payload}.Bytes()
		for range frames {
			c.NetConn().Write(frame)
		}
		c.NetConn().Write(wstest.Frame{}.Bytes())
	}()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	_, r, err := c.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	for buf := make([]byte, 1<<20); err == nil; {
		var n int
		n, err = io.ReadFull(r, buf)
		got += n
		peak = max(peak, allocated())
	}
	if got != frames*len(payload) {
		t.Errorf("%d바이트에서 끝났습니다: %v", got, err)
	}
	if peak-before > most {
		t.Errorf("힙이 %d바이트까지 늘었습니다. 한도 %d. 메시지를 모아 둡니까?", peak-before, most)
	}
}
