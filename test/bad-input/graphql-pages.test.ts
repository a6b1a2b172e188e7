import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { many } from './support/mutations.ts';

const PAGES = ['connections', 'sessions', 'subscriptions', 'routes'];

describe('what GraphQL refuses to look up', () => {
  let gateway: TestGateway;
  let foreignCursor: string;

  const cursorOf = async (other: TestGateway): Promise<string> => {
    const query = '{ connections { meta { endCursor } } }';
    const { data } = await other.graphql<{ connections: { meta: { endCursor: string } } }>(query);
    return data?.connections.meta.endCursor ?? '';
  };

  beforeAll(async () => {
    const other = await startGateway();
    await other.connect({ clientId: 'watcher' });
    foreignCursor = await cursorOf(other);
    await other.close();
    gateway = await startGateway();
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  describe.each(PAGES)('in the page of %s', (list) => {
    const ask = (page: object, rest = '') =>
      gateway.graphql(`query ($page: PageInput) { ${list}(page: $page${rest}) { meta { count } } }`, { page });

    test.each([
      [{ page: 0 }, 'page must be at least 1, not 0', 'page', '0'],
      [{ page: -1 }, 'page must be at least 1, not -1', 'page', '-1'],
      [{ limit: 0 }, 'limit must be from 1 to 10000, not 0', 'limit', '0'],
      [{ limit: -5 }, 'limit must be from 1 to 10000, not -5', 'limit', '-5'],
      [{ limit: 10_001 }, 'limit must be from 1 to 10000, not 10001', 'limit', '10001'],
    ])('%j is BAD_USER_INPUT', async (page, sentence, argument, value) => {
      const { errors } = await ask(page);
      expect(errors).toEqual([
        expect.objectContaining({
          message: sentence,
          path: [list],
          extensions: { code: 'BAD_USER_INPUT', argument, value },
        }),
      ]);
    });

    test.each([
      '',
      'garbage',
      // An empty list, and a node of another start.
      'W10',
      'WyJicm9rZXJxbEAxMjcuMC4wLjEiLCJ4IiwiMSJd',
      '😀',
      '__proto__',
    ])('after %j is CURSOR_EXPIRED', async (after) => {
      const { errors } = await ask({ after });
      expect(errors).toMatchObject([
        {
          message: `cursor '${after}' is not of this start of the node; begin again without 'after'`,
          extensions: { code: 'CURSOR_EXPIRED', argument: 'after', value: after },
        },
      ]);
    });

    test('a cursor of another gateway is CURSOR_EXPIRED', async () => {
      const { errors } = await ask({ after: foreignCursor });
      expect(errors).toMatchObject([
        { extensions: { code: 'CURSOR_EXPIRED', argument: 'after', value: foreignCursor } },
      ]);
    });

    test('an unknown node is NOT_FOUND', async () => {
      for (const node of ['nobody@127.0.0.1', '', '__proto__']) {
        const { errors } = await ask({}, `, node: ${JSON.stringify(node)}`);
        expect(errors).toMatchObject([
          { message: `node '${node}' is unknown`, extensions: { code: 'NOT_FOUND', argument: 'node', value: node } },
        ]);
      }
    });

    test.each([[{ page: '1' }], [{ page: 1.5 }], [{ limit: 2_147_483_648 }], [{ after: 5 }], [{ more: 1 }], [[]]])(
      '%j is of the wrong type',
      async (page) => {
        const { data, errors } = await ask(page);
        expect(data).toBeUndefined();
        expect(errors).toHaveLength(1);
        expect(errors).toMatchObject([
          {
            message: expect.stringContaining('Variable "$page" got invalid value'),
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ]);
      },
    );
  });

  test.each([
    'brokers(node: "nobody") { version }',
    'metrics(node: "nobody") { nodeName }',
    'stats(node: "nobody") { nodeName }',
    'listeners(node: "nobody") { protocol }',
    'connection(clientId: "watcher", node: "nobody") { clientId }',
    'session(clientId: "watcher", node: "nobody") { clientId }',
    'subscriptionsByClientId(clientId: "watcher", node: "nobody") { qos }',
  ])('an unknown node in %s is NOT_FOUND', async (field) => {
    const { errors } = await gateway.graphql(`{ ${field} }`);
    expect(errors).toMatchObject([
      { message: "node 'nobody' is unknown", extensions: { code: 'NOT_FOUND', argument: 'node', value: 'nobody' } },
    ]);
  });

  test('what is not there is null or empty', async () => {
    const query = `{
      node(name: "nobody") { name } broker(node: "nobody") { version }
      connection(clientId: "nobody") { clientId } session(clientId: "nobody") { clientId }
      connectionsByClientId(clientIds: ["nobody", "watcher", ""]) { clientId }
      subscriptionsByClientId(clientId: "nobody") { qos }
    }`;
    expect(await gateway.graphql(query)).toEqual({
      data: {
        node: null,
        broker: null,
        connection: null,
        session: null,
        connectionsByClientId: [null, { clientId: 'watcher' }, null],
        subscriptionsByClientId: [],
      },
    });
  });

  test('1001 client ids are too many to look up', async () => {
    const query = 'query ($ids: [ID!]!) { connectionsByClientId(clientIds: $ids) { clientId } }';
    expect(await gateway.graphql(query, { ids: many(1001, 'watcher') })).toEqual({
      errors: [
        {
          message: '$ids has 1001 items; the limit is 1000',
          extensions: { code: 'LIMIT_EXCEEDED', argument: '$ids', value: 1001 },
        },
      ],
    });
    const { data } = await gateway.graphql<{ connectionsByClientId: unknown[] }>(query, { ids: many(1000, 'watcher') });
    expect(data?.connectionsByClientId).toHaveLength(1000);
  });
});
