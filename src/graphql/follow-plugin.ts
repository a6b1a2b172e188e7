import type { ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../resolvers/context.ts';

/** A plugin of Yoga that ends the stream of a subscription as soon as its caller may come in no more. */
export const followCallers: Plugin<Context & { readonly res: ServerResponse }> = {
  onSubscribe({ args, setResultAndStopExecution }) {
    const { access, caller, res } = args.contextValue;
    // Whoever left while the secret was looked at will not close again.
    if (res.closed) return setResultAndStopExecution({ errors: [new GraphQLError('the client left')] });
    if (!caller.principal) return;
    const leave = access.admissions.enter(caller.principal, () => res.destroy());
    res.once('close', leave);
  },
};
