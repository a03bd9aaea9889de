package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestOnlyWhatChangesEveryTimeIsIgnored(t *testing.T) {
	same := [][2]string{
		{"2026/11/21 10:09:32 127.0.0.1:54321 들어옴", "2027/01/02 03:04:05 [::1]:40000 들어옴"},
		{"http://localhost:40009", "http://localhost:40010"},
		{"127.0.0.1:8080 [::1]:8080", "[::1]:8080 127.0.0.1:8080"},
		{"Date: Sat, 21 Nov 2026 10:28:56 GMT", "Date: Sun, 22 Nov 2026 10:28:57 GMT"},
		{"date: Sat, 21 Nov 2026", "date: Sun, 22 Nov 2026"},
		{"gopher: 안녕 오전 10:35", "gopher: 안녕 오후 1:02"},
		{"ok  \tx/y\t1.234s", "ok  \tx/y\t(cached)"},
		{"--- PASS: TestX (0.03s)", "--- PASS: TestX (1.20s)"},
		{"BenchmarkFanOut/plain-2   100   12345 ns/op", "BenchmarkFanOut/plain-8   200   999 ns/op"},
		{"Sec-WebSocket-Key: lOof9s4YeuMVTC0ADgwheA==", "Sec-WebSocket-Key: AAof9s4YeuMVTC0ADgwheA=="},
		{"계산한 값은 oZKSXuf3igtsmryKeGlsTjW6QrU=, 같습니다", "계산한 값은 AZKSXuf3igtsmryKeGlsTjW6QrU=, 같습니다"},
		{"10:48:26.430 → FIN 000 text         adb30761       6", "10:48:27.001 → FIN 000 text         00000000       6"},
		{`{"otp":"BQZ2OH4DE3WLYEBRYJRZWMPKPL"}`, `{"otp":"AAZ2OH4DE3WLYEBRYJRZWMPKPL"}`},
		{"/ws?otp=BQZ2OH4DE3WLYEBRYJRZWMPKPL", "/ws?otp=AAZ2OH4DE3WLYEBRYJRZWMPKPL"},
		{"$ kill $!\n[1]+  Terminated              ./echo2 2> /dev/null\n", "$ kill $!\n"},
		{"goroutine 18 [running]:", "goroutine 7 [running]:"},
		{"pong 1.2ms, 143µs", "pong 0.9ms, 7µs"},
	}
	for _, tt := range same {
		if a, b := normalize(tt[0]), normalize(tt[1]); a != b {
			t.Errorf("같아야 합니다:\n%s\n%s", a, b)
		}
	}
	different := [][2]string{
		{"127.0.0.1:50000 들어옴\n127.0.0.1:50000 나감", "127.0.0.1:50000 들어옴\n127.0.0.1:50001 나감"},
		{"127.0.0.1:8080", "127.0.0.1:8081"},
		{"http://127.0.0.1:8080", "http://localhost:8080"},
		{"닫기 코드 1003", "닫기 코드 1007"},
		{"-pong-wait 2s", "-pong-wait 3s"},
		{"--- PASS: TestX (0.03s)", "--- FAIL: TestX (0.03s)"},
		{"→ FIN 000 text         adb30761       6", "→ FIN 000 text         -              6"},
		{"HTTP/1.1 400 Bad Request", "HTTP/1.1 403 Forbidden"},
		{"BenchmarkFanOut-2 100 5 ns/op", "BenchmarkFanIn-2 100 5 ns/op"},
	}
	for _, tt := range different {
		if a := normalize(tt[0]); a == normalize(tt[1]) {
			t.Errorf("%q와 %q를 가르지 못합니다: %q", tt[0], tt[1], a)
		}
	}
}

func TestOnlyServersWithoutAnAddressGetOne(t *testing.T) {
	root := here(t).root
	ports, err := newPorts()
	must(t, err)
	for _, tt := range []struct{ command, want string }{
		{"go run ./01-echo", "go run ./01-echo -addr localhost:8080"},
		{"go run -race ./04-pingpong -pong-wait 2s", "go run -race ./04-pingpong -addr localhost:8080 -pong-wait 2s"},
		{"go run ./06-origin -h | head -3", "go run ./06-origin -addr localhost:8080 -h | head -3"},
		{"go run ./03-hub & go run ./03-hub -addr :8081", "go run ./03-hub -addr localhost:8080 & go run ./03-hub -addr :8081"},
		{"go run ./03-hub -addr :8080", "go run ./03-hub -addr :8080"},
		{"go run ./checks", "go run ./checks"},
		{"go test ./01-echo", "go test ./01-echo"},
	} {
		if got := ports.withAddr(tt.command, root); got != tt.want {
			t.Errorf("%q: %q, 원한 것 %q", tt.command, got, tt.want)
		}
	}
	real := ports.toReal("curl http://localhost:8080 [::1]:8089 8080 :80801")
	if strings.Contains(real, ":8080 ") || strings.Contains(real, ":8089") || !strings.Contains(real, " 8080 :80801") {
		t.Errorf("바꾼 것 %q", real)
	}
	if note := ports.toNote(real); note != "curl http://localhost:8080 [::1]:8089 8080 :80801" {
		t.Errorf("되돌린 것 %q", note)
	}
}

func TestWordsAreSplitAsTestscriptDoes(t *testing.T) {
	got := words(`open  t 'curl -d ''{"a": 1}'' x' a'b c'd # 설명`)
	if want := []string{"open", "t", `curl -d '{"a": 1}' x`, "ab cd"}; !slices.Equal(got, want) {
		t.Errorf("%q, 원한 것 %q", got, want)
	}
}

// 스크립트가 실행하지 않는 명령은 .ci/run이 실행합니다.
func TestCommandsRunElsewhereAreInCI(t *testing.T) {
	ci, err := os.ReadFile(here(t).path(".ci/run"))
	must(t, err)
	for command := range elsewhere {
		if args := strings.TrimPrefix(command, "go test "); !strings.Contains(string(ci), "\ntests . "+args+"\n") {
			t.Errorf(".ci/run이 %s를 실행하지 않습니다", command)
		}
	}
}
