import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { Facade } from '../../rest-facade/facade.ts';
import type { Profile } from '../../rest-facade/profiles.ts';
import type { Access } from '../access/access.ts';
import type { CredentialKind, Principal } from '../access/principal.ts';
import { following } from '../following.ts';
import type { Caller, Context } from '../graphql/context.ts';
import { isPromise } from '../maybe-promise.ts';
import { type Admit, createAdmit } from './admission.ts';
import { signInCookie } from './cookie.ts';
import type { Cors } from './cors.ts';
import type { Guard } from './guard.ts';
import { addHealth, type HealthOptions } from './health.ts';
import { addMetrics, type Scrape } from './metrics.ts';
import { type RequestFault, requestFaultOf, type TooManyRequests } from './request-faults.ts';
import { createRestDoor, writeReply } from './rest-door.ts';

export interface ApplicationOptions extends HealthOptions {
  /** Who may come in: applications on the management port, users on that of the dashboard. */
  readonly kind: CredentialKind;
  readonly access: Access;
  readonly guard: Guard;
  readonly cors: Cors;
  /** Takes a request of somebody who was let in. Answers the refusal when there were too many. */
  readonly rate: (principal: Principal) => TooManyRequests | null;
  /** The release that answers a principal, or with null a stranger. */
  readonly release: (principal: Principal | null) => { readonly profile: Profile; readonly facade: Facade };
  /** The context of a request. */
  readonly contextOf: (caller: Caller) => Context;
  readonly graphql: (request: IncomingMessage, response: ServerResponse, context: Context) => unknown;
  /** Whether a body that a stranger posts to `/graphql` needs no credentials. */
  readonly isOpenDocument: (body: Uint8Array) => boolean;
  /** The address of a request, behind the proxies that are trusted. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Whether a request left its client over TLS, which a trusted proxy may have ended. */
  readonly isOverTls: (request: IncomingMessage) => boolean;
  readonly logFault: (fault: unknown) => void;
  /** Makes the figures for `/metrics`; null while nobody does, or where there are none. */
  readonly scrape: () => Scrape | null;
  /** Bytes of a request's body. Read with each request, as `signInLifetime` is. */
  readonly maxBody: number;
  /** Seconds that a sign-in lasts at most. */
  readonly signInLifetime: number;
}

/** Bytes of a body that a stranger may send. */
const STRANGERS_BODY = 8192;

/** Express without what the API does not want: ETags, its name, forgiving paths. */
function createExpress(): Express {
  const app = express();
  app.disable('etag').disable('x-powered-by').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', false);
  return app;
}

/** Who was let in with a request; null is a stranger. */
const admitted = (response: Response): Principal | null => (response.locals.admitted as Principal | undefined) ?? null;

/** One door over HTTP: GraphQL at `/graphql`, the v3 API at `/api/v3`, and what probes ask for. */
export function createApplication(options: ApplicationOptions): Express {
  const app = createExpress();
  app.use(guardDoor(options));
  // First what is called most: every layer before it costs each request.
  addRest(app, options);
  addHealth(app, options);
  addMetrics(app, options.scrape, admitting(options), keepStrangersOut);
  if (options.kind === 'user') app.get('/', (_request, response) => response.redirect('/graphql'));
  addGraphQL(app, options);
  app.use((_request, response) => {
    response.status(404).end();
  });
  app.use(graphqlErrors(options));
  return app;
}

/** Pages of other sites are sent away, and preflights of those that may call are answered. */
function guardDoor({ guard, cors }: ApplicationOptions): RequestHandler {
  return (request, response, next) => {
    const refusal = guard(request.headers, 'encrypted' in request.socket);
    if (refusal !== null) return writeReply(response, { status: 403, text: refusal });
    if (!cors(request, response)) next();
  };
}

/** Finds out who sends the request. A stranger passes: what comes next refuses, or not. */
function admitting({ kind, access, addressOf, rate }: ApplicationOptions): RequestHandler {
  const admit: Admit = createAdmit(access, kind);
  return (request, response, next) => {
    const judge = (found: Principal | null): void => {
      response.locals.admitted = found;
      next(found ? (rate(found) ?? undefined) : undefined);
    };
    const verdict = admit(request.headers, addressOf(request));
    if (isPromise(verdict)) verdict.then(judge, next);
    else judge(verdict);
  };
}

/** Reads the body as it is; of a stranger only a small one. */
function readingBody(options: ApplicationOptions): RequestHandler {
  const readers = following(
    () => options.maxBody,
    (limit) => ({
      read: express.raw({ type: () => true, limit }),
      readLittle: express.raw({ type: () => true, limit: Math.min(STRANGERS_BODY, limit) }),
    }),
  );
  return (request, response, next) => {
    const { read, readLittle } = readers();
    return (admitted(response) ? read : readLittle)(request, response, next);
  };
}

const bodyOf = (body: unknown): Buffer | null => (Buffer.isBuffer(body) ? body : null);

function callerOf(
  request: IncomingMessage,
  response: Response,
  via: Caller['via'],
  options: ApplicationOptions,
): Caller {
  const { addressOf, isOverTls } = options;
  return {
    principal: admitted(response),
    address: addressOf(request),
    userAgent: request.headers['user-agent'] ?? null,
    via,
    setSignInToken: (token) =>
      response.appendHeader('Set-Cookie', signInCookie(token, options.signInLifetime, isOverTls(request))),
  };
}

function addGraphQL(app: Express, options: ApplicationOptions): void {
  const { kind, isOpenDocument } = options;
  const via = kind === 'user' ? 'DASHBOARD' : 'GRAPHQL';

  const keepOut: RequestHandler = (request, response, next) => {
    const body = bodyOf(request.body);
    const isOpen = kind === 'user' && request.method === 'POST' && body !== null && isOpenDocument(body);
    if (admitted(response) || isOpen) next();
    else refuseGraphQL(response);
  };

  app.use('/graphql', admitting(options), readingBody(options), keepOut, refuseBadText, (request, response) => {
    request.url = request.originalUrl;
    return options.graphql(request, response, options.contextOf(callerOf(request, response, via, options)));
  });
}

function addRest(app: Express, options: ApplicationOptions): void {
  const { release, logFault, contextOf } = options;
  const answer = createRestDoor(logFault);

  const keepOut: RequestHandler = (request, response, next) => {
    const { facade } = release(null);
    const [path = ''] = request.url.split('?', 1);
    if (admitted(response) || facade.isOpen(request.method, path)) next();
    else refuseRest(response);
  };

  const rest: RequestHandler = (request, response) => {
    const { facade } = release(admitted(response));
    const context = contextOf(callerOf(request, response, 'REST', options));
    return answer({ facade, method: request.method, url: request.url, body: bodyOf(request.body), context }, response);
  };

  const restErrors: ErrorRequestHandler = (error, _request, response, next) => {
    const fault = requestFaultOf(error, options.maxBody);
    if (!fault) return next(error);
    const { profile } = release(admitted(response));
    const { json } = profile.refuse({ form: 'input' }, fault.message) as { json: string };
    return writeFault(response, fault, json);
  };

  app.use('/api/v3', refuseBadEscapes, admitting(options), keepOut, readingBody(options), rest, restErrors);
}

function writeFault(response: Response, { status, retryAfter }: RequestFault, json: string | object): Promise<void> {
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  return writeReply(response, { status, json: json as string });
}

/** Answers in the form of GraphQL what went wrong before or behind the doors. */
function graphqlErrors(options: ApplicationOptions): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const fault = requestFaultOf(error, options.maxBody) ?? {
      status: 500,
      code: 'INTERNAL',
      message: 'unexpected error',
    };
    if (fault.code === 'INTERNAL') options.logFault(error);
    return writeFault(response, fault as RequestFault, errorsOf(fault.code, fault.message));
  };
}

const errorsOf = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] });

/** A malformed escape is refused before anything else is looked at, as the reference's router does. */
const refuseBadEscapes: RequestHandler = (request, response, next) => {
  const path = request.url.split('?', 1)[0] ?? '';
  if (!path.includes('%')) return next();
  try {
    decodeURIComponent(path);
  } catch {
    response.status(400).end();
    return;
  }
  next();
};

/** A decoder would put U+FFFD in the place of such bytes, and names would no longer be those that were sent. */
const refuseBadText: RequestHandler = (request, response, next) => {
  const body = bodyOf(request.body);
  if (!body || isUtf8(body)) return next();
  return writeReply(response, { status: 400, json: errorsOf('BAD_USER_INPUT', 'the body is not UTF-8') });
};

const keepStrangersOut: RequestHandler = (_request, response, next) =>
  admitted(response) ? next() : refuseRest(response);

function refuseRest(response: Response): void {
  response.statusCode = 401;
  response.setHeader('WWW-Authenticate', 'Basic Realm="minirest-server"');
  response.end('UNAUTHORIZED');
}

function refuseGraphQL(response: Response): Promise<void> {
  response.setHeader('WWW-Authenticate', 'Basic realm="brokerql", charset="UTF-8"');
  return writeReply(response, { status: 401, json: errorsOf('UNAUTHENTICATED', 'credentials are missing or wrong') });
}
