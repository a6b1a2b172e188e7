import { join } from 'node:path';
import { restEndpoints } from '../rest-facade/facade.ts';
import { profiles } from '../rest-facade/profiles.ts';
import { type Access, openAccess } from './access/access.ts';
import type { Generated } from './access/bootstrap.ts';
import { Alarms } from './alarms/alarms.ts';
import { publishAlarms } from './alarms/publish-alarms.ts';
import { Tally } from './alarms/tally.ts';
import { watchNode } from './alarms/watch-node.ts';
import { Bans, sentenceOf } from './bans/bans.ts';
import { endBanned } from './bans/enforce.ts';
import { createExemption } from './bans/exemption.ts';
import { detectFlapping } from './bans/flapping.ts';
import type { Hooks } from './broker/hooks.ts';
import { processLimits } from './broker/host.ts';
import { LocalNode } from './broker/local-node.ts';
import { MqttBroker } from './broker/mqtt-broker.ts';
import { createControl } from './cli/control.ts';
import { Cluster } from './cluster/cluster.ts';
import { alarmSettings } from './config/alarm-settings.ts';
import { HotSettings } from './config/hot/hot-settings.ts';
import { registerConfig } from './config/hot/register-config.ts';
import { originOf } from './config/parse-config.ts';
import type { Config } from './config/settings.ts';
import { viewOf } from './config/view.ts';
import type { Domain } from './domain.ts';
import { createDoors, type Door } from './doors.ts';
import { guardSchema } from './graphql/guarded-schema.ts';
import { Live } from './graphql/live/live.ts';
import type { OutletLimits } from './graphql/live/outlet.ts';
import { createSchema } from './graphql/schema.ts';
import { type Log, setLevel } from './log.ts';
import { createMqttPorts } from './mqtt-ports.ts';
import { packageRoot, version } from './package.ts';
import { credentialsOf } from './plugins/auth-credential/credentials.ts';
import type { NodeFigures } from './plugins/figures.ts';
import { PluginHost } from './plugins/host.ts';
import { shippedPlugins, tablesOf } from './plugins/index.ts';
import { Offer } from './plugins/offer.ts';
import type { Plugin } from './plugins/plugin.ts';
import type { Scrape } from './plugins/prometheus/prometheus.ts';
import type { ReadDiagnostics } from './plugins/recon/recon.ts';
import type { Port } from './port.ts';
import { createReadiness } from './readiness.ts';
import { recordEvents, recordListeners } from './record-events.ts';
import { SessionStore } from './store/session-store.ts';
import { type DataStore, openStore, type Store } from './store/store.ts';
import { createServedCertificate, type ServedCertificate } from './tls/served-certificate.ts';

/** The ports by what is spoken there; those of TLS are null without a certificate. */
export interface GatewayPorts {
  readonly mqtt: Port;
  readonly webSocket: Port;
  readonly mqttTls: Port | null;
  readonly secureWebSocket: Port | null;
  readonly management: Port;
  readonly managementTls: Port | null;
  readonly dashboard: Port;
  readonly dashboardTls: Port | null;
}

/** Everything built and wired; nothing listens until `listen`. */
export interface Gateway {
  /** What is in force; read anew, a setting is what it is then. */
  readonly config: Config;
  readonly hot: HotSettings;
  readonly domain: Domain;
  readonly broker: MqttBroker;
  readonly access: Access;
  readonly live: Live;
  readonly alarms: Alarms;
  readonly ports: GatewayPorts;
  /**
   * Listens on all ports, and makes sure that somebody can sign in. Answers the credentials that were generated because
   * there were none: to be shown, this once.
   */
  listen(): Promise<Generated>;
  /** Reads the certificate anew, as on SIGHUP. */
  reload(): void;
  /** Seconds that a close may take on purpose: the drain, and what plugins take to finish. */
  readonly closingTime: number;
  /**
   * Closes the ports, ends what is under way, flushes and closes the store. It still serves for `drain` seconds, those of
   * the configuration unless given, while `/readyz` says 503. Called again, it answers the close that is under way.
   */
  close(drain?: number): Promise<void>;
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

function isAnonymousAllowed({ host, mqtt: { allowAnonymous } }: Config): boolean {
  return allowAnonymous === 'auto' ? isLoopback(host) : allowAnonymous === 'true';
}

function certificateOf({ tls }: Config, log: Log): ServedCertificate | null {
  if (!tls.pair) return null;
  return createServedCertificate({
    files: { ...tls.pair, ...(tls.ca === null ? {} : { ca: tls.ca }) },
    onReload: () => log.info('the certificate was read anew'),
    onFault: (error) => log.error({ err: error }, 'the new certificate cannot be used; the old one stays'),
    onExpiring: (expiresAt) =>
      log.warn({ expiresAt: new Date(expiresAt).toISOString() }, 'the certificate expires soon'),
  });
}

/** The alarms of the node, told to the log and to MQTT clients. */
async function openAlarms(config: Config, store: Store, broker: MqttBroker, log: Log): Promise<Alarms> {
  const { nodeName, alarm: limits } = config;
  const onFault = (fault: unknown): void => log.error({ err: fault }, 'keeping or telling alarms failed');
  const alarms = await Alarms.open(store, { nodeName, limits, onFault });
  alarms.raised.listen(({ id, severity, summary }) => log.warn({ alarm: id, severity }, `alarm: ${summary}`));
  alarms.cleared.listen(({ id }) => log.info({ alarm: id }, 'an alarm ended'));
  publishAlarms(alarms, broker, nodeName, onFault);
  return alarms;
}

const alarmKeys: ReadonlySet<string> = new Set(Object.values(alarmSettings).map(({ path }) => path));

/** How much is kept for a slow reader of live values, as it is set now. */
const outletLimits = (asked: Config['graphql']): OutletLimits =>
  viewOf(asked, { queue: 'maxQueue', queueBytes: 'maxQueueBytes', dropped: 'maxDropped' });

/** Opens the settings that can change, all but those of plugins. */
async function openSettings(given: Config, store: DataStore, log: Log) {
  const hot = await HotSettings.open(store, {
    onPassedOver: (app, key, reason) => log.warn({ app, key, reason }, 'a stored setting counts no longer'),
    onFault: (fault) => log.error({ err: fault }, 'a change of a setting failed'),
  });
  const config = registerConfig(hot, given);
  if (config.log.level !== given.log.level) setLevel(log, config.log.level);
  hot.changed.listen(({ key }) => key === 'log.level' && setLevel(log, config.log.level));
  return { hot, config };
}

/**
 * Builds the gateway that a configuration describes, with what was set while it ran before; `hooks` are asked who may
 * connect, publish and subscribe, before the plugins, and `more` plugins stand beside those that are shipped. Throws
 * ConfigError for a section of plugins that is refused.
 */
export async function createGateway(
  given: Config,
  log: Log,
  hooks: readonly Hooks[] = [],
  more: readonly Plugin[] = [],
): Promise<Gateway> {
  const diagnostics = new Offer<ReadDiagnostics>();
  const scrape = new Offer<Scrape>();
  const figures: NodeFigures = {
    metrics: () => node.metrics(),
    stats: () => node.stats(),
    listeners: () => node.listeners(),
    plugins: () => node.plugins(),
    alarms: () => node.alarms(),
  };
  const allPlugins = [...shippedPlugins({ figures, diagnostics, scrape }), ...more];
  const ofPlugins = originOf(given).plugins(tablesOf(allPlugins));
  const certificate = certificateOf(given, log);
  const store = await openStore(given.dataDir, given.durability);
  const { hot, config } = await openSettings(given, store, log);
  const failedLogins = new Tally();
  const access: Access = await openAccess(store, {
    onFault: (fault) => log.error({ err: fault }, 'keeping accounts failed'),
    onFailures: ({ name, ...failures }) => {
      failedLogins.add(failures.count);
      const { applications, users } = access.accounts;
      const isKnown = (failures.kind === 'user' ? users : applications).get(name) !== null;
      // What is no name may be a password that was typed in its place.
      log.warn(isKnown ? { name, ...failures } : failures, 'logins failed');
    },
    get idle() {
      return config.auth.idle * 1000;
    },
    get lifetime() {
      return config.auth.lifetime * 1000;
    },
    get auditEntries() {
      return config.audit.maxEntries;
    },
  });

  const sessions = await SessionStore.open(store.database);
  const exemption = createExemption({ proxies: config.proxies, limits: config.mqtt });
  const bans = await Bans.open(store, {
    limits: config.mqtt,
    exemption,
    onFault: (fault) => log.error({ err: fault }, 'keeping bans failed'),
  });
  const broker = new MqttBroker({
    nodeName: config.nodeName,
    limits: config.mqtt,
    get allowAnonymous() {
      return isAnonymousAllowed(config);
    },
    banOf: (client) => {
      const ban = bans.match(client);
      return ban && sentenceOf(ban);
    },
    store: sessions,
    onClientFault: ({ clientId, ipAddress, port }, reason, error) =>
      log.debug({ clientId, peer: `${ipAddress}:${port}`, reason, message: error?.message }, 'an MQTT client failed'),
    onFault: (error) => log.error(error, 'the broker failed'),
  });
  hot.changed.listen(({ key }) => key.startsWith('mqtt.') && broker.review());
  broker.events.dropped.listen(({ clientId }, count) => log.debug({ clientId, count }, 'a bound dropped messages'));
  const alarms = await openAlarms(config, store, broker, log);
  bans.onKept = endBanned(bans, broker, config.mqtt);
  const flapping = detectFlapping({
    limits: config.mqtt,
    events: broker.events,
    bans,
    alarms,
    onFault: (fault) => log.error({ err: fault }, 'banning a flapping client failed'),
  });
  const plugins = new PluginHost({
    plugins: allPlugins,
    broker,
    limits: config.mqtt,
    store,
    alarms,
    log,
    nodeName: config.nodeName,
    dataDir: config.dataDir,
    settingsOf: ({ name }) => hot.valuesOf(name),
    hooks,
  });
  for (const { name, settings } of allPlugins) {
    const apply = (values: unknown): Promise<void> => plugins.reconfigure(name, values);
    if (!hot.has(name)) hot.register({ app: name, table: settings, given: ofPlugins, apply });
  }
  hot.begin();
  const mqttPorts = createMqttPorts(config, broker, certificate);

  const listening: Port[] = [];
  const node = new LocalNode({
    name: config.nodeName,
    version,
    ...{ broker, bans, plugins, alarms, configs: hot, diagnostics, ports: listening },
    credentials: credentialsOf(store),
    onFault: (fault) => log.error({ err: fault }, 'telling of an event failed'),
  });
  recordEvents(node, { alarms, bans, plugins, configs: hot, access });
  const endpoints: Domain['restEndpoints'] = (asked, kind) =>
    restEndpoints(asked ?? profiles[config.rest.profile].release, kind);
  const domain = new Cluster(node, [], config.mqtt, endpoints, exemption);

  const readiness = createReadiness(store);
  const logFault = (fault: unknown, logId: string): void => log.error({ err: fault, logId }, 'a request failed');
  const live = new Live({
    limits: outletLimits(config.graphql),
    logFault,
    get keepalive() {
      return config.graphql.keepalive * 1000;
    },
  });
  hot.changed.listen(({ key }) => key === 'graphql.keepalive' && live.beats.restart());
  const createDoor = createDoors({
    config,
    schema: guardSchema(createSchema(join(packageRoot, 'schema'))),
    domain,
    access,
    live,
    certificate,
    logFault,
    notReady: readiness.notReady,
    scrape: () => scrape.now,
  });
  const management = createDoor('management', 'application');
  const dashboard = createDoor('dashboard', 'user');
  const control = createControl({ ...access, database: store.database }, config.dataDir, (fault) =>
    log.error({ err: fault }, 'the command line failed'),
  );

  const ports: GatewayPorts = {
    mqtt: mqttPorts.mqtt,
    webSocket: mqttPorts.webSocket,
    mqttTls: mqttPorts.tls,
    secureWebSocket: mqttPorts.secureWebSocket,
    management: management.port,
    managementTls: management.tlsPort,
    dashboard: dashboard.port,
    dashboardTls: dashboard.tlsPort,
  };
  listening.push(...Object.values(ports).filter((port) => port !== null));
  recordListeners(node, listening, ({ protocol }, error) =>
    log.error({ err: error, listener: protocol }, 'a listener failed'),
  );
  const watch = watchNode({
    alarms,
    limits: config.alarm,
    broker,
    database: store.database,
    ports: listening,
    certificate,
    dataDir: config.dataDir,
    maxFileDescriptors: processLimits().maxFileDescriptors,
    failedLogins,
    otherLooks: flapping.looks,
    onFault: (fault) => log.error({ err: fault }, 'a look at the node failed'),
  });
  hot.changed.listen(({ app, key }) => app === 'emqx' && alarmKeys.has(key) && watch.restart());

  const closeAll = async (drain: number): Promise<void> => {
    readiness.end();
    await new Promise((resolve) => setTimeout(resolve, readiness.wasReady ? drain * 1000 : 0));
    for (const port of listening) port.stopAccepting();
    watch.close();
    // Requests that wait for a plugin would hold up their doors, and changes of settings the rest.
    plugins.giveUpLoads();
    await control.close();
    await Promise.all([management, dashboard].map((door: Door) => door.close()));
    await bans.close();
    await broker.close();
    // What plugins clear while they leave stands at the next start until they know better.
    await alarms.close();
    await hot.settle();
    await plugins.close();
    await Promise.all(listening.map((port) => port.close()));
    certificate?.close();
    await access.close();
    await store.close();
  };

  let closed: Promise<void> | null = null;
  const close = (drain = config.http.drain): Promise<void> => {
    closed ??= closeAll(drain);
    return closed;
  };

  return {
    config,
    hot,
    domain,
    broker,
    access,
    live,
    alarms,
    ports,
    async listen() {
      try {
        await plugins.start();
        bans.start();
        await broker.start();
        const { mqtt, http, dashboard: board } = config;
        await ports.mqtt.listen(config.host, mqtt.port);
        await ports.webSocket.listen(config.host, mqtt.wsPort);
        await ports.mqttTls?.listen(config.host, mqtt.tlsPort);
        await ports.secureWebSocket?.listen(config.host, mqtt.wssPort);
        await ports.management.listen(config.host, http.port);
        await ports.managementTls?.listen(config.host, http.tlsPort);
        await ports.dashboard.listen(config.host, board.port);
        await ports.dashboardTls?.listen(config.host, board.tlsPort);
        await control.listen();
        // Not before every port is taken: a start that fails would leave a secret that nobody was told.
        const generated = await access.accounts.bootstrap({ app: config.app, admin: config.admin });
        readiness.begin();
        watch.start();
        return generated;
      } catch (error) {
        await close();
        throw error;
      }
    },
    reload: () => certificate?.reload(),
    get closingTime() {
      // A plugin that is just being loaded anew leaves twice.
      return config.http.drain + 2 * plugins.grace;
    },
    close,
  };
}
