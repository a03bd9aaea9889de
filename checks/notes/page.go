package main

import (
	"errors"
	"fmt"
	"regexp"
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
func (p *page) console(js string) error {
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

// say는 메시지를 넣고 보내기 단추를 누릅니다.
func (p *page) say(text string) error {
	if err := p.tab.Fill("message", text); err != nil {
		return err
	}
	if err := p.tab.WaitFor(`!document.getElementById('send').disabled`, patience); err != nil {
		return fmt.Errorf("보내기 단추가 꺼져 있습니다: %w", err)
	}
	return p.tab.Click("send")
}

// move는 방 이름을 넣고 옮기기 단추를 누릅니다.
func (p *page) move(room string) error {
	if err := p.tab.Fill("room", room); err != nil {
		return err
	}
	return p.tab.Click("change-room")
}

// shows는 페이지나 콘솔에 pattern이 보일 때까지 기다립니다.
func (p *page) shows(pattern *regexp.Regexp) error {
	deadline := time.Now().Add(patience)
	for {
		text, err := p.text()
		switch {
		case err == nil && pattern.MatchString(text):
			return nil
		case time.Now().After(deadline):
			return errors.Join(fmt.Errorf("%v 안에 보이지 않습니다. 기다린 것: %q. 페이지:\n%s", patience, pattern, text), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// text는 상태 줄과 로그, 콘솔에 친 것을 일어난 차례대로 적은 글입니다. 콘솔에 나온 것은 무엇을 친
// 뒤부터 적습니다. 그 앞에는 개발자 도구를 열지 않았습니다.
func (p *page) text() (string, error) {
	entries, err := p.entries()
	if err != nil {
		return "", err
	}
	status, err := browser.Run[string](p.tab, `document.getElementById('status')?.textContent ?? ''`)
	if err != nil {
		return "", err
	}
	var lines []string
	if status != "" {
		lines = append(lines, "상태: "+status)
	}
	console := p.tab.Console()
	shown := func(entryFrom, entryTo, consoleFrom, consoleTo int) {
		lines = append(lines, entries[entryFrom:entryTo]...)
		for _, message := range console[consoleFrom:consoleTo] {
			lines = append(lines, message.Text)
		}
	}
	for i, in := range p.typed {
		if i == 0 {
			shown(0, in.entries, 0, 0)
		}
		lines = append(lines, "> "+in.js)
		if in.result != "undefined" {
			lines = append(lines, "< "+in.result)
		}
		next := input{entries: len(entries), console: len(console)}
		if i+1 < len(p.typed) {
			next = p.typed[i+1]
		}
		shown(in.entries, next.entries, in.console, next.console)
	}
	if len(p.typed) == 0 {
		shown(0, len(entries), 0, 0)
	}
	return p.ports.toNote(strings.Join(lines, "\n")), nil
}

// entries는 로그에 보이는 줄입니다. 여러 조각으로 된 줄은 빈칸으로 잇습니다.
func (p *page) entries() ([]string, error) {
	return browser.Run[[]string](p.tab, `[...document.querySelectorAll('#log > *')].map(entry =>
		[...entry.childNodes].map(part => part.textContent.trim()).join(' '))`)
}
