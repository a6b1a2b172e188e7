import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { declined, PROFILES, refused } from './support/profiles.ts';
import { rawRequest } from './support/raw-http.ts';
import { stateOf, unchanged } from './support/state.ts';

const NAMES = 'a topic, or several separated by commas, none of them empty';
const LONG = 'x'.repeat(4097);
const DEEP = '/'.repeat(100);

describe.each(PROFILES)('a write that is refused in %s', (profile) => {
  let gateway: TestGateway;
  let subscriber: MqttClient;
  const received: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile });
    subscriber = await gateway.connect({ clientId: 'watcher' });
    subscriber.on('message', (topic) => received.push(topic));
    await subscriber.subscribeAsync(['#', '$other/#']);
  });

  afterAll(() => gateway.close());

  const post = (path: string, body?: unknown) =>
    gateway.rest(path, { method: 'POST', ...(body === undefined ? {} : { body }) });

  const paths = ['/mqtt/publish', '/mqtt/subscribe', '/mqtt/unsubscribe'];

  test.each([
    ['is not JSON', 'topic=a&payload=b'],
    ['is cut off', '{"topic":"a","payload":'],
    ['has something behind its JSON', '{"topic":"a"} {}'],
    ['holds NaN', '{"topic":"a","qos":NaN}'],
    ['is white space', ' '],
    ['is UTF-16', Buffer.from('\ufeff{"topic":"a"}', 'utf16le')],
    ['is not UTF-8', Buffer.from('{"topic":"a\u00ff","client_id":"watcher"}', 'latin1')],
  ])('is answered 400 text when the body %s', async (_, body) => {
    await unchanged(gateway, async () => {
      for (const path of paths) {
        const request = { method: 'POST', path: `/api/v3${path}`, body };
        const { status, headers, text } = await rawRequest(gateway.httpUrl, request);
        expect([path, status, headers['content-type'], text]).toEqual([path, 400, 'text/plain', 'Bad Request']);
      }
    });
  });

  test.each([
    ['[{"topic":"a"}]', '[{"topic":"a"}]'],
    ['[]', '[]'],
    ['"a"', "'a'"],
    ['5', '5'],
    ['true', 'true'],
    ['null', 'null'],
  ])('says that the body must be an object when it is %s', async (body, value) => {
    const refusal = refused(profile, `the body must be a JSON object, not ${value}`);
    await unchanged(gateway, async () => {
      for (const path of paths) {
        const { status, headers, json } = await post(path, body);
        expect([path, status, json]).toEqual([path, 400, refusal]);
        expect(headers.get('content-type')).toBe('application/json');
      }
    });
  });

  const topic = (value: string, rest: object = {}): object => ({ topic: value, ...rest });

  test.each<[string, object | undefined, string]>([
    ['no body', undefined, `topic must be ${NAMES}, not nothing`],
    ['no topic', { payload: 'x' }, `topic must be ${NAMES}, not nothing`],
    ['an empty topic', topic(''), `topic must be ${NAMES}, not ''`],
    ['empty topics', { topics: '' }, `topics must be ${NAMES}, not ''`],
    ['an empty topic beside topics', { topic: '', topics: 'a' }, `topic must be ${NAMES}, not ''`],
    ['an empty topic in a list', topic('a,,b'), `topic must be ${NAMES}, not 'a,,b'`],
    ['an empty topic at the end', { topics: 'a,' }, `topics must be ${NAMES}, not 'a,'`],
    ['a number as topic', { topic: 5 }, 'topic must be a string, not 5'],
    ['null as topic', { topic: null, topics: 'a' }, 'topic must be a string, not null'],
    ['a list as topics', { topics: ['a', 'b'] }, 'topics must be a string, not ["a","b"]'],
    ['a number as payload', topic('a', { payload: 5 }), 'payload must be a string, not 5'],
    ['an object as payload', topic('a', { payload: { t: 1 } }), 'payload must be a string, not {"t":1}'],
    ['null as payload', topic('a', { payload: null }), 'payload must be a string, not null'],
    ['a word as qos', topic('a', { qos: 'x' }), "qos must be an integer from 0 to 2, not 'x'"],
    ['an empty qos', topic('a', { qos: '' }), "qos must be an integer from 0 to 2, not ''"],
    ['qos 3', topic('a', { qos: 3 }), 'qos must be an integer from 0 to 2, not 3'],
    ['qos -1', topic('a', { qos: -1 }), 'qos must be an integer from 0 to 2, not -1'],
    ['qos 1.5', topic('a', { qos: 1.5 }), 'qos must be an integer from 0 to 2, not 1.5'],
    ['qos null', topic('a', { qos: null }), 'qos must be an integer from 0 to 2, not null'],
    ['qos true', topic('a', { qos: true }), 'qos must be an integer from 0 to 2, not true'],
    ['a number as client_id', topic('a', { client_id: 5 }), 'client_id must be a string, not 5'],
    ['# before the last level', topic('a/#/b'), "topic must be a topic name without + and #, not 'a/#/b'"],
    ['# within a level', topic('a#'), "topic must be a topic name without + and #, not 'a#'"],
    ['+ within a level', topic('b+'), "topic must be a topic name without + and #, not 'b+'"],
    ['+ within a level of a list', topic('a,b+'), "topic must be a topic name without + and #, not 'b+'"],
    ['U+0000', topic('a\0b'), "topic must be without the character U+0000, not 'a\\u0000b'"],
    ['half of a surrogate pair', topic('a\ud83d'), "topic must be text that UTF-8 can carry, not 'a\\ud83d'"],
    ['a topic of 4097 bytes', topic(LONG), 'topic has 4097 bytes; the limit is 4096'],
    ['a topic of 4098 bytes in a list', topic(`a,${'ü'.repeat(2049)}`), 'topic has 4098 bytes; the limit is 4096'],
    ['a topic of 101 levels', topic(DEEP), 'topic has 101 levels; the limit is 100'],
    [
      'a payload over the limit',
      topic('a', { payload: 'x'.repeat(1_048_577) }),
      'payload has 1048577 bytes; the limit is 1048576',
    ],
    [
      'a client_id over the limit',
      topic('a', { client_id: 'ü'.repeat(513) }),
      'clientId has 1026 bytes; the limit is 1024',
    ],
  ])('POST /mqtt/publish with %s says what is wrong', async (_, body, sentence) => {
    const { status, json } = await unchanged(gateway, () => post('/mqtt/publish', body));
    expect(json).toEqual(refused(profile, sentence));
    expect(status).toBe(400);
  });

  test.each<[string, object | undefined, string]>([
    ['no body', undefined, `topic must be ${NAMES}, not nothing`],
    ['no topic', { client_id: 'watcher' }, `topic must be ${NAMES}, not nothing`],
    ['an empty topic', topic('', { client_id: 'watcher' }), `topic must be ${NAMES}, not ''`],
    ['an empty topic in a list', topic('a,,b', { client_id: 'watcher' }), `topic must be ${NAMES}, not 'a,,b'`],
    ['a number as client_id', topic('a', { client_id: 5 }), 'client_id must be a string, not 5'],
    ['a list as client_id', topic('a', { client_id: ['watcher'] }), 'client_id must be a string, not ["watcher"]'],
    ['qos 3', topic('a', { client_id: 'watcher', qos: 3 }), 'qos must be an integer from 0 to 2, not 3'],
    [
      '# before the last level',
      topic('a,a/#/b', { client_id: 'watcher' }),
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'a/#/b'",
    ],
    [
      '# within a level',
      topic('a#', { client_id: 'watcher' }),
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'a#'",
    ],
    [
      '+ within a level',
      topic('b+', { client_id: 'watcher' }),
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'b+'",
    ],
    [
      'U+0000',
      topic('a\0', { client_id: 'watcher' }),
      "topicFilter must be without the character U+0000, not 'a\\u0000'",
    ],
    ['a filter of 4097 bytes', topic(LONG, { client_id: 'watcher' }), 'topicFilter has 4097 bytes; the limit is 4096'],
    ['a filter of 101 levels', topic(DEEP, { client_id: 'watcher' }), 'topicFilter has 101 levels; the limit is 100'],
    [
      'a malformed filter of an unknown client',
      topic('a#', { client_id: 'nobody' }),
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'a#'",
    ],
    [
      'a shared subscription of no group',
      topic('$share//a', { client_id: 'watcher' }),
      "the shared subscription '$share//a' names no group",
    ],
  ])('POST /mqtt/subscribe with %s says what is wrong', async (_, body, sentence) => {
    const { status, json } = await unchanged(gateway, () => post('/mqtt/subscribe', body));
    expect(json).toEqual(refused(profile, sentence));
    expect(status).toBe(400);
  });

  test.each<[string, object | undefined, string]>([
    ['no body', undefined, 'topic must be a topic filter, not nothing'],
    ['no topic', { client_id: 'watcher' }, 'topic must be a topic filter, not nothing'],
    ['topics in place of topic', { client_id: 'watcher', topics: '#' }, 'topic must be a topic filter, not nothing'],
    ['an empty topic', topic('', { client_id: 'watcher' }), "topic must be a topic filter, not ''"],
    ['a number as topic', { client_id: 'watcher', topic: 5 }, 'topic must be a string, not 5'],
    ['a number as client_id', topic('#', { client_id: 5 }), 'client_id must be a string, not 5'],
    [
      '# before the last level',
      topic('a/#/b', { client_id: 'watcher' }),
      "topicFilter must be a topic filter with + and # filling a level and # last, not 'a/#/b'",
    ],
    ['a filter of 4097 bytes', topic(LONG, { client_id: 'watcher' }), 'topicFilter has 4097 bytes; the limit is 4096'],
  ])('POST /mqtt/unsubscribe with %s says what is wrong', async (_, body, sentence) => {
    const { status, json } = await unchanged(gateway, () => post('/mqtt/unsubscribe', body));
    expect(json).toEqual(refused(profile, sentence));
    expect(status).toBe(400);
  });

  test.each(['a/+', '#', '+', '+/b,c/#', '$other/#'])('POST /mqtt/publish to %s answers 115', async (filter) => {
    const { status, json } = await unchanged(gateway, () => post('/mqtt/publish', topic(filter)));
    expect(status).toBe(200);
    expect(json).toEqual(declined(profile, 115, 'bad_topic'));
  });

  test.each([
    ['/mqtt/subscribe', { client_id: 'nobody' }],
    ['/mqtt/subscribe', {}],
    ['/mqtt/subscribe', { client_id: '' }],
    ['/mqtt/unsubscribe', { client_id: 'nobody' }],
    ['/mqtt/unsubscribe', {}],
  ])('POST %s for a client without a session answers 112: %j', async (path, client) => {
    const { status, json } = await unchanged(gateway, () => post(path, { topic: 'a', ...client }));
    expect(status).toBe(200);
    expect(json).toEqual(declined(profile, 112, 'session_not_found'));
  });

  test('POST /mqtt/publish skips the wildcards of a list, and nothing that was refused before arrives', async () => {
    const before = await stateOf(gateway);
    const { status, json } = await post('/mqtt/publish', topic('x/+,last/1,#,last/2', { payload: 'p', qos: 1 }));
    expect(status).toBe(200);
    expect(json).toEqual({ code: 0 });
    await eventually(() => received.includes('last/2'), 'the last message');
    expect(received).toEqual(['last/1', 'last/2']);
    expect(await stateOf(gateway)).not.toEqual(before);
  });
});
