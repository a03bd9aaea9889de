package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// ports는 노트의 8080, 8081, …을 스크립트마다 다른 빈 포트로 바꾸고, 기록할 때 되돌립니다.
type ports struct {
	real [10]string // real[0]이 8080
	note *strings.Replacer
}

func newPorts() (*ports, error) {
	p := new(ports)
	var pairs []string
	for i := range p.real {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		p.real[i] = strconv.Itoa(port)
		note := strconv.Itoa(8080 + i)
		pairs = append(pairs, ":"+p.real[i], ":"+note, "port "+p.real[i], "port "+note) // curl -v는 port 8080이라고 씁니다.
	}
	p.note = strings.NewReplacer(pairs...)
	return p, nil
}

// nextPort는 다음에 볼 포트입니다. 나가는 연결이 쓰는 번호(대개 32768부터)는 피합니다.
var nextPort atomic.Int32

func init() { nextPort.Store(20000 + rand.Int32N(10000)) }

// freePort는 아무도 쓰지 않고, 이 프로세스가 나눠 준 적도 없는 포트입니다.
func freePort() (int, error) {
	for range 1000 {
		port := int(nextPort.Add(1))
		listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("비어 있는 포트를 찾지 못했습니다")
}

var notePort = regexp.MustCompile(`:808(\d)\b`)

func (p *ports) toReal(text string) string {
	return notePort.ReplaceAllStringFunc(text, func(port string) string {
		return ":" + p.real[port[len(port)-1]-'0']
	})
}

func (p *ports) toNote(text string) string {
	return p.note.Replace(text)
}

// goRun은 폴더 하나를 실행하는 go run입니다.
var goRun = regexp.MustCompile(`\bgo run (?:-\S+ )*(\./[^\s;&|<>]+)([^;&|<>]*)`)

// withAddr는 주소를 적지 않은 서버에 -addr을 더합니다. 기본값 8080은 남이 쓰고 있을 수 있습니다.
func (p *ports) withAddr(command, dir string) string {
	return replaceAll(goRun, command, func(m []string) string {
		if strings.Contains(m[2], "-addr") || !hasAddrFlag(filepath.Join(dir, m[1])) {
			return m[0]
		}
		return strings.TrimSuffix(m[0], m[2]) + " -addr localhost:8080" + m[2]
	})
}

func hasAddrFlag(dir string) bool {
	sources, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	return slices.ContainsFunc(sources, func(file string) bool {
		source, _ := os.ReadFile(file)
		return strings.Contains(string(source), `flag.String("addr", "localhost:8080"`)
	})
}

// replaceAll은 맞은 곳마다 replace가 반환한 글로 바꿉니다. replace는 묶음까지 받습니다.
func replaceAll(re *regexp.Regexp, text string, replace func(m []string) string) string {
	return re.ReplaceAllStringFunc(text, func(match string) string {
		return replace(re.FindStringSubmatch(match))
	})
}
