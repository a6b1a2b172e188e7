import { describe, expect, test } from 'vitest';
import { createReadiness } from '../src/readiness.ts';
import type { DataStore } from '../src/store/store.ts';

/** A store whose writes and database fail when they are told to. */
function faultyStore(): { store: DataStore; faults: { write: boolean; failure: Error | null } } {
  const faults: { write: boolean; failure: Error | null } = { write: false, failure: null };
  const put = async (): Promise<void> => {
    if (faults.write) throw new Error('no space left on device');
  };
  const database = {
    get failure() {
      return faults.failure;
    },
  };
  return { store: { space: () => ({ put }), database } as unknown as DataStore, faults };
}

describe('readiness', () => {
  test('says that the store takes no writes', async () => {
    const { store, faults } = faultyStore();
    const readiness = createReadiness(store);
    faults.write = true;
    readiness.begin();
    expect(await readiness.notReady()).toBe('the store takes no writes');
  });

  test('says so at once when its database failed, and no longer once that healed', async () => {
    const { store, faults } = faultyStore();
    const readiness = createReadiness(store);
    readiness.begin();
    expect(await readiness.notReady()).toBeNull();
    faults.failure = new Error('no space left on device');
    expect(await readiness.notReady()).toBe('the store takes no writes');
    faults.failure = null;
    expect(await readiness.notReady()).toBeNull();
  });
});
