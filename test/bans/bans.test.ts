import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BanTable } from '../../src/bans/ban-table.ts';
import { Bans } from '../../src/bans/bans.ts';
import { nobodyExempt } from '../../src/bans/exemption.ts';
import type { Ban, BanFilter, BanKind, NewBan } from '../../src/domain.ts';
import { isWithin, parseRange } from '../../src/net/address-range.ts';
import { type DataStore, openStore } from '../../src/store/store.ts';
import { eventually } from '../support/gateway.ts';

const newBan = (as: BanKind, who: string, until: number | null = null, more: Partial<NewBan> = {}): NewBan => ({
  ...{ as, who, reason: null, by: null, desc: null, until },
  ...more,
});

describe('BanTable', () => {
  const table = (...bans: NewBan[]): BanTable => {
    const made = new BanTable();
    for (const ban of bans) made.set({ ...ban, createdAt: 0 });
    return made;
  };
  const client = (ipAddress: string) => ({ clientId: 'c', username: 'u', ipAddress });

  test('finds of several bans the one that holds longest', () => {
    const bans = table(
      newBan('CLIENT_ID', 'c', 30),
      newBan('USERNAME', 'u', 10),
      newBan('IP_ADDRESS', '10.0.0.1', 20),
      newBan('IP_ADDRESS', '10.0.0.0/8', 50),
      newBan('IP_ADDRESS', '10.0.0.0/24', 40),
    );
    const found = (now: number) => bans.match(client('10.0.0.1'), now)?.who;
    expect([0, 49, 50].map(found)).toEqual(['10.0.0.0/8', '10.0.0.0/8', undefined]);
    bans.delete({ as: 'IP_ADDRESS', who: '10.0.0.0/8' });
    expect(found(0)).toBe('10.0.0.0/24');
    bans.set({ ...newBan('USERNAME', 'u'), createdAt: 0 });
    expect(found(0)).toBe('u');
  });

  test('knows a client without a user name from one whose name is empty or null', () => {
    const bans = table(newBan('USERNAME', ''), newBan('USERNAME', 'null'));
    expect(bans.match({ clientId: 'c', username: null, ipAddress: '::1' }, 0)).toBeNull();
  });

  test('has forgotten a length of prefix when its last range is deleted', () => {
    const bans = table(newBan('IP_ADDRESS', '10.0.0.0/8'), newBan('IP_ADDRESS', '2001:db8::/32'));
    expect(bans.hasRanges).toBe(true);
    bans.delete({ as: 'IP_ADDRESS', who: '10.0.0.0/8' });
    bans.delete({ as: 'IP_ADDRESS', who: '10.0.0.0/8' });
    expect(bans.match(client('2001:db8::1'), 0)?.who).toBe('2001:db8::/32');
    bans.delete({ as: 'IP_ADDRESS', who: '2001:db8::/32' });
    expect([bans.hasRanges, bans.size]).toEqual([false, 0]);
  });

  test('agrees with a walk over all ranges', () => {
    let seed = 17;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const ipv4 = () => `10.${random(3)}.${random(3)}.${random(256)}`;
    const ipv6 = () => `2001:db8:${random(3)}:${random(3)}::${random(8).toString(16)}`;
    const ranges = Array.from({ length: 30 }, (_, i) => {
      const text = i % 2 ? `${ipv4()}/${25 + random(8)}` : `${ipv6()}/${60 + random(69)}`;
      return parseRange(text)!;
    });
    const bans = table(...ranges.map(({ text }) => newBan('IP_ADDRESS', text)));
    let hits = 0;
    for (let i = 0; i < 2000; i++) {
      const address = parseRange(i % 2 ? ipv4() : ipv6())!.address;
      const expected = ranges.some((range) => isWithin(address, range));
      hits += Number(expected);
      expect([address, bans.match(client(address), 0) !== null]).toEqual([address, expected]);
    }
    expect(hits).toBeGreaterThan(100);
    expect(hits).toBeLessThan(1900);
  });
});

describe('Bans', () => {
  let folder: string;
  let store: DataStore;
  let bans: Bans;
  let ended: string[];
  let now: number;
  const faults: unknown[] = [];

  beforeEach(async () => {
    now = 1_000_000;
    faults.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    store = await openStore(folder);
    bans = await open();
  });

  afterEach(async () => {
    await bans.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(maxBans = 100, mostText?: number): Promise<Bans> {
    ended = [];
    const options = {
      ...(mostText === undefined ? {} : { mostText }),
      limits: { maxBans },
      exemption: nobodyExempt,
      onFault: (fault: unknown) => faults.push(fault),
    };
    const opened = await Bans.open(store, { ...options, now: () => now });
    opened.ended.listen(({ who }) => ended.push(who));
    opened.start();
    return opened;
  }

  async function reopen(maxBans?: number, mostText?: number): Promise<void> {
    await bans.close();
    await store.close();
    store = await openStore(folder);
    bans = await open(maxBans, mostText);
  }

  const list = async (filter: BanFilter = {}): Promise<string[]> => {
    const { items } = await bans.page({ filter, offset: 0, limit: 100, after: null });
    return items.map(({ who }: Ban) => who);
  };

  const stored = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const [key] of store.space('bans').entries()) keys.push(key);
    return keys;
  };

  test('keep the order of their making, over a restart too; one that is replaced is the newest', async () => {
    for (const who of ['b', 'a', '__proto__', 'b']) await bans.put([newBan('CLIENT_ID', who)]);
    expect(await list()).toEqual(['a', '__proto__', 'b']);
    expect(ended).toEqual(['b']);
    await reopen();
    expect(await list()).toEqual(['a', '__proto__', 'b']);
    await bans.put([newBan('USERNAME', 'a')]);
    expect(await list()).toEqual(['a', '__proto__', 'b', 'a']);
  });

  test('of several with one key in one go, the last holds', async () => {
    await bans.put([
      newBan('CLIENT_ID', 'a', null, { reason: 'one' }),
      newBan('CLIENT_ID', 'a', null, { reason: 'two' }),
    ]);
    expect(bans.get({ as: 'CLIENT_ID', who: 'a' })?.reason).toBe('two');
    expect(await list()).toEqual(['a']);
    await reopen();
    expect(bans.get({ as: 'CLIENT_ID', who: 'a' })?.reason).toBe('two');
  });

  test('leave memory and store by themselves at their end', async () => {
    await bans.put([newBan('CLIENT_ID', 'short', now + 20), newBan('CLIENT_ID', 'long', now + 60_000)]);
    now += 20;
    expect(bans.match({ clientId: 'short', username: null, ipAddress: '::1' })).toBeNull();
    expect(bans.get({ as: 'CLIENT_ID', who: 'short' })).toBeNull();
    await eventually(() => ended.length > 0, 'the timer');
    await eventually(async () => (await stored()).length === 1, 'the store to be told');
    expect([ended, await list(), await stored()]).toEqual([['short'], ['long'], ['CLIENT_ID:long']]);
  });

  test('end in a list that is asked for before the timer comes', async () => {
    await bans.put([newBan('CLIENT_ID', 'short', now + 60_000)]);
    now += 60_000;
    expect(await list()).toEqual([]);
  });

  test('end although the wall clock was set forward', async () => {
    await bans.put([newBan('CLIENT_ID', 'a', now + 3_600_000), newBan('CLIENT_ID', 'b', now + 10)]);
    now += 3_600_000;
    await eventually(() => ended.length === 2, 'the timer');
    expect(ended).toEqual(['b', 'a']);
  });

  test('end in great numbers, bit by bit', async () => {
    await reopen(5000);
    await bans.put(Array.from({ length: 3000 }, (_, i) => newBan('CLIENT_ID', `c${i}`, now + 5)));
    now += 5;
    await eventually(() => ended.length === 3000, 'all to end');
    await eventually(async () => (await stored()).length === 0, 'the store to be told');
    expect(bans.size).toBe(0);
  });

  test('that are made anew at the moment of their end stay', async () => {
    await bans.put([newBan('CLIENT_ID', 'a', now + 60_000)]);
    now += 60_000;
    const again = bans.put([newBan('CLIENT_ID', 'a')]);
    await list();
    await again;
    const deleted = bans.delete([{ as: 'CLIENT_ID', who: 'b' }]);
    expect(await deleted).toEqual([]);
    expect([await list(), await stored()]).toEqual([['a'], ['CLIENT_ID:a']]);
    await reopen();
    expect(await list()).toEqual(['a']);
  });

  test('whose end nobody saw are told of at the start, and are in the store no more', async () => {
    await bans.put([newBan('CLIENT_ID', 'short', now + 1000), newBan('CLIENT_ID', 'long')]);
    now += 1000;
    await reopen();
    expect([ended, await list()]).toEqual([['short'], ['long']]);
    await eventually(async () => (await stored()).length === 1, 'the store to be told');
  });

  test('are refused beyond their limit, all of one request, but replaced', async () => {
    await reopen(2);
    await bans.put([newBan('CLIENT_ID', 'a')]);
    const message = 'there would be 3 bans; the limit is 2';
    const two = [newBan('CLIENT_ID', 'b'), newBan('CLIENT_ID', 'c')];
    await expect(bans.put(two)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message });
    expect([await list(), await stored()]).toEqual([['a'], ['CLIENT_ID:a']]);
    await bans.put([newBan('CLIENT_ID', 'a'), newBan('CLIENT_ID', 'b'), newBan('CLIENT_ID', 'b')]);
    expect(await list()).toEqual(['a', 'b']);
  });

  test('are refused beyond the text of all of them, of which one that is replaced has none any more', async () => {
    await reopen(100, 10);
    const reason = { reason: 'xxxxxx' };
    await bans.put([newBan('CLIENT_ID', 'a', null, reason)]);
    await bans.put([newBan('CLIENT_ID', 'a', null, reason), newBan('CLIENT_ID', 'a', null, { reason: 'yyyyyyyyy' })]);
    const message = 'the text of all bans has 11 characters; the limit is 10';
    await expect(bans.put([newBan('USERNAME', 'a')])).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message });
    expect(bans.get({ as: 'CLIENT_ID', who: 'a' })?.reason).toBe('yyyyyyyyy');
  });

  test.each<[BanFilter, string]>([
    [{ as: 'USERNAME' }, 'b'],
    [{ by: 'ops' }, 'b'],
    [{ reason: 'old' }, 'b'],
    [{ who: '10.1.2.3/8' }, '10.0.0.0/8'],
    [{ whoPrefix: 'b' }, 'b'],
    [{ whoContains: '0.0' }, '10.0.0.0/8'],
  ])('are deleted where they match %j, whatever was listed before', async (filter, who) => {
    const all = [
      newBan('CLIENT_ID', 'a'),
      newBan('USERNAME', 'b', null, { reason: 'old', by: 'ops' }),
      newBan('IP_ADDRESS', '10.0.0.0/8'),
    ];
    await bans.put(all);
    const deleted = await bans.delete(all, filter);
    expect(deleted.map((ban) => ban.who)).toEqual([who]);
    expect(await list()).toEqual(all.map((ban) => ban.who).filter((each) => each !== who));
  });

  test('are found by kind, name, its beginning or part, author and reason', async () => {
    await bans.put([
      newBan('CLIENT_ID', 'sensor-1', null, { by: 'ops', reason: 'x' }),
      newBan('USERNAME', 'sensor-1', null, { by: 'ann' }),
      newBan('IP_ADDRESS', '10.0.0.0/8', null, { by: 'ops', reason: 'y' }),
      newBan('CLIENT_ID', 'a-sensor-2'),
    ]);
    expect(await list({ as: 'CLIENT_ID' })).toEqual(['sensor-1', 'a-sensor-2']);
    expect(await list({ who: 'sensor-1' })).toEqual(['sensor-1', 'sensor-1']);
    expect(await list({ who: 'sensor-1', as: 'USERNAME' })).toEqual(['sensor-1']);
    expect(await list({ who: '10.9.9.9/8' })).toEqual(['10.0.0.0/8']);
    expect(await list({ whoPrefix: 'sen' })).toEqual(['sensor-1', 'sensor-1']);
    expect(await list({ whoContains: 'sensor' })).toEqual(['sensor-1', 'sensor-1', 'a-sensor-2']);
    expect(await list({ by: 'ops' })).toEqual(['sensor-1', '10.0.0.0/8']);
    expect(await list({ reason: 'y' })).toEqual(['10.0.0.0/8']);
    expect(await list({ reason: 'y', by: 'ann' })).toEqual([]);
  });

  test('that cannot be stored do not hold', async () => {
    await bans.put([newBan('CLIENT_ID', 'a')]);
    await store.close();
    await expect(bans.put([newBan('CLIENT_ID', 'b')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(bans.delete([{ as: 'CLIENT_ID', who: 'a' }])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await list()).toEqual(['a']);
  });

  test('are made one after the other, so that memory and store agree', async () => {
    const key = { as: 'CLIENT_ID', who: 'a' } as const;
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i % 3 === 2 ? bans.delete([key]) : bans.put([newBan('CLIENT_ID', 'a', null, { reason: String(i) })]),
      ),
    );
    const held = bans.get(key);
    expect(held?.reason).toBe('49');
    await reopen();
    expect(bans.get(key)).toEqual(held);
  });
});
