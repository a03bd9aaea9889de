package gorilla_test

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

// gorilla의 저장소에 있는 채팅 예제(examples/chat)를 이 판의 코드로 빌드해 그대로 돌립니다.

// chatExample은 도는 예제의 주소입니다.
func chatExample(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "chat")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/gorilla/websocket/examples/chat").CombinedOutput(); err != nil {
		t.Fatalf("예제를 빌드하지 못했습니다: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close() // 예제는 빈 포트를 스스로 고르지 못합니다.
	cmd := exec.Command(program, "-addr", addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for deadline := soon(); ; time.Sleep(time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return addr
		} else if time.Now().After(deadline) {
			t.Fatalf("%v 동안 기다렸지만 예제가 연결을 받지 않습니다: %v", patience, err)
		}
	}
}

// joinChat은 예제의 대화에 들어가, 등록되었음을 자기 메시지로 확인합니다.
func joinChat(t *testing.T, addr string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{HandshakeTimeout: patience}
	conn, _, err := d.Dial("ws://"+addr+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(soon())
	conn.WriteMessage(websocket.TextMessage, []byte("들어왔습니다"))
	if _, p, err := conn.ReadMessage(); string(p) != "들어왔습니다" {
		t.Fatalf("자기 메시지를 기다렸지만 온 것 %q, %v", p, err)
	}
	return conn
}

// pour는 메시지 n개를 한꺼번에 보냅니다.
func pour(t *testing.T, conn *websocket.Conn, n int, text string) {
	t.Helper()
	var b bytes.Buffer
	for range n {
		b.Write(wstest.Text(text).Bytes())
	}
	conn.NetConn().SetWriteDeadline(soon())
	if _, err := conn.NetConn().Write(b.Bytes()); err != nil {
		t.Logf("쏟아붓던 사람도 끊겼습니다: %v", err)
	}
}

// 바이너리 두 바이트가 모두에게 텍스트로 갑니다.
func TestChatExampleSendsBinaryOnAsText(t *testing.T) {
	addr := chatExample(t)
	reader, speaker := joinChat(t, addr), joinChat(t, addr)
	if _, p, err := reader.ReadMessage(); string(p) != "들어왔습니다" {
		t.Fatalf("다른 사람이 들어온 것을 기다렸지만 온 것 %q, %v", p, err)
	}
	speaker.WriteMessage(websocket.BinaryMessage, []byte("\xff\xfe"))
	messageType, p, err := reader.ReadMessage()
	if messageType != websocket.TextMessage || string(p) != "\xff\xfe" {
		t.Errorf("종류 %d, 내용 % x, %v, 원한 것 텍스트 ff fe", messageType, p, err)
	}
}

// 밀린 메시지는 줄바꿈으로 이어져 한 메시지가 됩니다. 그 메시지는 프레임 여럿일 수 있습니다.
func TestChatExampleJoinsQueuedMessagesIntoOne(t *testing.T) {
	const sent = 200 // 대기열 256칸보다 적어서 아무도 쫓겨나지 않습니다.
	text := strings.Repeat("a", 400)
	addr := chatExample(t)
	conn := joinChat(t, addr)
	pour(t, conn, sent, text)
	var b []byte
	raw := bufio.NewReader(conn.NetConn())
	messages, frames := 0, 0
	conn.NetConn().SetReadDeadline(soon())
	for got := 0; got < sent; {
		f, err := readFrame(raw)
		if err != nil {
			t.Fatalf("메시지 %d개 가운데 %d개만 왔습니다: %v", sent, got, err)
		}
		frames++
		b = append(b, f.payload...)
		if f.fin {
			messages++
			got += bytes.Count(b, []byte(text))
			b = nil
		}
	}
	if messages >= sent {
		t.Errorf("메시지 %d개가 %d개로 왔습니다. 하나도 이어지지 않았습니다", sent, messages)
	}
	if frames <= messages {
		t.Errorf("메시지 %d개가 프레임 %d개로 왔습니다. 여러 프레임으로 나뉜 메시지가 없습니다", messages, frames)
	}
	t.Logf("%d개가 메시지 %d개, 프레임 %d개로 왔습니다", sent, messages, frames)
}

// 읽고 있어도 한꺼번에 쏟아지면 까닭 없는 닫기로 쫓겨납니다.
func TestChatExampleDropsAHealthyReaderWithoutAReason(t *testing.T) {
	addr := chatExample(t)
	for range 20 { // 다 따라갈 만큼 한가한 때도 있습니다.
		reader, speaker := joinChat(t, addr), joinChat(t, addr)
		end := make(chan error, 1)
		go func() { end <- discard(reader) }()
		pour(t, speaker, 3000, "글")
		reader.SetReadDeadline(time.Now().Add(time.Second))
		err := receive(t, end, "읽는 사람의 끝")
		if websocket.IsCloseError(err, websocket.CloseNoStatusReceived) {
			return
		}
		var network net.Error
		if !errors.As(err, &network) || !network.Timeout() {
			t.Fatalf("읽는 사람의 끝 %v, 원한 것 1005나 시간 초과", err)
		}
	}
	t.Error("3,000개를 스무 번 쏟아도 아무도 쫓겨나지 않았습니다")
}
