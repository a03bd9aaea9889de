package main

import (
	"context"
	"sync"
	"time"
)

// message는 허브를 지나가는 메시지 하나입니다.
type message struct {
	from *Client
	data []byte
}

// Hub는 연결된 클라이언트 집합과 그 고루틴들의 주인입니다. clients는 run만 만지니
// 잠글 것이 없고, 메시지는 run이 꺼낸 차례대로 모두에게 갑니다.
type Hub struct {
	clients    map[*Client]bool
	broadcast  chan *message
	register   chan *Client
	unregister chan *Client
	pumps      sync.WaitGroup
	closing    chan struct{} // run이 더는 채널을 듣지 않음
	done       chan struct{} // 모든 연결이 닫힘
}

func newHub() *Hub {
	return &Hub{
		clients:    make(map[*Client]bool),
		broadcast:  make(chan *message),
		register:   make(chan *Client),
		unregister: make(chan *Client),
		closing:    make(chan struct{}),
		done:       make(chan struct{}),
	}
}

func (h *Hub) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			h.shutdown()
			return
		case c := <-h.register:
			h.clients[c] = true
			h.pumps.Go(c.readPump)
			h.pumps.Go(c.writePump)
		case c := <-h.unregister:
			h.remove(c)
		case m := <-h.broadcast:
			// 이미 내보낸 클라이언트의 메시지는 전하지 않습니다.
			if h.clients[m.from] {
				h.sendAll(m)
			}
		}
	}
}

// sendAll은 누구도 기다리지 않습니다. 대기열이 찬 클라이언트는 내보냅니다.
func (h *Hub) sendAll(m *message) {
	for c := range h.clients {
		if !c.push(m) {
			h.kick(c, errTooSlow)
		}
	}
}

func (h *Hub) remove(c *Client) {
	delete(h.clients, c)
}

// kick은 허브가 먼저 내보낼 때 씁니다. 닫기 프레임조차 읽지 않는 상대는
// closeWait 뒤에 끊습니다.
func (h *Hub) kick(c *Client, why *ending) {
	h.remove(c)
	c.finish(why)
	time.AfterFunc(closeWait, func() { c.conn.Close() })
}

func (h *Hub) shutdown() {
	for c := range h.clients {
		h.kick(c, errGoingAway)
	}
	close(h.closing)
	h.pumps.Wait()
	close(h.done)
}

// join은 허브가 닫히는 중이면 false입니다.
func (h *Hub) join(c *Client) bool {
	select {
	case h.register <- c:
		return true
	case <-h.closing:
		return false
	}
}

func (h *Hub) leave(c *Client) {
	select {
	case h.unregister <- c:
	case <-h.closing:
	}
}

func (h *Hub) say(m *message) {
	select {
	case h.broadcast <- m:
	case <-h.closing:
	}
}
