import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../src/domain.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { APP_AUTHORIZATION, type GraphQLAnswer, NODE, testConfig } from '../support/gateway.ts';

let dataDir: string;
let gateway: Gateway;
let lines: { level: string; logId?: string; err?: { message: string; stack: string } }[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const log = createLog('error', { write: (line) => lines.push(JSON.parse(line)) });
  gateway = await createGateway(testConfig(dataDir, '', { BROKERQL_LOG_LEVEL: 'error' }), log);
  await gateway.listen();
});

afterAll(async () => {
  await gateway.close();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(() => {
  lines = [];
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function post(query: string, variables: Record<string, unknown> = {}) {
  const response = await fetch(`http://127.0.0.1:${gateway.ports.management.port}/graphql`, {
    method: 'POST',
    headers: { authorization: APP_AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as GraphQLAnswer<unknown> };
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);

/** The answer is masked, and the log has the fault whole under the id of the answer. */
function expectMasked(body: GraphQLAnswer<unknown>, path: readonly unknown[], message: string): void {
  expect(body.errors).toEqual([
    {
      message: 'unexpected error',
      locations: [{ line: 1, column: expect.any(Number) }],
      path,
      extensions: { code: 'INTERNAL', logId: uuid },
    },
  ]);
  expect(lines).toMatchObject([{ level: 'error', logId: body.errors?.[0]?.extensions.logId, err: { message } }]);
}

const fault = () => new Error('the disk /dev/sda1 is on fire');

describe('an unexpected fault', () => {
  test('that is thrown is masked, and logged whole', async () => {
    vi.spyOn(gateway.domain, 'connections').mockImplementation(() => {
      throw fault();
    });
    const { body } = await post('{ connections { meta { count } } }');
    expect(body.data).toBeNull();
    expectMasked(body, ['connections'], 'the disk /dev/sda1 is on fire');
    expect(lines[0]?.err?.stack).toContain('errors.test.ts');
    expect(JSON.stringify(body)).not.toContain('disk');
  });

  test('that is rejected is masked, and logged whole', async () => {
    vi.spyOn(gateway.domain, 'publish').mockRejectedValue(fault());
    const { body } = await post('mutation { publish(input: { topic: "a" }) { topic } }');
    expect(body.data).toBeNull();
    expectMasked(body, ['publish'], 'the disk /dev/sda1 is on fire');
  });

  test('behind a field that may be null leaves the rest of the answer', async () => {
    vi.spyOn(gateway.domain, 'stats').mockImplementation(() => {
      throw fault();
    });
    const { body } = await post('{ node(name: "brokerql@127.0.0.1") { name stats { connectionsCount } } }');
    expect(body.data).toEqual({ node: { name: NODE, stats: null } });
    expectMasked(body, ['node', 'stats'], 'the disk /dev/sda1 is on fire');
  });

  test.each([
    ['a counter that is no number', 'bytesReceived', Number.NaN, 'SafeInt cannot represent NaN'],
    ['a counter of 2^53', 'bytesReceived', 2 ** 53, 'SafeInt cannot represent 9007199254740992'],
    ['a time that is none', 'connectedAt', Number.NaN, 'Invalid time value'],
    ['a word that the enum has not', 'transport', 'SMOKE', 'Enum "Transport" cannot represent value: "SMOKE"'],
    ['an Int beyond 32 bits', 'port', 2 ** 31, 'Int cannot represent non 32-bit signed integer value: 2147483648'],
    [
      'nothing where something is promised',
      'zone',
      null,
      'Cannot return null for non-nullable field MqttConnection.zone.',
    ],
  ])('is %s in a row', async (_what, field, value, message) => {
    const row = { clientId: 'x', [field]: value } as unknown as Connection;
    vi.spyOn(gateway.domain, 'connection').mockReturnValue(row);
    const { body } = await post(`{ connection(clientId: "x") { clientId ${field} } }`);
    expect(body.data).toEqual({ connection: null });
    expectMasked(body, ['connection', field], message);
  });

  test('is told and logged once for each field that has it', async () => {
    vi.spyOn(gateway.domain, 'connection').mockImplementation(() => {
      throw fault();
    });
    const { body } = await post('{ a: connection(clientId: "a") { port } b: connection(clientId: "b") { port } }');
    expect(body.data).toEqual({ a: null, b: null });
    expect(body.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['a'], 'INTERNAL'],
      [['b'], 'INTERNAL'],
    ]);
    expect(lines.map(({ logId }) => logId)).toEqual(body.errors?.map(({ extensions }) => extensions.logId));
    expect(new Set(lines.map(({ logId }) => logId)).size).toBe(2);
  });
});

describe('a refusal', () => {
  test('names its code, argument and value, and is not logged', async () => {
    expect(await post('mutation { kickConnection(input: { clientId: "bob" }) { clientId } }')).toEqual({
      status: 200,
      body: {
        data: null,
        errors: [
          {
            message: "client 'bob' is not online",
            locations: [{ line: 1, column: 12 }],
            path: ['kickConnection'],
            extensions: { code: 'CLIENT_NOT_ONLINE', argument: 'clientId', value: 'bob' },
          },
        ],
      },
    });
    expect(lines).toEqual([]);
  });

  test('shortens a long value and escapes control characters', async () => {
    const clientId = `\n${'x'.repeat(300)}`;
    const { body } = await post('mutation ($id: ID!) { kickConnection(input: { clientId: $id }) { clientId } }', {
      id: clientId,
    });
    const value = `\\u000a${'x'.repeat(194)}…`;
    expect(body.errors).toMatchObject([{ message: `client '${value}' is not online`, extensions: { value } }]);
  });
});

describe('a request that is no operation of the schema', () => {
  test.each([
    ['a syntax error', '{ connections {', {}, 'Syntax Error: Expected Name, found <EOF>.'],
    [
      'an unknown field',
      '{ nodes { nickname } }',
      {},
      'Cannot query field "nickname" on type "BrokerNode". Did you mean "name"?',
    ],
    [
      'a variable of another type',
      'query ($p: PageInput) { connections(page: $p) { meta { count } } }',
      { p: { limit: 'ten' } },
      'Variable "$p" got invalid value "ten" at "p.limit"; Int cannot represent non-integer value: "ten"',
    ],
    [
      'null in the place of a default',
      'query ($id: ID = "a") { connection(clientId: $id) { clientId } }',
      { id: null },
      'Argument "clientId" of non-null type "ID!" must not be null.',
    ],
    [
      'an argument that is missing',
      '{ connection { clientId } }',
      {},
      'Field "connection" argument "clientId" of type "ID!" is required, but it was not provided.',
    ],
  ])('is refused with BAD_USER_INPUT for %s, and is not logged', async (_what, query, variables, message) => {
    const { body } = await post(query, variables);
    expect(body.errors?.map((error) => [error.message, error.extensions])).toEqual([
      [message, { code: 'BAD_USER_INPUT' }],
    ]);
    expect(lines).toEqual([]);
  });
});
