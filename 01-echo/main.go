// 01-echo는 받은 메시지를 종류와 바이트 그대로 되보냅니다. 노트: docs-ko/01-echo.md
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"unicode/utf8"

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
		messageType, message, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		// RFC 6455 8.1절은 UTF-8이 아닌 텍스트를 받으면 끊으라고 합니다.
		// gorilla는 보지 않습니다.
		if messageType == websocket.TextMessage && !utf8.Valid(message) {
			return errNotUTF8
		}
		if err := conn.WriteMessage(messageType, message); err != nil {
			return err
		}
	}
}
