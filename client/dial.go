package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
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
	watch := &watch{ctx: ctx, wrap: c.wrap()}
	defer watch.stop()
	dialer := websocket.Dialer{
		NetDialContext:    watch.dial(c.netDial),
		NetDialTLSContext: watch.dial(c.tlsDial),
		HandshakeTimeout:  handshakeWait,
		WriteBufferSize:   c.fragment,
	}
	conn, resp, err := dialer.DialContext(ctx, target.String(), header)
	if err != nil {
		return nil, c.explain(ctx, err, resp)
	}
	return conn, nil
}

// wrap은 -frames일 때만 연결을 감쌉니다.
func (c *client) wrap() func(net.Conn) net.Conn {
	if !c.frames {
		return func(conn net.Conn) net.Conn { return conn }
	}
	trace := newTrace(c.stdout, c.colored)
	return func(conn net.Conn) net.Conn { return &wireConn{conn, trace} }
}

type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// tlsDial은 TLS 핸드셰이크까지 합니다. NetDialTLSContext를 준 Dialer는 TLS를 모르므로,
// 이름 확인(ServerName)도 우리가 챙겨야 합니다.
func (c *client) tlsDial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := c.netDial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	config := c.tls.Clone()
	config.ServerName = c.url.Hostname()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// watch는 응답을 기다리는 동안 Ctrl-C를 봅니다. gorilla는 그동안 ctx를 보지 않고
// 마감 시각만 지킵니다.
type watch struct {
	ctx    context.Context // dial이 도는 동안만 씀
	wrap   func(net.Conn) net.Conn
	cancel func() bool
}

func (w *watch) dial(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		w.cancel = context.AfterFunc(w.ctx, func() { conn.Close() })
		return w.wrap(conn), nil
	}
}

func (w *watch) stop() {
	if w.cancel != nil {
		w.cancel()
	}
}

// logIn은 비밀번호를 일회용 비밀번호로 바꿉니다.
func (c *client) logIn(ctx context.Context) (otp string, err error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeWait)
	defer cancel()
	name, password, _ := strings.Cut(c.options.login, ":")
	body, _ := json.Marshal(map[string]string{"username": name, "password": password})
	address := url.URL{Scheme: strings.Replace(c.url.Scheme, "ws", "http", 1), Host: c.url.Host, Path: "/login"}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("로그인 요청을 만들 수 없습니다: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	transport := &http.Transport{DialContext: c.netDial, TLSClientConfig: c.tls.Clone(), DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", c.explain(ctx, err, nil)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxReason))
	if err != nil {
		return "", c.explain(ctx, err, nil)
	}
	var login struct{ OTP string }
	if resp.StatusCode != http.StatusOK {
		return "", loginRefused(resp, answer)
	}
	if json.Unmarshal(answer, &login) != nil || login.OTP == "" {
		return "", &failure{text: "로그인의 답에 일회용 비밀번호가 없습니다. 주소가 이 저장소의 07부터 09까지인지 보세요", final: true}
	}
	c.say("로그인함: %s", name)
	return login.OTP, nil
}
