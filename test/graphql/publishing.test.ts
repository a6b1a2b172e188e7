import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';
import { Inbox } from './inbox.ts';

let gateway: TestGateway;
let inbox: Inbox;

beforeAll(async () => {
  gateway = await startGateway('mqtt: { max_packet_size: 2000 }');
});

beforeEach(async () => {
  const client = await gateway.connect({ clientId: 'listener' });
  inbox = new Inbox(client);
  await client.subscribeAsync('#', { qos: 2 });
});

afterAll(() => gateway.close());

const publish = 'mutation ($input: PublishInput!) { publish(input: $input) { topic } }';
const publishMany =
  'mutation ($input: PublishManyInput!) { publishMany(input: $input) { results { topic fault { code message } } } }';

/** Publishes a last message and expects that no other one came before it. */
async function expectNothingElse(): Promise<void> {
  await ask(gateway, publish, { input: { topic: 'end' } });
  expect(await inbox.next()).toEqual({ topic: 'end', payload: '', qos: 0, retain: false });
}

describe('publish', () => {
  test('answers the topic and hands the message to who subscribes', async () => {
    const answer = await ask(gateway, publish, { input: { topic: 'a/b', payload: { text: 'grüß 中 😀' } } });
    expect(answer).toEqual({ publish: { topic: 'a/b' } });
    expect(await inbox.next()).toEqual({ topic: 'a/b', payload: 'grüß 中 😀', qos: 0, retain: false });
  });

  test.each([
    ['an empty payload when there is none', {}, ''],
    ['empty text', { payload: { text: '' } }, ''],
    [
      'an object as JSON without white space',
      { payload: { json: { on: true, list: [1, 'two', null] } } },
      '{"on":true,"list":[1,"two",null]}',
    ],
    ['a number as JSON', { payload: { json: 21.5 } }, '21.5'],
    ['text as JSON', { payload: { json: 'hi' } }, '"hi"'],
    ['false as JSON', { payload: { json: false } }, 'false'],
  ])('sends %s', async (_what, input, payload) => {
    await ask(gateway, publish, { input: { topic: 'payload', ...input } });
    expect(await inbox.next()).toMatchObject({ topic: 'payload', payload });
  });

  test('sends bytes as base64', async () => {
    await ask(gateway, publish, { input: { topic: 'bytes', payload: { base64: 'AP/+gA==' } } });
    expect(await inbox.nextBytes()).toEqual([0, 255, 254, 128]);
  });

  test('takes JSON from literals and the variables within them', async () => {
    const query =
      'mutation ($t: Float) { publish(input: { topic: "j", payload: { json: { t: $t, unit: "C" } } }) { topic } }';
    await ask(gateway, query, { t: 3.5 });
    expect(await inbox.next()).toMatchObject({ payload: '{"t":3.5,"unit":"C"}' });
  });

  test.each([0, 1, 2])('sends with QoS %i', async (qos) => {
    await ask(gateway, publish, { input: { topic: 'q', payload: { text: 'x' }, qos } });
    expect(await inbox.next()).toMatchObject({ topic: 'q', qos });
  });

  test('is no fault when nobody subscribes', async () => {
    expect(await ask(gateway, publish, { input: { topic: '$nobody/here' } })).toEqual({
      publish: { topic: '$nobody/here' },
    });
  });

  test('keeps a retained message for later subscribers until an empty one clears it', async () => {
    const retained = async () => {
      const client = await gateway.connect();
      const late = new Inbox(client);
      await client.subscribeAsync(['keep/1', 'mark']);
      // What was kept for the first filter is sent before what is published now.
      await ask(gateway, publish, { input: { topic: 'mark', payload: { text: 'now' } } });
      const first = await late.next();
      await client.endAsync();
      return first;
    };
    await ask(gateway, publish, { input: { topic: 'keep/1', payload: { text: 'old' }, qos: 1, retain: true } });
    expect(await retained()).toEqual({ topic: 'keep/1', payload: 'old', qos: 0, retain: true });
    await ask(gateway, publish, { input: { topic: 'keep/1', retain: true } });
    expect(await retained()).toEqual({ topic: 'mark', payload: 'now', qos: 0, retain: false });
    expect(await ask(gateway, '{ stats { retainedCount } }')).toEqual({ stats: [{ retainedCount: 0 }] });
  });

  test.each([
    [
      'a wildcard',
      { topic: 'a/+' },
      'BAD_TOPIC',
      "'a/+' is a topic filter; a message needs a topic name without + and #",
    ],
    ['a malformed wildcard', { topic: 'a+' }, 'BAD_USER_INPUT', "topic must be a topic name without + and #, not 'a+'"],
    ['an empty topic', { topic: '' }, 'BAD_USER_INPUT', "topic must be at least one character, not ''"],
    [
      'U+0000 in the topic',
      { topic: 'a\u0000' },
      'BAD_USER_INPUT',
      "topic must be without the character U+0000, not 'a\\u0000'",
    ],
    [
      'a topic above the limit',
      { topic: 'ä'.repeat(2049) },
      'LIMIT_EXCEEDED',
      'topic has 4098 bytes; the limit is 4096',
    ],
    ['too many levels', { topic: '/'.repeat(100) }, 'LIMIT_EXCEEDED', 'topic has 101 levels; the limit is 100'],
    ['QoS 3', { topic: 'a', qos: 3 }, 'BAD_USER_INPUT', 'qos must be 0, 1 or 2, not 3'],
    ['QoS -1', { topic: 'a', qos: -1 }, 'BAD_USER_INPUT', 'qos must be 0, 1 or 2, not -1'],
    [
      'a payload above the limit',
      { topic: 'a', payload: { text: 'x'.repeat(2001) } },
      'LIMIT_EXCEEDED',
      'payload has 2001 bytes; the limit is 2000',
    ],
    [
      'a client id above the limit',
      { topic: 'a', clientId: 'x'.repeat(1025) },
      'LIMIT_EXCEEDED',
      'clientId has 1025 bytes; the limit is 1024',
    ],
  ])('refuses %s and publishes nothing', async (_what, input, code, message) => {
    expect(await refusal(gateway, publish, { input })).toEqual({ code, message, data: null });
    await expectNothingElse();
  });

  test.each([
    ['two payloads', { topic: 'a', payload: { text: 'x', json: 1 } }],
    ['a payload without a spelling', { topic: 'a', payload: {} }],
    ['a payload that is null', { topic: 'a', payload: { text: null } }],
    ['base64 without padding', { topic: 'a', payload: { base64: 'AA' } }],
    ['no topic', { payload: { text: 'x' } }],
    ['a QoS as text', { topic: 'a', qos: '1' }],
  ])('refuses %s as input of the wrong form', async (_what, input) => {
    expect((await refusal(gateway, publish, { input })).code).toBe('BAD_USER_INPUT');
    await expectNothingElse();
  });

  test('takes null for what has a default', async () => {
    await ask(gateway, publish, { input: { topic: 'd', payload: null, qos: null, retain: null, clientId: null } });
    expect(await inbox.next()).toEqual({ topic: 'd', payload: '', qos: 0, retain: false });
  });
});

describe('publishMany', () => {
  test('publishes in order, and a wildcard is the fault of its message alone', async () => {
    const messages = [
      { topic: 'm/1', payload: { text: 'one' } },
      { topic: 'm/#', payload: { text: 'two' } },
      { topic: 'm/3', payload: { json: [3] }, qos: 1 },
    ];
    expect(await ask(gateway, publishMany, { input: { messages } })).toEqual({
      publishMany: {
        results: [
          { topic: 'm/1', fault: null },
          {
            topic: 'm/#',
            fault: {
              code: 'BAD_TOPIC',
              message: "'m/#' is a topic filter; a message needs a topic name without + and #",
            },
          },
          { topic: 'm/3', fault: null },
        ],
      },
    });
    expect(await inbox.next()).toMatchObject({ topic: 'm/1', payload: 'one' });
    expect(await inbox.next()).toMatchObject({ topic: 'm/3', payload: '[3]', qos: 1 });
    await expectNothingElse();
  });

  test.each([
    ['a malformed topic', { topic: '' }],
    ['a QoS of 3', { topic: 'b', qos: 3 }],
    ['a QoS of 3 beside a wildcard', { topic: 'b/+', qos: 3 }],
  ])('publishes nothing when a message has %s', async (_what, wrong) => {
    const answer = await refusal(gateway, publishMany, { input: { messages: [{ topic: 'a' }, wrong] } });
    expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', data: null });
    await expectNothingElse();
  });

  test('answers an empty list for no messages, and refuses more than 1000', async () => {
    expect(await ask(gateway, publishMany, { input: { messages: [] } })).toEqual({ publishMany: { results: [] } });
    const messages = Array(1001).fill({ topic: 'a' });
    expect(await refusal(gateway, publishMany, { input: { messages } })).toEqual({
      code: 'LIMIT_EXCEEDED',
      message: 'messages has 1001 items; the limit is 1000',
      data: null,
    });
    await expectNothingElse();
  });

  test('counts every message that was published', async () => {
    const before = await ask<{ metrics: [{ messagesQos2Sent: number }] }>(gateway, '{ metrics { messagesQos2Sent } }');
    await ask(gateway, publishMany, { input: { messages: Array(50).fill({ topic: 'n', qos: 2 }) } });
    for (let i = 0; i < 50; i++) expect(await inbox.next()).toMatchObject({ topic: 'n', qos: 2 });
    await eventually(async () => {
      const now = await ask<typeof before>(gateway, '{ metrics { messagesQos2Sent } }');
      return now.metrics[0].messagesQos2Sent - before.metrics[0].messagesQos2Sent === 50;
    }, 'the count of 50');
  });
});
