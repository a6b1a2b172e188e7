import { mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { describe, expect, test } from 'vitest';
import { repairStore } from '../../src/store/repair.ts';
import { numberKey, sessionKey, subscriptionKey, textKey } from '../../src/store/session-keys.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { openStore, StoreError } from '../../src/store/store.ts';
import { useFolder } from './support/folder.ts';
import { begin, enqueue, figuresOf, MOST_BYTES, messageOf, send } from './support/sessions.ts';

const folder = useFolder();

async function withLevel(act: (db: ClassicLevel<Buffer, Buffer>) => Promise<void>): Promise<void> {
  const options = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;
  const db = new ClassicLevel<Buffer, Buffer>(join(folder.data, 'store'), options);
  await db.open();
  await act(db);
  await db.close();
}

/** Writes two sessions, each with a subscription, four messages of which two are on their way, and other records. */
async function fill(): Promise<void> {
  const store = await openStore(folder.data);
  await store.space('users').put('admin', { name: 'admin' });
  const sessions = await SessionStore.open(store.database);
  for (const clientId of ['first', 'second']) {
    const session = begin(sessions, clientId);
    sessions.putSubscription(session, 'a/#', 2);
    for (let i = 1; i <= 4; i++) {
      enqueue(sessions, session, messageOf('a', `message ${i}`));
      // A record each.
      await store.database.flush();
    }
    send(sessions, session, 11, session.bytes / 4);
    send(sessions, session, 12, session.bytes / 3);
    sessions.putIncoming(session, 7);
  }
  sessions.putRetained(messageOf('r', 'retained'), null);
  sessions.putWill('first', { message: messageOf('w', 'will'), username: null, ipAddress: '::1' });
  await sessions.close();
  await store.close();
}

async function openSessions(): Promise<SessionStore> {
  const store = folder.keep(await openStore(folder.data));
  return folder.keep(await SessionStore.open(store.database));
}

const textsOf = async (sessions: SessionStore, clientId: string): Promise<string[]> => {
  const session = sessions.sessions.get(clientId)!;
  return (await sessions.queued(session, session.head, 100, MOST_BYTES)).map(({ message }) =>
    message.payload.toString(),
  );
};

const kept = {
  "records of 'meta'": 2,
  "records of 'users'": 1,
  sessions: 2,
  subscriptions: 2,
  'records of queued messages': 8,
  'messages on their way': 4,
  'incoming QoS 2 messages': 2,
  'retained messages': 1,
  wills: 1,
};

describe('a repair', () => {
  test('of a sound store changes nothing', async () => {
    await fill();
    const repair = await repairStore(folder.data);
    expect(repair).toEqual({ found: null, removed: new Map(), recounted: 0, kept: new Map(Object.entries(kept)) });
    expect(await readdir(folder.data)).toEqual(['store']);
    const sessions = await openSessions();
    expect(await textsOf(sessions, 'second')).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
    expect(figuresOf(sessions.sessions.get('first')!)).toMatchObject({
      tail: 5,
      next: 3,
      head: 1,
      count: 4,
      inflight: 2,
    });
  });

  test('takes a gap in the sequence, and begins another behind it', async () => {
    await fill();
    await withLevel(async (db) => {
      const [, second] = await db.keys({ gte: Buffer.from('!seq!'), lt: Buffer.from('!seq"') }).all();
      await db.del(second as Buffer);
    });
    await expect(openStore(folder.data)).rejects.toThrow(/1 batch of writes is missing/);
    const { found, removed } = await repairStore(folder.data);
    expect(found).toBe('1 batch of writes is missing');
    expect(removed).toEqual(new Map());
    expect((await openSessions()).sessions.size).toBe(2);
  });

  test('removes what is not whole, and what belongs to a session that is lost', async () => {
    await fill();
    await withLevel((db) =>
      db.batch([
        // The session of the client 'first' has the number 1.
        { type: 'put', key: textKey('session', 'first'), value: Buffer.from('{"id":') },
        { type: 'put', key: numberKey('queued', 2, 4), value: Buffer.from('no message') },
        { type: 'put', key: textKey('retained', 'other'), value: Buffer.from('no message') },
        { type: 'put', key: subscriptionKey(2, 'b'), value: Buffer.of(3) },
        { type: 'put', key: textKey('will', 'x'), value: Buffer.alloc(0) },
        { type: 'put', key: Buffer.from('!users!broken'), value: Buffer.from('{') },
      ]),
    );
    const { found, removed, recounted, kept } = await repairStore(folder.data);
    expect(found).toBeNull();
    expect(Object.fromEntries(removed)).toEqual({
      "records of 'users'": 1,
      sessions: 1,
      subscriptions: 2,
      'records of queued messages': 5,
      'incoming QoS 2 messages': 1,
      'retained messages': 1,
      wills: 1,
      'figures of sessions': 1,
    });
    expect(recounted).toBe(1);
    expect(Object.fromEntries(kept)).toEqual({
      "records of 'meta'": 2,
      "records of 'users'": 1,
      sessions: 1,
      subscriptions: 1,
      'records of queued messages': 3,
      'messages on their way': 2,
      'incoming QoS 2 messages': 1,
      'retained messages': 1,
      wills: 1,
    });
    const sessions = await openSessions();
    expect([...sessions.sessions.keys()]).toEqual(['second']);
    const session = sessions.sessions.get('second')!;
    const [, , third] = await sessions.queued(session, 1, 10, MOST_BYTES);
    expect(figuresOf(session)).toEqual({ tail: 5, next: 3, head: 1, count: 3, inflight: 2, bytes: third?.size });
    expect(await textsOf(sessions, 'second')).toEqual(['message 1', 'message 2', 'message 3']);
  });

  test('counts the messages of a session whose figures are lost', async () => {
    await fill();
    await withLevel((db) => db.del(sessionKey('figures', 2)));
    expect((await repairStore(folder.data)).recounted).toBe(1);
    const sessions = await openSessions();
    // Nobody knows any more which of them were on their way.
    expect(figuresOf(sessions.sessions.get('second')!)).toMatchObject({ tail: 5, next: 1, count: 4, inflight: 0 });
  });

  test('puts together what LevelDB can read when files are missing', async () => {
    await fill();
    await withLevel(async () => {});
    const names = await readdir(join(folder.data, 'store'));
    await unlink(join(folder.data, 'store', names.find((name) => name.startsWith('MANIFEST'))!));
    await expect(openStore(folder.data)).rejects.toThrow(/'brokerql store repair' keeps what is left$/);
    const { found, kept: left } = await repairStore(folder.data);
    expect(found).toMatch(/MANIFEST/);
    expect(Object.fromEntries(left)).toEqual(kept);
    expect(await textsOf(await openSessions(), 'first')).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
  });

  test('is refused while the folder is in use, and where there is no store', async () => {
    await mkdir(folder.data);
    await expect(repairStore(folder.data)).rejects.toThrow(new StoreError(`data folder '${folder.data}' has no store`));
    folder.keep(await openStore(folder.data));
    await expect(repairStore(folder.data)).rejects.toThrow(
      new StoreError(`data folder '${folder.data}' is in use by another process`),
    );
  });

  test('is refused for a newer format, which stays as it is', async () => {
    await fill();
    await withLevel((db) => db.put(Buffer.from('!meta!format'), Buffer.from('3')));
    await expect(repairStore(folder.data)).rejects.toThrow(
      new StoreError(`data folder '${folder.data}' has format 3; this release reads formats 1 to 2`),
    );
    expect(await readdir(folder.data)).toEqual(['store']);
  });

  test('that was interrupted keeps the broker out, and is begun again', async () => {
    await fill();
    await rename(join(folder.data, 'store'), join(folder.data, 'store.repair'));
    await expect(openStore(folder.data)).rejects.toThrow(
      new StoreError(
        `data folder '${folder.data}' is damaged: a repair is under way, or was interrupted; 'brokerql store repair' keeps what is left`,
      ),
    );
    expect((await repairStore(folder.data)).found).toBe('a repair was interrupted');
    expect((await openSessions()).sessions.size).toBe(2);
  });

  test('is refused while another one is under way', async () => {
    await fill();
    const both = await Promise.allSettled([repairStore(folder.data), repairStore(folder.data)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [refused] = both.filter((one) => one.status === 'rejected');
    expect(refused?.reason).toEqual(new StoreError(`data folder '${folder.data}' is in use by another process`));
  });
});
