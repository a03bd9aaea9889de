package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestProtocolViolationEndsOnlyItsOwnConnection(t *testing.T) {
	for _, tt := range wstest.Violations {
		t.Run(tt.Name, func(t *testing.T) {
			s := start(t)
			logs := wstest.CaptureLog(t)
			other, c := dial(t, s), dial(t, s)
			c.Write(tt.Frames...)
			c.WantClose(tt.Code)
			logs.Await(t, "프로토콜 위반")
			if lines := logs.Lines("나감"); len(lines) != 1 {
				t.Errorf("나간 로그 %q, 원한 것 한 줄. 앞 연결의 줄이면 그 연결이 끝나기 전에 테스트가 끝났습니다", lines)
			}
			say(other, "나는 괜찮다")
			wantHeard(t, other, "나는 괜찮다")
		})
	}
}

func TestAnnouncedLengthCostsNoMemory(t *testing.T) {
	for _, announce := range []uint64{1 << 63, 1 << 62, 1 << 30} {
		t.Run(fmt.Sprintf("%x", announce), func(t *testing.T) {
			s := start(t)
			before := heap()
			c := dial(t, s)
			c.Write(wstest.Frame{Opcode: websocket.BinaryMessage, Announce: announce, Payload: []byte("hi")})
			wantGrownAtMost(t, before, 1<<20, "길이를 믿고 미리 자리를 잡습니까?")
		})
	}
}

func TestHalfFrameEndsWithItsConnection(t *testing.T) {
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		whole := wstest.Text("안녕").Bytes()
		for n := range len(whole) {
			c := dial(t, s)
			c.NetConn().Write(whole[:n])
			c.Close()
			synctest.Wait()
			if lines := logs.Lines("나감"); len(lines) != n+1 || !strings.Contains(lines[n], "1006") {
				t.Fatalf("%d바이트 뒤에 끊겼습니다. 로그 %q, 원한 것 1006인 %d줄", n, lines, n+1)
			}
		}
	})
}

func TestCloseIsAnsweredWithTheSameCode(t *testing.T) {
	s := start(t)
	for _, code := range []int{1000, 1001, 1003, 1012, 3000, 4999} {
		c := dial(t, s)
		c.Write(wstest.Close(code, "그만"))
		c.WantClose(code)
	}
	c := dial(t, s)
	c.Write(wstest.Frame{Opcode: websocket.CloseMessage})
	c.WantClose(websocket.CloseNoStatusReceived)
}

func TestEveryEndIsOneLogLineOfItsKind(t *testing.T) {
	tests := []struct {
		name, want string
		end        func(c *wstest.Conn)
	}{
		{"닫기 코드", `상대가 닫음: 1000 "bye"`, func(c *wstest.Conn) { c.Write(wstest.Close(1000, "bye")) }},
		{"코드 없는 닫기", `상대가 닫음: 1005 ""`, func(c *wstest.Conn) { c.Write(wstest.Frame{Opcode: 8}) }},
		{"FIN", "닫기 프레임 없이 끊김: 1006", func(c *wstest.Conn) { c.Close() }},
		{"RST", "네트워크 오류", func(c *wstest.Conn) { c.Reset() }},
		{"UTF-8", "서버가 닫음: 1007 텍스트가 UTF-8이 아닙니다", func(c *wstest.Conn) { c.Write(wstest.Text("\xff")) }},
		{"프로토콜 위반", "서버가 닫음: 1002 프로토콜 위반: websocket: bad opcode 3", func(c *wstest.Conn) { c.Write(wstest.Frame{Opcode: 3}) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			c := dial(t, start(t))
			tt.end(c)
			if line := logs.Await(t, "나감"); !strings.Contains(line, tt.want) {
				t.Errorf("로그 %q, 원한 것 %q", line, tt.want)
			}
			if in, out := logs.Lines("들어옴"), logs.Lines("나감"); len(in) != 1 || len(out) != 1 {
				t.Errorf("로그 %q, %q, 원한 것 들어옴과 나감 한 줄씩", in, out)
			}
		})
	}
}

func TestOnlyWhatThePeerDidIsBlamedOnIt(t *testing.T) {
	tests := []struct {
		name, want string
		end        func(c *wstest.Conn)
	}{
		{"사라진 상대", "응답이 없습니다", (*wstest.Conn).Vanish},
		{"모르는 오류", "서버가 닫음: 1011 알 수 없는 오류: 뜻밖의 일", func(c *wstest.Conn) { c.Break(errors.New("뜻밖의 일")) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			synctest.Test(t, func(t *testing.T) {
				tt.end(dial(t, startInMemory(t)))
				time.Sleep(time.Minute)
				lines := logs.Lines("나감")
				if len(lines) != 1 || !strings.Contains(lines[0], tt.want) || strings.Contains(lines[0], "프로토콜 위반") {
					t.Errorf("로그 %q, 원한 것 %q, 프로토콜 위반이 아님", lines, tt.want)
				}
			})
		})
	}
}

// 방울(synctest)은 고루틴이 하나라도 남으면 실패합니다.
func TestTwoThousandComingsAndGoingsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		comeAndGo := func(n int) {
			for i := range n {
				switch c := dial(t, s); i % 3 {
				case 0:
					c.Leave()
				case 1:
					c.Write(wstest.Frame{Opcode: 3})
					c.WantClose(websocket.CloseProtocolError)
					c.Close()
				default:
					c.Close()
				}
			}
			time.Sleep(time.Minute) // 가짜 시계: 마감 시각 타이머까지 모두 끝납니다.
		}
		comeAndGo(100)
		before := heap()
		comeAndGo(2000)
		wantGrownAtMost(t, before, 4<<20, "나간 연결을 어딘가에 남겨 둡니까?")
	})
}

func TestRootIsTheKoreanPageAndOtherPathsAre404(t *testing.T) {
	s := start(t)
	status, page := s.Get(t, "/")
	if status != http.StatusOK || !strings.Contains(page, `<html lang="ko">`) {
		t.Errorf("/: 상태 %d, 본문 %.60q", status, page)
	}
	for _, id := range []string{"status", "log", "message", "send"} {
		if !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("페이지에 id %q이(가) 없습니다", id)
		}
	}
	for _, path := range []string{"/index.html", "/ws/", "/none", "/login/x"} {
		if status, _ := s.Get(t, path); status != http.StatusNotFound {
			t.Errorf("%s: 상태 %d, 원한 것 404", path, status)
		}
	}
}

func TestPagePolicyAllowsOnlyThePageItself(t *testing.T) {
	resp, page := start(t).Do(t, http.MethodGet, "/", "")
	policy := resp.Header.Get("Content-Security-Policy")
	hash := func(element string) string {
		_, after, _ := strings.Cut(page, "<"+element+">")
		text, _, _ := strings.Cut(after, "</"+element+">")
		sum := sha256.Sum256([]byte(text))
		return element + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	for _, want := range []string{
		"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", hash("script"), hash("style"),
	} {
		if !slices.Contains(strings.Split(policy, "; "), want) {
			t.Errorf("Content-Security-Policy에 %q이(가) 없습니다: %s", want, policy)
		}
	}
	if got := resp.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options %q, 원한 것 nosniff", got)
	}
}

func TestPlainHTTPOnTheSocketPathIs400(t *testing.T) {
	s := start(t)
	logs := wstest.CaptureLog(t)
	if status, _ := s.Get(t, "/ws"); status != http.StatusBadRequest {
		t.Errorf("상태 %d, 원한 것 400", status)
	}
	if lines := logs.Lines("거절"); len(lines) != 1 {
		t.Errorf("거절 로그 %q, 원한 것 한 줄", lines)
	}
}

func TestPageOfAnotherHostIsRefused(t *testing.T) {
	s := start(t)
	_, status := s.TryDial(t, path(t, s), http.Header{"Origin": {"http://evil.example"}})
	if status != http.StatusForbidden {
		t.Errorf("상태 %d, 원한 것 403", status)
	}
}

func TestCompressionIsNotNegotiated(t *testing.T) {
	s := start(t)
	offer := http.Header{"Sec-WebSocket-Extensions": {"permessage-deflate"}}
	c, _ := s.TryDial(t, path(t, s), offer)
	c.Write(wstest.Frame{Opcode: websocket.TextMessage, RSV: 4, Payload: []byte{0}})
	c.WantClose(websocket.CloseProtocolError)
}

func TestHeadersOver16KiBAreRefused(t *testing.T) {
	for size, want := range map[int]string{15 << 10: "HTTP/1.1 200", 17 << 10: "HTTP/1.1 431", 900_000: "HTTP/1.1 431"} {
		conn := wstest.StartServer(t, newServer(handler(t))).NetConn(t)
		go fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("a", size))
		var status [12]byte
		if _, err := io.ReadFull(conn, status[:]); err != nil || string(status[:]) != want {
			t.Errorf("헤더 %d바이트: 답 %q, %v, 원한 것 %q", size, status, err, want)
		}
	}
}

func TestUnfinishedRequestIsCutOff(t *testing.T) {
	for _, request := range []string{
		"", "GET /ws HTTP/1.1\r\nHost: x\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			conn := wstest.StartServerInMemory(t, newServer(handler(t))).NetConn(t)
			begin := time.Now()
			conn.SetDeadline(begin.Add(time.Hour))
			io.WriteString(conn, request)
			io.Copy(io.Discard, conn)
			if waited := time.Since(begin); waited > time.Minute {
				t.Errorf("%q: %v 만에 끊김, 원한 것 1분 안", request, waited)
			}
		})
	}
}

func TestUnreadResponseIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := wstest.StartServerInMemory(t, newServer(handler(t))).NetConn(t)
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		time.Sleep(time.Minute)
		if n, err := io.Copy(io.Discard, conn); n > 0 || err != nil {
			t.Errorf("1분 뒤에 %d바이트를 받았습니다, %v", n, err)
		}
	})
}

func TestBadOptionIsOneKoreanLine(t *testing.T) {
	for _, args := range [][]string{
		{"-adr", "localhost:0"}, {"-addr"}, {"-addr", "8080"}, {"-addr", "localhost:99999"},
		{"-addr", "localhost:http?"}, {"8080"}, {"-addr", "localhost:0", "x"},
	} {
		wstest.WantUsageError(t, args...)
	}
}

func TestHelpEndsWell(t *testing.T) {
	for _, flag := range []string{"-h", "-help"} {
		wstest.WantUsage(t, flag)
	}
}

func TestAddressInUseSaysToChangeThePort(t *testing.T) {
	s := start(t)
	if line := wstest.WantUsageError(t, "-addr", s.Host); !strings.Contains(line, "-addr localhost:8081") {
		t.Errorf("할 일을 말하지 않습니다: %s", line)
	}
}

func TestCtrlCEndsTheProgramAtOnce(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	c := dial(t, p.Server(t))
	say(c, "안녕")
	wantHeard(t, c, "안녕")
	p.Interrupt(t)
	c.WantClose(websocket.CloseAbnormalClosure)
	p.Wait(t)
}

func TestEchoKeepsTypeAndBytes(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	tests := []struct {
		name        string
		messageType int
		message     []byte
	}{
		{"텍스트", websocket.TextMessage, []byte("hello")},
		{"한글과 이모지", websocket.TextMessage, []byte("안녕하세요 👋\n둘째 줄")},
		{"빈 텍스트", websocket.TextMessage, []byte{}},
		{"바이너리", websocket.BinaryMessage, all},
		{"UTF-8이 아닌 바이너리", websocket.BinaryMessage, []byte{0xff, 0xfe}},
		{"빈 바이너리", websocket.BinaryMessage, []byte{}},
		{"3 MB 텍스트", websocket.TextMessage, bytes.Repeat([]byte("가"), 1_000_000)},
		{"5 MB 바이너리", websocket.BinaryMessage, bytes.Repeat(all, 20_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, startInMemory(t))
				sent := make(chan error, 1)
				go func() { sent <- c.WriteMessage(tt.messageType, tt.message) }()
				c.SetReadDeadline(time.Now().Add(c.Patience))
				messageType, message, err := c.ReadMessage()
				if err != nil {
					t.Fatalf("메시지가 끝나지 않았습니다. NextWriter가 준 것을 닫았습니까? %v", err)
				}
				if messageType != tt.messageType || !bytes.Equal(message, tt.message) {
					t.Errorf("종류 %d, %d바이트, 원한 것 %d, %d바이트", messageType, len(message), tt.messageType, len(tt.message))
				}
				if err := <-sent; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestFragmentsWithAPingBetweenAreOneMessage(t *testing.T) {
	c := dial(t, start(t))
	var pong string
	c.SetPongHandler(func(data string) error {
		pong = data
		return nil
	})
	han := "한글"
	c.Write(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte(han[:1])},
		wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")},
		wstest.Frame{Opcode: 0, More: true, Payload: []byte(han[1:4])},
		wstest.Frame{Opcode: 0, Payload: []byte(han[4:])},
	)
	wantHeard(t, c, han)
	if pong != "p" {
		t.Errorf("pong %q, 원한 것 \"p\"", pong)
	}
}

func TestTextThatIsNotUTF8EndsWith1007(t *testing.T) {
	huge := wstest.Violation{Name: "1 MB 뒤의 한 바이트", Code: 1007,
		Frames: []wstest.Frame{wstest.Text(strings.Repeat("가", 350_000) + "\xff")}}
	for _, tt := range append(wstest.InvalidUTF8, huge) {
		t.Run(tt.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, startInMemory(t))
				go func() {
					for _, f := range tt.Frames {
						c.NetConn().Write(f.Bytes())
					}
				}()
				c.WantClose(tt.Code)
			})
		})
	}
}
