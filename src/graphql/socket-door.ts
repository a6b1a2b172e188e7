import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import { CloseCode, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../../resolvers/context.ts';
import type { Principal } from '../domain.ts';
import type { LogFault } from './errors.ts';
import type { DocumentLimits } from './limits.ts';
import type { Live } from './live/live.ts';
import type { Seats } from './seats.ts';
import { type Admitted, type Refused, type SessionLimits, SocketSession } from './socket-session.ts';

export interface SocketDoorOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  readonly sessions: SessionLimits;
  readonly logFault: LogFault;
  readonly live: Live;
  readonly seats: Seats;
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
const TRY_AGAIN_LATER = 1013;
/** Bytes that a client may send before it is let in. */
const STRANGERS_BYTES = 8192;

const UNAUTHORIZED: Refused = { code: CloseCode.Unauthorized, reason: 'Unauthorized' };
const FORBIDDEN: Refused = { code: CloseCode.Forbidden, reason: 'Forbidden' };
const TOO_MANY: Refused = { code: TRY_AGAIN_LATER, reason: 'Too many WebSockets and event streams are open' };

/** GraphQL over WebSocket (graphql-transport-ws), as a handler of HTTP upgrades. */
export interface SocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all operations and closes the sockets. */
  close(): Promise<void>;
}

/**
 * Credentials come in `connectionParams {authorization}`, in the header of the upgrade, or as the cookie of a sign-in:
 * 4401 when there are none, 4403 when they are refused, or hold no longer.
 */
export function createSocketDoor(options: SocketDoorOptions): SocketDoor {
  const { schema, limits, sessions, logFault, live, seats, hasCredentials } = options;
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols });
  const open = new Set<SocketSession>();

  const admit = async (
    webSocket: WebSocket,
    request: IncomingMessage,
    authorization: string | undefined,
    session: SocketSession,
  ): Promise<Admitted | Refused> => {
    if (authorization === undefined && !hasCredentials(request)) return UNAUTHORIZED;
    const principal = await options.admit(request, authorization).catch(() => null);
    // Whoever left while the secret was looked at will not close again.
    if (!principal || webSocket.readyState !== webSocket.OPEN) return FORBIDDEN;
    const leaveSeat = seats.take(principal);
    if (leaveSeat instanceof Error) return TOO_MANY;
    const leave = options.enter(principal, () => session.close(FORBIDDEN.code, FORBIDDEN.reason));
    webSocket.once('close', () => {
      leaveSeat();
      leave();
    });
    return { context: options.contextOf(request, principal), rate: () => options.rate(principal) };
  };

  const serve = (webSocket: WebSocket, request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const session: SocketSession = new SocketSession(webSocket, stream, {
      ...{ schema, documents: limits, limits: sessions, logFault, live },
      admit: async (authorization) => {
        const verdict = await admit(webSocket, request, authorization, session);
        if (!('code' in verdict)) stream.off('data', meter);
        return verdict;
      },
    });
    /** Cuts a client off that sends much before it is let in: messages are kept in memory until they are whole. */
    let bytes = head.length;
    function meter(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes <= STRANGERS_BYTES) return;
      stream.off('data', meter);
      session.close(TOO_BIG, 'Too big');
      stream.pause();
    }
    // Before the reader of messages, so that what is too much is not read.
    stream.prependListener('data', meter);
    // A malformed frame closes the socket by itself.
    webSocket.on('error', () => {});
    open.add(session);
    const rest = live.beats.add(() => session.beat());
    webSocket.once('close', () => {
      rest();
      open.delete(session);
    });
    if (webSocket.protocol === '') session.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
  };

  return {
    upgrade(request, stream, head) {
      server.options.maxPayload = options.maxMessage;
      server.handleUpgrade(request, stream, head, (webSocket) => serve(webSocket, request, stream, head));
    },
    async close() {
      const closed = [...server.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const session of open) session.close(GOING_AWAY, 'Going away');
      await Promise.all(closed);
    },
  };
}
