package main

import (
	"flag"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

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
