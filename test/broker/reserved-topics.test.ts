import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { clientIdsOf, growth, isOffline, metricsOf, routesOf, subscriptionsOf } from './figures.ts';
import { connectPacket, connectWire, openWire, publishPacket, subscribePacket, type Wire } from './wire.ts';

const LEVELS = Array.from({ length: 11 }, (_, i) => i).join('/');
const LONG = 'x'.repeat(65);
const SENTENCE = 'outside of $SYS/, which is for the broker alone';

let gateway: TestGateway;
/** Subscribes to everything, the broker's own topics too. */
let observer: Wire;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_topic_len: 64, max_topic_levels: 10}', { BROKERQL_REST_PROFILE: '3.2' });
  observer = await connectWire(gateway, { clientId: 'observer' });
  await observer.subscribe(['#', 0], ['$SYS', 0]);
});

afterAll(() => gateway.close());

const rest = async (path: string, body: unknown): Promise<unknown> =>
  (await gateway.rest(path, { method: 'POST', body })).json;

/** What has come to the observer until now. */
async function observed(): Promise<string[]> {
  await rest('/mqtt/publish', { topic: 'end', payload: 'x', qos: 1 });
  const topics: string[] = [];
  for (;;) {
    const { topic } = await observer.next('publish');
    if (topic === 'end') return topics;
    topics.push(topic);
  }
}

/** Topics that nobody may publish to: each is refused on the wire as in the API. */
const refused = [
  ['below $SYS/', '$SYS/forged/a', 'BAD_USER_INPUT'],
  ['the level $SYS/ alone', '$SYS/', 'BAD_USER_INPUT'],
  ["the broker's own word of a new client", '$SYS/other/new/clients', 'BAD_USER_INPUT'],
  ['with U+0000', 'a\u0000b', 'BAD_USER_INPUT'],
  ['of too many bytes', LONG, 'LIMIT_EXCEEDED'],
  ['of too many levels', LEVELS, 'LIMIT_EXCEEDED'],
  ['with +', 'a/+', 'BAD_TOPIC'],
  ['with #', 'a/#', 'BAD_TOPIC'],
  ['with + within a level', 'a+', 'BAD_USER_INPUT'],
] as const;

describe.each(refused)('a topic %s', (_, topic, code) => {
  test('is refused to the API', async () => {
    const mutation = 'mutation ($topic: String!) { publish(input: { topic: $topic, qos: 1 }) { topic } }';
    const { data, errors } = await gateway.graphql(mutation, { topic });
    expect({ data, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({ data: null, codes: [code] });
    expect(await observed()).toEqual([]);
  });

  test.each([0, 1, 2] as const)('ends the connection of a client that publishes to it with QoS %i', async (qos) => {
    const wire = await connectWire(gateway, { clientId: 'publisher' });
    wire.write(publishPacket(topic, qos, qos === 0 ? undefined : 1));
    await wire.closed;
    await isOffline(gateway, 'publisher');
    expect(await observed()).toEqual([]);
  });

  test.each([0, 1, 2] as const)('keeps a client out that has it as the topic of a will with QoS %i', async (qos) => {
    const before = await metricsOf(gateway);
    const will = { topic, payload: Buffer.from('x'), qos, retain: true };
    const wire = await openWire(gateway);
    wire.write(connectPacket({ clientId: 'mortal', will }));
    if (topic.startsWith('$SYS/')) expect((await wire.next('connack')).returnCode).toBe(5);
    await wire.closed;
    expect(await observed()).toEqual([]);
    const figures = growth(before, await metricsOf(gateway));
    // U+0000 is no text, so that there is no CONNECT.
    const isText = !topic.includes('\u0000');
    expect([figures.packetsPublishError, figures.messagesRetained]).toEqual([isText ? 1 : undefined, undefined]);
  });
});

describe('what only looks reserved', () => {
  test.each(['$SYS', '$SYSTEM/a', '$sys/a', 'a/$SYS/b'])(
    '%s is published by clients, wills and the API',
    async (topic) => {
      await observer.subscribe([topic, 0]);
      const publisher = await connectWire(gateway, { clientId: 'publisher' });
      await publisher.ask(publishPacket(topic, 1, 1), 'puback');
      await publisher.disconnect();
      const will = { topic, payload: Buffer.from('x'), qos: 1 as const, retain: false };
      await (await connectWire(gateway, { clientId: 'mortal', will })).vanish();
      for (const _ of ['the publisher', 'the will']) expect((await observer.next('publish')).topic).toBe(topic);
      await rest('/mqtt/publish', { topic, payload: 'x', qos: 1 });
      expect(await observed()).toEqual([topic]);
    },
  );
});

describe('$SYS/ over the API', () => {
  test('is refused with a sentence', async () => {
    const { errors } = await gateway.graphql('mutation { publish(input: { topic: "$SYS/forged/a" }) { topic } }');
    expect(errors?.map(({ message }) => message)).toEqual([`topic must be ${SENTENCE}, not '$SYS/forged/a'`]);
    expect(await rest('/mqtt/publish', { topic: '$SYS/forged/a' })).toMatchObject({
      message: `topic must be ${SENTENCE}, not '$SYS/forged/a'`,
    });
  });

  test('refuses a batch as a whole', async () => {
    const batch = [
      { topic: 'fine', payload: 'x' },
      { topic: '$SYS/forged/a', payload: 'x' },
    ];
    expect(await rest('/mqtt/publish_batch', batch)).toMatchObject({
      message: `topic must be ${SENTENCE}, not '$SYS/forged/a'`,
    });
    expect(await observed()).toEqual([]);
  });

  test('does not let a client be closed by a forged word of its arrival', async () => {
    await rest('/mqtt/publish', { topic: '$SYS/other/new/clients', payload: 'observer' });
    expect(await clientIdsOf(gateway)).toContain('observer');
    await observer.settle();
  });

  test.each(['$SYS/#', '$SYS/+/new/clients', '$share/group/$SYS/#'])('is not subscribed to by %s', async (filter) => {
    const wire = await connectWire(gateway, { clientId: 'curious' });
    expect(await wire.subscribe([filter, 0])).toEqual([128]);
    await wire.disconnect();
    await isOffline(gateway, 'curious');
  });
});

describe('a topic filter', () => {
  test.each([
    ['with U+0000', 'a\u0000b'],
    ['with + within a level', 'a+'],
    ['with # within a level', 'a#'],
    ['with # before the end', 'a/#/b'],
  ])('%s ends the connection of its client [MQTT-4.7.1-2], [MQTT-4.7.1-3]', async (_, filter) => {
    const wire = await connectWire(gateway, { clientId: 'subscriber' });
    wire.write(subscribePacket(7, ['good', 1], [filter, 1]));
    await wire.closed;
    await isOffline(gateway, 'subscriber');
    const mutation = `mutation ($topicFilter: String!) {
      subscribe(input: { clientId: "observer", topicFilters: [{ topicFilter: $topicFilter }] }) { clientId }
    }`;
    const { errors } = await gateway.graphql(mutation, { topicFilter: filter });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test.each([
    ['that is a shared subscription without a filter', '$share/group', 'BAD_USER_INPUT'],
    ['that is a shared subscription of a group with a wildcard', '$share/+/a', 'BAD_USER_INPUT'],
    ['of too many bytes', LONG, 'LIMIT_EXCEEDED'],
  ])('%s is refused on the wire as in the API', async (_, filter, code) => {
    const routes = await routesOf(gateway);
    const wire = await connectWire(gateway, { clientId: 'subscriber', clean: false });
    expect(await wire.subscribe([filter, 1], ['good', 1])).toEqual([128, 1]);
    const mutation = `mutation ($topicFilter: String!) {
      subscribe(input: { clientId: "subscriber", topicFilters: [{ topicFilter: $topicFilter }] }) {
        subscriptions { topicFilter }
      }
    }`;
    const { errors } = await gateway.graphql(mutation, { topicFilter: filter });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(await subscriptionsOf(gateway, 'subscriber')).toEqual(['good@1']);
    await wire.disconnect();
    await isOffline(gateway, 'subscriber');
    await gateway.gateway.domain.cleanSession('subscriber', null);
    expect(await routesOf(gateway)).toEqual(routes);
  });
});
