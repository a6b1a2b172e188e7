import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/broker/hooks.ts';
import { Signal } from '../../src/signal.ts';
import { authorized, SECRET } from '../doors/support/callers.ts';
import {
  ADMIN_AUTHORIZATION,
  APP_AUTHORIZATION,
  eventually,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { openPlain, openStream, openWelcomed, type PlainSocket } from './callers.ts';
import { documentOf, liveFieldNames } from './live-fields.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap that are in use. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}

/** Every field, in ways that keep different things: what is retained comes first, and a cursor is refused. */
const DOCUMENTS = [
  ...liveFieldNames.map((name) => documentOf(name)),
  documentOf('messages', 'retained: true'),
  documentOf('connectionEvents', 'after: "0-1"'),
];
/** Those of them that are followed, and those whose source is shared by its key. */
const FOLLOWED = DOCUMENTS.slice(0, -1);
const OPEN = { executions: FOLLOWED.length, sources: 8 };
const NOTHING = { executions: 0, sources: 0 };
const MESSAGES = 'subscription { messages(topicFilter: "a/#") { topic } }';

let gateway: TestGateway;
/** What a hook says of who may follow messages. */
let decide: () => Verdict | Promise<Verdict> = () => 'ignore';

/** Listeners of signals, and intervals, that were begun since the start of this file and not ended. */
const begun = { listeners: 0, intervals: new Set<unknown>() };
const { listen } = Signal.prototype;
const { setInterval: setReal, clearInterval: clearReal } = globalThis;

beforeAll(async () => {
  Signal.prototype.listen = function count(listener) {
    const stop = listen.call(this, listener);
    let isOpen = true;
    begun.listeners++;
    return () => {
      if (isOpen) begun.listeners--;
      isOpen = false;
      stop();
    };
  };
  globalThis.setInterval = ((...args: Parameters<typeof setReal>) => {
    const timer = setReal(...args);
    begun.intervals.add(timer);
    return timer;
  }) as typeof setReal;
  globalThis.clearInterval = (timer) => {
    begun.intervals.delete(timer);
    clearReal(timer);
  };
  gateway = await startGateway('graphql: {max_sockets: 100}\n', {}, undefined, [
    { authorizeSubscribe: () => decide() },
  ]);
});

afterAll(async () => {
  await gateway.close();
  Signal.prototype.listen = listen;
  globalThis.setInterval = setReal;
  globalThis.clearInterval = clearReal;
});

/** Whatever a subscription could leave behind, as numbers. */
const counts = () => ({
  ...gateway.gateway.live.counts,
  traces: gateway.gateway.broker.traces.size,
  taps: gateway.gateway.broker.taps.size,
  listeners: begun.listeners,
  intervals: begun.intervals.size,
});

/** Resolves when what was begun since has ended. */
const nothingMoreThan = (before: ReturnType<typeof counts>): Promise<void> =>
  eventually(() => JSON.stringify(counts()) === JSON.stringify(before), 'the end of what was begun');

/** Who may follow everything. */
const openAdmin = (): Promise<PlainSocket> => openWelcomed(gateway.dashboardUrl, ADMIN_AUTHORIZATION);

/** Answers when everything that was said before was read. */
async function settled(plain: PlainSocket): Promise<void> {
  plain.say({ type: 'ping', payload: {} });
  while ((await plain.hear()).type !== 'pong') {}
}

/** Begins and ends `count` subscriptions: 50 are begun, and end when all of them are followed. */
async function cycle(plain: PlainSocket, count: number): Promise<void> {
  const ids = Array.from({ length: 50 }, (_, i) => `id-${i}`);
  for (let ended = 0; ended < count; ended += ids.length) {
    for (const [i, id] of ids.entries()) {
      plain.say({ type: 'subscribe', id, payload: { query: DOCUMENTS[i % DOCUMENTS.length] } });
    }
    await settled(plain);
    expect(gateway.gateway.live.counts).toEqual(OPEN);
    for (const id of ids) plain.say({ type: 'complete', id });
  }
  await settled(plain);
}

describe('what goes away leaves nothing behind', () => {
  test('10 000 subscriptions that begin and end', { timeout: 120_000 }, async () => {
    const plain = await openAdmin();
    const before = counts();
    // What is made once, and what V8 learns on the way.
    await cycle(plain, 5000);
    const heapBefore = await heap();
    await cycle(plain, 10_000);
    expect(counts()).toEqual({ ...before, ...NOTHING });
    // A hundred bytes for each of them would be seen.
    expect((await heap()) - heapBefore).toBeLessThan(1_000_000);
    plain.socket.close();
    await plain.closed;
  });

  test('sockets and streams that are closed, or cut off, with what they follow', async () => {
    const { admissions } = gateway.gateway.access;
    const before = counts();
    for (let round = 0; round < 5; round++) {
      const sockets = [await openAdmin(), await openAdmin()];
      const streams = await Promise.all(
        FOLLOWED.map((query) => openStream(gateway.dashboardUrl, query, ADMIN_AUTHORIZATION)),
      );
      for (const plain of sockets) {
        for (const [id, query] of FOLLOWED.entries())
          plain.say({ type: 'subscribe', id: String(id), payload: { query } });
        await settled(plain);
      }
      expect(gateway.gateway.live.counts).toEqual(OPEN);
      expect(admissions.count).toBe(2 + streams.length);
      sockets[0]?.socket.close();
      sockets[1]?.socket.terminate();
      for (const stream of streams) stream.close();
      await eventually(() => admissions.count === 0, 'the end of everything');
      await nothingMoreThan(before);
    }
  });

  test('what was open for a caller who may be in no more', async () => {
    const { applications } = gateway.gateway.access.accounts;
    const { authorization = '' } = authorized('short-lived');
    await applications.create({ id: 'short-lived', secret: SECRET, role: 'ADMIN' });
    const before = counts();
    const plain = await openWelcomed(gateway.httpUrl, authorization);
    // An application may not follow the audit log.
    const documents = FOLLOWED.filter((query) => !query.includes('auditEvents'));
    for (const [id, query] of documents.entries()) plain.say({ type: 'subscribe', id: String(id), payload: { query } });
    const stream = await openStream(gateway.httpUrl, MESSAGES, authorization);
    await settled(plain);
    expect(gateway.gateway.live.counts).toEqual({ executions: documents.length + 1, sources: 9 });
    await applications.delete('short-lived');
    expect(await plain.closed).toEqual([4403, 'Forbidden']);
    expect(await stream.next()).toBeNull();
    await nothingMoreThan(before);
    expect(gateway.gateway.access.admissions.count).toBe(0);
  });

  test('a subscription that is ended while a hook decides about it', async () => {
    const decisions: ((verdict: Verdict) => void)[] = [];
    decide = () => new Promise((resolve) => decisions.push(resolve));
    const plain = await openWelcomed(gateway.httpUrl);
    const query = MESSAGES;
    plain.say({ type: 'subscribe', id: 'a', payload: { query } });
    await settled(plain);
    plain.say({ type: 'complete', id: 'a' });
    plain.say({ type: 'subscribe', id: 'a', payload: { query } });
    await settled(plain);
    for (const tell of decisions) tell('allow');
    await settled(plain);
    decide = () => 'ignore';
    expect(gateway.gateway.live.counts).toEqual({ executions: 1, sources: 1 });
    const client = await gateway.connect();
    await client.publishAsync('a/b', 'x');
    expect(await plain.hear()).toEqual({ type: 'next', id: 'a', payload: { data: { messages: { topic: 'a/b' } } } });
    plain.say({ type: 'complete', id: 'a' });
    await settled(plain);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    plain.socket.close();
  });

  test('a socket whose client leaves before it is welcomed', async () => {
    const plain = await openPlain(gateway.httpUrl);
    plain.say({ type: 'connection_init', payload: { authorization: APP_AUTHORIZATION } });
    plain.socket.terminate();
    await eventually(() => gateway.gateway.ports.management.currentConnections === 0, 'the end of the connection');
    expect(gateway.gateway.access.admissions.count).toBe(0);
  });
});
