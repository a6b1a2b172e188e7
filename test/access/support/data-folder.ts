import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';

/** A store in a folder of its own for each test of the file. */
export interface DataFolder {
  readonly store: Store;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<Store>;
  keysOf(space: string): Promise<string[]>;
}

export function useDataFolder(): DataFolder {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brokerql-access-'));
    store = await openStore(folder);
  });

  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  return {
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await openStore(folder);
      return store;
    },
    async keysOf(space) {
      const keys: string[] = [];
      for await (const [key] of store.space(space).entries()) keys.push(key);
      return keys;
    },
  };
}
