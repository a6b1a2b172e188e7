import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { freshAddress } from './wire.ts';

/** A text frame as a client sends it (RFC 6455, 5.2), of at most 65 535 bytes. */
function frameOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const mask = randomBytes(4);
  const length = bytes.length < 126 ? [0x80 | bytes.length] : [0xfe, bytes.length >> 8, bytes.length & 0xff];
  const masked = bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x81, ...length]), mask, masked]);
}

/** Characters that are searched for what is waited for. */
const REMEMBERED = 100_000;

/** A client of GraphQL over WebSocket that says what it is told to, and answers neither a close nor a ping. */
export interface RawSocket {
  /** Resolves when the connection is gone. */
  readonly closed: Promise<unknown>;
  send(message: object): void;
  /** Reads nothing until `read`. */
  pause(): void;
  /** Reads so many bytes or somewhat more, and nothing behind them. Rejects when the connection is gone before. */
  read(bytes: number): Promise<void>;
  /** Resolves when this text came; what came long before is forgotten. */
  received(text: string): Promise<void>;
  destroy(): void;
}

/** Opens a WebSocket at `/graphql`. */
export async function openRaw(url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const asked = request({
    agent: false,
    hostname,
    port,
    path: '/graphql',
    localAddress: freshAddress(),
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': 'graphql-transport-ws',
      ...headers,
    },
  });
  asked.end();
  const [, socket] = (await once(asked, 'upgrade')) as [unknown, Socket];
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text = (text + chunk).slice(-REMEMBERED);
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const gone = closed.then(() => Promise.reject(new Error('the connection is gone')));
  gone.catch(() => {});
  return {
    closed,
    send: (message) => void socket.write(frameOf(JSON.stringify(message))),
    pause: () => void socket.pause(),
    async read(bytes) {
      const wanted = socket.bytesRead + bytes;
      socket.resume();
      while (socket.bytesRead < wanted) await Promise.race([once(socket, 'data'), gone]);
      socket.pause();
    },
    async received(wanted) {
      while (!text.includes(wanted)) await once(socket, 'data');
    },
    destroy: () => void socket.destroy(),
  };
}
