/** Milliseconds between two looks at the clock: an expiry is wall time, which may jump. */
const INTERVAL = 1000;

/** Watches many things that each end in a certain second, by one timer, which runs while there is something. */
export class ExpiryWatch<Item extends object> {
  readonly #end: (item: Item) => void;
  readonly #bySecond = new Map<number, Set<Item>>();
  readonly #secondOf = new Map<Item, number>();
  #timer: NodeJS.Timeout | null = null;
  #looked = 0;

  /** `end` is told once of each, in the second after it ended. */
  constructor(end: (item: Item) => void) {
    this.#end = end;
  }

  get size(): number {
    return this.#secondOf.size;
  }

  /** Epoch seconds. */
  add(item: Item, second: number): void {
    this.delete(item);
    const group = this.#bySecond.get(second) ?? new Set();
    this.#bySecond.set(second, group.add(item));
    this.#secondOf.set(item, second);
    this.#looked = Math.min(this.#looked, second - 1);
    if (this.#timer) return;
    this.#looked = Math.min(nowInSeconds(), second - 1);
    this.#timer = setInterval(() => this.#look(), INTERVAL).unref();
  }

  delete(item: Item): void {
    const second = this.#secondOf.get(item);
    if (second === undefined) return;
    this.#secondOf.delete(item);
    const group = this.#bySecond.get(second);
    group?.delete(item);
    if (group?.size === 0) this.#bySecond.delete(second);
    if (this.#secondOf.size === 0) this.stop();
  }

  /** Forgets everything. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#bySecond.clear();
    this.#secondOf.clear();
  }

  #look(): void {
    const now = nowInSeconds();
    for (const second of this.#secondsUntil(now)) {
      for (const item of this.#bySecond.get(second) ?? []) {
        this.delete(item);
        this.#end(item);
      }
    }
    this.#looked = now;
  }

  /** Those since the last look; after a jump of the clock all that there are, which may be fewer. */
  #secondsUntil(now: number): readonly number[] {
    const passed = now - this.#looked;
    if (passed > this.#bySecond.size) return [...this.#bySecond.keys()].filter((second) => second <= now);
    return Array.from({ length: Math.max(0, passed) }, (_, i) => this.#looked + 1 + i);
  }
}

const nowInSeconds = (): number => Math.floor(Date.now() / 1000);
