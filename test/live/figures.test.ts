import type { MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { doors, type Following, overBoth } from './doors.ts';

let gateway: TestGateway;
const clients: MqttClient[] = [];
const followings: Following<unknown>[] = [];

beforeAll(async () => {
  gateway = await startGateway();
});

afterEach(async () => {
  for (const following of followings.splice(0)) await following[Symbol.asyncDispose]();
  for (const client of clients.splice(0)) await client.endAsync();
  const { live, broker } = gateway.gateway;
  await eventually(
    () => live.counts.executions + live.counts.sources + broker.registry.sessionsById.size === 0,
    'the end of everything',
  );
});

afterAll(() => gateway.close());

async function connect(): Promise<MqttClient> {
  const client = await gateway.connect();
  clients.push(client);
  return client;
}

/** Follows until the end of the test, through one door or both. */
async function follow(query: string, door = overBoth): Promise<Following<Record<string, unknown>>> {
  const following = await door(gateway.httpUrl, query);
  followings.push(following);
  return following;
}

describe('stats', () => {
  const QUERY = 'subscription { stats(intervalMs: 100) { connectionsCount } }';
  const of = (connectionsCount: number) => ({ stats: [{ connectionsCount }] });

  test('are told at once, then whenever they changed', async () => {
    const stats = await follow(QUERY);
    expect(await stats.data()).toEqual(of(0));
    const client = await connect();
    expect(await stats.data()).toEqual(of(1));
    await client.endAsync();
    expect(await stats.data()).toEqual(of(0));
  });

  test('are not told when only what was not asked for changed', async () => {
    const some = await follow('subscription { stats(intervalMs: 100) { retainedCount } }');
    expect(await some.data()).toEqual({ stats: [{ retainedCount: 0 }] });
    const all = await follow(QUERY);
    expect(await all.data()).toEqual(of(0));
    const client = await connect();
    expect(await all.data()).toEqual(of(1));
    await client.publishAsync('a', 'b', { retain: true, qos: 1 });
    expect(await some.data()).toEqual({ stats: [{ retainedCount: 1 }] });
  });

  test('are told to a newcomer at once, though others had them before', async () => {
    await connect();
    const first = await follow('subscription { stats(intervalMs: 60000) { connectionsCount } }');
    expect(await first.data()).toEqual(of(1));
    const second = await follow('subscription { stats(intervalMs: 60000) { connectionsCount } }');
    const third = await follow('subscription { stats(intervalMs: 60000) { connectionsCount sessionsCount } }');
    expect(await second.data()).toEqual(of(1));
    expect(await third.data()).toEqual({ stats: [{ connectionsCount: 1, sessionsCount: 1 }] });
    expect(gateway.gateway.live.counts).toEqual({ executions: 2, sources: 1 });
  });

  test('of an unknown node are refused', async () => {
    const query = 'subscription { stats(node: "nowhere") { connectionsCount } }';
    const refusal = {
      message: "node 'nowhere' is unknown",
      extensions: { code: 'NOT_FOUND', argument: 'node', value: 'nowhere' },
    };
    const refused = await follow(query);
    expect(await refused.next()).toMatchObject({ errors: [refusal] });
    expect(await refused.next()).toBeNull();
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
  });
});

describe('metrics', () => {
  interface Row {
    readonly messagesReceived: number;
    readonly rates: { readonly messagesReceived: number; readonly bytesReceived: number } | null;
  }

  test.each(doors)('have rates from the second look on, which fall to 0, over %s', async (_, door) => {
    const metrics = await follow(
      'subscription { metrics(intervalMs: 100) { messagesReceived rates { messagesReceived bytesReceived } } }',
      door,
    );
    const next = async (): Promise<Row> => ((await metrics.data()) as { metrics: [Row] }).metrics[0];
    const client = await connect();
    const { messagesReceived, rates } = await next();
    expect(rates).toBeNull();
    const seen: Row[] = [];
    for (let i = 0; i < 20; i++) await client.publishAsync('a', 'b', { qos: 1 });
    do seen.push(await next());
    while (seen.at(-1)?.messagesReceived !== messagesReceived + 20 || seen.at(-1)?.rates?.messagesReceived !== 0);
    const busy = seen.filter(({ rates }) => (rates?.messagesReceived ?? 0) > 0);
    expect(busy.length).toBeGreaterThan(0);
    for (const { rates } of busy) expect(rates?.bytesReceived).toBeGreaterThan(rates?.messagesReceived ?? 0);
    // A look takes 100 ms at least, however late it is: no more can have come a second.
    for (const { rates } of seen) expect(rates?.messagesReceived).toBeLessThanOrEqual(20 / 0.09);
  });

  test('have no rates in a query', async () => {
    expect(await gateway.graphql('{ metrics { nodeName rates { bytesSent } } }')).toEqual({
      data: { metrics: [{ nodeName: NODE, rates: null }] },
    });
  });
});

describe('nodes', () => {
  test('are told at once, then whenever what was asked for changed', async () => {
    const nodes = await follow('subscription { nodes(intervalMs: 100) { name connectionsCount } }');
    expect(await nodes.data()).toEqual({ nodes: [{ name: NODE, connectionsCount: 0 }] });
    await connect();
    expect(await nodes.data()).toEqual({ nodes: [{ name: NODE, connectionsCount: 1 }] });
  });

  test('are told with what other resolvers answer of them', async () => {
    const nodes = await follow(
      'subscription { nodes(intervalMs: 100) { stats { connectionsCount } listeners { protocol } } }',
    );
    const listeners = ['mqtt:tcp', 'mqtt:ws', 'http:management', 'http:dashboard'].map((protocol) => ({ protocol }));
    expect(await nodes.data()).toEqual({ nodes: [{ stats: { connectionsCount: 0 }, listeners }] });
  });
});

describe('an interval', () => {
  test.each(['stats', 'metrics', 'nodes'])('of %s out of its range is refused', async (field) => {
    for (const intervalMs of [99, 60_001]) {
      const values = await follow(`subscription { ${field}(intervalMs: ${intervalMs}) { __typename } }`);
      expect((await values.next())?.errors).toMatchObject([
        {
          message: `intervalMs must be from 100 to 60000, not ${intervalMs}`,
          extensions: { code: 'BAD_USER_INPUT', argument: 'intervalMs', value: String(intervalMs) },
        },
      ]);
    }
  });

  test.each([100, 60_000])('of %d is taken', async (intervalMs) => {
    const values = await follow(`subscription { stats(intervalMs: ${intervalMs}) { connectionsCount } }`);
    expect(await values.data()).toEqual({ stats: [{ connectionsCount: 0 }] });
  });

  test('that several ask for is looked at once', async () => {
    const fields = ['connectionsCount', 'sessionsCount', 'retainedCount'];
    for (const field of fields) await (await follow(`subscription { stats { ${field} } }`)).data();
    await (await follow('subscription { stats(intervalMs: 2000) { retainedCount } }')).data();
    expect(gateway.gateway.live.counts).toEqual({ executions: 4, sources: 2 });
  });
});
