package main

import (
	"errors"
	"flag"
	"log"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxQueue는 기다리는 묶음의 최대 메시지 수입니다. 쓰고 있는 묶음은 세지 않습니다.
const maxQueue = 4096

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
	// 데이터가 아니라 pong만 마감 시각을 늦춥니다. 처리기는 읽는 동안 불립니다.
	c.conn.SetReadDeadline(time.Now().Add(pongWait))
	c.conn.SetPongHandler(func(string) error {
		return c.conn.SetReadDeadline(time.Now().Add(pongWait))
	})
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
