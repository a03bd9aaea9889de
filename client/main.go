// client는 터미널에서 쓰는 웹소켓 클라이언트입니다. 표준 입력의 한 줄을 메시지 하나로
// 보내고, 받은 메시지를 한 줄씩 적습니다. -frames를 주면 오간 프레임을,
// -handshake를 주면 핸드셰이크를 보입니다.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// 종료 상태입니다.
const (
	statusOK    = 0 // 1000으로 끝났거나, 나가겠다고 하자 상대가 답함
	statusEnded = 1 // 그 밖의 끝. 까닭은 표준 오류의 마지막 줄
	statusUsage = 2 // 옵션이나 주소가 잘못됨
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // 한 번 더 누른 Ctrl-C는 기다리지 않고 끝냅니다.
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	opts, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return statusOK
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return statusUsage
	}
	return newClient(opts, stdin, stdout, stderr).run(ctx)
}

func (c *client) run(ctx context.Context) int {
	stopped := make(chan struct{})
	defer close(stopped)
	c.lines = c.readLines(stopped)
	if c.insecure {
		c.say("경고: 인증서를 확인하지 않습니다. 상대가 누구인지 알 수 없으니 연습에만 쓰세요.")
	}
	if err := c.connect(ctx); err != nil {
		c.say("%v", err)
		return statusEnded
	}
	return statusOK
}

// client는 연결이 바뀌어도 남는 것입니다.
type client struct {
	*options
	tls            *tls.Config
	netDial        dialFunc
	jitter         func(limit time.Duration) time.Duration
	lines          <-chan string // 표준 입력. 끝나면 닫힘
	first          []byte        // 연결하자마자 보낼 메시지
	stdin          io.Reader
	stdout, stderr io.Writer
	screen         bool // stdout이 터미널
}

func newClient(opts *options, stdin io.Reader, stdout, stderr io.Writer) *client {
	var d net.Dialer
	return &client{
		options: opts,
		tls: &tls.Config{
			ServerName:         opts.url.Hostname(),
			RootCAs:            opts.roots,
			InsecureSkipVerify: opts.insecure,
			NextProtos:         []string{"http/1.1"}, // HTTP/2로는 웹소켓을 열 수 없습니다.
		},
		netDial: d.DialContext,
		jitter:  fullJitter,
		first:   opts.firstMessage(),
		stdin:   stdin,
		stdout:  stdout,
		stderr:  stderr,
		screen:  isTerminal(stdout),
	}
}

// say는 메시지가 아닌 것을 표준 오류에 한 줄로 적습니다. 그래야 표준 출력을 다른
// 프로그램에 넘겨도 메시지만 갑니다.
func (c *client) say(format string, args ...any) {
	fmt.Fprintf(c.stderr, format+"\n", args...)
}

const maxLine = 1 << 20

// readLines의 고루틴은 입력이 끝나거나 stopped가 닫히면 끝납니다. 터미널에서 읽는
// 중이면 멈출 방법이 없어서 프로그램과 함께 끝납니다.
func (c *client) readLines(stopped <-chan struct{}) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(c.stdin)
		scanner.Buffer(nil, maxLine)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			case <-stopped:
				return
			}
		}
		if err := scanner.Err(); err != nil {
			c.say("표준 입력을 더 읽을 수 없습니다. 한 줄은 %d바이트까지입니다: %v", maxLine, err)
		}
	}()
	return lines
}
