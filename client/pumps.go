package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wire"
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
			tell(s.got, true)
		}
	}
}

// tell은 듣는 쪽을 기다리지 않습니다.
func tell(c chan<- bool, news bool) {
	select {
	case c <- news:
	default:
	}
}

// setHandlers는 제어 메시지를 다룹니다. 처리기는 읽는 동안 불립니다.
func (s *session) setHandlers() {
	if s.noPong {
		s.conn.SetPingHandler(func(payload string) error {
			if !s.frames {
				s.say("ping %q에 답하지 않음", payload)
			}
			return nil
		})
	}
	// ping을 보내지 않으면 조용한 서버와 죽은 서버를 구별할 수 없어서 마감 시각이 없습니다.
	if s.ping > 0 {
		s.conn.SetReadDeadline(time.Now().Add(s.ping + pongWait))
		s.conn.SetPongHandler(func(payload string) error {
			if !s.frames {
				s.say("pong %q", payload)
			}
			return s.conn.SetReadDeadline(time.Now().Add(s.ping + pongWait))
		})
	}
}

// show는 받은 메시지를 적습니다. -once가 기다리던 메시지가 아니면 false입니다.
func (s *session) show(messageType int, data []byte) bool {
	switch {
	case messageType == websocket.BinaryMessage:
		s.print(fmt.Sprintf("바이너리 %d바이트: %s", len(data), wire.Hex(data, uint64(len(data)))))
	case s.room != "":
		return s.showEvent(data)
	default:
		s.print(string(data))
	}
	return true
}

// hangUp은 우리가 끝내는 까닭을 말하고, 상대가 TCP를 닫기를 잠시 기다립니다. RFC 6455
// 7.1.1절은 서버가 먼저 닫게 합니다. 남은 바이트를 두고 닫으면 RST가 우리의 닫기
// 프레임을 앞지를 수도 있습니다.
func (s *session) hangUp() {
	if code, _ := s.verdict(); code != 0 {
		s.tellErr = s.writeClose(code) // gorilla가 이미 보냈으면 또 보내지 않습니다.
	}
	netConn := s.conn.NetConn()
	netConn.SetDeadline(time.Now().Add(closeWait)) // 막힌 쓰기도 끝냅니다.
	io.Copy(io.Discard, netConn)
}

// writePump는 나가기로 하고 닫기 프레임을 보냈으면 nil을 반환합니다.
func (s *session) writePump(ctx context.Context) error {
	err := s.enter(ctx)
	sent := s.first != nil
	if err == nil && sent {
		err = s.write(s.first, "메시지: %d바이트", len(s.first))
		s.first = nil // 다시 연결해도 또 보내지 않습니다.
	}
	if err != nil {
		return err
	}
	heard := false
	var ping, timeout <-chan time.Time
	if s.ping > 0 {
		ping = time.Tick(s.ping)
	}
	lines := s.lines
	for count := int64(1); ; {
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
			heard = true
			if s.once && sent {
				return s.leave()
			}
		case <-ping:
			err = s.conn.WriteControl(websocket.PingMessage, strconv.AppendInt(nil, count, 10), time.Now().Add(writeWait))
			count++
		case line, ok := <-lines:
			switch {
			case ok:
				err = s.sendLine(line)
			case !s.once || heard:
				return s.leave()
			}
			sent = true // 보낼 것이 없는 -once는 받기만 기다립니다.
		}
		if err != nil {
			return err
		}
	}
}

// enter는 -room의 방으로 옮깁니다. 옮기지 못했으면 말이 엉뚱한 방으로 가지 않게 나갑니다.
func (s *session) enter(ctx context.Context) error {
	if s.room == "" {
		return nil
	}
	if err := s.write(encode("change_room", "name", s.room), "방 이름: %q", s.room); err != nil || s.noRead {
		return err
	}
	select {
	case ok := <-s.entered:
		if !ok {
			s.leave()
			return errNoRoom
		}
	case <-s.ended:
	case <-ctx.Done():
	case <-time.After(onceWait):
		s.say("%v 안에 방을 옮기지 못함. 09가 아니면 -room을 빼세요", onceWait)
	}
	return nil
}

// sendLine이 보낸 줄이 닿았는지는 서버가 답하기 전까지 알 수 없습니다.
func (s *session) sendLine(line string) error {
	if !s.binary && !utf8.ValidString(line) {
		s.lose("UTF-8이 아닌 줄은 보내지 않았습니다. 그대로 보내려면 -binary를 쓰세요: %q", line)
		return nil
	}
	data := []byte(line)
	if s.room != "" {
		data = encode("send_message", "message", line)
	}
	return s.write(data, "줄: %q", line)
}

func (s *session) write(data []byte, what string, args ...any) error {
	messageType := map[bool]int{false: websocket.TextMessage, true: websocket.BinaryMessage}[s.binary]
	// 마감 시각은 시각이지 시간이 아닙니다. 쓸 때마다 다시 정합니다.
	s.conn.SetWriteDeadline(time.Now().Add(writeWait))
	err := s.conn.WriteMessage(messageType, data)
	if err != nil {
		s.lose("보내지 못한 "+what, args...)
	}
	return err
}

// leave는 1000으로 닫자고 합니다.
func (s *session) leave() error { return s.writeClose(websocket.CloseNormalClosure) }

func (s *session) writeClose(code int) error {
	message := websocket.FormatCloseMessage(code, "")
	err := s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(closeWait))
	if err == websocket.ErrCloseSent {
		return nil // 우리의 닫기 프레임이 이미 나갔습니다.
	}
	return err
}
