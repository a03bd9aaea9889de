package checks

import (
	"testing"

	"github.com/gorilla/websocket"
)

// 개발자 도구의 Network 탭은 이 이벤트를 보여 줍니다. 조각난 메시지는 하나로 보이고, 핑은 보이지 않습니다.
func TestDevToolsOfChromiumShowMessagesNotFrames(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		for _, frame := range []string{"\x01\x03안", "\x89\x00", "\x80\x03녕", "\x81\x03끝"} {
			conn.NetConn().Write([]byte(frame))
		}
		readToEnd(conn)
	})))
	tab := browse(t, server.URL)
	received := tab.Received()
	openSocket(t, tab)
	for _, want := range []string{"안녕", "끝"} {
		if got := receive(t, received); got.Opcode != websocket.TextMessage || string(got.PayloadData) != want {
			t.Errorf("개발자 도구에 보인 것 %+v, 원한 것 텍스트 % x", got, want)
		}
	}
}
