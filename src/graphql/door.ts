import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Context } from '../../resolvers/context.ts';
import { shown } from '../domain.ts';
import { type LogFault, maskError, withOwnCode } from './errors.ts';
import type { DocumentLimits } from './limits.ts';
import { limitDocuments } from './limits-plugin.ts';
import { type StreamOptions, streamSubscriptions } from './stream-plugin.ts';

export interface DoorOptions extends StreamOptions {
  readonly schema: GraphQLSchema;
  /** Path of the door, as `/graphql`. */
  readonly path: string;
  readonly limits: DocumentLimits;
  readonly logFault: LogFault;
}

const JSON_TYPE = /^application\/json(?:\s*;|$)/i;

const refusal = (status: number, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status } } });

/** What Yoga answers without a sentence, as a fault of ours, or with a code that is not in `ErrorCode`. */
const refusals: Plugin = {
  onRequestParse({ request, requestParser, setRequestParser }) {
    setRequestParser(async (parsed) => {
      const type = shown(request.headers.get('content-type') ?? '');
      // A page of another site can send forms and plain text without asking first.
      if (!requestParser || (request.method === 'POST' && !JSON_TYPE.test(type))) {
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
      if (!('errors' in one)) continue;
      for (const error of one.errors ?? []) withOwnCode(error);
      // A subscription that is refused has no data, and is no fault of ours.
      const [first] = one.errors ?? [];
      if (first && one.data === undefined && first.extensions.code !== 'INTERNAL') {
        first.extensions.http ??= { status: 400, spec: true };
      }
    }
  },
};

/** GraphQL over HTTP, and GraphiQL for a browser, as a Node.js request handler. */
export function createGraphQLDoor({ schema, path, limits, logFault, ...streams }: DoorOptions) {
  const yoga = createYoga<Context>({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    // Loaded when somebody asks for it: it takes more memory than all the rest of an idle broker.
    renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    graphiql: { title: 'brokerql' },
    maskedErrors: { maskError: (error) => maskError(error, logFault) },
    plugins: [refusals, limitDocuments(limits), streamSubscriptions(streams)],
  });
  return (request: IncomingMessage, response: ServerResponse, context: Context): unknown =>
    yoga(request, response, context);
}
