import { BrokerError } from '../../domain.ts';
import { Backlog, type BacklogLimits } from './backlog.ts';
import type { Framing } from './framing.ts';
import type { Writer } from './writer.ts';

export interface OutletLimits extends BacklogLimits {
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

/** Bytes of what a newcomer gets first that may wait here; more is taken when it has read them. */
const MOST_AHEAD = 64 * 1024;

const tooSlow = (dropped: number, limit: number): BrokerError =>
  new BrokerError('LIMIT_EXCEEDED', `${dropped} events were dropped because they were not read; the limit is ${limit}`);

/**
 * One subscriber: the payloads that it was not sent yet, within bounds. Whoever hands it one never waits. Of a state the
 * newest is kept alone; of events the oldest are dropped and counted, and a subscriber that misses too many is ended.
 */
export class Outlet {
  readonly framing: Framing;
  /** Called when it was ended from here, with its last word: its source failed, it was too slow, or its time is over. */
  onEnded: () => void = () => {};
  readonly #writer: Writer;
  readonly #limits: OutletLimits;
  readonly #tellErrors: OutletOptions['tellErrors'];
  #backlog: Backlog;
  /** Of a newcomer, the events behind what it gets first. */
  #behind: Backlog | null = null;
  #onDrained: (() => void) | null = null;
  #leave: () => void = () => {};
  #lastWord: Buffer;
  #state: 'open' | 'completing' | 'ended' = 'open';

  constructor({ framing, writer, limits, tellErrors }: OutletOptions) {
    this.framing = framing;
    this.#writer = writer;
    this.#limits = limits;
    this.#tellErrors = tellErrors;
    this.#backlog = new Backlog(limits);
    this.#lastWord = framing.completed;
  }

  /** Payloads without their braces; others have the same. */
  get queue(): readonly Buffer[] {
    return this.#backlog.payloads;
  }

  /** Events that were dropped before the first one in the queue. */
  get dropped(): number {
    return this.#backlog.dropped;
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
    this.#backlog.clear();
    this.#backlog.add(payload, 0);
    this.#writer.ready(this);
  }

  /** One of many events, after `lost` that nobody has any more. */
  push(payload: Buffer, lost: number): void {
    if (this.isEnded) return;
    const backlog = this.#backlog;
    backlog.add(payload, lost);
    this.#writer.ready(this);
    if (backlog.isFull) {
      // Full within a turn does not mean slow: what can be written now is.
      this.#writer.flush();
      backlog.trim();
    }
    this.#judge(backlog.dropped);
  }

  /** Whether it takes more of what a newcomer gets first, which is never dropped. */
  get hasRoom(): boolean {
    return !this.#writer.isBlocked && this.#backlog.bytes < MOST_AHEAD;
  }

  /** Some of what a newcomer gets first. */
  lead(payload: Buffer): void {
    if (this.isEnded) return;
    this.#backlog.add(payload, 0);
    this.#writer.ready(this);
  }

  /** An event for a newcomer, which waits behind all that it gets first. Answers whether none is lost. */
  hold(payload: Buffer, lost: number): boolean {
    if (this.isEnded) return true;
    const behind = this.#behind ?? new Backlog(this.#limits);
    this.#behind = behind;
    behind.add(payload, lost);
    behind.trim();
    this.#judge(behind.dropped);
    return this.isEnded || behind.dropped === 0;
  }

  /** There is no more that a newcomer gets first. Answers whether all of it is written: what waited behind follows. */
  settle(): boolean {
    if (this.queue.length > 0) this.#writer.flush();
    if (this.queue.length > 0) return false;
    const behind = this.#behind;
    if (!behind) return true;
    behind.dropped += this.dropped;
    this.#backlog = behind;
    this.#behind = null;
    this.#writer.ready(this);
    return true;
  }

  /** Gives up the patches that it was not sent, since one before them is lost. */
  forsake(): void {
    const lost = this.#behind ?? this.#backlog;
    this.#behind = null;
    const before = lost === this.#backlog ? 0 : lost.dropped;
    this.skip(before + lost.payloads.length);
    this.#backlog.clear();
  }

  /** It misses some events. */
  skip(count: number): void {
    this.#backlog.dropped += count;
    this.#judge(this.dropped);
  }

  #judge(dropped: number): void {
    const limit = this.#limits.dropped;
    if (limit > 0 && dropped > limit) this.fail(tooSlow(dropped, limit));
  }

  /** Calls `call` once, when all that it has is written and its client takes more. */
  whenDrained(call: () => void): void {
    this.#onDrained = call;
    this.#writer.ready(this);
  }

  /** Whether somebody waits until it is drained. */
  get isAwaited(): boolean {
    return this.#onDrained !== null;
  }

  /** All is written, and its client takes more. */
  drained(): void {
    const call = this.#onDrained;
    this.#onDrained = null;
    call?.();
  }

  /** The first payloads of the queue are on their way. */
  sent(count: number): void {
    this.#backlog.sent(count);
    if (this.#state === 'completing' && this.queue.length === 0) this.#endWith(this.#lastWord);
  }

  /** Ends it, and says why in the place of what was not sent. */
  fail(error: unknown): void {
    if (!this.isEnded) this.#endWith(this.framing.failed(this.#tellErrors(error)));
  }

  /** Ends it behind what it has still to send. */
  complete(): void {
    if (!this.isEnded) this.#endBehind(this.framing.completed);
  }

  /** Ends it behind what it has still to send, and says why. */
  failBehind(error: unknown): void {
    if (!this.isEnded) this.#endBehind(this.framing.failed(this.#tellErrors(error)));
  }

  #endBehind(lastWord: Buffer): void {
    this.#state = 'completing';
    this.#lastWord = lastWord;
    this.#leave();
    if (this.queue.length === 0) this.#endWith(lastWord);
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
    this.#backlog.clear();
    this.#behind = null;
    this.#onDrained = null;
    this.#writer.forget(this);
    if (!isEnded) this.#leave();
  }
}
