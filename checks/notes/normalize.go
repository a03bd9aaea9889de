package main

import (
	"fmt"
	"regexp"
)

// replacement는 돌릴 때마다 달라지는 것 하나와, 비교할 때 그 자리에 둘 말입니다.
type replacement struct {
	pattern *regexp.Regexp
	with    string
}

// volatile은 순서대로 바꿉니다. 넓은 것이 좁은 것 뒤에 옵니다.
var volatile = []replacement{
	{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+)?`), "(날짜)"},
	{regexp.MustCompile(`(?mi)^((?:< | +← )?date:) .*$`), "$1 (날짜)"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "(날짜)"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d(\.\d+)?\b`), "(시각)"},
	{regexp.MustCompile(`(오전|오후) \d{1,2}:\d\d\b`), "(시각)"},
	{regexp.MustCompile(`\b([01]\d|2[0-3]):[0-5]\d\b`), "(시각)"},
	{regexp.MustCompile(`(?m)^(ok\s+\S+\s+)(\(cached\)|[\d.]+s)`), "$1(시간)"},
	{regexp.MustCompile(`(?m)^Benchmark(\w+(?:/\S+?)?)(?:-\d+)?\s+\d.*$`), "Benchmark$1 (잰 값)"},
	{regexp.MustCompile(`(?m)^(goos|goarch|cpu): .*$`), "$1: (컴퓨터)"},
	{regexp.MustCompile(`\b(\d+m)?\d+\.\d+(s|ms|µs)\b`), "(시간)"},
	{regexp.MustCompile(`\b\d+(µs|ns)\b`), "(시간)"},
	{regexp.MustCompile(`\b\d+\.\d초`), "(시간)"},
	{regexp.MustCompile(`dGhlIHNhbXBsZSBub25jZQ==`), "(RFC 6455의 키)"}, // 늘 같은 답이 나와야 합니다.
	{regexp.MustCompile(`s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=`), "(RFC 6455의 키의 답)"},
	{regexp.MustCompile(`[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=`), "(열쇠)"}, // Sec-WebSocket-Key와 Accept
	{regexp.MustCompile(`(otp=|"otp": ?")[A-Za-z0-9_-]{16,}=*`), "$1(일회용 비밀번호)"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "(지문)"},
	{regexp.MustCompile(`힙이 \d+바이트`), "힙이 (메모리)"},
	{regexp.MustCompile(`(VmHWM:\s+)\d+ kB`), "$1(메모리)"},
	{regexp.MustCompile(`([01]{3} \w+ +)[0-9a-f]{8}\b`), "$1(마스크)"}, // client -frames의 한 줄
	{regexp.MustCompile(`\bcurl/\d[\d.]*`), "curl"},
	{regexp.MustCompile(`\bgoroutine \d+\b`), "goroutine (번호)"},
	{regexp.MustCompile(`\b0x[0-9a-f]{3,}\b`), "(주소)"},
	{regexp.MustCompile(`(?m)^(\[\d+\]) \d+$`), "$1 (번호)"},
	// 뒤에서 돌던 명령이 끝났다는 말은 셸이 다음 프롬프트를 찍을 때 나오므로, 때에 따라 늦습니다.
	{regexp.MustCompile(`(?m)^\[\d+\][+-]? +(Done|Exit \d+|Terminated|Killed|Interrupt|Hangup)\b.*\n`), ""},
	{regexp.MustCompile(`/tmp/[^\s:"']+`), "(임시 폴더)"},
	{regexp.MustCompile(`\b([0-9A-Fa-f]{2}:){15,}[0-9A-Fa-f]{2}\b`), "(지문)"},
}

var loopback = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]|localhost):(\d+)`)

// normalize는 돌릴 때마다 달라지는 것을 지웁니다. 아무 포트나 쓴 주소는 나온 순서로 번호를 매기므로,
// 같은 포트는 같은 번호로 남습니다.
func normalize(text string) string {
	for _, r := range volatile {
		text = r.pattern.ReplaceAllString(text, r.with)
	}
	numbers := make(map[string]int)
	return replaceAll(loopback, text, func(m []string) string {
		host, port := m[1], m[2]
		if host != "localhost" {
			host = "(이 컴퓨터)" // 127.0.0.1과 ::1은 컴퓨터마다 다릅니다.
		}
		if len(port) < 5 {
			return host + ":" + port
		}
		if numbers[port] == 0 {
			numbers[port] = len(numbers) + 1
		}
		return fmt.Sprintf("%s:(포트 %d)", host, numbers[port])
	})
}
