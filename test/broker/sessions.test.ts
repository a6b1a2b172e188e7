import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { growth, isOffline, metricsOf, sessionOf, statsOf } from './figures.ts';
import { connectPacket, connectWire, openWire, publishPacket, type Wire } from './wire.ts';

let gateway: TestGateway;
let publisher: Wire;
let lastId = 0;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_mqueue_len: 3, max_awaiting_rel: 5}');
  publisher = await connectWire(gateway, { clientId: 'publisher' });
});

afterAll(() => gateway.close());

async function publish(topic: string, ...payloads: readonly string[]): Promise<void> {
  for (const payload of payloads) await publisher.ask(publishPacket(topic, 1, ++lastId, payload), 'puback');
  await publisher.settle();
}

async function leave(wire: Wire, clientId: string): Promise<void> {
  await wire.disconnect();
  await isOffline(gateway, clientId);
}

async function sleeper(clientId: string, ...filters: readonly (readonly [string, 0 | 1 | 2])[]): Promise<void> {
  const wire = await connectWire(gateway, { clientId, clean: false });
  await wire.subscribe(...filters);
  await leave(wire, clientId);
}

/** What is too much is dropped behind the PUBACK. */
const isWithinBounds = (clientId: string): Promise<void> =>
  eventually(async () => (await sessionOf(gateway, clientId))?.queuedCount === 3, 'the oldest to be dropped');

describe('a clean session', () => {
  test('is there while its connection is, and ends with it', async () => {
    const wire = await connectWire(gateway, { clientId: 'clean' });
    expect(await sessionOf(gateway, 'clean')).toMatchObject({
      cleanSession: true,
      connected: true,
      expiryInterval: 0,
      disconnectedAt: null,
    });
    await leave(wire, 'clean');
    expect(await sessionOf(gateway, 'clean')).toBeNull();
  });

  test('takes nothing over from a persistent session before it', async () => {
    await sleeper('renewed', ['renewed/#', 1]);
    await publish('renewed/1', '1', '2', '3', '4', '5');
    await isWithinBounds('renewed');
    expect(await sessionOf(gateway, 'renewed')).toMatchObject({ queuedCount: 3, enqueuedCount: 5, droppedCount: 2 });
    const wire = await openWire(gateway);
    expect(await wire.ask(connectPacket({ clientId: 'renewed' }), 'connack')).toMatchObject({ sessionPresent: false });
    await wire.settle();
    expect(await sessionOf(gateway, 'renewed')).toMatchObject({
      cleanSession: true,
      subscriptionsCount: 0,
      queuedCount: 0,
      inflightCount: 0,
      enqueuedCount: 0,
      droppedCount: 0,
      deliveredCount: 0,
    });
    await leave(wire, 'renewed');
  });
});

describe('a persistent session', () => {
  test('stays when its client leaves, with the time of its creation over reconnects', async () => {
    const first = await connectWire(gateway, { clientId: 'kept', clean: false, username: 'anna' });
    const { createdAt } = (await sessionOf(gateway, 'kept'))!;
    await leave(first, 'kept');
    const left = (await sessionOf(gateway, 'kept'))!;
    expect(left).toMatchObject({ createdAt, cleanSession: false, connected: false, expiryInterval: 7200 });
    expect(left.disconnectedAt).toBeGreaterThanOrEqual(createdAt);
    const second = await connectWire(gateway, { clientId: 'kept', clean: false, username: 'anna' });
    expect(await sessionOf(gateway, 'kept')).toMatchObject({ createdAt, connected: true, disconnectedAt: null });
    await second.disconnect();
  });

  test('follows the user name of its connection, in the list by user name too', async () => {
    const named = async (username: string): Promise<string[]> => {
      const page = { page: 1, limit: 10, after: null };
      const { items } = await gateway.gateway.domain.sessions({ page, filter: { username }, node: null });
      return items.map(({ clientId }) => clientId);
    };
    await leave(await connectWire(gateway, { clientId: 'renamed', clean: false, username: 'before' }), 'renamed');
    expect(await named('before')).toEqual(['renamed']);
    await leave(await connectWire(gateway, { clientId: 'renamed', clean: false, username: 'after' }), 'renamed');
    expect(await named('before')).toEqual([]);
    expect(await named('after')).toEqual(['renamed']);
    expect(await sessionOf(gateway, 'renamed')).toMatchObject({ username: 'after' });
  });

  test('is told of as present at the next CONNECT', async () => {
    await sleeper('present', ['present', 1]);
    const wire = await openWire(gateway);
    const answer = await wire.ask(connectPacket({ clientId: 'present', clean: false }), 'connack');
    expect(answer).toMatchObject({ returnCode: 0, sessionPresent: true });
    await wire.disconnect();
  });

  test('is told of as present also when it has no subscription', async () => {
    await leave(await connectWire(gateway, { clientId: 'bare', clean: false }), 'bare');
    const wire = await openWire(gateway);
    const answer = await wire.ask(connectPacket({ clientId: 'bare', clean: false }), 'connack');
    expect(answer).toMatchObject({ returnCode: 0, sessionPresent: true });
    await wire.disconnect();
  });
});

describe('the queue of a session', () => {
  test('fills while the client is away, drops its oldest, and is delivered', async () => {
    await sleeper('queue', ['queue/#', 1]);
    await publish('queue/1', '1', '2', '3', '4', '5');
    await isWithinBounds('queue');
    expect(await sessionOf(gateway, 'queue')).toMatchObject({
      queuedCount: 3,
      maxQueued: 3,
      enqueuedCount: 5,
      droppedCount: 2,
      inflightCount: 0,
      deliveredCount: 0,
    });
    const wire = await connectWire(gateway, { clientId: 'queue', clean: false });
    const came = [await wire.next('publish'), await wire.next('publish'), await wire.next('publish')];
    expect(came.map(({ payload }) => payload.toString())).toEqual(['3', '4', '5']);
    expect(await sessionOf(gateway, 'queue')).toMatchObject({ queuedCount: 0, inflightCount: 3, deliveredCount: 3 });
    wire.write(...came.map(({ messageId }) => ({ cmd: 'puback' as const, messageId: messageId! })));
    await wire.settle();
    expect(await sessionOf(gateway, 'queue')).toMatchObject({
      queuedCount: 0,
      inflightCount: 0,
      enqueuedCount: 5,
      droppedCount: 2,
      deliveredCount: 3,
    });
    await wire.disconnect();
  });

  test('takes a message once when two filters match it', async () => {
    await sleeper('twice', ['twice/#', 1], ['twice/+', 1]);
    await publish('twice/1', 'x');
    expect(await sessionOf(gateway, 'twice')).toMatchObject({ queuedCount: 1, enqueuedCount: 1 });
  });

  test('takes no message of QoS 0, and none for a subscription of QoS 0', async () => {
    await sleeper('lossy', ['lossy/0', 0], ['lossy/1', 1]);
    await publish('lossy/0', 'x');
    publisher.write(publishPacket('lossy/1', 0));
    await publisher.settle();
    expect(await sessionOf(gateway, 'lossy')).toMatchObject({ queuedCount: 0, enqueuedCount: 0 });
  });

  test('stays small while the client is connected and slow to acknowledge, and nothing is lost', async () => {
    const wire = await connectWire(gateway, { clientId: 'burst', clean: false });
    await wire.subscribe(['burst', 1]);
    const payloads = Array.from({ length: 20 }, (_, i) => String(i));
    publisher.write(...payloads.map((payload) => publishPacket('burst', 1, ++lastId, payload)));
    for (const _ of payloads) await publisher.next('puback');
    const came: string[] = [];
    for (const _ of payloads) came.push((await wire.next('publish')).payload.toString());
    expect(came).toEqual(payloads);
    expect(await sessionOf(gateway, 'burst')).toMatchObject({
      queuedCount: 0,
      inflightCount: 20,
      droppedCount: 0,
      enqueuedCount: 0,
      deliveredCount: 20,
    });
    await leave(wire, 'burst');
    expect(await sessionOf(gateway, 'burst')).toMatchObject({ queuedCount: 0, inflightCount: 20 });
    const again = await connectWire(gateway, { clientId: 'burst', clean: false });
    expect((await again.next('publish')).payload.toString()).toBe('0');
    await again.disconnect();
  });

  test('survives a handshake of QoS 2 that is cut in the middle', async () => {
    const wire = await connectWire(gateway, { clientId: 'half', clean: false });
    await wire.subscribe(['half', 2]);
    publisher.write(publishPacket('half', 2, 900));
    const { messageId } = await wire.next('publish');
    await publisher.next('pubrec');
    await publisher.ask({ cmd: 'pubrel', messageId: 900 }, 'pubcomp');
    await wire.ask({ cmd: 'pubrec', messageId: messageId! }, 'pubrel');
    expect(await sessionOf(gateway, 'half')).toMatchObject({ inflightCount: 1, queuedCount: 0 });
    await wire.vanish();
    await isOffline(gateway, 'half');
    expect(await sessionOf(gateway, 'half')).toMatchObject({ inflightCount: 1, queuedCount: 0 });
    const again = await connectWire(gateway, { clientId: 'half', clean: false });
    const release = await again.next('pubrel');
    expect(release.messageId).toBe(messageId);
    const before = await metricsOf(gateway);
    again.write({ cmd: 'pubcomp', messageId: release.messageId! });
    await again.settle();
    expect(await sessionOf(gateway, 'half')).toMatchObject({ inflightCount: 0, queuedCount: 0 });
    expect(growth(before, await metricsOf(gateway)).packetsPubcompMissed ?? 0).toBe(0);
    await again.disconnect();
  });

  test('answers a PUBREC of an unknown packet id with PUBREL', async () => {
    const wire = await connectWire(gateway, { clientId: 'unknown-id', clean: false });
    const { messageId } = await wire.ask({ cmd: 'pubrec', messageId: 77 }, 'pubrel');
    expect(messageId).toBe(77);
    await wire.disconnect();
  });
});

describe('messages of QoS 2 that wait for PUBREL', () => {
  test('are counted until they are released, over a reconnect of a persistent session', async () => {
    const wire = await connectWire(gateway, { clientId: 'await', clean: false });
    await wire.ask(publishPacket('await', 2, 1), 'pubrec');
    await wire.ask(publishPacket('await', 2, 2), 'pubrec');
    expect(await sessionOf(gateway, 'await')).toMatchObject({ awaitingReleaseCount: 2, maxAwaitingRelease: 5 });
    await leave(wire, 'await');
    expect(await sessionOf(gateway, 'await')).toMatchObject({ awaitingReleaseCount: 2 });
    const again = await connectWire(gateway, { clientId: 'await', clean: false });
    await again.ask({ cmd: 'pubrel', messageId: 1 }, 'pubcomp');
    await again.ask({ cmd: 'pubrel', messageId: 2 }, 'pubcomp');
    expect(await sessionOf(gateway, 'await')).toMatchObject({ awaitingReleaseCount: 0 });
    await again.disconnect();
  });

  test('are published once when the client sends them twice', async () => {
    const subscriber = await connectWire(gateway, { clientId: 'once' });
    await subscriber.subscribe(['once', 0]);
    const wire = await connectWire(gateway, { clientId: 'resender' });
    await wire.ask(publishPacket('once', 2, 1), 'pubrec');
    await wire.ask({ ...publishPacket('once', 2, 1), dup: true }, 'pubrec');
    await subscriber.next('publish');
    await subscriber.settle();
    await subscriber.disconnect();
    await wire.disconnect();
  });

  test('end the connection beyond the limit, and are counted as dropped', async () => {
    const before = await metricsOf(gateway);
    const wire = await connectWire(gateway, { clientId: 'greedy' });
    for (let id = 1; id <= 5; id++) await wire.ask(publishPacket('greedy', 2, id), 'pubrec');
    wire.write(publishPacket('greedy', 2, 6));
    await wire.closed;
    expect(growth(before, await metricsOf(gateway))).toMatchObject({
      messagesQos2Received: 6,
      packetsPubrecSent: 5,
      messagesQos2Dropped: 1,
    });
  });
});

describe('the figures of sessions', () => {
  test('tell persistent ones apart, and keep their most', async () => {
    const before = await statsOf(gateway);
    const clean = await connectWire(gateway, { clientId: 'figure-clean' });
    const persistent = await connectWire(gateway, { clientId: 'figure-kept', clean: false });
    const during = await statsOf(gateway);
    expect(growth(before, during)).toMatchObject({ connectionsCount: 2, sessionsCount: 2, persistentSessionsCount: 1 });
    await leave(clean, 'figure-clean');
    await leave(persistent, 'figure-kept');
    const after = await statsOf(gateway);
    expect(growth(before, after)).toMatchObject({ sessionsCount: 1, persistentSessionsCount: 1 });
    expect(after).toMatchObject({ connectionsCount: before.connectionsCount, sessionsMax: during.sessionsCount });
    await gateway.gateway.domain.cleanSession('figure-kept', null);
    expect(growth(after, await statsOf(gateway))).toEqual({ sessionsCount: -1, persistentSessionsCount: -1 });
  });
});
