package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, main) }

// victim은 127.0.0.1에서 듣는 남의 서버와 그 포트입니다.
func victim(t *testing.T) (net.Listener, string) {
	t.Helper()
	if l, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		t.Skipf("IPv6가 없는 컴퓨터에서는 이 공격을 해 보일 수 없습니다: %v", err)
	} else {
		l.Close()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return l, port
}

// get은 [::1]의 port에 host를 찾아왔다고 말하는 요청을 보냅니다.
func get(t *testing.T, port, host, path string) (status int, body string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("::1", port), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestPageIsServedOnceAndThenTheNameIsLeftToTheVictim(t *testing.T) {
	_, port := victim(t)
	p := wstest.Run(t, "-addr", "localhost:"+port)
	name := "evil.localhost:" + port
	if p.URL != "http://"+name {
		t.Fatalf("알린 주소 %s, 원한 것 http://%s", p.URL, name)
	}
	// 다른 것을 찾아온 사람은 페이지를 쓰지 않습니다.
	for _, r := range [][2]string{{"localhost:" + port, "/"}, {"127.0.0.1:" + port, "/"}, {name, "/favicon.ico"}} {
		if status, body := get(t, port, r[0], r[1]); status != http.StatusNotFound || !strings.Contains(body, p.URL) {
			t.Errorf("%s%s: %d %q, 원한 것 404와 열 주소", r[0], r[1], status, body)
		}
	}
	idle, err := net.Dial("tcp", net.JoinHostPort("::1", port)) // 브라우저가 미리 열어 두는 연결
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	status, body := get(t, port, name, "/")
	if status != http.StatusOK || !strings.Contains(body, "new WebSocket") {
		t.Fatalf("페이지: %d %q", status, body)
	}
	// 페이지를 받은 브라우저가 같은 이름으로 여는 다음 연결은 127.0.0.1로 갑니다.
	if conn, err := net.Dial("tcp", net.JoinHostPort("::1", port)); err == nil {
		conn.Close()
		t.Error("페이지를 내준 뒤에도 [::1]에서 듣습니다")
	}
	if err := p.Wait(t); err != nil {
		t.Errorf("종료 상태: %v\n%s", err, p.Log())
	}
	if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port)); err != nil {
		t.Errorf("속은 서버는 그대로 듣고 있어야 합니다: %v", err)
	} else {
		conn.Close()
	}
}

func TestCtrlCEndsBeforeAnyVisitor(t *testing.T) {
	_, port := victim(t)
	p := wstest.Run(t, "-addr", "localhost:"+port)
	p.Interrupt(t)
	if err := p.Wait(t); err != nil {
		t.Errorf("종료 상태: %v\n%s", err, p.Log())
	}
}

func TestBadOptionsAreOneKoreanLine(t *testing.T) {
	_, port := victim(t)
	taken, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, args := range [][]string{{"-addr", "localhost"}, {"-addr", "localhost:" + port}, {"-port", "8080"}, {"8080"}} {
		wstest.WantUsageError(t, args...)
	}
	wstest.WantUsage(t, "-h")
}
