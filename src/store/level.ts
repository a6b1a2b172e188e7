import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { WRITE_BUFFER } from './sequence.ts';

/** One write of a batch. */
export type Operation = { type: 'put'; key: Buffer; value: Buffer } | { type: 'del'; key: Buffer };

/** What the adapter to LevelDB does with a batch when it has encoded it. */
interface Driver {
  _batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void>;
}

/** LevelDB with keys and values that are bytes. */
export class Level extends ClassicLevel<Buffer, Buffer> {
  /** Writes all or, when it rejects, none. Bytes need no encoding: the copies that one takes cost as much as the write. */
  async writeBytes(operations: readonly Operation[], sync: boolean): Promise<void> {
    if (this.status !== 'open') throw new Error('the database is not open');
    await (this as unknown as Driver)._batch(operations, { sync });
  }
}

/** Opens (or makes) a LevelDB database. Rejects with its reason. */
export async function openLevel(location: string): Promise<Level> {
  const db = new Level(location, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    writeBufferSize: WRITE_BUFFER,
  });
  await db.open();
  return db;
}

/** Answers the innermost error: LevelDB wraps the reason, such as a denied permission, in a general one. */
export function rootCause(fault: unknown): NodeJS.ErrnoException {
  if (!(fault instanceof Error)) return new Error(String(fault));
  return fault.cause === undefined ? fault : rootCause(fault.cause);
}

/** Says whether opening failed because the database is open already, here or in another process. */
export const isLocked = (fault: unknown): boolean => rootCause(fault).code === 'LEVEL_LOCKED';

/** Says whether LevelDB found that its files are not those that it wrote, or not there. */
export function isCorrupt(fault: unknown): boolean {
  const { code, message } = rootCause(fault);
  return code === 'LEVEL_CORRUPTION' || (code === 'LEVEL_IO_ERROR' && message.endsWith('No such file or directory'));
}

/**
 * Says whether the file system has the room that opening takes, which writes what the log holds as tables, and as much
 * again as one log, for the first writes. Where that cannot be told, there is.
 */
export async function hasRoom(location: string): Promise<boolean> {
  try {
    const logs = (await readdir(location)).filter((name) => name.endsWith('.log'));
    const sizes = await Promise.all(logs.map(async (name) => (await stat(join(location, name))).size));
    const { bavail, bsize } = await statfs(location);
    return bavail * bsize >= sizes.reduce((sum, size) => sum + size, WRITE_BUFFER);
  } catch {
    return true;
  }
}
