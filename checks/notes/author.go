package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scripts는 only와 이름이 같은 스크립트, only가 비어 있으면 모든 스크립트입니다.
func (r repository) scripts(only string) ([]string, error) {
	if only == "" {
		only = "*"
	}
	files, err := filepath.Glob(r.path(scriptsDir, only+".txtar"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("스크립트가 없습니다: %s", filepath.Join(scriptsDir, only+".txtar"))
	}
	return files, err
}

// play는 스크립트를 돌리고, 실패한 것을 반환합니다. write면 달라진 기록을 새로 씁니다. 하나가 끝날 때마다
// progress에 한 줄을 씁니다.
func (r repository) play(only string, write bool, progress io.Writer) ([]fault, error) {
	files, err := r.scripts(only)
	if err != nil {
		return nil, err
	}
	p, err := newPlayer(r, write)
	if err != nil {
		return nil, err
	}
	defer p.close()
	a := &author{progress: progress}
	testscript.RunT(&script{author: a}, p.params(files))
	a.running.Wait()
	slices.SortFunc(a.faults, func(a, b fault) int { return cmp.Compare(a.file, b.file) })
	return a.faults, nil
}

// author는 go test 밖에서 돌린 스크립트들의 결과를 모읍니다.
type author struct {
	progress io.Writer
	running  sync.WaitGroup

	mu     sync.Mutex
	faults []fault
}

// script는 돌고 있는 스크립트 하나입니다. testscript에는 *testing.T로 보입니다.
type script struct {
	*author
	name   string
	log    strings.Builder
	failed bool
}

func (s *script) Run(name string, run func(testscript.T)) {
	child := &script{author: s.author, name: name}
	s.running.Go(func() {
		start := time.Now()
		defer func() { child.finish(time.Since(start)) }()
		run(child)
	})
}

func (s *script) finish(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result := "기록함"
	if s.failed {
		result = "실패"
		s.faults = append(s.faults, faultIn(s.name, s.log.String()))
	}
	fmt.Fprintf(s.progress, "%s: %s (%.1f초)\n", s.name, result, took.Seconds())
}

// failure는 testscript가 실패한 줄을 알리는 말입니다.
var failure = regexp.MustCompile(`(?s)FAIL: \S+?:(\d+): (.*)`)

func faultIn(script, log string) fault {
	f := fault{file: filepath.Join(scriptsDir, script+".txtar"), text: strings.TrimSpace(log)}
	if m := failure.FindStringSubmatch(log); m != nil {
		f.line, _ = strconv.Atoi(m[1])
		f.text = strings.TrimSpace(m[2])
	}
	return f
}

func (s *script) Log(args ...any)   { fmt.Fprintln(&s.log, args...) }
func (s *script) Fatal(args ...any) { s.Log(args...); s.FailNow() }
func (s *script) Skip(args ...any)  { s.Log(args...); runtime.Goexit() }
func (s *script) FailNow()          { s.failed = true; runtime.Goexit() }
func (s *script) Parallel()         {}
func (s *script) Verbose() bool     { return false }
