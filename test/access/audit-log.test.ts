import { describe, expect, test, vi } from 'vitest';
import type { AuditEvent } from '../../src/access/audit-entry.ts';
import { type AuditFilter, type AuditLog, openAuditLog } from '../../src/access/audit-log.ts';
import type { Slice } from '../../src/domain.ts';
import type { Store } from '../../src/store/key-space.ts';
import { useDataFolder } from './support/data-folder.ts';

const folder = useDataFolder();

const event: AuditEvent = {
  who: 'eve',
  kind: 'user',
  role: 'ADMIN',
  from: '192.0.2.7',
  via: 'GRAPHQL',
  what: 'kickConnection',
  target: 'meter-1',
  result: 'OK',
  message: null,
};

const all: Slice<AuditFilter> = { filter: {}, offset: 0, limit: 100, after: null };

const fail = (fault: unknown): void => {
  throw fault;
};

const open = (limits: { entries?: number; bytes?: number } = {}): Promise<AuditLog> =>
  openAuditLog(folder.store, { onFault: fail, ...limits });

async function reopen(log: AuditLog, limits?: { entries?: number; bytes?: number }): Promise<AuditLog> {
  await log.close();
  await folder.reopen();
  return open(limits);
}

const targetsOf = (log: AuditLog, slice: Partial<Slice<AuditFilter>> = {}) =>
  log.page({ ...all, ...slice }).items.map(({ target }) => target);

const addAll = (log: AuditLog, targets: readonly string[]): void => {
  for (const target of targets) log.add({ ...event, target });
};

describe('an event', () => {
  test('is kept with its time and an id, over a restart too', async () => {
    const before = Date.now();
    const log = await open();
    log.add(event);
    const page = log.page(all);
    expect(page).toEqual({
      items: [{ id: '1', at: expect.any(Number), ...event }],
      count: 1,
      countIsExact: true,
      lastKey: '1',
    });
    expect(page.items[0]!.at).toBeGreaterThanOrEqual(before);
    expect((await reopen(log)).page(all)).toEqual(page);
  });

  test('is shortened and fits into one line', async () => {
    const log = await open();
    log.add({ ...event, who: 'a\r\n\u0007b\u2028\u202e', target: 'ä'.repeat(600), message: '😀'.repeat(1e6) });
    const { who, target, message } = log.page(all).items[0]!;
    expect(who).toBe('a\\u000d\\u000a\\u0007b\\u2028\\u202e');
    expect(target).toBe(`${'ä'.repeat(510)}…`);
    expect(message).toBe(`${'😀'.repeat(255)}…`);
  });
});

describe('the log', () => {
  test('keeps the newest entries, in the store too', async () => {
    let log = await open({ entries: 3 });
    addAll(log, ['a', 'b', 'c', 'd', 'e']);
    expect(targetsOf(log)).toEqual(['e', 'd', 'c']);
    log = await reopen(log, { entries: 3 });
    expect(targetsOf(log)).toEqual(['e', 'd', 'c']);
    expect(await folder.keysOf('audit')).toHaveLength(3);
  });

  test('keeps as many bytes as it may', async () => {
    const log = await open({ bytes: 4000 });
    addAll(
      log,
      ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(1000)),
    );
    expect(targetsOf(log).map((target) => target?.[0])).toEqual(['e', 'd', 'c']);
    await log.close();
    expect(await folder.keysOf('audit')).toHaveLength(3);
  });

  test('becomes shorter when less is allowed after a restart', async () => {
    let log = await open();
    addAll(log, ['a', 'b', 'c', 'd']);
    log = await reopen(log, { entries: 2 });
    expect(targetsOf(log)).toEqual(['d', 'c']);
    await log.close();
    expect(await folder.keysOf('audit')).toHaveLength(2);
  });

  test('counts its ids on after a restart, in order beyond ten', async () => {
    let log = await open();
    addAll(
      log,
      Array.from({ length: 11 }, (_, i) => `${i}`),
    );
    log = await reopen(log);
    log.add(event);
    expect(log.page(all).items.map(({ id }) => Number(id))).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('writes what comes while a batch is in flight as one batch', async () => {
    const batches: { readonly size: number; readonly finish: () => void }[] = [];
    let arrived: () => void = () => {};
    const slow: Store = {
      ...folder.store,
      batch: async (changes) => {
        await new Promise<void>((finish) => {
          batches.push({ size: changes.length, finish });
          arrived();
        });
        await folder.store.batch(changes);
      },
    };
    const batch = async (number: number) => {
      while (batches.length < number) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      return batches[number - 1]!;
    };

    const log = await openAuditLog(slow, { onFault: fail });
    log.add(event);
    const first = await batch(1);
    addAll(log, ['a', 'b', 'c']);
    const closed = log.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toHaveLength(1);
    first.finish();
    const second = await batch(2);
    expect([first.size, second.size]).toEqual([1, 3]);
    second.finish();
    await closed;
    expect(batches).toHaveLength(2);
    expect(await folder.keysOf('audit')).toHaveLength(4);
  });

  test('tells a write that failed, and goes on', async () => {
    const full = new Error('disk full');
    const batch = vi.fn(folder.store.batch).mockRejectedValueOnce(full);
    const told: unknown[] = [];
    const log = await openAuditLog({ ...folder.store, batch }, { onFault: (fault) => told.push(fault) });
    log.add(event);
    await log.close();
    log.add(event);
    await log.close();
    expect(told).toEqual([full]);
    expect(log.page(all).count).toBe(2);
    expect(await folder.keysOf('audit')).toHaveLength(1);
  });
});

describe('a page', () => {
  test('is the newest first, and goes on by offset or behind an entry', async () => {
    const log = await open();
    addAll(log, ['a', 'b', 'c', 'd', 'e']);
    const first = log.page({ ...all, limit: 2 });
    expect(first).toMatchObject({ items: [{ target: 'e' }, { target: 'd' }], count: 5, countIsExact: true });
    expect(targetsOf(log, { offset: 2, limit: 2 })).toEqual(['c', 'b']);
    addAll(log, ['f']);
    expect(targetsOf(log, { after: first.lastKey, limit: 2 })).toEqual(['c', 'b']);
    expect(log.page({ ...all, after: '1' })).toEqual({ items: [], count: 6, countIsExact: true, lastKey: null });
  });

  test.each(['', '0', 'x', '-1', '__proto__'])('refuses the cursor %j', async (after) => {
    const log = await open();
    expect(() => log.page({ ...all, after })).toThrow(expect.objectContaining({ code: 'CURSOR_EXPIRED' }));
  });

  test('is filtered by time, who and what, and counts what matches', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    try {
      const log = await open();
      for (const [who, what] of [
        ['eve', 'a'],
        ['bob', 'a'],
        ['__proto__', 'b'],
        ['eve', 'b'],
      ] as const) {
        log.add({ ...event, who, what, target: `${who} ${what}` });
        vi.setSystemTime(Date.now() + 1000);
      }
      log.add({ ...event, who: null, kind: null, role: null, target: 'nobody' });
      expect(targetsOf(log, { filter: { who: 'eve' } })).toEqual(['eve b', 'eve a']);
      expect(targetsOf(log, { filter: { who: '__proto__' } })).toEqual(['__proto__ b']);
      expect(targetsOf(log, { filter: { who: 'eve', what: 'a' } })).toEqual(['eve a']);
      expect(targetsOf(log, { filter: { since: 2000, until: 4000, who: null } })).toEqual(['__proto__ b', 'bob a']);
      expect(log.page({ ...all, filter: { what: 'kickConnection' }, limit: 0 })).toMatchObject({ items: [], count: 1 });
    } finally {
      vi.useRealTimers();
    }
  });
});
