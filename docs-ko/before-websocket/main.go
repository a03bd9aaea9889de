// before-websocket은 같은 소식 열 개를 폴링, 롱 폴링, SSE, 웹소켓으로 한꺼번에 받으면서
// 요청과 바이트와 지연을 잽니다. 세는 일은 meter.go가 합니다.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// schedule은 시작한 뒤 소식이 나오는 때입니다(밀리초). 폴링하는 때에서 떨어져 있어서,
// 요청과 바이트의 수는 실행할 때마다 같습니다.
var schedule = []time.Duration{375, 625, 1375, 1875, 2125, 4625, 5375, 5625, 6125, 6875}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("서버를 열 수 없습니다. 127.0.0.1을 쓸 수 있는지 확인하세요: %w", err)
	}
	f := &feed{changed: make(chan struct{})}
	server := &http.Server{Handler: newHandler(f), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	defer server.Close()
	fmt.Printf("소식 %d개를 받습니다. 7초쯤 걸립니다.\n\n", len(schedule))
	clients, err := measure(f, func() (net.Conn, error) {
		return net.Dial("tcp", listener.Addr().String())
	})
	if err != nil {
		return fmt.Errorf("소식을 다 받지 못했습니다. 다시 실행하세요: %w", err)
	}
	report(os.Stdout, f, clients)
	return nil
}

// measure는 클라이언트를 모두 띄우고, 소식을 내보내고, 다 받기를 기다립니다.
func measure(f *feed, dial func() (net.Conn, error)) ([]*client, error) {
	clients := []*client{
		{name: "폴링 1초", receive: poll, every: time.Second},
		{name: "폴링 0.25초", receive: poll, every: 250 * time.Millisecond},
		{name: "롱 폴링", receive: longPoll},
		{name: "SSE", receive: listen},
		{name: "웹소켓", receive: upgrade},
	}
	var running sync.WaitGroup
	errs := make([]error, len(clients))
	for i, c := range clients {
		c.dial = dial
		running.Go(func() { errs[i] = c.run() })
	}
	f.publishAll()
	running.Wait()
	return clients, errors.Join(errs...)
}

// news는 소식 하나입니다. 번호는 1부터 셉니다.
func news(id int) string { return fmt.Sprintf("%d번째 소식", id) }

// feed는 지금까지 나온 소식입니다. 네 방식이 모두 여기서 꺼내 보냅니다.
type feed struct {
	mu        sync.Mutex
	published []time.Time   // 소식마다 나온 때
	changed   chan struct{} // 다음 소식이 나오면 닫힘
}

func (f *feed) publishAll() {
	begin := time.Now()
	for _, at := range schedule {
		time.Sleep(time.Until(begin.Add(at * time.Millisecond)))
		f.publish()
	}
}

func (f *feed) publish() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.published = append(f.published, time.Now())
	close(f.changed)
	f.changed = make(chan struct{})
}

// wait는 last번보다 새로운 소식이 나오거나 ctx가 끝날 때까지 기다립니다.
func (f *feed) wait(ctx context.Context, last int) (latest int) {
	for {
		latest, changed := f.latest()
		if latest > last {
			return latest
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return latest
		}
	}
}

func (f *feed) latest() (int, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.published), f.changed
}

// newHandler의 폴링과 롱 폴링은 답을 얼마나 미루는지만 다릅니다.
func newHandler(f *feed) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /poll", f.answerWithin(0))
	mux.HandleFunc("GET /long-poll", f.answerWithin(30*time.Second))
	mux.HandleFunc("GET /events", f.serveEvents)
	mux.HandleFunc("/ws", f.serveWS)
	return mux
}

// answerWithin은 after번보다 새로운 소식이 나오거나 hold가 지나면 답합니다.
func (f *feed) answerWithin(hold time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), hold)
		defer cancel()
		last, _ := strconv.Atoi(r.FormValue("after"))
		last = max(last, 0)
		for latest := f.wait(ctx, last); last < latest; {
			last++
			fmt.Fprintln(w, news(last))
		}
	}
}

// poll은 때가 되면 묻습니다.
func poll(c *client) error {
	tick := time.Tick(c.every)
	for {
		if err := c.ask("/poll"); err != nil || c.done() {
			return err
		}
		<-tick
	}
}

// longPoll은 답을 받자마자 다시 묻습니다.
func longPoll(c *client) error {
	for !c.done() {
		if err := c.ask("/long-poll"); err != nil {
			return err
		}
	}
	return nil
}

// serveEvents는 응답을 끝내지 않고, 소식이 나올 때마다 본문에 덧붙입니다.
func (f *feed) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w).Flush
	for last := 0; flush() == nil && r.Context().Err() == nil; {
		for latest := f.wait(r.Context(), last); last < latest; {
			last++
			fmt.Fprintf(w, "data: %s\n\n", news(last))
		}
	}
}

// listen은 한 번 묻고, 끝나지 않는 본문을 한 줄씩 읽습니다.
func listen(c *client) error {
	resp, err := c.get("/events")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); !c.done(); {
		if !lines.Scan() {
			return fmt.Errorf("소식이 남았는데 응답이 끝났습니다: %w", lines.Err())
		}
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		if err := c.arrive(text); err != nil {
			return err
		}
	}
	return nil
}

// serveWS는 HTTP를 떠나, 소식 하나를 메시지 하나로 보냅니다.
func (f *feed) serveWS(w http.ResponseWriter, r *http.Request) {
	conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		return // 거절하는 응답은 Upgrade가 이미 보냈습니다.
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		conn.ReadMessage() // 상대가 떠나면 돌아옵니다. r.Context()는 모릅니다.
	}()
	for last := 0; ctx.Err() == nil; {
		for latest := f.wait(ctx, last); last < latest; {
			last++
			if err := conn.WriteMessage(websocket.TextMessage, []byte(news(last))); err != nil {
				return
			}
		}
	}
}

// upgrade는 한 번 묻고, HTTP를 떠나 메시지를 하나씩 읽습니다.
func upgrade(c *client) error {
	c.requests++
	dialer := websocket.Dialer{NetDialContext: c.dialCounted}
	conn, _, err := dialer.Dial("ws://localhost/ws", nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	for !c.done() {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		if err := c.arrive(string(message)); err != nil {
			return err
		}
	}
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	return conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
}
