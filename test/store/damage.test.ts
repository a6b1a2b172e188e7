import { appendFile, open, readdir, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { describe, expect, test } from 'vitest';
import { encodeMessage } from '../../src/store/message-codec.ts';
import { textKey } from '../../src/store/session-keys.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { type DataStore, openStore, StoreError } from '../../src/store/store.ts';
import { useChildren } from './support/child.ts';
import { useFolder } from './support/folder.ts';
import { messageOf } from './support/sessions.ts';

const folder = useFolder();
const children = useChildren();

const openHere = async (): Promise<DataStore> => folder.keep(await openStore(folder.data));

/** A database as LevelDB has it, without what is built upon it. */
async function withLevel(act: (db: ClassicLevel<string, Buffer>) => Promise<void>): Promise<void> {
  const db = new ClassicLevel<string, Buffer>(join(folder.data, 'store'), { valueEncoding: 'buffer' });
  await db.open();
  await act(db);
  await db.close();
}

/** Writes `count` keys one by one in another process, and kills it. */
async function writeAndKill(count: number): Promise<void> {
  const child = children.run(
    `
      const { openStore } = await store('store');
      const things = (await openStore(arg0)).space('things');
      for (let i = 0; i < Number(arg1); i++) await things.put(String(i).padStart(6, '0'), 'x'.repeat(200));
      await say('written');
      process.stdin.resume();
    `,
    folder.data,
    String(count),
  );
  expect(await child.line()).toBe('written');
  await child.kill();
}

async function newest(extension: string): Promise<{ path: string; size: number }> {
  const names = (await readdir(join(folder.data, 'store'))).filter((name) => name.endsWith(extension)).sort();
  const path = join(folder.data, 'store', names.at(-1) ?? '');
  return { path, size: (await stat(path)).size };
}

async function overwrite(path: string, at: number, bytes: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  await file.close();
}

async function keysOf(store: DataStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.space('things').entries()) keys.push(key);
  return keys;
}

describe('a data folder after a kill', () => {
  test('has all that was confirmed', async () => {
    await writeAndKill(5000);
    expect(await keysOf(await openHere())).toHaveLength(5000);
  });

  test('is refused, again and again, when bytes in the midst of its log are others', async () => {
    await writeAndKill(20_000);
    const log = await newest('.log');
    expect(log.size).toBeGreaterThan(256 * 1024);
    await overwrite(log.path, Math.floor(log.size / 2), 64);
    const sentences: string[] = [];
    for (const _ of ['first', 'second']) {
      const refused = await openStore(folder.data).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StoreError);
      sentences.push((refused as StoreError).message);
    }
    const [sentence = ''] = sentences;
    const [, missing] =
      /^data folder '.*' is damaged: (\d+) batches of writes are missing; 'brokerql store repair' keeps what is left$/.exec(
        sentence,
      ) ?? [];
    expect(sentence).toContain(`'${folder.data}'`);
    expect(sentences[1]).toBe(sentence);
    // All of them, and no others: a batch holds one key.
    let left = 0;
    await withLevel(async (db) => {
      left = (await db.keys({ gte: '!things!', lt: '!things"' }).all()).length;
    });
    expect(left + Number(missing)).toBe(20_000);
  });

  test.each([1, 7, 100, 40_000])('opens without what a torn tail of %i bytes held', async (bytes) => {
    await writeAndKill(5000);
    const log = await newest('.log');
    await truncate(log.path, log.size - bytes);
    const keys = await keysOf(await openHere());
    expect(keys.length).toBeLessThan(5000);
    expect(keys).toEqual(Array.from({ length: keys.length }, (_, i) => String(i).padStart(6, '0')));
  });

  test('opens when something else stands behind the log', async () => {
    await writeAndKill(1000);
    await appendFile((await newest('.log')).path, Buffer.alloc(1000, 0x5a));
    expect(await keysOf(await openHere())).toHaveLength(1000);
  });

  test('goes on with its sequence, kill by kill', async () => {
    for (const count of [100, 200, 300]) await writeAndKill(count);
    const store = await openHere();
    // One for the format, and one for each write.
    expect(store.database.place.number).toBe(601);
  });
});

describe('the sequence of batches', () => {
  const write = async (): Promise<void> => {
    const store = await openStore(folder.data);
    for (let i = 0; i < 10; i++) await store.space<number>('things').put('key', i);
    await store.close();
  };
  const recordKeys = async (): Promise<string[]> => {
    let keys: string[] = [];
    await withLevel(async (db) => {
      keys = await db.keys({ gte: '!seq!', lt: '!seq"' }).all();
    });
    return keys;
  };
  const damaged = (what: string): StoreError =>
    new StoreError(`data folder '${folder.data}' is damaged: ${what}; 'brokerql store repair' keeps what is left`);

  test('is refused when one batch is missing', async () => {
    await write();
    const [, , , , fifth = ''] = await recordKeys();
    await withLevel((db) => db.del(fifth));
    await expect(openStore(folder.data)).rejects.toThrow(damaged('1 batch of writes is missing'));
  });

  test('is refused when a batch is not the one that was written', async () => {
    await write();
    const [, , , , fifth = ''] = await recordKeys();
    await withLevel(async (db) => {
      const record = (await db.get(fifth)) as Buffer;
      record[20] = (record[20] ?? 0) ^ 1;
      await db.put(fifth, record);
    });
    await expect(openStore(folder.data)).rejects.toThrow(damaged('1 batch of writes is missing'));
  });

  test('is refused when a batch of another database is in the place of one', async () => {
    await write();
    const [, , , , fifth = ''] = await recordKeys();
    let record: Buffer | undefined;
    await withLevel(async (db) => {
      record = await db.get(fifth);
    });
    // The same batches but one.
    await withLevel((db) => db.clear());
    const store = await openStore(folder.data);
    for (let i = 0; i < 10; i++) await store.space<number>('things').put('key', i === 2 ? 100 : i);
    await store.close();
    await withLevel((db) => db.put(fifth, record as Buffer));
    await expect(openStore(folder.data)).rejects.toThrow(
      damaged('2 batches of writes are not what was written behind the one before'),
    );
  });

  test('is refused when there is none', async () => {
    await write();
    const keys = await recordKeys();
    await withLevel((db) => db.batch(keys.map((key) => ({ type: 'del', key }))));
    await expect(openStore(folder.data)).rejects.toThrow(damaged('all records of its batches are missing'));
  });

  test('keeps no more records than the log can hold batches', async () => {
    const store = await openStore(folder.data);
    const key = Buffer.from('q');
    for (let i = 0; i < 100; i++) {
      store.database.put(key, Buffer.alloc(1024 * 1024, i));
      await store.database.flush();
    }
    await store.close();
    expect(await recordKeys()).toHaveLength(12);
    expect((await openHere()).database.place.number).toBe(101);
  });
});

describe('a data folder of format 1', () => {
  test('is taken, and has a sequence from then on', async () => {
    await openStore(folder.data).then((store) => store.close());
    await withLevel(async (db) => {
      await db.clear();
      await db.batch([
        { type: 'put', key: '!meta!format', value: Buffer.from('1') },
        { type: 'put', key: '!things!a', value: Buffer.from('"here"') },
      ]);
    });
    const store = await openHere();
    expect(await store.space('things').get('a')).toBe('here');
    expect(await store.space('meta').get('format')).toBe(2);
    expect(store.database.place.number).toBe(1);
  });
});

describe('table files', () => {
  test.each(['a key-space', 'retained messages'])('are told of when bytes in them are others: %s', async (name) => {
    const store = await openStore(folder.data);
    const put = (i: number): void => {
      const text = `${i}`.padStart(100, 'x');
      if (name === 'a key-space') store.database.put(Buffer.from(`!things!${text}`), Buffer.from(JSON.stringify(text)));
      else store.database.put(textKey('retained', text), encodeMessage(messageOf(text, 'payload')));
    };
    for (let i = 0; i < 5000; i++) put(i);
    await store.close();
    // The log becomes a table.
    await withLevel(async () => {});
    const table = await newest('.ldb');
    await overwrite(table.path, Math.floor(table.size / 2), 64);
    const opened = async (): Promise<void> => {
      const again = await openHere();
      for await (const _ of (await SessionStore.open(again.database)).retained()) {
        // Reading is all.
      }
    };
    await expect(opened()).rejects.toThrow(
      new StoreError(
        `data folder '${folder.data}' is damaged: Corruption: corrupted compressed block contents; 'brokerql store repair' keeps what is left`,
      ),
    );
  });

  test('that are missing are told of', async () => {
    await openStore(folder.data).then((store) => store.close());
    await withLevel((db) => db.put('key', Buffer.alloc(1000)));
    await withLevel(async () => {});
    await unlink((await newest('.ldb')).path);
    await expect(openStore(folder.data)).rejects.toThrow(
      /^data folder '.*' is damaged: .* missing files; .*; 'brokerql store repair' keeps what is left$/,
    );
  });
});
