import type { BrokerError, EventFlow, RecordedEvent } from '../domain.ts';
import { expiredCursor } from '../refusals.ts';
import { Signal } from '../signal.ts';

export interface EventLogOptions {
  readonly nodeName: string;
  /** Names this start of the node: cursors of another one are stale. */
  readonly incarnation: string;
  readonly onFault: (fault: unknown) => void;
  /** Events that are remembered. */
  readonly maxEvents?: number;
  /** Characters of all their texts together, so that long names cannot make it larger than many short ones do. */
  readonly maxText?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** An event before it has a number. */
export type Untold<E> = E extends RecordedEvent ? Omit<E, keyof RecordedEvent> : never;

/** Characters of an event, and of the row that it is about. */
const textOf = (event: object): number =>
  Object.values(event).reduce<number>((sum, value) => {
    if (typeof value === 'string') return sum + value.length;
    return typeof value === 'object' && value !== null ? sum + textOf(value) : sum;
  }, 0);

/**
 * The last events of one kind, numbered in the order in which they came, and told to whoever follows. A cursor is the
 * number of an event: what came behind it is still there, or the cursor is refused.
 */
export class EventLog<E extends RecordedEvent, F> {
  readonly #options: Required<EventLogOptions>;
  readonly #conditionOf: (filter: F) => (event: E) => boolean;
  readonly #told: Signal<[event: E]>;
  /** Where event `n` is, is `n % maxEvents`. */
  readonly #ring: ({ readonly event: E; readonly text: number } | undefined)[] = [];
  /** Numbers of the oldest event that is remembered, and of the next one that comes. */
  #oldest = 1;
  #next = 1;
  #text = 0;

  /** `conditionOf` answers which events a filter lets through. */
  constructor(options: EventLogOptions, conditionOf: (filter: F) => (event: E) => boolean) {
    this.#conditionOf = conditionOf;
    this.#options = { maxEvents: 10_000, maxText: 16 * 1024 * 1024, now: Date.now, ...options };
    this.#told = new Signal(options.onFault);
  }

  add(untold: Untold<E>): void {
    const { nodeName, maxEvents, maxText, now } = this.#options;
    const number = this.#next++;
    const event = { ...untold, cursor: this.#cursorOf(number), nodeName, at: now() } as unknown as E;
    const text = textOf(untold);
    this.#text += text;
    if (number - this.#oldest >= maxEvents) this.#forget();
    this.#ring[number % maxEvents] = { event, text };
    while (this.#text > maxText && this.#oldest < number) this.#forget();
    this.#told.tell(event);
  }

  #forget(): void {
    const at = this.#oldest++ % this.#options.maxEvents;
    this.#text -= this.#ring[at]?.text ?? 0;
    this.#ring[at] = undefined;
  }

  /** Those that a filter lets through. */
  flow(filter: F): EventFlow<E> {
    const concerns = this.#conditionOf(filter);
    return {
      since: (cursor) => this.#since(cursor, concerns),
      follow: (tell) =>
        this.#told.listen((event) => {
          if (concerns(event)) tell(event);
        }),
    };
  }

  #cursorOf(number: number): string {
    return `${this.#options.incarnation}-${number}`;
  }

  #numberOf(cursor: string): number | null {
    const { incarnation } = this.#options;
    if (!cursor.startsWith(`${incarnation}-`)) return null;
    const text = cursor.slice(incarnation.length + 1);
    const number = Number(text);
    return /^\d{1,15}$/.test(text) && number < this.#next ? number : null;
  }

  #since(cursor: string, concerns: (event: E) => boolean): Iterable<E> {
    const number = this.#numberOf(cursor);
    if (number === null || number < this.#oldest - 1) throw this.#expired(cursor);
    return this.#behind(cursor, number, this.#next, concerns);
  }

  /** Nothing is copied: a reader whom the ring overtakes is refused the rest. */
  *#behind(cursor: string, number: number, end: number, concerns: (event: E) => boolean): Generator<E, void> {
    for (let i = number + 1; i < end; i++) {
      if (i < this.#oldest) throw this.#expired(cursor);
      const { event } = this.#ring[i % this.#options.maxEvents]!;
      if (concerns(event)) yield event;
    }
  }

  #expired(cursor: string): BrokerError {
    return expiredCursor(cursor, this.#cursorOf(this.#oldest - 1));
  }
}
