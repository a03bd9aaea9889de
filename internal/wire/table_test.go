package wire

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"gorilla-websocket-ko/internal/wstest"
)

// shown은 table이 적은 것입니다. 시각은 같게 합니다.
func shown(heads, frames bool, received string) string {
	var out strings.Builder
	c := Watch(nil, &Table{Out: &out, Heads: heads, Frames: frames}).(*watched)
	c.said([]byte(request))
	c.heard([]byte(received), io.EOF)
	return regexp.MustCompile(`\d\d:\d\d:\d\d\.\d{3}`).ReplaceAllString(out.String(), "15:04:05.000")
}

func TestHandshakeAndFramesAreShownApart(t *testing.T) {
	hello := string(wstest.Frame{Opcode: Text, Unmasked: true, Payload: []byte("안녕")}.Bytes())
	const (
		head = `15:04:05.000 → GET /ws HTTP/1.1
             → Host: x
             → Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
15:04:05.000 ← HTTP/1.1 101 Switching Protocols
             ← Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
             Sec-WebSocket-Accept는 base64(SHA-1(Sec-WebSocket-Key + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11))입니다.
             계산한 값은 s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, 응답의 값과 같습니다.

`
		table = `시각           FIN RSV opcode       마스크      길이 헤더  내용
15:04:05.000 ← FIN 000 text         -              6    2  "안녕"
15:04:05.000 ← FIN 000 text         -              6    2  "안녕"
15:04:05.000 ← 상대가 연결을 닫음 (EOF)
`
	)
	for _, tt := range []struct {
		heads, frames bool
		want          string
	}{{true, true, head + table}, {true, false, head}, {false, true, table}, {false, false, ""}} {
		if got := shown(tt.heads, tt.frames, response+hello+hello); got != tt.want {
			t.Errorf("핸드셰이크 %v, 프레임 %v:\n%s원한 것:\n%s", tt.heads, tt.frames, got, tt.want)
		}
	}
	wrong := strings.Replace(response, "s3p", "xxx", 1)
	if got := shown(true, false, wrong); !strings.Contains(got, "응답의 값과 다릅니다.") {
		t.Errorf("맞지 않는 Accept를 말하지 않습니다:\n%s", got)
	}
}

func TestRefusedHandshakeIsNotAFrame(t *testing.T) {
	const refusal = "HTTP/1.1 403 Forbidden\r\n\r\n"
	if got, want := shown(true, false, refusal), "← HTTP/1.1 403 Forbidden\n15:04:05.000 ← 상대가 연결을 닫음 (EOF)\n"; !strings.HasSuffix(got, want) {
		t.Errorf("적은 것:\n%s원한 끝:\n%s", got, want)
	}
	if got := shown(false, true, refusal); got != "" {
		t.Errorf("프레임만 보는데 적은 것:\n%s", got)
	}
}
