import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../bad-input/support/raw-http.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { escaped, segment, TOPIC_NAMES, titleOf, WILDCARD_FILTERS } from './names.ts';

const titled = (names: readonly string[]) => names.map((name) => [titleOf(name), name] as const);

describe('a topic', () => {
  let gateway: TestGateway;
  let client: MqttClient;

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
    client = await gateway.connect({ clientId: 'listener', clean: false });
  });

  afterAll(() => gateway.close());

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { status, text } = await rawRequest(gateway.httpUrl, {
      method,
      path: `/api/v3${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([status, path]).toEqual([200, path]);
    return JSON.parse(text);
  };

  const heard = (): Promise<{ topic: string; payload: string }> =>
    new Promise((resolve) => {
      client.once('message', (topic, payload) => resolve({ topic, payload: payload.toString() }));
    });

  const routes = (topic: string): Promise<unknown> => call('GET', `/routes/${segment(topic)}`);
  const none = { code: 0, data: [] };

  describe.each(titled(TOPIC_NAMES))('named %s', (_, topic) => {
    const row = { topic, node: NODE };

    test('is subscribed by a client, found, and carries what REST and GraphQL publish', async () => {
      await client.subscribeAsync(topic);
      for (const path of [`/routes/${segment(topic)}`, `/routes/${escaped(topic)}`]) {
        expect(await call('GET', path)).toEqual({ code: 0, data: [row] });
      }
      expect(await call('GET', '/routes/')).toMatchObject({ data: [row], meta: { count: 1 } });
      expect(await call('GET', '/subscriptions/')).toMatchObject({ data: [row], meta: { count: 1 } });
      const query = `query ($topic: String!) {
        routes(filter: { topicFilter: $topic }) { items { topicFilter subscriptions { items { clientId } } } }
        prefix: routes(filter: { topicFilterPrefix: $topic }) { items { topicFilter } }
        fuzzy: routes(filter: { topicFilterContains: $topic }) { items { topicFilter } }
        matches: routes(filter: { matches: $topic }) { items { topicFilter } }
        subscriptions(filter: { matches: $topic }) { items { topicFilter } }
        connections(filter: { topicFilter: $topic }) { items { clientId } }
        sessions(filter: { topicFilter: $topic }) { items { clientId } }
      }`;
      const found = { items: [{ topicFilter: topic }] };
      const listener = { items: [{ clientId: 'listener' }] };
      expect(await gateway.graphql(query, { topic })).toEqual({
        data: {
          routes: { items: [{ topicFilter: topic, subscriptions: listener }] },
          prefix: found,
          fuzzy: found,
          matches: found,
          subscriptions: found,
          connections: listener,
          sessions: listener,
        },
      });

      const published: [string, () => Promise<unknown>][] = [
        [
          'GraphQL',
          () =>
            gateway.graphql('mutation ($input: PublishInput!) { publish(input: $input) { topic } }', {
              input: { topic, payload: { text: topic } },
            }),
        ],
        ['MQTT', () => client.publishAsync(topic, topic)],
      ];
      if (!topic.includes(',')) {
        const message = { topic, payload: topic };
        published.push(
          ['a body', () => call('POST', '/mqtt/publish', message)],
          ['topics', () => call('POST', '/mqtt/publish', { topics: topic, payload: topic })],
          ['a query', () => call('POST', `/mqtt/publish?topic=${escaped(topic)}`, { payload: topic })],
          ['a batch', () => call('POST', '/mqtt/publish_batch', [message])],
        );
      }
      for (const [by, publish] of published) {
        const message = heard();
        await publish();
        expect([by, await message]).toEqual([by, { topic, payload: topic }]);
      }
      await client.unsubscribeAsync(topic);
      expect(await routes(topic)).toEqual(none);
    });

    test('is subscribed and unsubscribed for a client', async () => {
      const input = { clientId: 'listener', topicFilters: [{ topicFilter: topic, qos: 2 }] };
      const subscribe =
        'mutation ($input: SubscribeInput!) { subscribe(input: $input) { subscriptions { topicFilter qos } } }';
      expect(await gateway.graphql(subscribe, { input })).toEqual({
        data: { subscribe: { subscriptions: [{ topicFilter: topic, qos: 2 }] } },
      });
      expect(await routes(topic)).toEqual({ code: 0, data: [row] });
      const unsubscribe =
        'mutation ($topic: String!) { unsubscribe(input: { clientId: "listener", topicFilters: [$topic] }) { clientId } }';
      expect(await gateway.graphql(unsubscribe, { topic })).toEqual({
        data: { unsubscribe: { clientId: 'listener' } },
      });
      expect(await routes(topic)).toEqual(none);
      if (topic.includes(',')) return;

      const asked = { client_id: 'listener', topic };
      expect(await call('POST', '/mqtt/subscribe', asked)).toEqual({ code: 0 });
      expect(await routes(topic)).toEqual({ code: 0, data: [row] });
      expect(await call('POST', `/mqtt/unsubscribe?topic=${segment(topic)}`, { client_id: 'listener' })).toEqual({
        code: 0,
      });
      expect(await routes(topic)).toEqual(none);
      const batch = { code: 0, data: [{ ...asked, code: 0 }] };
      expect(await call('POST', '/mqtt/subscribe_batch', [asked])).toEqual(batch);
      expect(await call('GET', '/subscriptions/listener')).toMatchObject({ data: [row] });
      expect(await call('POST', '/mqtt/unsubscribe_batch', [asked])).toEqual(batch);
      expect(await routes(topic)).toEqual(none);
    });
  });

  describe.each(titled(WILDCARD_FILTERS))('filter %s', (_, filter) => {
    const name = filter.replaceAll('+', '?').replace('#', '%');

    test('is found as it stands, and matches', async () => {
      await client.subscribeAsync(filter);
      expect(await routes(filter)).toEqual({ code: 0, data: [{ topic: filter, node: NODE }] });
      expect(await call('GET', `/routes/${segment(name)}`)).toEqual(none);
      const query = 'query ($topic: String!) { subscriptions(filter: { matches: $topic }) { items { topicFilter } } }';
      expect(await gateway.graphql(query, { topic: name })).toEqual({
        data: { subscriptions: { items: [{ topicFilter: filter }] } },
      });
      const message = heard();
      expect(await call('POST', '/mqtt/publish', { topic: name, payload: 'x' })).toEqual({ code: 0 });
      expect(await message).toEqual({ topic: name, payload: 'x' });
      expect(await call('POST', '/mqtt/unsubscribe', { client_id: 'listener', topic: filter })).toEqual({ code: 0 });
      expect(await routes(filter)).toEqual(none);
    });

    test('is subscribed for a client by REST', async () => {
      expect(await call('POST', '/mqtt/subscribe', { client_id: 'listener', topic: filter })).toEqual({ code: 0 });
      const message = heard();
      await client.publishAsync(name, 'x');
      expect(await message).toEqual({ topic: name, payload: 'x' });
      expect(await call('POST', '/mqtt/unsubscribe', { client_id: 'listener', topic: filter })).toEqual({ code: 0 });
    });
  });

  test('with a comma is one to GraphQL and to unsubscribe, and two to publish and subscribe', async () => {
    expect(await call('POST', '/mqtt/subscribe', { client_id: 'listener', topic: 'a,b' })).toEqual({ code: 0 });
    expect(await call('POST', '/mqtt/unsubscribe', { client_id: 'listener', topic: 'a,b' })).toEqual({ code: 0 });
    expect(await call('GET', '/subscriptions/listener')).toMatchObject({ data: [{ topic: 'a' }, { topic: 'b' }] });
    await client.unsubscribeAsync(['a', 'b']);
  });

  test('in a path without its slash escaped is not found, and a doubled slash is none', async () => {
    await client.subscribeAsync(['test', '/test']);
    expect(await call('GET', '/routes//test')).toEqual({ code: 0, data: [{ topic: 'test', node: NODE }] });
    expect(await call('GET', '/routes/%2Ftest')).toEqual({ code: 0, data: [{ topic: '/test', node: NODE }] });
    const { status, text } = await rawRequest(gateway.httpUrl, { path: '/api/v3/routes/a/test' });
    expect([status, text]).toEqual([404, 'Not found.']);
  });
});
