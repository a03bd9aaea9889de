// 쓰기: node echo.mjs ws://localhost:8080/ws
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { connect } from './peer.mjs';

const url = process.argv[2];
const options = { timeout: 10_000 };

const messages = {
  '한글': ['가나다', false],
  '빈 텍스트': ['', false],
  '바이너리': [Buffer.from([0, 255, 254]), true],
  '빈 바이너리': [Buffer.alloc(0), true],
  '1MB 텍스트': ['가'.repeat(350_000), false],
  '1MB 바이너리': [Buffer.alloc(1 << 20, 0xff), true],
};
for (const [name, [sent, binary]] of Object.entries(messages)) {
  test(`${name}: 종류와 바이트 그대로 돌아옵니다`, options, async (t) => {
    const peer = await connect(t, url);
    peer.send(sent, { binary });
    assert.deepEqual(await peer.next(), { data: Buffer.from(sent), binary });
    peer.socket.close(1000);
    assert.equal((await peer.closed).code, 1000);
  });
}

test('조각난 메시지 사이의 핑에 바로 답하고, 조각은 한 메시지로 되보냅니다', options, async (t) => {
  const peer = await connect(t, url);
  const pong = once(peer.socket, 'pong');
  const bytes = Buffer.from('한글');
  peer.send(bytes.subarray(0, 2), { binary: false, fin: false }); // 글자 가운데를 자릅니다.
  peer.socket.ping('가운데');
  assert.equal((await pong)[0].toString(), '가운데');
  peer.send(bytes.subarray(2), { fin: true });
  assert.deepEqual(await peer.next(), { data: bytes, binary: false });
});

test('UTF-8이 아닌 텍스트는 1007로 끝납니다', options, async (t) => {
  const peer = await connect(t, url);
  peer.send(Buffer.from([0xff, 0xfe]), { binary: false });
  assert.equal((await peer.closed).code, 1007);
});

test('압축을 켜자고 해도 켜지 않습니다', options, async (t) => {
  const peer = await connect(t, url);
  assert.equal(peer.socket.extensions, '');
});
