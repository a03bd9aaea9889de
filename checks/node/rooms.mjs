// 쓰기: NODE_EXTRA_CA_CERTS=cert.pem node rooms.mjs https://localhost:8080
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import WebSocket from 'ws';
import { connect } from './peer.mjs';

const url = process.argv[2];
const options = { timeout: 10_000 };

function login(username, password = 'websocket') {
  return fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
}

async function join(t, username) {
  const { otp } = await (await login(username)).json();
  const peer = await connect(t, wsURL(otp));
  peer.say = (type, payload) => peer.send(JSON.stringify({ type, payload }));
  peer.nextEvent = async () => JSON.parse(await peer.nextText());
  return peer;
}

function wsURL(otp) {
  return `${url.replace('https', 'wss')}/ws?otp=${otp}`;
}

test('틀린 비밀번호는 401입니다', options, async (t) => {
  assert.equal((await login('gopher', '아무거나')).status, 401);
});

test('일회용 비밀번호는 한 번만 쓰입니다', options, async (t) => {
  const { otp } = await (await login('gopher')).json();
  const peer = await connect(t, wsURL(otp));
  const again = new WebSocket(wsURL(otp));
  const [, response] = await once(again, 'unexpected-response');
  assert.equal(response.statusCode, 401);
  response.destroy();
});

test('from과 sent는 서버가 정합니다', options, async (t) => {
  const peer = await join(t, 'gopher');
  peer.say('send_message', { message: '안녕', from: 'younghee', sent: '2000-01-01T00:00:00Z' });
  const { type, payload } = await peer.nextEvent();
  assert.equal(type, 'new_message');
  assert.deepEqual(Object.keys(payload).sort(), ['from', 'message', 'sent']);
  assert.equal(payload.message, '안녕');
  assert.equal(payload.from, 'gopher');
  assert.ok(Math.abs(Date.now() - Date.parse(payload.sent)) < 60_000, payload.sent);
});

test('메시지는 같은 방에만 갑니다', options, async (t) => {
  const [mover, stayer] = [await join(t, 'gopher'), await join(t, 'chulsoo')];
  mover.say('change_room', { name: ' 고루틴 ' });
  assert.deepEqual(await mover.nextEvent(), { type: 'room_changed', payload: { name: '고루틴' } });
  stayer.say('send_message', { message: 'general' });
  assert.equal((await stayer.nextEvent()).payload.message, 'general');
  mover.say('send_message', { message: '고루틴' });
  assert.equal((await mover.nextEvent()).payload.message, '고루틴');
  stayer.say('change_room', { name: '고루틴' });
  assert.equal((await stayer.nextEvent()).type, 'room_changed');
  mover.say('send_message', { message: '만남' });
  assert.equal((await stayer.nextEvent()).payload.message, '만남');
});

test('잘못된 이벤트에는 error로 답하고 연결은 이어집니다', options, async (t) => {
  const peer = await join(t, 'younghee');
  const malformed = [
    '',
    'JSON이 아님',
    '[]',
    'null',
    '{}',
    '{"type":"send_message"}',
    '{"type":"send_message","payload":"글"}',
    '{"type":"send_message","payload":{"message":7}}',
    '{"type":"send_message","payload":{"message":""}}',
    '{"type":"없는 종류","payload":{}}',
    '{"type":"change_room","payload":{"name":"  "}}',
    JSON.stringify({ type: 'change_room', payload: { name: '방'.repeat(33) } }),
  ];
  for (const text of malformed) {
    peer.send(text);
    const { type, payload } = await peer.nextEvent();
    assert.equal(type, 'error', text);
    assert.ok(payload.message.length > 0, text);
  }
  peer.say('change_room', { name: '방'.repeat(32) });
  assert.equal((await peer.nextEvent()).type, 'room_changed');
});

test('UTF-8이 아닌 텍스트는 1007로, 바이너리는 1003으로 끝납니다', options, async (t) => {
  for (const [code, binary] of [[1007, false], [1003, true]]) {
    const peer = await join(t, 'gopher');
    peer.send(Buffer.from([0xff, 0xfe]), { binary });
    assert.equal((await peer.closed).code, code);
  }
});
