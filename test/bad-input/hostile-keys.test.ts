import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { unchanged } from './support/state.ts';

const NAMES = 'a topic, or several separated by commas, none of them empty';

describe('names that an object of JavaScript has already', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  const post = (path: string, body?: string) =>
    gateway.rest(path, { method: 'POST', ...(body === undefined ? {} : { body }) });

  test.each([
    '{"__proto__":{"topic":"a"}}',
    '{"constructor":{"prototype":{"topic":"a"}}}',
    '{"prototype":{"topic":"a"}}',
    '{"__proto__":null}',
    '{"hasOwnProperty":1,"toString":"topic","valueOf":null}',
  ])('give no topic as keys of a body: %s', async (body) => {
    const refusal = { code: 108, message: `topic must be ${NAMES}, not nothing` };
    for (const path of ['/mqtt/publish', '/mqtt/subscribe']) {
      const { status, json } = await unchanged(gateway, () => post(path, body));
      expect([status, json]).toEqual([400, refusal]);
    }
    const batch = await unchanged(gateway, () => post('/mqtt/publish_batch', `[${body}]`));
    expect([batch.status, batch.json]).toEqual([400, refusal]);
    expect(({} as { topic?: unknown }).topic).toBeUndefined();
  });

  test.each([
    '__proto__[topic]=a',
    '__proto__=a',
    'constructor[prototype][topic]=a',
    'toString=a',
    '__proto__.topic=a',
  ])('give no topic in a query: ?%s', async (query) => {
    const { status, json } = await unchanged(gateway, () => post(`/mqtt/publish?${query}`));
    expect([status, json]).toEqual([400, { code: 108, message: `topic must be ${NAMES}, not nothing` }]);
  });

  test('do not retain, and are passed over beside what is asked', async () => {
    const body =
      '{"topic":"plain","__proto__":{"retain":true,"qos":9},"constructor":1,"toString":2,"hasOwnProperty":3}';
    const { status, json } = await post('/mqtt/publish?__proto__=1&constructor=2', body);
    expect([status, json]).toEqual([200, { code: 0 }]);
    expect(await gateway.graphql('{ stats { retainedCount } }')).toEqual({ data: { stats: [{ retainedCount: 0 }] } });
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    'name nobody: %s',
    async (name) => {
      for (const path of ['connections', 'sessions', 'subscriptions', 'routes', 'connection/username']) {
        const { status, json } = await gateway.rest(`/${path}/${name}`);
        expect([path, status, json]).toEqual([path, 200, { code: 0, data: [] }]);
      }
      const kicked = await unchanged(gateway, () => gateway.rest(`/connections/${name}`, { method: 'DELETE' }));
      expect(kicked.json).toEqual({ code: 112, message: 'not_found' });
      const subscribed = await unchanged(gateway, () =>
        post('/mqtt/subscribe', JSON.stringify({ client_id: name, topic: name })),
      );
      expect(subscribed.json).toEqual({ code: 112, message: 'session_not_found' });
      const query = `query ($name: ID!) {
        connection(clientId: $name) { clientId } session(clientId: $name) { clientId } node(name: $name) { name }
        connectionsByClientId(clientIds: [$name]) { clientId }
      }`;
      expect(await gateway.graphql(query, { name })).toEqual({
        data: { connection: null, session: null, node: null, connectionsByClientId: [null] },
      });
    },
  );

  test('as variables and aliases of GraphQL mean nothing but themselves', async () => {
    const query = 'query ($constructor: ID!) { __proto__: connection(clientId: $constructor) { toString: clientId } }';
    const { data, errors } = await gateway.graphql(query, { constructor: 'watcher', __proto__: { clientId: 'x' } });
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toBe('{"__proto__":{"toString":"watcher"}}');
  });
});
