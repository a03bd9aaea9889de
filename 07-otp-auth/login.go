package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"mime"
	"net/http"
	"strings"
)

// maxLoginSize는 로그인 본문의 최대 바이트 수입니다.
const maxLoginSize = 1024

// accounts는 연습용 계정입니다. 실제 서비스는 비밀번호를 적어 두지 않고 bcrypt나
// argon2id의 해시를 저장하며, 틀린 횟수도 제한합니다.
var accounts = map[string]string{
	"gopher":   "websocket",
	"chulsoo":  "websocket",
	"younghee": "websocket",
	"minsu":    "websocket",
	"jiwoo":    "websocket",
	"haneul":   "websocket",
}

// serveLogin은 비밀번호를 곧 쓸 일회용 비밀번호로 바꿔 줍니다. 브라우저의 WebSocket은
// 헤더를 붙일 수 없어 URL에 넣어야 하고, URL은 프록시 로그에 남습니다.
func serveLogin(otps *otpStore, w http.ResponseWriter, r *http.Request) {
	if !checkOrigin(r) {
		origin := strings.Join(r.Header["Origin"], ", ")
		refuse(w, r, http.StatusForbidden, fmt.Sprintf("허용하지 않는 출처입니다: %.100q", origin))
		return
	}
	// 폼은 이 종류로 보낼 수 없고, 다른 출처의 스크립트는 먼저 물어보아야 합니다(CORS).
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		refuse(w, r, http.StatusUnsupportedMediaType, "Content-Type: application/json으로 보내세요")
		return
	}
	username, password, ok := readLogin(w, r)
	if !ok {
		refuse(w, r, http.StatusBadRequest, `{"username": "이름", "password": "비밀번호"}를 보내세요`)
		return
	}
	if !authenticate(username, password) {
		log.Printf("%s 로그인 거절: %.32q", r.RemoteAddr, username)
		http.Error(w, "이름이나 비밀번호가 맞지 않습니다", http.StatusUnauthorized)
		return
	}
	log.Printf("%s 로그인: %s", r.RemoteAddr, username)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(map[string]string{"otp": otps.issue(username)})
}

func refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	log.Printf("%s 거절: %d %s", r.RemoteAddr, status, why)
	http.Error(w, why, status)
}

func readLogin(w http.ResponseWriter, r *http.Request) (username, password string, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLoginSize))
	if err != nil {
		return "", "", false
	}
	var login struct{ Username, Password string }
	err = json.Unmarshal(body, &login)
	return login.Username, login.Password, err == nil && login.Username != "" && login.Password != ""
}

// authenticate는 이름이 없을 때도 같은 시간이 들게 합니다. ConstantTimeCompare는 길이가
// 다르면 바로 돌아오므로 길이가 같은 해시를 비교합니다.
func authenticate(username, password string) bool {
	want, known := accounts[username]
	wantSum, gotSum := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(password))
	return subtle.ConstantTimeCompare(wantSum[:], gotSum[:]) == 1 && known
}
