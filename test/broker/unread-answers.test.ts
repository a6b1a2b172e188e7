import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { connectWire, type Wire } from './wire.ts';

const COUNT = 1_000_000;
const PUBREL = Buffer.from('62020001', 'hex');
let gateway: TestGateway;
let other: Wire;

beforeAll(async () => {
  gateway = await startGateway();
  other = await connectWire(gateway, { clientId: 'other' });
});

afterAll(() => gateway.close());

describe('a client that reads no answers', () => {
  test('is read no further, and gets all of them when it reads', async () => {
    const wire = await connectWire(gateway, { clientId: 'deaf' });
    const connection = gateway.gateway.broker.registry.sessionsById.get('deaf')!.connection!;
    wire.socket.removeAllListeners('data');
    wire.socket.pause();
    wire.socket.write(Buffer.alloc(4 * COUNT, PUBREL));
    for (let before = -1; before !== connection.bytesReceived; ) {
      before = connection.bytesReceived;
      for (let i = 0; i < 200; i++) await other.settle();
    }
    expect(connection.bytesPending).toBeLessThan(500_000);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      wire.socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received === 4 * COUNT) resolve();
      });
    });
    wire.socket.resume();
    await all;
    expect(connection.bytesPending).toBe(0);
    wire.socket.destroy();
  });
});
