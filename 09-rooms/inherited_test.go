package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

func TestMessageReachesEveryoneTheSenderIncluded(t *testing.T) {
	s := start(t)
	clients := []*wstest.Conn{dial(t, s), dial(t, s), dial(t, s)}
	for _, text := range []string{"안녕하세요 👋", "<img src=x onerror=alert(1)>", "둘째 줄\n셋째 줄"} {
		say(clients[0], text)
		for _, c := range clients {
			wantHeard(t, c, text)
		}
	}
}

func TestEveryoneHearsTheSameOrder(t *testing.T) {
	const clients, each = 5, 100
	s := start(t)
	var conns []*wstest.Conn
	for range clients {
		conns = append(conns, dial(t, s))
	}
	var wg sync.WaitGroup
	heard := make([][]string, clients)
	for i, c := range conns {
		wg.Go(func() {
			for n := range each {
				say(c, fmt.Sprint(i, "의 ", n))
			}
		})
		wg.Go(func() {
			for range clients * each {
				text, err := hear(c)
				if err != nil {
					t.Errorf("%d번이 %d개를 듣고 끝났습니다: %v", i, len(heard[i]), err)
					return
				}
				heard[i] = append(heard[i], text)
			}
		})
	}
	wg.Wait()
	for i := range heard {
		if !slices.Equal(heard[i], heard[0]) {
			t.Fatalf("%d번이 들은 순서가 0번과 다릅니다", i)
		}
	}
}

func TestEachMessageIsOneFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		text := strings.Repeat("가", 100)
		for range 3 {
			say(sender, text)
			wantHeard(t, sender, text)
		}
		synctest.Wait() // 셋이 모두 listener를 기다립니다.
		listener.NetConn().SetReadDeadline(time.Now().Add(time.Minute))
		for range 3 {
			var header [4]byte
			io.ReadFull(listener.NetConn(), header[:])
			if header[0] != 0x81 || header[1] != 126 {
				t.Fatalf("프레임 헤더 % x, 원한 것 FIN과 텍스트(81), 두 바이트 길이(7e)", header)
			}
			io.CopyN(io.Discard, listener.NetConn(), int64(header[2])<<8|int64(header[3]))
		}
	})
}

func TestFragmentsWithAPingBetweenAreOneMessage(t *testing.T) {
	s := start(t)
	c, other := dial(t, s), dial(t, s)
	var pong string
	c.SetPongHandler(func(data string) error {
		pong = data
		return nil
	})
	whole := frame("한글").Payload
	cut := bytes.IndexByte(whole, "한"[0]) + 1 // 글자 한가운데
	c.Write(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: whole[:cut]},
		wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")},
		wstest.Frame{Opcode: 0, Payload: whole[cut:]},
	)
	wantHeard(t, c, "한글")
	wantHeard(t, other, "한글")
	if pong != "p" {
		t.Errorf("pong %q, 원한 것 \"p\"", pong)
	}
}

func TestWhatIsNotTextEndsOnlyTheSender(t *testing.T) {
	tests := append(wstest.InvalidUTF8,
		wstest.Violation{Name: "바이너리", Code: 1003, Frames: []wstest.Frame{{Opcode: 2, Payload: []byte{0xff, 0xfe}}}},
		wstest.Violation{Name: "빈 바이너리", Code: 1003, Frames: []wstest.Frame{{Opcode: 2}}})
	s := start(t)
	other := dial(t, s)
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			c := dial(t, s)
			c.Write(tt.Frames...)
			c.WantClose(tt.Code)
			logs.Await(t, fmt.Sprintf("나감: 서버가 닫음: %d", tt.Code))
			say(other, "다음 말")
			wantHeard(t, other, "다음 말")
		})
	}
}

func TestClientThatNeverReadsIsDroppedAndNobodyLosesAMessage(t *testing.T) {
	const messages = 30_000
	s := start(t)
	logs := wstest.CaptureLog(t)
	sender, listener, silent := dial(t, s), dial(t, s), dial(t, s)
	silent.NetConn().(*net.TCPConn).SetReadBuffer(4096)
	text := func(n int) string { return fmt.Sprintf("%06d", n) + strings.Repeat(".", 294) }
	before := heap()
	for from := 0; from < messages; from += 1000 { // 듣는 사람보다 1,000개까지만 앞서 말합니다.
		go func() {
			for n := range 1000 {
				say(sender, text(from+n))
			}
		}()
		for n := range 1000 {
			wantHeard(t, sender, text(from+n))
			wantHeard(t, listener, text(from+n))
		}
	}
	logs.Await(t, "서버가 닫음: 1008") // 읽지 않으면 2초 뒤에 끊고, 내보낸 까닭을 적습니다.
	if lines := logs.Lines("나감"); len(lines) != 1 {
		t.Errorf("나간 로그 %q, 원한 것 읽지 않은 한 사람의 한 줄", lines)
	}
	wantGrownAtMost(t, before, 4<<20, "내보낸 사람의 대기열을 남겨 둡니까?")
}

func TestBurstLosesNothing(t *testing.T) {
	const messages = 4000
	s := start(t)
	sender, listener := dial(t, s), dial(t, s)
	go func() {
		for n := range messages {
			say(sender, fmt.Sprint(n))
		}
	}()
	for n := range messages {
		wantHeard(t, sender, fmt.Sprint(n))
		wantHeard(t, listener, fmt.Sprint(n))
	}
}

// chat은 말하고 듣기를 n번 합니다. 그동안 다른 사람에게는 n개가 밀립니다.
func chat(t *testing.T, c *wstest.Conn, n int) {
	t.Helper()
	for i := range n {
		say(c, fmt.Sprint(i))
		wantHeard(t, c, fmt.Sprint(i))
	}
}

// hearSlowly는 100ms에 하나씩 듣고, 끝낸 오류를 반환합니다.
func hearSlowly(c *wstest.Conn) (err error) {
	for err == nil {
		time.Sleep(100 * time.Millisecond)
		_, err = hear(c)
	}
	return err
}

func TestDroppedClientSees1008EvenIfItReadsSlowly(t *testing.T) {
	for _, tt := range []struct {
		name string
		read int // 넘치기 전에 읽는 수. 2면 4,095개 묶음을 쓰는 중에 넘칩니다.
	}{{"하나도 읽기 전에", 0}, {"묶음을 쓰는 중에", 2}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startInMemory(t)
				sender, slow := dial(t, s), dial(t, s)
				chat(t, sender, 4096) // 여기까지는 내보내지 않습니다.
				for n := range tt.read {
					wantHeard(t, slow, fmt.Sprint(n))
				}
				synctest.Wait()
				chat(t, sender, 4500)
				if err := hearSlowly(slow); wstest.CloseCode(err) != websocket.ClosePolicyViolation {
					t.Errorf("끝 %v, 원한 것 1008. 밀린 것을 마저 쓰느라 닫기 프레임이 늦습니까?", err)
				}
			})
		})
	}
}

func TestDroppedClientIsNoLongerHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		chat(t, sender, 4500)
		say(slow, "유령의 말")
		synctest.Wait()
		say(sender, "산 사람의 말")
		wantHeard(t, sender, "산 사람의 말")
	})
}

func TestSenderOfBinaryUnderTrafficStillSees1003(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		talker, c := dial(t, s), dial(t, s)
		chat(t, talker, 3)
		c.Write(wstest.Frame{Opcode: websocket.BinaryMessage})
		c.WantClose(websocket.CloseUnsupportedData)
		synctest.Wait()
		// 서버가 곧바로 끊지 않고 읽어서 버립니다. 끊으면 TCP에서는 RST가 닫기 코드를 앞지를 수 있습니다.
		if _, err := c.NetConn().Write(frame("닫기 전에 보낸 말").Bytes()); err != nil {
			t.Errorf("닫기 프레임을 보내자마자 끊었습니다: %v", err)
		}
	})
}

func TestWhatWaitsIsSentBefore1001(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop, done := stoppable(t)
		s := wstest.StartInMemory(t, h)
		var clients []*wstest.Conn
		for range 20 {
			clients = append(clients, dial(t, s))
		}
		for n := range 3 {
			say(clients[0], fmt.Sprint("마지막 말 ", n))
		}
		synctest.Wait() // 모두에게 셋이 밀려 있습니다.
		begin := time.Now()
		stop()
		for _, c := range clients {
			for n := range 3 {
				wantHeard(t, c, fmt.Sprint("마지막 말 ", n))
			}
			c.WantClose(websocket.CloseGoingAway)
		}
		wantDone(t, done)
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("모두 닫기로 답했는데 %v를 더 기다렸습니다", waited)
		}
	})
}

func TestShutdownEndsWhileEveryoneTalks(t *testing.T) {
	h, stop, done := stoppable(t)
	s := wstest.Start(t, h)
	clients := []*wstest.Conn{dial(t, s), dial(t, s), dial(t, s), dial(t, s)}
	word := frame("쉬지 않고 하는 말").Bytes()
	var started, talking sync.WaitGroup
	started.Add(len(clients))
	for _, c := range clients {
		talking.Go(func() {
			c.NetConn().Write(word)
			started.Done()
			for {
				if _, err := c.NetConn().Write(word); err != nil {
					return
				}
			}
		})
		talking.Go(func() { c.Drain() })
	}
	started.Wait()
	stop()
	wantDone(t, done)
	talking.Wait()
}

func TestShutdownIsNotHeldUpByAClientThatNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop, done := stoppable(t)
		s := wstest.StartInMemory(t, h)
		sender, slow, _ := dial(t, s), dial(t, s), dial(t, s)
		late := path(t, s)
		chat(t, sender, 100)
		begin := time.Now()
		stop()
		synctest.Wait()
		s.Dial(t, late).WantClose(websocket.CloseGoingAway) // 닫는 중에 온 클라이언트
		if err := hearSlowly(slow); wstest.CloseCode(err) != websocket.CloseAbnormalClosure {
			t.Errorf("끝 %v, 원한 것 1006. 밀린 100개를 천천히 읽는 사람을 다 기다립니까?", err)
		}
		wantDone(t, done)
		if waited := time.Since(begin); waited > 5*time.Second {
			t.Errorf("%v 만에 닫혔습니다, 원한 것 5초 안", waited)
		}
	})
}

func TestHandlerReturnsWhileTheSocketLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running atomic.Int32
		h := handler(t)
		s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			running.Add(1)
			defer running.Add(-1)
			h.ServeHTTP(w, r)
		}))
		c := dial(t, s)
		synctest.Wait()
		if n := running.Load(); n != 0 {
			t.Errorf("핸들러 %d개가 돌아오지 않았습니다", n)
		}
		chat(t, c, 1)
	})
}

func TestCtrlCSends1001AndEndsTheProgramAtOnce(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	c := dial(t, p.Server(t))
	chat(t, c, 1)
	p.Interrupt(t)
	c.WantClose(websocket.CloseGoingAway)
	if err := p.Wait(t); err != nil {
		t.Errorf("종료 %v, 원한 것 0\n%s", err, p.Log())
	}
}

func TestSecondCtrlCDoesNotWait(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	dial(t, p.Server(t)) // 닫기 프레임을 읽지 않아서 서버를 기다리게 합니다.
	p.Interrupt(t)
	p.AwaitLog(t, "서버를 닫습니다")
	p.InterruptAgain(t)
	if err := p.Wait(t); err == nil {
		t.Error("두 번째 Ctrl-C 뒤에도 기다렸다가 0으로 끝났습니다")
	}
}

func TestPingComesEvery54Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
		begin := time.Now()
		var pings []time.Duration
		c.SetPingHandler(func(data string) error {
			pings = append(pings, time.Since(begin))
			return c.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		})
		c.SetReadDeadline(begin.Add(10 * time.Minute))
		c.Drain()
		if len(pings) != 11 || pings[0] != 54*time.Second || pings[10] != 11*54*time.Second {
			t.Errorf("ping이 온 때 %v, 원한 것 54초마다", pings)
		}
	})
}

func TestPongKeepsTheConnectionForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		c, other := dial(t, s), dial(t, s)
		ends := make(chan error, 2)
		for _, conn := range []*wstest.Conn{c, other} {
			conn.Patience = time.Hour + time.Minute
			go func() {
				_, err := hear(conn) // 읽는 동안 ping에 답합니다.
				ends <- err
			}()
		}
		time.Sleep(time.Hour)
		if len(ends) > 0 {
			t.Fatalf("pong으로 답했는데 한 시간 안에 끊겼습니다: %v", <-ends)
		}
		say(c, "아직 여기")
		for range 2 {
			if err := <-ends; err != nil {
				t.Errorf("한 시간 뒤에 한 말이 오지 않습니다: %v. 쓸 때마다 마감 시각을 정합니까?", err)
			}
		}
	})
}

func TestPongKeepsTheConnectionWhenPongWaitIsShort(t *testing.T) {
	if err := flag.Set("pong-wait", "1s"); err != nil {
		t.Fatalf("init에서 등록한 옵션이 아닙니다: %v", err)
	}
	defer flag.Set("pong-wait", "60s")
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
		c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := c.Drain(); wstest.CloseCode(err) != 0 {
			t.Errorf("답하는 사람이 -pong-wait 1s에서 끊겼습니다: %v. 54초를 옵션을 읽기 전에 계산했습니까?", err)
		}
	})
}

func TestWithoutPongTheConnectionEndsAfter60Seconds(t *testing.T) {
	tests := []struct {
		name string
		talk time.Duration // 이 간격으로 말합니다. 0이면 말이 없습니다.
	}{{"말없이", 0}, {"말은 하면서", 5 * time.Second}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logs := wstest.CaptureLog(t)
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, startInMemory(t))
				begin := time.Now()
				c.SetPingHandler(func(string) error { return nil })
				c.NetConn().SetWriteDeadline(time.Time{})
				if tt.talk != 0 {
					go func() {
						for range 11 { // 55초까지
							time.Sleep(tt.talk)
							if _, err := c.NetConn().Write(frame("여기 있지만 pong은 없다").Bytes()); err != nil {
								return
							}
						}
					}()
				}
				c.SetReadDeadline(begin.Add(time.Hour))
				_, err := c.Drain()
				if waited := time.Since(begin); waited != 60*time.Second {
					t.Errorf("%v 뒤에 끝났습니다. 원한 것 60초", waited)
				}
				if wstest.CloseCode(err) != websocket.ClosePolicyViolation {
					t.Errorf("끝 %v, 원한 것 1008", err)
				}
				c.Close()
				time.Sleep(tt.talk) // 말하던 고루틴도 끝납니다.
				synctest.Wait()
				if lines := logs.Lines("나감"); len(lines) != 1 || !strings.Contains(lines[0], "제한 시간 안에 응답이 없습니다") {
					t.Errorf("나간 로그 %q, 원한 것 「제한 시간 안에 응답이 없습니다」 한 줄", lines)
				}
			})
		})
	}
}

func TestSlowReaderThatSpeaksIsNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		chat(t, sender, 1000)
		sender.SetReadDeadline(time.Time{})
		go sender.Drain()
		say(slow, "나도 한마디")
		for n := range 1001 { // 100초 동안 밀린 것을 읽으며 ping에 답합니다.
			if _, err := hear(slow); err != nil {
				t.Fatalf("%d개를 읽고 끊겼습니다: %v. 밀린 것을 쓰는 동안에도 ping을 보냅니까?", n, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		say(slow, "아직 여기")
		wantHeard(t, slow, "아직 여기")
	})
}

func TestWriteThatIsNotReadEndsTheConnectionAfter10Seconds(t *testing.T) {
	const closeSlack = 3 * time.Second // 끊기로 한 뒤 정리가 끝나기까지
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, _ := dial(t, s), dial(t, s)
		chat(t, sender, 1)
		time.Sleep(10*time.Second + closeSlack)
		if lines := logs.Lines("나감: 제한 시간 안에 응답이 없습니다"); len(lines) != 1 {
			t.Errorf("나간 로그 %q, 원한 것 읽지 않은 한 사람의 한 줄. 쓸 때마다 마감 시각을 정합니까?", logs.Lines("나감"))
		}
	})
}

func TestPongWaitIsAtLeastOneSecond(t *testing.T) {
	for _, value := range []string{"0s", "-1m", "60", "999ms", ""} {
		wstest.WantUsageError(t, "-addr", "localhost:0", "-pong-wait", value)
	}
	p := wstest.Run(t, "-addr", "localhost:0", "-pong-wait", "1s")
	c := p.Server(t).Dial(t, path(t, p.Server(t)))
	c.SetPingHandler(func(string) error { return nil })
	c.WantClose(websocket.ClosePolicyViolation)
}

func TestPageClosesItsSocketWhenLeft(t *testing.T) {
	if _, page := start(t).Get(t, "/"); !strings.Contains(page, "'pagehide'") {
		t.Error("페이지에 pagehide 처리기가 없습니다")
	}
}

func TestMessageOver512BytesEndsOnlyTheSenderWith1009(t *testing.T) {
	parts := func(sizes ...int) (frames []wstest.Frame) {
		for i, size := range sizes {
			f := wstest.Frame{More: i < len(sizes)-1, Payload: bytes.Repeat([]byte("a"), size)}
			if i == 0 {
				f.Opcode = websocket.TextMessage
			}
			frames = append(frames, f)
		}
		return frames
	}
	tests := []struct {
		name   string
		frames []wstest.Frame
	}{
		{"513바이트", parts(513)},
		{"300바이트 둘", parts(300, 300)},
		{"한 바이트씩 513개", parts(slices.Repeat([]int{1}, 513)...)},
		{"한글 171자", []wstest.Frame{wstest.Text(strings.Repeat("가", 171))}},
		{"바이너리", []wstest.Frame{{Opcode: websocket.BinaryMessage, Payload: make([]byte, 513)}}},
		{"길이만 1 GiB", []wstest.Frame{{Opcode: websocket.TextMessage, Announce: 1 << 30}}},
		{"길이만 2의 63제곱", []wstest.Frame{{Opcode: websocket.TextMessage, Announce: 1 << 63}}},
		{"20 MB", parts(20_000_000)},
	}
	for _, tt := range tests {
		if t.Failed() {
			return // 닫히지 않는 연결을 하나하나 기다리지 않습니다.
		}
		t.Run(tt.name, func(t *testing.T) {
			var wire []byte
			for _, f := range tt.frames {
				wire = append(wire, f.Bytes()...)
			}
			s := start(t)
			logs := wstest.CaptureLog(t)
			c, other := dial(t, s), dial(t, s)
			before := heap()
			sent := make(chan error, 1)
			go func() {
				_, err := c.NetConn().Write(wire)
				sent <- err
			}()
			c.WantClose(websocket.CloseMessageTooBig)
			// 서버가 남은 바이트를 읽어 주지 않으면 RST가 닫기 코드를 앞지를 수 있습니다.
			if err := <-sent; err != nil {
				t.Errorf("다 보내기 전에 끊겼습니다: %v", err)
			}
			logs.Await(t, "나감: 서버가 닫음: 1009 메시지가 512바이트를 넘습니다")
			say(other, "다음 말")
			wantHeard(t, other, "다음 말")
			c.Close()
			if len(tt.frames[0].Payload) < 1<<20 {
				wantGrownAtMost(t, before, 1<<20, "크기를 보기 전에 받아 둡니까?")
			}
		})
	}
}

func TestMessageOf512BytesPasses(t *testing.T) {
	left := 512 - len(frame("").Payload)
	for _, text := range []string{strings.Repeat("a", left), strings.Repeat("가", left/3) + "abc"[:left%3]} {
		c := dial(t, start(t))
		whole := frame(text).Payload
		say(c, text)
		wantHeard(t, c, text)
		c.Write(
			wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: whole[:200]},
			wstest.Frame{Opcode: websocket.PingMessage, Payload: make([]byte, 125)}, // 제어 메시지는 세지 않습니다.
			wstest.Frame{Payload: whole[200:]})
		wantHeard(t, c, text)
	}
}

// flood는 서버가 받아 주는 만큼 n까지 쉬지 않고 말합니다.
func flood(c *wstest.Conn, n int) {
	c.NetConn().SetWriteDeadline(time.Time{})
	for i := range n {
		if _, err := c.NetConn().Write(frame(fmt.Sprint(i)).Bytes()); err != nil {
			return
		}
	}
}

// wantNext는 flood의 n번째 말이 들리기를 요구합니다.
func wantNext(t *testing.T, c *wstest.Conn, n int, why string) {
	t.Helper()
	if got, err := hear(c); err != nil || got != fmt.Sprint(n) {
		t.Fatalf("들은 것 %.80q, 오류 %v, 원한 것 \"%d\". %s", got, err, n, why)
	}
}

func TestSenderIsAtMost128MessagesAheadOfItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		sender.SetPingHandler(func(string) error { return nil }) // 쏟아붓느라 pong을 쓸 틈이 없습니다.
		go flood(sender, 228)
		const why = "자기 메시지를 자기에게 썼을 때만 하나를 돌려놓습니까? 가득 찬 채널에 돌려놓으면 쓰기가 멈춥니다"
		for n := range 128 {
			wantNext(t, listener, n, why)
		}
		for n := range 100 { // 보낸 사람이 하나를 들을 때마다 하나씩 더 나갑니다.
			listener.NetConn().SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := listener.NetConn().Read(make([]byte, 1)); err == nil {
				t.Fatalf("보낸 사람이 %d개를 들었는데 %d개째가 나갔습니다. 앞선 것은 128개까지입니다", n, 129+n)
			}
			wantNext(t, sender, n, why)
			wantNext(t, listener, 128+n, why)
		}
	})
}

func TestSenderThatDoesNotReadCannotFloodTheOthers(t *testing.T) {
	const messages = 10_000
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, listener := dial(t, s), dial(t, s)
		go flood(sender, messages)
		synctest.Wait() // 서버는 보낸 사람이 읽지 않은 만큼 받지 않습니다.
		for n := range messages {
			const why = "128개 앞선 사람은 자기 것이 돌아올 때까지 기다리게 합니까?"
			wantNext(t, sender, n, why)
			wantNext(t, listener, n, why)
		}
	})
}

func TestSlowReaderThatWaitsForItsTurnIsNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		sender, slow := dial(t, s), dial(t, s)
		chat(t, sender, 1000)
		sender.SetReadDeadline(time.Time{})
		go sender.Drain()
		slow.SetPingHandler(func(string) error { return nil }) // 서버가 읽지 않는 동안에는 pong을 보낼 수 없습니다.
		for range 129 {                                        // 마지막 하나가 차례를 기다립니다.
			say(slow, "나도 한마디")
		}
		for n := range 1129 {
			if _, err := hear(slow); err != nil {
				t.Fatalf("%d개를 읽고 끊겼습니다: %v. 차례를 기다리는 동안에는 pong을 읽지 못하니 그만큼 늦춥니까?", n, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		say(slow, "아직 여기")
		wantHeard(t, slow, "아직 여기")
	})
}

func TestBurstsWithoutPongAreNotLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, startInMemory(t))
		c.SetPingHandler(func(string) error { return nil })
		begin := time.Now()
		c.SetReadDeadline(begin.Add(time.Hour))
		talking := make(chan struct{})
		go func() {
			defer close(talking)
			for c.NetConn().SetWriteDeadline(time.Time{}); ; time.Sleep(time.Second) {
				for range 300 { // 128개를 넘어서 차례를 기다립니다.
					if _, err := c.NetConn().Write(frame("여기 있지만 pong은 없다").Bytes()); err != nil {
						return
					}
				}
			}
		}()
		var err error
		for err == nil {
			time.Sleep(time.Millisecond)
			_, _, err = c.ReadMessage()
		}
		if waited := time.Since(begin); waited > 90*time.Second || wstest.CloseCode(err) != websocket.ClosePolicyViolation {
			t.Errorf("%v 뒤에 끝났습니다: %v, 원한 것 90초 안에 1008. 기다린 만큼만 늦춥니까?", waited, err)
		}
		c.Close()
		wstest.Await(t, talking, "연결을 끊었는데 말하기가 끝나지 않습니다")
	})
}

func TestLeavingFlooderLeavesNothing(t *testing.T) {
	logs := wstest.CaptureLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t)
		for n := range 100 {
			sender := dial(t, s)
			go flood(sender, 1000)
			synctest.Wait() // readPump가 차례를 기다립니다.
			sender.Close()
			synctest.Wait()
			if left := len(logs.Lines("나감")); left != n+1 {
				t.Fatalf("%d명이 떠났는데 %d명만 나갔습니다. writePump가 끝나면 차례를 기다리던 readPump도 깨어납니까?", n+1, left)
			}
		}
	})
}

func TestPageCountsBytesAndSaysWhenItIsTooLong(t *testing.T) {
	_, page := start(t).Get(t, "/")
	for _, want := range []string{`id="bytes"`, `id="over"`, `role="status"`, "TextEncoder"} {
		if !strings.Contains(page, want) {
			t.Errorf("페이지에 %s이(가) 없습니다", want)
		}
	}
	if strings.Count(page, `role="status"`) != 2 {
		t.Error(`role="status"인 자리는 둘입니다: 연결의 상태와 넘쳤다는 말`)
	}
}

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

func TestPageAndSocketAreServedOverTLS(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	if !strings.HasPrefix(p.URL, "https://") || !strings.Contains(p.Log(), "자체 서명") {
		t.Errorf("https 주소가, 그 앞줄에 자체 서명이라는 말이 있어야 합니다:\n%s", p.Log())
	}
	s := p.Server(t)
	if status, page := s.Get(t, "/"); status != http.StatusOK || !strings.Contains(page, "wss:") {
		t.Errorf("/: 상태 %d", status)
	}
	c := dial(t, s)
	say(c, "엿볼 수 없는 말")
	wantHeard(t, c, "엿볼 수 없는 말")
	if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {p.URL}}); status != http.StatusSwitchingProtocols {
		t.Errorf("https인 자기 출처: 상태 %d, 원한 것 101", status)
	}
	if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {"http://" + s.Host}}); status != http.StatusForbidden {
		t.Errorf("http인 자기 출처: 상태 %d, 원한 것 403", status)
	}
}

func TestSelfSignedCertificateIsForThisMachineOnly(t *testing.T) {
	s := wstest.Run(t, "-addr", "localhost:0").Server(t)
	conn, err := tls.Dial("tcp", s.Host, s.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cert := conn.ConnectionState().PeerCertificates[0]
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	for name, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "[::1]": true, "example.com": false, "10.0.0.1": false} {
		_, err := cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: name})
		if (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if key, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		t.Errorf("키 %T", cert.PublicKey)
	}
}

func TestOldTLSAndPlainHTTPAreRefused(t *testing.T) {
	s := wstest.Run(t, "-addr", "localhost:0").Server(t)
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", s.Host, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		if (err == nil) != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			conn.Close()
		}
	}
	conn := s.NetConn(t)
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.0 400") || !strings.Contains(string(answer), "HTTP request to an HTTPS server") {
		t.Errorf("답 %.100q", answer)
	}
}

func TestTLSRecordCutInTheMiddleIs1006(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	tcp := dial(t, p.Server(t)).NetConn().(*tls.Conn).NetConn()
	tcp.Write([]byte{23, 3, 3, 0, 32, 1, 2}) // 32바이트라고 알린 레코드의 두 바이트
	tcp.Close()
	p.AwaitLog(t, "나감: 닫기 프레임 없이 끊김: 1006")
}

func TestCertAndKeyFilesAreUsed(t *testing.T) {
	cert, key := certificateFiles(t)
	p := wstest.Run(t, "-addr", "localhost:0", "-cert", cert, "-key", key)
	if strings.Contains(p.Log(), "자체 서명") {
		t.Errorf("준 인증서를 두고 자체 서명을 말합니다:\n%s", p.Log())
	}
	s := p.Server(t)
	conn, err := tls.Dial("tcp", s.Host, s.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if name := conn.ConnectionState().PeerCertificates[0].DNSNames; !slices.Equal(name, []string{"chat.example"}) {
		t.Errorf("인증서의 이름 %q", name)
	}
	for _, args := range [][]string{
		{"-cert", cert}, {"-key", key}, {"-cert", key, "-key", cert},
		{"-cert", "none.pem", "-key", key}, {"-cert", cert, "-key", t.TempDir()},
	} {
		wstest.WantUsageError(t, append(args, "-addr", "localhost:0")...)
	}
}

// certificateFiles는 chat.example의 인증서와 키를 파일로 만듭니다.
func certificateFiles(t *testing.T) (certFile, keyFile string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{DNSNames: []string{"chat.example"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(t.TempDir(), name)
		data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER)
}
