package browser

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// axePath는 npm ci가 놓는 axe-core다. go test는 checks에서 돈다.
const axePath = "node_modules/axe-core/axe.min.js"

// violation은 axe-core가 찾은 접근성 위반이다.
type violation struct {
	ID     string
	Impact string
	Help   string
	Nodes  []struct {
		HTML           string
		FailureSummary string
	}
}

// CheckAccessibility는 axe-core로 지금 보이는 페이지를 살펴서, 심한(serious, critical) 위반을 오류로 돌려준다.
func (t *Tab) CheckAccessibility() error {
	source, err := os.ReadFile(axePath)
	if err != nil {
		return fmt.Errorf("axe-core가 없습니다. checks 폴더에서 npm ci를 실행하세요: %w", err)
	}
	if err := t.Exec(string(source) + ";0"); err != nil {
		return err
	}
	found, err := Run[[]violation](t, `axe.run({resultTypes: ['violations']}).then(result => result.violations)`)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, v := range found {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
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
