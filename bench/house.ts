import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../resolvers/context.ts';
import { Facade } from '../rest-facade/facade.ts';
import { profiles } from '../rest-facade/profiles.ts';
import { LocalNode } from '../src/broker/local-node.ts';
import { MqttBroker } from '../src/broker/mqtt-broker.ts';
import { createTcpPort } from '../src/broker/mqtt-ports.ts';
import { Cluster } from '../src/cluster/cluster.ts';
import { parseCommand } from '../src/config/command.ts';
import type { Config } from '../src/config/settings.ts';
import type { Domain } from '../src/domain.ts';
import { createGraphQLDoor } from '../src/graphql/door.ts';
import { createMaskedExecute } from '../src/graphql/masked-execute.ts';
import { createSchema } from '../src/graphql/schema.ts';
import { createApplication } from '../src/http/application.ts';
import { authenticate, type Verify } from '../src/http/basic.ts';
import { createHttpPort } from '../src/http/server.ts';
import { packageRoot } from '../src/package.ts';
import type { Port } from '../src/port.ts';
import { createCredentials } from '../src/store/credentials.ts';
import { MemorySessionStore } from '../src/store/memory-session-store.ts';
import { openStore } from '../src/store/store.ts';

const APP = { id: 'bench-app', secret: 'bench-secret' };
const HOST = '127.0.0.1';
const NODE = 'brokerql@127.0.0.1';

export const AUTHORIZATION = `Basic ${Buffer.from(`${APP.id}:${APP.secret}`).toString('base64')}`;

/**
 * The parts of the gateway that are measured, wired as `createGateway` wires them, with the broker in reach: its tables
 * are filled with more connections than one machine has sockets for.
 */
export interface House {
  readonly broker: MqttBroker;
  readonly domain: Domain;
  readonly schema: GraphQLSchema;
  readonly context: Context;
  readonly nodeName: string;
  readonly management: Port;
  readonly mqtt: Port;
  /** Who sends this Authorization header. */
  authenticate(header: string | undefined): ReturnType<Verify>;
  close(): Promise<void>;
}

function defaults(): Config {
  const command = parseCommand({ argv: ['start'], env: {}, readFile: () => '' });
  if (command.command !== 'start') throw new Error('not a start');
  return command.config;
}

const fail = (fault: unknown): void => {
  throw fault;
};

/** An HTTP port as the gateway's, but for WebSockets. */
export const createPort = (protocol: string, app: Express): Port =>
  createHttpPort(protocol, app, (_request, socket) => socket.destroy());

/** Builds the house and listens on free ports of the loopback interface. */
export async function openHouse(): Promise<House> {
  const config = defaults();
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-bench-'));
  const kept = await openStore(folder);
  const credentials = createCredentials(kept);
  await credentials.bootstrap({ app: APP, admin: null });

  const store = new MemorySessionStore({ maxQueued: config.mqtt.maxMqueueLen });
  const broker = new MqttBroker({
    nodeName: NODE,
    limits: config.mqtt,
    allowAnonymous: true,
    store,
    onClientFault: () => {},
    onFault: fail,
  });
  const node = new LocalNode({ name: NODE, version: '0.0.0', broker, store, ports: [] });
  const domain = new Cluster(node, [], config.mqtt, () => []);
  const schema = createSchema(join(packageRoot, 'schema'));
  const context: Context = { domain, limits: { page: 2 ** 31 - 1, items: Number.POSITIVE_INFINITY } };
  const profile = profiles['3.0-beta'];
  const application = createApplication({
    profile,
    facade: new Facade(profile, createMaskedExecute(schema, fail)),
    context,
    logFault: fail,
    verify: credentials.verify,
    graphql: createGraphQLDoor({ schema, path: '/graphql', context, logFault: fail }),
    nodeName: NODE,
    maxBody: config.http.maxBody,
    kind: 'application',
  });
  const management = createPort('http:management', application);
  const mqtt = createTcpPort(broker, 0);
  await broker.start();
  await management.listen(HOST, 0);
  await mqtt.listen(HOST, 0);

  return {
    broker,
    domain,
    schema,
    context,
    nodeName: NODE,
    management,
    mqtt,
    authenticate: (header) => authenticate(credentials.verify, 'application', header),
    async close() {
      await management.close();
      await broker.close();
      await mqtt.close();
      await kept.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
