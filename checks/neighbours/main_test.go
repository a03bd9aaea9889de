package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLineTableIsUpToDate(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, contributing))
	if err != nil {
		t.Fatal(err)
	}
	table, err := lineTable(root)
	if err != nil {
		t.Fatal(err)
	}
	want, err := replaceTable(string(page), table)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != want {
		t.Errorf("%s의 줄 수가 지금과 다릅니다. checks에서 go run ./neighbours를 실행하세요", contributing)
	}
}

// copySteps는 마음대로 고쳐도 되는 단계의 사본입니다.
func copySteps(t *testing.T) (copied string) {
	t.Helper()
	copied = t.TempDir()
	for _, name := range stepNames(t) {
		if err := os.CopyFS(filepath.Join(copied, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

func TestLineTableCountsEveryLine(t *testing.T) {
	copied := copySteps(t)
	write := func(path, text string) {
		if err := os.WriteFile(filepath.Join(copied, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table := func() string {
		table, err := lineTable(copied)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	seen := map[string]bool{table(): true}
	for _, edit := range []struct{ path, text string }{
		{"01-echo/new.go", "package main\n"},
		{"01-echo/new.go", "package main\n\n"},
		{"02-nextreader/new.go", "package main\n\n"},
		{"02-nextreader/new.go", "package maim\n\n"}, // 줄 수는 같고 달라진 줄만 늘어납니다.
		{"02-nextreader/new_test.go", "package main\n"},
		{"03-hub/index.html", "<!DOCTYPE html>\n"},
	} {
		write(edit.path, edit.text)
		if got := table(); seen[got] {
			t.Errorf("%s를 고쳤는데 표가 그대로입니다", edit.path)
		} else {
			seen[got] = true
		}
	}
	got := table()
	for _, row := range []string{"| new.go | 2 | 2 |  |", "| new_test.go |  | 1 |  |"} {
		if !strings.Contains(got, row) {
			t.Errorf("표에 %q이(가) 없습니다:\n%s", row, got)
		}
	}
}

func TestPageWithoutThePlaceOfTheTableIsRefused(t *testing.T) {
	for _, page := range []string{"", tableBegin, tableEnd} {
		if _, err := replaceTable(page, "표"); err == nil {
			t.Errorf("%q에 표를 넣었습니다", page)
		}
	}
	updated, err := replaceTable("앞\n"+tableBegin+"낡은 표\n"+tableEnd+"뒤\n", "새 표\n")
	if want := "앞\n" + tableBegin + "\n새 표\n\n" + tableEnd + "뒤\n"; err != nil || updated != want {
		t.Errorf("%q, %v, 원한 것 %q", updated, err, want)
	}
}
