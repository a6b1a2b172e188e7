import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import { webHook } from '../../src/plugins/web-hook/web-hook.ts';
import { openSocket } from '../broker/house.ts';
import { connectPacket, publishPacket, Wire } from '../broker/wire.ts';
import { eventually } from '../support/gateway.ts';
import { type HookServer, startHookServer } from './support/hook-server.ts';
import { openPluginHouse, type PluginHouse } from './support/house.ts';

const NAME = 'emqx_web_hook';
const ALARM = 'not_answering:emqx_web_hook';

let server: HookServer;
let house: PluginHouse;
let isClosed = false;

beforeEach(async () => {
  server = await startHookServer();
  isClosed = false;
});

afterEach(async () => {
  if (!isClosed) await house.close();
  await server.close();
});

/** Retries are quick, and nothing is waited for long at the end. */
const quick = { retryBackoff: 10, maxRetryBackoff: 20, grace: 1 };

async function open(settings: object = {}, hooks: readonly Hooks[] = []): Promise<void> {
  house = await openPluginHouse({
    plugins: [webHook],
    settings: { [NAME]: { url: server.url, ...quick, ...settings } },
    hooks,
  });
  await house.host.load(NAME);
}

async function close(): Promise<void> {
  isClosed = true;
  await house.close();
}

const figure = (name: string): number | undefined =>
  house.host.get(NAME)?.figures.find((each) => each.name === name)?.value;

const actions = (): unknown[] => server.events.map(({ action }) => action);

/** Publishes with QoS 1. */
const publish = (wire: Wire, topic: string, payload = 'x') => wire.ask(publishPacket(topic, 1, 1, payload), 'puback');

describe('the events of a client', () => {
  test('are told when it comes, subscribes, unsubscribes and goes, with the fields of EMQ X 3', async () => {
    await open({ events: ['client.connected', 'client.disconnected', 'client.subscribe', 'client.unsubscribe'] });
    const wire = await house.wire({ clientId: 'ann', username: 'alice', keepalive: 60 });
    await wire.subscribe(['a/+', 1]);
    await wire.ask({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a/+', 'none'] }, 'unsuback');
    await wire.disconnect();
    await server.taken(4);
    const who = { client_id: 'ann', username: 'alice' };
    expect(server.events).toEqual([
      {
        action: 'client_connected',
        ...who,
        ipaddress: '127.0.0.1',
        keepalive: 60,
        proto_ver: 4,
        connected_at: expect.any(Number),
        conn_ack: 0,
      },
      { action: 'client_subscribe', ...who, topic: 'a/+', opts: { qos: 1 } },
      { action: 'client_unsubscribe', ...who, topic: 'a/+' },
      { action: 'client_disconnected', ...who, reason: 'closed' },
    ]);
  });

  test('are told with the time in seconds, and the node, one a request', async () => {
    await open({ events: ['client.connected'] });
    const before = Math.floor(Date.now() / 1000);
    await house.wire({ clientId: 'ann' });
    await server.taken(1);
    const [{ body, headers, path } = { body: '', headers: {}, path: '' }] = server.requests;
    const { ts, node, username, connected_at: connectedAt } = JSON.parse(body);
    expect([node, username]).toEqual(['brokerql@127.0.0.1', null]);
    for (const time of [ts, connectedAt]) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
    }
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-brokerql-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(headers).not.toHaveProperty('x-brokerql-signature');
    expect(path).toBe('/events?to=here');
  });

  test('tell a CONNECT that is refused, with its return code', async () => {
    const closed: Hooks = { authenticate: ({ username }) => (username === 'mallory' ? 'deny' : 'allow') };
    await open({ events: ['client.connected', 'client.connack'] }, [closed]);
    const wire = new Wire(await openSocket(house.port));
    wire.write(connectPacket({ clientId: 'stranger', username: 'mallory' }));
    expect((await wire.next('connack')).returnCode).toBe(5);
    await server.taken(1);
    expect(server.events).toEqual([
      {
        action: 'client_connack',
        client_id: 'stranger',
        username: 'mallory',
        ipaddress: '127.0.0.1',
        conn_ack: 5,
      },
    ]);
  });

  test.each([
    ['keepalive_timeout', (wire: Wire) => wire.closed, { keepalive: 1 }],
    ['tcp_closed', (wire: Wire) => wire.vanish(), {}],
    ['kicked', async () => void (await house.broker.kick('ann')), {}],
    [
      'protocol_error',
      async (wire: Wire) => {
        wire.write(publishPacket('a/+'));
        await wire.closed;
      },
      {},
    ],
  ] as const)('say why it went: %s', async (reason, end, fields) => {
    await open({ events: ['client.disconnected'] });
    await end(await house.wire({ clientId: 'ann', ...fields }));
    await server.taken(1);
    expect(server.events).toEqual([{ action: 'client_disconnected', client_id: 'ann', username: null, reason }]);
  });
});

describe('the events of a session', () => {
  test('are told when it begins, subscribes, unsubscribes and ends', async () => {
    await open({ events: ['session.created', 'session.subscribed', 'session.unsubscribed', 'session.terminated'] });
    const wire = await house.wire({ clientId: 'ann', username: 'alice', clean: false });
    await wire.subscribe(['a', 2]);
    await wire.ask({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a'] }, 'unsuback');
    await wire.disconnect();
    // Continued, it is none that begins.
    await (await house.wire({ clientId: 'ann', username: 'alice', clean: false })).disconnect();
    await eventually(() => house.broker.registry.connectionsCount === 0, 'the end of the connection');
    await house.broker.cleanSession('ann');
    await server.taken(4);
    const who = { client_id: 'ann', username: 'alice' };
    expect(server.events).toEqual([
      { action: 'session_created', ...who, clean_session: false },
      { action: 'session_subscribed', ...who, topic: 'a', opts: { qos: 2 } },
      { action: 'session_unsubscribed', ...who, topic: 'a' },
      { action: 'session_terminated', ...who, reason: 'cleaned' },
    ]);
  });
});

describe('the events of a message', () => {
  const events = ['message.publish', 'message.deliver', 'message.acked'];
  const from = { from_client_id: 'pub', from_username: 'alice' };
  const to = { client_id: 'sub', username: 'bob' };

  test.each([true, false])(
    'are told when it is published, delivered and acknowledged (clean session: %s)',
    async (clean) => {
      await open({ events });
      const subscriber = await house.wire({ clientId: 'sub', username: 'bob', clean });
      await subscriber.subscribe(['a/0', 0], ['a/1', 1], ['a/2', 2]);
      const publisher = await house.wire({ clientId: 'pub', username: 'alice' });
      publisher.write(publishPacket('a/0', 0, undefined, 'none'));
      await subscriber.next('publish');
      publisher.write({ ...publishPacket('a/1', 1, 1, 'one'), retain: true });
      const { messageId: first = 0 } = await subscriber.next('publish');
      subscriber.write({ cmd: 'puback', messageId: first });
      await publisher.next('puback');
      publisher.write(publishPacket('a/2', 2, 2, 'two'));
      const { messageId: second = 0 } = await subscriber.next('publish');
      await subscriber.ask({ cmd: 'pubrec', messageId: second }, 'pubrel');
      await server.taken(8);
      const none = { topic: 'a/0', qos: 0, retain: false, payload: 'none' };
      const one = { topic: 'a/1', qos: 1, retain: false, payload: 'one' };
      const two = { topic: 'a/2', qos: 2, retain: false, payload: 'two' };
      expect(server.events).toEqual([
        { action: 'message_publish', ...from, ...none },
        { action: 'message_deliver', ...to, ...from, ...none },
        { action: 'message_publish', ...from, ...one, retain: true },
        { action: 'message_deliver', ...to, ...from, ...one },
        { action: 'message_acked', ...to, ...from, ...one },
        { action: 'message_publish', ...from, ...two },
        { action: 'message_deliver', ...to, ...from, ...two },
        { action: 'message_acked', ...to, ...from, ...two },
      ]);
    },
  );

  test('are those of the topics that are wanted, and never of $SYS/', async () => {
    await open({ events, topics: ['a/+', '$x/#', '$SYS/#'] });
    const publisher = await house.wire({ clientId: 'pub' });
    for (const topic of ['a', 'a/b', 'a/b/c', 'b', '$x/y']) await publish(publisher, topic);
    await server.taken(2);
    await publish(publisher, 'a/end');
    await server.taken(3);
    expect(server.events.map(({ topic }) => topic)).toEqual(['a/b', '$x/y', 'a/end']);
  });

  test.each([
    ['plain', Buffer.from('grün'), { payload: 'grün' }],
    ['plain', Buffer.from([0xff, 0x00]), { payload: '/wA=', payload_encoding: 'base64' }],
    ['base64', Buffer.from('grün'), { payload: 'Z3LDvG4=', payload_encoding: 'base64' }],
  ] as const)('write payloads %s', async (encodePayload, payload, expected) => {
    await open({ events: ['message.publish'], encodePayload });
    const publisher = await house.wire({ clientId: 'pub' });
    await publisher.ask({ ...publishPacket('a', 1, 1), payload }, 'puback');
    await server.taken(1);
    const { action, from_client_id, from_username, topic, qos, retain, ...rest } = server.events[0] ?? {};
    expect([action, from_client_id, from_username, topic, qos, retain]).toEqual([
      'message_publish',
      'pub',
      null,
      'a',
      1,
      false,
    ]);
    expect(rest).toEqual(expected);
  });

  test('are told of a retained message that a new subscriber is sent, and of a will', async () => {
    await open({ events: ['message.publish', 'message.deliver'] });
    house.broker.retained.limits = { maxCount: 0, maxPayload: 0, expiryInterval: 0 };
    const will = { topic: 'gone', payload: Buffer.from('farewell'), qos: 0 as const, retain: true };
    await (await house.wire({ clientId: 'pub', username: 'alice', will })).vanish();
    await server.taken(1);
    await (await house.wire({ clientId: 'sub', username: 'bob' })).subscribe(['gone', 1]);
    await server.taken(2);
    const message = { topic: 'gone', qos: 0, retain: true, payload: 'farewell' };
    expect(server.events).toEqual([
      { action: 'message_publish', ...from, ...message },
      // Whose session is gone, its user name is too.
      { action: 'message_deliver', ...to, ...from, from_username: null, ...message },
    ]);
  });
});

describe('a request', () => {
  test('is signed with the secret, over its timestamp and its body', async () => {
    await open({
      events: ['client.connected'],
      secret: 'top-secret',
      headers: ['Authorization: Bearer abc', 'X-Tenant:7'],
    });
    await house.wire({ clientId: 'ann' });
    await server.taken(1);
    const { headers, body } = server.requests[0]!;
    const timestamp = String(headers['x-brokerql-timestamp']);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    const expected = createHmac('sha256', 'top-secret').update(`${timestamp}.${body}`).digest('hex');
    expect(headers['x-brokerql-signature']).toBe(`sha256=${expected}`);
    expect(headers).toMatchObject({ authorization: 'Bearer abc', 'x-tenant': '7' });
  });

  test('is a list of at most so many events above a batch size of 1, in the order in which they happened', async () => {
    await open({ events: ['message.publish'], batchSize: 10 });
    server.status = null;
    const publisher = await house.wire({ clientId: 'pub' });
    await publish(publisher, 'a', '0');
    await server.asked(1);
    for (let i = 1; i <= 25; i++) await publish(publisher, 'a', `${i}`);
    expect(figure('queuedCount')).toBe(25);
    server.status = 200;
    server.answer();
    await server.taken(26);
    expect(server.events.map(({ payload }) => payload)).toEqual(Array.from({ length: 26 }, (_, i) => `${i}`));
    const sizes = server.requests.map(({ body }) => JSON.parse(body).length);
    expect(sizes).toEqual([1, 10, 10, 5]);
  });

  test('that is answered with 500 is sent again, the same, until it is taken; later events wait', async () => {
    await open({ events: ['message.publish'] });
    server.status = 500;
    const publisher = await house.wire({ clientId: 'pub' });
    for (const payload of ['one', 'two']) await publish(publisher, 'a', payload);
    await server.asked(5);
    expect(house.alarms.get(ALARM)).toMatchObject({
      severity: 'error',
      title: 'Web hook not answering',
      summary: expect.stringMatching(
        new RegExp(
          `^http://127\\.0\\.0\\.1:${server.port} answered with status 500; \\d+ requests in a row failed, and 1 events wait$`,
        ),
      ),
    });
    server.status = 200;
    await server.taken(2);
    await eventually(() => house.alarms.size === 0, 'the end of the alarm');
    expect(server.events.map(({ payload }) => payload)).toEqual(['one', 'two']);
    const first = server.requests.slice(0, -1);
    expect(new Set(first.map(({ body }) => body)).size).toBe(1);
    expect(new Set(first.map(({ headers }) => headers['x-brokerql-delivery'])).size).toBe(1);
    await eventually(() => figure('sentCount') === 2, 'the count of both');
    expect(figure('failedRequestsCount')).toBe(server.requests.length - 2);
    expect([figure('droppedCount'), figure('queuedCount')]).toEqual([0, 0]);
  });

  test.each([400, 413, 415, 422])(
    'that is answered with %i is refused for good, counted, and keeps nobody waiting',
    async (status) => {
      await open({ events: ['message.publish'] });
      server.status = status;
      const publisher = await house.wire({ clientId: 'pub' });
      await publish(publisher, 'a', 'one');
      await server.asked(1);
      server.status = 200;
      await publish(publisher, 'a', 'two');
      await server.taken(1);
      expect(server.events.map(({ payload }) => payload)).toEqual(['two']);
      await eventually(() => figure('sentCount') === 1, 'the count of the second');
      expect(figure('refusedCount')).toBe(1);
    },
  );

  test.each([302, 401, 404, 429])('that is answered with %i is sent again', async (status) => {
    await open({ events: ['message.publish'] });
    server.status = status;
    await publish(await house.wire({ clientId: 'pub' }), 'a', 'one');
    await server.asked(2);
    server.status = 200;
    await server.taken(1);
    expect(figure('refusedCount')).toBe(0);
  });

  test('that is not answered in time is sent again', async () => {
    await open({ events: ['message.publish'], requestTimeout: 1 });
    server.status = null;
    await publish(await house.wire({ clientId: 'pub' }), 'a', 'one');
    await server.asked(1);
    server.status = 200;
    await server.taken(1);
    expect(server.requests).toHaveLength(2);
  });

  test('to a link-local address is not sent', async () => {
    await open({ url: 'http://169.254.169.254/latest', events: ['message.publish'], grace: 0 });
    await publish(await house.wire({ clientId: 'pub' }), 'a');
    await eventually(() => house.alarms.has(ALARM), 'the alarm');
    expect(house.alarms.get(ALARM)?.summary).toContain('http://169.254.169.254 cannot be asked');
    expect(figure('queuedCount')).toBe(0);
  });
});

describe('a server that is down', () => {
  test('is told of everything when it is back, and nobody waited for it', async () => {
    await open({ events: ['message.publish'] });
    const { port } = server;
    await server.close();
    const publisher = await house.wire({ clientId: 'pub' });
    for (let i = 0; i < 20; i++) await publish(publisher, 'a', `${i}`);
    await eventually(() => house.alarms.has(ALARM), 'the alarm');
    server = await startHookServer(port);
    await server.taken(20);
    expect(server.events.map(({ payload }) => payload)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
    await eventually(() => !house.alarms.has(ALARM), 'the end of the alarm');
  });

  test('costs the oldest events above the limit of the queue, in count, which are counted', async () => {
    await open({ events: ['message.publish'], maxQueueLen: 5 });
    server.status = null;
    const publisher = await house.wire({ clientId: 'pub' });
    await publish(publisher, 'a', 'under way');
    await server.asked(1);
    for (let i = 0; i < 20; i++) await publish(publisher, 'a', `${i}`);
    expect([figure('queuedCount'), figure('droppedCount')]).toEqual([5, 15]);
    server.status = 200;
    server.answer();
    await server.taken(6);
    const kept = ['under way', '15', '16', '17', '18', '19'];
    expect(server.events.map(({ payload }) => payload)).toEqual(kept);
    expect(figure('droppedCount')).toBe(15);
  });

  test('costs the oldest events above the limit of the queue, in bytes, which are counted', async () => {
    await open({ events: ['message.publish'], maxQueueBytes: 1500 });
    server.status = null;
    const publisher = await house.wire({ clientId: 'pub' });
    await publish(publisher, 'a', 'under way');
    await server.asked(1);
    for (let i = 0; i < 4; i++) await publish(publisher, 'a', `${i}`.repeat(500));
    expect([figure('queuedCount'), figure('droppedCount')]).toEqual([2, 2]);
    expect(figure('queuedBytes')).toBeLessThanOrEqual(1500);
    server.status = 200;
    server.answer();
    await server.taken(3);
    expect(server.events.map(({ payload }) => payload)).toEqual(['under way', '2'.repeat(500), '3'.repeat(500)]);
  });

  test('costs an event that alone is above the limit in bytes, and none beside it', async () => {
    await open({ events: ['message.publish'], maxQueueBytes: 1500 });
    server.status = null;
    const publisher = await house.wire({ clientId: 'pub' });
    await publish(publisher, 'a', 'under way');
    await server.asked(1);
    for (const payload of ['one', 'x'.repeat(2000), 'two']) await publish(publisher, 'a', payload);
    expect([figure('queuedCount'), figure('droppedCount')]).toEqual([2, 1]);
    server.status = 200;
    server.answer();
    await server.taken(3);
    expect(server.events.map(({ payload }) => payload)).toEqual(['under way', 'one', 'two']);
  });
});

describe('loading anew', () => {
  test('under traffic loses and doubles no event', async () => {
    await open({ events: ['message.publish'], batchSize: 7 });
    const publisher = await house.wire({ clientId: 'pub' });
    let isOver = false;
    const reloads = (async () => {
      for (let i = 0; i < 20; i++) await house.host.reload(NAME);
      isOver = true;
    })();
    let count = 0;
    for (; !isOver; count++) await publish(publisher, 'a', `${count}`);
    await reloads;
    await server.taken(count);
    expect(server.events.map(({ payload }) => payload)).toEqual(Array.from({ length: count }, (_, i) => `${i}`));
  });

  test('with another address sends what waits there', async () => {
    const gone = createServer();
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as { port: number };
    await new Promise((resolve) => gone.close(resolve));
    await open({ url: `http://127.0.0.1:${port}/`, events: ['message.publish'] });
    const publisher = await house.wire({ clientId: 'pub' });
    for (const payload of ['one', 'two']) await publish(publisher, 'a', payload);
    await house.configure(NAME, { url: server.url, ...quick, events: ['message.publish'] });
    await server.taken(2);
    expect(server.events.map(({ payload }) => payload)).toEqual(['one', 'two']);
  });

  test('cuts off a request that is not answered within the grace, and sends its events again, in their order', async () => {
    const settings = { url: server.url, events: ['message.publish'], requestTimeout: 300, grace: 0 };
    await open(settings);
    server.status = null;
    const publisher = await house.wire({ clientId: 'pub' });
    await publish(publisher, 'a', 'one');
    await server.asked(1);
    await publish(publisher, 'a', 'two');
    server.status = 200;
    await house.configure(NAME, { ...quick, ...settings });
    await server.taken(2);
    expect(server.events.map(({ payload }) => payload)).toEqual(['one', 'two']);
    expect([figure('droppedCount'), house.alarms.size]).toEqual([0, 0]);
  });
});

describe('unloading', () => {
  test('sends what waits, and tells nothing more', async () => {
    await open({ events: ['message.publish'] });
    const publisher = await house.wire({ clientId: 'pub' });
    for (let i = 0; i < 10; i++) await publish(publisher, 'a', `${i}`);
    await house.host.unload(NAME);
    expect(server.events).toHaveLength(10);
    await publish(publisher, 'a', 'later');
    expect(house.broker.events.published.isHeard).toBe(false);
    expect(server.events).toHaveLength(10);
  });

  test('at the end of the program tells whose connections end by it', async () => {
    await open({ events: ['client.connected', 'client.disconnected', 'session.terminated'], batchSize: 100 });
    for (const clientId of ['a', 'b', 'c']) await house.wire({ clientId });
    await close();
    expect(actions().sort()).toEqual([
      ...Array(3).fill('client_connected'),
      ...Array(3).fill('client_disconnected'),
      ...Array(3).fill('session_terminated'),
    ]);
    const reasons = server.events.filter(({ action }) => action === 'client_disconnected').map(({ reason }) => reason);
    expect(reasons).toEqual(Array(3).fill('broker_stopped'));
  });

  test('is over after the grace when the server does not answer, and leaves no alarm', async () => {
    await open({ events: ['message.publish'] });
    server.status = 500;
    await publish(await house.wire({ clientId: 'pub' }), 'a');
    await eventually(() => house.alarms.has(ALARM), 'the alarm');
    await house.host.unload(NAME);
    expect(house.alarms.size).toBe(0);
    expect(figure('queuedCount')).toBeUndefined();
  });

  test('cuts off a request that is not answered within the grace: what is loaded then is alone with the server', async () => {
    await open({ events: ['message.publish'], requestTimeout: 300, grace: 0 });
    server.status = null;
    const publisher = await house.wire({ clientId: 'pub' });
    for (const payload of ['under way', 'waiting']) await publish(publisher, 'a', payload);
    await server.asked(1);
    await house.host.unload(NAME);
    expect(house.logged).toMatchObject([{ msg: 'events of the web hook were dropped', count: 2 }]);
    server.status = 200;
    await house.host.load(NAME);
    await publish(publisher, 'a', 'later');
    await server.taken(1);
    expect(server.events.map(({ payload }) => payload)).toEqual(['later']);
    expect(server.requests).toHaveLength(2);
  });

  test('at the end of the program is waited for as long as the grace is', async () => {
    await open({ grace: 7 });
    expect(house.host.grace).toBe(7);
    await house.host.unload(NAME);
    expect(house.host.grace).toBe(0);
  });
});

describe('a hook that cannot be loaded', () => {
  test.each([
    [{ url: null }, 'web.hook.api.url is not set'],
    [{ ca: '/nowhere/ca.pem' }, "the file '/nowhere/ca.pem' is not there"],
    [{ ca: '/dev/zero' }, "the file '/dev/zero' cannot be used: it is no plain file"],
  ])('says why: %j', async (settings, reason) => {
    house = await openPluginHouse({ plugins: [webHook], settings: { [NAME]: { url: server.url, ...settings } } });
    await expect(house.host.load(NAME)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: `plugin '${NAME}' could not be loaded: ${reason}`,
    });
    expect(house.host.get(NAME)).toMatchObject({ active: false, failure: reason });
  });
});

describe('the settings of the web hook', () => {
  const { url, events, topics, headers } = webHook.settings as never as Record<
    string,
    { type: { safeParse(value: unknown): { success: boolean } } }
  >;
  test.each([
    ['url', url, ['http://a/', 'https://a.example/b?c=d'], ['ftp://a/', 'a', '', 'http://u:p@a/']],
    ['events', events, [[], ['message.publish']], [['message.dropped'], 'message.publish', [1]]],
    ['topics', topics, [[], ['a/+', '#']], [['a#'], [''], 'a']],
    [
      'headers',
      headers,
      [[], ['X-A: b', 'x-empty:']],
      [
        ['X A: b'],
        ['Host: a'],
        ['content-length: 1'],
        ['X-Brokerql-Signature: x'],
        ['X-A: b\r\nX-C: d'],
        [': b'],
        ['a'],
      ],
    ],
  ] as const)('%s', (_, row, good, bad) => {
    for (const value of good) expect([value, row?.type.safeParse(value).success]).toEqual([value, true]);
    for (const value of bad) expect([value, row?.type.safeParse(value).success]).toEqual([value, false]);
  });
});
