import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Context } from '../../resolvers/context.ts';
import { type LogFault, maskError } from './errors.ts';

export interface DoorOptions {
  readonly schema: GraphQLSchema;
  /** Path of the door, as `/graphql`. */
  readonly path: string;
  readonly context: Context;
  readonly logFault: LogFault;
}

/** GraphQL over HTTP, and GraphiQL for a browser, as a Node.js request handler. */
export function createGraphQLDoor({ schema, path, context, logFault }: DoorOptions) {
  return createYoga({
    schema,
    graphqlEndpoint: path,
    context: () => context,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    renderGraphiQL,
    graphiql: { title: 'brokerql' },
    maskedErrors: { maskError: (error) => maskError(error, logFault) },
  });
}
