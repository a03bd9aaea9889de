package gorilla_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func Example_framesOnTheWire() {
	message := make([]byte, 10_000)
	for _, size := range []int{256, 4096} {
		l := connect(websocket.Upgrader{WriteBufferSize: size}, websocket.Dialer{WriteBufferSize: size})
		l.server.WriteMessage(websocket.BinaryMessage, message)
		fmt.Println(size, "서버 WriteMessage", len(l.fromServer.frames()))

		w, err := l.server.NextWriter(websocket.BinaryMessage)
		check(err)
		for part := range slices.Chunk(message, 100) {
			w.Write(part)
		}
		w.Close()
		fmt.Println(size, "서버 NextWriter", len(l.fromServer.frames()))

		l.client.WriteMessage(websocket.BinaryMessage, message)
		fmt.Println(size, "클라이언트 WriteMessage", len(l.fromClient.frames()))
		l.close()
	}
	// Output:
	// 256 서버 WriteMessage 1
	// 256 서버 NextWriter 40
	// 256 클라이언트 WriteMessage 40
	// 4096 서버 WriteMessage 1
	// 4096 서버 NextWriter 3
	// 4096 클라이언트 WriteMessage 3
}

func TestNextWriterSendsAFrameWheneverTheBufferIsFull(t *testing.T) {
	for _, tt := range []struct {
		name string
		u    websocket.Upgrader
		want string
	}{
		{"4096", websocket.Upgrader{WriteBufferSize: 4096}, "[4096 4096 1808]"},
		{"net/http의 버퍼", websocket.Upgrader{}, "[4082 4082 1836]"},
		{"0과 풀", websocket.Upgrader{WriteBufferPool: &sync.Pool{}}, "[4096 4096 1808]"},
		{"음수", websocket.Upgrader{WriteBufferSize: -1}, "[4096 4096 1808]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := connect(tt.u, websocket.Dialer{})
			defer l.close()
			writeInParts(l.server, 10_000)
			if got := fmt.Sprint(sizes(l.fromServer.frames())); got != tt.want {
				t.Errorf("프레임 %s, 원한 것 %s", got, tt.want)
			}
		})
	}
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	writeInParts(l.client, 10_000)
	if got := fmt.Sprint(sizes(l.fromClient.frames())); got != "[4096 4096 1808]" {
		t.Errorf("Dialer{}의 프레임 %s", got)
	}
}

// writeInParts는 NextWriter에 100바이트씩 n바이트를 씁니다.
func writeInParts(conn *websocket.Conn, n int) {
	w, err := conn.NextWriter(websocket.BinaryMessage)
	check(err)
	for part := range slices.Chunk(make([]byte, n), 100) {
		_, err := w.Write(part)
		check(err)
	}
	check(w.Close())
}

// 버퍼의 두 배가 넘는 Write는 버퍼를 거치지 않고 한 프레임으로 나갑니다. 끝을 알리는
// 빈 프레임이 뒤따릅니다.
func TestOneBigWriteIsOneFrameAndAnEmptyLast(t *testing.T) {
	writes := map[string]func(io.Writer){
		"Write":   func(w io.Writer) { w.Write(make([]byte, 10_000)) },
		"io.Copy": func(w io.Writer) { io.Copy(w, bytes.NewReader(make([]byte, 10_000))) },
	}
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			w, err := l.server.NextWriter(websocket.BinaryMessage)
			if err != nil {
				t.Fatal(err)
			}
			write(w)
			w.Close()
			wantFrames(t, l.fromServer.frames(), "바이너리 10000… 이어짐 0")
		})
	}
}

func TestMessageLeavesWhenItEndsHoweverBigTheBuffer(t *testing.T) {
	for _, size := range []int{256, 4096, 1 << 20, 16 << 20} {
		l := connect(websocket.Upgrader{WriteBufferSize: size}, websocket.Dialer{})
		l.server.WriteMessage(websocket.TextMessage, []byte("hello"))
		wantFrames(t, l.fromServer.frames(), "텍스트 5")
		l.close()
	}
}

func BenchmarkEchoRoundTrip(b *testing.B) {
	for _, size := range []int{256, 4096, 1 << 20, 16 << 20} {
		b.Run(fmt.Sprintf("buffer=%d", size), func(b *testing.B) {
			server, client := tcpPair()
			u := websocket.Upgrader{ReadBufferSize: size, WriteBufferSize: size}
			s, c, h := upgradeOver(u, websocket.Dialer{}, server, client)
			defer h.Close()
			defer c.Close()
			defer s.Close()
			go echo(s)
			for b.Loop() {
				c.WriteMessage(websocket.TextMessage, []byte("hello"))
				if _, _, err := c.ReadMessage(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestBuffersDoNotLimitMessages(t *testing.T) {
	small := websocket.Upgrader{ReadBufferSize: 256, WriteBufferSize: 256}
	l := connect(small, websocket.Dialer{ReadBufferSize: 256, WriteBufferSize: 256})
	defer l.close()
	go echo(l.server)
	message := bytes.Repeat([]byte("가"), 1<<20/3)
	go l.client.WriteMessage(websocket.TextMessage, message)
	if _, p, err := l.client.ReadMessage(); !bytes.Equal(p, message) || err != nil {
		t.Errorf("1 MiB의 메아리 %d바이트, %v", len(p), err)
	}
}

func TestHTTPServerBuffersAre4096Bytes(t *testing.T) {
	got := make(chan [2]int, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, brw, err := w.(http.Hijacker).Hijack()
		check(err)
		conn.Close()
		got <- [2]int{brw.Reader.Size(), brw.Writer.Size()}
	}))
	defer server.Close()
	if resp, err := browser.Get(server.URL); err == nil {
		resp.Body.Close()
	}
	if sizes := receive(t, got, "Hijack한 버퍼의 크기"); sizes != [2]int{4096, 4096} {
		t.Errorf("net/http의 버퍼 %v, 원한 것 4096씩", sizes)
	}
}

func TestReadBufferSizes(t *testing.T) {
	for _, tt := range []struct{ set, want int }{{0, 4096}, {1, 125}, {124, 125}, {125, 125}, {1024, 1024}} {
		l := connect(websocket.Upgrader{ReadBufferSize: tt.set}, websocket.Dialer{ReadBufferSize: tt.set})
		l.client.WriteMessage(websocket.TextMessage, nil)
		l.server.ReadMessage()
		l.server.WriteMessage(websocket.TextMessage, nil)
		l.client.ReadMessage()
		if got := l.fromServer.readSize(); got != tt.want {
			t.Errorf("Upgrader %d: 한 번에 %d바이트 읽음, 원한 것 %d", tt.set, got, tt.want)
		}
		if got := l.fromClient.readSize(); got != tt.want {
			t.Errorf("Dialer %d: 한 번에 %d바이트 읽음, 원한 것 %d", tt.set, got, tt.want)
		}
		l.close()
	}
}

// Hijack이 내준 버퍼는 넉넉할 때만 다시 씁니다. net/http의 버퍼는 늘 넉넉합니다.
func TestUpgraderReusesTheHijackedBuffersWhenTheyAreBigEnough(t *testing.T) {
	for _, tt := range []struct{ reader, writer, wantRead, wantPayload int }{
		{256, 269, 4096, 4096},
		{257, 270, 257, 256},
		{8192, 8192, 8192, 8178},
	} {
		end, peer := tcpPair()
		server := &tap{Conn: end, patience: patience}
		w := hijackable{httptest.NewRecorder(), server,
			bufio.NewReadWriter(bufio.NewReaderSize(server, tt.reader), bufio.NewWriterSize(server, tt.writer))}
		conn, err := new(websocket.Upgrader).Upgrade(w, request(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		peer.Write(wstest.Text("글").Bytes())
		conn.ReadMessage()
		if got := server.readSize(); got != tt.wantRead {
			t.Errorf("리더 %d: 한 번에 %d바이트 읽음, 원한 것 %d", tt.reader, got, tt.wantRead)
		}
		server.reset()
		writeInParts(conn, 10_000)
		if got := sizes(server.frames())[0]; got != tt.wantPayload {
			t.Errorf("라이터 %d: 첫 프레임 %d바이트, 원한 것 %d", tt.writer, got, tt.wantPayload)
		}
		conn.Close()
		peer.Close()
	}
}

// countingPool은 밖에 나가 있는 버퍼를 셉니다.
type countingPool struct {
	free []any
	out  int
}

func (p *countingPool) Get() any {
	p.out++
	if len(p.free) == 0 {
		return nil
	}
	v := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return v
}

func (p *countingPool) Put(v any) {
	p.out--
	p.free = append(p.free, v)
}

func Example_writeBufferPool() {
	pool := &countingPool{}
	l := connect(websocket.Upgrader{WriteBufferSize: 1024, WriteBufferPool: pool}, websocket.Dialer{})
	defer l.close()
	fmt.Println("쉬는 동안:", pool.out)
	w, err := l.server.NextWriter(websocket.TextMessage)
	check(err)
	fmt.Println("쓰는 동안:", pool.out)
	w.Close()
	fmt.Println("다 쓴 뒤:", pool.out)
	l.server.WriteMessage(websocket.TextMessage, []byte("글"))
	fmt.Println("만든 버퍼:", len(pool.free))
	// Output:
	// 쉬는 동안: 0
	// 쓰는 동안: 1
	// 다 쓴 뒤: 0
	// 만든 버퍼: 1
}

func Example_largerBuffersWithAPool() {
	for _, size := range []int{1024, 16 << 10} {
		pool := &countingPool{}
		u := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: size, WriteBufferPool: pool}
		frames := 0
		for range 100 { // 쓰는 일은 드물고 연결은 많습니다.
			l := connect(u, websocket.Dialer{})
			defer l.close()
			writeInParts(l.server, 10_000) // 100바이트씩 씁니다.
			frames += len(l.fromServer.frames())
		}
		fmt.Printf("버퍼 %d: 연결 100개에 버퍼 %d개, 메시지마다 프레임 %d개\n", size, len(pool.free), frames/100)
	}
	// Output:
	// 버퍼 1024: 연결 100개에 버퍼 1개, 메시지마다 프레임 10개
	// 버퍼 16384: 연결 100개에 버퍼 1개, 메시지마다 프레임 1개
}

func TestBufferGoesBackToThePoolAfterAFailedWrite(t *testing.T) {
	pool := &countingPool{}
	l := connect(websocket.Upgrader{WriteBufferPool: pool}, websocket.Dialer{})
	defer l.close()
	l.server.Close()
	for range 3 {
		if err := l.server.WriteMessage(websocket.TextMessage, nil); err == nil {
			t.Fatal("닫은 연결에 썼습니다")
		}
	}
	if pool.out != 0 {
		t.Errorf("돌아오지 않은 버퍼 %d", pool.out)
	}
}

func TestControlFramesTakeNoBufferFromThePool(t *testing.T) {
	pool := &countingPool{}
	l := connect(websocket.Upgrader{WriteBufferPool: pool}, websocket.Dialer{})
	defer l.close()
	l.server.WriteControl(websocket.PingMessage, nil, soon())
	if len(pool.free)+pool.out != 0 {
		t.Error("WriteControl이 풀의 버퍼를 썼습니다")
	}
}

// 풀을 크기가 다른 연결끼리 나눠 쓰면, 남의 버퍼를 받은 연결의 프레임 크기가 달라집니다.
func TestOnePoolPerBufferSize(t *testing.T) {
	pool := &countingPool{}
	small := connect(websocket.Upgrader{WriteBufferSize: 256, WriteBufferPool: pool}, websocket.Dialer{})
	defer small.close()
	big := connect(websocket.Upgrader{WriteBufferSize: 4096, WriteBufferPool: pool}, websocket.Dialer{})
	defer big.close()
	small.server.WriteMessage(websocket.TextMessage, nil)
	writeInParts(big.server, 1000)
	if got := fmt.Sprint(sizes(big.fromServer.frames())); got != "[256 256 256 232]" {
		t.Errorf("4096짜리 연결의 프레임 %s, 원한 것 256짜리 버퍼의 프레임", got)
	}
}

// 200바이트 990개와 500바이트 10개를 주고받는 데 드는 호출 수입니다.
func Example_systemCalls() {
	for _, size := range []int{512, 256} {
		l := connectInMemory(
			websocket.Upgrader{ReadBufferSize: size, WriteBufferSize: size}, websocket.Dialer{})
		go discard(l.client)
		go func() {
			for i := range 1000 {
				n := 200
				if i%100 == 0 {
					n = 500
				}
				l.client.WriteMessage(websocket.BinaryMessage, make([]byte, n))
			}
		}()
		for range 1000 {
			_, message, err := l.server.ReadMessage()
			check(err)
			w, err := l.server.NextWriter(websocket.BinaryMessage)
			check(err)
			w.Write(message)
			w.Close()
		}
		reads, writes := l.fromServer.counts()
		fmt.Printf("버퍼 %d: 읽기 %d번, 쓰기 %d번\n", size, reads, writes)
		l.close()
	}
	// Output:
	// 버퍼 512: 읽기 1000번, 쓰기 1000번
	// 버퍼 256: 읽기 1010번, 쓰기 1010번
}

// 서버의 WriteMessage는 버퍼에 넘치는 것을 writev 한 번으로 함께 보냅니다. unixpacket은
// 쓰기 시스템 호출 하나를 패킷 하나로 전하므로 셀 수 있습니다.
func TestServerWriteMessageIsOneSystemCallOnARealSocket(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("unixpacket은 리눅스에서만 씁니다")
	}
	listener, err := net.Listen("unixpacket", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	clientEnd, err := net.Dial("unixpacket", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	serverEnd, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	server, client, h := upgradeOver(websocket.Upgrader{WriteBufferSize: 256}, websocket.Dialer{}, serverEnd, clientEnd)
	defer h.Close()
	defer client.Close()
	defer server.Close()
	packet := make([]byte, 64<<10)
	clientEnd.SetReadDeadline(soon())
	for _, size := range []int{200, 500, 10_000} {
		if err := server.WriteMessage(websocket.BinaryMessage, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if n, err := clientEnd.Read(packet); n < size || err != nil {
			t.Errorf("%d바이트 메시지의 첫 쓰기 %d바이트, %v", size, n, err)
		}
	}
	// 감싼 net.Conn에는 writev가 없으므로 두 번 씁니다.
	l := connect(websocket.Upgrader{WriteBufferSize: 256}, websocket.Dialer{})
	defer l.close()
	l.server.WriteMessage(websocket.BinaryMessage, make([]byte, 500))
	if _, writes := l.fromServer.counts(); writes != 2 {
		t.Errorf("감싼 연결의 쓰기 %d번, 원한 것 2", writes)
	}
}

func Example_readLimit() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetReadLimit(512)
	l.client.WriteMessage(websocket.TextMessage, make([]byte, 512))
	_, p, err := l.server.ReadMessage()
	fmt.Println(len(p), err)
	l.client.WriteMessage(websocket.TextMessage, make([]byte, 513))
	_, p, err = l.server.ReadMessage()
	fmt.Println(len(p), err, err == websocket.ErrReadLimit)
	fmt.Println("상대가 본 것:", discard(l.client))
	// Output:
	// 512 <nil>
	// 0 websocket: read limit exceeded true
	// 상대가 본 것: websocket: close 1009 (message too big)
}

func TestReadLimitCountsTheWholeMessage(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetReadLimit(512)
	l.raw(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: make([]byte, 300)},
		wstest.Frame{Opcode: 0, Payload: make([]byte, 300)},
	)
	messageType, p, err := l.server.ReadMessage()
	if messageType != websocket.TextMessage || len(p) != 300 || err != websocket.ErrReadLimit {
		t.Errorf("종류 %d, %d바이트, %v: 앞 조각 300바이트가 오류와 함께 옵니다", messageType, len(p), err)
	}
}

func TestReadLimitRefusesAnAnnouncedLengthAtOnce(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetReadLimit(512)
	l.raw(wstest.Frame{Opcode: websocket.BinaryMessage, Announce: 1 << 30}) // 내용은 오지 않습니다.
	if err := discard(l.server); err != websocket.ErrReadLimit {
		t.Errorf("오류 %v, 원한 것 %v", err, websocket.ErrReadLimit)
	}
}

func TestReadLimitDoesNotCountControlFrames(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetReadLimit(10)
	for range 5 {
		l.raw(wstest.Frame{Opcode: websocket.PingMessage, Payload: make([]byte, 125)})
	}
	l.raw(wstest.Text("0123456789"))
	if _, p, err := l.server.ReadMessage(); len(p) != 10 || err != nil {
		t.Errorf("ping 625바이트 뒤의 메시지 %q, %v", p, err)
	}
}

func TestThereIsNoReadLimitByDefault(t *testing.T) {
	for name, set := range map[string]func(*websocket.Conn){
		"기본": func(*websocket.Conn) {},
		"0":  func(c *websocket.Conn) { c.SetReadLimit(0) },
		"음수": func(c *websocket.Conn) { c.SetReadLimit(-1) },
	} {
		t.Run(name, func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			set(l.server)
			go l.client.WriteMessage(websocket.BinaryMessage, make([]byte, 1<<20))
			if _, p, err := l.server.ReadMessage(); len(p) != 1<<20 || err != nil {
				t.Errorf("%d바이트, %v", len(p), err)
			}
		})
	}
}

// ReadMessage는 io.ReadAll로 모으므로, 할당하는 바이트는 받은 메시지보다 많습니다.
func TestReadMessageAllocatesMoreThanTheMessage(t *testing.T) {
	const size = 16 << 20
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	frame := wstest.Frame{Opcode: websocket.BinaryMessage, Payload: make([]byte, size)}.Bytes()
	sent := make(chan error, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		_, err := l.fromClient.Conn.Write(frame)
		sent <- err
	}()
	_, p, err := l.server.ReadMessage()
	runtime.ReadMemStats(&after)
	if len(p) != size || err != nil {
		t.Fatalf("%d바이트, %v", len(p), err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got < size*3/2 {
		t.Errorf("%d바이트를 읽는 데 %d바이트를 할당했습니다. 받은 것과 비슷합니다", size, got)
	} else {
		t.Logf("16 MiB를 읽는 데 %.1f MiB를 할당했습니다", float64(got)/(1<<20))
	}
	if err := receive(t, sent, "보낸 것"); err != nil {
		t.Error(err)
	}
}

func TestReadLimitSendsNothingWhileAWriteIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		l.server.SetReadLimit(1)
		go l.server.WriteMessage(websocket.TextMessage, []byte("상대는 읽지 않습니다"))
		synctest.Wait()
		go l.raw(wstest.Frame{Opcode: websocket.TextMessage, Announce: 2})
		begin := time.Now()
		if err := discard(l.server); err != websocket.ErrReadLimit {
			t.Errorf("오류 %v, 원한 것 %v", err, websocket.ErrReadLimit)
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("%v 동안 1009를 보내려 했습니다. 원한 것 1초", took)
		}
		frame := make([]byte, 64)
		n, _ := l.client.NetConn().Read(frame)
		wantFrames(t, parseFrames(frame[:n]), "텍스트 29")
		l.client.NetConn().SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := l.client.NetConn().Read(frame); !isTimeout(err) {
			t.Errorf("메시지 뒤에 %d바이트, %v. 원한 것 아무것도 오지 않음", n, err)
		}
	})
}

func TestReadLimitLeavesTheTCPConnectionOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		l.server.SetReadLimit(1)
		go func() {
			l.raw(wstest.Frame{Opcode: websocket.TextMessage, Announce: 2})
		}()
		go func() {
			err := discard(l.server)
			var closed *websocket.CloseError
			if err != websocket.ErrReadLimit || errors.As(err, &closed) || websocket.IsUnexpectedCloseError(err) {
				t.Errorf("오류 %T %v, 원한 것 CloseError가 아닌 ErrReadLimit", err, err)
			}
		}()
		frame := make([]byte, 64)
		n, _ := l.client.NetConn().Read(frame)
		if got := parseFrames(frame[:n]); len(got) != 1 || got[0].payload != "\x03\xf1" {
			t.Errorf("닫기 프레임 %v, 원한 것 까닭 없는 1009", got)
		}
		l.client.NetConn().SetReadDeadline(time.Now().Add(time.Hour))
		if _, err := l.client.NetConn().Read(frame); !isTimeout(err) {
			t.Errorf("한 시간 뒤 %v: 서버가 Close할 때까지 TCP는 열려 있습니다", err)
		}
	})
}

func TestHangulInAnEnvelopeReachesTheLimitSoon(t *testing.T) {
	type payload struct {
		Message string `json:"message"`
		From    string `json:"from"`
	}
	type event struct {
		Type    string  `json:"type"`
		Payload payload `json:"payload"`
	}
	for _, tt := range []struct {
		envelope bool
		hangul   int
		total    int
		passes   bool
	}{{false, 170, 510, true}, {false, 171, 513, false}, {true, 149, 510, true}, {true, 150, 513, false}} {
		l := connect(websocket.Upgrader{}, websocket.Dialer{})
		l.server.SetReadLimit(512)
		message := []byte(strings.Repeat("가", tt.hangul))
		if tt.envelope {
			var err error
			if message, err = json.Marshal(event{"send_message", payload{string(message), "percy"}}); err != nil {
				t.Fatal(err)
			}
		}
		l.client.WriteMessage(websocket.TextMessage, message)
		if frames := l.fromClient.frames(); len(frames) != 1 || len(frames[0].payload) != tt.total {
			t.Errorf("한글 %d자, 봉투 %v: 나간 것 %v, 원한 것 %d바이트", tt.hangul, tt.envelope, frames, tt.total)
		}
		_, p, err := l.server.ReadMessage()
		if tt.passes {
			if err != nil || !bytes.Equal(p, message) {
				t.Errorf("한글 %d자, 봉투 %v: 서버가 받은 것 %d바이트, %v", tt.hangul, tt.envelope, len(p), err)
			}
		} else {
			if err != websocket.ErrReadLimit {
				t.Errorf("한글 %d자, 봉투 %v: 서버의 오류 %v, 원한 것 %v", tt.hangul, tt.envelope, err, websocket.ErrReadLimit)
			}
			wantError(t, discard(l.client), "websocket: close 1009 (message too big)")
		}
		l.close()
	}
}

// heapOfIdleConnection은 쉬는 연결 하나의 힙입니다. 클라이언트의 몫도 들어 있습니다.
func heapOfIdleConnection(t *testing.T, u websocket.Upgrader, block bool) (bytes int64) {
	const clients = 200
	t.Run("", func(t *testing.T) {
		s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := u.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			if block {
				discard(conn)
			} else {
				go discard(conn)
			}
		}))
		before := heap()
		for range clients {
			s.Dial(t, "/").Ready()
		}
		bytes = (heap() - before) / clients
	})
	return bytes
}

func TestBlockedHandlerKeepsTheBuffersOfTheHTTPServer(t *testing.T) {
	u := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
	returned, blocked := heapOfIdleConnection(t, u, false), heapOfIdleConnection(t, u, true)
	if blocked-returned < 8<<10 {
		t.Errorf("남은 핸들러 %d바이트, 돌아온 핸들러 %d바이트: 8 KiB 넘게 차이 나야 합니다", blocked, returned)
	}
}

func TestBufferSizesAndThePoolDecideTheHeapOfAnIdleConnection(t *testing.T) {
	of := func(u websocket.Upgrader) int64 { return heapOfIdleConnection(t, u, false) }
	small := of(websocket.Upgrader{ReadBufferSize: 256, WriteBufferSize: 256})
	big := of(websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096})
	reused := of(websocket.Upgrader{})
	pooled := of(websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{}})
	if big-small < 7<<10 {
		t.Errorf("4096짜리 버퍼 %d바이트, 256짜리 버퍼 %d바이트", big, small)
	}
	if reused-small < 6<<10 {
		t.Errorf("net/http의 버퍼를 다시 써도 4096짜리 둘입니다: %d바이트, 256짜리 버퍼 %d바이트", reused, small)
	}
	if big-pooled < 4<<10 {
		t.Errorf("풀이 없으면 %d바이트, 있으면 %d바이트", big, pooled)
	}
}

func init() { programs["idle-server"] = idleServer }

// idleServer는 args의 버퍼와 핸들러로 연결을 받기만 합니다. /memory는 쓰레기를 치운 뒤의
// 힙과 스택이고, /goroutines는 고루틴의 수입니다.
func idleServer(args []string) {
	size, _ := strconv.Atoi(args[0])
	u := websocket.Upgrader{ReadBufferSize: size, WriteBufferSize: size}
	if args[1] == "pool" {
		u.WriteBufferPool = &sync.Pool{}
	}
	http.HandleFunc("/memory", func(w http.ResponseWriter, r *http.Request) {
		heap()
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintln(w, m.HeapAlloc, m.StackInuse)
	})
	http.HandleFunc("/goroutines", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, runtime.NumGoroutine())
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		send := make(chan []byte)
		write := func() {
			defer conn.Close()
			for m := range send {
				conn.WriteMessage(websocket.TextMessage, m)
			}
		}
		read := func() {
			defer close(send)
			discard(conn)
		}
		switch args[2] {
		case "returned":
			go write()
			go read()
		case "blocked+1":
			go write()
			read()
		case "blocked":
			read()
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	log.SetOutput(os.Stderr)
	log.Printf("브라우저에서 여세요: http://%s", listener.Addr())
	check(http.Serve(listener, nil))
}

// 쉬는 연결 1,000개가 서버 프로세스에서 차지하는 것을 연결 수로 나눕니다. 커널의 소켓
// 버퍼는 들어 있지 않습니다.
func BenchmarkIdleConnection(b *testing.B) {
	const warmup, clients = 100, 1000
	for _, args := range [][]string{
		{"0", "nopool", "returned"}, {"256", "nopool", "returned"}, {"1024", "nopool", "returned"}, {"4096", "nopool", "returned"},
		{"0", "pool", "returned"}, {"1024", "pool", "returned"}, {"4096", "pool", "returned"},
		{"0", "nopool", "blocked"}, {"1024", "nopool", "blocked"}, {"1024", "nopool", "blocked+1"},
	} {
		b.Run(strings.Join(args, "/"), func(b *testing.B) {
			for range b.N {
				p := wstest.Run(b, append([]string{"idle-server"}, args...)...)
				s := p.Server(b)
				connect := func(n int) (heap, stack, resident int64) {
					for range n {
						s.Dial(b, "/").Ready()
					}
					_, memory := s.Get(b, "/memory")
					fmt.Sscan(memory, &heap, &stack)
					return heap, stack, p.Resident(b)
				}
				heap0, stack0, resident0 := connect(warmup)
				heap1, stack1, resident1 := connect(clients)
				b.ReportMetric(float64(heap1-heap0)/clients/1024, "heap-KiB/conn")
				b.ReportMetric(float64(stack1-stack0)/clients/1024, "stack-KiB/conn")
				b.ReportMetric(float64(resident1-resident0)/clients/1024, "RSS-KiB/conn")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
