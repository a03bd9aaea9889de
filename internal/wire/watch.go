package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// Watcher는 [Watch]한 연결에서 일어난 일을 듣습니다. 한 번에 하나씩 불리므로 잠글 것이
// 없습니다. sent는 우리가 보낸 것입니다.
type Watcher interface {
	// Head는 핸드셰이크의 요청이나 응답을 한 줄씩 담습니다.
	Head(sent bool, lines []string)
	// Upgraded는 101을 받았을 때 불립니다. accept는 요청의 키로 계산한
	// Sec-WebSocket-Accept이고, same은 응답의 값과 같은지입니다.
	Upgraded(accept string, same bool)
	Frame(sent bool, f *Frame)
	// Note는 프레임이 되지 못한 일입니다. 다 나가지 못한 쓰기, 중간에 끊긴 헤더, TCP의 끝이
	// 그렇습니다.
	Note(sent bool, text string)
}

// Watch는 conn을 지나는 바이트를 풀어 w에게 알리는 연결입니다. conn은 클라이언트의
// 것이고, TLS라면 그 안쪽입니다.
func Watch(conn net.Conn, w Watcher) net.Conn {
	return &watched{Conn: conn, watcher: w, sent: Decoder{FromClient: true}}
}

// WatchDialer는 d가 여는 연결마다 w를 붙입니다. TLS라면 그 안쪽을 봐야 하므로 TLS까지
// 맡습니다. NetDialTLSContext를 준 Dialer는 TLSClientConfig를 보지 않기 때문입니다.
func WatchDialer(d *websocket.Dialer, w Watcher) {
	tcp := d.NetDialContext
	config := d.TLSClientConfig
	d.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := tcp(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return Watch(conn, w), nil
	}
	d.NetDialTLSContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := tcp(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		return Watch(secure, w), nil
	}
}

// watched는 읽는 고루틴과 쓰는 고루틴이 함께 쓰므로 잠급니다.
type watched struct {
	net.Conn
	watcher  Watcher
	mu       sync.Mutex
	request  head
	response head
	upgraded bool
	sent     Decoder
	received Decoder
	ended    bool // 받는 쪽이 끝남
}

func (c *watched) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.heard(p[:n], err)
	return n, err
}

// Write는 쓰기 전에 알립니다. 쓴 뒤라면 그 답을 먼저 알릴 수 있습니다.
func (c *watched) Write(p []byte) (int, error) {
	c.said(p)
	n, err := c.Conn.Write(p)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.watcher.Note(true, fmt.Sprintf("%d바이트 가운데 %d바이트만 나감: %v", len(p), n, err))
	}
	return n, err
}

func (c *watched) said(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rest, complete := c.request.add(p)
	if complete {
		c.watcher.Head(true, c.request.lines())
	}
	c.decode(true, &c.sent, rest)
}

func (c *watched) heard(p []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rest, complete := c.response.add(p)
	if complete {
		c.watcher.Head(false, c.response.lines())
		c.checkAccept()
	}
	if c.upgraded { // 아니면 뒤에 오는 것은 프레임이 아니라 본문입니다.
		c.decode(false, &c.received, rest)
	}
	if err != nil && !c.ended {
		c.ended = true
		c.end(err)
	}
}

func (c *watched) decode(sent bool, d *Decoder, p []byte) {
	for len(p) > 0 {
		var f *Frame
		if f, p = d.Next(p); f != nil {
			c.watcher.Frame(sent, f)
		}
	}
}

// GUID는 RFC 6455 1.3절이 정한 값입니다.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Accept는 Sec-WebSocket-Key에 대한 답인 Sec-WebSocket-Accept입니다.
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + GUID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// checkAccept는 서버가 웹소켓을 아는지 확인합니다.
func (c *watched) checkAccept() {
	req, err := http.ReadRequest(c.request.reader())
	if err != nil {
		return
	}
	resp, err := http.ReadResponse(c.response.reader(), req)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		return
	}
	c.upgraded = true
	accept := Accept(req.Header.Get("Sec-WebSocket-Key"))
	c.watcher.Upgraded(accept, resp.Header.Get("Sec-WebSocket-Accept") == accept)
}

// end는 TCP가 어떻게 끝났는지 알립니다. 닫기 프레임 없는 끝이 1006입니다.
func (c *watched) end(err error) {
	if !c.response.done && len(c.response.data) > 0 {
		c.watcher.Head(false, c.response.lines())
	}
	if f := c.received.current; f != nil {
		f.violate("%d바이트만 오고 끊김", f.Length-c.received.left)
		c.watcher.Frame(false, f)
	} else if n := len(c.received.head); n > 0 {
		c.watcher.Note(false, fmt.Sprintf("위반: 헤더가 %d바이트만 오고 끊김", n))
	}
	var timeout net.Error
	switch {
	case errors.Is(err, io.EOF):
		c.watcher.Note(false, "상대가 연결을 닫음 (EOF)")
	case errors.Is(err, net.ErrClosed), errors.As(err, &timeout) && timeout.Timeout():
		// 우리가 더 기다리지 않은 것입니다.
	default:
		c.watcher.Note(false, fmt.Sprintf("연결이 끊김: %v", err))
	}
}

// head는 빈 줄로 끝나는 HTTP 요청이나 응답의 머리입니다.
type head struct {
	data []byte
	done bool
}

const maxHead = 64 << 10

// add는 머리를 모읍니다. 이번에 끝났으면 complete이고, rest는 머리 뒤의 바이트입니다.
func (h *head) add(p []byte) (rest []byte, complete bool) {
	if h.done {
		return p, false
	}
	h.data = append(h.data, p...)
	data, rest, found := bytes.Cut(h.data, []byte("\r\n\r\n"))
	h.done = found || len(h.data) > maxHead // 끝나지 않는 머리는 그만 모읍니다.
	if h.done {
		h.data = data
	}
	return rest, h.done
}

func (h *head) lines() []string {
	lines := strings.Split(string(h.data), "\r\n")
	for i, line := range lines {
		lines[i] = Visible(line)
	}
	return lines
}

// reader는 모은 머리를 net/http로 읽게 합니다.
func (h *head) reader() *bufio.Reader {
	return bufio.NewReader(strings.NewReader(string(h.data) + "\r\n\r\n"))
}
