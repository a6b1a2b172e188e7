/** Runs a task when a place is free. Answers what the task answers. */
export type Gate = <Result>(task: () => Promise<Result>) => Promise<Result>;

export interface GateOptions {
  /** Tasks that run at the same time. */
  readonly places: number;
  /** Tasks that may wait for a place. */
  readonly seats: number;
  /** Makes the error that a task is rejected with when every seat is taken. */
  readonly refusal: () => Error;
}

/** Makes a gate that lets few tasks run at once; others wait in the order of their arrival, and not without bound. */
export function createGate({ places, seats, refusal }: GateOptions): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async (task) => {
    if (running < places) running += 1;
    else if (waiting.length >= seats) throw refusal();
    else await new Promise<void>((proceed) => waiting.push(proceed));
    try {
      return await task();
    } finally {
      // A place is handed on, not freed, so that no newcomer can slip in before the one that waits.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
