import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { piecesOf } from './bytes.js';
import { packetBytes, validConnect } from './packets.js';
import { createRandom } from './random.js';

const MOST_PACKETS = 20;
/** Milliseconds after the last byte until this side hangs up. */
const QUIET = 20;

/** The connection of a case: sends its packets in pieces, and resolves with their number when it is closed. */
export function sendPackets({ mqttPort, webSocketPort, seed, number }) {
  const random = createRandom(seed, number);
  const count = 1 + random.below(MOST_PACKETS);
  const packets = Array.from({ length: count }, () => packetBytes(random));
  if (random.chance(0.75)) packets.unshift(validConnect(random));
  const pieces = piecesOf(random, Buffer.concat(packets));
  const send = random.chance(0.5) ? overTcp : overWebSocket;
  return send(random, pieces, { mqttPort, webSocketPort }).then(() => packets.length);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function overTcp(random, pieces, { mqttPort }) {
  return new Promise((resolve) => {
    const socket = connect(mqttPort, '127.0.0.1', async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (random.chance(0.3)) await turn();
      }
      setTimeout(() => (random.chance(0.5) ? socket.end() : socket.destroy()), QUIET);
      setTimeout(() => socket.destroy(), 50 * QUIET);
    });
    socket
      .setNoDelay(true)
      .on('error', () => {})
      .on('close', resolve)
      .resume();
  });
}

function overWebSocket(random, pieces, { webSocketPort }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${webSocketPort}/mqtt`, random.chance(0.95) ? 'mqtt' : ['x', 'mqtt']);
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.on('open', async () => {
      for (const piece of pieces) {
        if (socket.readyState !== WebSocket.OPEN) return;
        // Text frames and bytes that are no frame are refused, each in its way.
        const kind = random.below(200);
        if (kind === 0) socket.send(piece.toString('latin1'));
        else if (kind === 1) socket._socket.write(piece);
        else socket.send(piece, { fin: kind > 10 });
        if (random.chance(0.3)) await turn();
      }
      setTimeout(() => (random.chance(0.5) ? socket.close() : socket.terminate()), QUIET);
      setTimeout(() => socket.terminate(), 50 * QUIET);
    });
  });
}
