import type { DataStore } from './store/store.ts';

/** Whether clients may come: all ports are open, the store takes writes, and nobody is shutting down. */
export interface Readiness {
  /** Null when they may, else why not. */
  notReady(): Promise<string | null>;
  readonly wasReady: boolean;
  begin(): void;
  end(): void;
}

/** Milliseconds for which the store is taken at its word. */
const TRUST = 1000;

const NO_WRITES = 'the store takes no writes';

export function createReadiness(store: Pick<DataStore, 'space' | 'database'>): Readiness {
  const probes = store.space<number>('meta');
  let state: 'starting' | 'ready' | 'closing' = 'starting';
  let wasReady = false;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let check: Promise<string | null> = Promise.resolve(null);

  const write = async (): Promise<string | null> => {
    try {
      await probes.put('probe', Date.now());
      return null;
    } catch {
      return NO_WRITES;
    }
  };

  return {
    async notReady() {
      if (state !== 'ready') return state;
      if (store.database.failure) {
        // Once it heals, it is asked anew.
        checkedAt = Number.NEGATIVE_INFINITY;
        return NO_WRITES;
      }
      if (performance.now() - checkedAt > TRUST) {
        checkedAt = performance.now();
        check = write();
      }
      return check;
    },
    get wasReady() {
      return wasReady;
    },
    begin() {
      state = 'ready';
      wasReady = true;
    },
    end() {
      state = 'closing';
    },
  };
}
