import { describe, expect, test } from 'vitest';
import { orderedPage } from '../../resolvers/ordered-page.ts';
import type { ListQuery, Page } from '../../src/domain.ts';

interface Row {
  readonly clientId: string;
  readonly age: number;
}

type Filter = { readonly clientIdPrefix?: string | null };

const rows: Row[] = ['b', 'a', 'c'].map((clientId, age) => ({ clientId, age }));

/** A page of a table of three rows, or of the first ones that a search found before its budget was spent. */
function pageOf(
  [by, direction]: readonly ['CLIENT_ID' | 'AGE' | 'OTHER', 'ASC' | 'DESC'],
  { countIsExact = true, nodesCount = 1, node = null as string | null, clientIdPrefix = null as string | null } = {},
) {
  const list = ({ page, filter }: ListQuery<Filter>): Page<Row> => {
    const found = filter.clientIdPrefix == null ? rows : rows.toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
    const start = (page.page - 1) * page.limit;
    const meta = { ...page, count: rows.length, countIsExact, endCursor: null };
    return { items: found.slice(start, start + page.limit), meta };
  };
  return orderedPage(
    { list, nodesCount, natural: 'AGE', columnOf: (row, column) => (column === 'AGE' ? row.age : row.clientId) },
    { page: { page: 1, limit: 2, after: null }, filter: { clientIdPrefix }, node },
    { by, direction },
  );
}

const orders = [
  ['CLIENT_ID', 'ASC'],
  ['CLIENT_ID', 'DESC'],
  ['AGE', 'ASC'],
  ['AGE', 'DESC'],
  ['OTHER', 'DESC'],
] as const;

describe.each(orders)('the order of %s %s', (...order) => {
  test('is exact', async () => {
    expect(await pageOf(order)).toMatchObject({ orderIsExact: true });
  });

  test('is not exact when the search ended at its budget', async () => {
    expect(await pageOf(order, { countIsExact: false })).toMatchObject({ orderIsExact: false });
  });
});

describe('over several nodes, whose rows stand one node’s behind the other’s', () => {
  test.each(orders.slice(0, 4))('the order of %s %s is not exact, but of one of them', async (...order) => {
    expect(await pageOf(order, { nodesCount: 2 })).toMatchObject({ orderIsExact: false });
    expect(await pageOf(order, { nodesCount: 2, node: 'a@b' })).toMatchObject({ orderIsExact: true });
  });

  test('the order of another column is exact, and that of age with a prefix is not', async () => {
    expect(await pageOf(['OTHER', 'ASC'], { nodesCount: 2 })).toMatchObject({ orderIsExact: true });
    const prefixed = { nodesCount: 2, clientIdPrefix: '' };
    expect(await pageOf(['AGE', 'ASC'], prefixed)).toMatchObject({ orderIsExact: false });
  });
});

describe('rows in the order of age', () => {
  test.each([
    ['ASC', ['b', 'a']],
    ['DESC', ['c', 'a']],
  ] as const)('%s are so with a prefix of the client id too', async (direction, expected) => {
    const { items, orderIsExact } = await pageOf(['AGE', direction], { clientIdPrefix: '' });
    expect([items.map(({ clientId }) => clientId), orderIsExact]).toEqual([expected, true]);
  });
});
