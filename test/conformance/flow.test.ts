import { describe, expect, test } from 'vitest';
import { useBroker } from './support/broker.ts';
import { acknowledge, type Client, publish, type Received } from './support/client.ts';

const WINDOW = 32;
const broker = useBroker();

/** Publishes numbered messages; resolves when they are acknowledged and have reached a subscriber that answers. */
async function publishSeen(topic: string, qos: 1 | 2, count: number): Promise<void> {
  const witness = await broker.connect();
  await witness.subscribe([topic, qos]);
  const publisher = await broker.connect();
  for (let i = 0; i < count; i++) await publisher.publish(topic, qos, { payload: `${i}` });
  const lines = await broker.received(witness, publisher);
  expect(lines).toEqual(Array.from({ length: count }, (_, i) => `${topic}=${i} q${qos}`));
}

const numbersOf = (packets: readonly Received<'publish'>[]): number[] =>
  packets.map(({ payload }) => Number(payload.toString()));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function silent(clean: boolean, topic: string): Promise<Client> {
  const client = await broker.connect({ clientId: topic, clean });
  await client.subscribe([topic, 2]);
  return client;
}

describe.each([
  ['clean', true],
  ['persistent', false],
] as const)('a client with a %s session that does not acknowledge', (name, clean) => {
  test('gets 32 messages with QoS 1, and one more for each that it acknowledges, in order', async () => {
    const topic = `window/1/${name}`;
    const client = await silent(clean, topic);
    await publishSeen(topic, 1, 100);
    const packets = await client.nextOf(WINDOW, 'publish');
    await client.settle();
    while (packets.length < 100) {
      client.write(acknowledge('puback', packets[packets.length - WINDOW]!.messageId));
      packets.push(await client.next('publish'));
      await client.settle();
    }
    expect(numbersOf(packets)).toEqual(upTo(100));
  });

  test('gets 32 messages with QoS 2, and one more for each that it completes, in order', async () => {
    const topic = `window/2/${name}`;
    const client = await silent(clean, topic);
    await publishSeen(topic, 2, 60);
    const packets = await client.nextOf(WINDOW, 'publish');
    await client.settle();
    while (packets.length < 60) {
      const { messageId } = packets[packets.length - WINDOW]!;
      await client.ask(acknowledge('pubrec', messageId), 'pubrel');
      await client.settle();
      client.write(acknowledge('pubcomp', messageId));
      packets.push(await client.next('publish'));
      await client.settle();
    }
    expect(numbersOf(packets)).toEqual(upTo(60));
  });

  test('keeps the messages of others going', async () => {
    const topic = `window/others/${name}`;
    const client = await silent(clean, topic);
    await publishSeen(topic, 1, 200);
    expect(numbersOf(await client.nextOf(WINDOW, 'publish'))).toEqual(upTo(WINDOW));
  });
});

describe('a persistent session with a full window', () => {
  test('gets the same 32 messages again, and then the others in order', async () => {
    const topic = 'window/again';
    const client = await silent(false, topic);
    await publishSeen(topic, 1, 80);
    const first = await client.nextOf(WINDOW, 'publish');
    await client.vanish();
    const back = await broker.connect({ clientId: topic, clean: false });
    const again = await back.nextOf(WINDOW, 'publish');
    expect(again.map(({ messageId, dup }) => [messageId, dup])).toEqual(
      first.map(({ messageId }) => [messageId, true]),
    );
    await back.settle();
    back.write(...again.map(({ messageId }) => acknowledge('puback', messageId)));
    expect(await broker.received(back, await broker.connect())).toEqual(
      upTo(80)
        .slice(WINDOW)
        .map((i) => `${topic}=${i} q1`),
    );
  });
});

describe('a client that keeps some messages unacknowledged', () => {
  test('[MQTT-2.3.1-4] is given none of their packet ids again, once around all of them', async () => {
    const topic = 'window/ids';
    const client = await silent(true, topic);
    const publisher = await broker.connect();
    const held: number[] = [];
    const open = new Set<number>();
    let sent = 0;
    const send = (count: number): void => {
      const packets = upTo(count).map((i) => publish(topic, 1, { messageId: ((sent + i) % 60_000) + 1 }));
      sent += count;
      publisher.write(...packets);
    };
    // Once around all packet ids and beyond those of the messages that stay open.
    const total = 66_500;
    send(1000);
    for (let read = 1; read <= total; read++) {
      const id = (await client.next('publish')).messageId!;
      if (open.has(id) || held.includes(id)) throw new Error(`packet id ${id} was given twice`);
      if (read % 50 === 0 && read <= 650) held.push(id);
      else open.add(id);
      if (read % 10 !== 0 && read !== total) continue;
      client.write(...Array.from(open, (one) => acknowledge('puback', one)));
      open.clear();
      if (read % 1000 === 0) await publisher.nextOf(1000, 'puback');
      if (read % 1000 === 0 && sent < total) send(Math.min(1000, total - sent));
    }
    expect(new Set(held).size).toBe(13);
  });
});

describe('mqtt.max_inflight', () => {
  const small = useBroker('mqtt: {max_inflight: 3}');

  test('sets how many messages may be unacknowledged', async () => {
    const client = await small.connect();
    await client.subscribe(['small', 1]);
    const witness = await small.connect();
    await witness.subscribe(['small', 1]);
    const publisher = await small.connect();
    for (let i = 0; i < 10; i++) await publisher.publish('small', 1, { payload: `${i}` });
    expect((await small.received(witness, publisher)).length).toBe(10);
    const packets = await client.nextOf(3, 'publish');
    await client.settle();
    client.write(acknowledge('puback', packets[0]!.messageId), acknowledge('puback', packets[1]!.messageId));
    expect(numbersOf(await client.nextOf(2, 'publish'))).toEqual([3, 4]);
    await client.settle();
  });
});
