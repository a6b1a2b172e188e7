import { randomUUID } from 'node:crypto';
import type { Alarms } from '../alarms/alarms.ts';
import type { Bans } from '../bans/bans.ts';
import type { HotSettings } from '../config/hot/hot-settings.ts';
import type {
  Alarm,
  Ban,
  BanFilter,
  BanKey,
  Broker,
  BrokerNode,
  ClientRefusal,
  ConfigChange,
  ConfigItem,
  Connection,
  ConnectionFilter,
  Credential,
  CredentialFilter,
  CredentialKind,
  DelayedMessage,
  DelayedMessageFilter,
  DelayedTarget,
  Diagnostics,
  EventFilters,
  EventFlow,
  EventKinds,
  KeptBans,
  Listener,
  MaybePromise,
  Message,
  MessageFlow,
  Metrics,
  NewBan,
  NodeHandle,
  Plugin,
  PluginDeed,
  RefusalFilter,
  RetainedMessage,
  RetainedMessageFilter,
  RetainedTarget,
  Route,
  RouteFilter,
  Session,
  SessionFilter,
  Slice,
  SliceResult,
  Stats,
  SubscribingClient,
  Subscription,
  SubscriptionFilter,
  SubscriptionRequest,
  TraceFlow,
} from '../domain.ts';
import type { Credentials } from '../plugins/auth-credential/credentials.ts';
import { pluginNames } from '../plugins/auth-credential/index.ts';
import type { PluginState } from '../plugins/entry.ts';
import type { PluginHost } from '../plugins/host.ts';
import type { Offered } from '../plugins/offer.ts';
import type { ReadDiagnostics } from '../plugins/recon/recon.ts';
import type { PortFigures } from '../port.ts';
import { notStarted } from '../refusals.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { hostFigures, processLimits } from './host.ts';
import type { MqttBroker } from './mqtt-broker.ts';

/** Retained or delayed messages of one batch: nobody else waits longer than for so many. */
const REMOVED_AT_ONCE = 1000;

export interface LocalNodeOptions {
  readonly name: string;
  readonly version: string;
  readonly broker: MqttBroker;
  readonly bans: Bans;
  readonly plugins: PluginHost;
  /** Told of what goes wrong where events are told. */
  readonly onFault: (fault: unknown) => void;
  readonly credentials: Credentials;
  readonly alarms: Alarms;
  readonly configs: HotSettings;
  readonly diagnostics: Offered<ReadDiagnostics>;
  /** The listening ports of the process, those of HTTP too. */
  readonly ports: readonly PortFigures[];
}

/** This process as a node of the cluster: everything is answered at once from its tables. */
export class LocalNode implements NodeHandle {
  readonly name: string;
  readonly incarnation = randomUUID().slice(0, 8);
  /** What happens here; whoever else has events adds them. */
  readonly hub: EventHub;
  readonly #version: string;
  readonly #broker: MqttBroker;
  readonly #bans: Bans;
  readonly #plugins: PluginHost;
  readonly #credentials: Credentials;
  readonly #alarms: Alarms;
  readonly #configs: HotSettings;
  readonly #diagnostics: Offered<ReadDiagnostics>;
  readonly #ports: readonly PortFigures[];
  readonly #limits = processLimits();
  readonly #startedAt = Date.now();
  readonly #started = performance.now();

  constructor({
    name,
    version,
    broker,
    bans,
    plugins,
    alarms,
    configs,
    diagnostics,
    credentials,
    ports,
    onFault,
  }: LocalNodeOptions) {
    this.name = name;
    this.#version = version;
    this.#broker = broker;
    this.#bans = bans;
    this.#plugins = plugins;
    this.#credentials = credentials;
    this.#alarms = alarms;
    this.#configs = configs;
    this.#diagnostics = diagnostics;
    this.#ports = ports;
    this.hub = createEventHub({ nodeName: name, incarnation: this.incarnation, onFault }, broker.events);
  }

  get #uptime(): number {
    return Math.floor((performance.now() - this.#started) / 1000);
  }

  describe(): BrokerNode {
    return {
      name: this.name,
      status: 'RUNNING',
      version: this.#version,
      runtimeVersion: process.versions.node,
      uptime: this.#uptime,
      connectionsCount: this.#broker.registry.connectionsCount,
      openHandles: this.#ports.reduce((sum, port) => sum + 1 + port.currentConnections, 0),
      ...this.#limits,
      ...hostFigures(),
    };
  }

  broker(): Broker {
    return {
      nodeName: this.name,
      status: 'RUNNING',
      version: this.#version,
      description: 'brokerql, an MQTT broker with a GraphQL API',
      runtimeVersion: process.versions.node,
      datetime: Date.now(),
      startedAt: this.#startedAt,
      uptime: this.#uptime,
    };
  }

  metrics(): Metrics {
    const { metrics, retained } = this.#broker;
    return { ...metrics, messagesRetained: retained.size, nodeName: this.name, rates: null };
  }

  stats(): Stats {
    const { registry } = this.#broker;
    const { peaks, routesCount, subscriptionsCount } = registry;
    const retainedCount = this.#broker.retained.size;
    return {
      nodeName: this.name,
      connectionsCount: registry.connectionsCount,
      connectionsMax: peaks.of('connections'),
      sessionsCount: registry.sessionsCount,
      sessionsMax: peaks.of('sessions'),
      persistentSessionsCount: registry.persistentSessionsCount,
      persistentSessionsMax: peaks.of('persistentSessions'),
      topicsCount: routesCount,
      topicsMax: peaks.of('routes'),
      routesCount,
      routesMax: peaks.of('routes'),
      subscribersCount: subscriptionsCount,
      subscribersMax: peaks.of('subscriptions'),
      subscriptionsCount,
      subscriptionsMax: peaks.of('subscriptions'),
      sharedSubscriptionsCount: registry.sharedSubscriptionsCount,
      sharedSubscriptionsMax: peaks.of('sharedSubscriptions'),
      suboptionsCount: subscriptionsCount,
      suboptionsMax: peaks.of('subscriptions'),
      retainedCount,
      retainedMax: Math.max(retainedCount, peaks.of('retained')),
    };
  }

  listeners(): readonly Listener[] {
    return this.#ports.map((port) => ({
      nodeName: this.name,
      protocol: port.protocol,
      listenOn: port.listenOn,
      acceptors: 1,
      maxConnections: port.maxConnections,
      currentConnections: port.currentConnections,
      shutdownCount: { ...port.shutdownCount },
    }));
  }

  connections(slice: Slice<ConnectionFilter>): MaybePromise<SliceResult<Connection>> {
    return this.#broker.registry.connections(slice);
  }

  connection(clientId: string): Connection | null {
    return this.#broker.registry.sessionsById.get(clientId)?.connection ?? null;
  }

  sessions(slice: Slice<SessionFilter>): MaybePromise<SliceResult<Session>> {
    return this.#broker.registry.sessions(slice);
  }

  session(clientId: string): Session | null {
    return this.#broker.registry.sessionsById.get(clientId) ?? null;
  }

  subscriptions(slice: Slice<SubscriptionFilter>): MaybePromise<SliceResult<Subscription>> {
    return this.#broker.registry.subscriptions(slice);
  }

  subscriptionsOf(clientId: string): readonly Subscription[] {
    return [...(this.#broker.registry.sessionsById.get(clientId)?.subscriptions.values() ?? [])];
  }

  routes(slice: Slice<RouteFilter>): MaybePromise<SliceResult<Route>> {
    return this.#broker.registry.routes(slice);
  }

  retainedMessages(slice: Slice<RetainedMessageFilter>): MaybePromise<SliceResult<RetainedMessage>> {
    return this.#broker.retained.page(slice);
  }

  retainedMessage(topic: string): RetainedMessage | null {
    return this.#broker.retained.get(topic);
  }

  async clearRetained(target: RetainedTarget): Promise<number> {
    const { retained } = this.#broker;
    const topics = 'topics' in target ? target.topics : retained.matching(target.topicFilter).map(({ topic }) => topic);
    return removeAll(topics, (some) => this.#broker.clearRetained(some));
  }

  delayedMessages(slice: Slice<DelayedMessageFilter>): MaybePromise<SliceResult<DelayedMessage>> {
    return this.#broker.delayed.page(slice);
  }

  async deleteDelayed(target: DelayedTarget): Promise<number> {
    const ids = 'ids' in target ? target.ids : this.#broker.delayed.matching(target.topicFilter);
    return removeAll(ids, (some) => this.#broker.deleteDelayed(some));
  }

  clientRefusals(clientId: string): readonly ClientRefusal[] {
    return this.#broker.refusals.of(clientId);
  }

  recentRefusals(slice: Slice<RefusalFilter>): MaybePromise<SliceResult<ClientRefusal>> {
    return this.#broker.refusals.page(slice);
  }

  permitsSubscribe(client: SubscribingClient, topicFilter: string): MaybePromise<boolean> {
    return this.#broker.permitsSubscribe(client, topicFilter);
  }

  messages(topicFilter: string): MessageFlow {
    const { retained, taps } = this.#broker;
    return {
      retained: (most) => retained.someToSend(topicFilter, most).map((message) => ({ ...message, retain: true })),
      follow: (tell) => taps.listen(topicFilter, (message, username) => tell(this.#published(message, username))),
    };
  }

  /** Written out field by field: this is on the way of every PUBLISH that somebody follows. */
  #published({ topic, payload, qos, retain, clientId, publishedAt }: StoredMessage, username: string | null) {
    return {
      topic,
      payload,
      payloadSize: payload.length,
      qos,
      retain,
      clientId: clientId || null,
      username,
      nodeName: this.name,
      publishedAt,
    };
  }

  trace(clientId: string): TraceFlow {
    return { follow: (tell) => this.#broker.traces.follow(clientId, tell) };
  }

  publish(message: Message): Promise<void> {
    return this.#broker.publish(message);
  }

  subscribe(clientId: string, subscriptions: readonly SubscriptionRequest[]): Promise<readonly Subscription[]> {
    return this.#broker.subscribe(clientId, subscriptions);
  }

  unsubscribe(clientId: string, topicFilters: readonly string[]): Promise<void> {
    return this.#broker.unsubscribe(clientId, topicFilters);
  }

  kick(clientId: string): Promise<boolean> {
    return this.#broker.kick(clientId);
  }

  cleanAclCache(clientId: string, topic: string): boolean {
    const connection = this.#broker.registry.sessionsById.get(clientId)?.connection ?? null;
    connection?.aclCache?.forget(topic);
    return connection !== null;
  }

  cleanSession(clientId: string): Promise<void> {
    return this.#broker.cleanSession(clientId);
  }

  bans(slice: Slice<BanFilter>): MaybePromise<SliceResult<Ban>> {
    return this.#bans.page(slice);
  }

  ban(key: BanKey): Ban | null {
    return this.#bans.get(key);
  }

  putBans(bans: readonly NewBan[]): Promise<KeptBans> {
    return this.#bans.put(bans);
  }

  deleteBans(keys: readonly BanKey[], filter: BanFilter): Promise<readonly Ban[]> {
    return this.#bans.delete(keys, filter);
  }

  configs(app: string | null): readonly ConfigItem[] {
    return this.#configs.list(app).map((item) => ({ ...item, nodeName: this.name }));
  }

  async changeConfigs(change: ConfigChange, by: string | null): Promise<readonly ConfigItem[]> {
    const items = await this.#configs.change(change, by);
    return items.map((item) => ({ ...item, nodeName: this.name }));
  }

  /** A plugin as one of this node. */
  pluginOf(state: PluginState): Plugin {
    return { ...state, type: state.type.toUpperCase() as Uppercase<PluginState['type']>, nodeName: this.name };
  }

  plugins(): readonly Plugin[] {
    return this.#plugins.list().map((state) => this.pluginOf(state));
  }

  async changePlugin(name: string, deed: PluginDeed): Promise<Plugin> {
    return this.pluginOf(await this.#plugins[deed](name));
  }

  async diagnostics(): Promise<Diagnostics | null> {
    const figures = await this.#diagnostics.now?.();
    return figures ? { ...figures, nodeName: this.name } : null;
  }

  #credentialsOf(kind: CredentialKind): Credentials {
    const name = pluginNames[kind];
    if (!this.#plugins.get(name)?.active) throw notStarted(name);
    return this.#credentials;
  }

  credentials(kind: CredentialKind, slice: Slice<CredentialFilter>): MaybePromise<SliceResult<Credential>> {
    return this.#credentialsOf(kind).page(kind, slice);
  }

  credential(kind: CredentialKind, name: string): Credential | null {
    return this.#credentialsOf(kind).get(kind, name);
  }

  createCredential(kind: CredentialKind, name: string, password: string): Promise<Credential> {
    return this.#credentialsOf(kind).create(kind, name, password);
  }

  updateCredential(kind: CredentialKind, name: string, password: string): Promise<Credential> {
    return this.#credentialsOf(kind).update(kind, name, password);
  }

  deleteCredential(kind: CredentialKind, name: string): Promise<boolean> {
    return this.#credentialsOf(kind).delete(kind, name);
  }

  events<Kind extends keyof EventKinds>(kind: Kind, filter: EventFilters[Kind]): EventFlow<EventKinds[Kind]> {
    return this.hub[kind].flow(filter);
  }

  alarms(): readonly Alarm[] {
    return this.#alarms.present();
  }

  alarmHistory(slice: Slice<unknown>): SliceResult<Alarm> {
    return this.#alarms.history(slice);
  }

  clearAlarm(id: string): Alarm | null {
    return this.#alarms.end(id);
  }

  deleteAlarmHistory(): number {
    return this.#alarms.forget();
  }
}

/** Removes things by their names, so many at once, and answers how many there were. */
async function removeAll(
  names: readonly string[],
  remove: (some: readonly string[]) => Promise<number>,
): Promise<number> {
  let count = 0;
  for (let at = 0; at < names.length; at += REMOVED_AT_ONCE) {
    if (at > 0) await new Promise(setImmediate);
    count += await remove(names.slice(at, at + REMOVED_AT_ONCE));
  }
  return count;
}
