package main

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// notes는 docs-ko 아래의 모든 노트입니다. 경로는 저장소의 뿌리에서 봅니다.
func (r repository) notes() (notes []string, err error) {
	err = filepath.WalkDir(r.path("docs-ko"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		note, err := filepath.Rel(r.root, path)
		notes = append(notes, note)
		return err
	})
	slices.Sort(notes)
	return notes, err
}

// embedmd는 노트에 넣은 코드를 원래 파일과 맞춥니다. mode가 -w면 새로 쓰고, -d면 다른 곳을 알려 줍니다.
func (r repository) embedmd(mode string) (faults []fault, err error) {
	notes, err := r.notes()
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		cmd := exec.Command("go", "tool", "embedmd", mode, r.path(note))
		out, err := cmd.CombinedOutput()
		if err != nil {
			text := strings.TrimPrefix(strings.TrimSpace(string(out)), r.path(note)+":")
			faults = append(faults, fault{file: note, text: fmt.Sprintf("넣은 코드가 파일과 다릅니다 (embedmd %s)\n%s", mode, text)})
		}
	}
	return faults, nil
}
