import { BrokerError } from '../../domain.ts';
import type { Framing } from './framing.ts';
import type { Writer } from './writer.ts';

export interface OutletLimits {
  /** Events that are kept for a slow subscriber. */
  readonly queue: number;
  /** Bytes of them; one is kept whatever its size. */
  readonly queueBytes: number;
  /** Events that a subscriber may miss without reading one; 0 is no limit. */
  readonly dropped: number;
}

export interface OutletOptions {
  readonly framing: Framing;
  readonly writer: Writer;
  readonly limits: OutletLimits;
  /** The errors that end it as JSON, as its caller may see them. */
  readonly tellErrors: (error: unknown) => string;
}

const tooSlow = (dropped: number, limit: number): BrokerError =>
  new BrokerError('LIMIT_EXCEEDED', `${dropped} events were dropped because they were not read; the limit is ${limit}`);

/**
 * One subscriber: the payloads that it was not sent yet, within bounds. Whoever hands it one never waits. Of a state the
 * newest is kept alone; of events the oldest are dropped and counted, and a subscriber that misses too many is ended.
 */
export class Outlet {
  readonly framing: Framing;
  /** Payloads without their braces; others have the same. */
  readonly queue: Buffer[] = [];
  /** Events that were dropped before the first one in the queue. */
  dropped = 0;
  /** Called when it was ended from here, with its last word: its source failed, it was too slow, or its time is over. */
  onEnded: () => void = () => {};
  readonly #writer: Writer;
  readonly #limits: OutletLimits;
  readonly #tellErrors: OutletOptions['tellErrors'];
  #bytes = 0;
  #leave: () => void = () => {};
  #state: 'open' | 'completing' | 'ended' = 'open';

  constructor({ framing, writer, limits, tellErrors }: OutletOptions) {
    this.framing = framing;
    this.#writer = writer;
    this.#limits = limits;
    this.#tellErrors = tellErrors;
  }

  /** Whether it takes nothing more. */
  get isEnded(): boolean {
    return this.#state !== 'open';
  }

  /** `leave` is called once, when it ends; with a `lifetime`, in milliseconds, it completes after that. */
  attach(leave: () => void, lifetime: number | null): void {
    const timer = lifetime === null ? undefined : setTimeout(() => this.complete(), lifetime).unref();
    this.#leave = () => {
      clearTimeout(timer);
      leave();
    };
  }

  /** The newest value of a state, in the place of one that was not sent. */
  replace(payload: Buffer): void {
    if (this.isEnded) return;
    this.queue[0] = payload;
    this.#bytes = payload.length;
    this.#writer.ready(this);
  }

  /** Forgets what was not sent: something comes that stands for it. */
  renew(): void {
    this.queue.length = 0;
    this.#bytes = 0;
  }

  /** One of many events, after `lost` that nobody has any more. */
  push(payload: Buffer, lost: number): void {
    if (this.isEnded) return;
    this.queue.push(payload);
    this.#bytes += payload.length;
    this.dropped += lost;
    this.#writer.ready(this);
    // Full within a turn does not mean slow: what can be written now is.
    if (this.#isFull) this.#writer.flush();
    while (this.#isFull) {
      this.#bytes -= (this.queue.shift() as Buffer).length;
      this.dropped++;
    }
    const { dropped } = this.#limits;
    if (dropped > 0 && this.dropped > dropped) this.fail(tooSlow(this.dropped, dropped));
  }

  get #isFull(): boolean {
    const { length } = this.queue;
    return length > 1 && (length > this.#limits.queue || this.#bytes > this.#limits.queueBytes);
  }

  /** The first payloads of the queue are on their way. */
  sent(count: number): void {
    for (const payload of this.queue.splice(0, count)) this.#bytes -= payload.length;
    this.dropped = 0;
    if (this.#state === 'completing' && this.queue.length === 0) this.#endWith(this.framing.completed);
  }

  /** Ends it, and says why in the place of what was not sent. */
  fail(error: unknown): void {
    if (!this.isEnded) this.#endWith(this.framing.failed(this.#tellErrors(error)));
  }

  /** Ends it behind what it has still to send. */
  complete(): void {
    if (this.isEnded) return;
    this.#state = 'completing';
    this.#leave();
    if (this.queue.length === 0) this.#endWith(this.framing.completed);
  }

  #endWith(lastWord: Buffer): void {
    this.end();
    this.#writer.write(lastWord);
    this.onEnded();
  }

  /** Ends it without a word: its client knows, or is gone. */
  end(): void {
    if (this.#state === 'ended') return;
    const { isEnded } = this;
    this.#state = 'ended';
    this.queue.length = 0;
    this.#writer.forget(this);
    if (!isEnded) this.#leave();
  }
}
