package checks

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// attackers는 노트의 작은 프로그램 이름 → 한 번만 빌드하는 func() (string, error)입니다.
var attackers sync.Map

// startAttacker는 06과 08의 노트에서 공격하는 프로그램을 띄웁니다.
func startAttacker(t *testing.T, name string, args ...string) *steps.Server {
	t.Helper()
	build, _ := attackers.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		return steps.Step{Name: "docs-ko/" + name}.Build(binDir)
	}))
	path, err := build.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, steps.Step{Name: filepath.Base(path)}, path, args...)
}

func address(s *steps.Server) string {
	_, host, _ := strings.Cut(s.URL, "://")
	return host
}

// visitEvilPage는 addr의 서버를 속이는 페이지를 엽니다. 이 이름은 아무도 바꾸지 않았습니다. 브라우저가 스스로 압니다.
func visitEvilPage(t *testing.T, chromium *browser.Browser, addr string) *browser.Tab {
	t.Helper()
	evil := startAttacker(t, "06-evil-page", "-addr", addr)
	tab, err := chromium.NewTab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Open(evil.URL); err != nil {
		t.Fatal(err)
	}
	return tab
}

func needsIPv6(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("IPv6가 없는 컴퓨터에서는 이 공격을 해 보일 수 없습니다: %v", err)
	}
	l.Close()
}

func TestEvilPageGetsInUnlessOriginsAreListed(t *testing.T) {
	needsIPv6(t)
	for _, name := range []string{"05-readlimit", "06-origin"} {
		t.Run(name, func(t *testing.T) {
			step := steps.Named(name)
			server := start(t, step)
			other := join(t, step, server, "")
			tab := visitEvilPage(t, chromium, address(server))
			if err := tab.WaitStatus("연결됨", patience); err != nil {
				t.Fatal(err)
			}
			other.waitMessage("낯선 페이지가 방문자인 척 보낸 말")
			other.send("우리끼리의 말")
			if err := tab.WaitFor(`document.getElementById('log').textContent.includes('우리끼리의 말')`, patience); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("06-origin -origins", func(t *testing.T) {
		step := steps.Named("06-origin")
		server := start(t, step)
		own := server.URL
		stop(t, step, server)
		server = start(t, step, "-addr", strings.TrimPrefix(own, "http://"), "-origins", own)
		tab := visitEvilPage(t, chromium, address(server))
		if err := tab.WaitStatus("1006", patience); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("Origin %q", strings.Replace(own, "localhost", "evil.localhost", 1))
		if err := server.WaitLog(want, 1, steps.Timeout); err != nil {
			t.Error(err)
		}
		join(t, step, server, "")
	})
}

// 브라우저는 쿠키를 이름에 묶습니다. rebinding은 내 서버에 닿지만 내 이름의 쿠키는 얻지 못합니다.
func TestReboundPageCarriesNoCookieOfTheServer(t *testing.T) {
	needsIPv6(t)
	handshakes := make(chan *http.Request, 1)
	mux := blank(func(w http.ResponseWriter, r *http.Request) {
		handshakes <- r
		talking(sameOrigin, goodbye)(w, r)
	})
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "abc"})
	})
	port := portOf(serve(t, mux))
	for _, visit := range []struct{ name, cookie string }{{"localhost", "sid=abc"}, {"evil.localhost", ""}} {
		host := visit.name + ":" + port
		if visit.name == "localhost" {
			tab := browse(t, "http://"+host+"/login")
			expectEvents(t, tab, fmt.Sprintf("'ws://%s/ws'", host), opened...)
		} else {
			visitEvilPage(t, chromium, "localhost:"+port)
		}
		r := receive(t, handshakes)
		if r.Host != host || r.Header.Get("Origin") != "http://"+host {
			t.Errorf("Host %q, Origin %q, 원한 것 둘 다 %s", r.Host, r.Header.Get("Origin"), host)
		}
		if got := r.Header.Get("Cookie"); got != visit.cookie {
			t.Errorf("%s의 페이지가 보낸 쿠키 %q, 원한 것 %q", visit.name, got, visit.cookie)
		}
	}
}

// 공격자의 서버는 [::1]에서 기다리는 동안 브라우저의 localhost도 가로채고, 한 번 내주면 이름을 남의 서버에 넘깁니다.
func TestEvilServerTakesLocalhostOnlyUntilItHasServed(t *testing.T) {
	needsIPv6(t)
	server := start(t, steps.Named("06-origin"))
	evil := startAttacker(t, "06-evil-page", "-addr", address(server))
	for _, visit := range []struct{ url, want string }{
		{server.URL, evil.URL + "을 여세요"}, {evil.URL, "낯선 페이지"}, {evil.URL, "06-origin"}, {server.URL, "06-origin"},
	} {
		tab := browse(t, visit.url)
		if got := evaluate[string](t, tab, "document.body.innerText"); !strings.Contains(got, visit.want) {
			t.Fatalf("%s의 페이지에 %q이(가) 없습니다:\n%s", visit.url, visit.want, got)
		}
	}
}

// 공개된 주소에서 온 페이지는 Chromium이 막습니다. 페이지를 내준 [::1]을 공개된 주소로 치게 합니다.
func TestPublicPageMayNotReachThisComputerInChromium(t *testing.T) {
	needsIPv6(t)
	server := start(t, steps.Named("05-readlimit"))
	_, port, _ := net.SplitHostPort(address(server))
	strict, err := browser.Start(chromedp.Flag("ip-address-space-overrides", "[::1]:"+port+"=public"))
	if err != nil {
		t.Fatal(err)
	}
	defer strict.Close()
	tab := visitEvilPage(t, strict, address(server))
	if err := tab.WaitStatus("1006", patience); err != nil {
		t.Fatal(err)
	}
	if err := tab.WaitConsole("ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", patience); err != nil {
		t.Error(err)
	}
	if strings.Contains(server.Log(), "들어옴") {
		t.Error("공개된 주소의 페이지가 들어왔습니다")
	}
}

func TestBrowserSendsTheCanonicalOrigin(t *testing.T) {
	origins := make(chan string, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ws" {
			origins <- r.Header.Get("Origin")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}))
	defer site.Close()
	// 80번 포트를 쓰지 않고도 http://chat.example을 엽니다.
	mapped, err := browser.Start(chromedp.Flag("host-resolver-rules", "MAP chat.example:80 "+strings.TrimPrefix(site.URL, "http://")))
	if err != nil {
		t.Fatal(err)
	}
	defer mapped.Close()
	tab, err := mapped.NewTab()
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	if err := tab.Open("HTTP://Chat.Example:80/path?q#f"); err != nil {
		t.Fatal(err)
	}
	if result, err := browser.Run[string](tab, attempt("ws://CHAT.example:80/ws")); err != nil || result != "1006" {
		t.Fatalf("%s, %v", result, err)
	}
	if got := <-origins; got != "http://chat.example" {
		t.Errorf("Origin %q, 원한 것 %q", got, "http://chat.example")
	}
}

func TestBrowserSendsAHangulDomainInASCII(t *testing.T) {
	origins := make(chan string, 1)
	site := serve(t, blank(func(w http.ResponseWriter, r *http.Request) { origins <- r.Header.Get("Origin") }))
	tab := browse(t, "http://한글.example:"+portOf(site))
	expectEvents(t, tab, `'/ws'`, refused...)
	if got, want := receive(t, origins), "http://xn--bj0bj06e.example:"+portOf(site); got != want {
		t.Errorf("Origin %q, 원한 것 %q", got, want)
	}
}

func TestEavesdropperReadsThePasswordOf07AndNothingOf08(t *testing.T) {
	for _, tt := range []struct {
		step string
		read bool
	}{{"07-otp-auth", true}, {"08-wss", false}} {
		t.Run(tt.step, func(t *testing.T) {
			step := steps.Named(tt.step)
			server := start(t, step)
			spy := startAttacker(t, "08-eavesdrop", "-to", address(server))
			if step.TLS {
				spy.URL = strings.Replace(spy.URL, "http", "https", 1)
			}
			w := join(t, step, spy, "gopher")
			w.send("우리끼리의 말")
			w.waitMessage("우리끼리의 말")
			if !tt.read {
				if err := spy.WaitLog("TLS입니다", 4, steps.Timeout); err != nil {
					t.Error(err)
				}
			}
			for _, secret := range []string{`"password":"websocket"`, `{"otp":"`, "→ 텍스트: 우리끼리의 말", "← 텍스트: 우리끼리의 말"} {
				if strings.Contains(spy.Log(), secret) != tt.read {
					t.Errorf("%q을(를) 읽었습니까? 원한 것 %v\n%s", secret, tt.read, spy.Log())
				}
			}
		})
	}
}
