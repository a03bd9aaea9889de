package main

import (
	"encoding/json"
	"strings"
	"time"
)

// event는 소켓 하나로 여러 종류의 메시지를 나르는 봉투입니다. Type을 보고 Payload의
// 꼴을 정합니다.
type event struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// 받는 이벤트입니다.
type (
	sendMessage struct {
		Message string `json:"message"`
	}
	changeRoom struct {
		Name string `json:"name"`
	}
)

// 보내는 이벤트입니다. From과 Sent는 서버가 적습니다.
type (
	newMessage struct {
		Message string    `json:"message"`
		From    string    `json:"from"`
		Sent    time.Time `json:"sent"`
	}
	roomChanged struct {
		Name string `json:"name"`
	}
	problem struct {
		Message string `json:"message"`
	}
)

// parseEvent는 sendMessage나 changeRoom을, 잘못된 이벤트라면 problem을 반환합니다.
// RawMessage를 그대로 전하지 않고 정해진 필드로 풉니다. 그래야 모르는 것이 섞이지
// 않습니다.
func parseEvent(data []byte) request {
	var e event
	if err := json.Unmarshal(data, &e); err != nil {
		return problem{`{"type": ..., "payload": ...} 꼴의 JSON이 아닙니다`}
	}
	switch e.Type {
	case "send_message":
		return parseSendMessage(e.Payload)
	case "change_room":
		return parseChangeRoom(e.Payload)
	default:
		return problem{"모르는 type입니다. send_message나 change_room을 보내세요"}
	}
}

func parseSendMessage(payload []byte) request {
	var m sendMessage
	if err := json.Unmarshal(payload, &m); err != nil || strings.TrimSpace(m.Message) == "" {
		return problem{`빈 메시지는 보낼 수 없습니다. payload는 {"message": "글"}입니다`}
	}
	return m
}

func parseChangeRoom(payload []byte) request {
	var r changeRoom
	err := json.Unmarshal(payload, &r)
	r.Name = strings.TrimSpace(r.Name)
	if err != nil || !isRoomName(r.Name) {
		return problem{`방 이름은 1자에서 32자까지입니다. 빈칸과 안 보이는 글자, 나누어 쓴 글자는 빼세요. ` +
			`payload는 {"name": "이름"}입니다`}
	}
	return r
}

// encode의 인자는 이 파일의 타입뿐이라 실패하지 않습니다.
func encode(eventType string, payload any) []byte {
	body, _ := json.Marshal(payload)
	data, _ := json.Marshal(event{eventType, body})
	return data
}
