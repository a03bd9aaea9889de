package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	addedTests     = "main_test.go"      // 그 단계가 더하거나 바꾼 약속
	inheritedTests = "inherited_test.go" // 앞 단계에서 그대로 물려받은 약속. 01에서는 개념이 아닌 약속

	maxTestLines = 350 // addedTests의 최대 줄 수
)

// dropped는 다음 단계에서 사라지는 약속과 그 까닭입니다.
var dropped = map[string]map[string]string{
	"03-hub": {
		"TestEchoKeepsTypeAndBytes":                  "되보내지 않고 모두에게 보냅니다.",
		"TestMessageIsEchoedWhileItIsStillArriving":  "다 받은 메시지를 허브에 넘깁니다.",
		"TestMessageOf64MiBDoesNotGrowMemory":        "다 받은 메시지를 허브에 넘깁니다.",
		"TestBadByteEndsAMessageThatIsStillArriving": "다 받은 메시지만 봅니다.",
		"TestRuneCutAnywhereIsStillText":             "다 받은 메시지만 봅니다.",
		"TestTextThatIsNotUTF8EndsWith1007":          "1003과 함께 TestWhatIsNotTextEndsOnlyTheSender가 봅니다.",
		"TestCtrlCEndsTheProgramAtOnce":              "끝나기 전에 1001을 보냅니다.",
	},
}

func TestTestsStandWhereTheLayoutPutsThem(t *testing.T) {
	names := stepNames(t)
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			if tests := parseTests(t, name); i == 0 { // 앞 단계가 없으니 어느 쪽에 놓아도 됩니다.
				for _, test := range tests {
					if test.file != addedTests && test.file != inheritedTests {
						t.Errorf("%s: %s에 있습니다", test.name, test.file)
					}
				}
			} else {
				for _, fault := range misplaced(parseTests(t, names[i-1]), tests, dropped[name]) {
					t.Error(fault)
				}
			}
			source, err := os.ReadFile(filepath.Join(root, name, addedTests))
			if err != nil {
				t.Fatal(err)
			}
			if fault := tooLong(string(source)); fault != "" {
				t.Error(fault)
			}
		})
	}
}

func TestMainNamesItsNote(t *testing.T) {
	for _, name := range stepNames(t) {
		source, err := os.ReadFile(filepath.Join(root, name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		note := "docs-ko/" + name + ".md"
		if first, _, _ := strings.Cut(string(source), "\n"); !strings.HasSuffix(first, " 노트: "+note) {
			t.Errorf("%s/main.go의 첫 줄이 「노트: %s」로 끝나지 않습니다: %s", name, note, first)
		}
		if _, err := os.Stat(filepath.Join(root, note)); err != nil {
			t.Error(err)
		}
	}
}

// tooLong은 다음 단계를 푸는 사람이 다 읽기에 긴 main_test.go를 찾습니다.
func tooLong(source string) string {
	if lines := strings.Count(source, "\n"); lines > maxTestLines {
		return fmt.Sprintf("%s: %d줄, 최대 %d줄", addedTests, lines, maxTestLines)
	}
	return ""
}

func TestLongTestFileIsFound(t *testing.T) {
	if fault := tooLong(strings.Repeat("\n", maxTestLines)); fault != "" {
		t.Error(fault)
	}
	if tooLong(strings.Repeat("\n", maxTestLines+1)) == "" {
		t.Errorf("%d줄을 잡아내지 못했습니다", maxTestLines+1)
	}
}

// misplaced는 까닭 없이 사라진 테스트와, 제 파일에 있지 않은 테스트입니다.
func misplaced(before, after []decl, dropped map[string]string) (faults []string) {
	find := func(tests []decl, name string) (decl, bool) {
		i := slices.IndexFunc(tests, func(d decl) bool { return d.name == name })
		if i < 0 {
			return decl{}, false
		}
		return tests[i], true
	}
	for _, b := range before {
		_, kept := find(after, b.name)
		_, listed := dropped[b.name]
		switch {
		case !kept && !listed:
			faults = append(faults, fmt.Sprintf("%s: 까닭 없이 사라졌습니다", b.name))
		case kept && listed:
			faults = append(faults, fmt.Sprintf("%s: 사라진다고 적혀 있지만 있습니다", b.name))
		}
	}
	for name := range dropped {
		if _, known := find(before, name); !known {
			faults = append(faults, fmt.Sprintf("%s: 사라진다고 적혀 있지만 앞 단계에도 없습니다", name))
		}
	}
	for _, a := range after {
		b, known := find(before, a.name)
		want := addedTests
		if known && a.text == b.text {
			want = inheritedTests
		}
		if a.file != want {
			faults = append(faults, fmt.Sprintf("%s: %s에 있습니다. %s에 있어야 합니다", a.name, a.file, want))
		}
	}
	return faults
}

// parseTests는 단계의 모든 테스트입니다.
func parseTests(t *testing.T, step string) (tests []decl) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, step, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests = append(tests, testsIn(parseFile(t, filepath.Base(file), string(source)))...)
	}
	return tests
}

func testsIn(decls []decl) []decl {
	return slices.DeleteFunc(decls, func(d decl) bool {
		return !strings.HasPrefix(d.name, "Test") || d.name == "TestMain"
	})
}

func TestMisplacedTestIsFound(t *testing.T) {
	parse := func(file string, bodies ...string) []decl {
		source := "package main\n\nfunc TestMain(m *testing.M) {}\n\nfunc help() {}\n"
		for _, body := range bodies {
			source += "\nfunc " + body + "\n"
		}
		return testsIn(parseFile(t, file, source))
	}
	const a, a2, b, c = "TestA() {}", "TestA() { help() }", "TestB() {}", "TestC() {}"
	before := slices.Concat(parse(addedTests, a), parse(inheritedTests, b))
	for _, tt := range []struct {
		name    string
		after   []decl
		dropped map[string]string
		faults  int
	}{
		{"그대로", parse(inheritedTests, a, b), nil, 0},
		{"새것", slices.Concat(parse(addedTests, c), parse(inheritedTests, a, b)), nil, 0},
		{"바뀐 것", slices.Concat(parse(addedTests, a2), parse(inheritedTests, b)), nil, 0},
		{"그대로인데 main_test.go", slices.Concat(parse(addedTests, a), parse(inheritedTests, b)), nil, 1},
		{"바뀌었는데 inherited_test.go", parse(inheritedTests, a2, b), nil, 1},
		{"새것인데 inherited_test.go", parse(inheritedTests, a, b, c), nil, 1},
		{"다른 파일", slices.Concat(parse("helper_test.go", a), parse(inheritedTests, b)), nil, 1},
		{"사라짐", parse(inheritedTests, a), nil, 1},
		{"까닭이 있는 사라짐", parse(inheritedTests, a), map[string]string{"TestB": "까닭"}, 0},
		{"낡은 까닭", parse(inheritedTests, a, b), map[string]string{"TestB": "까닭"}, 1},
		{"모르는 까닭", parse(inheritedTests, a, b), map[string]string{"TestC": "까닭"}, 1},
	} {
		if faults := misplaced(before, tt.after, tt.dropped); len(faults) != tt.faults {
			t.Errorf("%s: %q, 원한 것 %d개", tt.name, faults, tt.faults)
		}
	}
}
