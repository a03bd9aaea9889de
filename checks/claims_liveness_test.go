package checks

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
)

func TestIdlePageSendsNoFrames(t *testing.T) {
	const idle = 3 * time.Second
	reads := make(chan error, 1)
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		raw := conn.NetConn()
		raw.SetReadDeadline(time.Now().Add(idle))
		_, err := raw.Read(make([]byte, 1))
		reads <- err
	})))
	openSocket(t, browse(t, server.URL))
	if err := receive(t, reads); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("가만히 있는 페이지의 연결에서 읽은 결과 %v, 원한 것 %v", err, os.ErrDeadlineExceeded)
	}
}

// overhear는 빈 페이지의 socket을 연결하고, 서버에 들린 퐁과 메시지를 순서대로 넘깁니다.
func overhear(t *testing.T) (tab *browser.Tab, conn *websocket.Conn, heard <-chan string) {
	t.Helper()
	conns, sounds := make(chan *websocket.Conn, 1), make(chan string, 10)
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		conn.SetPongHandler(func(payload string) error {
			sounds <- "퐁 " + payload
			return nil
		})
		conns <- conn
		for {
			_, message, err := conn.ReadMessage()
			if err != nil {
				return
			}
			sounds <- string(message)
		}
	})))
	tab = browse(t, server.URL)
	openSocket(t, tab)
	return tab, receive(t, conns), sounds
}

// expectPong은 핑을 보내고, 다음에 들리는 것이 그 답인지 봅니다.
func expectPong(t *testing.T, conn *websocket.Conn, heard <-chan string) {
	t.Helper()
	if err := conn.WriteControl(websocket.PingMessage, []byte("거기"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	expectHeard(t, heard, "퐁 거기")
}

func expectHeard(t *testing.T, heard <-chan string, want string) {
	t.Helper()
	if got := receive(t, heard); got != want {
		t.Fatalf("서버에 들린 것 %q, 원한 것 %q", got, want)
	}
}

func TestBrowserAnswersPingsWhileTheScriptIsBlocked(t *testing.T) {
	tab, conn, heard := overhear(t)
	evaluate[int](t, tab, `setTimeout(() => {
		socket.send('막힘');
		for (const end = performance.now() + 2000; performance.now() < end;);
		socket.send('풀림');
	})`)
	expectHeard(t, heard, "막힘")
	for range 10 {
		expectPong(t, conn, heard)
	}
	expectHeard(t, heard, "풀림")
}

func TestBrowserAnswersPingsWhileThePageIsHidden(t *testing.T) {
	tab, conn, heard := overhear(t)
	if err := tab.Hide(); err != nil {
		t.Fatal(err)
	}
	if err := tab.WaitFor(`document.hidden`, patience); err != nil {
		t.Fatal(err)
	}
	expectPong(t, conn, heard)
}

// 떠난 페이지는 뒤로 가기를 위해 얼어 있습니다.
func TestBrowserAnswersPingsForAPageThatWasLeft(t *testing.T) {
	tab, conn, heard := overhear(t)
	evaluate[string](t, tab, fmt.Sprintf(`location = %q`, elsewhere(t).URL))
	if err := tab.WaitFor(`document.title === '다른 사이트'`, patience); err != nil {
		t.Fatal(err)
	}
	expectPong(t, conn, heard)
}
