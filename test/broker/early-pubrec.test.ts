import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { isOffline } from './figures.ts';
import { connectPacket, connectWire, openWire, publishPacket } from './wire.ts';

test('a PUBREC that comes before its message is sent again gets the PUBREL, and the message is not sent', async () => {
  const gateway = await startGateway();
  try {
    const wire = await connectWire(gateway, { clientId: 'early', clean: false });
    await wire.subscribe(['early', 2]);
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    await publisher.ask(publishPacket('early', 2, 1), 'pubrec');
    const { messageId = 0 } = await wire.next('publish');
    await wire.vanish();
    await isOffline(gateway, 'early');
    const back = await openWire(gateway);
    // In one piece with the CONNECT, so that it is there before anything was read of the session.
    back.write(connectPacket({ clientId: 'early', clean: false }), { cmd: 'pubrec', messageId });
    expect((await back.next('connack')).sessionPresent).toBe(true);
    expect((await back.next('pubrel')).messageId).toBe(messageId);
    back.write({ cmd: 'pubcomp', messageId });
    await back.settle();
    const { stored } = gateway.gateway.broker.registry.sessionsById.get('early') ?? {};
    expect(stored).toMatchObject({ count: 0 });
  } finally {
    await gateway.close();
  }
});
