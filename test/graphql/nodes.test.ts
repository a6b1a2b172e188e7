import type { Socket } from 'node:net';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/package.ts';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const duration = expect.stringMatching(/^PT(?:\d+M)?\d+S$/);

let gateway: TestGateway;
let client: MqttClient;
let startedAt: number;

const socketOf = (of: MqttClient) => of.stream as unknown as Socket;

const counters = `bytesReceived bytesSent packetsReceived packetsSent packetsConnectReceived packetsConnackSent
  packetsConnackError packetsConnackAuthError packetsPublishReceived packetsPublishSent packetsPublishError
  packetsPublishAuthError packetsPubackReceived packetsPubackSent packetsPubackMissed packetsPubrecReceived
  packetsPubrecSent packetsPubrecMissed packetsPubrelReceived packetsPubrelSent packetsPubrelMissed
  packetsPubcompReceived packetsPubcompSent packetsPubcompMissed packetsSubscribeReceived packetsSubscribeError
  packetsSubscribeAuthError packetsSubackSent packetsUnsubscribeReceived packetsUnsubscribeError packetsUnsubackSent
  packetsPingreqReceived packetsPingrespSent packetsDisconnectReceived packetsDisconnectSent packetsAuthReceived
  packetsAuthSent messagesReceived messagesSent messagesQos0Received messagesQos0Sent messagesQos1Received
  messagesQos1Sent messagesQos2Received messagesQos2Sent messagesQos2Expired messagesQos2Dropped messagesRetained
  messagesDropped messagesExpired messagesForwarded authMqttAnonymous`;

const gauges = ['connections', 'sessions', 'persistentSessions', 'topics', 'routes', 'subscribers', 'subscriptions']
  .concat('sharedSubscriptions', 'suboptions', 'retained')
  .flatMap((name) => [`${name}Count`, `${name}Max`])
  .join(' ');

const metrics = async () =>
  (await ask<{ metrics: [Record<string, unknown>] }>(gateway, `{ metrics { nodeName ${counters} } }`)).metrics;

beforeAll(async () => {
  startedAt = Date.now();
  gateway = await startGateway();
  client = await gateway.connect({ clientId: 'echo', clean: false });
  await client.subscribeAsync({ a: { qos: 0 }, b: { qos: 1 }, c: { qos: 2 } });
  await client.publishAsync('a', '0');
  await client.publishAsync('b', '1', { qos: 1 });
  await client.publishAsync('c', '2', { qos: 2 });
  await client.publishAsync('kept', 'r', { qos: 1, retain: true });
  await client.unsubscribeAsync('a');
  await eventually(async () => (await metrics())[0].packetsPubcompReceived === 1, 'the last PUBCOMP');
});

afterAll(() => gateway.close());

describe('metrics', () => {
  test('count every packet and message of a client, and its bytes as its socket does', async () => {
    const nothing = Object.fromEntries(counters.split(/\s+/).map((name) => [name, 0]));
    expect(await metrics()).toEqual([
      {
        ...nothing,
        nodeName: NODE,
        bytesReceived: socketOf(client).bytesWritten,
        bytesSent: socketOf(client).bytesRead,
        // CONNECT, SUBSCRIBE, 4 PUBLISH, UNSUBSCRIBE and what acknowledges.
        packetsReceived: 11,
        packetsSent: 11,
        packetsConnectReceived: 1,
        packetsConnackSent: 1,
        packetsSubscribeReceived: 1,
        packetsSubackSent: 1,
        packetsUnsubscribeReceived: 1,
        packetsUnsubackSent: 1,
        packetsPublishReceived: 4,
        packetsPublishSent: 3,
        packetsPubackReceived: 1,
        packetsPubackSent: 2,
        packetsPubrecReceived: 1,
        packetsPubrecSent: 1,
        packetsPubrelReceived: 1,
        packetsPubrelSent: 1,
        packetsPubcompReceived: 1,
        packetsPubcompSent: 1,
        messagesReceived: 4,
        messagesSent: 3,
        messagesQos0Received: 1,
        messagesQos0Sent: 1,
        messagesQos1Received: 2,
        messagesQos1Sent: 1,
        messagesQos2Received: 1,
        messagesQos2Sent: 1,
        messagesRetained: 1,
        messagesDropped: 1,
        authMqttAnonymous: 1,
      },
    ]);
  });
});

describe('stats', () => {
  test('tell how many there are and the most there were', async () => {
    const guest = await gateway.connect({ clientId: 'guest' });
    await guest.subscribeAsync(['b', 'd']);
    await guest.endAsync();
    const stats = () => ask(gateway, `{ stats { nodeName ${gauges} } }`);
    const count = async () =>
      (await ask<{ stats: [{ connectionsCount: number }] }>(gateway, '{ stats { connectionsCount } }')).stats;
    await eventually(async () => (await count())[0].connectionsCount === 1, 'the guest to leave');
    expect(await stats()).toEqual({
      stats: [
        {
          nodeName: NODE,
          connectionsCount: 1,
          connectionsMax: 2,
          sessionsCount: 1,
          sessionsMax: 2,
          persistentSessionsCount: 1,
          persistentSessionsMax: 1,
          topicsCount: 2,
          topicsMax: 3,
          routesCount: 2,
          routesMax: 3,
          subscribersCount: 2,
          subscribersMax: 4,
          subscriptionsCount: 2,
          subscriptionsMax: 4,
          sharedSubscriptionsCount: 0,
          sharedSubscriptionsMax: 0,
          suboptionsCount: 2,
          suboptionsMax: 4,
          retainedCount: 1,
          retainedMax: 1,
        },
      ],
    });
  });
});

describe('listeners', () => {
  test('show their ports, open connections, and why connections ended', async () => {
    const kicked = await gateway.connect({ clientId: 'kicked', overWebSocket: true });
    await ask(gateway, 'mutation { kickConnection(input: { clientId: "kicked" }) { clientId } }');
    await eventually(() => !kicked.connected, 'the kicked client to notice');
    const fields = 'nodeName protocol listenOn acceptors maxConnections currentConnections shutdownCount';
    const { ports } = gateway.gateway;
    const listener = { nodeName: NODE, acceptors: 1, maxConnections: 0, shutdownCount: {} };
    await eventually(() => ports.webSocket.currentConnections === 0, 'the socket to close');
    expect(await ask(gateway, `{ listeners { ${fields} } }`)).toEqual({
      listeners: [
        {
          ...listener,
          protocol: 'mqtt:tcp',
          listenOn: `127.0.0.1:${ports.mqtt.port}`,
          currentConnections: 1,
          shutdownCount: { closed: 1 },
        },
        {
          ...listener,
          protocol: 'mqtt:ws',
          listenOn: `127.0.0.1:${ports.webSocket.port}`,
          currentConnections: 0,
          shutdownCount: { kicked: 1 },
        },
        {
          ...listener,
          protocol: 'http:management',
          listenOn: `127.0.0.1:${ports.management.port}`,
          currentConnections: ports.management.currentConnections,
        },
        {
          ...listener,
          protocol: 'http:dashboard',
          listenOn: `127.0.0.1:${ports.dashboard.port}`,
          currentConnections: 0,
        },
      ],
    });
    expect(ports.management.currentConnections).toBeGreaterThanOrEqual(1);
  });
});

describe('brokers', () => {
  test('tell what runs, and since when', async () => {
    const query = '{ brokers { nodeName status version description runtimeVersion datetime startedAt uptime } }';
    const { brokers } = await ask<{ brokers: [{ datetime: string; startedAt: string }] }>(gateway, query);
    expect(brokers).toEqual([
      {
        nodeName: NODE,
        status: 'RUNNING',
        version,
        description: 'brokerql, an MQTT broker with a GraphQL API',
        runtimeVersion: process.versions.node,
        datetime: time,
        startedAt: time,
        uptime: duration,
      },
    ]);
    const [began, now] = [Date.parse(brokers[0].startedAt), Date.parse(brokers[0].datetime)];
    expect(began).toBeGreaterThanOrEqual(startedAt);
    expect(now).toBeGreaterThanOrEqual(began);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  test('one is found by its node, and is null when the node is unknown', async () => {
    const query = 'query ($node: ID!) { broker(node: $node) { nodeName node { name } } }';
    expect(await ask(gateway, query, { node: NODE })).toEqual({ broker: { nodeName: NODE, node: { name: NODE } } });
    expect(await ask(gateway, query, { node: 'nowhere' })).toEqual({ broker: null });
  });
});

describe('nodes', () => {
  test('tell what the process uses of its machine', async () => {
    const query = `{ nodes {
      name status version runtimeVersion uptime connectionsCount load1 load5 load15 maxFileDescriptors memoryTotal
      memoryUsed maxProcesses openHandles
    } }`;
    const { nodes } = await ask<{ nodes: [Record<string, number>] }>(gateway, query);
    expect(nodes).toEqual([
      {
        name: NODE,
        status: 'RUNNING',
        version,
        runtimeVersion: process.versions.node,
        uptime: duration,
        connectionsCount: 1,
        load1: expect.any(Number),
        load5: expect.any(Number),
        load15: expect.any(Number),
        maxFileDescriptors: expect.any(Number),
        memoryTotal: expect.any(Number),
        memoryUsed: expect.any(Number),
        maxProcesses: expect.any(Number),
        // 4 ports, the MQTT client, and the calls that are open.
        openHandles: 5 + gateway.gateway.ports.management.currentConnections,
      },
    ]);
    const { memoryTotal = 0, memoryUsed = 0 } = nodes[0];
    expect(memoryUsed).toBeGreaterThan(0);
    expect(memoryTotal).toBeGreaterThanOrEqual(memoryUsed);
  });

  test('lead to their broker, metrics, stats, listeners and connections', async () => {
    const query = `query ($name: ID!) { node(name: $name) {
      name broker { version } metrics { nodeName } stats { nodeName connectionsCount }
      listeners { protocol }
      connections(page: { limit: 1 }, filter: { clientIdPrefix: "e" }) { items { clientId } meta { count limit } }
    } }`;
    expect(await ask(gateway, query, { name: NODE })).toEqual({
      node: {
        name: NODE,
        broker: { version },
        metrics: { nodeName: NODE },
        stats: { nodeName: NODE, connectionsCount: 1 },
        listeners: [
          { protocol: 'mqtt:tcp' },
          { protocol: 'mqtt:ws' },
          { protocol: 'http:management' },
          { protocol: 'http:dashboard' },
        ],
        connections: { items: [{ clientId: 'echo' }], meta: { count: 1, limit: 1 } },
      },
    });
    expect(await ask(gateway, query, { name: 'nowhere' })).toEqual({ node: null });
  });

  test.each(['brokers { nodeName }', 'metrics { nodeName }', 'stats { nodeName }', 'listeners { nodeName }'])(
    'are named by %s, and an unknown one is refused with NOT_FOUND',
    async (field) => {
      const [name, selection] = field.split(/ (?=\{)/);
      const query = `query ($node: ID) { rows: ${name}(node: $node) ${selection} }`;
      const { rows } = await ask<{ rows: { nodeName: string }[] }>(gateway, query, { node: NODE });
      expect(new Set(rows.map(({ nodeName }) => nodeName))).toEqual(new Set([NODE]));
      expect(await gateway.graphql(query, { node: 'nowhere' })).toMatchObject({
        errors: [{ message: "node 'nowhere' is unknown", extensions: { code: 'NOT_FOUND', argument: 'node' } }],
      });
    },
  );
});
