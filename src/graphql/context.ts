/** What a request carries to the resolvers, for the doors that make it. */
export type { Caller, Context } from '../../resolvers/context.ts';
