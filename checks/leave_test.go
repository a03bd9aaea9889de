package checks

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// elsewhere는 떠나갈 다른 사이트입니다.
func elsewhere(t *testing.T) *httptest.Server {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="ko"><link rel="icon" href="data:,"><title>다른 사이트</title><p>다른 사이트`)
	}))
	t.Cleanup(site.Close)
	return site
}

// 뒤로 가기용으로 얼려 둔 페이지도 핑에 답하므로, 페이지가 스스로 닫지 않으면 서버는 떠난 줄 모릅니다.
func TestLeavingThePageEndsItsConnection(t *testing.T) {
	eachStep(t, hasHeartbeat, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := join(t, step, server, "gopher")
		w.must(checkLeaving(w.Tab, server, elsewhere(t).URL, steps.Timeout))

		w.must(w.Exec(`setTimeout(() => history.back())`))
		if step.Login { // 일회용 비밀번호는 이미 썼으니 다시 로그인합니다.
			w.must(w.WaitFor(`document.getElementById('username')?.checkVisibility()`, patience))
			w.login("gopher", password)
		}
		w.waitStatus("연결됨")
		w.send("돌아와서 보낸 글")
		w.waitMessage("돌아와서 보낸 글")
		w.expectQuietConsole()
	})
}

// checkLeaving은 연결된 창을 다른 사이트로 보내고, limit 안에 서버가 그 연결을 끝내는지 봅니다.
func checkLeaving(tab *browser.Tab, server *steps.Server, url string, limit time.Duration) error {
	if err := tab.Exec(fmt.Sprintf(`location = %q`, url)); err != nil {
		return err
	}
	if err := tab.WaitFor(`document.title === '다른 사이트'`, patience); err != nil {
		return err
	}
	return server.WaitLog("나감", 1, limit)
}

// 퐁을 보내지 않는 상대는 끊기고, 브라우저는 스스로 퐁을 보내서 남습니다.
func TestPongWaitEndsSilentPeersOnly(t *testing.T) {
	eachStep(t, hasHeartbeat, func(t *testing.T, step steps.Step) {
		server := start(t, step, "-pong-wait", "1s")
		w := join(t, step, server, "chulsoo")

		silent := dial(t, step, server, "gopher")
		silent.SetPingHandler(func(string) error { return nil })
		silent.SetReadDeadline(time.Now().Add(steps.Timeout))
		began := time.Now()
		_, _, err := silent.ReadMessage()
		if took := time.Since(began); took > steps.Timeout/2 {
			t.Errorf("-pong-wait 1s인데 퐁이 없는 연결이 %v 뒤에야 끝났습니다: %v", took, err)
		}
		w.expectConnected()
		w.send("나는 살아 있다")
		w.waitMessage("나는 살아 있다")
	})
}

// unhurried는 한 번에 16 KiB씩, 사이를 두고 읽는 연결입니다.
type unhurried struct{ net.Conn }

func (c unhurried) Read(p []byte) (int, error) {
	time.Sleep(10 * time.Millisecond)
	return c.Conn.Read(p[:min(len(p), 16<<10)])
}

// 나간 ping도 먼저 쓴 바이트 뒤에 서므로, 쉬지 않고 읽으며 ping에 답하는 상대도 밀린 것이 많으면 끊깁니다.
func TestPingBehindABacklogComesTooLate(t *testing.T) {
	step := steps.Named("04-pingpong")
	server := start(t, step, "-pong-wait", "1s")
	dialer := websocket.Dialer{
		ReadBufferSize: 16 << 10,
		NetDial: func(network, addr string) (net.Conn, error) {
			conn, err := net.Dial(network, addr)
			return unhurried{conn}, err
		},
	}
	slow, _, err := dialer.Dial(server.WebSocketURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	go func() {
		for {
			if _, _, err := slow.ReadMessage(); err != nil { // 읽는 동안 ping에 답합니다.
				return
			}
		}
	}()
	time.Sleep(2500 * time.Millisecond) // 밀린 것이 없으면 느려도 제때 답합니다.
	if log := server.Log(); strings.Contains(log, "나감") {
		t.Fatalf("밀린 것이 없는데 나갔습니다:\n%s", log)
	}
	sender := dial(t, step, server, "gopher")
	go func() {
		for {
			if _, _, err := sender.ReadMessage(); err != nil {
				return
			}
		}
	}()
	for range 4000 { // 대기열이 차지 않을 만큼
		if err := sender.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("a"), 5000)); err != nil {
			t.Fatal(err)
		}
	}
	gone := fmt.Sprintf("%s 나감: 서버가 닫음: 1008 제한 시간 안에 응답이 없습니다", slow.LocalAddr())
	if err := server.WaitLog(gone, 1, steps.Timeout); err != nil {
		t.Error(err)
	}
}

// dial은 브라우저가 아닌 클라이언트로 붙습니다.
func dial(t *testing.T, step steps.Step, server *steps.Server, user string) *websocket.Conn {
	t.Helper()
	url := server.WebSocketURL()
	if step.Login {
		url += "?otp=" + otp(t, server, user)
	}
	dialer := websocket.Dialer{TLSClientConfig: trustAny}
	conn, _, err := dialer.Dial(url, nil)
	if err != nil {
		t.Fatalf("%s에 붙을 수 없습니다: %v", url, err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// 주소를 알린 서버는 Ctrl-C를 받을 준비도 마쳤습니다. 곧바로 눌러도 신호에 죽지 않고 0으로 끝납니다.
func TestCtrlCRightAfterTheAddressIsAnOrderlyEnd(t *testing.T) {
	program, err := steps.Named("03-hub").Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 100 { // 늦게 준비하면 열 번이나 스무 번에 한 번쯤 죽습니다.
		server := exec.Command(program, "-addr", "localhost:0")
		stderr, err := server.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(steps.Timeout, func() { server.Process.Kill() })
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "여세요") {
				server.Process.Signal(os.Interrupt)
			}
		}
		if err := server.Wait(); err != nil {
			t.Fatalf("%v, 원한 것 종료 상태 0. 주소를 알리기 전에 NotifyContext를 부릅니까?", err)
		}
	}
}
