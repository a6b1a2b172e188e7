import { access, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLocked, openLevel } from './level.ts';
import { inUse } from './store-error.ts';

/** Where things lie in a data folder. */
export interface Places {
  /** The database. */
  readonly store: string;
  /** The database while it is repaired. */
  readonly repair: string;
  /** A database that is being restored; worth nothing until it is whole, when it gets the name `restored`. */
  readonly restoring: string;
  /** A restored database, whole, that is yet to take the place of the other one. */
  readonly restored: string;
}

export const placesOf = (folder: string): Places => ({
  store: join(folder, 'store'),
  repair: join(folder, 'store.repair'),
  restoring: join(folder, 'store.partial'),
  restored: join(folder, 'store.new'),
});

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Does something to the files of a data folder that no two processes may do at once. Rejects with StoreError when
 * another one does. It does not keep the broker out.
 */
export async function aloneIn<T>(folder: string, act: () => Promise<T>): Promise<T> {
  // LevelDB has the lock that Node.js lacks: one that ends with its process.
  const path = join(folder, 'store.lock');
  const lock = await openLevel(path).catch((fault: unknown) =>
    Promise.reject(isLocked(fault) ? inUse(folder, fault) : fault),
  );
  try {
    return await act();
  } finally {
    await lock.close();
    await rm(path, { recursive: true, force: true });
  }
}

/** Sees a restore to its end that was interrupted between moving the old store away and putting the new one there. */
export async function settle(folder: string): Promise<void> {
  const { store, repair, restored } = placesOf(folder);
  if ((await isThere(store)) || (await isThere(repair)) || !(await isThere(restored))) return;
  await rename(restored, store);
  await syncFolder(folder);
}

/** Forces the names in a folder out to the disk, and what its files hold when asked to. */
export async function syncFolder(folder: string, withFiles = false): Promise<void> {
  // Windows keeps folders by itself, and refuses to open them.
  if (process.platform !== 'win32') await syncPath(folder, 'r');
  if (withFiles) for (const name of await readdir(folder)) await syncPath(join(folder, name), 'r+');
}

async function syncPath(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
