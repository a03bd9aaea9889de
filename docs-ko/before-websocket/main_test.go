package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, main) }

// start는 소식을 메모리 안의 연결로 내보내는 서버입니다.
func start(t *testing.T) (f *feed, dial func() (net.Conn, error)) {
	f = &feed{changed: make(chan struct{})}
	s := wstest.StartInMemory(t, newHandler(f))
	return f, func() (net.Conn, error) { return s.NetConn(t), nil }
}

// measured는 가짜 시계로 잰 결과입니다. 소식의 순서와 내용은 client.arrive가 봅니다.
func measured(t *testing.T) (*feed, map[string]*client) {
	t.Helper()
	f, dial := start(t)
	clients, err := measure(f, dial)
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]*client)
	for _, c := range clients {
		byName[c.name] = c
	}
	return f, byName
}

func TestEveryWayReceivesAllTenInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, clients := measured(t)
		for name, c := range clients {
			if len(c.arrived) != 10 {
				t.Errorf("%s: 소식 %d개, 원한 것 10개", name, len(c.arrived))
			}
		}
	})
}

func TestLostOrSwappedNewsIsAnError(t *testing.T) {
	c := &client{}
	for _, text := range []string{news(1), news(2)} {
		if err := c.arrive(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{news(4), news(2), ""} {
		if err := c.arrive(text); err == nil {
			t.Errorf("3번째 차례에 %q을(를) 받았습니다", text)
		}
	}
}

func TestRequestsAndConnectionsOfEachWay(t *testing.T) {
	want := map[string]struct{ requests, empty int }{
		"폴링 1초":    {8, 2},
		"폴링 0.25초": {29, 19},
		"롱 폴링":     {10, 0},
		"SSE":      {1, 0},
		"웹소켓":      {1, 0},
	}
	synctest.Test(t, func(t *testing.T) {
		_, clients := measured(t)
		for name, want := range want {
			c := clients[name]
			if c.requests != want.requests || c.empty != want.empty {
				t.Errorf("%s: 요청 %d, 빈 답 %d, 원한 것 %+v", name, c.requests, c.empty, want)
			}
			if n := c.conns.Load(); n != 1 {
				t.Errorf("%s: TCP 연결 %d개, 원한 것 1개", name, n)
			}
		}
	})
}

func TestOnlyPollingDelaysAndNeverLongerThanItsInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, clients := measured(t)
		for name, c := range clients {
			median, longest := delays(f.published, c.arrived)
			if longest > c.every {
				t.Errorf("%s: 지연 %v, 간격 %v", name, longest, c.every)
			}
			if c.every > 0 && median == 0 {
				t.Errorf("%s: 폴링인데 지연이 없습니다", name)
			}
		}
	})
}

// 웹소켓은 프레임의 헤더, SSE는 "data: "와 빈 줄과 청크의 길이를 덧붙입니다.
func TestBytesAddedToEachNews(t *testing.T) {
	for _, tt := range []struct {
		name, request string
		added         int
	}{
		{"웹소켓", handshake, 2},
		{"SSE", "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n", 14},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, clients := measured(t)
			want := len(responseHeader(t, tt.request))
			for id := 1; id <= len(schedule); id++ {
				want += tt.added + len(news(id))
			}
			if got := clients[tt.name].received.Load(); got != int64(want) {
				t.Errorf("%s: 받은 바이트 %d, 원한 것 %d", tt.name, got, want)
			}
		})
	}
}

// 소식을 받기만 하는 웹소켓 클라이언트가 보내는 것은 핸드셰이크와 닫기 프레임뿐입니다.
func TestWebSocketClientSendsOnlyHandshakeAndClose(t *testing.T) {
	const closeFrame = 2 + 4 + 2 // 프레임의 헤더, 마스크 키, 닫기 코드
	synctest.Test(t, func(t *testing.T) {
		_, clients := measured(t)
		want := closeFrame + len(handshakeOfGorilla(t))
		if got := clients["웹소켓"].sent.Load(); got != int64(want) {
			t.Errorf("보낸 바이트 %d, 원한 것 %d", got, want)
		}
	})
}

func TestWebSocketMovesTheFewestBytes(t *testing.T) {
	total := func(c *client) int64 { return c.sent.Load() + c.received.Load() }
	synctest.Test(t, func(t *testing.T) {
		_, clients := measured(t)
		for name, c := range clients {
			if name != "웹소켓" && total(c) <= total(clients["웹소켓"]) {
				t.Errorf("%s %d바이트, 웹소켓 %d바이트", name, total(c), total(clients["웹소켓"]))
			}
		}
	})
}

// 첫 Flush는 소식이 나오기 전에 헤더를 내보내고, Flush하지 않은 소식은 응답이 끝날 때에야 나갑니다.
func TestNewsWaitsInTheBufferUntilFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		header := responseHeader(t, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n") // 소식은 아직 없습니다.
		if !strings.Contains(header, "text/event-stream") {
			t.Errorf("헤더 %q", header)
		}
		s := wstest.StartInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, news(1))
			time.Sleep(time.Hour)
		}))
		conn, begin := s.NetConn(t), time.Now()
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if _, err := conn.Read(make([]byte, 1)); err != nil || time.Since(begin) != time.Hour {
			t.Errorf("첫 바이트가 %v 뒤에 옴, %v, 원한 것 1시간 뒤", time.Since(begin), err)
		}
	})
}

func TestSilentLongPollIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, dial := start(t)
		c := &client{receive: longPoll, dial: dial}
		end := make(chan error, 1)
		go func() { end <- c.run() }()
		time.Sleep(45 * time.Second)
		f.publishAll()
		if err := <-end; err != nil || c.requests != 11 || c.empty != 1 {
			t.Errorf("요청 %d, 빈 답 %d, %v. 원한 것 11, 1", c.requests, c.empty, err)
		}
	})
}

func TestReportLinesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, dial := start(t)
		clients, err := measure(f, dial)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		report(&b, f, clients)
		table := strings.TrimSuffix(b.String(), "\n")
		for line := range strings.SplitSeq(table, "\n") {
			if columns(line) != columns(strings.SplitN(table, "\n", 2)[0]) {
				t.Errorf("칸이 어긋납니다: %q", line)
			}
		}
		if !regexp.MustCompile(`폴링 1초 .* 0\.500s +0\.875s\n`).MatchString(table) {
			t.Errorf("1초 폴링의 지연은 중앙값 0.5초, 최대 0.875초입니다:\n%s", table)
		}
	})
}

// 청하지 않은 응답을 서버가 보내면, Go의 클라이언트는 연결을 끊습니다.
func TestHTTPServerCannotSpeakFirst(t *testing.T) {
	logs := wstest.CaptureLog(t)
	hungUp := make(chan struct{})
	requests := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 2 {
			io.WriteString(w, "둘째 답")
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		for _, body := range []string{"답", "청하지 않은 소식"} {
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		}
		io.Copy(io.Discard, conn)
		close(hungUp)
	}))
	defer s.Close()
	for i, want := range []string{"답", "둘째 답"} {
		resp, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("%d번째 요청: %q, %v, 원한 것 %q", i+1, body, err, want)
		}
		select {
		case <-hungUp:
		case <-time.After(10 * time.Second):
			t.Fatal("청하지 않은 응답을 받고도 연결을 끊지 않습니다")
		}
	}
	logs.Await(t, "Unsolicited response received on idle HTTP channel")
}

func TestReverseProxyPassesTheUpgrade(t *testing.T) {
	s := wstest.Start(t, reverseProxy(t))
	c := s.Dial(t, "/")
	c.Send("안녕")
	c.WantText("안녕")
}

func TestProxyThatDropsTheUpgradeHeadersGets400(t *testing.T) {
	next := reverseProxy(t)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Connection")
		r.Header.Del("Upgrade")
		next.ServeHTTP(w, r)
	}))
	logs := wstest.CaptureLog(t)
	if _, status := s.TryDial(t, "/", nil); status != http.StatusBadRequest {
		t.Errorf("상태 %d, 원한 것 400", status)
	}
	logs.Await(t, "'upgrade' token not found in 'Connection' header")
}

// 프록시가 Host를 자기 뒤의 주소로 바꾸면, 서버 자신의 페이지도 남의 페이지로 보입니다.
func TestProxyThatRewritesHostBreaksTheOriginCheck(t *testing.T) {
	s := wstest.Start(t, reverseProxy(t))
	own := http.Header{"Origin": {"http://" + s.Host}}
	if _, status := s.TryDial(t, "/", own); status != http.StatusForbidden {
		t.Errorf("상태 %d, 원한 것 403", status)
	}
}

// reverseProxy는 받은 것을 되보내는 서버 앞에 선 프록시입니다.
func reverseProxy(t *testing.T) http.Handler {
	backend := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(backend.Close)
	u, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) }}
}

func TestWrongAcceptIsRefusedByTheClient(t *testing.T) {
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") // 다른 키의 답
		w.WriteHeader(http.StatusSwitchingProtocols)
	}))
	if c, status := s.TryDial(t, "/", nil); c != nil || status != http.StatusSwitchingProtocols {
		t.Errorf("연결 %v, 상태 %d. 101을 받고도 거절해야 합니다", c != nil, status)
	}
}

func TestEveryHandshakeHasANewKey(t *testing.T) {
	first, second := handshakeOfGorilla(t), handshakeOfGorilla(t)
	if first == second {
		t.Errorf("두 핸드셰이크가 같습니다:\n%s", first)
	}
}

func TestEveryFrameHasANewMaskKey(t *testing.T) {
	var wire bytes.Buffer
	client := &recorder{Writer: &wire}
	s := wstest.Start(t, http.HandlerFunc(echo))
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		client.Conn = s.NetConn(t)
		return client, nil
	}}
	conn, _, err := dialer.Dial("ws://localhost/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	wire.Reset()
	for range 2 {
		if err := conn.WriteMessage(websocket.TextMessage, []byte("안녕")); err != nil {
			t.Fatal(err)
		}
	}
	frames := wire.Bytes()
	if len(frames) != 24 || bytes.Equal(frames[:12], frames[12:]) {
		t.Errorf("프레임 % x", frames)
	}
}

// recorder는 보낸 바이트를 적어 둡니다.
type recorder struct {
	net.Conn
	io.Writer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.Writer.Write(p)
	return r.Conn.Write(p)
}

func TestPortsEightyAndFourFourThreeAreOnlyDefaults(t *testing.T) {
	for url, want := range map[string]string{
		"ws://localhost/ws":       "localhost:80",
		"wss://localhost/ws":      "localhost:443",
		"ws://localhost:18080/ws": "localhost:18080",
	} {
		var got string
		dialer := websocket.Dialer{NetDialContext: func(_ context.Context, _, addr string) (net.Conn, error) {
			got = addr
			return nil, errors.New("여기까지만")
		}}
		dialer.Dial(url, nil)
		if got != want {
			t.Errorf("%s: %q에 연결합니다. 원한 것 %q", url, got, want)
		}
	}
}

// HTTP/2를 쓰는 클라이언트도 업그레이드할 때는 HTTP/1.1 연결을 따로 엽니다.
func TestOnlyHTTP1RequestsAreUpgraded(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	wstest.CaptureLog(t)
	for _, tt := range []struct {
		header http.Header
		proto  string
		status int
	}{
		{http.Header{}, "HTTP/2.0", http.StatusBadRequest},
		{http.Header{
			"Connection":            {"Upgrade"},
			"Upgrade":               {"websocket"},
			"Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key":     {"dGhlIHNhbXBsZSBub25jZQ=="},
		}, "HTTP/1.1", http.StatusSwitchingProtocols},
	} {
		req, err := http.NewRequest(http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = tt.header
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Proto != tt.proto || resp.StatusCode != tt.status {
			t.Errorf("%s %d, 원한 것 %s %d", resp.Proto, resp.StatusCode, tt.proto, tt.status)
		}
	}
}

func TestGorillaSendsNoOriginByItself(t *testing.T) {
	f := &feed{changed: make(chan struct{})}
	handler := newHandler(f)
	s := wstest.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin, ok := r.Header["Origin"]; ok {
			t.Errorf("Origin: %q", origin)
		}
		handler.ServeHTTP(w, r)
	}))
	s.Dial(t, "/ws").Leave()
}

// responseHeader는 request에 답한 응답의 첫 줄부터 빈 줄까지입니다.
func responseHeader(t *testing.T, request string) string {
	t.Helper()
	_, dial := start(t)
	conn, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, request)
	return readHeader(t, conn)
}

// handshakeOfGorilla는 gorilla의 클라이언트가 보내는 요청입니다.
func handshakeOfGorilla(t *testing.T) string {
	t.Helper()
	client, server := net.Pipe()
	defer server.Close()
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		return client, nil
	}}
	go dialer.Dial("ws://localhost/ws", nil)
	return readHeader(t, server)
}

func readHeader(t *testing.T, conn net.Conn) string {
	t.Helper()
	r := bufio.NewReader(conn)
	var header strings.Builder
	for !strings.HasSuffix(header.String(), "\r\n\r\n") {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		header.WriteString(line)
	}
	return header.String()
}
