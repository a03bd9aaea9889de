package gorilla_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func Example_defaultOrigin() {
	server := httptest.NewServer(serve(websocket.Upgrader{}, echo))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, header := range []http.Header{
		nil, // 브라우저가 아닌 클라이언트
		{"Origin": {"http://" + host}},
		{"Origin": {"https://" + host}}, // 스킴은 보지 않습니다.
		{"Origin": {"http://evil.example"}},
	} {
		conn, resp, err := websocket.DefaultDialer.Dial("ws://"+host, header)
		fmt.Println(resp.StatusCode, err)
		if conn != nil {
			conn.Close()
		}
	}
	// Output:
	// 101 <nil>
	// 101 <nil>
	// 101 <nil>
	// 403 websocket: bad handshake
}

// 목록과 통째로 비교하면 스킴과 포트까지 봅니다. 기본 검사보다 엄격합니다.
func Example_allowList() {
	u := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
		switch r.Header.Get("Origin") {
		case "https://chat.example", "http://localhost:8080":
			return true
		}
		return false
	}}
	for _, origin := range []string{
		"https://chat.example", "http://chat.example", "HTTPS://chat.example",
		"https://chat.example:443", "https://chat.example.evil.example", "",
	} {
		fmt.Printf("%v %q\n", u.CheckOrigin(request(set("Origin", origin))), origin)
	}
	// Output:
	// true "https://chat.example"
	// false "http://chat.example"
	// false "HTTPS://chat.example"
	// false "https://chat.example:443"
	// false "https://chat.example.evil.example"
	// false ""
}

func TestDefaultCheckComparesTheHostOnly(t *testing.T) {
	tests := []struct {
		host    string
		origins []string
		status  int
	}{
		{"host:8080", nil, 101},
		{"host:8080", []string{"http://host:8080"}, 101},
		{"host:8080", []string{"HTTP://HOST:8080"}, 101},
		{"host:8080", []string{"https://host:8080"}, 101},
		{"host:8080", []string{"ws://host:8080"}, 101},
		{"host:8080", []string{"http://host:8080/"}, 101},
		{"host:8080", []string{"http://x@host:8080"}, 101},
		{"host:8080", []string{"http://host:8080", "http://evil.example"}, 101},
		{"host:8080", []string{"http://evil.example", "http://host:8080"}, 403},
		{"host:8080", []string{"http://other:8080"}, 403},
		{"host:8080", []string{"http://host:9090"}, 403},
		{"host:8080", []string{"null"}, 403},
		{"host:8080", []string{""}, 403},
		{"host:8080", []string{"file://"}, 403},
		{"host:8080", []string{"http://%zz"}, 403},
		{"127.0.0.1:8080", []string{"http://localhost:8080"}, 403},
		{"localhost:8080", []string{"http://127.0.0.1:8080"}, 403},
		{"host:80", []string{"http://host"}, 403},
		{"host", []string{"http://host:80"}, 403},
		{"host:443", []string{"https://host"}, 403},
		{"host", []string{"http://host."}, 403},
	}
	for _, tt := range tests {
		r := request(nil)
		r.Host = tt.host
		if tt.origins != nil {
			r.Header["Origin"] = tt.origins
		}
		resp, _ := upgrade(t, websocket.Upgrader{}, r, nil)
		if resp.StatusCode != tt.status {
			t.Errorf("Host %s, Origin %q: 상태 %d, 원한 것 %d", tt.host, tt.origins, resp.StatusCode, tt.status)
		}
	}
}

func TestBehindAProxyThatRewritesHostEveryPageIsRefused(t *testing.T) {
	r := request(set("Origin", "https://chat.example")) // 브라우저에 보이는 주소
	r.Host = "10.0.0.7:8080"                            // 프록시가 바꾼 Host
	if resp, _ := upgrade(t, websocket.Upgrader{}, r, nil); resp.StatusCode != http.StatusForbidden {
		t.Errorf("상태 %d, 원한 것 403", resp.StatusCode)
	}
}

func TestCheckOriginIsAskedOnEveryRequest(t *testing.T) {
	asked := 0
	u := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool { asked++; return false }}
	for range 2 {
		resp, err := upgrade(t, u, request(nil), nil)
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusForbidden || string(body) != "Forbidden\n" {
			t.Errorf("답 %d %q", resp.StatusCode, body)
		}
		// 까닭은 서버가 받는 오류에만 있고, 상대에게 가는 본문에는 없습니다.
		wantError(t, err, "websocket: request origin not allowed by Upgrader.CheckOrigin")
	}
	if asked != 2 {
		t.Errorf("CheckOrigin을 %d번 불렀습니다, 원한 것 2", asked)
	}
}

// 거절은 평범한 HTTP 응답입니다. 연결은 net/http에 남아 다음 요청을 받습니다.
func TestRefusedHandshakeLeavesTheConnectionToHTTP(t *testing.T) {
	s := wstest.Start(t, serve(websocket.Upgrader{}, echo))
	conn := s.NetConn(t)
	conn.SetDeadline(soon())
	answers := bufio.NewReader(conn)
	for _, visit := range []struct {
		origin string
		status int
	}{
		{"http://evil.example", http.StatusForbidden},
		{"http://evil.example", http.StatusForbidden},
		{"http://" + s.Host, http.StatusSwitchingProtocols},
	} {
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", s.Host, visit.origin)
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("같은 TCP 연결의 다음 요청에 답이 없습니다: %v", err)
		}
		io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != visit.status {
			t.Errorf("Origin %q: 상태 %d, 원한 것 %d", visit.origin, resp.StatusCode, visit.status)
		}
	}
}

func TestGoClientSendsNoOriginUnlessTold(t *testing.T) {
	origins := make(chan []string, 2)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origins <- r.Header["Origin"]
		serve(websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}, echo).ServeHTTP(w, r)
	}))
	s.Dial(t, "/")
	if got := receive(t, origins, "첫 핸드셰이크의 Origin"); got != nil {
		t.Errorf("Origin %q, 원한 것 없음", got)
	}
	s.TryDial(t, "/", http.Header{"Origin": {"https://bank.example"}})
	if got := receive(t, origins, "둘째 핸드셰이크의 Origin"); len(got) != 1 || got[0] != "https://bank.example" {
		t.Errorf("Origin %q: 브라우저가 아니면 무엇이든 적을 수 있습니다", got)
	}
}

func TestDeprecatedUpgradeChecksNothingAndAnswersNothing(t *testing.T) {
	deprecated := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		//lint:ignore SA1019 오래된 함수가 무엇을 하는지 봅니다.
		conn, err := websocket.Upgrade(w, r, nil, 0, 0)
		if err == nil {
			conn.Close()
		}
	})
	s := wstest.Start(t, deprecated)
	if _, status := s.TryDial(t, "/", http.Header{"Origin": {"http://evil.example"}}); status != http.StatusSwitchingProtocols {
		t.Errorf("다른 출처: 상태 %d, 원한 것 101", status)
	}
	if status, body := s.Get(t, "/"); status != http.StatusOK || body != "" {
		t.Errorf("평범한 HTTP: %d %q, 원한 것 빈 200", status, body)
	}
}
