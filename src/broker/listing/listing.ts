import type { MaybePromise, SliceResult } from '../../domain.ts';
import { staleCursor } from '../../refusals.ts';
import { ExactIndex, type IndexValue } from './exact-index.ts';
import { FoundRows, pageOf } from './found-rows.ts';
import { OrderedList } from './ordered-list.ts';
import { insertionOrder, keyOrder, type Numbered, type Place, type RowOrder } from './row-order.ts';
import { RowRange } from './row-range.ts';
import { defaultPace, type Pace, scan } from './scan.ts';

/** The columns by which rows are found. What they answer of a row must not change while the row is listed. */
export interface ListingIndexes<Row, Name extends string> {
  /** Columns for equality, by name. */
  readonly exact: { readonly [K in Name]: (row: Row) => IndexValue };
  /** The column for prefixes, when there is one. */
  readonly sorted?: (row: Row) => string;
}

/** What a page is asked for; all conditions hold together. */
export interface ListingQuery<Row, Name extends string> {
  readonly exact: readonly (readonly [Name, IndexValue])[];
  /** Of the sorted column. The answer is then in the order of that column, under '' too; else in insertion order. */
  readonly prefix: string | null;
  /** A condition that no index knows; makes the search a scan. */
  readonly where: ((row: Row) => boolean) | null;
  /** Rows of this table, narrowed by other means, in insertion order. */
  readonly candidates: readonly Row[] | null;
  /** Rows to pass over; ignored when `after` is given. */
  readonly offset: number;
  readonly limit: number;
  /** `lastKey` of an earlier page in the same order: the rows behind that row, even when it left. */
  readonly after: string | null;
}

interface SortedColumn<Row> {
  readonly keyOf: (row: Row) => string;
  readonly order: RowOrder<Row>;
  readonly rows: OrderedList<Row>;
}

/**
 * A table of rows that answers pages. None or one indexed condition costs O(limit + log N); several, or a `where`,
 * scan the smallest indexed set.
 */
export class Listing<Row extends Numbered, Name extends string = string> {
  readonly #insertion: RowOrder<Row> = insertionOrder<Row>();
  readonly #all = new OrderedList<Row>(this.#insertion.compare);
  readonly #exact = new Map<string, ExactIndex<Row>>();
  readonly #sorted: SortedColumn<Row> | null = null;
  readonly #pace: Pace;
  #lowestSeq = Number.POSITIVE_INFINITY;
  #highestSeq = Number.NEGATIVE_INFINITY;

  /** `pace` overrides clock, waiting, slice and budget of scans. */
  constructor(indexes: ListingIndexes<Row, Name>, pace: Partial<Pace> = {}) {
    for (const [name, columnOf] of Object.entries<(row: Row) => IndexValue>(indexes.exact)) {
      this.#exact.set(name, new ExactIndex(columnOf, this.#insertion.compare));
    }
    if (indexes.sorted !== undefined) {
      const order = keyOrder(indexes.sorted);
      this.#sorted = { keyOf: indexes.sorted, order, rows: new OrderedList(order.compare) };
    }
    this.#pace = { ...defaultPace, ...pace };
  }

  get size(): number {
    return this.#all.size;
  }

  /** Lists a row. Throws a RangeError when its `seq` is listed already or is no safe integer from 0. */
  add(row: Row): void {
    const { seq } = row;
    if (!Number.isSafeInteger(seq) || seq < 0) throw new RangeError(`seq must be a safe integer from 0, not ${seq}`);
    if (!this.#all.insert(row)) throw new RangeError(`seq ${seq} is listed already`);
    for (const index of this.#exact.values()) index.add(row);
    this.#sorted?.rows.insert(row);
    this.#lowestSeq = Math.min(this.#lowestSeq, seq);
    this.#highestSeq = Math.max(this.#highestSeq, seq);
  }

  /** Removes the row with the `seq` of `row`. Answers false when there is none. */
  delete(row: Row): boolean {
    const listed = this.#find(row.seq);
    if (listed === undefined) return false;
    this.#all.delete(listed);
    let isWhole = this.#sorted?.rows.delete(listed) ?? true;
    for (const index of this.#exact.values()) isWhole = index.delete(listed) && isWhole;
    if (!isWhole) throw new Error(`row ${row.seq} changed an indexed column while it was listed`);
    return true;
  }

  /** All rows with this value, oldest first, read as they are asked for: rows may come and go meanwhile. */
  first(name: Name, value: IndexValue): Iterable<Row> {
    return this.#index(name).rowsOf(value) ?? [];
  }

  countOf(name: Name, value: IndexValue): number {
    return this.#index(name).rowsOf(value)?.size ?? 0;
  }

  /**
   * Rows `offset` to `offset + limit` of those that match, or the `limit` rows behind `after`; `count` is of all
   * that match. A search that indexes answer, or that ends within one slice, answers at once, any other by promise.
   * A scan past its budget answers what it found by then, with `countIsExact` false. Rows that come or go while a
   * scan rests may or may not be counted; the others are, once. Refuses with CURSOR_EXPIRED.
   */
  page(query: ListingQuery<Row, Name>): MaybePromise<SliceResult<Row>> {
    const order = query.prefix === null ? this.#insertion : this.#sortedColumn().order;
    const place = query.after === null ? null : this.#placeOf(query.after, order);
    const ranges = this.#rangesOf(query);
    const [base = this.#everything(), ...others] = ranges.sort((a, b) => a.size - b.size);
    if (others.length === 0 && query.where === null) {
      return pageOf(order, base.slice(place, query.offset, query.limit), base.size, true);
    }
    const tests = others.map((range) => range.holds);
    // Candidates were gathered before the scan; every other set follows the table by itself.
    if (query.candidates !== null) tests.push((row) => this.#all.has(row));
    if (query.where !== null) tests.push(query.where);
    const found = new FoundRows(order, place, query.offset, query.limit);
    const visit = (row: Row): void => {
      for (const test of tests) if (!test(row)) return;
      found.add(row);
    };
    const ended = scan(base.walk(base.order === order ? place : null), visit, this.#pace);
    return ended instanceof Promise ? ended.then((exact) => found.page(exact)) : found.page(ended);
  }

  /** One range for every condition that an index or the candidates answer. */
  #rangesOf(query: ListingQuery<Row, Name>): RowRange<Row>[] {
    const { prefix, candidates } = query;
    const ranges = query.exact.map(([name, value]) => {
      const index = this.#index(name);
      const rows = index.rowsOf(value) ?? new OrderedList(this.#insertion.compare);
      return new RowRange(rows, this.#insertion, (row) => index.holds(row, value));
    });
    if (prefix !== null) {
      const { keyOf, order, rows } = this.#sortedColumn();
      ranges.push(new RowRange(rows, order, (row) => keyOf(row).startsWith(prefix), { text: prefix, keyOf }));
    }
    if (candidates !== null) {
      const rows = new OrderedList(this.#insertion.compare, candidates.slice());
      ranges.push(new RowRange(rows, this.#insertion, (row) => rows.has(row)));
    }
    return ranges;
  }

  #everything(): RowRange<Row> {
    return new RowRange(this.#all, this.#insertion, () => true);
  }

  #find(seq: number): Row | undefined {
    return this.#all.find((row) => row.seq - seq);
  }

  #index(name: Name): ExactIndex<Row> {
    const index = this.#exact.get(name);
    if (index === undefined) throw new Error(`the table has no index '${name}'`);
    return index;
  }

  #sortedColumn(): SortedColumn<Row> {
    if (this.#sorted === null) throw new Error('the table has no sorted column');
    return this.#sorted;
  }

  /** Refuses what cannot have been given out; a row that left cannot be asked, so its numbers are believed. */
  #placeOf(cursor: string, order: RowOrder<Row>): Place {
    const place = order.placeOf(cursor);
    if (place === null || place.seq < this.#lowestSeq || place.seq > this.#highestSeq) throw staleCursor(cursor);
    const listed = this.#find(place.seq);
    if (listed !== undefined && order.cursorOf(listed) !== cursor) throw staleCursor(cursor);
    return place;
  }
}
