import type { OrderedList } from './ordered-list.ts';
import type { Place, RowOrder } from './row-order.ts';

/** The rows whose key begins with `text`, in a list in the order of that key. */
export interface PrefixBound<Row> {
  readonly text: string;
  readonly keyOf: (row: Row) => string;
}

/** The rows that satisfy one condition, as an index holds them: an ordered list, or the part of it under a prefix. */
export class RowRange<Row> {
  readonly order: RowOrder<Row>;
  /** Says of any row of the table whether it satisfies the condition. */
  readonly holds: (row: Row) => boolean;
  readonly #list: OrderedList<Row>;
  readonly #prefix: PrefixBound<Row> | null;

  constructor(
    list: OrderedList<Row>,
    order: RowOrder<Row>,
    holds: (row: Row) => boolean,
    prefix: PrefixBound<Row> | null = null,
  ) {
    this.#list = list;
    this.order = order;
    this.holds = holds;
    this.#prefix = prefix;
  }

  get size(): number {
    return this.#end() - this.#start();
  }

  /** At most `limit` rows: those behind `place`, or from `offset` when there is no place. */
  slice(place: Place | null, offset: number, limit: number): Row[] {
    const start = this.#start();
    const from = place === null ? start + offset : Math.max(start, this.#list.rankOf(behind(this.order, place)));
    return this.#list.slice(from, Math.min(limit, this.#end() - from));
  }

  /**
   * Every row once: those behind `place` first, so that a page is filled before the rest is counted, then those up
   * to it. Rows may come and go meanwhile.
   */
  *walk(place: Place | null): Generator<Row, void, undefined> {
    const { order } = this;
    const pastPlace = place === null ? null : behind(order, place);
    const first = (row: Row): number => (this.#precedes(row) ? -1 : 1);
    const from = pastPlace === null ? first : (row: Row) => (this.#precedes(row) ? -1 : pastPlace(row));
    for (const row of this.#list.walk(from)) {
      if (!this.#reaches(row)) break;
      yield row;
    }
    if (place === null) return;
    for (const row of this.#list.walk(first)) {
      if (!this.#reaches(row) || order.compareTo(row, place) > 0) return;
      yield row;
    }
  }

  #start(): number {
    return this.#prefix === null ? 0 : this.#list.rankOf((row) => (this.#precedes(row) ? -1 : 1));
  }

  #end(): number {
    if (this.#prefix === null) return this.#list.size;
    return this.#list.rankOf((row) => (this.#precedes(row) || this.#reaches(row) ? -1 : 1));
  }

  #precedes(row: Row): boolean {
    return this.#prefix !== null && this.#prefix.keyOf(row) < this.#prefix.text;
  }

  // Keys with one prefix are neighbours, so the end is found by the prefix itself: no string is the successor of '\uffff'.
  #reaches(row: Row): boolean {
    return this.#prefix === null || this.#prefix.keyOf(row).startsWith(this.#prefix.text);
  }
}

/** The place right behind `place`, whether or not its row is still there. */
function behind<Row>(order: RowOrder<Row>, place: Place): (row: Row) => number {
  return (row) => (order.compareTo(row, place) <= 0 ? -1 : 1);
}
