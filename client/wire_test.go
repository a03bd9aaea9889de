package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
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

// traced는 오간 바이트를 size바이트씩 나누어 주었을 때 적힌 것입니다. 시각은 지웁니다.
func traced(sent, received string, size int, end error) string {
	var out strings.Builder
	tr := newTrace(&out, false, true, true)
	for chunk := range slices.Chunk([]byte(sent), size) {
		tr.write(chunk)
	}
	for chunk := range slices.Chunk([]byte(received), size) {
		tr.read(chunk, nil)
	}
	if end != nil {
		tr.read(nil, end)
	}
	return regexp.MustCompile(`\d\d:\d\d:\d\d\.\d{3}`).ReplaceAllString(out.String(), "15:04:05.000")
}

func TestHandshakeIsShownAndChecked(t *testing.T) {
	received := response + string(wstest.Frame{Opcode: 1, Unmasked: true, Payload: []byte("안녕")}.Bytes())
	want := `15:04:05.000 → GET /ws HTTP/1.1
             → Host: x
             → Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
15:04:05.000 ← HTTP/1.1 101 Switching Protocols
             ← Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
             Sec-WebSocket-Accept는 base64(SHA-1(Sec-WebSocket-Key + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11))입니다.
             계산한 값은 s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, 응답의 값과 같습니다.

시각           FIN RSV opcode       마스크      길이 헤더  내용
15:04:05.000 ← FIN 000 text         -              6    2  "안녕"
15:04:05.000 ← 상대가 연결을 닫음 (EOF)
`
	for size := 1; size <= len(received); size++ {
		if got := traced(request, received, size, io.EOF); got != want {
			t.Fatalf("%d바이트씩:\n%s\n원한 것:\n%s", size, got, want)
		}
	}
	if got := traced(request, strings.Replace(response, "s3p", "xxx", 1), 100, nil); !strings.Contains(got, "응답의 값과 다릅니다.") {
		t.Errorf("맞지 않는 Accept를 말하지 않습니다:\n%s", got)
	}
}

func TestHandshakeAndFramesAreShownApart(t *testing.T) {
	whole := response + string(wstest.Frame{Opcode: 1, Unmasked: true, Payload: []byte("안녕")}.Bytes())
	show := func(heads, frames bool, received string) string {
		var out strings.Builder
		tr := newTrace(&out, false, heads, frames)
		tr.write([]byte(request))
		tr.read([]byte(received), io.EOF)
		tr.note(sending, "나가지 못함")
		return out.String()
	}
	for _, tt := range []struct {
		heads, frames   bool
		received        string
		shown, unwanted []string
	}{
		{true, false, whole, []string{"GET /ws", "← HTTP/1.1 101", "같습니다."}, []string{"FIN", "EOF", "나가지"}},
		{false, true, whole, []string{`"안녕"`, "EOF", "나가지"}, []string{"GET", "HTTP", "Accept"}},
		{true, false, "HTTP/1.1 403 Forbidden\r\n\r\n", []string{"GET", "← HTTP/1.1 403", "EOF", "나가지"}, []string{"FIN"}},
		{false, true, "HTTP/1.1 403 Forbidden\r\n\r\n", nil, []string{"\n"}},
	} {
		got := show(tt.heads, tt.frames, tt.received)
		for _, want := range tt.shown {
			if !strings.Contains(got, want) {
				t.Errorf("핸드셰이크 %v, 프레임 %v: %q이(가) 없습니다:\n%s", tt.heads, tt.frames, want, got)
			}
		}
		for _, unwanted := range tt.unwanted {
			if strings.Contains(got, unwanted) {
				t.Errorf("핸드셰이크 %v, 프레임 %v: %q이(가) 있습니다:\n%s", tt.heads, tt.frames, unwanted, got)
			}
		}
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
		{wstest.Frame{Opcode: 11, RSV: 2}, `FIN 010 reserved-b   12345678       0    6    위반: RSV2 비트가 켜짐, 예약된 opcode 0xB`},
		{wstest.Frame{Payload: []byte("a")}, `FIN 000 continuation 12345678       1    6  61  위반: 이을 메시지가 없음`},
	} {
		got := traced(request+string(tt.frame.Bytes()), "", 1000, nil)
		if want := "\n15:04:05.000 → " + tt.want + "\n"; !strings.HasSuffix(got, want) {
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
		{response, net.ErrClosed, "같습니다.\n\n"},
		{response, os.ErrDeadlineExceeded, "같습니다.\n\n"},
		{response + whole[:1], io.EOF, "위반: 헤더가 1바이트만 오고 끊김\n15:04:05.000 ← 상대가 연결을 닫음 (EOF)\n"},
		{response + whole[:5], io.EOF, `6    2  "안"…  위반: 3바이트만 오고 끊김` + "\n15:04:05.000 ← 상대가 연결을 닫음 (EOF)\n"},
		{response[:20], io.EOF, "← HTTP/1.1 101 Switchi\n15:04:05.000 ← 상대가 연결을 닫음 (EOF)\n"},
	} {
		if got := traced(request, tt.received, 1000, tt.end); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%q, %v:\n%s", tt.received, tt.end, got)
		}
	}
}

func TestBodyOfARefusalIsNotDecoded(t *testing.T) {
	got := traced(request, "HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nForbidden\n", 1000, io.EOF)
	if strings.Contains(got, "FIN") || !strings.Contains(got, "← HTTP/1.1 403 Forbidden") {
		t.Errorf("적힌 것:\n%s", got)
	}
}

func TestEndlessHeadIsNotKept(t *testing.T) {
	tr := newTrace(io.Discard, false, true, true)
	for range 1000 {
		tr.read(bytes.Repeat([]byte("a"), 4096), nil)
	}
	if n := len(tr.response.data); n > maxHead+4096 {
		t.Errorf("%d바이트를 모았습니다", n)
	}
}

func TestColorsAreOnlyPaint(t *testing.T) {
	write := func(colored bool) string {
		var out strings.Builder
		tr := newTrace(&out, colored, true, true)
		tr.titled = true
		tr.printFrame(sending, &frame{fin: true, opcode: opText, violations: []string{"위반"}})
		return out.String()[len(clock):]
	}
	plain, painted := write(false), write(true)
	if strings.Contains(plain, "\x1b") || !strings.Contains(painted, "\x1b") {
		t.Errorf("색 없음 %q, 색 %q", plain, painted)
	}
	if bare := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(painted, ""); bare != plain {
		t.Errorf("색을 빼면 %q, 원한 것 %q", bare, plain)
	}
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
		if isTerminal(out) || wantsColor(out) {
			t.Errorf("%s을(를) 터미널로 봅니다", name)
		}
	}
}

func TestOthersTextCannotMoveTheCursor(t *testing.T) {
	for text, want := range map[string]string{
		"가나다 👩‍👩‍👧 \"'\\":    "가나다 👩‍👩‍👧 \"'\\",
		"\x1b[2J\a\r\n\t":    `\x1b[2J\a\r\n\t`,
		"\u202e\u009b\ufeff": `\u202e\u009b\ufeff`,
		"\xff\ufffd\xed\x95": `\xff` + "\ufffd" + `\xed\x95`,
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: %q, 원한 것 %q", text, got, want)
		}
	}
}

// FuzzTrace는 무슨 바이트가 와도 터미널에는 보이는 글자만 적기를 요구합니다.
func FuzzTrace(f *testing.F) {
	for _, tt := range violations {
		f.Add(response+string(tt.bytes), uint8(9))
	}
	f.Add("HTTP/1.1 200 OK\r\n\r\n\x1b[2J", uint8(3))
	f.Add("HTTP/1.1 101 \x1b[2J\r\nA\r\n\r\n\x81\x05\x1b[2J\n", uint8(200))
	f.Add("\x15\x03\x01\x00\x02\x02\x16", uint8(1))
	f.Fuzz(func(t *testing.T, received string, size uint8) {
		got := traced(request, received, int(size)+1, errors.New("끝"))
		for _, r := range got {
			if r != '\n' && !unicode.IsPrint(r) && r != '\u200d' {
				t.Fatalf("보이지 않는 글자 %q:\n%s", r, got)
			}
		}
		if size > 0 {
			if whole := traced(request, received, max(1, len(received)), errors.New("끝")); whole != got && len(received) < maxHead {
				t.Fatalf("나누어 오면:\n%s\n한꺼번에 오면:\n%s", got, whole)
			}
		}
	})
}
