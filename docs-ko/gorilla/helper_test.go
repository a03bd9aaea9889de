package gorilla_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
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
// 상대가 읽어야 쓰기가 끝납니다.
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
	client, _, err := d.Dial("ws://localhost/ws", nil)
	check(err)
	return <-upgraded, client, s
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

// tap은 쓴 바이트를 적어 두고, 부른 횟수를 셉니다.
type tap struct {
	net.Conn
	onWrite func() // 있으면 쓰기 전에 부릅니다.

	mu            sync.Mutex
	written       bytes.Buffer
	reads, writes int
	lastReadSize  int // 마지막 Read에 준 버퍼의 크기
}

func (t *tap) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.written.Write(p)
	t.writes++
	onWrite := t.onWrite
	t.mu.Unlock()
	if onWrite != nil {
		onWrite()
	}
	return t.Conn.Write(p)
}

func (t *tap) Read(p []byte) (int, error) {
	t.mu.Lock()
	t.lastReadSize = len(p)
	t.mu.Unlock()
	n, err := t.Conn.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > 0 {
		t.reads++
	}
	return n, err
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

// frame은 선 위에 있던 프레임 하나입니다.
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
	for len(b) > 0 {
		f := frame{opcode: int(b[0] & 0x0f), fin: b[0]&0x80 != 0, compressed: b[0]&0x40 != 0, masked: b[1]&0x80 != 0}
		length, header := int(b[1]&0x7f), 2
		switch length {
		case 126:
			length, header = int(binary.BigEndian.Uint16(b[2:])), 4
		case 127:
			length, header = int(binary.BigEndian.Uint64(b[2:])), 10
		}
		var key []byte
		if f.masked {
			key = b[header : header+4]
			header += 4
		}
		payload := bytes.Clone(b[header : header+length])
		if f.masked {
			for i := range payload {
				payload[i] ^= key[i%4]
			}
		}
		f.payload = string(payload)
		frames = append(frames, f)
		b = b[header+length:]
	}
	return frames
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

// echo는 연결이 끝날 때까지 받은 메시지를 돌려보냅니다.
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
