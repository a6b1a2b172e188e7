import { createServer, IncomingMessage, type ServerOptions, ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { Port, type PortLimits } from '../port.ts';
import type { ServedCertificate } from '../tls/served-certificate.ts';

/** Room for a path with a topic of 4096 bytes, each percent-encoded, and other headers. */
const MAX_HEADER_SIZE = 32 * 1024;
/** Milliseconds between two looks for requests that take too long; Node.js would look every 30 s. */
const CHECK_INTERVAL = 1000;

/** Takes over a connection of a port that a client wants to upgrade. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, port: Pick<Port, 'enter'>) => void;

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

const UNREAD: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `the headers have more than ${MAX_HEADER_SIZE} bytes, which is the limit`],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request took too long to arrive'],
};

/** Answers a request that could not be read, as Node.js does, but with a sentence. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  // What Node.js looks at itself: behind the head of another answer, a second one would be taken for its body.
  const { _httpMessage: answer } = socket as { _httpMessage?: { readonly headersSent: boolean } | null };
  if (!socket.writable || answer?.headersSent) {
    socket.destroy(error);
    return;
  }
  const [status, sentence] = UNREAD[error.code ?? ''] ?? [400, 'the request is not HTTP/1.1'];
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain`;
  socket.write(`${head}\r\nContent-Length: ${sentence.length}\r\n\r\n${sentence}`);
  socket.destroy(error);
}

/** Seconds, read whenever they are needed. */
export interface HttpTimeouts {
  /** That the headers of a request may take. */
  readonly headersTimeout: number;
  /** That a whole request may take. */
  readonly requestTimeout: number;
}

export interface HttpPortOptions {
  readonly protocol: string;
  readonly app: Express;
  readonly upgrade: Upgrade;
  readonly limits: PortLimits;
  readonly timeouts: HttpTimeouts;
  /** Null is without TLS. */
  readonly certificate: ServedCertificate | null;
}

/** The HTTP server of an Express application, with or without TLS. */
export function createHttpPort(given: HttpPortOptions): Port {
  const { protocol, app, upgrade, limits, certificate, timeouts } = given;
  const options = {
    ...classesOf(app),
    maxHeaderSize: MAX_HEADER_SIZE,
    connectionsCheckingInterval: CHECK_INTERVAL,
  };
  const server = certificate
    ? createTlsServer({ ...options, ...certificate.serverOptions('off') }, app)
    : createServer(options, app);
  // Node.js reads them at each look, and would swap them when the headers may take longer than the whole.
  Object.defineProperties(server, {
    headersTimeout: { get: () => Math.min(timeouts.headersTimeout, timeouts.requestTimeout) * 1000 },
    requestTimeout: { get: () => timeouts.requestTimeout * 1000 },
  });
  if (certificate && 'setSecureContext' in server) certificate.serve(server);
  server.on('clientError', refuseUnread);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head, port);
  });
  const port = new Port(protocol, server, limits);
  return port;
}
