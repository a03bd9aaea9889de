package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// screens는 checks에서 본, 노트에 넣은 화면의 폴더입니다.
const screens = "../docs-ko/screens"

// screen은 노트에 넣은 화면 하나입니다. show가 찍을 창을 차립니다.
type screen struct {
	file, step string
	height     int64
	show       func(*browser.Browser, *browser.Tab, *steps.Server) error
}

var docs = []screen{
	{"07-login.png", "07-otp-auth", 320, showLogin},
	{"08-warning.png", "08-wss", 460, showWarning},
	{"09-rooms.png", "09-rooms", 460, showRooms},
}

// shootDocs는 노트에 넣은 화면을 다시 찍습니다.
func shootDocs() error {
	if err := os.MkdirAll(screens, 0o755); err != nil {
		return err
	}
	bin, err := os.MkdirTemp("", "shots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	chromium, err := browser.Start()
	if err != nil {
		return err
	}
	defer chromium.Close()
	for _, s := range docs {
		if err := s.shoot(chromium, bin); err != nil {
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	return nil
}

func (s screen) shoot(chromium *browser.Browser, bin string) error {
	program, err := steps.Named(s.step).Build(bin)
	if err != nil {
		return err
	}
	server, err := steps.Start(program)
	if err != nil {
		return err
	}
	defer server.Interrupt()
	tab, err := chromium.NewTab()
	if err != nil {
		return err
	}
	defer tab.Close()
	if err := tab.Emulate(600, s.height, "light"); err != nil {
		return err
	}
	if err := s.show(chromium, tab, server); err != nil {
		return err
	}
	shot, err := tab.Screenshot()
	if err != nil {
		return err
	}
	return squeeze(shot, filepath.Join(screens, s.file))
}

// squeeze는 많이 쓰인 256가지 색만 남겨 작은 PNG로 씁니다. 페이지의 색은 몇 가지뿐이고, 나머지는 글자의
// 부드러운 가장자리입니다.
func squeeze(shot []byte, file string) error {
	full, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return err
	}
	bounds := full.Bounds()
	count := make(map[color.Color]int)
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			count[full.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	small := image.NewPaletted(bounds, colors[:min(len(colors), 256)])
	draw.Draw(small, bounds, full, bounds.Min, draw.Src)
	var encoded bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&encoded, small); err != nil {
		return err
	}
	return os.WriteFile(file, encoded.Bytes(), 0o644)
}

func showLogin(_ *browser.Browser, tab *browser.Tab, server *steps.Server) error {
	if err := tab.Open(server.URL); err != nil {
		return err
	}
	if err := tab.Fill("username", "gopher"); err != nil {
		return err
	}
	return tab.Fill("password", "websocket")
}

// showWarning은 Chromium이 서버의 인증서를 믿지 않을 때 보이는 화면입니다. 데비안에서는 꾸러미
// chromium-l10n이 있고 환경 변수 LANGUAGE가 ko여야 한국어로 나옵니다.
func showWarning(_ *browser.Browser, tab *browser.Tab, server *steps.Server) error {
	tab.Open(server.URL) // 페이지가 열리지 않았다는 오류가 바라던 일입니다.
	return tab.WaitFor(`document.body.innerText.includes('ERR_CERT_AUTHORITY_INVALID')`, steps.Timeout)
}

// showRooms는 세 사람이 general에서 이야기하는 화면입니다.
func showRooms(chromium *browser.Browser, gopher *browser.Tab, server *steps.Server) error {
	step := steps.Named("09-rooms")
	tabs := map[string]*browser.Tab{"gopher": gopher}
	for _, user := range []string{"chulsoo", "younghee"} {
		tab, err := chromium.NewTab()
		if err != nil {
			return err
		}
		defer tab.Close()
		tabs[user] = tab
	}
	for user, tab := range tabs {
		if err := open(tab, step, server); err != nil {
			return err
		}
		if err := enter(tab, step, user); err != nil {
			return err
		}
	}
	return converse(tabs)
}
