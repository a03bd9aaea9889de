package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// repository는 노트와 단계가 있는 폴더입니다. 테스트는 잘못을 심은 사본을 씁니다.
type repository struct{ root string }

// findRepository는 일하는 폴더에서 위로 올라가며 저장소를 찾습니다.
func findRepository() (repository, error) {
	dir, err := os.Getwd()
	if err != nil {
		return repository{}, err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "docs-ko")); err == nil {
			return repository{dir}, nil
		}
	}
	return repository{}, errors.New("docs-ko 폴더가 없습니다. checks 폴더에서 실행하세요")
}

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
