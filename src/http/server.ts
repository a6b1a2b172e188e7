import { createServer, IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { Port, type PortLimits } from '../port.ts';
import type { ServedCertificate } from '../tls/served-certificate.ts';

/** Room for a path with a topic of 4096 bytes, each percent-encoded, and other headers. */
const MAX_HEADER_SIZE = 32 * 1024;
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;

/** Takes over a connection that a client wants to upgrade. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const classes = new WeakMap<Express, Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>>();

/**
 * Express gives each request and response the prototype of its application; here they are born with it, which makes a
 * small request several times cheaper.
 */
function classesOf(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  const known = classes.get(app);
  if (known) return known;
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  Object.setPrototypeOf(Request.prototype, app.request);
  Object.setPrototypeOf(Response.prototype, app.response);
  app.request = Request.prototype as unknown as Express['request'];
  app.response = Response.prototype as unknown as Express['response'];
  const made = { IncomingMessage: Request, ServerResponse: Response as unknown as typeof ServerResponse };
  classes.set(app, made);
  return made;
}

export interface HttpPortOptions {
  readonly protocol: string;
  readonly app: Express;
  readonly upgrade: Upgrade;
  readonly limits: PortLimits;
  /** Null is without TLS. */
  readonly certificate: ServedCertificate | null;
}

/** The HTTP server of an Express application, with or without TLS. */
export function createHttpPort({ protocol, app, upgrade, limits, certificate }: HttpPortOptions): Port {
  const options = {
    ...classesOf(app),
    maxHeaderSize: MAX_HEADER_SIZE,
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
  };
  const server = certificate
    ? createTlsServer({ ...options, ...certificate.serverOptions('off') }, app)
    : createServer(options, app);
  if (certificate && 'setSecureContext' in server) certificate.serve(server);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head);
  });
  return new Port(protocol, server, limits);
}
