package main

import (
	"net/http"
	"runtime"
	"testing"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, main) }

func handler(t *testing.T) http.Handler { return newHandler() }

func start(t *testing.T) *wstest.Server {
	return wstest.Start(t, handler(t))
}

func startInMemory(t *testing.T) *wstest.Server {
	return wstest.StartInMemory(t, handler(t))
}

// path는 연결 하나를 열 주소입니다.
func path(t *testing.T, s *wstest.Server) string { return "/ws" }

func dial(t *testing.T, s *wstest.Server) *wstest.Conn {
	t.Helper()
	return s.Dial(t, path(t, s))
}

func say(c *wstest.Conn, text string) { c.Write(wstest.Text(text)) }

func wantHeard(t *testing.T, c *wstest.Conn, text string) {
	t.Helper()
	got, err := c.Try()
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
