export interface RequestRateOptions {
  /** Requests of one key in a second, in the long run; 0 is no limit. Read with each request. */
  readonly perSecond: number;
  /** Requests of one key at once; as many as in a second unless given. */
  readonly burst?: number;
  /** Keys that are remembered, 10 000 unless given; the one that was longest quiet leaves first. */
  readonly capacity?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Requests in time by key, such as the id of an application. */
export interface RequestRate {
  /** Takes a request. Answers 0, or the whole seconds until one is free again, as `Retry-After` has them. */
  take(key: string): number;
  /** Keys that are remembered. */
  readonly size: number;
}

/** A thousandth of a millisecond: less than that is a rounding error of sums, not time. */
const ROUNDING = 1e-3;

/**
 * Limits requests by a token bucket per key. A bucket is one number, the time at which it is full again (the generic
 * cell rate algorithm, ITU-T I.371): one whose time has come is forgotten, since a new one is as full.
 */
export function createRequestRate(options: RequestRateOptions): RequestRate {
  const { capacity = 10_000, now = () => performance.now() } = options;
  /** The order is that of the last request. */
  const fullAt = new Map<string, number>();

  const forget = (at: number): void => {
    for (const [key, time] of fullAt) {
      if (time > at && fullAt.size <= capacity) return;
      fullAt.delete(key);
    }
  };

  return {
    take(key) {
      const { perSecond, burst = Math.max(1, perSecond) } = options;
      if (perSecond === 0) return 0;
      const interval = 1000 / perSecond;
      const depth = burst * interval;
      const at = now();
      const full = Math.max(fullAt.get(key) ?? at, at) + interval;
      fullAt.delete(key);
      const wait = full - depth - at;
      const isFree = wait <= ROUNDING;
      fullAt.set(key, isFree ? full : full - interval);
      forget(at);
      return isFree ? 0 : Math.ceil(wait / 1000);
    },
    get size() {
      return fullAt.size;
    },
  };
}
