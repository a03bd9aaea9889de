package gorilla_test

import (
	"runtime"
	"testing"
)

// 채널의 칸은 make가 한꺼번에 잡습니다. 비어 있어도 자리는 줄지 않습니다.
func TestBufferedChannelTakesItsRoomWhenMade(t *testing.T) {
	type message struct{}
	const channels = 100
	room := func(made func() any) uint64 {
		kept := [channels]any{}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range kept {
			kept[i] = made()
		}
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(kept)
		return (after.TotalAlloc - before.TotalAlloc) / channels
	}
	wide := room(func() any { return make(chan *message, 4096) })
	if wide < 32<<10 {
		t.Errorf("빈 4,096칸이 %d바이트, 원한 것 32KiB 이상", wide)
	}
	narrow := room(func() any { return make(chan []*message, 1) })
	if narrow > 512 {
		t.Errorf("빈 한 칸이 %d바이트, 원한 것 512바이트까지", narrow)
	}
	t.Logf("4,096칸 %d바이트, 한 칸 %d바이트", wide, narrow)
}
