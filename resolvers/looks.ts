import { badInput, isPromise, type MaybePromise } from '../src/domain.ts';
import type { Open, Sink } from './live-source.ts';
import { LookQueue } from './look-queue.ts';

const SHORTEST = 100;
const LONGEST = 60_000;

/** All looks of the process, and what is made of them. */
const queue = new LookQueue();

/** Refuses an interval between two looks that is out of its range. */
export function checkInterval(intervalMs: number): void {
  if (intervalMs < SHORTEST || intervalMs > LONGEST) {
    throw badInput('intervalMs', intervalMs, `from ${SHORTEST} to ${LONGEST}`);
  }
}

/**
 * Looks now and every `intervalMs`, each time when the turn comes among all looks of the process, and tells what there is;
 * answers what ends it. A look that is late is one look, however many intervals are over.
 */
export function lookEvery<T>(intervalMs: number, read: () => MaybePromise<T>, sink: Sink<T>): () => void {
  const inTurn = createTurn(async () => {
    try {
      const value = read();
      sink.next(isPromise(value) ? await value : value);
    } catch (error) {
      sink.fail(error);
    }
  });
  inTurn.wait();
  const timer = setInterval(inTurn.wait, intervalMs).unref();
  return () => {
    clearInterval(timer);
    inTurn.leave();
  };
}

/** Tells what `make` makes of what a source tells, when the turn comes among all looks: of the newest value then. */
export const makeInTurn =
  <T, Made>(open: Open<T>, make: (value: T) => Made | null): Open<Made> =>
  (sink) => {
    let newest: { readonly value: T } | null = null;
    const inTurn = createTurn(() => {
      try {
        const made = newest && make(newest.value);
        if (made !== null) sink.next(made);
      } catch (error) {
        sink.fail(error);
      }
    });
    const close = open({
      next(value) {
        newest = { value };
        inTurn.wait();
      },
      fail: (error) => sink.fail(error),
    });
    return () => {
      inTurn.leave();
      close();
    };
  };

/** Counts the execution of what looks told as a part of them. */
export const chargeLooks = (milliseconds: number): void => queue.charge(milliseconds);

/** Something that is done when its turn comes, and waits once at most. */
function createTurn(work: () => MaybePromise<void>) {
  let isWaiting = false;
  let leave = (): void => {};
  const end = (): void => {
    isWaiting = false;
  };
  return {
    wait(): void {
      if (isWaiting) return;
      isWaiting = true;
      leave = queue.add(() => {
        const worked = work();
        return isPromise(worked) ? worked.then(end) : end();
      });
    },
    leave: () => leave(),
  };
}
