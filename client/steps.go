package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gorilla-websocket-ko/internal/wire"
)

// logIn은 비밀번호를 일회용 비밀번호로 바꿉니다.
func (c *client) logIn(ctx context.Context) (otp string, err error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeWait)
	defer cancel()
	name, password, _ := strings.Cut(c.login, ":")
	body, _ := json.Marshal(map[string]string{"username": name, "password": password})
	address := url.URL{Scheme: strings.Replace(c.url.Scheme, "ws", "http", 1), Host: c.url.Host, Path: "/login"}
	req := &http.Request{
		Method: http.MethodPost, URL: &address, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	transport := &http.Transport{DialContext: c.netDial, TLSClientConfig: c.tls, DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return "", c.explain(ctx, err, nil)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1024))
	if err != nil {
		return "", c.explain(ctx, err, nil)
	}
	if resp.StatusCode != http.StatusOK {
		return "", c.refused("로그인", resp, string(answer))
	}
	var login struct{ OTP string }
	if json.Unmarshal(answer, &login) != nil || login.OTP == "" {
		return "", final("로그인의 답에 일회용 비밀번호가 없습니다. 주소가 07부터 09까지의 서버인지 보세요")
	}
	c.say("로그인함: %s", name)
	return login.OTP, nil
}

// encode는 09의 봉투입니다. 512바이트까지만 받으므로 <, >, &를 여섯 바이트로 늘리지 않습니다.
func encode(eventType, name, value string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.Encode(struct {
		Type    string            `json:"type"`
		Payload map[string]string `json:"payload"`
	}{eventType, map[string]string{name: value}})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// showEvent는 이벤트 하나를 적습니다. 방을 옮긴 일은 -once가 기다리던 메시지가 아닙니다.
func (s *session) showEvent(data []byte) bool {
	var e struct {
		Type    string
		Payload json.RawMessage // Type을 보고 꼴을 정합니다.
	}
	if err := json.Unmarshal(data, &e); err != nil {
		s.say("JSON 이벤트가 아닌 메시지: %q. 09가 아니면 -room을 빼세요", data)
		return true
	}
	var payload struct {
		Message, From, Name string
		Sent                time.Time
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		s.say("%s 이벤트를 읽을 수 없음: %v", wire.Visible(e.Type), err)
		return true
	}
	switch e.Type {
	case "new_message":
		sent := payload.Sent.Local().Format("15:04")
		s.print(wire.Visible(fmt.Sprintf("%s [%s] %s: %s", sent, s.current, payload.From, payload.Message)))
	case "room_changed":
		s.current = payload.Name
		s.say("[%s] 방에 들어왔습니다.", wire.Visible(payload.Name))
		tell(s.entered, true)
		return false
	case "error":
		s.lose("서버가 받지 않음: %s", wire.Visible(payload.Message))
		tell(s.entered, false)
	default:
		s.say("모르는 이벤트: %q", e.Type)
	}
	return true
}
