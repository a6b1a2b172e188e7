import type { Change, Store } from '../store/key-space.ts';

/** Writes that nobody waits for one by one. */
export interface WriteBehind {
  /** Takes a change; a later one of the same key replaces it while it waits. */
  add(change: Change): void;
  /** Resolves when everything taken so far is written; rejects when the newest of it could not be. */
  flush(): Promise<void>;
  /** Resolves when nothing is under way any more, also after a fault. */
  settle(): Promise<void>;
}

/**
 * Makes the writes of one owner into a store: at most one batch is in flight, and what comes meanwhile is the next one,
 * so that changes of a key keep their order. A batch that fails is told to `onFault` and given up.
 */
export function createWriteBehind(store: Store, onFault: (fault: unknown) => void): WriteBehind {
  let waiting = new Map<string, Change>();
  let newest: Promise<void> = Promise.resolve();
  let told: Promise<void> = newest;

  const write = (): Promise<void> => {
    const changes = [...waiting.values()];
    waiting = new Map();
    return store.batch(changes);
  };

  return {
    add(change) {
      waiting.set(JSON.stringify([change.space, change.key]), change);
      if (waiting.size > 1) return;
      newest = told.then(write);
      told = newest.catch(onFault);
    },
    flush: () => newest,
    settle: () => told,
  };
}
