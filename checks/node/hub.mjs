// 쓰기: node hub.mjs ws://localhost:8080/ws
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from './peer.mjs';

const url = process.argv[2];
const options = { timeout: 10_000 };

test('둘이 함께 보내도 모두 같은 순서로 봅니다', options, async (t) => {
  const peers = [await connect(t, url), await connect(t, url)];
  const seen = await Promise.all(peers.map(async (peer, who) => {
    const texts = [];
    let sent = 0;
    peer.send(`${who}: ${sent++}`);
    while (texts.length < 100) {
      const text = await peer.nextText();
      texts.push(text);
      // 자기 것이 돌아오면 다음 것을 보냅니다.
      if (text.startsWith(`${who}: `) && sent < 50) peer.send(`${who}: ${sent++}`);
    }
    return texts;
  }));
  assert.deepEqual(seen[0], seen[1]);
  assert.equal(new Set(seen[0]).size, 100);
});

const refused = {
  1003: ['바이너리', Buffer.from([0xff, 0xfe]), true],
  1007: ['UTF-8이 아닌 텍스트', Buffer.from([0xff, 0xfe]), false],
};
for (const [code, [name, data, binary]] of Object.entries(refused)) {
  test(`${name}: 보낸 쪽만 ${code}로 끝나고 아무에게도 가지 않습니다`, options, async (t) => {
    const [sender, other] = [await connect(t, url), await connect(t, url)];
    sender.send(data, { binary });
    assert.equal((await sender.closed).code, Number(code));
    other.send('다음');
    assert.equal(await other.nextText(), '다음');
  });
}
