package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 30 * time.Second
	// steady보다 오래 산 연결은 잘된 연결입니다. 간격을 처음으로 되돌립니다.
	steady = 10 * time.Second
)

// connect는 연결하고, -reconnect면 끝날 때까지 다시 연결합니다.
func (c *client) connect(ctx context.Context) error {
	for failures := 0; ; {
		lasted, err := c.attempt(ctx)
		if err == nil || lasted == 0 && !c.reconnect {
			return err
		}
		if !c.reconnect || hopeless(err) || ctx.Err() != nil {
			c.sayUnsent()
			return err
		}
		if lasted > steady {
			failures = 0
		}
		delay := c.jitter(backoff(failures))
		failures++
		c.say("%v", err)
		c.say("%.1f초 뒤에 다시 연결합니다. (%d번째)", delay.Seconds(), failures)
		select {
		case <-time.After(delay): // 그동안 입력한 줄은 연결되면 보냅니다.
		case <-ctx.Done():
			c.sayUnsent()
			return errors.New("다시 연결하기 전에 그만두었습니다")
		}
	}
}

// attempt는 연결 하나의 처음부터 끝까지입니다.
func (c *client) attempt(ctx context.Context) (lasted time.Duration, err error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	c.sayConnected()
	err = newSession(c, conn).chat(ctx)
	return time.Since(begin), err
}

// hopeless는 다시 해도 같은 끝입니다. 400, 401, 403이 그렇습니다.
func hopeless(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.final || errors.Is(err, errNoAnswer)
}

// backoff는 실패할 때마다 두 배가 되고 maxDelay에서 멈춥니다.
func backoff(failures int) time.Duration {
	delay := firstDelay
	for range failures {
		delay = min(2*delay, maxDelay)
	}
	return delay
}

// fullJitter는 0부터 limit까지 고르게 고릅니다. 서버가 다시 떴을 때 모두가 한꺼번에
// 몰려오지 않게 합니다.
func fullJitter(limit time.Duration) time.Duration {
	return rand.N(limit + 1)
}

// sayUnsent는 입력했지만 보낼 곳이 없어진 줄을 말합니다.
func (c *client) sayUnsent() {
	select {
	case line, ok := <-c.lines:
		if ok {
			c.say("보내지 못한 줄: %q", line)
		}
	default:
	}
}

func (c *client) sayConnected() {
	hint := ""
	if isTerminal(c.stdin) {
		hint = " (한 줄이 메시지 하나입니다. 끝내려면 Ctrl-D)"
	}
	c.say("연결됨: %s%s", c.address(c.url.Scheme), hint)
}
