package main

import (
	"log"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// sendQueue는 클라이언트 하나에 쌓아 둘 수 있는, 아직 쓰지 못한 메시지의 수입니다.
const sendQueue = 256

// Client는 연결 하나입니다. gorilla는 한 연결에 읽는 고루틴 하나와 쓰는 고루틴
// 하나만 허락합니다. 읽기는 readPump만, 쓰기는 writePump만 합니다. Close와
// WriteControl은 어느 고루틴에서 불러도 됩니다.
type Client struct {
	hub    *Hub
	conn   *websocket.Conn
	send   chan *message // 허브만 넣고 닫음
	echoed chan struct{} // 이 클라이언트가 보낸 메시지를 writePump가 썼음
	end    *ending       // send를 닫기 전에 허브가 적음
}

func newClient(hub *Hub, conn *websocket.Conn) *Client {
	return &Client{
		hub:    hub,
		conn:   conn,
		send:   make(chan *message, sendQueue),
		echoed: make(chan struct{}),
	}
}

// readPump가 연결을 끝까지 책임집니다. 어떻게 끝나든 읽기가 오류를 돌려줍니다.
func (c *Client) readPump() {
	err := c.read()
	c.hub.leave(c, endOf(err))
	log.Printf("%s 나감: %v", c.conn.RemoteAddr(), c.end)
	hangUp(c.conn, c.end)
}

func (c *Client) read() error {
	for {
		messageType, data, err := c.conn.ReadMessage()
		if err != nil {
			return err
		}
		if messageType != websocket.TextMessage {
			return errNotText
		}
		// 그대로 전하면 받은 브라우저가 자기 연결을 끊습니다. RFC 6455 8.1절.
		if !utf8.Valid(data) {
			return errNotUTF8
		}
		c.hub.say(&message{c, data})
		// 자기 메시지가 자기에게 쓰인 뒤에 다음 메시지를 읽습니다. 그래서 쏟아붓는
		// 클라이언트도 남의 대기열을 넘치게 하지 못합니다.
		<-c.echoed
	}
}

func (c *Client) writePump() {
	defer close(c.echoed)
	for m := range c.send {
		if err := c.write(m); err != nil {
			c.fail(err)
			return
		}
	}
	c.sayGoodbye()
}

func (c *Client) write(m *message) error {
	if err := c.conn.WriteMessage(websocket.TextMessage, m.data); err != nil {
		return err
	}
	if m.from == c {
		c.echoed <- struct{}{}
	}
	return nil
}

func (c *Client) sayGoodbye() {
	if c.end.code != 0 {
		message := websocket.FormatCloseMessage(c.end.code, c.end.reason)
		c.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(closeWait))
	}
}

// fail은 쓰기가 실패했을 때 readPump를 깨웁니다. 닫기 프레임이 이미 나갔으면
// readPump가 닫는 중이므로 건드리지 않습니다.
func (c *Client) fail(err error) {
	if err == websocket.ErrCloseSent {
		return
	}
	c.hub.leave(c, endOf(err))
	c.conn.Close()
}
