import { describe, expect, test } from 'vitest';
import type { AlarmNotice } from '../../src/alarms/alarm.ts';
import { type AlarmLimits, Alarms } from '../../src/alarms/alarms.ts';
import { BrokerError } from '../../src/refusals.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { interposeStore } from '../broker/store-faults.ts';
import { useFolder } from '../store/support/folder.ts';

const folder = useFolder();

const LIMITS: AlarmLimits = { maxHistory: 1000, unconfirmedTimeout: 300 };

/** What `open` reports of faults. */
const faults: unknown[] = [];

const openAlarms = (store: Store, limits: Partial<AlarmLimits> = {}): Promise<Alarms> =>
  Alarms.open(store, {
    nodeName: 'brokerql@127.0.0.1',
    limits: { ...LIMITS, ...limits },
    onFault: (fault) => faults.push(fault),
  });

const notice = (id: string, more: Partial<AlarmNotice> = {}): AlarmNotice => ({
  id,
  severity: 'warning',
  title: 'It is hot',
  summary: 'it is 41 degrees',
  ...more,
});

const ids = (alarms: readonly { readonly id: string }[]): string[] => alarms.map(({ id }) => id);
const history = (alarms: Alarms, offset = 0, limit = 1000, after: string | null = null) =>
  alarms.history({ filter: {}, offset, limit, after });

describe('an alarm', () => {
  test('stands from its raising on, and is told once', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    const told: unknown[] = [];
    alarms.raised.listen((alarm) => told.push(alarm));
    const before = Date.now();
    alarms.raise(notice('hot', { value: '41' }));
    alarms.raise(notice('hot', { value: '41' }));
    const [alarm] = alarms.present();
    expect(alarm).toEqual({
      nodeName: 'brokerql@127.0.0.1',
      id: 'hot',
      severity: 'WARNING',
      title: 'It is hot',
      summary: 'it is 41 degrees',
      value: '41',
      raisedAt: expect.any(Number) as number,
      clearedAt: null,
    });
    expect(alarm!.raisedAt).toBeGreaterThanOrEqual(before);
    expect(told).toEqual([alarm]);
    expect([alarms.has('hot'), alarms.has('cold')]).toEqual([true, false]);
    await alarms.close();
  });

  test('says what was said of it last, and keeps its time', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    alarms.raise(notice('hot'));
    const { raisedAt } = alarms.present()[0]!;
    alarms.raise(notice('hot', { severity: 'critical', summary: 'it is 45 degrees' }));
    expect(alarms.present()).toMatchObject([{ severity: 'CRITICAL', summary: 'it is 45 degrees', raisedAt }]);
    await alarms.close();
  });

  test('ends when it is cleared, is told once, and is the first of the history then', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    const told: string[] = [];
    alarms.cleared.listen(({ id, clearedAt }) => told.push(`${id} ${clearedAt !== null}`));
    for (const id of ['hot', 'loud', 'wet']) alarms.raise(notice(id));
    for (const id of ['loud', 'hot', 'loud', 'nothing']) alarms.clear(id);
    expect(ids(alarms.present())).toEqual(['wet']);
    expect(ids(history(alarms).items)).toEqual(['hot', 'loud']);
    expect(told).toEqual(['loud true', 'hot true']);
    await alarms.close();
  });

  test('hears nothing more when the program ends', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    alarms.raise(notice('hot'));
    await alarms.close();
    alarms.raise(notice('cold'));
    alarms.clear('hot');
    expect(ids(alarms.present())).toEqual(['hot']);
  });

  test.each(['__proto__', 'constructor', 'flapping:__proto__', 'ü ☃', ''])('may be called %j', async (id) => {
    const store = folder.keep(await openStore(folder.data));
    const alarms = await openAlarms(store);
    alarms.raise(notice(id));
    await alarms.close();
    const later = await openAlarms(store);
    expect(ids(later.present())).toEqual([id]);
    later.clear(id);
    expect(later.has(id)).toBe(false);
    await later.close();
  });

  test('is bounded in its texts, and two long names that begin alike are two', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    const long = 'x'.repeat(70_000);
    alarms.raise(notice(`flapping:${long}a`, { title: long, summary: `${long}\ud800` }));
    alarms.raise(notice(`flapping:${long}b`));
    expect(alarms.present()).toHaveLength(2);
    for (const { id, title, summary } of alarms.present()) {
      expect(id.length).toBeLessThan(400);
      expect(title.length).toBeLessThan(300);
      expect(summary.length).toBeLessThan(1100);
    }
    alarms.clear(`flapping:${long}a`);
    expect([alarms.has(`flapping:${long}a`), alarms.has(`flapping:${long}b`)]).toEqual([false, true]);
    await alarms.close();
  });
});

describe('many alarms of one kind', () => {
  test('are 100, and one that tells of the rest until there are 90', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    for (let i = 0; i < 10_000; i++) alarms.raise(notice(`flapping:${i}`));
    alarms.raise(notice('hot'));
    expect(alarms.present()).toHaveLength(102);
    expect(alarms.present().find(({ id }) => id === 'too_many_alarms:flapping')).toMatchObject({
      severity: 'ERROR',
      summary: "more than 100 alarms of the kind 'flapping' stand at once; the others are not listed",
    });
    for (let i = 0; i < 9; i++) alarms.clear(`flapping:${i}`);
    expect(alarms.has('too_many_alarms:flapping')).toBe(true);
    alarms.clear('flapping:9');
    expect(alarms.has('too_many_alarms:flapping')).toBe(false);
    alarms.raise(notice('flapping:5000'));
    expect(alarms.has('flapping:5000')).toBe(true);
    await alarms.close();
  });
});

describe('the history', () => {
  test('has the last alarms that ended, over a restart too', async () => {
    const store = folder.keep(await openStore(folder.data));
    const alarms = await openAlarms(store, { maxHistory: 3 });
    for (let i = 0; i < 10; i++) {
      alarms.raise(notice(`past ${i}`));
      alarms.clear(`past ${i}`);
    }
    expect(ids(history(alarms).items)).toEqual(['past 9', 'past 8', 'past 7']);
    await alarms.close();
    const later = await openAlarms(store, { maxHistory: 2 });
    expect(ids(history(later).items)).toEqual(['past 9', 'past 8']);
    later.raise(notice('now'));
    later.clear('now');
    expect(ids(history(later).items)).toEqual(['now', 'past 9']);
    await later.close();
    let stored = 0;
    for await (const _ of store.space('alarms').entries()) stored++;
    expect(stored).toBe(2);
  });

  test('keeps few of each kind rather than many of one, over a restart too', async () => {
    const store = folder.keep(await openStore(folder.data));
    const alarms = await openAlarms(store, { maxHistory: 8 });
    const pass = (id: string): void => {
      alarms.raise(notice(id));
      alarms.clear(id);
    };
    for (const id of ['hot', 'plugin_failed:a', 'hot', 'plugin_failed:b']) pass(id);
    for (let i = 0; i < 20; i++) pass(`flapping:${i}`);
    const kept = ['flapping:19', 'flapping:18', 'flapping:17', 'flapping:16', 'plugin_failed:b', 'hot'];
    expect(ids(history(alarms).items)).toEqual([...kept, 'plugin_failed:a', 'hot']);
    await alarms.close();
    const later = await openAlarms(store, { maxHistory: 5 });
    expect(ids(history(later).items)).toEqual([
      'flapping:19',
      'flapping:18',
      'plugin_failed:b',
      'hot',
      'plugin_failed:a',
    ]);
    expect(later.forget()).toBe(5);
    later.raise(notice('flapping:20'));
    later.clear('flapping:20');
    expect(ids(history(later).items)).toEqual(['flapping:20']);
    await later.close();
  });

  test('may be none at all', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)), { maxHistory: 0 });
    alarms.raise(notice('hot'));
    alarms.clear('hot');
    expect(history(alarms)).toEqual({ items: [], count: 0, countIsExact: true, lastKey: null });
    await alarms.close();
  });

  test('is read by pages and by cursor, and what ends meanwhile makes nobody read twice', async () => {
    const alarms = await openAlarms(folder.keep(await openStore(folder.data)));
    for (let i = 0; i < 5; i++) {
      alarms.raise(notice(`${i}`));
      alarms.clear(`${i}`);
    }
    expect(ids(history(alarms, 0, 2).items)).toEqual(['4', '3']);
    expect(ids(history(alarms, 4, 2).items)).toEqual(['0']);
    expect(ids(history(alarms, 5, 2).items)).toEqual([]);
    const { lastKey } = history(alarms, 0, 2);
    alarms.raise(notice('5'));
    alarms.clear('5');
    expect(ids(history(alarms, 0, 2, lastKey).items)).toEqual(['2', '1']);
    expect(ids(history(alarms, 0, 0, lastKey).items)).toEqual([]);
    expect(() => history(alarms, 0, 2, 'x')).toThrow(BrokerError);
    await alarms.close();
  });

  test('can be forgotten', async () => {
    const store = folder.keep(await openStore(folder.data));
    const alarms = await openAlarms(store);
    for (const id of ['hot', 'loud']) alarms.raise(notice(id));
    alarms.clear('hot');
    expect(alarms.forget()).toBe(1);
    await alarms.close();
    const later = await openAlarms(store);
    expect(history(later).count).toBe(0);
    expect(ids(later.present())).toEqual(['loud']);
    await later.close();
  });
});

describe('after a restart, an alarm', () => {
  test('stands since when it stood', async () => {
    const store = folder.keep(await openStore(folder.data));
    const alarms = await openAlarms(store);
    alarms.raise(notice('hot', { value: '41' }));
    alarms.raise(notice('hot', { value: '45' }));
    const before = alarms.present();
    await alarms.close();
    const later = await openAlarms(store);
    expect(later.present()).toEqual(before);
    await later.close();
  });

  test('ends when nobody raises it again in time, and else stands', async () => {
    const store = folder.keep(await openStore(folder.data));
    const alarms = await openAlarms(store);
    for (const id of ['hot', 'loud']) alarms.raise(notice(id));
    await alarms.close();
    const later = await openAlarms(store, { unconfirmedTimeout: 300 });
    later.look();
    expect(ids(later.present())).toEqual(['hot', 'loud']);
    await later.close();
    const last = await openAlarms(store, { unconfirmedTimeout: 0 });
    last.raise(notice('loud'));
    last.look();
    expect(ids(last.present())).toEqual(['loud']);
    expect(ids(history(last).items)).toEqual(['hot']);
    await last.close();
  });
});

describe('a store that takes no writes', () => {
  test('gets what it could not take when it takes them again, and is complained of once', async () => {
    const data = await openStore(folder.data);
    const store = folder.keep(data);
    const alarms = await openAlarms(store, { maxHistory: 3 });
    alarms.raise(notice('early'));
    await data.database.flush();
    faults.length = 0;
    const interposed = interposeStore(folder.data);
    const healed = new Promise<void>((resolve) => {
      data.database.onHealed = resolve;
    });
    const heal = interposed.fail();
    for (let i = 0; i < 100; i++) {
      alarms.raise(notice(`lost ${i}`));
      alarms.clear(`lost ${i}`);
      await new Promise(setImmediate);
    }
    alarms.clear('early');
    expect(faults).toHaveLength(1);
    heal();
    await healed;
    await new Promise(setImmediate);
    interposed.restore();
    alarms.look();
    await alarms.close();
    const later = await openAlarms(store);
    expect(ids(later.present())).toEqual([]);
    expect(ids(history(later).items)).toEqual(['early', 'lost 99', 'lost 98']);
    await later.close();
  });
});
