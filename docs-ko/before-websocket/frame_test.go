package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/gorilla/websocket"
)

// handshake는 RFC 6455 1.3절의 보기 키로 하는 업그레이드 요청입니다.
const handshake = "GET /ws HTTP/1.1\r\n" +
	"Host: localhost\r\n" +
	"Connection: Upgrade\r\n" +
	"Upgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
	"\r\n"

func Example_frame() {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, handshake)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status)

	text := []byte("안녕")
	key := []byte{0x37, 0xfa, 0x21, 0x3d}
	frame := append([]byte{0x81, 0x80 | byte(len(text))}, key...)
	for i, b := range text {
		frame = append(frame, b^key[i%4])
	}
	conn.Write(frame)
	answer := make([]byte, 2+len(text))
	io.ReadFull(r, answer)

	fmt.Printf("글   % x\n", text)
	fmt.Printf("보냄 % x\n", frame)
	fmt.Printf("받음 % x\n", answer)
	// Output:
	// 101 Switching Protocols
	// 글   ec 95 88 eb 85 95
	// 보냄 81 86 37 fa 21 3d db 6f a9 d6 b2 6f
	// 받음 81 06 ec 95 88 eb 85 95
}

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		log.Printf("거절: %v", err)
		return
	}
	defer conn.Close()
	for {
		messageType, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(messageType, message); err != nil {
			return
		}
	}
}
