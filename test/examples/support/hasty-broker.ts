import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What is told of an event: its number, and how many before it were dropped. */
export interface Told {
  readonly number: number;
  readonly dropped?: number;
}

/** Speaks graphql-transport-ws as a broker would whose reader is too slow, which no buffer on loopback lets happen. */
export interface HastyBroker {
  readonly url: string;
  /** The cursors that it was asked to go on behind, in their order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Tells connections by number, behind each of these cursors those that are named there. */
export async function startHastyBroker(behind: Readonly<Record<string, readonly Told[]>>): Promise<HastyBroker> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const asked: string[] = [];
  const at = new Date().toISOString();

  const answer = (socket: WebSocket, id: string, variables: { readonly after?: string }): void => {
    const say = (type: string, payload?: unknown): void => socket.send(JSON.stringify({ id, type, payload }));
    const { after } = variables;
    if (after === undefined) {
      say('next', { data: { brokers: [{ datetime: at }] } });
      say('complete');
    } else if (after === '') {
      say('error', [{ message: 'expired', extensions: { code: 'CURSOR_EXPIRED', oldestCursor: '0' } }]);
    } else {
      asked.push(after);
      for (const { number, dropped } of behind[after] ?? []) {
        const event = {
          __typename: 'ClientConnected',
          cursor: String(number),
          at,
          clientId: `c${number}`,
          ipAddress: '::1',
        };
        say('next', { ...(dropped && { extensions: { dropped } }), data: { connectionEvents: event } });
      }
    }
  };

  server.on('connection', (socket) => {
    socket.on('message', (text) => {
      const { id, type, payload } = JSON.parse(String(text));
      if (type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
      if (type === 'subscribe') answer(socket, id, payload.variables ?? {});
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    asked,
    async close() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
