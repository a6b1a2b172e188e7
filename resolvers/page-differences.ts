import type { OrderedPage } from './ordered-page.ts';

/** A row that is new on a page, with its place there. */
export interface AddedRow<Row> {
  readonly index: number;
  readonly item: Row;
}

/** The whole page. */
export type Snapshot<Row> = OrderedPage<Row>;

/** What is other than on the page before: `removed` are to be taken off first, then `added` put in, in their order. */
export interface Patch<Row> {
  readonly removed: readonly Row[];
  readonly added: readonly AddedRow<Row>[];
  readonly changed: readonly Row[];
  readonly count: number;
  readonly countIsExact: boolean;
  readonly orderIsExact: boolean;
}

/** A page as it was last told: rows are live, so what was told of them is kept beside. */
interface Told<Row> {
  readonly page: OrderedPage<Row>;
  readonly rows: ReadonlyMap<string, { readonly row: Row; readonly values: readonly unknown[] }>;
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Tells pages as what is other than the one before. A row is another one when one of `fields` of it is. */
export class PageDifferences<Row extends object> {
  readonly #keyOf: (row: Row) => string;
  readonly #fields: readonly string[];
  #told: Told<Row> | null = null;

  constructor(keyOf: (row: Row) => string, fields: Iterable<string>) {
    this.#keyOf = keyOf;
    this.#fields = [...fields];
  }

  /** The page that was told last; null before the first one. */
  get snapshot(): Snapshot<Row> | null {
    return this.#told?.page ?? null;
  }

  /** Answers what is to be told of a page; null when nothing is. */
  next(page: OrderedPage<Row>): Snapshot<Row> | Patch<Row> | null {
    const before = this.#told;
    const rows = new Map(page.items.map((row) => [this.#keyOf(row), { row, values: this.#valuesOf(row) }] as const));
    this.#told = { page, rows };
    if (!before) return this.snapshot;
    const added: AddedRow<Row>[] = [];
    const changed: Row[] = [];
    const stayed: string[] = [];
    let index = 0;
    for (const [key, { row, values }] of rows) {
      const known = before.rows.get(key)?.values;
      if (!known) added.push({ index, item: row });
      else {
        stayed.push(key);
        if (values.some((value, i) => value !== known[i])) changed.push(row);
      }
      index++;
    }
    const removed: Row[] = [];
    let at = 0;
    for (const [key, { row }] of before.rows) {
      if (!rows.has(key)) removed.push(row);
      // Rows changed places: that is told best by the page itself.
      else if (stayed[at++] !== key) return this.snapshot;
    }
    // Little of a long page stayed: the page itself is shorter.
    if (added.length > Math.max(10, page.items.length / 2)) return this.snapshot;
    const { count, countIsExact } = page.meta;
    const { orderIsExact } = page;
    const isSame =
      added.length + changed.length + removed.length === 0 &&
      count === before.page.meta.count &&
      countIsExact === before.page.meta.countIsExact &&
      orderIsExact === before.page.orderIsExact;
    return isSame ? null : { removed, added, changed, count, countIsExact, orderIsExact };
  }

  /** What is plain of a row; what it leads to is another matter. */
  #valuesOf(row: Row): unknown[] {
    return this.#fields.map((field) => {
      const value = (row as Record<string, unknown>)[field];
      return isPlain(value) ? value : null;
    });
  }
}
