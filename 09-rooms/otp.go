package main

import (
	"crypto/rand"
	"sync"
	"time"
)

// otpLife는 일회용 비밀번호가 쓰이지 않고 살아 있는 시간입니다.
const otpLife = 5 * time.Second

type ticket struct {
	user    string
	expires time.Time
}

// otpStore는 내준 일회용 비밀번호를 기억합니다. 핸들러마다 다른 고루틴이므로 잠급니다.
type otpStore struct {
	mu      sync.Mutex
	tickets map[string]ticket
}

func newOTPStore() *otpStore {
	return &otpStore{tickets: make(map[string]ticket)}
}

func (s *otpStore) issue(user string) string {
	otp := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tickets[otp] = ticket{user, time.Now().Add(otpLife)}
	// 쓰이지 않은 것을 치울 뿐입니다. 늦었는지는 쓸 때 봅니다.
	time.AfterFunc(otpLife, func() { s.take(otp) })
	return otp
}

// redeem은 일회용 비밀번호를 쓰고, 그것을 받은 사람의 이름을 반환합니다.
func (s *otpStore) redeem(otp string) (user string, ok bool) {
	t, ok := s.take(otp)
	return t.user, ok && time.Now().Before(t.expires)
}

// take는 확인과 삭제를 한 번의 잠금 안에서 합니다. 같은 비밀번호를 동시에 여럿이
// 내밀어도 하나만 가져갑니다.
func (s *otpStore) take(otp string) (t ticket, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok = s.tickets[otp]; !ok {
		return ticket{}, false
	}
	delete(s.tickets, otp)
	if len(s.tickets) == 0 {
		// 맵은 지운 자리를 내놓지 않습니다. 로그인이 몰린 뒤에는 새로 만듭니다.
		s.tickets = make(map[string]ticket)
	}
	return t, true
}
