const LOOK_EVERY = 1000;
const PATIENCE = 15_000;

/** Counts what arrives. */
export class Tally {
  readonly #what: string;
  #count = 0;
  #isEnough: (count: number) => boolean = () => false;
  #reached: () => void = () => {};

  /** `what` is counted, in the words of an error: `messages`. */
  constructor(what: string) {
    this.#what = what;
  }

  get count(): number {
    return this.#count;
  }

  add(count: number): void {
    this.#count += count;
    if (this.#isEnough(this.#count)) this.#reached();
  }

  /**
   * Resolves when the count since the beginning is enough. Rejects when nothing comes for 15 seconds. One waits at a
   * time.
   */
  until(isEnough: (count: number) => boolean): Promise<void> {
    if (isEnough(this.#count)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let before = this.#count;
      let waited = 0;
      const finish = (): void => {
        clearInterval(look);
        this.#isEnough = () => false;
      };
      const look = setInterval(() => {
        waited = this.#count === before ? waited + LOOK_EVERY : 0;
        before = this.#count;
        if (waited < PATIENCE) return;
        finish();
        reject(new Error(`${this.#count} ${this.#what} came, and no more in ${PATIENCE / 1000} seconds`));
      }, LOOK_EVERY);
      this.#isEnough = isEnough;
      this.#reached = () => {
        finish();
        resolve();
      };
    });
  }
}
