package main

import (
	"bytes"
	"crypto/x509"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed usage.txt
var usage string

const maxMessage = 64 << 20 // 받거나 -size로 보내는 메시지의 바이트 수

// options는 명령줄입니다.
type options struct {
	url    *url.URL
	header http.Header    // 핸드셰이크에 붙일 헤더
	roots  *x509.CertPool // 없으면 운영 체제가 믿는 인증서

	frames, handshake, once, reconnect  bool
	login, room, ca                     string
	insecure                            bool
	noPong, noRead, binary, invalidUTF8 bool
	size, fragment                      int
	ping                                time.Duration
	first                               []byte // 연결하자마자 보낼 메시지. 보내면 nil
}

func parseFlags(args []string) (*options, error) {
	o := &options{header: make(http.Header)}
	flags := o.flagSet()
	var addresses []string
	// flag는 옵션이 아닌 것에서 멈춥니다. 주소 뒤의 옵션도 알아듣습니다.
	for {
		if err := flags.Parse(args); err != nil {
			return nil, fmt.Errorf("옵션이 잘못되었습니다. -h로 쓸 수 있는 옵션을 보세요: %w", err)
		}
		if flags.NArg() == 0 {
			break
		}
		addresses = append(addresses, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if len(addresses) != 1 {
		return nil, errors.New("주소를 하나 적으세요. 예: go run ./client ws://localhost:8080/ws")
	}
	var err error
	if o.url, err = parseAddress(addresses[0]); err != nil {
		return nil, err
	}
	return o, o.check()
}

// flagSet의 설명은 usage.txt에 있습니다.
func (o *options) flagSet() *flag.FlagSet {
	flags := flag.NewFlagSet("client", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for name, value := range map[string]*bool{
		"frames": &o.frames, "handshake": &o.handshake, "once": &o.once, "reconnect": &o.reconnect, "insecure": &o.insecure,
		"no-pong": &o.noPong, "no-read": &o.noRead, "binary": &o.binary, "invalid-utf8": &o.invalidUTF8,
	} {
		flags.BoolVar(value, name, false, "")
	}
	flags.StringVar(&o.login, "login", "", "")
	flags.StringVar(&o.room, "room", "", "")
	flags.StringVar(&o.ca, "ca", "", "")
	flags.IntVar(&o.size, "size", -1, "")
	flags.IntVar(&o.fragment, "fragment", 4096, "") // gorilla의 기본 쓰기 버퍼
	flags.DurationVar(&o.ping, "ping", 0, "")
	flags.Func("origin", "", func(s string) error { o.header.Set("Origin", s); return nil })
	flags.Func("header", "", o.addHeader)
	return flags
}

// handshakeHeaders는 핸드셰이크가 정하는 헤더입니다.
var handshakeHeaders = []string{"Upgrade", "Connection", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Extensions"}

var headerLine = regexp.MustCompile("^([-!#$%&'*+.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n]*)$")

func (o *options) addHeader(s string) error {
	m := headerLine.FindStringSubmatch(s)
	switch {
	case m == nil:
		return errors.New("'이름: 값'으로 적습니다")
	case slices.Contains(handshakeHeaders, http.CanonicalHeaderKey(m[1])):
		return fmt.Errorf("%s는 핸드셰이크가 정합니다", m[1])
	}
	o.header.Add(m[1], m[2])
	return nil
}

// parseAddress는 흔히 잘못 적는 주소마다 고칠 것을 말합니다.
func parseAddress(s string) (*url.URL, error) {
	scheme, rest, found := strings.Cut(s, "://")
	if !found && strings.Contains(s, ":") {
		scheme, rest = "http", s
	}
	if fixed, isHTTP := map[string]string{"http": "ws://", "https": "wss://"}[scheme]; isHTTP {
		if fixed += strings.TrimRight(rest, "/"); !strings.Contains(strings.TrimRight(rest, "/"), "/") {
			fixed += "/ws" // 단계들이 쓰는 경로입니다.
		}
		return nil, fmt.Errorf("웹소켓의 주소는 ws://나 wss://로 시작합니다. %s처럼 적으세요", fixed)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Hostname() == "" || u.Fragment != "" {
		return nil, fmt.Errorf("웹소켓의 주소는 ws://localhost:8080/ws처럼 적습니다: %q", s)
	}
	if u.User != nil {
		return nil, errors.New("웹소켓의 주소에는 이름과 비밀번호를 적지 않습니다. -login 이름:비밀번호를 쓰세요")
	}
	return u, nil
}

// check는 함께 쓸 수 없는 옵션과 값의 범위를 봅니다.
func (o *options) check() error {
	switch {
	case o.size < -1 || o.size > maxMessage:
		return fmt.Errorf("-size는 0에서 %d까지입니다: %d", maxMessage, o.size)
	case o.fragment < 1 || o.fragment > maxMessage:
		return fmt.Errorf("-fragment는 1에서 %d까지입니다: %d", maxMessage, o.fragment)
	case o.ping < 0:
		return fmt.Errorf("-ping은 0s보다 길어야 합니다: %v", o.ping)
	case o.invalidUTF8 && (o.size >= 0 || o.binary):
		return errors.New("-invalid-utf8은 -size나 -binary와 함께 쓸 수 없습니다")
	case o.login != "" && !strings.Contains(o.login, ":"):
		return errors.New("-login은 이름:비밀번호로 적습니다. 예: -login gopher:websocket")
	case o.url.Scheme == "ws" && (o.ca != "" || o.insecure):
		return errors.New("-ca와 -insecure는 wss:// 주소에 씁니다. ws://에는 인증서가 없습니다")
	case o.ca != "" && o.insecure:
		return errors.New("-ca와 -insecure는 하나만 쓰세요. -insecure는 어떤 인증서도 확인하지 않습니다")
	}
	if o.size >= 0 {
		o.first = bytes.Repeat([]byte("a"), o.size)
	} else if o.invalidUTF8 {
		o.first = []byte{0xff, 0xfe}
	}
	if o.ca == "" {
		return nil
	}
	data, err := os.ReadFile(o.ca)
	if err != nil {
		return fmt.Errorf("-ca의 인증서를 읽을 수 없습니다: %w", err)
	}
	o.roots = x509.NewCertPool()
	if !o.roots.AppendCertsFromPEM(data) {
		return fmt.Errorf("-ca의 파일에 PEM 인증서가 없습니다: %s", o.ca)
	}
	return nil
}
