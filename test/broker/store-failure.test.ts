import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveSession } from '../../src/broker/live-session.ts';
import { SessionSweeper } from '../../src/broker/session-sweeper.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { isOffline, sessionOf, subscriptionsOf } from './figures.ts';
import { interposeStore, type StoreFaults } from './store-faults.ts';
import { connectPacket, connectWire, openWire, publishPacket, subscribePacket, type Wire } from './wire.ts';

let gateway: TestGateway;
let store: StoreFaults;
let publisher: Wire;

const ready = async (): Promise<number> => (await fetch(`${gateway.httpUrl}/readyz`)).status;
const healed = (): Promise<void> => eventually(async () => (await ready()) === 200, 'the store to heal');
const will = (topic: string) => ({ topic, payload: Buffer.from('farewell'), qos: 1 as const, retain: false });

/** A persistent session of a client that is away. */
async function away(clientId: string, ...filters: readonly (readonly [string, 0 | 1 | 2])[]): Promise<void> {
  const wire = await connectWire(gateway, { clientId, clean: false });
  if (filters.length > 0) await wire.subscribe(...filters);
  await wire.disconnect();
  await isOffline(gateway, clientId);
}

/** What waits for a client that comes back, acknowledged. */
async function waiting(clientId: string, count: number): Promise<string[]> {
  const wire = await connectWire(gateway, { clientId, clean: false });
  const payloads: string[] = [];
  while (payloads.length < count) {
    const { payload, messageId = 0 } = await wire.next('publish');
    payloads.push(payload.toString());
    wire.write({ cmd: 'puback', messageId });
  }
  await wire.settle();
  await wire.disconnect();
  return payloads;
}

/** Makes the store fail, and has it notice. */
async function fail(): Promise<() => void> {
  const mend = store.fail();
  const victim = await connectWire(gateway, { clientId: 'victim' });
  victim.write({ ...publishPacket('noticed', 1, 1), retain: true });
  await victim.closed;
  return mend;
}

beforeEach(async () => {
  gateway = await startGateway();
  store = interposeStore(gateway.dataDir);
  publisher = await connectWire(gateway, { clientId: 'publisher' });
});

afterEach(async () => {
  store.restore();
  await gateway.close();
});

describe('sessions that were read anew', () => {
  test('leave nobody waiting for the end of those that they replace', async () => {
    const waits = new Set<LiveSession>();
    const { await: wait, keep } = SessionSweeper.prototype;
    vi.spyOn(SessionSweeper.prototype, 'await').mockImplementation(function (this: SessionSweeper, session, leftAt) {
      waits.add(session);
      wait.call(this, session, leftAt);
    });
    vi.spyOn(SessionSweeper.prototype, 'keep').mockImplementation(function (this: SessionSweeper, session) {
      waits.delete(session);
      keep.call(this, session);
    });
    for (const clientId of ['a', 'b']) await away(clientId);
    for (let i = 0; i < 2; i++) {
      const mend = await fail();
      mend();
      await healed();
    }
    vi.restoreAllMocks();
    const { sessionsById } = gateway.gateway.broker.registry;
    expect([...waits]).toEqual(['a', 'b'].map((clientId) => sessionsById.get(clientId)));
  });
});

describe('while the store takes no writes', () => {
  test.each([1, 2] as const)('a message with QoS %i for a persistent session ends its publisher', async (qos) => {
    await away('away', ['kept', 2]);
    await publisher.ask(publishPacket('kept', 1, 1, 'before'), 'puback');
    const mend = store.fail();
    publisher.write(publishPacket('kept', qos, 2, 'refused'), publishPacket('kept', qos, 3, 'refused'));
    await publisher.closed;
    await expect(publisher.take()).rejects.toThrow('the connection was closed');
    mend();
    await healed();
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: 1, enqueuedCount: 1 });
    expect(await waiting('away', 1)).toEqual(['before']);
  });

  test('a retained message ends its publisher, and the one before stays', async () => {
    await publisher.ask({ ...publishPacket('state', 1, 1, 'old'), retain: true }, 'puback');
    const mend = store.fail();
    publisher.write({ ...publishPacket('state', 1, 2, 'new'), retain: true });
    await publisher.closed;
    mend();
    await healed();
    expect(gateway.gateway.broker.retained.get('state')?.payload.toString()).toBe('old');
  });

  test('connections of persistent sessions end, and a CONNECT that needs the store is refused with 3', async () => {
    const kept = await connectWire(gateway, { clientId: 'kept', clean: false });
    await away('other');
    const mend = await fail();
    await kept.closed;
    for (const fields of [
      { clientId: 'kept', clean: false },
      { clientId: 'new', clean: false },
      { clientId: 'other', clean: true },
      { clientId: 'willing', clean: true, will: will('wills') },
    ]) {
      const wire = await openWire(gateway);
      expect(await wire.ask(connectPacket(fields), 'connack')).toMatchObject({ returnCode: 3, sessionPresent: false });
      await wire.closed;
    }
    mend();
    await healed();
    for (const [clientId, sessionPresent] of [
      ['kept', true],
      ['new', false],
      ['other', true],
    ] as const) {
      const wire = await openWire(gateway);
      const answer = await wire.ask(connectPacket({ clientId, clean: false }), 'connack');
      expect(answer).toMatchObject({ returnCode: 0, sessionPresent });
    }
  });

  test('clients with clean sessions go on among themselves', async () => {
    const before = await connectWire(gateway, { clientId: 'before' });
    await before.subscribe(['live', 2]);
    const mend = await fail();
    const after = await connectWire(gateway, { clientId: 'after' });
    await after.subscribe(['live', 2]);
    publisher.write(publishPacket('live', 0), publishPacket('live', 1, 1));
    await publisher.next('puback');
    await publisher.ask(publishPacket('live', 2, 2), 'pubrec');
    await publisher.ask({ cmd: 'pubrel', messageId: 2 }, 'pubcomp');
    for (const wire of [before, after]) {
      const came = [await wire.next('publish'), await wire.next('publish'), await wire.next('publish')];
      expect(came.map(({ qos }) => qos)).toEqual([0, 1, 2]);
    }
    await after.ask({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['live'] }, 'unsuback');
    mend();
    await healed();
    await before.settle();
  });

  test('the broker is not ready, and says why', async () => {
    expect(await ready()).toBe(200);
    const mend = await fail();
    const answer = await fetch(`${gateway.httpUrl}/readyz`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('the store takes no writes')]);
    mend();
    await healed();
  });

  test('what the API is asked to store is refused, and is not there afterwards', async () => {
    await away('away', ['kept', 1]);
    await publisher.ask({ ...publishPacket('state', 1, 1, 'old'), retain: true }, 'puback');
    const mend = await fail();
    const sentence = 'the store takes no writes; try again later';
    const asked = [
      'publish(input: {topic: "kept", payload: {text: "x"}, qos: 1}) { topic }',
      'cleanSession(input: {clientId: "away"}) { clientId }',
      'clearRetainedMessages(input: {topic: "state"}) { clearedCount }',
      'subscribe(input: {clientId: "away", topicFilters: [{topicFilter: "more", qos: 1}]}) { subscriptions { qos } }',
      'unsubscribe(input: {clientId: "away", topicFilters: ["kept"]}) { clientId }',
    ];
    for (const mutation of asked) {
      const { errors } = await gateway.graphql(`mutation { ${mutation} }`);
      expect([mutation, errors?.[0]?.message, errors?.[0]?.extensions.code]).toEqual([
        mutation,
        sentence,
        'UNAVAILABLE',
      ]);
    }
    const body = { topic: 'kept', payload: 'x', qos: 1, client_id: 'api' };
    const refused = await gateway.rest('/mqtt/publish', { method: 'POST', body });
    expect([refused.status, refused.json]).toEqual([503, { message: sentence }]);
    // What nobody has to store is published.
    const { status } = await gateway.rest('/mqtt/publish', { method: 'POST', body: { ...body, topic: 'nobody' } });
    expect(status).toBe(200);
    mend();
    await healed();
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: 0, enqueuedCount: 0 });
    expect(await subscriptionsOf(gateway, 'away')).toEqual(['kept@1']);
    expect(gateway.gateway.broker.retained.get('state')?.payload.toString()).toBe('old');
  });
});

describe('when the store takes writes again', () => {
  test('sessions, subscriptions and figures are those of the disk', async () => {
    await away('one', ['a', 1]);
    await away('two', ['a', 2], ['b', 0]);
    const half = await connectWire(gateway, { clientId: 'half', clean: false });
    await half.subscribe(['a', 1]);
    for (const id of [1, 2, 3]) await publisher.ask(publishPacket('a', 1, id, `${id}`), 'puback');
    for (const id of [5, 6]) await half.ask(publishPacket('nobody', 2, id), 'pubrec').catch(() => {});
    const { messageId = 0 } = await half.next('publish');
    half.write({ cmd: 'puback', messageId });
    await half.settle().catch(() => {});
    const clientIds = ['one', 'two', 'half'];
    const figuresOf = async (clientId: string) => {
      const session = await sessionOf(gateway, clientId);
      if (!session) return null;
      const { createdAt, queuedCount, inflightCount, enqueuedCount, deliveredCount, droppedCount } = session;
      return { createdAt, queuedCount, inflightCount, enqueuedCount, deliveredCount, droppedCount };
    };
    const all = async () =>
      Promise.all(clientIds.map(async (id) => [await figuresOf(id), await subscriptionsOf(gateway, id)]));
    const before = await all();
    const mend = store.fail();
    const lost = await connectWire(gateway, { clientId: 'lost' });
    lost.write(publishPacket('a', 1, 1, 'lost'));
    await lost.closed;
    half.write(subscribePacket(9, ['more', 1]));
    await half.closed;
    mend();
    await healed();
    expect(await all()).toEqual(before);
    expect(await waiting('one', 3)).toEqual(['1', '2', '3']);
    expect(await waiting('two', 3)).toEqual(['1', '2', '3']);
    expect((await sessionOf(gateway, 'half'))?.connected).toBe(false);
  });

  test('clients come back, and get all that was acknowledged, over many failures', async () => {
    await away('away', ['all', 1]);
    const acknowledged: string[] = [];
    let next = 1;
    for (let round = 0; round < 3; round++) {
      const wire = await connectWire(gateway, { clientId: `round ${round}` });
      for (let i = 0; i < 20; i++) {
        await wire.ask(publishPacket('all', 1, next, `${next}`), 'puback');
        acknowledged.push(`${next++}`);
      }
      const mend = store.fail();
      wire.write(publishPacket('all', 1, next, `${next}`));
      await wire.closed;
      mend();
      await healed();
    }
    expect(await waiting('away', acknowledged.length)).toEqual(acknowledged);
  });

  test('a will that was to be published meanwhile is', async () => {
    await away('away', ['wills/#', 1]);
    const willing = await connectWire(gateway, { clientId: 'willing', will: will('wills/a') });
    const stays = await connectWire(gateway, { clientId: 'stays', will: will('wills/stays') });
    const mend = await fail();
    await willing.vanish();
    await isOffline(gateway, 'willing');
    mend();
    await healed();
    expect(await waiting('away', 1)).toEqual(['farewell']);
    await stays.settle();
  });

  test('a will whose client sent a DISCONNECT meanwhile is not published', async () => {
    await away('away', ['wills/#', 1]);
    const willing = await connectWire(gateway, { clientId: 'willing', will: will('wills/a') });
    const vanishing = await connectWire(gateway, { clientId: 'vanishing', will: will('wills/b') });
    const mend = await fail();
    await willing.disconnect();
    await isOffline(gateway, 'willing');
    await vanishing.vanish();
    await isOffline(gateway, 'vanishing');
    mend();
    await healed();
    const wire = await connectWire(gateway, { clientId: 'away', clean: false });
    const { topic, messageId = 0 } = await wire.next('publish');
    expect(topic).toBe('wills/b');
    wire.write({ cmd: 'puback', messageId });
    await wire.settle();
    const again = await connectWire(gateway, { clientId: 'willing', will: will('wills/again') });
    await again.vanish();
    expect((await wire.next('publish')).topic).toBe('wills/again');
  });

  test('one batch that failed is enough to end what it held, and no more', async () => {
    await away('away', ['kept', 1]);
    const mend = store.fail();
    publisher.write(publishPacket('kept', 1, 1, 'lost'));
    await publisher.closed;
    mend();
    await healed();
    const again = await connectWire(gateway, { clientId: 'publisher' });
    await again.ask(publishPacket('kept', 1, 1, 'resent'), 'puback');
    expect(await waiting('away', 1)).toEqual(['resent']);
  });

  test.each([
    ['was written all the same', true],
    ['was not written', false],
  ])('a message with QoS 2 that is sent again is there once, whose batch %s', async (_what, isWritten) => {
    await away('away', ['once', 2]);
    const sender = await connectWire(gateway, { clientId: 'sender', clean: false });
    const mend = store.fail(isWritten);
    sender.write(publishPacket('once', 2, 7, 'once'));
    await sender.closed;
    await expect(sender.take()).rejects.toThrow('the connection was closed');
    mend();
    await healed();
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: isWritten ? 1 : 0 });
    const again = await connectWire(gateway, { clientId: 'sender', clean: false });
    await again.ask({ ...publishPacket('once', 2, 7, 'once'), dup: true }, 'pubrec');
    await again.ask({ cmd: 'pubrel', messageId: 7 }, 'pubcomp');
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: 1, enqueuedCount: 1 });
  });

  test('a message with QoS 2 that was to change hands has not, and does so once', async () => {
    await away('holder', ['$share/group/work', 2]);
    await publisher.ask(publishPacket('work', 2, 1, 'once'), 'pubrec');
    await publisher.ask({ cmd: 'pubrel', messageId: 1 }, 'pubcomp');
    const other = await connectWire(gateway, { clientId: 'other' });
    await other.subscribe(['$share/group/work', 2]);
    const mend = store.fail();
    const clean = 'mutation { cleanSession(input: {clientId: "holder"}) { clientId } }';
    expect((await gateway.graphql(clean)).errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    await other.settle();
    mend();
    await healed();
    expect(await sessionOf(gateway, 'holder')).toMatchObject({ queuedCount: 1 });
    expect((await gateway.graphql(clean)).errors).toBeUndefined();
    expect((await other.next('publish')).payload.toString()).toBe('once');
    await other.settle();
  });
});

describe('while a batch takes long', () => {
  test('a client that sends large messages is read no further, and all of them are stored at last', async () => {
    await away('away', ['kept', 1]);
    const connection = gateway.gateway.broker.registry.sessionsById.get('publisher')!.connection!;
    const other = await connectWire(gateway, { clientId: 'other' });
    const release = store.hold();
    const large = 'x'.repeat(1_000_000);
    for (let id = 1; id <= 40; id++) publisher.write(publishPacket('kept', 1, id, large));
    for (let before = -1; before !== connection.bytesReceived; ) {
      before = connection.bytesReceived;
      for (let i = 0; i < 200; i++) await other.settle();
    }
    expect(connection.bytesReceived).toBeGreaterThan(8_000_000);
    expect(connection.bytesReceived).toBeLessThan(12_000_000);
    release();
    for (let id = 1; id <= 40; id++) expect((await publisher.next('puback')).messageId).toBe(id);
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: 40 });
  });
});
