import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../../resolvers/context.ts';
import type { Principal } from '../domain.ts';
import { type LogFault, maskError } from './errors.ts';
import { type DocumentLimits, readOperation } from './limits.ts';

export interface SocketDoorOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  readonly logFault: LogFault;
  /** Who opens a socket: the request that it began with, and the authorization that came in its first message. */
  readonly admit: (request: IncomingMessage, authorization: string | undefined) => Promise<Principal | null>;
  /** Whether the request has anything that could let its sender in. */
  readonly hasCredentials: (request: IncomingMessage) => boolean;
  /** Takes an operation of whoever opened the socket. Answers the refusal when there were too many. */
  readonly rate: (principal: Principal) => Error | null;
  readonly contextOf: (request: IncomingMessage, principal: Principal) => Context;
  /** Calls `end` when the principal may be in no more. Answers what to call when the socket closed. */
  readonly enter: (principal: Principal, end: () => void) => () => void;
  /** Bytes of a message from a client; read with each new socket. */
  readonly maxMessage: number;
}

const GOING_AWAY = 1001;
const TOO_BIG = 1009;
/** Bytes that a client may send before it is let in. */
const STRANGERS_BYTES = 8192;
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
/** Milliseconds that a client has for its half of a close; `ws` would wait 30 s for it. */
const CLOSE_TIMEOUT = 500;

/** Closes a socket, and hears nothing more of a client that does not close its end. */
function closeFor(socket: WebSocket, code: number, reason: string): void {
  socket.removeAllListeners('message');
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT);
  socket.once('close', () => clearTimeout(timer));
}

/** GraphQL over WebSocket (graphql-transport-ws), as a handler of HTTP upgrades. */
export interface SocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all operations and closes the sockets. */
  close(): Promise<void>;
}

type Extra = { context?: Context };

/**
 * Credentials come in `connectionParams {authorization}`, in the header of the upgrade, or as the cookie of a sign-in:
 * 4401 when there are none, 4403 when they are refused, or hold no longer.
 */
export function createSocketDoor(options: SocketDoorOptions): SocketDoor {
  const { schema, limits, logFault, admit, hasCredentials, rate, contextOf, enter } = options;
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const masked = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.map((error) => maskError(error, logFault).toJSON());

  /** What to call when a stranger was let in. */
  const meters = new WeakMap<WebSocket, () => void>();

  /** Cuts a client off that sends much before it is let in: messages are kept in memory until they are whole. */
  const meter = (webSocket: WebSocket, socket: Duplex, head: Buffer): void => {
    let bytes = head.length;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= STRANGERS_BYTES) return;
      socket.off('data', count);
      closeFor(webSocket, TOO_BIG, 'Too big');
      socket.pause();
    };
    // Before the reader of messages, so that what is too much is not read.
    socket.prependListener('data', count);
    meters.set(webSocket, () => socket.off('data', count));
  };

  const disposable = useServer<Record<string, unknown>, Extra>(
    {
      schema,
      context: ({ extra }) => extra.context,
      async onConnect({ connectionParams, extra }) {
        const { socket, request } = extra;
        const authorization = connectionParams?.authorization;
        const isText = typeof authorization === 'string';
        if (!isText && !hasCredentials(request)) {
          socket.close(UNAUTHORIZED, 'Unauthorized');
          return false;
        }
        const principal = await admit(request, isText ? authorization : undefined).catch(() => null);
        // Whoever left while the secret was looked at will not close again.
        if (!principal || socket.readyState !== socket.OPEN) return false;
        meters.get(socket)?.();
        extra.context = contextOf(request, principal);
        socket.once(
          'close',
          enter(principal, () => closeFor(socket, FORBIDDEN, 'Forbidden')),
        );
        return true;
      },
      onSubscribe: ({ extra }, _id, payload) => {
        const principal = extra.context?.caller.principal;
        const refusal = principal ? rate(principal) : null;
        if (refusal) return [new GraphQLError(refusal.message, { originalError: refusal })];
        const operation = readOperation(schema, payload, limits);
        return 'document' in operation ? { ...operation, contextValue: extra.context } : operation;
      },
      onNext: (_socket, _id, _payload, _args, { data, errors, extensions }) => {
        if (!errors) return undefined;
        return { errors: masked(errors), ...(data === undefined ? {} : { data }), ...(extensions && { extensions }) };
      },
      onError: (_socket, _id, _payload, errors) => masked(errors as readonly GraphQLError[]),
    },
    server,
  );

  return {
    upgrade(request, socket, head) {
      server.options.maxPayload = options.maxMessage;
      server.handleUpgrade(request, socket, head, (webSocket) => {
        meter(webSocket, socket, head);
        server.emit('connection', webSocket, request);
        // A malformed frame closes the socket; graphql-ws would write it to stderr as a fault of ours.
        webSocket.removeAllListeners('error').on('error', () => {});
      });
    },
    async close() {
      for (const socket of server.clients) closeFor(socket, GOING_AWAY, 'Going away');
      await disposable.dispose();
    },
  };
}
