import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { many, refusedMutation } from './support/mutations.ts';

describe('a message that GraphQL refuses', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  const mutate = (name: string, input: unknown) => refusedMutation(gateway, name, input);

  test.each<[string, object, string, string, string, unknown]>([
    [
      'publish',
      { topic: 'a/+' },
      'BAD_TOPIC',
      "'a/+' is a topic filter; a message needs a topic name without + and #",
      'topic',
      'a/+',
    ],
    ['publish', { topic: '' }, 'BAD_USER_INPUT', "topic must be at least one character, not ''", 'topic', ''],
    [
      'publish',
      { topic: 'a#' },
      'BAD_USER_INPUT',
      "topic must be a topic name without + and #, not 'a#'",
      'topic',
      'a#',
    ],
    [
      'publish',
      { topic: 'a/#/b' },
      'BAD_USER_INPUT',
      "topic must be a topic name without + and #, not 'a/#/b'",
      'topic',
      'a/#/b',
    ],
    [
      'publish',
      { topic: 'a\0' },
      'BAD_USER_INPUT',
      "topic must be without the character U+0000, not 'a\\u0000'",
      'topic',
      'a\\u0000',
    ],
    [
      'publish',
      { topic: '\ud83d' },
      'BAD_USER_INPUT',
      "topic must be text that UTF-8 can carry, not '\\ud83d'",
      'topic',
      '\\ud83d',
    ],
    [
      'publish',
      { topic: 'x'.repeat(4097) },
      'LIMIT_EXCEEDED',
      'topic has 4097 bytes; the limit is 4096',
      'topic',
      4097,
    ],
    ['publish', { topic: '/'.repeat(100) }, 'LIMIT_EXCEEDED', 'topic has 101 levels; the limit is 100', 'topic', 101],
    ['publish', { topic: 'a', qos: 3 }, 'BAD_USER_INPUT', 'qos must be 0, 1 or 2, not 3', 'qos', '3'],
    ['publish', { topic: 'a', qos: -1 }, 'BAD_USER_INPUT', 'qos must be 0, 1 or 2, not -1', 'qos', '-1'],
    [
      'publish',
      { topic: 'a', clientId: 'x'.repeat(1025) },
      'LIMIT_EXCEEDED',
      'clientId has 1025 bytes; the limit is 1024',
      'clientId',
      1025,
    ],
    [
      'publish',
      { topic: 'a', payload: { text: 'ü'.repeat(524_289) } },
      'LIMIT_EXCEEDED',
      'payload has 1048578 bytes; the limit is 1048576',
      'payload',
      1_048_578,
    ],
    [
      'publishMany',
      { messages: [{ topic: 'a' }, { topic: 'b+' }] },
      'BAD_USER_INPUT',
      "topic must be a topic name without + and #, not 'b+'",
      'topic',
      'b+',
    ],
    [
      'publishMany',
      { messages: [{ topic: 'a' }, { topic: 'b', qos: 3 }] },
      'BAD_USER_INPUT',
      'qos must be 0, 1 or 2, not 3',
      'qos',
      '3',
    ],
  ])('%s %j is %s', async (name, input, code, sentence, argument, value) => {
    const { data, errors } = await mutate(name, input);
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({ message: sentence, path: [name], extensions: { code, argument, value } }),
    ]);
  });

  test.each<[string, object, string, string, number]>([
    [
      'publishMany',
      { messages: many(1001, { topic: 'a' }) },
      'messages has 1001 items; the limit is 1000',
      'messages',
      1001,
    ],
  ])('%s %j is refused before anything runs', async (name, input, sentence, argument, value) => {
    const { data, errors } = await mutate(name, input);
    expect(data).toBeUndefined();
    expect(errors).toEqual([{ message: sentence, extensions: { code: 'LIMIT_EXCEEDED', argument, value } }]);
  });
});
