package main

import "fmt"

// fault는 노트를 쓰는 사람이 고칠 것 하나입니다.
type fault struct {
	file string
	line int // 모르면 0
	text string
}

func (f fault) String() string {
	if f.line == 0 {
		return fmt.Sprintf("%s: %s", f.file, f.text)
	}
	return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text)
}
