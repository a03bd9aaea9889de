package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

// connect는 이 컴퓨터 안에서 TCP 연결 하나의 두 끝을 엽니다.
func connect() (sender, receiver net.Conn) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	if sender, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		log.Fatal(err)
	}
	if receiver, err = listener.Accept(); err != nil {
		log.Fatal(err)
	}
	return sender, receiver
}

// TCP에는 메시지가 없습니다. 두 번 쓴 것이 다른 곳에서 끊깁니다.
func Example_stream() {
	sender, receiver := connect()
	defer sender.Close()
	defer receiver.Close()

	io.WriteString(sender, "안녕")
	io.WriteString(sender, "잘 가")
	time.Sleep(100 * time.Millisecond) // 받는 쪽은 다른 일을 하다가 읽습니다.
	buf := make([]byte, 8)
	for range 2 {
		n, _ := receiver.Read(buf)
		fmt.Printf("Read: %q\n", buf[:n])
	}
	// Output:
	// Read: "안녕\xec\x9e"
	// Read: "\x98 가"
}
