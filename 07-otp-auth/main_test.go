package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

func TestLoginAnswersByTheBody(t *testing.T) {
	tests := []struct {
		name, body string
		want       int
	}{
		{"맞음", `{"username": "gopher", "password": "websocket"}`, 200},
		{"모르는 필드", `{"username": "chulsoo", "password": "websocket", "admin": true}`, 200},
		{"틀린 비밀번호", `{"username": "gopher", "password": "Websocket"}`, 401},
		{"더 긴 비밀번호", `{"username": "gopher", "password": "websocket1"}`, 401},
		{"없는 이름", `{"username": "mallory", "password": "websocket"}`, 401},
		{"다른 대소문자의 이름", `{"username": "Gopher", "password": "websocket"}`, 401},
		{"빈 본문", "", 400},
		{"JSON 아님", "username=gopher&password=websocket", 400},
		{"배열", `["gopher", "websocket"]`, 400},
		{"null", "null", 400},
		{"이름 없음", `{"password": "websocket"}`, 400},
		{"비밀번호 없음", `{"username": "gopher"}`, 400},
		{"숫자 비밀번호", `{"username": "gopher", "password": 1}`, 400},
		{"뒤에 붙은 것", `{"username": "gopher", "password": "websocket"} {}`, 400},
		{"1 KiB 넘음", `{"username": "gopher", "password": "websocket"}` + strings.Repeat(" ", 1024), 400},
	}
	s := start(t)
	for _, tt := range tests {
		resp, body := login(t, s, tt.body)
		if resp.StatusCode != tt.want {
			t.Fatalf("%s: 상태 %d %q, 원한 것 %d", tt.name, resp.StatusCode, body, tt.want)
		}
		if tt.want == 200 && resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: 일회용 비밀번호를 저장하지 말라고 하지 않습니다", tt.name)
		}
	}
	for _, method := range []string{"GET", "PUT", "DELETE", "HEAD"} {
		if resp, _ := s.Do(t, method, "/login", ""); resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: 상태 %d, 원한 것 405", method, resp.StatusCode)
		}
	}
}

func TestLoginTakesOnlyJSONFromItsOwnOrigin(t *testing.T) {
	s := start(t)
	const json, body = "application/json", `{"username": "gopher", "password": "websocket"}`
	tests := []struct {
		name, contentType, origin string
		want                      int
	}{
		{"출처 없음", json, "", 200},
		{"자기 출처", json, "http://" + s.Host, 200},
		{"매개변수가 붙은 종류", json + "; charset=utf-8", "", 200},
		{"다른 출처", json, "http://evil.example", 403},
		{"다른 스킴", json, "https://" + s.Host, 403},
		{"null 출처", json, "null", 403},
		{"종류 없음", "", "", 415},
		{"폼", "application/x-www-form-urlencoded", "", 415},
		{"스크립트가 묻지 않고 보낼 수 있는 종류", "text/plain", "", 415},
		{"비슷한 종류", json + "x", "", 415},
	}
	for _, tt := range tests {
		logs := wstest.CaptureLog(t)
		header := http.Header{"Content-Type": {tt.contentType}}
		if tt.origin != "" {
			header.Set("Origin", tt.origin)
		}
		resp, answer := s.DoWith(t, http.MethodPost, "/login", header, body)
		if resp.StatusCode != tt.want || strings.Contains(answer, "otp") != (tt.want == 200) {
			t.Fatalf("%s: 상태 %d %q, 원한 것 %d", tt.name, resp.StatusCode, answer, tt.want)
		}
		if tt.want != 200 {
			logs.Await(t, fmt.Sprint("거절: ", tt.want))
		}
		if tt.want == 403 && len(logs.Lines(tt.origin)) == 0 {
			t.Errorf("%s: 거절한 출처가 로그에 없습니다: %s", tt.name, logs)
		}
	}
}

func TestSixAccountsCanLogIn(t *testing.T) {
	s := start(t)
	for _, user := range []string{"gopher", "chulsoo", "younghee", "minsu", "jiwoo", "haneul"} {
		otp(t, s, user)
	}
}

func TestPageHasALoginForm(t *testing.T) {
	_, page := start(t).Get(t, "/")
	for _, id := range []string{"username", "password", "login"} {
		if !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("페이지에 id %q이(가) 없습니다", id)
		}
	}
}

func TestHugeLoginBodyCostsNoMemory(t *testing.T) {
	s := start(t)
	conn := s.NetConn(t)
	before := heap()
	fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", 8<<20)
	go conn.Write(bytes.Repeat([]byte("a"), 8<<20))
	var status [12]byte
	if _, err := io.ReadFull(conn, status[:]); err != nil || string(status[:]) != "HTTP/1.1 400" {
		t.Errorf("답 %q, %v", status, err)
	}
	conn.Close()
	wantGrownAtMost(t, before, 1<<20, "본문을 다 받아 둡니까?")
}

func TestUnfinishedLoginBodyIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := wstest.StartServerInMemory(t, newServer(handler(t))).NetConn(t)
		begin := time.Now()
		conn.SetDeadline(begin.Add(time.Hour))
		io.WriteString(conn, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
		io.Copy(io.Discard, conn)
		if waited := time.Since(begin); waited > 15*time.Second {
			t.Errorf("%v 만에 끊김, 원한 것 15초 안", waited)
		}
	})
}

func TestSocketWithoutAValidOTPIs401(t *testing.T) {
	s := start(t)
	used := path(t, s)
	s.Dial(t, used).Leave()
	for name, path := range map[string]string{
		"없음": "/ws", "빈 것": "/ws?otp=", "지어낸 것": "/ws?otp=AAAAAAAAAAAAAAAAAAAAAAAAAA",
		"쓴 것": used, "다른 이름": "/ws?OTP=" + otp(t, s, "gopher"),
	} {
		logs := wstest.CaptureLog(t)
		if _, status := s.TryDial(t, path, nil); status != http.StatusUnauthorized {
			t.Errorf("%s: 상태 %d, 원한 것 401", name, status)
		}
		if lines := logs.Lines("거절"); len(lines) != 1 {
			t.Errorf("%s: 「거절」이 든 로그 %q, 원한 것 한 줄", name, lines)
		}
	}
}

// 업그레이드를 청하는 꼴이 조금 달라도 비밀번호 없이는 들어오지 못합니다.
func TestNoHandshakeGetsInWithoutAnOTP(t *testing.T) {
	s := start(t)
	const rest = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	for _, upgrade := range []string{
		"Connection: Upgrade\r\nUpgrade: websocket\r\n", "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n",
		"Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\n", "Upgrade: websocket\r\n", "Connection: Upgrade\r\n", "",
	} {
		conn := s.NetConn(t)
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: "+s.Host+"\r\n"+upgrade+rest)
		var status [12]byte
		if _, err := io.ReadFull(conn, status[:]); err != nil || status[9] != '4' {
			t.Fatalf("%q: 답 %q, %v, 원한 것 400이나 401", upgrade, status, err)
		}
	}
}

func TestPlainRequestDoesNotSpendTheOTP(t *testing.T) {
	s := start(t)
	path := path(t, s)
	if status, _ := s.Get(t, path); status != http.StatusBadRequest {
		t.Errorf("평범한 GET: 상태 %d, 원한 것 400", status)
	}
	if _, status := s.TryDial(t, path, nil); status != http.StatusSwitchingProtocols {
		t.Errorf("그다음의 연결: 상태 %d, 원한 것 101. 평범한 GET이 일회용 비밀번호를 써 버렸습니까?", status)
	}
}

func TestLogSaysWhoLoggedInCameAndLeft(t *testing.T) {
	s := start(t)
	logs := wstest.CaptureLog(t)
	login(t, s, `{"username": "jiwoo", "password": "틀린 비밀번호"}`)
	logs.Await(t, `거절: "jiwoo"`)
	s.Dial(t, "/ws?otp="+otp(t, s, "jiwoo")).Leave()
	for _, word := range []string{"로그인: jiwoo", "jiwoo 들어옴", "jiwoo 나감"} {
		logs.Await(t, word)
	}
	for _, line := range logs.Lines("로그인") {
		if strings.Contains(line, "틀린 비밀번호") || strings.Contains(line, "websocket") {
			t.Errorf("로그에 비밀번호가 있습니다: %s", line)
		}
	}
}

func TestOTPIsGoodForFiveSeconds(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{0, 101}, {4999 * time.Millisecond, 101}, {5 * time.Second, 401}, {time.Hour, 401}} {
		synctest.Test(t, func(t *testing.T) {
			s := startInMemory(t)
			for range 200 { // 꼭 5초에는 쓰지 않은 것을 치우는 타이머와 함께 깹니다. 어느 쪽이 먼저일지는 모릅니다.
				path := path(t, s)
				time.Sleep(tt.after)
				c, status := s.TryDial(t, path, nil)
				if status != tt.want {
					t.Fatalf("%v 뒤: 상태 %d, 원한 것 %d. 쓸 때 시각을 봅니까?", tt.after, status, tt.want)
				}
				if c != nil {
					c.Close()
				}
			}
		})
	}
}

func TestFiftyUsesOfOneOTPLetOneIn(t *testing.T) {
	for range 20 {
		s := start(t)
		request := "GET " + path(t, s) + " HTTP/1.1\r\nHost: " + s.Host + "\r\nConnection: Upgrade\r\n" +
			"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
		last := len(request) - 1
		var answers [50]string
		var wg sync.WaitGroup
		begin := make(chan struct{}) // 모두 한 글자만 남기고 기다리다가 함께 끝냅니다.
		for i := range answers {
			conn := s.NetConn(t)
			io.WriteString(conn, request[:last])
			wg.Go(func() {
				<-begin
				io.WriteString(conn, request[last:])
				var status [12]byte
				io.ReadFull(conn, status[:])
				answers[i] = string(status[:])
				conn.Close()
			})
		}
		close(begin)
		wg.Wait()
		count := make(map[string]int)
		for _, answer := range answers {
			count[answer]++
		}
		if count["HTTP/1.1 101"] != 1 || count["HTTP/1.1 401"] != len(answers)-1 {
			t.Fatalf("답 %v, 원한 것 101 하나와 401 마흔아홉", count)
		}
	}
}

func TestOTPIsUnguessableAndNeverLogged(t *testing.T) {
	s := start(t)
	logs := wstest.CaptureLog(t)
	seen := make(map[string]bool)
	for range 200 {
		o := otp(t, s, "younghee")
		if len(o) < 22 || seen[o] { // 22글자의 base64면 128비트
			t.Fatalf("일회용 비밀번호 %q, 원한 것 22글자 이상이고 처음 나오는 것", o)
		}
		seen[o] = true
	}
	for o := range seen {
		s.TryDial(t, "/ws?otp="+o, nil)
		s.TryDial(t, "/ws?otp="+o, http.Header{"Origin": {"http://evil.example"}})
		s.Get(t, "/ws?otp="+o)
	}
	for o := range seen {
		if strings.Contains(logs.String(), o) {
			t.Fatalf("로그에 일회용 비밀번호가 있습니다:\n%s", logs.Lines(o))
		}
	}
	if lines := logs.Lines(`"password"`); len(lines) > 0 {
		t.Errorf("로그에 로그인의 본문이 있습니다:\n%.500s", lines[0])
	}
	if len(logs.Lines("younghee 들어옴")) == 0 {
		t.Errorf("로그에 「younghee 들어옴」이 없습니다. 누가 들어왔는지 적습니까? 로그:\n%.500s", logs)
	}
}

func TestTwelveThousandLoginsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		otp(t, s, "gopher")
		before := heap()
		for range 12_000 {
			otp(t, s, "gopher")
			time.Sleep(time.Millisecond / 4)
		}
		time.Sleep(time.Minute)
		wantGrownAtMost(t, before, 512<<10, "쓰이지 않은 비밀번호를 치웁니까? 맵은 지운 자리를 내놓지 않습니다")
	})
}
