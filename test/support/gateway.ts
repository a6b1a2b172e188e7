import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Hooks } from '../../src/broker/hooks.ts';
import { parseCommand } from '../../src/config/command.ts';
import type { Config } from '../../src/config/settings.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import type { Plugin } from '../../src/plugins/plugin.ts';

export const NODE = 'brokerql@127.0.0.1';
export const APP = { id: 'test-app', secret: 'test-secret' };
export const ADMIN = { user: 'admin', password: 'test-password' };
export const basic = (name: string, secret: string): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
export const APP_AUTHORIZATION = basic(APP.id, APP.secret);
export const ADMIN_AUTHORIZATION = basic(ADMIN.user, ADMIN.password);

/** A machine that is busy with tests would raise alarms in them: after the start nobody looks, unless a test wants it. */
const withoutAlarms = (yaml: string): string =>
  /^(alarm:|\{)/m.test(yaml) ? yaml : `${yaml}\nalarm: {check_interval: 3600}\n`;

/** The configuration of a test: free ports, a data folder of its own, known credentials. `yaml` and `env` go before. */
export function testConfig(dataDir: string, yaml = '', env: Record<string, string> = {}): Config {
  const command = parseCommand({
    argv: ['start', '--config', 'test.yaml'],
    env: {
      BROKERQL_DATA_DIR: dataDir,
      BROKERQL_MQTT_PORT: '0',
      BROKERQL_WS_PORT: '0',
      BROKERQL_HTTP_PORT: '0',
      BROKERQL_DASHBOARD_PORT: '0',
      BROKERQL_APP_ID: APP.id,
      BROKERQL_APP_SECRET: APP.secret,
      BROKERQL_ADMIN_USER: ADMIN.user,
      BROKERQL_ADMIN_PASSWORD: ADMIN.password,
      BROKERQL_LOG_LEVEL: 'silent',
      ...env,
    },
    readFile: () => withoutAlarms(yaml),
  });
  if (command.command !== 'start') throw new Error('not a start');
  return command.config;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is not. */
  readonly json: unknown;
}

export interface GraphQLAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Record<string, unknown>;
    readonly path?: unknown;
  }[];
}

export interface RestInit {
  readonly method?: string;
  /** An object or array is sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The dashboard's port and user in place of the management port and application. */
  readonly dashboard?: boolean;
}

/** A gateway that listens on free ports, with the clients that a test talks through. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly dataDir: string;
  readonly mqttUrl: string;
  readonly wsUrl: string;
  /** `http://127.0.0.1:port` of the management port. */
  readonly httpUrl: string;
  readonly dashboardUrl: string;
  /** Calls `/api/v3` + path, undecoded, with valid credentials. */
  rest(path: string, init?: RestInit): Promise<RestAnswer>;
  /** Posts to `/graphql` with valid credentials. */
  graphql<Data = Record<string, never>>(
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<GraphQLAnswer<Data>>;
  /** Connects a real MQTT client and resolves when it is connected. It is ended with the gateway. */
  connect(options?: IClientOptions & { readonly overWebSocket?: boolean }): Promise<MqttClient>;
  close(): Promise<void>;
}

/** Starts a gateway, in a folder of its own that goes with it unless one is given. */
export async function startGateway(
  yaml = '',
  env: Record<string, string> = {},
  folder?: string,
  hooks: readonly Hooks[] = [],
  plugins: readonly Plugin[] = [],
): Promise<TestGateway> {
  const dataDir = folder ?? mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const gateway = await createGateway(testConfig(dataDir, yaml, env), createLog('silent'), hooks, plugins);
  await gateway.listen();
  const { ports } = gateway;
  const mqttUrl = `mqtt://127.0.0.1:${ports.mqtt.port}`;
  const wsUrl = `ws://127.0.0.1:${ports.webSocket.port}/mqtt`;
  const httpUrl = `http://127.0.0.1:${ports.management.port}`;
  const dashboardUrl = `http://127.0.0.1:${ports.dashboard.port}`;
  const clients: MqttClient[] = [];

  return {
    gateway,
    dataDir,
    mqttUrl,
    wsUrl,
    httpUrl,
    dashboardUrl,
    async rest(path, { method = 'GET', body, headers = {}, dashboard = false } = {}) {
      const authorization = dashboard ? ADMIN_AUTHORIZATION : APP_AUTHORIZATION;
      const response = await fetch(`${dashboard ? dashboardUrl : httpUrl}/api/v3${path}`, {
        method,
        headers: { authorization, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parsed(text) };
    },
    async graphql(query, variables = {}) {
      const response = await fetch(`${httpUrl}/graphql`, {
        method: 'POST',
        headers: { authorization: APP_AUTHORIZATION, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    },
    async connect({ overWebSocket = false, ...options } = {}) {
      const client = await mqtt.connectAsync(overWebSocket ? wsUrl : mqttUrl, { reconnectPeriod: 0, ...options });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await gateway.close();
      if (folder === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Waits until `isTrue` answers true, looking again at every turn of the event loop; for what has no event. */
export async function eventually(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  limit = 10_000,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`still waiting for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
