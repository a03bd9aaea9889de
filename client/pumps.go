package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

func (s *session) readPump() {
	s.readErr = s.read()
	close(s.ended) // writePump도 그만 씁니다.
	if s.readErr != errNoRead {
		s.hangUp()
	}
}

func (s *session) read() error {
	if s.noRead {
		<-s.leaving
		return errNoRead
	}
	s.conn.SetReadLimit(maxMessage)
	s.setHandlers()
	for {
		messageType, data, err := s.conn.ReadMessage()
		if err != nil {
			return err
		}
		// gorilla는 텍스트가 UTF-8인지 보지 않습니다.
		if messageType == websocket.TextMessage && !utf8.Valid(data) {
			return errNotUTF8
		}
		if s.show(messageType, data) {
			tell(s.got)
		}
	}
}

// tell은 듣는 쪽을 기다리지 않습니다.
func tell(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// setHandlers는 제어 메시지를 다룹니다. 처리기는 읽는 동안 불립니다.
func (s *session) setHandlers() {
	if s.noPong {
		s.conn.SetPingHandler(func(payload string) error {
			s.note("ping %q에 답하지 않음", payload)
			return nil
		})
	}
	// ping을 보내지 않으면 조용한 서버와 죽은 서버를 구별할 수 없어서 마감 시각이 없습니다.
	if s.ping > 0 {
		s.conn.SetReadDeadline(time.Now().Add(s.ping + pongWait))
		s.conn.SetPongHandler(func(payload string) error {
			s.note("pong %q", payload)
			return s.conn.SetReadDeadline(time.Now().Add(s.ping + pongWait))
		})
	}
}

// show는 받은 메시지를 적습니다. -once가 기다리던 메시지가 아니면 false입니다.
func (s *session) show(messageType int, data []byte) bool {
	if messageType == websocket.BinaryMessage {
		s.print(fmt.Sprintf("바이너리 %d바이트: %s", len(data), hexPreview(data, uint64(len(data)))))
		return true
	}
	if s.room != "" {
		return s.showEvent(data)
	}
	s.print(string(data))
	return true
}

// print는 메시지 한 줄을 적습니다. 파이프에는 받은 그대로 적습니다. -frames의 표에는
// 이미 있으니 적지 않습니다.
func (s *session) print(text string) {
	if s.frames {
		return
	}
	if s.screen {
		text = visible(text)
	}
	fmt.Fprintln(s.stdout, text)
}

// note는 -frames의 표에 이미 있는 일이면 말하지 않습니다.
func (s *session) note(format string, args ...any) {
	if !s.frames {
		s.say(format, args...)
	}
}

// hangUp은 상대가 TCP를 닫기를 잠시 기다립니다. RFC 6455 7.1.1절은 서버가 먼저 닫게
// 합니다. 남은 바이트를 두고 닫으면 RST가 우리의 닫기 프레임을 앞지를 수도 있습니다.
func (s *session) hangUp() {
	deadline := time.Now().Add(closeWait)
	if s.readErr == errNotUTF8 {
		message := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "텍스트가 UTF-8이 아닙니다")
		s.conn.WriteControl(websocket.CloseMessage, message, deadline)
	}
	netConn := s.conn.NetConn()
	netConn.SetDeadline(deadline) // 막힌 쓰기도 끝냅니다.
	io.Copy(io.Discard, netConn)
}

// writePump는 나가기로 하고 닫기 프레임을 보냈으면 nil을 반환합니다.
func (s *session) writePump(ctx context.Context) error {
	sent, err := s.greet(ctx)
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
			err = s.sendPing(count)
			count++
		case line, ok := <-lines:
			switch {
			case ok:
				err = s.sendLine(line)
			case !s.once:
				return s.leave()
			}
			sent = true // 보낼 것이 없는 -once는 받기만 기다립니다.
		}
		if err != nil {
			return err
		}
	}
}

// greet는 연결하자마자 할 말을 합니다. 메시지를 보냈으면 true입니다.
func (s *session) greet(ctx context.Context) (sent bool, err error) {
	if s.room != "" {
		err = s.enter(ctx)
	}
	if err == nil && s.first != nil {
		err = s.write(s.first)
		s.first, sent = nil, true // 다시 연결해도 또 보내지 않습니다.
	}
	return sent, err
}

// enter는 방을 옮기고 답을 기다립니다. 기다리지 않아도 서버는 온 순서대로 다루지만,
// 말과 답이 엇갈려 보입니다.
func (s *session) enter(ctx context.Context) error {
	if err := s.write(encode("change_room", changeRoom{s.room})); err != nil || s.noRead {
		return err
	}
	select {
	case <-s.entered:
	case <-s.ended:
	case <-ctx.Done():
	case <-time.After(onceWait):
		s.say("%v 안에 방을 옮기지 못함. 09가 아니면 -room을 빼세요", onceWait)
	}
	return nil
}

// sendLine은 보내지 못한 줄을 조용히 버리지 않습니다. 보낸 줄이 닿았는지는 서버가
// 답하기 전까지 알 수 없습니다.
func (s *session) sendLine(line string) error {
	if !s.binary && !utf8.ValidString(line) {
		s.say("UTF-8이 아닌 줄은 보내지 않았습니다. 그대로 보내려면 -binary를 쓰세요: %q", line)
		return nil
	}
	data := []byte(line)
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

// sendPing의 WriteControl은 쓰기 버퍼를 거치지 않아 -fragment가 나누지 않습니다.
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
