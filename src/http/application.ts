import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Profile } from '../../rest-facade/profiles.ts';
import { BrokerError } from '../domain.ts';
import type { CredentialKind, Principal } from '../store/principal.ts';
import { authenticate, type Verify } from './basic.ts';
import { createRestDoor, type RestDoorOptions, writeReply } from './rest-door.ts';

export interface ApplicationOptions extends RestDoorOptions {
  readonly profile: Profile;
  /** Who may come in: applications on the management port, users on that of the dashboard. */
  readonly kind: CredentialKind;
  readonly verify: Verify;
  readonly graphql: (request: IncomingMessage, response: ServerResponse) => unknown;
  readonly nodeName: string;
  /** Bytes of a request's body. */
  readonly maxBody: number;
}

const MANY_LOGINS = 429;
const TOO_LARGE = 413;

/** Express without what the API does not want: ETags, its name, forgiving paths. */
function createExpress(): Express {
  const app = express();
  app.disable('etag').disable('x-powered-by').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', false);
  return app;
}

/** One door over HTTP: GraphQL at `/graphql`, the v3 API at `/api/v3`, `/status` for probes. */
export function createApplication(options: ApplicationOptions): Express {
  const app = createExpress();
  const { kind, verify, nodeName, profile, maxBody } = options;

  const admit =
    (refuse: RequestHandler): RequestHandler =>
    (request, response, next) => {
      const verdict = authenticate(verify, kind, request.headers.authorization);
      const judge = (principal: Principal | null): void => {
        if (principal) next();
        else refuse(request, response, next);
      };
      if (verdict instanceof Promise) verdict.then(judge, next);
      else judge(verdict);
    };

  const readBody = express.raw({ type: () => true, limit: maxBody });
  const answer = createRestDoor(options);

  app.all('/status', (request, response) => {
    const text = `Node ${nodeName} is started\nemqx is running`;
    const reply = request.method === 'GET' ? { status: 200, text } : { status: 400, text: 'Not found.' };
    void writeReply(response, reply);
  });

  app.use('/graphql', admit(refuseGraphQL), readBody, refuseBadText, (request, response) => {
    request.url = request.originalUrl;
    return options.graphql(request, response);
  });

  const restErrors: ErrorRequestHandler = (error, _request, response, next) => {
    const refusal = requestFault(error, maxBody);
    if (!refusal) return next(error);
    const { json } = profile.refuse({ form: 'input' }, refusal.message) as { json: string };
    if (refusal.status === MANY_LOGINS) response.setHeader('Retry-After', '1');
    void writeReply(response, { status: refusal.status, json });
  };

  const rest: RequestHandler = (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : null;
    return answer({ method: request.method, url: request.url, body }, response);
  };
  app.use('/api/v3', refuseBadEscapes, admit(refuseRest), readBody, rest, restErrors);

  app.use((_request, response) => {
    response.status(404).end();
  });

  const lastErrors: ErrorRequestHandler = (error, _request, response, _next) => {
    const refusal = requestFault(error, maxBody);
    if (!refusal) options.logFault(error);
    const status = refusal?.status ?? 500;
    if (status === MANY_LOGINS) response.setHeader('Retry-After', '1');
    const code = refusal
      ? status === TOO_LARGE || status === MANY_LOGINS
        ? 'LIMIT_EXCEEDED'
        : 'BAD_USER_INPUT'
      : 'INTERNAL';
    const message = refusal?.message ?? 'unexpected error';
    void writeReply(response, { status, json: { errors: [{ message, extensions: { code } }] } });
  };
  app.use(lastErrors);
  return app;
}

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
  if (!Buffer.isBuffer(request.body) || isUtf8(request.body)) return next();
  const message = 'the body is not UTF-8';
  void writeReply(response, { status: 400, json: { errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] } });
};

const refuseRest: RequestHandler = (_request, response) => {
  response.statusCode = 401;
  response.setHeader('WWW-Authenticate', 'Basic Realm="minirest-server"');
  response.end('UNAUTHORIZED');
};

const refuseGraphQL: RequestHandler = (_request, response) => {
  response.setHeader('WWW-Authenticate', 'Basic realm="brokerql", charset="UTF-8"');
  const message = 'credentials are missing or wrong';
  void writeReply(response, { status: 401, json: { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] } });
};

/** Status and sentence of a fault of the request; null for a fault of ours. */
function requestFault(error: unknown, maxBody: number): { status: number; message: string } | null {
  if (error instanceof BrokerError) return { status: MANY_LOGINS, message: error.message };
  const { status, length, type } = error as { status?: number; length?: number; type?: string };
  if (type === 'entity.too.large') {
    return {
      status: TOO_LARGE,
      message: `the body has ${length ?? `more than ${maxBody}`} bytes; the limit is ${maxBody}`,
    };
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, message: `the body could not be read: ${(error as Error).message}` };
  }
  return null;
}
