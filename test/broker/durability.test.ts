import { ClassicLevel } from 'classic-level';
import { describe, expect, test, vi } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { isOffline } from './figures.ts';
import { connectWire, publishPacket } from './wire.ts';

describe.each([
  ['os', false],
  ['disk', true],
])('durability %s', (durability, isForced) => {
  test(`acknowledges what is stored, forced out to the disk: ${isForced}`, async () => {
    const gateway = await startGateway('', { BROKERQL_DURABILITY: durability });
    const away = await connectWire(gateway, { clientId: 'away', clean: false });
    await away.subscribe(['kept', 2]);
    await away.disconnect();
    await isOffline(gateway, 'away');
    const publisher = await connectWire(gateway, { clientId: 'publisher', clean: false });
    const driver = ClassicLevel.prototype as unknown as { _batch(...given: unknown[]): Promise<void> };
    const { _batch: batch } = driver;
    const stored: { readonly forced: unknown; readonly puts: number }[] = [];
    const spy = vi.spyOn(driver, '_batch').mockImplementation(async function (
      this: ClassicLevel,
      operations: readonly { type: string }[],
      options: { sync?: boolean },
    ) {
      await batch.call(this, operations, options);
      stored.push({ forced: options.sync, puts: operations.length });
    } as never);
    try {
      for (const [qos, answer] of [
        [1, 'puback'],
        [2, 'pubrec'],
      ] as const) {
        stored.length = 0;
        await publisher.ask(publishPacket('kept', qos, qos), answer);
        expect(stored).not.toEqual([]);
        expect(new Set(stored.map(({ forced }) => forced))).toEqual(new Set([isForced]));
      }
    } finally {
      spy.mockRestore();
    }
    await gateway.close();
  });
});
