// notes는 docs-ko의 노트를 코드와 맞추고, 어긋난 곳을 알려 줍니다. checks 폴더에서 실행합니다.
//
//	go run ./notes                 기록을 새로 쓰고, 코드를 넣고, 모두 살핍니다.
//	go run ./notes -only 03-hub    스크립트 하나의 기록만 새로 씁니다.
package main

import (
	"errors"
	"flag"
	"fmt"
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
	faults, err := record(r, only)
	if err != nil {
		return err
	}
	stale, err := r.embedmd("-w")
	if err != nil {
		return err
	}
	faults = append(faults, stale...)
	for _, f := range faults {
		fmt.Println(f)
	}
	if len(faults) > 0 {
		return errors.New("고칠 곳이 있습니다")
	}
	return nil
}
