package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const root = "../.."

// lessons는 다음 단계에서 달라지는 선언과 그 까닭입니다. 여기 없는 선언은 같아야 하고,
// 여기 있는 선언은 달라야 합니다.
var lessons = map[string]map[string]string{
	"02-nextreader": {
		"echo": "메시지를 통째로 받지 않고 흘려보냅니다.",
	},
	"03-hub": {
		"main":       "ctx를 만드는 run이 newHandler를 부릅니다.",
		"newHandler": "허브를 띄우고 ctx로 끝냅니다.",
		"serveWS":    "연결을 허브에 넘기고 바로 돌아옵니다.",
		"run":        "Ctrl-C를 받아 허브가 연결을 닫을 때까지 기다립니다.",
	},
	"04-pingpong": {
		"(*Client).read":      "읽기 마감 시각을 정하고 pong마다 늦춥니다.",
		"(*Client).writePump": "정한 때마다 ping을 보냅니다.",
		"(*Client).writeAll":  "쓸 때마다 마감 시각을 정하고, 밀린 것을 쓰는 동안에도 ping을 보냅니다.",
	},
	"05-readlimit": {
		"Client":              "메시지를 넘길 차례를 셉니다.",
		"newClient":           "차례를 maxAhead개 쥐여 줍니다.",
		"(*Client).read":      "메시지의 최대 크기를 정하고, 넘기기 전에 차례를 기다립니다.",
		"(*Client).writePump": "끝날 때 차례를 기다리는 readPump를 깨웁니다.",
		"(*Client).writeAll":  "자기 메시지가 쓰일 때마다 차례를 돌려놓습니다.",
	},
	"06-origin": {
		"upgrader": "CheckOrigin을 정합니다.",
		"serveWS":  "거절한 출처를 줄여서 로그에 남깁니다.",
	},
	"07-otp-auth": {
		"newHandler":         "/login을 열고 일회용 비밀번호를 나눠 줍니다.",
		"serveWS":            "업그레이드하기 전에 일회용 비밀번호를 확인합니다.",
		"Client":             "연결한 사용자를 기억합니다.",
		"newClient":          "연결한 사용자를 기억합니다.",
		"(*Client).readPump": "누가 나갔는지 로그에 남깁니다.",
	},
	"08-wss": {
		"run":     "인증서를 마련하고 TLS로 듣습니다.",
		"pageURL": "주소가 https로 시작합니다.",
		"endOf":   "TLS 레코드가 중간에 끊긴 것을 구별합니다.",
	},
	"09-rooms": {
		"Hub":            "방마다 클라이언트 집합을 두고, 메시지 대신 부탁을 받습니다.",
		"newHub":         "방마다 클라이언트 집합을 두고, 메시지 대신 부탁을 받습니다.",
		"(*Hub).run":     "들어온 클라이언트를 첫 방에 넣고, 부탁마다 제 일을 하게 합니다.",
		"(*Hub).remove":  "방에서도 뺍니다.",
		"Client":         "지금 있는 방을 기억합니다.",
		"(*Client).read": "받은 글을 이벤트로 풀어서 부탁합니다.",
	},
}

func TestDeclarationsOfNeighboursAgreeExceptTheLesson(t *testing.T) {
	names := stepNames(t)
	for i, name := range names[1:] {
		t.Run(name, func(t *testing.T) {
			before, after := parseStep(t, filepath.Join(root, names[i])), parseStep(t, filepath.Join(root, name))
			for _, fault := range disagreements(before, after, lessons[name]) {
				t.Error(fault)
			}
		})
	}
}

func TestDisagreementIsFound(t *testing.T) {
	step := func(source string) []decl { return parseFile(t, "main.go", source) }
	before := step("package main\n\n// a입니다.\nfunc a() {}\n\nfunc b() {}\n")
	tests := []struct {
		name, source string
		lesson       map[string]string
		faults       int
	}{
		{"같음", "package main\n\n// a입니다.\nfunc a() {}\n\nfunc b() {}\n", nil, 0},
		{"더함", "package main\n\n// a입니다.\nfunc a() {}\n\nfunc c() {}\n\nfunc b() {}\n", nil, 0},
		{"본문이 다름", "package main\n\n// a입니다.\nfunc a() { b() }\n\nfunc b() {}\n", nil, 1},
		{"주석이 다름", "package main\n\n// a입니다!\nfunc a() {}\n\nfunc b() {}\n", nil, 1},
		{"까닭이 있는 다름", "package main\n\n// a입니다.\nfunc a() { b() }\n\nfunc b() {}\n", map[string]string{"a": "까닭"}, 0},
		{"낡은 까닭", "package main\n\n// a입니다.\nfunc a() {}\n\nfunc b() {}\n", map[string]string{"a": "까닭"}, 1},
		{"순서가 다름", "package main\n\nfunc b() {}\n\n// a입니다.\nfunc a() {}\n", nil, 1},
	}
	for _, tt := range tests {
		if faults := disagreements(before, step(tt.source), tt.lesson); len(faults) != tt.faults {
			t.Errorf("%s: %q, 원한 것 %d개", tt.name, faults, tt.faults)
		}
	}
	moved := parseFile(t, "hub.go", "package main\n\n// a입니다.\nfunc a() {}\n\nfunc b() {}\n")
	if faults := disagreements(before, moved, nil); len(faults) != 2 {
		t.Errorf("다른 파일: %q, 원한 것 2개", faults)
	}

	// 두 파일에 하나씩 있는 init은 서로 다른 선언입니다.
	inits := func(text string) []decl {
		return append(parseFile(t, "client.go", "package main\n\nfunc init() { "+text+" }\n"),
			parseFile(t, "origin.go", "package main\n\nfunc init() {}\n")...)
	}
	if faults := disagreements(inits("a()"), inits("a()"), nil); len(faults) != 0 {
		t.Errorf("같은 init: %q", faults)
	}
	if faults := disagreements(inits("a()"), inits("b()"), nil); len(faults) != 1 {
		t.Errorf("다른 init: %q, 원한 것 1개", faults)
	}
}

// decl은 최상위 선언 하나입니다. text에는 주석도 들어 있습니다.
type decl struct{ name, file, text string }

func disagreements(before, after []decl, lesson map[string]string) (faults []string) {
	var order []string
	for _, d := range after {
		order = append(order, d.name)
	}
	last := -1
	for _, b := range before {
		i := slices.Index(order, b.name)
		if i < 0 {
			continue
		}
		a := after[i]
		_, taught := lesson[b.name]
		switch {
		case a.file != b.file:
			faults = append(faults, fmt.Sprintf("%s: %s에 있던 것이 %s에 있습니다", b.name, b.file, a.file))
		case i < last:
			faults = append(faults, fmt.Sprintf("%s: 순서가 바뀌었습니다", b.name))
		case a.text != b.text && !taught:
			faults = append(faults, fmt.Sprintf("%s: 까닭 없이 다릅니다", b.name))
		case a.text == b.text && taught:
			faults = append(faults, fmt.Sprintf("%s: 다르다고 적혀 있지만 같습니다", b.name))
		}
		last = max(last, i)
	}
	for name := range lesson {
		if !slices.ContainsFunc(before, func(d decl) bool { return d.name == name }) || !slices.Contains(order, name) {
			faults = append(faults, fmt.Sprintf("%s: 다르다고 적혀 있지만 두 단계에 함께 있지 않습니다", name))
		}
	}
	return faults
}

func stepNames(t *testing.T) []string {
	t.Helper()
	names, err := stepsIn(root)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func parseStep(t *testing.T, dir string) (decls []decl) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !isCode(file) {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, parseFile(t, filepath.Base(file), string(source))...)
	}
	return decls
}

func parseFile(t *testing.T, file, source string) (decls []decl) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		name, doc := nameOf(d)
		if name == "init" {
			name = "init (" + file + ")" // init은 파일마다 있을 수 있습니다.
		}
		start := d.Pos()
		if doc != nil {
			start = doc.Pos()
		}
		if name != "" {
			text := source[fset.Position(start).Offset:fset.Position(d.End()).Offset]
			decls = append(decls, decl{name, file, text})
		}
	}
	return decls
}

// nameOf는 선언의 이름입니다. 묶음은 첫 이름으로 부르고, import에는 이름이 없습니다.
func nameOf(d ast.Decl) (string, *ast.CommentGroup) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name, d.Doc
		}
		if star, ok := d.Recv.List[0].Type.(*ast.StarExpr); ok {
			return fmt.Sprintf("(*%s).%s", star.X, d.Name.Name), d.Doc
		}
		return fmt.Sprintf("%s.%s", d.Recv.List[0].Type, d.Name.Name), d.Doc
	case *ast.GenDecl:
		switch spec := d.Specs[0].(type) {
		case *ast.ValueSpec:
			return spec.Names[0].Name, d.Doc
		case *ast.TypeSpec:
			return spec.Name.Name, d.Doc
		}
	}
	return "", nil
}
