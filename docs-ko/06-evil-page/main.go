// 06-evil-page는 DNS rebinding을 이 컴퓨터 안에서 해 보이는 공격자의 서버입니다. 노트: docs-ko/06-origin.md
//
// 브라우저는 evil.localhost를 [::1]과 127.0.0.1 두 주소로 알고, 차례로 연결해 봅니다. 이 서버는
// [::1]에서 페이지를 한 번 내주고 사라집니다. 그 페이지가 같은 이름으로 여는 웹소켓은 127.0.0.1에서
// 듣는 남의 서버로 갑니다.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

var addr = flag.String("addr", "localhost:8080", "속일 서버의 `주소`. 포트만 따라 합니다")

//go:embed page.html
var page []byte

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	switch err := parseFlags(); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Printf("사용법: %s [옵션]\n", flag.CommandLine.Name())
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
		return nil
	case err != nil:
		return err
	}
	_, port, err := net.SplitHostPort(*addr)
	if err != nil {
		return fmt.Errorf("-addr %q에서 포트를 읽을 수 없습니다. localhost:8080처럼 적으세요: %w", *addr, err)
	}
	listener, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		return fmt.Errorf("[::1]:%s에서 들을 수 없습니다. 속일 서버를 -addr localhost:%[1]s로 띄웠는지, IPv6를 쓸 수 있는지 보세요: %w", port, err)
	}
	name := net.JoinHostPort("evil.localhost", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(interrupted, func() { listener.Close() })
	log.Printf("브라우저에서 여세요: http://%s (끝내려면 Ctrl-C)", name)
	return serveOnce(listener, name)
}

func parseFlags() error {
	// 기본 설정은 영어 오류와 사용법 여러 줄을 찍고 끝냅니다.
	flag.CommandLine.Init(filepath.Base(os.Args[0]), flag.ContinueOnError)
	flag.CommandLine.SetOutput(io.Discard)
	if err := flag.CommandLine.Parse(os.Args[1:]); err != nil {
		return fmt.Errorf("옵션이 잘못되었습니다. -h로 쓸 수 있는 옵션을 보세요: %w", err)
	}
	if flag.NArg() > 0 {
		return fmt.Errorf("모르는 인자입니다. -addr localhost:8081처럼 옵션 뒤에 적으세요: %q", flag.Arg(0))
	}
	return nil
}

// serveOnce는 name으로 온 첫 방문자에게 페이지를 내주고 돌아옵니다. 페이지를 쓰기 전에 포트를 닫으므로,
// 페이지의 스크립트가 돌 때 [::1]에는 아무도 없습니다.
func serveOnce(listener net.Listener, name string) error {
	server := &http.Server{ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != name || r.URL.Path != "/" {
			http.Error(w, "http://"+name+"을 여세요", http.StatusNotFound)
			return
		}
		listener.Close()
		log.Printf("%s에게 페이지를 내주고 사라집니다.", r.RemoteAddr)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Connection", "close")
		w.Write(page)
	})
	if err := server.Serve(listener); !errors.Is(err, net.ErrClosed) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close() // 미리 열어 두기만 한 연결은 기다리지 않습니다.
	}
	return nil
}
