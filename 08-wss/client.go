package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxQueue는 기다리는 묶음의 최대 메시지 수입니다. 쓰고 있는 묶음은 세지 않습니다.
const maxQueue = 4096

// maxMessageSize는 프레임이 몇 개든 메시지 하나의 바이트 수입니다. 한글은 3바이트이니
// 512바이트는 170자입니다. 압축을 켜면 풀기 전의 바이트를 셉니다.
const maxMessageSize = 512

// maxAhead는 자기에게 돌아온 것보다 앞서 넘길 수 있는 메시지의 수입니다.
const maxAhead = 128

var errTooBig = &ending{
	websocket.CloseMessageTooBig, fmt.Sprintf("메시지가 %d바이트를 넘습니다", maxMessageSize),
}

// writeWait는 쓰기 한 번에 주는 시간입니다.
const writeWait = 10 * time.Second

var pongWait = 60 * time.Second

func init() {
	flag.Func("pong-wait", "pong을 기다리는 `시간`, 1s 이상 (기본 60s)", func(s string) (err error) {
		pongWait, err = time.ParseDuration(s)
		if err == nil && pongWait < time.Second {
			err = errors.New("1s 이상이어야 합니다")
		}
		return err
	})
}

// Client는 연결 하나입니다. gorilla는 한 연결에 읽는 고루틴 하나와 쓰는 고루틴
// 하나만 허용합니다. 읽기는 readPump만, 쓰기는 writePump만 합니다. Close와
// WriteControl은 어느 고루틴에서 불러도 됩니다.
type Client struct {
	hub  *Hub
	conn *websocket.Conn
	user string
	send chan []*message        // 쓰기를 기다리는 한 묶음. 칸은 하나. 허브만 넣고 닫음
	turn chan struct{}          // 메시지를 넘길 차례. 자기 메시지가 돌아올 때마다 하나 늘어남
	end  atomic.Pointer[ending] // 처음 적힌 까닭
}

func newClient(hub *Hub, conn *websocket.Conn, user string) *Client {
	c := &Client{hub: hub, conn: conn, user: user}
	c.send, c.turn = make(chan []*message, 1), make(chan struct{}, maxAhead)
	for range maxAhead {
		c.turn <- struct{}{}
	}
	return c
}

// readPump가 연결을 끝까지 책임집니다. 어떻게 끝나든 읽기가 오류를 반환합니다.
func (c *Client) readPump() {
	e := endOf(c.read())
	c.end.CompareAndSwap(nil, e)
	c.hub.unregister <- c
	log.Printf("%s %s 나감: %v", c.conn.RemoteAddr(), c.user, c.end.Load())
	hangUp(c.conn, e)
}

func (c *Client) read() error {
	c.conn.SetReadLimit(maxMessageSize) // 기본값은 무제한입니다.
	// 데이터가 아니라 pong만 마감 시각을 늦춥니다. 처리기는 읽는 동안 불립니다.
	deadline := time.Now().Add(pongWait)
	c.conn.SetReadDeadline(deadline)
	c.conn.SetPongHandler(func(string) error {
		deadline = time.Now().Add(pongWait)
		return c.conn.SetReadDeadline(deadline)
	})
	for {
		messageType, data, err := c.conn.ReadMessage()
		if errors.Is(err, websocket.ErrReadLimit) {
			return errTooBig // 대개 gorilla가 1009를 이미 보냈습니다.
		}
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
		// 쏟아붓는 클라이언트도 자기가 받는 것보다 빨리 보내지는 못합니다.
		select {
		case <-c.turn:
		default: // 기다리는 동안에는 pong을 읽지 못하니 그만큼만 늦춥니다.
			begin := time.Now()
			<-c.turn
			deadline = deadline.Add(time.Since(begin))
			c.conn.SetReadDeadline(deadline)
		}
		c.hub.broadcast <- &message{c, data}
	}
}

func (c *Client) writePump() {
	defer close(c.turn)
	ticker := time.NewTicker(pongWait / 10 * 9)
	defer ticker.Stop()
	for {
		var err error
		select {
		case <-ticker.C:
			err = c.ping()
		case queue, ok := <-c.send:
			if !ok {
				sayGoodbye(c.conn, c.end.Load()) // send가 닫히기 전에 까닭이 적힙니다.
				return
			}
			err = c.writeAll(queue, ticker.C)
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

// ping에는 브라우저가 스스로 pong으로 답합니다. 페이지의 스크립트는 모릅니다.
func (c *Client) ping() error {
	return c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait))
}

func (c *Client) writeAll(queue []*message, tick <-chan time.Time) error {
	for _, m := range queue {
		if c.end.Load() == errTooSlow {
			return nil // 다 읽지 못할 상대에게는 닫기 코드부터 보냅니다.
		}
		select {
		case <-tick: // ping이 밀린 묶음의 끝을 기다리지 않습니다.
			if err := c.ping(); err != nil {
				return err
			}
		default:
		}
		// 마감 시각은 시각이지 시간이 아닙니다. 쓸 때마다 다시 정합니다.
		c.conn.SetWriteDeadline(time.Now().Add(writeWait))
		if err := c.conn.WriteMessage(websocket.TextMessage, m.data); err != nil {
			return err
		}
		if m.from == c {
			c.turn <- struct{}{}
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
