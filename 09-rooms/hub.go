package main

import (
	"context"
	"sync"
	"time"
)

// request는 클라이언트가 허브에 부탁하는 일입니다. 이벤트는 parseEvent의 결과입니다.
type request struct {
	from  *Client
	event any
}

// message는 허브를 지나가는 메시지 하나입니다.
type message struct {
	from *Client
	data []byte
}

// Hub는 연결된 클라이언트 집합과 그 고루틴들의 주인입니다. clients와 rooms는 run만
// 만지니 잠글 것이 없고, 메시지는 run이 꺼낸 차례대로 방 안의 모두에게 갑니다.
type Hub struct {
	clients    map[*Client]bool
	rooms      map[string]map[*Client]bool
	requests   chan *request
	register   chan *Client
	unregister chan *Client
	pumps      sync.WaitGroup
	closing    chan struct{} // run이 더는 채널을 듣지 않음
	done       chan struct{} // 모든 연결이 닫힘
}

func newHub() *Hub {
	return &Hub{
		clients:    make(map[*Client]bool),
		rooms:      make(map[string]map[*Client]bool),
		requests:   make(chan *request),
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
			h.enter(c, firstRoom)
			h.pumps.Go(c.readPump)
			h.pumps.Go(c.writePump)
		case c := <-h.unregister:
			h.remove(c)
		case r := <-h.requests:
			// 이미 내보낸 클라이언트의 메시지는 전하지 않습니다.
			if h.clients[r.from] {
				h.handle(r.from, r.event)
			}
		}
	}
}

// handle은 부탁 하나마다 부탁한 클라이언트에게도 이벤트 하나를 보냅니다. 그것이
// 쓰여야 그 클라이언트의 다음 차례가 옵니다.
func (h *Hub) handle(c *Client, event any) {
	switch e := event.(type) {
	case sendMessage:
		h.sendAll(&message{c, encode("new_message", newMessage{e.Message, c.user, time.Now()})})
	case changeRoom:
		h.exit(c)
		h.enter(c, e.Name)
		h.send(c, &message{c, encode("room_changed", roomChanged(e))})
	case problem:
		h.send(c, &message{c, encode("error", e)})
	}
}

func (h *Hub) enter(c *Client, room string) {
	if h.rooms[room] == nil {
		h.rooms[room] = make(map[*Client]bool)
	}
	h.rooms[room][c] = true
	c.room = room
}

// exit은 빈 방을 남기지 않습니다.
func (h *Hub) exit(c *Client) {
	delete(h.rooms[c.room], c)
	if len(h.rooms[c.room]) == 0 {
		delete(h.rooms, c.room)
	}
}

func (h *Hub) sendAll(m *message) {
	for c := range h.rooms[m.from.room] {
		h.send(c, m)
	}
}

// send는 누구도 기다리지 않습니다. 대기열이 찬 클라이언트는 내보냅니다.
func (h *Hub) send(c *Client, m *message) {
	if !c.push(m) {
		h.kick(c, errTooSlow)
	}
}

func (h *Hub) remove(c *Client) {
	delete(h.clients, c)
	h.exit(c)
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

func (h *Hub) ask(r *request) {
	select {
	case h.requests <- r:
	case <-h.closing:
	}
}
