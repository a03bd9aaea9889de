// 08-eavesdrop은 길목의 사람입니다. 브라우저와 서버 사이에서 바이트를 전하면서 엿듣습니다.
// 자기가 띄운 서버에만 씁니다. 노트: docs-ko/08-wss.md
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

var (
	addr     = flag.String("addr", "localhost:8081", "엿들을 `주소`")
	to       = flag.String("to", "localhost:8080", "전해 줄 서버의 `주소`")
	certFile = flag.String("cert", "", "서버인 척 내밀 PEM 인증서 `파일` (기본: 듣기만 함)")
	keyFile  = flag.String("key", "", "그 인증서의 PEM 개인 키 `파일`")
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	flag.CommandLine.Init(filepath.Base(os.Args[0]), flag.ContinueOnError)
	flag.CommandLine.SetOutput(io.Discard)
	switch err := flag.CommandLine.Parse(os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Printf("사용법: %s [옵션]\n", flag.CommandLine.Name())
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
		return nil
	case err != nil:
		return fmt.Errorf("옵션이 잘못되었습니다. -h로 쓸 수 있는 옵션을 보세요: %w", err)
	case flag.NArg() > 0:
		return fmt.Errorf("모르는 인자입니다. -to localhost:8080처럼 옵션 뒤에 적으세요: %q", flag.Arg(0))
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("%q을 쓸 수 없습니다. -addr localhost:8082처럼 빈 포트를 적으세요: %w", *addr, err)
	}
	tcp := &net.Dialer{Timeout: 5 * time.Second}
	dial, open := tcp.Dial, "http://%s (서버가 TLS를 쓰면 https, 끝내려면 Ctrl-C)"
	if *certFile != "" || *keyFile != "" {
		cert, err := tls.LoadX509KeyPair(*certFile, *keyFile)
		if err != nil {
			return fmt.Errorf("인증서를 읽을 수 없습니다. -cert와 -key의 PEM 파일을 확인하세요: %w", err)
		}
		// 양쪽의 TLS를 여기서 종료합니다. 자기가 속이는 쪽이니 서버의 인증서는 확인하지 않습니다.
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{cert}})
		dial = (&tls.Dialer{NetDialer: tcp, Config: &tls.Config{InsecureSkipVerify: true}}).Dial
		open = "https://%s (끝내려면 Ctrl-C)"
	}
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(interrupted, func() { listener.Close() })
	log.SetFlags(log.Ltime)
	host, _, _ := net.SplitHostPort(*addr)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	log.Printf("브라우저에서 여세요: "+open, net.JoinHostPort(host, port))
	for n := 1; ; n++ {
		client, err := listener.Accept()
		if interrupted.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go relay(n, client, dial)
	}
}

// relay는 두 방향을 따로 전합니다. 한쪽이 다 보냈으면 그 방향만 닫습니다.
func relay(n int, client net.Conn, dial func(network, addr string) (net.Conn, error)) {
	defer client.Close()
	server, err := dial("tcp", *to)
	if err != nil {
		log.Printf("%d번 서버에 연결할 수 없습니다. -to의 서버를 먼저 띄우세요: %v", n, err)
		return
	}
	defer server.Close()
	pass := func(to, from net.Conn, arrow string) {
		heard := &ear{note: func(text string) { log.Printf("%d번 %s %s", n, arrow, text) }}
		io.Copy(to, io.TeeReader(impatient{from}, heard))
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		pass(client, server, "←")
	}()
	pass(server, client, "→")
	<-answered
}

// impatient는 조용한 연결을 끊습니다. 04부터는 ping이 이보다 자주 지나갑니다.
type impatient struct{ net.Conn }

func (c impatient) Read(b []byte) (int, error) {
	c.SetDeadline(time.Now().Add(2 * time.Minute))
	return c.Conn.Read(b)
}
