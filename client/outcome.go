package main

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/gorilla/websocket"
)

// outcome은 연결이 어떻게 끝났는지 말합니다. 정상이면 nil이고, 아니면 오류의 글이
// 까닭입니다. 끊긴 까닭은 쓰기보다 읽기가 잘 압니다.
func (s *session) outcome(writeErr error) error {
	var closed *websocket.CloseError
	var timeout net.Error
	var network *net.OpError
	asked := writeErr == nil
	switch err := s.readErr; {
	case writeErr == errNoAnswer:
		return writeErr
	case err == errNoRead && asked:
		s.say("닫음: 1000. 읽지 않으므로 상대의 답은 모릅니다")
		return nil
	case err == errNoRead:
		return fmt.Errorf("보낼 수 없음: %w", writeErr)
	case errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure:
		return s.closed(closed, asked)
	case errors.Is(err, net.ErrClosed) && asked:
		return fmt.Errorf("닫기 프레임의 답이 %v 안에 오지 않음", closeWait)
	case errors.Is(err, net.ErrClosed):
		return fmt.Errorf("보낼 수 없음: %w", writeErr)
	case errors.As(err, &closed), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("닫기 프레임 없이 끊김: 1006")
	case errors.Is(err, errNotUTF8):
		return fmt.Errorf("우리가 닫음: 1007 %w", err)
	case errors.Is(err, websocket.ErrReadLimit):
		return fmt.Errorf("우리가 닫음: 1009 메시지가 %d바이트를 넘음", maxMessage)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%v 안에 pong이 없음", s.ping+pongWait)
	case errors.As(err, &network):
		return fmt.Errorf("닫기 프레임 없이 끊김: 1006, %w", err)
	default:
		return fmt.Errorf("우리가 닫음: 1002 프로토콜 위반: %w", err)
	}
}

// closed는 닫기 프레임으로 끝난 연결입니다. 우리가 나가겠다고 했으면 1001이나 코드
// 없는 닫기도 답입니다.
func (s *session) closed(e *websocket.CloseError, asked bool) error {
	text := closeText(e.Code, e.Text)
	switch e.Code {
	case websocket.CloseNormalClosure:
	case websocket.CloseGoingAway, websocket.CloseNoStatusReceived:
		if !asked {
			return fmt.Errorf("서버가 닫음: %s", text)
		}
	default:
		return fmt.Errorf("서버가 닫음: %s", text)
	}
	if asked {
		s.say("닫음: %s", text)
	} else {
		s.say("서버가 닫음: %s", text)
	}
	return nil
}
