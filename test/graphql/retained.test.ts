import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';

let gateway: TestGateway;
let publisher: MqttClient;
let startedAt: number;

beforeAll(async () => {
  gateway = await startGateway();
  startedAt = Date.now();
  publisher = await gateway.connect({ clientId: 'ann', username: 'alice' });
});

afterAll(() => gateway.close());

const retain = (topic: string, payload: string | Buffer, qos: 0 | 1 | 2 = 1) =>
  publisher.publishAsync(topic, payload, { qos, retain: true });

const CLEAR = `mutation ($input: ClearRetainedMessagesInput!) {
  clearRetainedMessages(input: $input) { clearedCount }
}`;

const clear = async (input: object): Promise<number> =>
  (await ask<{ clearRetainedMessages: { clearedCount: number } }>(gateway, CLEAR, { input })).clearRetainedMessages
    .clearedCount;

const LIST = `query ($page: PageInput, $filter: RetainedMessageFilter) {
  retainedMessages(page: $page, filter: $filter) { items { topic } meta { count countIsExact endCursor } }
}`;

interface Listed {
  retainedMessages: { items: { topic: string }[]; meta: { count: number; endCursor: string | null } };
}

const list = async (filter: object = {}, page: object = {}): Promise<string[]> =>
  (await ask<Listed>(gateway, LIST, { filter, page })).retainedMessages.items.map(({ topic }) => topic);

beforeEach(async () => {
  await clear({ topicFilter: '#' });
  await clear({ topicFilter: '$x/#' });
});

describe('retainedMessage', () => {
  const ONE = `query ($topic: String!, $node: ID) {
    retainedMessage(topic: $topic, node: $node) {
      topic qos clientId username publishedAt nodeName payloadSize payload { size text json base64 }
    }
  }`;

  test('shows what a client published, who and when', async () => {
    await retain('plant/1', '{"celsius":21.5}', 2);
    const answer = await ask<{ retainedMessage: { publishedAt: string } }>(gateway, ONE, { topic: 'plant/1' });
    expect(answer).toEqual({
      retainedMessage: {
        topic: 'plant/1',
        qos: 2,
        clientId: 'ann',
        username: 'alice',
        publishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        nodeName: NODE,
        payloadSize: 16,
        payload: {
          size: 16,
          text: '{"celsius":21.5}',
          json: { celsius: 21.5 },
          base64: 'eyJjZWxzaXVzIjoyMS41fQ==',
        },
      },
    });
    const publishedAt = Date.parse(answer.retainedMessage.publishedAt);
    expect(publishedAt).toBeGreaterThanOrEqual(startedAt);
    expect(publishedAt).toBeLessThanOrEqual(Date.now());
  });

  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  test.each<[string, string | Buffer, object]>([
    ['bytes that are no UTF-8', Buffer.from([0xff, 0x00]), { size: 2, text: null, json: null, base64: '/wA=' }],
    ['text that is no JSON', 'é', { size: 2, text: 'é', json: null, base64: 'w6k=' }],
    ['JSON text', '"[[["', { text: '"[[["', json: '[[[' }],
    ['a JSON object with the key __proto__', '{"__proto__":1}', { text: '{"__proto__":1}' }],
    ['JSON of 100 levels', deep(100), { text: deep(100), json: JSON.parse(deep(100)) }],
    ['JSON of 101 levels', deep(101), { text: deep(101), json: null }],
    ['JSON of 300 000 levels', deep(300_000), { size: 600_000, json: null }],
    ['brackets in text', `"${'['.repeat(200)}\\"{"`, { json: `${'['.repeat(200)}"{` }],
  ])('shows %s', async (_what, payload, expected) => {
    await retain('a', payload);
    expect(await ask(gateway, ONE, { topic: 'a' })).toMatchObject({ retainedMessage: { payload: expected } });
  });

  test('shows one that came through the API with the name of its publisher there', async () => {
    await ask(gateway, 'mutation { publish(input: { topic: "a", payload: { text: "x" }, retain: true }) { topic } }');
    expect(await ask(gateway, ONE, { topic: 'a' })).toMatchObject({
      retainedMessage: { clientId: 'http', username: null, qos: 0, payload: { text: 'x' } },
    });
  });

  test('shows a will that was retained', async () => {
    const will = { topic: 'wills/bob', payload: Buffer.from('gone'), qos: 1 as const, retain: true };
    const bob = await gateway.connect({ clientId: 'bob', will });
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('wills/bob', { qos: 1 });
    const arrived = new Promise((resolve) => watcher.once('message', resolve));
    bob.stream.destroy();
    await arrived;
    expect(await ask(gateway, ONE, { topic: 'wills/bob' })).toMatchObject({
      retainedMessage: { clientId: 'bob', payload: { text: 'gone' } },
    });
    await watcher.endAsync();
  });

  test('is null for a topic without one, and after an empty payload [MQTT-3.3.1-10]', async () => {
    expect(await ask(gateway, ONE, { topic: 'a' })).toEqual({ retainedMessage: null });
    await retain('a', 'x');
    await retain('a', '');
    expect(await ask(gateway, ONE, { topic: 'a' })).toEqual({ retainedMessage: null });
    expect(await ask(gateway, ONE, { topic: 'a/+', node: NODE })).toEqual({ retainedMessage: null });
  });

  test('is what a new subscriber is sent', async () => {
    await retain('news/1', 'one');
    const reader = await gateway.connect({ clientId: 'reader' });
    const arrived = new Promise((resolve) =>
      reader.once('message', (topic, payload, { retain: isRetained }) => resolve([topic, `${payload}`, isRetained])),
    );
    await reader.subscribeAsync('news/#');
    expect(await arrived).toEqual(['news/1', 'one', true]);
    await reader.endAsync();
  });
});

describe('retainedMessages', () => {
  beforeEach(async () => {
    for (const topic of ['plant/2', 'plant/1', 'plant', '$x/plant', '__proto__', 'plant/1/hot'])
      await retain(topic, 'x');
  });

  test.each<[string, object, string[]]>([
    ['nothing, oldest first', {}, ['plant/2', 'plant/1', 'plant', '$x/plant', '__proto__', 'plant/1/hot']],
    ['a topic', { topic: 'plant/1' }, ['plant/1']],
    ['an unknown topic', { topic: 'constructor' }, []],
    ['a prefix, in the order of topics', { topicPrefix: 'plant/' }, ['plant/1', 'plant/1/hot', 'plant/2']],
    ['a part', { topicContains: 'lant/1' }, ['plant/1', 'plant/1/hot']],
    ['a topic filter', { matches: 'plant/#' }, ['plant/2', 'plant/1', 'plant', 'plant/1/hot']],
    ['a wildcard that matches no $ topic', { matches: '+/plant' }, []],
    ['a filter of a $ topic', { matches: '$x/+' }, ['$x/plant']],
    ['a topic filter and a part', { matches: '#', topicContains: '2' }, ['plant/2']],
  ])('filters by %s', async (_what, filter, expected) => {
    expect(await ask(gateway, LIST, { filter })).toMatchObject({
      retainedMessages: {
        items: expected.map((topic) => ({ topic })),
        meta: { count: expected.length, countIsExact: true },
      },
    });
  });

  test('is paged by number and by cursor', async () => {
    expect(await list({}, { page: 2, limit: 2 })).toEqual(['plant', '$x/plant']);
    const first = await ask<Listed>(gateway, LIST, { page: { limit: 2 } });
    await clear({ topic: 'plant/2' });
    expect(await list({}, { limit: 2, after: first.retainedMessages.meta.endCursor })).toEqual(['plant', '$x/plant']);
  });

  test.each([
    ['a/#/b', 'BAD_USER_INPUT'],
    ['a+', 'BAD_USER_INPUT'],
    ['', 'BAD_USER_INPUT'],
    ['$share/g/a', 'BAD_USER_INPUT'],
    ['$queue/a', 'BAD_USER_INPUT'],
    ['x'.repeat(5000), 'LIMIT_EXCEEDED'],
  ])('refuses to match %s', async (matches, code) => {
    expect(await refusal(gateway, LIST, { filter: { matches } })).toMatchObject({ code, data: null });
  });

  test('refuses an unknown node', async () => {
    const query = '{ retainedMessages(node: "nowhere") { meta { count } } }';
    expect(await refusal(gateway, query)).toEqual({
      code: 'NOT_FOUND',
      message: "node 'nowhere' is unknown",
      data: null,
    });
  });
});

describe('the payloads of an answer', () => {
  const MOST = 'the answer would show more than 16777216 bytes of payloads, which is the limit; ask for fewer at once';

  beforeEach(async () => {
    for (let i = 0; i < 17; i++) await retain(`big/${i}`, Buffer.alloc(1_000_000, 'x'));
  });

  test('are 16 MiB at most: one refusal, and no part of the page', async () => {
    const query = '{ retainedMessages { items { topic payload { base64 } } } }';
    expect(await refusal(gateway, query)).toEqual({ code: 'LIMIT_EXCEEDED', message: MOST, data: null });
    const page = '{ retainedMessages(page: { limit: 16 }) { items { payload { size base64 } } } }';
    const { retainedMessages } = await ask<{ retainedMessages: { items: object[] } }>(gateway, page);
    expect(retainedMessages.items).toHaveLength(16);
  });

  test('cost nothing where only their sizes are asked for', async () => {
    const query = '{ retainedMessages { items { payloadSize payload { size } } meta { count } } }';
    const answer = await ask<{ retainedMessages: { items: object[]; meta: object } }>(gateway, query);
    expect(answer.retainedMessages.meta).toEqual({ count: 17 });
    expect(answer.retainedMessages.items[0]).toEqual({ payloadSize: 1_000_000, payload: { size: 1_000_000 } });
  });

  test.each([
    ['each spelling', 'payload { text json base64 }'],
    ['each alias', 'payload { a: text b: text c: text }'],
    ['each alias of the payload', 'a: payload { text } b: payload { text } c: payload { text }'],
    ['what fragments spell', '...Row } } } fragment Row on RetainedMessage { payload { ...Two text'],
  ])('count %s', async (_what, fields) => {
    const isFragment = fields.startsWith('...');
    const two = 'fragment Two on MessagePayload { b: base64 ... on MessagePayload { j: json } }';
    const query = (limit: number): string =>
      `{ retainedMessages(page: { limit: ${limit} }) { items { ${fields} } } ${isFragment ? two : '}'}`;
    expect(await refusal(gateway, query(6))).toMatchObject({ code: 'LIMIT_EXCEEDED', message: MOST });
    await ask(gateway, query(5));
  });

  test('count over all fields of a document', async () => {
    const query =
      '{ a: retainedMessages(page: { limit: 9 }) { items { payload { text } } } b: retainedMessages(page: { limit: 9 }) { items { payload { text } } } }';
    expect(await refusal(gateway, query)).toMatchObject({ code: 'LIMIT_EXCEEDED', data: null });
  });
});

describe('clearRetainedMessages', () => {
  beforeEach(async () => {
    for (const topic of ['a', 'a/1', 'a/2', 'b', '$x/a']) await retain(topic, 'x');
  });

  test.each<[string, object, number, string[]]>([
    ['a topic', { topic: 'a' }, 1, ['a/1', 'a/2', 'b', '$x/a']],
    ['topics, each once', { topics: ['a', 'b', 'a', 'never'] }, 2, ['a/1', 'a/2', '$x/a']],
    ['no topics', { topics: [] }, 0, ['a', 'a/1', 'a/2', 'b', '$x/a']],
    ['a topic filter', { topicFilter: 'a/+' }, 2, ['a', 'b', '$x/a']],
    ['everything but $ topics', { topicFilter: '#' }, 4, ['$x/a']],
    ['a $ topic', { topicFilter: '$x/#' }, 1, ['a', 'a/1', 'a/2', 'b']],
    ['what is not there', { topic: 'never' }, 0, ['a', 'a/1', 'a/2', 'b', '$x/a']],
  ])('clears %s', async (_what, input, count, left) => {
    expect(await clear(input)).toBe(count);
    expect(await list()).toEqual(left);
    expect(await ask(gateway, '{ stats { retainedCount } metrics { messagesRetained } }')).toEqual({
      stats: [{ retainedCount: left.length }],
      metrics: [{ messagesRetained: left.length }],
    });
  });

  test('leaves nothing for a new subscriber, and tells the present ones nothing', async () => {
    const present = await gateway.connect({ clientId: 'present' });
    const got: string[] = [];
    present.on('message', (topic) => got.push(topic));
    await clear({ topics: ['a/1', 'a/2'] });
    await present.subscribeAsync('a/#');
    await clear({ topicFilter: 'a' });
    await publisher.publishAsync('a/end', 'x', { qos: 1 });
    while (!got.includes('a/end')) await new Promise((resolve) => present.once('message', resolve));
    expect(got).toEqual(['a', 'a/end']);
    await present.endAsync();
  });

  test.each([
    [{ topicFilter: 'a/#/b' }, 'BAD_USER_INPUT'],
    [{ topicFilter: '' }, 'BAD_USER_INPUT'],
    [{ topicFilter: '$share/g/#' }, 'BAD_USER_INPUT'],
    [{ topic: 'a/+' }, 'BAD_TOPIC'],
    [{ topics: ['a', 'a+'] }, 'BAD_USER_INPUT'],
    [{ topics: ['a', '#'] }, 'BAD_TOPIC'],
    [{ topics: Array(1001).fill('a') }, 'LIMIT_EXCEEDED'],
    [{}, 'BAD_USER_INPUT'],
    [{ topic: 'a', topicFilter: '#' }, 'BAD_USER_INPUT'],
  ])('refuses %j and clears nothing', async (input, code) => {
    expect(await refusal(gateway, CLEAR, { input })).toMatchObject({ code, data: null });
    expect(await list()).toHaveLength(5);
  });

  test('names the filter that it refuses', async () => {
    const { errors } = await gateway.graphql(CLEAR, { input: { topicFilter: 'a/#/b' } });
    expect(errors).toMatchObject([
      {
        message:
          "topicFilter must be a topic filter with + and # filling a level and # last, of no shared subscription, not 'a/#/b'",
        extensions: { code: 'BAD_USER_INPUT', argument: 'topicFilter', value: 'a/#/b' },
      },
    ]);
  });

  test('clears thousands', async () => {
    const { retained } = gateway.gateway.broker;
    const common = { payload: Buffer.from('x'), qos: 0 as const, clientId: null, username: null, nodeName: NODE };
    for (let i = 0; i < 2500; i++) retained.set({ ...common, topic: `many/${i}`, publishedAt: startedAt });
    expect(await clear({ topicFilter: 'many/+' })).toBe(2500);
    expect(retained.size).toBe(5);
  });
});
