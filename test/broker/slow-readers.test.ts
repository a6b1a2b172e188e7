import { afterEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { connectWire, publishPacket, type Wire } from './wire.ts';

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
