import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { rootCause } from '../../src/store/level.ts';
import { openStore } from '../../src/store/store.ts';
import { eventually } from './support/eventually.ts';
import { mountSmallDisk } from './support/small-disk.ts';

const disk = mountSmallDisk(20);
const why = typeof disk === 'string' ? ` (skipped: ${disk})` : '';
/** No two bytes repeat, so that tables are as long as the log. */
const PAYLOAD = randomBytes(10_000);

const keyOf = (i: number): Buffer => Buffer.from(`q${String(i).padStart(8, '0')}`);

describe.skipIf(typeof disk === 'string')(`a full disk${why}`, () => {
  if (typeof disk === 'string') return;
  let database: Database;
  let healed: Promise<void>;
  let failures: Error[];
  let round = 0;
  let data: string;

  beforeEach(async () => {
    data = join(disk.folder, `data ${round++}`);
    database = (await openStore(data)).database;
    failures = [];
    database.onFailed = (reason) => failures.push(reason);
    healed = new Promise((resolve) => {
      database.onHealed = resolve;
    });
  });

  afterEach(async () => {
    await disk.empty();
    await database.close();
    await rm(data, { recursive: true });
    disk.resize(20);
  });

  /** Writes, a batch of one key after the other, until a write is refused; answers how many were confirmed. */
  async function writeUntilRefused(from = 0): Promise<number> {
    for (let i = from; ; i++) {
      database.put(keyOf(i), PAYLOAD);
      try {
        await database.flush();
      } catch {
        return i;
      }
    }
  }

  const written = async (): Promise<number> => {
    let count = 0;
    for await (const [key, value] of database.walk({ gte: Buffer.from('q'), lt: Buffer.from('r') })) {
      expect(key).toEqual(keyOf(count++));
      expect(value.equals(PAYLOAD)).toBe(true);
    }
    return count;
  };

  test('fails every write behind the one that failed, tells of it once, and is read all the same', async () => {
    await disk.fill(3_000_000);
    const confirmed = await writeUntilRefused();
    expect(confirmed).toBeGreaterThan(100);
    const refused = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => {
        database.put(keyOf(confirmed + 1 + i), PAYLOAD);
        return database.flush();
      }),
    );
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(database.failure?.message).toBe('the store takes no writes');
    expect(failures).toHaveLength(1);
    expect(await written()).toBe(confirmed);
  });

  test('heals when there is space again: nothing that was confirmed is lost, and the sequence goes on', async () => {
    await disk.fill(3_000_000);
    const confirmed = await writeUntilRefused();
    const { number } = database.place;
    await disk.empty();
    await healed;
    await eventually(() => database.failure).toBeNull();
    // The batch that failed is there as a whole, or not at all.
    const there = await written();
    expect([confirmed, confirmed + 1]).toContain(there);
    expect(database.place.number).toBeGreaterThanOrEqual(number);
    database.put(keyOf(there), PAYLOAD);
    await database.flush();
    await database.close();
    database = (await openStore(data)).database;
    expect(await written()).toBe(there + 1);
    expect(failures).toHaveLength(1);
  });

  test('heals when its own tables filled the file system, and that grows', async () => {
    const confirmed = await writeUntilRefused();
    expect(confirmed).toBeGreaterThan(1000);
    expect((await readdir(join(data, 'store'))).filter((name) => name.endsWith('.ldb'))).not.toEqual([]);
    await eventually(() => rootCause(database.failure).message).toBe('the file system is full');
    // It was not closed to be opened anew, which would have been in vain.
    expect(await written()).toBe(confirmed);
    disk.resize(40);
    await healed;
    await eventually(() => database.failure).toBeNull();
    expect([confirmed, confirmed + 1]).toContain(await written());
    await database.close();
    database = (await openStore(data)).database;
    expect([confirmed, confirmed + 1]).toContain(await written());
    expect(failures).toHaveLength(1);
  });

  test('fails again, and heals again', async () => {
    let confirmed = 0;
    for (const _ of ['first', 'second', 'third']) {
      await disk.fill(2_000_000);
      confirmed = await writeUntilRefused(confirmed);
      healed = new Promise((resolve) => {
        database.onHealed = resolve;
      });
      await disk.empty();
      await healed;
      await eventually(() => database.failure).toBeNull();
      confirmed = await written();
    }
    expect(failures).toHaveLength(3);
  });

  test('can be closed, and is whole at the next start', async () => {
    await disk.fill(3_000_000);
    const confirmed = await writeUntilRefused();
    await database.close();
    await disk.empty();
    database = (await openStore(data)).database;
    expect([confirmed, confirmed + 1]).toContain(await written());
  });

  test('is told of at the start', async () => {
    await disk.fill(3_000_000);
    await writeUntilRefused();
    await database.close();
    await disk.fill();
    await expect(openStore(data)).rejects.toThrow(
      /^data folder '.*' cannot be used: IO error: .*: No space left on device$/,
    );
  });
});
