package main

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gorilla-websocket-ko/internal/wstest"
)

func TestOnlyOwnOriginIsAllowed(t *testing.T) {
	s := start(t)
	_, port, _ := net.SplitHostPort(s.Host)
	tests := []struct {
		origin string
		want   int
	}{
		{"http://" + s.Host, 101},
		{"HTTP://" + strings.ToUpper(s.Host), 101},
		{"https://" + s.Host, 403},
		{"ws://" + s.Host, 403},
		{"http://localhost:" + port, 403},
		{"http://127.0.0.1", 403},
		{"http://127.0.0.1:1" + port, 403},
		{"http://127.0.0.1:0" + port, 403},
		{"http://" + s.Host + "/", 403},
		{"http://" + s.Host + "/path", 403},
		{"http://" + s.Host + "?q", 403},
		{"http://" + s.Host + "?", 403},
		{"http://" + s.Host + "#", 403},
		{"http://user@" + s.Host, 403},
		{"http://" + s.Host + "@evil.example", 403},
		{"http://" + s.Host + ".evil.example", 403},
		{"http://evil.example:" + port, 403},
		{"http://127.0.0.1.:" + port, 403},
		{" http://" + s.Host, 101}, // net/http가 값의 앞뒤 빈칸을 떼어 냅니다.
		{"//" + s.Host, 403},
		{s.Host, 403},
		{"null", 403},
		{"", 403},
		{"file://", 403},
		{"http://", 403},
		{"http://:" + port, 403},
		{"http://%zz", 403},
		{"http://[::1", 403},
	}
	for _, tt := range tests {
		if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {tt.origin}}); status != tt.want {
			t.Fatalf("Origin %q: 상태 %d, 원한 것 %d", tt.origin, status, tt.want)
		}
	}
}

func TestTwoOriginHeadersAreRefused(t *testing.T) {
	s := start(t)
	own := "http://" + s.Host
	if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {own, "http://evil.example"}}); status != http.StatusForbidden {
		t.Errorf("상태 %d, 원한 것 403", status)
	}
}

func TestClientWithoutOriginIsLetIn(t *testing.T) {
	s := start(t)
	if _, status := s.TryDial(t, path(t, s), nil); status != http.StatusSwitchingProtocols {
		t.Errorf("상태 %d, 원한 것 101", status)
	}
}

func TestRefusedOriginIsOneLogLine(t *testing.T) {
	s := start(t)
	path := path(t, s)
	logs := wstest.CaptureLog(t)
	s.TryDial(t, path, http.Header{"Origin": {"http://evil.example\u2028"}})
	line := logs.Await(t, "거절")
	if !strings.Contains(line, "http://evil.example") || strings.Contains(line, "\u2028") {
		t.Errorf("로그 %q에 거절한 출처가 %%q로 적혀 있어야 합니다", line)
	}
}

func TestLongOriginIsShortenedInTheLog(t *testing.T) {
	s := start(t)
	for name, origin := range map[string][]string{
		"긴 것": {"http://" + strings.Repeat("\xff", 900_000)}, "많은 것": slices.Repeat([]string{"http://evil.example"}, 10_000),
	} {
		path := path(t, s)
		logs := wstest.CaptureLog(t)
		s.TryDial(t, path, http.Header{"Origin": origin})
		if line := logs.Await(t, "거절"); len(line) > 1000 {
			t.Errorf("%s: 거절 로그가 %d바이트입니다. 원한 것 1,000바이트 안", name, len(line))
		}
	}
}

func TestOriginsReplaceTheOwnOrigin(t *testing.T) {
	for _, list := range []string{
		"", "*", "example.com", "http://a.example/", "http://a.example,,http://b.example", "null", "https://한글.kr", "ws://a.example",
	} {
		wstest.WantUsageError(t, "-addr", "localhost:0", "-origins", list)
	}
	p := wstest.Run(t, "-addr", "localhost:0", "-origins", "http://Example.com:80, https://chat.example:8443,http://[::1]:3000")
	s := p.Server(t)
	tests := []struct {
		origin string
		want   int
	}{
		{"http://example.com", 101},
		{"http://EXAMPLE.COM:80", 101},
		{"https://example.com", 403},
		{"http://example.com:443", 403},
		{"http://www.example.com", 403},
		{"https://chat.example:8443", 101},
		{"https://chat.example", 403},
		{"http://[::1]:3000", 101},
		{p.URL, 403},
		{"null", 403},
	}
	for _, tt := range tests {
		if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {tt.origin}}); status != tt.want {
			t.Fatalf("Origin %q: 상태 %d, 원한 것 %d", tt.origin, status, tt.want)
		}
	}
}
