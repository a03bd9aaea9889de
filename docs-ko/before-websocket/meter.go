package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// client는 한 방식으로 소식을 받으면서, 거기에 든 것을 셉니다.
type client struct {
	name     string
	receive  func(*client) error
	every    time.Duration // 폴링 간격
	dial     func() (net.Conn, error)
	http     http.Client
	arrived  []time.Time // 소식마다 받은 때
	requests int
	empty    int // 소식이 없던 답

	conns, sent, received atomic.Int64
}

func (c *client) run() error {
	c.http.Transport = &http.Transport{DialContext: c.dialCounted}
	defer c.http.CloseIdleConnections()
	if err := c.receive(c); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}

func (c *client) done() bool { return len(c.arrived) == len(schedule) }

// ask는 마지막으로 받은 것보다 새로운 소식을 묻습니다.
func (c *client) ask(path string) error {
	resp, err := c.get(path + "?after=" + strconv.Itoa(len(c.arrived)))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		c.empty++
	}
	for line := range strings.Lines(string(body)) {
		if err := c.arrive(strings.TrimSuffix(line, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// get의 localhost는 Host 헤더에만 쓰입니다. 연결은 dial이 엽니다.
func (c *client) get(path string) (*http.Response, error) {
	c.requests++
	return c.http.Get("http://localhost" + path)
}

// arrive는 소식을 받은 때를 적습니다. 빠지거나 순서가 바뀐 소식은 오류입니다.
func (c *client) arrive(text string) error {
	if want := news(len(c.arrived) + 1); text != want {
		return fmt.Errorf("%q 차례에 %q이(가) 왔습니다", want, text)
	}
	c.arrived = append(c.arrived, time.Now())
	return nil
}

// dialCounted는 TCP 연결을 세고, 그 위로 오가는 바이트를 헤더까지 모두 셉니다.
func (c *client) dialCounted(context.Context, string, string) (net.Conn, error) {
	conn, err := c.dial()
	if err != nil {
		return nil, err
	}
	c.conns.Add(1)
	return &countedConn{conn, c}, nil
}

type countedConn struct {
	net.Conn
	client *client
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.client.received.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.client.sent.Add(int64(n))
	return n, err
}

func report(w io.Writer, f *feed, clients []*client) {
	fmt.Fprintln(w, "방식          요청  빈 답  TCP 연결  보낸 바이트  받은 바이트  지연(중앙값)  지연(최대)")
	for _, c := range clients {
		median, longest := delays(f.published, c.arrived)
		blank := strings.Repeat(" ", 12-columns(c.name))
		fmt.Fprintf(w, "%s%s%6d%7d%10d%13d%13d%13.3fs%11.3fs\n", c.name, blank, c.requests, c.empty,
			c.conns.Load(), c.sent.Load(), c.received.Load(), median.Seconds(), longest.Seconds())
	}
}

// columns는 화면에서 차지하는 칸입니다. 한글은 세 바이트이고 두 칸입니다.
func columns(s string) int { return (len(s) + utf8.RuneCountInString(s)) / 2 }

// delays는 소식이 나온 때부터 받은 때까지 걸린 시간의 중앙값과 최댓값입니다.
func delays(published, arrived []time.Time) (median, longest time.Duration) {
	var d []time.Duration
	for i, at := range arrived {
		d = append(d, at.Sub(published[i]))
	}
	slices.Sort(d)
	n := len(d)
	return (d[(n-1)/2] + d[n/2]) / 2, d[n-1]
}
