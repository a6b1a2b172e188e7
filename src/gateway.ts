import { join } from 'node:path';
import type { Context } from '../resolvers/context.ts';
import { Facade, restEndpoints } from '../rest-facade/facade.ts';
import { profiles } from '../rest-facade/profiles.ts';
import { LocalNode } from './broker/local-node.ts';
import { MqttBroker } from './broker/mqtt-broker.ts';
import { createTcpPort, createWebSocketPort } from './broker/mqtt-ports.ts';
import { Cluster } from './cluster/cluster.ts';
import type { Config } from './config/settings.ts';
import type { Domain } from './domain.ts';
import { createGraphQLDoor } from './graphql/door.ts';
import { createMaskedExecute } from './graphql/masked-execute.ts';
import { createSchema } from './graphql/schema.ts';
import { createSocketDoor } from './graphql/socket-door.ts';
import { createApplication } from './http/application.ts';
import { authenticate } from './http/basic.ts';
import { createHttpPort } from './http/server.ts';
import type { Log } from './log.ts';
import { packageRoot, version } from './package.ts';
import type { Port } from './port.ts';
import type { Generated } from './store/bootstrap.ts';
import { createCredentials } from './store/credentials.ts';
import { MemorySessionStore } from './store/memory-session-store.ts';
import type { CredentialKind } from './store/principal.ts';
import { openStore } from './store/store.ts';

/** Everything built and wired; nothing listens until `listen`. */
export interface Gateway {
  readonly domain: Domain;
  readonly ports: {
    readonly mqtt: Port;
    readonly webSocket: Port;
    readonly management: Port;
    readonly dashboard: Port;
  };
  /**
   * Listens on all ports, and makes sure that somebody can sign in. Answers the credentials that were generated because
   * there were none: to be shown, this once.
   */
  listen(): Promise<Generated>;
  /** Closes the ports, ends what is under way, flushes and closes the store. */
  close(): Promise<void>;
}

const GRAPHQL_LIMITS = { page: 10_000, items: 1000 };
const REST_LIMITS = { page: 2 ** 31 - 1, items: Number.POSITIVE_INFINITY };

/** Milliseconds that HTTP requests under way may take when the gateway closes. */
const HTTP_GRACE = 2000;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

function isAnonymousAllowed({ host, mqtt: { allowAnonymous } }: Config): boolean {
  return allowAnonymous === 'auto' ? isLoopback(host) : allowAnonymous === 'true';
}

/** Builds the gateway that a configuration describes. */
export async function createGateway(config: Config, log: Log): Promise<Gateway> {
  const store = await openStore(config.dataDir);
  const credentials = createCredentials(store);

  const sessions = new MemorySessionStore({ maxQueued: config.mqtt.maxMqueueLen });
  const broker = new MqttBroker({
    nodeName: config.nodeName,
    limits: config.mqtt,
    allowAnonymous: isAnonymousAllowed(config),
    store: sessions,
    onClientFault: ({ clientId, ipAddress, port }, reason, error) =>
      log.debug({ clientId, peer: `${ipAddress}:${port}`, reason, message: error?.message }, 'an MQTT client failed'),
    onFault: (error) => log.error(error, 'the broker failed'),
  });
  const mqtt = createTcpPort(broker, config.mqtt.maxConnections);
  const webSocket = createWebSocketPort(broker, config.mqtt.maxConnections, config.mqtt.maxPacketSize);

  const listening: Port[] = [mqtt, webSocket];
  const node = new LocalNode({ name: config.nodeName, version, broker, store: sessions, ports: listening });
  const profile = profiles[config.rest.profile];
  const domain = new Cluster(node, [], config.mqtt, (release) => restEndpoints(release ?? profile.release));

  const schema = createSchema(join(packageRoot, 'schema'));
  const logFault = (fault: unknown, logId?: string): void => log.error({ err: fault, logId }, 'a request failed');
  const graphqlContext: Context = { domain, limits: GRAPHQL_LIMITS };
  const restContext: Context = { domain, limits: REST_LIMITS };
  const facade = new Facade(profile, createMaskedExecute(schema, logFault));
  const door = {
    profile,
    facade,
    context: restContext,
    logFault,
    verify: credentials.verify,
    graphql: createGraphQLDoor({ schema, path: '/graphql', context: graphqlContext, logFault }),
    nodeName: config.nodeName,
    maxBody: config.http.maxBody,
  };
  const createDoor = (protocol: string, kind: CredentialKind) => {
    const admit = async (header: string) => (await authenticate(credentials.verify, kind, header)) !== null;
    const sockets = createSocketDoor({
      schema,
      context: graphqlContext,
      logFault,
      admit,
      maxMessage: config.http.maxBody,
    });
    const port = createHttpPort(protocol, createApplication({ ...door, kind }), sockets.upgrade);
    const close = async (): Promise<void> => {
      port.stopAccepting();
      await sockets.close();
      await port.close(HTTP_GRACE);
    };
    return { port, close };
  };
  const managementDoor = createDoor('http:management', 'application');
  const dashboardDoor = createDoor('http:dashboard', 'user');
  const management = managementDoor.port;
  const dashboard = dashboardDoor.port;
  listening.push(management, dashboard);
  for (const port of listening)
    port.onFault = (error) => log.error({ err: error, listener: port.protocol }, 'a listener failed');

  const close = async (): Promise<void> => {
    for (const port of listening) port.stopAccepting();
    await Promise.all([managementDoor.close(), dashboardDoor.close()]);
    await broker.close();
    await Promise.all([mqtt.close(), webSocket.close()]);
    await store.close();
  };

  return {
    domain,
    ports: { mqtt, webSocket, management, dashboard },
    async listen() {
      await broker.start();
      try {
        await mqtt.listen(config.host, config.mqtt.port);
        await webSocket.listen(config.host, config.mqtt.wsPort);
        await management.listen(config.host, config.http.port);
        await dashboard.listen(config.host, config.dashboard.port);
        // Not before every port is taken: a start that fails would leave a secret that nobody was told.
        return await credentials.bootstrap({ app: config.app, admin: config.admin });
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}
