// 09-rooms는 소켓 하나로 여러 종류의 이벤트를 주고받고, 메시지를 방 안에만 보냅니다.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// closeWait는 닫기 프레임을 보낸 뒤 상대가 읽고 끊기를 기다리는 시간입니다.
const closeWait = 2 * time.Second

var addr = flag.String("addr", "localhost:8080", "서버를 열 `주소` (호스트:포트)")

//go:embed index.html
var indexHTML []byte

// 버퍼는 메시지의 크기를 제한하지 않습니다. 한 번에 읽고 쓰는 덩어리일 뿐입니다.
var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, CheckOrigin: checkOrigin}

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
	config, err := tlsConfig()
	if err != nil {
		return err
	}
	log.Printf("브라우저에서 여세요: %s (끝내려면 Ctrl-C)", pageURL(listener))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	handler, done := newHandler(ctx)
	server := newServer(handler)
	server.TLSConfig = config
	failed := make(chan error, 1)
	go func() { failed <- server.ServeTLS(listener, "", "") }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop() // 한 번 더 누른 Ctrl-C는 기다리지 않고 끝냅니다.
	log.Print("서버를 닫습니다.")
	// Close는 업그레이드한 연결을 모릅니다. 그 연결은 허브가 닫습니다.
	server.Close()
	<-done
	return nil
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
	if *pongWait < time.Second {
		return fmt.Errorf("-pong-wait은 1s 이상이어야 합니다: %v", *pongWait)
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
	return "https://" + net.JoinHostPort(host, strconv.Itoa(bound.Port))
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

// newHandler는 허브를 띄웁니다. 허브는 ctx가 끝나면 모든 연결을 닫고, 그다음
// done을 닫습니다.
func newHandler(ctx context.Context) (handler http.Handler, done <-chan struct{}) {
	hub := newHub()
	go hub.run(ctx)
	otps := newOTPStore()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		serveLogin(otps, w, r)
	})
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		serveWS(hub, otps, w, r)
	})
	return mux, hub.done
}

func servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(indexHTML)
}

// serveWS는 연결을 허브에 넘기고 바로 돌아옵니다. 핸들러가 연결과 함께 남으면
// net/http의 버퍼와 요청도 남습니다. r.Context()는 핸들러가 돌아올 때 끝납니다.
func serveWS(hub *Hub, otps *otpStore, w http.ResponseWriter, r *http.Request) {
	user, ok := otps.redeem(r.URL.Query().Get("otp"))
	// 업그레이드를 청하지 않은 요청에는 Upgrade가 400으로 답합니다.
	if !ok && websocket.IsWebSocketUpgrade(r) {
		log.Printf("%s 거절: 일회용 비밀번호가 없거나 이미 쓰였거나 늦었음", r.RemoteAddr)
		http.Error(w, "일회용 비밀번호가 없거나 이미 쓰였거나 늦었습니다. 다시 로그인하세요", http.StatusUnauthorized)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		// HTTP 오류 응답은 Upgrade가 이미 보냈습니다. w에 더 쓰지 않습니다.
		log.Printf("%s 거절: %v, Origin %q", r.RemoteAddr, err, r.Header["Origin"])
		return
	}
	log.Printf("%s %s 들어옴", conn.RemoteAddr(), user)
	c := newClient(hub, conn, user)
	if !hub.join(c) {
		log.Printf("%s %s 나감: %v", conn.RemoteAddr(), user, errGoingAway)
		hangUp(conn, errGoingAway)
	}
}

// ending은 연결이 끝난 까닭입니다.
type ending struct {
	code   int // 서버가 보낼 닫기 코드. 상대가 먼저 끝냈으면 0
	reason string
}

var (
	errNotUTF8   = &ending{websocket.CloseInvalidFramePayloadData, "텍스트가 UTF-8이 아닙니다"}
	errNotText   = &ending{websocket.CloseUnsupportedData, "텍스트 메시지만 받습니다"}
	errTooSlow   = &ending{websocket.ClosePolicyViolation, "메시지를 제때 읽지 않아 대기열이 찼습니다"}
	errNoAnswer  = &ending{websocket.ClosePolicyViolation, "제한 시간 안에 응답이 없습니다"}
	errTooBig    = &ending{websocket.CloseMessageTooBig, "메시지가 512바이트를 넘습니다"}
	errGoingAway = &ending{websocket.CloseGoingAway, "서버를 닫습니다"}
)

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
	case errors.Is(err, io.ErrUnexpectedEOF): // TLS 레코드가 중간에 끊겼습니다.
		return &ending{reason: "닫기 프레임 없이 끊김: 1006"}
	case errors.Is(err, websocket.ErrReadLimit):
		return errTooBig
	case errors.As(err, &network) && network.Timeout():
		return errNoAnswer
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
