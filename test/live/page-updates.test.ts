import { join } from 'node:path';
import type { GraphQLObjectType } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';
import { ofTheMoment, selection } from '../graphql/operations.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { openWelcomed } from './callers.ts';
import { type Following, overBoth as follow } from './doors.ts';
import { Table, type Update } from './table.ts';

type Payload = { readonly connectionPageUpdates: Update };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

afterEach(() => eventually(() => gateway.gateway.live.counts.executions === 0, 'the subscriptions to end'));

const updates = (args: string, fields = 'clientId', intervalMs = 100): Promise<Following<Payload>> =>
  follow<Payload>(
    gateway.httpUrl,
    `subscription {
      connectionPageUpdates(${args}, intervalMs: ${intervalMs}) {
        __typename
        ... on ConnectionPageSnapshot { items { ${fields} } meta { count page limit } orderIsExact }
        ... on ConnectionPagePatch {
          removed { clientId } added { index item { ${fields} } } changed { ${fields} } count orderIsExact
        }
      }
    }`,
  );

const next = async (following: Following<Payload>): Promise<Update> => (await following.data()).connectionPageUpdates;

/** Why a subscription was refused. */
async function refusal(following: Following<unknown>): Promise<string | undefined> {
  return (await following.next())?.errors?.[0]?.message;
}

describe('connectionPageUpdates', () => {
  test('tells the page at first, and then what is other', async () => {
    await gateway.connect({ clientId: 'p-b' });
    await using following = await updates('filter: {clientIdPrefix: "p-"}, orderBy: {column: CLIENT_ID}');
    expect(await next(following)).toEqual({
      __typename: 'ConnectionPageSnapshot',
      items: [{ clientId: 'p-b' }],
      meta: { count: 1, page: 1, limit: 100 },
      orderIsExact: true,
    });
    const first = await gateway.connect({ clientId: 'p-a' });
    expect(await next(following)).toEqual({
      __typename: 'ConnectionPagePatch',
      removed: [],
      added: [{ index: 0, item: { clientId: 'p-a' } }],
      changed: [],
      count: 2,
      orderIsExact: true,
    });
    await first.endAsync();
    expect(await next(following)).toMatchObject({ removed: [{ clientId: 'p-a' }], added: [], count: 1 });
  });

  test('tells of a row when a field of it that was asked for is other', async () => {
    const client = await gateway.connect({ clientId: 'q' });
    await using following = await updates('filter: {clientId: "q"}', 'clientId messagesReceived');
    const { messagesReceived = 0 } = (await next(following)).items![0]!;
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(await next(following)).toMatchObject({
      __typename: 'ConnectionPagePatch',
      added: [],
      removed: [],
      changed: [{ clientId: 'q', messagesReceived: messagesReceived + 1 }],
    });
  });

  test('says nothing while nothing that was asked for is other', async () => {
    const client = await gateway.connect({ clientId: 'r' });
    await using following = await updates('filter: {clientId: "r"}');
    await next(following);
    const second = following.data();
    for (let i = 0; i < 20; i++) await client.publishAsync('t', 'x', { qos: 1 });
    await client.endAsync();
    expect((await second).connectionPageUpdates).toMatchObject({ removed: [{ clientId: 'r' }], changed: [] });
  });

  test.each([
    ['CLIENT_ID', 'ASC', ['s-1', 's-2', 's-3']],
    ['CLIENT_ID', 'DESC', ['s-5', 's-4', 's-3']],
    ['CONNECTED_AT', 'ASC', ['s-3', 's-1', 's-5']],
    ['CONNECTED_AT', 'DESC', ['s-4', 's-2', 's-5']],
    ['KEEPALIVE', 'ASC', ['s-5', 's-4', 's-3']],
    ['USERNAME', 'DESC', ['s-5', 's-4', 's-3']],
  ])('puts rows in the order of %s %s', async (column, direction, expected) => {
    for (const number of [3, 1, 5, 2, 4]) {
      const options = { clientId: `s-${number}`, username: `user${number}`, keepalive: 100 - number };
      await gateway.connect(options);
    }
    await using following = await updates(
      `page: {limit: 3}, filter: {clientIdPrefix: "s-"}, orderBy: {column: ${column}, direction: ${direction}}`,
    );
    const { items, orderIsExact } = await next(following);
    expect(items?.map(({ clientId }) => clientId)).toEqual(expected);
    expect(orderIsExact).toBe(true);
  });

  test('answers later pages from the end, the last one shorter', async () => {
    const page = async (number: number): Promise<string[] | undefined> => {
      await using following = await updates(
        `page: {page: ${number}, limit: 2}, filter: {clientIdPrefix: "s-"}, orderBy: {column: CLIENT_ID, direction: DESC}`,
      );
      return (await next(following)).items?.map(({ clientId }) => clientId);
    };
    expect([await page(1), await page(2), await page(3), await page(4)]).toEqual([
      ['s-5', 's-4'],
      ['s-3', 's-2'],
      ['s-1'],
      [],
    ]);
  });

  test('keeps a table true while clients come and go', async () => {
    await using following = await updates(
      'page: {limit: 5}, filter: {clientIdPrefix: "t-"}, orderBy: {column: CLIENT_ID, direction: DESC}',
    );
    const table = new Table();
    table.apply(await next(following));
    const connected = new Map<string, Awaited<ReturnType<TestGateway['connect']>>>();
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed % below;
    };
    for (let i = 0; i < 120; i++) {
      const clientId = `t-${random(12)}`;
      const known = connected.get(clientId);
      if (known) {
        connected.delete(clientId);
        await known.endAsync();
      } else connected.set(clientId, await gateway.connect({ clientId }));
    }
    const expected = [...connected.keys()].sort().reverse();
    while (table.count !== expected.length || table.names.join() !== expected.slice(0, 5).join()) {
      table.apply(await next(following));
    }
    expect(table.names).toEqual(expected.slice(0, 5));
  });

  test('begins with the whole page for everybody who joins', async () => {
    const args = 'filter: {clientIdPrefix: "u-"}';
    await using one = await updates(args);
    await next(one);
    await gateway.connect({ clientId: 'u-1' });
    await next(one);
    await using two = await updates(args);
    expect(await next(two)).toMatchObject({ __typename: 'ConnectionPageSnapshot', items: [{ clientId: 'u-1' }] });
    expect(gateway.gateway.live.counts.executions).toBe(1);
    await gateway.connect({ clientId: 'u-2' });
    for (const following of [one, two]) {
      expect(await next(following)).toMatchObject({ added: [{ index: 1, item: { clientId: 'u-2' } }] });
    }
  });

  test.each([
    ['page: {after: "x"}', "after must be absent: a page that changes has a number, not 'x'"],
    ['page: {limit: 0}', 'limit must be from 1 to 1000, not 0'],
    ['page: {limit: 1001}', 'limit must be from 1 to 1000, not 1001'],
    ['filter: {clientId: "a"}, node: "x@y"', "node 'x@y' is unknown"],
  ])('refuses %s', async (args, message) => {
    await using following = await updates(args);
    expect(await refusal(following)).toBe(message);
  });

  test('refuses an interval out of its range', async () => {
    await using following = await follow(
      gateway.httpUrl,
      'subscription { connectionPageUpdates(intervalMs: 99) { __typename } }',
    );
    expect(await refusal(following)).toBe('intervalMs must be from 100 to 60000, not 99');
  });
});

describe('looks at pages', () => {
  test('are the same for all documents that look at one page as often', async () => {
    await gateway.connect({ clientId: 'y', username: 'ann' });
    using looks = vi.spyOn(gateway.gateway.broker.registry, 'connections');
    const args = 'filter: {clientId: "y"}';
    await using names = await updates(args, 'clientId', 60_000);
    await using users = await updates(args, 'username', 60_000);
    expect(await next(names)).toMatchObject({ items: [{ clientId: 'y' }] });
    expect(await next(users)).toMatchObject({ items: [{ username: 'ann' }] });
    expect(looks).toHaveBeenCalledTimes(1);
    expect(gateway.gateway.live.counts).toEqual({ executions: 2, sources: 1 });
    await using other = await updates(args, 'clientId', 59_999);
    await next(other);
    await using second = await updates(`page: {page: 2}, ${args}`, 'clientId', 60_000);
    await next(second);
    expect(looks).toHaveBeenCalledTimes(3);
    expect(gateway.gateway.live.counts).toEqual({ executions: 4, sources: 3 });
  });

  test('tell each document what is other for it', async () => {
    const client = await gateway.connect({ clientId: 'z' });
    const args = 'filter: {clientIdPrefix: "z"}';
    await using names = await updates(args);
    await using figures = await updates(args, 'clientId messagesReceived');
    await next(names);
    await next(figures);
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(await next(figures)).toMatchObject({ changed: [{ clientId: 'z', messagesReceived: 1 }] });
    await gateway.connect({ clientId: 'z-2' });
    expect(await next(names)).toMatchObject({ added: [{ index: 1, item: { clientId: 'z-2' } }], changed: [] });
  });

  test('leave MQTT its time, however many and slow they are', async () => {
    const { registry } = gateway.gateway.broker;
    const list = registry.connections.bind(registry);
    const client = await gateway.connect();
    const plain = await openWelcomed(gateway.httpUrl);
    const COUNT = 12;
    using looks = vi.spyOn(registry, 'connections').mockImplementation((slice) => {
      const end = performance.now() + 10;
      while (performance.now() < end) {}
      return list(slice);
    });
    // Together they would take more than all of the time there is.
    for (let id = 1; id <= COUNT; id++) {
      const query = `subscription {
        connectionPageUpdates(page: {page: ${id}}, intervalMs: 100) { ... on ConnectionPageSnapshot { meta { page } } }
      }`;
      plain.say({ type: 'subscribe', id: String(id), payload: { query } });
    }
    await eventually(() => gateway.gateway.live.counts.executions === COUNT, 'all of them to be followed');
    looks.mockClear();
    const ROUND_TRIPS = 100;
    for (let i = 0; i < ROUND_TRIPS; i++) await client.publishAsync('t', 'x', { qos: 1 });
    expect(looks.mock.calls.length).toBeLessThan(ROUND_TRIPS);
    const pages: unknown[] = [];
    while (pages.length < COUNT) {
      const { payload } = (await plain.hear()) as { payload: { data: { connectionPageUpdates: Update } } };
      pages.push(payload.data.connectionPageUpdates.meta);
    }
    expect(pages).toEqual(Array.from({ length: COUNT }, (_, i) => ({ page: i + 1 })));
    plain.socket.close();
    await plain.closed;
  });
});

describe('sessionPageUpdates and subscriptionPageUpdates', () => {
  test.each([
    ['ASC', ['age-b', 'age-a', 'age-c']],
    ['DESC', ['age-c', 'age-a', 'age-b']],
  ])('put subscriptions in the order of AGE %s, of a prefix of the client id too', async (direction, expected) => {
    for (const clientId of ['age-b', 'age-a', 'age-c']) {
      await (await gateway.connect({ clientId })).subscribeAsync('age/+');
    }
    await using following = await follow<{ subscriptionPageUpdates: Update }>(
      gateway.httpUrl,
      `subscription {
        subscriptionPageUpdates(filter: {clientIdPrefix: "age-"}, orderBy: {column: AGE, direction: ${direction}}) {
          ... on SubscriptionPageSnapshot { items { clientId } orderIsExact }
        }
      }`,
    );
    const { items, orderIsExact } = (await following.data()).subscriptionPageUpdates;
    expect([items?.map(({ clientId }) => clientId), orderIsExact]).toEqual([expected, true]);
  });

  test('tell of sessions and of subscriptions', async () => {
    await using sessions = await follow<{ sessionPageUpdates: unknown }>(
      gateway.httpUrl,
      `subscription {
        sessionPageUpdates(filter: {clientIdPrefix: "v"}, intervalMs: 100, orderBy: {column: QUEUED_COUNT, direction: DESC}) {
          ... on SessionPageSnapshot { items { clientId queuedCount } }
          ... on SessionPagePatch { added { item { clientId } } changed { clientId queuedCount } removed { clientId } }
        }
      }`,
    );
    expect((await sessions.data()).sessionPageUpdates).toEqual({ items: [] });
    await using subscriptions = await follow<{ subscriptionPageUpdates: unknown }>(
      gateway.httpUrl,
      `subscription {
        subscriptionPageUpdates(filter: {clientId: "v"}, intervalMs: 100) {
          ... on SubscriptionPageSnapshot { items { topicFilter } }
          ... on SubscriptionPagePatch {
            added { index item { topicFilter qos } } changed { topicFilter qos } removed { clientId topicFilter }
          }
        }
      }`,
    );
    expect((await subscriptions.data()).subscriptionPageUpdates).toEqual({ items: [] });
    const client = await gateway.connect({ clientId: 'v', clean: false });
    expect((await sessions.data()).sessionPageUpdates).toMatchObject({ added: [{ item: { clientId: 'v' } }] });
    await client.subscribeAsync('w', { qos: 1 });
    const told = async () => (await subscriptions.data()).subscriptionPageUpdates;
    expect(await told()).toMatchObject({ added: [{ index: 0, item: { topicFilter: 'w', qos: 1 } }] });
    await client.subscribeAsync('w', { qos: 0 });
    expect(await told()).toMatchObject({ changed: [{ topicFilter: 'w', qos: 0 }] });
    await client.subscribeAsync('w', { qos: 1 });
    expect(await told()).toMatchObject({ changed: [{ topicFilter: 'w', qos: 1 }] });
    await client.endAsync();
    await gateway.rest('/mqtt/publish', { method: 'POST', body: { topic: 'w', payload: 'x', qos: 1 } });
    expect((await sessions.data()).sessionPageUpdates).toMatchObject({
      changed: [{ clientId: 'v', queuedCount: 1 }],
    });
    await gateway.rest('/mqtt/unsubscribe', { method: 'POST', body: { client_id: 'v', topic: 'w' } });
    expect(await told()).toMatchObject({ removed: [{ clientId: 'v', topicFilter: 'w' }] });
  });
});

describe('a row of a page', () => {
  const schema = createSchema(join(packageRoot, 'schema'));
  // What is other by itself from one moment to the next.
  const moving = new Set([...ofTheMoment, 'openHandles', 'connectionsCount']);

  test.each([
    ['connections', 'connectionPageUpdates', 'Connection', 'MqttConnection'],
    ['sessions', 'sessionPageUpdates', 'Session', 'MqttSession'],
    ['subscriptions', 'subscriptionPageUpdates', 'Subscription', 'MqttSubscription'],
  ])('of %s has all that a query answers of it', async (list, field, noun, row) => {
    const client = await gateway.connect({ clientId: `x-${list}`, username: 'ann' });
    await client.subscribeAsync('x/+', { qos: 1 });
    const rowType = schema.getType(row) as GraphQLObjectType;
    const asked = `(filter: {clientId: "x-${list}"})`;
    const fields = selection(rowType, 2, moving);
    await using following = await follow(
      gateway.httpUrl,
      `subscription { ${field}${asked} { ... on ${noun}PageSnapshot { items ${fields} } } }`,
    );
    const told = (await following.data())[field];
    const { data } = await gateway.graphql<Record<string, unknown>>(`{ ${list}${asked} { items ${fields} } }`);
    expect(told).toEqual(data?.[list]);
    expect(told).toMatchObject({ items: [{ clientId: `x-${list}` }] });
  });
});
