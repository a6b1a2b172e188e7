import { rename } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { Database, FormatError } from './database.ts';
import { isLocked, openLevel, rootCause } from './level.ts';
import { aloneIn, isThere, placesOf } from './places.ts';
import { type RepairedRecords, repairRecords } from './repair-records.ts';
import { refusalOf, StoreError } from './store-error.ts';

/** What a repair came upon. */
export interface Repair extends RepairedRecords {
  /** What was wrong with the files; null when nothing was. */
  readonly found: string | null;
}

/**
 * Makes a store usable again whose files are damaged: keeps what can be read, removes what is not whole, counts the
 * messages of sessions anew, and takes gaps in its sequence of batches. Rejects with StoreError when the data folder is
 * in use, has no store, or was written in a newer format. A repair that was interrupted is begun again.
 */
export async function repairStore(folder: string): Promise<Repair> {
  const { store, repair } = placesOf(folder);
  if (!(await isThere(store)) && !(await isThere(repair))) throw new StoreError(`data folder '${folder}' has no store`);
  try {
    return await aloneIn(folder, async () => {
      const found = await lookAt(store, repair);
      const database = await openRepaired(repair);
      const records = await repairRecords(database).finally(() => database.close());
      await rename(repair, store);
      return { found, ...records };
    });
  } catch (fault) {
    throw refusalOf(folder, fault);
  }
}

/** Answers what is wrong with the files, and gives them another name, by which no broker opens them. */
async function lookAt(store: string, repair: string): Promise<string | null> {
  if (await isThere(repair)) return 'a repair was interrupted';
  const fault = await Database.open(store, 'os').then(
    async (database) => {
      // Under the lock of the database: nobody can open it in between.
      await rename(store, repair);
      await database.close();
      return null;
    },
    (reason: unknown) => reason,
  );
  if (fault === null) return null;
  if (isLocked(fault) || fault instanceof FormatError) throw fault;
  await rename(store, repair);
  return rootCause(fault).message;
}

/** Opens the database. Where LevelDB finds files missing or other than it wrote them, it puts together what is left. */
async function openRepaired(location: string): Promise<Database> {
  if (!(await isWhole(location))) await ClassicLevel.repair(location);
  return Database.open(location, 'disk', true);
}

async function isWhole(location: string): Promise<boolean> {
  const db = await openLevel(location).catch(() => null);
  if (db === null) return false;
  try {
    const keys = db.keys({ fillCache: false, highWaterMarkBytes: 1024 * 1024 });
    // LevelDB tells at the end of what it passed over.
    while ((await keys.nextv(10_000)).length > 0);
    return true;
  } catch {
    return false;
  } finally {
    await db.close();
  }
}
