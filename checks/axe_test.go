package checks

import (
	"slices"
	"strings"
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

// 이름이 같은 아홉 창은 서로 구별되지 않습니다.
func TestPageNamesItsStepAndHasAMainLandmark(t *testing.T) {
	titles := make(chan string, len(steps.All))
	t.Run("단계", func(t *testing.T) {
		eachStep(t, every, func(t *testing.T, step steps.Step) {
			w := open(t, step, start(t, step))
			title := evaluate[string](t, w.Tab, `document.title`)
			if !strings.HasPrefix(title, step.Name) {
				t.Errorf("제목 %q이(가) %s로 시작하지 않습니다", title, step.Name)
			}
			if heading := evaluate[string](t, w.Tab, `document.querySelector('h1').textContent`); heading != step.Name {
				t.Errorf("h1 %q, 원한 것 %s", heading, step.Name)
			}
			titles <- title
			// main에 role=log를 주면 본문을 찾아갈 표지가 사라집니다.
			mains := evaluate[[]bool](t, w.Tab, `[...document.querySelectorAll('main, [role=main]')].map(main =>
				main.matches('main:not([role])') && main.querySelector('#log[role=log]') !== null && main.querySelector('form') !== null)`)
			if !slices.Equal(mains, []bool{true}) {
				t.Errorf("role=log와 폼을 담은 main %v, 원한 것 하나", mains)
			}
		})
	})
	close(titles)
	seen := make(map[string]bool)
	for title := range titles {
		if seen[title] {
			t.Errorf("제목 %q이(가) 두 번 나옵니다", title)
		}
		seen[title] = true
	}
	if len(seen) != len(steps.All) {
		t.Errorf("서로 다른 제목 %d개, 원한 것 %d개", len(seen), len(steps.All))
	}
}

func (w *window) expectAccessible(when string) {
	w.t.Helper()
	if err := checkBothSchemes(w.Tab); err != nil {
		w.t.Errorf("%s: %v", when, err)
	}
}
