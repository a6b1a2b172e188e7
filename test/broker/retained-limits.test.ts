import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { connectWire, publishPacket } from './wire.ts';

let gateway: TestGateway;

beforeAll(async () => {
  const limits = '{retainer.max_retained_messages: 2, retainer.max_payload_size: 10}';
  gateway = await startGateway(`plugins: {emqx_retainer: ${limits}}`, { BROKERQL_REST_PROFILE: '3.2' });
});

afterAll(() => gateway.close());

const retain = async (topic: string, text: string) => {
  const mutation = `mutation ($input: PublishInput!) { publish(input: $input) { topic } }`;
  const { errors } = await gateway.graphql(mutation, { input: { topic, payload: { text }, retain: true } });
  return errors?.map(({ message, extensions }) => [extensions.code, message]) ?? [];
};

const kept = async (): Promise<readonly string[]> => {
  const { data } = await gateway.graphql<{
    retainedMessages: { items: { topic: string; payload: { text: string } }[] };
  }>('{ retainedMessages { items { topic payload { text } } } }');
  return data?.retainedMessages.items.map(({ topic, payload }) => `${topic}=${payload.text}`) ?? [];
};

describe('a message to retain above a limit', () => {
  test('is refused to the API with a sentence, and published to nobody', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['kept/#', 0]);
    expect(await retain('kept/1', 'one')).toEqual([]);
    expect(await retain('kept/2', 'two')).toEqual([]);
    expect(await retain('kept/3', 'three')).toEqual([
      ['LIMIT_EXCEEDED', 'the broker has 2 retained messages; the limit is 2'],
    ]);
    expect(await retain('kept/1', 'eleven byte')).toEqual([
      ['LIMIT_EXCEEDED', 'the payload to retain has 11 bytes; the limit is 10'],
    ]);
    expect(await retain('kept/2', 'again')).toEqual([]);
    expect(await kept()).toEqual(['kept/1=one', 'kept/2=again']);
    for (const text of ['one', 'two', 'again'])
      expect((await subscriber.next('publish')).payload.toString()).toBe(text);
    await subscriber.settle();
    await subscriber.disconnect();
  });

  test('is the fault of its message in a batch', async () => {
    const message = { payload: 'x', retain: true };
    const body = ['kept/1', 'kept/4'].map((topic) => ({ ...message, topic }));
    const { json } = await gateway.rest('/mqtt/publish_batch', { method: 'POST', body });
    expect(json).toEqual({
      code: 0,
      data: [
        { topic: 'kept/1', code: 0 },
        { topic: 'kept/4', code: 108 },
      ],
    });
    expect(await kept()).toEqual(['kept/1=x', 'kept/2=again']);
  });

  test('of a client is published, not kept, and noted', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['late/#', 0]);
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    await publisher.ask({ ...publishPacket('late/1', 1, 1), retain: true }, 'puback');
    expect((await subscriber.next('publish')).topic).toBe('late/1');
    expect(await kept()).toEqual(['kept/1=x', 'kept/2=again']);
    const query = '{ clientRefusals(clientId: "publisher") { kind action topic message } }';
    expect((await gateway.graphql(query)).data).toEqual({
      clientRefusals: [
        {
          kind: 'LIMIT',
          action: 'PUBLISH',
          topic: 'late/1',
          message: 'the broker has 2 retained messages; the limit is 2',
        },
      ],
    });
    await publisher.disconnect();
    await subscriber.disconnect();
  });
});
