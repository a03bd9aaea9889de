package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"gorilla-websocket-ko/internal/wire"
)

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// client는 연결이 바뀌어도 남는 것입니다.
type client struct {
	*options
	tls            *tls.Config
	netDial        dialFunc
	jitter         func(limit time.Duration) time.Duration
	lines          <-chan string // 표준 입력. 끝나면 닫힘
	connected      bool          // 한 번이라도 연결함
	lost           atomic.Bool   // 전하지 못한 입력이 있음
	stdin          io.Reader
	stdout, stderr io.Writer
}

func newClient(opts *options, stdin io.Reader, stdout, stderr io.Writer) *client {
	return &client{
		options: opts,
		tls:     &tls.Config{ServerName: opts.url.Hostname(), RootCAs: opts.roots, InsecureSkipVerify: opts.insecure},
		netDial: new(net.Dialer).DialContext,
		jitter:  fullJitter,
		stdin:   stdin, stdout: stdout, stderr: stderr,
	}
}

// say는 메시지가 아닌 것을 표준 오류에 적습니다. 표준 출력을 파이프에 넘기면 메시지만 갑니다.
func (c *client) say(format string, args ...any) {
	fmt.Fprintf(c.stderr, format+"\n", args...)
}

// lose는 전하지 못한 입력을 말합니다. 그런 입력이 있으면 0으로 끝나지 않습니다.
func (c *client) lose(format string, args ...any) {
	c.lost.Store(true)
	c.say(format, args...)
}

// print는 메시지를 적습니다. 파이프에는 받은 그대로 적습니다. -frames의 표에는 이미 있습니다.
func (c *client) print(text string) {
	if isTerminal(c.stdout) {
		text = wire.Visible(text)
	}
	if !c.frames {
		fmt.Fprintln(c.stdout, text)
	}
}

const maxLine = 1 << 20

// readLines의 고루틴은 입력이 끝나거나 stopped가 닫히거나, 프로그램과 함께 끝납니다.
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
			c.lose("표준 입력을 더 읽을 수 없습니다. 한 줄은 %d바이트까지입니다: %v", maxLine, err)
		}
	}()
	return lines
}

// sayUnsent는 입력했지만 보낼 곳이 없어진 줄을 말합니다. 연결하지 못했으면 아무것도
// 나가지 않은 것이 분명하고, -once는 한 줄만 보내기로 한 것입니다.
func (c *client) sayUnsent() {
	if c.once || !c.connected && !c.reconnect {
		return
	}
	select {
	case line, ok := <-c.lines:
		if ok {
			c.lose("보내지 못한 줄: %q", line)
		}
	default:
	}
}

func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	null, _ := os.Stat(os.DevNull) // 이것도 문자 장치입니다.
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && !os.SameFile(info, null)
}
