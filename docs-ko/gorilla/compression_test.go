package gorilla_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

// connectCompressed는 압축을 협상한 연결입니다.
func connectCompressed() *link {
	return connect(websocket.Upgrader{EnableCompression: true}, websocket.Dialer{EnableCompression: true})
}

func Example_compression() {
	l := connectCompressed()
	defer l.close()
	message := []byte(strings.Repeat("안녕하세요. ", 60))
	l.server.WriteMessage(websocket.TextMessage, message)
	l.server.EnableWriteCompression(false)
	l.server.WriteMessage(websocket.TextMessage, message)
	for _, f := range l.fromServer.frames() {
		_, p, err := l.client.ReadMessage()
		fmt.Println(f.compressed, len(f.payload) < len(message)/10, bytes.Equal(p, message), err)
	}
	// Output:
	// true true true <nil>
	// false false true <nil>
}

func TestCompressionNeedsBothSides(t *testing.T) {
	for _, server := range []bool{true, false} {
		for _, client := range []bool{true, false} {
			l := connect(websocket.Upgrader{EnableCompression: server}, websocket.Dialer{EnableCompression: client})
			l.server.EnableWriteCompression(true) // 협상하지 않았으면 아무 일도 하지 않습니다.
			if err := l.server.SetCompressionLevel(9); err != nil {
				t.Error(err)
			}
			l.server.WriteMessage(websocket.TextMessage, make([]byte, 100))
			if got := l.fromServer.frames()[0].compressed; got != (server && client) {
				t.Errorf("서버 %v, 클라이언트 %v: 압축 %v", server, client, got)
			}
			l.close()
		}
	}
}

// 무엇을 제안받든 gorilla의 답은 하나입니다.
func TestNegotiationHasOneAnswer(t *testing.T) {
	const answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	for offer, want := range map[string]string{
		"permessage-deflate":                            answer,
		"permessage-deflate; client_max_window_bits":    answer, // Chromium
		"permessage-deflate; server_max_window_bits=10": answer, // RFC 7692 7.1.2.1절은 같은 값으로 답하라고 합니다.
		"x-other, permessage-deflate":                   answer,
		"x-other":                                       "",
	} {
		resp, err := upgrade(t, websocket.Upgrader{EnableCompression: true}, request(set("Sec-WebSocket-Extensions", offer)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != want {
			t.Errorf("%q의 답 %q, 원한 것 %q", offer, got, want)
		}
	}
	resp, _ := upgrade(t, websocket.Upgrader{}, request(set("Sec-WebSocket-Extensions", "permessage-deflate")), nil)
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		t.Errorf("압축을 켜지 않은 서버의 답 %q", got)
	}
}

func TestClientRefusesContextTakeover(t *testing.T) {
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, brw, err := w.(http.Hijacker).Hijack()
		check(err)
		defer conn.Close()
		// 문맥을 이어 가겠다고, 곧 아무 조건 없이 답합니다.
		fmt.Fprintf(brw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", acceptKey(r))
		brw.Flush()
	}))
	d := websocket.Dialer{EnableCompression: true, HandshakeTimeout: patience}
	_, _, err := d.Dial("ws://"+s.Host, nil)
	wantError(t, err, "websocket: invalid compression negotiation")
}

func TestPlainMessagesStayLegalAfterNegotiation(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	l.raw(wstest.Text("압축하지 않은 글"))
	if _, p, err := l.server.ReadMessage(); string(p) != "압축하지 않은 글" || err != nil {
		t.Errorf("받은 것 %q, %v", p, err)
	}
	l.server.EnableWriteCompression(false)
	l.server.WriteMessage(websocket.TextMessage, nil)
	l.server.EnableWriteCompression(true)
	l.server.WriteMessage(websocket.TextMessage, nil)
	wantFrames(t, l.fromServer.frames(), "텍스트 0 텍스트 1 압축")
}

func TestSmallMessagesGrow(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	for _, message := range []string{"", "hello", chatMessage} {
		l.server.WriteMessage(websocket.TextMessage, []byte(message))
		if got := len(l.fromServer.frames()[0].payload); got <= len(message) {
			t.Errorf("%d바이트가 %d바이트로 줄었습니다", len(message), got)
		}
	}
	long := strings.Repeat(chatMessage, 15)
	l.server.WriteMessage(websocket.TextMessage, []byte(long))
	if got := len(l.fromServer.frames()[0].payload); got > len(long)/5 {
		t.Errorf("되풀이되는 %d바이트가 %d바이트까지만 줄었습니다", len(long), got)
	}
}

const chatMessage = `{"type":"new_message","payload":{"message":"안녕하세요","from":"gopher"}}`

// 앞 메시지의 사전을 잊으므로, 같은 메시지를 다시 보내도 작아지지 않습니다.
func TestEveryMessageIsCompressedFromScratch(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	message := make([]byte, 1000)
	rand.Read(message)
	for range 2 {
		l.server.WriteMessage(websocket.BinaryMessage, message)
	}
	payloads := map[string]int{}
	message = nil
	for _, f := range l.fromServer.frames() {
		message = append(message, f.payload...)
		if f.fin {
			payloads[string(message)]++
			message = nil
		}
	}
	if len(payloads) != 1 {
		t.Errorf("같은 메시지 둘이 다른 바이트로 나갔습니다: %d가지", len(payloads))
	}
	for p := range payloads {
		if len(p) < 1000 {
			t.Errorf("무작위 1000바이트가 %d바이트로 줄었습니다", len(p))
		}
	}
}

// 압축하면 서버의 WriteMessage도 버퍼 크기마다 프레임을 나눕니다.
func TestCompressedServerMessageIsSplitIntoFrames(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	message := make([]byte, 10_000)
	rand.Read(message)
	l.server.WriteMessage(websocket.BinaryMessage, message)
	frames := l.fromServer.frames()
	if len(frames) < 2 || !frames[0].compressed || frames[1].compressed {
		t.Errorf("프레임 %v, 원한 것 여럿. RSV1은 첫 프레임에만 섭니다", frames)
	}
}

func TestCompressionLevels(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	for level := -2; level <= 9; level++ {
		if err := l.server.SetCompressionLevel(level); err != nil {
			t.Errorf("%d: %v", level, err)
		}
		l.server.WriteMessage(websocket.TextMessage, []byte("글"))
		if _, p, err := l.client.ReadMessage(); string(p) != "글" {
			t.Errorf("%d: %q, %v", level, p, err)
		}
	}
	text := []byte(strings.Repeat("안녕하세요. 반갑습니다. ", 30))
	bytesAt := func(level int) string {
		l.server.SetCompressionLevel(level)
		l.fromServer.reset()
		l.server.WriteMessage(websocket.TextMessage, text)
		return string(l.fromServer.bytes())
	}
	fresh := connectCompressed()
	defer fresh.close()
	fresh.server.WriteMessage(websocket.TextMessage, text)
	if first := string(fresh.fromServer.bytes()); first != bytesAt(1) || first == bytesAt(-2) {
		t.Error("처음의 압축 수준은 1입니다")
	}
	for _, level := range []int{-3, 10} {
		wantError(t, l.server.SetCompressionLevel(level), "websocket: invalid compression level")
	}
}

func Example_readLimitCountsCompressedBytes() {
	l := connectCompressed()
	defer l.close()
	bomb := make([]byte, 10<<20)
	go func() {
		l.client.WriteMessage(websocket.BinaryMessage, bomb)
		l.client.WriteMessage(websocket.BinaryMessage, bomb)
	}()
	l.server.SetReadLimit(64 << 10)
	_, p, err := l.server.ReadMessage()
	fmt.Println(len(p), err)

	_, r, err := l.server.NextReader()
	check(err)
	p, err = io.ReadAll(io.LimitReader(r, 64<<10+1)) // 하나 더 읽어서 넘쳤는지 봅니다.
	fmt.Println(len(p) > 64<<10, err)
	// Output:
	// 10485760 <nil>
	// true <nil>
}

func TestABombIsTinyOnTheWire(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	go discard(l.server)
	if err := l.client.WriteMessage(websocket.BinaryMessage, make([]byte, 10<<20)); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range sizes(l.fromClient.frames()) {
		total += n
	}
	if total > 64<<10 {
		t.Errorf("10 MiB의 0이 %d바이트로 나갔습니다, 원한 것 64 KiB 아래", total)
	}
}

func TestBadDeflateDataLeavesTheNextMessageReadable(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	l.raw(wstest.Frame{Opcode: websocket.TextMessage, RSV: 4, Payload: []byte("\xff\xff")}, wstest.Text("다음 글"))
	_, _, err := l.server.ReadMessage()
	wantError(t, err, "flate: corrupt input before offset 1")
	if _, p, err := l.server.ReadMessage(); string(p) != "다음 글" || err != nil {
		t.Errorf("다음 메시지 %q, %v", p, err)
	}
}

func TestCompressedFrameWithoutNegotiationEndsWith1002(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(wstest.Frame{Opcode: websocket.TextMessage, RSV: 4, Payload: []byte{0}})
	wantError(t, discard(l.server), "websocket: RSV1 set")
	wantError(t, discard(l.client), "websocket: close 1002 (protocol error): RSV1 set")
}

func Example_preparedMessage() {
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, []byte(strings.Repeat("모두에게 ", 100)))
	check(err)
	plain, compressed := connect(websocket.Upgrader{}, websocket.Dialer{}), connectCompressed()
	defer plain.close()
	defer compressed.close()
	for range 2 {
		plain.server.WritePreparedMessage(prepared)
		compressed.server.WritePreparedMessage(prepared)
	}
	for _, l := range []*link{plain, compressed} {
		for _, f := range l.fromServer.frames() {
			fmt.Print(f.compressed, " ")
		}
	}
	// Output: false false true true
}

func TestPreparedMessageKeepsItsOwnCopy(t *testing.T) {
	data := []byte("처음")
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
	if err != nil {
		t.Fatal(err)
	}
	copy(data, "나중")
	for _, l := range []*link{connect(websocket.Upgrader{}, websocket.Dialer{}), connectCompressed()} {
		l.server.WritePreparedMessage(prepared)
		l.client.WritePreparedMessage(prepared) // 클라이언트의 마스크는 따로 만듭니다.
		for _, conn := range []*websocket.Conn{l.client, l.server} {
			if _, p, err := conn.ReadMessage(); string(p) != "처음" {
				t.Errorf("받은 것 %q, %v", p, err)
			}
		}
		l.close()
	}
	if _, err := websocket.NewPreparedMessage(3, nil); err == nil {
		t.Error("없는 종류의 메시지를 만들었습니다")
	}
}

// 압축하면 쓸 때마다 할당하지만, 만들어 둔 것을 쓰면 하지 않습니다.
func TestPreparedMessageCompressesOnce(t *testing.T) {
	serverEnd, clientEnd := tcpPair()
	server, client, h := upgradeOver(websocket.Upgrader{EnableCompression: true}, websocket.Dialer{EnableCompression: true}, serverEnd, clientEnd)
	defer h.Close()
	defer client.Close()
	defer server.Close()
	go io.Copy(io.Discard, clientEnd)
	message := bytes.Repeat([]byte("모두에게 보내는 글 "), 1000)
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, message)
	if err != nil {
		t.Fatal(err)
	}
	once := testing.AllocsPerRun(100, func() { server.WritePreparedMessage(prepared) })
	each := testing.AllocsPerRun(100, func() { server.WriteMessage(websocket.TextMessage, message) })
	if once > 0 || each == 0 {
		t.Errorf("쓸 때마다 할당: 만들어 둔 것 %v번, 그때그때 %v번", once, each)
	}
}

func TestCompressionErrorsAreNotCloseErrors(t *testing.T) {
	l := connectCompressed()
	defer l.close()
	l.raw(wstest.Frame{Opcode: websocket.TextMessage, RSV: 4, Payload: []byte("\xff\xff")})
	_, _, err := l.server.ReadMessage()
	var closed *websocket.CloseError
	if err == nil || errors.As(err, &closed) {
		t.Errorf("오류 %v", err)
	}
	wantFrames(t, l.fromServer.frames(), "") // 상대에게 알리는 것도 내 몫입니다.
}

var benchmarkMessages = []struct {
	name    string
	message []byte
}{
	{"chat-78B", []byte(chatMessage)},
	{"chat-1KB", bytes.Repeat([]byte("안녕하세요. 반갑습니다. "), 30)},
	{"large-1MB", bytes.Repeat([]byte("안녕하세요. 반갑습니다. "), 30_000)},
}

// 서버가 한 메시지를 쓰고 상대가 걷어 가는 시간입니다.
func BenchmarkCompression(b *testing.B) {
	for _, m := range benchmarkMessages {
		for _, compress := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/compress=%v", m.name, compress), func(b *testing.B) {
				server, client := tcpPair()
				s, c, h := upgradeOver(websocket.Upgrader{EnableCompression: compress}, websocket.Dialer{EnableCompression: true}, server, client)
				defer h.Close()
				defer c.Close()
				defer s.Close()
				received := make(chan int64)
				go func() {
					n, _ := io.Copy(io.Discard, client)
					received <- n
				}()
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					if err := s.WriteMessage(websocket.TextMessage, m.message); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				s.Close()
				b.ReportMetric(float64(receive(b, received, "상대가 걷은 바이트 수"))/float64(b.N), "wire-B/op")
			})
		}
	}
}

// 같은 1 KB 메시지를 연결 100개에 씁니다.
func BenchmarkPreparedMessage(b *testing.B) {
	const clients = 100
	message := benchmarkMessages[1].message
	for _, compress := range []bool{false, true} {
		var servers []*websocket.Conn
		for range clients {
			server, client := tcpPair()
			s, c, h := upgradeOver(websocket.Upgrader{EnableCompression: compress}, websocket.Dialer{EnableCompression: true}, server, client)
			b.Cleanup(func() { s.Close(); c.Close(); h.Close() })
			go io.Copy(io.Discard, client)
			servers = append(servers, s)
		}
		b.Run(fmt.Sprintf("WriteMessage/compress=%v", compress), func(b *testing.B) {
			for b.Loop() {
				for _, s := range servers {
					s.WriteMessage(websocket.TextMessage, message)
				}
			}
		})
		b.Run(fmt.Sprintf("WritePreparedMessage/compress=%v", compress), func(b *testing.B) {
			for b.Loop() {
				prepared, _ := websocket.NewPreparedMessage(websocket.TextMessage, message)
				for _, s := range servers {
					s.WritePreparedMessage(prepared)
				}
			}
		})
	}
}
