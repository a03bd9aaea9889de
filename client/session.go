package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wire"
)

const (
	writeWait = 30 * time.Second // 쓰기 한 번에 주는 시간. 단계의 서버(10초)가 먼저 끊게 합니다
	closeWait = 2 * time.Second  // 닫기 프레임의 답을 기다리는 시간
	pongWait  = 10 * time.Second // -ping에 pong이 오기를 기다리는 시간
	onceWait  = 10 * time.Second // -once가 메시지를 기다리는 시간
)

// session은 연결 하나입니다. 단계들과 같이 읽기는 readPump만, 쓰기는 writePump만 합니다.
type session struct {
	*client
	conn    *websocket.Conn
	current string        // 09에서 지금 있는 방. readPump만 씀
	entered chan bool     // 방을 옮겨 달라는 부탁의 답. 거절이면 false
	got     chan bool     // 메시지를 받음
	leaving chan struct{} // 더 쓰지 않음
	ended   chan struct{} // 더 읽을 것이 없음
	readErr error         // ended 뒤에 읽음
	tellErr error         // 까닭을 말하는 닫기 프레임을 보내지 못함
}

// chat은 연결이 끝날 때까지 이야기합니다. 돌아올 때는 고루틴도 끝나 있습니다.
func (c *client) chat(ctx context.Context, conn *websocket.Conn) error {
	defer conn.Close()
	s := &session{
		client: c, conn: conn, current: "general",
		entered: make(chan bool, 1), got: make(chan bool, 1),
		leaving: make(chan struct{}), ended: make(chan struct{}),
	}
	var reader sync.WaitGroup
	reader.Go(s.readPump)
	writeErr := s.writePump(ctx)
	close(s.leaving)
	// 쓰지 못한 까닭은 읽는 쪽이 압니다. 답이 없는 상대는 closeWait 뒤에 끊습니다.
	timer := time.AfterFunc(closeWait, func() { conn.Close() })
	<-s.ended
	cut := !timer.Stop()
	reader.Wait()
	return s.outcome(writeErr, cut)
}

var (
	errNotUTF8  = errors.New("서버가 보낸 텍스트가 UTF-8이 아님")
	errNoRead   = errors.New("읽지 않음")
	errReadDone = errors.New("읽기가 끝남")
	errNoAnswer = final("%v 안에 메시지가 오지 않음", onceWait)
	errNoRoom   = final("방에 들어가지 못해 나감")
)

// outcome은 연결이 어떻게 끝났는지 말합니다. 정상이면 nil입니다. 나가겠다고 한 뒤라면
// 1001이나 코드 없는 닫기도 답입니다.
func (s *session) outcome(writeErr error, cut bool) error {
	asked := writeErr == nil
	var closed *websocket.CloseError
	switch {
	case writeErr == errNoAnswer, writeErr == errNoRoom:
		return writeErr
	case s.readErr == errNoRead && asked:
		s.say("닫음: 1000. 읽지 않으므로 상대의 답은 모릅니다")
		return nil
	case s.readErr == errNoRead:
		return fmt.Errorf("보낼 수 없음: %w", writeErr)
	case !errors.As(s.readErr, &closed) || closed.Code == websocket.CloseAbnormalClosure:
		return s.broken(asked, cut)
	}
	normal := closed.Code == websocket.CloseNormalClosure ||
		asked && (closed.Code == websocket.CloseGoingAway || closed.Code == websocket.CloseNoStatusReceived)
	text := "닫음: " + wire.CloseText(closed.Code, closed.Text)
	switch {
	case !normal:
		return errors.New("서버가 " + text)
	case !asked:
		text = "서버가 " + text
	}
	s.say("%s", text)
	return nil
}

// broken은 상대의 닫기 프레임 없이 끝난 연결입니다. cut이면 기다리다가 끊었습니다.
func (s *session) broken(asked, cut bool) error {
	var network net.Error
	code, why := s.verdict()
	switch {
	case cut && asked:
		return fmt.Errorf("닫기 프레임의 답이 %v 안에 오지 않음", closeWait)
	case cut:
		return errors.New("쓰기가 막혀 끊음")
	case code != 0 && asked:
		return fmt.Errorf("닫는 중에 %s", why)
	case code != 0 && s.tellErr != nil:
		return fmt.Errorf("%s. 닫기 프레임(%d)은 보내지 못함: %w", why, code, s.tellErr)
	case code != 0:
		return fmt.Errorf("우리가 닫음: %d %s", code, why)
	case errors.As(s.readErr, &network) && network.Timeout() && s.ping > 0:
		return fmt.Errorf("%v 안에 pong이 오지 않음", s.ping+pongWait)
	case network != nil:
		return fmt.Errorf("닫기 프레임 없이 끊김: 1006, %w", network)
	default:
		return errors.New("닫기 프레임 없이 끊김: 1006")
	}
}

// verdict는 우리가 연결을 끝내야 하는 까닭과 닫기 코드입니다. 0이면 상대나 네트워크가
// 끝냈습니다.
func (s *session) verdict() (code int, why string) {
	switch err := s.readErr; {
	case err == errNotUTF8:
		return websocket.CloseInvalidFramePayloadData, err.Error()
	case errors.Is(err, websocket.ErrReadLimit):
		return websocket.CloseMessageTooBig, fmt.Sprintf("메시지가 %d바이트를 넘음", maxMessage)
	case err == errNoRead, errors.As(err, new(*websocket.CloseError)), errors.As(err, new(net.Error)), errors.Is(err, io.ErrUnexpectedEOF):
		return 0, ""
	default:
		return websocket.CloseProtocolError, "프로토콜 위반: " + err.Error()
	}
}
