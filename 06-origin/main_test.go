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
	for _, tt := range []struct {
		origin string
		want   int
		why    string
	}{
		{"http://" + s.Host, 101, "서버 자신의 출처"},
		{"HTTP://" + strings.ToUpper(s.Host), 101, "대소문자만 다름"},
		{" http://" + s.Host, 101, "net/http가 값의 앞뒤 빈칸을 떼어 냄"},
		{"https://" + s.Host, 403, "스킴이 다름"},
		{"ws://" + s.Host, 403, "페이지의 스킴이 아님"},
		{"http://localhost:" + port, 403, "호스트가 다름"},
		{"http://evil.example:" + port, 403, "호스트가 다름"},
		{"http://127.0.0.1.:" + port, 403, "호스트가 다름"},
		{"http://" + s.Host + ".evil.example", 403, "앞부분만 같음"},
		{"http://127.0.0.1", 403, "포트가 다름"},
		{"http://127.0.0.1:1" + port, 403, "포트가 다름"},
		{"http://127.0.0.1:0" + port, 403, "포트가 다르게 적힘"},
		{"http://" + s.Host + "/", 403, "경로가 붙음"},
		{"http://" + s.Host + "/path", 403, "경로가 붙음"},
		{"http://" + s.Host + "?q", 403, "?가 붙음"},
		{"http://" + s.Host + "?", 403, "빈 ?가 붙음"},
		{"http://" + s.Host + "#", 403, "빈 #이 붙음"},
		{"http://user@" + s.Host, 403, "사용자 정보가 붙음"},
		{"http://" + s.Host + "@evil.example", 403, "@ 앞은 사용자 정보"},
		{"//" + s.Host, 403, "스킴이 없음"},
		{s.Host, 403, "스킴이 없음"},
		{"file://", 403, "호스트가 없음"},
		{"http://", 403, "호스트가 없음"},
		{"http://:" + port, 403, "호스트가 없음"},
		{"null", 403, "어느 페이지인지 모름"},
		{"", 403, "빈 값"},
		{"http://%zz", 403, "URL로 읽히지 않음"},
		{"http://[::1", 403, "URL로 읽히지 않음"},
	} {
		if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {tt.origin}}); status != tt.want {
			t.Errorf("Origin %q (%s): 상태 %d, 원한 것 %d", tt.origin, tt.why, status, tt.want)
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
		"https://*.example.com", "http://a.example:", "http://a.example:65536",
	} {
		wstest.WantUsageError(t, "-addr", "localhost:0", "-origins", list)
	}
	p := wstest.Run(t, "-addr", "localhost:0", "-origins",
		"http://Example.com:80, https://chat.example:8443,https://b.example:443,https://c.example,http://[::1]:3000")
	s := p.Server(t)
	for _, tt := range []struct {
		origin string
		want   int
		why    string
	}{
		{"http://example.com", 101, "http의 기본 포트는 80"},
		{"http://EXAMPLE.COM:80", 101, "대소문자만 다름"},
		{"https://b.example", 101, "https의 기본 포트는 443"},
		{"https://c.example:443", 101, "https의 기본 포트는 443"},
		{"https://chat.example:8443", 101, "목록에 있음"},
		{"http://[::1]:3000", 101, "목록에 있음"},
		{"https://example.com", 403, "스킴이 다름"},
		{"http://b.example:443", 403, "스킴이 다름"},
		{"http://example.com:443", 403, "포트가 다름"},
		{"https://b.example:80", 403, "포트가 다름"},
		{"https://chat.example", 403, "포트가 다름"},
		{"http://www.example.com", 403, "호스트가 다름"},
		{p.URL, 403, "목록에 없는 서버 자신의 출처"},
		{"null", 403, "어느 페이지인지 모름"},
	} {
		if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {tt.origin}}); status != tt.want {
			t.Errorf("Origin %q (%s): 상태 %d, 원한 것 %d", tt.origin, tt.why, status, tt.want)
		}
	}
}
