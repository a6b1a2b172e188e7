import { type Compare, OrderedList } from './ordered-list.ts';

/** A value that rows are found by; compared as a `Map` compares its keys. */
export type IndexValue = string | number | boolean | null;

/** The rows of every value of one column, each in the order of the comparator. A value without rows takes no memory. */
export class ExactIndex<Row> {
  readonly #columnOf: (row: Row) => IndexValue;
  readonly #compare: Compare<Row>;
  readonly #lists = new Map<IndexValue, OrderedList<Row>>();

  constructor(columnOf: (row: Row) => IndexValue, compare: Compare<Row>) {
    this.#columnOf = columnOf;
    this.#compare = compare;
  }

  add(row: Row): void {
    const value = this.#columnOf(row);
    let list = this.#lists.get(value);
    if (list === undefined) {
      list = new OrderedList(this.#compare);
      this.#lists.set(value, list);
    }
    list.insert(row);
  }

  /** Removes the row from the list of its value. Answers false when it is not there: its value changed since `add`. */
  delete(row: Row): boolean {
    const value = this.#columnOf(row);
    const list = this.#lists.get(value);
    if (list === undefined || !list.delete(row)) return false;
    if (list.size === 0) this.#lists.delete(value);
    return true;
  }

  /** The rows of a value; undefined when there are none. */
  rowsOf(value: IndexValue): OrderedList<Row> | undefined {
    return this.#lists.get(value);
  }

  /** Says whether the row has this value. */
  holds(row: Row, value: IndexValue): boolean {
    const own = this.#columnOf(row);
    return own === value || Object.is(own, value);
  }
}
