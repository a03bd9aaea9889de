// Package bench는 03-hub의 속도와 메모리를 잽니다. 배우는 사람이 띄우듯 빌드해서 따로
// 띄운 프로그램을 잽니다.
package bench

import (
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
func BenchmarkFanOut(b *testing.B) {
	hub := build(b)
	b.Run("hub", func(b *testing.B) { fanOut(b, wstest.RunProgram(b, hub, "-addr", "127.0.0.1:0")) })
	b.Run("plain", func(b *testing.B) { fanOut(b, wstest.Run(b)) })
}

// 쉬고 있는 연결 5,000개가 서버 프로세스에서 차지하는 상주 메모리를 연결 수로
// 나눕니다.
func BenchmarkIdleConnection(b *testing.B) {
	const clients = 5000
	b.Setenv("GOMEMLIMIT", "1") // 쓰레기를 그때그때 치우고 돌려주게 합니다.
	hub := build(b)
	for range b.N {
		p := wstest.RunProgram(b, hub, "-addr", "127.0.0.1:0")
		s := p.Server(b)
		connect := func(n int) {
			for range n {
				s.Dial(b, "/ws").Ready()
			}
		}
		connect(100)
		before := settled(b, p)
		connect(clients)
		b.ReportMetric(float64(settled(b, p)-before)/clients/1024, "KiB/conn")
	}
	b.ReportMetric(0, "ns/op")
}

func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "03-hub")
	if out, err := exec.Command("go", "build", "-o", program, "../../03-hub").CombinedOutput(); err != nil {
		b.Fatalf("03-hub를 빌드할 수 없습니다: %v\n%s", err, out)
	}
	return program
}

func fanOut(b *testing.B, p *wstest.Process) {
	const clients, batch = 100, 500
	s := p.Server(b)
	var conns []*wstest.Conn
	for range clients {
		c := s.Dial(b, "/ws")
		c.Ready()
		c.NetConn().SetDeadline(time.Time{})
		conns = append(conns, c)
	}
	message := wstest.Text(strings.Repeat("a", 300)).Bytes()
	const received = 4 + 300 // 서버의 프레임에는 마스크가 없습니다.
	b.ResetTimer()
	for left := b.N; left > 0; left -= batch {
		n := min(left, batch)
		var wg sync.WaitGroup
		wg.Go(func() {
			for range n {
				conns[0].NetConn().Write(message)
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
	}
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
	log.Printf("http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
