import { describe, expect, test } from 'vitest';
import { useBroker } from './support/broker.ts';
import { acknowledge, type Client, publish, type Qos } from './support/client.ts';

const broker = useBroker();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Publishes messages with their number as payload, without awaiting their acknowledgements. */
function publishAll(publisher: Client, topic: string, qos: Qos, from: number, to: number): void {
  const packets = numbers(to - from).map((i) =>
    publish(topic, qos, { messageId: from + i + 1, payload: `${from + i}` }),
  );
  publisher.write(...packets);
}

/** Reads the acknowledgements of `publishAll` and releases what has to be released. */
async function finish(publisher: Client, qos: Qos, count: number): Promise<void> {
  if (qos === 1) await publisher.nextOf(count, 'puback');
  if (qos !== 2) return;
  for (const { messageId } of await publisher.nextOf(count, 'pubrec'))
    publisher.write(acknowledge('pubrel', messageId));
  await publisher.nextOf(count, 'pubcomp');
}

/** Payloads of the next messages, each acknowledged; of QoS 2 also the PUBRELs in between. */
async function payloads(client: Client, count: number): Promise<number[]> {
  const read: number[] = [];
  while (read.length < count) {
    const packet = await client.take();
    if (packet.cmd === 'pubrel') client.write(acknowledge('pubcomp', packet.messageId));
    if (packet.cmd !== 'publish') continue;
    read.push(Number(packet.payload.toString()));
    if (packet.qos > 0) client.write(acknowledge(packet.qos === 1 ? 'puback' : 'pubrec', packet.messageId));
  }
  return read;
}

describe('4.6 the broker as receiver', () => {
  test('[MQTT-4.6.0-2] PUBACKs come in the order of their messages', async () => {
    const client = await broker.connect();
    publishAll(client, 'order/ack', 1, 0, 300);
    const ids = (await client.nextOf(300, 'puback')).map(({ messageId }) => messageId);
    expect(ids).toEqual(numbers(300).map((i) => i + 1));
  });

  test('[MQTT-4.6.0-3] PUBRECs come in the order of their messages', async () => {
    const client = await broker.connect();
    publishAll(client, 'order/rec', 2, 0, 90);
    const ids = (await client.nextOf(90, 'pubrec')).map(({ messageId }) => messageId);
    expect(ids).toEqual(numbers(90).map((i) => i + 1));
  });

  test('PUBACK, PUBREC, SUBACK, UNSUBACK and PINGRESP come in the order of what they answer', async () => {
    const away = await broker.connect({ clientId: 'slow-store', clean: false });
    await away.subscribe(['mixed/stored', 2]);
    await away.disconnect();
    const client = await broker.connect();
    const expected: string[] = [];
    const packets = numbers(100).flatMap((i) => {
      const id = 5 * i + 1;
      expected.push(
        `puback ${id}`,
        `pubrec ${id + 1}`,
        `suback ${id + 2}`,
        `puback ${id + 3}`,
        `unsuback ${id + 4}`,
        'pingresp',
      );
      return [
        publish(i % 2 === 0 ? 'mixed/stored' : 'mixed/none', 1, { messageId: id, retain: i % 3 === 0 }),
        publish('mixed/stored', 2, { messageId: id + 1 }),
        {
          cmd: 'subscribe' as const,
          messageId: id + 2,
          subscriptions: [{ topic: `mixed/other/${i}`, qos: 1 as const }],
        },
        publish('mixed/nobody', 1, { messageId: id + 3 }),
        { cmd: 'unsubscribe' as const, messageId: id + 4, unsubscriptions: [`mixed/other/${i}`] },
        { cmd: 'pingreq' as const },
      ];
    });
    client.write(...packets);
    const answers: string[] = [];
    while (answers.length < expected.length) {
      const { cmd, messageId } = await client.take();
      answers.push(cmd === 'pingresp' ? cmd : `${cmd} ${messageId}`);
    }
    expect(answers).toEqual(expected);
  });
});

describe('4.6 the broker as sender', () => {
  test('[MQTT-4.6.0-4] PUBRELs come in the order of the PUBRECs', async () => {
    const client = await broker.connect();
    await client.subscribe(['order/rel', 2]);
    const publisher = await broker.connect();
    publishAll(publisher, 'order/rel', 2, 0, 20);
    await finish(publisher, 2, 20);
    const ids = (await client.nextOf(20, 'publish')).map(({ messageId }) => messageId!);
    const shuffled = ids.map((_, i) => ids[(i * 7) % 20]!);
    client.write(...shuffled.map((id) => acknowledge('pubrec', id)));
    expect((await client.nextOf(20, 'pubrel')).map(({ messageId }) => messageId)).toEqual(shuffled);
  });

  test.each([0, 1, 2] as const)(
    '[MQTT-4.6.0-5] [MQTT-4.6.0-6] live messages with QoS %i come in the order of their publisher',
    async (qos) => {
      const topic = `order/live/${qos}`;
      const clean = await broker.connect();
      const persistent = await broker.connect({ clientId: topic, clean: false });
      for (const client of [clean, persistent]) await client.subscribe([topic, qos]);
      const publisher = await broker.connect();
      // Of QoS 2 no more than a client may have open at once.
      const count = qos === 2 ? 90 : 500;
      publishAll(publisher, topic, qos, 0, count);
      const [one, other] = await Promise.all([
        payloads(clean, count),
        payloads(persistent, count),
        finish(publisher, qos, count),
      ]);
      expect(one).toEqual(numbers(count));
      expect(other).toEqual(numbers(count));
    },
  );

  test('[MQTT-4.6.0-6] the order of each of many publishers holds', async () => {
    const subscriber = await broker.connect({ clientId: 'order/many', clean: false });
    await subscriber.subscribe(['order/many', 1]);
    const publishers = await Promise.all(numbers(5).map(() => broker.connect()));
    for (const [i, publisher] of publishers.entries()) publishAll(publisher, 'order/many', 1, i * 1000, i * 1000 + 100);
    const read = await payloads(subscriber, 500);
    for (const i of numbers(5)) {
      expect(read.filter((n) => Math.floor(n / 1000) === i)).toEqual(numbers(100).map((n) => i * 1000 + n));
    }
  });

  test('[MQTT-4.6.0-6] a single message with QoS 1 is not lost among messages with QoS 0 of another', async () => {
    const subscriber = await broker.connect({ clientId: 'order/noise', clean: false });
    await subscriber.subscribe(['noise/#', 1]);
    const noisy = await broker.connect();
    const quiet = await broker.connect();
    const read: number[] = [];
    for (const i of numbers(50)) {
      noisy.write(...numbers(20).map(() => publish('noise/zero', 0, { payload: '0' })));
      await quiet.publish('noise/one', 1, { payload: `${i + 1}` });
      noisy.write(...numbers(20).map(() => publish('noise/zero', 0, { payload: '0' })));
    }
    while (read.at(-1) !== 50) read.push(...(await payloads(subscriber, 1)).filter((n) => n > 0));
    expect(read).toEqual(numbers(50).map((i) => i + 1));
  });

  test.each([1, 2] as const)(
    '[MQTT-4.6.0-6] queued messages with QoS %i come in order, and live ones join their tail',
    async (qos) => {
      const topic = `order/tail/${qos}`;
      const fields = { clientId: topic, clean: false };
      const away = await broker.connect(fields);
      await away.subscribe([topic, qos]);
      await away.disconnect();
      const publisher = await broker.connect();
      for (const i of numbers(150)) await publisher.publish(topic, qos, { payload: `${i}` });
      const back = await broker.connect(fields);
      const live = async (): Promise<void> => {
        for (const i of numbers(150)) await publisher.publish(topic, qos, { payload: `${150 + i}` });
      };
      const [read] = await Promise.all([payloads(back, 300), live()]);
      expect(read).toEqual(numbers(300));
      expect(await broker.received(back, publisher)).toEqual([]);
    },
  );

  test.each([1, 2] as const)(
    '[MQTT-4.6.0-1] [MQTT-4.6.0-6] the order with QoS %i holds while the subscriber comes and goes',
    async (qos) => {
      const topic = `order/coming/${qos}`;
      const fields = { clientId: topic, clean: false };
      const first = await broker.connect(fields);
      await first.subscribe([topic, qos]);
      await first.vanish();
      const publisher = await broker.connect();
      const count = 200;
      const publishing = (async () => {
        for (const i of numbers(count)) await publisher.publish(topic, qos, { payload: `${i}` });
      })();
      const fresh: number[] = [];
      const repeated: number[] = [];
      /** Packet ids of QoS 2 that this client took and that are not released. */
      const taken = new Set<number>();
      while (fresh.length < count) {
        const client = await broker.connect(fields);
        for (let reads = 0; reads < 45 && fresh.length < count; reads++) {
          const packet = await client.take();
          if (packet.cmd === 'pubrel') {
            taken.delete(packet.messageId!);
            client.write(acknowledge('pubcomp', packet.messageId));
          }
          if (packet.cmd !== 'publish') continue;
          const isRepeated = fresh.includes(Number(packet.payload.toString()));
          (isRepeated ? repeated : fresh).push(Number(packet.payload.toString()));
          expect({ isRepeated, dup: packet.dup || !isRepeated }).toEqual({ isRepeated, dup: true });
          if (qos === 2 && isRepeated) expect(taken.has(packet.messageId!)).toBe(true);
          taken.add(packet.messageId!);
          client.write(acknowledge(qos === 1 ? 'puback' : 'pubrec', packet.messageId));
        }
        await client.vanish();
      }
      await publishing;
      expect(fresh).toEqual(numbers(count));
      // A message is sent again only where its acknowledgement was lost with the connection.
      expect(repeated.length).toBeLessThan(count);
    },
  );
});
