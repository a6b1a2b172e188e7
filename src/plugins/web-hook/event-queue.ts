import { Fifo } from '../../fifo.ts';

export interface QueueLimits {
  /** Events. */
  readonly maxCount: number;
  /** Bytes of their texts. */
  readonly maxBytes: number;
}

interface Queued {
  readonly text: string;
  readonly bytes: number;
}

/**
 * Events that wait, as JSON texts in their order. Above a limit the oldest are dropped, and of one that alone is above it
 * nothing but that one.
 */
export class EventQueue {
  limits: QueueLimits;
  /** Events that were dropped. */
  droppedCount = 0;
  readonly #items = new Fifo<Queued>();
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.limits = limits;
  }

  get count(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > this.limits.maxBytes) {
      this.droppedCount++;
      return;
    }
    this.#items.add({ text, bytes });
    this.#bytes += bytes;
    this.keepBounds();
  }

  /** Takes the oldest events: at most so many, and so many bytes, but one at least. */
  take(most: number, mostBytes: number): string[] {
    const texts: string[] = [];
    let bytes = 0;
    while (texts.length < most) {
      const { next } = this.#items;
      if (!next || (texts.length > 0 && bytes + next.bytes > mostBytes)) break;
      bytes += next.bytes;
      texts.push(next.text);
      this.#shift();
    }
    return texts;
  }

  /** Events that were taken wait again, before all others. */
  putBack(texts: readonly string[]): void {
    const items = texts.map((text) => ({ text, bytes: Buffer.byteLength(text) }));
    for (const { bytes } of items) this.#bytes += bytes;
    this.#items.putBack(items);
    this.keepBounds();
  }

  /** Drops all of them. */
  drop(): void {
    this.droppedCount += this.count;
    this.#items.clear();
    this.#bytes = 0;
  }

  keepBounds(): void {
    const { maxCount, maxBytes } = this.limits;
    while (this.count > maxCount || (this.#bytes > maxBytes && this.count > 0)) {
      this.#shift();
      this.droppedCount++;
    }
  }

  #shift(): void {
    this.#bytes -= this.#items.take()?.bytes ?? 0;
  }
}
