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

// departure는 클라이언트가 떠난다는 알림입니다.
type departure struct {
	client *Client
	why    *ending
}

// Hub는 연결된 클라이언트 집합과 그 고루틴들의 주인입니다. clients는 run만 만지니
// 잠글 것이 없고, 메시지는 run이 꺼낸 차례대로 모두에게 갑니다.
type Hub struct {
	clients    map[*Client]bool
	broadcast  chan *message
	register   chan *Client
	unregister chan departure
	pumps      sync.WaitGroup
	closing    chan struct{} // run이 더는 채널을 듣지 않음
	done       chan struct{} // 모든 연결이 닫힘
}

func newHub() *Hub {
	return &Hub{
		clients:    make(map[*Client]bool),
		broadcast:  make(chan *message),
		register:   make(chan *Client),
		unregister: make(chan departure),
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
		case d := <-h.unregister:
			h.remove(d.client, d.why)
		case m := <-h.broadcast:
			// 이미 내보낸 클라이언트의 메시지는 전하지 않습니다.
			if h.clients[m.from] {
				h.sendAll(m)
			}
		}
	}
}

func (h *Hub) sendAll(m *message) {
	for c := range h.clients {
		h.send(c, m)
	}
}

// send는 기다리지 않습니다. 대기열이 찬 클라이언트는 내보냅니다.
func (h *Hub) send(c *Client, m *message) {
	select {
	case c.send <- m:
	default:
		h.kick(c, errTooSlow)
	}
}

// remove는 집합에서 빼고 writePump를 끝냅니다. 먼저 온 까닭만 남습니다.
func (h *Hub) remove(c *Client, why *ending) {
	if !h.clients[c] {
		return
	}
	delete(h.clients, c)
	c.end = why
	close(c.send)
}

// kick은 허브가 먼저 내보낼 때 씁니다. 닫기 프레임조차 읽지 않는 상대는
// closeWait 뒤에 끊습니다.
func (h *Hub) kick(c *Client, why *ending) {
	h.remove(c, why)
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

// leave가 돌아온 뒤로 c.end는 바뀌지 않습니다.
func (h *Hub) leave(c *Client, why *ending) {
	select {
	case h.unregister <- departure{c, why}:
	case <-h.closing:
	}
}

func (h *Hub) say(m *message) {
	select {
	case h.broadcast <- m:
	case <-h.closing:
	}
}
