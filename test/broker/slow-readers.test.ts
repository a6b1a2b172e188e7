import { afterEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { connectWire, publishPacket, subscribePacket, type Wire } from './wire.ts';

let gateway: TestGateway;

afterEach(() => gateway.close());

async function retain(publisher: Wire, count: number, payload: string): Promise<void> {
  for (let i = 1; i <= count; i++)
    await publisher.ask({ ...publishPacket(`kept/${i}`, 1, i, payload), retain: true }, 'puback');
}

describe('mqtt.high_watermark: 1024', () => {
  test('retained messages that are more than that all come', async () => {
    gateway = await startGateway('mqtt: {high_watermark: 1024}');
    await retain(await connectWire(gateway, { clientId: 'publisher' }), 100, 'x'.repeat(100));
    const wire = await connectWire(gateway, { clientId: 'subscriber' });
    expect(await wire.subscribe(['#', 0])).toEqual([0]);
    const topics = new Set<string>();
    for (let i = 0; i < 100; i++) topics.add((await wire.next('publish')).topic);
    expect(topics.size).toBe(100);
  });
});

describe('a client that reads nothing and subscribes again and again', () => {
  test('gets the retained messages of each filter when it reads, and the broker holds them once', async () => {
    gateway = await startGateway('mqtt: {high_watermark: 65536}');
    await retain(await connectWire(gateway, { clientId: 'publisher' }), 100, 'x'.repeat(50_000));
    const wire = await connectWire(gateway, { clientId: 'subscriber' });
    const { client } = gateway.gateway.broker.registry.sessionsById.get('subscriber')!.connection!;
    const before = client.conn.listenerCount('drain');
    wire.socket.pause();
    for (let i = 1; i <= 200; i++) wire.write(subscribePacket(i, ['kept/+', 0]), subscribePacket(i, ['+/1', 0]));
    const other = await connectWire(gateway, { clientId: 'other' });
    const connection = gateway.gateway.broker.registry.sessionsById.get('subscriber')!.connection!;
    for (let i = 0; connection.packetsReceived < 401 || i < 20; i++) await other.settle();
    // Whoever sends them, and whoever notes that the client is slow no more.
    expect(client.conn.listenerCount('drain')).toBe(before + 2);
    wire.socket.resume();
    const topics: string[] = [];
    // Those of the first filter, of the second one, and once more of the first one.
    for (let subacks = 0; subacks < 400 || topics.length < 201; ) {
      const packet = await wire.take();
      if (packet.cmd === 'suback') subacks++;
      if (packet.cmd === 'publish') topics.push(packet.topic);
    }
    expect(new Set(topics).size).toBe(100);
    await wire.ask({ cmd: 'unsubscribe', messageId: 500, unsubscriptions: ['kept/+', '+/1'] }, 'unsuback');
    await wire.subscribe(['kept/2', 0]);
    expect((await wire.next('publish')).topic).toBe('kept/2');
  });
});
