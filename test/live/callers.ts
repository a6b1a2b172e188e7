import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { WebSocket } from 'ws';
import { freshAddress } from '../doors/support/wire.ts';
import { APP_AUTHORIZATION } from '../support/gateway.ts';
import type { Payload } from './payload.ts';

const url = (base: string): string => `${base.replace('http', 'ws')}/graphql`;

/** A stream of server-sent events that is read as it is asked to. */
export interface EventStream {
  readonly response: IncomingMessage;
  /** The next payload; null when the stream said that it is complete, or closed. */
  next(): Promise<Payload | null>;
  /** Resolves when the next comment came. */
  comment(): Promise<void>;
  close(): void;
  /** Resolves when its connection is closed, from either side. */
  readonly closed: Promise<unknown>;
}

/** Follows a subscription as `curl -N` does. Nothing is read before it is asked for. */
export async function openStream(
  base: string,
  query: string,
  authorization = APP_AUTHORIZATION,
  variables: Record<string, unknown> = {},
): Promise<EventStream> {
  const { hostname, port } = new URL(base);
  const sent = request({
    agent: false,
    hostname,
    port,
    path: '/graphql',
    method: 'POST',
    localAddress: freshAddress(),
    headers: { authorization, accept: 'text/event-stream', 'content-type': 'application/json' },
  });
  sent.end(JSON.stringify({ query, variables }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.setEncoding('utf8');
  const chunks = response[Symbol.asyncIterator]();
  /** What came behind the last block. */
  let rest = '';
  const block = async (): Promise<string | null> => {
    // Blocks may be long: only what is new is searched.
    const parts = [rest];
    let end = rest.indexOf('\n\n');
    let length = 0;
    while (end < 0) {
      length += parts.at(-1)?.length ?? 0;
      const { value, done } = await chunks.next().catch(() => ({ value: '', done: true }));
      if (done) return null;
      const last = parts.at(-1)?.slice(-1) ?? '';
      const found = `${last}${value}`.indexOf('\n\n');
      if (found >= 0) end = length - last.length + found;
      parts.push(value);
    }
    const text = parts.join('');
    rest = text.slice(end + 2);
    return text.slice(0, end);
  };
  return {
    response,
    async next() {
      for (let found = await block(); found !== null; found = await block()) {
        if (found.startsWith('event: next\ndata: ')) return JSON.parse(found.slice('event: next\ndata: '.length));
        if (found === 'event: complete\ndata:') return null;
      }
      return null;
    },
    async comment() {
      while ((await block()) !== ':') {}
    },
    close: () => void response.destroy(),
    closed,
  };
}

/** A socket that says what it is told to, word for word. */
export interface PlainSocket {
  readonly socket: WebSocket;
  /** Code and reason of the close. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
  say(message: unknown): void;
  /** The next message, parsed. */
  hear(): Promise<Record<string, unknown>>;
}

export async function openPlain(
  base: string,
  protocol: string | string[] = 'graphql-transport-ws',
): Promise<PlainSocket> {
  const socket = new WebSocket(url(base), protocol, { localAddress: freshAddress() });
  const heard: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  socket.on('message', (data) => {
    const wanted = waiting.shift();
    if (wanted) wanted(String(data));
    else heard.push(String(data));
  });
  const closed = new Promise<readonly [number, string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  socket.on('error', () => {});
  await Promise.race([once(socket, 'open'), closed]);
  return {
    socket,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async hear() {
      const text = heard.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
      return JSON.parse(text);
    },
  };
}

/** A socket that was welcomed. */
export async function openWelcomed(base: string, authorization = APP_AUTHORIZATION): Promise<PlainSocket> {
  const plain = await openPlain(base);
  plain.say({ type: 'connection_init', payload: { authorization } });
  const welcome = await plain.hear();
  if (welcome.type !== 'connection_ack') throw new Error(JSON.stringify(welcome));
  return plain;
}
