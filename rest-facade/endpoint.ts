import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ErrorCode, RestRelease } from './__generated__/operations.ts';
import type { Json } from './execute.ts';
import type { RestRequest } from './request.ts';

/** What a row answers; a profile dresses it. */
export type Answer =
  /** A change that has nothing to say. */
  | { readonly kind: 'done' }
  /** Publish and subscribe answer a code in every release. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'value'; readonly value: Json }
  /** As a value, of something that was made. */
  | { readonly kind: 'created'; readonly value: Json }
  /** A list as long as it is. */
  | { readonly kind: 'list'; readonly items: readonly Json[] }
  | { readonly kind: 'page'; readonly items: readonly Json[]; readonly meta: Json }
  /** The path names something that does not exist. */
  | { readonly kind: 'absent' }
  /** Refused as the table of refusals says for this code. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

export const done: Answer = { kind: 'done' };
export const accepted: Answer = { kind: 'accepted' };
export const absent: Answer = { kind: 'absent' };
/** Operations answer JSON; their types say more than `Json` can. */
export const value = (data: unknown): Answer => ({ kind: 'value', value: data as Json });
export const created = (data: unknown): Answer => ({ kind: 'created', value: data as Json });
export const list = (items: readonly unknown[]): Answer => ({ kind: 'list', items: items as readonly Json[] });
export const page = ({ items, meta }: { readonly items: readonly unknown[]; readonly meta: unknown }): Answer => ({
  kind: 'page',
  items: items as readonly Json[],
  meta: meta as Json,
});

/** How a refusal is spelled; `reason` is the word of the contract, the sentence stands in its place where there is none. */
export type Spelling =
  /** 3.0-beta: 500 `{"message"}`; later: 200 `{"code","message"}`. */
  | { readonly form: 'business'; readonly number: number; readonly reason: string }
  /** 3.0-beta: 200 `{"code"}`; later: 200 `{"code","message"}`. */
  | { readonly form: 'coded'; readonly number: number; readonly reason: string }
  /** 200 `{"message"}` without a code. */
  | { readonly form: 'uncoded'; readonly reason: string }
  /** 500 and the reason as a JSON string. */
  | { readonly form: 'bare'; readonly reason: string }
  /** Of the dashboard. 3.0-beta: 500 `{"message"}`; 3.0: 200 `{"code":102,"message"}`; since 3.1: 200 `{"message"}`. */
  | { readonly form: 'dashboard'; readonly until30: string; readonly since31: string }
  /** This status and the sentence; 3.0 and later: with the number as `code`. */
  | { readonly form: 'sentence'; readonly status: number; readonly number: number }
  /** As `business`, with the sentence for a reason. */
  | { readonly form: 'told'; readonly number: number }
  /** Of bans. 3.0-beta: 422 `{"message","errorCode"}`; later: 200 `{"code","message"}`; with the sentence. */
  | { readonly form: 'parameter'; readonly number: number }
  /** 400 and the sentence. */
  | { readonly form: 'input' }
  /** 404 text. */
  | { readonly form: 'absent' }
  /** 500 text. */
  | { readonly form: 'fault' };

/** Which port a request comes to: that of programs, or that of people. */
export type Door = 'management' | 'dashboard';

/** One endpoint of the v3 contract and the GraphQL operation that answers it. Its key is (method, path). */
export interface Row<Data, Variables> {
  /** The registered name; upstream names repeat. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As the index prints it: some paths have no leading slash, most collections end with one. */
  readonly path: string;
  readonly descr: string;
  /** First and last release that have the row; all when absent. */
  readonly since?: RestRelease;
  readonly until?: RestRelease;
  /** The only port that has the row; both have it when absent. */
  readonly door?: 'dashboard';
  /** Answered without credentials. */
  readonly isOpen?: true;
  /** No parameter of the path is decoded. */
  readonly isRaw?: true;
  readonly operation: TypedDocumentNode<Data, Variables>;
  readonly variables: (request: RestRequest, release: RestRelease) => Variables;
  /** `data` is dressed already: its leaves are as the release spells them. */
  readonly answer: (data: Data, request: RestRequest) => Answer;
  /** Where this row spells a refusal otherwise than the table of refusals, perhaps by what was asked. */
  readonly refusals?: Partial<Record<ErrorCode, Spelling | ((request: RestRequest) => Spelling)>>;
}

/** A row whose operation is no longer named in its type. */
export type Endpoint = Row<never, unknown>;

/** How a row spells a refusal, given how others do. Throws a RequestError for what the operation could not be asked. */
export function spellingOf(
  { refusals }: Pick<Endpoint, 'refusals'>,
  code: ErrorCode,
  spellings: Readonly<Record<ErrorCode, Spelling>>,
  request: RestRequest,
): Spelling {
  const spelled = refusals?.[code] ?? spellings[code];
  return typeof spelled === 'function' ? spelled(request) : spelled;
}

/** Checks a row against its operation: a misspelt variable or field does not compile. */
export const endpoint = <Data, Variables>(row: Row<Data, Variables>): Endpoint => row as unknown as Endpoint;
