package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wire"
)

// finalError는 다시 해도 같은 실패입니다.
type finalError struct{ error }

func final(format string, args ...any) error { return finalError{fmt.Errorf(format, args...)} }

const wsaeconnrefused = syscall.Errno(10061) // 윈도의 ECONNREFUSED

// explain은 연결하지 못한 까닭을 응답의 상태로, 응답이 없으면 오류의 타입으로 구별합니다.
func (c *client) explain(ctx context.Context, err error, resp *http.Response) error {
	var timeout net.Error
	var name *net.DNSError
	var network *net.OpError
	switch {
	case errors.Is(err, websocket.ErrBadHandshake):
		body, _ := io.ReadAll(resp.Body) // gorilla가 1,024바이트까지만 읽어 두었습니다.
		return c.refused("핸드셰이크", resp, string(body))
	case errors.Is(ctx.Err(), context.Canceled):
		return final("연결하기 전에 그만두었습니다")
	case errors.As(err, &name):
		return fmt.Errorf("호스트를 찾을 수 없습니다. 주소의 이름을 보세요: %s", name.Name)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnrefused):
		return fmt.Errorf("연결이 거부되었습니다. 서버가 떠 있는지, 포트가 맞는지 보세요: %s", c.hostPort())
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%v 안에 답이 없습니다. 주소와 방화벽을 보세요: %s", handshakeWait, c.hostPort())
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return final("서버의 인증서를 누가 보증하는지 모릅니다. 자체 서명이면 -ca 인증서.pem을, 연습이면 -insecure를 쓰세요")
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return final("서버의 인증서를 믿을 수 없습니다. 이름(SAN)과 기간을 보세요: %v", err)
	case errors.As(err, new(tls.RecordHeaderError)):
		return final("서버가 TLS로 답하지 않습니다. %s로 해 보세요", c.address("ws"))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("서버가 답하지 않고 끊었습니다. 주소와 서버의 로그를 보세요: %s", c.hostPort())
	case errors.As(err, &network):
		return fmt.Errorf("연결할 수 없습니다: %v", network)
	default:
		return final("서버의 답이 HTTP가 아닙니다. 주소와 포트를 보세요: %v", err)
	}
}

// hostPort는 실제로 연결한 곳입니다. 포트를 적지 않으면 스킴의 포트입니다.
func (c *client) hostPort() string {
	if c.url.Port() == "" {
		return c.url.Host + map[string]string{"ws": ":80", "wss": ":443"}[c.url.Scheme]
	}
	return c.url.Host
}

// address는 물음표 뒤를 뺀 주소입니다. 거기에는 일회용 비밀번호가 있을 수 있습니다.
func (c *client) address(scheme string) string {
	return scheme + "://" + c.url.Host + c.url.EscapedPath()
}

// advices는 거절한 상태마다 해 볼 일입니다.
var advices = map[string]map[int]string{
	"핸드셰이크": {
		101: "101이지만 Upgrade, Connection, Sec-WebSocket-Accept가 웹소켓의 응답이 아닙니다. -handshake로 보세요",
		400: "서버가 웹소켓 핸드셰이크로 보지 않습니다. 주소와 -header를 보세요",
		401: "-login gopher:websocket처럼 로그인하세요. 일회용 비밀번호는 5초 안에 한 번만 씁니다",
		403: "서버가 이 출처를 받지 않습니다. -origin을 빼거나 서버의 출처로 바꾸세요",
		200: "여기에는 웹소켓이 없습니다. %s://%s/ws로 해 보세요",
		404: "여기에는 웹소켓이 없습니다. %s://%s/ws로 해 보세요",
	},
	"로그인": {
		400: "-login에 이름과 비밀번호를 모두 적으세요",
		401: "-login의 이름과 비밀번호를 보세요. 연습용 계정은 gopher:websocket입니다",
		404: "이 서버에는 로그인이 없습니다. -login은 07부터 씁니다",
	},
}

// refused는 상태와 까닭과 해 볼 일을 한 줄로 잇습니다. HTML 페이지는 까닭이 아닙니다.
func (c *client) refused(what string, resp *http.Response, body string) error {
	advice := advices[what][resp.StatusCode]
	switch {
	case strings.Contains(body, "HTTPS server"): // net/http의 서버가 TLS가 아닌 요청에 하는 답
		advice = fmt.Sprintf("서버가 TLS를 씁니다. %s로 해 보세요", c.address("wss"))
	case strings.Contains(advice, "%s"):
		advice = fmt.Sprintf(advice, c.url.Scheme, c.url.Host)
	case advice == "" && resp.StatusCode/100 == 3:
		advice = fmt.Sprintf("서버가 다른 주소를 가리킵니다: %q", resp.Header.Get("Location"))
	case advice == "":
		advice = "서버의 로그를 보세요"
	}
	reason := strings.TrimSpace(body)
	if reason == http.StatusText(resp.StatusCode) || strings.Contains(resp.Header.Get("Content-Type"), "html") {
		reason = ""
	} else if reason != "" {
		reason = ` "` + wire.Visible(reason) + `"`
	}
	err := fmt.Errorf("%s 거절: %s%s. %s", what, wire.Visible(resp.Status), reason, advice)
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return err
	}
	return finalError{err}
}
