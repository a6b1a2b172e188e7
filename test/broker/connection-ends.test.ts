import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { connectionOf, growth, isOffline, metricsOf, sessionOf, shutdownCountOf, statsOf } from './figures.ts';
import { connectPacket, connectWire, openWire, publishPacket, type Wire } from './wire.ts';

const MAX_PACKET_SIZE = 1024;
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(`mqtt: {max_packet_size: ${MAX_PACKET_SIZE}}`);
});

afterAll(() => gateway.close());

/** What the end of connections adds to the listener's shutdown_count. */
async function reasonsOf(flow: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await shutdownCountOf(gateway);
  const ended = (counts: object): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const open = async (): Promise<number> => {
    const listeners = await gateway.gateway.domain.listeners(null);
    return listeners.find(({ protocol }) => protocol === 'mqtt:tcp')!.currentConnections;
  };
  await flow();
  await eventually(async () => (await open()) === 0, 'all connections to end');
  const after = await shutdownCountOf(gateway);
  expect(ended(after)).toBeGreaterThan(ended(before));
  const none = Object.fromEntries(Object.keys(after).map((reason) => [reason, 0]));
  return growth({ ...none, ...before }, after);
}

describe('shutdown_count of a listener', () => {
  test('calls it closed when the client sent DISCONNECT', async () => {
    expect(await reasonsOf(async () => (await connectWire(gateway)).disconnect())).toEqual({ closed: 1 });
  });

  test('calls it tcp_closed when the client hung up', async () => {
    const flow = async (): Promise<void> => {
      await (await connectWire(gateway)).vanish();
      (await connectWire(gateway, { clientId: 'half' })).socket.end();
      (await connectWire(gateway, { clientId: 'reset' })).socket.resetAndDestroy();
      await (await openWire(gateway)).vanish();
    };
    expect(await reasonsOf(flow)).toEqual({ tcp_closed: 4 });
  });

  test('calls it kicked when the API ended it', async () => {
    const flow = async (): Promise<void> => {
      const wire = await connectWire(gateway, { clientId: 'kicked' });
      expect((await gateway.rest('/connections/kicked', { method: 'DELETE' })).json).toBe('ok');
      await wire.closed;
    };
    expect(await reasonsOf(flow)).toEqual({ kicked: 1 });
  });

  test('calls it discarded when another connection took the client id over', async () => {
    const flow = async (): Promise<void> => {
      const first = await connectWire(gateway, { clientId: 'same' });
      const second = await connectWire(gateway, { clientId: 'same' });
      await first.closed;
      await second.disconnect();
    };
    expect(await reasonsOf(flow)).toEqual({ discarded: 1, closed: 1 });
  });

  test('calls it keepalive_timeout when the client fell silent', async () => {
    const flow = async (): Promise<void> => {
      const wire = await connectWire(gateway, { clientId: 'silent', keepalive: 1 });
      expect(await connectionOf(gateway, 'silent')).toMatchObject({ keepalive: 1 });
      await wire.closed;
    };
    expect(await reasonsOf(flow)).toEqual({ keepalive_timeout: 1 });
  });

  test.each([
    ['a packet before CONNECT', [{ cmd: 'pingreq' as const }]],
    ['a second CONNECT', [connectPacket({ clientId: 'second' }), connectPacket({ clientId: 'second' })]],
    ['a request of HTTP', [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')]],
    ['bytes that are no packet', [Buffer.from('ffffffffffffffffffffffff', 'hex')]],
    ['zeros', [Buffer.alloc(64)]],
    ['a CONNECT of another protocol', [Buffer.from('100c00044d515458040200000000', 'hex')]],
    ['a publish to a wildcard', [connectPacket({ clientId: 'wild' }), Buffer.from('300500032b2f6178', 'hex')]],
    ['a publish of QoS 3', [connectPacket({ clientId: 'qos3' }), Buffer.from('36060001610001ff', 'hex')]],
    ['a length that does not end', [connectPacket({ clientId: 'length' }), Buffer.from('30ffffffffff01', 'hex')]],
  ])('calls it protocol_error when the client sent %s', async (_, packets) => {
    const flow = async (): Promise<void> => {
      const wire = await openWire(gateway);
      wire.write(...packets);
      await wire.closed;
    };
    expect(await reasonsOf(flow)).toEqual({ protocol_error: 1 });
    expect(await statsOf(gateway)).toMatchObject({ connectionsCount: 0, sessionsCount: 0 });
  });
});

describe('a packet above mqtt.max_packet_size', () => {
  test('ends the connection at its first byte, before it is gathered', async () => {
    const flow = async (): Promise<void> => {
      const wire = await connectWire(gateway, { clientId: 'large' });
      const header = Buffer.from([0x30, 0x80, 0x80, 0x80, 0x64]);
      wire.write(Buffer.concat([header, Buffer.from('x')]));
      await wire.closed;
    };
    expect(await reasonsOf(flow)).toEqual({ protocol_error: 1 });
  });

  test('ends the connection when it comes whole, and is not published', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'reader' });
    await subscriber.subscribe(['size/#', 0]);
    const wire = await connectWire(gateway, { clientId: 'large' });
    const before = await metricsOf(gateway);
    wire.write(publishPacket('size/1', 0, undefined, 'x'.repeat(MAX_PACKET_SIZE - 7)));
    await wire.closed;
    await subscriber.settle();
    expect(growth(before, await metricsOf(gateway)).messagesReceived ?? 0).toBe(0);
    await subscriber.disconnect();
  });

  test('is one byte too many: a packet of that size passes', async () => {
    const wire = await connectWire(gateway, { clientId: 'fitting' });
    await wire.subscribe(['size/#', 0]);
    // The remaining length counts the topic and its two bytes of length.
    const payload = 'x'.repeat(MAX_PACKET_SIZE - 8);
    expect((await wire.ask(publishPacket('size/1', 0, undefined, payload), 'publish')).payload).toHaveLength(1016);
    await wire.disconnect();
  });

  test('is refused as a CONNECT, too', async () => {
    const wire = await openWire(gateway);
    wire.write(connectPacket({ clientId: 'large', username: 'u'.repeat(MAX_PACKET_SIZE) }));
    await wire.closed;
    expect(await connectionOf(gateway, 'large')).toBeNull();
  });
});

describe('the will of a client', () => {
  const will = { topic: 'wills/x', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
  let watcher: Wire;

  beforeAll(async () => {
    watcher = await connectWire(gateway, { clientId: 'watcher' });
    await watcher.subscribe(['wills/#', 0]);
  });

  afterAll(() => watcher.disconnect());

  test.each([
    ['kicked', () => gateway.rest('/connections/willing', { method: 'DELETE' })],
    ['cut off', (wire: Wire) => wire.vanish()],
    ['refused a packet', (wire: Wire) => Promise.resolve(wire.write(Buffer.alloc(8)))],
  ])('is published when it was %s', async (_, end) => {
    const wire = await connectWire(gateway, { clientId: 'willing', will });
    expect(await connectionOf(gateway, 'willing')).toMatchObject({ willTopic: 'wills/x' });
    await end(wire);
    expect(await watcher.next('publish')).toMatchObject({ topic: 'wills/x', payload: Buffer.from('gone') });
    await isOffline(gateway, 'willing');
  });

  test('is not published when it took its leave', async () => {
    const wire = await connectWire(gateway, { clientId: 'willing', will });
    await wire.disconnect();
    await isOffline(gateway, 'willing');
    await watcher.settle();
  });
});

describe('a kick', () => {
  test('leaves the session of a persistent client', async () => {
    const wire = await connectWire(gateway, { clientId: 'kept', clean: false });
    await gateway.gateway.domain.kick('kept');
    await wire.closed;
    expect(await connectionOf(gateway, 'kept')).toBeNull();
    expect(await sessionOf(gateway, 'kept')).toMatchObject({ connected: false, cleanSession: false });
    await gateway.gateway.domain.cleanSession('kept', null);
  });

  test('ends a connection that reads nothing, and those who published to it go on', async () => {
    const roomy = await startGateway();
    const { domain } = roomy.gateway;
    const wire = await connectWire(roomy, { clientId: 'deaf' });
    await wire.subscribe(['deaf', 0]);
    wire.socket.pause();
    const message = { topic: 'deaf', payload: Buffer.alloc(1_000_000), qos: 0, retain: false, clientId: 'x' };
    const published = Array.from({ length: 20 }, () => domain.publish(message));
    const isPending = async () => ((await connectionOf(roomy, 'deaf'))?.bytesPending ?? 0) > 0;
    await eventually(isPending, 'bytes that the client does not take');
    await domain.kick('deaf');
    expect(await connectionOf(roomy, 'deaf')).toBeNull();
    await Promise.all(published);
    wire.socket.destroy();
    await roomy.close();
  });
});
