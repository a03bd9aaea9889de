package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wire"
)

const (
	handshakeWait = 10 * time.Second       // TCP 연결부터 핸드셰이크의 응답까지
	minDelay      = 100 * time.Millisecond // 다시 연결하기까지
	firstDelay    = 500 * time.Millisecond
	maxDelay      = 30 * time.Second
	steady        = 10 * time.Second // 이보다 오래 산 연결은 잘된 연결. 간격을 처음으로 되돌림
)

// dial은 연결합니다. 연결하지 못한 까닭은 err와 resp에 나뉘어 있습니다.
func (c *client) dial(ctx context.Context) (*websocket.Conn, error) {
	target, err := c.target(ctx)
	if err != nil {
		return nil, err
	}
	stop := func() bool { return false }
	dialer := websocket.Dialer{
		NetDialContext: func(dialCtx context.Context, network, addr string) (net.Conn, error) {
			conn, err := c.netDial(dialCtx, network, addr)
			if err == nil {
				// gorilla는 응답을 기다리는 동안 ctx의 취소를 보지 않습니다.
				stop = context.AfterFunc(ctx, func() { conn.Close() })
			}
			return conn, err
		},
		TLSClientConfig:  c.tls,
		HandshakeTimeout: handshakeWait,
		WriteBufferSize:  c.fragment, // 버퍼가 찰 때마다 프레임 하나가 나갑니다.
	}
	if c.frames || c.handshake {
		wire.WatchDialer(&dialer, &wire.Table{Out: c.stdout, Heads: c.handshake, Frames: c.frames})
	}
	conn, resp, err := dialer.DialContext(ctx, target, c.header)
	stop() // 여기부터 ctx는 연결과 상관이 없습니다.
	if err != nil {
		return nil, c.explain(ctx, err, resp)
	}
	return conn, nil
}

// target은 연결할 주소입니다. 로그인했으면 한 번만 쓸 수 있습니다.
func (c *client) target(ctx context.Context) (string, error) {
	target := *c.url
	if c.login != "" {
		otp, err := c.logIn(ctx)
		if err != nil {
			return "", err
		}
		query := target.Query()
		query.Set("otp", otp)
		target.RawQuery = query.Encode()
	}
	return target.String(), nil
}

// connect는 연결하고, -reconnect면 끝날 때까지 다시 연결합니다. 다시 해도 같은 실패면
// 그만둡니다. 400과 403이 그렇고, 연결할 때마다 새로 로그인하므로 그래도 온 401도 그렇습니다.
func (c *client) connect(ctx context.Context) error {
	for failures := 0; ; {
		lasted, err := c.attempt(ctx)
		if err == nil || !c.reconnect || errors.As(err, new(finalError)) || ctx.Err() != nil {
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
	c.connected = true
	hint := ""
	if isTerminal(c.stdin) {
		hint = " (한 줄이 메시지 하나입니다. 끝내려면 Ctrl-D)"
	}
	c.say("연결됨: %s%s", c.address(c.url.Scheme), hint)
	err = c.chat(ctx, conn)
	return time.Since(begin), err
}

// backoff는 실패할 때마다 두 배가 되고 maxDelay에서 멈춥니다.
func backoff(failures int) time.Duration {
	delay := firstDelay
	for range failures {
		delay = min(2*delay, maxDelay)
	}
	return delay
}

// fullJitter는 limit까지 고르게 고릅니다. 서버가 다시 떴을 때 모두가 한꺼번에 몰려오지
// 않게 합니다. 곧바로 다시 하지도 않습니다.
func fullJitter(limit time.Duration) time.Duration {
	return minDelay + rand.N(limit-minDelay+1)
}
