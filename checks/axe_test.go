package checks

import (
	"testing"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// checkBothSchemes는 밝은 화면과 어두운 화면에서 접근성을 봅니다.
func checkBothSchemes(tab *browser.Tab) error {
	for _, scheme := range []string{"light", "dark"} {
		if err := tab.PreferColorScheme(scheme); err != nil {
			return err
		}
		if err := tab.CheckAccessibility(); err != nil {
			return err
		}
	}
	return nil
}

func TestPageIsAccessible(t *testing.T) {
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := open(t, step, server)
		if step.Login {
			w.expectAccessible("로그인하기 전")
			w.login("gopher", "틀린 비밀번호")
			w.must(w.WaitFor(`document.body.innerText.includes('비밀번호가')`, patience))
			w.expectAccessible("비밀번호가 틀린 뒤")
			w.login("gopher", password)
		}
		w.waitStatus("연결됨")
		w.send("접근성을 보는 글")
		w.waitMessage("접근성을 보는 글")
		w.expectAccessible("연결된 동안")
		w.must(w.Fill("message", "보내려는 글"))
		w.expectAccessible("글을 쓰는 동안")
		stop(t, step, server)
		w.waitStatus("닫기 코드")
		w.expectAccessible("연결이 끝난 뒤")
	})
}

func (w *window) expectAccessible(when string) {
	w.t.Helper()
	if err := checkBothSchemes(w.Tab); err != nil {
		w.t.Errorf("%s: %v", when, err)
	}
}
