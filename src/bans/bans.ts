import { Listing } from '../broker/listing/listing.ts';
import { OrderedList } from '../broker/listing/ordered-list.ts';
import {
  type Ban,
  type BanFilter,
  type BanKey,
  BrokerError,
  type KeptBans,
  limitExceeded,
  type MaybePromise,
  type NewBan,
  type Slice,
  type SliceResult,
  shown,
  throwStoreFailed,
} from '../domain.ts';
import { Signal } from '../signal.ts';
import type { Change, Store } from '../store/key-space.ts';
import { knownKey } from './ban-checks.ts';
import { type Bannable, BanTable } from './ban-table.ts';
import type { Exemption } from './exemption.ts';

const SPACE = 'bans';
const KINDS = ['CLIENT_ID', 'USERNAME', 'IP_ADDRESS'] as const;

/** Milliseconds after which the wall clock is looked at again: it may have been set. */
const LONGEST_WAIT = 30_000;

const MOST_TEXT = 256 * 1024 * 1024;

/** Bans of one batch: nobody else waits longer than for so many. */
const KEPT_AT_ONCE = 1000;

/** Bans that end in one turn of the event loop. */
const ENDED_AT_ONCE = 500;

/** A ban as the table and the store keep it. */
interface Row extends Ban {
  readonly seq: number;
}

/** A ban that ends by itself. */
type EndingRow = Row & { readonly until: number };

const isEnding = (row: Row): row is EndingRow => row.until !== null;

export interface BansOptions {
  /** Read whenever it is needed. */
  readonly limits: { readonly maxBans: number };
  readonly exemption: Exemption;
  /** Told of writes that nobody waits for and that failed. */
  readonly onFault: (fault: unknown) => void;
  /** Characters of all texts of bans together; 256 Mi unless given. */
  readonly mostText?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const textOf = ({ who, reason, by, desc }: NewBan): number =>
  who.length + (reason?.length ?? 0) + (by?.length ?? 0) + (desc?.length ?? 0);

const keyOf = ({ as, who }: BanKey): string => `${as}:${who}`;

/**
 * Who may not come in. Bans lie in the store, and in memory by whom they concern. One that ends by itself leaves both,
 * with one timer for all; from its last millisecond on it concerns nobody, whenever that timer comes.
 */
export class Bans {
  /** Tells of a ban that holds. */
  readonly begun: Signal<[ban: Ban]>;
  /** Tells of a ban that is no more: deleted, at its end, or replaced by another of the same key. */
  readonly ended: Signal<[ban: Ban]>;
  /** Called with bans once they hold; answers how many connections they ended. */
  onKept: (bans: readonly Ban[]) => MaybePromise<number> = () => 0;
  readonly #store: Store;
  readonly #options: BansOptions;
  readonly #now: () => number;
  readonly #table = new BanTable<Row>();
  readonly #listing = new Listing<Row, 'as' | 'by'>({
    exact: { as: (row) => row.as, by: (row) => row.by },
    sorted: (row) => row.who,
  });
  readonly #byEnd = new OrderedList<EndingRow>((a, b) => a.until - b.until || a.seq - b.seq);
  /** Keys of bans that ended by themselves, and are still in the store. */
  readonly #leftovers = new Map<string, BanKey>();
  #timer: NodeJS.Timeout | null = null;
  #isRunning = false;
  #lastSeq = 0;
  #text = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, options: BansOptions) {
    this.#store = store;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.begun = new Signal(options.onFault);
    this.ended = new Signal(options.onFault);
  }

  /** Reads the bans of a store. */
  static async open(store: Store, options: BansOptions): Promise<Bans> {
    const bans = new Bans(store, options);
    const rows: Row[] = [];
    for await (const [, row] of store.space<Row>(SPACE).entries()) rows.push(row);
    rows.sort((a, b) => a.seq - b.seq);
    for (const row of rows) bans.#add(row);
    return bans;
  }

  /** Ends those whose time has come, among them those whose end nobody saw, and goes on doing so. */
  start(): void {
    this.#isRunning = true;
    this.#sweep();
  }

  get size(): number {
    return this.#table.size;
  }

  /** The ban that keeps a client out; with several, the one that holds longest. */
  match(client: Bannable): Ban | null {
    if (this.#table.size === 0) return null;
    const now = this.#now();
    const ban = this.#table.match(client, now);
    if (ban?.as !== 'IP_ADDRESS' || !this.#options.exemption.has(client.ipAddress)) return ban;
    const { clientId, username } = client;
    return this.#table.match({ clientId, username, ipAddress: '' }, now);
  }

  /** The ban of a key in its one spelling. */
  get(key: BanKey): Ban | null {
    const ban = this.#table.get(key);
    return ban?.until != null && ban.until <= this.#now() ? null : ban;
  }

  /** Those whom somebody banned, as their bans say. */
  *madeBy(by: string): Generator<Ban, void> {
    const now = this.#now();
    for (const ban of this.#listing.first('by', by)) if (ban.until === null || ban.until > now) yield ban;
  }

  /** Oldest first; in the order of `who` under a prefix alone. */
  page({ filter, offset, limit, after }: Slice<BanFilter>): MaybePromise<SliceResult<Ban>> {
    this.#sweep();
    const { as, who, whoPrefix, whoContains, by, reason } = filter;
    return this.#listing.page({
      exact: [...(as == null ? [] : [['as', as] as const]), ...(by == null ? [] : [['by', by] as const])],
      prefix: whoPrefix ?? null,
      where:
        whoContains == null && reason == null
          ? null
          : (row) => row.who.includes(whoContains ?? '') && (reason == null || row.reason === reason),
      candidates: who == null ? null : this.#named(who),
      offset,
      limit,
      after,
    });
  }

  /** The bans of this name, of every kind. */
  #named(who: string): Row[] {
    const keys = KINDS.map((as) => knownKey({ as, who }));
    const rows = keys.map((key) => key && this.#table.get(key)).filter((row) => row !== null);
    return rows.sort((a, b) => a.seq - b.seq);
  }

  /**
   * Keeps bans, each in the place of one with the same key, and resolves when they hold and are stored. Keys are in
   * their one spelling. Refuses all of them with LIMIT_EXCEEDED when there would be more than `most`, which is the limit
   * of all unless it is given. Refuses with UNAVAILABLE when the store takes no writes; of very many, some hold already
   * then.
   */
  async put(bans: readonly NewBan[], most = this.#options.limits.maxBans): Promise<KeptBans> {
    const kept: Ban[] = [];
    const ends: MaybePromise<number>[] = [];
    await this.#alone(async () => {
      this.#checkRoom(bans, most);
      for (let at = 0; at < bans.length; at += KEPT_AT_ONCE) {
        const rows = await this.#write(bans.slice(at, at + KEPT_AT_ONCE));
        kept.push(...rows);
        ends.push(this.onKept(rows));
      }
    });
    const counts = await Promise.all(ends);
    return { bans: kept, disconnectedCount: counts.reduce((sum, count) => sum + count, 0) };
  }

  #checkRoom(bans: readonly NewBan[], most: number): void {
    const fresh = new Set(bans.filter((ban) => !this.#table.get(ban)).map(keyOf));
    const count = this.size + fresh.size;
    if (fresh.size > 0 && count > most) {
      const message = `there would be ${count} bans; the limit is ${most}`;
      throw new BrokerError('LIMIT_EXCEEDED', message, { value: count });
    }
    const { mostText = MOST_TEXT } = this.#options;
    let text = this.#text;
    for (const ban of new Map(bans.map((each) => [keyOf(each), each])).values()) {
      const replaced = this.#table.get(ban);
      text += textOf(ban) - (replaced ? textOf(replaced) : 0);
    }
    if (text > mostText) throw limitExceeded('the text of all bans', text, mostText, 'characters');
  }

  async #write(bans: readonly NewBan[]): Promise<readonly Ban[]> {
    const createdAt = this.#now();
    const rows = bans.map(({ as, who, reason, by, desc, until }): Row => {
      this.#lastSeq += 1;
      return { seq: this.#lastSeq, as, who, reason, by, desc, until, createdAt };
    });
    await this.#change(rows.map((row) => ({ type: 'put', space: SPACE, key: keyOf(row), value: row })));
    for (const row of rows) {
      const replaced = this.#table.get(row);
      if (replaced) this.#remove(replaced);
      this.#leftovers.delete(keyOf(row));
      this.#add(row);
      if (replaced) this.ended.tell(replaced);
      this.begun.tell(row);
    }
    this.#wait();
    return rows;
  }

  /**
   * Ends bans, whose keys are in their one spelling, where they match; answers those that were there. Refuses with
   * UNAVAILABLE.
   */
  delete(keys: readonly BanKey[], filter: BanFilter = {}): Promise<readonly Ban[]> {
    return this.#alone(async () => {
      const known = [...new Set(keys.map((key) => this.#table.get(key)))].filter((row) => row !== null);
      const rows = known.filter((row) => doesMatch(row, filter));
      if (rows.length > 0) await this.#change(rows.map((row) => ({ type: 'delete', space: SPACE, key: keyOf(row) })));
      // One may have come to its end meanwhile.
      const deleted = rows.filter((row) => this.#table.get(row) === row);
      for (const row of deleted) {
        this.#remove(row);
        this.ended.tell(row);
      }
      return deleted;
    });
  }

  /** Stops the timer, and resolves when nothing is being written; to be called before the store closes. */
  async close(): Promise<void> {
    this.#isRunning = false;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#last;
  }

  #add(row: Row): void {
    this.#lastSeq = Math.max(this.#lastSeq, row.seq);
    this.#table.set(row);
    this.#listing.add(row);
    this.#text += textOf(row);
    if (isEnding(row)) this.#byEnd.insert(row);
  }

  #remove(row: Row): void {
    this.#table.delete(row);
    this.#listing.delete(row);
    this.#text -= textOf(row);
    if (isEnding(row)) this.#byEnd.delete(row);
  }

  /** One change after the other: what is in memory follows what is stored in the same order. */
  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  async #change(changes: readonly Change[]): Promise<void> {
    await this.#store.batch(changes).catch(throwStoreFailed);
  }

  #sweep(): void {
    if (!this.#isRunning) return;
    const now = this.#now();
    const over = this.#byEnd.slice(0, ENDED_AT_ONCE).filter(({ until }) => until <= now);
    for (const row of over) {
      this.#remove(row);
      this.#leftovers.set(keyOf(row), { as: row.as, who: row.who });
      this.ended.tell(row);
    }
    if (over.length > 0) void this.#alone(() => this.#clean()).catch(this.#options.onFault);
    this.#wait();
  }

  /** Removes from the store what has left memory. What cannot be removed now is tried with the next. */
  async #clean(): Promise<void> {
    const keys = [...this.#leftovers.keys()];
    if (keys.length === 0) return;
    await this.#store.batch(keys.map((key) => ({ type: 'delete', space: SPACE, key })));
    for (const key of keys) this.#leftovers.delete(key);
  }

  #wait(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const [first] = this.#byEnd.slice(0, 1);
    if (!this.#isRunning || !first) return;
    // At least a millisecond: the rest of very many that end together is for a later turn.
    const wait = Math.min(Math.max(first.until - this.#now(), 1), LONGEST_WAIT);
    this.#timer = setTimeout(() => this.#sweep(), wait).unref();
  }
}

/** Whether a filter finds a ban. */
function doesMatch(ban: Ban, { as, who, whoPrefix, whoContains, by, reason }: BanFilter): boolean {
  return (
    (as == null || ban.as === as) &&
    (who == null || ban.who === knownKey({ as: ban.as, who })?.who) &&
    ban.who.startsWith(whoPrefix ?? '') &&
    ban.who.includes(whoContains ?? '') &&
    (by == null || ban.by === by) &&
    (reason == null || ban.reason === reason)
  );
}

/** A ban as the reason for a refusal, in one sentence. */
export function sentenceOf({ as, who, until, reason }: Ban): string {
  const what = { CLIENT_ID: 'client id', USERNAME: 'user name', IP_ADDRESS: 'address' }[as];
  const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
  return `${what} '${shown(who)}' is banned${end}${reason === null ? '' : `: ${shown(reason)}`}`;
}
