package gorilla_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

// programs는 따로 띄워야 하는 프로그램들입니다. 죽는 것이 일인 프로그램, 메모리를 재려고
// 홀로 있어야 하는 서버가 여기 있습니다.
var programs = map[string]func(args []string){}

func TestMain(m *testing.M) {
	wstest.Main(m, func() { programs[os.Args[1]](os.Args[2:]) })
}

// patience는 와야 할 것을 기다리는 시간입니다.
const patience = 10 * time.Second

// receive는 what이 올 때까지 기다립니다. 오지 않으면 그렇게 말하고 테스트를 멈춥니다.
func receive[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("%v 동안 기다렸지만 오지 않았습니다: %s", patience, what)
		panic("Fatalf는 돌아오지 않습니다")
	}
}

// get은 t가 없는 예제의 receive입니다.
func get[T any](from <-chan T) T {
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		panic(fmt.Sprintf("%v 동안 기다렸지만 채널에 아무것도 오지 않았습니다", patience))
	}
}

// wait는 고루틴들이 끝날 때까지 기다립니다.
func wait(t testing.TB, group *sync.WaitGroup, what string) {
	t.Helper()
	done := make(chan bool)
	go func() { group.Wait(); close(done) }()
	receive(t, done, what)
}

// 소켓의 다른 끝이 patience 동안 아무 일도 하지 않으면 읽기와 쓰기는 이 오류로 끝납니다.
var (
	errSilent = fmt.Errorf("%v 동안 기다렸지만 상대가 아무것도 보내지 않았습니다", patience)
	errStuck  = fmt.Errorf("%v 동안 기다렸지만 상대가 받지 않아 다 쓰지 못했습니다", patience)
)

// link는 연결 하나의 두 끝과, 두 끝이 쓴 것의 기록입니다.
type link struct {
	server, client         *websocket.Conn
	fromServer, fromClient *tap
	http                   *http.Server
}

// connect는 루프백 TCP로 이은 연결입니다.
func connect(u websocket.Upgrader, d websocket.Dialer) *link {
	server, client := tcpPair()
	return handshake(u, d, server, client)
}

// connectInMemory는 net.Pipe로 이은 연결입니다. synctest의 시계를 따르고, 버퍼가 없어서
// 상대가 읽어야 쓰기가 끝납니다. synctest는 아무도 나아가지 못하는 것을 스스로 알립니다.
func connectInMemory(u websocket.Upgrader, d websocket.Dialer) *link {
	server, client := net.Pipe()
	return handshake(u, d, server, client)
}

func tcpPair() (server, client net.Conn) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer listener.Close()
	client, err = net.Dial("tcp", listener.Addr().String())
	check(err)
	server, err = listener.Accept()
	check(err)
	return server, client
}

// handshake는 이어진 두 끝에서 핸드셰이크를 하고, 그 뒤에 쓰는 것을 적습니다.
func handshake(u websocket.Upgrader, d websocket.Dialer, serverEnd, clientEnd net.Conn) *link {
	l := &link{fromServer: &tap{Conn: serverEnd}, fromClient: &tap{Conn: clientEnd}}
	if time.Now().Year() > 2000 { // synctest의 시계는 2000년 1월 1일에서 시작합니다.
		l.fromServer.patience, l.fromClient.patience = patience, patience
	}
	l.server, l.client, l.http = upgradeOver(u, d, l.fromServer, l.fromClient)
	l.fromServer.reset()
	l.fromClient.reset()
	return l
}

func upgradeOver(u websocket.Upgrader, d websocket.Dialer, serverEnd, clientEnd net.Conn) (server, client *websocket.Conn, s *http.Server) {
	upgraded := make(chan *websocket.Conn, 1)
	s = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		check(err)
		upgraded <- conn
	})}
	go s.Serve(&singleListener{conn: serverEnd, closed: make(chan struct{})})
	d.NetDial = func(string, string) (net.Conn, error) { return clientEnd, nil }
	d.HandshakeTimeout = patience
	client, _, err := d.Dial("ws://localhost/ws", nil)
	check(err)
	return get(upgraded), client, s
}

func (l *link) close() {
	l.client.Close()
	l.server.Close()
	l.http.Close()
}

// raw는 프레임을 손보지 않고 클라이언트가 보낸 것처럼 내보냅니다.
func (l *link) raw(frames ...wstest.Frame) {
	for _, f := range frames {
		_, err := l.client.NetConn().Write(f.Bytes())
		check(err)
	}
}

// singleListener는 이미 이어진 연결 하나만 내줍니다.
type singleListener struct {
	conn   net.Conn
	given  bool
	once   sync.Once
	closed chan struct{}
}

func (s *singleListener) Accept() (net.Conn, error) {
	if !s.given {
		s.given = true
		return s.conn, nil
	}
	<-s.closed
	return nil, net.ErrClosed
}

func (s *singleListener) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func (s *singleListener) Addr() net.Addr { return s.conn.LocalAddr() }

// tap은 쓴 바이트를 적어 두고, 부른 횟수와 지금 안에 있는 고루틴을 셉니다.
type tap struct {
	net.Conn
	patience time.Duration // 있으면 이만큼만 기다립니다.
	onWrite  func()        // 있으면 쓰기 전에 부릅니다.

	mu               sync.Mutex
	written          bytes.Buffer
	reads, writes    int
	reading, writing int // 지금 Read와 Write 안에 있는 고루틴
	lastReadSize     int // 마지막 Read에 준 버퍼의 크기
}

func (t *tap) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.written.Write(p)
	t.writes++
	t.writing++
	onWrite := t.onWrite
	t.mu.Unlock()
	if onWrite != nil {
		onWrite()
	}
	n, err := t.within(t.Conn.Write, p, t.Conn.SetWriteDeadline, errStuck)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writing--
	return n, err
}

func (t *tap) Read(p []byte) (int, error) {
	t.mu.Lock()
	t.lastReadSize = len(p)
	t.reading++
	t.mu.Unlock()
	n, err := t.within(t.Conn.Read, p, t.Conn.SetReadDeadline, errSilent)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reading--
	if n > 0 {
		t.reads++
	}
	return n, err
}

// within은 patience를 넘긴 f를 깨워 late를 반환합니다.
func (t *tap) within(f func([]byte) (int, error), p []byte, setDeadline func(time.Time) error, late error) (int, error) {
	if t.patience == 0 {
		return f(p)
	}
	timer := time.AfterFunc(t.patience, func() { setDeadline(time.Unix(1, 0)) })
	n, err := f(p)
	if !timer.Stop() && err != nil {
		err = late
	}
	return n, err
}

// inside는 지금 Read와 Write 안에 있는 고루틴의 수입니다.
func (t *tap) inside() (reading, writing int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reading, t.writing
}

func (t *tap) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written.Reset()
	t.reads, t.writes = 0, 0
}

// counts는 바이트를 가져온 Read와 부른 Write의 수입니다.
func (t *tap) counts() (reads, writes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reads, t.writes
}

func (t *tap) readSize() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lastReadSize
}

func (t *tap) before(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.onWrite = f
}

// bytes는 지난번에 본 뒤로 쓴 바이트입니다.
func (t *tap) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := bytes.Clone(t.written.Bytes())
	t.written.Reset()
	return b
}

// frames는 지난번에 본 뒤로 쓴 프레임입니다.
func (t *tap) frames() []frame {
	return parseFrames(t.bytes())
}

// frame은 실제로 오간 프레임 하나입니다.
type frame struct {
	opcode     int
	fin        bool
	compressed bool // RSV1
	masked     bool
	payload    string
}

var opcodeNames = map[int]string{
	0: "이어짐", websocket.TextMessage: "텍스트", websocket.BinaryMessage: "바이너리",
	websocket.CloseMessage: "닫기", websocket.PingMessage: "ping", websocket.PongMessage: "pong",
}

// String은 "텍스트 5"처럼 종류와 바이트 수입니다. 메시지가 끝나지 않았으면 …이 붙습니다.
func (f frame) String() string {
	s := fmt.Sprintf("%s %d", opcodeNames[f.opcode], len(f.payload))
	if f.compressed {
		s += " 압축"
	}
	if !f.fin {
		s += "…"
	}
	return s
}

func parseFrames(b []byte) []frame {
	frames := []frame{}
	for r := bytes.NewReader(b); r.Len() > 0; {
		f, err := readFrame(r)
		check(err)
		frames = append(frames, f)
	}
	return frames
}

// readFrame은 RFC 6455 5.2절의 프레임 하나를 읽습니다.
func readFrame(r io.Reader) (frame, error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:2]); err != nil {
		return frame{}, err
	}
	f := frame{opcode: int(b[0] & 0x0f), fin: b[0]&0x80 != 0, compressed: b[0]&0x40 != 0, masked: b[1]&0x80 != 0}
	length := uint64(b[1] & 0x7f)
	if extra := map[uint64]int{126: 2, 127: 8}[length]; extra > 0 {
		clear(b[:])
		if _, err := io.ReadFull(r, b[8-extra:]); err != nil {
			return frame{}, err
		}
		length = binary.BigEndian.Uint64(b[:])
	}
	var key [4]byte // 마스크가 없으면 0이라서 그대로입니다.
	if f.masked {
		if _, err := io.ReadFull(r, key[:]); err != nil {
			return frame{}, err
		}
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(r, payload); err != nil {
		return frame{}, err
	}
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	f.payload = string(payload)
	return f, nil
}

// sizes는 프레임의 바이트 수만 뽑습니다.
func sizes(frames []frame) []int {
	s := []int{}
	for _, f := range frames {
		s = append(s, len(f.payload))
	}
	return s
}

// serve는 업그레이드한 연결마다 handle을 부르는 핸들러입니다. handle이 돌아오면 닫습니다.
func serve(u websocket.Upgrader, handle func(*websocket.Conn)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		handle(conn)
	})
}

// echo는 연결이 끝날 때까지 받은 메시지를 되보냅니다.
func echo(conn *websocket.Conn) {
	for {
		messageType, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(messageType, message); err != nil {
			return
		}
	}
}

// discard는 연결이 끝날 때까지 읽어서 버리고, 끝난 까닭을 반환합니다.
func discard(conn *websocket.Conn) error {
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return err
		}
	}
}

// check는 예제를 짧게 하려고 있습니다.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// browser는 기다리다 그만두는 HTTP 클라이언트입니다.
var browser = &http.Client{Timeout: patience}

func soon() time.Time { return time.Now().Add(patience) }

// panicOf는 f가 일으킨 패닉입니다.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

func wantError(t testing.TB, err error, text string) {
	t.Helper()
	if err == nil || err.Error() != text {
		t.Errorf("오류 %v, 원한 것 %q", err, text)
	}
}

func wantFrames(t testing.TB, got []frame, want string) {
	t.Helper()
	if s := strings.Trim(fmt.Sprint(got), "[]"); s != want {
		t.Errorf("프레임 %q, 원한 것 %q", s, want)
	}
}

// heap은 쓰레기를 치운 뒤의 힙 바이트 수입니다.
func heap() int64 {
	runtime.GC()
	runtime.GC() // sync.Pool은 두 번째에 비웁니다.
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// acceptKey는 손으로 쓴 101 응답의 Sec-WebSocket-Accept입니다.
func acceptKey(r *http.Request) string {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
