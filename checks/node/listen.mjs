// 연결해서 듣기만 합니다. 서버가 잘못 보내면 ws가 스스로 닫습니다.
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2]);
socket.on('error', () => {});
