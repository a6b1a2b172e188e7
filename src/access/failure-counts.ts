/** Failures by key, and the delays that grow with them. Times are milliseconds of monotonic time. */
export interface FailureCounts {
  /** Answers how long the next attempt has to wait, in whole milliseconds. */
  wait(key: string): number;
  add(key: string): void;
  /** An attempt begins: until its outcome is known, others wait as if it had failed as the one before. */
  hold(key: string): void;
  /** An attempt succeeded: the next one need not wait; failures stay counted. */
  release(key: string): void;
  clear(key: string): void;
}

export interface FailureCountsOptions {
  readonly capacity: number;
  /** Failures that cost nothing. */
  readonly free: number;
  /** The longest delay. */
  readonly longest: number;
}

const FIRST_DELAY = 250;
const FORGOTTEN_AFTER = 600_000;

interface Entry {
  readonly failures: number;
  readonly failedAt: number;
  until: number;
}

/** Makes counts of failures: beyond the free ones the delay is 250 ms and doubles; 10 minutes without one forget all. */
export function createFailureCounts({ capacity, free, longest }: FailureCountsOptions): FailureCounts {
  const entries = new Map<string, Entry>();

  const delayAfter = (failures: number): number =>
    failures > free ? Math.min(FIRST_DELAY * 2 ** (failures - free - 1), longest) : 0;

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || performance.now() - entry.failedAt < FORGOTTEN_AFTER) return entry;
    entries.delete(key);
    return undefined;
  };

  return {
    wait: (key) => Math.max(0, Math.ceil((find(key)?.until ?? 0) - performance.now())),
    add(key) {
      const failures = (find(key)?.failures ?? 0) + 1;
      const failedAt = performance.now();
      // Deleted first, so that entries stand in the order of their last failure.
      entries.delete(key);
      entries.set(key, { failures, failedAt, until: failedAt + delayAfter(failures) });
      const [oldest] = entries.keys();
      if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
    },
    hold(key) {
      const entry = find(key);
      if (entry !== undefined) entry.until = performance.now() + delayAfter(entry.failures);
    },
    release(key) {
      const entry = find(key);
      if (entry !== undefined) entry.until = 0;
    },
    clear: (key) => void entries.delete(key),
  };
}
