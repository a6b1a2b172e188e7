import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientInfo, Hooks } from '../../src/broker/hooks.ts';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { APP, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Asked, type Following, overBoth } from './doors.ts';

let gateway: TestGateway;
const followings: Following<unknown>[] = [];
/** Who asked to subscribe to what. */
const asked: [ClientInfo, string, number][] = [];

const hooks: Hooks = {
  authorizePublish: (_, topic) => (topic.startsWith('$SYS/') ? 'allow' : 'ignore'),
  authorizeSubscribe(client, topicFilter, qos) {
    asked.push([{ ...client }, topicFilter, qos]);
    return topicFilter.startsWith('secret/') ? 'deny' : 'ignore';
  },
};

beforeAll(async () => {
  gateway = await startGateway("mqtt:\n  refused_filters: ['#']\n", {}, undefined, [hooks]);
  await addCallers(gateway);
});

afterAll(async () => {
  for (const following of followings) await following[Symbol.asyncDispose]();
  await gateway.close();
});

type Values = Following<{ messages: Record<string, unknown> }>;

/** Follows a document until the end of the file, through both doors. */
async function followDocument(document: string, asked: Asked = {}, url = gateway.httpUrl): Promise<Values> {
  const following: Values = await overBoth(url, document, asked);
  followings.push(following);
  return following;
}

/** Follows a filter, from when on nothing is missed. */
const follow = (topicFilter: string, selection = 'topic', authorization?: string, url?: string): Promise<Values> =>
  followDocument(
    `subscription ($topicFilter: String!) { messages(topicFilter: $topicFilter) { ${selection} } }`,
    { variables: { topicFilter }, ...(authorization !== undefined && { authorization }) },
    url,
  );

describe('messages', () => {
  test('come with everything that is known of them', async () => {
    const all = 'topic qos retain clientId username nodeName publishedAt payloadSize payload { size text json base64 }';
    const messages = await follow('plant/+/temperature', all);
    const client = await gateway.connect({ clientId: 'sensor', username: 'ann' });
    const before = Date.now();
    await client.publishAsync('plant/7/humidity', '1', { qos: 1 });
    await client.publishAsync('plant/7/temperature', '{"celsius":21.5}', { qos: 1 });
    await client.publishAsync('plant/8/temperature', Buffer.of(0xff, 0), { qos: 2, retain: true });
    const [first, second] = [await messages.data(), await messages.data()];
    expect(first).toEqual({
      messages: {
        topic: 'plant/7/temperature',
        qos: 1,
        retain: false,
        clientId: 'sensor',
        username: 'ann',
        nodeName: NODE,
        publishedAt: expect.any(String),
        payloadSize: 16,
        payload: { size: 16, text: '{"celsius":21.5}', json: { celsius: 21.5 }, base64: 'eyJjZWxzaXVzIjoyMS41fQ==' },
      },
    });
    expect(second).toEqual({
      messages: {
        topic: 'plant/8/temperature',
        qos: 2,
        retain: true,
        clientId: 'sensor',
        username: 'ann',
        nodeName: NODE,
        publishedAt: expect.any(String),
        payloadSize: 2,
        payload: { size: 2, text: null, json: null, base64: '/wA=' },
      },
    });
    expect(Date.parse(String(first?.messages.publishedAt))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(String(first?.messages.publishedAt))).toBeLessThanOrEqual(Date.now());
  });

  test('come in the order in which they were published, each once', async () => {
    const messages = await follow('order/#', 'payload { text }');
    const client = await gateway.connect();
    const count = 500;
    for (let i = 0; i < count; i++) client.publish('order/1', String(i));
    const came: unknown[] = [];
    while (came.length < count) came.push(await messages.data());
    expect(came).toEqual(Array.from({ length: count }, (_, i) => ({ messages: { payload: { text: String(i) } } })));
  });

  test('come of the API, and of wills', async () => {
    const messages = await follow('of/#', 'topic clientId username payload { text }');
    await gateway.graphql(
      'mutation { publish(input: { topic: "of/api", payload: { text: "x" }, clientId: "label" }) { topic } }',
    );
    expect(await messages.data()).toEqual({
      messages: { topic: 'of/api', clientId: 'label', username: null, payload: { text: 'x' } },
    });
    const will = { topic: 'of/will', payload: Buffer.from('gone'), qos: 0 as const, retain: false };
    const client = await gateway.connect({ clientId: 'mortal', username: 'bob', will });
    client.stream.destroy();
    expect(await messages.data()).toEqual({
      messages: { topic: 'of/will', clientId: 'mortal', username: 'bob', payload: { text: 'gone' } },
    });
  });

  test('of one node come of that node', async () => {
    const ofNode = (node: string) => `subscription { messages(topicFilter: "a/#", node: "${node}") { topic } }`;
    expect((await (await followDocument(ofNode('nowhere'))).next())?.errors).toMatchObject([
      { message: "node 'nowhere' is unknown", extensions: { code: 'NOT_FOUND' } },
    ]);
    const messages = await followDocument(ofNode(NODE));
    await (await gateway.connect()).publishAsync('a/b', '');
    expect(await messages.data()).toEqual({ messages: { topic: 'a/b' } });
  });

  test('are counted in no list and no gauge of subscriptions', async () => {
    const client = await gateway.connect();
    const gauges = 'subscriptionsCount subscribersCount routesCount topicsCount sessionsCount connectionsCount';
    const state = () =>
      gateway.graphql(`{ stats { ${gauges} } subscriptions { meta { count } } routes { meta { count } } }`);
    const before = await state();
    const messages = await follow('uncounted/#');
    expect(await state()).toEqual(before);
    const dropped = async (): Promise<number> => {
      const { data } = await gateway.graphql<{ metrics: [{ messagesDropped: number }] }>(
        '{ metrics { messagesDropped } }',
      );
      return data?.metrics[0].messagesDropped ?? Number.NaN;
    };
    const droppedBefore = await dropped();
    await client.publishAsync('uncounted/1', '', { qos: 1 });
    expect(await messages.data()).toEqual({ messages: { topic: 'uncounted/1' } });
    // No MQTT client had it.
    expect(await dropped()).toBe(droppedBefore + 1);
  });
});

describe('retained messages', () => {
  const QUERY = 'subscription { messages(topicFilter: "kept/+", retained: true) { topic retain payload { text } } }';
  const of = (topic: string, text: string, retain: boolean) => ({ messages: { topic, retain, payload: { text } } });

  test('come first when they are asked for, to each newcomer', async () => {
    const client = await gateway.connect({ clientId: 'keeper' });
    for (const topic of ['kept/1', 'kept/2']) await client.publishAsync(topic, topic, { retain: true, qos: 1 });
    const [first, second] = [await followDocument(QUERY), await followDocument(QUERY)];
    for (const values of [first, second]) {
      const came = [await values.data(), await values.data()];
      expect(came.sort((a, b) => (String(a.messages.topic) < String(b.messages.topic) ? -1 : 1))).toEqual([
        of('kept/1', 'kept/1', true),
        of('kept/2', 'kept/2', true),
      ]);
    }
    await client.publishAsync('kept/3', 'new', { qos: 1 });
    expect(await first.data()).toEqual(of('kept/3', 'new', false));
    expect(await second.data()).toEqual(of('kept/3', 'new', false));
  });

  test('do not come unless they are asked for', async () => {
    const client = await gateway.connect();
    await client.publishAsync('silent/1', 'old', { retain: true, qos: 1 });
    const messages = await follow('silent/#');
    await client.publishAsync('silent/2', 'new', { qos: 1 });
    expect(await messages.data()).toEqual({ messages: { topic: 'silent/2' } });
  });

  test('do not come while emqx_retainer is not active', async () => {
    const client = await gateway.connect();
    await client.publishAsync('unsent/1', 'old', { retain: true, qos: 1 });
    const turn = (deed: string) =>
      gateway.rest(`/nodes/${NODE}/plugins/emqx_retainer/${deed}`, { method: 'PUT', body: {} });
    await turn('unload');
    const messages = await followDocument(
      'subscription { messages(topicFilter: "unsent/#", retained: true) { topic } }',
    );
    await client.publishAsync('unsent/2', 'new', { qos: 1 });
    expect(await messages.data()).toEqual({ messages: { topic: 'unsent/2' } });
    await turn('load');
  });

  test('are refused when there are more than 1000', async () => {
    const client = await gateway.connect();
    const all = Array.from({ length: 1001 }, (_, i) => client.publishAsync(`many/${i}`, 'x', { retain: true, qos: 1 }));
    await Promise.all(all);
    const messages = await followDocument('subscription { messages(topicFilter: "many/#", retained: true) { topic } }');
    expect((await messages.next())?.errors).toMatchObject([
      {
        message: 'topicFilter has 1001 retained messages; the limit is 1000',
        extensions: { code: 'LIMIT_EXCEEDED', argument: 'topicFilter', value: 1001 },
      },
    ]);
  });
});

describe('a topic filter', () => {
  const refusalOf = async (topicFilter: string, authorization?: string, url?: string) => {
    const payload = await (await follow(topicFilter, 'topic', authorization, url)).next();
    return payload?.errors?.map(({ message, extensions }) => [extensions?.code, message]);
  };
  const isNone = (filter: string) =>
    `topicFilter must be a topic filter with + and # filling a level and # last, of no shared subscription, not '${filter}'`;

  test.each([
    ['a/#/b', 'BAD_USER_INPUT', isNone('a/#/b')],
    ['a+', 'BAD_USER_INPUT', isNone('a+')],
    ['$share/g/a', 'BAD_USER_INPUT', isNone('$share/g/a')],
    ['$queue/a', 'BAD_USER_INPUT', isNone('$queue/a')],
    ['', 'BAD_USER_INPUT', "topicFilter must be at least one character, not ''"],
    ['x'.repeat(4097), 'LIMIT_EXCEEDED', 'topicFilter has 4097 bytes; the limit is 4096'],
    ['secret/plans', 'FORBIDDEN', "not authorized to subscribe to 'secret/plans'"],
    ['#', 'FORBIDDEN', "not authorized to subscribe to '#'"],
  ])('%s is refused', async (topicFilter, code, message) => {
    expect(await refusalOf(topicFilter)).toEqual([[code, message]]);
  });

  test('is asked of the hooks as a SUBSCRIBE of a client of the caller, by each anew', async () => {
    asked.length = 0;
    await follow('asked/#');
    const client = { clientId: `graphql:${APP.id}`, username: APP.id, ipAddress: expect.stringMatching(/^127\./) };
    expect(asked).toEqual([
      [client, 'asked/#', 0],
      [client, 'asked/#', 0],
    ]);
  });

  test('of $SYS/ needs the role OPERATOR', async () => {
    const as = (name: string) => authorized(name).authorization as string;
    expect(await refusalOf('$SYS/#', as('app-viewer'))).toEqual([
      ['FORBIDDEN', "messages of $SYS/ need the role OPERATOR; 'app-viewer' has the role VIEWER"],
    ]);
    expect(await refusalOf('$SYS/brokers', as('user-viewer'), gateway.dashboardUrl)).toEqual([
      ['FORBIDDEN', "messages of $SYS/ need the role OPERATOR; 'user-viewer' has the role VIEWER"],
    ]);
    const messages = await follow('$SYS/#', 'topic', as('app-operator'));
    await (await gateway.connect()).publishAsync('$SYS/brokers/x/alarms/alert', 'a', { qos: 1 });
    expect(await messages.data()).toEqual({ messages: { topic: '$SYS/brokers/x/alarms/alert' } });
  });

  test('that begins with a wildcard matches no topic that begins with $', async () => {
    const messages = await follow('+/brokers/#');
    const client = await gateway.connect();
    await client.publishAsync('$SYS/brokers/1', '', { qos: 1 });
    await client.publishAsync('own/brokers/2', '', { qos: 1 });
    expect(await messages.data()).toEqual({ messages: { topic: 'own/brokers/2' } });
  });
});
