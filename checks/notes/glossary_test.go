package main

import (
	"os"
	"strings"
	"testing"
)

// glossaryPlants는 작은 저장소에 심을 용어집의 잘못입니다.
var glossaryPlants = []plant{
	{name: "맞는 용어집", file: glossaryFile,
		new: "## ㅅ\n\n**실행하기**(run): 명령입니다.\n처음 나오는 곳: [01-one, 실행하기](01-one.md#실행하기). 찾을 때: `x`\n"},
	{name: "뒤에 나오는 노트", file: glossaryFile,
		new:  "**실행하기**(run): 명령입니다.\n처음 나오는 곳: [02-two, 실행하기](02-two.md#실행하기). 찾을 때: `x`\n",
		want: []string{glossaryFile + ":2: 실행하기이(가) 처음 나오는 곳은 [01-one, 실행하기](01-one.md#실행하기)입니다"}},
	{name: "노트에 없는 말", file: glossaryFile,
		new:  "**허브**(hub): 주인입니다.\n처음 나오는 곳: [01-one](01-one.md). 찾을 때: `x`\n",
		want: []string{glossaryFile + ":1: 아무 노트에도 없는 말입니다: 허브"}},
	{name: "처음 나오는 곳 없음", file: glossaryFile, new: "**실행하기**(run): 명령입니다.\n",
		want: []string{glossaryFile + ":1: 실행하기의 다음 줄은"}},
	{name: "가나다순", file: glossaryFile,
		new: "**하나**(one): 첫째입니다.\n처음 나오는 곳: [01-one, 하나](01-one.md#하나). 찾을 때: `x`\n\n" +
			"**실행하기**(run): 명령입니다.\n처음 나오는 곳: [01-one, 실행하기](01-one.md#실행하기). 찾을 때: `x`\n",
		want: []string{glossaryFile + ":4: 실행하기은(는) 하나보다 앞에 놓입니다"}},
}

func TestGlossaryFaultsAreFound(t *testing.T) {
	r := repository{root: t.TempDir()}
	note := "# %\n\n## 실행하기\n\n## 깨뜨려 보기\n\n### 하나\n"
	for _, name := range []string{"01-one", "02-two"} {
		must(t, writeIfChanged(r.path("docs-ko", name+".md"), []byte(strings.Replace(note, "%", name, 1))))
	}
	for _, p := range glossaryPlants {
		t.Run(p.name, func(t *testing.T) {
			faults, err := p.in(t, r).checkGlossary()
			p.expect(t, faults, err)
		})
	}
}

func TestGlossaryIsWrittenFromTheNotes(t *testing.T) {
	r := repository{root: t.TempDir()}
	for file, text := range map[string]string{
		"docs-ko/before-websocket.md": "# 전\n\n## 방식\n\n그 방법과 재연결은 아닙니다. `허브`와\n\n```text\n허브\n```\n",
		"docs-ko/01-echo.md": "# 하나\n\n제어\n메시지가 있습니다.\n\n## 만날 수 있는 `오류`\n\n| `opcode`가 | 방에서 |\n|---|---|\n\n" +
			"## 연습\n\n### 작은 연습\n\n연결과 허브와 압축\n\n## 다음 단계\n\n허브\n",
		"docs-ko/09-rooms.md":            "# 아홉\n\n**허브**(hub)와 방과 연결했습니다.\n",
		"docs-ko/gorilla/concurrency.md": "# 동시\n\n## 큰 것\n\n### `[object Blob]`의 1/2\n\n압축한 것\n",
		"docs-ko/README.md":              "방 허브 압축\n",
		glossaryFile: "**방**(room): 하나.\n처음 나오는 곳: x. 찾을 때: `a`\n\n**압축**: 둘.\n처음 나오는 곳: x. 찾을 때: `a`\n\n" +
			"**연결**: 셋.\n처음 나오는 곳: x. 찾을 때: `a`\n\n**제어 메시지**: 넷.\n처음 나오는 곳: x. 찾을 때: `a`\n\n" +
			"**허브**(hub): 다섯.\n처음 나오는 곳: x. 찾을 때: `a`\n\n## 영문\n\n**opcode**: 여섯.\n처음 나오는 곳: x. 찾을 때: `a`\n",
	} {
		must(t, writeIfChanged(r.path(file), []byte(text)))
	}
	must(t, r.writeGlossary())
	written, err := os.ReadFile(r.path(glossaryFile))
	must(t, err)
	const section = "[01-echo, 만날 수 있는 오류](01-echo.md#만날-수-있는-오류)"
	want := []string{section, "[gorilla/concurrency, object Blob의 1/2](gorilla/concurrency.md#object-blob의-12)", "[09-rooms](09-rooms.md)", "[01-echo](01-echo.md)",
		"[09-rooms](09-rooms.md)", section}
	var got []string
	for _, term := range termsOf(parseNote(glossaryFile, written)) {
		got = append(got, term.place)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("쓴 것\n%q\n원한 것\n%q", got, want)
	}
	if faults, err := r.checkGlossary(); err != nil || len(faults) > 0 {
		t.Errorf("방금 쓴 용어집에 고칠 곳이 있습니다: %v %v", faults, err)
	}
}
