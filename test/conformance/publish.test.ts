import { describe, expect, test } from 'vitest';
import { useBroker } from './support/broker.ts';
import { field, packet, publishBytes } from './support/bytes.ts';
import { acknowledge, type Client, line, publish, type Qos } from './support/client.ts';

const broker = useBroker();
const QOS = [0, 1, 2] as const;

/** What a client hears that subscribes now: the retained messages of a topic. */
async function retained(topic: string, publisher: Client, qos: Qos = 2): Promise<string[]> {
  const late = await broker.connect();
  await late.subscribe([topic, qos]);
  return broker.received(late, publisher);
}

describe('3.3.1 the flags of PUBLISH', () => {
  test('[MQTT-3.3.1-2] DUP is 0 in what the broker sends with QoS 0', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['dup/none', 2]);
    const publisher = await broker.connect();
    publisher.write(publish('dup/none', 0));
    expect((await subscriber.next('publish')).bytes[0]).toBe(0x30);
  });

  test.each([1, 2] as const)('[MQTT-3.3.1-3] DUP of a message with QoS %i goes no further', async (qos) => {
    const topic = `dup/${qos}`;
    const subscriber = await broker.connect();
    await subscriber.subscribe([topic, 2]);
    await (await broker.connect()).publish(topic, qos, { dup: true });
    expect(await subscriber.message()).toBe(`${topic}=x q${qos}`);
  });

  test('[MQTT-3.3.1-3] DUP of a message goes no further when it waits for its subscriber', async () => {
    const away = await broker.connect({ clientId: 'dup-away', clean: false });
    await away.subscribe(['dup/away', 2]);
    await away.disconnect();
    const publisher = await broker.connect();
    for (const qos of [1, 2] as const) await publisher.publish('dup/away', qos, { dup: true });
    const back = await broker.connect({ clientId: 'dup-away', clean: false });
    expect(await broker.received(back, publisher)).toEqual(['dup/away=x q1', 'dup/away=x q2']);
  });

  test.each([0x36, 0x37, 0x3e])(
    '[MQTT-3.3.1-4] a PUBLISH with both QoS bits ends the connection: %i',
    async (first) => {
      expect(await broker.answersToClient(packet(first, field('a'), 0, 1))).toEqual([]);
    },
  );

  test.each(QOS)('[MQTT-3.3.1-5] a retained message is kept with its QoS %i', async (qos) => {
    const topic = `retain/qos/${qos}`;
    const publisher = await broker.connect();
    await publisher.publish(topic, qos, { retain: true });
    expect(await retained(topic, publisher)).toEqual([`${topic}=x q${qos} retain`]);
  });

  test('[MQTT-3.3.1-6] a new subscription gets the last retained message of every topic that matches', async () => {
    const publisher = await broker.connect();
    for (const topic of ['retain/last/a', 'retain/last/b', 'retain/other']) {
      await publisher.publish(topic, 1, { retain: true, payload: 'first' });
      await publisher.publish(topic, 1, { retain: true, payload: 'last' });
    }
    expect((await retained('retain/last/+', publisher)).sort()).toEqual([
      'retain/last/a=last q1 retain',
      'retain/last/b=last q1 retain',
    ]);
  });

  test('[MQTT-3.3.1-7] a retained message with QoS 0 discards the one before', async () => {
    const publisher = await broker.connect();
    await publisher.publish('retain/zero', 1, { retain: true, payload: 'old' });
    await publisher.publish('retain/zero', 0, { retain: true, payload: 'new' });
    await publisher.settle();
    expect(await retained('retain/zero', publisher)).toEqual(['retain/zero=new q0 retain']);
  });

  test('[MQTT-3.3.1-8] RETAIN is 1 in what a new subscription brings', async () => {
    const publisher = await broker.connect();
    await publisher.publish('retain/new', 1, { retain: true });
    const subscriber = await broker.connect();
    await subscriber.subscribe(['retain/new', 1]);
    expect((await subscriber.next('publish')).bytes[0]).toBe(0x33);
  });

  test('[MQTT-3.3.1-9] RETAIN is 0 in what an established subscription brings', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['retain/live', 2]);
    const publisher = await broker.connect();
    for (const qos of QOS) await publisher.publish('retain/live', qos, { retain: true });
    expect(await broker.received(subscriber, publisher)).toEqual([
      'retain/live=x q0',
      'retain/live=x q1',
      'retain/live=x q2',
    ]);
  });

  test('[MQTT-3.3.1-9] RETAIN is 0 in what waited for an established subscription', async () => {
    const away = await broker.connect({ clientId: 'retain-away', clean: false });
    await away.subscribe(['retain/away', 2]);
    await away.disconnect();
    const publisher = await broker.connect();
    await publisher.publish('retain/away', 1, { retain: true });
    const back = await broker.connect({ clientId: 'retain-away', clean: false });
    expect(await broker.received(back, publisher)).toEqual(['retain/away=x q1']);
  });

  test.each(QOS)(
    '[MQTT-3.3.1-10] an empty retained message with QoS %i is sent on, and removes what was retained',
    async (qos) => {
      const topic = `retain/clear/${qos}`;
      const publisher = await broker.connect();
      await publisher.publish(topic, 1, { retain: true });
      const subscriber = await broker.connect();
      await subscriber.subscribe([topic, 2]);
      expect(await subscriber.message()).toBe(`${topic}=x q1 retain`);
      await publisher.publish(topic, qos, { retain: true, payload: '' });
      expect(await subscriber.message()).toBe(`${topic}= q${qos}`);
      expect(await retained(topic, publisher)).toEqual([]);
    },
  );

  test('[MQTT-3.3.1-11] an empty retained message is not kept', async () => {
    const publisher = await broker.connect();
    await publisher.publish('retain/empty', 1, { retain: true, payload: '' });
    expect(await retained('retain/empty', publisher)).toEqual([]);
  });

  test('[MQTT-3.3.1-12] a message without RETAIN is not kept, and leaves alone what is', async () => {
    const publisher = await broker.connect();
    await publisher.publish('retain/not', 1);
    expect(await retained('retain/not', publisher)).toEqual([]);
    await publisher.publish('retain/not', 1, { retain: true, payload: 'kept' });
    await publisher.publish('retain/not', 1, { payload: 'passing' });
    await publisher.publish('retain/not', 1, { payload: '' });
    expect(await retained('retain/not', publisher)).toEqual(['retain/not=kept q1 retain']);
  });
});

describe('3.3.2 the variable header of PUBLISH', () => {
  test.each([
    ['no topic', packet(0x30)],
    ['half a length of a topic', packet(0x30, 0)],
    ['a topic that is cut off', packet(0x30, 0, 5, 97)],
  ])('[MQTT-3.3.2-1] %s ends the connection', async (_, bytes) => {
    expect(await broker.answersToClient(bytes)).toEqual([]);
  });

  test.each(['#', '+', 'a/#', 'a/+/b', 'a+', 'a#b'])(
    '[MQTT-3.3.2-2] the topic %s ends the connection',
    async (topic) => {
      expect(await broker.answersToClient(publishBytes(topic))).toEqual([]);
    },
  );

  test('[MQTT-3.3.2-3] the topic is that of the message, not the filter that matches', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['name/+/c/#', 0]);
    await (await broker.connect()).publish('name/b/c/d/e', 0);
    expect((await subscriber.next('publish')).topic).toBe('name/b/c/d/e');
  });
});

describe('3.3.4 the response to PUBLISH', () => {
  test('[MQTT-3.3.4-1] is nothing, PUBACK or PUBREC as the QoS asks', async () => {
    const client = await broker.connect();
    client.write(publish('a', 0));
    await client.settle();
    expect((await client.ask(publish('a', 1, { messageId: 5 }), 'puback')).bytes.toString('hex')).toBe('40020005');
    expect((await client.ask(publish('a', 2, { messageId: 6 }), 'pubrec')).bytes.toString('hex')).toBe('50020006');
    await client.settle();
    expect((await client.ask(acknowledge('pubrel', 6), 'pubcomp')).bytes.toString('hex')).toBe('70020006');
  });
});

describe('3.3.5 the actions of the broker', () => {
  const overlapping: readonly (readonly [string, readonly (readonly [string, Qos])[]])[] = [
    [
      'wildcards before the topic',
      [
        ['overlap/#', 0],
        ['overlap/+', 1],
        ['TOPIC', 2],
      ],
    ],
    [
      'the topic before wildcards',
      [
        ['TOPIC', 2],
        ['overlap/+', 1],
        ['overlap/#', 0],
      ],
    ],
    [
      'the highest in between',
      [
        ['overlap/+', 0],
        ['overlap/#', 2],
        ['TOPIC', 1],
      ],
    ],
  ];

  describe.each(overlapping)('with overlapping filters, %s', (name, filters) => {
    test.each(QOS)(
      '[MQTT-3.3.5-1] a message with QoS %i is delivered once, at the highest granted QoS',
      async (qos) => {
        const topic = `overlap/${name}`;
        const subscriber = await broker.connect();
        for (const [filter, granted] of filters) {
          await subscriber.subscribe([filter === 'TOPIC' ? topic : filter, granted]);
        }
        const publisher = await broker.connect();
        await publisher.publish(topic, qos);
        expect(await broker.received(subscriber, publisher)).toEqual([`${topic}=x q${qos}`]);
      },
    );

    test('[MQTT-3.3.5-1] a message is delivered once to a session that was away', async () => {
      const topic = `overlap/away ${name}`;
      const away = await broker.connect({ clientId: name, clean: false });
      await away.subscribe(...filters.map(([filter, qos]) => [filter === 'TOPIC' ? topic : filter, qos] as const));
      await away.disconnect();
      const publisher = await broker.connect();
      await publisher.publish(topic, 2);
      const back = await broker.connect({ clientId: name, clean: false });
      expect(await broker.received(back, publisher)).toEqual([`${topic}=x q2`]);
    });
  });

  test('[MQTT-3.3.5-1] the highest granted QoS bounds that of the message', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['bound/#', 0], ['bound/a', 1]);
    const publisher = await broker.connect();
    await publisher.publish('bound/a', 2);
    await publisher.publish('bound/b', 2);
    expect((await broker.received(subscriber, publisher)).sort()).toEqual(['bound/a=x q1', 'bound/b=x q0']);
  });

  test('[MQTT-3.3.5-1] the others stay when the highest of overlapping filters is unsubscribed', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['rest/#', 0], ['rest/+', 2], ['rest/a', 1]);
    await subscriber.unsubscribe('rest/+');
    const publisher = await broker.connect();
    await publisher.publish('rest/a', 2);
    expect(await broker.received(subscriber, publisher)).toEqual(['rest/a=x q1']);
    await subscriber.unsubscribe('rest/a');
    await publisher.publish('rest/a', 2);
    expect(await broker.received(subscriber, publisher)).toEqual(['rest/a=x q0']);
  });

  test.each(QOS)(
    '[MQTT-3.3.5-2] a message with QoS %i that nobody may publish is acknowledged or ends the connection',
    async (qos) => {
      const topic = '$SYS/forged';
      const watcher = await broker.connect();
      watcher.write(packet(0x82, 0, 1, field(topic), 2));
      await watcher.next('suback');
      const client = await broker.connect();
      client.write(publish(topic, qos, { retain: true }));
      const acknowledgement = ['pingresp', 'puback', 'pubrec'][qos];
      const answer = client.take().then(
        ({ cmd }) => cmd,
        () => 'the end of the connection',
      );
      client.write({ cmd: 'pingreq' });
      expect([acknowledgement, 'the end of the connection']).toContain(await answer);
      expect(await broker.received(watcher, await broker.connect())).toEqual([]);
    },
  );
});

describe('3.6 PUBREL', () => {
  test.each([0x60, 0x61, 0x63, 0x64, 0x66, 0x6a])(
    '[MQTT-3.6.1-1] that begins with %i ends the connection',
    async (first) => {
      const client = await broker.connect();
      await client.ask(publish('a', 2, { messageId: 1 }), 'pubrec');
      client.write(packet(first, 0, 1));
      expect(await client.untilClosed()).toEqual([]);
    },
  );

  test('[MQTT-4.3.3-2] of an unknown packet id is answered with PUBCOMP', async () => {
    const client = await broker.connect();
    expect((await client.ask(acknowledge('pubrel', 999), 'pubcomp')).messageId).toBe(999);
  });
});

describe('3.4, 3.5 and 3.7 PUBACK, PUBREC and PUBCOMP', () => {
  test.each(['puback', 'pubcomp'] as const)('%s of an unknown packet id changes nothing', async (cmd) => {
    const client = await broker.connect();
    await client.subscribe(['unknown', 1]);
    client.write(acknowledge(cmd, 999));
    await client.settle();
    await (await broker.connect()).publish('unknown', 1);
    expect(line(await client.next('publish'))).toBe('unknown=x q1');
  });
});
