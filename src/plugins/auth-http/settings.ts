import { z } from 'zod';
import { optional, setting } from '../../config/setting.ts';
import * as types from '../../config/setting-types.ts';
import { parseParams } from './params.ts';

/** Who is connected stays; what was remembered is asked anew. */
const unflagged = {
  env: null,
  flag: null,
  effect: 'Who is connected stays. The next CONNECT, PUBLISH or SUBSCRIBE is asked about by the new settings.',
};

const params = z
  .string()
  .refine((text) => parseParams(text) !== null)
  .describe(
    'name=value pairs split by commas, whose values are text or one of %u, %c, %a, %l, %P, %cn, %dn, %A, %t and %m',
  );

/** What a header may hold (RFC 9110, 5.5). */
const header = z
  .string()
  .refine((text) => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text))
  .describe('printable ASCII without spaces at its ends');

/** Rows of one kind of request; `what` is what it finds out. */
const request = <Url extends string>(
  path: string,
  what: string,
  url: { readonly type: z.ZodType<Url>; readonly default: Url },
  rest: { readonly method: 'get' | 'post'; readonly params: string },
) => ({
  url: setting({ ...unflagged, ...url, path, description: `Where is asked ${what}.` }),
  method: setting({
    ...unflagged,
    path: `${path}.method`,
    type: types.oneOf(['get', 'post']),
    default: rest.method,
    description: 'How it is asked: get puts the parameters into the query, post into the body.',
  }),
  contentType: setting({
    ...unflagged,
    path: `${path}.content_type`,
    type: types.oneOf(['x-www-form-urlencoded', 'json']),
    default: 'x-www-form-urlencoded',
    description: 'How the body of a post is written.',
  }),
  params: setting({
    ...unflagged,
    path: `${path}.params`,
    type: params,
    default: rest.params,
    description: 'What the server is told.',
  }),
});

/** Settings of authentication by HTTP, by the keys of EMQ X 3 where it has them. */
export const authHttpSettings = {
  auth: request(
    'auth.http.auth_req',
    'whether a client may connect',
    { type: types.httpUrl, default: 'http://127.0.0.1:8991/mqtt/auth' },
    { method: 'post', params: 'clientid=%c,username=%u,password=%P' },
  ),
  superuser: request(
    'auth.http.super_req',
    'whether a client that may connect is a superuser; empty asks nobody',
    { type: types.httpUrlOrNothing, default: 'http://127.0.0.1:8991/mqtt/superuser' },
    { method: 'post', params: 'clientid=%c,username=%u' },
  ),
  acl: request(
    'auth.http.acl_req',
    'whether a client may publish or subscribe; empty asks nobody',
    { type: types.httpUrlOrNothing, default: 'http://127.0.0.1:8991/mqtt/acl' },
    { method: 'get', params: 'access=%A,username=%u,clientid=%c,ipaddr=%a,topic=%t' },
  ),
  authorization: optional({
    ...unflagged,
    path: 'auth.http.header.authorization',
    type: header,
    secret: true,
    description: 'The Authorization header of every request, such as Bearer and a token.',
  }),
  timeout: setting({
    ...unflagged,
    path: 'auth.http.request.timeout',
    type: types.whole(1, 3600, 'seconds'),
    default: 4,
    description: 'How long a server may take for its answer; mqtt.hook_timeout bounds the verdict as a whole.',
  }),
  connectTimeout: setting({
    ...unflagged,
    path: 'auth.http.request.connect_timeout',
    type: types.whole(1, 3600, 'seconds'),
    default: 2,
    description: 'How long a connection to a server may take.',
  }),
  retryTimes: setting({
    ...unflagged,
    path: 'auth.http.request.retry_times',
    type: types.whole(0, 10, 'times'),
    default: 3,
    description: 'How often a request is sent again when the server closes the connection in place of an answer.',
  }),
  poolSize: setting({
    ...unflagged,
    path: 'auth.http.pool_size',
    type: types.whole(1, 1024, 'connections'),
    default: 32,
    description: 'Most connections at once to one server.',
  }),
  ca: optional({
    ...unflagged,
    path: 'auth.http.ssl.cacertfile',
    type: types.file,
    description: 'PEM file of the authorities that vouch for the servers, in place of the well-known ones.',
  }),
  cert: optional({
    ...unflagged,
    path: 'auth.http.ssl.certfile',
    type: types.file,
    description: 'PEM file of the certificate that is shown to the servers.',
  }),
  key: optional({
    ...unflagged,
    path: 'auth.http.ssl.keyfile',
    type: types.file,
    description: 'PEM file of the key of that certificate.',
  }),
  allowLinkLocal: setting({
    ...unflagged,
    path: 'auth.http.allow_link_local',
    type: types.onOff,
    default: 'off',
    description: 'Whether servers at link-local addresses are asked, such as the metadata service of a cloud.',
  }),
  cacheTtl: setting({
    ...unflagged,
    path: 'auth.http.auth_cache_ttl',
    type: types.whole(0, 3600, 'seconds'),
    default: 10,
    description: 'How long an answer holds for the same credentials; 0 asks each time.',
  }),
  cacheMaxSize: setting({
    ...unflagged,
    path: 'auth.http.auth_cache_max_size',
    type: types.whole(1, 1_000_000, 'answers'),
    default: 10_000,
    description: 'Most answers about credentials that are remembered.',
  }),
  breakerFailures: setting({
    ...unflagged,
    path: 'auth.http.breaker.failures',
    type: types.whole(1, 1000, 'failures'),
    default: 5,
    description: 'After so many failures in a row a server is left alone for a while, and an alarm is raised.',
  }),
  breakerWait: setting({
    ...unflagged,
    path: 'auth.http.breaker.wait',
    type: types.whole(10, 3_600_000, 'milliseconds'),
    default: 1000,
    description: 'How long it is left alone at first; the wait doubles each time that it fails again.',
  }),
  breakerLongestWait: setting({
    ...unflagged,
    path: 'auth.http.breaker.longest_wait',
    type: types.whole(10, 3_600_000, 'milliseconds'),
    default: 30_000,
    description: 'How long it is left alone at most.',
  }),
};
