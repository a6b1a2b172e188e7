/** Something that has an age, and knows its neighbours. */
export interface Aged<T> {
  /** On the clock of `performance.now()`; before 0 for what is older than the process. */
  keptAt: number;
  older: T | null;
  newer: T | null;
}

/** Things by age. Adding what is the youngest, and removing any, costs the same however many there are. */
export class AgeChain<T extends Aged<T>> {
  #oldest: T | null = null;
  #youngest: T | null = null;

  get oldest(): T | null {
    return this.#oldest;
  }

  /** Adds what is younger than all others. */
  add(link: T): void {
    link.older = this.#youngest;
    link.newer = null;
    if (this.#youngest) this.#youngest.newer = link;
    else this.#oldest = link;
    this.#youngest = link;
  }

  remove(link: T): void {
    if (link.older) link.older.newer = link.newer;
    else this.#oldest = link.newer;
    if (link.newer) link.newer.older = link.older;
    else this.#youngest = link.older;
  }
}
