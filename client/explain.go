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
	final bool // 다시 해도 마찬가지
}

func (f *failure) Error() string { return f.text }

// wsaeconnrefused는 윈도의 ECONNREFUSED입니다.
const wsaeconnrefused = syscall.Errno(10061)

// explain은 핸드셰이크의 실패를 종류로 가릅니다. 응답이 왔으면 상태가, 오지 않았으면
// 오류의 타입이 까닭을 말합니다.
func (c *client) explain(ctx context.Context, err error, resp *http.Response) error {
	var timeout net.Error
	var unknownHost *net.DNSError
	var network *net.OpError
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && resp != nil:
		return c.refused(resp)
	case errors.Is(ctx.Err(), context.Canceled):
		return &failure{"연결하기 전에 그만두었습니다", true}
	case errors.As(err, &unknownHost):
		return &failure{fmt.Sprintf("호스트를 찾을 수 없습니다. 주소의 이름을 보세요: %s", unknownHost.Name), false}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnrefused):
		return &failure{fmt.Sprintf("연결이 거부되었습니다. 서버가 떠 있는지, 포트가 맞는지 보세요: %s", c.hostPort()), false}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &failure{fmt.Sprintf("%v 안에 답이 없습니다. 주소와 방화벽을 보세요: %s", handshakeWait, c.hostPort()), false}
	}
	if text := badCertificate(err); text != "" {
		return &failure{text, true}
	}
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &notTLS):
		return &failure{fmt.Sprintf("서버가 TLS로 답하지 않습니다. ws://%s%s로 해 보세요", c.url.Host, c.url.EscapedPath()), true}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &failure{fmt.Sprintf("서버가 답하지 않고 끊었습니다. 주소와 서버의 로그를 보세요: %s", c.hostPort()), false}
	case errors.As(err, &network):
		return &failure{fmt.Sprintf("연결할 수 없습니다: %v", network), false}
	default:
		return &failure{fmt.Sprintf("서버의 답이 HTTP가 아닙니다. 주소와 포트를 보세요: %v", err), true}
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

// badCertificate는 인증서를 믿지 못한 까닭입니다. 인증서의 문제가 아니면 비어 있습니다.
func badCertificate(err error) string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var other *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknown):
		return "서버의 인증서를 누가 보증하는지 모릅니다. 자체 서명이면 -ca 인증서.pem을, 연습이면 -insecure를 쓰세요"
	case errors.As(err, &host):
		return fmt.Sprintf("서버의 인증서에 %s이(가) 없습니다. 인증서의 SAN에 적힌 이름으로 연결하세요: %v", host.Host, host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("서버의 인증서가 기간을 벗어났습니다. 인증서를 새로 만들거나 시계를 맞추세요: %v", invalid)
	case errors.As(err, &invalid):
		return fmt.Sprintf("서버의 인증서를 쓸 수 없습니다: %v", invalid)
	case errors.As(err, &other):
		return fmt.Sprintf("서버의 인증서를 믿을 수 없습니다: %v", other)
	default:
		return ""
	}
}

// maxReason은 응답의 본문에서 읽는 바이트 수입니다.
const maxReason = 1024

// refused는 101이 아닌 응답입니다.
func (c *client) refused(resp *http.Response) error {
	reason, _ := io.ReadAll(io.LimitReader(resp.Body, maxReason))
	advice := c.advice(resp, string(reason))
	text := fmt.Sprintf("핸드셰이크가 거절되었습니다: %s%s. %s", resp.Status, quotedReason(resp, reason), advice)
	if resp.StatusCode == http.StatusSwitchingProtocols {
		text = "서버가 101로 답했지만 웹소켓의 응답이 아닙니다. Sec-WebSocket-Accept가 키와 맞지 않습니다"
	}
	retry := resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests
	return &failure{text, !retry}
}

func (c *client) advice(resp *http.Response, reason string) string {
	switch status := resp.StatusCode; {
	case status == http.StatusBadRequest && strings.Contains(reason, "HTTPS server"):
		return fmt.Sprintf("서버가 TLS를 씁니다. wss://%s%s로 해 보세요", c.url.Host, c.url.EscapedPath())
	case status == http.StatusBadRequest:
		return "서버가 웹소켓 핸드셰이크로 보지 않습니다. 주소와 -header를 보세요"
	case status == http.StatusUnauthorized:
		return "로그인이 필요합니다. -login gopher:websocket을 쓰세요. 일회용 비밀번호는 5초 안에 한 번만 씁니다"
	case status == http.StatusForbidden && c.origin != "":
		return "서버가 이 출처를 받지 않습니다. -origin을 빼거나 서버의 출처로 바꾸세요"
	case status == http.StatusForbidden:
		return "서버가 들여보내지 않습니다. 서버의 로그를 보세요"
	case status == http.StatusNotFound, status == http.StatusOK:
		return fmt.Sprintf("여기에는 웹소켓이 없습니다. %s://%s/ws로 해 보세요", c.url.Scheme, c.url.Host)
	case status >= 300 && status < 400:
		return fmt.Sprintf("서버가 다른 곳을 가리킵니다. 그 주소로 해 보세요: %q", resp.Header.Get("Location"))
	case status >= 500:
		return "서버의 오류입니다. 서버의 로그를 보세요"
	default:
		return "주소와 옵션을 보세요"
	}
}

func loginRefused(resp *http.Response, body []byte) error {
	advice := "주소와 서버의 로그를 보세요"
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		advice = "-login의 이름과 비밀번호를 보세요. 연습용 계정은 gopher:websocket입니다"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		advice = "이 서버에는 로그인이 없습니다. -login은 07부터 씁니다"
	case http.StatusBadRequest:
		advice = "이름과 비밀번호를 모두 적었는지, ws://와 wss://가 맞는지 보세요"
	}
	text := fmt.Sprintf("로그인이 거절되었습니다: %s%s. %s", resp.Status, quotedReason(resp, body), advice)
	return &failure{text, resp.StatusCode < 500}
}

// quotedReason은 본문이 짧은 글일 때만 보여 줍니다. HTML 페이지는 까닭이 아닙니다.
func quotedReason(resp *http.Response, body []byte) string {
	reason := strings.TrimSpace(string(body))
	if reason == "" || reason == http.StatusText(resp.StatusCode) || strings.Contains(resp.Header.Get("Content-Type"), "html") {
		return ""
	}
	return fmt.Sprintf(" %q", reason)
}
