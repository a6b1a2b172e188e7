import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { Port } from '../port.ts';

/** Room for a path with a topic of 4096 bytes, each percent-encoded, and other headers. */
const MAX_HEADER_SIZE = 32 * 1024;
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;

/** Takes over a connection that a client wants to upgrade at `/graphql`. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * The HTTP server of an Express application. Express gives each request and response the prototype of its
 * application; here they are born with it, which makes a small request several times cheaper.
 */
export function createHttpPort(protocol: string, app: Express, upgrade: Upgrade): Port {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  Object.setPrototypeOf(Request.prototype, app.request);
  Object.setPrototypeOf(Response.prototype, app.response);
  app.request = Request.prototype as unknown as Express['request'];
  app.response = Response.prototype as unknown as Express['response'];
  const server = createServer(
    {
      IncomingMessage: Request,
      ServerResponse: Response as unknown as typeof ServerResponse,
      maxHeaderSize: MAX_HEADER_SIZE,
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
    },
    app,
  );
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?', 1)[0] === '/graphql') upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return new Port(protocol, server);
}
