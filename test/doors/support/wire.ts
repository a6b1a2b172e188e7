import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

let addresses = 0;

/** A loopback address that nothing came from yet: logins that fail slow down those that follow from their address. */
export function freshAddress(): string {
  addresses += 1;
  return `127.${1 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object or array is sent as JSON, text as it is. */
  readonly body?: unknown;
  /** The address that it comes from; a fresh one unless given. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request on a connection of its own and resolves with the head of its answer. */
async function open(url: string, { method = 'GET', path, headers = {}, body, from }: Sent): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const localAddress = from ?? freshAddress();
  const request = httpRequest({ agent: false, hostname, port, method, path, headers, localAddress });
  request.end(typeof body === 'object' ? JSON.stringify(body) : body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** Sends a request and answers what came back. */
export async function send(url: string, sent: Sent): Promise<Answer> {
  const response = await open(url, sent);
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

export interface Result {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Posts a document to `/graphql`. */
export async function post(
  url: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
  from?: string,
): Promise<Answer & { readonly json: Result }> {
  const sent = { method: 'POST', path: '/graphql', headers: { ...JSON_TYPE, ...headers }, body: { query } };
  const answer = await send(url, from === undefined ? sent : { ...sent, from });
  return { ...answer, json: JSON.parse(answer.text) };
}

export interface Stream {
  readonly status: number;
  readonly type: string;
  /** The first event; of an answer that is no stream, its body. */
  readonly first: Result;
  /** Resolves when the connection closed, from either side. */
  readonly closed: Promise<unknown>;
  close(): void;
}

/** Asks for server-sent events and resolves with the first of them. */
export async function stream(
  url: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Stream> {
  const response = await open(url, {
    method: 'POST',
    path: '/graphql',
    headers: { ...JSON_TYPE, accept: 'text/event-stream', ...headers },
    body: { query },
  });
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.on('error', () => {});
  response.setEncoding('utf8');
  const type = response.headers['content-type'] ?? '';
  const first = await new Promise<Result>((resolve) => {
    let text = '';
    response.on('data', (chunk: string) => {
      text += chunk;
      const event = /^data: (\{.*\})$/m.exec(text)?.[1];
      if (event) resolve(JSON.parse(event));
    });
    response.on('end', () => {
      if (text.startsWith('{')) resolve(JSON.parse(text));
    });
  });
  return { status: response.statusCode ?? 0, type, first, closed, close: () => response.destroy() };
}

export interface Opened {
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;
  /** The first answer to an operation. */
  ask(query: string): Promise<Result>;
  close(): void;
}

export interface Opening {
  readonly headers?: Readonly<Record<string, string>>;
  /** Given in `connectionParams`. */
  readonly authorization?: string;
}

/**
 * Opens GraphQL over WebSocket. Answers the status of an upgrade that was refused, or the code with which the socket
 * was closed instead of a welcome.
 */
export async function openSocket(
  url: string,
  { headers = {}, authorization }: Opening = {},
): Promise<Opened | { readonly status: number } | { readonly code: number }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers,
    localAddress: freshAddress(),
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
  if (status !== 101) {
    socket.terminate();
    return { status };
  }
  const waiting = new Map<string, (result: Result) => void>();
  const welcomed = new Promise<null>((resolve) => {
    socket.on('message', (bytes) => {
      const { type, id, payload } = JSON.parse(String(bytes));
      if (type === 'connection_ack') resolve(null);
      if (type === 'next') waiting.get(id)?.(payload);
      if (type === 'error') waiting.get(id)?.({ errors: payload });
    });
  });
  const payload = authorization === undefined ? {} : { authorization };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  const code = await Promise.race([welcomed, closed]);
  if (code !== null) return { code };
  let ids = 0;
  return {
    closed,
    ask(query) {
      ids += 1;
      const id = String(ids);
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query } }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    close: () => socket.close(),
  };
}

/** Opens GraphQL over WebSocket for somebody who is welcome. */
export async function openWelcome(url: string, opening: Opening): Promise<Opened> {
  const opened = await openSocket(url, opening);
  if (!('ask' in opened)) throw new Error(`the socket was refused: ${JSON.stringify(opened)}`);
  return opened;
}
