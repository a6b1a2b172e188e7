import { describe, expect, test } from 'vitest';
import { useBroker } from './support/broker.ts';
import { acknowledge, line, publish } from './support/client.ts';

const broker = useBroker();

describe('4.3.1 QoS 0', () => {
  test('[MQTT-4.3.1-1] a message is sent once, with QoS 0 and DUP 0', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['zero', 0]);
    const publisher = await broker.connect();
    await publisher.publish('zero', 0);
    expect((await subscriber.next('publish')).bytes[0]).toBe(0x30);
    expect(await broker.received(subscriber, publisher)).toEqual([]);
  });
});

describe('4.3.2 QoS 1', () => {
  test('[MQTT-4.3.2-1] a message is sent with an unused packet id, QoS 1 and DUP 0', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['one', 1]);
    const publisher = await broker.connect();
    await publisher.publish('one', 1);
    await publisher.publish('one', 1);
    const [first, second] = await subscriber.nextOf(2, 'publish');
    expect([first!.bytes[0], second!.bytes[0]]).toEqual([0x32, 0x32]);
    expect(first!.messageId).not.toBe(second!.messageId);
  });

  test('[MQTT-4.3.2-1] a message is unacknowledged until its PUBACK came', async () => {
    const subscriber = await broker.connect({ clientId: 'one', clean: false });
    await subscriber.subscribe(['unacknowledged', 1]);
    const publisher = await broker.connect();
    await publisher.publish('unacknowledged', 1, { payload: '1' });
    await publisher.publish('unacknowledged', 1, { payload: '2' });
    const [first, second] = await subscriber.nextOf(2, 'publish');
    subscriber.write(acknowledge('puback', first!.messageId));
    await subscriber.settle();
    await subscriber.vanish();
    const back = await broker.connect({ clientId: 'one', clean: false });
    const again = await back.next('publish');
    expect([line(again), again.messageId]).toEqual(['unacknowledged=2 q1 dup', second!.messageId]);
    back.write(acknowledge('puback', again.messageId));
    expect(await broker.received(back, publisher)).toEqual([]);
  });

  test('[MQTT-4.3.2-2] the PUBACK has the packet id of the message', async () => {
    const client = await broker.connect();
    expect((await client.ask(publish('a', 1, { messageId: 77 }), 'puback')).messageId).toBe(77);
  });

  test.each([false, true])(
    '[MQTT-4.3.2-2] the same packet id behind its PUBACK is a new message, with DUP %s',
    async (dup) => {
      const topic = `new/${dup}`;
      const subscriber = await broker.connect();
      await subscriber.subscribe([topic, 1]);
      const publisher = await broker.connect();
      for (const payload of ['1', '2', '2']) await publisher.publish(topic, 1, { messageId: 5, payload, dup });
      expect(await broker.received(subscriber, publisher)).toEqual([1, 2, 2].map((n) => `${topic}=${n} q1`));
    },
  );
});

describe('4.3.3 QoS 2 as the broker sends', () => {
  test('[MQTT-4.3.3-1] a message is sent with an unused packet id, QoS 2 and DUP 0', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['two', 2]);
    const publisher = await broker.connect();
    await publisher.publish('two', 2);
    await publisher.publish('two', 2);
    const [first, second] = await subscriber.nextOf(2, 'publish');
    expect([first!.bytes[0], second!.bytes[0]]).toEqual([0x34, 0x34]);
    expect(first!.messageId).not.toBe(second!.messageId);
  });

  test('[MQTT-4.3.3-1] PUBREC is answered with a PUBREL of the same packet id, as often as it comes', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['release', 2]);
    await (await broker.connect()).publish('release', 2);
    const { messageId } = await subscriber.next('publish');
    for (let turn = 0; turn < 2; turn++) {
      expect((await subscriber.ask(acknowledge('pubrec', messageId), 'pubrel')).messageId).toBe(messageId);
    }
  });

  test('[MQTT-4.3.3-1] a message is sent again until its PUBREC came, and not once its PUBREL was sent', async () => {
    const fields = { clientId: 'two', clean: false };
    const subscriber = await broker.connect(fields);
    await subscriber.subscribe(['stages', 2]);
    const publisher = await broker.connect();
    await publisher.publish('stages', 2);
    const { messageId } = await subscriber.next('publish');
    await subscriber.vanish();

    const second = await broker.connect(fields);
    const again = await second.next('publish');
    expect([line(again), again.messageId]).toEqual(['stages=x q2 dup', messageId]);
    await second.ask(acknowledge('pubrec', messageId), 'pubrel');
    await second.vanish();

    const third = await broker.connect(fields);
    expect((await third.next('pubrel')).messageId).toBe(messageId);
    await third.vanish();

    const fourth = await broker.connect(fields);
    expect((await fourth.next('pubrel')).messageId).toBe(messageId);
    fourth.write(acknowledge('pubcomp', messageId));
    await fourth.settle();
    await fourth.vanish();

    const fifth = await broker.connect(fields);
    expect(await broker.received(fifth, publisher)).toEqual([]);
  });
});

describe('4.3.3 QoS 2 as the broker receives', () => {
  test('[MQTT-4.3.3-2] PUBREC and PUBCOMP have the packet id of the message', async () => {
    const client = await broker.connect();
    expect((await client.ask(publish('a', 2, { messageId: 78 }), 'pubrec')).messageId).toBe(78);
    expect((await client.ask(acknowledge('pubrel', 78), 'pubcomp')).messageId).toBe(78);
  });

  test.each([false, true])(
    '[MQTT-4.3.3-2] the same packet id before its PUBREL is the same message, with DUP %s',
    async (dup) => {
      const topic = `same/${dup}`;
      const subscriber = await broker.connect();
      await subscriber.subscribe([topic, 2]);
      const publisher = await broker.connect();
      for (let turn = 0; turn < 3; turn++) {
        const packet = publish(topic, 2, { messageId: 9, dup: dup && turn > 0 });
        expect((await publisher.ask(packet, 'pubrec')).messageId).toBe(9);
      }
      await publisher.ask(acknowledge('pubrel', 9), 'pubcomp');
      expect(await broker.received(subscriber, publisher)).toEqual([`${topic}=x q2`]);
    },
  );

  test('[MQTT-4.3.3-2] the same packet id in one piece with the first is the same message', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['piece', 2]);
    const publisher = await broker.connect();
    publisher.write(...Array.from({ length: 5 }, (_, i) => publish('piece', 2, { messageId: 9, dup: i > 0 })));
    await publisher.nextOf(5, 'pubrec');
    await publisher.ask(acknowledge('pubrel', 9), 'pubcomp');
    expect(await broker.received(subscriber, publisher)).toEqual(['piece=x q2']);
  });

  test('[MQTT-4.3.3-2] PUBREL is answered with PUBCOMP as often as it comes', async () => {
    const client = await broker.connect();
    await client.ask(publish('a', 2, { messageId: 10 }), 'pubrec');
    for (let turn = 0; turn < 3; turn++) {
      expect((await client.ask(acknowledge('pubrel', 10), 'pubcomp')).messageId).toBe(10);
    }
  });

  test('[MQTT-4.3.3-2] the same packet id behind its PUBCOMP is a new message', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['renewed', 2]);
    const publisher = await broker.connect();
    for (const payload of ['1', '2', '3']) await publisher.publish('renewed', 2, { messageId: 11, payload });
    expect(await broker.received(subscriber, publisher)).toEqual(['renewed=1 q2', 'renewed=2 q2', 'renewed=3 q2']);
  });

  test('[MQTT-4.3.3-2] the same packet id on a later connection of the session is the same message', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['later', 2]);
    const fields = { clientId: 'resender', clean: false };
    const publisher = await broker.connect(fields);
    await publisher.ask(publish('later', 2, { messageId: 12 }), 'pubrec');
    await publisher.vanish();
    const second = await broker.connect(fields);
    expect(second.sessionPresent).toBe(true);
    await second.ask(publish('later', 2, { messageId: 12, dup: true }), 'pubrec');
    await second.vanish();
    const third = await broker.connect(fields);
    await third.ask(acknowledge('pubrel', 12), 'pubcomp');
    expect(await broker.received(subscriber, third)).toEqual(['later=x q2']);
  });

  test('[MQTT-4.3.3-2] the same packet id on the connection of a new clean session is a new message', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['fresh', 2]);
    const first = await broker.connect({ clientId: 'forgetful', clean: true });
    await first.ask(publish('fresh', 2, { messageId: 13, payload: 'first' }), 'pubrec');
    await first.vanish();
    const second = await broker.connect({ clientId: 'forgetful', clean: true });
    await second.publish('fresh', 2, { messageId: 13, payload: 'second' });
    // Whether a message is sent on before its PUBREL is left to the server.
    const lines = await broker.received(subscriber, second);
    expect(lines.filter((one) => one !== 'fresh=first q2')).toEqual(['fresh=second q2']);
  });
});
