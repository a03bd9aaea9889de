package checks

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// trustAny는 서버가 스스로 서명한 인증서를 그냥 믿습니다. 인증서는 tls_test.go에서 봅니다.
var trustAny = &tls.Config{InsecureSkipVerify: true}

// otp는 로그인해서 일회용 비밀번호를 얻습니다.
func otp(t *testing.T, server *steps.Server, user string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{TLSClientConfig: trustAny}}
	defer client.CloseIdleConnections()
	body := fmt.Sprintf(`{"username":%q,"password":%q}`, user, password)
	resp, err := client.Post(server.URL+"/login", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ OTP string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.OTP == "" {
		t.Fatalf("/login의 답 %s에 otp가 없습니다: %v", resp.Status, err)
	}
	return answer.OTP
}

func TestWrongPasswordIsToldToTheUser(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := open(t, step, server)
		before := w.visibleText()
		w.login("gopher", "틀린 비밀번호")
		w.must(w.WaitFor(fmt.Sprintf(`document.body.innerText !== %q && !/하는 중/.test(document.body.innerText)`, before), patience))
		if after := w.visibleText(); !strings.Contains(after, "비밀번호가") {
			t.Errorf("비밀번호가 틀렸다는 말이 보이지 않습니다. 보이는 글:\n%s", after)
		}
		if strings.Contains(w.status(), "연결됨") || strings.Contains(server.Log(), "들어옴") {
			t.Error("비밀번호가 틀렸는데 연결되었습니다")
		}
		// 틀린 뒤에도 같은 칸에서 다시 할 수 있습니다.
		w.login("gopher", password)
		w.waitStatus("연결됨")
	})
}

func TestEveryAccountCanLogInFromThePage(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		for _, user := range []string{"gopher", "chulsoo", "younghee", "minsu", "jiwoo", "haneul"} {
			w := join(t, step, server, user)
			w.expectQuietConsole()
		}
		if strings.Contains(server.Log(), password) {
			t.Error("비밀번호가 로그에 나옵니다")
		}
	})
}

func TestLoginFormSendsOnEnter(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		w := open(t, step, server)
		w.must(w.Fill("username", "gopher"))
		w.must(w.Fill("password", password))
		w.must(w.Press("\r"))
		w.waitStatus("연결됨")
	})
}

// 남이 보낸 이름은 서른두 자까지만 적고, 비밀번호는 틀린 것도 적지 않습니다.
func TestLongLoginNameIsShortenedInTheLog(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		client := http.Client{Transport: &http.Transport{TLSClientConfig: trustAny}}
		defer client.CloseIdleConnections()
		body := fmt.Sprintf(`{"username":%q,"password":"비밀"}`, strings.Repeat("가", 300))
		resp, err := client.Post(server.URL+"/login", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Fatalf("상태 %s, 원한 것 401", resp.Status)
		}
		if err := server.WaitLog(fmt.Sprintf("로그인 거절: %q", strings.Repeat("가", 32)), 1, steps.Timeout); err != nil {
			t.Error(err)
		}
		if log := server.Log(); strings.Contains(log, strings.Repeat("가", 33)) || strings.Contains(log, "비밀") {
			t.Errorf("이름이 길거나 비밀번호가 있는 로그:\n%s", log)
		}
	})
}

// 일회용 비밀번호를 확인한 다음에 업그레이드가 실패하면, 그것은 이미 쓴 것입니다.
func TestFailedUpgradeSpendsTheOTP(t *testing.T) {
	eachStep(t, hasLogin, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		url := server.WebSocketURL() + "?otp=" + otp(t, server, "gopher")
		dialer := websocket.Dialer{TLSClientConfig: trustAny}
		for _, tt := range []struct {
			header http.Header
			want   int
		}{{http.Header{"Origin": {"http://evil.example"}}, http.StatusForbidden}, {nil, http.StatusUnauthorized}} {
			conn, resp, err := dialer.Dial(url, tt.header)
			if err == nil {
				conn.Close()
			}
			if resp == nil || resp.StatusCode != tt.want {
				t.Errorf("%v: %v, 원한 것 %d", tt.header, err, tt.want)
			}
		}
	})
}

// visibleText는 사람이 보는 글입니다.
func (w *window) visibleText() string {
	w.t.Helper()
	text, err := browser.Run[string](w.Tab, `document.body.innerText`)
	w.must(err)
	return text
}
