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
)

// failure는 연결하지 못한 까닭과 해 볼 일입니다.
type failure struct {
	text  string
	final bool // 다시 해도 같음
}

func (f *failure) Error() string { return f.text }

func final(format string, args ...any) error { return &failure{fmt.Sprintf(format, args...), true} }
func retry(format string, args ...any) error { return &failure{fmt.Sprintf(format, args...), false} }

// wsaeconnrefused는 윈도의 ECONNREFUSED입니다.
const wsaeconnrefused = syscall.Errno(10061)

// explain은 연결하지 못한 까닭을 구별합니다. 응답이 왔으면 상태가, 오지 않았으면 오류의
// 타입이 말해 줍니다.
func (c *client) explain(ctx context.Context, err error, resp *http.Response) error {
	var timeout net.Error
	var name *net.DNSError
	var network *net.OpError
	switch {
	case errors.Is(err, websocket.ErrBadHandshake):
		return c.refused(resp)
	case errors.Is(ctx.Err(), context.Canceled):
		return final("연결하기 전에 그만두었습니다")
	case errors.As(err, &name):
		return retry("호스트를 찾을 수 없습니다. 주소의 이름을 보세요: %s", name.Name)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnrefused):
		return retry("연결이 거부되었습니다. 서버가 떠 있는지, 포트가 맞는지 보세요: %s", c.hostPort())
	case errors.As(err, &timeout) && timeout.Timeout():
		return retry("%v 안에 답이 없습니다. 주소와 방화벽을 보세요: %s", handshakeWait, c.hostPort())
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return badCertificate(err)
	case errors.As(err, new(tls.RecordHeaderError)):
		return final("서버가 TLS로 답하지 않습니다. %s로 해 보세요", c.address("ws"))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return retry("서버가 답하지 않고 끊었습니다. 주소와 서버의 로그를 보세요: %s", c.hostPort())
	case errors.As(err, &network):
		return retry("연결할 수 없습니다: %v", network)
	default:
		return final("서버의 답이 HTTP가 아닙니다. 주소와 포트를 보세요: %v", err)
	}
}

// hostPort는 실제로 연결한 곳입니다. 포트를 적지 않으면 스킴의 포트입니다.
func (c *client) hostPort() string {
	if c.url.Port() != "" {
		return c.url.Host
	}
	port := map[string]string{"ws": "80", "wss": "443"}[c.url.Scheme]
	return net.JoinHostPort(c.url.Hostname(), port)
}

// address는 물음표 뒤를 뺀 주소입니다. 거기에는 일회용 비밀번호가 있을 수 있습니다.
func (c *client) address(scheme string) string {
	return scheme + "://" + c.url.Host + c.url.EscapedPath()
}

func badCertificate(err error) error {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return final("서버의 인증서를 누가 보증하는지 모릅니다. 자체 서명이면 -ca 인증서.pem을, 연습이면 -insecure를 쓰세요")
	case errors.As(err, &host):
		return final("서버의 인증서에 %s이라는 이름이 없습니다. 인증서의 SAN에 적힌 이름으로 연결하세요: %v", host.Host, host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return final("서버의 인증서가 기간을 벗어났습니다. 인증서를 새로 만들거나 시계를 맞추세요: %v", invalid)
	default:
		return final("서버의 인증서를 믿을 수 없습니다: %v", err)
	}
}

// maxReason은 응답의 본문에서 읽는 바이트 수입니다.
const maxReason = 1024

// refused는 핸드셰이크에 서버가 웹소켓이 아닌 답을 한 것입니다.
func (c *client) refused(resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxReason))
	var advice string
	switch status := resp.StatusCode; {
	case status == http.StatusSwitchingProtocols:
		advice = "101이지만 Upgrade, Connection, Sec-WebSocket-Accept가 웹소켓의 응답이 아닙니다. -handshake로 보세요"
	case status == http.StatusBadRequest && wantsTLS(string(body)):
		advice = fmt.Sprintf("서버가 TLS를 씁니다. %s로 해 보세요", c.address("wss"))
	case status == http.StatusBadRequest:
		advice = "서버가 웹소켓 핸드셰이크로 보지 않습니다. 주소와 -header를 보세요"
	case status == http.StatusUnauthorized:
		advice = "-login gopher:websocket처럼 로그인하세요. 일회용 비밀번호는 5초 안에 한 번만 씁니다"
	case status == http.StatusForbidden:
		advice = "서버가 이 출처를 받지 않습니다. -origin을 빼거나 서버의 출처로 바꾸세요"
	case status == http.StatusOK, status == http.StatusNotFound:
		advice = fmt.Sprintf("여기에는 웹소켓이 없습니다. %s://%s/ws로 해 보세요", c.url.Scheme, c.url.Host)
	case status >= 300 && status < 400:
		advice = fmt.Sprintf("서버가 다른 주소를 가리킵니다: %q", resp.Header.Get("Location"))
	default:
		advice = "서버의 로그를 보세요"
	}
	return refusal("핸드셰이크", resp, string(body), advice)
}

func (c *client) loginRefused(resp *http.Response, body string) error {
	advice := "서버의 로그를 보세요"
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized:
		advice = "-login의 이름과 비밀번호를 보세요. 연습용 계정은 gopher:websocket입니다"
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		advice = "이 서버에는 로그인이 없습니다. -login은 07부터 씁니다"
	case wantsTLS(body):
		advice = fmt.Sprintf("서버가 TLS를 씁니다. %s로 해 보세요", c.address("wss"))
	case status == http.StatusBadRequest:
		advice = "-login에 이름과 비밀번호를 모두 적으세요"
	}
	return refusal("로그인", resp, body, advice)
}

// wantsTLS는 net/http의 서버가 TLS가 아닌 요청에 하는 답을 알아봅니다.
func wantsTLS(body string) bool { return strings.Contains(body, "HTTPS server") }

// refusal은 상태와 까닭과 해 볼 일을 한 줄로 잇습니다. HTML 페이지는 까닭이 아닙니다.
func refusal(what string, resp *http.Response, body, advice string) error {
	reason := strings.TrimSpace(body)
	if reason == http.StatusText(resp.StatusCode) || strings.Contains(resp.Header.Get("Content-Type"), "html") {
		reason = ""
	}
	if reason != "" {
		reason = ` "` + visible(reason) + `"`
	}
	text := fmt.Sprintf("%s 거절: %s%s. %s", what, visible(resp.Status), reason, advice)
	return &failure{text, resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests}
}
