package checks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"gorilla-websocket-ko/checks/internal/steps"
)

// directives는 페이지의 정책을 지시어마다 나눕니다.
func directives(t *testing.T, server *steps.Server) map[string][]string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{TLSClientConfig: trustAny}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options %q, 원한 것 nosniff", got)
	}
	policy := make(map[string][]string)
	for directive := range strings.SplitSeq(resp.Header.Get("Content-Security-Policy"), ";") {
		if words := strings.Fields(directive); len(words) > 0 {
			policy[words[0]] = words[1:]
		}
	}
	return policy
}

func expectPolicy(t *testing.T, server *steps.Server) {
	t.Helper()
	policy := directives(t, server)
	for directive, want := range map[string]string{
		"default-src":     "'none'",
		"connect-src":     "'self'",
		"base-uri":        "'none'",
		"form-action":     "'none'",
		"frame-ancestors": "'none'",
	} {
		if got := strings.Join(policy[directive], " "); got != want {
			t.Errorf("%s %q, 원한 것 %q", directive, got, want)
		}
	}
	for _, directive := range []string{"script-src", "style-src"} {
		if allowed := policy[directive]; len(allowed) != 1 || !strings.HasPrefix(allowed[0], "'sha256-") {
			t.Errorf("%s %q, 원한 것 해시 하나", directive, allowed)
		}
	}
}

// injections는 페이지에 들어온 남의 코드입니다. 실행되면 window.attacked에 이름을 남깁니다.
func injections(elsewhere string) string {
	return fmt.Sprintf(`new Promise(done => {
		window.attacked = [];
		const script = document.createElement('script');
		script.textContent = "attacked.push('script')";
		const foreign = document.createElement('script');
		foreign.src = %q;
		document.body.append(script, foreign);
		const text = document.createElement('div');
		text.innerHTML = '<img src="data:image/gif,x" onerror="attacked.push(\'handler\')">';
		document.body.append(text);
		setTimeout(() => done([...attacked].sort()), 1000);
	})`, elsewhere)
}

func TestPageWorksUnderItsPolicyAndInjectedCodeDoesNot(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, `attacked.push('foreign')`)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="ko"><link rel="icon" href="data:,"><title>정책이 없는 페이지</title>`)
	}))
	t.Cleanup(site.Close)
	attack := injections(site.URL + "/attack.js")
	// 정책이 없는 페이지에서는 모두 실행됩니다.
	if got := evaluate[[]string](t, browse(t, site.URL), attack); !slices.Equal(got, []string{"foreign", "handler", "script"}) {
		t.Fatalf("정책이 없는 페이지에서 실행된 것 %q", got)
	}
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		expectPolicy(t, server)
		w := join(t, step, server, "gopher")
		w.must(w.WaitFor(`getComputedStyle(document.body).display === 'flex'`, patience)) // 스타일도 삽니다.
		w.expectQuietConsole()
		if got := evaluate[[]string](t, w.Tab, attack); len(got) > 0 {
			t.Errorf("넣은 코드가 실행되었습니다: %q", got)
		}
		expectConsole(t, w.Tab, "Content Security Policy")
		w.send("정책 아래의 글")
		w.waitMessage("정책 아래의 글")
	})
}

// 남의 페이지에 끼운 로그인 폼은 누르는 사람을 속입니다.
func TestPageCannotBeFramed(t *testing.T) {
	eachStep(t, every, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		site := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!DOCTYPE html><html lang="ko"><link rel="icon" href="data:,"><title>속이는 페이지</title>
				<iframe src=%q onload="window.loaded = true"></iframe>`, server.URL)
		}))
		w := visit(t, step, site.URL)
		expectConsole(t, w.Tab, "frame-ancestors 'none'")
		w.must(w.WaitFor(`window.loaded === true`, patience))
		if strings.Contains(server.Log(), "들어옴") {
			t.Error("끼운 페이지가 연결했습니다")
		}
	})
}

// 다른 출처의 페이지는 방문자의 브라우저로 로그인할 수 없습니다.
func TestLoginFromAnotherOriginIsRefused(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := visit(t, step, elsewhere(t).URL)
		attempt := func(mode, contentType string) string {
			return evaluate[string](t, w.Tab, fmt.Sprintf(`fetch(%q, {
				method: 'POST', mode: %q, headers: { 'Content-Type': %q },
				body: JSON.stringify({ username: 'gopher', password: %q }),
			}).then((response) => response.type, (e) => e.name)`, server.URL+"/login", mode, contentType, password))
		}
		// JSON은 브라우저가 먼저 물어보고(CORS), 허락이 없어서 보내지 않습니다.
		if got := attempt("cors", "application/json"); got != "TypeError" {
			t.Errorf("application/json으로 보낸 요청의 결과 %q, 원한 것 TypeError", got)
		}
		// 묻지 않고 보내는 종류는 서버에 닿습니다.
		if got := attempt("no-cors", "text/plain"); got != "opaque" {
			t.Errorf("text/plain으로 보낸 요청의 결과 %q, 원한 것 opaque", got)
		}
		w.must(server.WaitLog("거절: 403", 1, steps.Timeout))
		if strings.Contains(server.Log(), "로그인: ") {
			t.Error("다른 출처의 페이지가 로그인했습니다")
		}
	})
}
