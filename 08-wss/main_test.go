package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorilla-websocket-ko/internal/wstest"
)

func TestPageAndSocketAreServedOverTLS(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	if !strings.HasPrefix(p.URL, "https://") || !strings.Contains(p.Log(), "자체 서명") {
		t.Errorf("https 주소가, 그 앞줄에 자체 서명이라는 말이 있어야 합니다:\n%s", p.Log())
	}
	s := p.Server(t)
	if status, page := s.Get(t, "/"); status != http.StatusOK || !strings.Contains(page, "wss:") {
		t.Errorf("/: 상태 %d", status)
	}
	c := dial(t, s)
	say(c, "엿볼 수 없는 말")
	wantHeard(t, c, "엿볼 수 없는 말")
	if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {p.URL}}); status != http.StatusSwitchingProtocols {
		t.Errorf("https인 자기 출처: 상태 %d, 원한 것 101", status)
	}
	if _, status := s.TryDial(t, path(t, s), http.Header{"Origin": {"http://" + s.Host}}); status != http.StatusForbidden {
		t.Errorf("http인 자기 출처: 상태 %d, 원한 것 403", status)
	}
}

func TestSelfSignedCertificateIsForThisMachineOnly(t *testing.T) {
	s := wstest.Run(t, "-addr", "localhost:0").Server(t)
	conn, err := tls.Dial("tcp", s.Host, s.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cert := conn.ConnectionState().PeerCertificates[0]
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	for name, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "[::1]": true, "example.com": false, "10.0.0.1": false} {
		_, err := cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: name})
		if (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if key, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		t.Errorf("키 %T", cert.PublicKey)
	}
}

func TestOldTLSAndPlainHTTPAreRefused(t *testing.T) {
	s := wstest.Run(t, "-addr", "localhost:0").Server(t)
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", s.Host, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		if (err == nil) != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			conn.Close()
		}
	}
	conn := s.NetConn(t)
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.0 400") || !strings.Contains(string(answer), "HTTP request to an HTTPS server") {
		t.Errorf("답 %.100q", answer)
	}
}

func TestTLSRecordCutInTheMiddleIs1006(t *testing.T) {
	p := wstest.Run(t, "-addr", "localhost:0")
	tcp := dial(t, p.Server(t)).NetConn().(*tls.Conn).NetConn()
	tcp.Write([]byte{23, 3, 3, 0, 32, 1, 2}) // 32바이트라고 알린 레코드의 두 바이트
	tcp.Close()
	p.AwaitLog(t, "나감: 닫기 프레임 없이 끊김: 1006")
}

func TestCertAndKeyFilesAreUsed(t *testing.T) {
	cert, key := certificateFiles(t)
	p := wstest.Run(t, "-addr", "localhost:0", "-cert", cert, "-key", key)
	if strings.Contains(p.Log(), "자체 서명") {
		t.Errorf("준 인증서를 두고 자체 서명을 말합니다:\n%s", p.Log())
	}
	s := p.Server(t)
	conn, err := tls.Dial("tcp", s.Host, s.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if name := conn.ConnectionState().PeerCertificates[0].DNSNames; !slices.Equal(name, []string{"chat.example"}) {
		t.Errorf("인증서의 이름 %q", name)
	}
	for _, args := range [][]string{
		{"-cert", cert}, {"-key", key}, {"-cert", key, "-key", cert},
		{"-cert", "none.pem", "-key", key}, {"-cert", cert, "-key", t.TempDir()},
	} {
		wstest.WantUsageError(t, append(args, "-addr", "localhost:0")...)
	}
}

// certificateFiles는 chat.example의 인증서와 키를 파일로 만듭니다.
func certificateFiles(t *testing.T) (certFile, keyFile string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{DNSNames: []string{"chat.example"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(t.TempDir(), name)
		data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER)
}
