import type { LiveSource } from '../../../resolvers/live-source.ts';
import { isPromise, type MaybePromise } from '../../domain.ts';
import type { Outlet } from './outlet.ts';
import type { TurnEnd, Work } from './turn-end.ts';

export interface NewcomersOptions {
  readonly source: LiveSource<unknown>;
  readonly turnEnd: TurnEnd;
  /** As that of the channel. */
  readonly execute: (value: unknown) => MaybePromise<string>;
  /** Number of the next event that comes. */
  readonly came: () => number;
  /** Called when one was sent all that comes first, with the number of the first event that it got. */
  readonly onSettled: (outlet: Outlet, first: number) => void;
}

interface Newcomer {
  readonly outlet: Outlet;
  /** What it gets first; null while it lost patches, and its client takes nothing that could make them good. */
  values: Iterator<unknown> | null;
  /** The number of the first event that follows, or that it loses. */
  first: number;
}

/**
 * Those of a channel who get what `begin` answers, and then what follows. It is taken as fast as each of them reads, and
 * never dropped; what follows waits behind it, within the bounds of the outlet. Who loses a patch is a newcomer again.
 */
export class Newcomers implements Work {
  readonly #options: NewcomersOptions;
  readonly #newcomers = new Map<Outlet, Newcomer>();
  /** Those who take more, each behind those who waited longer. */
  readonly #hungry = new Set<Newcomer>();
  /** What was executed last: those who come at once get the same, and a page is the same until it is looked at again. */
  #last: { readonly value: unknown; readonly payload: MaybePromise<Buffer> } | null = null;

  constructor(options: NewcomersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#newcomers.size;
  }

  /** Throws what `begin` throws. */
  add(outlet: Outlet): void {
    this.#set({ outlet, values: this.#begin(), first: this.#options.came() });
  }

  /** It lost a patch before the event `first`: it gets all in the place of what it was not sent, when it reads again. */
  renew(outlet: Outlet, first: number): void {
    this.#set({ outlet, values: null, first });
    outlet.forsake();
  }

  delete(outlet: Outlet): void {
    const newcomer = this.#newcomers.get(outlet);
    if (!newcomer) return;
    this.#newcomers.delete(outlet);
    this.#hungry.delete(newcomer);
    if (this.#newcomers.size === 0 && this.#options.source.kind !== 'patches') this.#last = null;
  }

  #set(newcomer: Newcomer): void {
    this.delete(newcomer.outlet);
    this.#newcomers.set(newcomer.outlet, newcomer);
    this.#feed(newcomer);
  }

  #begin(): Iterator<unknown> {
    return (this.#options.source.begin?.() ?? [])[Symbol.iterator]();
  }

  /** Whether one of them gets the event with this number. */
  want(number: number): boolean {
    for (const { values, first } of this.#newcomers.values()) if (values && first <= number) return true;
    return false;
  }

  /** Takes an event for all of them, after `lost` that nobody has any more. */
  hold(payload: Buffer, number: number, lost: number): void {
    const isPatch = this.#options.source.kind === 'patches';
    for (const { outlet, values, first } of this.#newcomers.values()) {
      if (first > number) continue;
      // Of what was lost, it missed only what came after it.
      const missed = Math.min(lost, number - first);
      if (!values) outlet.skip(missed + 1);
      else if (!outlet.hold(payload, missed) && isPatch) this.renew(outlet, number + 1);
    }
  }

  work(isOver: () => boolean): boolean {
    for (const newcomer of this.#hungry) {
      this.#hungry.delete(newcomer);
      this.#serve(newcomer);
      if (isOver()) break;
    }
    return this.#hungry.size === 0;
  }

  #feed(newcomer: Newcomer): void {
    if (this.#newcomers.get(newcomer.outlet) !== newcomer) return;
    this.#hungry.add(newcomer);
    this.#options.turnEnd.execute(this);
  }

  #serve(newcomer: Newcomer): void {
    const { outlet } = newcomer;
    if (!outlet.hasRoom) {
      outlet.whenDrained(() => this.#feed(newcomer));
      return;
    }
    try {
      if (!newcomer.values) {
        newcomer.values = this.#begin();
        newcomer.first = this.#options.came();
      }
      const { value, done } = newcomer.values.next();
      if (!done) this.#lead(newcomer, value);
      else if (outlet.settle()) this.#settle(newcomer);
      else outlet.whenDrained(() => this.#feed(newcomer));
    } catch (error) {
      outlet.failBehind(error);
    }
  }

  #lead(newcomer: Newcomer, value: unknown): void {
    const payload = this.#payloadOf(value);
    const lead = (known: Buffer): void => {
      if (this.#newcomers.get(newcomer.outlet) !== newcomer) return;
      newcomer.outlet.lead(known);
      this.#feed(newcomer);
    };
    if (isPromise(payload)) void payload.then(lead);
    else lead(payload);
  }

  #payloadOf(value: unknown): MaybePromise<Buffer> {
    const last = this.#last;
    if (last && last.value === value) return last.payload;
    const text = this.#options.execute(value);
    const payload = isPromise(text) ? text.then((known) => Buffer.from(known)) : Buffer.from(text);
    this.#last = { value, payload };
    return payload;
  }

  #settle({ outlet, first }: Newcomer): void {
    this.delete(outlet);
    this.#options.onSettled(outlet, first);
  }
}
