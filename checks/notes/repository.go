package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// repository는 노트와 단계가 있는 폴더입니다. 테스트는 잘못을 심은 사본을 씁니다.
type repository struct {
	root   string
	checks string // 도구를 설치한 checks 폴더
}

// findRepository는 일하는 폴더에서 위로 올라가며 저장소를 찾습니다.
func findRepository() (repository, error) {
	dir, err := os.Getwd()
	if err != nil {
		return repository{}, err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "docs-ko")); err == nil {
			return repository{root: dir, checks: filepath.Join(dir, "checks")}, nil
		}
	}
	return repository{}, errors.New("docs-ko 폴더가 없습니다. checks 폴더에서 실행하세요")
}

// path는 뿌리에서 본 경로를 진짜 경로로 바꿉니다.
func (r repository) path(elem ...string) string {
	return filepath.Join(append([]string{r.root}, elem...)...)
}

// files는 Git이 무시하지 않는 모든 파일입니다. 아직 더하지 않은 것도 듭니다.
func (r repository) files() ([]string, error) {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = r.root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	return strings.FieldsFunc(string(out), func(c rune) bool { return c == 0 }), nil
}

// copyTo는 파일을 dir에 베낍니다. 이미 있는 파일은 그대로 둡니다.
func (r repository) copyTo(dir string) error {
	files, err := r.files()
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := copyFile(r.path(file), filepath.Join(dir, file)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil // 지웠지만 아직 커밋하지 않은 파일입니다.
	}
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode())
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// walk는 dir 아래의 파일마다 뿌리에서 본 경로를 넘깁니다. dir이 없으면 아무것도 하지 않습니다.
func (r repository) walk(dir string, visit func(file string)) error {
	err := filepath.WalkDir(r.path(dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == ".git" || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		file, err := filepath.Rel(r.root, path)
		visit(file)
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// writeIfChanged는 달라졌을 때만 씁니다.
func writeIfChanged(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
