package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
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
func frame(text string) wstest.Frame { return wstest.Text(text) }

func hear(c *wstest.Conn) (string, error) { return c.Try() }

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
