// 02-nextreader는 메시지를 통째로 담지 않고 흐르는 대로 되보냅니다. 노트: docs-ko/02-nextreader.md
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	if err := run(newHandler()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("/ws", serveWS)
	return mux
}

// 버퍼는 메시지의 크기를 제한하지 않습니다. 한 번에 읽고 쓰는 덩어리일 뿐입니다.
var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}

func serveWS(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		// HTTP 오류 응답은 Upgrade가 이미 보냈습니다. w에 더 쓰지 않습니다.
		log.Printf("%s 거절: %v", r.RemoteAddr, err)
		return
	}
	// 업그레이드한 연결은 net/http의 손을 떠났습니다. 패닉이 나도 우리가 닫습니다.
	defer conn.Close()
	log.Printf("%s 들어옴", conn.RemoteAddr())
	end := endOf(echo(conn))
	log.Printf("%s 나감: %v", conn.RemoteAddr(), end)
	hangUp(conn, end)
}

// echo는 연결이 끝날 때까지 메시지를 되보내고, 끝난 까닭을 반환합니다.
func echo(conn *websocket.Conn) error {
	for {
		messageType, r, err := conn.NextReader()
		if err != nil {
			return err
		}
		// RFC 6455 8.1절은 UTF-8이 아닌 텍스트를 받으면 끊으라고 합니다.
		// gorilla는 보지 않습니다.
		if messageType == websocket.TextMessage {
			r = &utf8Reader{r: r}
		}
		w, err := conn.NextWriter(messageType)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, r); err != nil {
			return err
		}
		// 마지막 프레임은 Close가 내보냅니다. 빠뜨리면 메시지가 끝나지 않습니다.
		if err := w.Close(); err != nil {
			return err
		}
	}
}
