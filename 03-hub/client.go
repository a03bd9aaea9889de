package main

import (
	"errors"
	"log"
	"sync/atomic"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxQueue는 기다리는 묶음의 최대 메시지 수입니다. 쓰고 있는 묶음은 세지 않습니다.
const maxQueue = 4096

// Client는 연결 하나입니다. gorilla는 한 연결에 읽는 고루틴 하나와 쓰는 고루틴
// 하나만 허용합니다. 읽기는 readPump만, 쓰기는 writePump만 합니다. Close와
// WriteControl은 어느 고루틴에서 불러도 됩니다.
type Client struct {
	hub  *Hub
	conn *websocket.Conn
	send chan []*message        // 쓰기를 기다리는 한 묶음. 칸은 하나. 허브만 넣고 닫음
	end  atomic.Pointer[ending] // 처음 적힌 까닭
}

func newClient(hub *Hub, conn *websocket.Conn) *Client {
	return &Client{hub: hub, conn: conn, send: make(chan []*message, 1)}
}

// readPump가 연결을 끝까지 책임집니다. 어떻게 끝나든 읽기가 오류를 반환합니다.
func (c *Client) readPump() {
	e := endOf(c.read())
	c.end.CompareAndSwap(nil, e)
	c.hub.unregister <- c
	log.Printf("%s 나감: %v", c.conn.RemoteAddr(), c.end.Load())
	hangUp(c.conn, e)
}

func (c *Client) read() error {
	for {
		messageType, data, err := c.conn.ReadMessage()
		if err != nil {
			return err
		}
		if messageType != websocket.TextMessage {
			return &ending{websocket.CloseUnsupportedData, "텍스트 메시지만 받습니다"}
		}
		// 그대로 전하면 받은 브라우저가 자기 연결을 끊습니다. RFC 6455 8.1절.
		if !utf8.Valid(data) {
			return errNotUTF8
		}
		c.hub.broadcast <- &message{c, data}
	}
}

func (c *Client) writePump() {
	for queue := range c.send {
		if err := c.writeAll(queue); err != nil {
			c.fail(err)
			return
		}
	}
	sayGoodbye(c.conn, c.end.Load()) // send가 닫히기 전에 까닭이 적힙니다.
}

func (c *Client) writeAll(queue []*message) error {
	for _, m := range queue {
		if c.end.Load() == errTooSlow {
			return nil // 다 읽지 못할 상대에게는 닫기 코드부터 보냅니다.
		}
		if err := c.conn.WriteMessage(websocket.TextMessage, m.data); err != nil {
			return err
		}
	}
	return nil
}

// fail은 쓰기가 실패했을 때 readPump를 깨웁니다. 닫기 프레임이 이미 나갔으면
// readPump가 닫는 중이므로 건드리지 않습니다.
func (c *Client) fail(err error) {
	if !errors.Is(err, websocket.ErrCloseSent) {
		c.end.CompareAndSwap(nil, &ending{reason: endOf(err).reason}) // 닫기 프레임도 쓸 수 없습니다.
		c.conn.Close()
	}
}
