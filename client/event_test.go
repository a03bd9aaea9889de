package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestEventsGoOutWithoutSwelling(t *testing.T) {
	got := string(encode("send_message", "message", `<a> & "b"`))
	if want := `{"type":"send_message","payload":{"message":"<a> & \"b\""}}`; got != want {
		t.Errorf("이벤트 %s, 원한 것 %s", got, want)
	}
}

func TestEventsComeInAsLines(t *testing.T) {
	sent := time.Date(2026, 11, 21, 23, 59, 0, 0, time.UTC)
	newMessage := func(message string) string {
		return fmt.Sprintf(`{"type":"new_message","payload":{"message":%q,"from":"gopher","sent":%q}}`, message, sent.Format(time.RFC3339))
	}
	clock := sent.Local().Format("15:04")
	for _, tt := range []struct{ event, stdout, stderr string }{
		{newMessage("안녕"), clock + " [방] gopher: 안녕\n", ""},
		{newMessage("둘\n" + clock + " [방] gopher: 지어낸 줄"), clock + ` [방] gopher: 둘\n` + clock + " [방] gopher: 지어낸 줄\n", ""},
		{`{"type":"error","payload":{"message":"안 됩니다"}}`, "", "서버가 받지 않음: 안 됩니다"},
		{`{"type":"nope\u001b","payload":{}}`, "", `모르는 이벤트: "nope\x1b"`},
		{`안녕`, "", `JSON 이벤트가 아닌 메시지: "안녕". 09가 아니면 -room을 빼세요`},
		{`{"type":"new_message","payload":{"sent":1}}`, "", "new_message 이벤트를 읽을 수 없음"},
		{`{"type":"new_message"}`, "", "new_message 이벤트를 읽을 수 없음"},
	} {
		c := open(t, nil, "-room", "방", serve(t, func(conn *websocket.Conn) {
			conn.ReadMessage()
			raw(conn, wstest.Text(`{"type":"room_changed","payload":{"name":"방"}}`), wstest.Text(tt.event), wstest.Close(1000, ""))
			drain(conn)
		}))
		if strings.HasPrefix(tt.stderr, "서버가 받지 않음") {
			c.want(1, lost)
		} else {
			c.want(0, "서버가 닫음: 1000 (정상 종료)")
		}
		if len(c.stderr.Lines("[방] 방에 들어왔습니다.")) != 1 || len(c.stderr.Lines(tt.stderr)) == 0 || c.stdout.String() != tt.stdout {
			t.Errorf("%s:\n%s%s", tt.event, &c.stdout, &c.stderr)
		}
	}
}

func TestRoomIsEnteredBeforeTheFirstLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conn.ReadMessage()
			conn.SetReadDeadline(time.Now().Add(time.Second))
			if _, data, err := conn.ReadMessage(); err == nil {
				t.Errorf("방을 옮긴 답보다 먼저 온 말 %q", data)
			}
			raw(conn, wstest.Close(1000, ""))
		}))
		c := open(t, memory(t, s), "-room", "방", "ws://x/ws")
		c.write("성급한 말\n")
		c.want(1, lost)
	})
}

func TestOnceInARoomWaitsForTheAnswerToTheLine(t *testing.T) {
	talk := func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conn.ReadMessage()
			raw(conn, wstest.Text(`{"type":"room_changed","payload":{"name":"방"}}`))
			conn.ReadMessage()
			asked := time.Now()
			time.AfterFunc(time.Second, func() { raw(conn, wstest.Text(`{"type":"new_message","payload":{"message":"늦은 답"}}`)) })
			if _, _, err := conn.ReadMessage(); wstest.CloseCode(err) != 1000 || time.Since(asked) != time.Second {
				t.Errorf("%v 만에 나감, 답은 1s 뒤: %v", time.Since(asked), err)
			}
		}))
		c := open(t, memory(t, s), "-once", "-room", "방", "ws://x/ws")
		c.write("말\n")
		c.want(0, "닫음: 1000 (정상 종료)")
	}
	for range 10 { // 방을 옮긴 답과 줄이 함께 기다리면 select는 아무거나 고릅니다.
		synctest.Test(t, talk)
	}
}

func TestRefusedRoomEndsTheConnection(t *testing.T) {
	for answer, want := range map[string]string{
		`{"type":"error","payload":{"message":"안 됩니다"}}`: "방에 들어가지 못해 나감",
		"": "서버가 닫음: 1000 (정상 종료)", // 답하지 않고 닫습니다.
	} {
		synctest.Test(t, func(t *testing.T) {
			conns := 0
			s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
				conns++
				conn.ReadMessage()
				if answer == "" {
					raw(conn, wstest.Close(1000, ""))
				} else {
					raw(conn, wstest.Text(answer))
				}
				if messageType, data, err := conn.ReadMessage(); err == nil {
					t.Errorf("들어가지 못한 방에 온 말 %d %q", messageType, data)
				}
			}))
			begin := time.Now()
			c := reopen(t, memory(t, s), "-room", "방")
			c.wait()
			if c.lastLine() != want || conns != 1 || time.Since(begin) != 0 {
				t.Errorf("%v 만에 %d번 연결하고 끝남, 원한 끝 %q\n%s", time.Since(begin), conns, want, &c.stderr)
			}
		})
	}
}

func TestServerWithoutRoomsIsNamedAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := open(t, memory(t, wstest.StartInMemory(t, handler(drain))), "-room", "방", "ws://x/ws")
		time.Sleep(onceWait + time.Second)
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if len(c.stderr.Lines("09가 아니면 -room을 빼세요")) != 1 {
			t.Errorf("표준 오류:\n%s", &c.stderr)
		}
	})
}
