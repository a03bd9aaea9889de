package checks

import (
	"encoding/json"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/text/unicode/norm"

	"gorilla-websocket-ko/checks/internal/steps"
)

// renamer는 방 이름을 받아 주는지 서버에 묻습니다.
type renamer struct {
	*websocket.Conn
	t *testing.T
}

// asked는 한 번에 묻는 이름의 수입니다. 서버는 128개까지만 앞서 보내게 합니다.
const asked = 100

// accepted는 names 가운데 서버가 받아 준 이름입니다.
func (r renamer) accepted(names []string) map[string]bool {
	r.t.Helper()
	accepted := make(map[string]bool)
	for len(names) > 0 {
		batch := names[:min(asked, len(names))]
		names = names[len(batch):]
		for _, name := range batch {
			if err := r.WriteJSON(map[string]any{"type": "change_room", "payload": map[string]string{"name": name}}); err != nil {
				r.t.Fatal(err)
			}
		}
		for _, name := range batch {
			r.SetReadDeadline(time.Now().Add(patience))
			_, data, err := r.ReadMessage()
			if err != nil {
				r.t.Fatalf("%+q의 답: %v", name, err)
			}
			var answer struct {
				Type    string
				Payload struct{ Name string }
			}
			if err := json.Unmarshal(data, &answer); err != nil {
				r.t.Fatal(err)
			}
			switch {
			case answer.Type == "error":
			case answer.Type == "room_changed" && answer.Payload.Name == name:
				accepted[name] = true
			default:
				r.t.Fatalf("%+q의 답 %s", name, data)
			}
		}
	}
	return accepted
}

// 서버에는 NFC가 없고 표만 있습니다. 그 표가 빠뜨린 글자가 없는지 모든 글자를 묻습니다.
func TestNoTwoRoomNamesLookAlike(t *testing.T) {
	step := steps.Named("09-rooms")
	r := renamer{dial(t, step, start(t, step), "gopher"), t}

	var others, composed, decomposed []string // NFC가 자기와 다른 글자, 그 NFC, 나눈 글자
	for c := rune(0); c <= unicode.MaxRune; c++ {
		if !utf8.ValidRune(c) {
			continue
		}
		name := string(c)
		if nfc := norm.NFC.String(name); nfc != name {
			others, composed = append(others, name), append(composed, nfc)
		}
		if nfd := norm.NFD.String(name); nfd != name && norm.NFC.String(nfd) != nfd {
			decomposed = append(decomposed, nfd)
		}
	}
	if len(others) < 1000 || len(decomposed) < 11172 {
		t.Fatalf("NFC가 다른 글자 %d개, 나누어지는 글자 %d개", len(others), len(decomposed))
	}

	acceptedOthers, acceptedComposed := r.accepted(others), r.accepted(composed)
	first := make(map[string]string) // NFC → 받아 준 글자
	for i, name := range others {
		nfc := composed[i]
		if !acceptedOthers[name] {
			continue
		}
		if acceptedComposed[nfc] {
			t.Errorf("%+q과 그 NFC %+q을 모두 받습니다", name, nfc)
		}
		if twin, ok := first[nfc]; ok {
			t.Errorf("%+q과 %+q을 모두 받지만 NFC가 같습니다", name, twin)
		}
		first[nfc] = name
	}
	for name := range r.accepted(decomposed) {
		t.Errorf("나눈 글자 %+q을 받습니다. NFC는 %+q", name, norm.NFC.String(name))
	}
	// 막는 것만으로 통과하지 않습니다. NFC가 다른 닮은꼴인 키릴 글자와 전각 글자도 받습니다.
	for _, name := range []string{"한글", "general", "고루틴", "é", "日本", "Ω", "방1", "ㄱㄴ", "go", "g\u043e", "a", "\u0430", "\uff41"} {
		if !r.accepted([]string{name})[name] {
			t.Errorf("%+q을 받지 않습니다", name)
		}
	}
	t.Logf("NFC가 다른 글자 %d개 가운데 %d개를 받고, 나눈 글자 %d개를 물었습니다", len(others), len(acceptedOthers), len(decomposed))
}
