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
	writing, release := make(chan bool, 1), make(chan bool)
	l.fromServer.before(func() { writing <- true; <-release })
	first := make(chan any, 1)
	go func() {
		first <- panicOf(func() { l.server.WriteMessage(websocket.TextMessage, []byte("하나")) })
	}()
	get(writing)
	second := make(chan any, 1)
	go func() {
		second <- panicOf(func() { l.server.WriteMessage(websocket.TextMessage, []byte("둘")) })
	}()
	fmt.Println(get(second))
	close(release)
	fmt.Println(get(first))
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
				writing, release, done := make(chan bool, 1), make(chan bool), make(chan bool)
				l.fromServer.before(func() { writing <- true; <-release })
				go func() { first(l.server); close(done) }()
				receive(t, writing, "첫 쓰기의 프레임")
				panicked := make(chan any, 1)
				go func() { panicked <- panicOf(func() { second(l.server) }) }()
				if got := receive(t, panicked, "둘째 쓰기의 끝"); got != "concurrent write to websocket connection" {
					t.Errorf("패닉 %v", got)
				}
				close(release)
				receive(t, done, "첫 쓰기의 끝")
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
	other := make(chan error, 1)
	go func() { other <- l.server.WriteMessage(websocket.TextMessage, []byte("남의 메시지")) }()
	if err := receive(t, other, "다른 고루틴의 쓰기"); err != nil {
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

// 뒤에 온 고루틴은 앞 고루틴이 읽던 메시지의 나머지를 버립니다. 앞 고루틴은 오류도 받지 못합니다.
func TestSecondReaderThrowsAwayWhatTheFirstWasReading(t *testing.T) {
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	l.client.WriteMessage(websocket.TextMessage, []byte("첫 메시지"))
	l.client.WriteMessage(websocket.TextMessage, []byte("둘째 메시지"))
	_, r, err := l.server.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	io.ReadFull(r, make([]byte, len("첫 ")))
	stolen := make(chan string, 1)
	go func() {
		_, p, err := l.server.ReadMessage()
		stolen <- fmt.Sprint(string(p), err)
	}()
	if got := receive(t, stolen, "다른 고루틴의 읽기"); got != "둘째 메시지<nil>" {
		t.Errorf("다른 고루틴이 읽은 것 %q", got)
	}
	if p, err := io.ReadAll(r); len(p) > 0 || err != nil {
		t.Errorf("첫 메시지의 나머지 %q, %v, 원한 것 오류도 없이 빈 것", p, err)
	}
}

func init() {
	// readers-at-once는 두 고루틴이 함께 ReadMessage 안에 있을 때 멀쩡한 메시지 둘을 차례로 보냅니다.
	programs["readers-at-once"] = func([]string) {
		l := connect(websocket.Upgrader{ReadBufferSize: 1024}, websocket.Dialer{})
		ends := make(chan string, 2)
		for range 2 {
			go func() {
				var p []byte
				var err error
				if v := panicOf(func() { _, p, err = l.server.ReadMessage() }); v != nil {
					ends <- fmt.Sprint("패닉: ", v)
					return
				}
				ends <- fmt.Sprintf("%q %v", p, err)
			}()
		}
		reading := 0
		for deadline := time.Now().Add(2 * time.Second); reading < 2 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
			reading, _ = l.fromServer.inside()
		}
		fmt.Println("읽기 안에 있는 고루틴:", reading)
		for _, m := range []string{"하나", "둘"} {
			l.raw(wstest.Text(m))
			fmt.Println(get(ends))
		}
		fmt.Println("상대:", discard(l.client))
	}
}

// 두 고루틴이 함께 읽어도 막거나 패닉하지 않습니다. 둘째는 버퍼의 엉뚱한 곳을 프레임으로 읽고,
// 멀쩡한 상대를 프로토콜을 어겼다고 끊습니다. -race로 빌드하면 죽으므로 따로 띄웁니다.
func TestConcurrentReadsAreNotDetected(t *testing.T) {
	out, err := wstest.Output(t, "readers-at-once")
	if err != nil && !underRace() {
		t.Errorf("종료 %v", err)
	}
	for _, want := range []string{
		"읽기 안에 있는 고루틴: 2\n",
		"\"하나\" <nil>\n",
		"\"\" websocket: continuation after FIN, bad MASK\n",
		"상대: websocket: close 1002 (protocol error): continuation after FIN, bad MASK\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("출력에 %q이 없습니다:\n%.3000s", want, out)
		}
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
	// 있다고 순서가 정해진 것은 아닙니다.
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

// 쓰는 고루틴이 프레임 하나를 쓰는 동안 WriteControl은 연결에 손대지 않고 기다립니다.
func TestWriteControlNeverWritesInsideAnotherFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		release := make(chan bool)
		l.fromServer.before(func() { <-release })
		var writers sync.WaitGroup
		writers.Go(func() { l.server.WriteMessage(websocket.TextMessage, []byte("쓰다가 멈춘 글")) })
		synctest.Wait() // 글은 연결의 Write에서 멈춰 있습니다.
		for range 8 {
			writers.Go(func() {
				if err := l.server.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Hour)); err != nil {
					t.Errorf("WriteControl: %v", err)
				}
			})
		}
		synctest.Wait()
		if _, writing := l.fromServer.inside(); writing != 1 {
			t.Errorf("연결의 Write 안에 있는 고루틴 %d, 원한 것 1", writing)
		}
		close(release)
		pings := 0
		l.client.SetPingHandler(func(string) error { pings++; return nil })
		l.client.SetReadDeadline(time.Now().Add(time.Minute))
		if _, p, err := l.client.ReadMessage(); string(p) != "쓰다가 멈춘 글" {
			t.Errorf("받은 글 %q, %v", p, err)
		}
		if err := discard(l.client); !isTimeout(err) || pings != 8 {
			t.Errorf("받은 ping %d개, 원한 것 8. 끝난 까닭 %v", pings, err)
		}
		wait(t, &writers, "쓰던 고루틴들의 끝")
	})
}

func TestWriteControlWaitsForTheWriterUntilItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connectInMemory(websocket.Upgrader{}, websocket.Dialer{})
		defer l.close()
		release := make(chan bool)
		var held atomic.Bool
		l.fromServer.before(func() {
			if held.CompareAndSwap(false, true) { // 처음 쓰는 것만 멈춥니다.
				<-release
			}
		})
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
		close(release)
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

// fanOut은 size바이트 메시지를 두 사람에게 나눠 주고, 읽는 사람이 받은 수를 반환합니다. 다른 한
// 사람은 처음부터 읽지 않습니다. 둘 다 진짜 소켓이고, queue칸의 채널을 비우며 쓰는 고루틴이
// 하나씩 있습니다. 읽는 사람이 받은 것을 보고 다음 것을 보내므로 서두르다 밀리는 일은 없습니다.
// drop이면 칸이 찬 사람을 내보내고, 아니면 자리가 날 때까지 1초를 기다려 봅니다.
func fanOut(t testing.TB, size, queue int, drop bool) int {
	t.Helper()
	join := func() (chan []byte, *websocket.Conn) {
		serverEnd, clientEnd := tcpPair()
		server, client, h := upgradeOver(websocket.Upgrader{}, websocket.Dialer{}, serverEnd, clientEnd)
		t.Cleanup(func() { h.Close() })
		t.Cleanup(func() { client.Close() })
		t.Cleanup(func() { server.Close() })
		send := make(chan []byte, queue)
		go func() {
			for m := range send {
				if server.WriteMessage(websocket.BinaryMessage, m) != nil {
					return
				}
			}
		}()
		return send, client
	}
	healthy, reader := join()
	stuck, _ := join()
	received := make(chan int, fanOutMessages)
	go func() {
		for n := 1; ; n++ {
			if _, p, err := reader.ReadMessage(); err != nil || len(p) != size {
				return
			}
			received <- n
		}
	}()
	message, members, got := make([]byte, size), []chan<- []byte{healthy, stuck}, 0
	for range fanOutMessages {
		blocked := false
		members = slices.DeleteFunc(members, func(member chan<- []byte) (leave bool) {
			if drop {
				select {
				case member <- message:
				default:
					return true
				}
				return false
			}
			select {
			case member <- message:
			case <-time.After(time.Second):
				blocked = true
			}
			return false
		})
		select {
		case got = <-received:
		case <-time.After(patience / 2): // 읽는 사람에게도 오지 않습니다.
			return got
		}
		if blocked {
			break
		}
	}
	return got
}

const fanOutMessages = 2000

var fanOutWays = []struct {
	name  string
	queue int
	drop  bool
}{{"버퍼 없이 기다린다", 0, false}, {"16칸을 두고 기다린다", 16, false}, {"16칸이 차면 내보낸다", 16, true}}

// 멈추는 때는 운영 체제의 버퍼가 정하므로, 버퍼에 다 들어가는 크기와 도저히 안 들어가는 크기만 봅니다.
func TestOneClientThatDoesNotReadStopsABlockingBroadcast(t *testing.T) {
	for _, way := range fanOutWays {
		for _, size := range []int{10, 10_000} {
			t.Run(fmt.Sprintf("%s/%d바이트", way.name, size), func(t *testing.T) {
				all := way.drop || size == 10
				if got := fanOut(t, size, way.queue, way.drop); got == 0 || got > fanOutMessages || (got == fanOutMessages) != all {
					t.Errorf("읽는 사람이 받은 메시지 %d, 모두(%d) 받는가에 원한 것 %v", got, fanOutMessages, all)
				}
			})
		}
	}
}

// concurrency.md의 표입니다.
func BenchmarkFanOut(b *testing.B) {
	for _, way := range fanOutWays {
		for _, size := range []int{10, 100, 1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d바이트", way.name, size), func(b *testing.B) {
				got := 0
				for range b.N {
					got = fanOut(b, size, way.queue, way.drop)
				}
				b.ReportMetric(float64(got), "received")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// 대기열이 찼다는 것은 상대가 고장 났다는 뜻이 아닙니다. 여기서는 줄곧 읽는 사람의 대기열이
// 넘치고, 들어간 것은 하나도 빠짐없이 닿습니다.
func TestBurstOverflowsTheQueueOfAHealthyClient(t *testing.T) {
	const burst, queue = 3000, 256
	l := connect(websocket.Upgrader{}, websocket.Dialer{})
	defer l.close()
	send, written := make(chan int, queue), make(chan error, 1)
	go func() {
		for n := range send {
			if err := l.server.WriteMessage(websocket.TextMessage, fmt.Append(nil, n)); err != nil {
				written <- err
				return
			}
		}
		written <- l.server.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), soon())
	}()
	received := make(chan []int, 1)
	go func() {
		var got []int
		for {
			var n int
			if err := l.client.ReadJSON(&n); err != nil {
				received <- got
				return
			}
			got = append(got, n)
		}
	}()
	var accepted []int
	for n := range burst {
		select {
		case send <- n:
			accepted = append(accepted, n)
		default: // 칸이 찼습니다.
		}
	}
	close(send)
	if err := receive(t, written, "쓰는 고루틴의 끝"); err != nil {
		t.Errorf("읽고 있는 상대에게 쓰기: %v", err)
	}
	if len(accepted) == burst {
		t.Errorf("메시지 %d개를 쏟아도 대기열 %d칸이 넘치지 않았습니다", burst, queue)
	}
	if got := receive(t, received, "읽는 사람의 끝"); !slices.Equal(got, accepted) {
		t.Errorf("대기열에 들어간 %d개 가운데 %d개가 닿았습니다", len(accepted), len(got))
	}
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
