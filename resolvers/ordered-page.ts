import { isPromise, type ListQuery, type MaybePromise, type Page, type PageMeta } from '../src/domain.ts';

/** Rows that are sorted for an order that no index has. */
const MOST_SORTED = 10_000;

/** By which column, and from which end. */
export interface Order<Column extends string> {
  readonly by: Column;
  readonly direction: 'ASC' | 'DESC';
}

export interface OrderedPage<Row> extends Page<Row> {
  /**
   * False when only the first rows that match were sorted, when a search for them ended at its budget, and when the rows of
   * several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: boolean;
}

export interface Columns<Row, Filter, Column extends string> {
  readonly list: (query: ListQuery<Filter>) => MaybePromise<Page<Row>>;
  /** How many nodes a list without a node is of. */
  readonly nodesCount: number;
  /** The column in whose order the list is by itself; its values are those of one node. */
  readonly natural: Column;
  /** What the other columns have of a row. */
  readonly columnOf: (row: Row, column: Column) => string | number | null;
}

/** What all filters of these lists have. */
export interface Prefixed {
  readonly clientIdPrefix?: string | null | undefined;
}

/** The whole list from its first row on. */
const first = (limit: number) => ({ page: 1, limit, after: null });

/**
 * A page of a list in some order. By client id, and in the list's own order, it costs what a page costs; any other order
 * is that of the first 10 000 rows that match.
 */
export async function orderedPage<Row, Filter extends Prefixed, Column extends string>(
  { list, nodesCount, natural, columnOf }: Columns<Row, Filter, Column>,
  query: ListQuery<Filter>,
  { by, direction }: Order<Column>,
): Promise<OrderedPage<Row>> {
  const isOneNode = query.node !== null || nodesCount === 1;
  const isPrefixed = query.filter.clientIdPrefix != null;
  const inOrder =
    by === 'CLIENT_ID'
      ? // Lists are in the order of the client id when they are asked for a prefix of it.
        { ...query, filter: { ...query.filter, clientIdPrefix: query.filter.clientIdPrefix ?? '' } }
      : by === natural && !isPrefixed
        ? query
        : null;
  if (inOrder) {
    const page = direction === 'ASC' ? await list(inOrder) : await fromTheEnd(list, inOrder);
    return { ...page, orderIsExact: page.meta.countIsExact && isOneNode };
  }
  const { items, meta } = await list({ ...query, page: first(MOST_SORTED) });
  const sign = direction === 'ASC' ? 1 : -1;
  // Each value is read once: some of them are counted.
  const valued = items.map((row) => ({ row, value: columnOf(row, by) }));
  valued.sort((a, b) => sign * compareValues(a.value, b.value));
  const { page, limit } = query.page;
  return {
    items: valued.slice((page - 1) * limit, page * limit).map(({ row }) => row),
    meta: { ...meta, page, limit, endCursor: null },
    orderIsExact: meta.countIsExact && meta.count <= MOST_SORTED && (isOneNode || by !== natural),
  };
}

/** Page 1 has the last rows, the last one first. */
async function fromTheEnd<Row, Filter>(
  list: Columns<Row, Filter, string>['list'],
  query: ListQuery<Filter>,
): Promise<Page<Row>> {
  const { page, limit } = query.page;
  const { meta } = await ready(list({ ...query, page: first(1) }));
  const end = meta.count - (page - 1) * limit;
  const start = Math.max(0, end - limit);
  const made: PageMeta = { ...meta, page, limit, endCursor: null };
  if (end <= 0) return { items: [], meta: made };
  // Pages are of one length, so the rows may lie in two of them.
  const length = end - start;
  const number = Math.floor(start / length) + 1;
  const before = await ready(list({ ...query, page: { page: number, limit: length, after: null } }));
  const behind =
    start % length === 0
      ? { items: [] }
      : await ready(list({ ...query, page: { page: number + 1, limit: length, after: null } }));
  const rows = [...before.items, ...behind.items].slice(start % length, (start % length) + length);
  return { items: rows.reverse(), meta: made };
}

const ready = async <T>(value: MaybePromise<T>): Promise<T> => (isPromise(value) ? await value : value);

/** Null comes first. */
function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
