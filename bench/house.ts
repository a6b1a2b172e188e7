import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../resolvers/context.ts';
import type { MqttBroker } from '../src/broker/mqtt-broker.ts';
import { parseCommand } from '../src/config/command.ts';
import type { Domain } from '../src/domain.ts';
import { createGateway } from '../src/gateway.ts';
import { createSchema } from '../src/graphql/schema.ts';
import { createAdmit } from '../src/http/admission.ts';
import { createHttpPort } from '../src/http/server.ts';
import { createLog, type Log } from '../src/log.ts';
import { packageRoot } from '../src/package.ts';
import type { Port } from '../src/port.ts';

export const APP = { id: 'bench-app', secret: 'bench-secret' };

export const AUTHORIZATION = `Basic ${Buffer.from(`${APP.id}:${APP.secret}`).toString('base64')}`;

/** The gateway that is measured, with its broker in reach: more connections are listed than one machine has sockets for. */
export interface House {
  readonly broker: MqttBroker;
  readonly domain: Domain;
  readonly schema: GraphQLSchema;
  readonly context: Context;
  readonly nodeName: string;
  readonly management: Port;
  readonly mqtt: Port;
  /** Whether the sender of this Authorization header may come in. */
  isAdmitted(header: string | undefined): boolean | Promise<boolean>;
  close(): Promise<void>;
}

/** An HTTP port as the gateway's, but for WebSockets. */
export const createPort = (protocol: string, app: Express): Port =>
  createHttpPort({
    protocol,
    app,
    upgrade: (_request, socket) => socket.destroy(),
    limits: {},
    certificate: null,
    timeouts: { headersTimeout: 10, requestTimeout: 30 },
  });

/** Builds the gateway and listens on free ports of the loopback interface. `env` adds to its configuration. */
export async function openHouse(log: Log = createLog('silent'), env: Record<string, string> = {}): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-bench-'));
  const command = parseCommand({
    argv: ['start', '--mqtt-port=0', '--ws-port=0', '--http-port=0', '--dashboard-port=0', `--data-dir=${folder}`],
    env: { BROKERQL_APP_ID: APP.id, BROKERQL_APP_SECRET: APP.secret, ...env },
    readFile: () => '',
  });
  if (command.command !== 'start') throw new Error('not a start');
  const { config } = command;
  const gateway = await createGateway(config, log);
  await gateway.listen();
  const { domain, broker, access, ports } = gateway;
  const principal = access.accounts.principal('application', APP.id);
  const context: Context = {
    domain,
    access,
    caller: { principal, address: '::1', userAgent: null, via: 'REST', setSignInToken: null },
    limits: { page: 2 ** 31 - 1, items: Number.POSITIVE_INFINITY },
  };
  const admit = createAdmit(access, 'application');
  return {
    broker,
    domain,
    schema: createSchema(join(packageRoot, 'schema')),
    context,
    nodeName: config.nodeName,
    management: ports.management,
    mqtt: ports.mqtt,
    isAdmitted: (authorization) => {
      const verdict = admit({ authorization }, '::1');
      return verdict instanceof Promise ? verdict.then((found) => found !== null) : verdict !== null;
    },
    async close() {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
