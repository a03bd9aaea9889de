package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// twins는 묶음 안의 단계에서 바이트까지 같아야 하는 파일입니다. 한 번 읽은 파일은 다시 읽지 않아도
// 되고, 두 단계의 차이에도 나오지 않습니다.
var twins = map[string][][]string{
	"server.go":  {{"01", "02"}, {"03", "04", "05", "06", "07"}, {"08", "09"}},
	"closing.go": {{"01", "02", "03", "04", "05", "06", "07"}, {"08", "09"}},
}

func TestServerAndClosingAreTheSameInTheirGroups(t *testing.T) {
	for file, groups := range twins {
		sources := make(map[string]string)
		for _, step := range stepNames(t) {
			source, err := os.ReadFile(filepath.Join(root, step, file))
			if err != nil {
				t.Fatal(err)
			}
			sources[step[:2]] = string(source)
		}
		for _, fault := range untwinned(groups, sources) {
			t.Errorf("%s: %s", file, fault)
		}
	}
}

// untwinned는 묶음의 첫 단계와 다른 단계와, 어느 묶음에도 없는 단계입니다.
func untwinned(groups [][]string, sources map[string]string) (faults []string) {
	for _, group := range groups {
		for _, step := range group[1:] {
			if sources[step] != sources[group[0]] {
				faults = append(faults, fmt.Sprintf("%s의 것이 %s의 것과 다릅니다", step, group[0]))
			}
		}
	}
	for step := range sources {
		if !slices.ContainsFunc(groups, func(group []string) bool { return slices.Contains(group, step) }) {
			faults = append(faults, fmt.Sprintf("%s가 어느 묶음에도 없습니다", step))
		}
	}
	return faults
}

func TestTwinThatDiffersIsFound(t *testing.T) {
	groups := [][]string{{"01", "02"}, {"03", "04", "05"}}
	for _, tt := range []struct {
		name    string
		sources map[string]string
		faults  int
	}{
		{"같음", map[string]string{"01": "a", "02": "a", "03": "b", "04": "b", "05": "b"}, 0},
		{"빈칸 하나", map[string]string{"01": "a", "02": "a ", "03": "b", "04": "b", "05": "b"}, 1},
		{"가운데", map[string]string{"01": "a", "02": "a", "03": "b", "04": "B", "05": "b"}, 1},
		{"둘 다", map[string]string{"01": "a", "02": "a", "03": "b", "04": "B", "05": "B"}, 2},
		{"묶음 밖", map[string]string{"01": "a", "02": "a", "03": "b", "04": "b", "05": "b", "06": "b"}, 1},
	} {
		if faults := untwinned(groups, tt.sources); len(faults) != tt.faults {
			t.Errorf("%s: %q, 원한 것 %d개", tt.name, faults, tt.faults)
		}
	}
}

// 선언 밖의 주석과 import도 까닭 없이 달라지지 않습니다.
func TestFilesWithoutALessonAreTheSame(t *testing.T) {
	names := stepNames(t)
	for i, name := range names[1:] {
		files, err := filepath.Glob(filepath.Join(root, name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			file := filepath.Base(path)
			before, err := os.ReadFile(filepath.Join(root, names[i], file))
			if os.IsNotExist(err) || !isCode(file) {
				continue
			}
			after, err2 := os.ReadFile(path)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			if strayChange(t, file, string(before), string(after)) {
				t.Errorf("%s/%s: 선언은 %s의 것과 모두 같은데 파일이 다릅니다", name, file, names[i])
			}
		}
	}
}

// strayChange는 선언이 모두 같은데도 다른 파일을 찾습니다. 단계를 소개하는 첫 줄은 다를 수 있습니다.
func strayChange(t *testing.T, file, before, after string) bool {
	t.Helper()
	if !slices.Equal(parseFile(t, file, before), parseFile(t, file, after)) {
		return false
	}
	return withoutIntroduction(t, before) != withoutIntroduction(t, after)
}

func withoutIntroduction(t *testing.T, source string) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "", source, parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(source[f.Package-1:])
}

func TestStrayChangeIsFound(t *testing.T) {
	const before = "// 01은 시작입니다.\npackage main\n\nfunc a() {}\n"
	for _, tt := range []struct {
		name, after string
		stray       bool
	}{
		{"같음", before, false},
		{"첫 줄", "// 02는 다음입니다.\npackage main\n\nfunc a() {}\n", false},
		{"다른 선언", "package main\n\nfunc a() { b() }\n", false},
		{"새 선언", "package main\n\nfunc a() {}\n\nfunc b() {}\n", false},
		{"떠도는 주석", "package main\n\n// 주석\n\nfunc a() {}\n", true},
		{"import", "package main\n\nimport _ \"embed\"\n\nfunc a() {}\n", true},
	} {
		if stray := strayChange(t, "main.go", before, tt.after); stray != tt.stray {
			t.Errorf("%s: %v, 원한 것 %v", tt.name, stray, tt.stray)
		}
	}
}
