import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { createLookup, isLinkLocal, type LookupAll, linkLocalTarget } from './link-local.ts';

/** PEM texts; a server's certificate is always checked. */
export interface OutboundTls {
  /** Whom to trust in place of the well-known authorities. */
  readonly ca?: string;
  /** Shown to a server that asks who calls. */
  readonly cert?: string;
  readonly key?: string;
}

export interface OutboundOptions {
  /** Most connections at once to one server. */
  readonly connections: number;
  /** Requests that may wait or be under way at once; what comes beyond fails at once. */
  readonly maxPending: number;
  /** Milliseconds until a connection has to stand. */
  readonly connectTimeout: number;
  /** Milliseconds until a request has to be answered whole, waiting for a connection included. */
  readonly timeout: number;
  /** Bytes of the body of an answer. */
  readonly maxAnswer: number;
  /** Whether link-local targets may be called, such as the metadata service of a cloud. */
  readonly allowLinkLocal: boolean;
  readonly tls?: OutboundTls;
  /** How names become addresses; that of the system unless given. */
  readonly lookup?: LookupAll;
}

export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, of `http:` or `https:`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** How often it is sent again when the server closes the connection in place of an answer; 0 unless given. */
  readonly resends?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Why there is no answer, in a sentence that names the server, without the path, the query and the body. */
export class OutboundError extends Error {
  override readonly name: string = 'OutboundError';
}

/** Nobody was asked: so many requests wait already. It says nothing of the server. */
export class OutboundBusy extends OutboundError {
  override readonly name = 'OutboundBusy';
}

/** Calls HTTP servers, over connections that are kept. */
export interface Outbound {
  /**
   * Answers whatever the server does, redirects included, which are not followed. Rejects with an OutboundError, an
   * OutboundBusy where it is asked nothing.
   */
  request(request: OutboundRequest): Promise<OutboundAnswer>;
  /** Ends all connections: what is under way rejects, as does what is requested from now on. */
  close(): Promise<void>;
}

/** What the server, or whatever stands before it, did in place of an answer. */
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Makes a caller of HTTP servers; one for each plugin that calls, so that none waits for another's server. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { connections, maxPending, connectTimeout, timeout, maxAnswer } = options;
  const agent = new Agent({
    connections,
    connect: createConnector(options),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: maxAnswer,
  });
  let pending = 0;

  async function attempt(
    { method, url, headers, body }: OutboundRequest,
    signal: AbortSignal,
  ): Promise<OutboundAnswer> {
    const request: Dispatcher.RequestOptions = {
      ...{ origin: url.origin, path: `${url.pathname}${url.search}`, method, signal },
      headers: { ...headers },
      body: body ?? null,
    };
    const { statusCode, headers: answered, body: stream } = await agent.request(request);
    return { status: statusCode, headers: answered, body: Buffer.from(await stream.arrayBuffer()) };
  }

  async function request(asked: OutboundRequest): Promise<OutboundAnswer> {
    const { origin } = asked.url;
    if (pending >= maxPending) throw new OutboundBusy(`${origin} has ${pending} requests to answer already`);
    pending++;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeout);
    try {
      for (let resends = asked.resends ?? 0; ; resends--) {
        try {
          return await attempt(asked, deadline.signal);
        } catch (fault) {
          if (deadline.signal.aborted) throw new OutboundError(`${origin} did not answer within ${timeout} ms`);
          if (resends > 0 && CLOSED.has(codeOf(fault))) continue;
          throw new OutboundError(`${origin} cannot be asked: ${reasonOf(fault, maxAnswer, connectTimeout)}`, {
            cause: fault,
          });
        }
      }
    } finally {
      clearTimeout(timer);
      pending--;
    }
  }

  return { request, close: () => agent.destroy() };
}

function createConnector({ allowLinkLocal, connectTimeout, tls, lookup }: OutboundOptions): buildConnector.connector {
  const connect = buildConnector({ ...tls, timeout: connectTimeout, lookup: createLookup(allowLinkLocal, lookup) });
  return (target, done) => {
    // No name is looked up where an address stands.
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (!allowLinkLocal && isIP(host) !== 0 && isLinkLocal(host)) {
      process.nextTick(done, linkLocalTarget(host, host), null);
    } else connect(target, done);
  };
}

const codeOf = (fault: unknown): string => String((fault as NodeJS.ErrnoException | null)?.code ?? '');

function reasonOf(fault: unknown, maxAnswer: number, connectTimeout: number): string {
  const code = codeOf(fault);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `no connection within ${connectTimeout} ms`;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return `its answer has more than ${maxAnswer} bytes`;
  // An error of several addresses has no words of its own.
  return (fault as Error).message || code || 'the connection failed';
}
