package gorilla_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

// 조용한 지 15초 뒤에 처음 묻고, 답이 없으면 15초마다 아홉 번까지 묻습니다. 포기하기까지 2분 30초입니다.
func TestKeepAliveOfAGoServerTakes150Seconds(t *testing.T) {
	conns := make(chan net.Conn, 1)
	s := wstest.StartServer(t, &http.Server{ConnState: func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			conns <- c
		}
	}})
	s.NetConn(t)
	raw, err := (<-conns).(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var on, idle, interval, count int
	err = raw.Control(func(fd uintptr) {
		on, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
		idle, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE)
		interval, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL)
		count, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT)
	})
	if err != nil {
		t.Fatal(err)
	}
	if on != 1 || idle != 15 || interval != 15 || count != 9 {
		t.Errorf("keepalive %d, 조용한 지 %d초 뒤부터 %d초마다 %d번, 원한 것 1, 15초, 15초, 9번", on, idle, interval, count)
	}
	if give := idle + interval*count; give != 150 {
		t.Errorf("포기하기까지 %d초, 원한 것 150초", give)
	}
}

func init() {
	// stopped-client는 연결한 다음 Ctrl-Z를 누른 것처럼 멈춥니다.
	programs["stopped-client"] = func(args []string) {
		_, err := net.Dial("tcp", args[0])
		check(err)
		fmt.Fprintln(os.Stderr, "브라우저에서 여세요: http://멈춥니다")
		check(syscall.Kill(os.Getpid(), syscall.SIGSTOP))
	}
}

// 프로그램이 멈춰도 커널은 살아 있습니다. keepalive에 답하는 것은 커널입니다.
func TestKeepAliveIsAnsweredForAStoppedProgram(t *testing.T) {
	every := net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 1}
	listener, err := (&net.ListenConfig{KeepAliveConfig: every}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	wstest.Run(t, "stopped-client", listener.Addr().String())
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	before := keepAlives(t)
	conn.SetReadDeadline(time.Now().Add(4 * time.Second)) // 답이 없으면 2초 뒤에 ETIMEDOUT입니다.
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("멈춘 프로그램에서 읽기 %v, 원한 것 %v", err, os.ErrDeadlineExceeded)
	}
	if sent := keepAlives(t) - before; sent < 2 {
		t.Errorf("keepalive %d번, 원한 것 2번 이상", sent)
	}
}

// 커널이 포기하면 읽기는 이 오류로 끝납니다. 마감 시각이 지난 오류처럼 Timeout()이 참입니다.
func TestGivingUpOnAPeerIsATimeout(t *testing.T) {
	var err error = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ETIMEDOUT)}
	if !isTimeout(err) || !strings.HasSuffix(err.Error(), "read: connection timed out") {
		t.Errorf("오류 %v, Timeout() %v", err, isTimeout(err))
	}
}

// keepAlives는 이 컴퓨터가 보낸 keepalive의 수입니다.
func keepAlives(t *testing.T) (n int) {
	t.Helper()
	stat, err := os.ReadFile("/proc/net/netstat")
	if err != nil {
		t.Skipf("keepalive의 수는 /proc이 있는 곳에서만 셉니다: %v", err)
	}
	_, names, _ := strings.Cut(string(stat), "TcpExt:")
	names, values, _ := strings.Cut(names, "\nTcpExt:")
	fields := strings.Fields(values)
	for i, name := range strings.Fields(names) {
		if name == "TCPKeepAlive" {
			fmt.Sscan(fields[i], &n)
			return n
		}
	}
	t.Skip("커널이 keepalive의 수를 세지 않습니다")
	return 0
}
