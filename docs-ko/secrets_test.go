package pitfalls

import (
	"crypto/subtle"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// quickest는 do를 여러 번 해 본 것 가운데 가장 짧게 걸린 시간입니다.
func quickest(do func()) time.Duration {
	best := time.Hour
	for range 5 {
		begin := time.Now()
		do()
		best = min(best, time.Since(begin))
	}
	return best
}

// ==는 길이부터 보고, 같으면 다른 곳을 만날 때까지만 봅니다. ConstantTimeCompare도 길이가 다르면 바로 끝납니다.
func TestComparingStringsTellsTheLengthAndTheMatchingPrefix(t *testing.T) {
	const size = 8 << 20
	secret := strings.Repeat("a", size)
	guesses := map[string]string{
		"같음":      strings.Clone(secret),
		"끝만 다름":   secret[:size-1] + "b",
		"처음이 다름":  "b" + secret[:size-1],
		"길이가 다름":  secret[:size-1],
		"길이가 더 김": secret + "a",
	}
	equal, constant := make(map[string]time.Duration), make(map[string]time.Duration)
	for name, guess := range guesses {
		var same bool
		equal[name] = quickest(func() { same = guess == secret })
		if same != (name == "같음") {
			t.Errorf("%s: == %v", name, same)
		}
		a, b := []byte(guess), []byte(secret)
		constant[name] = quickest(func() { subtle.ConstantTimeCompare(a, b) })
	}
	if equal["끝만 다름"] < 10*equal["처음이 다름"] || equal["끝만 다름"] < 10*equal["길이가 다름"] || equal["같음"] < 10*equal["길이가 더 김"] {
		t.Errorf("==가 걸린 시간 %v: 길이나 맞은 앞부분이 드러나야 합니다", equal)
	}
	if constant["처음이 다름"]*2 < constant["같음"] || constant["끝만 다름"]*2 < constant["같음"] || constant["길이가 다름"]*10 > constant["같음"] {
		t.Errorf("ConstantTimeCompare가 걸린 시간 %v: 길이만 드러나야 합니다", constant)
	}
}

// 씨앗을 아는 사람은 앞으로 나올 것을 모두 압니다.
func TestSeededGeneratorsCanBeForetold(t *testing.T) {
	ours, theirs := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if a, b := ours.Uint64(), theirs.Uint64(); a != b {
			t.Fatalf("씨앗이 같은데 %d와 %d", a, b)
		}
	}
}
