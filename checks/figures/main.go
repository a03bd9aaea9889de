// figures는 노트의 그림을 docs-ko/figures에 그립니다. 그림의 바이트와 수는 단계를 띄워서 기록한 것이고,
// 그림 옆의 JSON에 있습니다.
//
//	go run ./figures            JSON대로 다시 그립니다
//	go run ./figures -measure   기록부터 다시 하고 그립니다
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gorilla-websocket-ko/checks/internal/steps"
)

// dir은 checks에서 본 그림의 폴더입니다.
const dir = "../docs-ko/figures"

// drawing은 그림 하나입니다. record가 기록하고, 그 JSON을 draw가 그립니다.
type drawing struct {
	name   string
	record func(bin string) (any, error)
	draw   func(t theme, data []byte) (*canvas, error)
}

var drawings = []drawing{
	{
		name:   "01-frames",
		record: func(bin string) (any, error) { return record(bin) },
		draw:   drawExchange,
	},
	memoryOf("02-memory", "01-echo", "02-nextreader", chart{
		title: "64 MiB 메시지 하나를 되보낼 때",
		says:  [2]string{"다 모아서 되보냄", "오는 대로 되보냄"},
	}),
	memoryOf("05-memory", "04-pingpong", "05-readlimit", chart{
		title: "낯선 사람이 64 MiB 메시지를 보낼 때",
		says:  [2]string{"끝까지 받아 모음", "512바이트를 넘자 닫음"},
	}),
}

func main() {
	anew := flag.Bool("measure", false, "그리기 전에 단계를 띄워서 다시 기록합니다")
	flag.Parse()
	if err := run(*anew); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(anew bool) error {
	for _, d := range drawings {
		if anew {
			if err := d.save(); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		canvases, err := d.canvases()
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		for name, c := range canvases {
			if err := os.WriteFile(filepath.Join(dir, name), c.svg(), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// save는 새로 기록해서 그림 옆에 둡니다.
func (d drawing) save() error {
	bin, err := os.MkdirTemp("", "figures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	recorded, err := d.record(bin)
	if err != nil {
		return err
	}
	data, err := json.Marshal(recorded)
	if err != nil {
		return err
	}
	return os.WriteFile(d.data(), append(data, '\n'), 0o644)
}

func (d drawing) data() string { return filepath.Join(dir, d.name+".json") }

// canvases는 기록대로 그린 그림입니다. 열쇠는 파일의 이름입니다.
func (d drawing) canvases() (map[string]*canvas, error) {
	data, err := os.ReadFile(d.data())
	if err != nil {
		return nil, err
	}
	canvases := make(map[string]*canvas)
	for _, t := range themes {
		if canvases[d.name+"-"+t.name+".svg"], err = d.draw(t, data); err != nil {
			return nil, err
		}
	}
	return canvases, nil
}

func drawExchange(t theme, data []byte) (*canvas, error) {
	var e exchange
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, err
	}
	sent, err := parseFrames(e.Sent)
	if err != nil {
		return nil, err
	}
	received, err := parseFrames(e.Received)
	if err != nil {
		return nil, err
	}
	if len(sent) != 2 || len(received) != 1 {
		return nil, fmt.Errorf("보낸 프레임 %d개, 받은 프레임 %d개, 원한 것 2개와 1개", len(sent), len(received))
	}
	return drawFrames(t, sent, received), nil
}

// memoryOf는 두 단계의 메모리를 재서 함께 그립니다.
func memoryOf(name, whole, little string, g chart) drawing {
	return drawing{
		name: name,
		record: func(bin string) (any, error) {
			var runs []memory
			for _, step := range []string{whole, little} {
				m, err := measure(steps.Named(step), bin, pace, time.Second)
				if err != nil {
					return nil, err
				}
				runs = append(runs, m)
			}
			return runs, nil
		},
		draw: func(t theme, data []byte) (*canvas, error) {
			var runs []memory
			if err := json.Unmarshal(data, &runs); err != nil {
				return nil, err
			}
			return g.draw(t, runs), nil
		},
	}
}
