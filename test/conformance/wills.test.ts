import { describe, expect, test } from 'vitest';
import { isOffline } from '../broker/figures.ts';
import { connectPacket, useBroker, will } from './support/broker.ts';
import { connectBytes, FLAG, field, packet } from './support/bytes.ts';
import { type Client, publish } from './support/client.ts';

const broker = useBroker();

async function watch(topic: string): Promise<Client> {
  const watcher = await broker.connect();
  await watcher.subscribe([topic, 2]);
  return watcher;
}

/** Ways in which a connection ends without a DISCONNECT. */
const ends: readonly (readonly [string, (client: Client) => Promise<void> | void])[] = [
  ['the socket is lost', (client) => client.vanish()],
  ['the socket is half closed', (client) => void client.socket.end()],
  ['the client violates the protocol', (client) => client.write(packet(0xf0))],
  ['the client sends a second CONNECT', (client) => client.write(connectPacket())],
  ['the client publishes to a wildcard', (client) => client.write(publish('a/b', 0), packet(0x30, field('a/#')))],
  [
    'the socket is lost in the middle of a packet',
    (client) => {
      client.write(Buffer.from('30ff', 'hex'));
      return client.vanish();
    },
  ],
  [
    'the client is kicked over REST',
    async ({ clientId }) => {
      const { status } = await broker.gateway.rest(`/connections/${clientId}`, { method: 'DELETE' });
      expect(status).toBe(200);
    },
  ],
  ['its id is taken over', async ({ clientId }) => void (await broker.connect({ clientId }))],
];

describe('a will is published when', () => {
  test.each(ends)('[MQTT-3.1.2-8] %s', async (how, end) => {
    const clientId = `ends-${ends.findIndex(([name]) => name === how)}`;
    const watcher = await watch(clientId);
    const client = await broker.connect({ clientId, will: will(clientId) });
    await end(client);
    expect(await watcher.message()).toBe(`${clientId}=will q1`);
    await client.closed;
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });

  test.each([true, false])('[MQTT-3.1.2-8] the connection of a session ends that is clean: %s', async (clean) => {
    const topic = `session/${clean}`;
    const watcher = await watch(topic);
    await (await broker.connect({ clientId: topic, clean, will: will(topic) })).vanish();
    expect(await watcher.message()).toBe(`${topic}=will q1`);
  });

  test('[MQTT-3.1.2-8] a subscriber is away, who gets it later', async () => {
    const away = await broker.connect({ clientId: 'heir', clean: false });
    await away.subscribe(['estate', 1]);
    await away.disconnect();
    const live = await watch('estate');
    await (await broker.connect({ will: will('estate') })).vanish();
    await live.message();
    const back = await broker.connect({ clientId: 'heir', clean: false });
    expect(await back.message()).toBe('estate=will q1');
  });
});

describe('a will', () => {
  test.each([0, 1, 2] as const)('[MQTT-3.1.2-9] is published with its topic, message and QoS %i', async (qos) => {
    const topic = `fields/${qos}`;
    const watcher = await watch(topic);
    const payload = [field(`f${qos}`), field(topic), field(Buffer.from([0, 255, 10]))];
    const client = await broker.open();
    await client.ask(connectBytes({ flags: FLAG.clean | FLAG.will | (qos << 3), payload }), 'connack');
    await client.vanish();
    const packet = await watcher.next('publish');
    expect([packet.topic, packet.qos, [...(packet.payload as Buffer)]]).toEqual([topic, qos, [0, 255, 10]]);
  });

  test('[MQTT-3.1.2-9] may be empty', async () => {
    const watcher = await watch('empty');
    await (await broker.connect({ will: { ...will('empty'), payload: Buffer.alloc(0) } })).vanish();
    expect(await watcher.message()).toBe('empty= q1');
  });

  test('[MQTT-3.1.2-10] is published once', async () => {
    const watcher = await watch('once');
    const fields = { clientId: 'once', clean: false };
    await (await broker.connect({ ...fields, will: will('once') })).vanish();
    expect(await watcher.message()).toBe('once=will q1');
    await (await broker.connect(fields)).vanish();
    await isOffline(broker.gateway, 'once');
    await (await broker.connect({ ...fields, clean: true })).disconnect();
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });

  test('[MQTT-3.1.2-10] is removed by a DISCONNECT', async () => {
    const watcher = await watch('removed');
    const fields = { clientId: 'removed', clean: false };
    await (await broker.connect({ ...fields, will: will('removed') })).disconnect();
    await isOffline(broker.gateway, 'removed');
    await (await broker.connect(fields)).vanish();
    await isOffline(broker.gateway, 'removed');
    await (await broker.connect({ ...fields, clean: true })).disconnect();
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });

  test('[MQTT-3.1.2-12] that a CONNECT does not have is not published', async () => {
    const watcher = await watch('absent');
    await (await broker.connect({ clientId: 'absent' })).vanish();
    await isOffline(broker.gateway, 'absent');
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });

  test('[MQTT-3.1.2-16] without RETAIN is published without', async () => {
    const watcher = await watch('plain');
    await (await broker.connect({ will: will('plain') })).vanish();
    expect(await watcher.message()).toBe('plain=will q1');
    const late = await watch('plain');
    expect(await broker.received(late, await broker.connect())).toEqual([]);
  });

  test.each([0, 1, 2] as const)('[MQTT-3.1.2-17] with RETAIN and QoS %i is retained', async (qos) => {
    const topic = `retained/${qos}`;
    const watcher = await watch(topic);
    await (await broker.connect({ will: will(topic, qos, true) })).vanish();
    expect(await watcher.message()).toBe(`${topic}=will q${qos}`);
    expect(await broker.received(await watch(topic), await broker.connect())).toEqual([`${topic}=will q${qos} retain`]);
  });

  test('is published behind what its client published before', async () => {
    const watcher = await watch('sequence');
    const client = await broker.connect({ will: will('sequence') });
    client.write(
      ...[1, 2, 3].map((messageId) => publish('sequence', 1, { messageId, payload: `${messageId}` })),
      packet(0xf0),
    );
    const lines = [await watcher.message(), await watcher.message(), await watcher.message(), await watcher.message()];
    expect(lines).toEqual(['sequence=1 q1', 'sequence=2 q1', 'sequence=3 q1', 'sequence=will q1']);
  });

  test('of a CONNECT that is refused is not published', async () => {
    const watcher = await watch('refused');
    const payload = [field(''), field('refused'), field('x')];
    expect(await broker.answersTo(connectBytes({ flags: FLAG.will, payload }))).toEqual(['connack 2']);
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });

  test('of the new client is kept when it takes over the id of another', async () => {
    const watcher = await watch('takeover/+');
    for (const clean of [true, false]) {
      const clientId = `takeover ${clean}`;
      const old = await broker.connect({ clientId, clean, will: will('takeover/old') });
      const young = await broker.connect({ clientId, clean, will: will('takeover/new') });
      await old.closed;
      expect(await watcher.message()).toBe('takeover/old=will q1');
      await young.settle();
      await young.vanish();
      expect(await watcher.message()).toBe('takeover/new=will q1');
    }
  });

  test('is not published when its client took over the id of another and sends a DISCONNECT', async () => {
    const watcher = await watch('leave/+');
    const old = await broker.connect({ clientId: 'leaving', will: will('leave/old') });
    const young = await broker.connect({ clientId: 'leaving', will: will('leave/new') });
    await old.closed;
    expect(await watcher.message()).toBe('leave/old=will q1');
    await young.disconnect();
    await isOffline(broker.gateway, 'leaving');
    expect(await broker.received(watcher, await broker.connect())).toEqual([]);
  });
});
