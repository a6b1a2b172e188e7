import { PassThrough } from 'node:stream';
import { createClient } from 'graphql-ws';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { APP_AUTHORIZATION } from '../support/gateway.ts';
import { openStream } from './callers.ts';
import type { Payload } from './payload.ts';

/** A subscription as its client sees it. */
export interface Following<Data> extends AsyncDisposable {
  /** The next payload; null when the server said that it is complete, or closed the connection. */
  next(): Promise<Payload<Data> | null>;
  /** The data of the next payload; rejects when there are none. */
  data(): Promise<Data>;
  /** Reads nothing from the connection until `resume`. */
  pause(): void;
  resume(): void;
  /** Resolves when the connection is closed; of a WebSocket with the code. */
  readonly closed: Promise<number | null>;
}

export interface Asked {
  readonly variables?: Record<string, unknown>;
  readonly authorization?: string;
}

/** Follows a subscription at the HTTP address of a port. Resolves when the server has begun it. */
export type Follow = <Data = Record<string, unknown>>(
  url: string,
  query: string,
  asked?: Asked,
) => Promise<Following<Data>>;

async function dataOf<Data>(payload: Promise<Payload<Data> | null>): Promise<Data> {
  const came = await payload;
  if (came?.data == null) throw new Error(`no data came, but ${JSON.stringify(came)}`);
  return came.data;
}

/** With the official client of graphql-ws, by a socket of its own. */
export const overWebSocket: Follow = async <Data>(url: string, query: string, asked: Asked = {}) => {
  let socket: WebSocket | undefined;
  let close: (code: number | null) => void = () => {};
  const closed = new Promise<number | null>((resolve) => {
    close = resolve;
  });
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: asked.authorization ?? APP_AUTHORIZATION },
    retryAttempts: 0,
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      closed: (event) => close((event as { readonly code: number }).code),
    },
  });
  const { variables = {} } = asked;
  const came = new PassThrough({ objectMode: true });
  const end = client.subscribe<Data>(
    { query, variables },
    {
      next: (payload) => came.write(payload),
      // Those of an `error` message, or else the event of the close.
      error(reason) {
        if (Array.isArray(reason)) came.write({ errors: reason });
        came.end();
      },
      complete: () => came.end(),
    },
  );
  // The server takes one message after the other.
  await client.iterate({ query: '{ nodes { name } }' }).next();
  const payloads = came[Symbol.asyncIterator]();
  const next = async (): Promise<Payload<Data> | null> => {
    const { done, value } = await payloads.next();
    return done ? null : value;
  };
  return {
    next,
    data: () => dataOf(next()),
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    closed,
    async [Symbol.asyncDispose]() {
      socket?.resume();
      end();
      await client.dispose();
    },
  };
};

/** As `curl -N` does, by a stream of its own. What was not asked for with `next` is not read. */
export const overEventStream: Follow = async <Data>(url: string, query: string, asked: Asked = {}) => {
  const { variables, authorization } = asked;
  const stream = await openStream(url, query, authorization, variables);
  const next = stream.next as () => Promise<Payload<Data> | null>;
  return {
    next,
    data: () => dataOf(next()),
    pause() {},
    resume() {},
    closed: stream.closed.then(() => null),
    async [Symbol.asyncDispose]() {
      stream.close();
    },
  };
};

/** Whatever is live can be followed by both. */
export const doors: readonly [name: string, follow: Follow][] = [
  ['WebSocket', overWebSocket],
  ['server-sent events', overEventStream],
];

/** Through both doors at once: whatever the one is told, the other is told too. */
export const overBoth: Follow = async <Data>(url: string, query: string, asked: Asked = {}) => {
  const both = await Promise.all(doors.map(([, follow]) => follow<Data>(url, query, asked)));
  const next = async (): Promise<Payload<Data> | null> => {
    const [one, other] = await Promise.all(both.map((following) => following.next()));
    expect(other).toEqual(one);
    return one ?? null;
  };
  return {
    next,
    data: () => dataOf(next()),
    pause: () => both.forEach((following) => void following.pause()),
    resume: () => both.forEach((following) => void following.resume()),
    closed: Promise.all(both.map(({ closed }) => closed)).then(([code]) => code ?? null),
    async [Symbol.asyncDispose]() {
      for (const following of both) await following[Symbol.asyncDispose]();
    },
  };
};
