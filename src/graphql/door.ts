import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Context } from '../../resolvers/context.ts';
import { shown } from '../domain.ts';
import { type LogFault, maskError, withOwnCode } from './errors.ts';

export interface DoorOptions {
  readonly schema: GraphQLSchema;
  /** Path of the door, as `/graphql`. */
  readonly path: string;
  readonly context: Context;
  readonly logFault: LogFault;
}

const refusal = (status: number, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status } } });

/** What Yoga answers without a sentence, as a fault of ours, or with a code that is not in `ErrorCode`. */
const refusals: Plugin = {
  onRequestParse({ request, requestParser, setRequestParser }) {
    setRequestParser(async (parsed) => {
      if (!requestParser) {
        const type = shown(request.headers.get('content-type') ?? '');
        throw refusal(415, `content type '${type}' is not served; send application/json`);
      }
      try {
        return await requestParser(parsed);
      } catch (error) {
        throw error instanceof SyntaxError ? refusal(400, 'variables and extensions must be JSON objects') : error;
      }
    });
  },
  onResultProcess({ result }) {
    for (const one of Array.isArray(result) ? result : [result]) {
      if ('errors' in one) for (const error of one.errors ?? []) withOwnCode(error);
    }
  },
};

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
    plugins: [refusals],
  });
}
