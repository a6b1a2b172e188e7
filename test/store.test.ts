import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type Range, type Store, StoreError } from '../src/store/store.ts';

let root: string;
let folder: string;
const opened: Store[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'brokerql-store-'));
  folder = join(root, 'deep', 'data');
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await rm(root, { recursive: true });
});

async function open(): Promise<Store> {
  const store = await openStore(folder);
  opened.push(store);
  return store;
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

async function keysOf(store: Store, range?: Range): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.space('things').entries(range)) keys.push(key);
  return keys;
}

describe('the data folder', () => {
  test('is made with mode 0700', async () => {
    await open();
    expect(await modeOf(folder)).toBe(0o700);
    expect((await stat(join(folder, 'store'))).isDirectory()).toBe(true);
  });

  test('is closed to group and others when it exists', async () => {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    await open();
    expect(await modeOf(folder)).toBe(0o700);
  });

  test('is refused while this process has it open', async () => {
    await open();
    const refused = openStore(folder);
    await expect(refused).rejects.toThrow(new StoreError(`data folder '${folder}' is in use by another process`));
    await expect(refused).rejects.toBeInstanceOf(StoreError);
  });

  test('is refused while another process has it open, and opens when that one was killed', async () => {
    await (await open()).close();
    const script = `
      import { ClassicLevel } from 'classic-level';
      await new ClassicLevel(${JSON.stringify(join(folder, 'store'))}).open();
      process.stdout.write('open');
      process.stdin.resume();
    `;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(holder, 'exit');
    try {
      await once(holder.stdout, 'data');
      await expect(openStore(folder)).rejects.toThrow(
        new StoreError(`data folder '${folder}' is in use by another process`),
      );
    } finally {
      holder.kill('SIGKILL');
      await ended;
    }
    await open();
  });

  test('is refused with its name and the reason when it cannot be made', async () => {
    await writeFile(join(root, 'deep'), '');
    const refused = openStore(folder);
    await expect(refused).rejects.toBeInstanceOf(StoreError);
    await expect(refused).rejects.toThrow(`data folder '${folder}' cannot be used: ENOTDIR: not a directory`);
  });

  test('is refused with its name and the reason when the database cannot be made', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'store'), '');
    const refused = openStore(folder);
    await expect(refused).rejects.toBeInstanceOf(StoreError);
    await expect(refused).rejects.toThrow(`data folder '${folder}' cannot be used: EEXIST: file already exists`);
  });

  test('is refused when a newer release wrote it, and is let go', async () => {
    const store = await open();
    await store.space<number>('meta').put('format', 3);
    await store.close();
    for (const _ of ['first', 'second']) {
      await expect(openStore(folder)).rejects.toThrow(
        new StoreError(`data folder '${folder}' has format 3; this release reads formats 1 to 2`),
      );
    }
  });
});

describe('a key-space', () => {
  test('keeps values over a restart', async () => {
    const before = await open();
    expect(await before.space('things').get('a')).toBeNull();
    await before.space('things').put('a', { list: [1, 'ä', null] });
    await before.close();
    const after = await open();
    expect(await after.space('meta').get('format')).toBe(2);
    expect(await after.space('things').get('a')).toEqual({ list: [1, 'ä', null] });
    await after.space('things').delete('a');
    await after.space('things').delete('a');
    expect(await after.space('things').get('a')).toBeNull();
  });

  test.each(['__proto__', 'constructor', 'toString', '', '!things!', 'ä\u0000'])(
    'takes %j for a plain key',
    async (key) => {
      const things = (await open()).space<string>('things');
      expect(await things.get(key)).toBeNull();
      await things.put(key, 'here');
      expect(await things.get(key)).toBe('here');
    },
  );

  test('is apart from the others', async () => {
    const store = await open();
    await store.space('things').put('a', 1);
    expect(await store.space('others').get('a')).toBeNull();
  });

  test('lists keys in order, by prefix and behind a key', async () => {
    const store = await open();
    const keys = ['b/2', 'a', 'b/1', 'c', 'b/3'];
    await store.batch(keys.map((key) => ({ type: 'put', space: 'things', key, value: true })));
    expect(await keysOf(store)).toEqual(['a', 'b/1', 'b/2', 'b/3', 'c']);
    expect(await keysOf(store, { prefix: 'b/' })).toEqual(['b/1', 'b/2', 'b/3']);
    expect(await keysOf(store, { after: 'b/2' })).toEqual(['b/3', 'c']);
    expect(await keysOf(store, { prefix: 'b/', after: 'b/1' })).toEqual(['b/2', 'b/3']);
    expect(await keysOf(store, { prefix: 'd' })).toEqual([]);
  });
});

describe('a batch', () => {
  test('writes into several key-spaces', async () => {
    const store = await open();
    await store.space('things').put('old', 1);
    await store.batch([
      { type: 'delete', space: 'things', key: 'old' },
      { type: 'put', space: 'others', key: 'new', value: 2 },
    ]);
    expect(await store.space('things').get('old')).toBeNull();
    expect(await store.space('others').get('new')).toBe(2);
  });

  test('writes nothing when one change cannot be written', async () => {
    const store = await open();
    const round: Record<string, unknown> = {};
    round.self = round;
    const written = async () =>
      store.batch([
        { type: 'put', space: 'things', key: 'a', value: 1 },
        { type: 'put', space: 'things', key: 'b', value: round },
      ]);
    await expect(written()).rejects.toThrow();
    expect(await keysOf(store)).toEqual([]);
  });
});

describe('close', () => {
  test('waits for writes under way, and may be called again', async () => {
    const store = await open();
    const things = store.space<number>('things');
    const writes = Array.from({ length: 500 }, (_, i) => things.put(`key ${i}`, i));
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await Promise.all(writes);
    await expect(things.put('late', 1)).rejects.toThrow();
    expect(await keysOf(await open())).toHaveLength(500);
  });
});
