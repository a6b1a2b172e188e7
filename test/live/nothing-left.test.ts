import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { authorized, SECRET } from '../doors/support/callers.ts';
import { APP_AUTHORIZATION, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { openPlain, openStream, openWelcomed, type PlainSocket } from './callers.ts';

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

const QUERIES = [
  'subscription { messages(topicFilter: "a/#") { topic } }',
  'subscription { messages(topicFilter: "b/+", retained: true) { topic } }',
  'subscription { stats(intervalMs: 60000) { connectionsCount } }',
  'subscription { metrics(intervalMs: 60000) { rates { bytesSent } } }',
];

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startGateway('graphql: {max_sockets: 5}\n');
});

afterEach(() => gateway.close());

/** Answers when everything that was said before was read. */
async function settled(plain: PlainSocket): Promise<void> {
  plain.say({ type: 'ping', payload: {} });
  while ((await plain.hear()).type !== 'pong') {}
}

async function cycle(plain: PlainSocket, count: number, queries = QUERIES): Promise<void> {
  for (let i = 0; i < count; i++) {
    const query = queries[i % queries.length];
    plain.say({ type: 'subscribe', id: `id-${i}`, payload: { query } });
    plain.say({ type: 'complete', id: `id-${i}` });
    if (i % 50 === 49) await settled(plain);
  }
  await settled(plain);
}

describe('what goes away leaves nothing behind', () => {
  test('10 000 subscriptions that begin and end', { timeout: 120_000 }, async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    await cycle(plain, 2000);
    const before = await heap();
    await cycle(plain, 10_000);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    expect(gateway.gateway.broker.events.published.isHeard).toBe(false);
    // A hundred bytes for each of them would be seen.
    expect((await heap()) - before).toBeLessThan(1_000_000);
    plain.socket.close();
  });

  test('10 000 traces that begin and end, of clients that are there and of others', { timeout: 120_000 }, async () => {
    const { authorization = '' } = authorized('tracer');
    await gateway.gateway.access.accounts.applications.create({ id: 'tracer', secret: SECRET, role: 'ADMIN' });
    const client = await gateway.connect({ clientId: 'there' });
    const queries = ['there', 'elsewhere', 'there', '__proto__'].map(
      (clientId, i) => `subscription { traceClient(clientId: "${clientId}", seconds: ${3600 + i}) { at } }`,
    );
    const plain = await openWelcomed(gateway.httpUrl, authorization);
    await cycle(plain, 2000, queries);
    const before = await heap();
    await cycle(plain, 10_000, queries);
    const { broker, live } = gateway.gateway;
    expect(live.counts).toEqual({ executions: 0, sources: 0 });
    expect(broker.traces.size).toBe(0);
    expect(broker.registry.sessionsById.get('there')?.connection?.trace).toBeNull();
    expect((await heap()) - before).toBeLessThan(1_000_000);
    plain.say({ type: 'subscribe', id: 'last', payload: { query: queries[0] } });
    await eventually(() => broker.traces.size === 1, 'the trace to begin');
    await client.endAsync();
    await eventually(() => broker.registry.connectionsCount === 0, 'the client to leave');
    plain.socket.close();
    await eventually(() => broker.traces.size === 0, 'the end of the trace');
  });

  test('sockets and streams that are closed, or cut off, with what they follow', async () => {
    const { admissions } = gateway.gateway.access;
    for (let round = 0; round < 20; round++) {
      const sockets = [await openWelcomed(gateway.httpUrl), await openWelcomed(gateway.httpUrl)];
      const streams = [
        await openStream(gateway.httpUrl, QUERIES[0] ?? ''),
        await openStream(gateway.httpUrl, QUERIES[2] ?? ''),
      ];
      for (const plain of sockets) {
        for (const [id, query] of QUERIES.entries())
          plain.say({ type: 'subscribe', id: String(id), payload: { query } });
        await settled(plain);
      }
      expect(gateway.gateway.live.counts).toEqual({ executions: 4, sources: 4 });
      expect(admissions.count).toBe(4);
      sockets[0]?.socket.close();
      sockets[1]?.socket.terminate();
      for (const stream of streams) stream.close();
      await eventually(() => admissions.count === 0, 'the end of everything');
      expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    }
    expect(gateway.gateway.broker.events.published.isHeard).toBe(false);
  });

  test('what was open for a caller who may be in no more', async () => {
    const { applications } = gateway.gateway.access.accounts;
    const { authorization = '' } = authorized('short-lived');
    await applications.create({ id: 'short-lived', secret: SECRET, role: 'VIEWER' });
    const plain = await openWelcomed(gateway.httpUrl, authorization);
    for (const [id, query] of QUERIES.entries()) plain.say({ type: 'subscribe', id: String(id), payload: { query } });
    const stream = await openStream(gateway.httpUrl, QUERIES[0] ?? '', authorization);
    await settled(plain);
    expect(gateway.gateway.live.counts).toEqual({ executions: 4, sources: 4 });
    await applications.delete('short-lived');
    expect(await plain.closed).toEqual([4403, 'Forbidden']);
    expect(await stream.next()).toBeNull();
    await eventually(() => gateway.gateway.live.counts.sources === 0, 'the end of what it followed');
    expect(gateway.gateway.live.counts.executions).toBe(0);
    expect(gateway.gateway.access.admissions.count).toBe(0);
  });

  test('a subscription that is ended while a hook decides about it', async () => {
    let decide: (verdict: 'allow') => void = () => {};
    gateway.gateway.broker.hooks.replace([
      {
        authorizeSubscribe: () =>
          new Promise((resolve) => {
            decide = resolve;
          }),
      },
    ]);
    const plain = await openWelcomed(gateway.httpUrl);
    const query = QUERIES[0];
    plain.say({ type: 'subscribe', id: 'a', payload: { query } });
    await settled(plain);
    plain.say({ type: 'complete', id: 'a' });
    plain.say({ type: 'subscribe', id: 'a', payload: { query } });
    const first = decide;
    await settled(plain);
    first('allow');
    decide('allow');
    await settled(plain);
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
