package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// handshakeWait는 TCP 연결부터 핸드셰이크의 응답까지 주는 시간입니다.
const handshakeWait = 10 * time.Second

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// dial은 필요하면 로그인하고 연결합니다.
func (c *client) dial(ctx context.Context) (*websocket.Conn, error) {
	target := *c.url
	if c.login != "" {
		otp, err := c.logIn(ctx)
		if err != nil {
			return nil, err
		}
		query := target.Query()
		query.Set("otp", otp)
		target.RawQuery = query.Encode()
	}
	header := c.header.Clone()
	if c.origin != "" {
		header.Set("Origin", c.origin)
	}
	stop := func() bool { return false }
	prepare := func(dial dialFunc) dialFunc {
		return func(dialCtx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(dialCtx, network, addr)
			if err != nil {
				return nil, err
			}
			// gorilla는 응답을 기다리는 동안 ctx를 보지 않습니다.
			stop = context.AfterFunc(ctx, func() { conn.Close() })
			if c.frames || c.handshake {
				conn = &wireConn{conn, newTrace(c.stdout, wantsColor(c.stdout), c.handshake, c.frames)}
			}
			return conn, nil
		}
	}
	dialer := websocket.Dialer{
		NetDialContext:    prepare(c.netDial),
		NetDialTLSContext: prepare(c.tlsDial),
		HandshakeTimeout:  handshakeWait,
		WriteBufferSize:   c.fragment,
	}
	conn, resp, err := dialer.DialContext(ctx, target.String(), header)
	stop()
	if err != nil {
		return nil, c.explain(ctx, err, resp)
	}
	return conn, nil
}

// tlsDial은 TLS 핸드셰이크까지 합니다. 그래야 -frames와 -handshake가 TLS의 안쪽을 봅니다.
// NetDialTLSContext를 준 Dialer는 TLS를 우리에게 맡깁니다.
func (c *client) tlsDial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := c.netDial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	secure := tls.Client(conn, c.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// logIn은 비밀번호를 일회용 비밀번호로 바꿉니다.
func (c *client) logIn(ctx context.Context) (otp string, err error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeWait)
	defer cancel()
	name, password, _ := strings.Cut(c.login, ":")
	body, _ := json.Marshal(map[string]string{"username": name, "password": password})
	address := url.URL{Scheme: strings.Replace(c.url.Scheme, "ws", "http", 1), Host: c.url.Host, Path: "/login"}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return "", final("로그인 요청을 만들 수 없습니다: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
	transport := &http.Transport{DialContext: c.netDial, TLSClientConfig: c.tls, DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", c.explain(ctx, err, nil)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxReason))
	if err != nil {
		return "", c.explain(ctx, err, nil)
	}
	if resp.StatusCode != http.StatusOK {
		return "", c.loginRefused(resp, string(answer))
	}
	var login struct{ OTP string }
	if json.Unmarshal(answer, &login) != nil || login.OTP == "" {
		return "", final("로그인의 답에 일회용 비밀번호가 없습니다. 주소가 07부터 09까지의 서버인지 보세요")
	}
	c.say("로그인함: %s", name)
	return login.OTP, nil
}
