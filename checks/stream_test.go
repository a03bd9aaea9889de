package checks

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/steps"
)

// 02의 노트가 하는 말입니다.

// 흘려보내면 틀린 글인 줄 알기 전에 앞부분이 되돌아갑니다. 버퍼 하나가 차기 전이면 아무것도 나가지 않습니다.
func TestStartOfBadTextGoesBackOnlyWhenABufferWasFull(t *testing.T) {
	for _, tt := range []struct {
		step   string
		before int // 틀린 바이트 앞의 옳은 바이트
		back   int
	}{
		{"01-echo", 2000, 0},
		{"02-nextreader", 1023, 0},
		{"02-nextreader", 1024, 1024},
		{"02-nextreader", 2500, 2048},
		{"02-nextreader", 5000, 4096},
	} {
		step := steps.Named(tt.step)
		conn := dial(t, step, start(t, step), "gopher")
		conn.SetReadDeadline(time.Now().Add(steps.Timeout))
		if err := conn.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("a", tt.before)+"\xff")); err != nil {
			t.Fatal(err)
		}
		var back int64
		_, r, err := conn.NextReader()
		if err == nil {
			back, err = io.Copy(io.Discard, r)
		}
		if !websocket.IsCloseError(err, websocket.CloseInvalidFramePayloadData) || back != int64(tt.back) {
			t.Errorf("%s, %d바이트 뒤의 틀린 바이트: 돌아온 %d바이트와 %v, 원한 것 %d바이트와 1007", tt.step, tt.before, back, err, tt.back)
		}
	}
}

// 되보낸 것을 읽지 않으면 쓰기가 멈추고, 쓰기가 멈추면 읽기도 멈춥니다.
func TestEchoThatNobodyReadsStopsReading(t *testing.T) {
	step := steps.Named("02-nextreader")
	conn := dial(t, step, start(t, step), "gopher")
	w, err := conn.NextWriter(websocket.BinaryMessage)
	if err != nil {
		t.Fatal(err)
	}
	n, chunk := 0, make([]byte, 1<<20)
	for err == nil && n < 64<<20 {
		conn.SetWriteDeadline(time.Now().Add(2 * time.Second))
		_, err = w.Write(chunk)
		n += len(chunk)
	}
	var network net.Error
	if !errors.As(err, &network) || !network.Timeout() {
		t.Errorf("%d MiB를 보낸 뒤의 오류 %v, 원한 것 마감 시각이 지났다는 오류", n>>20, err)
	}
}

// io.Copy는 이것이 있으면 자기 버퍼를 만들지 않습니다.
func TestWriterOfAMessageIsAReaderFrom(t *testing.T) {
	step := steps.Named("02-nextreader")
	w, err := dial(t, step, start(t, step), "gopher").NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := w.(io.ReaderFrom); !ok {
		t.Errorf("%T에는 ReadFrom이 없습니다", w)
	}
}
