import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { unchanged } from './support/state.ts';

const YAML = `
mqtt:
  max_topic_len: 10
  max_topic_levels: 3
  max_clientid_len: 8
  max_packet_size: 1000
http:
  max_body: 5000
`;

const PUBLISH = 'mutation ($input: PublishInput!) { publish(input: $input) { topic } }';
const SUBSCRIBE = 'mutation ($input: SubscribeInput!) { subscribe(input: $input) { subscriptions { topicFilter } } }';
const UNSUBSCRIBE = 'mutation ($input: UnsubscribeInput!) { unsubscribe(input: $input) { clientId } }';

/** What REST says, and GraphQL with the argument. */
const faults: [string, object, string, string, unknown][] = [
  ['a topic of 11 bytes', { topic: 'x'.repeat(11) }, 'topic has 11 bytes; the limit is 10', 'topic', 11],
  ['a topic of 12 bytes in 6 characters', { topic: 'ü'.repeat(6) }, 'topic has 12 bytes; the limit is 10', 'topic', 12],
  ['a topic of 4 levels', { topic: 'a/b/c/d' }, 'topic has 4 levels; the limit is 3', 'topic', 4],
  [
    'a client id of 9 bytes',
    { topic: 'a', clientId: '123456789' },
    'clientId has 9 bytes; the limit is 8',
    'clientId',
    9,
  ],
  [
    'a payload of 1001 bytes',
    { topic: 'a', text: 'x'.repeat(1001) },
    'payload has 1001 bytes; the limit is 1000',
    'payload',
    1001,
  ],
];

describe('limits that are configured', () => {
  let gateway: TestGateway;
  const received: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway(YAML);
    const watcher = await gateway.connect({ clientId: 'watcher' });
    watcher.on('message', (topic) => received.push(topic));
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  test.each(faults)('refuse %s to a publisher', async (_, message, sentence, argument, value) => {
    const { topic, clientId, text } = message as { topic: string; clientId?: string; text?: string };
    const body = { topic, client_id: clientId, payload: text };
    const rest = await unchanged(gateway, () => gateway.rest('/mqtt/publish', { method: 'POST', body }));
    expect([rest.status, rest.json]).toEqual([400, { message: sentence }]);
    const input = { topic, ...(clientId ? { clientId } : {}), ...(text ? { payload: { text } } : {}) };
    const { data, errors } = await unchanged(gateway, () => gateway.graphql(PUBLISH, { input }));
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ message: sentence, extensions: { code: 'LIMIT_EXCEEDED', argument, value } }]);
  });

  test.each([
    ['x'.repeat(11), 'topicFilter has 11 bytes; the limit is 10', 11],
    ['ü/123/😀', 'topicFilter has 11 bytes; the limit is 10', 11],
    ['+/+/+/#', 'topicFilter has 4 levels; the limit is 3', 4],
  ])('refuse the topic filter %s', async (topicFilter, sentence, value) => {
    const body = { client_id: 'watcher', topic: topicFilter };
    for (const path of ['/mqtt/subscribe', '/mqtt/unsubscribe']) {
      const rest = await unchanged(gateway, () => gateway.rest(path, { method: 'POST', body }));
      expect([rest.status, rest.json]).toEqual([400, { message: sentence }]);
    }
    const error = { message: sentence, extensions: { code: 'LIMIT_EXCEEDED', argument: 'topicFilter', value } };
    const input = { clientId: 'watcher', topicFilters: [{ topicFilter }] };
    const subscribed = await unchanged(gateway, () => gateway.graphql(SUBSCRIBE, { input }));
    expect(subscribed).toMatchObject({ data: null, errors: [error] });
    const given = { clientId: 'watcher', topicFilters: [topicFilter] };
    const unsubscribed = await unchanged(gateway, () => gateway.graphql(UNSUBSCRIBE, { input: given }));
    expect(unsubscribed).toMatchObject({ data: null, errors: [error] });
  });

  test('refuse a body over http.max_body', async () => {
    const body = `{"topic":"a","payload":"${'x'.repeat(5000)}"}`;
    const rest = await unchanged(gateway, () => gateway.rest('/mqtt/publish', { method: 'POST', body }));
    const message = `the body has ${body.length} bytes; the limit is 5000`;
    expect([rest.status, rest.json]).toEqual([413, { message }]);
    const answer = await gateway.graphql(`{ nodes { name } } # ${'x'.repeat(5000)}`);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  });

  test('admit what lies exactly at them', async () => {
    const body = { topic: 'ü/12/😀', client_id: '12345678', payload: 'x'.repeat(1000) };
    const { status, json } = await gateway.rest('/mqtt/publish', { method: 'POST', body });
    expect([status, json]).toEqual([200, { code: 0 }]);
    const input = { topic: 'a/b/c', clientId: 'ü123456', payload: { text: 'x'.repeat(1000) } };
    expect(await gateway.graphql(PUBLISH, { input })).toEqual({ data: { publish: { topic: 'a/b/c' } } });
    const filter = { clientId: 'watcher', topicFilters: [{ topicFilter: '+/123456/#' }] };
    expect(await gateway.graphql(SUBSCRIBE, { input: filter })).toEqual({
      data: { subscribe: { subscriptions: [{ topicFilter: '+/123456/#' }] } },
    });
  });

  test('end an MQTT connection whose packet is above mqtt.max_packet_size', async () => {
    const talker = await gateway.connect({ clientId: 'talker' });
    const closed = new Promise((resolve) => talker.once('close', () => resolve(true)));
    talker.on('error', () => {});
    talker.publish('too/large', 'x'.repeat(1001));
    expect(await closed).toBe(true);
    expect(received).not.toContain('too/large');
  });

  test.each([
    ['of 9 bytes', '123456789'],
    ['of 10 bytes in 5 characters', 'ü'.repeat(5)],
    ['of 12 bytes in 6 code units', '😀'.repeat(3)],
  ])('refuse a client id %s with CONNACK 2', async (_, clientId) => {
    const refusal = { code: 2 };
    await expect(unchanged(gateway, () => gateway.connect({ clientId }))).rejects.toMatchObject(refusal);
    await expect(gateway.connect({ clientId, overWebSocket: true })).rejects.toMatchObject(refusal);
    expect((await gateway.rest(`/connections/${encodeURIComponent(clientId)}`)).json).toEqual([]);
  });

  test.each(['12345678', 'üüüü', '😀😀'])('admit the client id %s of 8 bytes', async (clientId) => {
    await gateway.connect({ clientId });
    const { json } = await gateway.rest(`/connections/${encodeURIComponent(clientId)}`);
    expect(json).toMatchObject([{ client_id: clientId }]);
  });
});
