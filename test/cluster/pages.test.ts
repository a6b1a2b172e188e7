import { describe, expect, test } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { ListQuery } from '../../src/domain.ts';
import { FakeNode } from './fake-node.ts';

const limits = { maxTopicLen: 100, maxTopicLevels: 10, maxPacketSize: 100, maxClientidLen: 100 };

const clusterOf = (local: FakeNode, ...peers: FakeNode[]) => new Cluster(local, peers, limits, () => []);

async function page(cluster: Cluster, query: Partial<ListQuery<object>['page']> & { node?: string; prefix?: string }) {
  const { page: number = 1, limit = 2, after = null, node = null, prefix = null } = query;
  const { items, meta } = await cluster.connections({
    page: { page: number, limit, after },
    filter: { clientIdPrefix: prefix },
    node,
  });
  return { rows: items.map(({ clientId, nodeName }) => `${clientId}@${nodeName}`), meta };
}

async function walk(cluster: Cluster, limit: number): Promise<string[]> {
  const walked: string[] = [];
  let after: string | null = null;
  do {
    const answer: Awaited<ReturnType<typeof page>> = await page(cluster, { limit, after });
    walked.push(...answer.rows);
    after = answer.meta.endCursor;
  } while (after !== null);
  return walked;
}

describe.each([
  ['answer at once', false],
  ['answer promises', true],
])('a page over nodes whose peers %s', (_how, isPeer) => {
  const three = () => {
    const nodes = {
      a: new FakeNode('a', ['a1', 'a2', 'a3'], { isPeer }),
      b: new FakeNode('b', [], { isPeer }),
      c: new FakeNode('c', ['c1', 'c2'], { isPeer }),
    };
    // The node of this process is not the first by name.
    return { ...nodes, cluster: clusterOf(new FakeNode('bb', ['l1']), nodes.c, nodes.a, nodes.b) };
  };

  test.each([
    [1, ['a1@a', 'a2@a']],
    [2, ['a3@a', 'l1@bb']],
    [3, ['c1@c', 'c2@c']],
    [4, []],
  ])('%i of 2 rows goes on where the one before ended, in the order of node names', async (number, rows) => {
    const answer = await page(three().cluster, { page: number });
    expect(answer.rows).toEqual(rows);
    expect(answer.meta).toMatchObject({ page: number, limit: 2, count: 6, countIsExact: true });
    expect(answer.meta.endCursor === null).toBe(rows.length === 0);
  });

  test.each([1, 2, 3, 4, 6, 100])('of %i rows leads by its cursor to all the others', async (limit) => {
    expect(await walk(three().cluster, limit)).toEqual(['a1@a', 'a2@a', 'a3@a', 'l1@bb', 'c1@c', 'c2@c']);
  });

  test('asks a node for no rows once the page is full, and still counts them', async () => {
    const { cluster, a, c } = three();
    expect((await page(cluster, { limit: 3 })).meta.count).toBe(6);
    expect(a.asked).toEqual(['0+3 null']);
    expect(c.asked).toEqual(['0+0 null']);
  });

  test('skips nothing when rows leave between two pages, on any node', async () => {
    const { cluster, a, c } = three();
    const first = await page(cluster, { limit: 2 });
    a.leave('a1');
    a.leave('a2');
    const second = await page(cluster, { limit: 2, after: first.meta.endCursor });
    expect(second.rows).toEqual(['a3@a', 'l1@bb']);
    expect(second.meta.count).toBe(4);
    c.leave('c1');
    const third = await page(cluster, { limit: 2, after: second.meta.endCursor });
    expect(third.rows).toEqual(['c2@c']);
    expect((await page(cluster, { limit: 2, after: third.meta.endCursor })).meta).toEqual({
      page: 1,
      limit: 2,
      count: 3,
      countIsExact: true,
      endCursor: null,
    });
  });

  test('counts what matches the filter', async () => {
    const answer = await page(three().cluster, { prefix: 'c', limit: 1 });
    expect([answer.rows, answer.meta.count]).toEqual([['c1@c'], 2]);
  });

  test('has an exact count only when every node has', async () => {
    const { cluster, c } = three();
    c.isExact = false;
    expect((await page(cluster, { limit: 1 })).meta).toMatchObject({ count: 6, countIsExact: false });
  });

  test('is of one node when one is named, and refused with NOT_FOUND when it is unknown', async () => {
    const { cluster } = three();
    const answer = await page(cluster, { node: 'c', limit: 1 });
    expect([answer.rows, answer.meta.count]).toEqual([['c1@c'], 2]);
    await expect(page(cluster, { node: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: "node 'x' is unknown",
    });
  });

  test('is refused with CURSOR_EXPIRED when the node of its cursor began anew, left or is not the one named', async () => {
    const { cluster, a } = three();
    const { endCursor } = (await page(cluster, { limit: 1 })).meta;
    const again = new FakeNode('a', ['a1', 'a2'], { isPeer, incarnation: 'second' });
    const expired = { code: 'CURSOR_EXPIRED' };
    await expect(page(clusterOf(new FakeNode('bb', []), again), { after: endCursor })).rejects.toMatchObject(expired);
    await expect(page(clusterOf(new FakeNode('bb', [])), { after: endCursor })).rejects.toMatchObject(expired);
    await expect(page(cluster, { after: endCursor, node: 'c' })).rejects.toMatchObject(expired);
    expect((await page(clusterOf(new FakeNode('bb', []), a), { after: endCursor })).rows).toEqual(['a2@a', 'a3@a']);
  });

  test.each([
    ['text', 'abc'],
    ['JSON of another form', Buffer.from('{"a":1}').toString('base64url')],
    ['a number in place of a key', Buffer.from('["a","first",1]').toString('base64url')],
  ])('is refused with CURSOR_EXPIRED when its cursor is %s', async (_what, after) => {
    await expect(page(three().cluster, { after })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });
});

describe('a page over this node alone', () => {
  test('is a value and no promise', () => {
    const cluster = clusterOf(new FakeNode('a', ['a1']));
    const query = { page: { page: 1, limit: 10, after: null }, filter: {}, node: null };
    expect(cluster.connections(query)).toMatchObject({ items: [{ clientId: 'a1' }], meta: { count: 1 } });
  });
});
