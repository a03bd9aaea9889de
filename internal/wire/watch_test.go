package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"gorilla-websocket-ko/internal/wstest"
)

const (
	request  = "GET /ws HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	response = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

// notebook은 들은 것을 한 줄씩 적습니다.
type notebook struct{ strings.Builder }

func (n *notebook) line(sent bool, text string) {
	arrow := "←"
	if sent {
		arrow = "→"
	}
	fmt.Fprintln(n, arrow, text)
}

func (n *notebook) Head(sent bool, lines []string) {
	for _, line := range lines {
		n.line(sent, line)
	}
}

func (n *notebook) Upgraded(accept string, same bool) { fmt.Fprintln(n, "101", accept, same) }
func (n *notebook) Frame(sent bool, f *Frame)         { n.line(sent, f.Row().String()) }
func (n *notebook) Note(sent bool, text string)       { n.line(sent, text) }

// watching은 오간 바이트를 size바이트씩 나누어 주었을 때 들은 것입니다.
func watching(sent, received string, size int, end error) string {
	var n notebook
	c := Watch(nil, &n).(*watched)
	for chunk := range slices.Chunk([]byte(sent), size) {
		c.said(chunk)
	}
	for chunk := range slices.Chunk([]byte(received), size) {
		c.heard(chunk, nil)
	}
	if end != nil {
		c.heard(nil, end)
	}
	return n.String()
}

func TestHandshakeIsShownAndChecked(t *testing.T) {
	received := response + string(wstest.Frame{Opcode: 1, Unmasked: true, Payload: []byte("안녕")}.Bytes())
	want := `→ GET /ws HTTP/1.1
→ Host: x
→ Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
← HTTP/1.1 101 Switching Protocols
← Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
101 s3pPLMBiTxaQ9kYGzzhZRbK+xOo= true
← FIN 000 text         -              6    2  "안녕"
← 상대가 연결을 닫음 (EOF)
`
	for size := 1; size <= len(received); size++ {
		if got := watching(request, received, size, io.EOF); got != want {
			t.Fatalf("%d바이트씩:\n%s\n원한 것:\n%s", size, got, want)
		}
	}
	if got := watching(request, strings.Replace(response, "s3p", "xxx", 1), 100, nil); !strings.Contains(got, "101 s3pPLMBiTxaQ9kYGzzhZRbK+xOo= false") {
		t.Errorf("맞지 않는 Accept를 말하지 않습니다:\n%s", got)
	}
}

func TestEveryKindOfFrameIsOneLine(t *testing.T) {
	long := strings.Repeat("가", 60) // 180바이트. 글자 중간에서 자르지 않습니다.
	for _, tt := range []struct {
		frame wstest.Frame
		want  string
	}{
		{wstest.Text(`{"a": "b"}`), `FIN 000 text         12345678      10    6  "{"a": "b"}"`},
		{wstest.Text("\x1b[2J\n"), `FIN 000 text         12345678       5    6  "\x1b[2J\n"`},
		{wstest.Text(long), `FIN 000 text         12345678     180    8  "` + strings.Repeat("가", 13) + `"…`},
		{wstest.Text(strings.Repeat("a", 161)), `FIN 000 text         12345678     161    8  "` + strings.Repeat("a", 40) + `"…`},
		{wstest.Frame{Opcode: 2, Payload: make([]byte, 16)}, `FIN 000 binary       12345678      16    6  ` + strings.Repeat("00 ", 15) + `00`},
		{wstest.Text(strings.Repeat("a", 160)), `FIN 000 text         12345678     160    8  "` + strings.Repeat("a", 160) + `"`},
		{wstest.Frame{Opcode: 2, Payload: []byte{0, 255}}, `FIN 000 binary       12345678       2    6  00 ff`},
		{wstest.Frame{Opcode: 2, Payload: make([]byte, 17)}, `FIN 000 binary       12345678      17    6  ` + strings.Repeat("00 ", 15) + `00…`},
		{wstest.Frame{Opcode: 1, More: true, Payload: []byte("안\xeb")}, `-   000 text         12345678       4    6  "안\xeb"`},
		{wstest.Frame{Opcode: 9}, `FIN 000 ping         12345678       0    6`},
		{wstest.Frame{Opcode: 9, Payload: []byte("1")}, `FIN 000 ping         12345678       1    6  "1"`},
		{wstest.Frame{Opcode: 10, Payload: []byte{0xff}}, `FIN 000 pong         12345678       1    6  ff`},
		{wstest.Close(1009, "큼"), `FIN 000 close        12345678       5    6  1009 (너무 큰 메시지) "큼"`},
		{wstest.Close(4000, ""), `FIN 000 close        12345678       2    6  4000`},
		{wstest.Frame{Opcode: 8}, `FIN 000 close        12345678       0    6  1005 (코드 없음)`},
		{wstest.Frame{Opcode: 11, RSV: 2}, `FIN 010 reserved-B   12345678       0    6    위반: RSV2 비트가 켜짐, 예약된 opcode 0xB`},
		{wstest.Frame{Payload: []byte("a")}, `FIN 000 continuation 12345678       1    6  61  위반: 이을 메시지가 없음`},
	} {
		got := watching(request+string(tt.frame.Bytes()), "", 1000, nil)
		if want := "\n→ " + tt.want + "\n"; !strings.HasSuffix(got, want) {
			t.Errorf("%s원한 것 %s", got[strings.LastIndex(got, "==")+2:], want)
		}
	}
}

func TestTheEndOfTCPIsShown(t *testing.T) {
	whole := string(wstest.Frame{Opcode: 1, Unmasked: true, Payload: []byte("안녕")}.Bytes())
	reset := &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
	for _, tt := range []struct {
		received string
		end      error
		want     string
	}{
		{response, io.EOF, "← 상대가 연결을 닫음 (EOF)\n"},
		{response, reset, "← 연결이 끊김: read tcp: connection reset by peer\n"},
		{response, net.ErrClosed, " true\n"},
		{response, os.ErrDeadlineExceeded, " true\n"},
		{response + whole[:1], io.EOF, "위반: 헤더가 1바이트만 오고 끊김\n← 상대가 연결을 닫음 (EOF)\n"},
		{response + whole[:5], io.EOF, `6    2  "안"…  위반: 3바이트만 오고 끊김` + "\n← 상대가 연결을 닫음 (EOF)\n"},
		{response[:20], io.EOF, "← HTTP/1.1 101 Switchi\n← 상대가 연결을 닫음 (EOF)\n"},
	} {
		if got := watching(request, tt.received, 1000, tt.end); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%q, %v:\n%s", tt.received, tt.end, got)
		}
	}
}

func TestBodyOfARefusalIsNotDecoded(t *testing.T) {
	got := watching(request, "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\n\x81\x01a", 1000, io.EOF)
	if strings.Contains(got, "FIN") || !strings.Contains(got, "← HTTP/1.1 403 Forbidden") {
		t.Errorf("적힌 것:\n%s", got)
	}
}

func TestTheEndIsToldOnce(t *testing.T) {
	var n notebook
	c := Watch(nil, &n).(*watched)
	for range 3 {
		c.heard(nil, io.EOF)
	}
	if want := "← 상대가 연결을 닫음 (EOF)\n"; n.String() != want {
		t.Errorf("들은 것:\n%s원한 것:\n%s", &n, want)
	}
}

func TestEndlessHeadIsNotKept(t *testing.T) {
	c := Watch(nil, &notebook{}).(*watched)
	for range 1000 {
		c.heard(bytes.Repeat([]byte("a"), 4096), nil)
	}
	if n := len(c.response.data); n > maxHead+4096 {
		t.Errorf("%d바이트를 모았습니다", n)
	}
}

func TestOthersTextCannotMoveTheCursor(t *testing.T) {
	for text, want := range map[string]string{
		"가나다 👩‍👩‍👧 \"'\\":    "가나다 👩‍👩‍👧 \"'\\",
		"\x1b[2J\a\r\n\t":    `\x1b[2J\a\r\n\t`,
		"\u202e\u009b\ufeff": `\u202e\u009b\ufeff`,
		"\xff\ufffd\xed\x95": `\xff` + "\ufffd" + `\xed\x95`,
	} {
		if got := Visible(text); got != want {
			t.Errorf("%q: %q, 원한 것 %q", text, got, want)
		}
	}
}

// FuzzWatch는 무슨 바이트가 와도 보이는 글자만 알리기를 요구합니다.
func FuzzWatch(f *testing.F) {
	for _, tt := range violations {
		f.Add(response+string(tt.bytes), uint8(9))
	}
	f.Add("HTTP/1.1 200 OK\r\n\r\n\x1b[2J", uint8(3))
	f.Add("HTTP/1.1 101 \x1b[2J\r\nA\r\n\r\n\x81\x05\x1b[2J\n", uint8(200))
	f.Add("\x15\x03\x01\x00\x02\x02\x16", uint8(1))
	f.Fuzz(func(t *testing.T, received string, size uint8) {
		got := watching(request, received, int(size)+1, errors.New("끝"))
		for _, r := range got {
			if r != '\n' && !unicode.IsPrint(r) && r != '\u200d' {
				t.Fatalf("보이지 않는 글자 %q:\n%s", r, got)
			}
		}
		if size > 0 {
			if whole := watching(request, received, max(1, len(received)), errors.New("끝")); whole != got && len(received) < maxHead {
				t.Fatalf("나누어 오면:\n%s\n한꺼번에 오면:\n%s", got, whole)
			}
		}
	})
}

// halfway는 쓰기를 절반만 하고 실패하는 연결입니다.
type halfway struct{ net.Conn }

func (halfway) Write(p []byte) (int, error) { return len(p) / 2, net.ErrClosed }

func TestUnsentBytesAreNoted(t *testing.T) {
	var n notebook
	Watch(halfway{}, &n).Write([]byte(request))
	if want := "→ 74바이트 가운데 37바이트만 나감: use of closed network connection\n"; !strings.HasSuffix(n.String(), want) {
		t.Errorf("들은 것:\n%s원한 끝 %s", &n, want)
	}
}

func TestBytesPassThroughUnchanged(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	var n notebook
	conn := Watch(near, &n)
	go func() {
		conn.Write([]byte(request))
		conn.Close()
	}()
	got, err := io.ReadAll(far)
	if err != nil || string(got) != request || !strings.HasPrefix(n.String(), "→ GET /ws HTTP/1.1\n") {
		t.Errorf("받은 것 %q, %v\n%s", got, err, &n)
	}
}

func TestRowsStandUnderTheTitle(t *testing.T) {
	row := (&Frame{Fin: true, Opcode: Continuation, Message: Binary, Length: 1 << 20, Header: 14, Payload: []byte{0xab}}).Row().String()
	// 한글은 두 칸이므로 제목의 칸을 그렇게 셉니다.
	column := func(word string) int {
		n := 0
		for _, r := range Title[:strings.Index(Title, word)] {
			n++
			if r > 0x7f {
				n++
			}
		}
		return n
	}
	for word, want := range map[string]string{"RSV": "000", "opcode": "continuation", "마스크": "-", "내용": "ab"} {
		if !strings.HasPrefix(row[column(word):], want) {
			t.Errorf("%s 아래에 %q가 없습니다:\n%s\n%s", word, want, Title, row)
		}
	}
}

func ExampleDecoder() {
	// 서버가 보낸 「안녕」과 ping입니다. 바이트는 아무 데서나 끊겨 옵니다.
	var d Decoder
	fmt.Println(Title)
	for _, chunk := range [][]byte{{0x81}, {6, 0xec, 0x95}, {0x88, 0xeb, 0x85, 0x95, 0x89, 0}} {
		for len(chunk) > 0 {
			var f *Frame
			if f, chunk = d.Next(chunk); f != nil {
				fmt.Println(f.Row())
			}
		}
	}
	// Output:
	// FIN RSV opcode       마스크      길이 헤더  내용
	// FIN 000 text         -              6    2  "안녕"
	// FIN 000 ping         -              0    2
}
