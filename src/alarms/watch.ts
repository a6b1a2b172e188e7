import { isPromise } from '../maybe-promise.ts';
import type { Alarms } from './alarms.ts';
import type { Look } from './gauge.ts';

export interface WatchOptions {
  readonly alarms: Alarms;
  readonly looks: readonly Look[];
  /** Seconds between two looks; read anew after each, and at `restart`. */
  readonly interval: () => number;
  readonly onFault: (fault: unknown) => void;
  /** Ends what the looks keep going. */
  readonly onClose: () => void;
}

/** Milliseconds after the last look at which a change is looked at; not at once, for rates need some time. */
const SOON = 10_000;

/** Looks at everything that may raise an alarm, at once and then from time to time: one timer for all of it. */
export class Watch {
  readonly #options: WatchOptions;
  /** Those that did not end before the next time came: a disk that hangs is not asked again. */
  readonly #underWay = new Set<Look>();
  #timer: NodeJS.Timeout | null = null;
  #lookedAt = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#look();
  }

  /**
   * To be called when a mark, or the interval, is another one: looks when the interval, or at most ten seconds, have passed
   * since the last look. Does nothing unless it was started.
   */
  restart(): void {
    if (!this.#timer) return;
    const next = this.#lookedAt + Math.min(this.#options.interval() * 1000, SOON);
    this.#wait(Math.max(next - performance.now(), 0));
  }

  #look(): void {
    const { alarms, looks, interval } = this.#options;
    this.#lookedAt = performance.now();
    for (const look of looks) this.#take(look);
    alarms.look();
    this.#wait(interval() * 1000);
  }

  #wait(milliseconds: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), milliseconds).unref();
  }

  #take(look: Look): void {
    const { alarms, onFault } = this.#options;
    if (this.#underWay.has(look)) return;
    try {
      const looking = look(alarms);
      if (!isPromise(looking)) return;
      this.#underWay.add(look);
      looking.catch(onFault).finally(() => this.#underWay.delete(look));
    } catch (fault) {
      onFault(fault);
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#options.onClose();
  }
}
