// 05-readlimit은 낯선 사람이 쓸 메모리를 client.go에서 정합니다. 노트: docs-ko/05-readlimit.md
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	if err := run(newHandler); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// newHandler는 허브를 띄웁니다. 허브는 ctx가 끝나면 모든 연결을 닫고, 그다음
// done을 닫습니다.
func newHandler(ctx context.Context) (handler http.Handler, done <-chan struct{}) {
	hub := newHub()
	go hub.run(ctx)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		serveWS(ctx, hub, w, r)
	})
	return mux, hub.done
}

// 버퍼는 메시지의 크기를 제한하지 않습니다. 한 번에 읽고 쓰는 덩어리일 뿐입니다.
var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}

// serveWS는 연결을 허브에 넘기고 바로 돌아옵니다. 핸들러가 연결과 함께 남으면
// net/http의 버퍼와 요청도 남습니다. ctx는 r.Context()와 달리 서버가 닫힐 때 끝납니다.
func serveWS(ctx context.Context, hub *Hub, w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		// HTTP 오류 응답은 Upgrade가 이미 보냈습니다. w에 더 쓰지 않습니다.
		log.Printf("%s 거절: %v", r.RemoteAddr, err)
		return
	}
	log.Printf("%s 들어옴", conn.RemoteAddr())
	select {
	case hub.register <- newClient(hub, conn):
	case <-ctx.Done(): // 허브는 더 받지 않습니다.
		log.Printf("%s 나감: %v", conn.RemoteAddr(), errGoingAway)
		hangUp(conn, errGoingAway)
	}
}
