import { access, rm } from 'node:fs/promises';
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
