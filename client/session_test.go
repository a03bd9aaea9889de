package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wire"
	"gorilla-websocket-ko/internal/wstest"
)

func TestEveryEndSaysHowAndSetsTheStatus(t *testing.T) {
	closing := func(code int, reason string) func(*websocket.Conn) {
		return func(conn *websocket.Conn) {
			raw(conn, wstest.Close(code, reason))
			drain(conn)
		}
	}
	sending := func(frames ...wstest.Frame) func(*websocket.Conn) {
		return func(conn *websocket.Conn) {
			raw(conn, frames...)
			drain(conn)
		}
	}
	for _, tt := range []struct {
		status int
		line   string
		talk   func(conn *websocket.Conn)
	}{
		{0, "서버가 닫음: 1000 (정상 종료)", closing(1000, "")},
		{0, `서버가 닫음: 1000 (정상 종료) "안녕히"`, closing(1000, "안녕히")},
		{1, `서버가 닫음: 1001 (떠남) "서버를 닫습니다"`, closing(1001, "서버를 닫습니다")},
		{1, "서버가 닫음: 1005 (코드 없음)", sending(wstest.Frame{Opcode: 8})},
		{1, "서버가 닫음: 1009 (너무 큰 메시지)", closing(1009, "")},
		{1, `서버가 닫음: 1011 (서버의 오류) "\x1b[2J"`, closing(1011, "\x1b[2J")},
		{1, `서버가 닫음: 4000 "앱의 코드"`, closing(4000, "앱의 코드")},
		{1, "닫기 프레임 없이 끊김: 1006", func(conn *websocket.Conn) {}},
		{1, "닫기 프레임 없이 끊김: 1006", func(conn *websocket.Conn) { conn.NetConn().Write([]byte{0x81, 5, 'a'}) }},
		{1, "닫기 프레임 없이 끊김: 1006", func(conn *websocket.Conn) { // 한도에 꼭 맞는 길이는 우리가 끊지 않습니다.
			conn.NetConn().Write(binary.BigEndian.AppendUint64([]byte{0x82, 127}, maxMessage))
		}},
		{1, "우리가 닫음: 1007 서버가 보낸 텍스트가 UTF-8이 아님", sending(wstest.Text("\xff"))},
		{1, "우리가 닫음: 1002 프로토콜 위반: websocket: bad opcode 3", sending(wstest.Frame{Opcode: 3})},
		{1, "우리가 닫음: 1002 프로토콜 위반: websocket: bad close code 1006", closing(1006, "")},
	} {
		t.Run(tt.line, func(t *testing.T) {
			c := open(t, nil, serve(t, tt.talk))
			c.want(tt.status, tt.line)
		})
	}
}

// 보냈다고 말한 닫기 코드가 서버에 닿았는지 봅니다.
func TestOurCloseCodeReachesTheServer(t *testing.T) {
	tooBig := fmt.Sprintf("우리가 닫음: 1009 메시지가 %d바이트를 넘음", maxMessage)
	for _, tt := range []struct {
		name string
		sent []byte
		want int
		line string
	}{
		{"UTF-8이 아닌 텍스트", []byte{0x81, 1, 0xff}, 1007, "우리가 닫음: 1007 서버가 보낸 텍스트가 UTF-8이 아님"},
		{"예약된 opcode", []byte{0x83, 0}, 1002, "우리가 닫음: 1002 프로토콜 위반: websocket: bad opcode 3"},
		{"한도를 넘는 길이", binary.BigEndian.AppendUint64([]byte{0x82, 127}, maxMessage+1), 1009, tooBig},
		{"맨 위 비트가 켜진 길이", []byte{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1}, 1009, tooBig},
		{"더하면 넘치는 길이", []byte{0x02, 1, 'a', 0x80, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1009, tooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := make(chan int, 1)
			c := open(t, nil, serve(t, func(conn *websocket.Conn) {
				conn.NetConn().Write(tt.sent)
				_, _, err := conn.ReadMessage()
				code <- wstest.CloseCode(err)
			}))
			if got := <-code; got != tt.want {
				t.Errorf("닫기 코드 %d, 원한 것 %d", got, tt.want)
			}
			c.want(1, tt.line)
		})
	}
}

func TestCloseFrameThatDidNotGoOutIsNotClaimed(t *testing.T) {
	for _, tt := range []struct {
		sent []byte
		line string
	}{
		{[]byte{0x81, 1, 0xff}, "서버가 보낸 텍스트가 UTF-8이 아님. 닫기 프레임(1007)은 보내지 못함: "},
		{[]byte{0x83, 0}, "프로토콜 위반: websocket: bad opcode 3. 닫기 프레임(1002)은 보내지 못함: "},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
				conn.NetConn().Write(tt.sent)
				time.Sleep(time.Minute) // 읽지 않으므로 클라이언트의 쓰기가 막힙니다.
			}))
			c := open(t, memory(t, s), "ws://x/ws")
			if status := c.wait(); status != 1 || !strings.HasPrefix(c.lastLine(), tt.line) {
				t.Errorf("종료 상태 %d, 마지막 줄 %q, 원한 것 %q…", status, c.lastLine(), tt.line)
			}
			time.Sleep(time.Minute)
		})
	}
}

func TestFaultWhileLeavingIsNotOurClose(t *testing.T) {
	c := open(t, nil, serve(t, func(conn *websocket.Conn) {
		conn.SetCloseHandler(func(int, string) error { return nil })
		drain(conn)
		raw(conn, wstest.Frame{Opcode: 3})
	}))
	c.stderr.Await(t, "연결됨")
	c.ctrlD()
	c.want(1, "닫는 중에 프로토콜 위반: websocket: bad opcode 3")
}

func TestLeavingWaitsForTheAnswer(t *testing.T) {
	for _, tt := range []struct {
		status int
		line   string
		answer func(conn *websocket.Conn)
	}{
		{0, "닫음: 1000 (정상 종료)", func(conn *websocket.Conn) { raw(conn, wstest.Close(1000, "")) }},
		{0, "닫음: 1001 (떠남)", func(conn *websocket.Conn) { raw(conn, wstest.Close(1001, "")) }},
		{0, "닫음: 1005 (코드 없음)", func(conn *websocket.Conn) { raw(conn, wstest.Frame{Opcode: 8}) }},
		{1, "서버가 닫음: 1009 (너무 큰 메시지)", func(conn *websocket.Conn) { raw(conn, wstest.Close(1009, "")) }},
		{1, "닫기 프레임 없이 끊김: 1006", func(conn *websocket.Conn) {}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			asked := make(chan int, 1)
			c := open(t, nil, serve(t, func(conn *websocket.Conn) {
				conn.SetCloseHandler(func(code int, text string) error {
					asked <- code
					return nil
				})
				drain(conn)
				raw(conn, wstest.Text("닫기 프레임을 보낸 뒤에 온 말"))
				tt.answer(conn)
			}))
			c.stderr.Await(t, "연결됨")
			c.ctrlD()
			c.want(tt.status, tt.line)
			if code := <-asked; code != websocket.CloseNormalClosure {
				t.Errorf("우리의 닫기 코드 %d, 원한 것 1000", code)
			}
			if c.stdout.String() != "닫기 프레임을 보낸 뒤에 온 말\n" {
				t.Errorf("받은 것 %q", c.stdout.String())
			}
		})
	}
}

func TestServerThatNeverAnswersIsLeftAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conn.SetCloseHandler(func(int, string) error { return nil })
			drain(conn)
			time.Sleep(time.Minute)
		}))
		c := open(t, memory(t, s), "ws://x/ws")
		synctest.Wait()
		begin := time.Now()
		c.ctrlC()
		c.want(1, "닫기 프레임의 답이 2s 안에 오지 않음")
		if waited := time.Since(begin); waited != closeWait {
			t.Errorf("%v 기다림, 원한 것 %v", waited, closeWait)
		}
	})
}

// RFC 6455 7.1.1절은 서버가 TCP를 먼저 닫게 합니다.
func TestServerClosesTCPFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			drain(conn)
			time.Sleep(time.Second)
		}))
		c := open(t, memory(t, s), "ws://x/ws")
		synctest.Wait()
		begin := time.Now()
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if waited := time.Since(begin); waited != time.Second {
			t.Errorf("%v 기다림, 서버가 끊은 것은 1s 뒤", waited)
		}
	})
}

func TestNoReadLeavesWithoutWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			drain(conn)
			time.Sleep(time.Second)
		}))
		c := open(t, memory(t, s), "-no-read", "ws://x/ws")
		synctest.Wait()
		begin := time.Now()
		c.ctrlD()
		c.want(0, "닫음: 1000. 읽지 않으므로 상대의 답은 모릅니다")
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("%v 기다림", waited)
		}
		time.Sleep(time.Second)
	})
}

func TestOnceSendsOneAndTakesOne(t *testing.T) {
	talk := func(conn *websocket.Conn) {
		_, data, _ := conn.ReadMessage()
		conn.WriteMessage(websocket.TextMessage, data)
		drain(conn)
	}
	status, stdout, stderr := shell(t, "하나\n둘\n", "-once", serve(t, talk))
	if status != 0 || stdout != "하나\n" {
		t.Errorf("종료 상태 %d, 받은 것 %q\n%s", status, stdout, stderr)
	}
	status, stdout, stderr = shell(t, "둘\n", "-once", "-size", "3", serve(t, talk))
	if status != 0 || stdout != "aaa\n" {
		t.Errorf("-size: 종료 상태 %d, 받은 것 %q\n%s", status, stdout, stderr)
	}
	status, stdout, stderr = shell(t, "", "-once", serve(t, func(conn *websocket.Conn) {
		conn.WriteMessage(websocket.TextMessage, []byte("먼저 하는 말"))
		drain(conn)
	}))
	if status != 0 || stdout != "먼저 하는 말\n" {
		t.Errorf("보낼 것 없음: 종료 상태 %d, 받은 것 %q\n%s", status, stdout, stderr)
	}
}

func TestOnceWithNothingToSendCountsWhatCameBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			raw(conn, wstest.Text("먼저 하는 말"))
			drain(conn)
		}))
		c := open(t, memory(t, s), "-once", "ws://x/ws")
		time.Sleep(time.Second)
		begin := time.Now()
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if waited := time.Since(begin); waited != 0 || c.stdout.String() != "먼저 하는 말\n" {
			t.Errorf("%v 기다림, 받은 것 %q", waited, &c.stdout)
		}
	})
}

func TestOnceDoesNotLeaveBeforeItHasSpoken(t *testing.T) {
	c := open(t, nil, "-once", serve(t, func(conn *websocket.Conn) {
		conn.WriteMessage(websocket.TextMessage, []byte("남의 말"))
		echo(conn)
	}))
	c.stdout.Await(t, "남의 말")
	c.write("내 말\n")
	c.want(0, "닫음: 1000 (정상 종료)")
	if got := c.stdout.String(); got != "남의 말\n내 말\n" {
		t.Errorf("받은 것 %q", got)
	}
}

func TestOnceGivesUpAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := open(t, memory(t, wstest.StartInMemory(t, handler(drain))), "-once", "ws://x/ws")
		c.write("들리나요\n")
		begin := time.Now()
		c.want(1, "10s 안에 메시지가 오지 않음")
		if waited := time.Since(begin); waited != onceWait {
			t.Errorf("%v 기다림, 원한 것 %v", waited, onceWait)
		}
	})
}

func TestOnceWithoutAnAnswerIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conns := 0
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conns++
			drain(conn)
		}))
		c := reopen(t, memory(t, s), "-once")
		c.write("들리나요\n")
		c.want(1, "10s 안에 메시지가 오지 않음")
		if conns != 1 {
			t.Errorf("%d번 연결함, 원한 것 한 번", conns)
		}
	})
}

func TestPingsGoOutAndSilenceEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pings := make(chan string, 10)
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conn.SetPingHandler(func(payload string) error {
				pings <- payload
				if payload < "3" { // 셋째부터는 답하지 않습니다.
					raw(conn, wstest.Frame{Opcode: wire.Pong, Payload: []byte(payload)})
				}
				return nil
			})
			drain(conn)
		}))
		c := open(t, memory(t, s), "-ping", "4s", "-fragment", "1", "ws://x/ws")
		begin := time.Now()
		c.want(1, "14s 안에 pong이 오지 않음")
		if lived := time.Since(begin); lived < 22*time.Second || lived > 24*time.Second {
			t.Errorf("%v 만에 끝남, 원한 것 둘째 pong(8s)에서 14s 뒤", lived)
		}
		if len(pings) < 5 || <-pings != "1" || <-pings != "2" || len(c.stderr.Lines("pong")) != 3 {
			t.Errorf("ping %d개\n%s", len(pings), &c.stderr)
		}
	})
}

func TestNoPongStaysSilent(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want int
	}{{nil, 1}, {[]string{"-no-pong"}, 0}} {
		pongs := make(chan int, 1)
		c := open(t, nil, append(tt.args, serve(t, func(conn *websocket.Conn) {
			n := 0
			conn.SetPongHandler(func(string) error { n++; return nil })
			raw(conn, wstest.Frame{Opcode: wire.Ping, Payload: []byte("x")}, wstest.Text("ping 뒤"))
			drain(conn)
			pongs <- n
		}))...)
		c.stdout.Await(t, "ping 뒤")
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if got := <-pongs; got != tt.want {
			t.Errorf("%q: pong %d개, 원한 것 %d", tt.args, got, tt.want)
		}
	}
}

func TestNoReadReadsNothing(t *testing.T) {
	stuck := make(chan bool, 1)
	c := open(t, nil, "-no-read", serve(t, func(conn *websocket.Conn) {
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		err := error(nil)
		for data := make([]byte, 1<<20); err == nil; {
			err = conn.WriteMessage(websocket.BinaryMessage, data)
		}
		stuck <- true
		drain(conn)
	}))
	<-stuck // 커널의 버퍼가 차서 서버의 쓰기가 막혔습니다.
	c.ctrlD()
	c.want(0, "닫음: 1000. 읽지 않으므로 상대의 답은 모릅니다")
	if c.stdout.String() != "" {
		t.Errorf("받은 것 %.100q", c.stdout.String())
	}
}

// received는 클라이언트가 보낸 메시지를 프레임 수와 함께 받습니다.
func received(t *testing.T, stdin string, args ...string) []string {
	t.Helper()
	got := make(chan []string, 1)
	address := serve(t, func(conn *websocket.Conn) {
		var messages []string
		d := &wire.Decoder{FromClient: true}
		buffer, frames := make([]byte, 1<<20), 0
		for {
			n, err := conn.NetConn().Read(buffer)
			if err != nil {
				break
			}
			for rest := buffer[:n]; len(rest) > 0; {
				var f *wire.Frame
				if f, rest = d.Next(rest); f == nil {
					continue
				}
				frames++
				if f.Opcode == wire.Close {
					raw(conn, wstest.Close(1000, ""))
					got <- messages
					return
				}
				if f.Fin {
					messages = append(messages, map[byte]string{wire.Text: "text", wire.Binary: "binary"}[f.Message]+" "+strings.Repeat("|", frames)+" "+string(f.Payload))
					frames = 0
				}
			}
		}
		got <- messages
	})
	if status, _, stderr := shell(t, stdin, append(args, address)...); status != 0 {
		t.Errorf("%q: 종료 상태 %d\n%s", args, status, stderr)
	}
	return <-got
}

func TestExperimentsPutOnTheWireWhatTheySay(t *testing.T) {
	for _, tt := range []struct {
		args  []string
		stdin string
		want  string
	}{
		{nil, "가\n", "text | 가"},
		{[]string{"-binary"}, "\xff\xfe\n", "binary | \xff\xfe"},
		{[]string{"-size", "0"}, "", "text | "},
		{[]string{"-size", "5"}, "b\n", "text | aaaaa;text | b"},
		{[]string{"-size", "5", "-binary"}, "", "binary | aaaaa"},
		{[]string{"-invalid-utf8"}, "", "text | \xff\xfe"},
		{[]string{"-fragment", "2", "-size", "5"}, "", "text ||| a"},
		{[]string{"-fragment", "2"}, "abcd\n", "text || cd"},
		{[]string{"-fragment", "1"}, "가\n", "text ||| \x80"},
		{[]string{"-size", "8192"}, "", "text || " + strings.Repeat("a", 160)},
		{[]string{"-size", "8192", "-fragment", "8192"}, "", "text | " + strings.Repeat("a", 160)},
	} {
		if got := strings.Join(received(t, tt.stdin, tt.args...), ";"); got != tt.want {
			t.Errorf("%q: %.200q, 원한 것 %.200q", tt.args, got, tt.want)
		}
	}
}

const lost = "전하지 못한 입력이 있습니다. 까닭은 위에 적었습니다"

func TestLostInputIsNotSuccess(t *testing.T) {
	in := func(events ...string) func(*websocket.Conn) { // 방의 서버. 메시지마다 이벤트 하나로 답합니다.
		return func(conn *websocket.Conn) {
			for _, e := range events {
				if _, _, err := conn.ReadMessage(); err != nil {
					return
				}
				raw(conn, wstest.Text(e))
			}
			drain(conn)
		}
	}
	const (
		entered = `{"type":"room_changed","payload":{"name":"방"}}`
		refused = `{"type":"error","payload":{"message":"안 됩니다"}}`
	)
	for _, tt := range []struct {
		name, stdin string
		args        []string
		talk        func(*websocket.Conn)
		stdout      string
		said, last  string
	}{
		{"UTF-8이 아닌 줄", "\xff\xfe\n가\n", nil, echo, "가\n", `그대로 보내려면 -binary를 쓰세요: "\xff\xfe"`, lost},
		{"너무 긴 줄", "짧은 줄\n" + strings.Repeat("a", maxLine+1) + "\n", nil, echo, "짧은 줄\n", "한 줄은 1048576바이트까지입니다", lost},
		{"-once의 말을 서버가 받지 않음", "말\n", []string{"-once", "-room", "방"}, in(entered, refused), "", "서버가 받지 않음: 안 됩니다", lost},
		{"말을 서버가 받지 않음", "말\n", []string{"-room", "방"}, in(entered, refused), "", "서버가 받지 않음: 안 됩니다", lost},
		{"방에 들어가지 못함", "말\n", []string{"-room", "방"}, in(refused, "와서는 안 되는 말"), "", "서버가 받지 않음: 안 됩니다", "방에 들어가지 못해 나감"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := open(t, nil, append(tt.args, serve(t, tt.talk))...)
			go func() {
				c.write(tt.stdin)
				c.ctrlD()
			}()
			c.want(1, tt.last)
			if c.stdout.String() != tt.stdout || len(c.stderr.Lines(tt.said)) != 1 {
				t.Errorf("받은 것 %q, 표준 오류에 %q이(가) 없습니다:\n%s", &c.stdout, tt.said, &c.stderr)
			}
		})
	}
}

func TestLineThatWaitsWhenTheServerClosesIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conn.ReadMessage()
			time.Sleep(time.Second) // 방을 옮긴 답이 없으므로 줄이 기다립니다.
			raw(conn, wstest.Close(1000, ""))
			drain(conn)
		}))
		c := open(t, memory(t, s), "-room", "방", "ws://x/ws")
		c.write("하나\n둘\n")
		c.want(1, lost)
		if len(c.stderr.Lines(`보내지 못한 줄: "하나"`)) != 1 || len(c.stderr.Lines("서버가 닫음: 1000")) != 1 {
			t.Errorf("표준 오류:\n%s", &c.stderr)
		}
	})
}

func TestStuckWriteEndsAfterThirtySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) { time.Sleep(time.Hour) }))
		c := open(t, memory(t, s), "ws://x/ws")
		begin := time.Now()
		c.write("막힐 말\n")
		c.want(1, "쓰기가 막혀 끊음")
		if waited := time.Since(begin); waited != writeWait+closeWait || len(c.stderr.Lines(`보내지 못한 줄: "막힐 말"`)) != 1 {
			t.Errorf("%v 만에 끝남, 원한 것 %v\n%s", waited, writeWait+closeWait, &c.stderr)
		}
		time.Sleep(time.Hour)
	})
}

func TestHeadersAndOriginAreSent(t *testing.T) {
	header := make(chan http.Header, 1)
	echo := handler(echo)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header <- r.Header.Clone()
		r.Header.Del("Origin")
		echo.ServeHTTP(w, r)
	}))
	shell(t, "", "-origin", "http://evil.example", "-header", "X-A: 1", "-header", "X-A: 2", "-header", "Cookie: a=b", "ws://"+s.Host+"/ws")
	h := <-header
	if h.Get("Origin") != "http://evil.example" || strings.Join(h["X-A"], ",") != "1,2" || h.Get("Cookie") != "a=b" {
		t.Errorf("헤더 %v", h)
	}
}

func TestMegabyteComesBackWhole(t *testing.T) {
	for _, args := range [][]string{nil, {"-fragment", "1000"}, {"-fragment", "1048576"}} {
		status, stdout, stderr := shell(t, "", append(args, "-once", "-size", "1048576", serve(t, echo))...)
		if status != 0 || stdout != strings.Repeat("a", 1<<20)+"\n" {
			t.Errorf("%q: 종료 상태 %d, %d바이트\n%s", args, status, len(stdout), stderr)
		}
	}
}

func TestFramesReplaceTheMessages(t *testing.T) {
	_, stdout, _ := shell(t, "안녕\n", "-once", "-frames", serve(t, echo))
	if strings.Count(stdout, "안녕") != 2 || strings.Count(stdout, "\n안녕") != 0 || strings.Contains(stdout, "\x1b") {
		t.Errorf("표준 출력:\n%s", stdout)
	}
}

func TestHandshakeIsShownBesideTheMessages(t *testing.T) {
	_, stdout, _ := shell(t, "안녕\n", "-once", "-handshake", serve(t, echo))
	if !strings.HasSuffix(stdout, "응답의 값과 같습니다.\n\n안녕\n") || strings.Contains(stdout, "FIN") || strings.Contains(stdout, "EOF") {
		t.Errorf("표준 출력:\n%s", stdout)
	}
	_, stdout, _ = shell(t, "안녕\n", "-once", "-handshake", "-frames", serve(t, echo))
	if !strings.Contains(stdout, "응답의 값과 같습니다.\n\n시각 ") || strings.Count(stdout, "안녕") != 2 || strings.Contains(stdout, "\n안녕") {
		t.Errorf("표준 출력:\n%s", stdout)
	}
}

func TestLineThatCouldNotBeSentIsSaid(t *testing.T) {
	var stderr bytes.Buffer
	s := wstest.Start(t, handler(drain))
	conn := s.Dial(t, "/ws")
	opts, err := parseFlags([]string{"ws://x/ws"})
	if err != nil {
		t.Fatal(err)
	}
	session := &session{client: newClient(opts, nil, nil, &stderr), conn: conn.Conn}
	conn.NetConn().Close()
	if err := session.sendLine("사라질 말"); err == nil || stderr.String() != "보내지 못한 줄: \"사라질 말\"\n" || !session.lost.Load() {
		t.Errorf("%v, %q", err, &stderr)
	}
}
