package checks

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

// 인증서 때문에 열리지 못한 까닭은 콘솔과 서버 로그에만 있고, 스크립트는 1006을 봅니다.
func TestUnknownCertificateIsNamedOnlyInTheConsoleAndTheServerLog(t *testing.T) {
	server := start(t, steps.Named("08-wss"))
	tab := newTab(t)
	if err := tab.Open(elsewhere(t).URL); err != nil {
		t.Fatal(err)
	}
	result, err := browser.Run[string](tab, attempt(server.WebSocketURL()))
	if err != nil || result != "1006" {
		t.Errorf("스크립트가 본 것 %q, %v, 원한 것 1006", result, err)
	}
	if err := server.WaitLog("remote error: tls: unknown certificate", 1, steps.Timeout); err != nil {
		t.Error(err)
	}
	reported := func() bool {
		return slices.ContainsFunc(tab.ConsoleErrors(), func(text string) bool {
			return strings.Contains(text, "net::ERR_CERT_AUTHORITY_INVALID")
		})
	}
	for deadline := time.Now().Add(patience); !reported(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("콘솔 %q", tab.ConsoleErrors())
		}
	}
}
