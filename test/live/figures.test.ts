import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Caller, openCaller, openStream } from './callers.ts';

let gateway: TestGateway;
let caller: Caller;

beforeEach(async () => {
  gateway = await startGateway();
  caller = openCaller(gateway.httpUrl);
});

afterEach(async () => {
  await caller.client.dispose();
  await gateway.close();
});

describe('stats', () => {
  const QUERY = 'subscription { stats(intervalMs: 100) { connectionsCount } }';
  const of = (connectionsCount: number) => ({ stats: [{ connectionsCount }] });

  test('are told at once, then whenever they changed', async () => {
    const stats = caller.follow(QUERY);
    expect(await stats.data()).toEqual(of(0));
    const client = await gateway.connect();
    expect(await stats.data()).toEqual(of(1));
    await client.endAsync();
    expect(await stats.data()).toEqual(of(0));
  });

  test('are told over server-sent events as over WebSocket', async () => {
    const stats = await openStream(gateway.httpUrl, QUERY);
    expect(stats.response.statusCode).toBe(200);
    expect(stats.response.headers['content-type']).toBe('text/event-stream');
    expect(await stats.next()).toEqual({ data: of(0) });
    await gateway.connect();
    expect(await stats.next()).toEqual({ data: of(1) });
    stats.close();
  });

  test('are not told when only what was not asked for changed', async () => {
    const some = caller.follow('subscription { stats(intervalMs: 100) { retainedCount } }');
    expect(await some.data()).toEqual({ stats: [{ retainedCount: 0 }] });
    const all = caller.follow(QUERY);
    expect(await all.data()).toEqual(of(0));
    const client = await gateway.connect();
    expect(await all.data()).toEqual(of(1));
    await client.publishAsync('a', 'b', { retain: true, qos: 1 });
    expect(await some.data()).toEqual({ stats: [{ retainedCount: 1 }] });
  });

  test('are told to a newcomer at once, though others had them before', async () => {
    await gateway.connect();
    const first = caller.follow('subscription { stats(intervalMs: 60000) { connectionsCount } }');
    expect(await first.data()).toEqual(of(1));
    const second = caller.follow('subscription { stats(intervalMs: 60000) { connectionsCount } }');
    const third = caller.follow('subscription { stats(intervalMs: 60000) { connectionsCount sessionsCount } }');
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
    await expect(caller.follow(query).next()).rejects.toMatchObject([refusal]);
    const stream = await openStream(gateway.httpUrl, query);
    expect(await stream.next()).toMatchObject({ errors: [refusal] });
    expect(await stream.next()).toBeNull();
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
  });
});

describe('metrics', () => {
  interface Row {
    readonly messagesReceived: number;
    readonly rates: { readonly messagesReceived: number; readonly bytesReceived: number } | null;
  }

  test('have rates from the second look on, which fall to 0 when nothing happens', async () => {
    const metrics = caller.follow(
      'subscription { metrics(intervalMs: 100) { messagesReceived rates { messagesReceived bytesReceived } } }',
    );
    const next = async (): Promise<Row> => ((await metrics.data()) as { metrics: [Row] }).metrics[0];
    const client = await gateway.connect();
    expect((await next()).rates).toBeNull();
    const seen: Row[] = [];
    for (let i = 0; i < 20; i++) await client.publishAsync('a', 'b', { qos: 1 });
    do seen.push(await next());
    while (seen.at(-1)?.messagesReceived !== 20 || seen.at(-1)?.rates?.messagesReceived !== 0);
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
    const nodes = caller.follow('subscription { nodes(intervalMs: 100) { name connectionsCount } }');
    expect(await nodes.data()).toEqual({ nodes: [{ name: NODE, connectionsCount: 0 }] });
    await gateway.connect();
    expect(await nodes.data()).toEqual({ nodes: [{ name: NODE, connectionsCount: 1 }] });
  });

  test('are told with what other resolvers answer of them', async () => {
    const nodes = caller.follow(
      'subscription { nodes(intervalMs: 100) { stats { connectionsCount } listeners { protocol } } }',
    );
    const listeners = ['mqtt:tcp', 'mqtt:ws', 'http:management', 'http:dashboard'].map((protocol) => ({ protocol }));
    expect(await nodes.data()).toEqual({ nodes: [{ stats: { connectionsCount: 0 }, listeners }] });
  });
});

describe('an interval', () => {
  test.each(['stats', 'metrics', 'nodes'])('of %s out of its range is refused', async (field) => {
    for (const intervalMs of [99, 60_001]) {
      const values = caller.follow(`subscription { ${field}(intervalMs: ${intervalMs}) { __typename } }`);
      expect((await values.next())?.errors).toMatchObject([
        {
          message: `intervalMs must be from 100 to 60000, not ${intervalMs}`,
          extensions: { code: 'BAD_USER_INPUT', argument: 'intervalMs', value: String(intervalMs) },
        },
      ]);
    }
  });

  test.each([100, 60_000])('of %d is taken', async (intervalMs) => {
    const values = caller.follow(`subscription { stats(intervalMs: ${intervalMs}) { connectionsCount } }`);
    expect(await values.data()).toEqual({ stats: [{ connectionsCount: 0 }] });
  });

  test('that several ask for is looked at once', async () => {
    const fields = ['connectionsCount', 'sessionsCount', 'retainedCount'];
    for (const field of fields) await caller.follow(`subscription { stats { ${field} } }`).data();
    await caller.follow('subscription { stats(intervalMs: 2000) { retainedCount } }').data();
    expect(gateway.gateway.live.counts).toEqual({ executions: 4, sources: 2 });
  });
});
