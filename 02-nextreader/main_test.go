package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMessageIsEchoedWhileItIsStillArriving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
		part := strings.Repeat("가", 10_000)
		go c.NetConn().Write(wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(part)}.Bytes())
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, r, err := c.NextReader()
		if err != nil {
			t.Fatalf("메시지가 끝나기 전에 앞부분이 돌아와야 합니다: %v", err)
		}
		if _, err := io.ReadFull(r, make([]byte, 20_000)); err != nil {
			t.Fatalf("메시지가 끝나기 전에 앞부분이 돌아와야 합니다: %v", err)
		}
		go c.NetConn().Write(wstest.Frame{Payload: []byte("끝")}.Bytes())
		rest, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("메시지가 끝나지 않았습니다. NextWriter가 준 것을 닫았습니까? %v", err)
		}
		if want := 10_000 + len("끝"); len(rest) != want {
			t.Errorf("나머지 %d바이트, 원한 것 %d바이트", len(rest), want)
		}
	})
}

func TestBadByteEndsAMessageThatIsStillArriving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		for _, good := range []string{"가나", strings.Repeat("가", 10_000)} {
			c := dial(t, s)
			go c.NetConn().Write(wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(good + "\xff다")}.Bytes())
			c.SetReadDeadline(time.Now().Add(c.Patience))
			switch messages, err := c.Drain(); {
			case messages > 0:
				t.Fatalf("%d바이트 뒤에서 잘린 메시지가 온전한 것처럼 왔습니다. 오류가 났는데도 NextWriter가 준 것을 닫습니까?", len(good))
			case wstest.CloseCode(err) != websocket.CloseInvalidFramePayloadData:
				t.Fatalf("%d바이트 뒤의 틀린 바이트에 1007이 와야 하는데 이렇게 끝났습니다: %v", len(good), err)
			}
		}
	})
}

func TestRuneCutAnywhereIsStillText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		text := "a가👋\uFFFD끝"
		for i := range len(text) + 1 {
			for j := i; j <= len(text); j++ {
				c := dial(t, s)
				go func() {
					c.NetConn().Write(wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(text[:i])}.Bytes())
					c.NetConn().Write(wstest.Frame{More: true, Payload: []byte(text[i:j])}.Bytes())
					c.NetConn().Write(wstest.Frame{Payload: []byte(text[j:])}.Bytes())
				}()
				if got, err := c.Try(); got != text || err != nil {
					t.Fatalf("보낸 것 %q | %q | %q, 받은 것 %q, %v", text[:i], text[i:j], text[j:], got, err)
				}
				c.Close()
			}
		}
	})
}

func TestMessageOf64MiBDoesNotGrowMemory(t *testing.T) {
	const frames, most = 1 << 10, 8 << 20
	payload := bytes.Repeat([]byte("abcd가나다라"), 1<<12)
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
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
		} else if err != io.EOF {
			t.Errorf("메시지가 끝나지 않았습니다. NextWriter가 준 것을 닫았습니까? %v", err)
		}
		if peak-before > most {
			t.Errorf("힙이 %d바이트까지 늘었습니다. 한도 %d. 메시지를 모아 둡니까?", peak-before, most)
		}
	})
}
