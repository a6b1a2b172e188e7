import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';
import { Inbox } from './inbox.ts';

let gateway: TestGateway;
let online: MqttClient;
let inbox: Inbox;

beforeAll(async () => {
  gateway = await startGateway();
  const away = await gateway.connect({ clientId: 'away', clean: false });
  await away.endAsync();
});

afterAll(() => gateway.close());

beforeEach(async () => {
  online = await gateway.connect({ clientId: 'online' });
  inbox = new Inbox(online);
  for (const { topicFilter } of await subscriptionsOf('away')) {
    await ask(gateway, unsubscribe, { input: { clientId: 'away', topicFilters: [topicFilter] } });
  }
});

const subscribe = `mutation ($input: SubscribeInput!) { subscribe(input: $input) {
  subscriptions { clientId topicFilter qos nodeName session { connected } connection { clientId } }
} }`;
const unsubscribe = 'mutation ($input: UnsubscribeInput!) { unsubscribe(input: $input) { clientId } }';
const subscribeMany = `mutation ($input: SubscribeManyInput!) { subscribeMany(input: $input) {
  results { clientId subscriptions { topicFilter qos } fault { code message } }
} }`;
const unsubscribeMany = `mutation ($input: UnsubscribeManyInput!) { unsubscribeMany(input: $input) {
  results { clientId fault { code message } }
} }`;

const subscriptionsOf = async (clientId: string) => {
  const query = 'query ($id: ID!) { rows: subscriptionsByClientId(clientId: $id) { topicFilter qos } }';
  return (await ask<{ rows: { topicFilter: string; qos: number }[] }>(gateway, query, { id: clientId })).rows;
};

const publish = (topic: string, text: string, qos = 0) =>
  ask(
    gateway,
    'mutation ($t: String!, $p: String!, $q: Int) { publish(input: { topic: $t, payload: { text: $p }, qos: $q }) { topic } }',
    { t: topic, p: text, q: qos },
  );

const isAway = async (clientId: string): Promise<boolean> => {
  const query = 'query ($id: ID!) { connection(clientId: $id) { clientId } }';
  return (await ask<{ connection: unknown }>(gateway, query, { id: clientId })).connection === null;
};

const malformed = [
  ['an empty filter', '', 'BAD_USER_INPUT', "topicFilter must be at least one character, not ''"],
  [
    'a # that is not last',
    'a/#/b',
    'BAD_USER_INPUT',
    "topicFilter must be a topic filter with + and # filling a level and # last, not 'a/#/b'",
  ],
  [
    'a + that does not fill its level',
    'a/b+',
    'BAD_USER_INPUT',
    "topicFilter must be a topic filter with + and # filling a level and # last, not 'a/b+'",
  ],
  [
    'a shared subscription of no group',
    '$share//a',
    'BAD_USER_INPUT',
    "the shared subscription '$share//a' names no group",
  ],
  ['a filter above the limit', 'x'.repeat(4097), 'LIMIT_EXCEEDED', 'topicFilter has 4097 bytes; the limit is 4096'],
] as const;

describe('subscribe', () => {
  test('makes subscriptions of a connected client that receive messages', async () => {
    const topicFilters = [{ topicFilter: 'a/+', qos: 1 }, { topicFilter: 'b' }];
    const joins = { nodeName: NODE, session: { connected: true }, connection: { clientId: 'online' } };
    expect(await ask(gateway, subscribe, { input: { clientId: 'online', topicFilters } })).toEqual({
      subscribe: {
        subscriptions: [
          { clientId: 'online', topicFilter: 'a/+', qos: 1, ...joins },
          { clientId: 'online', topicFilter: 'b', qos: 0, ...joins },
        ],
      },
    });
    await publish('a/x', 'one', 1);
    expect(await inbox.next()).toEqual({ topic: 'a/x', payload: 'one', qos: 1, retain: false });
    expect(await subscriptionsOf('online')).toEqual([
      { topicFilter: 'a/+', qos: 1 },
      { topicFilter: 'b', qos: 0 },
    ]);
  });

  test('sends what is retained', async () => {
    await ask(
      gateway,
      'mutation { publish(input: { topic: "r", payload: { text: "kept" }, retain: true }) { topic } }',
    );
    await ask(gateway, subscribe, { input: { clientId: 'online', topicFilters: [{ topicFilter: 'r' }] } });
    expect(await inbox.next()).toEqual({ topic: 'r', payload: 'kept', qos: 0, retain: true });
  });

  test('makes subscriptions of a client that is away, whose messages wait for it', async () => {
    const topicFilters = [{ topicFilter: 'mail', qos: 1 }];
    expect(await ask(gateway, subscribe, { input: { clientId: 'away', topicFilters } })).toEqual({
      subscribe: {
        subscriptions: [
          {
            clientId: 'away',
            topicFilter: 'mail',
            qos: 1,
            nodeName: NODE,
            session: { connected: false },
            connection: null,
          },
        ],
      },
    });
    await publish('mail', 'hello', 1);
    const back = mqtt.connect(gateway.mqttUrl, { clientId: 'away', clean: false, reconnectPeriod: 0 });
    expect(await new Inbox(back).next()).toEqual({ topic: 'mail', payload: 'hello', qos: 1, retain: false });
    await back.endAsync();
    await eventually(() => isAway('away'), 'the client to leave');
  });

  test('changes the QoS of a filter that the client has already', async () => {
    await online.subscribeAsync('c', { qos: 0 });
    await ask(gateway, subscribe, { input: { clientId: 'online', topicFilters: [{ topicFilter: 'c', qos: 2 }] } });
    expect(await subscriptionsOf('online')).toEqual([{ topicFilter: 'c', qos: 2 }]);
    await publish('c', 'x', 2);
    expect(await inbox.next()).toMatchObject({ topic: 'c', qos: 2 });
  });

  test('refuses a client without a session', async () => {
    const input = { clientId: 'nobody', topicFilters: [{ topicFilter: 'a' }] };
    expect(await refusal(gateway, subscribe, { input })).toEqual({
      code: 'SESSION_NOT_FOUND',
      message: "client 'nobody' has no session",
      data: null,
    });
  });

  test.each(malformed)('refuses %s and subscribes to nothing', async (_what, topicFilter, code, message) => {
    const input = { clientId: 'online', topicFilters: [{ topicFilter: 'fine' }, { topicFilter }] };
    expect(await refusal(gateway, subscribe, { input })).toEqual({ code, message, data: null });
    expect(await subscriptionsOf('online')).toEqual([]);
  });

  test('refuses QoS 3 and a list of no filters', async () => {
    const three = { clientId: 'online', topicFilters: [{ topicFilter: 'a', qos: 3 }] };
    expect((await refusal(gateway, subscribe, { input: three })).message).toBe('qos must be 0, 1 or 2, not 3');
    const none = { clientId: 'online', topicFilters: [] };
    expect((await refusal(gateway, subscribe, { input: none })).code).toBe('BAD_USER_INPUT');
    expect(await subscriptionsOf('online')).toEqual([]);
  });
});

describe('unsubscribe', () => {
  test('ends subscriptions of a connected client and passes over a filter that it does not have', async () => {
    await online.subscribeAsync(['a', 'b']);
    const input = { clientId: 'online', topicFilters: ['a', 'other/+'] };
    expect(await ask(gateway, unsubscribe, { input })).toEqual({ unsubscribe: { clientId: 'online' } });
    expect(await subscriptionsOf('online')).toEqual([{ topicFilter: 'b', qos: 0 }]);
    await publish('a', 'unheard');
    await publish('b', 'heard');
    expect(await inbox.next()).toMatchObject({ topic: 'b', payload: 'heard' });
  });

  test('ends subscriptions of a client that is away, which do not come back with it', async () => {
    const topicFilters = [
      { topicFilter: 'keep', qos: 1 },
      { topicFilter: 'drop', qos: 1 },
    ];
    await ask(gateway, subscribe, { input: { clientId: 'away', topicFilters } });
    await ask(gateway, unsubscribe, { input: { clientId: 'away', topicFilters: ['drop'] } });
    expect(await subscriptionsOf('away')).toEqual([{ topicFilter: 'keep', qos: 1 }]);
    await publish('drop', 'unheard', 1);
    await publish('keep', 'heard', 1);
    const back = mqtt.connect(gateway.mqttUrl, { clientId: 'away', clean: false, reconnectPeriod: 0 });
    expect(await new Inbox(back).next()).toMatchObject({ topic: 'keep', payload: 'heard' });
    expect(await subscriptionsOf('away')).toEqual([{ topicFilter: 'keep', qos: 1 }]);
    await back.endAsync();
    await eventually(() => isAway('away'), 'the client to leave');
  });

  test('refuses a client without a session', async () => {
    expect(await refusal(gateway, unsubscribe, { input: { clientId: 'nobody', topicFilters: ['a'] } })).toEqual({
      code: 'SESSION_NOT_FOUND',
      message: "client 'nobody' has no session",
      data: null,
    });
  });

  test.each(malformed)('refuses %s and ends nothing', async (_what, topicFilter, code, message) => {
    await online.subscribeAsync('fine');
    const input = { clientId: 'online', topicFilters: ['fine', topicFilter] };
    expect(await refusal(gateway, unsubscribe, { input })).toEqual({ code, message, data: null });
    expect(await subscriptionsOf('online')).toEqual([{ topicFilter: 'fine', qos: 0 }]);
  });
});

describe('subscribeMany', () => {
  test('answers each request in its place, a client without a session as a fault', async () => {
    const requests = [
      { clientId: 'online', topicFilters: [{ topicFilter: 'a', qos: 1 }, { topicFilter: 'b' }] },
      { clientId: 'nobody', topicFilters: [{ topicFilter: 'a' }] },
      { clientId: 'away', topicFilters: [{ topicFilter: 'c', qos: 2 }] },
    ];
    expect(await ask(gateway, subscribeMany, { input: { requests } })).toEqual({
      subscribeMany: {
        results: [
          {
            clientId: 'online',
            subscriptions: [
              { topicFilter: 'a', qos: 1 },
              { topicFilter: 'b', qos: 0 },
            ],
            fault: null,
          },
          {
            clientId: 'nobody',
            subscriptions: [],
            fault: { code: 'SESSION_NOT_FOUND', message: "client 'nobody' has no session" },
          },
          { clientId: 'away', subscriptions: [{ topicFilter: 'c', qos: 2 }], fault: null },
        ],
      },
    });
    expect(await subscriptionsOf('away')).toEqual([{ topicFilter: 'c', qos: 2 }]);
  });

  test.each([
    ['a malformed filter', { topicFilter: 'a/#/b' }],
    ['a QoS of 3', { topicFilter: 'a', qos: 3 }],
  ])('subscribes nobody when one request has %s', async (_what, wrong) => {
    const requests = [
      { clientId: 'online', topicFilters: [{ topicFilter: 'fine' }] },
      { clientId: 'away', topicFilters: [wrong] },
    ];
    const answer = await refusal(gateway, subscribeMany, { input: { requests } });
    expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', data: null });
    expect(await subscriptionsOf('online')).toEqual([]);
  });

  test('takes at most 1000 requests', async () => {
    const requests = Array(1001).fill({ clientId: 'online', topicFilters: [{ topicFilter: 'a' }] });
    expect(await refusal(gateway, subscribeMany, { input: { requests } })).toEqual({
      code: 'LIMIT_EXCEEDED',
      message: 'requests has 1001 items; the limit is 1000',
      data: null,
    });
    expect(await subscriptionsOf('online')).toEqual([]);
  });
});

describe('unsubscribeMany', () => {
  test('answers each request in its place, a client without a session as a fault', async () => {
    await online.subscribeAsync(['a', 'b']);
    const requests = [
      { clientId: 'nobody', topicFilters: ['a'] },
      { clientId: 'online', topicFilters: ['a'] },
    ];
    expect(await ask(gateway, unsubscribeMany, { input: { requests } })).toEqual({
      unsubscribeMany: {
        results: [
          { clientId: 'nobody', fault: { code: 'SESSION_NOT_FOUND', message: "client 'nobody' has no session" } },
          { clientId: 'online', fault: null },
        ],
      },
    });
    expect(await subscriptionsOf('online')).toEqual([{ topicFilter: 'b', qos: 0 }]);
  });

  test('unsubscribes nobody when one request has a malformed filter', async () => {
    await online.subscribeAsync('a');
    const requests = [
      { clientId: 'online', topicFilters: ['a'] },
      { clientId: 'away', topicFilters: ['b+'] },
    ];
    const answer = await refusal(gateway, unsubscribeMany, { input: { requests } });
    expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', data: null });
    expect(await subscriptionsOf('online')).toEqual([{ topicFilter: 'a', qos: 0 }]);
  });
});
