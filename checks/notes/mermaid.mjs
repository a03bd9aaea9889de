// 표준 입력으로 받은 Mermaid 그림을 mermaid로 읽어 보고, 읽히지 않는 것의 까닭을 JSON으로 찍습니다.
import { JSDOM } from 'jsdom';

const { window } = new JSDOM();
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');

let input = '';
for await (const chunk of process.stdin) input += chunk;

const faults = await Promise.all(JSON.parse(input).map(async (text) => {
  try {
    await mermaid.parse(text);
    return '';
  } catch (error) {
    return error.message;
  }
}));
process.stdout.write(JSON.stringify(faults));
