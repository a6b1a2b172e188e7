/** Names of one generation, and characters of all of them together. */
const MOST_NAMES = 100_000;
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * When something happened lately, by name. Names lie in two generations: what was not heard of for a whole one is
 * forgotten, so that neither time nor very many names make it grow.
 */
export class RecentTimes {
  readonly #clock: () => number;
  #young = new Map<string, number[]>();
  #old = new Map<string, number[]>();
  #text = 0;
  #begunAt: number;

  /** `clock` tells milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#begunAt = clock();
  }

  /** Names that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Notes that it happened now. Answers how often it has within this many milliseconds, up to `most`. */
  note(name: string, window: number, most: number): number {
    const now = this.#clock();
    this.#age(now, window);
    let times = this.#young.get(name);
    if (!times) {
      times = this.#old.get(name) ?? [];
      this.#old.delete(name);
      this.#young.set(name, times);
      this.#text += name.length;
    }
    times.push(now);
    const within = times.findIndex((time) => time > now - window);
    times.splice(0, Math.max(within, times.length - most));
    return times.length;
  }

  forget(name: string): void {
    if (this.#young.delete(name)) this.#text -= name.length;
    this.#old.delete(name);
  }

  #age(now: number, window: number): void {
    if (now - this.#begunAt < window && this.#young.size < MOST_NAMES && this.#text < MOST_TEXT) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#text = 0;
    this.#begunAt = now;
  }
}
