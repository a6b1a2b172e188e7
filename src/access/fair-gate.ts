/** Runs a task of somebody when a place is free. Answers what the task answers. */
export type FairGate = <Result>(who: string, task: () => Promise<Result>) => Promise<Result>;

export interface FairGateOptions {
  /** Tasks that run at the same time. */
  readonly places: number;
  /** Tasks that may wait for a place. */
  readonly seats: number;
  /** Makes the error that a task is rejected with when it has no seat. */
  readonly refusal: () => Error;
}

interface Waiting {
  readonly proceed: () => void;
  readonly reject: (refusal: Error) => void;
}

/**
 * Makes a gate before which nobody can crowd out the others: those who wait are called one from each in turn, and when
 * every seat is taken the newest task of whoever has most of them gives way.
 */
export function createFairGate({ places, seats, refusal }: FairGateOptions): FairGate {
  let running = 0;
  let taken = 0;
  /** In the order in which they are called next. */
  const queues = new Map<string, Waiting[]>();

  const takeFrom = (who: string, queue: Waiting[], one: Waiting | undefined): Waiting | undefined => {
    taken -= 1;
    queues.delete(who);
    if (queue.length > 0) queues.set(who, queue);
    return one;
  };

  const callNext = (): Waiting | undefined => {
    const [next] = queues;
    return next && takeFrom(...next, next[1].shift());
  };

  /** Whether there is a seat, which somebody may have had to give up. */
  const makeRoom = (who: string): boolean => {
    if (taken < seats) return true;
    const own = queues.get(who)?.length ?? 0;
    const [most] = [...queues].sort(([, a], [, b]) => b.length - a.length);
    if (most === undefined || most[1].length <= own + 1) return false;
    takeFrom(...most, most[1].pop())?.reject(refusal());
    return true;
  };

  const wait = (who: string): Promise<void> => {
    if (!makeRoom(who)) throw refusal();
    return new Promise<void>((proceed, reject) => {
      taken += 1;
      const queue = queues.get(who);
      if (queue) queue.push({ proceed, reject });
      else queues.set(who, [{ proceed, reject }]);
    });
  };

  return async (who, task) => {
    if (running < places) running += 1;
    else await wait(who);
    try {
      return await task();
    } finally {
      // A place is handed on, not freed, so that no newcomer can slip in before the one that waits.
      const next = callNext();
      if (next === undefined) running -= 1;
      else next.proceed();
    }
  };
}
