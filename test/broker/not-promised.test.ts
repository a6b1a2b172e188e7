import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { isOffline, sessionOf } from './figures.ts';
import { connectWire, publishPacket } from './wire.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

describe('what is not promised', () => {
  test('a publisher with a clean session that sends a QoS 2 message again on a new connection doubles it', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['twice', 0]);
    for (const dup of [false, true]) {
      const publisher = await connectWire(gateway, { clientId: 'forgetful' });
      await publisher.ask({ ...publishPacket('twice', 2, 7), dup }, 'pubrec');
      await publisher.vanish();
      await isOffline(gateway, 'forgetful');
      await subscriber.next('publish');
    }
    await subscriber.settle();
  });

  test('a publisher that sends a QoS 1 message again, though it was acknowledged, doubles it', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['again', 0]);
    const publisher = await connectWire(gateway, { clientId: 'unsure', clean: false });
    await publisher.ask(publishPacket('again', 1, 7), 'puback');
    await publisher.ask({ ...publishPacket('again', 1, 7), dup: true }, 'puback');
    await subscriber.next('publish');
    await subscriber.next('publish');
  });

  test('a message with QoS 0 is not kept for a client that is away, whatever it was granted', async () => {
    const away = await connectWire(gateway, { clientId: 'away', clean: false });
    await away.subscribe(['fleeting', 2]);
    await away.disconnect();
    await isOffline(gateway, 'away');
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    publisher.write(publishPacket('fleeting', 0));
    await publisher.settle();
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: 0 });
  });
});
