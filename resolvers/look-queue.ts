import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { isPromise, type MaybePromise } from '../src/domain.ts';

/** How a queue measures, and how it waits. Times are milliseconds. */
export interface LookPace {
  /** A monotonic clock. */
  now(): number;
  /** For how long the event loop was busy, from some beginning on. */
  busy(): number;
  /** Resolves when so much time passed. */
  rest(milliseconds: number): Promise<unknown>;
}

const defaultPace: LookPace = {
  now: () => performance.now(),
  busy: () => performance.eventLoopUtilization().active,
  rest: (milliseconds) => wait(milliseconds, undefined, { ref: false }),
};

/** How many times as long as a look took there is none behind it: looks have a fifth of the event loop at most. */
const REST = 4;
/** No timer measures less: rests are put together until they are as long. */
const SHORTEST_REST = 1;

/**
 * Looks that go one after the other, in the order in which they came, and never have more than a fifth of the event loop:
 * behind one that kept it busy for c ms the next one waits for 4 · c ms. While one is waited for, the loop's whole work
 * counts.
 */
export class LookQueue {
  readonly #pace: LookPace;
  readonly #waiting = new Set<() => MaybePromise<void>>();
  #restUntil = Number.NEGATIVE_INFINITY;
  #isGoing = false;

  constructor(pace: LookPace = defaultPace) {
    this.#pace = pace;
  }

  /**
   * Calls `look` when its turn comes, which is now when none waits and none has to be rested from. It throws nothing.
   * Answers what takes it out again.
   */
  add(look: () => MaybePromise<void>): () => void {
    // Apart from the same function that somebody else gave.
    const own = (): MaybePromise<void> => look();
    this.#waiting.add(own);
    if (!this.#isGoing) void this.#go();
    return () => void this.#waiting.delete(own);
  }

  /** Counts work that looks made elsewhere as if one of them had taken so many milliseconds longer. */
  charge(milliseconds: number): void {
    this.#restUntil = Math.max(this.#pace.now(), this.#restUntil) + REST * milliseconds;
  }

  async #go(): Promise<void> {
    this.#isGoing = true;
    for (let [look] = this.#waiting; look; [look] = this.#waiting) {
      const left = this.#restUntil - this.#pace.now();
      if (left >= SHORTEST_REST) {
        await this.#pace.rest(left);
        continue;
      }
      this.#waiting.delete(look);
      const before = this.#pace.busy();
      const looked = look();
      if (isPromise(looked)) await looked;
      this.charge(this.#pace.busy() - before);
    }
    this.#isGoing = false;
  }
}
