import { appendFile, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { writeBackup } from '../../src/store/backup.ts';
import { restoreStore } from '../../src/store/restore.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { type DataStore, openStore, StoreError } from '../../src/store/store.ts';
import { useChildren } from './support/child.ts';
import { useFolder } from './support/folder.ts';
import { begin, enqueue, figuresOf, MOST_BYTES, messageOf } from './support/sessions.ts';

const folder = useFolder();
const children = useChildren();

const fileOf = (): string => join(folder.data, '..', 'copy.backup');

/** Makes a store that can be told from others, and closes it. */
async function fill(mark: string): Promise<void> {
  const store = await openStore(folder.data);
  await store.space('marks').put('mark', mark);
  await store.close();
}

async function markOf(): Promise<unknown> {
  const store = await openStore(folder.data);
  const mark = await store.space('marks').get('mark');
  await store.close();
  return mark;
}

async function backUp(): Promise<void> {
  const store = await openStore(folder.data);
  await writeBackup(store.database, fileOf());
  await store.close();
}

const openHere = async (): Promise<DataStore> => folder.keep(await openStore(folder.data));

describe('a backup', () => {
  test('brings back all that sessions keep', async () => {
    const store = await openStore(folder.data);
    const sessions = await SessionStore.open(store.database);
    const session = begin(sessions, 'device');
    sessions.putSubscription(session, 'a/#', 2);
    for (let i = 0; i < 1000; i++) enqueue(sessions, session, messageOf('a', `message ${i}`));
    sessions.putRetained(messageOf('r', 'retained'), null);
    await store.space('users').put('admin', { name: 'admin' });
    const { entries, bytes } = await writeBackup(store.database, fileOf());
    const [figures, clock] = [figuresOf(session), sessions.clock()];
    await sessions.close();
    await store.close();
    await rm(folder.data, { recursive: true });

    expect(await stat(fileOf())).toMatchObject({ size: bytes });
    expect((await stat(fileOf())).mode & 0o777).toBe(0o600);
    expect(await restoreStore(fileOf(), folder.data)).toEqual({ entries, replaced: null });
    expect(await readdir(folder.data)).toEqual(['store']);
    const again = await openHere();
    expect(await again.space('users').get('admin')).toEqual({ name: 'admin' });
    const restored = folder.keep(await SessionStore.open(again.database));
    const there = restored.sessions.get('device')!;
    expect(figuresOf(there)).toEqual(figures);
    expect(restored.loadedSubscriptions.get(there)).toEqual(new Map([['a/#', 2]]));
    const queued = await restored.queued(there, 1, 2000, MOST_BYTES);
    expect(queued.map(({ message }) => message.payload.toString())).toEqual(
      Array.from({ length: 1000 }, (_, i) => `message ${i}`),
    );
    expect(restored.clock()).toBeLessThanOrEqual(clock + 60_000);
    enqueue(restored, there, messageOf('a', 'goes on'));
    await restored.database.flush();
  });

  test('is of one moment, while writes go on', async () => {
    const store = await openStore(folder.data);
    let isOver = false;
    let confirmed = 0;
    const writer = (async () => {
      for (let i = 1; !isOver; i++) {
        for (const side of ['left', 'right']) store.database.put(Buffer.from(`z${side}`), Buffer.from(String(i)));
        store.database.put(Buffer.from(`z${String(i).padStart(9, '0')}`), Buffer.alloc(500));
        await store.database.flush();
        confirmed = i;
      }
    })();
    while (confirmed < 2000) await new Promise((resolve) => setImmediate(resolve));
    const before = confirmed;
    await writeBackup(store.database, fileOf());
    const after = confirmed;
    isOver = true;
    await writer;
    await store.close();
    expect((await restoreStore(fileOf(), folder.data, true)).replaced).toMatch(/\/store\.\d{4}-/);
    const { database } = await openHere();
    const [left, right] = await Promise.all(['left', 'right'].map((side) => database.get(Buffer.from(`z${side}`))));
    const at = Number(left?.toString());
    expect(right?.toString()).toBe(String(at));
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(after);
    const numbered = await database.entries({ gte: Buffer.from('z0'), lt: Buffer.from('z:') });
    expect(numbered).toHaveLength(at);
  });

  test('is whole where the system takes a part of what is written at once', async () => {
    await fill('mark');
    const store = await openStore(folder.data);
    const handle = await open(join(folder.data, 'some'), 'w');
    const files = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const { write } = files;
    const short = vi.spyOn(files, 'write').mockImplementation(function (this: typeof handle, bytes: Buffer, at = 0) {
      return (write as (...args: unknown[]) => unknown).call(this, bytes, at, Math.ceil((bytes.length - at) / 2));
    } as never);
    const { bytes } = await writeBackup(store.database, fileOf()).finally(() => short.mockRestore());
    await store.close();
    expect(await stat(fileOf())).toMatchObject({ size: bytes });
    await restoreStore(fileOf(), folder.data, true);
    expect(await markOf()).toBe('mark');
  });

  test('replaces no file, and is refused beside one that was begun', async () => {
    const store = await openHere();
    await writeFile(fileOf(), 'precious');
    await expect(writeBackup(store.database, fileOf())).rejects.toThrow(
      new StoreError(`file '${fileOf()}' exists; a backup replaces none`),
    );
    expect(await readFile(fileOf(), 'utf8')).toBe('precious');
    await rm(fileOf());
    await writeFile(`${fileOf()}.partial`, '');
    await expect(writeBackup(store.database, fileOf())).rejects.toThrow(
      new StoreError(`file '${fileOf()}.partial' exists: a backup is under way, or was interrupted; remove it then`),
    );
  });

  test('is refused where no file can be, and leaves nothing', async () => {
    const store = await openHere();
    const file = join(folder.data, 'nowhere', 'copy');
    await expect(writeBackup(store.database, file)).rejects.toThrow(
      /^file '.*\/nowhere\/copy' cannot be written: ENOENT: no such file or directory/,
    );
    await expect(writeBackup(store.database, join(folder.data, 'store', 'LOCK', 'copy'))).rejects.toThrow(StoreError);
  });

  test('that ends with its database leaves no file', async () => {
    const store = await openStore(folder.data);
    for (let i = 0; i < 5000; i++) store.database.put(Buffer.from(`z${i}`), Buffer.alloc(2000));
    await store.database.flush();
    const walk = store.database.walk.bind(store.database);
    let closed: Promise<void> | null = null;
    store.database.walk = async function* (bounds) {
      let count = 0;
      for await (const entry of walk(bounds)) {
        yield entry;
        if (++count !== 2000) continue;
        expect((await stat(`${fileOf()}.partial`)).size).toBeGreaterThan(1_000_000);
        closed = store.close();
        await closed;
      }
    };
    await expect(writeBackup(store.database, fileOf())).rejects.toThrow(StoreError);
    expect(closed).not.toBeNull();
    expect(await readdir(join(folder.data, '..'))).toEqual(['data']);
  });

  test('whose process is killed has not its name', async () => {
    await fill('old');
    const child = children.run(
      `
        const { syncBuiltinESMExports } = await import('node:module');
        const { default: files } = await import('node:fs/promises');
        files.rename = async () => { await say('there'); return new Promise(() => {}); };
        syncBuiltinESMExports();
        const { openStore } = await store('store');
        const { writeBackup } = await store('backup');
        const { database } = await openStore(arg0);
        await writeBackup(database, arg1);
      `,
      folder.data,
      fileOf(),
    );
    expect(await child.line()).toBe('there');
    await child.kill();
    expect((await readdir(join(folder.data, '..'))).sort()).toEqual(['copy.backup.partial', 'data']);
    expect(await markOf()).toBe('old');
    await rm(`${fileOf()}.partial`);
    await backUp();
    expect((await stat(fileOf())).size).toBeGreaterThan(50);
  });
});

describe('a restore', () => {
  test('is refused for a file that is not what was written, and changes nothing', async () => {
    await fill('new');
    await backUp();
    const { size } = await stat(fileOf());
    const whole = await readFile(fileOf());
    const damaged = new StoreError(`file '${fileOf()}' is damaged: it is not the backup that was written`);
    const refuse = async (reason: StoreError | RegExp): Promise<void> => {
      await expect(restoreStore(fileOf(), folder.data, true)).rejects.toThrow(reason);
      await writeFile(fileOf(), whole);
    };
    for (const at of [40, 60, size - 20, size - 8, size - 1]) {
      const file = await open(fileOf(), 'r+');
      await file.write(Buffer.of((whole[at] ?? 0) ^ 1), 0, 1, at);
      await file.close();
      await refuse(damaged);
    }
    for (const length of [size - 1, size - 14, 60]) {
      await truncate(fileOf(), length);
      await refuse(damaged);
    }
    await appendFile(fileOf(), 'more');
    await refuse(damaged);
    await writeFile(fileOf(), whole.subarray(1));
    await refuse(new StoreError(`file '${fileOf()}' is no backup of brokerql`));
    await truncate(fileOf(), 0);
    await refuse(new StoreError(`file '${fileOf()}' is no backup of brokerql`));
    await writeFile(fileOf(), Buffer.concat([whole.subarray(0, 16), Buffer.of(0, 0, 0, 9), whole.subarray(20)]));
    await refuse(new StoreError(`file '${fileOf()}' has format 9.2; this release reads format 1.2`));
    await rm(fileOf());
    await refuse(/^file '.*' cannot be read: ENOENT/);
    expect(await readdir(folder.data)).toEqual(['store']);
    expect(await markOf()).toBe('new');
  });

  test('is refused while the folder is in use, and for a folder that has a store', async () => {
    await fill('old');
    await backUp();
    const store = await openStore(folder.data);
    await expect(restoreStore(fileOf(), folder.data)).rejects.toThrow(
      new StoreError(`data folder '${folder.data}' has a store; --force replaces it, and keeps the old one beside it`),
    );
    await expect(restoreStore(fileOf(), folder.data, true)).rejects.toThrow(
      new StoreError(`data folder '${folder.data}' is in use by another process`),
    );
    expect(await store.space('marks').get('mark')).toBe('old');
    await store.close();
    expect(await readdir(folder.data)).toEqual(['store']);
  });

  test('keeps the store that it replaces', async () => {
    await fill('new');
    await backUp();
    await fill('old');
    const { replaced } = await restoreStore(fileOf(), folder.data, true);
    expect(await markOf()).toBe('new');
    await rm(join(folder.data, 'store'), { recursive: true });
    await rename(replaced!, join(folder.data, 'store'));
    expect(await markOf()).toBe('old');
  });

  /** Restores in another process, and kills it at a point. */
  async function restoreAndKill(hang: string): Promise<void> {
    const child = children.run(
      `
        const { syncBuiltinESMExports } = await import('node:module');
        const { default: files } = await import('node:fs/promises');
        const stop = async () => { await say('there'); return new Promise(() => {}); };
        const { rename } = files;
        let renames = 0;
        ${hang}
        syncBuiltinESMExports();
        const { restoreStore } = await store('restore');
        await restoreStore(arg0, arg1, true);
        await say('over');
      `,
      fileOf(),
      folder.data,
    );
    expect(await child.line()).toBe('there');
    await child.kill();
  }

  const renames = (when: string): string => `files.rename = async (...args) => { renames++; ${when} };`;
  const stopBefore = (count: number): string => renames(`return renames === ${count} ? stop() : rename(...args);`);
  const stopAfter = (count: number): string =>
    renames(`await rename(...args); if (renames === ${count}) await stop();`);

  test.each([
    [
      'as it builds',
      `const { ClassicLevel } = await import('classic-level'); ClassicLevel.prototype._batch = stop;`,
      'old',
    ],
    ['when it has built', stopBefore(1), 'old'],
    ['before it moves the old store away', stopAfter(1), 'old'],
    ['between the two', stopAfter(2), 'new'],
    ['before it puts the new store there', stopBefore(3), 'new'],
    ['when it has done so', stopAfter(3), 'new'],
  ])('that is killed %s harms neither store', async (_, hang, mark) => {
    await fill('new');
    await backUp();
    await fill('old');
    await restoreAndKill(hang);
    expect(await markOf()).toBe(mark);
    // What was left behind is no hindrance.
    await restoreStore(fileOf(), folder.data, true);
    expect(await markOf()).toBe('new');
    const names = await readdir(folder.data);
    expect(names.filter((name) => !/^store(\.\d{4}-.*Z)?$/.test(name))).toEqual([]);
  });

  test('leaves a store alone that a start has opened before it was moved away', async () => {
    await fill('new');
    await backUp();
    await fill('old');
    const child = children.run(
      `
        const { once } = await import('node:events');
        const { syncBuiltinESMExports } = await import('node:module');
        const { default: files } = await import('node:fs/promises');
        const { rename } = files;
        let renames = 0;
        files.rename = async (...args) => {
          if (++renames === 2) {
            await say('there');
            await once(process.stdin, 'data');
            process.stdin.pause();
          }
          return rename(...args);
        };
        syncBuiltinESMExports();
        const { restoreStore } = await store('restore');
        await say(await restoreStore(arg0, arg1, true).then(() => 'restored', ({ message }) => message));
      `,
      fileOf(),
      folder.data,
    );
    expect(await child.line()).toBe('there');
    // It holds no lock here: LevelDB would go on with the files of the store that comes in its place.
    const store = await openStore(folder.data);
    child.tell('go on');
    expect(await child.line()).toBe(`data folder '${folder.data}' is in use by another process`);
    await child.end();
    await store.space('marks').put('mark', 'older');
    await store.close();
    expect(await readdir(folder.data)).toEqual(['store']);
    expect(await markOf()).toBe('older');
  });

  test('that was killed between the two is seen to its end by another restore first', async () => {
    await fill('new');
    await backUp();
    await fill('old');
    await restoreAndKill(stopAfter(2));
    await expect(restoreStore(fileOf(), folder.data)).rejects.toThrow(/has a store; --force replaces it/);
    expect(await markOf()).toBe('new');
  });

  test('into an empty folder that is killed has either no store or the new one', async () => {
    await fill('new');
    await backUp();
    for (const [hang, mark] of [
      [stopBefore(1), null],
      [stopAfter(1), 'new'],
      [stopAfter(2), 'new'],
    ] as const) {
      await rm(folder.data, { recursive: true });
      await restoreAndKill(hang);
      expect(await markOf()).toBe(mark);
    }
  });
});
