import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Database, type Durability } from '../../src/store/database.ts';
import { type Operation, rootCause } from '../../src/store/level.ts';
import { until } from './support/eventually.ts';
import { useFolder } from './support/folder.ts';

const folder = useFolder();

type Batch = (this: ClassicLevel<Buffer, Buffer>, operations: Operation[], options: object) => Promise<void>;
type Level = { _batch: Batch; _open(options: object): Promise<void> };
const level = ClassicLevel.prototype as unknown as Level;
const { _batch: storeBatch, _open: openLevel } = level;

/** What LevelDB was told to store. */
let batches: { operations: readonly Operation[]; options: object }[];
/** What comes in place of the next batches, each once. */
let instead: Batch[];

beforeEach(() => {
  batches = [];
  instead = [];
  vi.spyOn(level, '_batch').mockImplementation(function (this: ClassicLevel<Buffer, Buffer>, operations, options) {
    batches.push({ operations, options });
    return (instead.shift() ?? storeBatch).call(this, operations, options);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function open(durability: Durability = 'os'): Promise<Database> {
  const database = folder.keep(await Database.open(join(folder.data, 'store'), durability));
  batches = [];
  return database;
}

const keyOf = (text: string): Buffer => Buffer.from(`k${text}`);
const ALL = { gte: Buffer.from('k'), lt: Buffer.from('l') };
const put = (database: Database, text: string): void => database.put(keyOf(text), Buffer.from(text));

const textsIn = async (database: Database): Promise<string[]> =>
  (await database.entries(ALL)).map(([, value]) => value.toString());

const causeOf = ({ failure }: Database): string => rootCause(failure).message;

const full: Batch = () => Promise.reject(new Error('no space'));

/** A batch that goes on when it is told to. */
function gate(): { batch: Batch; begun: Promise<void>; open(): void } {
  let begin = (): void => {};
  let release = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    begun,
    open: () => release(),
    async batch(operations, options) {
      begin();
      await released;
      return storeBatch.call(this, operations, options);
    },
  };
}

describe('group commit', () => {
  test('stores what one turn of the event loop adds as one batch', async () => {
    const database = await open();
    put(database, 'a');
    put(database, 'b');
    database.del(keyOf('a'));
    await database.flush();
    expect(batches).toHaveLength(1);
    expect(await textsIn(database)).toEqual(['b']);
  });

  test('calls back in order, when what was added before is there', async () => {
    const database = await open();
    const order: string[] = [];
    const seen = ['a', 'b'].map((text) => {
      put(database, text);
      return new Promise((resolve) =>
        database.committed((error) => {
          order.push(`${text} ${error}`);
          resolve(textsIn(database));
        }),
      );
    });
    expect(await Promise.all(seen)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(order).toEqual(['a null', 'b null']);
  });

  test('has one batch under way at a time, and makes what comes meanwhile the next one', async () => {
    const database = await open();
    const slow = gate();
    instead.push(slow.batch);
    put(database, 'a');
    database.defer({ write: (writes) => writes.put(keyOf('deferred'), Buffer.from('deferred')) });
    const first = database.flush();
    await slow.begun;
    put(database, 'b');
    database.defer({ write: (writes) => writes.put(keyOf('deferred'), Buffer.from('again')) });
    const second = database.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toHaveLength(1);
    slow.open();
    await Promise.all([first, second]);
    expect(batches).toHaveLength(2);
    expect(await textsIn(database)).toEqual(['a', 'b', 'again']);
  });

  test('writes what is deferred once a batch, in its last state', async () => {
    const database = await open();
    const counter = { value: 0, write: vi.fn() };
    counter.write.mockImplementation((writes) => writes.put(keyOf('counter'), Buffer.from(String(counter.value))));
    for (; counter.value < 5; counter.value++) database.defer(counter);
    await database.flush();
    expect(counter.write).toHaveBeenCalledTimes(1);
    expect(await textsIn(database)).toEqual(['5']);
  });
});

describe('durability', () => {
  test.each([
    ['os', { sync: false }],
    ['disk', { sync: true }],
  ] as const)('%s writes batches with %j', async (durability, options) => {
    const database = await open(durability);
    put(database, 'a');
    await database.flush();
    expect(batches.map((one) => one.options)).toEqual([options]);
  });

  test('disk forces what a thousand callers add out in a few batches', async () => {
    const database = await open('disk');
    const callers = Array.from({ length: 1000 }, async (_, i) => {
      // Each in a turn of its own, as packets come.
      await new Promise((resolve) => setImmediate(resolve));
      put(database, String(i));
      await database.flush();
    });
    await Promise.all(callers);
    expect(await textsIn(database)).toHaveLength(1000);
    expect(batches.length).toBeLessThanOrEqual(20);
    expect(batches.every(({ options }) => 'sync' in options && options.sync === true)).toBe(true);
  });
});

describe('a batch that fails', () => {
  /** Fails one batch, and stops the time. */
  async function fail(database: Database): Promise<void> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    instead.push(full);
    put(database, 'failed');
    await expect(database.flush()).rejects.toThrow('the store takes no writes');
  }

  test('fails all that waits for it and all behind it, and tells of it once', async () => {
    const database = await open();
    const reasons: Error[] = [];
    database.onFailed = (reason) => reasons.push(reason);
    const slow = gate();
    instead.push(async (...args) => {
      await slow.batch.call({} as never, ...args).catch(() => {});
      throw new Error('no space');
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    put(database, 'a');
    const underWay = [database.flush(), database.flush()];
    await slow.begun;
    put(database, 'b');
    const behind = database.flush();
    slow.open();
    const settled = await Promise.allSettled([...underWay, behind]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(reasons).toEqual([database.failure]);
    expect(causeOf(database)).toBe('no space');
    expect(batches).toHaveLength(1);
    expect(await textsIn(database)).toEqual([]);
  });

  test('heals after a while, and is told of before writes are taken again', async () => {
    const database = await open();
    await fail(database);
    const healed = vi.fn(async () => {
      put(database, 'meanwhile');
      await expect(database.flush()).rejects.toThrow('the store takes no writes');
      put(database, 'added as it ended');
    });
    database.onHealed = healed;
    await vi.advanceTimersByTimeAsync(1000);
    await until(() => database.failure === null);
    expect(healed).toHaveBeenCalledTimes(1);
    put(database, 'after');
    await database.flush();
    expect(await textsIn(database)).toEqual(['after']);
  });

  test('goes on with the sequence, whether it is there or not', async () => {
    const database = await open();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const storedAll: Batch = async function (operations, options) {
      await storeBatch.call(this, operations, options);
      throw new Error('no answer');
    };
    for (const [text, failing] of [
      ['there', storedAll],
      ['not there', full],
    ] as const) {
      instead.push(failing);
      put(database, text);
      await expect(database.flush()).rejects.toThrow();
      await vi.advanceTimersByTimeAsync(1000);
      await until(() => database.failure === null);
    }
    expect(await textsIn(database)).toEqual(['there']);
    await database.close();
    // The format, the batch that is there, and a probe after each failure.
    expect((await open()).place.number).toBe(4);
  });

  test('is tried again while opening fails, and while those who are told fail', async () => {
    const database = await open();
    await fail(database);
    let told = 0;
    database.onHealed = () => {
      if (++told === 1) throw new Error('not yet');
    };
    vi.spyOn(level, '_open').mockImplementationOnce(() => Promise.reject(new Error('still full')));
    for (const reason of ['still full', 'not yet']) {
      await vi.advanceTimersByTimeAsync(1000);
      await until(() => causeOf(database) === reason);
    }
    await vi.advanceTimersByTimeAsync(1000);
    await until(() => database.failure === null);
    expect(told).toBe(2);
  });

  test('refuses reads while the database is opened anew', async () => {
    const database = await open();
    put(database, 'a');
    await database.flush();
    await fail(database);
    const walk = database.walk(ALL);
    expect((await walk.next()).value?.[1].toString()).toBe('a');
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const opened = vi.spyOn(level, '_open').mockImplementationOnce(async function (this: Level, options) {
      await released;
      return openLevel.call(this, options);
    });
    await vi.advanceTimersByTimeAsync(1000);
    await until(() => opened.mock.calls.length > 0);
    const sentence = 'the store cannot be read';
    await expect(database.get(keyOf('a'))).rejects.toThrow(sentence);
    await expect(database.entries(ALL)).rejects.toThrow(sentence);
    await expect(database.walk(ALL).next()).rejects.toThrow(sentence);
    await expect(walk.next()).rejects.toThrow(sentence);
    release();
    await until(() => database.failure === null);
    expect(await textsIn(database)).toEqual(['a']);
  });

  test('does not keep it from being closed, not even as it is opened anew', async () => {
    const database = await open();
    put(database, 'a');
    await database.flush();
    await fail(database);
    const opened = vi.spyOn(level, '_open');
    await vi.advanceTimersByTimeAsync(1000);
    await until(() => opened.mock.calls.length > 0);
    await Promise.all([database.close(), database.close()]);
    await expect(database.get(keyOf('a'))).rejects.toThrow('the store cannot be read');
    expect(await textsIn(await open())).toEqual(['a']);
  });
});
