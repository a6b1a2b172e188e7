import type { SliceResult } from '../../domain.ts';
import { OrderedList } from './ordered-list.ts';
import type { Place, RowOrder } from './row-order.ts';

/** The matches of a search, given in any order: all are counted, and no more are kept than the page needs. */
export class FoundRows<Row> {
  readonly #order: RowOrder<Row>;
  readonly #place: Place | null;
  readonly #offset: number;
  readonly #wanted: number;
  readonly #kept: OrderedList<Row>;
  #count = 0;

  /** The page is `limit` rows behind `place`, or from `offset` when there is no place. */
  constructor(order: RowOrder<Row>, place: Place | null, offset: number, limit: number) {
    this.#order = order;
    this.#place = place;
    this.#offset = place === null ? offset : 0;
    this.#wanted = limit > 0 ? this.#offset + limit : 0;
    this.#kept = new OrderedList<Row>(order.compare);
  }

  add(row: Row): void {
    this.#count += 1;
    if (this.#wanted === 0) return;
    if (this.#place !== null && this.#order.compareTo(row, this.#place) <= 0) return;
    const { last } = this.#kept;
    if (last !== undefined && this.#kept.size >= this.#wanted) {
      if (this.#order.compare(row, last) > 0) return;
      this.#kept.delete(last);
    }
    this.#kept.insert(row);
  }

  page(countIsExact: boolean): SliceResult<Row> {
    const items = this.#kept.slice(this.#offset, this.#wanted);
    return pageOf(this.#order, items, this.#count, countIsExact);
  }
}

/** A page of rows with the cursor of the last one. */
export function pageOf<Row>(
  order: RowOrder<Row>,
  items: readonly Row[],
  count: number,
  countIsExact: boolean,
): SliceResult<Row> {
  const last = items.at(-1);
  return { items, count, countIsExact, lastKey: last === undefined ? null : order.cursorOf(last) };
}
