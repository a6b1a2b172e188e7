import { expect, test } from 'vitest';
import { eventually, startGateway } from '../support/gateway.ts';
import { isOffline } from './figures.ts';
import { interposeStore } from './store-faults.ts';
import { connectWire } from './wire.ts';

test('both bounds of a queue hold when the number is exceeded while bytes are dropped', async () => {
  const gateway = await startGateway('mqtt: {max_mqueue_len: 10, max_mqueue_bytes: 4000}');
  const store = interposeStore(gateway.dataDir);
  const { broker } = gateway.gateway;
  const wire = await connectWire(gateway, { clientId: 'away', clean: false });
  await wire.subscribe(['kept', 1]);
  await wire.disconnect();
  await isOffline(gateway, 'away');
  const publish = (size: number): Promise<void> =>
    broker.publish({ topic: 'kept', payload: Buffer.alloc(size), qos: 1, retain: false, clientId: 'api' });
  await Promise.all(Array.from({ length: 9 }, () => publish(350)));
  const release = store.holdReads();
  await publish(700);
  await eventually(() => store.reads > 0, 'the first read');
  for (let i = 0; i < 6; i++) await publish(10);
  release();
  const { stored } = broker.registry.sessionsById.get('away')!;
  await eventually(() => stored!.count <= 10 && stored!.bytes <= 4000 && stored!.unswept === 0, 'the bounds');
  const back = await connectWire(gateway, { clientId: 'away', clean: false });
  for (let left = stored!.count; left > 0; left--) {
    const { messageId = 0 } = await back.next('publish');
    back.write({ cmd: 'puback', messageId });
  }
  expect(stored!.bytes).toBe(0);
  store.restore();
  await gateway.close();
});
