import { makeExecutableSchema } from '@graphql-tools/schema';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type ExecutionResult, execute, GraphQLError, GraphQLScalarType, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Dress, Outcome } from '../rest-facade/execute.ts';
import { createExecute, isCompilable } from '../src/graphql/compile.ts';
import { dressResult } from '../src/graphql/dress.ts';

const typeDefs = `
  scalar DateTime
  scalar SafeInt
  scalar JSON
  enum Protocol { MQTT WEBSOCKET }
  interface Named { name: String! }
  type Node implements Named { name: String! address: Address constructor: String }
  type Address { host: String! port: Int aliases: [String] }
  type Client {
    clientId: ID! username: String port: Int! load: Float clean: Boolean! protocol: Protocol!
    fallbackProtocol: Protocol connectedAt: DateTime! leftAt: DateTime bytes: SafeInt! extra: JSON
    node: Node! bridge: Node tags: [String!]! grid: [[Int]!] seen: [DateTime!] topics: [Topic!]! maybe: [Topic]
  }
  type Topic { filter: String! qos: Int! }
  type Meta { page: Int! count: SafeInt! }
  type ClientPage { items: [Client!]! meta: Meta! }
  type Measured { plain: Int computed: Int! scaled(by: Int = 2): Int }
  union Event = Client | Topic
  input Page { page: Int! = 1 limit: Int = 100 }
  input Filter { protocol: Protocol since: DateTime page: Page = {} }
  type Done { input: JSON order: Int! }
  type Query {
    clients(filter: Filter, limit: Int = 3): ClientPage!
    client(id: ID!): Client
    later(id: ID!): Client
    positions: [Client]!
    set: [Int!]!
    version: String
    uptime: SafeInt!
    arguments(filter: Filter, limit: Int = 3): JSON
    fail(how: String!): Int
    failHard: Int!
    measured: Measured
    events: [Event!]!
    named: Named!
    broken(how: String!): Client
  }
  type Mutation { first(n: Int!): Done! second(n: Int!): Done! refuse: Done refuseHard: Done! }
`;

/** A row that the broker keeps as an instance: two of its fields are getters of the class. */
class LiveClient {
  readonly clientId: string;
  readonly clean = true;
  readonly port = 1883;
  readonly protocol = 2;
  readonly bytes = 2 ** 40;
  readonly node = { name: 'n1', address: { host: '::1', port: null, aliases: ['a', null] }, constructor: 'factory' };
  readonly tags = new Set(['x', 'y']);
  readonly topics = [{ filter: 'a/#', qos: 1 }];
  readonly #connectedAt: number;

  constructor(clientId: string, connectedAt: number) {
    this.clientId = clientId;
    this.#connectedAt = connectedAt;
  }
  get connectedAt(): number {
    return this.#connectedAt;
  }
  get username(): string | null {
    return this.clientId === 'live0' ? null : `${this.clientId}'s`;
  }
}

const noon = Date.UTC(2026, 0, 2, 12);
const plainClient = {
  clientId: 7,
  username: undefined,
  port: '42',
  load: 0.25,
  clean: 1,
  protocol: 1,
  fallbackProtocol: null,
  connectedAt: noon,
  leftAt: noon + 1500,
  bytes: 12,
  extra: {},
  node: { name: 'n2' },
  bridge: { name: 'n3', address: null },
  tags: [],
  grid: [[1, null], []],
  seen: [noon, noon + 1],
  topics: [],
  maybe: [null, { filter: 'b', qos: 0 }],
};
const items = [plainClient, new LiveClient('live0', noon + 5), new LiveClient('live1', noon + 6)];

const brokenRows: Record<string, { readonly row: unknown; readonly asks: string }> = {
  'null id': { row: { clientId: null }, asks: 'clientId' },
  'missing id': { row: {}, asks: 'port clientId' },
  'bad number': { row: { port: 'x' }, asks: 'port' },
  'number too large': { row: { port: 2 ** 31 }, asks: 'port' },
  'bad fraction': { row: { load: Number.NaN }, asks: 'load' },
  'bad text': { row: { username: {} }, asks: 'username' },
  'bad truth': { row: { clean: 'yes' }, asks: 'clean' },
  'bad id': { row: { clientId: 1.5 }, asks: 'clientId' },
  'no list': { row: { tags: 'abc' }, asks: 'tags' },
  'null item': { row: { tags: ['x', null] }, asks: 'tags' },
  'null object': { row: { node: null }, asks: 'node { name }' },
  'nested null': { row: { node: {} }, asks: 'node { name }' },
  'error in place': { row: new Error('no row'), asks: 'clientId' },
  'nested error': { row: { node: new Error('no node') }, asks: 'node { name }' },
};

class Refusal extends Error {
  readonly extensions = { code: 'NOT_FOUND', argument: 'id' };
}

const journal: string[] = [];
const schema = makeExecutableSchema({
  typeDefs,
  resolvers: {
    DateTime: new GraphQLScalarType<number, string>({
      name: 'DateTime',
      serialize: (value) => new Date(value as number).toISOString(),
      parseValue: (value) => Date.parse(String(value)),
    }),
    SafeInt: new GraphQLScalarType<number, number>({ name: 'SafeInt', serialize: Number, parseValue: Number }),
    Protocol: { MQTT: 1, WEBSOCKET: 2 },
    Measured: { computed: () => 7 },
    Event: { __resolveType: (value: object) => ('qos' in value ? 'Topic' : 'Client') },
    Named: { __resolveType: () => 'Node' },
    Query: {
      clients: (_: unknown, { limit }: { limit: number }) => ({
        items: items.slice(0, limit),
        meta: { page: 1, count: items.length },
      }),
      client: (_: unknown, { id }: { id: string }, context: Map<string, string>, info: { fieldName: string }) =>
        id === 'context' ? { clientId: context.get('who'), username: info.fieldName } : items[Number(id)],
      later: async (_: unknown, { id }: { id: string }) => {
        if (id === 'none') throw new Refusal('client is unknown');
        return items[Number(id)];
      },
      positions: () => new Set([items[1], null, items[0]]),
      set: () => new Set([1, 2]),
      uptime: () => Promise.resolve(5),
      arguments: (_: unknown, args: object) => ({ ...args }),
      fail: (_: unknown, { how }: { how: string }) => {
        if (how === 'graphql') throw new GraphQLError('refused', { extensions: { code: 'FORBIDDEN' } });
        if (how === 'text') throw 'just text';
        if (how === 'value') return new Refusal('as a value');
        throw new Refusal('client is unknown');
      },
      failHard: () => Promise.reject(new Refusal('hard')),
      measured: () => ({ plain: 1, scaled: 2 }),
      events: () => [items[0], { filter: 'a', qos: 1 }],
      named: () => ({ name: 'n1' }),
      broken: (_: unknown, { how }: { how: string }, context: Map<string, unknown>) =>
        context.get('row') ?? brokenRows[how]?.row,
    },
    Mutation: {
      first: async (_: unknown, { n }: { n: number }) => {
        journal.push(`first ${n} begins`);
        await new Promise(setImmediate);
        journal.push(`first ${n} ends`);
        return { input: { n }, order: journal.length };
      },
      second: (_: unknown, { n }: { n: number }) => {
        journal.push(`second ${n}`);
        return { input: null, order: journal.length };
      },
      refuse: () => Promise.reject(new Refusal('refused')),
      refuseHard: () => Promise.reject(new Refusal('refused hard')),
    },
  },
});
const port = createExecute(schema);

const identity: Dress = { absent: null, leaves: {}, key: (key) => key, neutral: {} };
const v3: Dress = {
  absent: 'undefined',
  leaves: {
    DateTime: (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' '),
    JSON: (value: object) => (Object.keys(value).length === 0 ? [] : { ...value }),
    Protocol: (internal: number) => ['', 'tcp', 'ws'][internal] ?? 'unknown',
    Boolean: (value: boolean) => String(value),
    ID: (id: string) => `#${id}`,
  },
  key: (key) => key.replaceAll('__', '/').replaceAll('_', '.'),
  neutral: { Client: { zone: 'external', 'proto.ver': 4, heap: { size: [] } }, Meta: { pages: null }, Query: { v: 3 } },
};
const dresses = { identity, v3 };

type Variables = Record<string, unknown>;
const document = (source: string): TypedDocumentNode<unknown, Variables> => parse(source);
const context = new Map([['who', 'caller']]);

function run(source: string, dress: Dress, variables: Variables = {}) {
  return port.prepare(document(source), dress)(variables, context);
}

/** The outcome by way of graphql-js: what a compiled operation has to equal. */
async function reference(source: string, dress: Dress, variableValues: Variables = {}): Promise<Outcome<unknown>> {
  const parsed = document(source);
  const { data, errors } = await execute({ schema, document: parsed, variableValues, contextValue: context });
  return errors === undefined ? { data: dressResult(schema, parsed, dress, data) } : { errors };
}

function errorsOf(outcome: Outcome<unknown>): readonly GraphQLError[] {
  if ('errors' in outcome) return outcome.errors;
  throw new Error(`no error, but ${JSON.stringify(outcome)}`);
}

const everything = `
  clientId user: username port load clean protocol fallbackProtocol connected_at: connectedAt leftAt
  bytes__received: bytes extra tags
  node { name address { host port aliases } kind: __typename }
  bridge { name address { host } } topics { filter qos } __typename`;

interface Asked {
  readonly what: string;
  readonly source: string;
  readonly variables?: Variables;
}

const asked = (what: string, source: string, variables: Variables = {}): Asked => ({ what, source, variables });

const compiledQueries: readonly Asked[] = [
  asked('a page of rows, with all kinds of leaf', `{ clients { items { ${everything} } meta { page count } } }`),
  asked('nested lists, null and not', '{ client(id: "0") { grid seen tags maybe { filter qos } } }'),
  asked('lists that are absent', '{ client(id: "1") { grid seen maybe { qos } bridge { name } extra leftAt } }'),
  asked('positions with null in them', '{ positions { clientId username } set }'),
  asked('an object that is null', '{ client(id: "9") { clientId } version }'),
  asked(
    'aliases of root fields',
    '{ a: client(id: "0") { clientId } b_c: client(id: "1") { clientId } t: __typename }',
  ),
  asked(
    'fragments that overlap',
    `query { client(id: "1") { ...Who node { name } ... on Client { node { address { port } } } ... { port } } }
     fragment Who on Client { clientId ...Where } fragment Where on Client { node { address { host } } username }`,
  ),
  asked('a fragment on an interface of the type', '{ client(id: "1") { node { ... on Named { title: name } } } }'),
  asked(
    'keys that objects inherit',
    '{ client(id: "1") { toString: username node { constructor } hasOwnProperty: port } }',
  ),
  asked('a key that sets the prototype', '{ client(id: "1") { __proto__: username port } __proto__: version }'),
  asked('defaults of variables', 'query ($limit: Int = 2) { clients(limit: $limit) { items { clientId } } }'),
  asked('variables', 'query ($limit: Int = 2) { clients(limit: $limit) { items { clientId } } }', { limit: 1 }),
  asked('defaults of arguments', '{ arguments }'),
  asked('input objects', 'query ($filter: Filter, $limit: Int) { arguments(filter: $filter, limit: $limit) }', {
    filter: { protocol: 'WEBSOCKET', since: '2026-01-02T12:00:00Z', page: { limit: 5 } },
  }),
  asked('a promise beside values', '{ later(id: "2") { clientId username } uptime version }'),
  asked('the context and the field of a resolver', '{ client(id: "context") { clientId username } }'),
  asked('a mutation', 'mutation { first(n: 1) { input order } second(n: 2) { input } }'),
];

describe.each(Object.entries(dresses))('a compiled operation dressed as %s', (_, dress) => {
  test.each(compiledQueries)('answers $what as graphql-js does', async ({ source, variables }) => {
    expect(isCompilable(schema, document(source))).toBe(true);
    journal.length = 0;
    const outcome = await run(source, dress, variables);
    journal.length = 0;
    const expected = await reference(source, dress, variables);
    expect(errorless(outcome)).toEqual(errorless(expected));
    expect(JSON.stringify(outcome)).toBe(JSON.stringify(expected));
  });

  test.each(Object.entries(brokenRows))('fails as graphql-js does on a row with %s', async (how, { asks }) => {
    const source = `{ broken(how: ${JSON.stringify(how)}) { ${asks} } }`;
    const [error] = errorsOf(await run(source, dress));
    const [expected] = errorsOf(await reference(source, dress));
    expect(error?.message).toBe(expected?.message);
    expect(error?.path).toEqual(['broken']);
  });
});

test.each([
  ['enum', { protocol: 99 }, 'protocol'],
  ['DateTime', { connectedAt: 'soon' }, 'connectedAt'],
])('a compiled operation fails as graphql-js does when a value is no %s', (_, row, asks) => {
  const asked = document(`{ broken(how: "") { ${asks} } }`);
  const rowContext = new Map([['row', row]]);
  const outcome = port.prepare(asked, identity)({}, rowContext) as Outcome<unknown>;
  const expected = execute({ schema, document: asked, contextValue: rowContext }) as ExecutionResult;
  expect(errorsOf(outcome)[0]?.message).toBe(expected.errors?.[0]?.message);
});

function errorless(outcome: Outcome<unknown>): unknown {
  if ('errors' in outcome) throw outcome.errors[0];
  return outcome.data;
}

describe('a dress', () => {
  test('writes keys, leaves, absence and constants', () => {
    const source =
      '{ client(id: "0") { clientId username clean bytes__received: bytes connectedAt extra bridge { name } } }';
    expect(run(source, v3)).toEqual({
      data: {
        client: {
          clientId: '#7',
          username: 'undefined',
          clean: 'true',
          'bytes/received': 12,
          connectedAt: '2026-01-02 12:00:00',
          extra: [],
          bridge: { name: 'n3' },
          zone: 'external',
          'proto.ver': 4,
          heap: { size: [] },
        },
        v: 3,
      },
    });
  });

  test('keeps a field of the answer before a constant of the same key', () => {
    expect(run('{ client(id: "1") { zone: clientId proto_ver: port } }', v3)).toEqual({
      data: { client: { zone: '#live0', 'proto.ver': 1883, heap: { size: [] } }, v: 3 },
    });
  });

  test('is refused when it writes two fields under one key', () => {
    const source = document('{ client(id: "1") { a_b: clientId a__b: port } }');
    const dress = { ...identity, key: (key: string) => key.replaceAll(/_+/g, '/') };
    expect(() => port.prepare(source, dress)).toThrow("'a_b' and 'a__b' of Client are both written as 'a/b'");
  });

  test('keeps its own writer of a type when another release runs the same document', () => {
    const source = '{ client(id: "1") { connectedAt } }';
    const year: Dress = { ...identity, leaves: { DateTime: (ms: number) => new Date(ms).getUTCFullYear() } };
    expect(run(source, year)).toEqual({ data: { client: { connectedAt: 2026 } } });
    expect(run(source, identity)).toEqual({ data: { client: { connectedAt: '2026-01-02T12:00:00.005Z' } } });
  });

  describe('with a writer for one field', () => {
    const dress: Dress = {
      ...identity,
      absent: 'undefined',
      leaves: {
        DateTime: (ms: number) => new Date(ms).getUTCFullYear(),
        'Client.leftAt': (ms: number) => ms / 1000,
        'Client.seen': (ms: number) => ms - noon,
        'Client.port': (port: number) => `port ${port}`,
        'Topic.port': () => 'not this one',
        'Client.__typename': (name: string) => name.toLowerCase(),
      },
    };

    test.each([
      ['compiled', ''],
      ['not compiled', '@skip(if: false)'],
    ])('goes before the writer of its type, there and nowhere else: %s', (_, directive) => {
      const source = `{ client(id: "0") { left: leftAt ${directive} connectedAt seen port node { address { port } } __typename } }`;
      const client = {
        left: noon / 1000 + 1.5,
        connectedAt: 2026,
        seen: [0, 1],
        port: 'port 42',
        node: { address: null },
        __typename: 'client',
      };
      expect(isCompilable(schema, document(source))).toBe(directive === '');
      expect(run(source, dress)).toEqual({ data: { client } });
      const other = `{ client(id: "1") { leftAt ${directive} node { address { port host } } } }`;
      expect(run(other, dress)).toEqual({
        data: { client: { leftAt: 'undefined', node: { address: { port: 'undefined', host: '::1' } } } },
      });
    });

    test('is refused where only the value tells whether it is that field', () => {
      const source = document('{ events { __typename ... on Client { connectedAt leftAt } } }');
      const { 'Client.__typename': _, ...leaves } = dress.leaves;
      expect(() => port.prepare(source, { ...dress, leaves })).toThrow("'Client.leftAt' has a writer of its own");
      expect(run('{ events { __typename ... on Client { connectedAt } } }', { ...dress, leaves })).toEqual({
        data: { events: [{ __typename: 'Client', connectedAt: 2026 }, { __typename: 'Topic' }] },
      });
    });
  });

  test('fails the operation with what a writer throws', () => {
    const dress: Dress = {
      ...identity,
      leaves: {
        DateTime: () => {
          throw new Error('no such zone');
        },
      },
    };
    for (const source of [
      '{ client(id: "1") { connectedAt } }',
      '{ client(id: "1") { connectedAt @skip(if: false) } }',
    ]) {
      expect(errorsOf(run(source, dress) as Outcome<unknown>)[0]?.message).toBe('no such zone');
    }
  });
});

describe('a document', () => {
  test('is refused with the faults that it has', () => {
    const wrong = document('query ($id: Int) { client(id: $id) { clientid } nothing }');
    expect(() => port.prepare(wrong, identity)).toThrow(/does not fit the schema.*"clientid".*"nothing"/s);
  });

  test('is refused unless it has one operation', () => {
    const two = document('query A { version } query B { version }');
    expect(() => port.prepare(two, identity)).toThrow('a document must have one operation, not 2');
    expect(() => port.prepare(document('fragment A on Client { port }'), identity)).toThrow();
  });
});

describe('an operation', () => {
  test('answers without a promise when no resolver answers one', () => {
    expect(run('{ clients { items { clientId } } version }', identity)).not.toBeInstanceOf(Promise);
    expect(run('{ uptime }', identity)).toBeInstanceOf(Promise);
  });

  test('answers the faults of variables as graphql-js does', async () => {
    const source = 'query ($limit: Int!, $filter: Filter) { arguments(limit: $limit, filter: $filter) }';
    const variables = { limit: 'many', filter: { protocol: 'SMTP' } };
    const messages = errorsOf(await run(source, identity, variables)).map((error) => error.message);
    expect(messages).toHaveLength(2);
    expect(messages).toEqual(errorsOf(await reference(source, identity, variables)).map((error) => error.message));
  });

  test('answers the fault of an argument as graphql-js does', async () => {
    const source = 'query ($id: ID = "1") { client(id: $id) { clientId } }';
    const [error] = errorsOf(await run(source, identity, { id: null }));
    const [expected] = errorsOf(await reference(source, identity, { id: null }));
    expect(error?.toJSON()).toEqual(expected?.toJSON());
  });

  test.each(['graphql', 'text', 'value', 'refusal'])('keeps what a resolver throws (%s)', async (how) => {
    const source = `{ x: fail(how: "${how}") }`;
    const [error] = errorsOf(await run(source, identity));
    const [expected] = errorsOf(await reference(source, identity));
    expect(error?.toJSON()).toEqual(expected?.toJSON());
    expect(error?.path).toEqual(['x']);
    expect(error?.originalError?.constructor).toBe(expected?.originalError?.constructor);
  });

  test('keeps what a promise is rejected with', async () => {
    const [error] = errorsOf(await run('{ later(id: "none") { clientId } version }', identity));
    expect(error?.originalError).toBeInstanceOf(Refusal);
    expect(error?.toJSON()).toMatchObject({ path: ['later'], extensions: { code: 'NOT_FOUND', argument: 'id' } });
  });

  test('answers an error for each root field that fails', async () => {
    const outcome = await run('{ later(id: "none") { clientId } failHard fail(how: "text") }', identity);
    expect(errorsOf(outcome).map((error) => error.path?.[0])).toEqual(
      expect.arrayContaining(['later', 'failHard', 'fail']),
    );
  });

  test.each([
    ['one after the other', 'mutation { first(n: 1) { order } second(n: 2) { order } b: first(n: 3) { order } }'],
    ['on after a field that may be null', 'mutation { refuse { order } second(n: 1) { order } }'],
    ['no further after a field that may not', 'mutation { refuseHard { order } second(n: 1) { order } }'],
  ])('runs mutations %s, as graphql-js does', async (_, source) => {
    expect(isCompilable(schema, document(source))).toBe(true);
    journal.length = 0;
    await run(source, identity);
    const compiled = journal.splice(0);
    await reference(source, identity);
    expect(compiled).toEqual(journal);
  });

  test.each([
    ['a function', { clientId: () => 'x' }, /clientId is a function/],
    ['a promise', { clientId: Promise.resolve('x') }, /clientId is a promise/],
    ['a promise of an object', { clientId: 'a', node: Promise.resolve({ name: 'n' }) }, /node is a promise/],
  ])('refuses %s below the root', (_, row, message) => {
    const asked = document('{ broken(how: "") { clientId node { name } } }');
    for (const dress of [identity, v3]) {
      const outcome = port.prepare(asked, dress)({}, new Map([['row', row]]));
      expect(errorsOf(outcome as Outcome<unknown>)[0]?.message).toMatch(message);
    }
  });
});

describe('an operation that cannot be compiled', () => {
  const others: readonly Asked[] = [
    asked('@include', 'query ($yes: Boolean = false) { client(id: "1") { port username @include(if: $yes) } }'),
    asked('@skip on a root field', '{ version @skip(if: true) uptime }'),
    asked('@skip on a fragment', '{ client(id: "1") { port ... @skip(if: true) { username } } }'),
    asked('a resolver below the root', '{ measured { plain computed } }'),
    asked('an argument below the root', '{ measured { plain scaled(by: 3) } }'),
    asked('an interface', '{ named { __typename name ... on Node { address { port } } } }'),
    asked('a union', '{ events { ... on Topic { qos } ... on Client { clientId port } __typename } }'),
    asked('introspection', '{ __type(name: "Meta") { name fields { name } } }'),
  ];

  describe.each(Object.entries(dresses))('dressed as %s', (_, dress) => {
    test.each(others)('is answered by graphql-js: $what', async ({ source, variables }) => {
      expect(isCompilable(schema, document(source))).toBe(false);
      const outcome = await run(source, dress, variables);
      expect(JSON.stringify(outcome)).toBe(JSON.stringify(await reference(source, dress, variables)));
    });
  });

  test('answers no data beside errors', async () => {
    const outcome = await run('{ fail(how: "text") version @include(if: true) }', identity);
    expect(outcome).not.toHaveProperty('data');
    expect(errorsOf(outcome)).toHaveLength(1);
  });

  test('answers without a promise when no resolver answers one', () => {
    expect(run('{ measured { computed } }', identity)).toEqual({ data: { measured: { computed: 7 } } });
  });

  test('gives an object of an abstract type the constants of its __typename', () => {
    const outcome = run('{ events { __typename ... on Topic { qos } } }', { ...v3, key: (key) => key });
    const heap = { size: [] };
    const events = [
      { __typename: 'Client', zone: 'external', 'proto.ver': 4, heap },
      { __typename: 'Topic', qos: 1 },
    ];
    expect(outcome).toEqual({ data: { events, v: 3 } });
    const without = document('{ events { ... on Topic { qos } } }');
    expect(() => port.prepare(without, v3)).toThrow("'__typename' must be selected");
  });
});

describe('dressResult', () => {
  test('refuses data of another shape', () => {
    const asked = document('{ positions { clientId } }');
    expect(() => dressResult(schema, asked, identity, { version: 1 })).toThrow("does not select 'version'");
    expect(() => dressResult(schema, asked, identity, { positions: {} })).toThrow('a list is expected');
    expect(() => dressResult(schema, asked, identity, null)).toThrow('an object is expected');
  });
});
