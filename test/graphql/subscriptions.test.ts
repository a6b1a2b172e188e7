import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  const ann = await gateway.connect({ clientId: 'ann' });
  await ann.subscribeAsync('home/+/temp', { qos: 1 });
  await ann.subscribeAsync('#', { qos: 0 });
  const bob = await gateway.connect({ clientId: 'bob', clean: false });
  await bob.subscribeAsync('home/kitchen/temp', { qos: 2 });
  await bob.subscribeAsync('home/+/temp', { qos: 0 });
  await bob.endAsync();
  const eve = await gateway.connect({ clientId: 'eve' });
  await eve.subscribeAsync('$SYSTEM/#', { qos: 0 });
  await eve.subscribeAsync('home/kitchen/#', { qos: 1 });
});

afterAll(() => gateway.close());

/** `client topicFilter qos` of each row. */
const listed = async (filter: Record<string, unknown>): Promise<{ rows: string[]; count: number }> => {
  const query =
    'query ($f: SubscriptionFilter) { subscriptions(filter: $f) { items { clientId topicFilter qos } meta { count } } }';
  const { subscriptions } = await ask<{
    subscriptions: { items: { clientId: string; topicFilter: string; qos: number }[]; meta: { count: number } };
  }>(gateway, query, { f: filter });
  const rows = subscriptions.items.map(({ clientId, topicFilter, qos }) => `${clientId} ${topicFilter} ${qos}`);
  return { rows, count: subscriptions.meta.count };
};

const [annTemp, annAll] = ['ann home/+/temp 1', 'ann # 0'];
const [bobKitchen, bobTemp] = ['bob home/kitchen/temp 2', 'bob home/+/temp 0'];
const [eveSystem, eveKitchen] = ['eve $SYSTEM/# 0', 'eve home/kitchen/# 1'];

describe('subscriptions', () => {
  test.each([
    ['nothing', {}, [annTemp, annAll, bobKitchen, bobTemp, eveSystem, eveKitchen]],
    ['a client id', { clientId: 'bob' }, [bobKitchen, bobTemp]],
    ['a prefix, in the order of client ids', { clientIdPrefix: 'a' }, [annTemp, annAll]],
    ['a part of the client id', { clientIdContains: 'o' }, [bobKitchen, bobTemp]],
    ['a topic filter', { topicFilter: 'home/+/temp' }, [annTemp, bobTemp]],
    ['a QoS', { qos: 1 }, [annTemp, eveKitchen]],
    ['a QoS 0', { qos: 0 }, [annAll, bobTemp, eveSystem]],
    [
      'a topic that + and # match',
      { matches: 'home/kitchen/temp' },
      [annTemp, annAll, bobKitchen, bobTemp, eveKitchen],
    ],
    ['a topic that # matches with no level left', { matches: 'home/kitchen' }, [annAll, eveKitchen]],
    ['a topic with an empty level', { matches: 'home//temp' }, [annTemp, annAll, bobTemp]],
    ['a topic with a $, which # alone does not match', { matches: '$SYSTEM/uptime' }, [eveSystem]],
    ['a topic with a $ with no level left', { matches: '$SYSTEM' }, [eveSystem]],
    ['a topic and a QoS', { matches: 'home/kitchen/temp', qos: 0 }, [annAll, bobTemp]],
    ['a topic and a client id', { matches: 'home/hall/temp', clientId: 'bob' }, [bobTemp]],
    ['a topic and a prefix', { matches: 'home/hall/temp', clientIdPrefix: 'a' }, [annTemp, annAll]],
    ['a client id and a topic filter', { clientId: 'bob', topicFilter: 'home/+/temp' }, [bobTemp]],
    ['a client id and a topic filter that it has not', { clientId: 'eve', topicFilter: '#' }, []],
  ])('filters by %s', async (_what, filter, rows) => {
    expect(await listed(filter)).toEqual({ rows, count: rows.length });
  });

  test('lead to their session, connection and node name', async () => {
    const query = `{ subscriptions(filter: { topicFilter: "home/+/temp" }) { items {
      clientId nodeName session { clientId cleanSession connected } connection { clientId }
    } } }`;
    expect(await ask(gateway, query)).toEqual({
      subscriptions: {
        items: [
          {
            clientId: 'ann',
            nodeName: NODE,
            session: { clientId: 'ann', cleanSession: true, connected: true },
            connection: { clientId: 'ann' },
          },
          {
            clientId: 'bob',
            nodeName: NODE,
            session: { clientId: 'bob', cleanSession: false, connected: false },
            connection: null,
          },
        ],
      },
    });
  });
});

describe('subscriptionsByClientId', () => {
  const query =
    'query ($id: ID!, $node: ID) { subscriptionsByClientId(clientId: $id, node: $node) { topicFilter qos nodeName } }';

  test('lists all of one client, oldest first', async () => {
    expect(await ask(gateway, query, { id: 'bob' })).toEqual({
      subscriptionsByClientId: [
        { topicFilter: 'home/kitchen/temp', qos: 2, nodeName: NODE },
        { topicFilter: 'home/+/temp', qos: 0, nodeName: NODE },
      ],
    });
  });

  test('answers an empty list when the client is unknown', async () => {
    expect(await ask(gateway, query, { id: 'nobody' })).toEqual({ subscriptionsByClientId: [] });
  });

  test('refuses an unknown node', async () => {
    expect(await refusal(gateway, query, { id: 'bob', node: 'nowhere' })).toEqual({
      code: 'NOT_FOUND',
      message: "node 'nowhere' is unknown",
      data: null,
    });
  });
});

describe('routes', () => {
  const query =
    'query ($f: RouteFilter) { routes(filter: $f) { items { topicFilter subscribersCount nodeName } meta { count } } }';
  const routes = {
    temp: { topicFilter: 'home/+/temp', subscribersCount: 2, nodeName: NODE },
    all: { topicFilter: '#', subscribersCount: 1, nodeName: NODE },
    kitchenTemp: { topicFilter: 'home/kitchen/temp', subscribersCount: 1, nodeName: NODE },
    system: { topicFilter: '$SYSTEM/#', subscribersCount: 1, nodeName: NODE },
    kitchen: { topicFilter: 'home/kitchen/#', subscribersCount: 1, nodeName: NODE },
  };

  test.each([
    ['nothing', {}, [routes.temp, routes.all, routes.kitchenTemp, routes.system, routes.kitchen]],
    ['a topic filter', { topicFilter: 'home/+/temp' }, [routes.temp]],
    ['an unknown topic filter', { topicFilter: 'home/+' }, []],
    [
      'a prefix, in the order of filters',
      { topicFilterPrefix: 'home/' },
      [routes.temp, routes.kitchen, routes.kitchenTemp],
    ],
    ['a part of the filter', { topicFilterContains: 'kitchen' }, [routes.kitchenTemp, routes.kitchen]],
    ['a topic', { matches: 'home/hall/temp' }, [routes.temp, routes.all]],
    ['a topic with a $', { matches: '$SYSTEM/uptime' }, [routes.system]],
    [
      'a topic and a part',
      { matches: 'home/kitchen/temp', topicFilterContains: 'kitchen' },
      [routes.kitchenTemp, routes.kitchen],
    ],
    ['a topic and a filter that carries it', { matches: 'home/hall/temp', topicFilter: '#' }, [routes.all]],
    ['a topic and a filter that does not', { matches: 'home/hall/temp', topicFilter: '$SYSTEM/#' }, []],
    ['a filter and a prefix', { topicFilter: '#', topicFilterPrefix: '#' }, [routes.all]],
  ])('filter by %s', async (_what, filter, items) => {
    expect(await ask(gateway, query, { f: filter })).toEqual({ routes: { items, meta: { count: items.length } } });
  });

  test('tell who subscribes to a topic in one round trip', async () => {
    const who = `{ routes(filter: { matches: "home/hall/temp" }) { items {
      topicFilter
      subscriptions(page: { limit: 10 }) { items { clientId qos connection { ipAddress } } meta { count } }
    } } }`;
    expect(await ask(gateway, who)).toEqual({
      routes: {
        items: [
          {
            topicFilter: 'home/+/temp',
            subscriptions: {
              items: [
                { clientId: 'ann', qos: 1, connection: { ipAddress: '127.0.0.1' } },
                { clientId: 'bob', qos: 0, connection: null },
              ],
              meta: { count: 2 },
            },
          },
          {
            topicFilter: '#',
            subscriptions: {
              items: [{ clientId: 'ann', qos: 0, connection: { ipAddress: '127.0.0.1' } }],
              meta: { count: 1 },
            },
          },
        ],
      },
    });
  });

  test('page their subscriptions', async () => {
    const page = `query ($after: String) { routes(filter: { topicFilter: "home/+/temp" }) { items {
      subscriptions(page: { limit: 1, after: $after }) { items { clientId } meta { count endCursor } }
    } } }`;
    type Answer = {
      routes: {
        items: { subscriptions: { items: { clientId: string }[]; meta: { count: number; endCursor: string } } }[];
      };
    };
    const first = (await ask<Answer>(gateway, page)).routes.items[0]?.subscriptions;
    const second = (await ask<Answer>(gateway, page, { after: first?.meta.endCursor })).routes.items[0]?.subscriptions;
    expect([first, second].map((answer) => [answer?.items, answer?.meta.count])).toEqual([
      [[{ clientId: 'ann' }], 2],
      [[{ clientId: 'bob' }], 2],
    ]);
  });

  test('go with their last subscriber', async () => {
    const guest = await gateway.connect({ clientId: 'guest' });
    await guest.subscribeAsync('brief');
    const brief = { f: { topicFilter: 'brief' } };
    expect(await ask(gateway, query, brief)).toMatchObject({ routes: { items: [{ subscribersCount: 1 }] } });
    await guest.unsubscribeAsync('brief');
    expect(await ask(gateway, query, brief)).toEqual({ routes: { items: [], meta: { count: 0 } } });
    await guest.endAsync();
  });
});

describe('a shared subscription', () => {
  test('has the filter as it was subscribed to, and the group', async () => {
    const guest = await gateway.connect({ clientId: 'guest' });
    for (const topicFilter of ['$share/g/a/+', '$queue/a/+', '$share', 'a/+']) {
      await guest.subscribeAsync(topicFilter, { qos: 1 });
    }
    const query = '{ subscriptions(page: { page: 2, limit: 6 }) { items { topicFilter shareGroup } } }';
    expect(await ask(gateway, query)).toEqual({
      subscriptions: {
        items: [
          { topicFilter: '$share/g/a/+', shareGroup: 'g' },
          { topicFilter: '$queue/a/+', shareGroup: '$queue' },
          { topicFilter: '$share', shareGroup: null },
          { topicFilter: 'a/+', shareGroup: null },
        ],
      },
    });
    await guest.endAsync();
  });
});
