import { describe, expect, test } from 'vitest';
import { PageDifferences } from '../../resolvers/page-differences.ts';

interface Row {
  readonly clientId: string;
  queuedCount: number;
}

const pageOf = (...items: Row[]) => ({
  items,
  meta: { page: 1, limit: 100, count: items.length, countIsExact: true, endCursor: null },
  orderIsExact: true,
});

describe('a page whose rows go on changing', () => {
  const differences = () => new PageDifferences<Row>(({ clientId }) => clientId, ['clientId', 'queuedCount']);

  test('is told as it was when it was looked at, to a newcomer too', () => {
    const row = { clientId: 'a', queuedCount: 0 };
    const page = differences();
    const told = page.next(pageOf(row));
    row.queuedCount = 1;
    const snapshot = page.snapshot;
    row.queuedCount = 0;
    // Nothing is other than at the look before: what was told must not be either.
    expect(page.next(pageOf(row))).toBeNull();
    row.queuedCount = 2;
    expect([told, snapshot]).toMatchObject([
      { items: [{ clientId: 'a', queuedCount: 0 }] },
      { items: [{ clientId: 'a', queuedCount: 0 }] },
    ]);
  });

  test('is told row by row as it was when it was looked at', () => {
    const [stays, comes] = [
      { clientId: 'a', queuedCount: 0 },
      { clientId: 'b', queuedCount: 0 },
    ];
    const page = differences();
    page.next(pageOf(stays));
    stays.queuedCount = 1;
    const patch = page.next(pageOf(stays, comes));
    stays.queuedCount = 7;
    comes.queuedCount = 7;
    expect(patch).toMatchObject({
      changed: [{ clientId: 'a', queuedCount: 1 }],
      added: [{ index: 1, item: { clientId: 'b', queuedCount: 0 } }],
    });
  });
});
