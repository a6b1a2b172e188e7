import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';

let gateway: TestGateway;
const clients = new Map<string, MqttClient>();
const names = ['m', 'c', 'x', 'a', 'k', 'b', 'z'];

beforeAll(async () => {
  gateway = await startGateway();
  for (const clientId of names) {
    const client = await gateway.connect({ clientId });
    await client.subscribeAsync(['all', `own/${clientId}`]);
    clients.set(clientId, client);
  }
});

afterAll(() => gateway.close());

interface Listed {
  readonly names: readonly string[];
  readonly meta: { page: number; limit: number; count: number; countIsExact: boolean; endCursor: string | null };
}

const documents = {
  connections: query('connections', 'ConnectionFilter', 'clientId'),
  sessions: query('sessions', 'SessionFilter', 'clientId'),
  subscriptions: query('subscriptions', 'SubscriptionFilter', 'clientId'),
  routes: query('routes', 'RouteFilter', 'topicFilter'),
};

function query(list: string, filter: string, name: string): string {
  return `query ($page: PageInput, $filter: ${filter}) { rows: ${list}(page: $page, filter: $filter) {
    items { name: ${name} } meta { page limit count countIsExact endCursor }
  } }`;
}

async function page(
  list: keyof typeof documents,
  input: Record<string, unknown> | null,
  filter: Record<string, unknown> = {},
): Promise<Listed> {
  const variables = { page: input, filter };
  const { rows } = await ask<{ rows: { items: { name: string }[]; meta: Listed['meta'] } }>(
    gateway,
    documents[list],
    variables,
  );
  return { names: rows.items.map(({ name }) => name), meta: rows.meta };
}

const cursor = expect.stringMatching(/^[\w-]+$/);

describe('a page', () => {
  test('is the first one with 100 rows when nothing is said', async () => {
    const meta = { page: 1, limit: 100, count: 7, countIsExact: true, endCursor: cursor };
    expect(await page('connections', null)).toEqual({ names, meta });
    expect(await page('connections', {})).toEqual({ names, meta });
  });

  test.each([
    [1, ['m', 'c', 'x']],
    [2, ['a', 'k', 'b']],
    [3, ['z']],
  ])('%i of 3 rows', async (number, expected) => {
    expect(await page('connections', { page: number, limit: 3 })).toEqual({
      names: expected,
      meta: { page: number, limit: 3, count: 7, countIsExact: true, endCursor: cursor },
    });
  });

  test('behind the last one is empty, keeps the count and has no cursor', async () => {
    expect(await page('connections', { page: 4, limit: 3 })).toEqual({
      names: [],
      meta: { page: 4, limit: 3, count: 7, countIsExact: true, endCursor: null },
    });
  });

  test('of a filter that matches nothing is empty and has no cursor', async () => {
    expect(await page('connections', {}, { username: 'nobody' })).toEqual({
      names: [],
      meta: { page: 1, limit: 100, count: 0, countIsExact: true, endCursor: null },
    });
  });

  test.each([
    ['connections', {}, names],
    ['connections', { clientIdPrefix: '' }, ['a', 'b', 'c', 'k', 'm', 'x', 'z']],
    ['connections', { clientIdContains: '' }, names],
    ['connections', { topicFilter: 'all' }, names],
    ['sessions', {}, names],
    ['sessions', { connected: true }, names],
    ['sessions', { topicFilter: 'all' }, names],
    ['subscriptions', { topicFilter: 'all' }, names],
    ['subscriptions', { matches: 'all' }, names],
    ['subscriptions', { clientIdPrefix: '' }, ['a', 'b', 'c', 'k', 'm', 'x', 'z'].flatMap((name) => [name, name])],
    ['routes', {}, ['all', ...names.map((name) => `own/${name}`)]],
    ['routes', { topicFilterPrefix: 'own/' }, ['a', 'b', 'c', 'k', 'm', 'x', 'z'].map((name) => `own/${name}`)],
    ['routes', { topicFilterContains: 'wn' }, names.map((name) => `own/${name}`)],
  ] as const)('of %s %j follows the other by its cursor', async (list, filter, expected) => {
    const walked: string[] = [];
    let after: string | null = null;
    do {
      const answer: Listed = await page(list, { limit: 2, after }, filter);
      expect(answer.meta).toMatchObject({ page: 1, limit: 2, count: expected.length, countIsExact: true });
      walked.push(...answer.names);
      after = answer.meta.endCursor;
    } while (after !== null);
    expect(walked).toEqual(expected);
  });

  test('takes the cursor and not the number when it is given both', async () => {
    const first = await page('connections', { limit: 2 });
    const second = await page('connections', { page: 3, limit: 2, after: first.meta.endCursor });
    expect(second.names).toEqual(['x', 'a']);
  });

  test.each([
    [{ page: 0 }, 'page must be at least 1, not 0'],
    [{ page: -1 }, 'page must be at least 1, not -1'],
    [{ limit: 0 }, 'limit must be from 1 to 10000, not 0'],
    [{ limit: 10001 }, 'limit must be from 1 to 10000, not 10001'],
  ])('%j is refused', async (input, message) => {
    expect(await refusal(gateway, documents.connections, { page: input })).toEqual({
      code: 'BAD_USER_INPUT',
      message,
      data: null,
    });
  });

  test.each([
    ['text', 'abc'],
    ['nothing', ''],
    [
      'the cursor of another start of the node',
      Buffer.from(JSON.stringify([NODE, 'earlier', '1'])).toString('base64url'),
    ],
  ])('behind a cursor that is %s is refused with CURSOR_EXPIRED', async (_what, after) => {
    expect(await refusal(gateway, documents.connections, { page: { after } })).toEqual({
      code: 'CURSOR_EXPIRED',
      message: `cursor '${after}' is not of this start of the node; begin again without 'after'`,
      data: null,
    });
  });

  test('behind a cursor of the same list in another order is refused with CURSOR_EXPIRED', async () => {
    const { meta } = await page('connections', { limit: 2 }, { clientIdPrefix: '' });
    const answer = await refusal(gateway, documents.connections, { page: { after: meta.endCursor } });
    expect(answer.code).toBe('CURSOR_EXPIRED');
  });
});

describe('a page by cursor, while rows leave', () => {
  const leave = async (...leaving: string[]) => {
    for (const clientId of leaving) await clients.get(clientId)?.endAsync();
    const gone = async () => (await page('connections', {})).names.every((name) => !leaving.includes(name));
    await eventually(gone, 'the clients to leave');
  };

  test('skips nothing when rows of the page before leave, the one of the cursor among them', async () => {
    const first = await page('connections', { limit: 3 });
    const inOrder = await page('connections', { limit: 2 }, { clientIdPrefix: '' });
    expect([first.names, inOrder.names]).toEqual([
      ['m', 'c', 'x'],
      ['a', 'b'],
    ]);
    await leave('m', 'x', 'b');
    const second = await page('connections', { limit: 3, after: first.meta.endCursor });
    expect(second.names).toEqual(['a', 'k', 'z']);
    expect(second.meta.count).toBe(4);
    const next = await page('connections', { limit: 2, after: inOrder.meta.endCursor }, { clientIdPrefix: '' });
    expect(next.names).toEqual(['c', 'k']);
  });

  test('by number would skip them', async () => {
    const second = await page('connections', { page: 2, limit: 3 });
    expect(second.names).toEqual(['z']);
  });

  test('is empty behind the last row', async () => {
    const all = await page('connections', {});
    const behind = await page('connections', { after: all.meta.endCursor });
    expect(behind).toEqual({
      names: [],
      meta: { page: 1, limit: 100, count: 4, countIsExact: true, endCursor: null },
    });
  });
});
