import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { normaliseAddress } from '../net/addresses.ts';
import type { Guard } from './guard.ts';
import type { Upgrade } from './server.ts';

function refuse(socket: Duplex, status: number, reason: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain`;
  // A client that does not close its end keeps nothing open.
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(reason)}\r\n\r\n${reason}`, () => socket.destroy());
}

/**
 * Lets upgrades at `/graphql` pass to `take`, unless they come from a page of another site, or through a trusted proxy
 * from an address that has its limit of connections. `addressOf` answers the address behind the proxies.
 */
export function createUpgrade(guard: Guard, addressOf: (request: IncomingMessage) => string, take: Upgrade): Upgrade {
  return (request: IncomingMessage, socket, head, port) => {
    const refusal = guard(request.headers, 'encrypted' in request.socket);
    if (refusal !== null) return refuse(socket, 403, refusal);
    if (request.url?.split('?', 1)[0] !== '/graphql')
      return refuse(socket, 404, 'GraphQL over WebSocket is at /graphql');
    const address = addressOf(request);
    // A connection that comes straight was counted when it was accepted.
    const isForwarded = address !== normaliseAddress(request.socket.remoteAddress ?? '');
    if (isForwarded && !port.enter(address, request.socket))
      return refuse(socket, 503, 'there are too many connections from this address');
    take(request, socket, head, port);
  };
}
