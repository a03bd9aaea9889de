package browser

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// axePath는 npm ci가 놓는 axe-core입니다. go test는 checks에서 돕니다.
const axePath = "node_modules/axe-core/axe.min.js"

// violation은 axe-core가 찾은 접근성 위반입니다.
type violation struct {
	ID     string
	Impact string
	Help   string
	Nodes  []struct {
		HTML           string
		FailureSummary string
	}
}

// injectAxe는 페이지에 axe-core가 없으면 넣습니다.
func (t *Tab) injectAxe() error {
	if injected, err := Run[bool](t, `'axe' in window`); err != nil || injected {
		return err
	}
	source, err := os.ReadFile(axePath)
	if err != nil {
		return fmt.Errorf("axe-core가 없습니다. checks 폴더에서 npm ci를 실행하세요: %w", err)
	}
	return t.Exec(string(source))
}

// CheckAccessibility는 axe-core로 지금 보이는 페이지를 살펴서, 찾은 위반을 모두 오류로 반환합니다.
func (t *Tab) CheckAccessibility() error {
	if err := t.injectAxe(); err != nil {
		return err
	}
	found, err := Run[[]violation](t, `axe.run({resultTypes: ['violations']}).then(result => result.violations)`)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, v := range found {
		fmt.Fprintf(&text, "%s (%s): %s\n", v.ID, v.Impact, v.Help)
		for _, node := range v.Nodes {
			fmt.Fprintf(&text, "  %s\n  %s\n", node.HTML, node.FailureSummary)
		}
	}
	if text.Len() > 0 {
		return errors.New("접근성 위반:\n" + text.String())
	}
	return nil
}
