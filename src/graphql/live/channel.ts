import type { LiveSource } from '../../../resolvers/live-source.ts';
import { isPromise, type MaybePromise } from '../../domain.ts';
import type { Outlet } from './outlet.ts';
import type { TurnEnd, Work } from './turn-end.ts';

/** Events that may wait to be executed, and bytes of them; the oldest are dropped beyond. */
const MOST_PENDING = 10_000;
const MOST_PENDING_BYTES = 64 * 1024 * 1024;

export interface ChannelOptions {
  readonly source: LiveSource<unknown>;
  readonly turnEnd: TurnEnd;
  /** Makes the payload of one value: JSON without its braces, which its subscribers share. Throws nothing. */
  readonly execute: (value: unknown) => MaybePromise<string>;
  /** Opens the source, which others may follow too. */
  readonly open: LiveSource<unknown>['open'];
  /** Called when nobody follows any more. */
  readonly onEmpty: () => void;
}

interface Pending {
  readonly value: unknown;
  /** Whom it is for; null is everybody who was there when it came. */
  readonly to: Outlet | null;
}

/**
 * One execution of a subscription, and all who follow it: a value of the source is executed once, written as JSON once,
 * and the same bytes go to everybody. Values wait for the end of the turn in which they come.
 */
export class Channel implements Work {
  readonly #options: ChannelOptions;
  readonly #isState: boolean;
  /** Who follows, with the number of the first event that it gets. */
  readonly #members = new Map<Outlet, number>();
  #pending: Pending[] = [];
  #pendingBytes = 0;
  /** How many events for everybody came, and how many of them are executed or dropped. */
  #came = 0;
  #gone = 0;
  /** Events that were dropped since the last one that was executed. */
  #lost = 0;
  #isExecuting = false;
  /** Of a state: what was sent last, as text and as bytes. */
  #text = '';
  #newest: Buffer | null = null;
  #close: (() => void) | null = null;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#isState = options.source.kind === 'state';
  }

  join(outlet: Outlet): void {
    const { source, open } = this.#options;
    this.#members.set(outlet, this.#came);
    outlet.attach(() => this.#leave(outlet), source.lifetime);
    for (const value of source.begin()) this.#wait({ value, to: outlet });
    if (this.#newest) outlet.replace(this.#newest);
    if (this.#close) return;
    let isFailed = false;
    const close = open({
      next: (value) => this.#next(value),
      fail: (error) => {
        isFailed = true;
        for (const member of [...this.#members.keys()]) member.fail(error);
      },
    });
    if (isFailed) close();
    else this.#close = close;
  }

  #leave(outlet: Outlet): void {
    this.#members.delete(outlet);
    if (this.#members.size > 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#close?.();
    this.#options.onEmpty();
  }

  #next(value: unknown): void {
    if (this.#members.size === 0) return;
    if (this.#isState) {
      this.#pending = [{ value, to: null }];
      this.#options.turnEnd.execute(this);
      return;
    }
    this.#came++;
    this.#wait({ value, to: null });
  }

  #wait(pending: Pending): void {
    this.#pending.push(pending);
    this.#pendingBytes += this.#options.source.sizeOf(pending.value);
    while (this.#isFull) this.#drop();
    if (!this.#isExecuting) this.#options.turnEnd.execute(this);
  }

  get #isFull(): boolean {
    const { length } = this.#pending;
    return length > MOST_PENDING || (length > 1 && this.#pendingBytes > MOST_PENDING_BYTES);
  }

  #drop(): void {
    const { value, to } = this.#pending.shift() as Pending;
    this.#pendingBytes -= this.#options.source.sizeOf(value);
    if (to) to.dropped++;
    else {
      this.#gone++;
      this.#lost++;
    }
  }

  work(isOver: () => boolean): boolean {
    if (this.#isExecuting) return true;
    const batch = this.#pending;
    this.#pending = [];
    let done = 0;
    while (done < batch.length && !this.#isExecuting && this.#members.size > 0) {
      this.#execute(batch[done] as Pending);
      done++;
      if (isOver()) break;
    }
    if (this.#members.size === 0) return true;
    if (done < batch.length) this.#pending = [...batch.slice(done), ...this.#pending];
    return this.#isExecuting || this.#pending.length === 0;
  }

  #execute(pending: Pending): void {
    this.#pendingBytes -= this.#options.source.sizeOf(pending.value);
    const text = this.#options.execute(pending.value);
    if (!isPromise(text)) {
      this.#deliver(pending, text);
      return;
    }
    this.#isExecuting = true;
    void text.then((known) => {
      this.#isExecuting = false;
      this.#deliver(pending, known);
      if (this.#pending.length > 0) this.#options.turnEnd.execute(this);
    });
  }

  #deliver({ to }: Pending, text: string): void {
    if (this.#isState) this.#deliverState(text);
    else if (!to) this.#deliverEvent(Buffer.from(text));
    else if (this.#members.has(to)) to.push(Buffer.from(text), 0);
  }

  #deliverState(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#newest = Buffer.from(text);
    for (const outlet of this.#members.keys()) outlet.replace(this.#newest);
  }

  #deliverEvent(payload: Buffer): void {
    const number = this.#gone++;
    const lost = this.#lost;
    this.#lost = 0;
    for (const [outlet, first] of this.#members) {
      if (first > number) continue;
      // Of what was lost, a newcomer missed only what came after it.
      outlet.push(payload, Math.min(lost, number - first));
      if (this.#options.source.kind === 'patches' && outlet.dropped > 0 && !outlet.isEnded) this.#begin(outlet);
    }
  }

  /** What it lost changed what it has: it gets all of it. */
  #begin(outlet: Outlet): void {
    outlet.renew();
    this.#members.set(outlet, this.#came);
    for (const value of this.#options.source.begin()) this.#wait({ value, to: outlet });
  }
}
