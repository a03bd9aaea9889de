package gorilla_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/internal/wstest"
)

func Example_oneReaderOneWriter() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	go echo(l.server)

	messages := make(chan string) // 쓰는 고루틴 하나가 모두의 메시지를 씁니다.
	go func() {
		for m := range messages {
			l.client.WriteMessage(websocket.TextMessage, []byte(m))
		}
	}()
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() { messages <- "안녕" })
	}
	for range 8 {
		_, p, err := l.client.ReadMessage()
		fmt.Print(string(p), " ")
		check(err)
	}
	senders.Wait()
	close(messages)
	// Output: 안녕 안녕 안녕 안녕 안녕 안녕 안녕 안녕
}

func TestReaderAndWriterRunInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		var stuck sync.WaitGroup
		stuck.Go(func() { l.server.WriteMessage(websocket.TextMessage, []byte("읽지 않는 상대에게")) })
		synctest.Wait() // 쓰기는 멈춰 있습니다.
		go l.raw(wstest.Text("글"))
		if _, p, err := l.server.ReadMessage(); string(p) != "글" {
			t.Errorf("쓰기가 멈춘 동안의 읽기 %q, %v", p, err)
		}
		go l.client.ReadMessage()
		stuck.Wait()
		stuck.Go(func() { l.server.ReadMessage() })
		synctest.Wait() // 읽기는 멈춰 있습니다.
		go discard(l.client)
		if err := l.server.WriteMessage(websocket.TextMessage, nil); err != nil {
			t.Errorf("읽기가 멈춘 동안의 쓰기 %v", err)
		}
		l.close()
		stuck.Wait()
	})
}

// 쓰기가 네트워크에서 멈춘 사이에 다른 고루틴이 쓰면 gorilla가 알아챕니다.
func Example_concurrentWrite() {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	writing, release := make(chan bool), make(chan bool)
	l.fromServer.before(func() { writing <- true; <-release })
	first := make(chan any)
	go func() {
		first <- panicOf(func() { l.server.WriteMessage(websocket.TextMessage, []byte("하나")) })
	}()
	<-writing
	fmt.Println(panicOf(func() { l.server.WriteMessage(websocket.TextMessage, []byte("둘")) }))
	release <- true
	fmt.Println(<-first)
	// Output:
	// concurrent write to websocket connection
	// <nil>
}

// 멈춘 쓰기를 부르는 방법마다, 다른 고루틴의 쓰기가 패닉을 일으키는지 봅니다.
func TestWritePreparedMessageIsAWriteMethodToo(t *testing.T) {
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]func(*websocket.Conn){
		"WriteMessage":         func(c *websocket.Conn) { c.WriteMessage(websocket.TextMessage, []byte("a")) },
		"WriteJSON":            func(c *websocket.Conn) { c.WriteJSON(1) },
		"WritePreparedMessage": func(c *websocket.Conn) { c.WritePreparedMessage(prepared) },
	}
	for name, second := range ways {
		for firstName, first := range ways {
			t.Run(firstName+" 중에 "+name, func(t *testing.T) {
				l := connect(websocket.Upgrader{}, websocket.Dialer{})
				defer l.close()
				writing, release, done := make(chan bool), make(chan bool), make(chan bool)
				l.fromServer.before(func() { writing <- true; <-release })
				go func() { first(l.server); close(done) }()
				<-writing
				if got := panicOf(func() { second(l.server) }); got != "concurrent write to websocket connection" {
					t.Errorf("패닉 %v", got)
				}
				release <- true
				<-done
			})
		}
	}
}

// 번갈아 쓴 두 고루틴은 패닉 없이 서로의 메시지를 망칩니다. 그래서 패닉이 없다는 것은
// 아무 증거도 아닙니다.
func TestInterleavedWritersCorruptMessagesWithoutAPanic(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	w, err := l.server.NextWriter(websocket.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "나의 긴 ")
	other := make(chan error)
	go func() { other <- l.server.WriteMessage(websocket.TextMessage, []byte("남의 메시지")) }()
	if err := <-other; err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(w, "메시지")
	wantError(t, err, "websocket: write closed")
	for _, want := range []string{"나의 긴 ", "남의 메시지"} {
		if _, p, err := l.client.ReadMessage(); string(p) != want {
			t.Errorf("상대가 받은 것 %q, %v, 원한 것 %q", p, err, want)
		}
	}
}

// 읽기는 알아채지도 않습니다. 뒤에 온 고루틴이 앞 고루틴의 메시지를 버립니다.
func TestConcurrentReadsAreNotDetected(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.WriteMessage(websocket.TextMessage, []byte("첫 메시지"))
	l.client.WriteMessage(websocket.TextMessage, []byte("둘째 메시지"))
	_, r, err := l.server.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	io.ReadFull(r, make([]byte, len("첫 ")))
	stolen := make(chan string)
	go func() {
		_, p, err := l.server.ReadMessage()
		stolen <- fmt.Sprint(string(p), err)
	}()
	if got := <-stolen; got != "둘째 메시지<nil>" {
		t.Errorf("다른 고루틴이 읽은 것 %q", got)
	}
	if p, err := io.ReadAll(r); len(p) > 0 || err != nil {
		t.Errorf("첫 메시지의 나머지 %q, %v, 원한 것 오류도 없이 빈 것", p, err)
	}
}

func init() {
	// concurrent-writes는 고루틴 둘이 잠그지 않고 씁니다.
	programs["concurrent-writes"] = func([]string) {
		l := connect(websocket.Upgrader{}, websocket.Dialer{})
		go discard(l.client)
		for range 2 {
			go func() {
				for {
					l.server.WriteMessage(websocket.TextMessage, []byte("안녕"))
				}
			}()
		}
		select {}
	}
	// two-writes는 고루틴 둘이 한 번씩만, 그것도 멀찍이 떨어져 씁니다. 시간이 떨어져
	// 있다고 차례가 정해진 것은 아닙니다.
	programs["two-writes"] = func([]string) {
		l := connect(websocket.Upgrader{}, websocket.Dialer{})
		var writers sync.WaitGroup
		for i := range 2 {
			writers.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				l.server.WriteMessage(websocket.TextMessage, []byte("안녕"))
			})
		}
		writers.Wait()
	}
	// two-reads는 고루틴 둘이 한 번씩 읽습니다.
	programs["two-reads"] = func([]string) {
		l := connect(websocket.Upgrader{}, websocket.Dialer{})
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() { l.server.ReadMessage() })
		}
		l.raw(wstest.Text("하나"), wstest.Text("둘"))
		time.AfterFunc(time.Second, func() { l.close() })
		readers.Wait()
	}
	programs["map-iteration"] = func([]string) {
		defer func() { recover() }() // fatal error는 패닉이 아니라서 소용없습니다.
		clients := map[int]bool{}
		go func() {
			for i := 0; ; i++ {
				clients[i%100] = true
				delete(clients, (i+50)%100)
			}
		}()
		for {
			for range clients {
			}
		}
	}
	programs["map-writes"] = func([]string) {
		otps := map[int]bool{}
		for n := range 2 {
			go func() {
				defer func() { recover() }()
				for i := 0; ; i++ {
					otps[i%100+n] = true
				}
			}()
		}
		select {}
	}
	// room-field는 방을 옮기는 고루틴과 방을 보는 고루틴이 필드 하나를 함께 씁니다.
	programs["room-field"] = func([]string) {
		var client struct{ room string }
		var both sync.WaitGroup
		both.Go(func() { client.room = "go" })
		both.Go(func() { _ = client.room == "general" })
		both.Wait()
	}
}

// underRace는 이 테스트가 -race로 빌드되었는지입니다.
var underRace = sync.OnceValue(func() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
})

func TestUnlockedWritersEndInThePanic(t *testing.T) {
	out, err := wstest.Output(t, "concurrent-writes")
	if err == nil || !strings.Contains(out, "panic: concurrent write to websocket connection") {
		t.Errorf("종료 %v, 출력:\n%.2000s", err, out)
	}
	first, _, _ := strings.Cut(out, "\n")
	fmt.Fprintln(t.Output(), first)
}

// 한 번씩만 쓰면 패닉은 거의 나지 않지만, -race는 그때도 찾습니다.
func TestRaceDetectorFindsWhatThePanicMisses(t *testing.T) {
	if !underRace() {
		t.Skip("go test -race로 돌릴 때만 확인합니다")
	}
	for _, program := range []string{"two-writes", "two-reads", "room-field"} {
		t.Run(program, func(t *testing.T) {
			out, err := wstest.Output(t, program)
			if err == nil || !strings.Contains(out, "WARNING: DATA RACE") {
				t.Errorf("종료 %v, 출력:\n%.2000s", err, out)
			}
			fmt.Fprint(t.Output(), stackOf(out))
		})
	}
}

// stackOf는 첫 보고에서 두 고루틴이 지나던 gorilla의 함수만 뽑습니다.
func stackOf(report string) string {
	var b strings.Builder
	report, _, _ = strings.Cut(report, "\n\nGoroutine ")
	for line := range strings.Lines(report) {
		what, _, access := strings.Cut(line, " at 0x")
		if access || strings.HasPrefix(line, "WARNING") || strings.HasPrefix(line, "  github.com/gorilla") {
			b.WriteString(strings.TrimRight(what, "\n") + "\n")
		}
	}
	return b.String()
}

// 어느 쪽이 먼저 알아채느냐에 따라 뒤의 말은 조금 다릅니다.
func TestUnlockedMapKillsTheProcess(t *testing.T) {
	for _, program := range []string{"map-iteration", "map-writes"} {
		t.Run(program, func(t *testing.T) {
			out, err := wstest.Output(t, program)
			if err == nil || !strings.Contains(out, "fatal error: concurrent map ") {
				t.Errorf("종료 %v, 출력:\n%.2000s", err, out)
			}
		})
	}
}

func TestWriteControlIsSafeFromEveryGoroutine(t *testing.T) {
	const pingers, pings, messages = 8, 200, 500
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	pongs := 0
	l.client.SetPingHandler(func(string) error { pongs++; return nil })
	var writers sync.WaitGroup
	for range pingers {
		writers.Go(func() {
			for range pings {
				if err := l.server.WriteControl(websocket.PingMessage, []byte("p"), soon()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Go(func() {
		for range messages {
			w, err := l.server.NextWriter(websocket.TextMessage)
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(w, strings.Repeat("가", 3000)) // 프레임 여럿
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	go func() {
		writers.Wait()
		l.server.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), soon())
	}()
	got := 0
	for {
		_, p, err := l.client.ReadMessage()
		if err != nil {
			wantError(t, err, "websocket: close 1000 (normal)")
			break
		}
		if string(p) != strings.Repeat("가", 3000) {
			t.Fatal("메시지가 깨졌습니다")
		}
		got++
	}
	if got != messages || pongs != pingers*pings {
		t.Errorf("메시지 %d, ping %d, 원한 것 %d, %d", got, pongs, messages, pingers*pings)
	}
}

func TestWriteControlWaitsForTheWriterUntilItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		var stuck sync.WaitGroup
		stuck.Go(func() { l.server.WriteMessage(websocket.TextMessage, []byte("글")) })
		synctest.Wait()
		begin := time.Now()
		err := l.server.WriteControl(websocket.PingMessage, nil, begin.Add(time.Second))
		wantError(t, err, "websocket: write timeout")
		if waited := time.Since(begin); waited != time.Second {
			t.Errorf("%v 기다림, 원한 것 1초", waited)
		}
		begin = time.Now() // 마감 시각이 없으면 천 시간입니다.
		err = l.server.WriteControl(websocket.PingMessage, nil, time.Time{})
		wantError(t, err, "websocket: write timeout")
		if waited := time.Since(begin); waited != 1000*time.Hour {
			t.Errorf("%v 기다림, 원한 것 1000시간", waited)
		}
		if _, p, err := l.client.ReadMessage(); string(p) != "글" {
			t.Errorf("막혔던 메시지 %q, %v", p, err)
		}
		stuck.Wait()
	})
}

func TestCloseFromAnotherGoroutineEndsReadAndWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		ends := make(chan error, 2)
		go func() { ends <- discard(l.server) }()
		go func() { ends <- l.server.WriteMessage(websocket.TextMessage, []byte("글")) }()
		synctest.Wait()
		l.server.Close()
		for range 2 {
			if err := <-ends; !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("끝난 까닭 %v", err)
			}
		}
	})
}

func TestChannelSendReturnsBeforeTheWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		egress := make(chan string) // 버퍼가 없습니다.
		var written time.Time
		var writer sync.WaitGroup
		writer.Go(func() {
			for m := range egress {
				l.server.WriteMessage(websocket.TextMessage, []byte(m))
				written = time.Now()
			}
		})
		begin := time.Now()
		egress <- "글"
		if took := time.Since(begin); took != 0 {
			t.Errorf("채널로 넘기는 데 %v", took)
		}
		time.Sleep(200 * time.Millisecond) // 상대는 그동안 읽지 않습니다.
		l.client.ReadMessage()
		close(egress)
		writer.Wait()
		if took := written.Sub(begin); took != 200*time.Millisecond {
			t.Errorf("쓰는 데 %v, 원한 것 200ms", took)
		}
	})
}

// fanOut은 읽는 사람과 첫 메시지에서 멈춘 사람에게 메시지 2000개를 push로 나눠 줍니다.
// 한 시간 동안 읽는 사람이 받은 수를 돌려줍니다.
func fanOut(t *testing.T, queue int, push func(chan<- int, int) bool) int64 {
	var received atomic.Int64
	var inAnHour int64
	synctest.Test(t, func(t *testing.T) {
		healthy, stuck := make(chan int, queue), make(chan int, queue)
		release := make(chan struct{})
		var others sync.WaitGroup
		others.Go(func() {
			for range healthy {
				received.Add(1)
			}
		})
		others.Go(func() {
			<-stuck
			<-release
			for range stuck {
			}
		})
		others.Go(func() {
			defer close(healthy)
			defer close(stuck)
			clients := []chan int{healthy, stuck}
			for n := range 2000 {
				clients = slices.DeleteFunc(clients, func(c chan int) bool { return !push(c, n) })
				time.Sleep(time.Millisecond)
			}
		})
		time.Sleep(time.Hour)
		inAnHour = received.Load()
		close(release)
		others.Wait()
	})
	return inAnHour
}

func TestOneClientThatDoesNotReadStopsABlockingBroadcast(t *testing.T) {
	blocking := func(c chan<- int, n int) bool { c <- n; return true }
	dropping := func(c chan<- int, n int) bool {
		select {
		case c <- n:
			return true
		default:
			return false
		}
	}
	for _, tt := range []struct {
		name  string
		queue int
		push  func(chan<- int, int) bool
		want  int64
	}{
		{"버퍼 없이 기다린다", 0, blocking, 2},
		{"16칸을 두고 기다린다", 16, blocking, 18},
		{"16칸이 차면 내보낸다", 16, dropping, 2000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fanOut(t, tt.queue, tt.push); got != tt.want {
				t.Errorf("건강한 사람이 받은 메시지 %d, 원한 것 %d", got, tt.want)
			}
		})
	}
}

// 대기열이 찼다는 것은 상대가 고장 났다는 뜻이 아닙니다.
func TestBurstOverflowsTheQueueOfAHealthyClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		send := make(chan []byte, 256)
		var pumps sync.WaitGroup
		pumps.Go(func() { discard(l.client) })
		pumps.Go(func() {
			for m := range send {
				l.server.WriteMessage(websocket.TextMessage, m)
			}
		})
		accepted := 0
		for range 3000 {
			select {
			case send <- []byte("글"):
				accepted++
			default:
			}
		}
		if accepted == 3000 {
			t.Error("읽고 있는 클라이언트의 대기열이 넘치지 않았습니다")
		}
		close(send)
		synctest.Wait()
		l.close()
		pumps.Wait()
	})
}

func TestDeadWriterBlocksItsSenders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		egress := make(chan string)
		go func() {
			for m := range egress {
				if err := l.server.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
					return // 채널을 듣는 고루틴이 이제 없습니다.
				}
			}
		}()
		l.client.Close()
		egress <- "첫 쓰기가 실패합니다"
		synctest.Wait()
		select {
		case egress <- "영영 기다립니다":
			t.Error("죽은 쓰기 고루틴이 메시지를 받았습니다")
		case <-time.After(24 * time.Hour):
		}
	})
}

func TestTwoGoroutinesPerConnectionAndNoneAfterwards(t *testing.T) {
	const clients = 100
	s := wstest.Run(t, "idle-server", "0", "nopool", "returned").Server(t)
	goroutines := func() (n int) {
		_, body := s.Get(t, "/goroutines")
		fmt.Sscan(body, &n)
		return n
	}
	base := goroutines()
	await := func(want int) {
		t.Helper()
		for deadline := soon(); goroutines() != want; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("고루틴 %d개, 원한 것 %d", goroutines(), want)
			}
		}
	}
	var conns []*wstest.Conn
	for range clients {
		conns = append(conns, s.Dial(t, "/"))
	}
	await(base + 2*clients)
	for _, c := range conns {
		c.Close()
	}
	await(base)
}
