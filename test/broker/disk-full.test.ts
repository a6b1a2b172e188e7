import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { mountSmallDisk } from '../store/support/small-disk.ts';
import { eventually, startGateway } from '../support/gateway.ts';
import { isOffline, sessionOf } from './figures.ts';
import { connectPacket, connectWire, openWire } from './wire.ts';

vi.setConfig({ testTimeout: 60_000 });

const disk = mountSmallDisk(20);
const why = typeof disk === 'string' ? ` (skipped: ${disk})` : '';
/** Kibibytes of a message: no two bytes repeat, so that the disk has them all. */
const PAYLOAD = 10;

describe.skipIf(typeof disk === 'string')(`a file system of 20 MB that is full${why}`, () => {
  if (typeof disk === 'string') return;

  test('ends who publishes, and nothing that was acknowledged is lost when there is space again', async () => {
    const gateway = await startGateway('', {}, join(disk.folder, 'data'));
    const ready = async (): Promise<number> => (await fetch(`${gateway.httpUrl}/readyz`)).status;
    const away = await connectWire(gateway, { clientId: 'away', clean: false });
    await away.subscribe(['kept', 1]);
    await away.disconnect();
    await isOffline(gateway, 'away');
    const listener = await connectWire(gateway, { clientId: 'listener' });
    await listener.subscribe(['live', 1]);

    const acknowledged: string[] = [];
    const publishUntilRefused = async (): Promise<void> => {
      const publisher = await connectWire(gateway, { clientId: 'publisher' });
      for (;;) {
        const payload = randomBytes(PAYLOAD * 1024);
        publisher.write({ cmd: 'publish', topic: 'kept', payload, qos: 1, dup: false, retain: false, messageId: 1 });
        try {
          await publisher.next('puback');
        } catch {
          return;
        }
        acknowledged.push(payload.toString('base64', 0, 30));
      }
    };

    for (const _ of ['first', 'second']) {
      await disk.fill(3_000_000);
      const before = acknowledged.length;
      await publishUntilRefused();
      expect(acknowledged.length).toBeGreaterThan(before + 20);
      expect(await ready()).toBe(503);
      const refused = await openWire(gateway);
      const connect = connectPacket({ clientId: 'away', clean: false });
      expect(await refused.ask(connect, 'connack')).toMatchObject({ returnCode: 3 });
      // Clean clients go on.
      const clean = await connectWire(gateway, { clientId: 'clean' });
      await clean.ask(
        { cmd: 'publish', topic: 'live', payload: 'x', qos: 1, dup: false, retain: false, messageId: 1 },
        'puback',
      );
      const { messageId = 0 } = await listener.next('publish');
      listener.write({ cmd: 'puback', messageId });
      await clean.disconnect();
      await disk.empty();
      await eventually(async () => (await ready()) === 200, 'the store to heal', 30_000);
    }

    const back = await connectWire(gateway, { clientId: 'away', clean: false });
    const { queuedCount = 0, inflightCount = 0 } = (await sessionOf(gateway, 'away'))!;
    const came: string[] = [];
    while (came.length < queuedCount + inflightCount) {
      const { payload, messageId = 0 } = await back.next('publish');
      came.push((payload as Buffer).toString('base64', 0, 30));
      back.write({ cmd: 'puback', messageId });
    }
    await back.settle();
    // The message that was refused may be there, whole, or not.
    expect(came.filter((one) => acknowledged.includes(one))).toEqual(acknowledged);
    expect(came.length - acknowledged.length).toBeLessThanOrEqual(2);
    await gateway.close();
  });
});
