import { type ClientOptions, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { APP_AUTHORIZATION, type GraphQLAnswer } from '../support/gateway.ts';

/** A subscription as its client sees it. */
export interface Following<Data> extends AsyncDisposable {
  /** The next payload; rejects when the subscription ends before it. */
  next(): Promise<GraphQLAnswer<Data>>;
}

/** Follows a subscription with the official client, by the WebSocket of `url`, which is that of HTTP. */
export function follow<Data = Record<string, unknown>>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  options: Partial<ClientOptions> = {},
): Following<Data> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: APP_AUTHORIZATION },
    retryAttempts: 0,
    ...options,
  });
  const payloads = client.iterate<Data>({ query, variables });
  return {
    async next() {
      const { done, value } = await payloads.next();
      if (done) throw new Error('the subscription has ended');
      return value as GraphQLAnswer<Data>;
    },
    async [Symbol.asyncDispose]() {
      await payloads.return?.();
      await client.dispose();
    },
  };
}
