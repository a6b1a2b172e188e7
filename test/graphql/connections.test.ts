import type { Socket } from 'node:net';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';
import { RawClient } from './raw-client.ts';

let gateway: TestGateway;
let sensor: MqttClient;
let browser: MqttClient;
let startedAt: number;
let bridge: RawClient;

const socketOf = (client: MqttClient) => client.stream as unknown as Socket;

beforeAll(async () => {
  gateway = await startGateway();
  startedAt = Date.now();
  sensor = await gateway.connect({
    clientId: 'sensor-1',
    username: 'alice',
    clean: false,
    keepalive: 30,
    will: { topic: 'gone/sensor-1', payload: Buffer.from('bye'), qos: 0, retain: false },
  });
  await sensor.subscribeAsync({ 'cmd/+': { qos: 1 }, 'cmd/all': { qos: 0 } });
  browser = await gateway.connect({ clientId: 'browser-1', overWebSocket: true, keepalive: 0 });
  await browser.subscribeAsync('cmd/+');
  await gateway.connect({ clientId: 'old-1', username: 'alice', protocolId: 'MQIsdp', protocolVersion: 3 });
  bridge = new RawClient(gateway.gateway.ports.mqtt.port);
  bridge.send({
    cmd: 'connect',
    clientId: 'bridge-1',
    protocolId: 'MQTT',
    protocolVersion: 4,
    bridgeMode: true,
    clean: true,
    keepalive: 0,
  });
  await bridge.next('connack');
});

afterAll(async () => {
  bridge.end();
  await gateway.close();
});

const everyField = `{
  clientId username cleanSession connectedAt ipAddress port isBridge isSuperuser keepalive mountpoint willTopic
  peerCertificate protocolName protocolVersion zone transport bytesReceived bytesSent bytesPending socketReads
  socketWrites packetsReceived packetsSent messagesReceived messagesSent nodeName
}`;

const one = <Row>(clientId: string, fields = everyField) =>
  ask<{ connection: Row | null }>(gateway, `query ($id: ID!) { connection(clientId: $id) ${fields} }`, {
    id: clientId,
  }).then(({ connection }) => connection);

describe('connection', () => {
  test('shows what the client declared, sent and received', async () => {
    await sensor.publishAsync('up/0', 'zero', { qos: 0 });
    await sensor.publishAsync('up/1', 'one', { qos: 1 });
    await sensor.publishAsync('up/2', 'two', { qos: 2 });
    await browser.publishAsync('cmd/1', 'go', { qos: 1 });
    // CONNECT, SUBSCRIBE, three PUBLISH, a PUBREL and the PUBACK of `cmd/1`.
    await eventually(
      async () => (await one<{ packetsReceived: number }>('sensor-1', '{ packetsReceived }'))?.packetsReceived === 7,
      'the acknowledgement of sensor-1',
    );
    const socket = socketOf(sensor);
    const row = await one<{ connectedAt: string; socketReads: number }>('sensor-1');
    expect(row).toEqual({
      clientId: 'sensor-1',
      username: 'alice',
      cleanSession: false,
      connectedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ipAddress: '127.0.0.1',
      port: socket.localPort,
      isBridge: false,
      isSuperuser: false,
      keepalive: 30,
      mountpoint: null,
      willTopic: 'gone/sensor-1',
      peerCertificate: 'NO_TLS',
      protocolName: 'MQTT',
      protocolVersion: 4,
      zone: 'external',
      transport: 'TCP',
      bytesReceived: socket.bytesWritten,
      bytesSent: socket.bytesRead,
      bytesPending: 0,
      socketReads: expect.any(Number),
      socketWrites: expect.any(Number),
      packetsReceived: 7,
      // CONNACK, SUBACK, PUBACK, PUBREC, PUBCOMP and `cmd/1`.
      packetsSent: 6,
      messagesReceived: 3,
      messagesSent: 1,
      nodeName: NODE,
    });
    expect(row?.socketReads).toBeGreaterThanOrEqual(1);
    expect(row?.socketReads).toBeLessThanOrEqual(7);
    const connectedAt = Date.parse(row?.connectedAt ?? '');
    expect(connectedAt).toBeGreaterThanOrEqual(startedAt);
    expect(connectedAt).toBeLessThanOrEqual(Date.now());
  });

  test('counts bytes that the client does not read as pending', async () => {
    const stalled = await gateway.connect({ clientId: 'stalled' });
    await stalled.subscribeAsync('flood', { qos: 1 });
    socketOf(stalled).pause();
    const payload = Buffer.alloc(1_000_000);
    for (let i = 0; i < 12; i++) void browser.publish('flood', payload, { qos: 1 });
    await eventually(
      async () => ((await one<{ bytesPending: number }>('stalled', '{ bytesPending }'))?.bytesPending ?? 0) > 0,
      'bytes that wait',
    );
    socketOf(stalled).resume();
    await eventually(
      async () => (await one<{ bytesPending: number }>('stalled', '{ bytesPending }'))?.bytesPending === 0,
      'the bytes to be read',
    );
    await eventually(
      async () => (await one<{ messagesSent: number }>('stalled', '{ messagesSent }'))?.messagesSent === 12,
      'the last message',
    );
    await stalled.endAsync();
    await eventually(async () => (await one('stalled', '{ clientId }')) === null, 'the stalled client to go');
  });

  test.each([
    ['browser-1', { transport: 'WEBSOCKET', protocolName: 'MQTT', protocolVersion: 4, isBridge: false, keepalive: 0 }],
    ['old-1', { transport: 'TCP', protocolName: 'MQIsdp', protocolVersion: 3, isBridge: false, keepalive: 60 }],
    ['bridge-1', { transport: 'TCP', protocolName: 'MQTT', protocolVersion: 4, isBridge: true, keepalive: 0 }],
  ])('tells how %s reaches the broker', async (clientId, expected) => {
    expect(await one(clientId, '{ transport protocolName protocolVersion isBridge keepalive }')).toEqual(expected);
  });

  test('is null where the CONNECT said nothing', async () => {
    expect(await one('browser-1', '{ username willTopic mountpoint }')).toEqual({
      username: null,
      willTopic: null,
      mountpoint: null,
    });
  });

  test('is null when the client is not connected', async () => {
    expect(await one('nobody')).toBeNull();
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])(
    'is null for a client id %s that nobody has',
    async (id) => {
      expect(await one(id)).toBeNull();
    },
  );

  test('leads to its session, subscriptions and node', async () => {
    const fields = '{ session { clientId connected } subscriptions { topicFilter qos } node { name } }';
    expect(await one('sensor-1', fields)).toEqual({
      session: { clientId: 'sensor-1', connected: true },
      subscriptions: [
        { topicFilter: 'cmd/+', qos: 1 },
        { topicFilter: 'cmd/all', qos: 0 },
      ],
      node: { name: NODE },
    });
  });

  test('is found on the node that is named, and refused with NOT_FOUND on an unknown one', async () => {
    const query = 'query ($node: ID) { connection(clientId: "old-1", node: $node) { clientId } }';
    expect(await ask(gateway, query, { node: NODE })).toEqual({ connection: { clientId: 'old-1' } });
    expect(await gateway.graphql(query, { node: 'brokerql@nowhere' })).toMatchObject({
      data: { connection: null },
      errors: [
        {
          message: "node 'brokerql@nowhere' is unknown",
          extensions: { code: 'NOT_FOUND', argument: 'node', value: 'brokerql@nowhere' },
        },
      ],
    });
  });
});

describe('connectionsByClientId', () => {
  test('keeps positions, with null where a client is not connected and a row for each time it is named', async () => {
    const query = 'query ($ids: [ID!]!) { connectionsByClientId(clientIds: $ids) { clientId } }';
    expect(await ask(gateway, query, { ids: ['old-1', 'nobody', 'sensor-1', 'old-1'] })).toEqual({
      connectionsByClientId: [{ clientId: 'old-1' }, null, { clientId: 'sensor-1' }, { clientId: 'old-1' }],
    });
    expect(await ask(gateway, query, { ids: [] })).toEqual({ connectionsByClientId: [] });
  });

  test('takes at most 1000 client ids', async () => {
    const query = 'query ($ids: [ID!]!) { connectionsByClientId(clientIds: $ids) { clientId } }';
    expect(await gateway.graphql(query, { ids: Array(1001).fill('x') })).toEqual({
      errors: [
        {
          message: '$ids has 1001 items; the limit is 1000',
          extensions: { code: 'LIMIT_EXCEEDED', argument: '$ids', value: 1001 },
        },
      ],
    });
  });
});

describe('connections', () => {
  test.each([
    ['nothing', {}, ['sensor-1', 'browser-1', 'old-1', 'bridge-1']],
    ['a client id', { clientId: 'old-1' }, ['old-1']],
    ['an unknown client id', { clientId: 'old' }, []],
    ['a prefix, in the order of client ids', { clientIdPrefix: 'b' }, ['bridge-1', 'browser-1']],
    [
      'an empty prefix, in the order of client ids',
      { clientIdPrefix: '' },
      ['bridge-1', 'browser-1', 'old-1', 'sensor-1'],
    ],
    ['a part of the client id', { clientIdContains: 'r-1' }, ['sensor-1', 'browser-1']],
    ['a user name', { username: 'alice' }, ['sensor-1', 'old-1']],
    ['an unknown user name', { username: 'al' }, []],
    ['an address', { ipAddress: '127.0.0.1' }, ['sensor-1', 'browser-1', 'old-1', 'bridge-1']],
    ['another address', { ipAddress: '127.0.0.2' }, []],
    ['MQTT 3.1', { protocolVersion: 3 }, ['old-1']],
    ['MQTT 3.1.1', { protocolVersion: 4 }, ['sensor-1', 'browser-1', 'bridge-1']],
    ['clean sessions', { cleanSession: true }, ['browser-1', 'old-1', 'bridge-1']],
    ['persistent sessions', { cleanSession: false }, ['sensor-1']],
    ['a topic filter', { topicFilter: 'cmd/+' }, ['sensor-1', 'browser-1']],
    ['a topic filter that nobody has', { topicFilter: 'cmd/#' }, []],
    ['a user name and a protocol version', { username: 'alice', protocolVersion: 4 }, ['sensor-1']],
    ['a prefix and a part', { clientIdPrefix: 'b', clientIdContains: 'dge' }, ['bridge-1']],
    ['a client id and a prefix that it has not', { clientId: 'old-1', clientIdPrefix: 'b' }, []],
    ['a topic filter and a prefix', { topicFilter: 'cmd/+', clientIdPrefix: 's' }, ['sensor-1']],
    ['a topic filter and clean sessions', { topicFilter: 'cmd/+', cleanSession: true }, ['browser-1']],
    ['a topic filter and a client id', { topicFilter: 'cmd/+', clientId: 'browser-1' }, ['browser-1']],
    [
      'fields that are null',
      { clientId: null, username: null, topicFilter: null },
      ['sensor-1', 'browser-1', 'old-1', 'bridge-1'],
    ],
  ])('filters by %s', async (_what, filter, expected) => {
    const query =
      'query ($filter: ConnectionFilter) { connections(filter: $filter) { items { clientId } meta { count countIsExact } } }';
    expect(await ask(gateway, query, { filter })).toEqual({
      connections: {
        items: expected.map((clientId) => ({ clientId })),
        meta: { count: expected.length, countIsExact: true },
      },
    });
  });

  test('refuses a field that is no filter, and an unknown node', async () => {
    const query = 'query ($f: ConnectionFilter, $node: ID) { connections(filter: $f, node: $node) { meta { count } } }';
    const wrong = await gateway.graphql(query, { f: { client: 'x' } });
    expect(wrong.data).toBeUndefined();
    expect(wrong.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    const unknown = await gateway.graphql(query, { node: 'nowhere' });
    expect(unknown.errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
  });
});
