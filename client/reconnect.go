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
		if err == nil {
			return nil
		}
		if !c.reconnect || !worthRetrying(ctx, err) {
			c.sayLost(lasted > 0)
			return err
		}
		if lasted > steady {
			failures = 0
		}
		failures++
		delay := c.jitter(maxDelayAfter(failures))
		c.say("%v", err)
		c.say("%.1f초 뒤에 다시 연결합니다. (%d번째)", delay.Seconds(), failures)
		if !c.rest(ctx, delay) {
			c.sayLost(true)
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

// worthRetrying은 다시 해 볼 만한 끝인지 봅니다. 400, 401, 403은 다시 해도 같습니다.
func worthRetrying(ctx context.Context, err error) bool {
	var f *failure
	if errors.As(err, &f) && f.final {
		return false
	}
	return ctx.Err() == nil && !errors.Is(err, errNoAnswer)
}

// maxDelayAfter는 실패할 때마다 두 배가 되고 maxDelay에서 멈춥니다.
func maxDelayAfter(failures int) time.Duration {
	delay := firstDelay
	for i := 1; i < failures && delay < maxDelay; i++ {
		delay *= 2
	}
	return min(delay, maxDelay)
}

// fullJitter는 0부터 limit까지 고르게 고릅니다. 서버가 다시 떴을 때 모두가 한꺼번에
// 몰려오지 않게 합니다.
func fullJitter(limit time.Duration) time.Duration {
	return rand.N(limit + 1)
}

// rest는 delay만큼 쉬면 true, 그동안 나가기로 했으면 false입니다. 쉬는 동안 입력한
// 줄은 하나까지 맡아 두고, 그다음 줄은 입력에 남겨 둡니다.
func (c *client) rest(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	lines := c.lines
	for {
		if c.held != nil {
			lines = nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case line, ok := <-lines:
			switch {
			case ok:
				c.held = &line
				c.say("연결되면 보냅니다: %q", line)
			case c.once || c.first != nil:
				lines = nil // 입력이 없어도 할 일이 남았습니다.
			default:
				return false
			}
		}
	}
}

// sayLost는 끝날 때까지 보내지 못한 줄을 말합니다.
func (c *client) sayLost(typed bool) {
	if c.held == nil && typed {
		select {
		case line, ok := <-c.lines:
			if ok {
				c.held = &line
			}
		default:
		}
	}
	if c.held != nil {
		c.say("보내지 못한 줄: %q", *c.held)
	}
}

func (c *client) sayConnected() {
	hint := ""
	if isTerminal(c.stdin) {
		hint = " (한 줄이 메시지 하나입니다. 끝내려면 Ctrl-D)"
	}
	// 물음표 뒤에는 일회용 비밀번호가 있을 수 있습니다.
	c.say("연결됨: %s://%s%s%s", c.url.Scheme, c.url.Host, c.url.EscapedPath(), hint)
}
