import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Values } from '../../config/setting.ts';
import type { LookupAll } from '../../net/link-local.ts';
import { createOutbound, type OutboundTls } from '../../net/outbound.ts';
import { version } from '../../package.ts';
import { type Plugin, plugin } from '../plugin.ts';
import { AnswerCache } from './answer-cache.ts';
import { AuthServers } from './auth-servers.ts';
import { createHttpHooks } from './http-hooks.ts';
import { createTemplate } from './request-template.ts';
import { authHttpSettings } from './settings.ts';

/** Bytes of an answer, of which at most one word counts. */
const MOST_ANSWER = 65_536;
/** Requests that may wait for a connection, for each that there may be. */
const WAITING_FOR_EACH = 256;

type Settings = Values<typeof authHttpSettings>;

/** Reads the PEM files. Throws what the reason is that they cannot be used. */
function tlsOf({ ca, cert, key }: Settings): OutboundTls {
  if ((cert === null) !== (key === null))
    throw new Error('auth.http.ssl.certfile and auth.http.ssl.keyfile have to be given together');
  const read = (path: string): string => readFileSync(path, 'utf8');
  const tls = { ...(ca !== null && { ca: read(ca) }), ...(cert && key && { cert: read(cert), key: read(key) }) };
  createSecureContext(tls);
  return tls;
}

/** Whether a client may connect, publish and subscribe, by asking HTTP servers. `lookup` is that of the system unless given. */
export const createAuthHttp = (lookup?: LookupAll): Plugin =>
  plugin({
    name: 'emqx_auth_http',
    version,
    description: 'Authentication and ACL by HTTP',
    type: 'auth',
    settings: authHttpSettings,
    order: 130,
    isActiveAtFirst: false,
    isPermanent: false,
    load({ settings, alarms, log }) {
      const headers = settings.authorization === null ? {} : { authorization: settings.authorization };
      const auth = createTemplate(settings.auth, headers);
      const superuser = settings.superuser.url === '' ? null : createTemplate(settings.superuser, headers);
      const acl = settings.acl.url === '' ? null : createTemplate(settings.acl, headers);
      const servers = new AuthServers({
        origins: new Set([auth, superuser, acl].flatMap((template) => template?.origin ?? [])),
        outbound: createOutbound({
          connections: settings.poolSize,
          maxPending: settings.poolSize * WAITING_FOR_EACH,
          connectTimeout: settings.connectTimeout * 1000,
          timeout: settings.timeout * 1000,
          maxAnswer: MOST_ANSWER,
          allowLinkLocal: settings.allowLinkLocal === 'on',
          tls: tlsOf(settings),
          ...(lookup && { lookup }),
        }),
        ...{ alarms, log },
        resends: settings.retryTimes,
        failures: settings.breakerFailures,
        firstWait: settings.breakerWait,
        longestWait: settings.breakerLongestWait,
      });
      const cache = new AnswerCache(settings.cacheTtl * 1000, settings.cacheMaxSize);
      const { hooks, whenAnswered } = createHttpHooks({ servers, cache, log, auth, superuser, acl });
      return { hooks, unload: (isEnding) => servers.close(isEnding ? null : whenAnswered()) };
    },
  });

export const authHttp = createAuthHttp();
