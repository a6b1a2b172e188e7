import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { refusedMutation, watch } from './support/mutations.ts';

describe('an input of GraphQL', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  const mutate = (name: string, input: unknown) => refusedMutation(gateway, name, input);

  test.each<[string, unknown, string]>([
    ['publish', undefined, 'Variable "$input" of required type "PublishInput!" was not provided.'],
    ['publish', null, 'Variable "$input" of non-null type "PublishInput!" must not be null.'],
    ['publish', {}, 'Field "topic" of required type "String!" was not provided.'],
    ['publish', { topic: 5 }, 'got invalid value 5 at "input.topic"'],
    ['publish', { topic: ['a'] }, 'got invalid value ["a"] at "input.topic"'],
    ['publish', { topic: 'a', qos: 'x' }, 'got invalid value "x" at "input.qos"'],
    ['publish', { topic: 'a', qos: 1.5 }, 'got invalid value 1.5 at "input.qos"'],
    ['publish', { topic: 'a', retain: 'true' }, 'got invalid value "true" at "input.retain"'],
    ['publish', { topic: 'a', clientId: {} }, 'got invalid value {} at "input.clientId"'],
    ['publish', { topic: 'a', payload: 'x' }, 'Expected type "PayloadInput" to be an object.'],
    ['publish', { topic: 'a', payload: {} }, 'got invalid value {} at "input.payload"; Exactly one key'],
    ['publish', { topic: 'a', payload: { text: 'x', base64: 'eA==' } }, 'at "input.payload"; Exactly one key'],
    ['publish', { topic: 'a', payload: { text: null } }, 'got invalid value null at "input.payload.text"'],
    ['publish', { topic: 'a', payload: { text: 5 } }, 'got invalid value 5 at "input.payload.text"'],
    ['publish', { topic: 'a', payload: { base64: '*' } }, 'got invalid value "*" at "input.payload.base64"'],
    ['publish', { topic: 'a', payload: { base64: 'YQ' } }, 'got invalid value "YQ" at "input.payload.base64"'],
    ['publish', { topic: 'a', payload: { base64: 'YQ=\n' } }, 'at "input.payload.base64"; Base64 must be base64 text'],
    ['publish', { topic: 'a', payload: { base64: 5 } }, 'got invalid value 5 at "input.payload.base64"'],
    ['publish', { topic: 'a', more: 1 }, 'Field "more" is not defined by type "PublishInput"'],
    ['publish', { topic: 'a', constructor: 1 }, 'Field "constructor" is not defined by type "PublishInput"'],
    ['publishMany', { messages: [null] }, 'got invalid value null at "input.messages[0]"'],
    ['subscribe', { clientId: 'watcher', topicFilters: ['a'] }, 'got invalid value "a" at "input.topicFilters[0]"'],
    ['unsubscribe', { clientId: 'watcher', topicFilters: [5] }, 'got invalid value 5 at "input.topicFilters[0]"'],
    ['kickConnections', { target: {} }, 'got invalid value {} at "input.target"; Exactly one key'],
    ['kickConnections', { target: { clientId: 'watcher', clientIds: [] } }, 'at "input.target"; Exactly one key'],
    ['kickConnections', { target: { filter: { more: 1 } } }, 'Field "more" is not defined by type "ConnectionFilter"'],
  ])('%s %j is of the wrong type', async (name, input, sentence) => {
    const { data, errors } = await mutate(name, input);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      { message: expect.stringContaining(sentence), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(errors).toHaveLength(1);
  });

  test('faults of single items stand beside what was done', async () => {
    expect(await mutate('publishMany', { messages: [{ topic: '#' }, { topic: 'a/+' }] })).toEqual({
      data: {
        publishMany: {
          results: ['#', 'a/+'].map((topic) => ({
            topic,
            fault: {
              code: 'BAD_TOPIC',
              message: `'${topic}' is a topic filter; a message needs a topic name without + and #`,
            },
          })),
        },
      },
    });
    const nobody = {
      clientId: 'nobody',
      fault: { code: 'SESSION_NOT_FOUND', message: "client 'nobody' has no session" },
    };
    expect(await mutate('subscribeMany', { requests: [{ ...watch('a'), clientId: 'nobody' }] })).toEqual({
      data: { subscribeMany: { results: [nobody] } },
    });
    expect(await mutate('unsubscribeMany', { requests: [{ clientId: 'nobody', topicFilters: ['a'] }] })).toEqual({
      data: { unsubscribeMany: { results: [nobody] } },
    });
    expect(await mutate('kickConnections', { target: { clientIds: ['nobody'] } })).toEqual({
      data: {
        kickConnections: {
          kickedCount: 0,
          faults: [
            { clientId: 'nobody', fault: { code: 'CLIENT_NOT_ONLINE', message: "client 'nobody' is not online" } },
          ],
        },
      },
    });
  });
});
