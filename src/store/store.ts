import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Database, type Durability } from './database.ts';
import type { Store } from './key-space.ts';
import { isLocked, rootCause, storeOf } from './level-store.ts';

export type { Change, KeySpace, Range, Store } from './key-space.ts';

/** How records are laid out; raised when an older release could no longer read them. */
const FORMAT = 1;

/** Why a data folder cannot be used: one sentence that names the folder, for the person who starts the broker. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The store of a data folder: its key-spaces, and the database that holds them and the sessions. */
export interface DataStore extends Store {
  readonly database: Database;
}

/**
 * Opens the store of a data folder. The folder is made when it is absent, and is closed to group and others (mode
 * 0700) either way; the database lies in `<folder>/store`. Rejects with StoreError when the folder is in use, cannot
 * be read and written, or was written in a newer format.
 */
export async function openStore(folder: string, durability: Durability = 'os'): Promise<DataStore> {
  const database = await openFolder(folder, durability).catch((fault: unknown) => {
    if (isLocked(fault)) throw new StoreError(`data folder '${folder}' is in use by another process`, { cause: fault });
    throw new StoreError(`data folder '${folder}' cannot be used: ${rootCause(fault).message}`, { cause: fault });
  });
  const store = { ...storeOf(database), database };
  try {
    await settleFormat(store, folder);
    return store;
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

async function openFolder(folder: string, durability: Durability): Promise<Database> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Some file systems refuse chmod; where the mode is right already there is nothing to ask of them.
  if (((await stat(folder)).mode & 0o777) !== 0o700) await chmod(folder, 0o700);
  return Database.open(join(folder, 'store'), durability);
}

async function settleFormat(store: Store, folder: string): Promise<void> {
  const meta = store.space<number>('meta');
  const format = await meta.get('format');
  if (format === FORMAT) return;
  if (format === null) return meta.put('format', FORMAT);
  throw new StoreError(
    `data folder '${folder}' has format ${JSON.stringify(format)}; this release reads format ${FORMAT}`,
  );
}
