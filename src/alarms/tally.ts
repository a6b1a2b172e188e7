/** Counts what happens between two looks. */
export class Tally {
  #count = 0;
  #since: number | null = null;

  add(count: number): void {
    this.#count += count;
  }

  /** What was counted since this was asked last, and begins anew. No rate is known the first time. */
  take(): { readonly count: number; readonly perSecond: number | null } {
    const count = this.#count;
    const now = performance.now();
    const since = this.#since;
    this.#count = 0;
    this.#since = now;
    return { count, perSecond: since === null ? null : (count * 1000) / Math.max(now - since, 1) };
  }
}
