import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { many, refusedMutation, watch } from './support/mutations.ts';

const FILTER = 'a topic filter with + and # filling a level and # last';

describe('what GraphQL refuses to do to a client', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  const mutate = (name: string, input: unknown) => refusedMutation(gateway, name, input);

  test.each<[string, object, string, string, string, unknown]>([
    ['subscribe', watch('a#'), 'BAD_USER_INPUT', `topicFilter must be ${FILTER}, not 'a#'`, 'topicFilter', 'a#'],
    ['subscribe', watch(''), 'BAD_USER_INPUT', "topicFilter must be at least one character, not ''", 'topicFilter', ''],
    ['subscribe', watch('a', 3), 'BAD_USER_INPUT', 'qos must be 0, 1 or 2, not 3', 'qos', '3'],
    [
      'subscribe',
      watch('x'.repeat(4097)),
      'LIMIT_EXCEEDED',
      'topicFilter has 4097 bytes; the limit is 4096',
      'topicFilter',
      4097,
    ],
    [
      'subscribe',
      { clientId: 'watcher', topicFilters: [] },
      'BAD_USER_INPUT',
      'topicFilters must be at least one topic filter, not []',
      'topicFilters',
      '[]',
    ],
    [
      'subscribe',
      { ...watch('a'), clientId: 'nobody' },
      'SESSION_NOT_FOUND',
      "client 'nobody' has no session",
      'clientId',
      'nobody',
    ],
    ['subscribe', { ...watch('a'), clientId: '' }, 'SESSION_NOT_FOUND', "client '' has no session", 'clientId', ''],
    [
      'subscribeMany',
      { requests: [watch('a'), watch('b+')] },
      'BAD_USER_INPUT',
      `topicFilter must be ${FILTER}, not 'b+'`,
      'topicFilter',
      'b+',
    ],
    [
      'unsubscribe',
      { clientId: 'watcher', topicFilters: ['#', 'a/#/b'] },
      'BAD_USER_INPUT',
      `topicFilter must be ${FILTER}, not 'a/#/b'`,
      'topicFilter',
      'a/#/b',
    ],
    [
      'unsubscribe',
      { clientId: 'watcher', topicFilters: [] },
      'BAD_USER_INPUT',
      'topicFilters must be at least one topic filter, not []',
      'topicFilters',
      '[]',
    ],
    [
      'unsubscribe',
      { clientId: 'nobody', topicFilters: ['#'] },
      'SESSION_NOT_FOUND',
      "client 'nobody' has no session",
      'clientId',
      'nobody',
    ],
    [
      'unsubscribeMany',
      {
        requests: [
          { clientId: 'watcher', topicFilters: ['#'] },
          { clientId: 'watcher', topicFilters: ['a#'] },
        ],
      },
      'BAD_USER_INPUT',
      `topicFilter must be ${FILTER}, not 'a#'`,
      'topicFilter',
      'a#',
    ],
    [
      'kickConnection',
      { clientId: 'nobody' },
      'CLIENT_NOT_ONLINE',
      "client 'nobody' is not online",
      'clientId',
      'nobody',
    ],
    [
      'kickConnections',
      { target: { filter: {} } },
      'BAD_USER_INPUT',
      'filter must be a filter with at least one field, not {}',
      'filter',
      '{}',
    ],
    [
      'kickConnections',
      { target: { filter: { clientId: null } } },
      'BAD_USER_INPUT',
      'filter must be a filter with at least one field, not {"clientId":null}',
      'filter',
      '{"clientId":null}',
    ],
    [
      'cleanSession',
      { clientId: 'nobody' },
      'SESSION_NOT_FOUND',
      "client 'nobody' has no session",
      'clientId',
      'nobody',
    ],
    [
      'cleanSession',
      { clientId: 'watcher' },
      'SESSION_RUNNING',
      "client 'watcher' is connected; its session is in use",
      'clientId',
      'watcher',
    ],
    [
      'cleanSession',
      { clientId: 'watcher', node: 'nobody' },
      'NOT_FOUND',
      "node 'nobody' is unknown",
      'node',
      'nobody',
    ],
    [
      'cleanAclCache',
      { clientId: 'nobody', topic: 'a' },
      'CLIENT_NOT_ONLINE',
      "client 'nobody' is not online",
      'clientId',
      'nobody',
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
      'subscribe',
      { clientId: 'watcher', topicFilters: many(1001, { topicFilter: 'a' }) },
      'topicFilters has 1001 items; the limit is 1000',
      'topicFilters',
      1001,
    ],
    [
      'subscribeMany',
      { requests: many(1001, watch('a')) },
      'requests has 1001 items; the limit is 1000',
      'requests',
      1001,
    ],
    [
      'unsubscribe',
      { clientId: 'watcher', topicFilters: many(1001, 'a') },
      'topicFilters has 1001 items; the limit is 1000',
      'topicFilters',
      1001,
    ],
    [
      'unsubscribeMany',
      { requests: many(1001, { clientId: 'watcher', topicFilters: ['#'] }) },
      'requests has 1001 items; the limit is 1000',
      'requests',
      1001,
    ],
    [
      'kickConnections',
      { target: { clientIds: many(1001, 'watcher') } },
      'clientIds has 1001 items; the limit is 1000',
      'clientIds',
      1001,
    ],
  ])('%s %j is refused before anything runs', async (name, input, sentence, argument, value) => {
    const { data, errors } = await mutate(name, input);
    expect(data).toBeUndefined();
    expect(errors).toEqual([{ message: sentence, extensions: { code: 'LIMIT_EXCEEDED', argument, value } }]);
  });
});
