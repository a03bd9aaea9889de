package gorilla_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func Example_textAndBinary() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.WriteMessage(websocket.TextMessage, []byte("글"))
	l.server.WriteMessage(websocket.BinaryMessage, []byte{0xff, 0xfe})
	for range 2 {
		messageType, p, err := l.client.ReadMessage()
		fmt.Printf("%d % x %v\n", messageType, p, err)
	}
	// Output:
	// 1 ea b8 80 <nil>
	// 2 ff fe <nil>
}

func Example_nextWriterSendsAtClose() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	w, err := l.server.NextWriter(websocket.TextMessage)
	check(err)
	io.WriteString(w, "안녕")
	fmt.Println("Close 앞:", l.fromServer.frames())
	w.Close()
	fmt.Println("Close 뒤:", l.fromServer.frames())
	// Output:
	// Close 앞: []
	// Close 뒤: [텍스트 6]
}

func Example_secondNextWriterEndsTheFirst() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	first, err := l.server.NextWriter(websocket.TextMessage)
	check(err)
	io.WriteString(first, "A")
	_, err = l.server.NextWriter(websocket.TextMessage) // first를 닫지 않았습니다.
	check(err)
	_, p, err := l.client.ReadMessage()
	fmt.Printf("%q %v\n", p, err)
	_, err = io.WriteString(first, "B")
	fmt.Println(err)
	// Output:
	// "A" <nil>
	// websocket: write closed
}

func Example_nextReaderSkipsTheRest() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.WriteMessage(websocket.TextMessage, []byte("첫 메시지"))
	l.client.WriteMessage(websocket.TextMessage, []byte("둘째 메시지"))
	_, first, err := l.server.NextReader()
	check(err)
	io.ReadFull(first, make([]byte, len("첫")))
	_, second, err := l.server.NextReader()
	check(err)
	rest, err := io.ReadAll(first)
	fmt.Printf("%q %v\n", rest, err)
	p, err := io.ReadAll(second)
	fmt.Printf("%q %v\n", p, err)
	// Output:
	// "" <nil>
	// "둘째 메시지" <nil>
}

func Example_textIsNotChecked() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	err := l.client.WriteMessage(websocket.TextMessage, []byte("\xff\xfe"))
	fmt.Println("보내기:", err)
	messageType, p, err := l.server.ReadMessage()
	fmt.Printf("받기: %d %q %v\n", messageType, p, err)
	fmt.Println("UTF-8인가:", utf8.Valid(p))
	// Output:
	// 보내기: <nil>
	// 받기: 1 "\xff\xfe" <nil>
	// UTF-8인가: false
}

func TestGorillaChecksUTF8OnlyInCloseReasons(t *testing.T) {
	for _, tt := range wstest.InvalidUTF8 {
		t.Run(tt.Name, func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			l.raw(tt.Frames...)
			messageType, p, err := l.server.ReadMessage()
			if err != nil || messageType != websocket.TextMessage || utf8.Valid(p) {
				t.Errorf("받은 것 %d %q, %v", messageType, p, err)
			}
			if err := l.server.WriteMessage(websocket.TextMessage, p); err != nil {
				t.Errorf("보내기: %v", err)
			}
		})
	}
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(wstest.Close(1000, "\xff"))
	wantError(t, discard(l.server), "websocket: invalid utf8 payload in close frame")
}

func TestReadReturnsOnlyTextBinaryOrMinusOne(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(
		wstest.Frame{Opcode: websocket.PingMessage},
		wstest.Text("글"),
		wstest.Frame{Opcode: websocket.PongMessage},
		wstest.Frame{Opcode: websocket.BinaryMessage},
		wstest.Close(1000, ""),
	)
	for _, want := range []int{websocket.TextMessage, websocket.BinaryMessage, -1} {
		if got, _, _ := l.server.ReadMessage(); got != want {
			t.Errorf("종류 %d, 원한 것 %d", got, want)
		}
	}
}

func TestControlFramesBetweenFragmentsDoNotDisturbTheMessage(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(
		wstest.Frame{Opcode: websocket.TextMessage, More: true, Payload: []byte("안")},
		wstest.Frame{Opcode: websocket.PingMessage, Payload: []byte("p")},
		wstest.Frame{Opcode: 0, Payload: []byte("녕")},
	)
	if _, p, err := l.server.ReadMessage(); string(p) != "안녕" || err != nil {
		t.Errorf("메시지 %q, %v", p, err)
	}
	wantFrames(t, l.fromServer.frames(), "pong 1")
}

func TestEmptyMessageIsNotNil(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.WriteMessage(websocket.TextMessage, nil)
	if _, p, err := l.server.ReadMessage(); p == nil || len(p) != 0 || err != nil {
		t.Errorf("빈 메시지 %#v, %v", p, err)
	}
}

func TestPartOfAMessageComesWithTheError(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.NetConn().Write(wstest.Text("hello").Bytes()[:2+4+2])
	l.client.Close()
	messageType, p, err := l.server.ReadMessage()
	if messageType != websocket.TextMessage || string(p) != "he" {
		t.Errorf("종류 %d, 내용 %q", messageType, p)
	}
	wantError(t, err, "websocket: close 1006 (abnormal closure): unexpected EOF")
}

func TestOnlyTheFiveMessageTypesCanBeWritten(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	for messageType := range 16 {
		_, err := l.server.NextWriter(messageType)
		switch messageType {
		case websocket.TextMessage, websocket.BinaryMessage,
			websocket.CloseMessage, websocket.PingMessage, websocket.PongMessage:
			if err != nil && err != websocket.ErrCloseSent {
				t.Errorf("%d: %v", messageType, err)
			}
		default:
			wantError(t, err, "websocket: bad write message type")
			err = l.server.WriteMessage(messageType, nil)
			wantError(t, err, "websocket: bad write message type")
		}
	}
	err := l.server.WriteControl(websocket.TextMessage, nil, time.Time{})
	wantError(t, err, "websocket: bad write message type")
}

func TestClientsMaskAndServersDoNot(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.WriteMessage(websocket.TextMessage, []byte("hi"))
	l.client.WriteMessage(websocket.TextMessage, []byte("hi"))
	for _, f := range l.fromServer.frames() {
		if f.masked {
			t.Error("서버의 프레임에 마스크가 있습니다")
		}
	}
	for _, f := range l.fromClient.frames() {
		if !f.masked {
			t.Error("클라이언트의 프레임에 마스크가 없습니다")
		}
	}
	// 클라이언트 쪽의 gorilla도 서버의 마스크를 거절합니다.
	l.server.NetConn().Write(wstest.Text("masked").Bytes())
	l.client.ReadMessage()
	_, _, err := l.client.ReadMessage()
	wantError(t, err, "websocket: bad MASK")
}

// RFC 6455를 어긴 프레임에 서버가 보내는 닫기와, 읽기가 반환하는 오류입니다.
func TestMalformedFramesEndTheConnectionWith1002(t *testing.T) {
	text := func(f wstest.Frame) []wstest.Frame {
		f.Opcode, f.Payload = websocket.TextMessage, []byte("hi")
		return []wstest.Frame{f}
	}
	tests := []struct {
		name   string
		frames []wstest.Frame
		reason string // 닫는 까닭. 오류는 앞에 "websocket: "이 붙습니다.
	}{
		{"마스크 없음", text(wstest.Frame{Unmasked: true}), "bad MASK"},
		{"RSV1", text(wstest.Frame{RSV: 4}), "RSV1 set"},
		{"RSV2", text(wstest.Frame{RSV: 2}), "RSV2 set"},
		{"RSV3", text(wstest.Frame{RSV: 1}), "RSV3 set"},
		{"opcode 3", []wstest.Frame{{Opcode: 3}}, "bad opcode 3"},
		{"opcode 11", []wstest.Frame{{Opcode: 11}}, "bad opcode 11"},
		{"시작 없는 이어짐", []wstest.Frame{{Opcode: 0}}, "continuation after FIN"},
		{"끝나지 않은 메시지 속의 새 메시지", []wstest.Frame{{Opcode: 1, More: true}, {Opcode: 1}}, "data before FIN"},
		{"126바이트 ping", []wstest.Frame{{Opcode: 9, Payload: make([]byte, 126)}}, "len > 125 for control"},
		{"나뉜 ping", []wstest.Frame{{Opcode: 9, More: true}}, "FIN not set on control"},
		{"셋이 한꺼번에", text(wstest.Frame{RSV: 3, Unmasked: true}), "RSV2 set, RSV3 set, bad MASK"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			defer l.close()
			l.raw(tt.frames...)
			err := discardMessages(l.server)
			wantError(t, err, "websocket: "+tt.reason)
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				t.Error("CloseError가 아니어야 합니다")
			}
			err = discard(l.client)
			wantError(t, err, "websocket: close 1002 (protocol error): "+tt.reason)
		})
	}
}

// gorilla가 막지 않는 위반입니다. 두 바이트를 길이 126의 꼴로 적은 텍스트와, 코드가 반쪽인 닫기입니다.
func TestWhatGorillaLetsPass(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.SetReadDeadline(soon())
	l.client.NetConn().Write([]byte{0x81, 0x80 | 126, 0, 2, 0, 0, 0, 0, 'h', 'i'})
	if _, p, err := l.server.ReadMessage(); string(p) != "hi" || err != nil {
		t.Errorf("길게 적은 길이: %q, %v", p, err)
	}
	l.client.NetConn().Write([]byte{0x88, 0x80 | 1, 0, 0, 0, 0, 3})
	_, _, err := l.server.ReadMessage()
	wantError(t, err, "websocket: close 1005 (no status)")
}

// 읽다 만 메시지를 건너뛰는 동안 끊기면 NextReader가 *CloseError가 아니라 io.EOF를 반환합니다. 메시지의 끝이 아니라 연결의 끝입니다.
func TestConnectionThatEndsInASkippedMessageIsABareEOF(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.raw(wstest.Frame{Opcode: websocket.TextMessage, Announce: 1000, Payload: []byte("앞부분")})
	if _, _, err := l.server.NextReader(); err != nil {
		t.Fatal(err)
	}
	l.client.Close()
	for range 2 {
		if _, _, err := l.server.NextReader(); err != io.EOF {
			t.Errorf("오류 %v, 원한 것 %v", err, io.EOF)
		}
	}
}

// TLS에서도 TCP가 끝나면 1006이지만, TLS 레코드 중간에서 끝나면 io.ErrUnexpectedEOF입니다.
func TestTLSRecordCutShortIsUnexpectedEOF(t *testing.T) {
	for last, want := range map[string]string{
		"":                        "websocket: close 1006 (abnormal closure): unexpected EOF",
		"\x17\x03\x03\x00\x20abc": "unexpected EOF", // 32바이트짜리 레코드의 3바이트
	} {
		ended := make(chan error, 1)
		server := httptest.NewTLSServer(serve(websocket.Upgrader{}, func(conn *websocket.Conn) {
			ended <- conn.ReadJSON(new(any))
		}))
		dialer := websocket.Dialer{TLSClientConfig: server.Client().Transport.(*http.Transport).TLSClientConfig}
		conn, _, err := dialer.Dial("wss"+strings.TrimPrefix(server.URL, "https"), nil)
		if err != nil {
			t.Fatal(err)
		}
		raw := conn.NetConn().(*tls.Conn).NetConn()
		io.WriteString(raw, last)
		raw.Close()
		wantError(t, receive(t, ended, "서버가 본 끝"), want)
		server.Close()
	}
}

func discardMessages(conn *websocket.Conn) error {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return err
		}
	}
}

// 길이의 맨 윗비트가 서거나 프레임의 길이를 더한 것이 int64를 넘으면, 읽기 제한을 두지 않았어도 ErrReadLimit이고, 닫기는 가지 않습니다.
func TestImpossibleLengthIsErrReadLimitWithoutACloseFrame(t *testing.T) {
	first := wstest.Frame{Opcode: websocket.BinaryMessage, More: true, Payload: []byte("a")}
	for name, frames := range map[string][]wstest.Frame{
		"맨 윗비트": {{Opcode: websocket.BinaryMessage, Announce: 1 << 63}},
		"넘치는 합": {first, {Announce: 1<<63 - 1}},
	} {
		for _, limit := range []int64{0, 1024} {
			l := connect(websocket.Upgrader{}, websocket.Dialer{})
			l.server.SetReadLimit(limit)
			l.raw(frames...)
			if _, _, err := l.server.ReadMessage(); err != websocket.ErrReadLimit {
				t.Errorf("%s, 제한 %d: 오류 %v, 원한 것 %v", name, limit, err, websocket.ErrReadLimit)
			}
			wantFrames(t, l.fromServer.frames(), "")
			l.close()
		}
	}
}

func Example_json() {
	type event struct{ Name string }
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.server.WriteJSON(event{"<글>"})
	fmt.Printf("%q\n", l.fromServer.frames()[0].payload)
	var e event
	err := l.client.ReadJSON(&e)
	fmt.Println(e.Name, err)
	// Output:
	// "{\"Name\":\"\\u003c글\\u003e\"}\n"
	// <글> <nil>
}

func TestReadJSONErrorsLeaveTheConnectionReadable(t *testing.T) {
	tests := []struct{ message, err string }{
		{"", "unexpected EOF"}, // 끊긴 연결의 오류와 글자가 같습니다.
		{`{"a":`, "unexpected EOF"},
		{"{x}", "invalid character 'x' looking for beginning of object key string"},
		{`"글"`, "json: cannot unmarshal string into Go value of type int"},
	}
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	for _, tt := range tests {
		l.client.WriteMessage(websocket.TextMessage, []byte(tt.message))
		var n int
		wantError(t, l.server.ReadJSON(&n), tt.err)
		l.client.WriteMessage(websocket.TextMessage, []byte("7"))
		if err := l.server.ReadJSON(&n); err != nil || n != 7 {
			t.Errorf("%q 다음의 메시지: %d, %v", tt.message, n, err)
		}
	}
}

func TestReadJSONReadsOneValueOfAnyMessageType(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.WriteMessage(websocket.BinaryMessage, []byte("1 2"))
	l.client.WriteMessage(websocket.TextMessage, []byte("3"))
	var got []int
	for range 2 {
		var n int
		if err := l.server.ReadJSON(&n); err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if fmt.Sprint(got) != "[1 3]" {
		t.Errorf("읽은 값 %v, 원한 것 [1 3]: 한 메시지의 둘째 값은 버려집니다", got)
	}
}

func TestFailedWriteJSONSendsAnEmptyMessage(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	err := l.server.WriteJSON(make(chan int))
	wantError(t, err, "json: unsupported type: chan int")
	wantFrames(t, l.fromServer.frames(), "텍스트 0")
}

func TestRawMessageRelaysInvalidUTF8(t *testing.T) {
	const received = `{"type":"x","payload":"` + "\xff\xfe" + `"}`
	var typed struct{ Payload string }
	var raw struct {
		Payload json.RawMessage `json:"payload"`
	}
	for _, v := range []any{&typed, &raw} {
		if err := json.Unmarshal([]byte(received), v); err != nil {
			t.Fatal(err)
		}
	}
	if typed.Payload != "\ufffd\ufffd" {
		t.Errorf("string 필드 %q, 원한 것 U+FFFD 둘", typed.Payload)
	}
	if !json.Valid(raw.Payload) {
		t.Error("json.Valid는 UTF-8을 보지 않습니다")
	}
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	if err := l.server.WriteJSON(raw); err != nil {
		t.Fatal(err)
	}
	_, p, err := l.client.ReadMessage()
	if err != nil || !bytes.Contains(p, []byte("\xff\xfe")) || utf8.Valid(p) {
		t.Errorf("나간 것 %q, %v: RawMessage는 바이트를 그대로 내보냅니다", p, err)
	}
}

func TestCoalescedMessagesLoseTheirBoundaries(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	w, err := l.server.NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, `{"n":1}`+"\n"+`{"n":2}`)
	w.Close()
	wantFrames(t, l.fromServer.frames(), "텍스트 15")
	_, p, err := l.client.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	var v any
	wantError(t, json.Unmarshal(p, &v), "invalid character '{' after top-level value")
}

func Example_joinMessages() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.WriteMessage(websocket.TextMessage, []byte("한 줄"))
	l.client.WriteMessage(websocket.BinaryMessage, []byte("두 줄"))
	l.client.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	all, err := io.ReadAll(websocket.JoinMessages(l.server, "\n"))
	fmt.Printf("%q\n", all)
	fmt.Println(err) // io.EOF로 끝나지 않습니다.
	// Output:
	// "한 줄\n두 줄\n"
	// websocket: close 1000 (normal)
}

// 마지막 조각까지 왔는지는 Close가 정하므로, 쓰는 시간이 얼마가 걸리든 메시지는 그때 갑니다.
func TestMessageArrivesWhenTheWriterCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		begin := time.Now()
		go func() {
			w, err := l.server.NextWriter(websocket.TextMessage)
			check(err)
			io.WriteString(w, "hello")
			time.Sleep(200 * time.Millisecond)
			w.Close()
		}()
		_, p, err := l.client.ReadMessage()
		if waited := time.Since(begin); string(p) != "hello" || err != nil || waited != 200*time.Millisecond {
			t.Errorf("%v 만에 %q, %v", waited, p, err)
		}
	})
}

func TestJSONGrowsHangulThreefoldAndMarkupSixfold(t *testing.T) {
	for text, want := range map[string]int{
		strings.Repeat("가", 100): 300,
		strings.Repeat("<", 100): 600,
	} {
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(encoded) - len(`""`); got != want {
			t.Errorf("%.1q 100개: %d바이트, 원한 것 %d", text, got, want)
		}
	}
}
