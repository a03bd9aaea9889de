// notes는 docs-ko의 노트를 코드와 맞추고, 어긋난 곳을 알려 줍니다. checks 폴더에서 실행합니다.
//
//	go run ./notes                 차이와 기록을 새로 쓰고, 노트에 넣고, 모두 살핍니다.
//	go run ./notes -only 03-hub    기록은 이 스크립트의 것만 새로 씁니다.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	only := flag.String("only", "", "기록을 새로 쓸 `스크립트` 하나의 이름 (예: 03-hub)")
	flag.Parse()
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(only string) error {
	r, err := findRepository()
	if err != nil {
		return err
	}
	faults, err := r.refresh(only, os.Stdout)
	if err != nil {
		return err
	}
	for _, c := range checks {
		found, err := c.check(r)
		if err != nil {
			return err
		}
		faults = append(faults, found...)
	}
	for _, f := range faults {
		fmt.Println(f)
	}
	if len(faults) > 0 {
		return fmt.Errorf("고칠 곳이 %d군데 있습니다", len(faults))
	}
	fmt.Println("고칠 곳이 없습니다")
	return nil
}

// refresh는 코드에서 만들어지는 것을 모두 새로 씁니다.
func (r repository) refresh(only string, progress io.Writer) (faults []fault, err error) {
	if err := r.writeDiffs(); err != nil {
		return nil, err
	}
	if err := r.linkTests(); err != nil {
		return nil, err
	}
	faults, err = r.play(only, true, progress)
	if err != nil {
		return nil, err
	}
	stale, err := r.embedmd("-w")
	if err != nil {
		return nil, err
	}
	return append(faults, stale...), r.writeGlossary()
}

// checks는 노트가 지킬 약속입니다. 저장소를 고치지 않습니다.
var checks = []struct {
	name  string
	check func(repository) ([]fault, error)
}{
	{"단계의 차이", repository.checkDiffs},
	{"embedmd의 함정", repository.checkDirectives},
	{"넣은 코드", func(r repository) ([]fault, error) { return r.embedmd("-d") }},
	{"손으로 적은 코드", repository.checkBlocks},
	{"명령", repository.checkCommands},
	{"기록", repository.checkTranscripts},
	{"꼴", repository.checkShape},
	{"길이", repository.checkLength},
	{"되풀이", repository.checkRepeats},
	{"테스트의 이름", repository.checkTestNames},
	{"링크", repository.checkLinks},
	{"그림", repository.checkDiagrams},
	{"낱말", repository.checkWords},
	{"용어집", repository.checkGlossary},
}
