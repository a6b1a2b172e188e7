import { describe, expect, test } from 'vitest';
import { connectionOf } from '../broker/figures.ts';
import { useBroker } from './support/broker.ts';
import {
  connectBytes,
  FLAG,
  field,
  packet,
  publishBytes,
  remainingLength,
  subscribeBytes,
  unsubscribeBytes,
} from './support/bytes.ts';
import { acknowledge, line, publish, subscribe, unsubscribe } from './support/client.ts';

const broker = useBroker();
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const ID = Buffer.from([0, 7]);

/** Every place of a CONNECT that holds text, with the bytes of that text given. */
const inConnect: readonly (readonly [string, (text: Buffer) => Buffer])[] = [
  ['client id', (text) => connectBytes({ payload: [field(text)] })],
  [
    'will topic',
    (text) => connectBytes({ flags: FLAG.clean | FLAG.will, payload: [field('id'), field(text), field('x')] }),
  ],
  ['user name', (text) => connectBytes({ flags: FLAG.clean | FLAG.user, payload: [field('id'), field(text)] })],
];

/** Every place of the packets of a connected client that holds text. */
const inPackets: readonly (readonly [string, (text: Buffer) => Buffer])[] = [
  ['topic of a PUBLISH', publishBytes],
  ['filter of a SUBSCRIBE', (text) => subscribeBytes([text, 0])],
  ['filter of an UNSUBSCRIBE', (text) => unsubscribeBytes(text)],
];

const illFormed = [
  ['half of a surrogate pair', '61eda08062'],
  ['an encoding that is too long', '61c0af62'],
  ['a continuation byte alone', '618062'],
  ['a sequence that is cut off', '61e282'],
  ['a code point beyond U+10FFFF', '61f490808062'],
] as const;

describe('1.5.3 UTF-8 encoded strings', () => {
  describe.each(inConnect)('in the %s', (_, bytesOf) => {
    test.each(illFormed)('[MQTT-1.5.3-1] %s ends the connection without a CONNACK', async (_, text) => {
      expect(await broker.answersTo(bytesOf(hex(text)))).toEqual([]);
    });

    test('[MQTT-1.5.3-2] U+0000 ends the connection without a CONNACK', async () => {
      expect(await broker.answersTo(bytesOf(hex('610062')))).toEqual([]);
    });
  });

  describe.each(inPackets)('in the %s', (_, bytesOf) => {
    test.each(illFormed)('[MQTT-1.5.3-1] %s ends the connection', async (_, text) => {
      expect(await broker.answersToClient(bytesOf(hex(text)))).toEqual([]);
    });

    test('[MQTT-1.5.3-2] U+0000 ends the connection', async () => {
      expect(await broker.answersToClient(bytesOf(hex('610062')))).toEqual([]);
    });
  });

  test('[MQTT-1.5.3-3] U+FEFF in front of a topic is a part of it', async () => {
    const subscriber = await broker.connect();
    await subscriber.subscribe(['\uFEFFbom', 1]);
    const other = await broker.connect();
    await other.subscribe(['bom', 1]);
    const publisher = await broker.connect();
    await publisher.publish('\uFEFFbom', 0);
    const { topic, bytes } = await subscriber.next('publish');
    expect(topic).toBe('\uFEFFbom');
    expect(bytes.subarray(2).toString('hex')).toBe(`0006efbbbf626f6d${hex('78').toString('hex')}`);
    expect(await broker.received(other, publisher)).toEqual([]);
  });

  test('[MQTT-1.5.3-3] U+FEFF in front of a client id is a part of it', async () => {
    const one = await broker.connect({ clientId: 'marked' });
    const other = await broker.connect({ clientId: '\uFEFFmarked' });
    await one.settle();
    await other.settle();
    expect((await connectionOf(broker.gateway, '\uFEFFmarked'))?.clientId).toBe('\uFEFFmarked');
  });
});

describe('2.2.2 flags', () => {
  test('[MQTT-2.2.2-1] the packets of the broker carry the flags of the table', async () => {
    const client = await broker.open();
    const first: number[] = [];
    const note = ({ bytes }: { readonly bytes: Buffer }): number => first.push(bytes[0]!);
    note(await client.ask(connectBytes({ payload: [field('flags')] }), 'connack'));
    note(await client.ask(subscribe(1, ['other', 0]), 'suback'));
    note(await client.ask(unsubscribe(2, 'other'), 'unsuback'));
    note(await client.ask(publish('flags', 1, { messageId: 3 }), 'puback'));
    note(await client.ask(publish('flags', 2, { messageId: 4 }), 'pubrec'));
    note(await client.ask(acknowledge('pubrel', 4), 'pubcomp'));
    note(await client.ask({ cmd: 'pingreq' }, 'pingresp'));
    await client.subscribe(['flags', 2]);
    const publisher = await broker.connect();
    await publisher.publish('flags', 2);
    const { messageId } = await client.next('publish');
    note(await client.ask(acknowledge('pubrec', messageId), 'pubrel'));
    expect(first).toEqual([0x20, 0x90, 0xb0, 0x40, 0x50, 0x70, 0xd0, 0x62]);
  });

  test.each([0x11, 0x12, 0x14, 0x18, 0x1f])(
    '[MQTT-2.2.2-2] a CONNECT that begins with %i is refused',
    async (first) => {
      expect(await broker.answersTo(connectBytes({ first }))).toEqual([]);
    },
  );

  test.each([
    ['PUBACK', 0x41],
    ['PUBACK', 0x42],
    ['PUBREC', 0x51],
    ['PUBREC', 0x52],
    ['PUBCOMP', 0x72],
    ['PUBCOMP', 0x78],
  ])('[MQTT-2.2.2-2] a %s that begins with %i ends the connection', async (_, first) => {
    expect(await broker.answersToClient(packet(first, ID))).toEqual([]);
  });

  test.each([0xc1, 0xc2, 0xc4, 0xc8])(
    '[MQTT-2.2.2-2] a PINGREQ that begins with %i ends the connection',
    async (first) => {
      expect(await broker.answersToClient(packet(first))).toEqual([]);
    },
  );
});

describe('2.2.3 the remaining length', () => {
  test.each([0, 1, 127, 128, 16_383, 16_384, 200_000])('[MQTT-7.1.1-1] is read and written: %i bytes', async (size) => {
    const client = await broker.connect();
    await client.subscribe(['size', 0]);
    const payload = Buffer.alloc(size, 'x');
    client.write(packet(0x30, field('size'), payload));
    const { bytes } = await client.next('publish');
    expect(bytes.equals(Buffer.concat([hex('30'), remainingLength(size + 6), field('size'), payload]))).toBe(true);
  });

  test('[MQTT-4.8.0-1] of more than four bytes ends the connection', async () => {
    expect(await broker.answersTo(hex('10ffffffff7f'))).toEqual([]);
    expect(await broker.answersToClient(hex('30ffffffff7f'))).toEqual([]);
  });

  test('[MQTT-7.1.1-1] packets may come byte by byte', async () => {
    const client = await broker.open();
    const bytes = Buffer.concat([
      connectBytes({ payload: [field('drops')] }),
      subscribeBytes(['drops', 0]),
      publishBytes('drops'),
    ]);
    for (const byte of bytes) {
      await new Promise<void>((resolve) => client.socket.write(Buffer.from([byte]), () => resolve()));
    }
    await client.next('connack');
    await client.next('suback');
    expect(line(await client.next('publish'))).toBe('drops=x q0');
  });

  test('[MQTT-7.1.1-1] many packets may come in one piece', async () => {
    const client = await broker.connect();
    client.write(
      subscribeBytes(['piece', 0]),
      ...Array.from({ length: 50 }, () => publishBytes('piece')),
      packet(0xc0),
    );
    const counts: Record<string, number> = {};
    for (let i = 0; i < 52; i++) {
      const { cmd } = await client.take();
      counts[cmd] = (counts[cmd] ?? 0) + 1;
    }
    expect(counts).toEqual({ suback: 1, publish: 50, pingresp: 1 });
  });
});

describe('2.3.1 packet ids', () => {
  test.each([
    ['SUBSCRIBE', packet(0x82, 0, 0, field('a'), 0)],
    ['UNSUBSCRIBE', packet(0xa2, 0, 0, field('a'))],
    ['PUBLISH with QoS 1', packet(0x32, field('a'), 0, 0)],
    ['PUBLISH with QoS 2', packet(0x34, field('a'), 0, 0)],
  ])('[MQTT-2.3.1-1] a %s with the packet id 0 ends the connection', async (_, bytes) => {
    expect(await broker.answersToClient(bytes)).toEqual([]);
  });

  test.each([
    ['SUBSCRIBE', packet(0x82, 1)],
    ['UNSUBSCRIBE', packet(0xa2, 1)],
    ['PUBLISH with QoS 1', packet(0x32, field('a'))],
    ['PUBLISH with QoS 2', packet(0x34, field('a'), 1)],
  ])('[MQTT-2.3.1-1] a %s without a whole packet id ends the connection', async (_, bytes) => {
    expect(await broker.answersToClient(bytes)).toEqual([]);
  });

  test('[MQTT-2.3.1-1] the broker gives none that is 0', async () => {
    const client = await broker.connect();
    await client.subscribe(['ids', 2]);
    const publisher = await broker.connect();
    for (const qos of [1, 2, 1, 2] as const) await publisher.publish('ids', qos);
    const ids = (await client.nextOf(4, 'publish')).map(({ messageId }) => messageId ?? 0);
    expect(ids.every((id) => id >= 1 && id <= 65_535)).toBe(true);
  });

  test('[MQTT-2.3.1-4] the broker gives different ones to messages that are not acknowledged', async () => {
    const client = await broker.connect();
    await client.subscribe(['open', 2]);
    const publisher = await broker.connect();
    for (let i = 0; i < 10; i++) await publisher.publish('open', i % 2 === 0 ? 1 : 2);
    const ids = (await client.nextOf(10, 'publish')).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(10);
  });

  test('[MQTT-2.3.1-5] a message with QoS 0 has none', async () => {
    const client = await broker.connect();
    await client.subscribe(['none', 2]);
    await (await broker.connect()).publish('none', 0);
    expect((await client.next('publish')).bytes.toString('hex')).toBe('300700046e6f6e6578');
  });

  test.each([1, 255, 256, 65_535])(
    '[MQTT-2.3.1-6] PUBACK, PUBREC and PUBCOMP have that of the message: %i',
    async (messageId) => {
      const client = await broker.connect();
      expect((await client.ask(publish('a', 1, { messageId }), 'puback')).messageId).toBe(messageId);
      expect((await client.ask(publish('a', 2, { messageId }), 'pubrec')).messageId).toBe(messageId);
      expect((await client.ask(acknowledge('pubrel', messageId), 'pubcomp')).messageId).toBe(messageId);
    },
  );

  test('[MQTT-2.3.1-6] PUBREL has that of the message', async () => {
    const client = await broker.connect();
    await client.subscribe(['release', 2]);
    await (await broker.connect()).publish('release', 2);
    const { messageId } = await client.next('publish');
    expect((await client.ask(acknowledge('pubrec', messageId), 'pubrel')).messageId).toBe(messageId);
  });

  test.each([1, 256, 65_535])(
    '[MQTT-2.3.1-7] SUBACK and UNSUBACK have that of their request: %i',
    async (messageId) => {
      const client = await broker.connect();
      expect((await client.ask(subscribe(messageId, ['a', 0]), 'suback')).messageId).toBe(messageId);
      expect((await client.ask(unsubscribe(messageId, 'a'), 'unsuback')).messageId).toBe(messageId);
    },
  );
});
