import { badInput, type ListQuery, limitExceeded, type PageQuery } from '../src/domain.ts';
import type { Maybe, PageInput } from './__generated__/resolvers.ts';
import type { Context } from './context.ts';

/** Reads a `PageInput`: absent is page 1 of 100 rows; a number out of its range is refused. */
export function pageQuery(input: Maybe<PageInput> | undefined, { limits }: Context): PageQuery {
  const page = input?.page ?? 1;
  const limit = input?.limit ?? 100;
  if (page < 1) throw badInput('page', page, 'at least 1');
  if (limit < 1 || limit > limits.page) throw badInput('limit', limit, `from 1 to ${limits.page}`);
  return { page, limit, after: input?.after ?? null };
}

interface ListArguments<Filter> {
  readonly page?: Maybe<PageInput>;
  readonly filter?: Maybe<Filter>;
  readonly node?: Maybe<string>;
}

const everything = Object.freeze({});

export function listQuery<Filter extends object>(args: ListArguments<Filter>, context: Context): ListQuery<Filter> {
  return {
    page: pageQuery(args.page, context),
    filter: args.filter ?? (everything as Filter),
    node: args.node ?? null,
  };
}

/** Refuses a list of an input that is longer than one request may have. */
export function atMost<T>(argument: string, items: readonly T[], { limits }: Context): readonly T[] {
  if (items.length > limits.items) throw limitExceeded(argument, items.length, limits.items, 'items');
  return items;
}
