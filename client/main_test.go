package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, main) }

const patience = time.Minute

// console은 이 프로세스 안에서 도는 클라이언트와 그 터미널입니다.
type console struct {
	*testing.T
	stdin          *io.PipeWriter
	stdout, stderr wstest.LogBuffer
	ctrlC          func()
	status         chan int
}

// open은 클라이언트를 시작합니다. dial이 있으면 그것으로 연결합니다.
func open(t *testing.T, dial dialFunc, args ...string) *console {
	t.Helper()
	return openWith(t, func(c *client) {
		if dial != nil {
			c.netDial = dial
		}
	}, args...)
}

func openWith(t *testing.T, adjust func(c *client), args ...string) *console {
	t.Helper()
	opts, err := parseFlags(args)
	if err != nil {
		t.Fatal(err)
	}
	stdin, typing := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	c := &console{T: t, stdin: typing, ctrlC: cancel, status: make(chan int, 1)}
	client := newClient(opts, stdin, &c.stdout, &c.stderr)
	adjust(client)
	go func() { c.status <- client.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		typing.Close()
	})
	return c
}

func (c *console) write(text string) { io.WriteString(c.stdin, text) }

func (c *console) ctrlD() { c.stdin.Close() }

// wait는 클라이언트가 끝나기를 기다리고 종료 상태를 반환합니다.
func (c *console) wait() int {
	c.Helper()
	select {
	case status := <-c.status:
		return status
	case <-time.After(patience):
		c.Fatalf("끝나지 않습니다:\n%s%s", &c.stdout, &c.stderr)
		return 0
	}
}

// want는 클라이언트가 status로, 표준 오류의 마지막 줄을 line으로 끝내기를 요구합니다.
func (c *console) want(status int, line string) {
	c.Helper()
	if got := c.wait(); got != status || c.lastLine() != line {
		c.Errorf("종료 상태 %d, 마지막 줄 %q, 원한 것 %d, %q\n%s", got, c.lastLine(), status, line, &c.stderr)
	}
}

func (c *console) lastLine() string {
	text := strings.TrimSuffix(c.stderr.String(), "\n")
	return text[strings.LastIndex(text, "\n")+1:]
}

// serve는 연결마다 talk을 부르는 서버를 띄우고 그 주소를 반환합니다.
func serve(t *testing.T, talk func(conn *websocket.Conn)) string {
	return "ws://" + wstest.Start(t, handler(talk)).Host + "/ws"
}

func handler(talk func(conn *websocket.Conn)) http.Handler {
	var upgrader websocket.Upgrader
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		talk(conn)
	})
}

// drain은 상대가 닫을 때까지 읽습니다.
func drain(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// echo는 상대가 닫을 때까지 되보냅니다.
func echo(conn *websocket.Conn) {
	for {
		messageType, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		conn.WriteMessage(messageType, data)
	}
}

// raw는 서버의 프레임을 손보지 않고 내보냅니다.
func raw(conn *websocket.Conn, frames ...wstest.Frame) {
	for _, f := range frames {
		f.Unmasked = true
		conn.NetConn().Write(f.Bytes())
	}
}

// shell은 클라이언트를 따로 도는 프로그램으로 실행합니다.
func shell(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errors strings.Builder
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = environment()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errors
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errors.String()
}

// environment는 테스트의 실행 파일이 클라이언트 노릇을 하게 합니다. -race는 끝날 때마다
// 1초를 쉬므로 그것도 끕니다.
func environment() []string {
	return append(os.Environ(), "WSTEST_RUN_MAIN=1", "GORACE=atexit_sleep_ms=0")
}

func TestBadUsageIsOneKoreanLineAndStatusTwo(t *testing.T) {
	const good = "ws://localhost:1/ws"
	for _, args := range [][]string{
		{}, {good, good}, {"-nope", good}, {good, "-nope"}, {"-size", "x", good}, {"-size", "-2", good},
		{"-size", "67108865", good}, {"-fragment", "0", good}, {"-ping", "2", good}, {"-ping", "-1s", good},
		{"-invalid-utf8", "-size", "3", good}, {"-invalid-utf8", "-binary", good},
		{"-login", "gopher", good}, {"-ca", "none.pem", "wss://localhost:1/ws"}, {"-ca", "main.go", "wss://localhost:1/ws"},
		{"-insecure", good}, {"-ca", "main.go", good}, {"-ca", "main.go", "-insecure", "wss://localhost:1/ws"},
		{"-header", "no colon", good}, {"-header", ": x", good}, {"-header", "한글: x", good}, {"-header", "a b: x", good},
		{"-header", "X: a\r\nY: b", good}, {"-header", "Sec-WebSocket-Key: x", good}, {"-header", "upgrade: x", good},
		{"http://localhost:8080"}, {"https://localhost:8080/ws"}, {"localhost:8080/ws"}, {"8080"}, {"/ws"}, {"ws://"},
		{"ws:///ws"}, {"ws://:80/ws"}, {"ftp://localhost/ws"}, {"ws://a:b@localhost/ws"}, {"ws://localhost/ws#x"},
		{"ws://localhost:x/ws"}, {"ws://[::1/ws"}, {""},
	} {
		status, stdout, stderr := shell(t, "", args...)
		line, rest, _ := strings.Cut(stderr, "\n")
		if status != statusUsage || stdout != "" || rest != "" || !regexp.MustCompile(`니다|세요`).MatchString(line) {
			t.Errorf("%q: 종료 상태 %d\n%s%s", args, status, stdout, stderr)
		}
	}
}

func TestWrongAddressSaysTheRightOne(t *testing.T) {
	for address, want := range map[string]string{
		"http://localhost:8080":           "ws://localhost:8080/ws",
		"https://localhost:8080/":         "wss://localhost:8080/ws",
		"http://localhost:8080/ws?room=a": "ws://localhost:8080/ws?room=a",
		"localhost:8080":                  "ws://localhost:8080/ws",
		"localhost:8080/chat":             "ws://localhost:8080/chat",
	} {
		if _, err := parseFlags([]string{address}); err == nil || !strings.Contains(err.Error(), want+"처럼") {
			t.Errorf("%s: %v, 원한 것 %s", address, err, want)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	status, stdout, stderr := shell(t, "", "-h")
	if status != statusOK || stderr != "" || stdout != usage {
		t.Fatalf("종료 상태 %d\n%s%s", status, stdout, stderr)
	}
	var listed []string
	for _, m := range regexp.MustCompile(`(?m)^  -([a-z0-9-]+)`).FindAllStringSubmatch(usage, -1) {
		listed = append(listed, m[1])
		if (&options{}).flagSet().Lookup(m[1]) == nil {
			t.Errorf("없는 옵션이 도움말에 있습니다: -%s", m[1])
		}
	}
	(&options{}).flagSet().VisitAll(func(f *flag.Flag) {
		if !strings.Contains(" "+strings.Join(listed, " ")+" ", " "+f.Name+" ") {
			t.Errorf("도움말에 -%s이(가) 없습니다", f.Name)
		}
	})
}

func TestFlagsMayFollowTheAddress(t *testing.T) {
	o, err := parseFlags([]string{"-once", "ws://localhost/ws", "-frames", "-handshake", "-header", "X-A: 1", "-header", "x-a:2"})
	if err != nil || !o.once || !o.frames || !o.handshake || o.url.Host != "localhost" || strings.Join(o.header["X-A"], ",") != "1,2" {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestPipedLinesGoOutAndMessagesComeIn(t *testing.T) {
	address := serve(t, echo)
	status, stdout, stderr := shell(t, "하나\n둘\r\n\n끝줄", address)
	if status != statusOK || stdout != "하나\n둘\n\n끝줄\n" {
		t.Errorf("종료 상태 %d, 받은 것 %q\n%s", status, stdout, stderr)
	}
	if want := "연결됨: " + address + "\n닫음: 1000 (정상 종료)\n"; stderr != want {
		t.Errorf("표준 오류 %q, 원한 것 %q", stderr, want)
	}
}

func TestPipesGetExactlyWhatCame(t *testing.T) {
	address := serve(t, func(conn *websocket.Conn) {
		conn.WriteMessage(websocket.TextMessage, []byte("\x1b[31m빨강\n둘째 줄"))
		conn.WriteMessage(websocket.BinaryMessage, []byte{0, 0xff})
		drain(conn)
	})
	_, stdout, _ := shell(t, "", address)
	if want := "\x1b[31m빨강\n둘째 줄\n바이너리 2바이트: 00 ff\n"; stdout != want {
		t.Errorf("받은 것 %q, 원한 것 %q", stdout, want)
	}
}

func TestCtrlCClosesWith1000(t *testing.T) {
	code := make(chan int, 1)
	address := serve(t, func(conn *websocket.Conn) {
		_, _, err := conn.ReadMessage()
		code <- wstest.CloseCode(err)
	})
	cmd := exec.Command(os.Args[0], address)
	cmd.Env = environment()
	var stderr wstest.LogBuffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stderr.Await(t, "연결됨")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		cmd.Process.Kill()
		t.Skipf("이 운영 체제에서는 Ctrl-C를 보낼 수 없습니다: %v", err)
	}
	if err := cmd.Wait(); err != nil || <-code != websocket.CloseNormalClosure || len(stderr.Lines("닫음: 1000")) != 1 {
		t.Errorf("종료 %v\n%s", err, &stderr)
	}
}

// memory는 메모리 안의 서버에 연결하는 dialFunc입니다.
func memory(t *testing.T, s *wstest.Server) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return s.NetConn(t), nil }
}

func TestPipesFilesAndBuffersAreNotTerminals(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for name, out := range map[string]any{"파이프": w, "파일": file, "버퍼": &bytes.Buffer{}, os.DevNull: null} {
		if isTerminal(out) {
			t.Errorf("%s을(를) 터미널로 봅니다", name)
		}
	}
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0) // 터미널의 한쪽 끝입니다.
	if err != nil {
		t.Skipf("터미널을 열 수 없습니다: %v", err)
	}
	defer tty.Close()
	if !isTerminal(tty) {
		t.Error("터미널을 터미널로 보지 않습니다")
	}
}
