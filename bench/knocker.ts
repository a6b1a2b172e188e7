import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Knocked, Knocker, Order } from './load.ts';
import { pace } from './pace.ts';

type Knock = Extract<Order, { order: 'knock' }>;

const CONNECTIONS = 150;
const HEAD_END = '\r\n\r\n';

const authorizationOf = (name: string): string =>
  `Basic ${Buffer.from(`${name}:${randomBytes(9).toString('base64')}`).toString('base64')}`;

/** The request of a login. A proxy says where the many come from, each from somewhere else. */
function requestOf(as: Knocker): string {
  if (as === 'a probe') return ['GET /healthz HTTP/1.1', 'Host: 127.0.0.1', '', ''].join('\r\n');
  const [name, address] =
    as === 'one stranger'
      ? ['stranger', '192.0.2.1']
      : [`stranger-${randomBytes(6).toString('hex')}`, `10.${Array.from(randomBytes(3)).join('.')}`];
  const lines = ['GET /api/v3/nodes/ HTTP/1.1', 'Host: 127.0.0.1', `X-Forwarded-For: ${address}`];
  return [...lines, `Authorization: ${authorizationOf(name)}`, '', ''].join('\r\n');
}

/** A kept connection with one request at a time. */
class Door {
  readonly #socket: Socket;
  #text = '';
  #answered: ((status: string) => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true).on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
  }

  knock(request: string): Promise<string> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#text += text;
    const end = this.#text.indexOf(HEAD_END);
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#text)?.[1]);
    if (this.#text.length < end + HEAD_END.length + length) return;
    const status = this.#text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
    this.#text = '';
    this.#answered?.(status);
  }
}

function openDoor(port: number): Promise<Door> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(new Door(socket)));
    socket.on('error', reject);
  });
}

/**
 * Logs in with wrong secrets, over kept connections: what is measured is logins, not handshakes. Answers when every login
 * is answered; fewer than asked for are sent when all connections wait for an answer at once.
 */
export async function knock({ port, as, ...rate }: Knock): Promise<Omit<Knocked, 'answer'>> {
  const doors = await Promise.all(Array.from({ length: CONNECTIONS }, () => openDoor(port)));
  const free = [...doors];
  const statuses: Record<string, number> = {};
  const pending = new Set<Promise<void>>();
  const send = (): void => {
    const door = free.pop();
    // Less than the rate is told: it shows in what was answered.
    if (door === undefined) return;
    const answered = door.knock(requestOf(as)).then((status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      free.push(door);
      pending.delete(answered);
    });
    pending.add(answered);
  };
  const elapsed = await pace(rate, send);
  await Promise.all(pending);
  for (const door of doors) door.close();
  return { elapsed, statuses };
}
