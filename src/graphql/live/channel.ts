import type { LiveSource } from '../../../resolvers/live-source.ts';
import { isPromise, type MaybePromise } from '../../domain.ts';
import { Newcomers } from './newcomers.ts';
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

/** Of a newcomer: it gets no event from here, whatever its number. */
const NONE = Number.POSITIVE_INFINITY;

const NOTHING = Buffer.alloc(0);

/**
 * One execution of a subscription, and all who follow it: a value of the source is executed once, written as JSON once,
 * and the same bytes go to everybody. Values wait for the end of the turn in which they come.
 */
export class Channel implements Work {
  readonly #options: ChannelOptions;
  readonly #isState: boolean;
  /** Who follows, with the number of the first event that it gets. */
  readonly #members = new Map<Outlet, number>();
  /** Those of them who first get something else. */
  readonly #newcomers: Newcomers;
  /** Values that are not executed yet. */
  #pending: unknown[] = [];
  #pendingBytes = 0;
  /** How many events came, and how many of them are executed or dropped. */
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
    this.#newcomers = new Newcomers({
      source: options.source,
      turnEnd: options.turnEnd,
      execute: options.execute,
      came: () => this.#came,
      onSettled: (outlet, first) => this.#members.set(outlet, first),
    });
  }

  join(outlet: Outlet): void {
    const { source, open } = this.#options;
    this.#members.set(outlet, source.begin ? NONE : this.#came);
    outlet.attach(() => this.#leave(outlet), source.lifetime);
    if (source.begin) this.#newcomers.add(outlet);
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
    this.#newcomers.delete(outlet);
    if (this.#members.size > 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#close?.();
    this.#options.onEmpty();
  }

  #next(value: unknown): void {
    if (this.#members.size === 0) return;
    if (this.#isState) this.#pending = [value];
    else {
      this.#came++;
      this.#pending.push(value);
      this.#pendingBytes += this.#options.source.sizeOf(value);
      while (this.#isFull) this.#drop();
    }
    if (!this.#isExecuting) this.#options.turnEnd.execute(this);
  }

  get #isFull(): boolean {
    const { length } = this.#pending;
    return length > MOST_PENDING || (length > 1 && this.#pendingBytes > MOST_PENDING_BYTES);
  }

  #drop(): void {
    this.#pendingBytes -= this.#options.source.sizeOf(this.#pending.shift());
    this.#gone++;
    this.#lost++;
  }

  work(isOver: () => boolean): boolean {
    if (this.#isExecuting) return true;
    const batch = this.#pending;
    this.#pending = [];
    let done = 0;
    while (done < batch.length && !this.#isExecuting && this.#members.size > 0) {
      this.#execute(batch[done]);
      done++;
      if (isOver()) break;
    }
    if (this.#members.size === 0) return true;
    if (done < batch.length) this.#pending = [...batch.slice(done), ...this.#pending];
    return this.#isExecuting || this.#pending.length === 0;
  }

  /** Whether somebody gets the next event, and not something else in its place. */
  get #isWanted(): boolean {
    return this.#newcomers.size < this.#members.size || this.#newcomers.want(this.#gone);
  }

  #execute(value: unknown): void {
    if (!this.#isState) this.#pendingBytes -= this.#options.source.sizeOf(value);
    if (!this.#isWanted) {
      this.#deliverEvent(NOTHING);
      return;
    }
    const text = this.#options.execute(value);
    if (!isPromise(text)) {
      this.#deliver(text);
      return;
    }
    this.#isExecuting = true;
    void text.then((known) => {
      this.#isExecuting = false;
      this.#deliver(known);
      if (this.#pending.length > 0) this.#options.turnEnd.execute(this);
    });
  }

  #deliver(text: string): void {
    if (this.#isState) this.#deliverState(text);
    else this.#deliverEvent(Buffer.from(text));
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
    // First, because who loses a patch now becomes a newcomer.
    if (this.#newcomers.size > 0) this.#newcomers.hold(payload, number, lost);
    for (const [outlet, first] of this.#members) {
      if (first > number) continue;
      // Of what was lost, a newcomer missed only what came after it.
      outlet.push(payload, Math.min(lost, number - first));
      if (this.#options.source.kind === 'patches' && outlet.dropped > 0 && !outlet.isEnded) {
        this.#members.set(outlet, NONE);
        this.#newcomers.renew(outlet, number + 1);
      }
    }
  }
}
