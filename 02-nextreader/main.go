// 02-nextreader는 메시지를 통째로 담지 않고 흐르는 대로 돌려보냅니다.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// closeWait는 닫기 프레임을 보낸 뒤 상대가 읽고 끊기를 기다리는 시간입니다.
const closeWait = 2 * time.Second

var addr = flag.String("addr", "localhost:8080", "서버를 열 `주소` (호스트:포트)")

//go:embed index.html
var indexHTML []byte

// 버퍼는 메시지의 크기를 제한하지 않습니다. 한 번에 읽고 쓰는 덩어리일 뿐입니다.
var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if err := parseFlags(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("%q에 서버를 열 수 없습니다. -addr localhost:8081처럼 호스트:포트로, 비어 있는 포트를 적으세요: %w", *addr, err)
	}
	log.Printf("브라우저에서 여세요: %s (끝내려면 Ctrl-C)", pageURL(listener))
	server := newServer(newHandler())
	return server.Serve(listener)
}

func parseFlags() error {
	// 기본 설정은 영어 오류와 사용법 여러 줄을 찍고 끝냅니다.
	flags := flag.CommandLine
	flags.Init(filepath.Base(os.Args[0]), flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	err := flags.Parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Printf("사용법: %s [옵션]\n", flags.Name())
		flags.SetOutput(os.Stdout)
		flags.PrintDefaults()
		os.Exit(0)
	}
	if err != nil {
		return fmt.Errorf("옵션이 잘못되었습니다. -h로 쓸 수 있는 옵션을 보세요: %w", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("모르는 인자입니다. 값은 -addr localhost:8081처럼 옵션 뒤에 적으세요: %q", flags.Arg(0))
	}
	return nil
}

// pageURL은 이 컴퓨터의 브라우저로 열 주소입니다. 모든 주소에서 듣는 서버라면
// localhost로 엽니다.
func pageURL(listener net.Listener) string {
	host, _, _ := net.SplitHostPort(*addr)
	bound := listener.Addr().(*net.TCPAddr)
	if host == "" || bound.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(bound.Port))
}

// newServer의 제한 시간은 업그레이드하기 전의 HTTP에만 걸립니다.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler,
		// 헤더나 본문을 다 보내지 않는 상대, 응답을 읽지 않는 상대를 끊습니다.
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
	}
}

func newHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("/ws", serveWS)
	return mux
}

func servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(indexHTML)
}

func serveWS(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		// HTTP 오류 응답은 Upgrade가 이미 보냈습니다. w에 더 쓰지 않습니다.
		log.Printf("%s 거절: %v", r.RemoteAddr, err)
		return
	}
	// 업그레이드한 연결은 net/http의 손을 떠났습니다. 패닉이 나도 우리가 닫습니다.
	defer conn.Close()
	log.Printf("%s 들어옴", conn.RemoteAddr())
	err = echo(conn)
	log.Printf("%s 나감: %s", conn.RemoteAddr(), endOf(err))
	hangUp(conn, endOf(err))
}

// echo는 연결이 끝날 때까지 메시지를 돌려보내고, 끝난 까닭을 돌려줍니다.
func echo(conn *websocket.Conn) error {
	for {
		messageType, r, err := conn.NextReader()
		if err != nil {
			return err
		}
		// gorilla는 텍스트가 UTF-8인지 보지 않습니다. RFC 6455 8.1절은
		// 아니면 닫으라고 합니다.
		if messageType == websocket.TextMessage {
			r = &utf8Reader{r: r}
		}
		w, err := conn.NextWriter(messageType)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, r); err != nil {
			return err
		}
		// 마지막 프레임은 Close가 내보냅니다. 빠뜨리면 메시지가 끝나지 않습니다.
		if err := w.Close(); err != nil {
			return err
		}
	}
}

// utf8Reader는 흘러가는 글이 UTF-8인지 봅니다. 글자 하나가 두 Read에 걸칠 수
// 있습니다.
type utf8Reader struct {
	r    io.Reader
	rest []byte // 앞선 Read 끝에서 잘린 글자, 3바이트 이하
}

func (u *utf8Reader) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.rest = append(u.rest, p[:n]...)
	whole := len(u.rest) - cutRune(u.rest)
	if !utf8.Valid(u.rest[:whole]) || err == io.EOF && whole < len(u.rest) {
		return 0, errNotUTF8
	}
	u.rest = append(u.rest[:0], u.rest[whole:]...)
	return n, err
}

// cutRune은 p의 끝에 걸려 아직 다 오지 않은 글자의 길이입니다.
func cutRune(p []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		if last := p[len(p)-i:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return i
		}
	}
	return 0
}

// ending은 연결이 끝난 까닭입니다.
type ending struct {
	code   int // 서버가 보낼 닫기 코드. 상대가 먼저 끝냈으면 0
	reason string
}

var errNotUTF8 = &ending{websocket.CloseInvalidFramePayloadData, "텍스트가 UTF-8이 아닙니다"}

func (e *ending) Error() string {
	if e.code == 0 {
		return e.reason
	}
	return fmt.Sprintf("서버가 닫음: %d %s", e.code, e.reason)
}

// endOf는 읽기나 쓰기가 돌려준 오류를 종류로 가릅니다. IsUnexpectedCloseError는
// 닫기 프레임으로 끝난 연결만 보므로, 나머지 끝을 놓칩니다.
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
	case errors.As(err, &network):
		return &ending{reason: fmt.Sprintf("네트워크 오류: %v", network)}
	default:
		return &ending{websocket.CloseProtocolError, fmt.Sprintf("프로토콜 위반: %v", err)}
	}
}

// hangUp은 상대가 닫기 코드를 읽을 틈을 주고 TCP를 닫습니다. 읽지 않은 바이트를
// 두고 바로 닫으면 TCP가 RST를 보내서, 상대는 닫기 코드 대신 1006을 봅니다.
func hangUp(conn *websocket.Conn, e *ending) {
	defer conn.Close()
	if e.code == 0 {
		return
	}
	deadline := time.Now().Add(closeWait)
	// 닫기 프레임이 이미 나갔으면 ErrCloseSent입니다. 상대는 그 코드를 봅니다.
	err := conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(e.code, e.reason), deadline)
	if err != nil && err != websocket.ErrCloseSent {
		return
	}
	// 보내는 쪽만 닫고, 상대가 끊을 때까지 읽어서 버립니다. RFC 6455 7.1.1절.
	netConn := conn.NetConn()
	if half, ok := netConn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	netConn.SetReadDeadline(deadline)
	io.Copy(io.Discard, netConn)
}
