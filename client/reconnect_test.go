package main

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

// reopen은 -reconnect 클라이언트입니다. 흔들림(jitter) 없이 늘 가장 긴 간격을 쉽니다.
func reopen(t *testing.T, dial dialFunc, args ...string) *console {
	t.Helper()
	args = append([]string{"-reconnect", "ws://x/ws"}, args...)
	return openWith(t, func(c *client) {
		c.netDial = dial
		c.jitter = func(limit time.Duration) time.Duration { return limit }
	}, args...)
}

func refused() error { return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED} }

func TestDelayDoublesUpToThirtySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials []time.Duration
		last := time.Now()
		c := reopen(t, func(context.Context, string, string) (net.Conn, error) {
			dials = append(dials, time.Since(last))
			last = time.Now()
			return nil, refused()
		})
		time.Sleep(130 * time.Second)
		c.ctrlC()
		c.want(1, "다시 연결하기 전에 그만두었습니다")
		s := time.Second
		want := []time.Duration{0, s / 2, s, 2 * s, 4 * s, 8 * s, 16 * s, 30 * s, 30 * s, 30 * s}
		if !slices.Equal(dials, want) {
			t.Errorf("간격 %v, 원한 것 %v", dials, want)
		}
		for _, line := range []string{"연결이 거부되었습니다", "0.5초 뒤에 다시 연결합니다. (1번째)", "30.0초 뒤에 다시 연결합니다. (9번째)"} {
			c.stderr.Await(t, line)
		}
	})
}

func TestUnknownHostIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		c := reopen(t, func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "없는.곳", IsNotFound: true}}
		})
		time.Sleep(time.Minute)
		c.ctrlC()
		c.want(1, "다시 연결하기 전에 그만두었습니다")
		if dials < 2 {
			t.Errorf("%d번 연결함", dials)
		}
	})
}

func TestJitterSpreadsOverTheWholeDelay(t *testing.T) {
	var low, high int
	for range 1000 {
		switch d := fullJitter(time.Second); {
		case d < 100*time.Millisecond || d > time.Second:
			t.Fatalf("%v는 0.1초와 1초 사이가 아닙니다", d)
		case d < 325*time.Millisecond:
			low++
		case d > 775*time.Millisecond:
			high++
		}
	}
	if low < 150 || high < 150 {
		t.Errorf("천 번 가운데 아래 4분의 1에 %d번, 위 4분의 1에 %d번", low, high)
	}
}

func TestLongConnectionResetsTheDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lives := make(chan time.Duration, 10)
		for _, life := range []time.Duration{0, 0, 11 * time.Second, 0} {
			lives <- life
		}
		close(lives)
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			life, ok := <-lives
			if !ok {
				drain(conn)
				return
			}
			time.Sleep(life)
			raw(conn, wstest.Close(1012, ""))
			drain(conn)
		}))
		c := reopen(t, memory(t, s))
		time.Sleep(time.Minute)
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		var got []string
		for _, line := range c.stderr.Lines("다시 연결") {
			got = append(got, strings.Fields(line)[0])
		}
		if want := []string{"0.5초", "1.0초", "0.5초", "1.0초"}; !slices.Equal(got, want) {
			t.Errorf("간격 %q, 원한 것 %q\n%s", got, want, &c.stderr)
		}
	})
}

func TestLinesTypedWhileDisconnectedGoOutLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(echo))
		dial, begin := memory(t, s), time.Now()
		c := reopen(t, func(ctx context.Context, network, addr string) (net.Conn, error) {
			if time.Since(begin) < 3*time.Second {
				return nil, refused()
			}
			return dial(ctx, network, addr)
		}, "-size", "3")
		time.Sleep(time.Second)
		c.write("하나\n둘\n셋\n")
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if got := c.stdout.String(); got != "aaa\n하나\n둘\n셋\n" {
			t.Errorf("받은 것 %q", got)
		}
	})
}

func TestFirstMessageIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var messages, conns int
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			conns++
			if conns == 1 {
				conn.ReadMessage()
				raw(conn, wstest.Close(1009, ""))
			}
			for {
				if _, _, err := conn.ReadMessage(); err != nil {
					return
				}
				messages++
			}
		}))
		c := reopen(t, memory(t, s), "-size", "600")
		time.Sleep(time.Minute)
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if conns != 2 || messages != 0 {
			t.Errorf("연결 %d번, 두 번째부터 메시지 %d개, 원한 것 2번과 0개", conns, messages)
		}
	})
}

func TestNormalEndsAreNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) {
			raw(conn, wstest.Close(1000, ""))
			drain(conn)
		}))
		c := reopen(t, memory(t, s))
		c.want(0, "서버가 닫음: 1000 (정상 종료)")
	})
}

func TestRefusalsThatCannotChangeAreNotRetried(t *testing.T) {
	for status, again := range map[int]bool{400: false, 401: false, 403: false, 404: false, 429: true, 500: true, 503: true} {
		synctest.Test(t, func(t *testing.T) {
			dials := 0
			s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				dials++
				w.WriteHeader(status)
			}))
			c := reopen(t, memory(t, s))
			time.Sleep(time.Minute)
			c.ctrlC()
			c.wait()
			if (dials > 1) != again {
				t.Errorf("%d: %d번 연결함", status, dials)
			}
		})
	}
}

func TestTypedLineIsNotSilentlyLostWhenGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := reopen(t, func(context.Context, string, string) (net.Conn, error) { return nil, refused() })
		c.write("못 보낸 말\n")
		synctest.Wait()
		c.ctrlC()
		c.want(1, "다시 연결하기 전에 그만두었습니다")
		if len(c.stderr.Lines(`보내지 못한 줄: "못 보낸 말"`)) != 1 {
			t.Errorf("표준 오류:\n%s", &c.stderr)
		}
	})
}

func TestCtrlCIsNotFollowedByAReconnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wstest.StartInMemory(t, handler(func(conn *websocket.Conn) { time.Sleep(time.Minute) }))
		c := reopen(t, memory(t, s))
		synctest.Wait()
		c.ctrlC()
		c.want(1, "쓰기가 막혀 끊음")
		if len(c.stderr.Lines("다시 연결")) != 0 {
			t.Errorf("표준 오류:\n%s", &c.stderr)
		}
		time.Sleep(time.Minute)
	})
}

// 연결하지 못했으면 보내지 못한 것이 분명하므로 줄마다 말하지 않습니다.
func TestFailedDialSaysOnlyWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := open(t, func(context.Context, string, string) (net.Conn, error) {
			time.Sleep(time.Second)
			return nil, refused()
		}, "ws://x/ws")
		c.write("못 보낸 말\n")
		c.wait()
		if lines := strings.Count(c.stderr.String(), "\n"); lines != 1 {
			t.Errorf("%d줄, 원한 것 한 줄:\n%s", lines, &c.stderr)
		}
	})
}

func TestEveryReconnectionLogsInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		otps := []string{}
		upgrade := handler(func(conn *websocket.Conn) {
			if len(otps) == 3 {
				drain(conn)
			}
		})
		logins := 0
		s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/login" {
				logins++
				w.Write([]byte(`{"otp":"` + strings.Repeat("x", logins) + `"}`))
				return
			}
			otps = append(otps, r.URL.Query().Get("otp"))
			upgrade.ServeHTTP(w, r)
		}))
		c := reopen(t, memory(t, s), "-login", "a:b")
		time.Sleep(time.Minute)
		c.ctrlD()
		c.want(0, "닫음: 1000 (정상 종료)")
		if !slices.Equal(otps, []string{"x", "xx", "xxx"}) {
			t.Errorf("쓴 일회용 비밀번호 %q", otps)
		}
	})
}
