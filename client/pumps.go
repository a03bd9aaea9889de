package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const (
	writeWait = 10 * time.Second // 쓰기 한 번에 주는 시간
	closeWait = 2 * time.Second  // 닫기 프레임의 답을 기다리는 시간
	pongWait  = 10 * time.Second // -ping에 대한 pong을 기다리는 시간
	onceWait  = 10 * time.Second // -once가 메시지를 기다리는 시간
)

// session은 연결 하나입니다. 단계들과 같이 읽기는 readPump만, 쓰기는 writePump만
// 합니다. Close와 WriteControl은 어느 고루틴에서 불러도 됩니다.
type session struct {
	*client
	conn    *websocket.Conn
	current string        // 09에서 지금 있는 방
	got     chan struct{} // 메시지를 받음
	leaving chan struct{} // writePump가 끝남
	ended   chan struct{} // readPump가 끝남
	readErr error         // ended 뒤에 읽음
}

func newSession(c *client, conn *websocket.Conn) *session {
	return &session{
		client:  c,
		conn:    conn,
		current: firstRoom,
		got:     make(chan struct{}, 1),
		leaving: make(chan struct{}),
		ended:   make(chan struct{}),
	}
}

// chat은 연결이 끝날 때까지 이야기합니다. 끝나면 두 고루틴 모두 끝나 있습니다.
func (s *session) chat(ctx context.Context) error {
	defer s.conn.Close()
	go func() {
		defer close(s.ended)
		s.readErr = s.readPump()
	}()
	writeErr := s.writePump(ctx)
	close(s.leaving)
	// 쓰지 못한 까닭이 읽는 쪽에 와 있을 수 있으니 어느 쪽이든 읽기의 끝을 기다립니다.
	timer := time.AfterFunc(closeWait, func() { s.conn.Close() })
	defer timer.Stop()
	<-s.ended
	return s.outcome(writeErr)
}

// readPump는 끝까지 읽고, 끝난 까닭을 돌려줍니다.
func (s *session) readPump() error {
	if s.noRead {
		<-s.leaving
		return errNoRead
	}
	err := s.read()
	s.hangUp(err)
	return err
}

func (s *session) read() error {
	s.conn.SetReadLimit(maxMessage)
	s.setHandlers()
	for {
		messageType, data, err := s.conn.ReadMessage()
		if err != nil {
			return err
		}
		if messageType == websocket.TextMessage && !utf8.Valid(data) {
			return errNotUTF8
		}
		if s.show(messageType, data) {
			select {
			case s.got <- struct{}{}:
			default:
			}
		}
	}
}

// setHandlers는 제어 메시지를 다룹니다. 처리기는 읽는 동안 불립니다.
func (s *session) setHandlers() {
	if s.noPong {
		s.conn.SetPingHandler(func(payload string) error {
			s.status("ping %q에 답하지 않음", payload)
			return nil
		})
	}
	if s.ping == 0 {
		return
	}
	// ping을 보내야 답도 기다릴 수 있습니다. 보내지 않으면 조용한 서버와 죽은 서버를
	// 가릴 수 없어서 마감 시각을 두지 않습니다.
	s.conn.SetReadDeadline(time.Now().Add(s.ping + pongWait))
	s.conn.SetPongHandler(func(payload string) error {
		s.status("pong %q", payload)
		return s.conn.SetReadDeadline(time.Now().Add(s.ping + pongWait))
	})
}

// show는 받은 메시지를 적습니다. -once가 기다리던 메시지가 아니면 false입니다.
func (s *session) show(messageType int, data []byte) bool {
	if s.room != "" && messageType == websocket.TextMessage {
		return s.showEvent(data)
	}
	text := string(data)
	if messageType == websocket.BinaryMessage {
		text = fmt.Sprintf("바이너리 %d바이트: %s", len(data), hexText(data, false))
	}
	s.print(text)
	return true
}

// print는 메시지 한 줄을 적습니다. 파이프에는 받은 그대로 적고, 터미널에서는 제어
// 문자를 지웁니다. -frames의 표에는 이미 있으니 적지 않습니다.
func (s *session) print(text string) {
	if s.frames {
		return
	}
	if s.screen {
		text = visible(text)
	}
	fmt.Fprintln(s.stdout, text)
}

// status는 -frames의 표에 이미 있는 일이면 말하지 않습니다.
func (s *session) status(format string, args ...any) {
	if !s.frames {
		s.say(format, args...)
	}
}

var (
	errNotUTF8  = errors.New("서버가 보낸 텍스트가 UTF-8이 아님")
	errNoRead   = errors.New("읽지 않음")
	errReadDone = errors.New("읽기가 끝남")
	errNoAnswer = fmt.Errorf("%v 안에 메시지가 오지 않았습니다", onceWait)
)

// hangUp은 상대가 TCP를 닫기를 잠시 기다립니다. RFC 6455 7.1.1절은 서버가 먼저 닫게
// 합니다. 우리가 먼저 어긋남을 찾았으면 닫기 코드가 전해질 틈이기도 합니다.
func (s *session) hangUp(err error) {
	netConn := s.conn.NetConn()
	deadline := time.Now().Add(closeWait)
	// 막혀 있는 쓰기가 있으면 그것도 곧 끝냅니다.
	netConn.SetDeadline(deadline)
	if errors.Is(err, errNotUTF8) {
		message := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "텍스트가 UTF-8이 아닙니다")
		s.conn.WriteControl(websocket.CloseMessage, message, deadline)
	}
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		if half, ok := netConn.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
	}
	io.Copy(io.Discard, netConn)
}

// writePump는 나가기로 하고 닫기 프레임을 보냈으면 nil을 돌려줍니다.
func (s *session) writePump(ctx context.Context) error {
	sent, err := s.greet()
	if err != nil {
		return err
	}
	var ping, timeout <-chan time.Time
	if s.ping > 0 {
		ticker := time.NewTicker(s.ping)
		defer ticker.Stop()
		ping = ticker.C
	}
	lines := s.lines
	for count := 1; ; {
		// -once는 하나를 보냈으면, 또는 보낼 것이 없으면 받기만 기다립니다.
		if s.once && sent && timeout == nil {
			lines, timeout = nil, time.After(onceWait)
		}
		select {
		case <-ctx.Done():
			return s.leave()
		case <-s.ended:
			return errReadDone
		case <-timeout:
			s.leave()
			return errNoAnswer
		case <-s.got:
			if s.once && sent {
				return s.leave()
			}
		case <-ping:
			if err := s.sendPing(count); err != nil {
				return err
			}
			count++
		case line, ok := <-lines:
			if !ok && !s.once {
				return s.leave()
			}
			if ok {
				err = s.sendLine(line)
			}
			if err != nil {
				return err
			}
			sent = true
		}
	}
}

// greet는 연결하자마자 보낼 것을 보냅니다. 메시지를 보냈으면 true입니다.
func (s *session) greet() (sent bool, err error) {
	if s.room != "" {
		if err := s.write(encode("change_room", changeRoom{s.room})); err != nil {
			return false, err
		}
	}
	if first := s.first; first != nil {
		s.first = nil // 다시 연결해도 또 보내지 않습니다.
		if err := s.write(first); err != nil {
			return false, err
		}
		sent = true
	}
	if held := s.held; held != nil && !(s.once && sent) {
		s.held = nil
		return true, s.sendLine(*held)
	}
	return sent, nil
}

// sendLine은 보내지 못한 줄을 조용히 버리지 않습니다. 보낸 줄이 닿았는지는 답이
// 오기 전까지 알 수 없습니다.
func (s *session) sendLine(line string) error {
	data := []byte(line)
	if !s.binary && !utf8.ValidString(line) {
		s.say("UTF-8이 아닌 줄은 보내지 않았습니다. 일부러 보내려면 -invalid-utf8이나 -binary를 쓰세요: %q", line)
		return nil
	}
	if s.room != "" {
		data = encode("send_message", sendMessage{line})
	}
	err := s.write(data)
	if err != nil {
		s.say("보내지 못한 줄: %q", line)
	}
	return err
}

func (s *session) write(data []byte) error {
	messageType := websocket.TextMessage
	if s.binary {
		messageType = websocket.BinaryMessage
	}
	// 마감 시각은 시각이지 시간이 아닙니다. 쓸 때마다 다시 정합니다.
	s.conn.SetWriteDeadline(time.Now().Add(writeWait))
	return s.conn.WriteMessage(messageType, data)
}

// sendPing은 쓰기 버퍼를 거치지 않습니다. 제어 메시지는 -fragment로 나누면 안 됩니다.
func (s *session) sendPing(count int) error {
	payload := strconv.AppendInt(nil, int64(count), 10)
	return s.conn.WriteControl(websocket.PingMessage, payload, time.Now().Add(writeWait))
}

// leave는 1000으로 닫자고 합니다. 상대가 먼저 닫는 중이면 그 닫기가 답입니다.
func (s *session) leave() error {
	message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	err := s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(closeWait))
	if err == websocket.ErrCloseSent {
		return nil
	}
	return err
}
