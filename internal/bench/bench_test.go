// Package bench는 03-hub와 08-wss의 속도와 메모리를 잽니다. 배우는 사람이 띄우듯 빌드해서 따로
// 띄운 프로그램을 잽니다.
package bench

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func TestMain(m *testing.M) { wstest.Main(m, plainHub) }

// 한 사람이 보낸 300바이트 메시지 하나가 100명에게 닿는 시간입니다. plain은 같은
// 허브를 채널과 WriteMessage로만 쓴 것이고, 느린 클라이언트를 내보내지 않습니다.
// 둘을 번갈아 재므로, 컴퓨터가 바빠져도 같은 줄의 두 값은 비교할 수 있습니다.
func BenchmarkFanOut(b *testing.B) {
	hub := audience(b, wstest.RunProgram(b, build(b, "03-hub"), "-addr", "127.0.0.1:0"))
	plain := audience(b, wstest.Run(b))
	var hubTook, plainTook time.Duration
	b.ResetTimer()
	for round, left := 0, b.N; left > 0; round, left = round+1, left-batch {
		n := min(left, batch)
		if round%2 == 0 { // 먼저 재는 쪽도 번갈아 바꿉니다.
			hubTook += fanOut(b, hub, n)
			plainTook += fanOut(b, plain, n)
		} else {
			plainTook += fanOut(b, plain, n)
			hubTook += fanOut(b, hub, n)
		}
	}
	b.ReportMetric(float64(hubTook.Microseconds())/float64(b.N), "hub-µs/op")
	b.ReportMetric(float64(plainTook.Microseconds())/float64(b.N), "plain-µs/op")
	b.ReportMetric(hubTook.Seconds()/plainTook.Seconds(), "hub/plain")
	b.ReportMetric(0, "ns/op")
}

// 쉬고 있는 연결 5,000개가 서버 프로세스에서 차지하는 상주 메모리를 연결 수로
// 나눕니다. 08-wss의 연결은 저마다 로그인하고 TLS로 연결합니다.
func BenchmarkIdleConnection(b *testing.B) {
	b.Setenv("GOMEMLIMIT", "1") // 쓰레기를 그때그때 치우고 내놓게 합니다.
	for _, step := range []string{"03-hub", "08-wss"} {
		b.Run(step, func(b *testing.B) {
			program := build(b, step)
			for range b.N {
				b.ReportMetric(idle(b, wstest.RunProgram(b, program, "-addr", "127.0.0.1:0")), "KiB/conn")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// idle은 연결 하나가 차지하는 상주 메모리의 KiB입니다.
func idle(b *testing.B, p *wstest.Process) float64 {
	b.Helper()
	const clients = 5000
	s := p.Server(b)
	path := func() string { return "/ws" }
	if strings.HasPrefix(p.URL, "https") {
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		b.Cleanup(transport.CloseIdleConnections)
		path = func() string { return "/ws?otp=" + login(b, transport, p.URL) }
	}
	connect := func(n int) {
		for range n {
			s.Dial(b, path()).Ready()
		}
	}
	connect(100)
	before := settled(b, p)
	connect(clients)
	return float64(settled(b, p)-before) / clients / 1024
}

// login은 일회용 비밀번호를 받습니다.
func login(b *testing.B, transport *http.Transport, url string) string {
	b.Helper()
	client := http.Client{Transport: transport, Timeout: 10 * time.Second}
	body := strings.NewReader(`{"username": "gopher", "password": "websocket"}`)
	resp, err := client.Post(url+"/login", "application/json", body)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ OTP string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.OTP == "" {
		b.Fatalf("/login의 답 %s, %v", resp.Status, err)
	}
	return answer.OTP
}

func build(b *testing.B, step string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), step)
	if out, err := exec.Command("go", "build", "-o", program, "../../"+step).CombinedOutput(); err != nil {
		b.Fatalf("%s를 빌드할 수 없습니다: %v\n%s", step, err, out)
	}
	return program
}

const (
	listeners = 100
	batch     = 500 // 한 번에 보내는 메시지의 수
)

// audience는 서버에 연결한 사람들입니다. 첫 사람이 말합니다.
func audience(b *testing.B, p *wstest.Process) (conns []*wstest.Conn) {
	b.Helper()
	s := p.Server(b)
	for range listeners {
		c := s.Dial(b, "/ws")
		c.Ready()
		conns = append(conns, c)
	}
	return conns
}

// fanOut은 메시지 n개가 모두에게 닿는 데 걸린 시간입니다.
func fanOut(b *testing.B, conns []*wstest.Conn, n int) time.Duration {
	b.Helper()
	message := wstest.Text(strings.Repeat("a", 300)).Bytes()
	const received = 4 + 300 // 서버의 프레임에는 마스크가 없습니다.
	for _, c := range conns {
		c.NetConn().SetDeadline(time.Now().Add(time.Minute))
	}
	var wg sync.WaitGroup
	began := time.Now()
	wg.Go(func() {
		for range n {
			if _, err := conns[0].NetConn().Write(message); err != nil {
				b.Error(err)
				return
			}
		}
	})
	for _, c := range conns {
		wg.Go(func() {
			if _, err := io.CopyN(io.Discard, c.NetConn(), int64(n*received)); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// settled는 더 줄지 않는 상주 메모리입니다.
func settled(b *testing.B, p *wstest.Process) int64 {
	least := p.Resident(b)
	for quiet := 0; quiet < 10; quiet++ {
		time.Sleep(200 * time.Millisecond)
		if now := p.Resident(b); now < least-64<<10 {
			least, quiet = now, 0
		}
	}
	return least
}

func plainHub() {
	register, broadcast := make(chan chan []byte), make(chan []byte)
	go func() {
		var clients []chan []byte
		for {
			select {
			case c := <-register:
				clients = append(clients, c)
			case m := <-broadcast:
				for _, c := range clients {
					c <- m
				}
			}
		}
	}()
	upgrader := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		send := make(chan []byte, 256)
		register <- send
		go func() {
			for m := range send {
				conn.WriteMessage(websocket.TextMessage, m)
			}
		}()
		go func() {
			for {
				_, m, err := conn.ReadMessage()
				if err != nil {
					return
				}
				broadcast <- m
			}
		}()
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	log.SetOutput(os.Stderr)
	log.Printf("브라우저에서 여세요: http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
