import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const NOTHING = Buffer.alloc(0);
const TEXT = 1;
const PING = 9;
/** A masked pong without a payload. */
const PONG = Buffer.of(0x8a, 0x80, 0, 0, 0, 0);
const HEAD_END = '\r\n\r\n';

/** Cuts a stream of bytes into WebSocket frames of a server (RFC 6455, 5.2) and leaves them unread. */
class SocketFrames {
  readonly #onTexts: (count: number) => void;
  readonly #onPing: () => void;
  #rest: Buffer = NOTHING;

  constructor(onTexts: (count: number) => void, onPing: () => void) {
    this.#onTexts = onTexts;
    this.#onPing = onPing;
  }

  read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    let count = 0;
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1]! & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + head > bytes.length) break;
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      if (at + head + length > bytes.length) break;
      const opcode = bytes[at]! & 0x0f;
      if (opcode === TEXT) count += 1;
      else if (opcode === PING) this.#onPing();
      at += head + length;
    }
    this.#rest = at === bytes.length ? NOTHING : bytes.subarray(at);
    if (count > 0) this.#onTexts(count);
  }
}

function maskedFrame(text: string): Buffer {
  const bytes = Buffer.from(text);
  const mask = randomBytes(4);
  const head = bytes.length < 126 ? [0x81, 0x80 | bytes.length] : [0x81, 0xfe, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from(head), mask, bytes.map((byte, i) => byte ^ mask[i & 3]!)]);
}

/** Resolves when this text came. Rejects when the server closes. */
async function heard(socket: Socket, text: string): Promise<void> {
  let came = '';
  while (!came.includes(text)) {
    const [chunk] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer | boolean];
    if (typeof chunk === 'boolean') throw new Error(`a subscriber was refused: ${came}`);
    came += chunk.toString('latin1');
  }
}

export interface Following {
  readonly port: number;
  readonly authorization: string;
  readonly query: string;
}

/** A subscriber of graphql-transport-ws that counts what comes, and reads none of it. */
export class Follower {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Opens a socket and subscribes on it; `onMessages` is called with how many came since. */
  static async open({ port, authorization, query }: Following, onMessages: (count: number) => void): Promise<Follower> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true).on('error', () => {});
    await once(socket, 'connect');
    const lines = [
      'GET /graphql HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      `Authorization: ${authorization}`,
    ];
    socket.write(lines.join('\r\n') + HEAD_END);
    socket.write(maskedFrame('{"type":"connection_init"}'));
    await heard(socket, 'connection_ack');
    socket.write(maskedFrame(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query } })));
    // Answered when the subscription has begun: servers take one message after the other.
    socket.write(maskedFrame('{"type":"ping"}'));
    await heard(socket, '"pong"');
    const frames = new SocketFrames(onMessages, () => socket.write(PONG));
    socket.on('data', (chunk) => frames.read(chunk));
    return new Follower(socket);
  }

  close(): void {
    this.#socket.destroy();
  }
}
