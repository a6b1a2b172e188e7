import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Guard } from './guard.ts';
import type { Upgrade } from './server.ts';

function refuse(socket: Duplex, status: number, reason: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain`;
  // A client that does not close its end keeps nothing open.
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(reason)}\r\n\r\n${reason}`, () => socket.destroy());
}

/** Lets upgrades at `/graphql` pass to `take`, unless they come from a page of another site. */
export function createUpgrade(guard: Guard, take: Upgrade): Upgrade {
  return (request: IncomingMessage, socket, head) => {
    const refusal = guard(request.headers, 'encrypted' in request.socket);
    if (refusal !== null) return refuse(socket, 403, refusal);
    if (request.url?.split('?', 1)[0] !== '/graphql')
      return refuse(socket, 404, 'GraphQL over WebSocket is at /graphql');
    take(request, socket, head);
  };
}
