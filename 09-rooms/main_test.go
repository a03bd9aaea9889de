package main

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

func TestFromAndSentAreWrittenByTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		c := dialAs(t, s, "chulsoo")
		time.Sleep(90 * time.Second / 2)
		now := time.Now()
		c.Write(eventFrame("send_message", map[string]string{
			"message": "안녕", "from": "admin", "sent": "1999-01-01T00:00:00Z", "room": "secret",
		}))
		h, err := next(c)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := time.Parse(time.RFC3339Nano, h.Payload.Sent)
		if h.Type != "new_message" || h.Payload.Message != "안녕" || h.Payload.From != "chulsoo" || err != nil || !sent.Equal(now) {
			t.Errorf("들은 것 %+v, 원한 것 chulsoo가 %v에 보낸 new_message", h, now.Format(time.RFC3339))
		}
	})
}

func TestBrokenSurrogateIsRelayedAsValidText(t *testing.T) {
	c := dial(t, start(t))
	c.Write(wstest.Text(`{"type": "send_message", "payload": {"message": "a\ud800b"}}`))
	wantHeard(t, c, "a\uFFFDb")
}

func TestMalformedEventIsAnsweredAndTheConnectionLives(t *testing.T) {
	s := start(t)
	c, other := dial(t, s), dial(t, s)
	for _, text := range []string{
		"", " ", "안녕", "{", "null", "true", "1", `"send_message"`, "[]", "{}",
		`{"type": "send_message"}`, `{"type": "send_message", "payload": null}`,
		`{"type": "send_message", "payload": "안녕"}`, `{"type": "send_message", "payload": []}`,
		`{"type": "send_message", "payload": {}}`, `{"type": "send_message", "payload": {"message": ""}}`,
		`{"type": "send_message", "payload": {"message": " \n"}}`, `{"type": "send_message", "payload": {"message": 1}}`,
		`{"type": "send_message", "payload": {"message": "안녕"}} {}`,
		`{"type": "send_message", "payload": {"message": "안녕"}`,
		`{"type": 1, "payload": {"message": "안녕"}}`, `{"type": "", "payload": {"message": "안녕"}}`,
		`{"type": "new_message", "payload": {"message": "안녕", "from": "admin"}}`,
		`{"type": "error", "payload": {"message": "안녕"}}`, `{"type": "SEND_MESSAGE", "payload": {"message": "안녕"}}`,
		`{"type": "change_room"}`, `{"type": "change_room", "payload": {"name": null}}`,
		`{"type": "change_room", "payload": {"name": ["go"]}}`,
		strings.Repeat("[", 500),
	} {
		wantProblem(t, c, text)
	}
	say(c, "아직 여기")
	wantHeard(t, c, "아직 여기")
	wantHeard(t, other, "아직 여기") // 다른 사람은 오류를 듣지 않았습니다.
}

func TestMessageStaysInTheRoomOfItsSender(t *testing.T) {
	s := start(t)
	gopher, chulsoo, younghee := dialAs(t, s, "gopher"), dialAs(t, s, "chulsoo"), dialAs(t, s, "younghee")
	move(t, gopher, "go")
	move(t, younghee, "go")
	say(gopher, "go 방의 말")
	wantHeard(t, gopher, "go 방의 말")
	wantHeard(t, younghee, "go 방의 말")
	say(chulsoo, "general 방의 말")
	wantHeard(t, chulsoo, "general 방의 말")
	move(t, gopher, "general")
	say(chulsoo, "다시 함께")
	wantHeard(t, chulsoo, "다시 함께")
	wantHeard(t, gopher, "다시 함께")
	say(younghee, "혼자 남았다")
	wantHeard(t, younghee, "혼자 남았다")
}

func TestEveryBadEventIsAnsweredHoweverMany(t *testing.T) {
	c := dial(t, start(t))
	for range 1000 {
		wantProblem(t, c, "{")
	}
	for range 1000 {
		move(t, c, "go")
	}
}

func TestAfterMovingOnlyTheNewRoomIsHeard(t *testing.T) {
	const hoppers, moves = 3, 100
	s := start(t)
	rooms := []string{"하나", "둘", "셋"}
	stop := make(chan struct{})
	var talkers, wg sync.WaitGroup
	for _, room := range rooms {
		c := dial(t, s)
		move(t, c, room)
		talkers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					say(c, room)
					hear(c)
				}
			}
		})
	}
	for i := range hoppers {
		c := dial(t, s)
		wg.Go(func() {
			for n := range moves {
				room := rooms[(n+i)%len(rooms)]
				c.Write(eventFrame("change_room", map[string]string{"name": room}))
				for moved := false; !moved; {
					h, err := next(c)
					if err != nil {
						t.Errorf("%s에 들어간 답(room_changed)을 받지 못했습니다: %v", room, err)
						return
					}
					moved = h.Type == "room_changed"
				}
				for range 3 {
					if text, err := hear(c); text != room {
						t.Errorf("%s에 있는데 %q를 들었습니다, %v", room, text, err)
						return
					}
				}
			}
			c.Close()
		})
	}
	wg.Wait()
	close(stop)
	talkers.Wait()
}

func TestRoomNobodyIsInTakesNoMemory(t *testing.T) {
	c := dial(t, start(t))
	visit := func(from, to int) {
		for n := from; n < to; n++ {
			move(t, c, fmt.Sprintf("%032d", n))
		}
	}
	visit(0, 100)
	before := heap()
	visit(100, 10_000)
	wantGrownAtMost(t, before, 256<<10, "빈 방을 지웁니까?")
}

func TestRoomTheLastOneLeftTakesNoMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		leave := func(from, to int) {
			for n := from; n < to; n++ {
				c := dial(t, s)
				move(t, c, strings.Repeat("👋", 26)+fmt.Sprintf("%06d", n))
				c.Close()
				if n%50 == 0 {
					time.Sleep(time.Minute) // 가짜 시계: 마감 시각 타이머까지 모두 끝납니다.
				}
			}
		}
		leave(0, 200)
		before := heap()
		leave(200, 2201)
		wantGrownAtMost(t, before, 256<<10, "끊긴 사람이 마지막이었을 때도 빈 방을 지웁니까?")
	})
}

func TestRoomNameIsOneTo32CharactersAfterTrimming(t *testing.T) {
	c := dial(t, start(t))
	for _, name := range []string{
		"go", "general", "general", "  앞뒤빈칸\n", strings.Repeat("방", 32), "<b>방</b>", "👋", "ㄱㄴ", "Café", "樂",
	} {
		move(t, c, name)
	}
	for _, name := range []string{"", "   ", "\u3000\t", strings.Repeat("a", 33), strings.Repeat("방", 33)} {
		wantNoRoom(t, c, name)
	}
}

func TestRoomsThatLookAlikeAreRefused(t *testing.T) {
	c := dial(t, start(t))
	for what, name := range map[string]string{
		"빈칸": "g o", "줄바꿈": "go\nlang", "NUL": "go\x00", "폭 없는 빈칸": "go\u200b", "오른쪽에서 왼쪽으로": "go\u202e", "이모지를 잇는 글자": "👨\u200d👩",
		"자모로 나눈 한": "\u1112\u1161\u11ab", "옛 첫소리": "\ua960", "옛 가운뎃소리": "\ud7b0", "붙는 글자": "Cafe\u0301", "그림으로 바꾸는 글자": "❤\ufe0f",
		"한글 채움": "go\u3164", "반각 한글 채움": "go\uffa0", "빈 점자": "go\u2800", "호환용 한자": "\uf914",
		"호환용 한자 보충": "\U0002f800", "켈빈": "\u212a", "옴": "\u2126", "옹스트롬": "\u212b", "그리스 숫자표": "\u0374",
		"그리스 물음표": "\u037e", "그리스 가운뎃점": "\u0387", "옛 그리스 글자": "\u1f71", "꺾쇠": "\u2329", "줄 나눔": "go\u2028lang", "사설 영역": "\ue000",
	} {
		t.Run(what, func(t *testing.T) {
			wantNoRoom(t, c, name)
		})
	}
}

func TestPageNormalisesRoomNames(t *testing.T) {
	_, page := start(t).Get(t, "/")
	for want, pattern := range map[string]string{
		`id="room"`: `id="room"`, `id="change-room"`: `id="change-room"`, `normalize('NFC')`: `normalize\((['"\x60]NFC['"\x60])?\)`,
	} {
		if !regexp.MustCompile(pattern).MatchString(page) {
			t.Errorf("페이지에 %s이(가) 없습니다", want)
		}
	}
}
