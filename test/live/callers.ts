import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { freshAddress } from '../doors/support/wire.ts';
import { APP_AUTHORIZATION } from '../support/gateway.ts';

/** What a subscription is sent. */
export interface Payload {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
  readonly extensions?: { readonly dropped?: number };
}

/** What is followed through the official client of graphql-ws. */
export interface Follower {
  /** The next payload; rejects with the errors that ended it, and is null when it completed. */
  next(): Promise<Payload | null>;
  /** The data of the next payload. */
  data(): Promise<unknown>;
  end(): Promise<unknown>;
}

export interface Caller {
  readonly client: Client;
  follow(query: string, variables?: Record<string, unknown>): Follower;
  /** Resolves when the server has begun what it was asked to follow before: it takes one message after the other. */
  settled(): Promise<unknown>;
  /** The socket under the client; there is one from the first operation on. */
  readonly socket: WebSocket;
}

const url = (base: string): string => `${base.replace('http', 'ws')}/graphql`;

/** A caller with the official client of graphql-ws. */
export function openCaller(
  base: string,
  authorization: string | undefined = APP_AUTHORIZATION,
  options: Partial<ClientOptions> = {},
): Caller {
  let socket: WebSocket | null = null;
  const client = createClient({
    url: url(base),
    webSocketImpl: WebSocket,
    connectionParams: authorization === undefined ? {} : { authorization },
    retryAttempts: 0,
    ...options,
  });
  client.on('opened', (opened) => {
    socket = opened as WebSocket;
  });
  return {
    client,
    get socket() {
      if (!socket) throw new Error('the client has no socket yet');
      return socket;
    },
    settled: () => client.iterate({ query: '{ nodes { name } }' }).next(),
    follow(query, variables) {
      const values = client.iterate({ query, ...(variables && { variables }) });
      const next = async (): Promise<Payload | null> => {
        const { value, done } = await values.next();
        return done ? null : (value as Payload);
      };
      return {
        next,
        data: async () => (await next())?.data,
        end: async () => values.return?.(),
      };
    },
  };
}

/** A stream of server-sent events that is read as it is asked to. */
export interface EventStream {
  readonly response: IncomingMessage;
  /** The next payload; null when the stream said that it is complete, or closed. */
  next(): Promise<Payload | null>;
  /** Resolves when the next comment came. */
  comment(): Promise<void>;
  close(): void;
}

/** Follows a subscription as `curl -N` does. Nothing is read before it is asked for. */
export async function openStream(base: string, query: string, authorization = APP_AUTHORIZATION): Promise<EventStream> {
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
  sent.end(JSON.stringify({ query }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  response.setEncoding('utf8');
  const chunks = response[Symbol.asyncIterator]();
  let text = '';
  const block = async (): Promise<string | null> => {
    while (!text.includes('\n\n')) {
      const { value, done } = await chunks.next().catch(() => ({ value: '', done: true }));
      if (done) return null;
      text += value;
    }
    const end = text.indexOf('\n\n');
    const found = text.slice(0, end);
    text = text.slice(end + 2);
    return found;
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
