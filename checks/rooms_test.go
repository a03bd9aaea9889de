package checks

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/text/unicode/norm"

	"gorilla-websocket-ko/checks/internal/steps"
)

func (w *window) changeRoom(name string) {
	w.t.Helper()
	w.must(w.Fill("room", name))
	w.must(w.Click("change-room"))
}

// waitNewMessage는 from이 보낸 text가 로그에 나올 때까지 기다립니다. 이름과 글이 한 항목에 있어야 합니다.
func (w *window) waitNewMessage(from, text string) {
	w.t.Helper()
	w.must(w.WaitFor(fmt.Sprintf(`[...document.getElementById('log').children]
		.some(e => e.textContent.includes(%q) && e.textContent.includes(%q))`, from, text), patience))
}

func TestMessagesStayInTheirRoom(t *testing.T) {
	step := steps.Named("09-rooms")
	server := start(t, step)
	gopher := join(t, step, server, "gopher")
	chulsoo := join(t, step, server, "chulsoo")
	younghee := join(t, step, server, "younghee")

	gopher.send("모두 general에서 시작")
	for _, w := range []*window{gopher, chulsoo, younghee} {
		w.waitNewMessage("gopher", "모두 general에서 시작")
	}

	younghee.changeRoom("고루틴")
	younghee.must(younghee.WaitFor(`document.getElementById('log').textContent.includes('고루틴')`, patience))
	younghee.send("옮긴 방의 글")
	younghee.waitNewMessage("younghee", "옮긴 방의 글")
	chulsoo.send("남은 방의 글")
	gopher.waitNewMessage("chulsoo", "남은 방의 글")

	// 뒤따라 옮기면 그때부터 새 방의 글만 옵니다. 먼저 온 글이 없으면 샌 것이 없습니다.
	gopher.changeRoom("고루틴")
	gopher.must(gopher.WaitFor(`document.getElementById('log').textContent.includes('고루틴')`, patience))
	gopher.send("따라온 글")
	younghee.waitNewMessage("gopher", "따라온 글")
	chulsoo.send("혼자 남은 글")
	chulsoo.waitNewMessage("chulsoo", "혼자 남은 글")
	gopher.send("끝")
	gopher.waitNewMessage("gopher", "끝")
	younghee.waitNewMessage("gopher", "끝")

	for _, leak := range []struct {
		w    *window
		name string
		text string
	}{
		{younghee, "younghee", "남은 방의 글"},
		{younghee, "younghee", "혼자 남은 글"},
		{gopher, "gopher", "옮긴 방의 글"},
		{gopher, "gopher", "혼자 남은 글"},
		{chulsoo, "chulsoo", "옮긴 방의 글"},
		{chulsoo, "chulsoo", "따라온 글"},
	} {
		if len(leak.w.messages(leak.text)) > 0 {
			t.Errorf("다른 방에 있는 %s에게 %q이(가) 보입니다", leak.name, leak.text)
		}
	}
	for _, w := range []*window{gopher, chulsoo, younghee} {
		w.expectQuietConsole()
	}
	stop(t, step, server)
	younghee.waitClosed(1001)
}

// 방을 옮기는 부탁과 말은 한 줄로 갑니다. 답을 기다리지 않고 한 말도 새 방의 말입니다.
func TestMessageRightAfterAMoveIsForTheNewRoom(t *testing.T) {
	step := steps.Named("09-rooms")
	server := start(t, step)
	gopher, chulsoo := dial(t, step, server, "gopher"), dial(t, step, server, "chulsoo")
	send := func(c *websocket.Conn, format string, args ...any) {
		if err := c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(c *websocket.Conn, words ...string) {
		c.SetReadDeadline(time.Now().Add(patience))
		_, data, err := c.ReadMessage()
		for _, word := range words {
			if err != nil || !strings.Contains(string(data), word) {
				t.Fatalf("들은 것 %s, %v, 원한 것 %q", data, err, words)
			}
		}
	}
	for n := range 50 {
		for _, room := range []string{"general", fmt.Sprint("방", n)} {
			send(gopher, `{"type":"change_room","payload":{"name":%q}}`, room)
		}
		send(gopher, `{"type":"send_message","payload":{"message":"%d번째 말"}}`, n)
	}
	for n := range 50 {
		want(gopher, "room_changed", `"general"`)
		want(gopher, "room_changed", fmt.Sprintf(`"방%d"`, n))
		want(gopher, "new_message", fmt.Sprintf("%d번째 말", n))
	}
	send(chulsoo, `{"type":"send_message","payload":{"message":"아무도 없습니까"}}`)
	want(chulsoo, "아무도 없습니까") // gopher의 말은 general에 하나도 오지 않았습니다.
}

func TestRoomNamesAreShownAsText(t *testing.T) {
	step := steps.Named("09-rooms")
	server := start(t, step)
	w := join(t, step, server, "gopher")
	w.changeRoom("<img/src=x><i>방</i>")
	w.must(w.WaitFor(`document.body.innerText.includes('<i>방</i>')`, patience))
	w.must(w.WaitFor(`document.querySelector('img, i') === null`, patience))
}

// 자모로 나누어 넣는 키보드가 있어도, 같아 보이는 이름은 같은 방입니다.
func TestRoomNameInJamoIsTheSameRoom(t *testing.T) {
	step := steps.Named("09-rooms")
	server := start(t, step)
	const composed = "한글방é"
	jamo := norm.NFD.String(composed)
	gopher, chulsoo := join(t, step, server, "gopher"), join(t, step, server, "chulsoo")
	gopher.must(gopher.Fill("room", jamo))
	if got := evaluate[string](t, gopher.Tab, `document.getElementById('room').value`); got != jamo {
		t.Fatalf("입력 칸의 값 %+q, 원한 것 %+q", got, jamo)
	}
	gopher.must(gopher.Click("change-room"))
	gopher.waitMessage(composed + " 방으로 옮겼습니다")
	chulsoo.changeRoom(composed)
	chulsoo.waitMessage(composed + " 방으로 옮겼습니다")
	gopher.send("자모로 온 사람의 글")
	chulsoo.waitNewMessage("gopher", "자모로 온 사람의 글")
	chulsoo.send("글자로 온 사람의 글")
	gopher.waitNewMessage("chulsoo", "글자로 온 사람의 글")
}

func TestRefusedRoomNameKeepsTheConnection(t *testing.T) {
	step := steps.Named("09-rooms")
	server := start(t, step)
	w := join(t, step, server, "gopher")
	before := len(w.messages(""))
	w.must(w.Exec(`socket.send(JSON.stringify({type: 'change_room', payload: {name: '방'.repeat(33)}}))`))
	w.must(w.WaitFor(fmt.Sprintf(`document.getElementById('log').children.length > %d`, before), patience))
	w.expectConnected()
	w.send("아직 general")
	w.waitMessage("아직 general")
	if log := strings.Join(w.messages(""), "\n"); strings.Contains(log, strings.Repeat("방", 33)) {
		t.Errorf("너무 긴 이름의 방으로 옮겼습니다:\n%s", log)
	}
}

// 칸의 maxlength가 없으면 긴 이름은 512바이트를 넘어 1009로 끊깁니다. 32자는 언제나 들어갑니다.
func TestLongRoomNameDoesNotEndTheConnection(t *testing.T) {
	step := steps.Named("09-rooms")
	w := join(t, step, start(t, step), "gopher")
	longest := strings.Repeat("👋", 32)
	w.changeRoom(longest)
	w.waitMessage(longest + " 방으로 옮겼습니다")
	// NFC가 가장 길어지는 글자, JSON이 가장 길어지는 글자, 가장 흔한 글자입니다.
	for _, letter := range []string{"\U0001d160", "\ufb2c", `"`, "방"} {
		before := len(w.messages("방 이름은"))
		w.changeRoom(strings.Repeat(letter, 512))
		w.must(w.WaitFor(fmt.Sprintf(`[...document.getElementById('log').children]
			.filter(e => e.textContent.includes('방 이름은')).length > %d`, before), patience))
	}
	w.expectConnected()
	w.send("아직 여기")
	w.waitMessage("아직 여기")
}

func TestLogFollowsTheConversation(t *testing.T) {
	step := steps.Named("09-rooms")
	w := join(t, step, start(t, step), "gopher")
	w.must(w.Emulate(390, 600, "light"))
	for n := range 20 {
		text := fmt.Sprintf("%d번째 글은 이름과 시각까지 더하면 두 줄을 넘습니다. 끝까지 보여야 합니다", n)
		w.send(text)
		w.waitNewMessage("gopher", text)
		const atEnd = `(l => l.scrollHeight - l.scrollTop - l.clientHeight < 2)(document.getElementById('log'))`
		w.must(w.WaitFor(atEnd, patience))
	}
}
