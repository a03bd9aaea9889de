package checks

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorilla-websocket-ko/checks/internal/browser"
	"gorilla-websocket-ko/checks/internal/steps"
)

func TestSelfSignedCertificateMustBeAcceptedByTheUser(t *testing.T) {
	eachStep(t, hasTLS, func(t *testing.T, step steps.Step) {
		server := start(t, step)
		if !strings.HasPrefix(server.URL, "https://") {
			t.Fatalf("https 주소가 아닙니다: %s", server.URL)
		}
		w := &window{newTab(t), t, step}
		err := w.Open(server.URL)
		if err == nil || !strings.Contains(err.Error(), "ERR_CERT_AUTHORITY_INVALID") {
			t.Fatalf("브라우저가 모르는 인증서를 경고해야 합니다: %v", err)
		}
		// 경고 화면에서 이 글자를 치면 "안전하지 않음"을 무릅쓰고 들어갑니다.
		w.must(w.WaitFor(`document.getElementById('proceed-link') !== null`, patience))
		w.must(w.Press("thisisunsafe"))
		w.must(w.WaitFor(`document.getElementById('login') !== null`, patience))
		w.login("gopher", password)
		w.waitStatus("연결됨")
		w.send("암호화된 글")
		w.waitMessage("암호화된 글")
		scheme, err := browser.Run[string](w.Tab, `new URL(socket.url).protocol`)
		w.must(err)
		if scheme != "wss:" {
			t.Errorf("https 페이지의 웹소켓이 %s입니다", scheme)
		}
	})
}

// makeCertificate는 localhost의 인증서와 열쇠를 만들어 파일에 씁니다.
func makeCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	certDER, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", certDER), writePEM(t, "PRIVATE KEY", keyDER)
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), strings.ReplaceAll(kind, " ", "-")+".pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
