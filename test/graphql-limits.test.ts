import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type GraphQLError, getIntrospectionQuery, parse, validate } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { checkDocument, type DocumentLimits, parseDocument, readOperation } from '../src/graphql/limits.ts';
import { limitDocuments } from '../src/graphql/limits-plugin.ts';
import { createSchema as createBrokerSchema } from '../src/graphql/schema.ts';
import { packageRoot } from '../src/package.ts';

const schema = createBrokerSchema(join(packageRoot, 'schema'));
const unlimited: DocumentLimits = { tokens: 0, depth: 0, aliases: 0, complexity: 0, listSize: 0 };

/** A document that is valid for the schema, checked. */
function check(limits: Partial<DocumentLimits>, text: string, variables = {}, operationName?: string) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return checkDocument(schema, document, variables, operationName, { ...unlimited, ...limits });
}

const refusal = (message: string, code = 'QUERY_TOO_COMPLEX') =>
  expect.objectContaining({ message, extensions: expect.objectContaining({ code }) });

/** Says that a document has exactly this complexity: it passes at the limit, and is refused one below. */
function expectComplexity(complexity: number, text: string, variables = {}): void {
  expect(check({ complexity }, text, variables)).toBeNull();
  const message = `the query has complexity ${complexity}; the limit is ${complexity - 1}`;
  expect(check({ complexity: complexity - 1 }, text, variables)).toEqual(refusal(message));
}

describe('tokens', () => {
  const limits = { ...unlimited, tokens: 6 };

  test('are counted up to the limit', () => {
    expect(parseDocument('{ nodes { name } }', limits).definitions).toHaveLength(1);
  });

  test('above it are refused, however long the document goes on', () => {
    const parsing = () => parseDocument(`{ nodes { name } } ${'{'.repeat(100_000)}`, limits);
    expect(parsing).toThrow(refusal('the query has more than 6 tokens, which is the limit'));
  });

  test('that make no document are a syntax error', () => {
    expect(() => parseDocument('{ nodes', limits)).toThrow(/^Syntax Error: Expected Name/);
  });
});

describe('depth', () => {
  const text = '{ nodes { ...Node } } fragment Node on BrokerNode { ... on BrokerNode { metrics { bytesSent } } name }';

  test('counts fields inside fields, through fragments', () => {
    expect(check({ depth: 3 }, text)).toBeNull();
    expect(check({ depth: 2 }, text)).toEqual(refusal('the query has depth 3; the limit is 2'));
  });

  test('of a mutation is measured as well', () => {
    const kick = 'mutation { publish(input: { topic: "a" }) { topic } }';
    expect(check({ depth: 1 }, kick)).toEqual(refusal('the query has depth 2; the limit is 1'));
  });

  test('of an introspection has an allowance of its own', () => {
    for (const inputValueDeprecation of [false, true]) {
      const query = getIntrospectionQuery({
        inputValueDeprecation,
        schemaDescription: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
      });
      expect(check({ depth: 2, complexity: 1000, aliases: 1, listSize: 1 }, query)).toBeNull();
    }
    const deep = `{ __type(name: "Query") { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } }`;
    expect(check({ depth: 2 }, deep)).toEqual(refusal('the introspection has depth 21; the limit is 20'));
  });
});

describe('aliases', () => {
  test('and repeated fields are counted together', () => {
    const text = '{ a: nodes { name name } nodes { name } nodes { version } }';
    expect(check({ aliases: 3 }, text)).toBeNull();
    expect(check({ aliases: 2 }, text)).toEqual(refusal('the query has 3 aliases and repeated fields; the limit is 2'));
  });

  test('in fragments are counted once, where they are written', () => {
    const text =
      'query One { nodes { ...Named } node(name: "a") { ...Named } } fragment Named on BrokerNode { id: name }';
    expect(check({ aliases: 1 }, text)).toBeNull();
    expect(check({ aliases: 1 }, `${text} query Other { a: nodes { name } }`, {}, 'Other')).toEqual(
      refusal('the query has 2 aliases and repeated fields; the limit is 1'),
    );
  });

  test('of a field named __proto__ are an alias as any', () => {
    expect(check({ aliases: 1 }, '{ __proto__: nodes { name } constructor: nodes { name } }')).toEqual(
      refusal('the query has 2 aliases and repeated fields; the limit is 1'),
    );
  });
});

describe('complexity', () => {
  test('is 1 for a field', () => {
    expectComplexity(3, '{ node(name: "a") { name version } }');
  });

  test('counts what is below a page once for each of its rows', () => {
    const text = '{ connections(page: { limit: 7 }) { items { clientId port } meta { count } } }';
    expectComplexity(1 + 1 + 7 * 2 + 2, text);
  });

  test('takes the default where no limit is given', () => {
    expectComplexity(1 + 1 + 100, '{ connections { items { clientId } } }');
    expectComplexity(1 + 1 + 100, '{ connections(page: null) { items { clientId } } }');
    expectComplexity(1 + 1 + 100, '{ connections(page: { page: 2 }) { items { clientId } } }');
  });

  test.each([
    [
      'the whole page',
      'query ($page: PageInput) { connections(page: $page) { items { clientId } } }',
      { page: { limit: 5 } },
      5,
    ],
    [
      'the limit',
      'query ($limit: Int) { connections(page: { limit: $limit }) { items { clientId } } }',
      { limit: 5 },
      5,
    ],
    [
      'its own default',
      'query ($limit: Int = 6) { connections(page: { limit: $limit }) { items { clientId } } }',
      {},
      6,
    ],
    [
      'nothing, and the page has a default',
      'query ($page: PageInput) { connections(page: $page) { items { clientId } } }',
      { page: {} },
      100,
    ],
  ])('takes the limit of a variable that gives %s', (_, text, variables, rows) => {
    expectComplexity(1 + 1 + rows, text, variables);
  });

  test('multiplies pages inside lists', () => {
    const text = '{ nodes { connections(page: { limit: 7 }) { items { clientId } } } }';
    expectComplexity(1 + 10 * (1 + 1 + 7), text);
  });

  test('takes other lists for ten rows, at the root and in rows of a page', () => {
    expectComplexity(1 + 10, '{ nodes { name } }');
    expectComplexity(
      1 + 1 + 3 * (1 + 10),
      '{ connections(page: { limit: 3 }) { items { subscriptions { topicFilter } } } }',
    );
  });

  test('takes a list of what an argument lists for as many rows', () => {
    expectComplexity(1 + 3, 'query ($ids: [ID!]!) { connectionsByClientId(clientIds: $ids) { clientId } }', {
      ids: ['a', 'b', 'c'],
    });
    expectComplexity(1 + 2, '{ connectionsByClientId(clientIds: ["a", "b"]) { clientId } }');
  });

  test('counts fragments where they are spread', () => {
    const fragments =
      'fragment Page on ConnectionPage { items { ...Row } } fragment Row on MqttConnection { clientId port }';
    expectComplexity(
      2 + 3 * 2 + 2 + 5 * 2,
      `{ connections(page: { limit: 3 }) { ...Page } b: connections(page: { limit: 5 }) { ...Page } } ${fragments}`,
    );
  });

  test('of an introspection does not multiply', () => {
    expectComplexity(5, '{ __schema { types { fields { name __typename } } } }');
  });

  test('of the operation that runs is what counts', () => {
    const text = 'query Small { nodes { name } } query Large { nodes { connections { items { clientId } } } }';
    expect(check({ complexity: 11 }, text, {}, 'Small')).toBeNull();
    expect(check({ complexity: 11 }, text, {}, 'Large')).toEqual(
      refusal('the query has complexity 1021; the limit is 11'),
    );
  });

  test('is left to execution where the operation or a variable is at fault', () => {
    const text = 'query A($page: PageInput!) { connections(page: $page) { items { clientId } } }';
    expect(check({ complexity: 1 }, text, {}, 'B')).toBeNull();
    expect(check({ complexity: 1 }, text, {}, 'A')).toBeNull();
    expect(check({ complexity: 1 }, text, { page: { limit: 'many' } }, 'A')).toBeNull();
  });

  test('is not made smaller by a limit below zero', () => {
    expectComplexity(2 + 11, '{ connections(page: { limit: -1000 }) { items { clientId } } nodes { name } }');
  });
});

describe('fragments that expand without end', () => {
  const chain = (length: number) =>
    Array.from(
      { length },
      (_, at) =>
        `fragment F${at} on BrokerNode { a: stats { nodeName } ${at + 1 < length ? `...F${at + 1} ...F${at + 1}` : 'name'} }`,
    );

  test('are walked once each', () => {
    const document = parse(`{ nodes { ...F0 } } ${chain(500).join(' ')}`);
    const fault = checkDocument(schema, document, {}, null, { ...unlimited, depth: 10, complexity: 1e9 });
    // 10 rows of 2 fields at each of 499 levels that double, and 3 in the last.
    const complexity = 1 + 10 * (2 * (2 ** 499 - 1) + 3 * 2 ** 499);
    expect(fault).toEqual(refusal(`the query has complexity ${complexity}; the limit is 1000000000`));
  });

  test('because they contain themselves end, and are left to validation', () => {
    const text =
      '{ nodes { ...A } } fragment A on BrokerNode { name ...B } fragment B on BrokerNode { version ...A ...A ...None }';
    expect(checkDocument(schema, parse(text), {}, null, { ...unlimited, depth: 100, complexity: 1000 })).toBeNull();
    const faults = readOperation(schema, { query: text }, unlimited) as readonly GraphQLError[];
    expect(faults.map(({ message }) => message)).toContain('Cannot spread fragment "A" within itself via "B".');
  });
});

describe('lists', () => {
  const ids = 'query ($ids: [ID!]!) { connectionsByClientId(clientIds: $ids) { clientId } }';
  const publish = 'mutation ($input: PublishInput!) { publish(input: $input) { topic } }';
  const publishMany = 'mutation ($input: PublishManyInput!) { publishMany(input: $input) { results { topic } } }';

  test.each([
    ['a variable', ids, { ids: ['a', 'b', 'c'] }, '$ids has 3 items; the limit is 2'],
    [
      'a document',
      '{ connectionsByClientId(clientIds: ["a", "b", "c"]) { clientId } }',
      {},
      'clientIds has 3 items; the limit is 2',
    ],
    [
      'an input object of a variable',
      publishMany,
      { input: { messages: [1, 2, 3].map((n) => ({ topic: `${n}` })) } },
      'messages has 3 items; the limit is 2',
    ],
    [
      'an input object of a document',
      'mutation { publishMany(input: { messages: [{ topic: "a" }, { topic: "b" }, { topic: "c" }] }) { results { topic } } }',
      {},
      'messages has 3 items; the limit is 2',
    ],
  ])('in %s are refused above the limit', (_, text, variables, message) => {
    expect(check({ listSize: 3 }, text, variables)).toBeNull();
    const fault = check({ listSize: 2 }, text, variables);
    expect(fault).toEqual(refusal(message, 'LIMIT_EXCEEDED'));
    expect(fault?.extensions).toMatchObject({ value: 3 });
  });

  test('inside of JSON are content', () => {
    const json = [1, 2, 3];
    expect(check({ listSize: 2 }, publish, { input: { topic: 'a', payload: { json } } })).toBeNull();
    expect(
      check({ listSize: 2 }, 'mutation { publish(input: { topic: "a", payload: { json: [1, 2, 3] } }) { topic } }'),
    ).toBeNull();
  });
});

test('0 is no limit', () => {
  const row = 'clientId '.repeat(500);
  expect(check(unlimited, `{ nodes { connections(page: { limit: 10000 }) { items { ${row} } } } }`)).toBeNull();
});

const small = createSchema({
  typeDefs: `
    input PageInput { limit: Int = 100 }
    type Row { id: Int }
    type Page { items: [Row!]! }
    type Query { rows(page: PageInput): Page! hello: String }
    type Subscription { tick(page: PageInput): Page! }
  `,
  resolvers: {
    Query: { rows: () => ({ items: [{ id: 1 }] }), hello: () => 'world' },
    Subscription: {
      tick: {
        subscribe: async function* () {
          yield { tick: { items: [{ id: 2 }] } };
        },
      },
    },
  },
});
const limits: DocumentLimits = { tokens: 30, depth: 3, aliases: 2, complexity: 50, listSize: 10 };

const refused: [string, string, object, string][] = [
  ['tokens', `{ ${'hello '.repeat(31)} }`, {}, 'the query has more than 30 tokens, which is the limit'],
  ['aliases', '{ a: hello b: hello c: hello }', {}, 'the query has 3 aliases and repeated fields; the limit is 2'],
  ['depth', '{ rows { items { id { id } } } }', {}, 'the query has depth 4; the limit is 3'],
  [
    'complexity',
    'query ($limit: Int) { rows(page: { limit: $limit }) { items { id } } }',
    { limit: 49 },
    'the query has complexity 51; the limit is 50',
  ],
  [
    'complexity of a subscription',
    'subscription { tick { items { id } } }',
    {},
    'the query has complexity 102; the limit is 50',
  ],
  [
    'document and variables of a subscription',
    'subscription ($page: PageInput) { tick(page: $page) { items { id } } }',
    { page: { limit: 1 }, junk: 'é'.repeat(65_536) },
    'the subscription has 131172 bytes of document and variables; the limit is 131072',
  ],
];

describe('over HTTP', () => {
  const yoga = createYoga({ schema: small, plugins: [limitDocuments(limits)], logging: false });
  const ask = async (query: string, variables = {}, accept = 'application/json') => {
    const headers = { 'content-type': 'application/json', accept };
    const response = await yoga.fetch('http://test/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, text: await response.text() };
  };

  test('what is within the limits runs', async () => {
    expect(await ask('{ rows(page: { limit: 48 }) { items { id } } }')).toEqual({
      status: 200,
      text: '{"data":{"rows":{"items":[{"id":1}]}}}',
    });
  });

  test.each(refused)(
    '%s above the limit are refused, again when they are known',
    async (_, query, variables, message) => {
      const accept = query.startsWith('subscription') ? 'text/event-stream' : 'application/json';
      for (let time = 0; time < 2; time++) {
        const { text } = await ask(query, variables, accept);
        expect(text).toContain(JSON.stringify(message));
        expect(text).toContain('"code":"QUERY_TOO_COMPLEX"');
        expect(text).not.toMatch(/"data":\{|"http"/);
      }
    },
  );

  test('a known document is judged by the variables of each request', async () => {
    const query = 'query ($limit: Int) { rows(page: { limit: $limit }) { items { id } } }';
    for (const [limit, isFine] of [
      [48, true],
      [49, false],
      [48, true],
    ] as const) {
      expect((await ask(query, { limit })).text.startsWith('{"data"')).toBe(isFine);
    }
  });

  test.each(refused.slice(0, 4))(
    '%s are a fault of the request for clients that know GraphQL over HTTP',
    async (_, query, variables) => {
      expect((await ask(query, variables, 'application/graphql-response+json')).status).toBe(400);
      expect((await ask(query, variables)).status).toBe(200);
    },
  );
});

describe('over a WebSocket', () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  useServer(
    {
      schema: small,
      onSubscribe: (_context, _id, payload) => readOperation(small, payload, limits),
    },
    server,
  );
  let client: Client;

  beforeAll(async () => {
    if (server.address() === null) await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    client = createClient({ url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket });
  });

  afterAll(async () => {
    await client.dispose();
    server.close();
  });

  const ask = (query: string, variables: object): Promise<unknown> =>
    new Promise((resolve) => {
      let last: unknown;
      client.subscribe(
        { query, variables: { ...variables } },
        {
          next(result) {
            last = result;
          },
          error: resolve,
          complete: () => resolve(last),
        },
      );
    });

  test('what is within the limits runs', async () => {
    expect(await ask('{ hello }', {})).toEqual({ data: { hello: 'world' } });
    expect(await ask('subscription { tick(page: { limit: 5 }) { items { id } } }', {})).toEqual({
      data: { tick: { items: [{ id: 2 }] } },
    });
  });

  test('variables of a query may be longer than those of a subscription', async () => {
    expect(await ask('{ hello }', { junk: 'x'.repeat(131_072) })).toEqual({ data: { hello: 'world' } });
  });

  test.each(refused)('%s above the limit are refused', async (_, query, variables, message) => {
    expect(await ask(query, variables)).toEqual([refusal(message)]);
  });

  test('a syntax error ends the operation and not the connection', async () => {
    expect(await ask('{', {})).toMatchObject([{ message: 'Syntax Error: Expected Name, found <EOF>.' }]);
    expect(await ask('{ hello }', {})).toEqual({ data: { hello: 'world' } });
  });
});
