package checks

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/steps"
)

// docs-ko/gorilla의 노트가 브라우저, Node, 단계에 대해 하는 말 가운데, claims로 시작하는
// 파일이 확인하지 않는 것입니다.

// localhost와 127.0.0.1은 같은 컴퓨터여도 다른 출처입니다.
func TestDefaultCheckRefusesAPageOfAnotherHostName(t *testing.T) {
	server := serve(t, blank(talking(sameOrigin, goodbye)))
	tab := browse(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	expectEvents(t, tab, `'`+strings.Replace(server.URL, "http", "ws", 1)+`/ws'`, refused...)
}

func TestTwoSocketsOfAPageAreTwoTCPConnections(t *testing.T) {
	addrs := make(chan string, 2)
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		addrs <- conn.RemoteAddr().String()
		readToEnd(conn)
	})))
	tab := browse(t, server.URL)
	openSocket(t, tab)
	openSocket(t, tab)
	if a, b := receive(t, addrs), receive(t, addrs); a == b {
		t.Errorf("두 소켓의 주소가 같습니다: %s", a)
	}
}

func TestScriptHasNoPing(t *testing.T) {
	tab := browse(t, serve(t, blank(http.NotFound)).URL)
	if evaluate[bool](t, tab, `'ping' in WebSocket.prototype || 'pong' in WebSocket.prototype`) {
		t.Error("스크립트가 ping을 보낼 수 있습니다")
	}
}

// 브라우저는 401의 상태조차 스크립트에 알리지 않습니다.
func TestScriptSeesNoReasonForA401(t *testing.T) {
	server := serve(t, blank(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "먼저 로그인하세요.", http.StatusUnauthorized)
	}))
	expectEvents(t, browse(t, server.URL), `'/ws'`, refused...)
}

func TestNodeClosesWith1007OnTextThatIsNotUTF8(t *testing.T) {
	ends := make(chan error, 1)
	server := serve(t, blank(talking(sameOrigin, func(conn *websocket.Conn) {
		conn.WriteMessage(websocket.TextMessage, []byte("\xff\xfe"))
		ends <- readToEnd(conn)
	})))
	url := strings.Replace(server.URL, "http", "ws", 1) + "/ws"
	if out, err := exec.CommandContext(t.Context(), "node", "node/listen.mjs", url).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	expectEnd(t, ends, websocket.CloseInvalidFramePayloadData)
}

// SSE는 서버에서 클라이언트로만 갑니다.
func TestEventSourceCannotSend(t *testing.T) {
	tab := browse(t, serve(t, blank(http.NotFound)).URL)
	for name, want := range map[string]bool{"EventSource": false, "WebSocket": true} {
		if got := evaluate[bool](t, tab, `'send' in `+name+`.prototype`); got != want {
			t.Errorf("%s에 send가 있는가 %v, 원한 것 %v", name, got, want)
		}
	}
}

// 로그인은 틀린 횟수를 세지 않습니다. 몇 번이든 다시 맞혀 볼 수 있습니다.
func TestLoginDoesNotLimitAttempts(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		client := http.Client{Transport: &http.Transport{TLSClientConfig: trustAny}, Timeout: patience}
		defer client.CloseIdleConnections()
		for n := range 300 {
			guess := fmt.Sprintf(`{"username":"gopher","password":"%06d"}`, n)
			resp, err := client.Post(server.URL+"/login", "application/json", strings.NewReader(guess))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusUnauthorized {
				t.Fatalf("%d번째 틀린 추측의 답 %d, 원한 것 401", n+1, resp.StatusCode)
			}
		}
		otp(t, server, "gopher")
	})
}
