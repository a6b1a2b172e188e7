import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { AlarmNotice } from '../../src/alarms/alarm.ts';
import { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createTcpPort } from '../../src/broker/mqtt-ports.ts';
import type { Config } from '../../src/config/settings.ts';
import { createLog } from '../../src/log.ts';
import { PluginHost } from '../../src/plugins/host.ts';
import type { Plugin, PluginInstance } from '../../src/plugins/plugin.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { openStore } from '../../src/store/store.ts';
import { defaultsOf } from '../support/defaults.ts';
import { NODE, testConfig } from '../support/gateway.ts';

/** A broker with a host of plugins, and nothing around them. */
export interface House {
  readonly broker: MqttBroker;
  readonly host: PluginHost;
  readonly dataDir: string;
  /** The alarms that stand, by their ids. */
  readonly alarms: ReadonlyMap<string, AlarmNotice>;
  /** What was logged, as objects. */
  readonly logged: readonly Record<string, unknown>[];
  /** Resolves when an alarm of this id is raised, or cleared. */
  alarm(id: string, isRaised: boolean): Promise<void>;
  /** Connects a client; rejects when it is refused. It is ended with the house. */
  connect(options?: IClientOptions): Promise<MqttClient>;
  close(): Promise<void>;
}

export interface HouseOptions {
  /** Kept when it is given. */
  readonly folder?: string;
  readonly limits?: Partial<Config['mqtt']>;
  readonly allowAnonymous?: boolean;
  /** Seconds. */
  readonly deadline?: number;
  readonly settingsOf?: (plugin: Plugin) => unknown;
  /** Plugins that need the broker to be made. */
  readonly make?: (broker: MqttBroker) => readonly Plugin[];
}

/** Starts a house in which no plugin has been loaded yet but those that are active at first. */
export async function startHouse(plugins: readonly Plugin[], options: HouseOptions = {}): Promise<House> {
  const dataDir = options.folder ?? mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const store = await openStore(dataDir);
  const limits = { ...testConfig(dataDir).mqtt, ...options.limits };
  const broker = new MqttBroker({
    nodeName: NODE,
    limits,
    allowAnonymous: options.allowAnonymous ?? true,
    store: await SessionStore.open(store.database),
    onClientFault: () => {},
    onFault: () => {},
  });
  const alarms = new Map<string, AlarmNotice>();
  const waiting: { readonly id: string; readonly isRaised: boolean; readonly resolve: () => void }[] = [];
  const tell = (id: string, isRaised: boolean): void => {
    for (const each of waiting) if (each.id === id && each.isRaised === isRaised) each.resolve();
  };
  const logged: Record<string, unknown>[] = [];
  const host = new PluginHost({
    plugins: [...plugins, ...(options.make?.(broker) ?? [])],
    broker,
    limits,
    store,
    alarms: {
      raise(notice) {
        alarms.set(notice.id, notice);
        tell(notice.id, true);
      },
      clear(id) {
        if (alarms.delete(id)) tell(id, false);
      },
    },
    log: createLog('info', { write: (line) => logged.push(JSON.parse(line)) }),
    nodeName: NODE,
    dataDir,
    settingsOf: options.settingsOf ?? (({ settings }) => defaultsOf(settings)),
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
  });
  const port = createTcpPort(broker, {});
  await host.start();
  await broker.start();
  await port.listen('127.0.0.1', 0);
  const clients: MqttClient[] = [];
  return {
    broker,
    host,
    dataDir,
    alarms,
    logged,
    alarm: (id, isRaised) =>
      alarms.has(id) === isRaised
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ id, isRaised, resolve })),
    async connect(given = {}) {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port.port}`, { reconnectPeriod: 0, ...given });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await broker.close();
      await host.close();
      await port.close();
      await store.close();
      if (options.folder === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A plugin of a test: what it does is in `load`. */
export const fake = (
  name: string,
  load: (settings: Record<string, unknown>) => PluginInstance | Promise<PluginInstance>,
  more: Partial<Plugin> = {},
): Plugin => ({
  name,
  version: '1.2.3',
  description: 'A plugin of the tests',
  type: 'feature',
  settings: {},
  order: 0,
  isActiveAtFirst: false,
  isPermanent: false,
  ...more,
  load: ({ settings }) => load(settings as Record<string, unknown>),
});

/** The code and the sentence with which something is refused. */
export async function refusalOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (refusal) {
    const { code, message } = refusal as { readonly code?: string; readonly message: string };
    return `${code} ${message}`;
  }
  throw new Error('it was not refused');
}

/** A promise, and what settles it. */
export function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}
