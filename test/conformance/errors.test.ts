import { describe, expect, test } from 'vitest';
import { connectionOf } from '../broker/figures.ts';
import { useBroker, will } from './support/broker.ts';
import { connectBytes, field, packet, remainingLength } from './support/bytes.ts';
import { publish } from './support/client.ts';

const LIMIT = 4096;
const broker = useBroker(`mqtt: {max_packet_size: ${LIMIT}, max_awaiting_rel: 5}`);

describe('4.8 handling errors', () => {
  test.each([
    ['the reserved type 0', packet(0x00)],
    ['the reserved type 15', packet(0xf0)],
    ['a CONNACK', packet(0x20, 0, 0)],
    ['a SUBACK', packet(0x90, 0, 1, 0)],
    ['an UNSUBACK', packet(0xb0, 0, 1)],
    ['a PINGRESP', packet(0xd0)],
    ['a PINGREQ with a content', packet(0xc0, 0)],
    ['a PUBACK of one byte', packet(0x40, 1)],
    ['a PUBACK of three bytes', packet(0x40, 0, 1, 0)],
    ['a PUBREC without a packet id', packet(0x50)],
    ['a PUBREL of three bytes', packet(0x62, 0, 1, 0)],
    ['a PUBCOMP without a packet id', packet(0x70)],
    ['a SUBSCRIBE of nothing', packet(0x82)],
    ['an UNSUBSCRIBE of nothing', packet(0xa2)],
    ['a PUBLISH of nothing', packet(0x32)],
  ])('[MQTT-4.8.0-1] %s ends the connection', async (_, bytes) => {
    expect(await broker.answersToClient(bytes)).toEqual([]);
  });

  test('[MQTT-4.8.0-1] what comes behind a violation is not processed', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['behind', 1]);
    expect(await broker.answersToClient(packet(0xf0), packet(0x30, field('behind'), 1))).toEqual([]);
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });

  test('[MQTT-4.8.0-1] what comes before a violation is processed', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['ahead', 1]);
    await broker.answersToClient(packet(0x30, field('ahead'), Buffer.from('x')), packet(0xf0));
    expect(await watcher.message()).toBe('ahead=x q0');
  });

  test('[MQTT-4.8.0-1] a violation of one client ends no other connection', async () => {
    const other = await broker.connect();
    await broker.answersToClient(packet(0xf0));
    await other.settle();
  });

  test('[MQTT-4.8.0-2] more messages that wait for PUBREL than the broker takes end the connection', async () => {
    const client = await broker.connect();
    for (let messageId = 1; messageId <= 5; messageId++) await client.ask(publish('a', 2, { messageId }), 'pubrec');
    await client.settle();
    client.write(publish('a', 2, { messageId: 6 }));
    expect(await client.untilClosed()).toEqual([]);
  });
});

describe('mqtt.max_packet_size', () => {
  const announced = (first: number, length: number): Buffer =>
    Buffer.concat([Buffer.from([first]), remainingLength(length)]);

  test.each([LIMIT + 1, 1_000_000, 268_435_455])(
    '[MQTT-4.8.0-2] a PUBLISH that announces %i bytes ends the connection before any of them is sent',
    async (length) => {
      const watcher = await broker.connect();
      await watcher.subscribe([`large/${length}`, 1]);
      const client = await broker.connect({ will: will(`large/${length}`) });
      client.write(announced(0x30, length));
      expect(await client.untilClosed()).toEqual([]);
      expect(await watcher.message()).toBe(`large/${length}=will q1`);
    },
  );

  test.each([0x10, 0x82, 0xa2, 0x40])('[MQTT-4.8.0-2] so does a packet that begins with %i', async (first) => {
    const bytes = announced(first, 1_000_000);
    expect(first === 0x10 ? await broker.answersTo(bytes) : await broker.answersToClient(bytes)).toEqual([]);
  });

  test('[MQTT-4.8.0-2] a length that comes byte by byte is refused with its last byte', async () => {
    const client = await broker.connect();
    for (const byte of announced(0x30, 268_435_455)) {
      await new Promise<void>((resolve) => client.socket.write(Buffer.from([byte]), () => resolve()));
    }
    expect(await client.untilClosed()).toEqual([]);
  });

  test('a packet of that size is taken', async () => {
    const client = await broker.connect();
    await client.subscribe(['fits', 0]);
    const payload = Buffer.alloc(LIMIT - 3 - 2 - 4, 'x');
    const bytes = packet(0x30, field('fits'), payload);
    expect(bytes.length).toBe(LIMIT);
    client.write(bytes);
    expect((await client.next('publish')).payload.length).toBe(payload.length);
  });

  test('a CONNECT that is too large leaves no client behind', async () => {
    expect(await broker.answersTo(connectBytes({ payload: [field('x'.repeat(LIMIT))] }))).toEqual([]);
    expect(await connectionOf(broker.gateway, 'x'.repeat(LIMIT))).toBeNull();
  });
});
