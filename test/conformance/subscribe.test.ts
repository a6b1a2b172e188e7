import { describe, expect, test } from 'vitest';
import { useBroker } from './support/broker.ts';
import { field, packet, subscribeBytes, unsubscribeBytes } from './support/bytes.ts';
import { acknowledge, publish, type Qos, subscribe, unsubscribe } from './support/client.ts';

const broker = useBroker();
const QOS = [0, 1, 2] as const;
const pairs = QOS.flatMap((published) => QOS.map((granted) => [published, granted] as const));

describe('3.8 SUBSCRIBE', () => {
  test.each([0x80, 0x81, 0x83, 0x84, 0x86, 0x8a, 0x8f])(
    '[MQTT-3.8.1-1] that begins with %i ends the connection',
    async (first) => {
      expect(await broker.answersToClient(packet(first, 0, 1, field('a'), 0))).toEqual([]);
    },
  );

  test('[MQTT-3.8.3-1] takes filters of any characters as they are', async () => {
    const subscriber = await broker.connect();
    expect(await subscriber.subscribe(['é/漢/😀/+', 1])).toEqual([1]);
    await (await broker.connect()).publish('é/漢/😀/ü', 1);
    expect(await subscriber.message()).toBe('é/漢/😀/ü=x q1');
  });

  test('[MQTT-3.8.3-2] takes filters with wildcards', async () => {
    const subscriber = await broker.connect();
    expect(await subscriber.subscribe(['wild/+', 1], ['wild/#', 2], ['+', 0], ['#', 0])).toEqual([1, 2, 0, 0]);
  });

  test.each([
    ['without a filter', packet(0x82, 0, 1)],
    ['with a filter and no QoS', packet(0x82, 0, 1, field('a'))],
    ['with a second filter and no QoS', packet(0x82, 0, 1, field('a'), 0, field('b'))],
    ['with a filter that is cut off', packet(0x82, 0, 1, 0, 5, 97, 0)],
  ])('[MQTT-3.8.3-3] %s ends the connection', async (_, bytes) => {
    expect(await broker.answersToClient(bytes)).toEqual([]);
  });

  test.each([3, 4, 5, 8, 0x40, 0x80, 0xff])(
    '[MQTT-3.8.3-4] with %i in place of a QoS ends the connection',
    async (options) => {
      expect(await broker.answersToClient(subscribeBytes(['a', options]))).toEqual([]);
      expect(await broker.answersToClient(subscribeBytes(['a', 1], ['b', options]))).toEqual([]);
    },
  );

  test('[MQTT-3.8.3-4] that ends the connection subscribes to nothing', async () => {
    const client = await broker.connect({ clientId: 'half', clean: false });
    client.write(subscribeBytes(['half/a', 1], ['half/b', 3]));
    expect(await client.untilClosed()).toEqual([]);
    const publisher = await broker.connect();
    await publisher.publish('half/a', 1);
    const back = await broker.connect({ clientId: 'half', clean: false });
    expect(await broker.received(back, publisher)).toEqual([]);
  });

  test('[MQTT-3.8.4-1] [MQTT-3.8.4-2] is answered with a SUBACK of its packet id', async () => {
    const client = await broker.connect();
    expect((await client.ask(subscribe(4711, ['answer', 1]), 'suback')).bytes.toString('hex')).toBe('9003126701');
  });

  test('[MQTT-3.8.4-3] of a filter that is subscribed replaces its QoS', async () => {
    const subscriber = await broker.connect();
    const publisher = await broker.connect();
    const lines: string[] = [];
    for (const qos of [0, 2, 1] as const) {
      expect(await subscriber.subscribe(['again/+', qos])).toEqual([qos]);
      await publisher.publish('again/a', 2);
      lines.push(...(await broker.received(subscriber, publisher)));
    }
    expect(lines).toEqual(['again/a=x q0', 'again/a=x q2', 'again/a=x q1']);
  });

  test('[MQTT-3.8.4-3] of a filter that is subscribed replaces its QoS for a session that is away', async () => {
    const away = await broker.connect({ clientId: 'lowered', clean: false });
    await away.subscribe(['lowered', 2]);
    await away.subscribe(['lowered', 0]);
    await away.disconnect();
    const publisher = await broker.connect();
    await publisher.publish('lowered', 2);
    const back = await broker.connect({ clientId: 'lowered', clean: false });
    expect((await broker.received(back, publisher)).filter((one) => one !== 'lowered=x q0')).toEqual([]);
  });

  test('[MQTT-3.8.4-3] of a filter that is subscribed sends retained messages again', async () => {
    const publisher = await broker.connect();
    await publisher.publish('resent/a', 1, { retain: true });
    const subscriber = await broker.connect();
    for (let turn = 0; turn < 3; turn++) {
      await subscriber.subscribe(['resent/#', 1]);
      expect(await subscriber.message()).toBe('resent/a=x q1 retain');
    }
  });

  test('[MQTT-3.8.4-3] of a filter that is subscribed does not interrupt the flow of messages', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['flow', 1]);
    const publisher = await broker.connect();
    const count = 200;
    for (let i = 1; i <= count; i++) publisher.write(publish('flow', 1, { messageId: i, payload: String(i) }));
    const payloads: string[] = [];
    let answers = 0;
    while (payloads.length < count || answers < 20) {
      // Twenty times, and always while messages are on their way.
      if (payloads.length % 10 === 0 && answers === payloads.length / 10) {
        subscriber.write(subscribe(1, ['flow', 1]));
        answers++;
      }
      const packet = await subscriber.take();
      if (packet.cmd === 'suback') continue;
      if (packet.cmd !== 'publish') throw new Error(`${packet.cmd} came`);
      payloads.push(packet.payload.toString());
      subscriber.write(acknowledge('puback', packet.messageId));
    }
    expect(payloads).toEqual(Array.from({ length: count }, (_, i) => String(i + 1)));
  });

  test('[MQTT-3.8.4-4] of many filters subscribes to each, and sends one SUBACK', async () => {
    const subscriber = await broker.connect();
    const filters = Array.from({ length: 50 }, (_, i) => [`many/${i}`, (i % 3) as Qos] as const);
    expect(await subscriber.subscribe(...filters)).toEqual(filters.map(([, qos]) => qos));
    await subscriber.settle();
    const publisher = await broker.connect();
    for (const [topic] of filters) await publisher.publish(topic, 2);
    expect((await broker.received(subscriber, publisher)).sort()).toEqual(
      filters.map(([topic, qos]) => `${topic}=x q${qos}`).sort(),
    );
  });

  test.each([
    [[0, 2], 2],
    [[2, 0], 0],
    [[1, 2, 1], 1],
  ] as const)(
    '[MQTT-3.8.4-4] that names a filter with %j answers one code each, and the last holds',
    async (codes, last) => {
      const filter = `twice/${codes.join()}`;
      const subscriber = await broker.connect();
      expect(await subscriber.subscribe(...codes.map((qos) => [filter, qos] as const))).toEqual(codes);
      const publisher = await broker.connect();
      await publisher.publish(filter, 2);
      expect(await broker.received(subscriber, publisher)).toEqual([`${filter}=x q${last}`]);
    },
  );

  test('[MQTT-3.8.4-5] is answered with a code for each filter, also for those that are refused', async () => {
    const client = await broker.connect();
    client.write(subscribe(1, ['code/a', 2], ['$SYS/#', 1], ['code/b', 0]));
    expect((await client.next('suback')).granted).toEqual([2, 0x80, 0]);
  });

  test.each(['$SYS/#', '$SYS/+/new/clients', '$SYS/broker/version', '$SYS/+'])(
    'of %s is refused with 0x80',
    async (filter) => {
      const client = await broker.connect();
      expect(await client.subscribe([filter, 1])).toEqual([0x80]);
      await client.settle();
    },
  );

  test('that is refused in part leaves nothing of that part to the session', async () => {
    const client = await broker.connect({ clientId: 'partly', clean: false });
    expect(await client.subscribe(['partly/fine', 1], ['$SYS/#', 1])).toEqual([1, 0x80]);
    await client.disconnect();
    const back = await broker.connect({ clientId: 'partly', clean: false });
    // Births and deaths of clients are what $SYS/# would bring.
    await (await broker.connect()).disconnect();
    const publisher = await broker.connect();
    await publisher.publish('partly/fine', 1);
    expect(await broker.received(back, publisher)).toEqual(['partly/fine=x q1']);
  });

  describe.each([
    ['the topic', 'lower/a'],
    ['a single-level wildcard', 'lower/+'],
    ['a multi-level wildcard', 'lower/#'],
  ])('with %s as its filter', (_, filter) => {
    test.each(pairs)(
      '[MQTT-3.8.4-6] a message with QoS %i at a granted QoS of %i has the lower one',
      async (published, granted) => {
        const subscriber = await broker.connect();
        await subscriber.subscribe([filter, granted]);
        const publisher = await broker.connect();
        await publisher.publish('lower/a', published);
        expect(await broker.received(subscriber, publisher)).toEqual([`lower/a=x q${Math.min(published, granted)}`]);
      },
    );

    test.each(pairs)(
      '[MQTT-3.8.4-6] a retained message with QoS %i at a granted QoS of %i has the lower one',
      async (published, granted) => {
        const topic = `lower/kept`;
        const publisher = await broker.connect();
        await publisher.publish(topic, published, { retain: true });
        await publisher.settle();
        const subscriber = await broker.connect();
        await subscriber.subscribe([filter.replace('/a', '/kept'), granted]);
        expect(await broker.received(subscriber, publisher)).toEqual([
          `${topic}=x q${Math.min(published, granted)} retain`,
        ]);
        await publisher.publish(topic, 1, { retain: true, payload: '' });
      },
    );

    test.each(pairs.filter(([published]) => published > 0))(
      '[MQTT-3.8.4-6] a waiting message with QoS %i at a granted QoS of %i has the lower one',
      async (published, granted) => {
        const clientId = `lower ${filter} ${published} ${granted}`;
        const away = await broker.connect({ clientId, clean: false });
        await away.subscribe([filter, granted]);
        await away.disconnect();
        const publisher = await broker.connect();
        await publisher.publish('lower/a', published);
        const back = await broker.connect({ clientId, clean: false });
        const qos = Math.min(published, granted);
        const lines = await broker.received(back, publisher);
        // Whether messages at QoS 0 wait is left to the server.
        expect(qos === 0 ? lines.filter((one) => one !== 'lower/a=x q0') : lines).toEqual(
          qos === 0 ? [] : [`lower/a=x q${qos}`],
        );
      },
    );
  });
});

describe('3.9 SUBACK', () => {
  test('[MQTT-3.9.3-1] has its codes in the order of the filters', async () => {
    const client = await broker.connect();
    expect(await client.subscribe(['s/1', 2], ['s/2', 0], ['$SYS/#', 0], ['s/3', 1], ['s/4', 2])).toEqual([
      2, 0, 0x80, 1, 2,
    ]);
  });

  test('[MQTT-3.9.3-2] has no code but 0, 1, 2 and 0x80', async () => {
    const client = await broker.connect();
    client.write(subscribe(9, ['c/0', 0], ['c/1', 1], ['c/2', 2], ['$SYS/#', 2]));
    expect((await client.next('suback')).bytes.toString('hex')).toBe('9006000900010280');
  });
});

describe('3.10 UNSUBSCRIBE', () => {
  test.each([0xa0, 0xa1, 0xa3, 0xa4, 0xa6, 0xaa])(
    '[MQTT-3.10.1-1] that begins with %i ends the connection',
    async (first) => {
      expect(await broker.answersToClient(packet(first, 0, 1, field('a')))).toEqual([]);
    },
  );

  test.each([
    ['a filter that is cut off', packet(0xa2, 0, 1, 0, 5, 97)],
    ['a byte between its filters', packet(0xa2, 0, 1, field('a'), 0, field('b'))],
  ])('[MQTT-3.10.3-1] with %s ends the connection', async (_, bytes) => {
    expect(await broker.answersToClient(bytes)).toEqual([]);
  });

  test('[MQTT-3.10.3-2] without a filter ends the connection', async () => {
    expect(await broker.answersToClient(packet(0xa2, 0, 1))).toEqual([]);
  });

  test('[MQTT-3.10.4-1] ends the subscription of exactly its filter', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['exact/a', 1], ['exact/+', 0]);
    await subscriber.unsubscribe('exact/#', 'exact', 'exact/A', 'exact/a/', '/exact/a', 'exact/b', '+/a');
    const publisher = await broker.connect();
    await publisher.publish('exact/a', 1);
    await publisher.publish('exact/b', 1);
    expect((await broker.received(subscriber, publisher)).sort()).toEqual(['exact/a=x q1', 'exact/b=x q0']);
    await subscriber.unsubscribe('exact/a');
    await publisher.publish('exact/a', 1);
    expect(await broker.received(subscriber, publisher)).toEqual(['exact/a=x q0']);
  });

  test('[MQTT-3.10.4-1] leaves other filters to a session that is away', async () => {
    const away = await broker.connect({ clientId: 'exact-away', clean: false });
    await away.subscribe(['trie/#', 2], ['trie/a', 1], ['trie/+', 1]);
    await away.unsubscribe('trie/#');
    await away.disconnect();
    const publisher = await broker.connect();
    await publisher.publish('trie/a', 2);
    await publisher.publish('trie/b/c', 2);
    const back = await broker.connect({ clientId: 'exact-away', clean: false });
    expect(await broker.received(back, publisher)).toEqual(['trie/a=x q1']);
  });

  test('[MQTT-3.10.4-2] no message is added behind its UNSUBACK', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['stop', 1]);
    await subscriber.unsubscribe('stop');
    const publisher = await broker.connect();
    for (const qos of QOS) await publisher.publish('stop', qos);
    expect(await broker.received(subscriber, publisher)).toEqual([]);
  });

  test('[MQTT-3.10.4-2] no message is added for a session that goes away after its UNSUBACK', async () => {
    const away = await broker.connect({ clientId: 'stopped', clean: false });
    await away.subscribe(['stopped', 1]);
    await away.unsubscribe('stopped');
    await away.disconnect();
    const publisher = await broker.connect();
    await publisher.publish('stopped', 1);
    const back = await broker.connect({ clientId: 'stopped', clean: false });
    expect(await broker.received(back, publisher)).toEqual([]);
  });

  test('[MQTT-3.10.4-3] the delivery of messages that began is completed', async () => {
    const subscriber = await broker.connect({ clientId: 'begun', clean: false });
    await subscriber.subscribe(['begun', 2]);
    const publisher = await broker.connect();
    await publisher.publish('begun', 1, { payload: 'one' });
    await publisher.publish('begun', 2, { payload: 'two' });
    const [one, two] = await subscriber.nextOf(2, 'publish');
    await subscriber.unsubscribe('begun');
    await subscriber.ask(acknowledge('pubrec', two!.messageId), 'pubrel');
    await subscriber.vanish();
    const back = await broker.connect({ clientId: 'begun', clean: false });
    const again = [await back.take(), await back.take()].map(({ cmd, messageId }) => `${cmd} ${messageId}`);
    expect(again.sort()).toEqual([`publish ${one!.messageId}`, `pubrel ${two!.messageId}`]);
    back.write(acknowledge('puback', one!.messageId), acknowledge('pubcomp', two!.messageId));
    expect(await broker.received(back, publisher)).toEqual([]);
  });

  test('[MQTT-3.10.4-4] is answered with an UNSUBACK of its packet id', async () => {
    const client = await broker.connect();
    await client.subscribe(['gone', 1]);
    expect((await client.ask(unsubscribe(4711, 'gone'), 'unsuback')).bytes.toString('hex')).toBe('b0021267');
  });

  test('[MQTT-3.10.4-5] is answered where nothing was subscribed', async () => {
    const client = await broker.connect();
    expect((await client.ask(unsubscribe(7, 'never', 'ever/#'), 'unsuback')).messageId).toBe(7);
  });

  test('[MQTT-3.10.4-6] of many filters ends each subscription, and sends one UNSUBACK', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['list/1', 1], ['list/2', 1], ['list/3', 1], ['list/4', 1]);
    await subscriber.ask(unsubscribeBytes('list/1', 'list/none', 'list/3', 'list/1'), 'unsuback');
    await subscriber.settle();
    const publisher = await broker.connect();
    for (const topic of ['list/1', 'list/2', 'list/3', 'list/4']) await publisher.publish(topic, 1);
    expect(await broker.received(subscriber, publisher)).toEqual(['list/2=x q1', 'list/4=x q1']);
  });
});
