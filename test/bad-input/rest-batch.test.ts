import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { unchanged } from './support/state.ts';

const NAMES = 'a topic, or several separated by commas, none of them empty';

describe('a batch that is refused in 3.2', () => {
  let gateway: TestGateway;
  let subscriber: MqttClient;
  const received: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
    subscriber = await gateway.connect({ clientId: 'watcher' });
    subscriber.on('message', (topic) => received.push(topic));
    await subscriber.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  const post = (path: string, body: unknown) => gateway.rest(path, { method: 'POST', body });

  describe.each(['/mqtt/publish_batch', '/mqtt/subscribe_batch', '/mqtt/unsubscribe_batch'])('POST %s', (path) => {
    test.each([
      ['{"topic":"a","client_id":"watcher"}', '{"topic":"a","client_id":"watcher"}'],
      ['"a"', "'a'"],
      ['5', '5'],
      ['false', 'false'],
      ['null', 'null'],
    ])('says that the body must be an array when it is %s', async (body, value) => {
      const { status, json } = await unchanged(gateway, () => post(path, body));
      expect(status).toBe(400);
      expect(json).toEqual({ code: 108, message: `the body must be a JSON array of objects, not ${value}` });
    });

    test.each([
      ['a text', '"a"', "'a'"],
      ['a number', '5', '5'],
      ['null', 'null', 'null'],
      ['an array', '[{"topic":"a"}]', '[{"topic":"a"}]'],
    ])('says which element is no object when it is %s', async (_, element, value) => {
      const good = '{"topic":"a","client_id":"watcher"}';
      const { status, json } = await unchanged(gateway, () => post(path, `[${good},${element}]`));
      expect(status).toBe(400);
      expect(json).toEqual({ code: 108, message: `element 1 must be a JSON object, not ${value}` });
    });

    test.each([['[{"topic":"a"}'], ['[{topic:"a"}]'], ['topic=a']])('answers 400 text for %s', async (body) => {
      const { status, text } = await unchanged(gateway, () => post(path, body));
      expect(status).toBe(400);
      expect(text).toBe('Bad Request');
    });

    test.each([
      ['an empty body', ''],
      ['an empty array', '[]'],
    ])('answers an empty list for %s', async (_, body) => {
      const { status, json } = await unchanged(gateway, () => post(path, body));
      expect(status).toBe(200);
      expect(json).toEqual({ code: 0, data: [] });
    });
  });

  const good = { topic: 'good', client_id: 'watcher' };

  test.each<[string, object, string]>([
    ['a missing topic', {}, `topic must be ${NAMES}, not nothing`],
    ['an empty topic', { topics: 'a,,b' }, `topics must be ${NAMES}, not 'a,,b'`],
    ['a number as payload', { topic: 'a', payload: 5 }, 'payload must be a string, not 5'],
    ['qos 3', { topic: 'a', qos: 3 }, 'qos must be an integer from 0 to 2, not 3'],
    ['a#', { topic: 'a#' }, "topic must be a topic name without + and #, not 'a#'"],
    ['a topic of 4097 bytes', { topic: 'x'.repeat(4097) }, 'topic has 4097 bytes; the limit is 4096'],
  ])('POST /mqtt/publish_batch publishes nothing when one element has %s', async (_, element, sentence) => {
    const { status, json } = await unchanged(gateway, () => post('/mqtt/publish_batch', [good, element]));
    expect(json).toEqual({ code: 108, message: sentence });
    expect(status).toBe(400);
  });

  test.each<[string, object, string]>([
    ['a missing topic', { client_id: 'watcher' }, `topic must be ${NAMES}, not nothing`],
    ['a number as client_id', { topic: 'a', client_id: 5 }, 'client_id must be a string, not 5'],
    [
      'a#',
      { topic: 'a#', client_id: 'watcher' },
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'a#'",
    ],
  ])('POST /mqtt/subscribe_batch subscribes nothing when one element has %s', async (_, element, sentence) => {
    const { status, json } = await unchanged(gateway, () => post('/mqtt/subscribe_batch', [good, element]));
    expect(json).toEqual({ code: 108, message: sentence });
    expect(status).toBe(400);
  });

  test.each<[string, object, string]>([
    ['a missing topic', { client_id: 'watcher' }, 'topic must be a topic filter, not nothing'],
    ['a number as topic', { client_id: 'watcher', topic: 5 }, 'topic must be a string, not 5'],
    [
      'a/#/b',
      { topic: 'a/#/b', client_id: 'watcher' },
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'a/#/b'",
    ],
  ])('POST /mqtt/unsubscribe_batch unsubscribes nothing when one element has %s', async (_, element, sentence) => {
    const own = { topic: '#', client_id: 'watcher' };
    const { status, json } = await unchanged(gateway, () => post('/mqtt/unsubscribe_batch', [own, element]));
    expect(json).toEqual({ code: 108, message: sentence });
    expect(status).toBe(400);
  });

  test('POST /mqtt/subscribe_batch and unsubscribe_batch answer 112 for an unknown client alone', async () => {
    const unknown = { topic: 'a,b', client_id: 'nobody', qos: 1 };
    const subscribed = await unchanged(gateway, () => post('/mqtt/subscribe_batch', [unknown]));
    expect(subscribed.status).toBe(200);
    expect(subscribed.json).toEqual({ code: 0, data: [{ client_id: 'nobody', topic: 'a,b', code: 112 }] });
    const unsubscribed = await unchanged(gateway, () => post('/mqtt/unsubscribe_batch', [unknown]));
    expect(unsubscribed.json).toEqual({ code: 0, data: [{ client_id: 'nobody', topic: 'a,b', code: 112 }] });
  });

  test('POST /mqtt/publish_batch answers 115 for a wildcard and publishes the rest; nothing else arrived', async () => {
    const batch = [{ topic: '#' }, { topics: '+,last' }, { topic: 'a/+,b/#' }];
    const { status, json } = await post('/mqtt/publish_batch', batch);
    expect(status).toBe(200);
    expect(json).toEqual({
      code: 0,
      data: [
        { topic: '#', code: 115 },
        { topics: '+,last', code: 0 },
        { topic: 'a/+,b/#', code: 115 },
      ],
    });
    await eventually(() => received.length > 0, 'the last message');
    expect(received).toEqual(['last']);
  });
});

describe.each(['3.0-beta', '3.0', '3.1'])('a batch in %s', (profile) => {
  test('is not there', async () => {
    const gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile });
    for (const path of ['/mqtt/publish_batch', '/mqtt/subscribe_batch', '/mqtt/unsubscribe_batch']) {
      const { status, text } = await gateway.rest(path, { method: 'POST', body: [] });
      expect(status).toBe(404);
      expect(text).toBe('Not found.');
    }
    await gateway.close();
  });
});
