import type { MaybePromise } from '../../domain.ts';

/** How long a scan may hold the event loop, and how it waits. Times are milliseconds. */
export interface Pace {
  /** A monotonic clock. */
  now(): number;
  /** Resolves when the next slice may run. */
  rest(): Promise<void>;
  /** A slice ends once it has taken this long. */
  readonly slice: number;
  /** A scan stops once its slices have taken this long together. */
  readonly budget: number;
}

const ROWS_BETWEEN_CHECKS = 256;

const waiting: (() => void)[] = [];

function grantTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(grantTurn);
}

/** Resolves in a later turn of the event loop. Scans that rest at the same time get a turn each, one after another. */
function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(grantTurn);
  });
}

/** Slices of 5 ms, 2 s in total; all scans of the process together run one slice in a turn of the event loop. */
export const defaultPace: Pace = { now: () => performance.now(), rest: takeTurn, slice: 5, budget: 2000 };

/**
 * Visits every row, in slices with a rest between. Answers whether it came to the end: false when the budget ran
 * out. A scan that ends or stops within its first slice answers at once, any other by promise. What `visit` throws
 * ends the scan.
 */
export function scan<Row>(rows: Iterator<Row, void>, visit: (row: Row) => void, pace: Pace): MaybePromise<boolean> {
  let left = pace.budget;

  const runSlice = (): 'ended' | 'stopped' | 'resting' => {
    const begun = pace.now();
    for (let seen = 1; ; seen += 1) {
      const step = rows.next();
      if (step.done) return 'ended';
      visit(step.value);
      if (seen % ROWS_BETWEEN_CHECKS !== 0) continue;
      const taken = pace.now() - begun;
      if (taken >= left) return 'stopped';
      if (taken < pace.slice) continue;
      left -= taken;
      return 'resting';
    }
  };

  const runRest = async (): Promise<boolean> => {
    for (;;) {
      await pace.rest();
      const outcome = runSlice();
      if (outcome !== 'resting') return outcome === 'ended';
    }
  };

  const outcome = runSlice();
  return outcome === 'resting' ? runRest() : outcome === 'ended';
}
