package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorilla-websocket-ko/checks/internal/browser"
)

// page는 브라우저의 창 하나와, 그 콘솔에 친 것입니다.
type page struct {
	tab   *browser.Tab
	ports *ports
	typed []input
}

// input은 콘솔에 친 한 줄입니다. 그때까지 페이지와 콘솔에 있던 줄의 수를 함께 적어 두면, 이 줄이
// 무엇을 바꾸었는지 알 수 있습니다.
type input struct {
	js, result       string
	entries, console int
}

// open은 주소를 새로 엽니다. 새로 연 페이지에는 콘솔에 친 것도 없습니다.
func (p *page) open(url string) error {
	p.typed = nil
	return p.tab.Open(p.ports.toReal(url))
}

// console은 개발자 도구의 콘솔에 js를 칩니다.
func (p *page) console(args ...string) error {
	js := args[0]
	entries, err := p.entries()
	if err != nil {
		return err
	}
	in := input{js: js, entries: len(entries), console: len(p.tab.Console())}
	if in.result, err = p.tab.Type(p.ports.toReal(js)); err != nil {
		return err
	}
	p.typed = append(p.typed, in)
	return nil
}

// login은 로그인합니다. 비밀번호를 적지 않으면 모든 계정의 것입니다.
func (p *page) login(args ...string) error {
	return p.tab.Login(args[0], append(args, "websocket")[1])
}

// say는 메시지를 넣고 보내기 단추를 누릅니다.
func (p *page) say(args ...string) error {
	if err := p.tab.Fill("message", args[0]); err != nil {
		return err
	}
	if err := p.tab.WaitFor(`!document.getElementById('send').disabled`, patience); err != nil {
		return fmt.Errorf("보내기 단추가 꺼져 있습니다: %w", err)
	}
	return p.tab.Click("send")
}

// move는 방 이름을 넣고 옮기기 단추를 누릅니다.
func (p *page) move(args ...string) error {
	if err := p.tab.Fill("room", args[0]); err != nil {
		return err
	}
	return p.tab.Click("change-room")
}

// shows는 페이지나 콘솔에 pattern이 보일 때까지 기다립니다. 콘솔에 친 글 자체는 보지 않습니다.
func (p *page) shows(args ...string) error {
	pattern, err := regexp.Compile("(?m)" + args[0])
	if err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for {
		lines, err := p.lines()
		switch {
		case err == nil && pattern.MatchString(join(slices.DeleteFunc(slices.Clone(lines), line.isTyped))):
			return nil
		case time.Now().After(deadline):
			return errors.Join(fmt.Errorf("%v 안에 보이지 않습니다. 기다린 것: %q. 페이지:\n%s", patience, pattern, join(lines)), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// text는 페이지의 기록입니다.
func (p *page) text() (string, error) {
	lines, err := p.lines()
	return join(lines), err
}

// line은 기록의 한 줄입니다.
type line struct {
	text  string
	typed bool // 콘솔에 친 줄
}

func (l line) isTyped() bool { return l.typed }

func join(lines []line) string {
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.text)
	}
	return strings.Join(texts, "\n")
}

// lines는 상태 줄과 로그, 콘솔을 일어난 순서대로 적은 것입니다. 콘솔에 나온 것은 무엇을 친 뒤부터 적습니다.
// 그 앞에는 개발자 도구를 열지 않았습니다.
func (p *page) lines() (lines []line, err error) {
	entries, err := p.entries()
	if err != nil {
		return nil, err
	}
	status, err := browser.Run[string](p.tab, `document.getElementById('status')?.textContent ?? ''`)
	if err != nil {
		return nil, err
	}
	add := func(texts ...string) {
		for _, text := range texts {
			lines = append(lines, line{text: p.ports.toNote(text)})
		}
	}
	if status != "" {
		add("상태: " + status)
	}
	var console []string
	for _, message := range p.tab.Console() {
		console = append(console, message.Text)
	}
	// 친 줄마다, 다음 줄을 치기 전까지 나온 것을 뒤에 둡니다.
	now := input{entries: len(entries), console: len(console)}
	next := append(slices.Clone(p.typed), now)
	add(entries[:next[0].entries]...)
	for i, in := range p.typed {
		lines = append(lines, line{"> " + in.js, true})
		if in.result != "undefined" {
			add("< " + in.result)
		}
		add(entries[in.entries:next[i+1].entries]...)
		add(console[in.console:next[i+1].console]...)
	}
	return lines, nil
}

// entries는 로그에 보이는 줄입니다. 여러 조각으로 된 줄은 빈칸으로 잇습니다.
func (p *page) entries() ([]string, error) {
	return browser.Run[[]string](p.tab, `[...document.querySelectorAll('#log > *')].map(entry =>
		[...entry.childNodes].map(part => part.textContent.trim()).join(' '))`)
}
