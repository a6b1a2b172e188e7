import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { Database, type Durability } from './database.ts';
import type { Store } from './key-space.ts';
import { storeOf } from './level-store.ts';
import { isThere, placesOf, settle } from './places.ts';
import { damaged, refusalOf } from './store-error.ts';

export type { Change, KeySpace, Range, Store } from './key-space.ts';
export { StoreError } from './store-error.ts';

/** The store of a data folder: its key-spaces, and the database that holds them and the sessions. */
export interface DataStore extends Store {
  readonly database: Database;
}

/**
 * Opens the store of a data folder. The folder is made when it is absent, and is closed to group and others (mode
 * 0700) either way; the database lies in `<folder>/store`. Rejects with StoreError when the folder is in use, cannot
 * be read and written, is damaged, or was written in a newer format.
 */
export async function openStore(folder: string, durability: Durability = 'os'): Promise<DataStore> {
  try {
    await makeFolder(folder);
    const { store, repair, restored } = placesOf(folder);
    if (await isThere(repair)) throw damaged(folder, 'a repair is under way, or was interrupted');
    await settle(folder);
    const database = await Database.open(store, durability);
    // Of a restore that was given up before it touched this store.
    await rm(restored, { recursive: true, force: true });
    await readKeySpaces(database);
    return { ...storeOf(database), database };
  } catch (fault) {
    throw refusalOf(folder, fault);
  }
}

/** Makes a data folder when it is absent, and closes it to group and others. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Some file systems refuse chmod; where the mode is right already there is nothing to ask of them.
  if (((await stat(folder)).mode & 0o777) !== 0o700) await chmod(folder, 0o700);
}

/** Key-spaces are read here and there: what LevelDB finds to be damaged is better told at the start. */
async function readKeySpaces(database: Database): Promise<void> {
  try {
    // The sequence between them was read when the database was opened.
    for (const [gte, lt] of [
      ['!', '!seq!'],
      ['!seq"', '"'],
    ] as const) {
      for await (const _ of database.walk({ gte: Buffer.from(gte), lt: Buffer.from(lt) })) {
        // Reading is all.
      }
    }
  } catch (fault) {
    await database.close();
    throw fault;
  }
}
