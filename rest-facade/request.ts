import type { Spelling } from './endpoint.ts';

/** A request that says what it cannot mean: answered 400 with the sentence, unless the contract spells it otherwise. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly spelling: Spelling;

  constructor(sentence: string, spelling: Spelling = { form: 'input' }) {
    super(sentence);
    this.spelling = spelling;
  }
}

/** A request that is not well-formed: answered 400 with the text of the contract. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

/** What a row reads: parameters of the path, and those of query and body as one list. */
export interface RestRequest {
  /** By the name after the colon; decoded where the contract decodes it. */
  readonly path: Readonly<Record<string, string>>;
  /** The first value of this name, the query before the body; undefined when there is none. */
  parameter(name: string): unknown;
  /** All parameters as they were received, those of the query first. */
  parameters(): Readonly<Record<string, unknown>>;
  /** The whole body; undefined when it is empty. */
  readonly body: unknown;
}

const LONGEST_SHOWN = 200;

/** A value as JSON; null when it is nested so deeply that nothing can spell it. */
export function spelledJson(value: unknown): string | null {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const shownJson = (value: unknown): string => spelledJson(value) ?? 'a value that is nested too deeply';

/** A value in a sentence, shortened. */
export const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? `'${value}'` : shownJson(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
};

export const mustBe = (name: string, expected: string, value: unknown): RequestError =>
  new RequestError(`${name} must be ${expected}, not ${shown(value)}`);

/**
 * Reads a query string: `+` and %XX are decoded, the first of repeated names wins, a name without `=` is true. Empty
 * parts are passed over; a value without a name is malformed.
 */
export function parseQuery(text: string): Map<string, string | true> {
  const parameters = new Map<string, string | true>();
  if (text === '') return parameters;
  for (const part of text.split('&')) {
    if (part === '') continue;
    const split = part.indexOf('=');
    const name = decode(split < 0 ? part : part.slice(0, split));
    if (name === '') throw new MalformedRequest('a query parameter without a name');
    if (!parameters.has(name)) parameters.set(name, split < 0 ? true : decode(part.slice(split + 1)));
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new MalformedRequest('a query that is not percent-encoded UTF-8');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a body as JSON whatever its content type; undefined when it is empty. */
export function parseBody(body: Uint8Array | null): unknown {
  if (!body || body.length === 0) return undefined;
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new MalformedRequest('a body that is not JSON');
  }
}

/** Merges query and body, the query first. */
export function restRequest(
  path: Readonly<Record<string, string>>,
  query: string,
  bytes: Uint8Array | null,
): RestRequest {
  const parameters = parseQuery(query);
  const body = parseBody(bytes);
  return {
    path,
    body,
    parameter(name) {
      const fromQuery = parameters.get(name);
      if (fromQuery !== undefined || body === undefined) return fromQuery;
      return objectOf(body, 'the body')[name];
    },
    parameters: () => ({
      ...Object.fromEntries(parameters),
      ...Object.fromEntries(
        Object.entries(body === undefined ? {} : objectOf(body, 'the body')).filter(([name]) => !parameters.has(name)),
      ),
    }),
  };
}

/** The value as an object whose keys are only its own. */
export function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mustBe(name, 'a JSON object', value);
  return Object.assign(Object.create(null), value);
}

/** Where a value comes from: a request, or an element of a batch. */
export type Source = (name: string) => unknown;

/** A text; `absent` when there is none. */
export function textOf<Absent extends string | null>(source: Source, name: string, absent: Absent): string | Absent {
  const value = source(name);
  if (value === undefined) return absent;
  if (typeof value !== 'string') throw mustBe(name, 'a string', value);
  return value;
}

/** A text that no sentence repeats; empty when there is none. */
export function secretOf(source: Source, name: string): string {
  const value = source(name);
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new RequestError(`${name} must be a string`);
  return value;
}

/** True or false, as a JSON value or in letters; null when there is none. */
export function truthOf(source: Source, name: string): boolean | null {
  const value = source(name);
  if (value === undefined) return null;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw mustBe(name, 'true or false', value);
}

const INT_MAX = 2 ** 31 - 1;

/** An integer, as a JSON number or in digits; `absent` when there is none. */
export function integerOf<Absent extends number | null>(
  source: Source,
  name: string,
  absent: Absent,
  low: number,
  high = INT_MAX,
): number | Absent {
  const value = source(name);
  if (value === undefined) return absent;
  const number = typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high) {
    throw mustBe(name, `an integer from ${low} to ${high}`, value);
  }
  return number;
}

/** EMQ X 3.0: `_page` counts from 1, `_limit` is 10000 unless given and has no cap of its own. */
export function pageOf({ parameter }: RestRequest): { page: number; limit: number } {
  return { page: integerOf(parameter, '_page', 1, 1), limit: integerOf(parameter, '_limit', 10_000, 1) };
}
