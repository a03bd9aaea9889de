package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
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
	"syscall"
	"time"
)

var addr = flag.String("addr", "localhost:8080", "서버를 열 `주소` (호스트:포트)")

//go:embed index.html
var indexHTML []byte

// run은 Ctrl-C를 누를 때까지 서버를 엽니다. 그때 ctx가 끝나고, 모든 연결이 닫히면 done이 닫힙니다.
func run(newHandler func(ctx context.Context) (handler http.Handler, done <-chan struct{})) error {
	switch err := parseFlags(); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Printf("사용법: %s [옵션]\n", flag.CommandLine.Name())
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
		return nil
	case err != nil:
		return err
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("%q을 쓸 수 없습니다. -addr localhost:8081처럼 빈 포트를 적으세요: %w", *addr, err)
	}
	ctx, closeHub := context.WithCancel(context.Background())
	defer closeHub()
	handler, done := newHandler(ctx)
	server := newServer(handler)
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	log.Printf("브라우저에서 여세요: %s (끝내려면 Ctrl-C)", pageURL(listener))
	context.AfterFunc(interrupted, func() {
		stop() // 한 번 더 누른 Ctrl-C는 기다리지 않고 끝냅니다.
		log.Print("서버를 닫습니다.")
		server.Close() // 업그레이드한 연결은 모릅니다. 그 연결은 허브가 닫습니다.
		closeHub()
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-done
	return nil
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

// pageURL은 브라우저로 열 주소입니다. 모든 주소에서 듣는 서버는 localhost로 엽니다.
func pageURL(listener net.Listener) string {
	host, _, _ := net.SplitHostPort(*addr)
	bound := listener.Addr().(*net.TCPAddr)
	if host == "" || bound.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(bound.Port))
}

// newServer는 요청을 다 보내지 않거나 응답을 읽지 않는 상대를 끊습니다. 업그레이드한 뒤에는 걸리지 않습니다.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:        handler,
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   10 * time.Second,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 12 << 10, // net/http는 여기에 4 KiB를 더해 16 KiB까지 읽습니다.
	}
}

// policy는 index.html의 스크립트와 스타일만 쓰게 하고, 남의 페이지에 끼워 넣지 못하게 합니다.
var policy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'; script-src " + hashOf("script") + "; style-src " + hashOf("style")

func hashOf(element string) string {
	_, after, _ := bytes.Cut(indexHTML, []byte("<"+element+">"))
	text, _, _ := bytes.Cut(after, []byte("</"+element+">"))
	sum := sha256.Sum256(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))) // 브라우저처럼 LF로
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", policy)
	w.Write(indexHTML)
}
