package gorilla_test

import (
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

// 웹소켓 핸드셰이크는 GET이고, CrossOriginProtection은 GET을 안전한 메서드로 보고 언제나 허용합니다.
func TestCrossOriginProtectionLetsEveryHandshakeThrough(t *testing.T) {
	open := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	s := wstest.Start(t, http.NewCrossOriginProtection().Handler(serve(open, echo)))
	// 남의 페이지에서 온 요청에 브라우저가 붙이는 헤더입니다.
	header := http.Header{"Origin": {"http://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
	if resp, body := s.DoWith(t, http.MethodPost, "/", header, ""); resp.StatusCode != http.StatusForbidden {
		t.Errorf("POST: 상태 %d %q, 원한 것 403", resp.StatusCode, body)
	}
	if _, status := s.TryDial(t, "/", header); status != http.StatusSwitchingProtocols {
		t.Errorf("핸드셰이크: 상태 %d, 원한 것 101", status)
	}
}
