import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { isOffline, routesOf, sessionOf, shutdownCountOf, statsOf, subscriptionsOf } from './figures.ts';
import { connectPacket, connectWire, openWire, publishPacket } from './wire.ts';

async function leaveSession(gateway: TestGateway, clientId: string): Promise<void> {
  const wire = await connectWire(gateway, { clientId, clean: false });
  await wire.subscribe([`of/${clientId}`, 1]);
  await wire.disconnect();
  await isOffline(gateway, clientId);
}

const isGone = (gateway: TestGateway, clientId: string): Promise<void> =>
  eventually(async () => (await sessionOf(gateway, clientId)) === null, `the end of the session of '${clientId}'`);

describe('mqtt.session_expiry_interval: 1', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('mqtt: {session_expiry_interval: 1}');
  });

  afterAll(() => gateway.close());

  test('ends a session whose client stays away, with its subscriptions and queue', async () => {
    await leaveSession(gateway, 'gone');
    expect(await sessionOf(gateway, 'gone')).toMatchObject({ expiryInterval: 1, connected: false });
    await gateway.rest('/mqtt/publish', { method: 'POST', body: { topic: 'of/gone', payload: 'x', qos: 1 } });
    expect(await sessionOf(gateway, 'gone')).toMatchObject({ queuedCount: 1 });
    await isGone(gateway, 'gone');
    expect(await statsOf(gateway)).toMatchObject({ sessionsCount: 0, subscriptionsCount: 0, routesCount: 0 });
    const wire = await openWire(gateway);
    const answer = await wire.ask(connectPacket({ clientId: 'gone', clean: false }), 'connack');
    expect(answer).toMatchObject({ returnCode: 0, sessionPresent: false });
    await wire.settle();
    expect(await sessionOf(gateway, 'gone')).toMatchObject({ queuedCount: 0, subscriptionsCount: 0, enqueuedCount: 0 });
    await wire.disconnect();
  });

  test('leaves a session alone whose client came back in time', async () => {
    await leaveSession(gateway, 'back');
    const wire = await connectWire(gateway, { clientId: 'back', clean: false });
    await leaveSession(gateway, 'canary');
    await isGone(gateway, 'canary');
    expect(await subscriptionsOf(gateway, 'back')).toEqual(['of/back@1']);
    await wire.disconnect();
  });

  test('leaves a later session alone when a clean one ended the first', async () => {
    await leaveSession(gateway, 'thrice');
    const clean = await connectWire(gateway, { clientId: 'thrice' });
    await clean.disconnect();
    await isOffline(gateway, 'thrice');
    const third = await connectWire(gateway, { clientId: 'thrice', clean: false });
    await third.subscribe(['of/third', 1]);
    await leaveSession(gateway, 'later');
    await isGone(gateway, 'later');
    await third.disconnect();
    await isOffline(gateway, 'thrice');
    const publisher = await connectWire(gateway, { clientId: 'publisher' });
    await publisher.ask(publishPacket('of/third', 1, 1), 'puback');
    await publisher.settle();
    expect(await sessionOf(gateway, 'thrice')).toMatchObject({ queuedCount: 1, subscriptionsCount: 1 });
    await publisher.disconnect();
  });
});

describe('mqtt.session_expiry_interval: 0', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('mqtt: {session_expiry_interval: 0}');
  });

  afterAll(() => gateway.close());

  test('ends a persistent session with its connection', async () => {
    await leaveSession(gateway, 'brief');
    await isGone(gateway, 'brief');
    expect(await routesOf(gateway)).toEqual([]);
    const wire = await openWire(gateway);
    const answer = await wire.ask(connectPacket({ clientId: 'brief', clean: false }), 'connack');
    expect(answer).toMatchObject({ returnCode: 0, sessionPresent: false });
    await wire.disconnect();
  });

  test('keeps it when another connection of the client takes over', async () => {
    const first = await connectWire(gateway, { clientId: 'moved', clean: false });
    await first.subscribe(['moved', 1]);
    const second = await connectWire(gateway, { clientId: 'moved', clean: false });
    await first.closed;
    expect(await subscriptionsOf(gateway, 'moved')).toEqual(['moved@1']);
    await second.ask(publishPacket('moved', 0), 'publish');
    await second.disconnect();
    await isGone(gateway, 'moved');
  });
});

describe('mqtt.session_expiry_interval: 4294967295', () => {
  test('is never', async () => {
    const gateway = await startGateway('mqtt: {session_expiry_interval: 4294967295}');
    await leaveSession(gateway, 'eternal');
    expect(await sessionOf(gateway, 'eternal')).toMatchObject({ expiryInterval: 4_294_967_295, connected: false });
    await gateway.close();
  });
});

describe('a client that connects and is gone before anybody vouched for it', () => {
  test('keeps its own session, and not those of clients that left later', async () => {
    let decide: ((verdict: 'allow') => void) | null = null;
    let isSlow = false;
    const authenticate = ({ clientId }: { clientId: string }): 'allow' | Promise<'allow'> => {
      if (clientId !== 'hasty' || !isSlow) return 'allow';
      return new Promise((resolve) => {
        decide = resolve;
      });
    };
    const gateway = await startGateway('mqtt: {session_expiry_interval: 1}', {}, undefined, [{ authenticate }]);
    await leaveSession(gateway, 'hasty');
    isSlow = true;
    await leaveSession(gateway, 'behind');
    const closed = async (): Promise<number> => (await shutdownCountOf(gateway)).tcp_closed ?? 0;
    await eventually(async () => {
      const wire = await openWire(gateway);
      wire.write(connectPacket({ clientId: 'hasty', clean: false }));
      await eventually(() => decide !== null, 'the question');
      const before = await closed();
      await wire.vanish();
      await eventually(async () => (await closed()) > before, 'the end of the connection');
      decide?.('allow');
      decide = null;
      return (await sessionOf(gateway, 'behind')) === null;
    }, "the end of the session of 'behind'");
    expect(await sessionOf(gateway, 'hasty')).not.toBeNull();
    await gateway.close();
  });
});
