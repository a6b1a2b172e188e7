import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLError, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Context } from '../../resolvers/context.ts';
import { type LogFault, maskError } from './errors.ts';

export interface SocketDoorOptions {
  readonly schema: GraphQLSchema;
  readonly context: Context;
  readonly logFault: LogFault;
  /** Whether the text of an Authorization header lets its sender in. */
  readonly admit: (authorization: string) => boolean | Promise<boolean>;
  /** Bytes of a message from a client. */
  readonly maxMessage: number;
}

const UNAUTHORIZED = 4401;

/** GraphQL over WebSocket (graphql-transport-ws), as a handler of HTTP upgrades. */
export interface SocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all operations and closes the sockets. */
  close(): Promise<void>;
}

/**
 * Credentials come in `connectionParams {authorization}` or in the header of the upgrade: 4401 when there are none,
 * 4403 when they are refused.
 */
export function createSocketDoor({ schema, context, logFault, admit, maxMessage }: SocketDoorOptions): SocketDoor {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessage, perMessageDeflate: false });
  const masked = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.map((error) => maskError(error, logFault).toJSON());

  const disposable = useServer(
    {
      schema,
      context: () => context,
      onConnect({ connectionParams, extra }) {
        const header = extra.request.headers.authorization;
        const { authorization = header } = connectionParams ?? {};
        if (typeof authorization === 'string') return admit(authorization);
        extra.socket.close(UNAUTHORIZED, 'Unauthorized');
        return false;
      },
      onNext: (_socket, _id, _payload, _args, { data, errors, extensions }) => {
        if (!errors) return undefined;
        return { errors: masked(errors), ...(data === undefined ? {} : { data }), ...(extensions && { extensions }) };
      },
      onError: (_socket, _id, _payload, errors) => masked(errors),
    },
    server,
  );

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (webSocket) => server.emit('connection', webSocket, request));
    },
    async close() {
      await disposable.dispose();
    },
  };
}
