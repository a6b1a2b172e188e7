import { isPromise } from '../maybe-promise.ts';
import type { Alarms } from './alarms.ts';
import type { Look } from './gauge.ts';

export interface WatchOptions {
  readonly alarms: Alarms;
  readonly looks: readonly Look[];
  /** Seconds between two looks; read anew after each, and at a review. */
  readonly interval: () => number;
  readonly onFault: (fault: unknown) => void;
  /** Ends what the looks keep going. */
  readonly onClose: () => void;
}

/** Looks at everything that may raise an alarm, at once and then from time to time: one timer for all of it. */
export class Watch {
  readonly #options: WatchOptions;
  /** Those that did not end before the next time came: a disk that hangs is not asked again. */
  readonly #underWay = new Set<Look>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#look();
  }

  #look(): void {
    const { alarms, looks, interval } = this.#options;
    for (const look of looks) this.#take(look);
    alarms.look();
    this.#timer = setTimeout(() => this.#look(), interval() * 1000).unref();
  }

  /** The interval is another one: the next look is that far away. */
  review(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), this.#options.interval() * 1000).unref();
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
