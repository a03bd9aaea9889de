package main

import (
	"context"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Hub는 연결된 클라이언트 집합과 그 고루틴들의 주인입니다. clients와 모든 send는 run만
// 만지니 잠글 것이 없고, 메시지는 run이 꺼낸 순서대로 모두에게 갑니다.
type Hub struct {
	clients    map[*Client]bool
	broadcast  chan *message
	register   chan *Client
	unregister chan *Client
	pumps      sync.WaitGroup
	done       chan struct{} // 모든 연결이 닫힘
}

// message는 허브를 지나가는 메시지 하나입니다.
type message struct {
	from *Client
	data []byte
}

var (
	errTooSlow   = &ending{websocket.ClosePolicyViolation, "메시지를 제때 읽지 않아 대기열이 찼습니다"}
	errGoingAway = &ending{websocket.CloseGoingAway, "서버를 닫습니다"}
)

func newHub() *Hub {
	return &Hub{
		clients:    make(map[*Client]bool),
		broadcast:  make(chan *message),
		register:   make(chan *Client),
		unregister: make(chan *Client),
		done:       make(chan struct{}),
	}
}

func (h *Hub) run(ctx context.Context) {
	quit, register := ctx.Done(), h.register
	for {
		select {
		case c := <-register:
			h.clients[c] = true
			h.pumps.Go(c.readPump)
			h.pumps.Go(c.writePump)
		case c := <-h.unregister:
			h.remove(c)
		case m := <-h.broadcast:
			if !h.clients[m.from] {
				continue // 이미 내보낸 클라이언트의 말은 전하지 않습니다.
			}
			for c := range h.clients {
				h.send(c, m)
			}
		case <-quit:
			quit, register = nil, nil // nil 채널은 골라지지 않습니다.
			h.shutdown()
		case <-h.done:
			return
		}
	}
}

// send는 누구도 기다리지 않습니다. c.send의 칸은 하나뿐이고 허브만 넣으므로, 꺼낸
// 자리는 비어 있습니다. 대기열이 찬 클라이언트는 밀린 것을 버리고 1008로 내보냅니다.
func (h *Hub) send(c *Client, m *message) {
	var queue []*message
	select {
	case queue = <-c.send:
	default: // writePump가 다 가져갔습니다.
	}
	if len(queue) == maxQueue {
		h.kick(c, errTooSlow)
		return
	}
	c.send <- append(queue, m)
}

// shutdown은 모두에게 밀린 메시지를 최대 closeWait 동안 보내고 1001로 내보냅니다.
// 펌프가 모두 끝날 때까지 run은 채널을 계속 듣습니다.
func (h *Hub) shutdown() {
	for c := range h.clients {
		h.kick(c, errGoingAway)
	}
	go func() {
		h.pumps.Wait()
		close(h.done)
	}()
}

// kick은 허브가 먼저 내보낼 때 씁니다. 닫기 프레임을 쓸 자리도 없거나 그것을
// 읽지도 않는 상대는 closeWait 뒤에 끊습니다.
func (h *Hub) kick(c *Client, why *ending) {
	c.end.CompareAndSwap(nil, why)
	h.remove(c)
	time.AfterFunc(closeWait, func() { c.conn.Close() })
}

func (h *Hub) remove(c *Client) {
	if h.clients[c] {
		delete(h.clients, c)
		close(c.send)
	}
}
