import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import type { GraphQLSchema } from 'graphql';
import { Facade } from '../rest-facade/facade.ts';
import { type ProfileName, profiles } from '../rest-facade/profiles.ts';
import type { Access } from './access/access.ts';
import type { CredentialKind, Principal } from './access/principal.ts';
import type { Config } from './config/settings.ts';
import { viewOf } from './config/view.ts';
import type { Domain } from './domain.ts';
import { following } from './following.ts';
import type { Caller, Context } from './graphql/context.ts';
import { createGraphQLDoor } from './graphql/door.ts';
import type { LogFault } from './graphql/errors.ts';
import type { DocumentLimits } from './graphql/limits.ts';
import type { Live } from './graphql/live/live.ts';
import { createMaskedExecute } from './graphql/masked-execute.ts';
import { createOpenDocuments } from './graphql/open-documents.ts';
import { createSeats } from './graphql/seats.ts';
import { createSocketDoor } from './graphql/socket-door.ts';
import { createAdmit, hasCredentials } from './http/admission.ts';
import { createApplication } from './http/application.ts';
import { createCors } from './http/cors.ts';
import { createGuard, type Guard } from './http/guard.ts';
import type { Scrape } from './http/metrics.ts';
import { TooManyRequests } from './http/request-faults.ts';
import { createRequestRate } from './http/request-rate.ts';
import { createHttpPort } from './http/server.ts';
import { createUpgrade } from './http/upgrade.ts';
import { createAddressSet } from './net/address-set.ts';
import { normaliseAddress } from './net/addresses.ts';
import { createConnectionCount } from './net/connection-count.ts';
import { forwardedAddress, isForwardedOverTls } from './net/forwarded.ts';
import type { Port } from './port.ts';
import type { ServedCertificate } from './tls/served-certificate.ts';

const GRAPHQL_PAGE = 10_000;
const REST_LIMITS = { page: 2 ** 31 - 1, items: Number.POSITIVE_INFINITY };

/** Milliseconds that HTTP requests under way may take when a door closes. */
const GRACE = 2000;

export interface DoorsOptions {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly domain: Domain;
  readonly access: Access;
  readonly live: Live;
  readonly certificate: ServedCertificate | null;
  readonly logFault: LogFault;
  /** Null when clients may come; else why not. */
  readonly notReady: () => string | null | Promise<string | null>;
  /** Makes the figures that applications read at `/metrics`; null while nobody does. */
  readonly scrape: () => Scrape | null;
}

/** The ports of one kind of caller, the second one over TLS. Their connections are counted together. */
export interface Door {
  readonly port: Port;
  readonly tlsPort: Port | null;
  close(): Promise<void>;
}

/** The pages that may call, and the names under which the server is known; the same for every port. */
export function guardOf({ http }: Config): Guard {
  const allowedHosts = following(
    () => http.hosts,
    (hosts) => [hostname(), ...hosts],
  );
  return createGuard({
    get allowedHosts() {
      return allowedHosts();
    },
    get allowedOrigins() {
      return http.origins;
    },
  });
}

/** What documents may ask for. */
const documentLimits = (asked: Config['graphql']): DocumentLimits =>
  viewOf(asked, {
    ...{ tokens: 'maxTokens', depth: 'maxDepth', aliases: 'maxAliases' },
    ...{ complexity: 'maxComplexity', listSize: 'maxList' },
  });

/** Builds the doors of applications and users over one schema. */
export function createDoors(options: DoorsOptions): (protocol: string, kind: CredentialKind) => Door {
  const { config, schema, domain, access, live, certificate, notReady } = options;
  const logFault = (fault: unknown): void => options.logFault(fault, '');
  const guard = guardOf(config);
  const proxies = createAddressSet(config.proxies, 'proxies');
  const hasProxies = config.proxies.length > 0;
  const addressOf = ({ socket, headers }: IncomingMessage): string => {
    // Most servers have no proxy: a look into the set costs more than the rest of the way to the caller.
    if (!hasProxies) return normaliseAddress(socket.remoteAddress ?? '');
    return forwardedAddress(socket.remoteAddress ?? '', headers['x-forwarded-for'], proxies);
  };
  const isOverTls = ({ socket, headers }: IncomingMessage): boolean =>
    'encrypted' in socket || isForwardedOverTls(socket.remoteAddress ?? '', headers['x-forwarded-proto'], proxies);
  const { graphql: asked, http } = config;
  const graphqlLimits = {
    page: GRAPHQL_PAGE,
    get items() {
      return asked.maxList || Number.POSITIVE_INFINITY;
    },
  };
  const contextOf = (caller: Caller): Context => ({
    domain,
    access,
    caller,
    limits: caller.via === 'REST' ? REST_LIMITS : graphqlLimits,
  });
  const limits = documentLimits(asked);
  const execute = createMaskedExecute(schema, options.logFault);
  const seats = createSeats(viewOf(asked, { perCaller: 'maxSockets' }));
  const graphql = createGraphQLDoor({ schema, path: '/graphql', limits, logFault: options.logFault, live, seats });
  const isOpenDocument = createOpenDocuments(schema);
  const requests = createRequestRate(viewOf(http, { perSecond: 'requestsPerSecond' }));
  const rate = ({ kind, name }: Principal): TooManyRequests | null => {
    const wait = kind === 'application' ? requests.take(name) : 0;
    return wait > 0 ? new TooManyRequests(name, wait) : null;
  };
  const cors = createCors(viewOf(http, { allowedOrigins: 'origins' }));

  return (name, kind) => {
    const facades = new Map<ProfileName, Facade>();
    const release = (principal: Principal | null) => {
      const wanted = principal?.restProfile ?? config.rest.profile;
      const profile = profiles[wanted];
      // Compiled when somebody asks for it: most servers speak one release.
      const facade = facades.get(wanted) ?? new Facade(profile, execute, kind === 'user' ? 'dashboard' : 'management');
      facades.set(wanted, facade);
      return { profile, facade };
    };
    release(null);

    const app = createApplication({
      kind,
      access,
      guard,
      cors,
      rate,
      release,
      contextOf,
      graphql,
      isOpenDocument,
      addressOf,
      isOverTls,
      logFault,
      notReady,
      scrape: () => (kind === 'application' ? options.scrape() : null),
      nodeName: config.nodeName,
      get maxBody() {
        return http.maxBody;
      },
      get signInLifetime() {
        return config.auth.lifetime;
      },
    });

    const admit = createAdmit(access, kind);
    const sockets = createSocketDoor({
      schema,
      limits,
      sessions: {
        get operations() {
          return asked.maxOperations;
        },
        get initTimeout() {
          return asked.initTimeout * 1000;
        },
      },
      logFault: options.logFault,
      live,
      seats,
      get maxMessage() {
        return Math.min(asked.maxMessage, http.maxBody);
      },
      hasCredentials: ({ headers }) => hasCredentials(headers, kind),
      admit: async (request, authorization) => admit(request.headers, addressOf(request), authorization),
      rate,
      contextOf: (request, principal) =>
        contextOf({
          principal,
          address: addressOf(request),
          userAgent: request.headers['user-agent'] ?? null,
          via: kind === 'user' ? 'DASHBOARD' : 'GRAPHQL',
          setSignInToken: null,
        }),
      enter: access.admissions.enter,
    });
    const upgrade = createUpgrade(guard, addressOf, sockets.upgrade);

    const both = {
      ...{ app, upgrade, timeouts: http },
      limits: { connections: createConnectionCount(http), proxies },
    };
    const port = createHttpPort({ ...both, protocol: `http:${name}`, certificate: null });
    const tlsPort = certificate && createHttpPort({ ...both, protocol: `https:${name}`, certificate });
    const close = async (): Promise<void> => {
      const ports = tlsPort ? [port, tlsPort] : [port];
      for (const each of ports) each.stopAccepting();
      await sockets.close();
      await Promise.all(ports.map((each) => each.close(GRACE)));
    };
    return { port, tlsPort, close };
  };
}
