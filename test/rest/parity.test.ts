import { join } from 'node:path';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../rest-facade/__generated__/operations.ts';
import type { Endpoint } from '../../rest-facade/endpoint.ts';
import { restEndpoints, rowsOf } from '../../rest-facade/facade.ts';
import { profiles, type Reply } from '../../rest-facade/profiles.ts';
import { spellings } from '../../rest-facade/refusals.ts';
import { type RestRequest, restRequest } from '../../rest-facade/request.ts';
import { isCompilable } from '../../src/graphql/compile.ts';
import { dressResult } from '../../src/graphql/dress.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';
import { eventually, type TestGateway } from '../support/gateway.ts';
import { masked } from './support/masked.ts';
import { arrangeStanding, type ParityCase, parityCases } from './support/parity-cases.ts';
import { PROFILES, type ProfileName, startProfile } from './support/profiles.ts';

const schema = createSchema(join(packageRoot, 'schema'));

/** `/graphql` has a limit of its own for a page, which no list of this test reaches. */
const LARGEST_PAGE = 10_000;

/** The row as the contract has it, and what its operation is called. */
interface TableRow {
  readonly key: string;
  readonly row: Endpoint;
  readonly document: DocumentNode;
  readonly operation: string;
  readonly operationName: string;
}

function tableOf(profile: ProfileName): TableRow[] {
  const rows = rowsOf(profiles[profile], 'management');
  return restEndpoints(profiles[profile].release, 'application').map(({ method, path, operation }) => {
    const key = `${method} ${path}`;
    const row = rows.find((candidate) => candidate.method === method && candidate.path === path);
    if (!row) throw new Error(`${key} is shown but not in the table`);
    const document = parse(operation);
    return { key, row, document, operation, operationName: getOperationAST(document)?.name?.value ?? '' };
  });
}

/** The path of the row with its parameters in place; names of nodes stay as they are. */
const pathOf = (row: Endpoint, { path = {}, query = '' }: ParityCase): string =>
  `/${row.path}${query}`.replace(/:(\w+)/g, (_, name: string) =>
    name === 'node' ? path.node! : encodeURIComponent(path[name]!),
  );

const requestOf = ({ path = {}, query = '', body }: ParityCase): RestRequest =>
  restRequest(path, query.slice(1), body === undefined ? null : Buffer.from(JSON.stringify(body)));

/** The reply as a caller reads it. */
function readReply(reply: Reply): { status: number; body: unknown } {
  if ('text' in reply) return { status: reply.status, body: reply.text };
  if ('json' in reply) return { status: reply.status, body: reply.json };
  const { head, items, tail } = reply.page;
  const rows = items.map((item) => JSON.stringify(item)).join(',');
  return { status: reply.status, body: JSON.parse(head + rows + tail) };
}

function refusal(profile: ProfileName, row: Endpoint, code: ErrorCode, sentence: string): Reply {
  return profiles[profile].refuse(row.refusals?.[code] ?? spellings[code], sentence);
}

/** What the row makes of the answer that a caller of `/graphql` gets. */
async function throughGraphQL(
  gateway: TestGateway,
  profile: ProfileName,
  { row, operation, document }: TableRow,
  one: ParityCase,
): Promise<Reply> {
  const { release, dress, reply } = profiles[profile];
  const request = requestOf(one);
  const variables = { ...(row.variables(request, release) as Record<string, unknown>) };
  if (Number(variables.limit) > LARGEST_PAGE) variables.limit = LARGEST_PAGE;
  const { data, errors } = await gateway.graphql<unknown>(operation, variables);
  if (errors?.[0]) return refusal(profile, row, errors[0].extensions.code as ErrorCode, errors[0].message);
  const answer = row.answer(dressResult(schema, document, dress, data) as never, request);
  return answer.kind === 'refused' ? refusal(profile, row, answer.code, answer.message) : reply(answer);
}

test('every case belongs to a row', () => {
  const keys = new Set(PROFILES.flatMap((profile) => tableOf(profile).map(({ key }) => key)));
  expect(Object.keys(parityCases).filter((key) => !keys.has(key))).toEqual([]);
});

describe.each(PROFILES)('the rows of %s and their operations', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile(profile);
    await arrangeStanding(gateway);
  });

  afterAll(() => gateway.close());

  /** Connections that a case took away are off the lists before the next one is compared. */
  const settle = async (): Promise<void> => {
    const { ports, domain } = gateway.gateway;
    await eventually(async () => {
      const { meta } = await domain.connections({
        page: { page: 1, limit: 1, after: null },
        filter: {},
        node: null,
      });
      return meta.count === ports.mqtt.currentConnections + ports.webSocket.currentConnections;
    }, 'closed connections to leave');
  };

  describe.each(tableOf(profile))('$key', (tableRow) => {
    const { key, row, document, operationName } = tableRow;

    test('is compiled', () => {
      expect(isCompilable(schema, document)).toBe(true);
    });

    test('has cases to compare', () => {
      expect(parityCases[key]).not.toBeUndefined();
    });

    test.each(parityCases[key] ?? [])('answers over REST what GraphQL says: $title', async (one) => {
      await one.arrange?.(gateway);
      const body = one.body === undefined ? {} : { body: one.body };
      const rest = await gateway.rest(pathOf(row, one), { method: row.method, ...body });
      await settle();
      expect(rest.headers.get('x-graphql-operation')).toBe(operationName);

      await one.arrange?.(gateway);
      const expected = readReply(await throughGraphQL(gateway, profile, tableRow, one));
      await settle();
      expect(masked({ status: rest.status, body: rest.json ?? rest.text })).toEqual(masked(expected));
    });
  });
});
