package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/steps"
)

const (
	messageSize = 64 << 20
	chunkSize   = 1 << 20

	// pace는 1초에 32 MiB를 보내는 회선입니다.
	pace = time.Second / 32

	sampleEvery = 20 * time.Millisecond
)

// memory는 메시지 하나가 오가는 동안 잰 서버의 메모리입니다. 크기는 KiB, 시각은 보내기 시작한 뒤의
// 밀리초입니다.
type memory struct {
	Step    string   `json:"step"`
	Before  int      `json:"before"`           // 보내기 전의 VmRSS
	Peak    int      `json:"peak"`             // 끝난 뒤의 VmHWM
	Back    int      `json:"back"`             // 되돌아온 바이트
	Code    int      `json:"code,omitempty"`   // 서버가 보낸 닫기 코드
	CodeAt  int      `json:"codeAt,omitempty"` // 그것을 받은 때
	Samples [][2]int `json:"samples"`          // 시각과 VmRSS
}

// measure는 단계를 띄우고, 한 연결로 64 MiB 메시지 하나를 every마다 1 MiB씩 보내며 서버의 메모리를
// 잽니다. 닫기 코드가 와도 모르는 척하고 끊길 때까지 보냅니다.
func measure(step steps.Step, bin string, every, rest time.Duration) (memory, error) {
	m := memory{Step: step.Name}
	program, err := step.Build(bin)
	if err != nil {
		return m, err
	}
	server, err := steps.Start(program)
	if err != nil {
		return m, err
	}
	defer server.Interrupt()
	dialer := websocket.Dialer{WriteBufferSize: chunkSize}
	conn, _, err := dialer.Dial(server.WebSocketURL(), nil)
	if err != nil {
		return m, err
	}
	defer conn.Close()
	conn.SetCloseHandler(func(int, string) error { return nil })

	if m.Before, err = resident(server, "VmRSS"); err != nil {
		return m, err
	}
	begin := time.Now()
	sent := make(chan error, 1)
	go func() { sent <- sendSlowly(conn, every) }()
	answered := make(chan error, 1)
	go func() { answered <- m.hear(conn, begin) }()
	stop := make(chan struct{})
	sampled := make(chan error, 1)
	go func() { sampled <- m.sample(server, begin, stop) }()

	limit := time.After(time.Minute)
	for range 2 {
		select {
		case err = <-answered:
			if err != nil {
				return m, err
			}
		case err = <-sent: // 서버가 닫았으면 보내다 끊기는 것이 맞습니다.
		case <-limit:
			return m, fmt.Errorf("%s: 1분 안에 64 MiB가 오가지 않습니다\n%s", step.Name, server.Log())
		}
	}
	if err != nil && m.Code == 0 {
		return m, err
	}
	time.Sleep(rest)
	close(stop)
	if err := <-sampled; err != nil {
		return m, err
	}
	m.Peak, err = resident(server, "VmHWM")
	return m, err
}

// sendSlowly는 텍스트 메시지 하나를 프레임 예순네 개로 나누어 보냅니다.
func sendSlowly(conn *websocket.Conn, every time.Duration) error {
	w, err := conn.NextWriter(websocket.TextMessage)
	if err != nil {
		return err
	}
	chunk := make([]byte, chunkSize)
	for i := range chunk {
		chunk[i] = 'a'
	}
	next := time.Now()
	for range messageSize / chunkSize {
		next = next.Add(every)
		time.Sleep(time.Until(next))
		if _, err := w.Write(chunk); err != nil {
			return err
		}
	}
	return w.Close()
}

// hear는 메시지 하나가 되돌아오거나 서버가 닫을 때까지 읽어서 버립니다.
func (m *memory) hear(conn *websocket.Conn, begin time.Time) error {
	_, r, err := conn.NextReader()
	if err == nil {
		var n int64
		n, err = io.Copy(io.Discard, r)
		m.Back = int(n)
	}
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		m.Code, m.CodeAt = closed.Code, int(time.Since(begin).Milliseconds())
		return nil
	}
	return err
}

func (m *memory) sample(server *steps.Server, begin time.Time, stop <-chan struct{}) error {
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	m.Samples = append(m.Samples, [2]int{0, m.Before})
	for {
		select {
		case <-stop:
			return nil
		case <-ticker.C:
		}
		size, err := resident(server, "VmRSS")
		if err != nil {
			return err
		}
		m.Samples = append(m.Samples, [2]int{int(time.Since(begin).Milliseconds()), size})
	}
}

// resident는 Linux가 /proc에 적어 둔 서버의 메모리입니다. KiB입니다.
func resident(server *steps.Server, field string) (int, error) {
	file := fmt.Sprintf("/proc/%d/status", server.PID())
	status, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("메모리는 Linux에서만 잽니다: %w", err)
	}
	found := regexp.MustCompile(field + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("%s에 %s가 없습니다", file, field)
	}
	return strconv.Atoi(string(found[1]))
}
