package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // 이것도 문자 장치입니다.
	return err != nil || !os.SameFile(info, null)
}

// wantsColor는 터미널에만 색을 씁니다. 파이프로 받은 글에 색이 섞이면 쓰기 어렵습니다.
func wantsColor(out any) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !isTerminal(out) {
		return false
	}
	// 옛 윈도 콘솔은 색 대신 이상한 글자를 보입니다.
	return runtime.GOOS != "windows" || os.Getenv("WT_SESSION") != ""
}

// visible은 남이 보낸 글이 화면을 지우거나 줄을 지어내지 못하게 합니다. 보이지 않는
// 글자와 UTF-8이 아닌 바이트를 \로 적습니다.
func visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r), r == '\u200d': // 이어 붙인 그림 글자에 든 것
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
