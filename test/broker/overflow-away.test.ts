import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { isOffline, sessionOf } from './figures.ts';
import { connectWire, publishPacket, type Wire } from './wire.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_mqueue_len: 3, max_inflight: 2}');
});

afterAll(() => gateway.close());

const texts = async (wire: Wire, count: number): Promise<string[]> => {
  const all: string[] = [];
  for (let i = 0; i < count; i++) {
    const { payload, dup, messageId } = await wire.next('publish');
    all.push(`${payload}${dup ? ' again' : ''}`);
    wire.write({ cmd: 'puback', messageId: messageId ?? 0 });
  }
  return all;
};

describe('a queue that runs over while its client is away', () => {
  test('loses what is oldest of what waits, and nothing of what was on its way', async () => {
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    const wire = await connectWire(gateway, { clientId: 'away', clean: false });
    await wire.subscribe(['over', 1]);
    const publish = (text: string) => publisher.ask(publishPacket('over', 1, 1, text), 'puback');
    for (const text of ['a', 'b', 'c']) await publish(text);
    for (const text of ['a', 'b']) expect((await wire.next('publish')).payload.toString()).toBe(text);
    await wire.vanish();
    await isOffline(gateway, 'away');
    for (let i = 0; i < 5000; i++) publisher.write(publishPacket('over', 1, 1 + (i % 1000), `message ${i}`));
    for (let i = 0; i < 5000; i++) await publisher.next('puback');
    expect(await sessionOf(gateway, 'away')).toMatchObject({ inflightCount: 2, queuedCount: 3, droppedCount: 4998 });
    const back = await connectWire(gateway, { clientId: 'away', clean: false });
    expect(await texts(back, 5)).toEqual(['a again', 'b again', 'message 4997', 'message 4998', 'message 4999']);
    await eventually(async () => (await sessionOf(gateway, 'away'))?.inflightCount === 0, 'the last acknowledgement');
    const { stored } = gateway.gateway.broker.registry.sessionsById.get('away') ?? {};
    const { count, bytes, unswept, tail, next, head } = stored!;
    expect({ count, bytes, unswept, tail, next, head }).toEqual({
      count: 0,
      bytes: 0,
      unswept: 0,
      tail: 5004,
      next: 5004,
      head: 5004,
    });
    await back.disconnect();
    await publisher.disconnect();
  });
});
