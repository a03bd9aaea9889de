package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// diffsDir는 이웃한 두 단계의 차이 가운데 노트가 넣은 것을 두는 곳입니다. 예: docs-ko/diffs/03-04/client.go.diff
const diffsDir = "docs-ko/diffs"

// steps는 단계의 폴더 이름입니다. 이름의 순서가 단계의 순서입니다.
func (r repository) steps() ([]string, error) {
	paths, err := filepath.Glob(r.path("[0-9][0-9]-*", "main.go"))
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	return names, err
}

// diffs는 노트가 넣은 차이 파일의 경로와, 지금의 코드에서 만든 내용입니다. 만들 수 없는 것의 내용은 비어 있습니다.
func (r repository) diffs() (map[string][]byte, error) {
	notes, err := r.allNotes()
	if err != nil {
		return nil, err
	}
	steps, err := r.steps()
	if err != nil {
		return nil, err
	}
	diffs := make(map[string][]byte)
	for _, n := range notes {
		for _, line := range n.lines {
			m := directive.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			file := filepath.Join(filepath.Dir(n.file), m[1])
			name, ok := strings.CutPrefix(file, diffsDir+"/")
			if _, done := diffs[file]; !ok || done {
				continue
			}
			if diffs[file], err = r.diff(steps, name); err != nil {
				return nil, err
			}
		}
	}
	return diffs, nil
}

// diff는 git diff --no-index가 보여 주는, 이웃한 두 단계에 다 있는 파일의 차이입니다. name은 03-04/client.go.diff의 꼴입니다.
func (r repository) diff(steps []string, name string) ([]byte, error) {
	numbers, file, _ := strings.Cut(strings.TrimSuffix(name, ".diff"), "/")
	i := slices.IndexFunc(steps, func(step string) bool { return strings.HasPrefix(numbers, step[:2]+"-") })
	if i < 0 || i+1 == len(steps) || numbers != steps[i][:2]+"-"+steps[i+1][:2] {
		return nil, nil
	}
	before, after := steps[i]+"/"+file, steps[i+1]+"/"+file
	for _, path := range []string{before, after} {
		if _, err := os.Stat(r.path(path)); err != nil {
			return nil, nil
		}
	}
	// 저장소와 사람의 설정에 흔들리지 않게, 저장소가 아닌 곳에서처럼 실행합니다.
	cmd := exec.Command("git", "--git-dir="+os.DevNull, "-c", "core.abbrev=7", "-c", "core.attributesFile="+os.DevNull,
		"diff", "--no-index", "--no-color", "--no-ext-diff", before, after)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) { // 1은 다르다는 뜻입니다.
		return nil, fmt.Errorf("git diff --no-index %s %s: %w", before, after, err)
	}
	return out, nil
}

// writeDiffs는 노트가 넣은 차이를 새로 쓰고 나머지를 지웁니다.
func (r repository) writeDiffs() error {
	diffs, err := r.diffs()
	if err != nil {
		return err
	}
	for file, text := range diffs {
		if len(text) == 0 {
			continue // checkDiffs가 알립니다.
		}
		if err := writeIfChanged(r.path(file), text); err != nil {
			return err
		}
	}
	var unused []string
	if err := r.walk(diffsDir, func(file string) {
		if _, used := diffs[file]; !used {
			unused = append(unused, file)
		}
	}); err != nil {
		return err
	}
	for _, file := range unused {
		if err := os.Remove(r.path(file)); err != nil {
			return err
		}
	}
	return nil
}

// checkDiffs는 차이 파일이 지금의 코드와 같은지, 남는 파일이 없는지 봅니다.
func (r repository) checkDiffs() (faults []fault, err error) {
	diffs, err := r.diffs()
	if err != nil {
		return nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(diffs)) {
		text := diffs[file]
		if len(text) == 0 {
			faults = append(faults, fault{file: file, text: "이웃한 두 단계에 다 있고 서로 다른 파일의 차이가 아닙니다. 예: diffs/03-04/client.go.diff"})
		} else if saved, _ := os.ReadFile(r.path(file)); !bytes.Equal(saved, text) {
			faults = append(faults, fault{file: file, text: "두 단계의 차이가 달라졌습니다. checks 폴더에서 go run ./notes를 실행하세요"})
		}
	}
	return faults, r.walk(diffsDir, func(file string) {
		if _, used := diffs[file]; !used {
			faults = append(faults, fault{file: file, text: "이 차이를 넣은 노트가 없습니다. checks 폴더에서 go run ./notes를 실행하세요"})
		}
	})
}
