// 브라우저도 Go도 아닌 클라이언트입니다.
import { on, once } from 'node:events';
import WebSocket from 'ws';

// connect는 테스트 t가 끝나면 끊기는 연결을 엽니다.
export async function connect(t, url) {
  const socket = new WebSocket(url);
  t.after(() => socket.terminate());
  const messages = on(socket, 'message', { close: ['close'] });
  await once(socket, 'open');
  // 핸드셰이크의 응답은 허브에 등록되기 전에 옵니다. pong은 등록된 뒤에 옵니다.
  socket.ping();
  await once(socket, 'pong');
  const closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: reason.toString() }));
  return {
    socket,
    closed,
    send: (data, options = {}) => socket.send(data, options),
    // next는 다음 메시지를 { data, binary }로 반환합니다. data는 Buffer입니다.
    async next() {
      const { value, done } = await messages.next();
      if (done) throw new Error(`메시지를 기다리는데 연결이 끝났습니다: ${JSON.stringify(await closed)}`);
      return { data: value[0], binary: value[1] };
    },
    async nextText() {
      return (await this.next()).data.toString();
    },
  };
}
