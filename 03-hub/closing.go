package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// closeWait는 닫기 프레임을 보낸 뒤 상대가 읽고 끊기를 기다리는 시간입니다.
const closeWait = 2 * time.Second

// ending은 연결이 끝난 까닭입니다.
type ending struct {
	code   int    // 서버가 보낼 닫기 코드. 상대가 먼저 끝냈으면 0
	reason string // 닫기 프레임에 들어가므로 UTF-8로 123바이트까지
}

var (
	errNotUTF8  = &ending{websocket.CloseInvalidFramePayloadData, "텍스트가 UTF-8이 아닙니다"}
	errNoAnswer = &ending{websocket.ClosePolicyViolation, "제한 시간 안에 응답이 없습니다"}
)

func (e *ending) Error() string {
	if e.code == 0 {
		return e.reason
	}
	return fmt.Sprintf("서버가 닫음: %d %s", e.code, e.reason)
}

// endOf는 읽기나 쓰기가 반환한 오류를 종류로 구별합니다. IsUnexpectedCloseError는
// *CloseError만 보므로 네트워크 오류와 프로토콜 위반을 놓칩니다.
func endOf(err error) *ending {
	var ours *ending
	var closed *websocket.CloseError
	var network net.Error // gorilla는 *net.OpError를 자기 타입으로 바꾸기도 합니다.
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &closed) && closed.Code == websocket.CloseAbnormalClosure:
		return &ending{reason: "닫기 프레임 없이 끊김: 1006"}
	case errors.As(err, &closed):
		return &ending{reason: fmt.Sprintf("상대가 닫음: %d %q", closed.Code, closed.Text)}
	case errors.As(err, &network) && network.Timeout():
		return errNoAnswer
	case errors.As(err, &network):
		return &ending{reason: fmt.Sprintf("네트워크 오류: %v", err)}
	case strings.HasPrefix(err.Error(), "websocket: "): // gorilla의 위반에는 타입이 없습니다.
		return &ending{websocket.CloseProtocolError, fmt.Sprintf("프로토콜 위반: %v", err)}
	default:
		return &ending{websocket.CloseInternalServerErr, fmt.Sprintf("알 수 없는 오류: %v", err)}
	}
}

// hangUp은 상대가 닫기 코드를 읽을 틈을 주고 TCP를 닫습니다. 읽지 않은 바이트를
// 두고 바로 닫으면 TCP가 RST를 보내서, 상대는 닫기 코드 대신 1006을 봅니다.
func hangUp(conn *websocket.Conn, e *ending) {
	defer conn.Close()
	if !sayGoodbye(conn, e) {
		return
	}
	// 보내는 쪽만 닫고, 상대가 끊을 때까지 읽어서 버립니다. RFC 6455 7.1.1절.
	netConn := conn.NetConn()
	if half, ok := netConn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	netConn.SetReadDeadline(time.Now().Add(closeWait))
	io.Copy(io.Discard, netConn)
}

// sayGoodbye는 닫기 프레임을 보냅니다. 상대가 닫기 코드를 볼 수 있으면 참입니다.
func sayGoodbye(conn *websocket.Conn, e *ending) bool {
	if e.code == 0 {
		return false // 상대가 먼저 끝냈습니다.
	}
	message := websocket.FormatCloseMessage(e.code, e.reason)
	err := conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(closeWait))
	// ErrCloseSent는 닫기 프레임이 이미 나갔다는 뜻입니다. 상대는 그 코드를 봅니다.
	return err == nil || errors.Is(err, websocket.ErrCloseSent)
}
