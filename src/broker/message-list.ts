import type { QueuedMessage } from '../store/session-store.ts';

/** How many gaps at the beginning make a list move up. */
const MOST_GAPS = 1024;

/** Messages in their order, added at the end and taken from the beginning. */
export class MessageList {
  #items: QueuedMessage[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  add(message: QueuedMessage): void {
    this.#items.push(message);
  }

  take(): QueuedMessage | undefined {
    const first = this.#items[this.#first];
    if (!first) return undefined;
    this.#first++;
    if (this.#first >= MOST_GAPS || this.#first === this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return first;
  }

  all(): readonly QueuedMessage[] {
    return this.#items.slice(this.#first);
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
