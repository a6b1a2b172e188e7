import type { IncomingMessage, ServerResponse } from 'node:http';
import { following } from '../following.ts';
import { type GuardOptions, parseOrigins } from './guard.ts';

const MAX_AGE = 600;

/** Sets the headers of an answer. Answers true when the request was a preflight and is answered. */
export type Cors = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Lets scripts of pages of these origins read answers (CORS, in the Fetch standard); with none, nobody. A preflight is
 * answered 204 and needs no credentials, so call it before they are looked at. A cookie is never let in: a page
 * elsewhere has to send an Authorization header. Throws BAD_USER_INPUT for an origin that is none.
 */
export function createCors(options: Pick<GuardOptions, 'allowedOrigins'>): Cors {
  const allowed = following(() => options.allowedOrigins, parseOrigins);

  return ({ method, headers }, response) => {
    const origins = allowed();
    if (origins.size === 0) return false;
    // On answers to others too: a cache must not give them to a page.
    response.appendHeader('Vary', 'Origin');
    const { origin } = headers;
    if (origin === undefined || !origins.has(origin)) return false;
    response.setHeader('Access-Control-Allow-Origin', origin);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
    response.setHeader('Access-Control-Max-Age', MAX_AGE);
    response.writeHead(204).end();
    return true;
  };
}
