package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"gorilla-websocket-ko/checks/internal/browser"
)

const testPage = `<!DOCTYPE html><p id="status">연결됨</p><main id="log"><p>첫 줄</p></main>
<script>
console.log('열기 전');
function add(text) {
  const p = document.createElement('p');
  p.append('gopher: ', text);
  document.getElementById('log').append(p);
  setTimeout(() => console.log('늦게 ' + text));
}
</script>`

func TestPageTranscriptFollowsTheConsole(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, testPage)
	}))
	defer server.Close()
	chromium, err := browser.Start()
	must(t, err)
	defer chromium.Close()
	tab, err := chromium.NewTab()
	must(t, err)
	ports, err := newPorts()
	must(t, err)
	p := &page{tab: tab, ports: ports}
	must(t, p.open(server.URL))
	expect := func(want string) {
		t.Helper()
		if got, err := p.text(); err != nil || got != want {
			t.Errorf("페이지:\n%s\n원한 것:\n%s\n%v", got, want, err)
		}
	}
	expect("상태: 연결됨\n첫 줄")
	must(t, p.console("add('둘')"))
	must(t, p.shows("늦게 둘"))
	must(t, p.console("await Promise.resolve('a' + 1)"))
	must(t, p.console("({}).x.y"))
	must(t, p.console("[1, 2].length"))
	expect(`상태: 연결됨
첫 줄
> add('둘')
gopher: 둘
늦게 둘
> await Promise.resolve('a' + 1)
< 'a1'
> ({}).x.y
< Uncaught TypeError: Cannot read properties of undefined (reading 'y')
> [1, 2].length
< 2`)
	must(t, p.open(server.URL))
	expect("상태: 연결됨\n첫 줄")
	// 콘솔에 친 글은 보인 것으로 치지 않습니다.
	must(t, p.console("setTimeout(() => add('나중'), 300); undefined"))
	must(t, p.shows("나중"))
	if entries, err := p.entries(); err != nil || len(entries) != 2 {
		t.Errorf("로그 %q, %v", entries, err)
	}
}
