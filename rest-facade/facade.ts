import { getOperationAST, print } from 'graphql';
import { type ErrorCode, ListAllApiDocument, type RestRelease } from './__generated__/operations.ts';
import { type Answer, type Door, type Endpoint, endpoint, spellingOf, value } from './endpoint.ts';
import type { Execute, MaybePromise, Operation, Outcome } from './execute.ts';
import { type Profile, profiles, type Reply } from './profiles.ts';
import { spellings } from './refusals.ts';
import { forRelease, isWithin } from './releases.ts';
import { MalformedRequest, RequestError, type RestRequest, restRequest } from './request.ts';
import { type Match, Routes } from './routes.ts';
import { table } from './table/index.ts';

export interface FacadeRequest {
  readonly method: string;
  /** Below `/api/v3`, undecoded, without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: Uint8Array | null;
  /** Handed to the resolvers. */
  readonly context: unknown;
}

export interface FacadeReply {
  readonly reply: Reply;
  /** Name of the operation that answered; null when none ran. */
  readonly operation: string | null;
  /** A fault of the facade itself, to be logged; those of an operation were logged where it ran. */
  readonly fault?: unknown;
}

interface PreparedRow extends Endpoint {
  readonly operationName: string;
  readonly run: Operation<never, unknown>;
}

const indexRow = endpoint({
  name: 'list_all_api',
  method: 'GET',
  path: '/',
  descr: 'List all API describe',
  operation: ListAllApiDocument,
  variables: (_, release) => ({ release }),
  answer: ({ restEndpoints }) => value(restEndpoints),
});

const malformed: Reply = { status: 400, text: 'Bad Request' };
const unknown: FacadeReply = { reply: { status: 404, text: 'Not found.' }, operation: null };

/** The rows that a release has on a port, in the order of its index. */
export function rowsOf({ release, indexOrder }: Profile, door: Door): readonly Endpoint[] {
  const rows = table.filter((row) => isWithin(row, release) && (row.door ?? door) === door);
  return indexOrder === 'table' ? rows : rows.sort((a, b) => (a.descr < b.descr ? -1 : 1));
}

const contracts = {
  application: new Map<RestRelease, ReturnType<typeof contractOf>>(),
  user: new Map<RestRelease, ReturnType<typeof contractOf>>(),
};

function contractOf(profile: Profile, door: Door) {
  return rowsOf(profile, door).map(({ name, method, path, descr, operation }) => ({
    name,
    method,
    path,
    descr,
    operation: print(forRelease(operation, profile.release)),
  }));
}

/** The contract of a release as GraphQL shows it to a kind of caller: the rows of its port, each with its operation. */
export function restEndpoints(release: RestRelease, kind: 'application' | 'user') {
  const known = contracts[kind].get(release);
  if (known) return known;
  const profile = Object.values(profiles).find((candidate) => candidate.release === release);
  if (!profile) throw new Error(`no profile speaks ${release}`);
  const contract = contractOf(profile, kind === 'user' ? 'dashboard' : 'management');
  contracts[kind].set(release, contract);
  return contract;
}

/**
 * The v3 API of one port in the spelling of one release: turns a request into an operation, and what it answers into a
 * reply.
 */
export class Facade {
  readonly #profile: Profile;
  readonly #routes: Routes<PreparedRow>;
  readonly #openRoutes: Routes<Endpoint>;
  readonly #index: PreparedRow;

  /** Compiles the operation of every row. Throws when one does not fit the schema. */
  constructor(profile: Profile, execute: Execute, door: Door) {
    this.#profile = profile;
    const prepare = (row: Endpoint): PreparedRow => {
      const document = forRelease(row.operation, profile.release);
      const operationName = getOperationAST(document)?.name?.value ?? '';
      return { ...row, operationName, run: execute.prepare(document, profile.dress) };
    };
    const rows = rowsOf(profile, door);
    this.#routes = new Routes(rows.map(prepare));
    this.#openRoutes = new Routes(rows.filter(({ isOpen }) => isOpen));
    this.#index = prepare(indexRow);
  }

  /** Whether the row behind a path, undecoded, answers without credentials. */
  isOpen(method: string, path: string): boolean {
    return this.#openRoutes.find(method, path) !== null;
  }

  /** Never throws: what goes wrong is a reply. */
  answer(request: FacadeRequest): MaybePromise<FacadeReply> {
    const isIndex = request.path === '' || request.path === '/';
    if (isIndex && request.method !== 'GET') return { reply: malformed, operation: null };
    const match = isIndex ? { row: this.#index, path: {} } : this.#match(request);
    if (!match) return unknown;
    const { row } = match;
    const { run, operationName: operation } = row;
    try {
      const rest = restRequest(match.path, request.query, request.body);
      const outcome = run(row.variables(rest, this.#profile.release), request.context);
      const reply = (settled: Outcome<never>): FacadeReply => ({ ...this.#reply(row, settled, rest), operation });
      return outcome instanceof Promise ? outcome.then(reply) : reply(outcome);
    } catch (error) {
      return { ...this.#thrown(error), operation };
    }
  }

  /** Null for a path that is not percent-encoded UTF-8, too: no row has it. */
  #match({ method, path }: FacadeRequest): Match<PreparedRow> | null {
    try {
      return this.#routes.find(method, path);
    } catch (error) {
      if (error instanceof URIError) return null;
      throw error;
    }
  }

  #reply(row: Endpoint, outcome: Outcome<never>, request: RestRequest): Omit<FacadeReply, 'operation'> {
    try {
      if (!('errors' in outcome)) return this.#dress(row, row.answer(outcome.data, request), request);
      const [error] = outcome.errors;
      const code = error?.extensions.code as ErrorCode | undefined;
      return this.#refuse(row, code ?? 'INTERNAL', error?.message ?? '', request);
    } catch (error) {
      return this.#thrown(error);
    }
  }

  #dress(row: Endpoint, answer: Answer, request: RestRequest): Omit<FacadeReply, 'operation'> {
    if (answer.kind !== 'refused') return { reply: this.#profile.reply(answer) };
    return this.#refuse(row, answer.code, answer.message, request);
  }

  #refuse(row: Endpoint, code: ErrorCode, sentence: string, request: RestRequest): Omit<FacadeReply, 'operation'> {
    return { reply: this.#profile.refuse(spellingOf(row, code, spellings, request), sentence) };
  }

  #thrown(error: unknown): Omit<FacadeReply, 'operation'> {
    if (error instanceof MalformedRequest) return { reply: malformed };
    if (error instanceof RequestError) return { reply: this.#profile.refuse(error.spelling, error.message) };
    return { reply: this.#profile.refuse({ form: 'fault' }, ''), fault: error };
  }
}
