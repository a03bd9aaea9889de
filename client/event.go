package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// firstRoom은 09에서 처음 들어가 있는 방입니다.
const firstRoom = "general"

// event는 09의 봉투입니다. Type을 보고 Payload의 꼴을 정합니다.
type event struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// 보내는 이벤트입니다.
type (
	sendMessage struct {
		Message string `json:"message"`
	}
	changeRoom struct {
		Name string `json:"name"`
	}
)

// encode의 인자는 이 파일의 타입뿐이라 실패하지 않습니다. 기본 설정은 <, >, &를 여섯
// 바이트로 늘리므로 끕니다. 09는 512바이트까지만 받습니다.
func encode(eventType string, payload any) []byte {
	return marshal(event{eventType, marshal(payload)})
}

func marshal(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// showEvent는 이벤트 하나를 한 줄로 적습니다. 이야기만 표준 출력으로 가고, 방을
// 옮긴 일은 -once가 기다리던 메시지로 치지 않습니다.
func (s *session) showEvent(data []byte) bool {
	var e event
	if err := json.Unmarshal(data, &e); err != nil {
		s.say("JSON 이벤트가 아닌 메시지: %q. 09가 아니면 -room을 빼세요", data)
		return true
	}
	var payload struct {
		Message, From, Name string
		Sent                time.Time
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		s.say("%s 이벤트를 읽을 수 없음: %v", visible(e.Type), err)
		return true
	}
	switch e.Type {
	case "new_message":
		sent := payload.Sent.Local().Format("15:04")
		s.print(visible(fmt.Sprintf("%s [%s] %s: %s", sent, s.current, payload.From, payload.Message)))
	case "room_changed":
		s.current = payload.Name
		s.say("[%s] 방에 들어왔습니다.", visible(payload.Name))
		tell(s.entered)
		return false
	case "error":
		s.say("서버가 받지 않음: %s", visible(payload.Message))
		tell(s.entered)
	default:
		s.say("모르는 이벤트: %q", e.Type)
	}
	return true
}
