package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gorilla-websocket-ko/internal/wstest"
)

// decode는 b를 size바이트씩 나누어 줍니다.
func decode(b []byte, size int, FromClient bool) (frames []*Frame, d *Decoder) {
	d = &Decoder{FromClient: FromClient}
	for chunk := range slices.Chunk(b, size) {
		for len(chunk) > 0 {
			var f *Frame
			if f, chunk = d.Next(chunk); f != nil {
				frames = append(frames, f)
			}
		}
	}
	return frames, d
}

// one은 프레임 하나입니다. 클라이언트가 보낸 것처럼 마스크합니다.
func one(t *testing.T, f wstest.Frame) *Frame {
	t.Helper()
	b := f.Bytes()
	frames, _ := decode(b, len(b), !f.Unmasked)
	if len(frames) != 1 {
		t.Fatalf("프레임 %d개, 원한 것 하나: % x", len(frames), b)
	}
	return frames[0]
}

func TestFrameFieldsAreReadFromTheBytes(t *testing.T) {
	f := one(t, wstest.Frame{Opcode: Text, More: true, RSV: 5, Payload: []byte("안녕")})
	want := &Frame{
		RSV: 5, Opcode: Text, Message: Text, Masked: true, Key: [4]byte{0x12, 0x34, 0x56, 0x78},
		Length: 6, Header: 6, Payload: []byte("안녕"), Violations: []string{"RSV1 비트가 켜짐", "RSV3 비트가 켜짐"},
	}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("프레임 %+v\n원한 것 %+v", f, want)
	}
	f = one(t, wstest.Frame{Opcode: Binary, Unmasked: true, Payload: []byte{1, 2}})
	want = &Frame{Fin: true, Opcode: Binary, Message: Binary, Length: 2, Header: 2, Payload: []byte{1, 2}}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("프레임 %+v\n원한 것 %+v", f, want)
	}
}

func TestThreeFormsOfLength(t *testing.T) {
	for length, header := range map[int]int{0: 2, 1: 2, 125: 2, 126: 4, 65535: 4, 65536: 10, 1 << 20: 10} {
		for _, unmasked := range []bool{true, false} {
			want := header
			if !unmasked {
				want += 4
			}
			f := one(t, wstest.Frame{Opcode: Binary, Unmasked: unmasked, Payload: make([]byte, length)})
			if f.Length != uint64(length) || f.Header != want || len(f.Violations) > 0 {
				t.Errorf("%d바이트: 길이 %d, 헤더 %d, 위반 %q, 원한 헤더 %d", length, f.Length, f.Header, f.Violations, want)
			}
		}
	}
}

// stretched는 length바이트의 바이너리 프레임입니다. 길이를 126이나 127의 꼴로 적습니다.
func stretched(form byte, length int) []byte {
	b := []byte{0x82, form}
	if form == 126 {
		b = binary.BigEndian.AppendUint16(b, uint16(length))
	} else {
		b = binary.BigEndian.AppendUint64(b, uint64(length))
	}
	return append(b, make([]byte, length)...)
}

// 가장 짧은 꼴은 위반이 아니고, 한 바이트라도 짧게 적을 수 있으면 위반입니다.
func TestShortestFormOfLengthIsRequired(t *testing.T) {
	for _, tt := range []struct {
		form   byte
		length int
		longer bool
	}{{126, 125, true}, {126, 126, false}, {126, 65535, false}, {127, 126, true}, {127, 65535, true}, {127, 65536, false}} {
		b := stretched(tt.form, tt.length)
		frames, _ := decode(b, len(b), false)
		if got := len(frames[0].Violations) > 0; got != tt.longer {
			t.Errorf("%d의 꼴로 적은 길이 %d: 위반 %q", tt.form, tt.length, frames[0].Violations)
		}
	}
}

func TestControlFramesPassBetweenFragments(t *testing.T) {
	var b []byte
	for _, f := range []wstest.Frame{
		{Opcode: Text, More: true, Payload: []byte("안\xeb")}, // 글자가 쪼개져도 위반이 아닙니다.
		{Opcode: Ping, Payload: []byte("1")},
		{Opcode: Continuation, More: true, Payload: []byte("\x85")},
		{Opcode: Pong},
		{Opcode: Continuation, Payload: []byte("\x95")},
		{Opcode: Binary, Payload: []byte{0xff}},
		wstest.Close(1000, "끝"),
		{Opcode: Ping}, // 닫기 프레임 뒤의 제어 프레임은 데이터가 아닙니다.
	} {
		b = append(b, f.Bytes()...)
	}
	frames, d := decode(b, 7, true)
	var got []string
	for _, f := range frames {
		got = append(got, fmt.Sprintf("%s%d%q", opcodeNames[f.Opcode], f.Message, f.Violations))
	}
	want := []string{"text1[]", "ping0[]", "continuation1[]", "pong0[]", "continuation1[]", "binary2[]", "close0[]", "ping0[]"}
	if !slices.Equal(got, want) || d.current != nil || len(d.head) > 0 {
		t.Errorf("프레임 %q\n원한 것 %q", got, want)
	}
}

// violations는 위반하는 바이트와 그 이름입니다. 이름은 마지막 프레임에 붙습니다.
var violations = []struct {
	want   string
	client bool
	bytes  []byte
}{
	{"RSV1 비트가 켜짐", true, wstest.Frame{Opcode: 1, RSV: 4}.Bytes()},
	{"RSV2 비트가 켜짐", true, wstest.Frame{Opcode: 1, RSV: 2}.Bytes()},
	{"RSV3 비트가 켜짐", true, wstest.Frame{Opcode: 1, RSV: 1}.Bytes()},
	{"예약된 opcode 0x3", true, wstest.Frame{Opcode: 3}.Bytes()},
	{"예약된 opcode 0x7", true, wstest.Frame{Opcode: 7}.Bytes()},
	{"예약된 opcode 0xB", true, wstest.Frame{Opcode: 11}.Bytes()},
	{"예약된 opcode 0xF", true, wstest.Frame{Opcode: 15}.Bytes()},
	{"제어 프레임이 125바이트를 넘음", true, wstest.Frame{Opcode: 9, Payload: make([]byte, 126)}.Bytes()},
	{"제어 프레임이 나뉨", true, wstest.Frame{Opcode: 9, More: true}.Bytes()},
	{"클라이언트의 프레임에 마스크가 없음", true, wstest.Frame{Opcode: 1, Unmasked: true}.Bytes()},
	{"서버의 프레임에 마스크가 있음", false, wstest.Frame{Opcode: 1}.Bytes()},
	{"닫기 프레임 뒤에 온 데이터", true, append(wstest.Close(1000, "").Bytes(), wstest.Text("a").Bytes()...)},
	{"길이의 맨 위 비트가 켜짐, 뒤는 해독할 수 없음", false, []byte{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1, 'x'}},
	{"길이의 맨 위 비트가 켜짐, 뒤는 해독할 수 없음", false, []byte{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}},
	{"길이를 필요보다 길게 적음", false, []byte{0x82, 126, 0, 1, 'x'}},
	{"길이를 필요보다 길게 적음", false, stretched(126, 125)},
	{"길이를 필요보다 길게 적음", false, stretched(127, 125)},
	{"길이를 필요보다 길게 적음", false, stretched(127, 65535)},
	{"길이를 필요보다 길게 적음", false, []byte{0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 'x'}},
	{"이을 메시지가 없음", true, wstest.Frame{Opcode: 0}.Bytes()},
	{"앞 메시지가 끝나지 않음", true, append(wstest.Frame{Opcode: 1, More: true}.Bytes(), wstest.Text("a").Bytes()...)},
	{"텍스트가 UTF-8이 아님", true, wstest.Text("한\xff글").Bytes()},
	{"텍스트가 UTF-8이 아님", true, wstest.Text("\xed\xa0\x80").Bytes()},
	{"텍스트가 UTF-8이 아님", true, append(wstest.Frame{Opcode: 1, More: true, Payload: []byte("\xed")}.Bytes(), wstest.Frame{Payload: []byte("a")}.Bytes()...)},
	{"텍스트가 글자 중간에서 끝남", true, wstest.Text("한\xed\x95").Bytes()},
	{"텍스트가 글자 중간에서 끝남", true, append(wstest.Frame{Opcode: 1, More: true, Payload: []byte("\xed")}.Bytes(), wstest.Frame{Payload: []byte("\x95")}.Bytes()...)},
	{"닫기 코드가 한 바이트뿐임", true, wstest.Frame{Opcode: 8, Payload: []byte{3}}.Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 999", true, wstest.Close(999, "").Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 1004", true, wstest.Close(1004, "").Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 1005", true, wstest.Frame{Opcode: 8, Payload: []byte{0x03, 0xed}}.Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 1006", true, wstest.Close(1006, "").Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 1015", true, wstest.Close(1015, "").Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 2999", true, wstest.Close(2999, "").Bytes()},
	{"프레임에 적을 수 없는 닫기 코드 5000", true, wstest.Close(5000, "").Bytes()},
	{"닫는 까닭이 UTF-8이 아님", true, wstest.Close(1000, "\xff").Bytes()},
}

func TestEveryViolationIsNamed(t *testing.T) {
	for _, tt := range violations {
		frames, _ := decode(tt.bytes, len(tt.bytes), tt.client)
		if len(frames) == 0 {
			t.Errorf("%s: 프레임이 없습니다", tt.want)
			continue
		}
		if last := frames[len(frames)-1]; !slices.Equal(last.Violations, []string{tt.want}) {
			t.Errorf("위반 %q, 원한 것 %q만", last.Violations, tt.want)
		}
	}
}

func TestWhatGorillaRefusesIsNamedToo(t *testing.T) {
	for _, tt := range slices.Concat(wstest.Violations, wstest.InvalidUTF8) {
		var b []byte
		for _, f := range tt.Frames {
			b = append(b, f.Bytes()...)
		}
		frames, _ := decode(b, 3, true)
		if last := frames[len(frames)-1]; len(last.Violations) != 1 {
			t.Errorf("%s: 위반 %q", tt.Name, last.Violations)
		}
	}
}

func TestLegalFramesAreNotBlamed(t *testing.T) {
	for _, f := range []wstest.Frame{
		wstest.Text(""), wstest.Text("가나다 👩‍👩‍👧 \U0010ffff"), {Opcode: 2, Payload: []byte{0xff}}, {Opcode: 8},
		wstest.Close(1000, "안녕히"), wstest.Close(1014, ""), wstest.Close(3000, ""), wstest.Close(4999, strings.Repeat("a", 123)),
		{Opcode: 9, Payload: make([]byte, 125)}, {Opcode: 10, Payload: []byte{0xff}},
	} {
		if got := one(t, f); len(got.Violations) > 0 {
			t.Errorf("%+v: 위반 %q", f, got.Violations)
		}
	}
}

func TestOneBadTextIsNotBlamedOnTheNext(t *testing.T) {
	for _, bad := range []string{"\xff", "\xed"} {
		frames, _ := decode(append(wstest.Text(bad).Bytes(), wstest.Text("가").Bytes()...), 1, true)
		if len(frames[0].Violations) != 1 || len(frames[1].Violations) != 0 {
			t.Errorf("%q: 위반 %q, %q", bad, frames[0].Violations, frames[1].Violations)
		}
	}
}

func TestAnyReadBoundaryGivesTheSameFrames(t *testing.T) {
	for _, tt := range violations {
		b := append(wstest.Frame{Opcode: 2, Payload: make([]byte, 300)}.Bytes(), tt.bytes...)
		want, _ := decode(b, len(b), tt.client)
		for size := 1; size < len(b); size++ {
			if got, _ := decode(b, size, tt.client); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s, %d바이트씩: %+v\n원한 것 %+v", tt.want, size, got, want)
			}
		}
	}
}

func TestHugeFrameTakesLittleMemory(t *testing.T) {
	for _, opcode := range []byte{Text, Binary, Ping} {
		d := &Decoder{}
		d.Next(wstest.Frame{Opcode: opcode, Unmasked: true, Announce: 1 << 40}.Bytes())
		chunk := bytes.Repeat([]byte("a"), 64<<10)
		before := heap()
		for range 64 {
			if f, rest := d.Next(chunk); f != nil || rest != nil {
				t.Fatalf("1 TiB 프레임이 끝났습니다: %+v", f)
			}
		}
		if grown := heap() - before; grown > 1<<20 {
			t.Errorf("힙이 %d바이트 늘었습니다", grown)
		}
		if n := len(d.current.Payload); n != maxKept {
			t.Errorf("남긴 페이로드 %d바이트, 원한 것 %d", n, maxKept)
		}
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// FuzzDecoder는 무슨 바이트가 어디서 잘려 와도 지켜야 할 것입니다.
func FuzzDecoder(f *testing.F) {
	for _, tt := range violations {
		f.Add(tt.bytes, uint8(1), tt.client)
	}
	f.Add(bytes.Repeat(wstest.Text("안녕").Bytes(), 3), uint8(5), true)
	f.Add(wstest.Frame{Opcode: 2, Unmasked: true, Announce: 70000, Payload: []byte("abc")}.Bytes(), uint8(255), false)
	f.Add(wstest.Frame{Opcode: 1, Announce: 1 << 62}.Bytes(), uint8(3), true)
	f.Fuzz(func(t *testing.T, b []byte, size uint8, client bool) {
		whole, d := decode(b, max(1, len(b)), client)
		split, _ := decode(b, int(size)+1, client)
		if !reflect.DeepEqual(whole, split) {
			t.Fatalf("나누어 오면 다릅니다: %+v, 한꺼번에 오면 %+v", split, whole)
		}
		used := uint64(len(d.head))
		for _, f := range whole {
			if len(f.Payload) > maxKept || uint64(len(f.Payload)) > f.Length || f.Header > 14 {
				t.Fatalf("프레임 %+v", f)
			}
			f.Row()
			if f.Length < 1<<63 {
				used += uint64(f.Header) + f.Length
			}
		}
		if d.current != nil {
			used += uint64(d.current.Header) + d.current.Length - d.left
		}
		if !d.lost && used != uint64(len(b)) {
			t.Fatalf("%d바이트 가운데 %d바이트를 셌습니다", len(b), used)
		}
	})
}
