package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, main) }

func handler(t *testing.T) http.Handler {
	h, _, _ := stoppable(t)
	return h
}

func start(t *testing.T) *wstest.Server {
	return wstest.Start(t, handler(t))
}

func startInMemory(t *testing.T) *wstest.Server {
	return wstest.StartInMemory(t, handler(t))
}

// path는 로그인해서 받은 일회용 비밀번호로 들어가는 주소입니다.
func path(t *testing.T, s *wstest.Server) string {
	t.Helper()
	return "/ws?otp=" + otp(t, s, "gopher")
}

func dial(t *testing.T, s *wstest.Server) *wstest.Conn {
	t.Helper()
	c := s.Dial(t, path(t, s))
	c.Ready()
	return c
}

func say(c *wstest.Conn, text string) { c.Write(frame(text)) }

func wantHeard(t *testing.T, c *wstest.Conn, text string) {
	t.Helper()
	got, err := hear(c)
	if err != nil {
		t.Fatalf("%.80q을(를) 기다렸지만 오지 않았습니다: %v", text, err)
	}
	if got != text {
		t.Fatalf("들은 것 %.80q, 원한 것 %.80q", got, text)
	}
}

// wantGrownAtMost는 쓰레기를 치운 뒤의 힙이 before보다 limit바이트 넘게 늘지 않았기를 요구합니다.
func wantGrownAtMost(t *testing.T, before int64, limit int64, why string) {
	t.Helper()
	if grown := heap() - before; grown > limit {
		t.Fatalf("힙이 %d KiB 늘었습니다. 한도 %d KiB. %s", grown>>10, limit>>10, why)
	}
}

// heap은 쓰레기를 치운 뒤의 힙 바이트 수입니다.
func heap() int64 {
	runtime.GC()
	return allocated()
}

func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// stoppable은 stop으로 끝내는 핸들러입니다. 모든 연결이 닫히면 done이 닫힙니다.
func stoppable(t *testing.T) (h http.Handler, stop func(), done <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	h, done = newHandler(ctx)
	t.Cleanup(func() {
		cancel()
		wantDone(t, done)
	})
	return h, cancel, done
}

func wantDone(t *testing.T, done <-chan struct{}) {
	t.Helper()
	wstest.Await(t, done, "ctx가 끝났는데 done이 닫히지 않습니다. 끝나지 않은 펌프가 있습니까?")
}

// frame은 text를 말하는 프레임이고, hear는 다음에 들은 말입니다.
func frame(text string) wstest.Frame {
	return eventFrame("send_message", map[string]string{"message": text})
}

func hear(c *wstest.Conn) (string, error) {
	h, err := next(c)
	return h.Payload.Message, err
}

func otp(t *testing.T, s *wstest.Server, user string) string {
	t.Helper()
	resp, body := login(t, s, fmt.Sprintf(`{"username": %q, "password": "websocket"}`, user))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("로그인: 상태 %d %q, 원한 것 200", resp.StatusCode, body)
	}
	var answer struct{ OTP string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.OTP == "" {
		t.Fatalf("로그인의 답 %q, %v, 원한 것 {\"otp\": ...}", body, err)
	}
	return answer.OTP
}

func login(t *testing.T, s *wstest.Server, body string) (*http.Response, string) {
	t.Helper()
	return s.DoWith(t, http.MethodPost, "/login", http.Header{"Content-Type": {"application/json"}}, body)
}

func eventFrame(eventType string, payload any) wstest.Frame {
	data, _ := json.Marshal(map[string]any{"type": eventType, "payload": payload})
	return wstest.Text(string(data))
}

// heard는 서버가 보낸 이벤트 하나입니다.
type heard struct {
	Type    string
	Payload struct{ Message, From, Sent, Name string }
}

// shapes는 보내는 이벤트마다 payload에 있는 필드입니다. encoding/json은 대문자와 소문자를
// 구별하지 않고 풀지만 페이지의 자바스크립트는 구별합니다.
var shapes = map[string]string{"new_message": "[from message sent]", "room_changed": "[name]", "error": "[message]"}

// next는 다음에 받은 이벤트입니다. 필드의 이름이 약속과 한 글자라도 다르면 실패합니다.
func next(c *wstest.Conn) (h heard, err error) {
	text, err := c.Try()
	if err != nil {
		return heard{}, err
	}
	var event, payload map[string]json.RawMessage
	if err = json.Unmarshal([]byte(text), &h); err == nil {
		err = json.Unmarshal([]byte(text), &event)
	}
	if err != nil {
		return heard{}, fmt.Errorf("받은 글 %#.200q이(가) 이벤트가 아닙니다: %w", text, err)
	}
	if got := namesOf(event); got != "[payload type]" {
		return heard{}, fmt.Errorf("받은 글 %#.200q의 필드 %s, 원한 것 [payload type]. JSON 태그를 적었습니까?", text, got)
	}
	json.Unmarshal(event["payload"], &payload)
	if got, want := namesOf(payload), shapes[h.Type]; want != "" && got != want {
		return heard{}, fmt.Errorf("받은 글 %#.200q의 payload에 있는 필드 %s, 원한 것 %s. JSON 태그를 적었습니까?", text, got, want)
	}
	return h, nil
}

func namesOf(fields map[string]json.RawMessage) string {
	return fmt.Sprint(slices.Sorted(maps.Keys(fields)))
}

func move(t *testing.T, c *wstest.Conn, room string) {
	t.Helper()
	c.Write(eventFrame("change_room", map[string]string{"name": room}))
	h, err := next(c)
	if err != nil {
		t.Fatalf("방 %q에 들어간 답(room_changed)을 받지 못했습니다: %v", room, err)
	}
	if h.Type != "room_changed" || h.Payload.Name != strings.TrimSpace(room) {
		t.Fatalf("방 %q에 들어간 답 %+v, 원한 것 room_changed", room, h)
	}
}

// wantProblem은 text에 error로만 답하기를 요구합니다.
func wantProblem(t *testing.T, c *wstest.Conn, text string) {
	t.Helper()
	c.Write(wstest.Text(text))
	wantError(t, c, fmt.Sprintf("%.100q", text))
}

// wantNoRoom은 그런 이름의 방을 거절하기를 요구합니다. 똑같아 보이는 글자도 구별해서 찍습니다.
func wantNoRoom(t *testing.T, c *wstest.Conn, name string) {
	t.Helper()
	c.Write(eventFrame("change_room", map[string]string{"name": name}))
	wantError(t, c, fmt.Sprintf("방 %+q", name))
}

func wantError(t *testing.T, c *wstest.Conn, to string) {
	t.Helper()
	h, err := next(c)
	if err != nil {
		t.Fatalf("%s의 답(error)을 받지 못했습니다. 답마다 차례를 되돌립니까? %v", to, err)
	}
	if h.Type != "error" || h.Payload.Message == "" {
		t.Fatalf("%s의 답 %+v, 원한 것 error", to, h)
	}
}

func dialAs(t *testing.T, s *wstest.Server, user string) *wstest.Conn {
	t.Helper()
	c := s.Dial(t, "/ws?otp="+otp(t, s, user))
	c.Ready()
	return c
}
