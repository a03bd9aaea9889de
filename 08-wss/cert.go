package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"time"
)

var (
	certFile = flag.String("cert", "", "PEM 인증서 `파일` (기본: 자체 서명 인증서를 만듦)")
	keyFile  = flag.String("key", "", "PEM 개인 키 `파일`")
)

func tlsConfig() (*tls.Config, error) {
	cert, err := certificate()
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}

func certificate() (tls.Certificate, error) {
	if *certFile == "" && *keyFile == "" {
		return selfSigned()
	}
	if *certFile == "" || *keyFile == "" {
		return tls.Certificate{}, errors.New("-cert와 -key는 함께 주세요. 둘 다 빼면 스스로 만듭니다")
	}
	cert, err := tls.LoadX509KeyPair(*certFile, *keyFile)
	if err != nil {
		return cert, fmt.Errorf("인증서를 읽을 수 없습니다. -cert와 -key의 PEM 파일을 확인하세요: %w", err)
	}
	return cert, nil
}

// selfSigned의 개인 키는 메모리에만 있습니다. 클라이언트는 CN이 아니라 SAN
// (DNSNames, IPAddresses)에서 이름을 찾습니다.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("개인 키를 만들 수 없습니다: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "localhost"},
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:   now.Add(-time.Hour), // 시계가 조금 늦은 상대도 받아들이게 합니다.
		NotAfter:    now.AddDate(0, 0, 30),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("인증서를 만들 수 없습니다: %w", err)
	}
	log.Print("자체 서명 인증서를 만들었습니다. 브라우저가 경고하면 넘기고 들어오세요.")
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
