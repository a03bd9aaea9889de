package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

func here(t *testing.T) repository {
	t.Helper()
	r, err := findRepository()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTranscriptsAreWhatTheCommandsShow(t *testing.T) {
	r := here(t)
	files, err := r.scripts("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlayer(r, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	testscript.Run(t, p.params(files))
}

func TestNotesKeepTheirPromises(t *testing.T) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			faults, err := c.check(here(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				t.Error(f)
			}
		})
	}
}

// small은 약속을 모두 지키는 작은 저장소를 만듭니다. 도구는 진짜 checks의 것을 씁니다.
func small(t *testing.T) repository {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/small.txtar")
	if err != nil {
		t.Fatal(err)
	}
	r := repository{root: t.TempDir(), checks: here(t).checks}
	for _, f := range archive.Files {
		if err := writeIfChanged(r.path(f.Name), f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("git", "init", "-q", r.root).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	faults, err := r.refresh("", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
	return r
}

func TestAuthorsCommandLeavesNothingToMend(t *testing.T) {
	r := small(t)
	for _, c := range checks {
		faults, err := c.check(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faults {
			t.Errorf("%s: %v", c.name, f)
		}
	}
	if faults, err := r.play("", false, io.Discard); err != nil || len(faults) > 0 {
		t.Errorf("방금 쓴 기록이 다릅니다: %v %v", faults, err)
	}
}

// plant는 작은 저장소에 심을 잘못 하나입니다.
type plant struct {
	name     string
	file     string
	old, new string // old가 비어 있으면 파일을 new로 만들고, 둘 다 비어 있으면 지움
	want     []string
}

// in은 r의 사본에 잘못을 심습니다.
func (p plant) in(t *testing.T, r repository) repository {
	t.Helper()
	planted := repository{root: t.TempDir(), checks: r.checks}
	if err := os.CopyFS(planted.root, os.DirFS(r.root)); err != nil {
		t.Fatal(err)
	}
	if p.old == "" && p.new == "" {
		if err := os.Remove(planted.path(p.file)); err != nil {
			t.Fatal(err)
		}
		return planted
	}
	text := p.new
	if p.old != "" {
		source, err := os.ReadFile(planted.path(p.file))
		if err != nil {
			t.Fatal(err)
		}
		text = strings.Replace(string(source), p.old, p.new, 1)
		if text == string(source) {
			t.Fatalf("%s에 %q이(가) 없습니다", p.file, p.old)
		}
	}
	if err := writeIfChanged(planted.path(p.file), []byte(text)); err != nil {
		t.Fatal(err)
	}
	return planted
}

// expect는 잘못마다 하나씩만 알려 주는지 봅니다.
func (p plant) expect(t *testing.T, faults []fault, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != len(p.want) {
		t.Errorf("잘못 %d개를 알렸습니다, 원한 것 %d개: %v", len(faults), len(p.want), faults)
		return
	}
	for i, want := range p.want {
		if !strings.Contains(faults[i].String(), want) {
			t.Errorf("알린 것 %q에 %q이(가) 없습니다", faults[i], want)
		}
	}
}

const (
	one = "docs-ko/01-one.md"
	two = "docs-ko/02-two.md"

	concept = "인사는 한 번 합니다.\n\n> 출처의 문장입니다. [RFC](https://example.com)\n\n"
	drawing = "```mermaid\nsequenceDiagram\n  브라우저->>서버: 안녕\n```\n\n"
)

// output은 줄마다 다른, n줄의 블록입니다.
func output(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d\n", i)
	}
	return "```text\n" + b.String() + "```\n"
}

// 약속마다 잘못을 심어, 그 약속이 알아보는지 봅니다.
func TestPlantedFaultsAreFound(t *testing.T) {
	planted := map[string][]plant{
		"단계의 차이": {
			{name: "낡은 차이", file: "02-two/main.go", old: "another())", new: "another() + another())", want: []string{"docs-ko/diffs/01-02/main.go.diff: 두 단계의 차이가 달라졌습니다"}},
			{name: "남는 차이", file: "docs-ko/diffs/01-02/go.mod.diff", new: "낡음\n", want: []string{"docs-ko/diffs/01-02/go.mod.diff: 이 차이를 넣은 노트가 없습니다"}},
			{name: "새 파일의 차이", file: two, old: "/main.go.diff", new: "/another.go.diff", want: []string{"docs-ko/diffs/01-02/another.go.diff: 이웃한 두 단계에", "main.go.diff: 이 차이를 넣은"}},
			{name: "이웃하지 않은 단계", file: two, old: "diffs/01-02", new: "diffs/01-03", want: []string{"docs-ko/diffs/01-03/main.go.diff: 이웃한 두 단계에", "main.go.diff: 이 차이를 넣은"}},
			{name: "테스트만 달라짐", file: "02-two/main_test.go", old: "TestAnother", new: "TestOther"},
		},
		"embedmd의 함정": {
			{name: "들여 씀", file: one, old: "[embedmd]:# (../01", new: "  [embedmd]:# (../01", want: []string{"docs-ko/01-one.md:26: embedmd 줄은 줄의 처음에서"}},
			{name: "앞이 비어 있지 않음", file: one, old: "\n\n[embedmd]:# (../01", new: "\n[embedmd]:# (../01", want: []string{"docs-ko/01-one.md:25: embedmd 줄 앞을 한 줄 비우세요"}},
			{name: "\\ 없는 괄호", file: one, old: `greeting\(`, new: "(greeting)", want: []string{"docs-ko/01-one.md:26: 이 줄이 글로 보입니다"}},
			{name: "닫히지 않은 괄호", file: one, old: `greeting\(`, new: "greeting(", want: []string{"docs-ko/01-one.md:26: 이 줄이 글로 보입니다"}},
			{name: "여러 곳에 맞음", file: one, old: `greeting\(`, new: "", want: []string{"docs-ko/01-one.md:26: 시작 정규식은 01-one/main.go에 한 번만 나와야 합니다. 지금은 2번"}},
			{name: "아무 데도 맞지 않음", file: one, old: `greeting\(`, new: "none", want: []string{"지금은 0번"}},
			{name: "없는 파일", file: one, old: "../01-one/main.go", new: "../01-one/none.go", want: []string{"넣을 파일이 없습니다: 01-one/none.go"}},
			{name: "다른 꼴", file: one, old: "main.go go /", new: "main.go  /", want: []string{"embedmd 줄의 꼴이 아닙니다"}},
			{name: "```가 든 파일", file: "01-one/main.go", old: "package main", new: "/*\n```\n*/\npackage main", want: []string{"```가 든 파일은 넣을 수 없습니다"}},
		},
		"넣은 코드": {
			{name: "낡은 코드", file: "01-one/main.go", old: "안녕하세요", new: "반갑습니다", want: []string{"docs-ko/01-one.md: 넣은 코드가 파일과 다릅니다"}},
			{name: "손으로 고친 코드", file: one, old: `return "안녕하세요"`, new: `return "안녕"`, want: []string{"docs-ko/01-one.md: 넣은 코드가 파일과 다릅니다"}},
			{name: "낡은 기록", file: "docs-ko/transcripts/01-one/one.txt", old: "안녕하세요", new: "안녕", want: []string{"docs-ko/01-one.md: 넣은 코드가 파일과 다릅니다"}},
		},
		"손으로 적은 코드": {
			{name: "까닭 없는 Go 코드", file: one, old: "<!-- 저장소에 없는 코드: 잘못된 보기 -->\n", new: "", want: []string{"docs-ko/01-one.md:52: Go 코드는 embedmd로 넣습니다"}},
			{name: "빈 까닭", file: one, old: ": 잘못된 보기 -->", new: ": -->", want: []string{"Go 코드는 embedmd로 넣습니다"}},
			{name: "저장소에 있는 코드", file: one, old: "log.Fatal(greeting())", new: "func main() {\n\tlog.Print(greeting())\n}", want: []string{"01-one/main.go에 있는 코드입니다"}},
			{name: "이름만 바꾼 Go 코드", file: one, old: "```go\nlog.Fatal(greeting())", new: "```text\nfunc main() {\n    log.Print(greeting())\n}", want: []string{"01-one/main.go에 있는 코드입니다"}},
			{name: "언어 없음", file: one, old: "```go\nlog.Fatal", new: "```\nlog.Fatal", want: []string{`"" 블록은 손으로 적지 않습니다`}},
			{name: "손으로 적은 기록", file: two, old: "## 이야기할 것", new: "```console\n$ go run ./02-two\n```\n\n## 이야기할 것", want: []string{"console 블록은 docs-ko/transcripts의 기록을"}},
			{name: "다른 곳의 기록", file: two, old: "transcripts/02-two/two.txt console", new: "../go.mod console", want: []string{"console 블록은 docs-ko/transcripts의 기록을"}},
			{name: "글로 적은 기록", file: two, old: "## 이야기할 것", new: "```text\n$ ls\n```\n\n## 이야기할 것", want: []string{"터미널에 보이는 것은"}},
			{name: "손으로 적은 차이", file: two, old: "## 이야기할 것", new: "```diff\n+a\n```\n\n## 이야기할 것", want: []string{"diff 블록은 docs-ko/diffs나"}},
		},
		"명령": {
			{name: "실행하지 않는 명령", file: two, old: "go run ./02-two", new: "go run ./02-two -x", want: []string{"docs-ko/02-two.md:17: 아무 스크립트도 실행하지 않는 명령입니다: go run ./02-two -x"}},
			{name: "이어진 줄", file: two, old: "  01-one 02-two", new: "  01-one 02-none", want: []string{"docs-ko/02-two.md:18: 아무 스크립트도 실행하지 않는 명령입니다: git diff --no-index --stat 01-one 02-none"}},
			{name: "README의 명령", file: "README.md", old: "go run ./01-one", new: "ls", want: []string{"README.md:6: 아무 스크립트도 실행하지 않는 명령입니다: ls"}},
			{name: "스크립트에서 빠짐", file: "checks/notes/scripts/01-one.txtar", old: "go run ./01-one", new: "go run ./01-one/", want: []string{"README.md:6"}},
			{name: "실행하지 않는 까닭", file: "README.md", old: "```sh\ngo run ./01-one", new: "<!-- 여기서 실행하지 않는 명령: 운영 체제마다 다름 -->\n\n```sh\nipconfig"},
			{name: "까닭이 있어도 실행할 명령", file: "README.md", old: "```sh\ngo run ./01-one", new: "<!-- 여기서 실행하지 않는 명령: 바쁨 -->\n\n```sh\ncurl localhost", want: []string{"README.md:8"}},
			{name: "글 속의 명령", file: two, old: "## 이야기할 것", new: "```text\ncurl localhost\n```\n\n## 이야기할 것", want: []string{"아무 스크립트도 실행하지 않는 명령입니다: curl localhost"}},
			{name: "없는 문서", file: one, old: "go doc log.Print", new: "go doc log.None", want: []string{"docs-ko/01-one.md:37: go doc log.None"}},
		},
		"기록": {
			{name: "스크립트가 없는 기록", file: "docs-ko/transcripts/01-one/old.txt", new: "낡음\n", want: []string{"docs-ko/transcripts/01-one/old.txt: 이 기록을 쓰는 스크립트가 없습니다"}},
			{name: "노트에 없는 기록", file: two, old: "[embedmd]:# (transcripts/02-two/two.txt console)\n", new: "", want: []string{"docs-ko/transcripts/02-two/two.txt: 이 기록을 넣은 노트가 없습니다"}},
			{name: "적용하지 않는 풀이", file: "docs-ko/solutions/02-two/2.diff", new: "--- a\n", want: []string{"docs-ko/solutions/02-two/2.diff: 이 풀이를 적용해 보는"}},
		},
		"꼴": {
			{name: "없는 제목", file: one, old: "## 흔한 오해\n", new: "", want: []string{"docs-ko/01-one.md: ## 제목이 정한 것과 다릅니다"}},
			{name: "01의 제목", file: two, old: "## 달라진 곳\n", new: "## 코드\n", want: []string{"docs-ko/02-two.md: ## 제목이 정한 것과 다릅니다"}},
			{name: "제목의 순서", file: one, old: "## 만날 수 있는 오류\n\n## 연습", new: "## 연습\n\n## 만날 수 있는 오류", want: []string{"## 제목이"}},
			{name: "개념 없음", file: one, old: "인사는 한 번 합니다.\n", new: "", want: []string{"01-one.md:1: 첫 제목 앞에는 개념 한 문장"}},
			{name: "출처 없음", file: one, old: "[RFC](https://example.com)", new: "RFC", want: []string{"첫 제목 앞에는"}},
			{name: "그림 없음", file: one, old: "```mermaid", new: "```text", want: []string{"첫 제목 앞에는"}},
			{name: "그림이 먼저", file: one, old: concept + drawing, new: drawing + concept, want: []string{"첫 제목 앞에는"}},
			{name: "긴 첫 화면", file: one, old: "인사는 한 번 합니다.\n", new: "인사는 한 번 합니다.\n" + strings.Repeat("\n", 60), want: []string{"첫 화면이 70줄입니다"}},
			{name: "긴 출력", file: one, old: "## 실행하기\n", new: "## 실행하기\n\n" + output(11), want: []string{"「실행하기」의 출력이 11줄"}},
			{name: "접은 출력", file: one, old: "## 실행하기\n", new: "## 실행하기\n\n<details><summary>모두</summary>\n\n" + output(11) + "\n</details>\n"},
			{name: "오해 일곱 개", file: one, old: "**「하나다.」**", new: strings.Repeat("**「하나다.」**\n\n", 7), want: []string{"흔한 오해는 최대 6개"}},
			{name: "힌트 하나", file: one, old: "힌트 2", new: "둘째", want: []string{"지금은 1개입니다"}},
			{name: "실험 두 개", file: one, old: "### 셋\n", new: "", want: []string{"실험(###)은 3개입니다. 지금은 2개"}},
			{name: "질문 여섯 개", file: one, old: "5. 다섯", new: "5. 다섯\n6. 여섯", want: []string{"지금 있는 목록의 항목: [6 5]"}},
			{name: "답 네 개", file: one, old: "5. 다섯\n\n</details>", new: "\n</details>", want: []string{"지금 있는 목록의 항목: [5 4]"}},
			{name: "없는 노트", file: one, want: []string{"docs-ko/01-one.md: 단계의 노트가 없습니다"}},
		},
		"길이": {
			{name: "긴 01", file: one, old: "## 이야기할 것", new: strings.Repeat("글\n", 200) + "## 이야기할 것", want: []string{"docs-ko/01-one.md: 접은 곳을 빼고"}},
			{name: "02는 더 길어도 됨", file: two, old: "## 이야기할 것", new: strings.Repeat("글\n", 200) + "## 이야기할 것"},
			{name: "접으면 길어도 됨", file: one, old: "5. 다섯\n\n</details>", new: "5. 다섯\n" + strings.Repeat("글\n", 200) + "\n</details>"},
			{name: "코드가 많음", file: one, old: "## 이야기할 것", new: output(70) + "\n## 이야기할 것", want: []string{"가운데 코드가"}},
			{name: "접은 코드", file: one, old: "5. 다섯\n\n</details>", new: "5. 다섯\n\n" + output(70) + "\n</details>"},
		},
		"되풀이": {
			{name: "여섯 줄", file: two, old: "## 이야기할 것", new: "```text\n+1\n2\n3\n\n  4\n5\n6\n```\n\n```diff\n++1\n-2\n 3\n+4\n 5\n 6\n```\n\n## 이야기할 것", want: []string{"에 있는 것을 다시 보입니다"}},
			{name: "다섯 줄까지는 괜찮음", file: two, old: "## 이야기할 것", new: "```text\n1\n2\n3\n4\n5\n```\n\n```text\n1\n2\n3\n4\n5\n```\n\n## 이야기할 것"},
		},
		"테스트의 이름": {
			{name: "없는 테스트", file: one, old: "`TestGreeting`", new: "`TestGreetings`", want: []string{"이런 테스트가 없습니다: TestGreetings"}},
			{name: "링크 없는 테스트", file: one, old: "[`TestGreeting`](../01-one/main_test.go)", new: "`TestGreeting`", want: []string{"01-one/main_test.go에 이어지지 않았습니다: TestGreeting"}},
			{name: "다른 파일에 이은 테스트", file: one, old: "(../01-one/main_test.go)", new: "(../01-one/main.go)", want: []string{"이어지지 않았습니다"}},
			{name: "옮긴 테스트", file: "01-one/main_test.go", old: "func TestGreeting", new: "func testGreeting", want: []string{"02-two/main_test.go에 이어지지 않았습니다"}},
		},
		"링크": {
			{name: "없는 파일과 제목", file: one, old: "[둘째](02-two.md#달라진-곳은-하나)",
				new:  "[파일](none.md) [코드](../01-one/none.go) [여기](#없는-제목) [거기](02-two.md#없는-제목) [둘째](02-two.md#달라진-곳은-하나)",
				want: []string{"01-one.md:24: 닿지 않는 링크입니다: Cannot find file `none.md`", "none.go", "`#없는-제목`", "`#없는-제목` in `02-two.md`"}},
		},
		"그림": {
			{name: "틀린 그림", file: one, old: "브라우저->>서버: 안녕", new: "브라우저->>: 안녕", want: []string{"docs-ko/01-one.md:7: 읽히지 않는 그림입니다: Parse error"}},
		},
		"용어집": glossaryPlants,
		"낱말": {
			{name: "쓰지 않는 말", file: one, old: "[`TestGreeting`](../01-one/main_test.go)이 지킵니다.",
				new:  "웹 소켓의 메세지! `웹 소켓`\n\n```text\n웹 소켓\n```\n\n| 커넥션 |\n|---|\n| 고 루틴 |\n",
				want: []string{"01-one.md:33: 쓰지 않기로 한 말입니다: 웹 소켓 => 웹소켓", "메세지 => 메시지", "! => .", "커넥션 => 연결", "고 루틴 => 고루틴"}},
		},
	}
	r := small(t)
	for _, c := range checks {
		if len(planted[c.name]) == 0 {
			t.Errorf("%s: 심어 본 잘못이 없습니다", c.name)
		}
		for _, p := range planted[c.name] {
			t.Run(c.name+"/"+p.name, func(t *testing.T) {
				faults, err := c.check(p.in(t, r))
				p.expect(t, faults, err)
			})
		}
	}
}

func TestChangedOutputIsFound(t *testing.T) {
	r := small(t)
	for _, p := range []plant{
		{name: "달라진 출력", file: "01-one/main.go", old: "안녕하세요", new: "반갑습니다", want: []string{"checks/notes/scripts/01-one.txtar:3: 기록이 지금과 다릅니다", "02-two.txtar:5: 기록이"}},
		{name: "손으로 고친 기록", file: "docs-ko/transcripts/02-two/two.txt", old: "또", new: "다시", want: []string{"checks/notes/scripts/02-two.txtar:5: 기록이 지금과 다릅니다"}},
		{name: "없는 기록", file: "docs-ko/transcripts/01-one/one.txt", want: []string{"01-one.txtar:3: 기록이 없습니다"}},
		{name: "다른 종료 상태", file: "checks/notes/scripts/01-one.txtar", old: "end one", new: "end one 3", want: []string{"01-one.txtar:2: 종료 상태가 0입니다"}},
		{name: "나오지 않는 출력", file: "checks/notes/scripts/02-two.txtar", old: "see solved '한 번 더'", new: "see solved 없음", want: []string{"02-two.txtar:9: 명령이 끝날 때까지 나오지 않았습니다"}},
		{name: "맞지 않는 풀이", file: "docs-ko/solutions/02-two/1.diff", old: "-\treturn \"또", new: "-\treturn \"도", want: []string{"02-two.txtar:7: docs-ko/solutions/02-two/1.diff이(가) 맞지 않습니다"}},
		{name: "달라진 시각", file: "docs-ko/transcripts/01-one/one.txt", old: "20", new: "19"},
	} {
		t.Run(p.name, func(t *testing.T) {
			faults, err := p.in(t, r).play("", false, io.Discard)
			p.expect(t, faults, err)
		})
	}
}

func TestUnchangedTranscriptIsNotRewritten(t *testing.T) {
	r := small(t)
	file := r.path("docs-ko/transcripts/01-one/one.txt")
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	older := strings.Replace(string(saved), "20", "19", 1)
	if err := os.WriteFile(file, []byte(older), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := r.refresh("01-one", io.Discard); err != nil {
		t.Fatal(err)
	}
	if now, _ := os.ReadFile(file); string(now) != older {
		t.Errorf("시각만 다른 기록을 새로 썼습니다:\n%s", now)
	}
	if _, err := os.Stat(filepath.Join(r.root, "try")); err == nil {
		t.Error("스크립트가 저장소에 try를 남겼습니다")
	}
}

// 요청과 그 서버의 로그처럼 함께 남긴 기록은 시각이 서로 맞아야 합니다.
func TestTranscriptsOfOneRunAreRewrittenTogether(t *testing.T) {
	r := small(t)
	script := r.path("checks/notes/scripts/01-one.txtar")
	source, err := os.ReadFile(script)
	must(t, err)
	must(t, os.WriteFile(script, append(source, "save one same.txt\n"...), 0o644))
	if _, err := r.play("01-one", true, io.Discard); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string { return r.path("docs-ko/transcripts/01-one", name) }
	saved, err := os.ReadFile(file("same.txt"))
	must(t, err)
	older := strings.Replace(string(saved), "20", "19", 1)
	must(t, os.WriteFile(file("one.txt"), []byte(older), 0o644))
	must(t, os.WriteFile(file("same.txt"), []byte("다른 출력\n"), 0o644))
	if _, err := r.play("01-one", true, io.Discard); err != nil {
		t.Fatal(err)
	}
	one, err := os.ReadFile(file("one.txt"))
	must(t, err)
	if same, err := os.ReadFile(file("same.txt")); err != nil || string(one) == older || string(one) != string(same) {
		t.Errorf("한 번에 남긴 기록이 다릅니다: %q %q %v", one, same, err)
	}
}
