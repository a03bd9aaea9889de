package checks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gorilla-websocket-ko/checks/internal/browser"
)

// docs-ko/before-websocket.md가 브라우저에 대해 말하는 것을 확인합니다.

// visitor는 서버가 본 요청을 경로마다 모읍니다. 페이지는 쿠키를 심습니다.
func visitor(t *testing.T) (site *httptest.Server, seen map[string]chan *http.Request) {
	seen = make(map[string]chan *http.Request)
	for _, path := range []string{"/ask", "/events", "/ws"} {
		seen[path] = make(chan *http.Request, 100)
	}
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests := seen[r.URL.Path]; requests != nil {
			requests <- r
		}
		switch r.URL.Path {
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "retry: 10\nid: 7\ndata: 소식\n\n")
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Set-Cookie", "session=gopher")
			fmt.Fprint(w, `<!DOCTYPE html><html lang="ko"><link rel="icon" href="data:,"><title>손님</title>`)
		}
	}))
	t.Cleanup(site.Close)
	return site, seen
}

// receive는 서버가 본 것 하나를 받습니다.
func receive[T any](t *testing.T, seen <-chan T) T {
	t.Helper()
	select {
	case v := <-seen:
		return v
	case <-time.After(patience):
		t.Fatal("서버에 아무것도 오지 않습니다")
		panic("오지 않는 곳입니다")
	}
}

// visitSite는 페이지를 열고 js를 실행합니다.
func visitSite(t *testing.T, site *httptest.Server, js string) {
	t.Helper()
	tab := newTab(t)
	if err := tab.Open(site.URL); err != nil {
		t.Fatal(err)
	}
	if _, err := browser.Run[string](tab, js); err != nil {
		t.Fatal(err)
	}
}

func TestBrowserSendsMoreHeadersThanGo(t *testing.T) {
	site, seen := visitor(t)
	resp, err := http.Get(site.URL + "/ask")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	fromGo := receive(t, seen["/ask"])
	visitSite(t, site, `fetch('/ask').then(() => '')`)
	fromBrowser := receive(t, seen["/ask"])
	if len(fromBrowser.Header) <= len(fromGo.Header) {
		t.Errorf("브라우저의 헤더 %v, Go의 헤더 %v", fromBrowser.Header, fromGo.Header)
	}
	if got := fromBrowser.Header.Get("Cookie"); got != "session=gopher" {
		t.Errorf("쿠키 %q, 원한 것 session=gopher", got)
	}
}

func TestBrowserTellsTheOriginAndScriptsCannotChangeIt(t *testing.T) {
	site, seen := visitor(t)
	visitSite(t, site, `fetch('/ask', { method: 'POST', headers: { Origin: 'http://evil.example' } }).then(() => '')`)
	visitSite(t, site, `new WebSocket('ws://' + location.host + '/ws'), ''`)
	for _, path := range []string{"/ask", "/ws"} {
		if got := receive(t, seen[path]).Header.Get("Origin"); got != site.URL {
			t.Errorf("%s: Origin %q, 원한 것 %q", path, got, site.URL)
		}
	}
}

func TestEventSourceReconnectsByItself(t *testing.T) {
	site, seen := visitor(t)
	visitSite(t, site, `new Promise(done => { new EventSource('/events').onmessage = (e) => done(e.data); })`)
	receive(t, seen["/events"])
	if got := receive(t, seen["/events"]).Header.Get("Last-Event-ID"); got != "7" {
		t.Errorf("다시 온 요청의 Last-Event-ID %q, 원한 것 7", got)
	}
}
