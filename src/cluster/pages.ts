import {
  type ListQuery,
  type MaybePromise,
  type NodeHandle,
  type Page,
  type SliceResult,
  staleCursor,
  whenReady,
} from '../domain.ts';

type List<Filter, Row> = (
  node: NodeHandle,
  slice: { filter: Filter; offset: number; limit: number; after: string | null },
) => MaybePromise<SliceResult<Row>>;

interface Place {
  readonly node: NodeHandle;
  readonly key: string;
}

/** A cursor names its node, the start of that node, and the row there. */
const cursorOf = ({ node, key }: Place): string =>
  Buffer.from(JSON.stringify([node.name, node.incarnation, key])).toString('base64url');

function placeOf(cursor: string, nodes: readonly NodeHandle[]): Place {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw staleCursor(cursor);
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw staleCursor(cursor);
  const [name, incarnation, key] = parts;
  const node = nodes.find((candidate) => candidate.name === name && candidate.incarnation === incarnation);
  if (!node || typeof key !== 'string') throw staleCursor(cursor);
  return { node, key };
}

interface Progress<Row> {
  items: readonly Row[];
  offset: number;
  count: number;
  countIsExact: boolean;
  last: Place | null;
}

/** A page of the rows of all nodes, one node's rows behind the other's, in the order of `nodes`. */
export function pageAcross<Filter, Row>(
  nodes: readonly NodeHandle[],
  { page, filter }: ListQuery<Filter>,
  list: List<Filter, Row>,
): MaybePromise<Page<Row>> {
  const start = page.after === null ? null : placeOf(page.after, nodes);
  const progress: Progress<Row> = {
    items: [],
    offset: start ? 0 : (page.page - 1) * page.limit,
    count: 0,
    countIsExact: true,
    last: null,
  };
  let isBehindStart = start === null;

  const visit = (index: number): MaybePromise<Page<Row>> => {
    const node = nodes[index];
    if (!node) {
      const { items, count, countIsExact, last } = progress;
      const endCursor = last ? cursorOf(last) : null;
      return { items, meta: { page: page.page, limit: page.limit, count, countIsExact, endCursor } };
    }
    const isStart = node === start?.node;
    const wanted = isBehindStart || isStart ? page.limit - progress.items.length : 0;
    const offset = progress.offset;
    const answered = list(node, { filter, offset, limit: wanted, after: isStart ? start.key : null });
    isBehindStart ||= isStart;
    return whenReady(answered, (slice) => {
      progress.items = progress.items.length === 0 ? slice.items : progress.items.concat(slice.items);
      progress.offset = Math.max(0, offset - slice.count);
      progress.count += slice.count;
      progress.countIsExact &&= slice.countIsExact;
      if (slice.lastKey !== null) progress.last = { node, key: slice.lastKey };
      return visit(index + 1);
    });
  };
  return visit(0);
}
