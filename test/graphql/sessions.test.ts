import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';
import { RawClient } from './raw-client.ts';

let gateway: TestGateway;
let publisher: MqttClient;
let startedAt: number;

beforeAll(async () => {
  gateway = await startGateway('', { BROKERQL_MAX_MQUEUE_LEN: '2' });
  startedAt = Date.now();
  publisher = await gateway.connect({ clientId: 'publisher', username: 'alice' });
  const away = await gateway.connect({ clientId: 'away', username: 'alice', clean: false });
  await away.subscribeAsync({ 'news/#': { qos: 1 }, 'news/1': { qos: 0 } });
  await away.endAsync();
  const kept = await gateway.connect({ clientId: 'kept', clean: false });
  await kept.subscribeAsync('news/#', { qos: 2 });
});

afterAll(() => gateway.close());

const everyField = `{
  clientId username cleanSession connected binding createdAt disconnectedAt expiryInterval subscriptionsCount
  maxSubscriptions inflightCount maxInflight queuedCount maxQueued droppedCount awaitingReleaseCount maxAwaitingRelease
  deliveredCount enqueuedCount nodeName
}`;

const one = <Row>(clientId: string, fields = everyField) =>
  ask<{ session: Row | null }>(gateway, `query ($id: ID!) { session(clientId: $id) ${fields} }`, { id: clientId }).then(
    ({ session }) => session,
  );

const figure = async (clientId: string, name: string): Promise<number | undefined> =>
  (await one<Record<string, number>>(clientId, `{ ${name} }`))?.[name];

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('session', () => {
  test('shows a clean session', async () => {
    expect(await one('publisher')).toEqual({
      clientId: 'publisher',
      username: 'alice',
      cleanSession: true,
      connected: true,
      binding: 'LOCAL',
      createdAt: time,
      disconnectedAt: null,
      expiryInterval: 0,
      subscriptionsCount: 0,
      maxSubscriptions: 0,
      inflightCount: 0,
      maxInflight: 32,
      queuedCount: 0,
      maxQueued: 2,
      droppedCount: 0,
      awaitingReleaseCount: 0,
      maxAwaitingRelease: 100,
      deliveredCount: 0,
      enqueuedCount: 0,
      nodeName: NODE,
    });
  });

  test('shows a persistent session whose client is away, with what waits for it and what was dropped', async () => {
    for (const text of ['a', 'b', 'c']) await publisher.publishAsync('news/2', text, { qos: 1 });
    await publisher.publishAsync('news/2', 'not kept', { qos: 0 });
    const row = await one<{ createdAt: string; disconnectedAt: string }>('away');
    expect(row).toEqual({
      clientId: 'away',
      username: 'alice',
      cleanSession: false,
      connected: false,
      binding: 'LOCAL',
      createdAt: time,
      disconnectedAt: time,
      expiryInterval: 7200,
      subscriptionsCount: 2,
      maxSubscriptions: 0,
      inflightCount: 0,
      maxInflight: 32,
      queuedCount: 2,
      maxQueued: 2,
      droppedCount: 1,
      awaitingReleaseCount: 0,
      maxAwaitingRelease: 100,
      deliveredCount: 0,
      enqueuedCount: 3,
      nodeName: NODE,
    });
    const createdAt = Date.parse(row?.createdAt ?? '');
    const disconnectedAt = Date.parse(row?.disconnectedAt ?? '');
    expect(createdAt).toBeGreaterThanOrEqual(startedAt);
    expect(disconnectedAt).toBeGreaterThanOrEqual(createdAt);
    expect(disconnectedAt).toBeLessThanOrEqual(Date.now());
  });

  test('keeps createdAt over a reconnect, and has no disconnectedAt while the client is connected', async () => {
    const before = await one<{ createdAt: string }>('away');
    const back = await gateway.connect({ clientId: 'away', username: 'bob', clean: false });
    await eventually(async () => (await figure('away', 'deliveredCount')) === 2, 'the two messages that waited');
    await eventually(async () => (await figure('away', 'inflightCount')) === 0, 'their acknowledgements');
    expect(await one('away', '{ username connected createdAt disconnectedAt queuedCount subscriptionsCount }')).toEqual(
      {
        username: 'bob',
        connected: true,
        createdAt: before?.createdAt,
        disconnectedAt: null,
        queuedCount: 0,
        subscriptionsCount: 2,
      },
    );
    await back.endAsync();
    await eventually(
      async () => (await one<{ connected: boolean }>('away', '{ connected }'))?.connected === false,
      'the client to leave',
    );
  });

  test('counts messages that the client has not acknowledged as in flight', async () => {
    const busy = await gateway.connect({ clientId: 'busy' });
    await busy.subscribeAsync('work', { qos: 1 });
    const acknowledge = await new Promise<() => void>((resolve) => {
      busy.handleMessage = (_packet, done) => resolve(() => done());
      publisher.publish('work', 'hard', { qos: 1 });
    });
    expect(await one('busy', '{ inflightCount deliveredCount }')).toEqual({ inflightCount: 1, deliveredCount: 1 });
    acknowledge();
    await eventually(async () => (await figure('busy', 'inflightCount')) === 0, 'the acknowledgement');
    await busy.endAsync();
    await eventually(async () => (await one('busy')) === null, 'the clean session to end');
  });

  test('counts messages of QoS 2 that wait for the client to release them', async () => {
    const raw = new RawClient(gateway.gateway.ports.mqtt.port);
    raw.send({
      cmd: 'connect',
      clientId: 'raw',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 0,
    });
    await raw.next('connack');
    raw.send({ cmd: 'publish', topic: 'nowhere', payload: 'x', qos: 2, messageId: 7, dup: false, retain: false });
    await raw.next('pubrec');
    expect(await figure('raw', 'awaitingReleaseCount')).toBe(1);
    raw.send({ cmd: 'pubrel', messageId: 7 });
    await raw.next('pubcomp');
    expect(await figure('raw', 'awaitingReleaseCount')).toBe(0);
    raw.end();
    await eventually(async () => (await one('raw')) === null, 'the raw client to go');
  });

  test('leads to its connection, subscriptions and node', async () => {
    const fields = '{ connection { clientId protocolVersion } subscriptions { topicFilter qos } node { name } }';
    expect(await one('kept', fields)).toEqual({
      connection: { clientId: 'kept', protocolVersion: 4 },
      subscriptions: [{ topicFilter: 'news/#', qos: 2 }],
      node: { name: NODE },
    });
    expect(await one('away', fields)).toEqual({
      connection: null,
      subscriptions: [
        { topicFilter: 'news/#', qos: 1 },
        { topicFilter: 'news/1', qos: 0 },
      ],
      node: { name: NODE },
    });
  });

  test('is null when the client has none', async () => {
    expect(await one('nobody')).toBeNull();
  });

  test('is found on the node that is named', async () => {
    const query = 'query ($node: ID) { session(clientId: "away", node: $node) { clientId } }';
    expect(await ask(gateway, query, { node: NODE })).toEqual({ session: { clientId: 'away' } });
  });
});

describe('sessions', () => {
  test.each([
    ['nothing', {}, ['publisher', 'away', 'kept']],
    ['a client id', { clientId: 'away' }, ['away']],
    ['an unknown client id', { clientId: 'aw' }, []],
    ['a prefix, in the order of client ids', { clientIdPrefix: '' }, ['away', 'kept', 'publisher']],
    ['a part of the client id', { clientIdContains: 'e' }, ['publisher', 'kept']],
    ['a user name', { username: 'bob' }, ['away']],
    ['clean sessions', { cleanSession: true }, ['publisher']],
    ['persistent sessions', { cleanSession: false }, ['away', 'kept']],
    ['connected clients', { connected: true }, ['publisher', 'kept']],
    ['clients that are away', { connected: false }, ['away']],
    ['a topic filter', { topicFilter: 'news/#' }, ['away', 'kept']],
    ['a topic filter of clients that are away', { topicFilter: 'news/#', connected: false }, ['away']],
    ['a topic filter and a prefix', { topicFilter: 'news/#', clientIdPrefix: 'k' }, ['kept']],
    ['persistent sessions of connected clients', { cleanSession: false, connected: true }, ['kept']],
    ['a client id and a user name that it has not', { clientId: 'away', username: 'alice' }, []],
  ])('filters by %s', async (_what, filter, expected) => {
    const query =
      'query ($f: SessionFilter) { sessions(filter: $f) { items { clientId } meta { count countIsExact } } }';
    expect(await ask(gateway, query, { f: filter })).toEqual({
      sessions: {
        items: expected.map((clientId) => ({ clientId })),
        meta: { count: expected.length, countIsExact: true },
      },
    });
  });
});
