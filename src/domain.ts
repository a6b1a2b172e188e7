/**
 * The broker's domain as its callers see it: plain rows, pages of them, and what can be done.
 * Resolvers see this file and nothing else of `src`. Times are epoch milliseconds, durations and
 * intervals seconds, sizes bytes; absence is null. A call answers a value where the node is this
 * process, and may answer a promise where it is not or where a search has to scan.
 */
import type { Principal } from './access/principal.ts';
import type { Alarm } from './domain/alarm.ts';
import type {
  Ban,
  BanConnectionsReport,
  BanDetails,
  BanFilter,
  BanKey,
  BanKind,
  BanReport,
  BanTarget,
  DeleteBansReport,
  KeptBans,
  NewBan,
} from './domain/ban.ts';
import type { ConfigChange, ConfigFilter, ConfigItem } from './domain/config.ts';
import type { Credential, CredentialFilter, CredentialKind } from './domain/credential.ts';
import type { EventFilters, EventFlow, EventKinds } from './domain/event.ts';
import type { Diagnostics, Plugin, PluginDeed } from './domain/plugin.ts';
import type { Restriction } from './domain/restriction.ts';
import type { TraceFlow } from './domain/trace.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { BrokerError } from './refusals.ts';

export type { Access } from './access/access.ts';
export type { Application, User } from './access/account.ts';
export type { AuditEntry } from './access/audit-entry.ts';
export type { Principal, RestProfile, Role } from './access/principal.ts';
export type { SignIn } from './access/sign-in.ts';
export type { Alarm, AlarmSeverity } from './domain/alarm.ts';
export type {
  Ban,
  BanConnectionsReport,
  BanDetails,
  BanFilter,
  BanKey,
  BanKind,
  BanReport,
  BanTarget,
  DeleteBansReport,
  KeptBans,
  NewBan,
} from './domain/ban.ts';
export type { ConfigChange, ConfigFilter, ConfigItem, ConfigSource, ConfigValue } from './domain/config.ts';
export type { Credential, CredentialFilter, CredentialKind } from './domain/credential.ts';
export type {
  AlarmEvent,
  AuditLogEvent,
  BanEvent,
  ConfigEvent,
  ConnectionEvent,
  EventFilter,
  EventFilters,
  EventFlow,
  EventKinds,
  ListenerEvent,
  PluginEvent,
  RecordedEvent,
  SessionEvent,
  SubscriptionEvent,
} from './domain/event.ts';
export type { Diagnostics, Plugin, PluginDeed, PluginType } from './domain/plugin.ts';
export type { Restriction } from './domain/restriction.ts';
export type {
  PacketDirection,
  PacketFields,
  PacketType,
  TracedEnd,
  TracedPacket,
  TraceEvent,
  TraceFlow,
} from './domain/trace.ts';
export * from './maybe-promise.ts';
export * from './refusals.ts';

/** MQTT quality of service [MQTT-4.3]. */
export type Qos = 0 | 1 | 2;

export interface PageQuery {
  /** Counts from 1. Ignored when `after` is given. */
  readonly page: number;
  readonly limit: number;
  /** `endCursor` of an earlier page: rows behind it, skipping none when rows leave. */
  readonly after: string | null;
}

export interface PageMeta {
  readonly page: number;
  readonly limit: number;
  /** Rows that match, over all pages. */
  readonly count: number;
  /** False when a search ended at its budget; `count` is then what was found by then. */
  readonly countIsExact: boolean;
  /** Cursor of the last item; null when the page is empty. */
  readonly endCursor: string | null;
}

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly meta: PageMeta;
}

export interface ListQuery<Filter> {
  readonly page: PageQuery;
  readonly filter: Filter;
  /** One node only; null is the whole cluster. */
  readonly node: string | null;
}

export type ClientIdFilter = Restriction<{ clientId: string; clientIdPrefix: string; clientIdContains: string }>;

export type ConnectionFilter = ClientIdFilter &
  Restriction<{
    username: string;
    ipAddress: string;
    /** An address or a range as `10.0.0.0/8`. */
    ipAddressRange: string;
    protocolVersion: number;
    cleanSession: boolean;
    /** The client holds a subscription to exactly this topic filter. */
    topicFilter: string;
  }>;

export type SessionFilter = ClientIdFilter &
  Restriction<{ username: string; cleanSession: boolean; connected: boolean; topicFilter: string }>;

export type SubscriptionFilter = ClientIdFilter &
  Restriction<{
    topicFilter: string;
    qos: number;
    /** A topic name: subscriptions that would receive a message published there. */
    matches: string;
  }>;

export type RouteFilter = Restriction<{
  topicFilter: string;
  topicFilterPrefix: string;
  topicFilterContains: string;
  /** A topic name: routes that would carry a message published there. */
  matches: string;
}>;

export type RetainedMessageFilter = Restriction<{
  topic: string;
  topicPrefix: string;
  topicContains: string;
  /** A topic filter: messages that a new subscription to it would get. */
  matches: string;
}>;

export type DelayedMessageFilter = Restriction<{
  clientId: string;
  /** The topic that it will be published to. */
  topic: string;
  topicPrefix: string;
  /** A topic filter that matches that topic. */
  matches: string;
}>;

export type RefusalFilter = Restriction<{ kind: RefusalKind; clientIdPrefix: string; ipAddress: string }>;

export type Transport = 'TCP' | 'TLS' | 'WEBSOCKET' | 'SECURE_WEBSOCKET';
export type NodeStatus = 'RUNNING';
/** What is known of a client by its certificate; `UNVERIFIED` is expired, or nobody vouches for it. */
export type PeerCertificate = 'NO_TLS' | 'NOT_PRESENTED' | 'VERIFIED' | 'UNVERIFIED';
export type SessionBinding = 'LOCAL' | 'REMOTE';

/** One MQTT network connection after its CONNECT was accepted. */
export interface Connection {
  readonly clientId: string;
  readonly username: string | null;
  readonly cleanSession: boolean;
  readonly connectedAt: number;
  readonly ipAddress: string;
  readonly port: number;
  readonly isBridge: boolean;
  readonly isSuperuser: boolean;
  readonly keepalive: number;
  readonly mountpoint: string | null;
  readonly willTopic: string | null;
  readonly peerCertificate: PeerCertificate;
  readonly protocolName: string;
  readonly protocolVersion: number;
  readonly zone: string;
  readonly nodeName: string;
  readonly transport: Transport;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly bytesPending: number;
  readonly socketReads: number;
  readonly socketWrites: number;
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
}

/** The state the broker keeps for a client id: it outlives the connection when it is persistent. */
export interface Session {
  readonly clientId: string;
  readonly username: string | null;
  readonly nodeName: string;
  readonly binding: SessionBinding;
  readonly cleanSession: boolean;
  readonly connected: boolean;
  readonly createdAt: number;
  readonly disconnectedAt: number | null;
  /** Seconds that the session is kept after its connection ended; 0 ends with the connection. */
  readonly expiryInterval: number;
  readonly subscriptionsCount: number;
  readonly maxSubscriptions: number;
  readonly inflightCount: number;
  readonly maxInflight: number;
  readonly queuedCount: number;
  readonly maxQueued: number;
  readonly droppedCount: number;
  readonly awaitingReleaseCount: number;
  readonly maxAwaitingRelease: number;
  readonly deliveredCount: number;
  readonly enqueuedCount: number;
}

export interface Subscription {
  /** Greater than that of every subscription that began before it on its node. */
  readonly seq: number;
  readonly clientId: string;
  readonly topicFilter: string;
  /** The group that shares the messages, `$queue` for `$queue/…`; null for a subscription of the client alone. */
  readonly shareGroup: string | null;
  /** Granted QoS. */
  readonly qos: Qos;
  readonly nodeName: string;
}

/** A topic filter that somebody subscribes to, on a node. */
export interface Route {
  readonly topicFilter: string;
  readonly nodeName: string;
  readonly subscribersCount: number;
}

export interface Listener {
  readonly nodeName: string;
  /** `mqtt:tcp`, `mqtt:ssl`, `mqtt:ws`, `mqtt:wss`, and `http:` or `https:` before `management` or `dashboard`. */
  readonly protocol: string;
  /** `address:port`. */
  readonly listenOn: string;
  readonly acceptors: number;
  /** What is set for this listener and those that it shares the limit with; 0 is no limit. */
  readonly maxConnections: number;
  /** Of this listener alone. */
  readonly currentConnections: number;
  /** Why connections ended → how many. */
  readonly shutdownCount: Readonly<Record<string, number>>;
}

export interface Broker {
  readonly nodeName: string;
  readonly status: NodeStatus;
  readonly version: string;
  readonly description: string;
  /** Version of Node.js, as `20.20.2`. */
  readonly runtimeVersion: string;
  readonly datetime: number;
  readonly startedAt: number;
  readonly uptime: number;
}

export interface BrokerNode {
  readonly name: string;
  readonly status: NodeStatus;
  readonly version: string;
  readonly runtimeVersion: string;
  readonly uptime: number;
  readonly connectionsCount: number;
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  /** Soft limit of open files; 0 when unknown. */
  readonly maxFileDescriptors: number;
  /** Resident memory of the process. */
  readonly memoryTotal: number;
  /** Heap in use and buffers outside it; never above `memoryTotal`. */
  readonly memoryUsed: number;
  /** Limit of processes and threads the system allows; 0 when unknown or unlimited. */
  readonly maxProcesses: number;
  /** Listeners and open sockets of all doors. */
  readonly openHandles: number;
}

/** Counters since the node started; `messagesRetained` is a gauge. */
export interface MetricsCounters {
  bytesReceived: number;
  bytesSent: number;
  packetsReceived: number;
  packetsSent: number;
  packetsConnectReceived: number;
  packetsConnackSent: number;
  packetsConnackError: number;
  packetsConnackAuthError: number;
  packetsPublishReceived: number;
  packetsPublishSent: number;
  packetsPublishError: number;
  packetsPublishAuthError: number;
  packetsPubackReceived: number;
  packetsPubackSent: number;
  packetsPubackMissed: number;
  packetsPubrecReceived: number;
  packetsPubrecSent: number;
  packetsPubrecMissed: number;
  packetsPubrelReceived: number;
  packetsPubrelSent: number;
  packetsPubrelMissed: number;
  packetsPubcompReceived: number;
  packetsPubcompSent: number;
  packetsPubcompMissed: number;
  packetsSubscribeReceived: number;
  packetsSubscribeError: number;
  packetsSubscribeAuthError: number;
  packetsSubackSent: number;
  packetsUnsubscribeReceived: number;
  packetsUnsubscribeError: number;
  packetsUnsubackSent: number;
  packetsPingreqReceived: number;
  packetsPingrespSent: number;
  packetsDisconnectReceived: number;
  packetsDisconnectSent: number;
  packetsAuthReceived: number;
  packetsAuthSent: number;
  messagesReceived: number;
  messagesSent: number;
  messagesQos0Received: number;
  messagesQos0Sent: number;
  messagesQos1Received: number;
  messagesQos1Sent: number;
  messagesQos2Received: number;
  messagesQos2Sent: number;
  messagesQos2Expired: number;
  messagesQos2Dropped: number;
  messagesRetained: number;
  messagesDropped: number;
  messagesExpired: number;
  messagesForwarded: number;
  authMqttAnonymous: number;
}

export interface Metrics extends Readonly<MetricsCounters> {
  readonly nodeName: string;
  /** Null from a node, which counts and does not tick: a subscription adds them. */
  readonly rates: MetricsRates | null;
}

/** Growth a second. */
export type MetricsRates = Readonly<
  Pick<
    MetricsCounters,
    | 'bytesReceived'
    | 'bytesSent'
    | 'packetsReceived'
    | 'packetsSent'
    | 'packetsConnectReceived'
    | 'packetsDisconnectReceived'
    | 'packetsSubscribeReceived'
    | 'packetsUnsubscribeReceived'
    | 'messagesReceived'
    | 'messagesSent'
    | 'messagesDropped'
  >
>;

/** Gauges: how many now, and the highest since the node started. */
export interface Stats {
  readonly nodeName: string;
  readonly connectionsCount: number;
  readonly connectionsMax: number;
  readonly sessionsCount: number;
  readonly sessionsMax: number;
  readonly persistentSessionsCount: number;
  readonly persistentSessionsMax: number;
  readonly topicsCount: number;
  readonly topicsMax: number;
  readonly routesCount: number;
  readonly routesMax: number;
  readonly subscribersCount: number;
  readonly subscribersMax: number;
  readonly subscriptionsCount: number;
  readonly subscriptionsMax: number;
  readonly sharedSubscriptionsCount: number;
  readonly sharedSubscriptionsMax: number;
  readonly suboptionsCount: number;
  readonly suboptionsMax: number;
  readonly retainedCount: number;
  readonly retainedMax: number;
}

export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
  /** Label of the publisher; need not be connected. */
  readonly clientId: string;
}

/** A message that has been published. */
export interface PublishedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly payloadSize: number;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Who published it; null when that is not known. */
  readonly clientId: string | null;
  readonly username: string | null;
  readonly nodeName: string;
  readonly publishedAt: number;
}

/** The messages of a topic filter. */
export interface MessageFlow {
  /**
   * Those that topics keep now and that a SUBSCRIBE would be sent, one a topic, in no order to rely on. Refuses with
   * LIMIT_EXCEEDED when there are more than `most`, or when too much has to be looked at to find them.
   */
  retained(most: number): readonly PublishedMessage[];
  /** Calls `tell` with each from now on, and must not be kept waiting by it. Answers what ends it. */
  follow(tell: (message: PublishedMessage) => void): () => void;
}

/** Who asks to subscribe, as hooks are told. */
export interface SubscribingClient {
  readonly clientId: string;
  readonly username: string | null;
  readonly ipAddress: string;
}

/** The message that a topic keeps for later subscribers [MQTT-3.3.1-5]. */
export interface RetainedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly payloadSize: number;
  readonly qos: Qos;
  /** Who published it; null when that is not known. */
  readonly clientId: string | null;
  readonly username: string | null;
  readonly nodeName: string;
  readonly publishedAt: number;
}

/** A message that waits to be published. */
export interface DelayedMessage {
  readonly id: string;
  /** Where it will be published. */
  readonly topic: string;
  readonly payload: Buffer;
  readonly payloadSize: number;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly clientId: string;
  readonly username: string | null;
  readonly nodeName: string;
  readonly receivedAt: number;
  readonly publishAt: number;
}

/** Delayed messages to delete: some, or those for topics that a topic filter matches. */
export type DelayedTarget = { readonly ids: readonly string[] } | { readonly topicFilter: string };

/** Retained messages to clear: those of topics, or those that a topic filter matches. */
export type RetainedTarget = { readonly topics: readonly string[] } | { readonly topicFilter: string };

/** What stood against a client: a ban, its credentials, an access rule, a limit, or MQTT itself. */
export type RefusalKind = 'BAN' | 'AUTHENTICATION' | 'ACL' | 'LIMIT' | 'PROTOCOL';
/** What was refused; `PACKET` is any, and ended the connection. */
export type RefusedAction = 'CONNECT' | 'PUBLISH' | 'SUBSCRIBE' | 'WILL' | 'PACKET';

/** Why a client was refused, the same refusal over and over again once. Texts are shortened and can be shown in one line. */
export interface ClientRefusal {
  /** Empty for a connection that was refused before it told who it is. */
  readonly clientId: string;
  readonly username: string | null;
  readonly ipAddress: string;
  /** Of the last time. */
  readonly port: number;
  readonly kind: RefusalKind;
  readonly action: RefusedAction;
  /** The topic or topic filter that was refused; null when it was none. */
  readonly topic: string | null;
  readonly message: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly nodeName: string;
}

export interface SubscriptionRequest {
  readonly topicFilter: string;
  readonly qos: number;
}

/** Connections to act on. */
export type Target = { readonly clientIds: readonly string[] } | { readonly filter: ConnectionFilter };

export interface KickReport {
  readonly kickedCount: number;
  /** False when the search for the clients ended at its budget, and some may have been missed. */
  readonly isComplete: boolean;
  /** Clients that were not kicked, at most 1000 of them. */
  readonly faults: readonly { readonly clientId: string; readonly fault: BrokerError }[];
}

/** What a node answers for a list: rows from `offset` (or behind the row `after`) of those that match. */
export interface Slice<Filter> {
  readonly filter: Filter;
  readonly offset: number;
  readonly limit: number;
  /** Key of the row before the first one, as given in `SliceResult.lastKey`. */
  readonly after: string | null;
}

export interface SliceResult<Row> {
  readonly items: readonly Row[];
  readonly count: number;
  readonly countIsExact: boolean;
  /** Key of the last item; null when there is none. */
  readonly lastKey: string | null;
}

/** One node of the cluster: this process answers values, a peer answers promises. */
export interface NodeHandle {
  readonly name: string;
  /** Names one start of the node; a cursor of another start is stale. */
  readonly incarnation: string;
  describe(): MaybePromise<BrokerNode>;
  broker(): MaybePromise<Broker>;
  metrics(): MaybePromise<Metrics>;
  stats(): MaybePromise<Stats>;
  listeners(): MaybePromise<readonly Listener[]>;
  connections(slice: Slice<ConnectionFilter>): MaybePromise<SliceResult<Connection>>;
  connection(clientId: string): MaybePromise<Connection | null>;
  sessions(slice: Slice<SessionFilter>): MaybePromise<SliceResult<Session>>;
  session(clientId: string): MaybePromise<Session | null>;
  subscriptions(slice: Slice<SubscriptionFilter>): MaybePromise<SliceResult<Subscription>>;
  /** All subscriptions of one client, oldest first; empty when it has no session. */
  subscriptionsOf(clientId: string): MaybePromise<readonly Subscription[]>;
  routes(slice: Slice<RouteFilter>): MaybePromise<SliceResult<Route>>;
  retainedMessages(slice: Slice<RetainedMessageFilter>): MaybePromise<SliceResult<RetainedMessage>>;
  retainedMessage(topic: string): MaybePromise<RetainedMessage | null>;
  /** Clears what is there when it begins, and answers how many messages that were. */
  clearRetained(target: RetainedTarget): MaybePromise<number>;
  delayedMessages(slice: Slice<DelayedMessageFilter>): MaybePromise<SliceResult<DelayedMessage>>;
  /** Deletes what is there when it begins, and answers how many messages that were. */
  deleteDelayed(target: DelayedTarget): MaybePromise<number>;
  /** Newest first, at most 10; empty when nothing of the client was refused. */
  clientRefusals(clientId: string): MaybePromise<readonly ClientRefusal[]>;
  /** Newest first. */
  recentRefusals(slice: Slice<RefusalFilter>): MaybePromise<SliceResult<ClientRefusal>>;
  /** Answers whether a SUBSCRIBE of this client would be granted, but for what the broker keeps for itself. */
  permitsSubscribe(client: SubscribingClient, topicFilter: string): MaybePromise<boolean>;
  /** The messages of a well-formed topic filter that are published here. */
  messages(topicFilter: string): MaybePromise<MessageFlow>;
  /** What is received from a client and sent to it here, whether it is connected or not. */
  trace(clientId: string): MaybePromise<TraceFlow>;
  /** Resolves when the message was handed to every subscriber's connection or queue. */
  publish(message: Message): MaybePromise<void>;
  /** Refuses with SESSION_NOT_FOUND. */
  subscribe(clientId: string, subscriptions: readonly SubscriptionRequest[]): MaybePromise<readonly Subscription[]>;
  /** Refuses with SESSION_NOT_FOUND. A filter that the session does not have is passed over. */
  unsubscribe(clientId: string, topicFilters: readonly string[]): MaybePromise<void>;
  /** Closes the client's connection. Answers false when it is not connected here. */
  kick(clientId: string): MaybePromise<boolean>;
  /** Forgets what the ACL said to the client about a topic. Answers false when it is not connected here. */
  cleanAclCache(clientId: string, topic: string): MaybePromise<boolean>;
  /** Ends an offline persistent session. Refuses with SESSION_NOT_FOUND or SESSION_RUNNING. */
  cleanSession(clientId: string): MaybePromise<void>;
  /** Oldest first. */
  bans(slice: Slice<BanFilter>): MaybePromise<SliceResult<Ban>>;
  ban(key: BanKey): MaybePromise<Ban | null>;
  /** Keeps bans and ends connections. Refuses all of them with LIMIT_EXCEEDED, or UNAVAILABLE. */
  putBans(bans: readonly NewBan[]): MaybePromise<KeptBans>;
  /** Ends those that match; answers those that were there. Refuses with UNAVAILABLE. */
  deleteBans(keys: readonly BanKey[], filter: BanFilter): MaybePromise<readonly Ban[]>;
  /** Those of an app, or with null of all, app by app. Refuses an unknown app with NOT_FOUND. */
  configs(app: string | null): MaybePromise<readonly ConfigItem[]>;
  /**
   * Changes settings; `by` is who wants it. Answers those that it was about. Refuses with NOT_FOUND for an unknown app,
   * with BAD_USER_INPUT, LIMIT_EXCEEDED or PROTECTED what cannot be, with UNAVAILABLE, and as a plugin refuses settings;
   * nothing has changed then.
   */
  changeConfigs(change: ConfigChange, by: string | null): MaybePromise<readonly ConfigItem[]>;
  /** Ordered by name. */
  plugins(): MaybePromise<readonly Plugin[]>;
  events<Kind extends keyof EventKinds>(
    kind: Kind,
    filter: EventFilters[Kind],
  ): MaybePromise<EventFlow<EventKinds[Kind]>>;
  /** Refuses with NOT_FOUND, ALREADY_STARTED, NOT_STARTED, PROTECTED, or PLUGIN_FAILED and the reason. */
  changePlugin(name: string, deed: PluginDeed): MaybePromise<Plugin>;
  /** In the order of names. Refuses with NOT_STARTED while the plugin of this kind is not active; so do the next four. */
  credentials(kind: CredentialKind, slice: Slice<CredentialFilter>): MaybePromise<SliceResult<Credential>>;
  credential(kind: CredentialKind, name: string): MaybePromise<Credential | null>;
  /** Refuses with ALREADY_EXISTS. */
  createCredential(kind: CredentialKind, name: string, password: string): MaybePromise<Credential>;
  /** Refuses with NOT_FOUND. */
  updateCredential(kind: CredentialKind, name: string, password: string): MaybePromise<Credential>;
  /** Answers whether there was one. */
  deleteCredential(kind: CredentialKind, name: string): MaybePromise<boolean>;
  /** Those that stand, the oldest first. */
  alarms(): MaybePromise<readonly Alarm[]>;
  /** Those that ended, the last one first. */
  alarmHistory(slice: Slice<unknown>): MaybePromise<SliceResult<Alarm>>;
  /** Ends an alarm by hand; null when it does not stand here. */
  clearAlarm(id: string): MaybePromise<Alarm | null>;
  /** Forgets the alarms that ended; answers how many there were. */
  deleteAlarmHistory(): MaybePromise<number>;
  /** Null while `emqx_recon` is not active. */
  diagnostics(): MaybePromise<Diagnostics | null>;
}

/** The documented REST contract, as GraphQL shows it. */
export interface RestEndpoint {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly descr: string;
  /** The GraphQL operation that answers it, printed. */
  readonly operation: string;
}

export type RestRelease = 'V3_0_BETA' | 'V3_0' | 'V3_1' | 'V3_2';

/** What resolvers call. `node` null means the whole cluster; an unknown node is refused with NOT_FOUND. */
export interface Domain {
  /** How many nodes the cluster has. */
  readonly nodesCount: number;
  nodes(): MaybePromise<readonly BrokerNode[]>;
  node(name: string): MaybePromise<BrokerNode | null>;
  brokers(node: string | null): MaybePromise<readonly Broker[]>;
  metrics(node: string | null): MaybePromise<readonly Metrics[]>;
  stats(node: string | null): MaybePromise<readonly Stats[]>;
  listeners(node: string | null): MaybePromise<readonly Listener[]>;
  connections(query: ListQuery<ConnectionFilter>): MaybePromise<Page<Connection>>;
  connection(clientId: string, node: string | null): MaybePromise<Connection | null>;
  sessions(query: ListQuery<SessionFilter>): MaybePromise<Page<Session>>;
  session(clientId: string, node: string | null): MaybePromise<Session | null>;
  subscriptions(query: ListQuery<SubscriptionFilter>): MaybePromise<Page<Subscription>>;
  subscriptionsOf(clientId: string, node: string | null): MaybePromise<readonly Subscription[]>;
  routes(query: ListQuery<RouteFilter>): MaybePromise<Page<Route>>;
  /** Refuses a malformed `matches` with BAD_USER_INPUT or LIMIT_EXCEEDED. */
  retainedMessages(query: ListQuery<RetainedMessageFilter>): MaybePromise<Page<RetainedMessage>>;
  retainedMessage(topic: string, node: string | null): MaybePromise<RetainedMessage | null>;
  /**
   * Clears retained messages on all nodes; answers how many there were. What is not there is passed over. A malformed
   * topic or topic filter is refused with BAD_USER_INPUT, BAD_TOPIC or LIMIT_EXCEEDED, and nothing is cleared then.
   */
  clearRetained(target: RetainedTarget): MaybePromise<number>;
  /** Refuses a malformed `matches` with BAD_USER_INPUT or LIMIT_EXCEEDED. */
  delayedMessages(query: ListQuery<DelayedMessageFilter>): MaybePromise<Page<DelayedMessage>>;
  /**
   * Deletes delayed messages on all nodes; answers how many there were. What is not there is passed over. A malformed
   * topic filter is refused with BAD_USER_INPUT or LIMIT_EXCEEDED, and nothing is deleted then.
   */
  deleteDelayed(target: DelayedTarget): MaybePromise<number>;
  clientRefusals(clientId: string, node: string | null): MaybePromise<readonly ClientRefusal[]>;
  recentRefusals(query: ListQuery<RefusalFilter>): MaybePromise<Page<ClientRefusal>>;
  /**
   * The messages of a topic filter, for a client that would be granted a SUBSCRIBE to it. Refuses a malformed filter with
   * BAD_USER_INPUT or LIMIT_EXCEEDED, and a client with FORBIDDEN.
   */
  messages(client: SubscribingClient, topicFilter: string, node: string | null): MaybePromise<MessageFlow>;
  /**
   * Every packet of a client, connected or not, with the payloads of its messages, which no access rule is asked about.
   * Refuses a client id that no CONNECT can carry with BAD_USER_INPUT.
   */
  trace(clientId: string, node: string | null): MaybePromise<TraceFlow>;
  /** Refuses a wildcard with BAD_TOPIC, other malformed topics and values with BAD_USER_INPUT or LIMIT_EXCEEDED. */
  publish(message: Message): MaybePromise<void>;
  /**
   * Publishes in order. A malformed message refuses all of them and nothing is published; a wildcard topic is the
   * fault of its message. Answers a fault or null for each.
   */
  publishMany(messages: readonly Message[]): MaybePromise<readonly (BrokerError | null)[]>;
  /** Refuses with SESSION_NOT_FOUND; a malformed filter with BAD_USER_INPUT, and nothing is subscribed then. */
  subscribe(clientId: string, subscriptions: readonly SubscriptionRequest[]): MaybePromise<readonly Subscription[]>;
  /** A malformed filter refuses all; a client without a session is the fault of its request. */
  subscribeMany(
    requests: readonly { readonly clientId: string; readonly subscriptions: readonly SubscriptionRequest[] }[],
  ): MaybePromise<readonly (readonly Subscription[] | BrokerError)[]>;
  /** Refuses as `subscribe`. */
  unsubscribe(clientId: string, topicFilters: readonly string[]): MaybePromise<void>;
  /** As `subscribeMany`; answers a fault or null for each. */
  unsubscribeMany(
    requests: readonly { readonly clientId: string; readonly topicFilters: readonly string[] }[],
  ): MaybePromise<readonly (BrokerError | null)[]>;
  /** Refuses with CLIENT_NOT_ONLINE. */
  kick(clientId: string): MaybePromise<void>;
  /** Kicks many; a filter without any restriction is refused with BAD_USER_INPUT. */
  kickMany(target: Target): MaybePromise<KickReport>;
  /** Refuses with CLIENT_NOT_ONLINE. */
  cleanAclCache(clientId: string, topic: string): MaybePromise<void>;
  cleanSession(clientId: string, node: string | null): MaybePromise<void>;
  /** Bans are those of the whole cluster. */
  bans(query: { readonly page: PageQuery; readonly filter: BanFilter }): MaybePromise<Page<Ban>>;
  ban(key: BanKey): MaybePromise<Ban | null>;
  /** The connections that would be hit now. Refuses as `createBan` would refuse the ban. */
  banPreview(target: BanTarget, page: PageQuery, caller: string | null): MaybePromise<Page<Connection>>;
  /**
   * Bans somebody; an older ban of the same key is gone. `caller` is the address of who asks. Refuses what is malformed
   * or in the past with BAD_USER_INPUT or LIMIT_EXCEEDED, and addresses that are exempt with PROTECTED.
   */
  createBan(ban: NewBan, caller: string | null): MaybePromise<KeptBans>;
  /** As `createBan`; what is refused is the fault of its ban. */
  createBans(bans: readonly NewBan[], caller: string | null): MaybePromise<BanReport>;
  /** Bans each client that is connected and matches; a filter without any restriction is refused with BAD_USER_INPUT. */
  banConnections(
    filter: ConnectionFilter,
    as: BanKind,
    details: BanDetails,
    caller: string | null,
  ): MaybePromise<BanConnectionsReport>;
  /** Answers the ban that was there, or null. */
  deleteBan(key: BanKey): MaybePromise<Ban | null>;
  /** A filter without any restriction is refused with BAD_USER_INPUT. */
  deleteBans(filter: BanFilter): MaybePromise<DeleteBansReport>;
  /** Refuses an unknown app with NOT_FOUND. */
  configs(filter: ConfigFilter, node: string | null): MaybePromise<readonly ConfigItem[]>;
  /** Null is all nodes; answers those of each. Refuses as a node does, when no node could do it. */
  changeConfigs(change: ConfigChange, node: string | null, by: string | null): MaybePromise<readonly ConfigItem[]>;
  plugins(node: string | null): MaybePromise<readonly Plugin[]>;
  /** A cursor is of one node: where there are several, `since` refuses it with BAD_USER_INPUT unless `node` is given. */
  events<Kind extends keyof EventKinds>(
    kind: Kind,
    filter: EventFilters[Kind],
    node: string | null,
  ): MaybePromise<EventFlow<EventKinds[Kind]>>;
  /** Null is all nodes; answers it on each of them. Refuses as a node does, when no node could do it. */
  changePlugin(name: string, deed: PluginDeed, node: string | null): MaybePromise<readonly Plugin[]>;
  /** Every node has the same ones. Refuses with NOT_STARTED while the plugin of this kind is not active; so do the next four. */
  credentials(kind: CredentialKind, query: Omit<ListQuery<CredentialFilter>, 'node'>): MaybePromise<Page<Credential>>;
  credential(kind: CredentialKind, name: string): MaybePromise<Credential | null>;
  /** Refuses with ALREADY_EXISTS, and a malformed name or password with BAD_USER_INPUT. */
  createCredential(kind: CredentialKind, name: string, password: string): MaybePromise<Credential>;
  /** Refuses with NOT_FOUND, and a malformed password with BAD_USER_INPUT. */
  updateCredential(kind: CredentialKind, name: string, password: string): MaybePromise<Credential>;
  /** Answers whether there was one. */
  deleteCredential(kind: CredentialKind, name: string): MaybePromise<boolean>;
  alarms(node: string | null): MaybePromise<readonly Alarm[]>;
  alarmHistory(query: ListQuery<unknown>): MaybePromise<Page<Alarm>>;
  /** Answers the alarm as it ended on each node where it stood. Refuses with NOT_FOUND when it stood nowhere. */
  clearAlarm(id: string, node: string | null): MaybePromise<readonly Alarm[]>;
  deleteAlarmHistory(node: string | null): MaybePromise<number>;
  /** Of nodes on which `emqx_recon` is active. Refuses with NOT_STARTED when it is so on none of them. */
  diagnostics(node: string | null): MaybePromise<readonly Diagnostics[]>;
  /** What a release of the REST API has for applications or users; null is the release that the server speaks. */
  restEndpoints(release: RestRelease | null, kind: Principal['kind']): readonly RestEndpoint[];
}
