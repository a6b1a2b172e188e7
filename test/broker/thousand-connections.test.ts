import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { statsOf } from './figures.ts';

// A few seconds each, and more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const COUNT = 1000;
const AT_ONCE = 100;
/** Filters that several clients share. */
const GROUPS = 100;

/** How many of each there are. */
interface Figures {
  readonly connections: number;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly routes: number;
}

const QUERY = `{
  connections(page: { limit: 1 }) { meta { count } }
  sessions(page: { limit: 1 }) { meta { count } }
  subscriptions(page: { limit: 1 }) { meta { count } }
  routes(page: { limit: 1 }) { meta { count } }
  stats { connectionsCount sessionsCount subscriptionsCount routesCount }
  nodes { connectionsCount }
}`;

interface Answer extends Record<keyof Figures, { meta: { count: number } }> {
  readonly stats: [
    { connectionsCount: number; sessionsCount: number; subscriptionsCount: number; routesCount: number },
  ];
  readonly nodes: [{ connectionsCount: number }];
}

let gateway: TestGateway;
/** By number of the client; the one that is connected now. */
const clients: (MqttClient | null)[] = Array.from({ length: COUNT }, () => null);

const isPersistent = (i: number): boolean => i % 5 === 0;
const numbers = Array.from({ length: COUNT }, (_, i) => i);

/** Every other client comes over WebSocket; each has a filter of its own and one that ten share. */
async function arrive(i: number): Promise<void> {
  const client = await mqtt.connectAsync(i % 2 === 0 ? gateway.mqttUrl : gateway.wsUrl, {
    clientId: `client-${i}`,
    clean: !isPersistent(i),
    reconnectPeriod: 0,
    keepalive: 0,
  });
  client.on('error', () => {});
  clients[i] = client;
  await client.subscribeAsync([`own/${i}`, `shared/${i % GROUPS}`], { qos: 1 });
}

async function leave(i: number): Promise<void> {
  const client = clients[i];
  clients[i] = null;
  await client?.endAsync();
}

async function breakOff(i: number): Promise<void> {
  const client = clients[i];
  clients[i] = null;
  client?.stream.destroy();
}

/** Does this for many clients, a hundred at once, and looks at the gateway during each hundred. */
async function each(chosen: readonly number[], step: (i: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < chosen.length; from += AT_ONCE) {
    await Promise.all([...chosen.slice(from, from + AT_ONCE).map(step), look()]);
  }
}

/** Each answer has to agree with itself, and a list with its count, while clients come and go. */
async function look(): Promise<void> {
  const { data } = await gateway.graphql<Answer>(QUERY);
  const [stats] = data!.stats;
  expect(data!.connections.meta.count).toBe(stats.connectionsCount);
  expect(data!.nodes[0].connectionsCount).toBe(stats.connectionsCount);
  expect(data!.sessions.meta.count).toBe(stats.sessionsCount);
  expect(data!.subscriptions.meta.count).toBe(stats.subscriptionsCount);
  expect(data!.routes.meta.count).toBe(stats.routesCount);
  expect(stats.sessionsCount).toBeGreaterThanOrEqual(stats.connectionsCount);
  const { json } = await gateway.rest('/connections/');
  const { items, meta } = json as { items: { client_id: string }[]; meta: { count: number } };
  expect(items).toHaveLength(meta.count);
  expect(new Set(items.map(({ client_id }) => client_id)).size).toBe(meta.count);
}

/** What there is when these clients are connected and those have a session. */
const figuresOf = (connections: number, sessions: readonly number[]): Figures => ({
  connections,
  sessions: sessions.length,
  subscriptions: 2 * sessions.length,
  routes: sessions.length + new Set(sessions.map((i) => i % GROUPS)).size,
});

/** What REST, GraphQL and the stats of both say; every one of them has to say the same. */
async function expectEverywhere(expected: Figures): Promise<void> {
  const { connections, sessions, subscriptions, routes } = expected;
  await eventually(async () => (await statsOf(gateway)).connectionsCount === connections, `${connections} connections`);
  const counts: Record<string, unknown> = {};
  for (const noun of ['connections', 'sessions', 'subscriptions', 'routes']) {
    const { json } = await gateway.rest(`/${noun}/?_limit=1`);
    counts[noun] = (json as { meta: { count: number } }).meta.count;
  }
  expect(counts).toEqual(expected);
  expect((await gateway.rest(`/nodes/${NODE}/stats/`)).json).toMatchObject({
    'connections/count': connections,
    'sessions/count': sessions,
    'subscriptions/count': subscriptions,
    'subscribers/count': subscriptions,
    'routes/count': routes,
    'topics/count': routes,
  });
  expect((await gateway.rest(`/nodes/${NODE}`)).json).toMatchObject({ connections });
  expect(await gateway.graphql(QUERY)).toEqual({
    data: {
      connections: { meta: { count: connections } },
      sessions: { meta: { count: sessions } },
      subscriptions: { meta: { count: subscriptions } },
      routes: { meta: { count: routes } },
      stats: [
        {
          connectionsCount: connections,
          sessionsCount: sessions,
          subscriptionsCount: subscriptions,
          routesCount: routes,
        },
      ],
      nodes: [{ connectionsCount: connections }],
    },
  });
}

/** Open connections of the two MQTT listeners. */
async function openConnections(): Promise<Record<string, number>> {
  const { json } = await gateway.rest(`/nodes/${NODE}/listeners`);
  const rows = json as { protocol: string; current_conns: number }[];
  const mqttRows = rows.filter(({ protocol }) => protocol.startsWith('mqtt:'));
  return Object.fromEntries(mqttRows.map(({ protocol, current_conns }) => [protocol, current_conns]));
}

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

describe('a thousand connections, half of them over WebSocket', () => {
  test('are counted alike everywhere while they come', async () => {
    await each(numbers, arrive);
    await expectEverywhere(figuresOf(COUNT, numbers));
    expect(await openConnections()).toEqual({ 'mqtt:tcp': COUNT / 2, 'mqtt:ws': COUNT / 2 });
  });

  test('are counted alike while a part leaves, breaks off, and is taken over', async () => {
    const pick = (part: number) => numbers.filter((i) => i % 4 === part);
    const takeOverTwice = each(pick(2), arrive).then(() => each(pick(2), arrive));
    await Promise.all([each(pick(0), leave), each(pick(1), breakOff), takeOverTwice]);
    await expectEverywhere(
      figuresOf(
        COUNT / 2,
        numbers.filter((i) => i % 4 > 1 || isPersistent(i)),
      ),
    );
  });

  test('are a thousand again when those come back', async () => {
    await each(
      numbers.filter((i) => i % 4 < 2),
      arrive,
    );
    await expectEverywhere(figuresOf(COUNT, numbers));
    expect(await openConnections()).toEqual({ 'mqtt:tcp': COUNT / 2, 'mqtt:ws': COUNT / 2 });
    expect(await statsOf(gateway)).toMatchObject({ connectionsMax: COUNT, sessionsMax: COUNT });
  });

  test('return to zero, persistent sessions when they are cleaned', async () => {
    await each(numbers, (i) => (i % 3 === 0 ? breakOff(i) : leave(i)));
    const kept = numbers.filter(isPersistent);
    await expectEverywhere(figuresOf(0, kept));
    await each(kept, async (i) => gateway.gateway.domain.cleanSession(`client-${i}`, null));
    await expectEverywhere({ connections: 0, sessions: 0, subscriptions: 0, routes: 0 });
    const isClosed = async () => Object.values(await openConnections()).every((count) => count === 0);
    await eventually(isClosed, 'the listeners to be without connections');
  });
});
