package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// origin은 RFC 6454의 출처입니다. 세 값이 모두 같아야 같은 출처입니다.
type origin struct{ scheme, host, port string }

// origins는 -origins로 받은 출처입니다. 비어 있으면 서버 자신의 출처만 받습니다.
var origins []origin

func init() {
	flag.Func("origins", "받아들일 `출처`들, 쉼표로 나눔 (기본: 이 서버의 출처만)", func(list string) error {
		origins = nil
		for s := range strings.SplitSeq(list, ",") {
			o, err := parseOrigin(strings.TrimSpace(s))
			if err != nil {
				return err
			}
			if strings.Contains(o.host, "*") {
				return fmt.Errorf("*로 여럿을 가리킬 수 없습니다. 출처를 하나하나 적으세요: %q", s)
			}
			origins = append(origins, o)
		}
		return nil
	})
}

// checkOrigin은 다른 사이트의 페이지가 방문자의 브라우저로 연결하는 것을 막습니다.
// 브라우저가 아닌 클라이언트는 Origin을 지어낼 수 있으니 인증을 대신하지 못합니다.
func checkOrigin(r *http.Request) bool {
	header := r.Header["Origin"]
	if len(header) == 0 {
		return true // 브라우저는 핸드셰이크에 언제나 Origin을 넣습니다.
	}
	got, err := parseOrigin(header[0])
	if err != nil || len(header) > 1 {
		return false
	}
	if len(origins) > 0 {
		return slices.Contains(origins, got)
	}
	own, err := ownOrigin(r)
	return err == nil && got == own
}

// ownOrigin은 브라우저가 이 서버의 페이지에 붙이는 출처입니다. 앞에 TLS를 종료하는
// 프록시가 있으면 스킴이 달라집니다. 그때는 -origins를 씁니다.
func ownOrigin(r *http.Request) (origin, error) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return parseOrigin(scheme + "://" + r.Host)
}

var defaultPort = map[string]string{"http": "80", "https": "443"}

var errBadOrigin = errors.New("출처는 스킴, 호스트, 포트로만 적습니다. " +
	"https://example.com:8443처럼 적고, 한글 도메인은 xn--로 바꿉니다")

// parseOrigin은 대소문자와 기본 포트의 차이만 없앱니다. URL이 그만큼만 같다고 봅니다.
func parseOrigin(s string) (origin, error) {
	u, err := url.Parse(s)
	if err != nil || defaultPort[u.Scheme] == "" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") {
		return origin{}, fmt.Errorf("%w: %q", errBadOrigin, s)
	}
	_, err = strconv.ParseUint("0"+u.Port(), 10, 16) // 포트는 없거나 65535까지입니다.
	// 사용자 정보나 경로, ?나 #이 하나라도 있으면 다시 이은 글과 달라집니다.
	if err != nil || !strings.EqualFold(s, u.Scheme+"://"+u.Host) || strings.ContainsFunc(s, isNotASCII) {
		return origin{}, fmt.Errorf("%w: %q", errBadOrigin, s)
	}
	return origin{u.Scheme, strings.ToLower(u.Hostname()), cmp.Or(u.Port(), defaultPort[u.Scheme])}, nil
}

func isNotASCII(r rune) bool { return r > unicode.MaxASCII }
