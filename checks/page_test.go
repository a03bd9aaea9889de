package checks

import (
	"errors"
	"fmt"
	"testing"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

func TestPageSendsAndShowsMessages(t *testing.T) {
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		first := join(t, step, server, "gopher")
		second := join(t, step, server, "chulsoo")

		first.send("단추로 보낸 한글")
		first.waitMessage("단추로 보낸 한글")
		first.must(first.Fill("message", "글쇠로 보낸 한글"))
		first.must(first.Press("\r"))
		first.waitMessage("글쇠로 보낸 한글")
		if step.Hub {
			second.waitMessage("단추로 보낸 한글")
			second.waitMessage("글쇠로 보낸 한글")
		}
		// 에코에서는 보낸 사람만 봅니다. 자기 것이 돌아왔을 때 남의 것은 없어야 합니다.
		second.send("둘째 창의 글")
		second.waitMessage("둘째 창의 글")
		if !step.Hub && len(second.messages("보낸 한글")) > 0 {
			t.Error("에코가 다른 창에 갔습니다")
		}
		if n := len(first.messages("보낸 한글")); n != 2 {
			t.Errorf("두 번 보낸 글이 로그에 %d번 있습니다", n)
		}
		first.expectQuietConsole()
		second.expectQuietConsole()
	})
}

func TestPageShowsMarkupAsText(t *testing.T) {
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := join(t, step, server, "gopher")
		w.must(checkMarkupIsText(w.Tab))
	})
}

var errMarkupExecuted = errors.New("메시지에 든 태그가 글로 보이지 않고 실행되었습니다. textContent로 넣어야 합니다")

// checkMarkupIsText는 태그가 든 메시지를 보내서, 그것이 글로만 보이는지 봅니다.
func checkMarkupIsText(tab *browser.Tab) error {
	const markup = `<img src=x onerror="window.attacked=true"><u>밑줄</u>`
	if err := tab.Send(markup); err != nil {
		return err
	}
	// 메시지가 글이나 그림으로 나타나면 바로 판가름이 납니다.
	if err := tab.WaitFor(`/밑줄/.test(document.getElementById('log').textContent)`, patience); err != nil {
		return err
	}
	asText, err := browser.Run[bool](tab, fmt.Sprintf(`document.getElementById('log').textContent.includes(%q)`, markup))
	if err != nil {
		return err
	}
	attacked, err := browser.Run[bool](tab, `window.attacked === true || document.querySelector('#log img, #log u') !== null`)
	if err != nil {
		return err
	}
	if !asText || attacked {
		return errMarkupExecuted
	}
	return nil
}

func TestPageShowsCloseCodeWhenServerStops(t *testing.T) {
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		first := join(t, step, server, "gopher")
		second := join(t, step, server, "chulsoo")
		first.send("마지막 글")
		first.waitMessage("마지막 글")
		before := first.messages("")
		stop(t, step, server)
		code := 1006 // 01과 02는 닫기 프레임 없이 죽습니다.
		if step.Hub {
			code = 1001
		}
		first.waitClosed(code)
		second.waitClosed(code)
		// 상태 줄도 로그도 읽어 주는 곳입니다. 끝난 까닭은 한 번만 들려야 합니다.
		if after := first.messages(""); len(after) != len(before) {
			t.Errorf("연결이 끝난 뒤의 로그 %q, 그 전의 로그 %q", after, before)
		}
	})
}

func TestBinaryMessageEndsOnlyItsSender(t *testing.T) {
	eachStep(t, hasHub, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		sender := join(t, step, server, "gopher")
		bystander := join(t, step, server, "chulsoo")
		sender.must(sender.Exec(`socket.send(new Uint8Array([255, 254]))`))
		sender.waitClosed(1003)
		bystander.send("나는 그대로")
		bystander.waitMessage("나는 그대로")
		bystander.expectConnected()
		bystander.expectQuietConsole()
	})
}
