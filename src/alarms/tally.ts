/** Counts what happens between two looks. */
export class Tally {
  #count = 0;
  #since = performance.now();

  add(count: number): void {
    this.#count += count;
  }

  /** What was counted since this was asked last, and begins anew. */
  take(): { readonly count: number; readonly perSecond: number } {
    const count = this.#count;
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    this.#count = 0;
    this.#since = now;
    return { count, perSecond: seconds > 0 ? count / seconds : 0 };
  }
}
