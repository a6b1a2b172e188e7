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

/** A page as it was last told. */
interface Told<Row> {
  readonly page: OrderedPage<Row>;
  readonly rows: ReadonlyMap<string, Row>;
}

/** What is plain of a row is compared; what it leads to is another matter. */
const plain = (value: unknown): unknown => (typeof value === 'object' && value !== null ? null : value);

/**
 * Tells pages as what is other than the one before. Rows go on changing: of each, `fields` are kept as they were when the
 * page was looked at, and these are told and compared, so that a row that is other again by the next look was never told
 * as it was between.
 */
export class PageDifferences<Row extends object> {
  readonly #keyOf: (row: Row) => string;
  readonly #fields: readonly (keyof Row)[];
  #told: Told<Row> | null = null;

  /** `fields` are all that whoever is told looks at; names that a row does not have are passed over. */
  constructor(keyOf: (row: Row) => string, fields: Iterable<string>) {
    this.#keyOf = keyOf;
    this.#fields = [...fields] as (keyof Row)[];
  }

  /** The page that was told last; null before the first one. */
  get snapshot(): Snapshot<Row> | null {
    return this.#told?.page ?? null;
  }

  /** Answers what is to be told of a page; null when nothing is. */
  next(page: OrderedPage<Row>): Snapshot<Row> | Patch<Row> | null {
    const before = this.#told;
    const rows = new Map(page.items.map((row) => [this.#keyOf(row), this.#asItIs(row)] as const));
    this.#told = { page: { ...page, items: [...rows.values()] }, rows };
    if (!before) return this.snapshot;
    const added: AddedRow<Row>[] = [];
    const changed: Row[] = [];
    const stayed: string[] = [];
    let index = 0;
    for (const [key, row] of rows) {
      const known = before.rows.get(key);
      if (!known) added.push({ index, item: row });
      else {
        stayed.push(key);
        if (this.#fields.some((field) => plain(row[field]) !== plain(known[field]))) changed.push(row);
      }
      index++;
    }
    const removed: Row[] = [];
    let at = 0;
    for (const [key, row] of before.rows) {
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

  #asItIs(row: Row): Row {
    const copy: Partial<Row> = {};
    for (const field of this.#fields) {
      const value = row[field];
      if (value !== undefined) copy[field] = value;
    }
    return copy as Row;
  }
}
