/** Something that becomes due. */
export interface Due {
  /** On the clock of `performance.now()`. */
  readonly dueAt: number;
  /** Of two that are due at once, the lower one comes first. */
  readonly seq: number;
  isGone: boolean;
}

const isBefore = (a: Due, b: Due): boolean => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.seq < b.seq);

/** What becomes due, the next one first: a heap. What is gone is passed over, and makes room when it is most of it. */
export class DueQueue<T extends Due> {
  #heap: T[] = [];
  #gone = 0;

  add(item: T): void {
    this.#heap.push(item);
    this.#rise(this.#heap.length - 1);
  }

  /** The next one; null when there is none. */
  get next(): T | null {
    for (;;) {
      const first = this.#heap[0];
      if (!first?.isGone) return first ?? null;
      this.#gone--;
      this.#removeFirst();
    }
  }

  /** Takes `next` out. */
  shift(): void {
    if (this.next) this.#removeFirst();
  }

  /** An item shall not become due. */
  drop(item: T): void {
    item.isGone = true;
    this.#gone++;
    if (this.#gone * 2 <= this.#heap.length) return;
    this.#heap = this.#heap.filter(({ isGone }) => !isGone);
    this.#gone = 0;
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(at: number): void {
    const heap = this.#heap;
    const item = heap[at] as T;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as T;
      if (!isBefore(item, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = item;
  }

  #sink(at: number): void {
    const heap = this.#heap;
    const item = heap[at] as T;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as T, heap[below] as T)) below++;
      const child = heap[below] as T;
      if (!isBefore(child, item)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = item;
  }
}
