package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

func TestMain(m *testing.M) {
	if err := os.Chdir(".."); err != nil { // go run ./figures처럼 checks에서 돕니다.
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func canvases(t *testing.T, d drawing) map[string]*canvas {
	t.Helper()
	drawn, err := d.canvases()
	if err != nil {
		t.Fatalf("%s: %v", d.name, err)
	}
	return drawn
}

func read(t *testing.T, d drawing, into any) {
	t.Helper()
	data, err := os.ReadFile(d.data())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", d.data(), err)
	}
}

func TestCommittedFiguresAreWhatTheProgramDraws(t *testing.T) {
	var want []string
	for _, d := range drawings {
		want = append(want, filepath.Base(d.data()))
		for name, c := range canvases(t, d) {
			want = append(want, name)
			if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, c.svg()) {
				t.Errorf("%s이(가) 기록대로 그린 것과 다릅니다(%v). checks에서 go run ./figures를 실행하세요", name, err)
			}
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !slices.Contains(want, entry.Name()) {
			t.Errorf("%s을(를) 그리는 것이 없습니다. 지우세요", entry.Name())
		}
	}
}

func TestBytesOfTheFigureAreWhatARunningEchoAnswers(t *testing.T) {
	var drawn exchange
	read(t, drawings[0], &drawn)
	got, err := record(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got != drawn {
		t.Errorf("오간 바이트 %v, 그림의 바이트 %v", got, drawn)
	}
}

// 노트가 하는 말입니다. 하나는 64 MiB 넘게, 하나는 8 MiB 미만으로 늘어납니다.
func TestMemoryGrowsAsTheNotesSay(t *testing.T) {
	for _, d := range drawings[1:] {
		var drawn []memory
		read(t, d, &drawn)
		for i, m := range drawn {
			t.Run(m.Step, func(t *testing.T) {
				check(t, "그림의", i == 0, m)
				if runtime.GOOS != "linux" {
					t.Skip("메모리는 Linux에서만 잽니다")
				}
				anew, err := measure(steps.Named(m.Step), t.TempDir(), 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				check(t, "지금 잰", i == 0, anew)
			})
		}
	}
}

func check(t *testing.T, which string, whole bool, m memory) {
	t.Helper()
	grown := m.Peak - m.Before
	if whole && grown <= 64<<10 {
		t.Errorf("%s 메모리가 %s 늘었습니다. 64 MiB를 다 모으면 그보다 많아야 합니다", which, mib(grown))
	}
	if !whole && grown >= 8<<10 {
		t.Errorf("%s 메모리가 %s 늘었습니다. 원한 것 8 MiB 미만", which, mib(grown))
	}
	if m.Step == "05-readlimit" {
		if m.Code != 1009 || m.Back != 0 {
			t.Errorf("%s 끝: 닫기 코드 %d, 돌아온 %d바이트, 원한 것 1009와 0바이트", which, m.Code, m.Back)
		}
	} else if m.Back != messageSize {
		t.Errorf("%s 끝: 돌아온 %d바이트, 원한 것 %d바이트", which, m.Back, messageSize)
	}
}

// 05의 노트가 하는 말입니다. 읽지 않으면서 쏟아부으면 04의 대기열에는 4,096개가 쌓입니다.
func TestFloodCostsMemoryOnlyWithoutLimits(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("메모리는 Linux에서만 잽니다")
	}
	for _, tt := range []struct {
		step        string
		size        int // 메시지의 바이트
		least, most int // 늘어난 메모리, MiB
	}{{"04-pingpong", 100_000, 256, 4096}, {"04-pingpong", 500, 0, 16}, {"05-readlimit", 500, 0, 12}} {
		program, err := steps.Named(tt.step).Build(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		server, err := steps.Start(program)
		if err != nil {
			t.Fatal(err)
		}
		before, err := resident(server, "VmRSS")
		if err != nil {
			t.Fatal(err)
		}
		conn, _, err := websocket.DefaultDialer.Dial(server.WebSocketURL(), nil)
		if err != nil {
			t.Fatal(err)
		}
		sent, message := 0, bytes.Repeat([]byte("a"), tt.size)
		for err == nil && sent < 1_000_000 { // 04는 끊고, 05는 더 받지 않습니다.
			conn.SetWriteDeadline(time.Now().Add(3 * time.Second))
			err = conn.WriteMessage(websocket.TextMessage, message)
			sent++
		}
		peak, hwm := resident(server, "VmHWM")
		if grown := peak - before; err == nil || hwm != nil || grown < tt.least<<10 || grown > tt.most<<10 {
			t.Errorf("%s: %d개를 보내고(%v) 메모리가 %s 늘었습니다(%v). 원한 것 %d에서 %d MiB", tt.step, sent, err, mib(grown), hwm, tt.least, tt.most)
		}
		conn.Close()
		server.Interrupt()
	}
}

func TestLettersContrastAndAreBigEnough(t *testing.T) {
	for _, d := range drawings {
		for name, c := range canvases(t, d) {
			for _, l := range c.labels {
				if ratio := contrast(t, l.ink, l.on); ratio < 4.5 {
					t.Errorf("%s: %q의 대비 %.2f, 원한 것 4.5 이상", name, l.text, ratio)
				}
				if l.size != 0 && l.size < smallest {
					t.Errorf("%s: %q의 크기 %d, 원한 것 %d 이상", name, l.text, l.size, smallest)
				}
			}
		}
	}
}

// contrast는 WCAG의 명암비입니다.
func contrast(t *testing.T, a, b string) float64 {
	luminance := func(color string) float64 {
		var rgb [3]uint8
		if _, err := fmt.Sscanf(color, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
			t.Fatalf("색 %q: %v", color, err)
		}
		var linear [3]float64
		for i, v := range rgb {
			if linear[i] = float64(v) / 255; linear[i] <= 0.04045 {
				linear[i] /= 12.92
			} else {
				linear[i] = math.Pow((linear[i]+0.055)/1.055, 2.4)
			}
		}
		return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// 글이 그림 밖으로 나가거나 서로 겹치면 읽을 수 없습니다.
func TestLettersStayInsideAndApart(t *testing.T) {
	const faults = `(() => {
		const page = document.documentElement.viewBox.baseVal;
		const boxes = [...document.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
		const found = boxes.filter(([, b]) => b.x < 0 || b.y < 0 || b.x + b.width > page.width || b.y + b.height > page.height)
			.map(([text]) => text + '이(가) 밖으로 나갑니다');
		boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([two, b]) => {
			const x = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
			const y = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
			if (x > 0 && y > 4) found.push(one + '와 ' + two + '이(가) 겹칩니다'); // 줄 사이의 빈틈은 4까지 겹칩니다.
		}));
		if (boxes.length === 0 || !document.querySelector('title').textContent || !document.querySelector('desc').textContent) found.push('글이나 title이나 desc가 없습니다');
		return found;
	})()`
	chromium, err := browser.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer chromium.Close()
	tab, err := chromium.NewTab()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drawings {
		for name := range canvases(t, d) {
			file, err := filepath.Abs(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := tab.Open("file://" + file); err != nil {
				t.Fatal(err)
			}
			found, err := browser.Run[[]string](tab, faults)
			if err != nil || len(found) > 0 {
				t.Errorf("%s: %v %s", name, err, strings.Join(found, ", "))
			}
		}
	}
}
