import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { numberKey, sessionBounds, sessionOf } from '../../src/store/session-keys.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { openStore } from '../../src/store/store.ts';
import type { StoredSession } from '../../src/store/stored-session.ts';
import { useChildren } from './support/child.ts';
import { eventually } from './support/eventually.ts';
import { useFolder } from './support/folder.ts';
import { acknowledge, begin, enqueue, figuresOf, MOST_BYTES, messageOf, send } from './support/sessions.ts';

const folder = useFolder();
const children = useChildren();

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function open(): Promise<SessionStore> {
  const store = folder.keep(await openStore(folder.data));
  return folder.keep(await SessionStore.open(store.database));
}

async function close(store: SessionStore): Promise<void> {
  await store.close();
  await store.database.close();
}

const sessionIn = (store: SessionStore, clientId: string): StoredSession => {
  const session = store.sessions.get(clientId);
  if (!session) throw new Error(`no session '${clientId}'`);
  return session;
};

async function countOf(store: SessionStore): Promise<number> {
  let count = 0;
  // All kinds but the key-spaces of the store.
  for await (const _ of store.database.walk({ gte: Buffer.from('"'), lt: Buffer.of(0xff) })) count++;
  return count;
}

/** Fills a store with one of everything, in plain JavaScript as a child process runs it. */
const FILL = `
  const session = sessions.begin('device', {
    createdAt: 1600000000000, username: 'somebody', ipAddress: '127.0.0.1', leftAt: null, disconnectedAt: null,
  });
  sessions.putSubscription(session, 'a/#', 2);
  sessions.putSubscription(session, 'gone', 1);
  sessions.deleteSubscription(session, 'gone');
  for (let i = 1; i <= 5; i++) {
    const message = {
      topic: 'a/b', payload: Buffer.from('message ' + i), qos: 2, retain: false, clientId: 'publisher',
      publishedAt: 1600000000000 + i,
    };
    const { chunk } = sessions.putQueued(session, message, i === 5 ? '$share/group/a/b' : '');
    session.enqueued++;
    if (i === 1) sessions.finish(session, chunk);
  }
  session.head++;
  session.count--;
  session.delivered++;
  session.next = 4;
  sessions.putInflight(session, { seq: 2, packetId: 65535, isReleased: true });
  sessions.putInflight(session, { seq: 3, packetId: 1, isReleased: false });
  for (const packetId of [9, 7, 8]) sessions.putIncoming(session, packetId);
  sessions.deleteIncoming(session, 8);
  sessions.touch(session);
  const message = (topic, text) => ({
    topic, payload: Buffer.from(text), qos: 1, retain: true, clientId: 'publisher', publishedAt: 1600000000000,
  });
  sessions.putRetained(message('r/1', 'old'), null);
  sessions.putRetained(message('r/1', 'new'), null);
  sessions.putRetained(message('r/2', 'gone'), null);
  sessions.deleteRetained('r/2');
  sessions.putWill('device', { message: message('w', 'dead'), username: 'somebody', ipAddress: '::1' });
  sessions.putWill('other', { message: message('w', 'alive'), username: null, ipAddress: '::1' });
  sessions.deleteWill('other');
`;

/** Runs a script on a store in another process, which is killed as soon as it says 'done'. */
async function runAndKill(script: string): Promise<string[]> {
  const child = children.run(
    `
      const { openStore } = await store('store');
      const { SessionStore } = await store('session-store');
      const { database } = await openStore(arg0);
      const sessions = await SessionStore.open(database);
      ${script}
      await database.flush();
      await say('done');
      process.stdin.resume();
    `,
    folder.data,
  );
  const lines: string[] = [];
  for (let line = await child.line(); line !== 'done'; line = await child.line()) lines.push(line);
  await child.kill();
  return lines;
}

describe('a store of sessions', () => {
  /** Expects what `FILL` left. */
  async function expectAll(store: SessionStore): Promise<void> {
    expect([...store.sessions.keys()]).toEqual(['device']);
    const session = sessionIn(store, 'device');
    const { id, createdAt, username, ipAddress, leftAt, disconnectedAt } = session;
    expect({ id, createdAt, username, ipAddress, leftAt, disconnectedAt }).toEqual({
      id: 1,
      createdAt: 1_600_000_000_000,
      username: 'somebody',
      ipAddress: '127.0.0.1',
      leftAt: null,
      disconnectedAt: null,
    });
    expect(store.loadedSubscriptions.get(session)).toEqual(new Map([['a/#', 2]]));
    expect(session).toMatchObject({ tail: 6, next: 4, head: 2, count: 4, inflight: 2, enqueued: 5, delivered: 1 });
    const queued = await store.queued(session, session.head, 100, MOST_BYTES);
    expect(
      queued.map(({ seq, share, message }) => [seq, share, message.payload.toString(), message.publishedAt]),
    ).toEqual([
      [3, '', 'message 3', 1_600_000_000_003],
      [4, '', 'message 4', 1_600_000_000_004],
      [5, '$share/group/a/b', 'message 5', 1_600_000_000_005],
    ]);
    expect([...session.sent.values()]).toEqual([
      { seq: 2, packetId: 65_535, isReleased: true },
      { seq: 3, packetId: 1, isReleased: false },
    ]);
    expect(store.loadedIncoming.get(session)).toEqual([7, 9]);
    const retained = [];
    for await (const { message } of store.retained()) retained.push(message);
    const common = { qos: 1, retain: true, clientId: 'publisher', publishedAt: 1_600_000_000_000 };
    expect(retained).toEqual([{ topic: 'r/1', payload: Buffer.from('new'), ...common }]);
    expect(await store.wills()).toEqual([
      { message: { topic: 'w', payload: Buffer.from('dead'), ...common }, username: 'somebody', ipAddress: '::1' },
    ]);
  }

  test('has all that it was told after it was closed', async () => {
    const sessions = await open();
    new Function('sessions', FILL)(sessions);
    await close(sessions);
    await expectAll(await open());
  });

  test('has all that it was told after its process was killed', async () => {
    await runAndKill(FILL);
    await expectAll(await open());
  });

  test('has what changed of a session', async () => {
    let store = await open();
    const session = begin(store, 'device');
    Object.assign(session, { username: null, ipAddress: '::1', leftAt: 12.5, disconnectedAt: 1_600_000_000_500 });
    store.update(session);
    await close(store);
    store = await open();
    expect(sessionIn(store, 'device')).toMatchObject({
      ...{ username: null, ipAddress: '::1', leftAt: 12.5, disconnectedAt: 1_600_000_000_500 },
    });
  });

  test('takes any text for a client id, a filter and a topic', async () => {
    let store = await open();
    const names = ['__proto__', 'constructor', '', 'ä/\u{1f600}', '!meta!format', '\u0001'];
    for (const name of names) {
      store.putSubscription(begin(store, name), name, 1);
      store.putRetained(messageOf(name, 'payload'), null);
    }
    await close(store);
    store = await open();
    expect([...store.sessions.keys()].sort()).toEqual([...names].sort());
    for (const [session, filters] of store.loadedSubscriptions) expect([...filters]).toEqual([[session.clientId, 1]]);
    const topics = [];
    for await (const { message } of store.retained()) topics.push(message.topic);
    expect(topics.sort()).toEqual([...names].sort());
  });

  test('takes a will of a client with any user name', async () => {
    let store = await open();
    const will = { message: messageOf('w', 'dead'), username: '"'.repeat(65_535), ipAddress: '::1' };
    store.putWill('device', will);
    await close(store);
    store = await open();
    expect(await store.wills()).toEqual([will]);
  });

  test('stores all changes of one turn, or none', async () => {
    // The process is killed while it writes: whatever is there has both halves.
    const child = children.run(
      `
        const { openStore } = await store('store');
        const { SessionStore } = await store('session-store');
        const { database } = await openStore(arg0);
        const sessions = await SessionStore.open(database);
        const record = { createdAt: 0, username: null, ipAddress: null, leftAt: null, disconnectedAt: null };
        const both = [sessions.begin('left', record), sessions.begin('right', record)];
        await database.flush();
        await say('begun');
        for (let i = 0; ; i++) {
          const message = { topic: 't', payload: Buffer.from(String(i)), qos: 1, retain: false, clientId: '', publishedAt: 0 };
          for (const session of both) {
            sessions.putQueued(session, message, '');
          }
          sessions.putRetained(message, null);
          await new Promise(setImmediate);
          if (i === 1000) await say('many');
        }
      `,
      folder.data,
    );
    for (const line of ['begun', 'many']) expect(await child.line()).toBe(line);
    await child.kill();
    const store = await open();
    const [left, right] = ['left', 'right'].map((clientId) => sessionIn(store, clientId));
    const queued = await store.queued(left!, 1, 1_000_000, MOST_BYTES);
    expect(queued.length).toBeGreaterThan(100);
    expect(await store.queued(right!, 1, 1_000_000, MOST_BYTES)).toEqual(queued);
    expect(figuresOf(left!)).toEqual(figuresOf(right!));
    expect(left).toMatchObject({ tail: queued.length + 1, count: queued.length });
    for await (const { message } of store.retained()) expect(message.payload).toEqual(queued.at(-1)?.message.payload);
  });

  test('never gives the number of a session to another one', async () => {
    let store = await open();
    const first = begin(store, 'first');
    store.end(first);
    expect(begin(store, 'first').id).toBe(2);
    store.end(sessionIn(store, 'first'));
    await close(store);
    store = await open();
    expect(begin(store, 'second').id).toBeGreaterThan(2);
  });
});

describe('the clock', () => {
  test('goes on where it stood, and stands still while no process runs', async () => {
    let store = await open();
    const before = store.clock();
    await close(store);
    const stored = store.clock();
    store = await open();
    // Whole milliseconds are stored; nothing of the time between is counted.
    expect(store.clock()).toBeGreaterThanOrEqual(Math.floor(before));
    expect(store.clock() - stored).toBeLessThan(1000);
  });

  test('is stored every ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    let store = await open();
    vi.advanceTimersByTime(60_000);
    expect(store.clock()).toBe(60_000);
    await store.database.flush();
    // A kill: nothing is stored at the end.
    await store.database.close();
    vi.advanceTimersByTime(3_600_000);
    store = await open();
    expect(store.clock()).toBe(60_000);
    vi.advanceTimersByTime(5000);
    expect(store.clock()).toBe(65_000);
  });

  test('is not moved by the clock on the wall', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
    const store = await open();
    vi.advanceTimersByTime(1000);
    vi.setSystemTime(new Date('2040-01-01'));
    expect(store.clock()).toBe(1000);
    vi.setSystemTime(new Date('1990-01-01'));
    expect(store.clock()).toBe(1000);
  });
});

describe('a session that ends', () => {
  const fillQueue = async (store: SessionStore, session: StoredSession, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) enqueue(store, session, messageOf('a', `message ${i}`));
    await store.database.flush();
  };

  test('leaves nothing', async () => {
    const store = await open();
    const session = begin(store, 'device');
    await fillQueue(store, session, 2500);
    send(store, session, 1, 0);
    for (let packetId = 1; packetId <= 2000; packetId++) store.putIncoming(session, packetId);
    for (let i = 0; i < 1500; i++) store.putSubscription(session, `filter ${i}`, 1);
    await store.database.flush();
    store.end(session);
    expect(store.sessions.size).toBe(0);
    // What still refers to it changes nothing.
    store.touch(session);
    store.update(session);
    await eventually(() => countOf(store)).toBe(0);
  });

  test('is removed to the end by the next process when this one is killed', async () => {
    await runAndKill(`
      const record = { createdAt: 0, username: null, ipAddress: null, leftAt: null, disconnectedAt: null };
      const ended = sessions.begin('device', record);
      for (let i = 1; i <= 20000; i++) sessions.putIncoming(ended, i);
      await database.flush();
      let stop;
      const stopped = new Promise((resolve) => { stop = resolve; });
      const flush = database.flush.bind(database);
      let flushes = 0;
      // Killed in the midst: after the third bit of twenty.
      database.flush = () => (++flushes < 3 ? flush() : (stop(), new Promise(() => {})));
      sessions.end(ended);
      await stopped;
      database.flush = flush;
    `);
    const store = folder.keep(await openStore(folder.data));
    const left = await store.database.entries(sessionBounds('incoming', 1));
    expect(left.length).toBeGreaterThan(10_000);
    expect(left.length).toBeLessThan(20_000);
    const sessions = folder.keep(await SessionStore.open(store.database));
    expect(sessions.sessions.size).toBe(0);
    await eventually(() => countOf(sessions)).toBe(0);
  });

  test('and one that ends while it is removed are both removed', async () => {
    const store = await open();
    const [first, second] = ['first', 'second'].map((clientId) => begin(store, clientId));
    await fillQueue(store, first!, 3000);
    await fillQueue(store, second!, 10);
    store.end(second!);
    store.end(first!);
    await eventually(() => countOf(store)).toBe(0);
  });

  test('is not removed while no writes are taken, and is later', async () => {
    const store = await open();
    const session = begin(store, 'device');
    await fillQueue(store, session, 10);
    const flush = vi.spyOn(store.database, 'flush').mockImplementation(() => Promise.reject(new Error('full')));
    store.end(session);
    await eventually(() => flush.mock.calls.length).toBeGreaterThan(0);
    flush.mockRestore();
    // Another end sets it going again, as the clock does every ten seconds.
    store.end(begin(store, 'other'));
    await eventually(() => countOf(store)).toBe(0);
  });
});

describe('a session whose end failed, and is stored nevertheless', () => {
  test('is removed when the store takes writes again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const store = await open();
    const session = begin(store, 'device');
    enqueue(store, session, messageOf('a', 'message'));
    await store.database.flush();
    vi.spyOn(store.database, 'committed').mockImplementationOnce((done) => done(new Error('no answer')));
    store.end(session);
    await store.database.flush();
    await store.load();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await eventually(() => countOf(store)).toBe(0);
  });
});

describe('a queue', () => {
  test('that was filled and drained twenty times is read from its head on', async () => {
    let store = await open();
    begin(store, 'device');
    for (let round = 1; round <= 20; round++) {
      const session = sessionIn(store, 'device');
      for (let i = 0; i < 1000; i++) enqueue(store, session, messageOf('a', `${round} ${i}`));
      await store.database.flush();
      const iterator = vi.spyOn(
        ClassicLevel.prototype as unknown as { iterator(options: object): unknown },
        'iterator',
      );
      const queued = await store.queued(session, session.head, 1000, MOST_BYTES);
      expect(queued.map(({ message }) => message.payload.toString())).toEqual(
        Array.from({ length: 1000 }, (_, i) => `${round} ${i}`),
      );
      // LevelDB passes over every key that was removed: only one record fits before the head in the range.
      const from = numberKey('queued', session.id, Math.max(0, (round - 1) * 1000 + 1 - 1023));
      expect(iterator.mock.calls.map(([options]) => options)).toEqual([expect.objectContaining({ gte: from })]);
      iterator.mockRestore();
      for (const message of queued) {
        send(store, session, (message.seq % 65_535) + 1, 0);
        acknowledge(store, session, message);
      }
      await store.database.flush();
      if (round % 7 === 0) {
        await close(store);
        store = await open();
      }
    }
    expect(sessionIn(store, 'device')).toMatchObject({ head: 20_001, next: 20_001, tail: 20_001, count: 0 });
  });
});

describe('disk use', () => {
  const sizeOf = async (): Promise<number> => {
    const location = join(folder.data, 'store');
    const names = await readdir(location);
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(location, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const MEGABYTE = 1024 * 1024;

  /** Lets the time pass after which quiet times are told. */
  const passQuietTime = (): void => void vi.advanceTimersByTime(10_000);

  test.each(['taken one by one', 'ended as a whole'])(
    'returns to a bound after 50 MB of a queue were %s',
    async (how) => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      const store = await open();
      const [session, other] = ['device', 'other'].map((clientId) => begin(store, clientId));
      for (let i = 0; i < 500; i++) {
        // Random, or LevelDB would compress it.
        const message = { ...messageOf('a', ''), payload: randomBytes(100_000) };
        enqueue(store, session!, message);
        if (i % 100 === 0) enqueue(store, other!, message);
        if (i % 10 === 9) await store.database.flush();
      }
      expect(await sizeOf()).toBeGreaterThan(50_000_000);
      if (how === 'ended as a whole') {
        store.end(session!);
        await eventually(() => store.database.entries(sessionBounds('queued', session!.id))).toEqual([]);
      } else {
        for (const { chunk } of await store.queued(session!, 1, 1000, MOST_BYTES)) store.finish(session!, chunk);
        await store.database.flush();
      }
      passQuietTime();
      await eventually(sizeOf).toBeLessThan(10 * MEGABYTE);
      expect(await store.queued(other!, 1, 10, MOST_BYTES)).toHaveLength(5);
    },
  );

  test('is left alone while many batches come, and when little was removed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const compact = vi.spyOn(ClassicLevel.prototype, 'compactRange');
    const store = await open();
    const session = begin(store, 'device');
    for (let i = 1; i <= 19_000; i++) store.database.del(numberKey('queued', session.id, i));
    await store.database.flush();
    passQuietTime();
    expect(compact).not.toHaveBeenCalled();
    for (let i = 1; i <= 2000; i++) store.database.del(numberKey('queued', session.id, i));
    for (let i = 0; i < 30; i++) {
      store.touch(session);
      await store.database.flush();
    }
    vi.advanceTimersByTime(5000);
    expect(compact).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    await eventually(() => compact.mock.calls.length).toBe(1);
    const [[from, to] = []] = compact.mock.calls as unknown as [Buffer, Buffer][];
    expect([sessionOf(from!), sessionOf(to!)]).toEqual([session.id, session.id]);
  });
});
