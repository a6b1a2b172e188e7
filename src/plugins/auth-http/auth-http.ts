import { createSecureContext } from 'node:tls';
import type { MqttBroker } from '../../broker/mqtt-broker.ts';
import type { Values } from '../../config/setting.ts';
import type { LookupAll } from '../../net/link-local.ts';
import { createOutbound, type OutboundTls } from '../../net/outbound.ts';
import { version } from '../../package.ts';
import { readPem } from '../plain-file.ts';
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

/** Those that are asked now; of the instance that leaves, none. */
const inUse = new WeakMap<MqttBroker, AuthServers>();

/** Reads the PEM files. Throws what the reason is that they cannot be used. */
async function tlsOf({ ca, cert, key }: Settings): Promise<OutboundTls> {
  if ((cert === null) !== (key === null))
    throw new Error('auth.http.ssl.certfile and auth.http.ssl.keyfile have to be given together');
  const tls = {
    ...(ca !== null && { ca: await readPem(ca) }),
    ...(cert && key && { cert: await readPem(cert), key: await readPem(key) }),
  };
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
    async load({ settings, broker, alarms, log }) {
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
          tls: await tlsOf(settings),
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
      return {
        hooks,
        start: () => void inUse.set(broker, servers),
        async unload(isEnding) {
          if (inUse.get(broker) === servers) inUse.delete(broker);
          const closed = servers.close(isEnding ? null : whenAnswered());
          // The next instance starts within this turn: what stands of a server that it asks, too, stands until an answer.
          await null;
          servers.clearAlarms(inUse.get(broker));
          await closed;
        },
      };
    },
  });

export const authHttp = createAuthHttp();
