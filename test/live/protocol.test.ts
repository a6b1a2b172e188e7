import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { openRaw } from '../doors/support/raw-socket.ts';
import {
  ADMIN_AUTHORIZATION,
  APP_AUTHORIZATION,
  eventually,
  NODE,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { openPlain, openStream, openWelcomed } from './callers.ts';
import { overWebSocket } from './doors.ts';

const INIT = { type: 'connection_init', payload: { authorization: APP_AUTHORIZATION } };
const STATS = 'subscription { stats { connectionsCount } }';
const GAUGES = { data: { stats: [{ connectionsCount: 0 }] } };

const subscribe = (id: string, query: string, rest: object = {}) => ({
  type: 'subscribe',
  id,
  payload: { query, ...rest },
});

describe('graphql-transport-ws', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('graphql: {init_timeout: 1, max_operations: 3, max_message: 4000}\n');
  });

  afterEach(() => eventually(() => gateway.gateway.live.counts.executions === 0, 'the end of what was followed'));

  afterAll(() => gateway.close());

  test('is a subscription, its payloads, and its end by the client', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say(subscribe('a', STATS));
    expect(await plain.hear()).toEqual({ type: 'next', id: 'a', payload: GAUGES });
    plain.say({ type: 'complete', id: 'a' });
    plain.say({ type: 'ping' });
    expect(await plain.hear()).toEqual({ type: 'pong' });
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    plain.socket.close();
  });

  test('is a query, its payload, and its end by the server', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say(subscribe('a', 'query ($n: ID!) { node(name: $n) { name } }', { variables: { n: 'nowhere' } }));
    expect(await plain.hear()).toEqual({ type: 'next', id: 'a', payload: { data: { node: null } } });
    expect(await plain.hear()).toEqual({ type: 'complete', id: 'a' });
    plain.socket.close();
  });

  test('lets an id be used again as soon as it is free', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    for (const _ of [1, 2, 3]) {
      plain.say(subscribe('a', STATS));
      plain.say({ type: 'complete', id: 'a' });
    }
    plain.say(subscribe('a', STATS));
    expect(await plain.hear()).toEqual({ type: 'next', id: 'a', payload: GAUGES });
    expect(gateway.gateway.live.counts).toEqual({ executions: 1, sources: 1 });
    plain.socket.close();
  });

  test('answers a ping with its payload, before the first message too, and takes a pong', async () => {
    const plain = await openPlain(gateway.httpUrl);
    plain.say({ type: 'ping', payload: { a: [1] } });
    expect(await plain.hear()).toEqual({ type: 'pong', payload: { a: [1] } });
    plain.say({ type: 'pong' });
    plain.say(INIT);
    expect(await plain.hear()).toEqual({ type: 'connection_ack' });
    plain.socket.close();
  });

  test('passes over the end of what is unknown', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say({ type: 'complete', id: 'unknown' });
    plain.say({ type: 'ping' });
    expect(await plain.hear()).toEqual({ type: 'pong' });
    plain.socket.close();
  });

  test('closes with 4400 and a sentence for what is no message', async () => {
    const closeOf = async (message: unknown) => {
      const plain = await openWelcomed(gateway.httpUrl);
      plain.say(message);
      return plain.closed;
    };
    const [code, reason] = await closeOf('{');
    expect(code).toBe(4400);
    expect(reason).toContain('JSON');
    expect(await closeOf('[]')).toEqual([4400, 'Message is expected to be an object, but got array']);
    expect(await closeOf({ type: 'x' })).toEqual([4400, `Invalid message 'type' property "x"`]);
    expect(await closeOf({ type: 'y'.repeat(200) })).toEqual([4400, 'Invalid message received']);
    expect(await closeOf({ type: 'subscribe', payload: { query: '' } })).toEqual([
      4400,
      `"subscribe" message expects the 'id' property to be a string, but got undefined`,
    ]);
    expect(await closeOf({ type: 'next', id: 'a', payload: {} })).toEqual([4400, "a client sends no 'next'"]);
    expect(await closeOf(subscribe('x'.repeat(257), STATS))).toEqual([
      4400,
      'an id has at most 256 characters, not 257',
    ]);
  });

  test('closes with 4401 before it is begun', async () => {
    const plain = await openPlain(gateway.httpUrl);
    plain.say(subscribe('a', STATS));
    expect(await plain.closed).toEqual([4401, 'Unauthorized']);
  });

  test('closes with 4401 while the credentials are looked at', async () => {
    const plain = await openPlain(gateway.httpUrl);
    plain.say(INIT);
    plain.say(subscribe('a', STATS));
    expect(await plain.closed).toEqual([4401, 'Unauthorized']);
  });

  test('closes with 4406 when the client speaks another protocol', async () => {
    expect(await (await openPlain(gateway.httpUrl, [])).closed).toEqual([4406, 'Subprotocol not acceptable']);
  });

  test('closes with 4408 when the first message does not come', async () => {
    const plain = await openPlain(gateway.httpUrl);
    expect(await plain.closed).toEqual([4408, 'Connection initialisation timeout']);
  });

  test('closes with 4409 for an id that is taken', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say(subscribe('a', STATS));
    plain.say(subscribe('a', STATS));
    expect(await plain.closed).toEqual([4409, 'Subscriber for a already exists']);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('closes with 4429 for a second beginning', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say(INIT);
    expect(await plain.closed).toEqual([4429, 'Too many initialisation requests']);
  });

  test('closes with 1009 for a message that is too long', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say(subscribe('a', `{ nodes { name } } # ${'x'.repeat(4000)}`));
    expect((await plain.closed)[0]).toBe(1009);
  });

  test('refuses operations above the limit, by their ids alone', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    for (const id of ['a', 'b', 'c']) {
      plain.say(subscribe(id, STATS));
      expect(await plain.hear()).toEqual({ type: 'next', id, payload: GAUGES });
    }
    plain.say(subscribe('d', STATS));
    expect(await plain.hear()).toEqual({
      type: 'error',
      id: 'd',
      payload: [
        {
          message: '3 operations are under way on this socket; the limit is 3',
          extensions: { code: 'LIMIT_EXCEEDED', value: 3 },
        },
      ],
    });
    plain.say({ type: 'complete', id: 'a' });
    plain.say(subscribe('d', STATS));
    expect(await plain.hear()).toEqual({ type: 'next', id: 'd', payload: GAUGES });
    plain.socket.close();
  });

  test('tells what is wrong with a document as an error of its id', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    const errorOf = async (query: string, rest: object = {}) => {
      plain.say(subscribe('a', query, rest));
      const { type, id, payload } = await plain.hear();
      const [error] = payload as [{ message: string; extensions: object }];
      return [type, id, error.message, error.extensions];
    };
    const bad = { code: 'BAD_USER_INPUT' };
    expect(await errorOf('{')).toEqual(['error', 'a', 'Syntax Error: Expected Name, found <EOF>.', bad]);
    expect(await errorOf('{ x }')).toEqual(['error', 'a', 'Cannot query field "x" on type "Query".', bad]);
    expect(await errorOf('query A { nodes { name } }', { operationName: 'B' })).toEqual([
      ...['error', 'a', 'Unable to identify operation', bad],
    ]);
    plain.socket.close();
  });

  test('hears no more of a client that does not read, until it does', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    // Long, so that they come in several pieces.
    const query = `{ __schema { types { name description fields { name description } } } } # ${'x'.repeat(3500)}`;
    plain.socket.pause();
    const count = 150;
    for (let i = 0; i < count; i++) plain.say(subscribe(`id-${i}`, query));
    plain.say({ type: 'ping' });
    plain.socket.resume();
    for (let i = 0; i < count; i++) {
      expect((await plain.hear()).type).toBe('next');
      expect(await plain.hear()).toEqual({ type: 'complete', id: `id-${i}` });
    }
    expect(await plain.hear()).toEqual({ type: 'pong' });
    plain.socket.close();
  });

  test('answers on the port of the dashboard, with its user', async () => {
    const plain = await openWelcomed(gateway.dashboardUrl, ADMIN_AUTHORIZATION);
    plain.say(subscribe('a', '{ nodes { name } }'));
    expect(await plain.hear()).toEqual({ type: 'next', id: 'a', payload: { data: { nodes: [{ name: NODE }] } } });
    plain.socket.close();
  });

  test.each([
    ['4401 without credentials', {}, [4401, 'Unauthorized']],
    ['4403 with refused ones', { authorization: 'Basic bm9ib2R5OngK' }, [4403, 'Forbidden']],
    ['4403 with unparsable ones', { authorization: 'nonsense' }, [4403, 'Forbidden']],
  ])('closes with %s', async (_, payload, closed) => {
    const plain = await openPlain(gateway.httpUrl);
    plain.say({ type: 'connection_init', payload });
    expect(await plain.closed).toEqual(closed);
  });

  test('is nowhere but at /graphql', async () => {
    const socket = new WebSocket(`${gateway.httpUrl.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const [error] = await once(socket, 'error');
    expect((error as Error).message).toBe('Unexpected server response: 404');
  });

  test('sends nothing behind its close', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    plain.say(subscribe('a', 'subscription { messages(topicFilter: "a") { topic } }'));
    plain.say({ type: 'ping' });
    await plain.hear();
    const client = await gateway.connect();
    plain.socket.close();
    await client.publishAsync('a', 'b', { qos: 1 });
    expect((await plain.closed)[0]).toBe(1005);
    await eventually(() => gateway.gateway.live.counts.executions === 0, 'the end of the execution');
  });
});

describe('WebSockets and event streams of one caller', () => {
  test('are refused above the limit, together, and for nobody else', async () => {
    const gateway = await startGateway('graphql: {max_sockets: 2}\n');
    await addCallers(gateway);
    const socket = await openWelcomed(gateway.httpUrl);
    const stream = await openStream(gateway.httpUrl, STATS);
    expect(await stream.next()).toEqual(GAUGES);
    const third = await openPlain(gateway.httpUrl);
    third.say(INIT);
    expect(await third.closed).toEqual([1013, 'Too many WebSockets and event streams are open']);
    const refused = await fetch(`${gateway.httpUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: APP_AUTHORIZATION, 'content-type': 'application/json' },
      body: JSON.stringify({ query: STATS }),
    });
    expect(await refused.json()).toEqual({
      errors: [
        {
          message: "'test-app' has 2 WebSockets and event streams open; the limit is 2",
          extensions: { code: 'LIMIT_EXCEEDED', value: 2 },
        },
      ],
    });
    (await openWelcomed(gateway.httpUrl, authorized('app-viewer').authorization)).socket.close();
    socket.socket.close();
    await socket.closed;
    const other = await overWebSocket(gateway.httpUrl, STATS);
    expect(await other.data()).toEqual(GAUGES.data);
    stream.close();
    await eventually(async () => {
      const plain = await openPlain(gateway.httpUrl);
      plain.say(INIT);
      const isIn = await Promise.race([plain.closed.then(() => false), plain.hear().then(() => true)]);
      plain.socket.close();
      return isIn;
    }, 'the seat of the stream');
    await other[Symbol.asyncDispose]();
    await gateway.close();
  });
});

describe('a sign of life', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway(
      'graphql: {keepalive: 1, max_queue: 20, max_queue_bytes: 100000000, max_dropped: 10}\n',
    );
  });

  afterAll(() => gateway.close());

  test('is given to event streams', async () => {
    const stream = await openStream(gateway.httpUrl, 'subscription { messages(topicFilter: "a") { topic } }');
    await stream.comment();
    await stream.comment();
    stream.close();
  });

  test('is a pong, or that a client reads, however slowly; who gives none is cut off, behind a last word too', async () => {
    const client = await gateway.connect();
    // More than sockets of the loopback interface hold, in one answer or in 12 events.
    for (let i = 0; i < 12; i++)
      await client.publishAsync(`long/${i}`, Buffer.alloc(1_000_000), { qos: 1, retain: true });
    const ANSWER = '{ retainedMessages { items { payload { base64 } } } }';
    const EVENTS = 'subscription { messages(topicFilter: "long/+", retained: true) { payload { base64 } } }';
    const LIVE = 'subscription { messages(topicFilter: "live") { payload { base64 } } }';
    const ended = await openStream(gateway.httpUrl, LIVE);
    while (gateway.gateway.live.counts.executions > 0)
      await client.publishAsync('live', Buffer.alloc(1_000_000), { qos: 1 });
    const beating = await openWelcomed(gateway.httpUrl);
    const openMute = async () => {
      const socket = await openRaw(gateway.httpUrl);
      socket.send(INIT);
      await socket.received('connection_ack');
      return socket;
    };
    const [deadSocket, slowSocket, stuckSocket] = [await openMute(), await openMute(), await openMute()];
    for (const socket of [slowSocket, stuckSocket]) {
      socket.pause();
      socket.send(subscribe('a', ANSWER));
    }
    const slowStream = await openStream(gateway.httpUrl, EVENTS);
    const stuckStream = await openStream(gateway.httpUrl, EVENTS);
    const next = async (count: number) => {
      for (let i = 0; i < count; i++) expect(await slowStream.next()).toHaveProperty('data.messages.payload');
    };
    for (let beats = 0; beats < 3; beats++) {
      await once(beating.socket, 'ping');
      await slowSocket.read(2_000_000);
      await next(2);
    }
    await slowSocket.read(9_000_000);
    await next(6);
    slowSocket.destroy();
    await deadSocket.closed;
    await eventually(() => gateway.gateway.access.admissions.count === 2, 'the end of those who read nothing');
    for (const stream of [ended, slowStream, stuckStream]) stream.close();
    stuckSocket.destroy();
    beating.say({ type: 'ping' });
    expect(await beating.hear()).toEqual({ type: 'pong' });
    beating.socket.close();
  });
});
