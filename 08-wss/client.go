package main

import (
	"flag"
	"log"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxQueue는 클라이언트 하나에 쌓아 두는, 아직 쓰지 못한 메시지의 최대 수입니다.
const maxQueue = 4096

// maxAhead는 자기에게 쓰인 것보다 앞서 넘길 수 있는 메시지의 수입니다.
const maxAhead = 128

// maxMessageSize는 프레임이 몇 개든 메시지 하나의 바이트 수입니다. 한글은 3바이트이니
// 512바이트는 170자입니다. 압축을 켜면 풀기 전의 바이트를 셉니다.
const maxMessageSize = 512

// writeWait는 쓰기 한 번에 주는 시간입니다.
const writeWait = 10 * time.Second

var pongWait = flag.Duration("pong-wait", 60*time.Second, "pong을 기다리는 `시간`, 1s 이상")

// Client는 연결 하나입니다. gorilla는 한 연결에 읽는 고루틴 하나와 쓰는 고루틴
// 하나만 허락합니다. 읽기는 readPump만, 쓰기는 writePump만 합니다. Close와
// WriteControl은 어느 고루틴에서 불러도 됩니다.
type Client struct {
	hub  *Hub
	conn *websocket.Conn
	user string
	wake chan struct{} // queue가 비어 있지 않음
	turn chan struct{} // 메시지를 넘길 차례. 자기에게 쓰일 때마다 하나 돌아옴

	mu    sync.Mutex
	queue []*message // 쓰기를 기다리는 메시지. nil은 끝
	end   *ending    // 처음 적힌 까닭이 남음
}

func newClient(hub *Hub, conn *websocket.Conn, user string) *Client {
	c := &Client{
		hub:  hub,
		conn: conn,
		user: user,
		wake: make(chan struct{}, 1),
		turn: make(chan struct{}, maxAhead),
	}
	for range maxAhead {
		c.turn <- struct{}{}
	}
	return c
}

// readPump가 연결을 끝까지 책임집니다. 어떻게 끝나든 읽기가 오류를 돌려줍니다.
func (c *Client) readPump() {
	e := endOf(c.read())
	c.finish(e)
	c.hub.leave(c)
	log.Printf("%s %s 나감: %v", c.conn.RemoteAddr(), c.user, c.end)
	hangUp(c.conn, e)
}

func (c *Client) read() error {
	// 넘으면 gorilla가 1009로 닫고 ErrReadLimit을 돌려줍니다. 기본값은 무제한입니다.
	c.conn.SetReadLimit(maxMessageSize)
	// 데이터가 아니라 pong만 마감 시각을 늦춥니다. 처리기는 읽는 동안 불립니다.
	c.conn.SetReadDeadline(time.Now().Add(*pongWait))
	c.conn.SetPongHandler(func(string) error {
		return c.conn.SetReadDeadline(time.Now().Add(*pongWait))
	})
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
		// maxAhead개까지만 앞서 넘기고, 그다음은 자기에게 쓰인 만큼 넘깁니다. 그래서
		// 쏟아붓는 클라이언트도 자기가 받는 것보다 빨리 보내지는 못합니다.
		<-c.turn
		c.hub.say(&message{c, data})
	}
}

func (c *Client) writePump() {
	defer close(c.turn)
	ticker := time.NewTicker(*pongWait / 10 * 9)
	defer ticker.Stop()
	for {
		var err error
		select {
		case <-c.wake:
			m := c.pop()
			if m == nil {
				c.sayGoodbye()
				return
			}
			err = c.write(m)
		case <-ticker.C:
			err = c.ping()
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

// ping에는 브라우저가 스스로 pong으로 답합니다. 페이지의 스크립트는 모릅니다.
func (c *Client) ping() error {
	c.conn.SetWriteDeadline(time.Now().Add(writeWait))
	return c.conn.WriteMessage(websocket.PingMessage, nil)
}

func (c *Client) write(m *message) error {
	// 마감 시각은 시각이지 시간이 아닙니다. 쓸 때마다 다시 정합니다.
	c.conn.SetWriteDeadline(time.Now().Add(writeWait))
	if err := c.conn.WriteMessage(websocket.TextMessage, m.data); err != nil {
		return err
	}
	if m.from == c {
		c.turn <- struct{}{}
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
	c.finish(&ending{reason: endOf(err).reason}) // 닫기 프레임도 쓸 수 없습니다.
	c.conn.Close()
}

// push는 기다리지 않고 대기열에 넣습니다. 대기열이 찼으면 false입니다. 채널이 아니라
// 슬라이스라서, 조용한 연결은 대기열에 메모리를 쓰지 않습니다.
func (c *Client) push(m *message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) >= maxQueue {
		return false
	}
	c.queue = append(c.queue, m)
	c.ring()
	return true
}

func (c *Client) pop() *message {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.queue[0]
	c.queue[0] = nil
	c.queue = c.queue[1:]
	if len(c.queue) == 0 {
		c.queue = nil
		return m
	}
	c.ring()
	return m
}

// finish는 대기열 끝에 끝을 넣습니다. 대기열이 찼으면 비웁니다. 다 읽지 못할
// 상대에게는 닫기 코드부터 보냅니다.
func (c *Client) finish(why *ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		return
	}
	c.end = why
	if len(c.queue) >= maxQueue {
		c.queue = nil
	}
	c.queue = append(c.queue, nil)
	c.ring()
}

func (c *Client) ring() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
