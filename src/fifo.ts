/** How many gaps at the beginning make a list move up. */
const MOST_GAPS = 1024;

/** Items in their order, added at the end and taken from the beginning. */
export class Fifo<Item extends object> {
  #items: Item[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  /** What would be taken; undefined when there is nothing. */
  get next(): Item | undefined {
    return this.#items[this.#first];
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  take(): Item | undefined {
    const first = this.#items[this.#first];
    if (!first) return undefined;
    this.#first++;
    if (this.#first >= MOST_GAPS || this.#first === this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return first;
  }

  /** Items that were taken come before all others again. */
  putBack(items: readonly Item[]): void {
    this.#items = [...items, ...this.all()];
    this.#first = 0;
  }

  all(): readonly Item[] {
    return this.#items.slice(this.#first);
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
