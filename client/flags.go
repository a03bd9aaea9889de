package main

import (
	"bytes"
	"crypto/x509"
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

// maxMessage는 받거나 -size로 보내는 메시지 하나의 최대 바이트 수입니다.
const maxMessage = 64 << 20

// defaultFragment는 gorilla의 기본 쓰기 버퍼입니다. gorilla의 클라이언트는 버퍼가 찰
// 때마다 프레임 하나를 내보냅니다.
const defaultFragment = 4096

const usage = `사용법: client [옵션] 주소

주소는 ws://localhost:8080/ws나 wss://localhost:8080/ws처럼 적습니다.
표준 입력의 한 줄이 메시지 하나이고, 받은 메시지는 표준 출력에 한 줄씩 나옵니다.
Ctrl-D(입력의 끝)나 Ctrl-C를 누르면 1000으로 닫고 상대의 답을 기다립니다.

  go run ./client ws://localhost:8080/ws
  printf '안녕\n' | go run ./client -frames -once ws://localhost:8080/ws
  go run ./client -insecure -login gopher:websocket -room general wss://localhost:8080/ws

보기
  -frames             메시지 대신 오간 프레임을 보여 줍니다
  -handshake          핸드셰이크의 요청과 응답을 보여 줍니다
  -once               메시지 하나를 보내고, 하나를 받고, 나갑니다
  -reconnect          끊기면 간격을 늘려 가며 다시 연결합니다

연결
  -login 이름:비밀번호  /login에서 일회용 비밀번호(OTP)를 받아 연결합니다. 07부터 씁니다
  -room 이름          방에 들어가 JSON 이벤트로 이야기합니다. 09는 이 옵션이 있어야 통합니다
  -origin 출처        Origin 헤더를 붙입니다
  -header '이름: 값'  핸드셰이크에 헤더를 붙입니다. 여러 번 쓸 수 있습니다
  -ca 파일            이 PEM 인증서를 믿습니다
  -insecure           인증서를 확인하지 않습니다

실험
  -ping 시간          2s처럼 적은 간격으로 ping을 보냅니다
  -no-pong            ping에 답하지 않습니다
  -no-read            아무것도 읽지 않습니다
  -binary             바이너리 메시지로 보냅니다
  -size 바이트        연결하자마자 a를 이만큼 담은 메시지를 하나 보냅니다
  -fragment 바이트    메시지를 이 크기의 프레임으로 나눕니다 (기본: 쓰기 버퍼의 크기 4096)
  -invalid-utf8       연결하자마자 UTF-8이 아닌 텍스트 ff fe를 보냅니다

종료 상태는 1000으로 끝났거나 나가겠다고 해서 상대가 답했으면 0, 달리 끝났으면 1,
옵션이나 주소가 잘못되었으면 2입니다. 1이면 까닭을 표준 오류에 적습니다.
`

// options는 명령줄입니다.
type options struct {
	url *url.URL

	frames, handshake, once, reconnect bool

	login    string
	room     string
	origin   string
	header   http.Header
	ca       string
	roots    *x509.CertPool // 없으면 운영 체제가 믿는 인증서
	insecure bool

	ping                   time.Duration
	noPong, noRead, binary bool
	size, fragment         int
	invalidUTF8            bool
}

func parseFlags(args []string) (*options, error) {
	o := &options{header: make(http.Header)}
	flags := o.flagSet()
	var addresses []string
	// flag는 옵션이 아닌 것에서 멈춥니다. 주소 뒤의 옵션도 알아듣습니다.
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		if err != nil {
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

func (o *options) flagSet() *flag.FlagSet {
	flags := flag.NewFlagSet("client", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&o.frames, "frames", false, "")
	flags.BoolVar(&o.handshake, "handshake", false, "")
	flags.BoolVar(&o.once, "once", false, "")
	flags.BoolVar(&o.reconnect, "reconnect", false, "")
	flags.StringVar(&o.login, "login", "", "")
	flags.StringVar(&o.room, "room", "", "")
	flags.StringVar(&o.origin, "origin", "", "")
	flags.Func("header", "", o.addHeader)
	flags.StringVar(&o.ca, "ca", "", "")
	flags.BoolVar(&o.insecure, "insecure", false, "")
	flags.DurationVar(&o.ping, "ping", 0, "")
	flags.BoolVar(&o.noPong, "no-pong", false, "")
	flags.BoolVar(&o.noRead, "no-read", false, "")
	flags.BoolVar(&o.binary, "binary", false, "")
	flags.IntVar(&o.size, "size", -1, "")
	flags.IntVar(&o.fragment, "fragment", defaultFragment, "")
	flags.BoolVar(&o.invalidUTF8, "invalid-utf8", false, "")
	return flags
}

// handshakeHeaders는 핸드셰이크가 정하는 헤더입니다.
var handshakeHeaders = []string{"Upgrade", "Connection", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Extensions"}

var headerLine = regexp.MustCompile("^([-!#$%&'*+.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n]*)$")

func (o *options) addHeader(s string) error {
	m := headerLine.FindStringSubmatch(s)
	if m == nil {
		return errors.New("'이름: 값'으로 적습니다")
	}
	if name := http.CanonicalHeaderKey(m[1]); slices.Contains(handshakeHeaders, name) {
		return fmt.Errorf("%s는 핸드셰이크가 정합니다", name)
	}
	o.header.Add(m[1], m[2])
	return nil
}

// parseAddress는 흔히 잘못 적는 주소마다 고칠 것을 말합니다.
func parseAddress(s string) (*url.URL, error) {
	scheme, rest, found := strings.Cut(s, "://")
	if !found && !strings.Contains(s, ":") {
		return nil, fmt.Errorf("웹소켓의 주소는 ws://localhost:8080/ws처럼 적습니다: %q", s)
	}
	if !found {
		return nil, fmt.Errorf("웹소켓의 주소는 ws://나 wss://로 시작합니다. %s처럼 적으세요", withPath("ws://"+s))
	}
	if scheme == "http" || scheme == "https" {
		fixed := strings.Replace(scheme, "http", "ws", 1) + "://" + rest
		return nil, fmt.Errorf("웹소켓의 주소는 ws://나 wss://로 시작합니다. %s처럼 적으세요", withPath(fixed))
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("주소를 읽을 수 없습니다. ws://localhost:8080/ws처럼 적으세요: %w", err)
	case u.Scheme != "ws" && u.Scheme != "wss":
		return nil, fmt.Errorf("웹소켓의 주소는 ws://나 wss://로 시작합니다: %q", s)
	case u.Hostname() == "":
		return nil, fmt.Errorf("주소에 호스트가 없습니다. ws://localhost:8080/ws처럼 적으세요: %q", s)
	case u.User != nil:
		return nil, errors.New("웹소켓의 주소에는 이름과 비밀번호를 적지 않습니다. -login 이름:비밀번호를 쓰세요")
	case u.Fragment != "":
		return nil, fmt.Errorf("웹소켓의 주소에는 #을 적지 않습니다: %q", s)
	}
	return u, nil
}

// withPath는 권하는 주소에 경로가 없으면 단계들이 쓰는 /ws를 붙입니다.
func withPath(address string) string {
	if _, path, _ := strings.Cut(strings.TrimRight(address, "/"), "://"); strings.Contains(path, "/") {
		return address
	}
	return strings.TrimRight(address, "/") + "/ws"
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
	case o.noRead && o.once:
		return errors.New("-once는 메시지를 기다리므로 -no-read와 함께 쓸 수 없습니다")
	case o.login != "" && !strings.Contains(o.login, ":"):
		return errors.New("-login은 이름:비밀번호로 적습니다. 예: -login gopher:websocket")
	case o.url.Scheme == "ws" && (o.ca != "" || o.insecure):
		return errors.New("-ca와 -insecure는 wss:// 주소에 씁니다. ws://에는 인증서가 없습니다")
	case o.ca != "" && o.insecure:
		return errors.New("-ca와 -insecure는 하나만 쓰세요. -insecure는 어떤 인증서도 확인하지 않습니다")
	case o.ca != "":
		return o.readRoots()
	}
	return nil
}

func (o *options) readRoots() error {
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

// firstMessage는 연결하자마자 보낼 실험용 메시지입니다. 없으면 nil입니다.
func (o *options) firstMessage() []byte {
	switch {
	case o.invalidUTF8:
		return []byte{0xff, 0xfe}
	case o.size >= 0:
		return bytes.Repeat([]byte("a"), o.size)
	default:
		return nil
	}
}
