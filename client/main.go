// client는 터미널에서 쓰는 웹소켓 클라이언트입니다. 표준 입력의 한 줄을 메시지 하나로
// 보내고, 받은 메시지를 한 줄씩 적습니다. Dialer를 배우려면 dial.go부터 읽으세요.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// 종료 상태입니다.
const (
	statusOK    = 0 // 1000으로 끝났거나 나가겠다고 하자 상대가 답했고, 잃은 입력이 없음
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
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return statusOK
	case err != nil:
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
	err := c.connect(ctx)
	c.sayUnsent()
	if err == nil && c.lost.Load() {
		err = errors.New("전하지 못한 입력이 있습니다. 까닭은 위에 적었습니다")
	}
	if err != nil {
		c.say("%v", err)
		return statusEnded
	}
	return statusOK
}
