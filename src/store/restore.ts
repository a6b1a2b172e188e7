import { rename, rm, stat } from 'node:fs/promises';
import { readBackup } from './backup-format.ts';
import { Database } from './database.ts';
import { isLocked, type Level, openLevel } from './level.ts';
import { aloneIn, isThere, placesOf, settle, syncFolder } from './places.ts';
import { makeFolder } from './store.ts';
import { inUse, refusalOf, StoreError } from './store-error.ts';

/** What came of a restore. */
export interface Restore {
  readonly entries: number;
  /** Path of the store that was there before; null when there was none. */
  readonly replaced: string | null;
}

/** Bytes that are stored in one batch. */
const BATCH = 1024 * 1024;

/**
 * Makes the store of a data folder from a backup. Rejects with StoreError when the file is not a whole backup, the
 * folder is in use, or it has a store that is not to be replaced; one that is replaced is kept under another name. A
 * kill at any time leaves the old store or the new one in place, at the next start at the latest.
 */
export async function restoreStore(file: string, folder: string, isReplaced = false): Promise<Restore> {
  // The whole file, before anything is changed.
  for await (const _ of readBackup(file));
  try {
    await makeFolder(folder);
    return await aloneIn(folder, async () => {
      await settle(folder);
      const { store, repair } = placesOf(folder);
      const old = (await isThere(store)) ? store : (await isThere(repair)) ? repair : null;
      if (old !== null && !isReplaced) {
        throw new StoreError(
          `data folder '${folder}' has a store; --force replaces it, and keeps the old one beside it`,
        );
      }
      const lock = old === null ? null : await lockOf(folder, old);
      const entries = await build(file, folder).finally(() => lock?.close());
      return { entries, replaced: await swap(folder, old) };
    });
  } catch (fault) {
    throw refusalOf(folder, fault);
  }
}

/** Keeps the broker out of a store that is being replaced; one that is damaged keeps it out by itself. */
async function lockOf(folder: string, store: string): Promise<Level | null> {
  return openLevel(store).catch((fault: unknown) => {
    if (isLocked(fault)) throw inUse(folder, fault);
    return null;
  });
}

/** Builds the new store, whole and on the disk, under the name by which a start takes it when there is no other. */
async function build(file: string, folder: string): Promise<number> {
  const { restoring, restored } = placesOf(folder);
  await rm(restoring, { recursive: true, force: true });
  await rm(restored, { recursive: true, force: true });
  const database = await Database.open(restoring);
  let entries = 0;
  try {
    let bytes = 0;
    for await (const [key, value] of readBackup(file)) {
      database.put(key, value);
      entries++;
      bytes += key.length + value.length;
      if (bytes < BATCH) continue;
      bytes = 0;
      await database.flush();
    }
    await database.flush();
  } finally {
    await database.close();
  }
  await syncFolder(restoring, true);
  await rename(restoring, restored);
  await syncFolder(folder);
  return entries;
}

/**
 * Gives a store another name. It is not to be open by its old one: LevelDB would go on with the files of the store that
 * comes in its place.
 */
async function moveAway(folder: string, old: string, kept: string): Promise<void> {
  await rename(old, kept);
  try {
    await (await lockOf(folder, kept))?.close();
  } catch (fault) {
    // A start has opened it in between.
    await rename(kept, old);
    await rm(placesOf(folder).restored, { recursive: true, force: true });
    throw fault;
  }
}

async function swap(folder: string, old: string | null): Promise<string | null> {
  const { store, restored } = placesOf(folder);
  let kept: string | null = null;
  if (old !== null) {
    kept = `${store}.${new Date().toISOString().replaceAll(':', '-')}`;
    await moveAway(folder, old, kept);
    await syncFolder(folder);
  }
  const { ino } = await stat(restored);
  await rename(restored, store).catch(async (fault: NodeJS.ErrnoException) => {
    const there = await stat(store).catch(() => null);
    // A start that came in between has put it there itself.
    if (fault.code === 'ENOENT' && there?.ino === ino) return;
    await rm(restored, { recursive: true, force: true });
    throw new StoreError(`data folder '${folder}' has got a store by a start of the broker; nothing was restored`, {
      cause: fault,
    });
  });
  await syncFolder(folder);
  return kept;
}
