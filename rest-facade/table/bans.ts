import {
  type BanKind,
  CreateBannedDocument,
  DeleteBannedDocument,
  ListBannedDocument,
} from '../__generated__/operations.ts';
import { created, done, endpoint, page } from '../endpoint.ts';
import { mustBe, pageOf, RequestError, type RestRequest, type Source, spelledJson, textOf } from '../request.ts';

/** The words of the contract, for codes that it has for bans alone. */
const missing = (...names: readonly string[]): RequestError =>
  new RequestError(`missing mandatory params: [${names.map((name) => `'${name}'`).join(', ')}]`, {
    form: 'parameter',
    number: 107,
  });
const wrong = (sentence: string): RequestError => new RequestError(sentence, { form: 'parameter', number: 108 });

const kinds: ReadonlyMap<unknown, BanKind> = new Map([
  ['client_id', 'CLIENT_ID'],
  ['username', 'USERNAME'],
  ['ip_address', 'IP_ADDRESS'],
]);

function kindOf(source: Source): BanKind {
  const kind = kinds.get(source('as'));
  if (!kind) throw wrong("value of 'as' must be one of: ['client_id', 'username', 'ip_address']");
  return kind;
}

/** What is said of a ban. `"undefined"` is absent: what was read can be written back. */
function detailOf(source: Source, name: string): string | null {
  const given = textOf(source, name, null);
  return given === 'undefined' ? null : given;
}

/** The last second that ISO 8601 writes with a year of four digits. */
const LAST_SECOND = 253_402_300_799;

/** UNIX seconds as GraphQL takes them; `"undefined"` is absent here, too. */
function untilOf(source: Source): string | null {
  const given = source('until');
  if (given === undefined || given === 'undefined') return null;
  const seconds = typeof given === 'string' && /^[+-]?\d+$/.test(given) ? Number(given) : given;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds > LAST_SECOND) {
    throw mustBe('until', `UNIX seconds as an integer up to ${LAST_SECOND}`, given);
  }
  if (seconds * 1000 <= Date.now()) throw wrong(`until must be UNIX seconds in the future, not ${seconds}`);
  return new Date(seconds * 1000).toISOString();
}

/** Characters of JSON that parameters of no meaning may have together: the answer repeats them. */
const MOST_UNKNOWN = 4096;
const known = new Set(['who', 'as', 'reason', 'by', 'desc', 'until']);

function checkUnknown({ parameters }: RestRequest): void {
  const unknown = Object.entries(parameters()).filter(([name]) => !known.has(name));
  const text = spelledJson(unknown);
  if (text === null) throw new RequestError('unknown parameters are nested too deeply');
  const { length } = text;
  if (length > MOST_UNKNOWN) {
    throw new RequestError(`unknown parameters have ${length} characters; the limit is ${MOST_UNKNOWN}`);
  }
}

export const banRows = [
  endpoint({
    name: 'list_banned',
    method: 'GET',
    path: '/banned/',
    descr: 'List banned',
    operation: ListBannedDocument,
    variables: pageOf,
    answer: ({ bans }) => page(bans),
  }),
  endpoint({
    name: 'create_banned',
    method: 'POST',
    path: '/banned/',
    descr: 'Create banned',
    operation: CreateBannedDocument,
    variables: (request) => {
      const { parameter } = request;
      if (parameter('who') === undefined || parameter('as') === undefined) throw missing('who', 'as');
      const as = kindOf(parameter);
      checkUnknown(request);
      return {
        as,
        who: textOf(parameter, 'who', ''),
        reason: detailOf(parameter, 'reason'),
        by: detailOf(parameter, 'by'),
        desc: detailOf(parameter, 'desc'),
        until: untilOf(parameter),
      };
    },
    answer: (_, { parameters }) => created(parameters()),
  }),
  endpoint({
    name: 'delete_banned',
    method: 'DELETE',
    path: '/banned/:who',
    descr: 'Delete banned',
    operation: DeleteBannedDocument,
    variables: ({ path, parameter }) => {
      if (parameter('as') === undefined) throw missing('as');
      return { as: kindOf(parameter), who: path.who! };
    },
    // One that is not there is no error.
    answer: () => done,
  }),
];
