import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { AlarmNotice } from '../../../src/alarms/alarm.ts';
import type { Hooks } from '../../../src/broker/hooks.ts';
import { type BrokerLimits, MqttBroker } from '../../../src/broker/mqtt-broker.ts';
import { createTcpPort } from '../../../src/broker/mqtt-ports.ts';
import { createLog } from '../../../src/log.ts';
import { PluginHost } from '../../../src/plugins/host.ts';
import type { Plugin } from '../../../src/plugins/plugin.ts';
import type { Port } from '../../../src/port.ts';
import type { Database } from '../../../src/store/database.ts';
import { SessionStore } from '../../../src/store/session-store.ts';
import { openStore } from '../../../src/store/store.ts';
import { openSocket } from '../../broker/house.ts';
import { type ConnectFields, connectPacket, Wire } from '../../broker/wire.ts';
import { defaultsOf } from '../../support/defaults.ts';
import { NODE, testConfig } from '../../support/gateway.ts';

/** A broker with plugins whose settings a test gives, one MQTT port, and nothing of HTTP. */
export interface PluginHouse {
  readonly broker: MqttBroker;
  readonly host: PluginHost;
  readonly database: Database;
  readonly port: Port;
  readonly folder: string;
  /** Alarms that stand, by their ids. */
  readonly alarms: ReadonlyMap<string, AlarmNotice>;
  /** What was logged, as objects. */
  readonly logged: readonly Record<string, unknown>[];
  /** Resolves when an alarm of this id is raised, or cleared. */
  alarm(id: string, isRaised: boolean): Promise<void>;
  /** Gives a plugin settings beside its defaults, from its next load on; loads it anew when it is active. */
  configure(name: string, settings: object): Promise<void>;
  connect(options?: IClientOptions): Promise<MqttClient>;
  /** A client of packets, whose CONNECT has to be accepted. */
  wire(fields?: ConnectFields): Promise<Wire>;
  /** Ends the broker as the program does; the folder stays when it was given. */
  close(): Promise<void>;
}

export interface PluginHouseOptions {
  readonly plugins: readonly Plugin[];
  /** Plugins that need the broker to be made. */
  readonly make?: (broker: MqttBroker) => readonly Plugin[];
  /** Seconds that a load may take. */
  readonly deadline?: number;
  /** What plugins are given, where `settings` do not say it. */
  readonly settingsOf?: (plugin: Plugin) => unknown;
  /** By plugin, beside the defaults. */
  readonly settings?: Readonly<Record<string, object>>;
  /** Data folder; one of its own, which goes with it, unless given. */
  readonly folder?: string;
  readonly hooks?: readonly Hooks[];
  readonly limits?: Partial<BrokerLimits>;
  /** Alarms from before the start. */
  readonly standing?: readonly AlarmNotice[];
  /** True unless given. */
  readonly allowAnonymous?: boolean;
}

export async function openPluginHouse(options: PluginHouseOptions): Promise<PluginHouse> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const store = await openStore(folder);
  const limits = { ...testConfig('unused').mqtt, ...options.limits };
  const broker = new MqttBroker({
    nodeName: NODE,
    limits,
    allowAnonymous: options.allowAnonymous ?? true,
    store: await SessionStore.open(store.database),
    onClientFault: () => {},
    onFault: () => {},
  });
  const alarms = new Map((options.standing ?? []).map((notice): [string, AlarmNotice] => [notice.id, notice]));
  const waiting: { readonly id: string; readonly isRaised: boolean; readonly resolve: () => void }[] = [];
  const tell = (id: string, isRaised: boolean): void => {
    for (const each of waiting) if (each.id === id && each.isRaised === isRaised) each.resolve();
  };
  const logged: Record<string, unknown>[] = [];
  const settings = new Map(Object.entries(options.settings ?? {}));
  const settingsOf = ({ name, settings: table }: Plugin) => ({ ...defaultsOf(table), ...settings.get(name) });
  const host = new PluginHost({
    plugins: [...options.plugins, ...(options.make?.(broker) ?? [])],
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
    dataDir: folder,
    settingsOf: options.settingsOf ?? settingsOf,
    hooks: options.hooks ?? [],
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
    database: store.database,
    port,
    folder,
    alarms,
    logged,
    alarm: (id, isRaised) =>
      alarms.has(id) === isRaised
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ id, isRaised, resolve })),
    async configure(name, own) {
      settings.set(name, own);
      const plugin = options.plugins.find((each) => each.name === name);
      if (plugin) await host.reconfigure(name, settingsOf(plugin));
    },
    async connect(fields = {}) {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port.port}`, { reconnectPeriod: 0, ...fields });
      clients.push(client);
      return client;
    },
    async wire(fields = {}) {
      const wire = new Wire(await openSocket(port));
      const { returnCode } = await wire.ask(connectPacket(fields), 'connack');
      if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
      return wire;
    },
    async close() {
      port.stopAccepting();
      await broker.close();
      await host.close();
      for (const client of clients) client.end(true);
      await port.close();
      await store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
