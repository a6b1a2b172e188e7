import { join } from 'node:path';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import type { ErrorCode } from '../../../rest-facade/__generated__/operations.ts';
import { type Door, type Endpoint, spellingOf } from '../../../rest-facade/endpoint.ts';
import { restEndpoints, rowsOf } from '../../../rest-facade/facade.ts';
import { profiles, type Reply } from '../../../rest-facade/profiles.ts';
import { spellings } from '../../../rest-facade/refusals.ts';
import { type RestRequest, restRequest } from '../../../rest-facade/request.ts';
import { dressResult } from '../../../src/graphql/dress.ts';
import { createSchema } from '../../../src/graphql/schema.ts';
import { packageRoot } from '../../../src/package.ts';
import type { TestGateway } from '../../support/gateway.ts';
import type { ParityCase } from './parity-cases.ts';
import type { ProfileName } from './profiles.ts';

export const schema = createSchema(join(packageRoot, 'schema'));

/** `/graphql` has a limit of its own for a page, which no list of this test reaches. */
const LARGEST_PAGE = 10_000;

/** The row as the contract has it, and what its operation is called. */
export interface TableRow {
  readonly key: string;
  readonly row: Endpoint;
  readonly document: DocumentNode;
  readonly operation: string;
  readonly operationName: string;
}

/** The rows of a port. */
export function tableOf(profile: ProfileName, door: Door): TableRow[] {
  const rows = rowsOf(profiles[profile], door);
  return restEndpoints(profiles[profile].release, door === 'management' ? 'application' : 'user').map(
    ({ method, path, operation }) => {
      const key = `${method} ${path}`;
      const row = rows.find((candidate) => candidate.method === method && candidate.path === path);
      if (!row) throw new Error(`${key} is shown but not in the table`);
      const document = parse(operation);
      return { key, row, document, operation, operationName: getOperationAST(document)?.name?.value ?? '' };
    },
  );
}

/** The path of the row with its parameters in place; names of nodes stay as they are. */
export const pathOf = (row: Endpoint, { path = {}, query = '' }: ParityCase): string =>
  `/${row.path}${query}`.replace(/:(\w+)/g, (_, name: string) =>
    name === 'node' ? path.node! : encodeURIComponent(path[name]!),
  );

const requestOf = ({ path = {}, query = '', body }: ParityCase): RestRequest =>
  restRequest(path, query.slice(1), body === undefined ? null : Buffer.from(JSON.stringify(body)));

/** The reply as a caller reads it. */
export function readReply(reply: Reply): { status: number; body: unknown } {
  if ('text' in reply) return { status: reply.status, body: reply.text };
  if ('json' in reply) return { status: reply.status, body: reply.json };
  const { head, items, tail } = reply.page;
  const rows = items.map((item) => JSON.stringify(item)).join(',');
  return { status: reply.status, body: JSON.parse(head + rows + tail) };
}

function refusal(profile: ProfileName, row: Endpoint, code: ErrorCode, sentence: string, request: RestRequest): Reply {
  return profiles[profile].refuse(spellingOf(row, code, spellings, request), sentence);
}

/** What the row makes of the answer that a caller of `/graphql` gets. */
export async function throughGraphQL(
  ask: TestGateway['graphql'],
  profile: ProfileName,
  { row, operation, document }: TableRow,
  one: ParityCase,
): Promise<Reply> {
  const { release, dress, reply } = profiles[profile];
  const request = requestOf(one);
  const variables = { ...(row.variables(request, release) as Record<string, unknown>) };
  if (Number(variables.limit) > LARGEST_PAGE) variables.limit = LARGEST_PAGE;
  const { data, errors } = await ask<unknown>(operation, variables);
  if (errors?.[0]) return refusal(profile, row, errors[0].extensions.code as ErrorCode, errors[0].message, request);
  const answer = row.answer(dressResult(schema, document, dress, data) as never, request);
  return answer.kind === 'refused' ? refusal(profile, row, answer.code, answer.message, request) : reply(answer);
}
