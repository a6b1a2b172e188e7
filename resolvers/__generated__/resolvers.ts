import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Connection as ConnectionRow, Session as SessionRow, Subscription as SubscriptionRow, Route as RouteRow, RetainedMessage as RetainedMessageRow, DelayedMessage as DelayedMessageRow, ClientRefusal as ClientRefusalRow, Listener as ListenerRow, Broker as BrokerRow, BrokerNode as BrokerNodeRow, Metrics as MetricsRow, PublishedMessage as PublishedMessageRow, ConnectionEvent as ConnectionEventRow, SessionEvent as SessionEventRow, SubscriptionEvent as SubscriptionEventRow, AlarmEvent as AlarmEventRow, BanEvent as BanEventRow, PluginEvent as PluginEventRow, ConfigEvent as ConfigEventRow, ListenerEvent as ListenerEventRow, AuditLogEvent as AuditLogEventRow, TraceEvent as TraceEventRow, Plugin as PluginRow, Diagnostics as DiagnosticsRow, Stats as StatsRow, Credential as CredentialRow, RestEndpoint as RestEndpointRow, User as UserRow, SignIn as SignInRow } from '../../src/domain.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An integer up to 2^53 − 1, for bytes, memory and counters, which outgrow the 32 bits of `Int`. */
  SafeInt: { input: number; output: number; }
  /** A moment as ISO 8601 text in UTC with milliseconds: `2018-11-02T08:15:30.000Z`. */
  DateTime: { input: number; output: number; }
  /** A span of time as ISO 8601 text in whole seconds: `PT2H3M9S`, `P1DT0S`. */
  Duration: { input: number; output: number; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** Binary data as base64 text with padding (RFC 4648, section 4). */
  Base64: { input: Buffer; output: Buffer; }
};

/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type Query = {
  /** Who the caller is. */
  readonly me: Caller;
  /** The applications that may call the management port, oldest first. */
  readonly applications: ReadonlyArray<Application>;
  /** One application; null when there is none with this id. */
  readonly application: Maybe<Application>;
  /** The users of the dashboard, oldest first. */
  readonly users: ReadonlyArray<User>;
  /** One user; null when there is none with this name. */
  readonly user: Maybe<User>;
  /** Sign-ins that hold, oldest first: those of the caller; for an admin those of everybody. */
  readonly signIns: ReadonlyArray<SignIn>;
  /** Who changed what, newest first. */
  readonly auditEntries: AuditEntryPage;
  /** What is wrong with the nodes now, the oldest first. At most 100 alarms of one kind; an alarm tells when there are more. */
  readonly alarms: ReadonlyArray<Alarm>;
  /** Alarms that ended, the last one first. At most `alarm.max_history`; the oldest of the kind that has most are forgotten. */
  readonly alarmHistory: AlarmPage;
  /** Bans, oldest first; in the order of `who` when `filter.whoPrefix` stands alone. They hold on every node. */
  readonly bans: BanPage;
  /** One ban; null when there is none. */
  readonly ban: Maybe<Ban>;
  /**
   * The connections that a ban would hit now; `meta.count` is how many. A ban that would be refused, because of an address
   * that is exempt for example, is refused here alike.
   */
  readonly banPreview: ConnectionPage;
  /** The brokers of the cluster, one a node. */
  readonly brokers: ReadonlyArray<Broker>;
  /** The broker of one node; null when no node has this name. */
  readonly broker: Maybe<Broker>;
  /**
   * Settings with what they are now, of the broker (`emqx`), of its HTTP doors (`emqx_management`, `emqx_dashboard`) and of
   * every plugin. An unknown `app` is refused with `NOT_FOUND`; an unknown `key` answers an empty list.
   */
  readonly configs: ReadonlyArray<ConfigItem>;
  /** MQTT connections, oldest first; in the order of client ids when `filter.clientIdPrefix` stands alone. */
  readonly connections: ConnectionPage;
  /** The connection of a client; null when it is not connected. */
  readonly connection: Maybe<MqttConnection>;
  /** The connections of many clients at once: one entry for each id, in the same order, null where it is not connected. */
  readonly connectionsByClientId: ReadonlyArray<Maybe<MqttConnection>>;
  /**
   * Names that have a password, in their order. Passwords are not shown, and nothing that is made of them. Refused with
   * `NOT_STARTED` while the plugin of this kind is not active.
   */
  readonly credentials: CredentialPage;
  /**
   * Whether a name has a password; null when it has none. Refused with `NOT_STARTED` while the plugin of this kind is not
   * active.
   */
  readonly credential: Maybe<Credential>;
  /**
   * Messages that wait to be published, as their topics `$delayed/<seconds>/<topic>` asked for. In the order of their
   * arrival; in the order of topics with `filter.topic` or `filter.topicPrefix`. They are taken and published while the
   * plugin `emqx_delayed_publish` is loaded, and wait while it is not. Payloads are bounded as those of `retainedMessages`:
   * above, the answer is refused with `LIMIT_EXCEEDED`. A malformed `filter.matches` is refused with `BAD_USER_INPUT`.
   */
  readonly delayedMessages: DelayedMessagePage;
  /**
   * What the plugin `emqx_recon` sees of the processes of the nodes, an entry for each node on which it is active. Refused
   * with `NOT_STARTED` when it is active on none of them.
   */
  readonly diagnostics: ReadonlyArray<Diagnostics>;
  /** The listeners: the ports on which the nodes take connections. */
  readonly listeners: ReadonlyArray<Listener>;
  /** Counters since a node started, one entry a node. */
  readonly metrics: ReadonlyArray<Metrics>;
  /** All nodes of the cluster, in the order of their names. One process is a cluster of one. */
  readonly nodes: ReadonlyArray<BrokerNode>;
  /** One node; null when no node has this name. */
  readonly node: Maybe<BrokerNode>;
  /** The plugins of each node, active or not, in the order of their names. */
  readonly plugins: ReadonlyArray<Plugin>;
  /** One plugin; null when no plugin has this name. */
  readonly plugin: Maybe<Plugin>;
  /**
   * Why a client was refused lately: its last refusals, newest first, at most 10; the same one over and over again stands
   * there once. Empty when nothing was refused, and when 10 000 other clients were refused since. Not kept over a restart.
   */
  readonly clientRefusals: ReadonlyArray<ClientRefusal>;
  /** What was refused to clients lately, newest first. */
  readonly recentRefusals: ClientRefusalPage;
  /**
   * The REST contract under `/api/v3`, in its order, with the GraphQL operation behind each row: what to write instead
   * of a REST call.
   */
  readonly restEndpoints: ReadonlyArray<RestEndpoint>;
  /**
   * Retained messages: what topics keep for later subscribers. Oldest topic first; in the order of topics with
   * `filter.topicPrefix`. Payloads are as large as their senders made them: an answer shows at most 16 MiB of them, each
   * spelling counted, and is refused with `LIMIT_EXCEEDED` above. Ask for `payloadSize` first, or for a smaller page.
   * A malformed `filter.matches` is refused with `BAD_USER_INPUT`.
   */
  readonly retainedMessages: RetainedMessagePage;
  /** The retained message of a topic; null when it has none. Refused with `LIMIT_EXCEEDED` as `retainedMessages`. */
  readonly retainedMessage: Maybe<RetainedMessage>;
  /**
   * Routes: the topic filters that somebody subscribes to, oldest first; in the order of the filters when
   * `filter.topicFilterPrefix` stands alone.
   */
  readonly routes: RoutePage;
  /** Sessions, online and offline, oldest first; in the order of client ids when `filter.clientIdPrefix` stands alone. */
  readonly sessions: SessionPage;
  /** The session of a client; null when it has none. */
  readonly session: Maybe<MqttSession>;
  /** Gauges, one entry a node: how many now, and the most since the node started. */
  readonly stats: ReadonlyArray<Stats>;
  /**
   * Subscriptions: those that clients made, that a session kept, and that were made on behalf of a client. Oldest first;
   * in the order of client ids when `filter.clientIdPrefix` stands alone.
   */
  readonly subscriptions: SubscriptionPage;
  /** All subscriptions of one client, oldest first; empty when it has no session. */
  readonly subscriptionsByClientId: ReadonlyArray<MqttSubscription>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryApplicationArgs = {
  id: Scalars['ID']['input'];
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryUserArgs = {
  name: Scalars['ID']['input'];
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryAuditEntriesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<AuditFilter>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryAlarmsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryAlarmHistoryArgs = {
  page?: InputMaybe<PageInput>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryBansArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<BanFilter>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryBanArgs = {
  as: BanKind;
  who: Scalars['String']['input'];
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryBanPreviewArgs = {
  target: BanTargetInput;
  page?: InputMaybe<PageInput>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryBrokersArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryBrokerArgs = {
  node: Scalars['ID']['input'];
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryConfigsArgs = {
  app?: InputMaybe<Scalars['ID']['input']>;
  key?: InputMaybe<Scalars['ID']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryConnectionsArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<ConnectionFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryConnectionArgs = {
  clientId: Scalars['ID']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryConnectionsByClientIdArgs = {
  clientIds: ReadonlyArray<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryCredentialsArgs = {
  kind: CredentialKind;
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<CredentialFilter>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryCredentialArgs = {
  kind: CredentialKind;
  name: Scalars['ID']['input'];
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryDelayedMessagesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<DelayedMessageFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryDiagnosticsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryListenersArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryMetricsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryNodeArgs = {
  name: Scalars['ID']['input'];
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryPluginsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryPluginArgs = {
  name: Scalars['ID']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryClientRefusalsArgs = {
  clientId: Scalars['ID']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryRecentRefusalsArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<RefusalFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryRestEndpointsArgs = {
  release?: InputMaybe<RestRelease>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryRetainedMessagesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<RetainedMessageFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryRetainedMessageArgs = {
  topic: Scalars['String']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryRoutesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<RouteFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QuerySessionsArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<SessionFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QuerySessionArgs = {
  clientId: Scalars['ID']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QueryStatsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QuerySubscriptionsArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<SubscriptionFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/** What is read: every noun of the broker. A list at the root is a page; an unknown `node` is refused with `NOT_FOUND`. */
export type QuerySubscriptionsByClientIdArgs = {
  clientId: Scalars['ID']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};

/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type Mutation = {
  /** Makes an application and answers its secret, this once. Refused with `ALREADY_EXISTS` when the id is taken. */
  readonly createApplication: CreateApplicationPayload;
  /**
   * Changes an application; a field that is absent stays as it is. Its open connections end when it may come in no more,
   * or has another role. Refused with `NOT_FOUND`.
   */
  readonly updateApplication: UpdateApplicationPayload;
  /**
   * Gives an application a new secret and answers it, this once; the old one is refused from then on. Refused with
   * `NOT_FOUND`.
   */
  readonly resetApplicationSecret: ResetApplicationSecretPayload;
  /** Deletes an application and ends its open connections. */
  readonly deleteApplication: DeleteApplicationPayload;
  /** Makes a user of the dashboard. Refused with `ALREADY_EXISTS` when the name is taken. */
  readonly createUser: CreateUserPayload;
  /**
   * Changes a user; a field that is absent stays as it is. Refused with `NOT_FOUND`, and with `PROTECTED` when no admin
   * would be left.
   */
  readonly updateUser: UpdateUserPayload;
  /** Deletes a user and ends the sign-ins. Refused with `PROTECTED` for the user `admin` and for the last admin. */
  readonly deleteUser: DeleteUserPayload;
  /**
   * Changes a password, one's own or, for an admin, anybody's. All sign-ins of the user end. Refused with
   * `WRONG_PASSWORD` when the old password is not right, and with `NOT_FOUND`.
   */
  readonly changePassword: ChangePasswordPayload;
  /** Gives a user a new password without the old one. All sign-ins of the user end. Refused with `NOT_FOUND`. */
  readonly resetPassword: ResetPasswordPayload;
  /**
   * Says whether a name and a password belong together, and begins nothing. Refused with `NOT_FOUND` for an unknown name,
   * and with `WRONG_PASSWORD`.
   */
  readonly verifyPassword: VerifyPasswordPayload;
  /**
   * Signs a user in: sets a cookie that stands for the user on this port, for HTTP, server-sent events and WebSocket.
   * Refused with `UNAUTHENTICATED` when the name or the password is wrong, and with `LIMIT_EXCEEDED` after too many
   * failures. Works over HTTP only.
   */
  readonly signIn: SignInPayload;
  /**
   * Ends the caller's sign-in and clears the cookie. A caller without one is told `false`. Over WebSocket it ends the
   * sign-in that the socket was opened with, and the socket closes behind the answer.
   */
  readonly signOut: SignOutPayload;
  /** Ends a sign-in, one's own or, for an admin, anybody's. Its open connections end. Refused with `NOT_FOUND`. */
  readonly revokeSignIn: RevokeSignInPayload;
  /** Ends an alarm by hand. It comes back when its cause is seen again. `NOT_FOUND` when there is no such alarm. */
  readonly clearAlarm: ClearAlarmPayload;
  /** Forgets the alarms that ended. */
  readonly deleteAlarmHistory: DeleteAlarmHistoryPayload;
  /**
   * Bans a client id, a user name, or an address or range of addresses, from now on and on every node: a CONNECT is refused
   * with return code 5, and whoever is connected is disconnected unless `mqtt.ban_disconnects` is off. A ban of the same
   * `as` and `who` is replaced. Refused with `BAD_USER_INPUT` when `until` is past, with `PROTECTED` when it concerns an
   * address that is exempt (`mqtt.ban_exempt`), a trusted proxy or your own address, with `LIMIT_EXCEEDED` for texts that
   * are too long and beyond `mqtt.max_bans`.
   */
  readonly createBan: CreateBanPayload;
  /** Bans many. What `createBan` would refuse is the fault of its ban; beyond `mqtt.max_bans` all are refused. */
  readonly createBans: CreateBansPayload;
  /**
   * Bans all clients that are connected and match, each one by its client id unless `as` says otherwise. `banPreview` tells
   * beforehand who that is. Refused as a whole beyond `mqtt.max_bans`. When the store fails meanwhile (`UNAVAILABLE`), some
   * of very many are banned already.
   */
  readonly banConnections: BanConnectionsPayload;
  /** Ends a ban: whom it alone concerned may come in again. One that is not there is passed over. */
  readonly deleteBan: DeleteBanPayload;
  /** Ends all bans that match. */
  readonly deleteBans: DeleteBansPayload;
  /**
   * Sets one setting while the broker runs. It counts at once, goes before flags, environment and file, and survives a
   * restart. An unknown app is refused with `NOT_FOUND`, an unknown key or a value that may not be with `BAD_USER_INPUT` or
   * `LIMIT_EXCEEDED`, a setting that needs a restart with `PROTECTED`, settings that a plugin cannot use with
   * `PLUGIN_FAILED`; nothing is changed then.
   */
  readonly setConfig: ConfigPayload;
  /**
   * Replaces all that was set of an app: settings that are left out fall back to flag, environment, file or default. Refused
   * as `setConfig`; settings that need a restart may be among them as they are.
   */
  readonly replaceConfigs: ConfigPayload;
  /**
   * Takes back what was set: flag, environment, file or default count again. A setting that nobody set stays as it is.
   * Refused as `setConfig`.
   */
  readonly resetConfig: ConfigPayload;
  /**
   * Closes the connection of one client. Its will is published, a persistent session survives, a clean one ends.
   * Refused with `CLIENT_NOT_ONLINE` when the client is not connected.
   */
  readonly kickConnection: KickConnectionPayload;
  /** Closes the connections of many clients. A client that is not connected is a fault in the payload. */
  readonly kickConnections: KickConnectionsPayload;
  /**
   * Forgets what the ACL decided for a client and a topic or topic filter, as it is written: the next time it is asked
   * anew. Only verdicts that took their time, such as those of an HTTP server, are kept (`mqtt.enable_acl_cache`). Refused
   * with `CLIENT_NOT_ONLINE` when the client is not connected.
   */
  readonly cleanAclCache: CleanAclCachePayload;
  /**
   * Gives a name its password: a client that connects by this name needs it from then on. Refused with `ALREADY_EXISTS`
   * when the name has one, and with `NOT_STARTED` while the plugin of this kind is not active.
   */
  readonly createCredential: CreateCredentialPayload;
  /**
   * Gives a name another password; the old one is refused from then on. Clients that are connected stay. Refused with
   * `NOT_FOUND`, and with `NOT_STARTED` while the plugin of this kind is not active.
   */
  readonly updateCredential: UpdateCredentialPayload;
  /**
   * Takes the password of a name away: the plugin has no say about it from then on. Clients that are connected stay;
   * `kickConnections` ends their connections. Refused with `NOT_STARTED` while the plugin of this kind is not active.
   */
  readonly deleteCredential: DeleteCredentialPayload;
  /**
   * Deletes messages that wait to be published, on all nodes; it answers when they are gone for good. One that is not there,
   * or was published meanwhile, is passed over. A malformed topic filter is refused with `BAD_USER_INPUT`; nothing is
   * deleted then.
   */
  readonly deleteDelayedMessages: DeleteDelayedMessagesPayload;
  /**
   * Publishes one message to one or more topics. It answers when the message was handed to every subscriber's
   * connection or queue; no subscriber is no fault. Refused with `BAD_TOPIC` for a wildcard, `BAD_USER_INPUT` for a
   * malformed topic or payload, `LIMIT_EXCEEDED` for a payload above the packet limit; nothing is published then.
   */
  readonly publish: PublishPayload;
  /**
   * Publishes many messages, in their order. A malformed topic, QoS or payload refuses the whole request and nothing is
   * published; a wildcard in place of a topic name is a fault of that message alone.
   */
  readonly publishMany: PublishManyPayload;
  /**
   * Loads a plugin, now and whenever the node starts. Refused with `ALREADY_STARTED` when it is active or somebody is
   * loading it, and with `PLUGIN_FAILED` and the reason when it cannot be loaded; it stays inactive then.
   */
  readonly loadPlugin: LoadPluginPayload;
  /**
   * Unloads a plugin, until somebody loads it again. No client is disconnected. Refused with `NOT_STARTED` when it is not
   * active or somebody is loading it, and with `PROTECTED` when it is one without which nobody could load it again.
   */
  readonly unloadPlugin: UnloadPluginPayload;
  /**
   * Loads a plugin anew, or for the first time. What it decides is decided without a gap: the new instance is ready before
   * the old one leaves. Refused with `PLUGIN_FAILED` and the reason when it cannot be loaded; the old one goes on then.
   */
  readonly reloadPlugin: ReloadPluginPayload;
  /**
   * Clears retained messages, on all nodes; it answers when they are gone for good. Subscribers are told nothing. A topic
   * without one is passed over. A malformed topic or topic filter is refused with `BAD_USER_INPUT`, a wildcard in a topic
   * with `BAD_TOPIC`; nothing is cleared then.
   */
  readonly clearRetainedMessages: ClearRetainedMessagesPayload;
  /**
   * Ends a persistent session whose client is offline: its subscriptions and queued messages are gone. Refused with
   * `SESSION_NOT_FOUND` when there is none, and with `SESSION_RUNNING` while the client is connected.
   */
  readonly cleanSession: CleanSessionPayload;
  /**
   * Subscribes a client, connected or with a persistent session, to topic filters; retained messages are sent to it.
   * A filter that it has already changes its QoS. Refused with `SESSION_NOT_FOUND` when it has no session, and with
   * `BAD_USER_INPUT` for a malformed filter; nothing is subscribed then.
   */
  readonly subscribe: SubscribePayload;
  /**
   * Ends subscriptions of a client, for its persistent session too. A filter that it does not have is passed over.
   * Refused with `SESSION_NOT_FOUND` when it has no session, and with `BAD_USER_INPUT` for a malformed filter.
   */
  readonly unsubscribe: UnsubscribePayload;
  /**
   * Subscribes many clients. A malformed filter or QoS refuses the whole request and nothing is subscribed; a client
   * without a session is a fault of that item alone.
   */
  readonly subscribeMany: SubscribeManyPayload;
  /** Unsubscribes many clients, under the same rules as `subscribeMany`. */
  readonly unsubscribeMany: UnsubscribeManyPayload;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCreateApplicationArgs = {
  input: CreateApplicationInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationUpdateApplicationArgs = {
  input: UpdateApplicationInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationResetApplicationSecretArgs = {
  input: ResetApplicationSecretInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteApplicationArgs = {
  input: DeleteApplicationInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCreateUserArgs = {
  input: CreateUserInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationUpdateUserArgs = {
  input: UpdateUserInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteUserArgs = {
  input: DeleteUserInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationVerifyPasswordArgs = {
  input: SignInInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationSignInArgs = {
  input: SignInInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationRevokeSignInArgs = {
  input: RevokeSignInInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationClearAlarmArgs = {
  input: ClearAlarmInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteAlarmHistoryArgs = {
  input: DeleteAlarmHistoryInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCreateBanArgs = {
  input: CreateBanInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCreateBansArgs = {
  input: CreateBansInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationBanConnectionsArgs = {
  input: BanConnectionsInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteBanArgs = {
  input: DeleteBanInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteBansArgs = {
  input: DeleteBansInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationSetConfigArgs = {
  input: SetConfigInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationReplaceConfigsArgs = {
  input: ReplaceConfigsInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationResetConfigArgs = {
  input: ResetConfigInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationKickConnectionArgs = {
  input: KickConnectionInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationKickConnectionsArgs = {
  input: KickConnectionsInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCleanAclCacheArgs = {
  input: CleanAclCacheInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCreateCredentialArgs = {
  input: CreateCredentialInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationUpdateCredentialArgs = {
  input: UpdateCredentialInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteCredentialArgs = {
  input: DeleteCredentialInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationDeleteDelayedMessagesArgs = {
  input: DeleteDelayedMessagesInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationPublishArgs = {
  input: PublishInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationPublishManyArgs = {
  input: PublishManyInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationLoadPluginArgs = {
  input: LoadPluginInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationUnloadPluginArgs = {
  input: UnloadPluginInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationReloadPluginArgs = {
  input: ReloadPluginInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationClearRetainedMessagesArgs = {
  input: ClearRetainedMessagesInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationCleanSessionArgs = {
  input: CleanSessionInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationSubscribeArgs = {
  input: SubscribeInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationUnsubscribeArgs = {
  input: UnsubscribeInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationSubscribeManyArgs = {
  input: SubscribeManyInput;
};


/**
 * What is changed or sent. Each mutation takes one `input` and answers one payload. Faults of single items stand in the
 * payload; a refusal of the whole request stands in `errors` with a code of `ErrorCode` in its extensions.
 */
export type MutationUnsubscribeManyArgs = {
  input: UnsubscribeManyInput;
};

/** Who calls, and what the caller may do. */
export type Caller = {
  /** The id of the application, or the name of the user. */
  readonly name: Scalars['ID']['output'];
  /** Who calls. */
  readonly kind: CallerKind;
  /** What the caller may do. */
  readonly role: Role;
};

/** A program that calls the management port. Its secret is shown when it is made, and never again. */
export type Application = {
  /** What it signs in with. */
  readonly id: Scalars['ID']['output'];
  /** What people call it. */
  readonly name: Scalars['String']['output'];
  /** What it is for; null when nobody said so. */
  readonly desc: Maybe<Scalars['String']['output']>;
  /** False refuses it. */
  readonly isEnabled: Scalars['Boolean']['output'];
  /** The last second in which it is accepted; null is for ever. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** What it may do. */
  readonly role: Role;
  /** The release in which the REST API answers it; null is that of the server. */
  readonly restRelease: Maybe<RestRelease>;
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** A person who signs in at the dashboard. */
export type User = {
  /** What the person signs in with. */
  readonly name: Scalars['ID']['output'];
  /** Free text about the person; null when there is none. */
  readonly tags: Maybe<Scalars['String']['output']>;
  /** What the person may do. */
  readonly role: Role;
  /** When the user was made. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** A user who signed in and is known by a cookie since. */
export type SignIn = {
  /** Names the sign-in; not the cookie. */
  readonly id: Scalars['ID']['output'];
  /** The user's name. */
  readonly user: Scalars['ID']['output'];
  /** The role that the user has now. */
  readonly role: Role;
  /** When it began. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it was used last. */
  readonly lastSeenAt: Scalars['DateTime']['output'];
  /** The address it began from. */
  readonly address: Scalars['String']['output'];
  /** The browser it began from, as it calls itself; null when it did not say. */
  readonly userAgent: Maybe<Scalars['String']['output']>;
  /** When it ends at the latest. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** Which entries of the audit log. Fields that are absent do not restrict; several restrict together. */
export type AuditFilter = {
  /** From this moment on. */
  readonly since?: InputMaybe<Scalars['DateTime']['input']>;
  /** Before this moment. */
  readonly until?: InputMaybe<Scalars['DateTime']['input']>;
  /** The id of the application or the name of the user, exactly. */
  readonly who?: InputMaybe<Scalars['String']['input']>;
  /** The name of the operation, exactly, as `kickConnection`. */
  readonly what?: InputMaybe<Scalars['String']['input']>;
};

/** A page of the audit log. */
export type AuditEntryPage = {
  /** The entries of this page. */
  readonly items: ReadonlyArray<AuditEntry>;
  /** Which part of the log this is. */
  readonly meta: PageMeta;
};

/** How a change came in. */
export type AuditVia =
  /** Through the REST API. */
  | 'REST'
  /** Through GraphQL, from a program. */
  | 'GRAPHQL'
  /** From the dashboard. */
  | 'DASHBOARD'
  /** From the command line. */
  | 'CLI';

/** One thing that somebody changed, or wanted to. Secrets and payloads are never in it. */
export type AuditEntry = {
  /** Counts up. */
  readonly id: Scalars['ID']['output'];
  /** When. */
  readonly at: Scalars['DateTime']['output'];
  /** The id of the application or the name of the user; null when nobody had signed in. */
  readonly who: Maybe<Scalars['String']['output']>;
  /** Who it was; null when nobody had signed in. */
  readonly kind: Maybe<CallerKind>;
  /** The role in which it was done. */
  readonly role: Maybe<Role>;
  /** The address it came from; null for the command line of the machine. */
  readonly from: Maybe<Scalars['String']['output']>;
  /** How it came in. */
  readonly via: AuditVia;
  /** The name of the operation, as `kickConnection`. */
  readonly what: Scalars['String']['output'];
  /** What it was done to, such as a client id. */
  readonly target: Maybe<Scalars['String']['output']>;
  /**
   * Why it was refused; null when it was done. Of many items, such as the messages of `publishMany`, the reason of the
   * first, when none of them was taken.
   */
  readonly refusal: Maybe<ErrorCode>;
  /** The sentence of a refusal. */
  readonly message: Maybe<Scalars['String']['output']>;
};

/** An application to make. */
export type CreateApplicationInput = {
  /** What it signs in with: 1 to 64 bytes without `:`, `/` and invisible characters. */
  readonly id: Scalars['ID']['input'];
  /** What people call it; the id when absent. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** What it is for. */
  readonly desc?: InputMaybe<Scalars['String']['input']>;
  /** Its secret, at most 256 bytes; one is made when it is absent or empty. */
  readonly secret?: InputMaybe<Scalars['String']['input']>;
  /** False refuses it for now. */
  readonly isEnabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** The last second in which it is accepted; for ever when absent. */
  readonly expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** What it may do. */
  readonly role?: InputMaybe<Role>;
  /** The release in which the REST API answers it; that of the server when absent. */
  readonly restRelease?: InputMaybe<RestRelease>;
};

/** An application that was made. */
export type CreateApplicationPayload = {
  /** The application. */
  readonly application: Application;
  /** Its secret, shown this once. */
  readonly secret: Scalars['String']['output'];
};

/** Changes of an application; what is absent stays. */
export type UpdateApplicationInput = {
  /** Which one. */
  readonly id: Scalars['ID']['input'];
  /** What people call it. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** What it is for; null takes it away. */
  readonly desc?: InputMaybe<Scalars['String']['input']>;
  /** False refuses it. */
  readonly isEnabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** The last second in which it is accepted; null is for ever. */
  readonly expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** What it may do. */
  readonly role?: InputMaybe<Role>;
  /** The release in which the REST API answers it; null is that of the server. */
  readonly restRelease?: InputMaybe<RestRelease>;
};

/** An application that was changed. */
export type UpdateApplicationPayload = {
  /** The application as it is now. */
  readonly application: Application;
};

/** Whose secret is changed. */
export type ResetApplicationSecretInput = {
  /** Which application. */
  readonly id: Scalars['ID']['input'];
  /** The new secret, at most 256 bytes; one is made when it is absent or empty. */
  readonly secret?: InputMaybe<Scalars['String']['input']>;
};

/** A new secret. */
export type ResetApplicationSecretPayload = {
  /** Which application. */
  readonly id: Scalars['ID']['output'];
  /** Its secret, shown this once. */
  readonly secret: Scalars['String']['output'];
};

/** An application to delete. */
export type DeleteApplicationInput = {
  /** Which one. */
  readonly id: Scalars['ID']['input'];
};

/** What became of it. */
export type DeleteApplicationPayload = {
  /** Which one. */
  readonly id: Scalars['ID']['output'];
  /** False when there was none with this id. */
  readonly existed: Scalars['Boolean']['output'];
};

/** A user to make. */
export type CreateUserInput = {
  /** What the person signs in with: 1 to 64 bytes without `:`, `/` and invisible characters. */
  readonly name: Scalars['ID']['input'];
  /** The password, 1 to 256 bytes. */
  readonly password: Scalars['String']['input'];
  /** Free text about the person. */
  readonly tags?: InputMaybe<Scalars['String']['input']>;
  /** What the person may do. */
  readonly role?: InputMaybe<Role>;
};

/** A user that was made. */
export type CreateUserPayload = {
  /** The user. */
  readonly user: User;
};

/** Changes of a user; what is absent stays. */
export type UpdateUserInput = {
  /** Which one. */
  readonly name: Scalars['ID']['input'];
  /** Free text about the person; null takes it away. */
  readonly tags?: InputMaybe<Scalars['String']['input']>;
  /** What the person may do. */
  readonly role?: InputMaybe<Role>;
};

/** A user that was changed. */
export type UpdateUserPayload = {
  /** The user as it is now. */
  readonly user: User;
};

/** A user to delete. */
export type DeleteUserInput = {
  /** Which one. */
  readonly name: Scalars['ID']['input'];
};

/** What became of the user. */
export type DeleteUserPayload = {
  /** Which one. */
  readonly name: Scalars['ID']['output'];
  /** False when there was none with this name. */
  readonly existed: Scalars['Boolean']['output'];
};

/** A password to change. */
export type ChangePasswordInput = {
  /** Whose. */
  readonly name: Scalars['ID']['input'];
  /** The password as it is. */
  readonly oldPassword: Scalars['String']['input'];
  /** The password as it is to be, 1 to 256 bytes. */
  readonly newPassword: Scalars['String']['input'];
};

/** A password that was changed. */
export type ChangePasswordPayload = {
  /** Whose. */
  readonly name: Scalars['ID']['output'];
};

/** A password to set. */
export type ResetPasswordInput = {
  /** Whose. */
  readonly name: Scalars['ID']['input'];
  /** The new password, 1 to 256 bytes. */
  readonly password: Scalars['String']['input'];
};

/** A password that was set. */
export type ResetPasswordPayload = {
  /** Whose. */
  readonly name: Scalars['ID']['output'];
};

/** A name and its password. */
export type SignInInput = {
  /** The user's name. */
  readonly name: Scalars['ID']['input'];
  /** The password. */
  readonly password: Scalars['String']['input'];
};

/** A password that is right. */
export type VerifyPasswordPayload = {
  /** Whose. */
  readonly name: Scalars['ID']['output'];
};

/** A sign-in that began. */
export type SignInPayload = {
  /** Who signed in. */
  readonly me: Caller;
  /** When the sign-in ends at the latest. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** A sign-in that ended. */
export type SignOutPayload = {
  /** False when the caller had given a password and no cookie. */
  readonly signedOut: Scalars['Boolean']['output'];
};

/** A sign-in to end. */
export type RevokeSignInInput = {
  /** Which one. */
  readonly id: Scalars['ID']['input'];
};

/** A sign-in that was ended. */
export type RevokeSignInPayload = {
  /** Which one. */
  readonly id: Scalars['ID']['output'];
};

/** How bad an alarm is. */
export type AlarmSeverity =
  /** Worth a look. */
  | 'WARNING'
  /** Something does not do what it should. */
  | 'ERROR'
  /** Clients are, or will soon be, refused, or messages lost. */
  | 'CRITICAL';

/** What is wrong with a node, or was. */
export type Alarm = {
  /** Names the cause, such as `cpu_high_watermark` or `plugin_failed:emqx_auth_http`. */
  readonly id: Scalars['ID']['output'];
  /** How bad it is. */
  readonly severity: AlarmSeverity;
  /** What it is about, in a few words. */
  readonly title: Scalars['String']['output'];
  /** What is wrong, as a sentence; of an alarm that stands, with the figures of the last look. */
  readonly summary: Scalars['String']['output'];
  /** The figure alone, such as `83.5`, of alarms about the processor and the memory; null of others. */
  readonly value: Maybe<Scalars['String']['output']>;
  /** When it began. */
  readonly raisedAt: Scalars['DateTime']['output'];
  /** When it ended; null while it stands. */
  readonly clearedAt: Maybe<Scalars['DateTime']['output']>;
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
};

/** A page of alarms. */
export type AlarmPage = {
  /** The alarms of this page. */
  readonly items: ReadonlyArray<Alarm>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** Which alarm to end. */
export type ClearAlarmInput = {
  /** The alarm's id, exactly. */
  readonly id: Scalars['ID']['input'];
  /** On one node only; wherever it stands when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** What was ended. */
export type ClearAlarmPayload = {
  /** The alarm as it ended, on each node where it stood. */
  readonly alarms: ReadonlyArray<Alarm>;
};

/** Whose history to forget. */
export type DeleteAlarmHistoryInput = {
  /** That of one node only; that of the whole cluster when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** What was forgotten. */
export type DeleteAlarmHistoryPayload = {
  /** How many alarms. */
  readonly deletedCount: Scalars['SafeInt']['output'];
};

/** What a caller may do. A role includes those before it. */
export type Role =
  /** Reads. */
  | 'VIEWER'
  /** Acts on clients and messages. */
  | 'OPERATOR'
  /** Does everything. */
  | 'ADMIN';

/** Who calls. */
export type CallerKind =
  /** A program, on the management port. */
  | 'APPLICATION'
  /** A person, on the port of the dashboard. */
  | 'USER';

/** What a ban goes by. */
export type BanKind =
  /** A client id. */
  | 'CLIENT_ID'
  /** A user name, or the common name of a certificate where that takes its place. */
  | 'USERNAME'
  /** An IP address, or a range of them. */
  | 'IP_ADDRESS';

/** Which bans. Fields that are absent do not restrict; several restrict together. */
export type BanFilter = {
  /** What they go by. */
  readonly as?: InputMaybe<BanKind>;
  /** Who is banned, exactly. */
  readonly who?: InputMaybe<Scalars['String']['input']>;
  /** What `who` begins with. */
  readonly whoPrefix?: InputMaybe<Scalars['String']['input']>;
  /** What `who` contains, anywhere. This searches through the rows. */
  readonly whoContains?: InputMaybe<Scalars['String']['input']>;
  /** Who banned, exactly as it was given. */
  readonly by?: InputMaybe<Scalars['String']['input']>;
  /** Why, exactly as it was given. This searches through the rows. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
};

/** A page of bans. */
export type BanPage = {
  /** The bans of this page. */
  readonly items: ReadonlyArray<Ban>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** Clients that may not come in. With several bans that concern a client, the one that holds longest keeps it out. */
export type Ban = {
  /** What it goes by. */
  readonly as: BanKind;
  /**
   * The client id, the user name, or the address or range (`10.0.0.0/8`) in its one spelling: an IPv4-mapped IPv6 address
   * as IPv4, other IPv6 addresses compressed.
   */
  readonly who: Scalars['String']['output'];
  /** Why; null when nobody said. */
  readonly reason: Maybe<Scalars['String']['output']>;
  /** Who banned; null when nobody said. `flapping detector` is the broker itself. */
  readonly by: Maybe<Scalars['String']['output']>;
  /** A remark; null when there is none. */
  readonly desc: Maybe<Scalars['String']['output']>;
  /** When it ends by itself; null is never. */
  readonly until: Maybe<Scalars['DateTime']['output']>;
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** Names one ban. */
export type BanKeyInput = {
  /** What it goes by. */
  readonly as: BanKind;
  /** The client id, the user name, or the address or range, such as `10.0.0.0/8` or `2001:db8::/32`. */
  readonly who: Scalars['String']['input'];
};

/** Who would be banned: whom one ban concerns, or connections that match. */
export type BanTargetInput =
  /** Whom this ban would concern. */
  { readonly ban: BanKeyInput; readonly filter?: never; }
  |  /** The connections that match. An empty filter is refused. */
  { readonly ban?: never; readonly filter: ConnectionFilter; };

/** A ban. */
export type CreateBanInput = {
  /** What it goes by. */
  readonly as: BanKind;
  /** The client id, the user name, or the address or range, such as `10.0.0.0/8` or `2001:db8::/32`. */
  readonly who: Scalars['String']['input'];
  /** Why, at most 1 KiB. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** Who bans, at most 1 KiB. */
  readonly by?: InputMaybe<Scalars['String']['input']>;
  /** A remark, at most 1 KiB. */
  readonly desc?: InputMaybe<Scalars['String']['input']>;
  /** When it ends by itself; never when absent. */
  readonly until?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A ban that holds. */
export type CreateBanPayload = {
  /** The ban. */
  readonly ban: Ban;
  /** Connections that it ended. */
  readonly disconnectedCount: Scalars['Int']['output'];
};

/** Many bans. */
export type CreateBansInput = {
  /** The bans, at most 1000. */
  readonly bans: ReadonlyArray<CreateBanInput>;
};

/** What became of many bans. */
export type CreateBansPayload = {
  /** One for each ban, in the same order. */
  readonly results: ReadonlyArray<CreateBanResult>;
  /** Connections that they ended. */
  readonly disconnectedCount: Scalars['Int']['output'];
};

/** What became of one ban of many. */
export type CreateBanResult = {
  /** What it goes by, as it was given. */
  readonly as: BanKind;
  /** Who, as it was given. */
  readonly who: Scalars['String']['output'];
  /** The ban; null when there is a fault. */
  readonly ban: Maybe<Ban>;
  /** Why it was not made; null when it holds. */
  readonly fault: Maybe<Fault>;
};

/** Whom to ban, and why. */
export type BanConnectionsInput = {
  /** The connections. An empty filter is refused. */
  readonly filter: ConnectionFilter;
  /** What the bans go by: one for each client id, for each user name, or for each address of the connections that match. */
  readonly as?: InputMaybe<BanKind>;
  /** Why, at most 1 KiB. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** Who bans, at most 1 KiB. */
  readonly by?: InputMaybe<Scalars['String']['input']>;
  /** A remark, at most 1 KiB. */
  readonly desc?: InputMaybe<Scalars['String']['input']>;
  /** When the bans end by themselves; never when absent. */
  readonly until?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What became of a ban of connections. */
export type BanConnectionsPayload = {
  /** Bans that hold now. */
  readonly bannedCount: Scalars['Int']['output'];
  /** Connections that they ended. */
  readonly disconnectedCount: Scalars['Int']['output'];
  /** False when the search for the clients ended at its budget of time, and some may have been missed. */
  readonly isComplete: Scalars['Boolean']['output'];
  /** Clients that were not banned, for example because they have no user name; at most 1000 are named. */
  readonly faults: ReadonlyArray<ClientFault>;
};

/** Which ban ends. */
export type DeleteBanInput = {
  /** What it goes by. */
  readonly as: BanKind;
  /** The client id, the user name, or the address or range. */
  readonly who: Scalars['String']['input'];
};

/** A ban that is no more. */
export type DeleteBanPayload = {
  /** The ban; null when there was none. */
  readonly ban: Maybe<Ban>;
};

/** Which bans end. */
export type DeleteBansInput = {
  /** The bans. An empty filter is refused. */
  readonly filter: BanFilter;
};

/** Bans that are no more. */
export type DeleteBansPayload = {
  /** How many there were. */
  readonly deletedCount: Scalars['Int']['output'];
  /** False when the search for the bans ended at its budget of time, and some may have been missed. */
  readonly isComplete: Scalars['Boolean']['output'];
};

/** The MQTT broker of one node. */
export type Broker = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /** The node, with what it uses of its machine. */
  readonly node: Maybe<BrokerNode>;
  /** Whether the broker is at work. */
  readonly status: NodeStatus;
  /** Version of brokerql. */
  readonly version: Scalars['String']['output'];
  /** What the product is. */
  readonly description: Scalars['String']['output'];
  /** Version of Node.js, as `20.20.2`. */
  readonly runtimeVersion: Scalars['String']['output'];
  /** The node's clock, now. */
  readonly datetime: Scalars['DateTime']['output'];
  /** When the broker started. */
  readonly startedAt: Scalars['DateTime']['output'];
  /** Time since the broker started. */
  readonly uptime: Scalars['Duration']['output'];
};

/** Which rows of a list. `page` and `limit` walk by number; `after` walks by cursor and skips nothing when rows leave. */
export type PageInput = {
  /** Number of the page, from 1. Ignored when `after` is given. */
  readonly page?: InputMaybe<Scalars['Int']['input']>;
  /** Rows of a page, from 1 to 10 000. */
  readonly limit?: InputMaybe<Scalars['Int']['input']>;
  /** The `endCursor` of an earlier page: answers the rows behind it. `CURSOR_EXPIRED` when the node was restarted since. */
  readonly after?: InputMaybe<Scalars['String']['input']>;
};

/** Which part of a list a page is. */
export type PageMeta = {
  /** Number of the page, from 1, as asked for. */
  readonly page: Scalars['Int']['output'];
  /** Rows of a page, as asked for. */
  readonly limit: Scalars['Int']['output'];
  /** Rows of the whole list that match the filter. */
  readonly count: Scalars['SafeInt']['output'];
  /** False when a search ended at its budget of time: `count` is then what was found by then. */
  readonly countIsExact: Scalars['Boolean']['output'];
  /** Cursor of the last item, for `PageInput.after`; null when the page is empty. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
};

/**
 * The codes that stand in `extensions.code` of an error. `extensions` also name the `argument` at fault and its `value`
 * where there is one; for `INTERNAL` the `logId` under which the fault was logged.
 */
export type ErrorCode =
  /** Credentials are missing or wrong. */
  | 'UNAUTHENTICATED'
  /** The caller's role does not allow it. */
  | 'FORBIDDEN'
  /** An argument has a value that is not allowed. */
  | 'BAD_USER_INPUT'
  /** What the argument names does not exist, for example a node. */
  | 'NOT_FOUND'
  /** What is to be made is there already. */
  | 'ALREADY_EXISTS'
  /** The password that was given to prove a change is not the right one. */
  | 'WRONG_PASSWORD'
  /** What is to be deleted or changed has to stay, for example the last admin. */
  | 'PROTECTED'
  /** The plugin is active already. */
  | 'ALREADY_STARTED'
  /** The plugin is not active. */
  | 'NOT_STARTED'
  /** The plugin could not be loaded; the message is the reason. */
  | 'PLUGIN_FAILED'
  /** The client has no connection. */
  | 'CLIENT_NOT_ONLINE'
  /** The client has neither a connection nor a persistent session. */
  | 'SESSION_NOT_FOUND'
  /** The session has a connection and cannot be cleaned. */
  | 'SESSION_RUNNING'
  /** A topic filter with wildcards where a topic name is needed. */
  | 'BAD_TOPIC'
  /** A size or a number is above its limit. */
  | 'LIMIT_EXCEEDED'
  /** The document asks for more than one request may: tokens, depth, aliases or cost. */
  | 'QUERY_TOO_COMPLEX'
  /** The node does not answer. */
  | 'NODE_DOWN'
  /** What has to be kept cannot be kept now, for example because the disk is full; nothing was done. Try again later. */
  | 'UNAVAILABLE'
  /** The cursor is of an earlier start of the node. */
  | 'CURSOR_EXPIRED'
  /** A fault of the server. It is logged under `logId`; the caller learns no more. */
  | 'INTERNAL';

/** A fault of one item of a request with many. */
export type Fault = {
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What went wrong, as a sentence with the offending value in it. */
  readonly message: Scalars['String']['output'];
};

/** Who said what a setting is. A value goes before those of the words behind its own. */
export type ConfigSource =
  /** It was set while the broker ran. */
  | 'OVERRIDE'
  /** A flag of the command line. */
  | 'FLAG'
  /** An environment variable. */
  | 'ENVIRONMENT'
  /** The file that `--config` names. */
  | 'FILE'
  /** Nobody. */
  | 'DEFAULT';

/** A setting of a node. */
export type ConfigItem = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /** What it belongs to: `emqx`, `emqx_management`, `emqx_dashboard`, or the name of a plugin. */
  readonly app: Scalars['ID']['output'];
  /** Its name, as `mqtt.max_packet_size`. */
  readonly key: Scalars['ID']['output'];
  /** What it is now; null when it is unset, `******` for a secret. */
  readonly value: Maybe<Scalars['JSON']['output']>;
  /** The same as text; empty when it is unset. */
  readonly text: Scalars['String']['output'];
  /** Whether it has a value. */
  readonly isSet: Scalars['Boolean']['output'];
  /** What it is when nobody says anything; null for unset. */
  readonly defaultValue: Maybe<Scalars['JSON']['output']>;
  /**
   * Its type as EMQ X 3 has it: `integer`, `bytesize` (also `1MB`), `integer, duration` (seconds, also `2h`), `flag` (`on`
   * or `off`), `enum`, `ip`, `file`, `string`.
   */
  readonly datatype: Scalars['String']['output'];
  /** What it is for. */
  readonly description: Scalars['String']['output'];
  /** What it may be: it finishes the sentence "… must be". */
  readonly range: Scalars['String']['output'];
  /** The words that it is one of; empty when it is not that kind. */
  readonly choices: ReadonlyArray<Scalars['String']['output']>;
  /** Who said what it is. */
  readonly source: ConfigSource;
  /** Whether it can be set by flag, environment and file only, and counts from the next start on. */
  readonly needsRestart: Scalars['Boolean']['output'];
  /** Whether its value is never shown. Sent back as `******` it stays what it is. */
  readonly isSecret: Scalars['Boolean']['output'];
  /** What a client of MQTT 3.1.1 sees when it changes while that is connected; null when that is nothing, and of plugins. */
  readonly effect: Maybe<Scalars['String']['output']>;
  /** Its environment variable; null when it has none. */
  readonly variable: Maybe<Scalars['String']['output']>;
  /** Its flag; null when it has none. */
  readonly flag: Maybe<Scalars['String']['output']>;
};

/** Which setting, and what it is to be. */
export type SetConfigInput = {
  /** The app that it belongs to. */
  readonly app: Scalars['ID']['input'];
  /** Its name. */
  readonly key: Scalars['ID']['input'];
  /** Its value as JSON, or text that says it: `1048576`, `"1MB"`. */
  readonly value: Scalars['JSON']['input'];
  /** One node only; all nodes when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** What a setting is to be. */
export type ConfigValueInput = {
  /** Its name. */
  readonly key: Scalars['ID']['input'];
  /**
   * Its value as JSON, or text that says it. Empty text leaves one unset that has no default; `******` leaves a secret as it
   * is.
   */
  readonly value: Scalars['JSON']['input'];
};

/** All that is to be set of an app. */
export type ReplaceConfigsInput = {
  /** The app. */
  readonly app: Scalars['ID']['input'];
  /** Its settings, at most 1000, each at most once. */
  readonly values: ReadonlyArray<ConfigValueInput>;
  /** One node only; all nodes when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** Which setting is to be what it would be had nobody set it. */
export type ResetConfigInput = {
  /** The app that it belongs to. */
  readonly app: Scalars['ID']['input'];
  /** Its name. */
  readonly key: Scalars['ID']['input'];
  /** One node only; all nodes when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** Settings that a change was about, of each node that made it. */
export type ConfigPayload = {
  /** What they are now. */
  readonly configs: ReadonlyArray<ConfigItem>;
};

/** Which connections. Fields that are absent do not restrict; several restrict together. */
export type ConnectionFilter = {
  /** The client id, exactly. */
  readonly clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What the client id begins with. */
  readonly clientIdPrefix?: InputMaybe<Scalars['String']['input']>;
  /** What the client id contains, anywhere. This searches through the rows and may end at its budget of time. */
  readonly clientIdContains?: InputMaybe<Scalars['String']['input']>;
  /** The user name of the CONNECT, exactly. */
  readonly username?: InputMaybe<Scalars['String']['input']>;
  /** The client's IP address, exactly; an IPv4 address in its IPv4 form. */
  readonly ipAddress?: InputMaybe<Scalars['String']['input']>;
  /** An IP address or a range as `10.0.0.0/8`, in which the client's address lies. This searches through the rows. */
  readonly ipAddressRange?: InputMaybe<Scalars['String']['input']>;
  /** MQTT protocol level: 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  readonly protocolVersion?: InputMaybe<Scalars['Int']['input']>;
  /** True for clean sessions, false for persistent ones. */
  readonly cleanSession?: InputMaybe<Scalars['Boolean']['input']>;
  /** Clients that subscribe to exactly this topic filter. */
  readonly topicFilter?: InputMaybe<Scalars['String']['input']>;
};

/** A page of connections. */
export type ConnectionPage = {
  /** The connections of this page. */
  readonly items: ReadonlyArray<MqttConnection>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** How a client reaches the broker. */
export type Transport =
  /** MQTT over TCP. */
  | 'TCP'
  /** MQTT over TLS. */
  | 'TLS'
  /** MQTT over WebSocket. */
  | 'WEBSOCKET'
  /** MQTT over WebSocket and TLS. */
  | 'SECURE_WEBSOCKET';

/** What is known of a client's TLS certificate. */
export type PeerCertificate =
  /** The connection does not use TLS. */
  | 'NO_TLS'
  /** The client showed no certificate. */
  | 'NOT_PRESENTED'
  /** The client showed a certificate that is valid and signed by the configured authority. */
  | 'VERIFIED'
  /** The client showed a certificate that is expired, or that the configured authority did not sign. */
  | 'UNVERIFIED';

/** A network connection of an MQTT client, after its CONNECT was accepted. */
export type MqttConnection = {
  /** The MQTT client id. */
  readonly clientId: Scalars['ID']['output'];
  /**
   * The user name of the CONNECT, or the common name of the client's certificate where `mqtt.tls_cn_as_username` is on;
   * null when there was none.
   */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The clean session flag of the CONNECT. */
  readonly cleanSession: Scalars['Boolean']['output'];
  /** When the CONNECT was accepted. */
  readonly connectedAt: Scalars['DateTime']['output'];
  /** The client's IP address, in front of all trusted proxies; an IPv4 address in its IPv4 form. */
  readonly ipAddress: Scalars['String']['output'];
  /** The client's port; 0 when a proxy told the address alone. */
  readonly port: Scalars['Int']['output'];
  /** True when the client declared itself a bridge in its CONNECT. */
  readonly isBridge: Scalars['Boolean']['output'];
  /** True when the client passes every ACL. */
  readonly isSuperuser: Scalars['Boolean']['output'];
  /** Keepalive of the CONNECT, in seconds; 0 is off. */
  readonly keepalive: Scalars['Int']['output'];
  /** Prefix of all topics of the client; null when there is none. */
  readonly mountpoint: Maybe<Scalars['String']['output']>;
  /** Topic of the will; null when there is none. */
  readonly willTopic: Maybe<Scalars['String']['output']>;
  /** What is known of the client's TLS certificate. */
  readonly peerCertificate: PeerCertificate;
  /** Protocol name of the CONNECT: `MQTT` or `MQIsdp`. */
  readonly protocolName: Scalars['String']['output'];
  /** MQTT protocol level: 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  readonly protocolVersion: Scalars['Int']['output'];
  /** Zone of the listener. */
  readonly zone: Scalars['String']['output'];
  /** How the client reaches the broker. */
  readonly transport: Transport;
  /** Bytes of MQTT received. */
  readonly bytesReceived: Scalars['SafeInt']['output'];
  /** Bytes of MQTT sent. */
  readonly bytesSent: Scalars['SafeInt']['output'];
  /** Bytes that wait for the client to read them. */
  readonly bytesPending: Scalars['SafeInt']['output'];
  /** Reads from the socket. */
  readonly socketReads: Scalars['SafeInt']['output'];
  /** Writes to the socket. */
  readonly socketWrites: Scalars['SafeInt']['output'];
  /** MQTT packets received. */
  readonly packetsReceived: Scalars['SafeInt']['output'];
  /** MQTT packets sent. */
  readonly packetsSent: Scalars['SafeInt']['output'];
  /** PUBLISH packets received. */
  readonly messagesReceived: Scalars['SafeInt']['output'];
  /** PUBLISH packets sent. */
  readonly messagesSent: Scalars['SafeInt']['output'];
  /** Name of the node that serves the connection. */
  readonly nodeName: Scalars['ID']['output'];
  /** The node that serves the connection; null when it does not answer. */
  readonly node: Maybe<BrokerNode>;
  /** The client's session. */
  readonly session: Maybe<MqttSession>;
  /** The client's subscriptions, oldest first. */
  readonly subscriptions: Maybe<ReadonlyArray<MqttSubscription>>;
};

/** Clients to act on: by one id, by many, or by filter. */
export type TargetInput =
  /** One client. */
  { readonly clientId: Scalars['ID']['input']; readonly clientIds?: never; readonly filter?: never; }
  |  /** Many clients, at most 1000. */
  { readonly clientId?: never; readonly clientIds: ReadonlyArray<Scalars['ID']['input']>; readonly filter?: never; }
  |  /** The connections that match. An empty filter is refused. */
  { readonly clientId?: never; readonly clientIds?: never; readonly filter: ConnectionFilter; };

/** Whose connection is closed. */
export type KickConnectionInput = {
  /** The client id, exactly. */
  readonly clientId: Scalars['ID']['input'];
};

/** A connection that was closed. */
export type KickConnectionPayload = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
};

/** Whose connections are closed. */
export type KickConnectionsInput = {
  /** The clients. */
  readonly target: TargetInput;
};

/** Connections that were closed. */
export type KickConnectionsPayload = {
  /** Clients whose connection was closed. */
  readonly kickedCount: Scalars['Int']['output'];
  /** False when the search for the clients ended at its budget of time, and some may have been missed. */
  readonly isComplete: Scalars['Boolean']['output'];
  /** Clients whose connection could not be closed; at most 1000 are named. */
  readonly faults: ReadonlyArray<ClientFault>;
};

/** Why nothing was done for one client. */
export type ClientFault = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** Why. */
  readonly fault: Fault;
};

/** Which verdicts are forgotten. */
export type CleanAclCacheInput = {
  /** The client id, exactly. */
  readonly clientId: Scalars['ID']['input'];
  /** The topic or topic filter. */
  readonly topic: Scalars['String']['input'];
};

/** Verdicts that were forgotten. */
export type CleanAclCachePayload = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
};

/** What a client proves with its password. */
export type CredentialKind =
  /** Its user name; of the plugin `emqx_auth_username`. */
  | 'USERNAME'
  /** Its client id; of the plugin `emqx_auth_clientid`. */
  | 'CLIENT_ID';

/** Which names. Fields that are absent do not restrict; several restrict together. */
export type CredentialFilter = {
  /** The name, exactly. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** What the name begins with. */
  readonly namePrefix?: InputMaybe<Scalars['String']['input']>;
  /** What the name contains, anywhere. This searches through the rows and may end at its budget of time. */
  readonly nameContains?: InputMaybe<Scalars['String']['input']>;
};

/** A page of credentials. */
export type CredentialPage = {
  /** The credentials of this page. */
  readonly items: ReadonlyArray<Credential>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** A name that has a password. The password is hashed, and never shown. */
export type Credential = {
  /** What the name is. */
  readonly kind: CredentialKind;
  /** The user name or client id. */
  readonly name: Scalars['ID']['output'];
};

/** A name and the password that it gets. */
export type CreateCredentialInput = {
  /** What the name is. */
  readonly kind: CredentialKind;
  /** The user name or client id, 1 to 1024 bytes. */
  readonly name: Scalars['ID']['input'];
  /** The password, 1 to 1024 bytes. */
  readonly password: Scalars['String']['input'];
};

/** A credential that was made. */
export type CreateCredentialPayload = {
  /** The credential. */
  readonly credential: Credential;
};

/** A name and the password that it gets in the place of the one before. */
export type UpdateCredentialInput = {
  /** What the name is. */
  readonly kind: CredentialKind;
  /** The user name or client id. */
  readonly name: Scalars['ID']['input'];
  /** The new password, 1 to 1024 bytes. */
  readonly password: Scalars['String']['input'];
};

/** A credential that was changed. */
export type UpdateCredentialPayload = {
  /** The credential. */
  readonly credential: Credential;
};

/** A credential to delete. */
export type DeleteCredentialInput = {
  /** What the name is. */
  readonly kind: CredentialKind;
  /** The user name or client id. */
  readonly name: Scalars['ID']['input'];
};

/** What became of it. */
export type DeleteCredentialPayload = {
  /** The user name or client id. */
  readonly name: Scalars['ID']['output'];
  /** False when the name had no password. */
  readonly existed: Scalars['Boolean']['output'];
};

/** Which delayed messages. Fields that are absent do not restrict; several restrict together. */
export type DelayedMessageFilter = {
  /** Who sent them, exactly. */
  readonly clientId?: InputMaybe<Scalars['ID']['input']>;
  /** The topic that they will be published to, exactly. */
  readonly topic?: InputMaybe<Scalars['String']['input']>;
  /** What that topic begins with. */
  readonly topicPrefix?: InputMaybe<Scalars['String']['input']>;
  /** A topic filter that matches that topic. This searches through the rows and may end at its budget of time. */
  readonly matches?: InputMaybe<Scalars['String']['input']>;
};

/** A page of delayed messages. */
export type DelayedMessagePage = {
  /** The messages of this page. */
  readonly items: ReadonlyArray<DelayedMessage>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** A message that waits to be published. */
export type DelayedMessage = {
  /** Names this message for `deleteDelayedMessages`. */
  readonly id: Scalars['ID']['output'];
  /** The topic that it will be published to. */
  readonly topic: Scalars['String']['output'];
  /** The QoS that it will be published with, 0 to 2. */
  readonly qos: Scalars['Int']['output'];
  /** Whether its topic will keep it for later subscribers. */
  readonly retain: Scalars['Boolean']['output'];
  /** Who sent it. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name of its sender; null when it had none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** When it came. */
  readonly receivedAt: Scalars['DateTime']['output'];
  /** When it will be published; soon, where that is past. */
  readonly publishAt: Scalars['DateTime']['output'];
  /** Name of the node that has it. */
  readonly nodeName: Scalars['ID']['output'];
  /** Bytes of the payload. */
  readonly payloadSize: Scalars['SafeInt']['output'];
  /** What will be published. */
  readonly payload: MessagePayload;
};

/** Which delayed messages to delete. */
export type DeleteDelayedMessagesInput =
  /** One of them. */
  { readonly id: Scalars['ID']['input']; readonly ids?: never; readonly topicFilter?: never; }
  |  /** Some of them, at most 1000. */
  { readonly id?: never; readonly ids: ReadonlyArray<Scalars['ID']['input']>; readonly topicFilter?: never; }
  |  /** Those for topics that a topic filter matches; `#` deletes all but those for topics that begin with `$`. */
  { readonly id?: never; readonly ids?: never; readonly topicFilter: Scalars['String']['input']; };

/** Delayed messages that were deleted. */
export type DeleteDelayedMessagesPayload = {
  /** How many there were. */
  readonly deletedCount: Scalars['SafeInt']['output'];
};

/** The process of a node, as somebody wants to see it who looks for the cause of a trouble. */
export type Diagnostics = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /** When the plugin began to look. */
  readonly since: Scalars['DateTime']['output'];
  /** The event loop, on which everything of the node happens: of the last ten seconds that are over. */
  readonly eventLoop: EventLoop;
  /** Memory now. */
  readonly memory: ProcessMemory;
  /** Garbage collections since the plugin looks, those of each kind together. */
  readonly garbageCollections: ReadonlyArray<GarbageCollections>;
  /** What keeps the process at work, such as sockets and timers, the most frequent type first. */
  readonly resources: ReadonlyArray<ResourceCount>;
  /** File descriptors in use, sockets among them; 0 when unknown. */
  readonly openFiles: Scalars['SafeInt']['output'];
  /** Milliseconds of CPU time since the process started, in its own code. */
  readonly cpuUser: Scalars['Float']['output'];
  /** Milliseconds of CPU time since the process started, in the system. */
  readonly cpuSystem: Scalars['Float']['output'];
};

/** How late an event loop is. It is looked at every 20 milliseconds. */
export type EventLoop = {
  /** Share of the time in which it had something to do, from 0 to 1. */
  readonly utilization: Scalars['Float']['output'];
  /** Delay in milliseconds, the mean. */
  readonly delayMean: Scalars['Float']['output'];
  /** Delay in milliseconds that half of the looks stayed within. */
  readonly delayP50: Scalars['Float']['output'];
  /** Delay in milliseconds that nine of ten looks stayed within. */
  readonly delayP90: Scalars['Float']['output'];
  /** Delay in milliseconds that 99 of 100 looks stayed within. */
  readonly delayP99: Scalars['Float']['output'];
  /** Delay in milliseconds, the longest. */
  readonly delayMax: Scalars['Float']['output'];
};

/** Memory of a process, in bytes. */
export type ProcessMemory = {
  /** What of the process is in memory. */
  readonly residentSet: Scalars['SafeInt']['output'];
  /** What the heap has taken of the system. */
  readonly heapTotal: Scalars['SafeInt']['output'];
  /** What of the heap is in use, garbage among it. */
  readonly heapUsed: Scalars['SafeInt']['output'];
  /** What the heap may take at most; beyond it the process ends. */
  readonly heapLimit: Scalars['SafeInt']['output'];
  /** Memory outside the heap that objects of it hold. */
  readonly external: Scalars['SafeInt']['output'];
  /** The part of `external` that buffers hold. */
  readonly arrayBuffers: Scalars['SafeInt']['output'];
  /** The spaces that the heap consists of. */
  readonly heapSpaces: ReadonlyArray<HeapSpace>;
};

/** A space of the heap, in bytes. */
export type HeapSpace = {
  /** What the engine calls it, as `old_space`. */
  readonly name: Scalars['String']['output'];
  /** What it has taken of the system. */
  readonly size: Scalars['SafeInt']['output'];
  /** What is in use. */
  readonly used: Scalars['SafeInt']['output'];
  /** What is free in it. */
  readonly available: Scalars['SafeInt']['output'];
};

/** What a garbage collection looks for. */
export type GarbageKind =
  /** Objects that died young. */
  | 'MINOR'
  /** Everything. */
  | 'MAJOR'
  /** A part of everything, between other things. */
  | 'INCREMENTAL'
  /** Weak references. */
  | 'WEAK';

/** Garbage collections of one kind. */
export type GarbageCollections = {
  /** What they looked for. */
  readonly kind: GarbageKind;
  /** How many there were. */
  readonly count: Scalars['SafeInt']['output'];
  /** Milliseconds that they took together. */
  readonly duration: Scalars['Float']['output'];
  /** Milliseconds that the longest of them took. */
  readonly longest: Scalars['Float']['output'];
};

/** How many of one type a process has. */
export type ResourceCount = {
  /** What Node.js calls it, as `TCPSocketWrap`. */
  readonly type: Scalars['String']['output'];
  /** How many. */
  readonly count: Scalars['SafeInt']['output'];
};

/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type Subscription = {
  /** What happens to connections: clients that connect, leave, are kicked or taken over, and what is refused to them. */
  readonly connectionEvents: ConnectionEvent;
  /** Sessions that begin, end and expire. */
  readonly sessionEvents: SessionEvent;
  /** Subscriptions that begin and end; those of a session that ends do not end one by one. */
  readonly subscriptionEvents: SubscriptionEvent;
  /** Alarms that begin and end. */
  readonly alarmEvents: AlarmEvent;
  /** Bans that begin and end. */
  readonly banEvents: BanEvent;
  /** Plugins that are loaded or unloaded, or could not be. */
  readonly pluginEvents: PluginEvent;
  /** Settings that are other ones, or have their values from somebody else. */
  readonly configEvents: ConfigEvent;
  /** Listeners that start, stop, or fail. */
  readonly listenerEvents: ListenerEvent;
  /** What is noted in the audit log. */
  readonly auditEvents: AuditEvent;
  /** The gauges of the nodes: the present values at once, then whenever one that was asked for changed. */
  readonly stats: ReadonlyArray<Stats>;
  /**
   * The counters of the nodes, and in `rates` how fast they grow: the present values at once, then whenever one that was
   * asked for changed.
   */
  readonly metrics: ReadonlyArray<Metrics>;
  /**
   * The nodes, with what they use of their machines: the present values at once, then whenever one that was asked for
   * changed.
   */
  readonly nodes: ReadonlyArray<BrokerNode>;
  /**
   * Messages, as they are published. It is checked as a SUBSCRIBE of a client `graphql:NAME` with the user name NAME, where
   * NAME is the caller's, and refused with `FORBIDDEN` as that would be; a filter that begins with `$SYS/` needs the role
   * OPERATOR. A malformed filter, or one of a shared subscription, is refused with `BAD_USER_INPUT` or `LIMIT_EXCEEDED`. It
   * is no MQTT subscription: no list and no gauge counts it, and no queue is kept for who is away.
   */
  readonly messages: MqttMessage;
  /**
   * A page of connections as it changes: the whole page at first, then what is other. What a reader was too slow for is made up
   * for by the whole page. A field of a row is looked at where it is its own; what a row leads to counts only with it.
   */
  readonly connectionPageUpdates: ConnectionPageUpdate;
  /**
   * A page of sessions as it changes: the whole page at first, then what is other. What a reader was too slow for is made up
   * for by the whole page. A field of a row is looked at where it is its own; what a row leads to counts only with it.
   */
  readonly sessionPageUpdates: SessionPageUpdate;
  /**
   * A page of subscriptions as it changes: the whole page at first, then what is other. What a reader was too slow for is made up
   * for by the whole page. A field of a row is looked at where it is its own; what a row leads to counts only with it.
   */
  readonly subscriptionPageUpdates: SubscriptionPageUpdate;
  /**
   * Every packet of one client, as it passes, and the ends of its connections. A client that is not connected is waited for;
   * a CONNECT that is refused is shown too. It shows payloads, whatever access rules say. After `seconds` it completes. A
   * client id that no CONNECT can carry is refused with `BAD_USER_INPUT`.
   */
  readonly traceClient: TraceEvent;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionConnectionEventsArgs = {
  filter?: InputMaybe<EventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionSessionEventsArgs = {
  filter?: InputMaybe<EventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionSubscriptionEventsArgs = {
  filter?: InputMaybe<EventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionAlarmEventsArgs = {
  filter?: InputMaybe<AlarmEventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionBanEventsArgs = {
  filter?: InputMaybe<BanEventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionPluginEventsArgs = {
  filter?: InputMaybe<PluginEventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionConfigEventsArgs = {
  filter?: InputMaybe<ConfigEventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionListenerEventsArgs = {
  filter?: InputMaybe<ListenerEventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionAuditEventsArgs = {
  filter?: InputMaybe<AuditEventFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
  node?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionStatsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
  intervalMs?: Scalars['Int']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionMetricsArgs = {
  node?: InputMaybe<Scalars['ID']['input']>;
  intervalMs?: Scalars['Int']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionNodesArgs = {
  intervalMs?: Scalars['Int']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionMessagesArgs = {
  topicFilter: Scalars['String']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
  retained?: Scalars['Boolean']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionConnectionPageUpdatesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<ConnectionFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
  orderBy?: ConnectionOrder;
  intervalMs?: Scalars['Int']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionSessionPageUpdatesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<SessionFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
  orderBy?: SessionOrder;
  intervalMs?: Scalars['Int']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionSubscriptionPageUpdatesArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<SubscriptionFilter>;
  node?: InputMaybe<Scalars['ID']['input']>;
  orderBy?: SubscriptionOrder;
  intervalMs?: Scalars['Int']['input'];
};


/**
 * What can be followed as it changes, over WebSocket (graphql-transport-ws) and over server-sent events. A reader that is
 * too slow misses values: of figures all but the newest, of messages the oldest, and the next payload tells in
 * `extensions.dropped` how many those were. One that misses too many is ended with `LIMIT_EXCEEDED`.
 */
export type SubscriptionTraceClientArgs = {
  clientId: Scalars['ID']['input'];
  seconds?: Scalars['Int']['input'];
  node?: InputMaybe<Scalars['ID']['input']>;
};

/** Which events. Fields that are absent do not restrict; several restrict together. */
export type EventFilter = {
  /** The client id, exactly. */
  readonly clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What the client id begins with. */
  readonly clientIdPrefix?: InputMaybe<Scalars['String']['input']>;
  /** The user name, exactly. */
  readonly username?: InputMaybe<Scalars['String']['input']>;
  /** The IP address of the client's connection, exactly. */
  readonly ipAddress?: InputMaybe<Scalars['String']['input']>;
  /** The topic filter of the subscription, as it is written; events that are about none are left out. */
  readonly topicFilter?: InputMaybe<Scalars['String']['input']>;
};

/** Something that happened to a connection, or to a client that wanted one. */
export type ConnectionEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
};

/** A client was let in. */
export type ClientConnected = ConnectionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
  /** The level of the protocol: 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  readonly protocolVersion: Scalars['Int']['output'];
  /** Whether it asked for a clean session. */
  readonly cleanSession: Scalars['Boolean']['output'];
  /** Its keepalive, in seconds; 0 is none. */
  readonly keepalive: Scalars['Int']['output'];
  /** How it reaches the broker. */
  readonly transport: Transport;
};

/** A connection ended. */
export type ClientDisconnected = ConnectionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
  /** Why, as the listeners count it: `closed` by a DISCONNECT, `tcp_closed` without one, `keepalive_timeout`, `protocol_error` and others. */
  readonly reason: Scalars['String']['output'];
};

/** A connection was ended by request. */
export type ClientKicked = ConnectionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
};

/** A connection ended because the same client id connected again. */
export type ClientTakenOver = ConnectionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
};

/** Something was refused to a client; each time is an event. */
export type ClientRefused = ConnectionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
  /** What stood against it. */
  readonly kind: RefusalKind;
  /** What was refused. */
  readonly action: RefusedAction;
  /** The topic or topic filter that was refused; null when it was none. */
  readonly topic: Maybe<Scalars['String']['output']>;
  /** Why, in a sentence. */
  readonly message: Scalars['String']['output'];
};

/** Something that happened to a session. */
export type SessionEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** Whether the session ends with its connection. */
  readonly cleanSession: Scalars['Boolean']['output'];
};

/** A session began. */
export type SessionCreated = SessionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** Whether the session ends with its connection. */
  readonly cleanSession: Scalars['Boolean']['output'];
};

/** A session ended because its client stayed away too long. */
export type SessionExpired = SessionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** Whether the session ends with its connection. */
  readonly cleanSession: Scalars['Boolean']['output'];
};

/** A session ended. */
export type SessionEnded = SessionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** Whether the session ends with its connection. */
  readonly cleanSession: Scalars['Boolean']['output'];
  /** Why. */
  readonly reason: SessionEndReason;
};

/** Why a session ended. */
export type SessionEndReason =
  /** Its client connected again and asked for a clean one. */
  | 'DISCARDED'
  /** It was clean, and its connection ended. */
  | 'CLOSED'
  /** Somebody cleaned it. */
  | 'CLEANED';

/** Something that happened to a subscription. */
export type SubscriptionEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** The topic filter, with the prefix of a shared subscription. */
  readonly topicFilter: Scalars['String']['output'];
};

/** A subscription began, or was asked for again. */
export type ClientSubscribed = SubscriptionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** The topic filter, with the prefix of a shared subscription. */
  readonly topicFilter: Scalars['String']['output'];
  /** The QoS that was granted, 0 to 2. */
  readonly qos: Scalars['Int']['output'];
};

/** A subscription ended. */
export type ClientUnsubscribed = SubscriptionEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The client id; empty for a connection that was refused before it told one. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name; null when the client gave none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The IP address of the session's connection; null while there is none. */
  readonly ipAddress: Maybe<Scalars['String']['output']>;
  /** The topic filter, with the prefix of a shared subscription. */
  readonly topicFilter: Scalars['String']['output'];
};

/** Which alarms. Fields that are absent do not restrict; several restrict together. */
export type AlarmEventFilter = {
  /** The alarm's id, exactly. */
  readonly id?: InputMaybe<Scalars['ID']['input']>;
  /** What the id begins with, as `plugin_failed:`. */
  readonly idPrefix?: InputMaybe<Scalars['String']['input']>;
  /** How bad it is, exactly. */
  readonly severity?: InputMaybe<AlarmSeverity>;
};

/** Which bans. Fields that are absent do not restrict; several restrict together. */
export type BanEventFilter = {
  /** What they go by. */
  readonly as?: InputMaybe<BanKind>;
  /** Who is banned, exactly as the ban has it. */
  readonly who?: InputMaybe<Scalars['String']['input']>;
  /** What `who` begins with. */
  readonly whoPrefix?: InputMaybe<Scalars['String']['input']>;
  /** Who banned, exactly as it was given. */
  readonly by?: InputMaybe<Scalars['String']['input']>;
};

/** Which plugins. Fields that are absent do not restrict. */
export type PluginEventFilter = {
  /** The name of the plugin, exactly. */
  readonly name?: InputMaybe<Scalars['ID']['input']>;
};

/** Which settings. Fields that are absent do not restrict; several restrict together. */
export type ConfigEventFilter = {
  /** What the setting belongs to, exactly: `emqx`, a door or a plugin. */
  readonly app?: InputMaybe<Scalars['ID']['input']>;
  /** The key of the setting, exactly. */
  readonly key?: InputMaybe<Scalars['ID']['input']>;
};

/** Which listeners. Fields that are absent do not restrict; several restrict together. */
export type ListenerEventFilter = {
  /** The protocol, exactly, as `mqtt:tcp`. */
  readonly protocol?: InputMaybe<Scalars['String']['input']>;
  /** The address and port, exactly as `listeners` shows them. */
  readonly listenOn?: InputMaybe<Scalars['String']['input']>;
};

/** Which entries of the audit log. Fields that are absent do not restrict; several restrict together. */
export type AuditEventFilter = {
  /** The id of the application or the name of the user, exactly. */
  readonly who?: InputMaybe<Scalars['String']['input']>;
  /** The name of the operation, exactly, as `kickConnection`. */
  readonly what?: InputMaybe<Scalars['String']['input']>;
};

/** Something that happened to an alarm. */
export type AlarmEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The alarm, as it was then. */
  readonly alarm: Alarm;
};

/** An alarm began. */
export type AlarmRaised = AlarmEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The alarm, as it was then. */
  readonly alarm: Alarm;
};

/** An alarm ended. */
export type AlarmCleared = AlarmEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The alarm, as it was then. */
  readonly alarm: Alarm;
};

/** Something that happened to a ban. */
export type BanEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The ban. */
  readonly ban: Ban;
};

/** A ban began to hold. */
export type BanCreated = BanEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The ban. */
  readonly ban: Ban;
};

/** A ban is no more: deleted, at its end, or replaced by another of the same key. */
export type BanEnded = BanEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The ban. */
  readonly ban: Ban;
};

/** Something that happened to a plugin. */
export type PluginEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The plugin, as it is since. */
  readonly plugin: Plugin;
};

/** Something that happened to a setting. */
export type ConfigEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** What the setting belongs to: `emqx`, a door or a plugin. */
  readonly app: Scalars['ID']['output'];
  /** The key of the setting. */
  readonly key: Scalars['ID']['output'];
  /** What it was; null when it was unset, six asterisks for a secret. */
  readonly before: Maybe<Scalars['JSON']['output']>;
  /** What it is; null when it is unset, six asterisks for a secret. */
  readonly value: Maybe<Scalars['JSON']['output']>;
  /** Who says so. */
  readonly source: ConfigSource;
  /** Who changed it; null when that is not known. */
  readonly by: Maybe<Scalars['String']['output']>;
};

/** Something that happened to a listener. */
export type ListenerEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The protocol of the listener, as `listeners` names it. */
  readonly protocol: Scalars['String']['output'];
  /** The address and port, as `listeners` shows them. */
  readonly listenOn: Scalars['String']['output'];
};

/** A listener takes connections. */
export type ListenerStarted = ListenerEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The protocol of the listener, as `listeners` names it. */
  readonly protocol: Scalars['String']['output'];
  /** The address and port, as `listeners` shows them. */
  readonly listenOn: Scalars['String']['output'];
};

/** A listener takes no connections any more. */
export type ListenerStopped = ListenerEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The protocol of the listener, as `listeners` names it. */
  readonly protocol: Scalars['String']['output'];
  /** The address and port, as `listeners` shows them. */
  readonly listenOn: Scalars['String']['output'];
};

/** A listener could not do what it should, such as take a connection. */
export type ListenerFailed = ListenerEvent & {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The protocol of the listener, as `listeners` names it. */
  readonly protocol: Scalars['String']['output'];
  /** The address and port, as `listeners` shows them. */
  readonly listenOn: Scalars['String']['output'];
  /** Why. */
  readonly message: Scalars['String']['output'];
};

/** Something that was noted in the audit log. */
export type AuditEvent = {
  /** Where one can go on: behind this event. */
  readonly cursor: Scalars['ID']['output'];
  /** The node where it happened. */
  readonly nodeName: Scalars['ID']['output'];
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** What was noted. */
  readonly entry: AuditEntry;
};

/** A port on which a node takes connections. */
export type Listener = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /**
   * What is spoken there: `mqtt:tcp`, `mqtt:ws`, `http:management` or `http:dashboard`, and over TLS `mqtt:ssl`,
   * `mqtt:wss`, `https:management` or `https:dashboard`.
   */
  readonly protocol: Scalars['String']['output'];
  /** Address and port, as `127.0.0.1:1883`. */
  readonly listenOn: Scalars['String']['output'];
  /** Processes that accept connections: always 1. */
  readonly acceptors: Scalars['Int']['output'];
  /**
   * Limit of connections, as it is set; 0 is no limit. The MQTT listeners have it together, and so have the listener of the
   * management or the dashboard and the one of it over TLS.
   */
  readonly maxConnections: Scalars['SafeInt']['output'];
  /** Open connections of this listener. */
  readonly currentConnections: Scalars['SafeInt']['output'];
  /**
   * Why MQTT connections ended and how many for each reason, as an object: `closed` by a DISCONNECT, `tcp_closed` without
   * one, `kicked`, `discarded` by a newer connection with the same client id, `keepalive_timeout`, `connect_timeout`
   * without a CONNECT in time, `not_authorized`, `protocol_error`, `broker_stopped`. Of every listener also why connections
   * were refused: `too_many_connections` in total or of one address, `tls_error`, `proxy_error`.
   */
  readonly shutdownCount: Scalars['JSON']['output'];
};

/** A payload in one of three spellings. */
export type PayloadInput =
  /** Text, sent as UTF-8. */
  { readonly text: Scalars['String']['input']; readonly json?: never; readonly base64?: never; }
  |  /** Any JSON value, sent as its text without white space. */
  { readonly text?: never; readonly json: Scalars['JSON']['input']; readonly base64?: never; }
  |  /** Bytes as base64. */
  { readonly text?: never; readonly json?: never; readonly base64: Scalars['Base64']['input']; };

/** A message to publish. */
export type PublishInput = {
  /** The topic name, at most 4096 bytes, without wildcards. */
  readonly topic: Scalars['String']['input'];
  /** The payload; empty when absent. */
  readonly payload?: InputMaybe<PayloadInput>;
  /** QoS, 0 to 2. */
  readonly qos?: InputMaybe<Scalars['Int']['input']>;
  /** Whether the broker keeps the message for later subscribers. An empty payload then clears the kept one. */
  readonly retain?: InputMaybe<Scalars['Boolean']['input']>;
  /** Who is named as the publisher; need not be connected. */
  readonly clientId?: InputMaybe<Scalars['ID']['input']>;
};

/** Messages to publish. */
export type PublishManyInput = {
  /** The messages, in their order. */
  readonly messages: ReadonlyArray<PublishInput>;
};

/** A message that was published. */
export type PublishPayload = {
  /** The topic name. */
  readonly topic: Scalars['String']['output'];
};

/** What became of many messages. */
export type PublishManyPayload = {
  /** One entry for each message, in the same order. */
  readonly results: ReadonlyArray<PublishResult>;
};

/** What became of one message. */
export type PublishResult = {
  /** The topic name. */
  readonly topic: Scalars['String']['output'];
  /** Why it was not published; null when it was. */
  readonly fault: Maybe<Fault>;
};

/** A message, as it was published. */
export type MqttMessage = {
  /** The topic name. */
  readonly topic: Scalars['String']['output'];
  /** The QoS that it was published with, 0 to 2. */
  readonly qos: Scalars['Int']['output'];
  /** Whether it was published to be kept by its topic. */
  readonly retain: Scalars['Boolean']['output'];
  /** Who published it; null when that is not known. */
  readonly clientId: Maybe<Scalars['ID']['output']>;
  /** The user name of the publisher; null when it had none, or when that is not known. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** When it was published. */
  readonly publishedAt: Scalars['DateTime']['output'];
  /** Name of the node that it was published on. */
  readonly nodeName: Scalars['ID']['output'];
  /** Bytes of the payload. */
  readonly payloadSize: Scalars['SafeInt']['output'];
  /** What was published. */
  readonly payload: MessagePayload;
};

/** Counters of a node since it started. */
export type Metrics = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /** Bytes of MQTT received. */
  readonly bytesReceived: Scalars['SafeInt']['output'];
  /** Bytes of MQTT sent. */
  readonly bytesSent: Scalars['SafeInt']['output'];
  /** MQTT packets received, of all types. */
  readonly packetsReceived: Scalars['SafeInt']['output'];
  /** MQTT packets sent, of all types, without `$SYS` messages. */
  readonly packetsSent: Scalars['SafeInt']['output'];
  /** CONNECT packets received. */
  readonly packetsConnectReceived: Scalars['SafeInt']['output'];
  /** CONNACK packets sent. */
  readonly packetsConnackSent: Scalars['SafeInt']['output'];
  /** CONNACK packets sent with an error code. */
  readonly packetsConnackError: Scalars['SafeInt']['output'];
  /** CONNACK packets sent because of failed authentication. */
  readonly packetsConnackAuthError: Scalars['SafeInt']['output'];
  /** PUBLISH packets received. */
  readonly packetsPublishReceived: Scalars['SafeInt']['output'];
  /** PUBLISH packets sent. */
  readonly packetsPublishSent: Scalars['SafeInt']['output'];
  /** PUBLISH packets received that could not be processed. */
  readonly packetsPublishError: Scalars['SafeInt']['output'];
  /** PUBLISH packets received and refused by the ACL. */
  readonly packetsPublishAuthError: Scalars['SafeInt']['output'];
  /** PUBACK packets received. */
  readonly packetsPubackReceived: Scalars['SafeInt']['output'];
  /** PUBACK packets sent. */
  readonly packetsPubackSent: Scalars['SafeInt']['output'];
  /** PUBACK packets received for a packet id that is not in use. */
  readonly packetsPubackMissed: Scalars['SafeInt']['output'];
  /** PUBREC packets received. */
  readonly packetsPubrecReceived: Scalars['SafeInt']['output'];
  /** PUBREC packets sent. */
  readonly packetsPubrecSent: Scalars['SafeInt']['output'];
  /** PUBREC packets received for a packet id that is not in use. */
  readonly packetsPubrecMissed: Scalars['SafeInt']['output'];
  /** PUBREL packets received. */
  readonly packetsPubrelReceived: Scalars['SafeInt']['output'];
  /** PUBREL packets sent. */
  readonly packetsPubrelSent: Scalars['SafeInt']['output'];
  /** PUBREL packets received for a packet id that is not in use. */
  readonly packetsPubrelMissed: Scalars['SafeInt']['output'];
  /** PUBCOMP packets received. */
  readonly packetsPubcompReceived: Scalars['SafeInt']['output'];
  /** PUBCOMP packets sent. */
  readonly packetsPubcompSent: Scalars['SafeInt']['output'];
  /** PUBCOMP packets received for a packet id that is not in use. */
  readonly packetsPubcompMissed: Scalars['SafeInt']['output'];
  /** SUBSCRIBE packets received. */
  readonly packetsSubscribeReceived: Scalars['SafeInt']['output'];
  /** SUBSCRIBE packets received of which a filter was refused. */
  readonly packetsSubscribeError: Scalars['SafeInt']['output'];
  /** SUBSCRIBE packets received of which the ACL refused a filter. */
  readonly packetsSubscribeAuthError: Scalars['SafeInt']['output'];
  /** SUBACK packets sent. */
  readonly packetsSubackSent: Scalars['SafeInt']['output'];
  /** UNSUBSCRIBE packets received. */
  readonly packetsUnsubscribeReceived: Scalars['SafeInt']['output'];
  /** UNSUBSCRIBE packets received that failed. */
  readonly packetsUnsubscribeError: Scalars['SafeInt']['output'];
  /** UNSUBACK packets sent. */
  readonly packetsUnsubackSent: Scalars['SafeInt']['output'];
  /** PINGREQ packets received. */
  readonly packetsPingreqReceived: Scalars['SafeInt']['output'];
  /** PINGRESP packets sent. */
  readonly packetsPingrespSent: Scalars['SafeInt']['output'];
  /** DISCONNECT packets received. */
  readonly packetsDisconnectReceived: Scalars['SafeInt']['output'];
  /** DISCONNECT packets sent. */
  readonly packetsDisconnectSent: Scalars['SafeInt']['output'];
  /** AUTH packets received: 0, they are of MQTT 5. */
  readonly packetsAuthReceived: Scalars['SafeInt']['output'];
  /** AUTH packets sent: 0, they are of MQTT 5. */
  readonly packetsAuthSent: Scalars['SafeInt']['output'];
  /** PUBLISH packets received. */
  readonly messagesReceived: Scalars['SafeInt']['output'];
  /** PUBLISH packets sent, without `$SYS` messages. */
  readonly messagesSent: Scalars['SafeInt']['output'];
  /** PUBLISH packets received with QoS 0. */
  readonly messagesQos0Received: Scalars['SafeInt']['output'];
  /** PUBLISH packets sent with QoS 0. */
  readonly messagesQos0Sent: Scalars['SafeInt']['output'];
  /** PUBLISH packets received with QoS 1. */
  readonly messagesQos1Received: Scalars['SafeInt']['output'];
  /** PUBLISH packets sent with QoS 1. */
  readonly messagesQos1Sent: Scalars['SafeInt']['output'];
  /** PUBLISH packets received with QoS 2. */
  readonly messagesQos2Received: Scalars['SafeInt']['output'];
  /** PUBLISH packets sent with QoS 2. */
  readonly messagesQos2Sent: Scalars['SafeInt']['output'];
  /** Messages of QoS 2 received and given up waiting for PUBREL. */
  readonly messagesQos2Expired: Scalars['SafeInt']['output'];
  /** Messages of QoS 2 received and refused because too many wait for PUBREL. */
  readonly messagesQos2Dropped: Scalars['SafeInt']['output'];
  /** Retained messages now. */
  readonly messagesRetained: Scalars['SafeInt']['output'];
  /** Messages published without a subscriber, without `$SYS` messages. */
  readonly messagesDropped: Scalars['SafeInt']['output'];
  /** Messages dropped because their time was over. */
  readonly messagesExpired: Scalars['SafeInt']['output'];
  /** Messages sent on to other nodes. */
  readonly messagesForwarded: Scalars['SafeInt']['output'];
  /** Anonymous logins that were accepted. */
  readonly authMqttAnonymous: Scalars['SafeInt']['output'];
  /** How fast some of the counters grow. Null in a query and in the first value of a subscription, because both look once. */
  readonly rates: Maybe<MetricsRates>;
};

/** How fast counters of a node grew between the last two looks of a subscription, a second. */
export type MetricsRates = {
  /** Bytes of MQTT received. */
  readonly bytesReceived: Scalars['Float']['output'];
  /** Bytes of MQTT sent. */
  readonly bytesSent: Scalars['Float']['output'];
  /** MQTT packets received, of all types. */
  readonly packetsReceived: Scalars['Float']['output'];
  /** MQTT packets sent, of all types, without `$SYS` messages. */
  readonly packetsSent: Scalars['Float']['output'];
  /** CONNECT packets received. */
  readonly packetsConnectReceived: Scalars['Float']['output'];
  /** DISCONNECT packets received. */
  readonly packetsDisconnectReceived: Scalars['Float']['output'];
  /** SUBSCRIBE packets received. */
  readonly packetsSubscribeReceived: Scalars['Float']['output'];
  /** UNSUBSCRIBE packets received. */
  readonly packetsUnsubscribeReceived: Scalars['Float']['output'];
  /** Messages received. */
  readonly messagesReceived: Scalars['Float']['output'];
  /** Messages sent. */
  readonly messagesSent: Scalars['Float']['output'];
  /** Messages published without a subscriber, without `$SYS` messages. */
  readonly messagesDropped: Scalars['Float']['output'];
};

/** Whether a node is at work. */
export type NodeStatus =
  /** The node serves clients. */
  | 'RUNNING';

/** A process that runs a broker, with what it uses of its machine. */
export type BrokerNode = {
  /** Name of the node, as `name@host`. */
  readonly name: Scalars['ID']['output'];
  /** Whether the node is at work. */
  readonly status: NodeStatus;
  /** Version of brokerql that the node runs. */
  readonly version: Scalars['String']['output'];
  /** Version of Node.js that the node runs on, as `20.20.2`. */
  readonly runtimeVersion: Scalars['String']['output'];
  /** Time since the node started. */
  readonly uptime: Scalars['Duration']['output'];
  /** MQTT connections now. */
  readonly connectionsCount: Scalars['SafeInt']['output'];
  /** Load average of the machine over one minute; 0 where the system has none. */
  readonly load1: Scalars['Float']['output'];
  /** Load average of the machine over five minutes. */
  readonly load5: Scalars['Float']['output'];
  /** Load average of the machine over fifteen minutes. */
  readonly load15: Scalars['Float']['output'];
  /** Soft limit of open files of the process; 0 when unknown. */
  readonly maxFileDescriptors: Scalars['SafeInt']['output'];
  /** Resident memory of the process, in bytes. */
  readonly memoryTotal: Scalars['SafeInt']['output'];
  /** Heap in use and buffers outside it, in bytes; never above `memoryTotal`. */
  readonly memoryUsed: Scalars['SafeInt']['output'];
  /** Processes and threads that the system allows; 0 when unknown or without limit. */
  readonly maxProcesses: Scalars['SafeInt']['output'];
  /** Listeners and open sockets of all doors of the node. */
  readonly openHandles: Scalars['SafeInt']['output'];
  /** The broker on this node. */
  readonly broker: Maybe<Broker>;
  /** Counters of this node; null when the node does not answer. */
  readonly metrics: Maybe<Metrics>;
  /** Gauges of this node; null when the node does not answer. */
  readonly stats: Maybe<Stats>;
  /** Listeners of this node; null when the node does not answer. */
  readonly listeners: Maybe<ReadonlyArray<Listener>>;
  /** Connections on this node. */
  readonly connections: Maybe<ConnectionPage>;
};


/** A process that runs a broker, with what it uses of its machine. */
export type BrokerNodeConnectionsArgs = {
  page?: InputMaybe<PageInput>;
  filter?: InputMaybe<ConnectionFilter>;
};

/** From which end an order begins. */
export type OrderDirection =
  /** The smallest, or the oldest, first. */
  | 'ASC'
  /** The largest, or the newest, first. */
  | 'DESC';

/**
 * An order of connections. By `CLIENT_ID` and `CONNECTED_AT` all rows are in order; by another column the first 10 000 that match are, and
 * `orderIsExact` says whether those were all. `CONNECTED_AT` together with `clientIdPrefix` is such a column, too.
 */
export type ConnectionOrder = {
  /** The column. */
  readonly column: ConnectionColumn;
  /** From which end. */
  readonly direction?: OrderDirection;
};

/** Columns that connections can be in the order of. */
export type ConnectionColumn =
  /** The client id. */
  | 'CLIENT_ID'
  /** The time of its CONNECT. */
  | 'CONNECTED_AT'
  /** The user name; those without one come first. */
  | 'USERNAME'
  /** The IP address, as text. */
  | 'IP_ADDRESS'
  /** The keepalive. */
  | 'KEEPALIVE'
  /** Bytes from the client. */
  | 'BYTES_RECEIVED'
  /** Bytes to the client. */
  | 'BYTES_SENT'
  /** Messages from the client. */
  | 'MESSAGES_RECEIVED'
  /** Messages to the client. */
  | 'MESSAGES_SENT';

/** A page of connections, or what is other on it than before. */
export type ConnectionPageUpdate = ConnectionPageSnapshot | ConnectionPagePatch;

/** The whole page. */
export type ConnectionPageSnapshot = {
  /** The rows, in their order. */
  readonly items: ReadonlyArray<MqttConnection>;
  /** Which part of the list they are. */
  readonly meta: PageMeta;
  /**
   * False when only the first 10 000 rows that match were put in order, when a search ended at its budget of time, and when
   * rows of several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: Scalars['Boolean']['output'];
};

/** What is other on the page than before: take off `removed`, put in `added` in their order, then replace `changed`. */
export type ConnectionPagePatch = {
  /** Rows that are on the page no longer. */
  readonly removed: ReadonlyArray<RemovedConnection>;
  /** Rows that are new on the page. */
  readonly added: ReadonlyArray<AddedConnection>;
  /** Rows with fields that are other. */
  readonly changed: ReadonlyArray<MqttConnection>;
  /** Rows of the whole list that match the filter. */
  readonly count: Scalars['SafeInt']['output'];
  /** False when a search ended at its budget of time. */
  readonly countIsExact: Scalars['Boolean']['output'];
  /**
   * False when only the first 10 000 rows that match were put in order, when a search ended at its budget of time, and when
   * rows of several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: Scalars['Boolean']['output'];
};

/** A row that is new on the page. */
export type AddedConnection = {
  /** Its place on the page, from 0, when those before it are in. */
  readonly index: Scalars['Int']['output'];
  /** The row. */
  readonly item: MqttConnection;
};

/** Names a row that is on the page no longer. */
export type RemovedConnection = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The node. */
  readonly nodeName: Scalars['ID']['output'];
};

/**
 * An order of sessions. By `CLIENT_ID` and `CREATED_AT` all rows are in order; by another column the first 10 000 that match are, and
 * `orderIsExact` says whether those were all. `CREATED_AT` together with `clientIdPrefix` is such a column, too.
 */
export type SessionOrder = {
  /** The column. */
  readonly column: SessionColumn;
  /** From which end. */
  readonly direction?: OrderDirection;
};

/** Columns that sessions can be in the order of. */
export type SessionColumn =
  /** The client id. */
  | 'CLIENT_ID'
  /** The time when it began. */
  | 'CREATED_AT'
  /** The user name; those without one come first. */
  | 'USERNAME'
  /** The time when its connection ended; those that are connected come first. */
  | 'DISCONNECTED_AT'
  /** How many subscriptions it has. */
  | 'SUBSCRIPTIONS_COUNT'
  /** How many messages wait. */
  | 'QUEUED_COUNT'
  /** How many messages are on their way. */
  | 'INFLIGHT_COUNT'
  /** How many messages the bounds dropped. */
  | 'DROPPED_COUNT';

/** A page of sessions, or what is other on it than before. */
export type SessionPageUpdate = SessionPageSnapshot | SessionPagePatch;

/** The whole page. */
export type SessionPageSnapshot = {
  /** The rows, in their order. */
  readonly items: ReadonlyArray<MqttSession>;
  /** Which part of the list they are. */
  readonly meta: PageMeta;
  /**
   * False when only the first 10 000 rows that match were put in order, when a search ended at its budget of time, and when
   * rows of several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: Scalars['Boolean']['output'];
};

/** What is other on the page than before: take off `removed`, put in `added` in their order, then replace `changed`. */
export type SessionPagePatch = {
  /** Rows that are on the page no longer. */
  readonly removed: ReadonlyArray<RemovedSession>;
  /** Rows that are new on the page. */
  readonly added: ReadonlyArray<AddedSession>;
  /** Rows with fields that are other. */
  readonly changed: ReadonlyArray<MqttSession>;
  /** Rows of the whole list that match the filter. */
  readonly count: Scalars['SafeInt']['output'];
  /** False when a search ended at its budget of time. */
  readonly countIsExact: Scalars['Boolean']['output'];
  /**
   * False when only the first 10 000 rows that match were put in order, when a search ended at its budget of time, and when
   * rows of several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: Scalars['Boolean']['output'];
};

/** A row that is new on the page. */
export type AddedSession = {
  /** Its place on the page, from 0, when those before it are in. */
  readonly index: Scalars['Int']['output'];
  /** The row. */
  readonly item: MqttSession;
};

/** Names a row that is on the page no longer. */
export type RemovedSession = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The node. */
  readonly nodeName: Scalars['ID']['output'];
};

/**
 * An order of subscriptions. By `CLIENT_ID` and `AGE` all rows are in order; by another column the first 10 000 that match are, and
 * `orderIsExact` says whether those were all. `AGE` together with `clientIdPrefix` is such a column, too.
 */
export type SubscriptionOrder = {
  /** The column. */
  readonly column: SubscriptionColumn;
  /** From which end. */
  readonly direction?: OrderDirection;
};

/** Columns that subscriptions can be in the order of. */
export type SubscriptionColumn =
  /** The time when it began. */
  | 'AGE'
  /** The client id. */
  | 'CLIENT_ID'
  /** The topic filter. */
  | 'TOPIC_FILTER'
  /** The granted QoS. */
  | 'QOS';

/** A page of subscriptions, or what is other on it than before. */
export type SubscriptionPageUpdate = SubscriptionPageSnapshot | SubscriptionPagePatch;

/** The whole page. */
export type SubscriptionPageSnapshot = {
  /** The rows, in their order. */
  readonly items: ReadonlyArray<MqttSubscription>;
  /** Which part of the list they are. */
  readonly meta: PageMeta;
  /**
   * False when only the first 10 000 rows that match were put in order, when a search ended at its budget of time, and when
   * rows of several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: Scalars['Boolean']['output'];
};

/** What is other on the page than before: take off `removed`, put in `added` in their order, then replace `changed`. */
export type SubscriptionPagePatch = {
  /** Rows that are on the page no longer. */
  readonly removed: ReadonlyArray<RemovedSubscription>;
  /** Rows that are new on the page. */
  readonly added: ReadonlyArray<AddedSubscription>;
  /** Rows with fields that are other. */
  readonly changed: ReadonlyArray<MqttSubscription>;
  /** Rows of the whole list that match the filter. */
  readonly count: Scalars['SafeInt']['output'];
  /** False when a search ended at its budget of time. */
  readonly countIsExact: Scalars['Boolean']['output'];
  /**
   * False when only the first 10 000 rows that match were put in order, when a search ended at its budget of time, and when
   * rows of several nodes stand one node's behind the other's.
   */
  readonly orderIsExact: Scalars['Boolean']['output'];
};

/** A row that is new on the page. */
export type AddedSubscription = {
  /** Its place on the page, from 0, when those before it are in. */
  readonly index: Scalars['Int']['output'];
  /** The row. */
  readonly item: MqttSubscription;
};

/** Names a row that is on the page no longer. */
export type RemovedSubscription = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The node. */
  readonly nodeName: Scalars['ID']['output'];
  /** The topic filter. */
  readonly topicFilter: Scalars['String']['output'];
};

/** What a plugin is for. */
export type PluginType =
  /** It judges who may connect, publish or subscribe. */
  | 'AUTH'
  /** It speaks another protocol. */
  | 'PROTOCOL'
  /** It keeps messages elsewhere. */
  | 'BACKEND'
  /** It passes messages or events on. */
  | 'BRIDGE'
  /** It adds something to the broker. */
  | 'FEATURE';

/** A part of a node that can be loaded and unloaded while clients are connected. */
export type Plugin = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /** Name of the plugin, as `emqx_retainer`. */
  readonly name: Scalars['ID']['output'];
  /** Version of the plugin. */
  readonly version: Scalars['String']['output'];
  /** What it does, in a few words. */
  readonly description: Scalars['String']['output'];
  /** What it is for. */
  readonly type: PluginType;
  /** Whether it is loaded. */
  readonly active: Scalars['Boolean']['output'];
  /** Whether it can never be unloaded. */
  readonly isPermanent: Scalars['Boolean']['output'];
  /** Why it could not be loaded the last time; null when it could, or nobody tried. */
  readonly failure: Maybe<Scalars['String']['output']>;
  /** When the instance that is active was loaded; null while there is none. */
  readonly loadedAt: Maybe<Scalars['DateTime']['output']>;
  /** What it counts while it is active; empty for one that counts nothing. Its page in the documents says what each is. */
  readonly figures: ReadonlyArray<PluginFigure>;
};

/** Something that a plugin counts. */
export type PluginFigure = {
  /** What it is, as `droppedCount`. */
  readonly name: Scalars['String']['output'];
  /** How much. */
  readonly value: Scalars['SafeInt']['output'];
};

/** Which plugin to load, and where. */
export type LoadPluginInput = {
  /** The plugin's name, as `emqx_recon`. */
  readonly name: Scalars['ID']['input'];
  /** On this node only; on every node when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** What was loaded. */
export type LoadPluginPayload = {
  /** The plugin on each node that loaded it. */
  readonly plugins: ReadonlyArray<Plugin>;
};

/** Which plugin to unload, and where. */
export type UnloadPluginInput = {
  /** The plugin's name, as `emqx_recon`. */
  readonly name: Scalars['ID']['input'];
  /** On this node only; on every node when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** What was unloaded. */
export type UnloadPluginPayload = {
  /** The plugin on each node that unloaded it. */
  readonly plugins: ReadonlyArray<Plugin>;
};

/** Which plugin to load anew, and where. */
export type ReloadPluginInput = {
  /** The plugin's name, as `emqx_recon`. */
  readonly name: Scalars['ID']['input'];
  /** On this node only; on every node when absent. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** What was loaded anew. */
export type ReloadPluginPayload = {
  /** The plugin on each node that loaded it anew. */
  readonly plugins: ReadonlyArray<Plugin>;
};

/** Which refusals. Fields that are absent do not restrict; several restrict together. */
export type RefusalFilter = {
  /** What stood against it. */
  readonly kind?: InputMaybe<RefusalKind>;
  /** What the client id begins with. This searches through the rows. */
  readonly clientIdPrefix?: InputMaybe<Scalars['String']['input']>;
  /** The client's IP address, exactly. */
  readonly ipAddress?: InputMaybe<Scalars['String']['input']>;
};

/** What stood against a client. */
export type RefusalKind =
  /** It is banned. */
  | 'BAN'
  /** Its credentials are missing or wrong. */
  | 'AUTHENTICATION'
  /** An access rule forbids it. */
  | 'ACL'
  /** A size or a number is above its limit. */
  | 'LIMIT'
  /** It does not keep to MQTT. */
  | 'PROTOCOL';

/** What was refused to a client. */
export type RefusedAction =
  /** To come in. */
  | 'CONNECT'
  /** To publish a message. */
  | 'PUBLISH'
  /** To subscribe to a topic filter. */
  | 'SUBSCRIBE'
  /** To have its will published. */
  | 'WILL'
  /** Some other packet, which ended the connection. */
  | 'PACKET';

/** A page of refusals. */
export type ClientRefusalPage = {
  /** The refusals of this page. */
  readonly items: ReadonlyArray<ClientRefusal>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** What was refused to a client, and why. Long texts are shortened to 200 characters, control characters are escaped. */
export type ClientRefusal = {
  /** The client id that its CONNECT told, whoever it was; empty when there was none. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name that its CONNECT told; null when there was none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The client's IP address. */
  readonly ipAddress: Scalars['String']['output'];
  /** The client's port, the last time. */
  readonly port: Scalars['Int']['output'];
  /** What stood against it. */
  readonly kind: RefusalKind;
  /** What was refused. */
  readonly action: RefusedAction;
  /** The topic name or topic filter that was refused; null when it was none. */
  readonly topic: Maybe<Scalars['String']['output']>;
  /** Why, as a sentence. */
  readonly message: Scalars['String']['output'];
  /** How often. */
  readonly count: Scalars['SafeInt']['output'];
  /** When it was refused for the first time. */
  readonly firstAt: Scalars['DateTime']['output'];
  /** When it was refused for the last time. */
  readonly lastAt: Scalars['DateTime']['output'];
  /** Name of the node that refused it. */
  readonly nodeName: Scalars['ID']['output'];
};

/** Releases of the REST API, as `BROKERQL_REST_PROFILE` names them. */
export type RestRelease =
  /** Release 3.0-beta. */
  | 'V3_0_BETA'
  /** Release 3.0. */
  | 'V3_0'
  /** Release 3.1. */
  | 'V3_1'
  /** Release 3.2. */
  | 'V3_2';

/** One row of the REST contract. */
export type RestEndpoint = {
  /** Registered name, as `list_connections`. */
  readonly name: Scalars['String']['output'];
  /** HTTP method. */
  readonly method: Scalars['String']['output'];
  /** Path below `/api/v3`, with `:name` for parameters. */
  readonly path: Scalars['String']['output'];
  /** What it does. */
  readonly descr: Scalars['String']['output'];
  /** The GraphQL operation that answers it, as text. */
  readonly operation: Scalars['String']['output'];
};

/** Which retained messages. Fields that are absent do not restrict; several restrict together. */
export type RetainedMessageFilter = {
  /** The topic name, exactly. */
  readonly topic?: InputMaybe<Scalars['String']['input']>;
  /** What the topic name begins with. */
  readonly topicPrefix?: InputMaybe<Scalars['String']['input']>;
  /** What the topic name contains, anywhere. This searches through the rows and may end at its budget of time. */
  readonly topicContains?: InputMaybe<Scalars['String']['input']>;
  /** A topic filter: what would a new subscription to it be sent? */
  readonly matches?: InputMaybe<Scalars['String']['input']>;
};

/** A page of retained messages. */
export type RetainedMessagePage = {
  /** The messages of this page. */
  readonly items: ReadonlyArray<RetainedMessage>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** The message that a topic keeps for later subscribers. */
export type RetainedMessage = {
  /** The topic name. */
  readonly topic: Scalars['String']['output'];
  /** The QoS that it was published with, 0 to 2. */
  readonly qos: Scalars['Int']['output'];
  /** Who published it; null when that is not known. */
  readonly clientId: Maybe<Scalars['ID']['output']>;
  /** The user name of the publisher; null when it had none, or when that is not known. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** When it was published. */
  readonly publishedAt: Scalars['DateTime']['output'];
  /** Name of the node that keeps it. */
  readonly nodeName: Scalars['ID']['output'];
  /** Bytes of the payload. */
  readonly payloadSize: Scalars['SafeInt']['output'];
  /** What was published. */
  readonly payload: MessagePayload;
};

/** A payload, in each of the spellings that it has. */
export type MessagePayload = {
  /** Bytes of the payload. */
  readonly size: Scalars['SafeInt']['output'];
  /** As text; null when the bytes are no UTF-8. */
  readonly text: Maybe<Scalars['String']['output']>;
  /**
   * As the JSON value that the text is; null when it is none, or is nested more than 100 levels deep. A number beyond the
   * exactness of 64-bit floating point is rounded.
   */
  readonly json: Maybe<Scalars['JSON']['output']>;
  /** As bytes in base64. */
  readonly base64: Scalars['Base64']['output'];
};

/** Which retained messages to clear. */
export type ClearRetainedMessagesInput =
  /** The one of a topic. */
  { readonly topic: Scalars['String']['input']; readonly topics?: never; readonly topicFilter?: never; }
  |  /** Those of topics, at most 1000. */
  { readonly topic?: never; readonly topics: ReadonlyArray<Scalars['String']['input']>; readonly topicFilter?: never; }
  |  /** Those that a topic filter matches; `#` clears all but those of topics that begin with `$`. */
  { readonly topic?: never; readonly topics?: never; readonly topicFilter: Scalars['String']['input']; };

/** Retained messages that were cleared. */
export type ClearRetainedMessagesPayload = {
  /** How many there were. */
  readonly clearedCount: Scalars['SafeInt']['output'];
};

/** Which routes. Fields that are absent do not restrict; several restrict together. */
export type RouteFilter = {
  /** The topic filter, exactly. */
  readonly topicFilter?: InputMaybe<Scalars['String']['input']>;
  /** What the topic filter begins with. */
  readonly topicFilterPrefix?: InputMaybe<Scalars['String']['input']>;
  /** What the topic filter contains, anywhere. This searches through the rows and may end at its budget of time. */
  readonly topicFilterContains?: InputMaybe<Scalars['String']['input']>;
  /** A topic name: which routes would carry a message that is published there? */
  readonly matches?: InputMaybe<Scalars['String']['input']>;
};

/** A page of routes. */
export type RoutePage = {
  /** The routes of this page. */
  readonly items: ReadonlyArray<Route>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** A topic filter that somebody subscribes to, on a node. */
export type Route = {
  /** The topic filter. */
  readonly topicFilter: Scalars['String']['output'];
  /** Name of the node where the subscribers are. */
  readonly nodeName: Scalars['ID']['output'];
  /** Subscriptions to the filter on this node. */
  readonly subscribersCount: Scalars['SafeInt']['output'];
  /** Who subscribes: the subscriptions to this filter on this node, oldest first. */
  readonly subscriptions: Maybe<SubscriptionPage>;
};


/** A topic filter that somebody subscribes to, on a node. */
export type RouteSubscriptionsArgs = {
  page?: InputMaybe<PageInput>;
};

/** Which sessions. Fields that are absent do not restrict; several restrict together. */
export type SessionFilter = {
  /** The client id, exactly. */
  readonly clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What the client id begins with. */
  readonly clientIdPrefix?: InputMaybe<Scalars['String']['input']>;
  /** What the client id contains, anywhere. This searches through the rows and may end at its budget of time. */
  readonly clientIdContains?: InputMaybe<Scalars['String']['input']>;
  /** The user name of the last CONNECT, exactly. */
  readonly username?: InputMaybe<Scalars['String']['input']>;
  /** True for clean sessions, false for persistent ones. */
  readonly cleanSession?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether the client is connected. */
  readonly connected?: InputMaybe<Scalars['Boolean']['input']>;
  /** Clients that subscribe to exactly this topic filter. */
  readonly topicFilter?: InputMaybe<Scalars['String']['input']>;
};

/** A page of sessions. */
export type SessionPage = {
  /** The sessions of this page. */
  readonly items: ReadonlyArray<MqttSession>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** Where the connection of a session is served, seen from the session's node. */
export type SessionBinding =
  /** On the same node. */
  | 'LOCAL'
  /** On another node. */
  | 'REMOTE';

/** What the broker keeps for a client id. A clean session ends with its connection, a persistent one outlives it. */
export type MqttSession = {
  /** The MQTT client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The user name of the last CONNECT; null when there was none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** True for a clean session, false for a persistent one. */
  readonly cleanSession: Scalars['Boolean']['output'];
  /** Whether the client is connected. */
  readonly connected: Scalars['Boolean']['output'];
  /** Where the connection is served. */
  readonly binding: SessionBinding;
  /** When the session began; a persistent one keeps this over reconnects. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the last connection ended; null while the client is connected. */
  readonly disconnectedAt: Maybe<Scalars['DateTime']['output']>;
  /** Seconds that the session is kept after its connection ended; 0 ends with the connection. */
  readonly expiryInterval: Scalars['SafeInt']['output'];
  /** Subscriptions of the session. */
  readonly subscriptionsCount: Scalars['SafeInt']['output'];
  /** Limit of subscriptions; 0 is no limit. */
  readonly maxSubscriptions: Scalars['SafeInt']['output'];
  /** Messages of QoS 1 and 2 that were sent and not yet acknowledged. */
  readonly inflightCount: Scalars['SafeInt']['output'];
  /** Limit of messages in flight; 0 is no limit. */
  readonly maxInflight: Scalars['SafeInt']['output'];
  /** Messages that wait for the client. */
  readonly queuedCount: Scalars['SafeInt']['output'];
  /** Limit of waiting messages, beyond which the oldest is dropped; 0 is no limit. */
  readonly maxQueued: Scalars['SafeInt']['output'];
  /** Messages that were dropped because the queue was full. */
  readonly droppedCount: Scalars['SafeInt']['output'];
  /** Messages of QoS 2 from the client that wait for its PUBREL. */
  readonly awaitingReleaseCount: Scalars['SafeInt']['output'];
  /** Limit of those, beyond which the connection is closed; 0 is no limit. */
  readonly maxAwaitingRelease: Scalars['SafeInt']['output'];
  /** Messages that were sent to the client since the session began. */
  readonly deliveredCount: Scalars['SafeInt']['output'];
  /** Messages that had to wait because the client was offline. */
  readonly enqueuedCount: Scalars['SafeInt']['output'];
  /** Name of the node that keeps the session. */
  readonly nodeName: Scalars['ID']['output'];
  /** The node that keeps the session; null when it does not answer. */
  readonly node: Maybe<BrokerNode>;
  /** The client's connection; null when it is offline. */
  readonly connection: Maybe<MqttConnection>;
  /** The session's subscriptions, oldest first. */
  readonly subscriptions: Maybe<ReadonlyArray<MqttSubscription>>;
};

/** Whose session is ended. */
export type CleanSessionInput = {
  /** The client id, exactly. */
  readonly clientId: Scalars['ID']['input'];
  /** Look on one node only. */
  readonly node?: InputMaybe<Scalars['ID']['input']>;
};

/** A session that was ended. */
export type CleanSessionPayload = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
};

/** Gauges of a node: how many now, and the most since it started. */
export type Stats = {
  /** Name of the node. */
  readonly nodeName: Scalars['ID']['output'];
  /** MQTT connections, now. */
  readonly connectionsCount: Scalars['SafeInt']['output'];
  /** MQTT connections, at most. */
  readonly connectionsMax: Scalars['SafeInt']['output'];
  /** Sessions, online and offline, now. */
  readonly sessionsCount: Scalars['SafeInt']['output'];
  /** Sessions, online and offline, at most. */
  readonly sessionsMax: Scalars['SafeInt']['output'];
  /** Persistent sessions, online and offline, now. */
  readonly persistentSessionsCount: Scalars['SafeInt']['output'];
  /** Persistent sessions, online and offline, at most. */
  readonly persistentSessionsMax: Scalars['SafeInt']['output'];
  /** Topic filters in the routing table; the same figure as routes, now. */
  readonly topicsCount: Scalars['SafeInt']['output'];
  /** Topic filters in the routing table; the same figure as routes, at most. */
  readonly topicsMax: Scalars['SafeInt']['output'];
  /** Topic filters that somebody subscribes to, now. */
  readonly routesCount: Scalars['SafeInt']['output'];
  /** Topic filters that somebody subscribes to, at most. */
  readonly routesMax: Scalars['SafeInt']['output'];
  /** Pairs of topic filter and subscriber, seen from the filters, now. */
  readonly subscribersCount: Scalars['SafeInt']['output'];
  /** Pairs of topic filter and subscriber, seen from the filters, at most. */
  readonly subscribersMax: Scalars['SafeInt']['output'];
  /** Pairs of subscriber and topic filter, seen from the sessions, now. */
  readonly subscriptionsCount: Scalars['SafeInt']['output'];
  /** Pairs of subscriber and topic filter, seen from the sessions, at most. */
  readonly subscriptionsMax: Scalars['SafeInt']['output'];
  /** Members of shared subscriptions, now. */
  readonly sharedSubscriptionsCount: Scalars['SafeInt']['output'];
  /** Members of shared subscriptions, at most. */
  readonly sharedSubscriptionsMax: Scalars['SafeInt']['output'];
  /** Stored options of subscriptions, now. */
  readonly suboptionsCount: Scalars['SafeInt']['output'];
  /** Stored options of subscriptions, at most. */
  readonly suboptionsMax: Scalars['SafeInt']['output'];
  /** Retained messages, now. */
  readonly retainedCount: Scalars['SafeInt']['output'];
  /** Retained messages, at most. */
  readonly retainedMax: Scalars['SafeInt']['output'];
};

/** Which subscriptions. Fields that are absent do not restrict; several restrict together. */
export type SubscriptionFilter = {
  /** The client id, exactly. */
  readonly clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What the client id begins with. */
  readonly clientIdPrefix?: InputMaybe<Scalars['String']['input']>;
  /** What the client id contains, anywhere. This searches through the rows and may end at its budget of time. */
  readonly clientIdContains?: InputMaybe<Scalars['String']['input']>;
  /** The topic filter, exactly. */
  readonly topicFilter?: InputMaybe<Scalars['String']['input']>;
  /** A topic name: who would receive a message that is published there? */
  readonly matches?: InputMaybe<Scalars['String']['input']>;
  /** The granted QoS, 0 to 2. */
  readonly qos?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of subscriptions. */
export type SubscriptionPage = {
  /** The subscriptions of this page. */
  readonly items: ReadonlyArray<MqttSubscription>;
  /** Which part of the list this is. */
  readonly meta: PageMeta;
};

/** A topic filter that a client subscribes to. */
export type MqttSubscription = {
  /** The MQTT client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The topic filter, as it was subscribed to. */
  readonly topicFilter: Scalars['String']['output'];
  /**
   * The group that shares the messages: `g` of `$share/g/a`, `$queue` of `$queue/a`; null when each of them is for this
   * client.
   */
  readonly shareGroup: Maybe<Scalars['String']['output']>;
  /** The granted QoS, 0 to 2. */
  readonly qos: Scalars['Int']['output'];
  /** Name of the node that keeps the subscription. */
  readonly nodeName: Scalars['ID']['output'];
  /** The session that the subscription belongs to. */
  readonly session: Maybe<MqttSession>;
  /** The client's connection; null when it is offline. */
  readonly connection: Maybe<MqttConnection>;
};

/** A topic filter to subscribe to. */
export type TopicFilterInput = {
  /** The topic filter, at most 4096 bytes. */
  readonly topicFilter: Scalars['String']['input'];
  /** The QoS to grant, 0 to 2. */
  readonly qos?: InputMaybe<Scalars['Int']['input']>;
};

/** Whom to subscribe, and to what. */
export type SubscribeInput = {
  /** The client id, exactly. */
  readonly clientId: Scalars['ID']['input'];
  /** The topic filters, at least one. */
  readonly topicFilters: ReadonlyArray<TopicFilterInput>;
};

/** Subscriptions that were made. */
export type SubscribePayload = {
  /** The subscriptions as granted. */
  readonly subscriptions: ReadonlyArray<MqttSubscription>;
};

/** Whom to unsubscribe, and from what. */
export type UnsubscribeInput = {
  /** The client id, exactly. */
  readonly clientId: Scalars['ID']['input'];
  /** The topic filters, at least one. */
  readonly topicFilters: ReadonlyArray<Scalars['String']['input']>;
};

/** Subscriptions that ended. */
export type UnsubscribePayload = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
};

/** Clients to subscribe. */
export type SubscribeManyInput = {
  /** One entry a client, at most 1000. */
  readonly requests: ReadonlyArray<SubscribeInput>;
};

/** What became of many requests to subscribe. */
export type SubscribeManyPayload = {
  /** One entry for each request, in the same order. */
  readonly results: ReadonlyArray<SubscribeResult>;
};

/** What became of one request to subscribe. */
export type SubscribeResult = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The subscriptions as granted; empty when there is a fault. */
  readonly subscriptions: ReadonlyArray<MqttSubscription>;
  /** Why nothing was subscribed; null when it was. */
  readonly fault: Maybe<Fault>;
};

/** Clients to unsubscribe. */
export type UnsubscribeManyInput = {
  /** One entry a client, at most 1000. */
  readonly requests: ReadonlyArray<UnsubscribeInput>;
};

/** What became of many requests to unsubscribe. */
export type UnsubscribeManyPayload = {
  /** One entry for each request, in the same order. */
  readonly results: ReadonlyArray<UnsubscribeResult>;
};

/** What became of one request to unsubscribe. */
export type UnsubscribeResult = {
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** Why nothing was unsubscribed; null when it was. */
  readonly fault: Maybe<Fault>;
};

/** What happened on a connection of a client that is traced. */
export type TraceEvent = {
  /** When it passed. */
  readonly at: Scalars['DateTime']['output'];
  /** The node where it passed. */
  readonly nodeName: Scalars['ID']['output'];
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client, by which its connections can be told apart; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
};

/** A packet. Fields that its type does not have are null. The password of a CONNECT and the payload of its will are not shown. */
export type TracedPacket = TraceEvent & {
  /** When it passed. */
  readonly at: Scalars['DateTime']['output'];
  /** The node where it passed. */
  readonly nodeName: Scalars['ID']['output'];
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client, by which its connections can be told apart; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
  /** Which way it went. */
  readonly direction: PacketDirection;
  /** What it is. */
  readonly packetType: PacketType;
  /** The packet id; a PUBLISH with QoS 0 has none. */
  readonly packetId: Maybe<Scalars['Int']['output']>;
  /** The topic name of a PUBLISH. */
  readonly topic: Maybe<Scalars['String']['output']>;
  /** The QoS of a PUBLISH, 0 to 2. */
  readonly qos: Maybe<Scalars['Int']['output']>;
  /** The RETAIN flag of a PUBLISH. */
  readonly retain: Maybe<Scalars['Boolean']['output']>;
  /** The DUP flag of a PUBLISH: whether it may have been sent before. */
  readonly duplicate: Maybe<Scalars['Boolean']['output']>;
  /** Bytes of the payload of a PUBLISH. */
  readonly payloadSize: Maybe<Scalars['SafeInt']['output']>;
  /** The payload of a PUBLISH. */
  readonly payload: Maybe<MessagePayload>;
  /** What a SUBSCRIBE asks for. */
  readonly subscriptions: Maybe<ReadonlyArray<TracedSubscription>>;
  /** The topic filters of an UNSUBSCRIBE. */
  readonly topicFilters: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /**
   * The return code of a CONNACK: 0 is accepted, 1 protocol level, 2 client id, 3 server unavailable, 4 malformed user name
   * or password, 5 not authorized.
   */
  readonly returnCode: Maybe<Scalars['Int']['output']>;
  /** The return codes of a SUBACK, in the order of the topic filters: the QoS that was granted, 128 for a refusal. */
  readonly returnCodes: Maybe<ReadonlyArray<Scalars['Int']['output']>>;
  /** Whether a CONNACK says that there is a session. */
  readonly sessionPresent: Maybe<Scalars['Boolean']['output']>;
  /** The user name of a CONNECT; null when it has none. */
  readonly username: Maybe<Scalars['String']['output']>;
  /** The clean session flag of a CONNECT. */
  readonly cleanSession: Maybe<Scalars['Boolean']['output']>;
  /** Keepalive of a CONNECT, in seconds; 0 is off. */
  readonly keepalive: Maybe<Scalars['Int']['output']>;
  /** Protocol name of a CONNECT: `MQTT` or `MQIsdp`. */
  readonly protocolName: Maybe<Scalars['String']['output']>;
  /** Protocol level of a CONNECT: 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  readonly protocolVersion: Maybe<Scalars['Int']['output']>;
  /** Topic of the will in a CONNECT; null when there is none. */
  readonly willTopic: Maybe<Scalars['String']['output']>;
  /** QoS of the will in a CONNECT, 0 to 2; null when there is none. */
  readonly willQos: Maybe<Scalars['Int']['output']>;
  /** The RETAIN flag of the will in a CONNECT; null when there is none. */
  readonly willRetain: Maybe<Scalars['Boolean']['output']>;
};

/** A connection of the client ended. */
export type TracedEnd = TraceEvent & {
  /** When it ended. */
  readonly at: Scalars['DateTime']['output'];
  /** The node where it ended. */
  readonly nodeName: Scalars['ID']['output'];
  /** The client id. */
  readonly clientId: Scalars['ID']['output'];
  /** The IP address of the client. */
  readonly ipAddress: Scalars['String']['output'];
  /** The port of the client, by which its connections can be told apart; 0 when a proxy did not tell it. */
  readonly port: Scalars['Int']['output'];
  /**
   * Why, as the listeners count it: `closed` by a DISCONNECT, `tcp_closed` without one, `keepalive_timeout`, `protocol_error`,
   * `kicked`, `discarded` by another connection of the client, `not_authorized`, `banned` and others.
   */
  readonly reason: Scalars['String']['output'];
};

/** A topic filter in a SUBSCRIBE. */
export type TracedSubscription = {
  /** The topic filter, as it is written. */
  readonly topicFilter: Scalars['String']['output'];
  /** The QoS that is asked for, 0 to 2. */
  readonly qos: Scalars['Int']['output'];
};

/** Which way a packet went. */
export type PacketDirection =
  /** From the client to the broker. */
  | 'RECEIVED'
  /** From the broker to the client. */
  | 'SENT';

/** The types of MQTT packets. */
export type PacketType =
  /** The client asks to come in. */
  | 'CONNECT'
  /** The broker lets it in, or refuses it. */
  | 'CONNACK'
  /** A message. */
  | 'PUBLISH'
  /** The answer to a message with QoS 1. */
  | 'PUBACK'
  /** The first answer to a message with QoS 2. */
  | 'PUBREC'
  /** The answer to a PUBREC. */
  | 'PUBREL'
  /** The answer to a PUBREL. */
  | 'PUBCOMP'
  /** The client asks for subscriptions. */
  | 'SUBSCRIBE'
  /** The answer to a SUBSCRIBE. */
  | 'SUBACK'
  /** The client ends subscriptions. */
  | 'UNSUBSCRIBE'
  /** The answer to an UNSUBSCRIBE. */
  | 'UNSUBACK'
  /** The client shows that it is alive. */
  | 'PINGREQ'
  /** The answer to a PINGREQ. */
  | 'PINGRESP'
  /** The client leaves. */
  | 'DISCONNECT'
  /** A packet of MQTT 5, which is not served. */
  | 'AUTH';



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  ConnectionPageUpdate:
    | ( Omit<ConnectionPageSnapshot, 'items'> & { items: ReadonlyArray<_RefType['MqttConnection']> } )
    | ( Omit<ConnectionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<_RefType['AddedConnection']>, changed: ReadonlyArray<_RefType['MqttConnection']> } )
  ;
  SessionPageUpdate:
    | ( Omit<SessionPageSnapshot, 'items'> & { items: ReadonlyArray<_RefType['MqttSession']> } )
    | ( Omit<SessionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<_RefType['AddedSession']>, changed: ReadonlyArray<_RefType['MqttSession']> } )
  ;
  SubscriptionPageUpdate:
    | ( Omit<SubscriptionPageSnapshot, 'items'> & { items: ReadonlyArray<_RefType['MqttSubscription']> } )
    | ( Omit<SubscriptionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<_RefType['AddedSubscription']>, changed: ReadonlyArray<_RefType['MqttSubscription']> } )
  ;
};


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Caller: ResolverTypeWrapper<Caller>;
  Application: ResolverTypeWrapper<Application>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  User: ResolverTypeWrapper<UserRow>;
  SignIn: ResolverTypeWrapper<SignInRow>;
  AuditFilter: AuditFilter;
  AuditEntryPage: ResolverTypeWrapper<AuditEntryPage>;
  AuditVia: AuditVia;
  AuditEntry: ResolverTypeWrapper<AuditEntry>;
  CreateApplicationInput: CreateApplicationInput;
  CreateApplicationPayload: ResolverTypeWrapper<CreateApplicationPayload>;
  UpdateApplicationInput: UpdateApplicationInput;
  UpdateApplicationPayload: ResolverTypeWrapper<UpdateApplicationPayload>;
  ResetApplicationSecretInput: ResetApplicationSecretInput;
  ResetApplicationSecretPayload: ResolverTypeWrapper<ResetApplicationSecretPayload>;
  DeleteApplicationInput: DeleteApplicationInput;
  DeleteApplicationPayload: ResolverTypeWrapper<DeleteApplicationPayload>;
  CreateUserInput: CreateUserInput;
  CreateUserPayload: ResolverTypeWrapper<Omit<CreateUserPayload, 'user'> & { user: ResolversTypes['User'] }>;
  UpdateUserInput: UpdateUserInput;
  UpdateUserPayload: ResolverTypeWrapper<Omit<UpdateUserPayload, 'user'> & { user: ResolversTypes['User'] }>;
  DeleteUserInput: DeleteUserInput;
  DeleteUserPayload: ResolverTypeWrapper<DeleteUserPayload>;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ResolverTypeWrapper<ChangePasswordPayload>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: ResolverTypeWrapper<ResetPasswordPayload>;
  SignInInput: SignInInput;
  VerifyPasswordPayload: ResolverTypeWrapper<VerifyPasswordPayload>;
  SignInPayload: ResolverTypeWrapper<SignInPayload>;
  SignOutPayload: ResolverTypeWrapper<SignOutPayload>;
  RevokeSignInInput: RevokeSignInInput;
  RevokeSignInPayload: ResolverTypeWrapper<RevokeSignInPayload>;
  AlarmSeverity: AlarmSeverity;
  Alarm: ResolverTypeWrapper<Alarm>;
  AlarmPage: ResolverTypeWrapper<AlarmPage>;
  ClearAlarmInput: ClearAlarmInput;
  ClearAlarmPayload: ResolverTypeWrapper<ClearAlarmPayload>;
  DeleteAlarmHistoryInput: DeleteAlarmHistoryInput;
  DeleteAlarmHistoryPayload: ResolverTypeWrapper<DeleteAlarmHistoryPayload>;
  Role: Role;
  CallerKind: CallerKind;
  BanKind: BanKind;
  BanFilter: BanFilter;
  BanPage: ResolverTypeWrapper<BanPage>;
  Ban: ResolverTypeWrapper<Ban>;
  BanKeyInput: BanKeyInput;
  BanTargetInput: BanTargetInput;
  CreateBanInput: CreateBanInput;
  CreateBanPayload: ResolverTypeWrapper<CreateBanPayload>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  CreateBansInput: CreateBansInput;
  CreateBansPayload: ResolverTypeWrapper<CreateBansPayload>;
  CreateBanResult: ResolverTypeWrapper<CreateBanResult>;
  BanConnectionsInput: BanConnectionsInput;
  BanConnectionsPayload: ResolverTypeWrapper<BanConnectionsPayload>;
  DeleteBanInput: DeleteBanInput;
  DeleteBanPayload: ResolverTypeWrapper<DeleteBanPayload>;
  DeleteBansInput: DeleteBansInput;
  DeleteBansPayload: ResolverTypeWrapper<DeleteBansPayload>;
  Broker: ResolverTypeWrapper<BrokerRow>;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Duration: ResolverTypeWrapper<Scalars['Duration']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Base64: ResolverTypeWrapper<Scalars['Base64']['output']>;
  PageInput: PageInput;
  PageMeta: ResolverTypeWrapper<PageMeta>;
  ErrorCode: ErrorCode;
  Fault: ResolverTypeWrapper<Fault>;
  ConfigSource: ConfigSource;
  ConfigItem: ResolverTypeWrapper<ConfigItem>;
  SetConfigInput: SetConfigInput;
  ConfigValueInput: ConfigValueInput;
  ReplaceConfigsInput: ReplaceConfigsInput;
  ResetConfigInput: ResetConfigInput;
  ConfigPayload: ResolverTypeWrapper<ConfigPayload>;
  ConnectionFilter: ConnectionFilter;
  ConnectionPage: ResolverTypeWrapper<Omit<ConnectionPage, 'items'> & { items: ReadonlyArray<ResolversTypes['MqttConnection']> }>;
  Transport: Transport;
  PeerCertificate: PeerCertificate;
  MqttConnection: ResolverTypeWrapper<ConnectionRow>;
  TargetInput: TargetInput;
  KickConnectionInput: KickConnectionInput;
  KickConnectionPayload: ResolverTypeWrapper<KickConnectionPayload>;
  KickConnectionsInput: KickConnectionsInput;
  KickConnectionsPayload: ResolverTypeWrapper<KickConnectionsPayload>;
  ClientFault: ResolverTypeWrapper<ClientFault>;
  CleanAclCacheInput: CleanAclCacheInput;
  CleanAclCachePayload: ResolverTypeWrapper<CleanAclCachePayload>;
  CredentialKind: CredentialKind;
  CredentialFilter: CredentialFilter;
  CredentialPage: ResolverTypeWrapper<Omit<CredentialPage, 'items'> & { items: ReadonlyArray<ResolversTypes['Credential']> }>;
  Credential: ResolverTypeWrapper<CredentialRow>;
  CreateCredentialInput: CreateCredentialInput;
  CreateCredentialPayload: ResolverTypeWrapper<Omit<CreateCredentialPayload, 'credential'> & { credential: ResolversTypes['Credential'] }>;
  UpdateCredentialInput: UpdateCredentialInput;
  UpdateCredentialPayload: ResolverTypeWrapper<Omit<UpdateCredentialPayload, 'credential'> & { credential: ResolversTypes['Credential'] }>;
  DeleteCredentialInput: DeleteCredentialInput;
  DeleteCredentialPayload: ResolverTypeWrapper<DeleteCredentialPayload>;
  DelayedMessageFilter: DelayedMessageFilter;
  DelayedMessagePage: ResolverTypeWrapper<Omit<DelayedMessagePage, 'items'> & { items: ReadonlyArray<ResolversTypes['DelayedMessage']> }>;
  DelayedMessage: ResolverTypeWrapper<DelayedMessageRow>;
  DeleteDelayedMessagesInput: DeleteDelayedMessagesInput;
  DeleteDelayedMessagesPayload: ResolverTypeWrapper<DeleteDelayedMessagesPayload>;
  Diagnostics: ResolverTypeWrapper<DiagnosticsRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  EventLoop: ResolverTypeWrapper<EventLoop>;
  ProcessMemory: ResolverTypeWrapper<ProcessMemory>;
  HeapSpace: ResolverTypeWrapper<HeapSpace>;
  GarbageKind: GarbageKind;
  GarbageCollections: ResolverTypeWrapper<GarbageCollections>;
  ResourceCount: ResolverTypeWrapper<ResourceCount>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  EventFilter: EventFilter;
  ConnectionEvent: ResolverTypeWrapper<ConnectionEventRow>;
  ClientConnected: ResolverTypeWrapper<ClientConnected>;
  ClientDisconnected: ResolverTypeWrapper<ClientDisconnected>;
  ClientKicked: ResolverTypeWrapper<ClientKicked>;
  ClientTakenOver: ResolverTypeWrapper<ClientTakenOver>;
  ClientRefused: ResolverTypeWrapper<ClientRefused>;
  SessionEvent: ResolverTypeWrapper<SessionEventRow>;
  SessionCreated: ResolverTypeWrapper<SessionCreated>;
  SessionExpired: ResolverTypeWrapper<SessionExpired>;
  SessionEnded: ResolverTypeWrapper<SessionEnded>;
  SessionEndReason: SessionEndReason;
  SubscriptionEvent: ResolverTypeWrapper<SubscriptionEventRow>;
  ClientSubscribed: ResolverTypeWrapper<ClientSubscribed>;
  ClientUnsubscribed: ResolverTypeWrapper<ClientUnsubscribed>;
  AlarmEventFilter: AlarmEventFilter;
  BanEventFilter: BanEventFilter;
  PluginEventFilter: PluginEventFilter;
  ConfigEventFilter: ConfigEventFilter;
  ListenerEventFilter: ListenerEventFilter;
  AuditEventFilter: AuditEventFilter;
  AlarmEvent: ResolverTypeWrapper<AlarmEventRow>;
  AlarmRaised: ResolverTypeWrapper<AlarmRaised>;
  AlarmCleared: ResolverTypeWrapper<AlarmCleared>;
  BanEvent: ResolverTypeWrapper<BanEventRow>;
  BanCreated: ResolverTypeWrapper<BanCreated>;
  BanEnded: ResolverTypeWrapper<BanEnded>;
  PluginEvent: ResolverTypeWrapper<PluginEventRow>;
  ConfigEvent: ResolverTypeWrapper<ConfigEventRow>;
  ListenerEvent: ResolverTypeWrapper<ListenerEventRow>;
  ListenerStarted: ResolverTypeWrapper<ListenerStarted>;
  ListenerStopped: ResolverTypeWrapper<ListenerStopped>;
  ListenerFailed: ResolverTypeWrapper<ListenerFailed>;
  AuditEvent: ResolverTypeWrapper<AuditLogEventRow>;
  Listener: ResolverTypeWrapper<ListenerRow>;
  PayloadInput: PayloadInput;
  PublishInput: PublishInput;
  PublishManyInput: PublishManyInput;
  PublishPayload: ResolverTypeWrapper<PublishPayload>;
  PublishManyPayload: ResolverTypeWrapper<PublishManyPayload>;
  PublishResult: ResolverTypeWrapper<PublishResult>;
  MqttMessage: ResolverTypeWrapper<PublishedMessageRow>;
  Metrics: ResolverTypeWrapper<MetricsRow>;
  MetricsRates: ResolverTypeWrapper<MetricsRates>;
  NodeStatus: NodeStatus;
  BrokerNode: ResolverTypeWrapper<BrokerNodeRow>;
  OrderDirection: OrderDirection;
  ConnectionOrder: ConnectionOrder;
  ConnectionColumn: ConnectionColumn;
  ConnectionPageUpdate: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ConnectionPageUpdate']>;
  ConnectionPageSnapshot: ResolverTypeWrapper<Omit<ConnectionPageSnapshot, 'items'> & { items: ReadonlyArray<ResolversTypes['MqttConnection']> }>;
  ConnectionPagePatch: ResolverTypeWrapper<Omit<ConnectionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<ResolversTypes['AddedConnection']>, changed: ReadonlyArray<ResolversTypes['MqttConnection']> }>;
  AddedConnection: ResolverTypeWrapper<Omit<AddedConnection, 'item'> & { item: ResolversTypes['MqttConnection'] }>;
  RemovedConnection: ResolverTypeWrapper<RemovedConnection>;
  SessionOrder: SessionOrder;
  SessionColumn: SessionColumn;
  SessionPageUpdate: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SessionPageUpdate']>;
  SessionPageSnapshot: ResolverTypeWrapper<Omit<SessionPageSnapshot, 'items'> & { items: ReadonlyArray<ResolversTypes['MqttSession']> }>;
  SessionPagePatch: ResolverTypeWrapper<Omit<SessionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<ResolversTypes['AddedSession']>, changed: ReadonlyArray<ResolversTypes['MqttSession']> }>;
  AddedSession: ResolverTypeWrapper<Omit<AddedSession, 'item'> & { item: ResolversTypes['MqttSession'] }>;
  RemovedSession: ResolverTypeWrapper<RemovedSession>;
  SubscriptionOrder: SubscriptionOrder;
  SubscriptionColumn: SubscriptionColumn;
  SubscriptionPageUpdate: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SubscriptionPageUpdate']>;
  SubscriptionPageSnapshot: ResolverTypeWrapper<Omit<SubscriptionPageSnapshot, 'items'> & { items: ReadonlyArray<ResolversTypes['MqttSubscription']> }>;
  SubscriptionPagePatch: ResolverTypeWrapper<Omit<SubscriptionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<ResolversTypes['AddedSubscription']>, changed: ReadonlyArray<ResolversTypes['MqttSubscription']> }>;
  AddedSubscription: ResolverTypeWrapper<Omit<AddedSubscription, 'item'> & { item: ResolversTypes['MqttSubscription'] }>;
  RemovedSubscription: ResolverTypeWrapper<RemovedSubscription>;
  PluginType: PluginType;
  Plugin: ResolverTypeWrapper<PluginRow>;
  PluginFigure: ResolverTypeWrapper<PluginFigure>;
  LoadPluginInput: LoadPluginInput;
  LoadPluginPayload: ResolverTypeWrapper<Omit<LoadPluginPayload, 'plugins'> & { plugins: ReadonlyArray<ResolversTypes['Plugin']> }>;
  UnloadPluginInput: UnloadPluginInput;
  UnloadPluginPayload: ResolverTypeWrapper<Omit<UnloadPluginPayload, 'plugins'> & { plugins: ReadonlyArray<ResolversTypes['Plugin']> }>;
  ReloadPluginInput: ReloadPluginInput;
  ReloadPluginPayload: ResolverTypeWrapper<Omit<ReloadPluginPayload, 'plugins'> & { plugins: ReadonlyArray<ResolversTypes['Plugin']> }>;
  RefusalFilter: RefusalFilter;
  RefusalKind: RefusalKind;
  RefusedAction: RefusedAction;
  ClientRefusalPage: ResolverTypeWrapper<Omit<ClientRefusalPage, 'items'> & { items: ReadonlyArray<ResolversTypes['ClientRefusal']> }>;
  ClientRefusal: ResolverTypeWrapper<ClientRefusalRow>;
  RestRelease: RestRelease;
  RestEndpoint: ResolverTypeWrapper<RestEndpointRow>;
  RetainedMessageFilter: RetainedMessageFilter;
  RetainedMessagePage: ResolverTypeWrapper<Omit<RetainedMessagePage, 'items'> & { items: ReadonlyArray<ResolversTypes['RetainedMessage']> }>;
  RetainedMessage: ResolverTypeWrapper<RetainedMessageRow>;
  MessagePayload: ResolverTypeWrapper<Buffer>;
  ClearRetainedMessagesInput: ClearRetainedMessagesInput;
  ClearRetainedMessagesPayload: ResolverTypeWrapper<ClearRetainedMessagesPayload>;
  RouteFilter: RouteFilter;
  RoutePage: ResolverTypeWrapper<Omit<RoutePage, 'items'> & { items: ReadonlyArray<ResolversTypes['Route']> }>;
  Route: ResolverTypeWrapper<RouteRow>;
  SessionFilter: SessionFilter;
  SessionPage: ResolverTypeWrapper<Omit<SessionPage, 'items'> & { items: ReadonlyArray<ResolversTypes['MqttSession']> }>;
  SessionBinding: SessionBinding;
  MqttSession: ResolverTypeWrapper<SessionRow>;
  CleanSessionInput: CleanSessionInput;
  CleanSessionPayload: ResolverTypeWrapper<CleanSessionPayload>;
  Stats: ResolverTypeWrapper<StatsRow>;
  SubscriptionFilter: SubscriptionFilter;
  SubscriptionPage: ResolverTypeWrapper<Omit<SubscriptionPage, 'items'> & { items: ReadonlyArray<ResolversTypes['MqttSubscription']> }>;
  MqttSubscription: ResolverTypeWrapper<SubscriptionRow>;
  TopicFilterInput: TopicFilterInput;
  SubscribeInput: SubscribeInput;
  SubscribePayload: ResolverTypeWrapper<Omit<SubscribePayload, 'subscriptions'> & { subscriptions: ReadonlyArray<ResolversTypes['MqttSubscription']> }>;
  UnsubscribeInput: UnsubscribeInput;
  UnsubscribePayload: ResolverTypeWrapper<UnsubscribePayload>;
  SubscribeManyInput: SubscribeManyInput;
  SubscribeManyPayload: ResolverTypeWrapper<Omit<SubscribeManyPayload, 'results'> & { results: ReadonlyArray<ResolversTypes['SubscribeResult']> }>;
  SubscribeResult: ResolverTypeWrapper<Omit<SubscribeResult, 'subscriptions'> & { subscriptions: ReadonlyArray<ResolversTypes['MqttSubscription']> }>;
  UnsubscribeManyInput: UnsubscribeManyInput;
  UnsubscribeManyPayload: ResolverTypeWrapper<UnsubscribeManyPayload>;
  UnsubscribeResult: ResolverTypeWrapper<UnsubscribeResult>;
  TraceEvent: ResolverTypeWrapper<TraceEventRow>;
  TracedPacket: ResolverTypeWrapper<Omit<TracedPacket, 'payload'> & { payload?: Maybe<ResolversTypes['MessagePayload']> }>;
  TracedEnd: ResolverTypeWrapper<TracedEnd>;
  TracedSubscription: ResolverTypeWrapper<TracedSubscription>;
  PacketDirection: PacketDirection;
  PacketType: PacketType;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Query: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Mutation: Record<PropertyKey, never>;
  Caller: Caller;
  Application: Application;
  Boolean: Scalars['Boolean']['output'];
  User: UserRow;
  SignIn: SignInRow;
  AuditFilter: AuditFilter;
  AuditEntryPage: AuditEntryPage;
  AuditEntry: AuditEntry;
  CreateApplicationInput: CreateApplicationInput;
  CreateApplicationPayload: CreateApplicationPayload;
  UpdateApplicationInput: UpdateApplicationInput;
  UpdateApplicationPayload: UpdateApplicationPayload;
  ResetApplicationSecretInput: ResetApplicationSecretInput;
  ResetApplicationSecretPayload: ResetApplicationSecretPayload;
  DeleteApplicationInput: DeleteApplicationInput;
  DeleteApplicationPayload: DeleteApplicationPayload;
  CreateUserInput: CreateUserInput;
  CreateUserPayload: Omit<CreateUserPayload, 'user'> & { user: ResolversParentTypes['User'] };
  UpdateUserInput: UpdateUserInput;
  UpdateUserPayload: Omit<UpdateUserPayload, 'user'> & { user: ResolversParentTypes['User'] };
  DeleteUserInput: DeleteUserInput;
  DeleteUserPayload: DeleteUserPayload;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ChangePasswordPayload;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: ResetPasswordPayload;
  SignInInput: SignInInput;
  VerifyPasswordPayload: VerifyPasswordPayload;
  SignInPayload: SignInPayload;
  SignOutPayload: SignOutPayload;
  RevokeSignInInput: RevokeSignInInput;
  RevokeSignInPayload: RevokeSignInPayload;
  Alarm: Alarm;
  AlarmPage: AlarmPage;
  ClearAlarmInput: ClearAlarmInput;
  ClearAlarmPayload: ClearAlarmPayload;
  DeleteAlarmHistoryInput: DeleteAlarmHistoryInput;
  DeleteAlarmHistoryPayload: DeleteAlarmHistoryPayload;
  BanFilter: BanFilter;
  BanPage: BanPage;
  Ban: Ban;
  BanKeyInput: BanKeyInput;
  BanTargetInput: BanTargetInput;
  CreateBanInput: CreateBanInput;
  CreateBanPayload: CreateBanPayload;
  Int: Scalars['Int']['output'];
  CreateBansInput: CreateBansInput;
  CreateBansPayload: CreateBansPayload;
  CreateBanResult: CreateBanResult;
  BanConnectionsInput: BanConnectionsInput;
  BanConnectionsPayload: BanConnectionsPayload;
  DeleteBanInput: DeleteBanInput;
  DeleteBanPayload: DeleteBanPayload;
  DeleteBansInput: DeleteBansInput;
  DeleteBansPayload: DeleteBansPayload;
  Broker: BrokerRow;
  SafeInt: Scalars['SafeInt']['output'];
  DateTime: Scalars['DateTime']['output'];
  Duration: Scalars['Duration']['output'];
  JSON: Scalars['JSON']['output'];
  Base64: Scalars['Base64']['output'];
  PageInput: PageInput;
  PageMeta: PageMeta;
  Fault: Fault;
  ConfigItem: ConfigItem;
  SetConfigInput: SetConfigInput;
  ConfigValueInput: ConfigValueInput;
  ReplaceConfigsInput: ReplaceConfigsInput;
  ResetConfigInput: ResetConfigInput;
  ConfigPayload: ConfigPayload;
  ConnectionFilter: ConnectionFilter;
  ConnectionPage: Omit<ConnectionPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['MqttConnection']> };
  MqttConnection: ConnectionRow;
  TargetInput: TargetInput;
  KickConnectionInput: KickConnectionInput;
  KickConnectionPayload: KickConnectionPayload;
  KickConnectionsInput: KickConnectionsInput;
  KickConnectionsPayload: KickConnectionsPayload;
  ClientFault: ClientFault;
  CleanAclCacheInput: CleanAclCacheInput;
  CleanAclCachePayload: CleanAclCachePayload;
  CredentialFilter: CredentialFilter;
  CredentialPage: Omit<CredentialPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['Credential']> };
  Credential: CredentialRow;
  CreateCredentialInput: CreateCredentialInput;
  CreateCredentialPayload: Omit<CreateCredentialPayload, 'credential'> & { credential: ResolversParentTypes['Credential'] };
  UpdateCredentialInput: UpdateCredentialInput;
  UpdateCredentialPayload: Omit<UpdateCredentialPayload, 'credential'> & { credential: ResolversParentTypes['Credential'] };
  DeleteCredentialInput: DeleteCredentialInput;
  DeleteCredentialPayload: DeleteCredentialPayload;
  DelayedMessageFilter: DelayedMessageFilter;
  DelayedMessagePage: Omit<DelayedMessagePage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['DelayedMessage']> };
  DelayedMessage: DelayedMessageRow;
  DeleteDelayedMessagesInput: DeleteDelayedMessagesInput;
  DeleteDelayedMessagesPayload: DeleteDelayedMessagesPayload;
  Diagnostics: DiagnosticsRow;
  Float: Scalars['Float']['output'];
  EventLoop: EventLoop;
  ProcessMemory: ProcessMemory;
  HeapSpace: HeapSpace;
  GarbageCollections: GarbageCollections;
  ResourceCount: ResourceCount;
  Subscription: Record<PropertyKey, never>;
  EventFilter: EventFilter;
  ConnectionEvent: ConnectionEventRow;
  ClientConnected: ClientConnected;
  ClientDisconnected: ClientDisconnected;
  ClientKicked: ClientKicked;
  ClientTakenOver: ClientTakenOver;
  ClientRefused: ClientRefused;
  SessionEvent: SessionEventRow;
  SessionCreated: SessionCreated;
  SessionExpired: SessionExpired;
  SessionEnded: SessionEnded;
  SubscriptionEvent: SubscriptionEventRow;
  ClientSubscribed: ClientSubscribed;
  ClientUnsubscribed: ClientUnsubscribed;
  AlarmEventFilter: AlarmEventFilter;
  BanEventFilter: BanEventFilter;
  PluginEventFilter: PluginEventFilter;
  ConfigEventFilter: ConfigEventFilter;
  ListenerEventFilter: ListenerEventFilter;
  AuditEventFilter: AuditEventFilter;
  AlarmEvent: AlarmEventRow;
  AlarmRaised: AlarmRaised;
  AlarmCleared: AlarmCleared;
  BanEvent: BanEventRow;
  BanCreated: BanCreated;
  BanEnded: BanEnded;
  PluginEvent: PluginEventRow;
  ConfigEvent: ConfigEventRow;
  ListenerEvent: ListenerEventRow;
  ListenerStarted: ListenerStarted;
  ListenerStopped: ListenerStopped;
  ListenerFailed: ListenerFailed;
  AuditEvent: AuditLogEventRow;
  Listener: ListenerRow;
  PayloadInput: PayloadInput;
  PublishInput: PublishInput;
  PublishManyInput: PublishManyInput;
  PublishPayload: PublishPayload;
  PublishManyPayload: PublishManyPayload;
  PublishResult: PublishResult;
  MqttMessage: PublishedMessageRow;
  Metrics: MetricsRow;
  MetricsRates: MetricsRates;
  BrokerNode: BrokerNodeRow;
  ConnectionOrder: ConnectionOrder;
  ConnectionPageUpdate: ResolversUnionTypes<ResolversParentTypes>['ConnectionPageUpdate'];
  ConnectionPageSnapshot: Omit<ConnectionPageSnapshot, 'items'> & { items: ReadonlyArray<ResolversParentTypes['MqttConnection']> };
  ConnectionPagePatch: Omit<ConnectionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<ResolversParentTypes['AddedConnection']>, changed: ReadonlyArray<ResolversParentTypes['MqttConnection']> };
  AddedConnection: Omit<AddedConnection, 'item'> & { item: ResolversParentTypes['MqttConnection'] };
  RemovedConnection: RemovedConnection;
  SessionOrder: SessionOrder;
  SessionPageUpdate: ResolversUnionTypes<ResolversParentTypes>['SessionPageUpdate'];
  SessionPageSnapshot: Omit<SessionPageSnapshot, 'items'> & { items: ReadonlyArray<ResolversParentTypes['MqttSession']> };
  SessionPagePatch: Omit<SessionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<ResolversParentTypes['AddedSession']>, changed: ReadonlyArray<ResolversParentTypes['MqttSession']> };
  AddedSession: Omit<AddedSession, 'item'> & { item: ResolversParentTypes['MqttSession'] };
  RemovedSession: RemovedSession;
  SubscriptionOrder: SubscriptionOrder;
  SubscriptionPageUpdate: ResolversUnionTypes<ResolversParentTypes>['SubscriptionPageUpdate'];
  SubscriptionPageSnapshot: Omit<SubscriptionPageSnapshot, 'items'> & { items: ReadonlyArray<ResolversParentTypes['MqttSubscription']> };
  SubscriptionPagePatch: Omit<SubscriptionPagePatch, 'added' | 'changed'> & { added: ReadonlyArray<ResolversParentTypes['AddedSubscription']>, changed: ReadonlyArray<ResolversParentTypes['MqttSubscription']> };
  AddedSubscription: Omit<AddedSubscription, 'item'> & { item: ResolversParentTypes['MqttSubscription'] };
  RemovedSubscription: RemovedSubscription;
  Plugin: PluginRow;
  PluginFigure: PluginFigure;
  LoadPluginInput: LoadPluginInput;
  LoadPluginPayload: Omit<LoadPluginPayload, 'plugins'> & { plugins: ReadonlyArray<ResolversParentTypes['Plugin']> };
  UnloadPluginInput: UnloadPluginInput;
  UnloadPluginPayload: Omit<UnloadPluginPayload, 'plugins'> & { plugins: ReadonlyArray<ResolversParentTypes['Plugin']> };
  ReloadPluginInput: ReloadPluginInput;
  ReloadPluginPayload: Omit<ReloadPluginPayload, 'plugins'> & { plugins: ReadonlyArray<ResolversParentTypes['Plugin']> };
  RefusalFilter: RefusalFilter;
  ClientRefusalPage: Omit<ClientRefusalPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['ClientRefusal']> };
  ClientRefusal: ClientRefusalRow;
  RestEndpoint: RestEndpointRow;
  RetainedMessageFilter: RetainedMessageFilter;
  RetainedMessagePage: Omit<RetainedMessagePage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['RetainedMessage']> };
  RetainedMessage: RetainedMessageRow;
  MessagePayload: Buffer;
  ClearRetainedMessagesInput: ClearRetainedMessagesInput;
  ClearRetainedMessagesPayload: ClearRetainedMessagesPayload;
  RouteFilter: RouteFilter;
  RoutePage: Omit<RoutePage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['Route']> };
  Route: RouteRow;
  SessionFilter: SessionFilter;
  SessionPage: Omit<SessionPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['MqttSession']> };
  MqttSession: SessionRow;
  CleanSessionInput: CleanSessionInput;
  CleanSessionPayload: CleanSessionPayload;
  Stats: StatsRow;
  SubscriptionFilter: SubscriptionFilter;
  SubscriptionPage: Omit<SubscriptionPage, 'items'> & { items: ReadonlyArray<ResolversParentTypes['MqttSubscription']> };
  MqttSubscription: SubscriptionRow;
  TopicFilterInput: TopicFilterInput;
  SubscribeInput: SubscribeInput;
  SubscribePayload: Omit<SubscribePayload, 'subscriptions'> & { subscriptions: ReadonlyArray<ResolversParentTypes['MqttSubscription']> };
  UnsubscribeInput: UnsubscribeInput;
  UnsubscribePayload: UnsubscribePayload;
  SubscribeManyInput: SubscribeManyInput;
  SubscribeManyPayload: Omit<SubscribeManyPayload, 'results'> & { results: ReadonlyArray<ResolversParentTypes['SubscribeResult']> };
  SubscribeResult: Omit<SubscribeResult, 'subscriptions'> & { subscriptions: ReadonlyArray<ResolversParentTypes['MqttSubscription']> };
  UnsubscribeManyInput: UnsubscribeManyInput;
  UnsubscribeManyPayload: UnsubscribeManyPayload;
  UnsubscribeResult: UnsubscribeResult;
  TraceEvent: TraceEventRow;
  TracedPacket: Omit<TracedPacket, 'payload'> & { payload?: Maybe<ResolversParentTypes['MessagePayload']> };
  TracedEnd: TracedEnd;
  TracedSubscription: TracedSubscription;
};

export type AuthDirectiveArgs = {
  role: Role;
  kind?: Maybe<CallerKind>;
};

export type AuthDirectiveResolver<Result, Parent, ContextType = Context, Args = AuthDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type OpenDirectiveArgs = { };

export type OpenDirectiveResolver<Result, Parent, ContextType = Context, Args = OpenDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me: Resolver<ResolversTypes['Caller'], ParentType, ContextType>;
  applications: Resolver<ReadonlyArray<ResolversTypes['Application']>, ParentType, ContextType>;
  application: Resolver<Maybe<ResolversTypes['Application']>, ParentType, ContextType, RequireFields<QueryApplicationArgs, 'id'>>;
  users: Resolver<ReadonlyArray<ResolversTypes['User']>, ParentType, ContextType>;
  user: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'name'>>;
  signIns: Resolver<ReadonlyArray<ResolversTypes['SignIn']>, ParentType, ContextType>;
  auditEntries: Resolver<ResolversTypes['AuditEntryPage'], ParentType, ContextType, Partial<QueryAuditEntriesArgs>>;
  alarms: Resolver<ReadonlyArray<ResolversTypes['Alarm']>, ParentType, ContextType, Partial<QueryAlarmsArgs>>;
  alarmHistory: Resolver<ResolversTypes['AlarmPage'], ParentType, ContextType, Partial<QueryAlarmHistoryArgs>>;
  bans: Resolver<ResolversTypes['BanPage'], ParentType, ContextType, Partial<QueryBansArgs>>;
  ban: Resolver<Maybe<ResolversTypes['Ban']>, ParentType, ContextType, RequireFields<QueryBanArgs, 'as' | 'who'>>;
  banPreview: Resolver<ResolversTypes['ConnectionPage'], ParentType, ContextType, RequireFields<QueryBanPreviewArgs, 'target'>>;
  brokers: Resolver<ReadonlyArray<ResolversTypes['Broker']>, ParentType, ContextType, Partial<QueryBrokersArgs>>;
  broker: Resolver<Maybe<ResolversTypes['Broker']>, ParentType, ContextType, RequireFields<QueryBrokerArgs, 'node'>>;
  configs: Resolver<ReadonlyArray<ResolversTypes['ConfigItem']>, ParentType, ContextType, Partial<QueryConfigsArgs>>;
  connections: Resolver<ResolversTypes['ConnectionPage'], ParentType, ContextType, Partial<QueryConnectionsArgs>>;
  connection: Resolver<Maybe<ResolversTypes['MqttConnection']>, ParentType, ContextType, RequireFields<QueryConnectionArgs, 'clientId'>>;
  connectionsByClientId: Resolver<ReadonlyArray<Maybe<ResolversTypes['MqttConnection']>>, ParentType, ContextType, RequireFields<QueryConnectionsByClientIdArgs, 'clientIds'>>;
  credentials: Resolver<ResolversTypes['CredentialPage'], ParentType, ContextType, RequireFields<QueryCredentialsArgs, 'kind'>>;
  credential: Resolver<Maybe<ResolversTypes['Credential']>, ParentType, ContextType, RequireFields<QueryCredentialArgs, 'kind' | 'name'>>;
  delayedMessages: Resolver<ResolversTypes['DelayedMessagePage'], ParentType, ContextType, Partial<QueryDelayedMessagesArgs>>;
  diagnostics: Resolver<ReadonlyArray<ResolversTypes['Diagnostics']>, ParentType, ContextType, Partial<QueryDiagnosticsArgs>>;
  listeners: Resolver<ReadonlyArray<ResolversTypes['Listener']>, ParentType, ContextType, Partial<QueryListenersArgs>>;
  metrics: Resolver<ReadonlyArray<ResolversTypes['Metrics']>, ParentType, ContextType, Partial<QueryMetricsArgs>>;
  nodes: Resolver<ReadonlyArray<ResolversTypes['BrokerNode']>, ParentType, ContextType>;
  node: Resolver<Maybe<ResolversTypes['BrokerNode']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'name'>>;
  plugins: Resolver<ReadonlyArray<ResolversTypes['Plugin']>, ParentType, ContextType, Partial<QueryPluginsArgs>>;
  plugin: Resolver<Maybe<ResolversTypes['Plugin']>, ParentType, ContextType, RequireFields<QueryPluginArgs, 'name'>>;
  clientRefusals: Resolver<ReadonlyArray<ResolversTypes['ClientRefusal']>, ParentType, ContextType, RequireFields<QueryClientRefusalsArgs, 'clientId'>>;
  recentRefusals: Resolver<ResolversTypes['ClientRefusalPage'], ParentType, ContextType, Partial<QueryRecentRefusalsArgs>>;
  restEndpoints: Resolver<ReadonlyArray<ResolversTypes['RestEndpoint']>, ParentType, ContextType, Partial<QueryRestEndpointsArgs>>;
  retainedMessages: Resolver<ResolversTypes['RetainedMessagePage'], ParentType, ContextType, Partial<QueryRetainedMessagesArgs>>;
  retainedMessage: Resolver<Maybe<ResolversTypes['RetainedMessage']>, ParentType, ContextType, RequireFields<QueryRetainedMessageArgs, 'topic'>>;
  routes: Resolver<ResolversTypes['RoutePage'], ParentType, ContextType, Partial<QueryRoutesArgs>>;
  sessions: Resolver<ResolversTypes['SessionPage'], ParentType, ContextType, Partial<QuerySessionsArgs>>;
  session: Resolver<Maybe<ResolversTypes['MqttSession']>, ParentType, ContextType, RequireFields<QuerySessionArgs, 'clientId'>>;
  stats: Resolver<ReadonlyArray<ResolversTypes['Stats']>, ParentType, ContextType, Partial<QueryStatsArgs>>;
  subscriptions: Resolver<ResolversTypes['SubscriptionPage'], ParentType, ContextType, Partial<QuerySubscriptionsArgs>>;
  subscriptionsByClientId: Resolver<ReadonlyArray<ResolversTypes['MqttSubscription']>, ParentType, ContextType, RequireFields<QuerySubscriptionsByClientIdArgs, 'clientId'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createApplication: Resolver<ResolversTypes['CreateApplicationPayload'], ParentType, ContextType, RequireFields<MutationCreateApplicationArgs, 'input'>>;
  updateApplication: Resolver<ResolversTypes['UpdateApplicationPayload'], ParentType, ContextType, RequireFields<MutationUpdateApplicationArgs, 'input'>>;
  resetApplicationSecret: Resolver<ResolversTypes['ResetApplicationSecretPayload'], ParentType, ContextType, RequireFields<MutationResetApplicationSecretArgs, 'input'>>;
  deleteApplication: Resolver<ResolversTypes['DeleteApplicationPayload'], ParentType, ContextType, RequireFields<MutationDeleteApplicationArgs, 'input'>>;
  createUser: Resolver<ResolversTypes['CreateUserPayload'], ParentType, ContextType, RequireFields<MutationCreateUserArgs, 'input'>>;
  updateUser: Resolver<ResolversTypes['UpdateUserPayload'], ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'input'>>;
  deleteUser: Resolver<ResolversTypes['DeleteUserPayload'], ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'input'>>;
  changePassword: Resolver<ResolversTypes['ChangePasswordPayload'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  resetPassword: Resolver<ResolversTypes['ResetPasswordPayload'], ParentType, ContextType, RequireFields<MutationResetPasswordArgs, 'input'>>;
  verifyPassword: Resolver<ResolversTypes['VerifyPasswordPayload'], ParentType, ContextType, RequireFields<MutationVerifyPasswordArgs, 'input'>>;
  signIn: Resolver<ResolversTypes['SignInPayload'], ParentType, ContextType, RequireFields<MutationSignInArgs, 'input'>>;
  signOut: Resolver<ResolversTypes['SignOutPayload'], ParentType, ContextType>;
  revokeSignIn: Resolver<ResolversTypes['RevokeSignInPayload'], ParentType, ContextType, RequireFields<MutationRevokeSignInArgs, 'input'>>;
  clearAlarm: Resolver<ResolversTypes['ClearAlarmPayload'], ParentType, ContextType, RequireFields<MutationClearAlarmArgs, 'input'>>;
  deleteAlarmHistory: Resolver<ResolversTypes['DeleteAlarmHistoryPayload'], ParentType, ContextType, RequireFields<MutationDeleteAlarmHistoryArgs, 'input'>>;
  createBan: Resolver<ResolversTypes['CreateBanPayload'], ParentType, ContextType, RequireFields<MutationCreateBanArgs, 'input'>>;
  createBans: Resolver<ResolversTypes['CreateBansPayload'], ParentType, ContextType, RequireFields<MutationCreateBansArgs, 'input'>>;
  banConnections: Resolver<ResolversTypes['BanConnectionsPayload'], ParentType, ContextType, RequireFields<MutationBanConnectionsArgs, 'input'>>;
  deleteBan: Resolver<ResolversTypes['DeleteBanPayload'], ParentType, ContextType, RequireFields<MutationDeleteBanArgs, 'input'>>;
  deleteBans: Resolver<ResolversTypes['DeleteBansPayload'], ParentType, ContextType, RequireFields<MutationDeleteBansArgs, 'input'>>;
  setConfig: Resolver<ResolversTypes['ConfigPayload'], ParentType, ContextType, RequireFields<MutationSetConfigArgs, 'input'>>;
  replaceConfigs: Resolver<ResolversTypes['ConfigPayload'], ParentType, ContextType, RequireFields<MutationReplaceConfigsArgs, 'input'>>;
  resetConfig: Resolver<ResolversTypes['ConfigPayload'], ParentType, ContextType, RequireFields<MutationResetConfigArgs, 'input'>>;
  kickConnection: Resolver<ResolversTypes['KickConnectionPayload'], ParentType, ContextType, RequireFields<MutationKickConnectionArgs, 'input'>>;
  kickConnections: Resolver<ResolversTypes['KickConnectionsPayload'], ParentType, ContextType, RequireFields<MutationKickConnectionsArgs, 'input'>>;
  cleanAclCache: Resolver<ResolversTypes['CleanAclCachePayload'], ParentType, ContextType, RequireFields<MutationCleanAclCacheArgs, 'input'>>;
  createCredential: Resolver<ResolversTypes['CreateCredentialPayload'], ParentType, ContextType, RequireFields<MutationCreateCredentialArgs, 'input'>>;
  updateCredential: Resolver<ResolversTypes['UpdateCredentialPayload'], ParentType, ContextType, RequireFields<MutationUpdateCredentialArgs, 'input'>>;
  deleteCredential: Resolver<ResolversTypes['DeleteCredentialPayload'], ParentType, ContextType, RequireFields<MutationDeleteCredentialArgs, 'input'>>;
  deleteDelayedMessages: Resolver<ResolversTypes['DeleteDelayedMessagesPayload'], ParentType, ContextType, RequireFields<MutationDeleteDelayedMessagesArgs, 'input'>>;
  publish: Resolver<ResolversTypes['PublishPayload'], ParentType, ContextType, RequireFields<MutationPublishArgs, 'input'>>;
  publishMany: Resolver<ResolversTypes['PublishManyPayload'], ParentType, ContextType, RequireFields<MutationPublishManyArgs, 'input'>>;
  loadPlugin: Resolver<ResolversTypes['LoadPluginPayload'], ParentType, ContextType, RequireFields<MutationLoadPluginArgs, 'input'>>;
  unloadPlugin: Resolver<ResolversTypes['UnloadPluginPayload'], ParentType, ContextType, RequireFields<MutationUnloadPluginArgs, 'input'>>;
  reloadPlugin: Resolver<ResolversTypes['ReloadPluginPayload'], ParentType, ContextType, RequireFields<MutationReloadPluginArgs, 'input'>>;
  clearRetainedMessages: Resolver<ResolversTypes['ClearRetainedMessagesPayload'], ParentType, ContextType, RequireFields<MutationClearRetainedMessagesArgs, 'input'>>;
  cleanSession: Resolver<ResolversTypes['CleanSessionPayload'], ParentType, ContextType, RequireFields<MutationCleanSessionArgs, 'input'>>;
  subscribe: Resolver<ResolversTypes['SubscribePayload'], ParentType, ContextType, RequireFields<MutationSubscribeArgs, 'input'>>;
  unsubscribe: Resolver<ResolversTypes['UnsubscribePayload'], ParentType, ContextType, RequireFields<MutationUnsubscribeArgs, 'input'>>;
  subscribeMany: Resolver<ResolversTypes['SubscribeManyPayload'], ParentType, ContextType, RequireFields<MutationSubscribeManyArgs, 'input'>>;
  unsubscribeMany: Resolver<ResolversTypes['UnsubscribeManyPayload'], ParentType, ContextType, RequireFields<MutationUnsubscribeManyArgs, 'input'>>;
};

export type CallerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Caller'] = ResolversParentTypes['Caller']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['CallerKind'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
};

export type ApplicationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Application'] = ResolversParentTypes['Application']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  desc?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isEnabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  restRelease?: Resolver<Maybe<ResolversTypes['RestRelease']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  tags?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SignInResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignIn'] = ResolversParentTypes['SignIn']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  address?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type AuditEntryPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntryPage'] = ResolversParentTypes['AuditEntryPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['AuditEntry']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type AuditEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntry'] = ResolversParentTypes['AuditEntry']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  who?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['CallerKind']>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['Role']>, ParentType, ContextType>;
  from?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  via?: Resolver<ResolversTypes['AuditVia'], ParentType, ContextType>;
  what?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['ErrorCode']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CreateApplicationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateApplicationPayload'] = ResolversParentTypes['CreateApplicationPayload']> = {
  application?: Resolver<ResolversTypes['Application'], ParentType, ContextType>;
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UpdateApplicationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateApplicationPayload'] = ResolversParentTypes['UpdateApplicationPayload']> = {
  application?: Resolver<ResolversTypes['Application'], ParentType, ContextType>;
};

export type ResetApplicationSecretPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResetApplicationSecretPayload'] = ResolversParentTypes['ResetApplicationSecretPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DeleteApplicationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteApplicationPayload'] = ResolversParentTypes['DeleteApplicationPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  existed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type CreateUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateUserPayload'] = ResolversParentTypes['CreateUserPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UpdateUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateUserPayload'] = ResolversParentTypes['UpdateUserPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type DeleteUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteUserPayload'] = ResolversParentTypes['DeleteUserPayload']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  existed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ChangePasswordPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChangePasswordPayload'] = ResolversParentTypes['ChangePasswordPayload']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ResetPasswordPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResetPasswordPayload'] = ResolversParentTypes['ResetPasswordPayload']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type VerifyPasswordPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VerifyPasswordPayload'] = ResolversParentTypes['VerifyPasswordPayload']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SignInPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignInPayload'] = ResolversParentTypes['SignInPayload']> = {
  me?: Resolver<ResolversTypes['Caller'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SignOutPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignOutPayload'] = ResolversParentTypes['SignOutPayload']> = {
  signedOut?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type RevokeSignInPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeSignInPayload'] = ResolversParentTypes['RevokeSignInPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type AlarmResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Alarm'] = ResolversParentTypes['Alarm']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['AlarmSeverity'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  raisedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clearedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type AlarmPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AlarmPage'] = ResolversParentTypes['AlarmPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Alarm']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type ClearAlarmPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClearAlarmPayload'] = ResolversParentTypes['ClearAlarmPayload']> = {
  alarms?: Resolver<ReadonlyArray<ResolversTypes['Alarm']>, ParentType, ContextType>;
};

export type DeleteAlarmHistoryPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAlarmHistoryPayload'] = ResolversParentTypes['DeleteAlarmHistoryPayload']> = {
  deletedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type BanPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BanPage'] = ResolversParentTypes['BanPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Ban']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type BanResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Ban'] = ResolversParentTypes['Ban']> = {
  as?: Resolver<ResolversTypes['BanKind'], ParentType, ContextType>;
  who?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  by?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  desc?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  until?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type CreateBanPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateBanPayload'] = ResolversParentTypes['CreateBanPayload']> = {
  ban?: Resolver<ResolversTypes['Ban'], ParentType, ContextType>;
  disconnectedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CreateBansPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateBansPayload'] = ResolversParentTypes['CreateBansPayload']> = {
  results?: Resolver<ReadonlyArray<ResolversTypes['CreateBanResult']>, ParentType, ContextType>;
  disconnectedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CreateBanResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateBanResult'] = ResolversParentTypes['CreateBanResult']> = {
  as?: Resolver<ResolversTypes['BanKind'], ParentType, ContextType>;
  who?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ban?: Resolver<Maybe<ResolversTypes['Ban']>, ParentType, ContextType>;
  fault?: Resolver<Maybe<ResolversTypes['Fault']>, ParentType, ContextType>;
};

export type BanConnectionsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BanConnectionsPayload'] = ResolversParentTypes['BanConnectionsPayload']> = {
  bannedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  disconnectedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isComplete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  faults?: Resolver<ReadonlyArray<ResolversTypes['ClientFault']>, ParentType, ContextType>;
};

export type DeleteBanPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteBanPayload'] = ResolversParentTypes['DeleteBanPayload']> = {
  ban?: Resolver<Maybe<ResolversTypes['Ban']>, ParentType, ContextType>;
};

export type DeleteBansPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteBansPayload'] = ResolversParentTypes['DeleteBansPayload']> = {
  deletedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isComplete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type BrokerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Broker'] = ResolversParentTypes['Broker']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['BrokerNode']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['NodeStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  runtimeVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  datetime?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  uptime?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
};

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DurationScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Duration'], any> {
  name: 'Duration';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface Base64ScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Base64'], any> {
  name: 'Base64';
}

export type PageMetaResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageMeta'] = ResolversParentTypes['PageMeta']> = {
  page?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  limit?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  countIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FaultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Fault'] = ResolversParentTypes['Fault']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConfigItemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigItem'] = ResolversParentTypes['ConfigItem']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  app?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isSet?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  defaultValue?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  datatype?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  range?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  choices?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['ConfigSource'], ParentType, ContextType>;
  needsRestart?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isSecret?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  effect?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  variable?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  flag?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ConfigPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigPayload'] = ResolversParentTypes['ConfigPayload']> = {
  configs?: Resolver<ReadonlyArray<ResolversTypes['ConfigItem']>, ParentType, ContextType>;
};

export type ConnectionPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectionPage'] = ResolversParentTypes['ConnectionPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['MqttConnection']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type MqttConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MqttConnection'] = ResolversParentTypes['MqttConnection']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cleanSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  connectedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isBridge?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isSuperuser?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  keepalive?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  mountpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  willTopic?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  peerCertificate?: Resolver<ResolversTypes['PeerCertificate'], ParentType, ContextType>;
  protocolName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  protocolVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  zone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  transport?: Resolver<ResolversTypes['Transport'], ParentType, ContextType>;
  bytesReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  bytesSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  bytesPending?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  socketReads?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  socketWrites?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['BrokerNode']>, ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['MqttSession']>, ParentType, ContextType>;
  subscriptions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MqttSubscription']>>, ParentType, ContextType>;
};

export type KickConnectionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KickConnectionPayload'] = ResolversParentTypes['KickConnectionPayload']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type KickConnectionsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KickConnectionsPayload'] = ResolversParentTypes['KickConnectionsPayload']> = {
  kickedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isComplete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  faults?: Resolver<ReadonlyArray<ResolversTypes['ClientFault']>, ParentType, ContextType>;
};

export type ClientFaultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientFault'] = ResolversParentTypes['ClientFault']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  fault?: Resolver<ResolversTypes['Fault'], ParentType, ContextType>;
};

export type CleanAclCachePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CleanAclCachePayload'] = ResolversParentTypes['CleanAclCachePayload']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type CredentialPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CredentialPage'] = ResolversParentTypes['CredentialPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Credential']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type CredentialResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Credential'] = ResolversParentTypes['Credential']> = {
  kind?: Resolver<ResolversTypes['CredentialKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type CreateCredentialPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateCredentialPayload'] = ResolversParentTypes['CreateCredentialPayload']> = {
  credential?: Resolver<ResolversTypes['Credential'], ParentType, ContextType>;
};

export type UpdateCredentialPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateCredentialPayload'] = ResolversParentTypes['UpdateCredentialPayload']> = {
  credential?: Resolver<ResolversTypes['Credential'], ParentType, ContextType>;
};

export type DeleteCredentialPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteCredentialPayload'] = ResolversParentTypes['DeleteCredentialPayload']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  existed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type DelayedMessagePageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DelayedMessagePage'] = ResolversParentTypes['DelayedMessagePage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['DelayedMessage']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type DelayedMessageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DelayedMessage'] = ResolversParentTypes['DelayedMessage']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  qos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  retain?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  publishAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  payloadSize?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['MessagePayload'], ParentType, ContextType>;
};

export type DeleteDelayedMessagesPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteDelayedMessagesPayload'] = ResolversParentTypes['DeleteDelayedMessagesPayload']> = {
  deletedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type DiagnosticsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Diagnostics'] = ResolversParentTypes['Diagnostics']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  eventLoop?: Resolver<ResolversTypes['EventLoop'], ParentType, ContextType>;
  memory?: Resolver<ResolversTypes['ProcessMemory'], ParentType, ContextType>;
  garbageCollections?: Resolver<ReadonlyArray<ResolversTypes['GarbageCollections']>, ParentType, ContextType>;
  resources?: Resolver<ReadonlyArray<ResolversTypes['ResourceCount']>, ParentType, ContextType>;
  openFiles?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  cpuUser?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  cpuSystem?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type EventLoopResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventLoop'] = ResolversParentTypes['EventLoop']> = {
  utilization?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  delayMean?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  delayP50?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  delayP90?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  delayP99?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  delayMax?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ProcessMemoryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProcessMemory'] = ResolversParentTypes['ProcessMemory']> = {
  residentSet?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  heapTotal?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  heapUsed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  heapLimit?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  external?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  arrayBuffers?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  heapSpaces?: Resolver<ReadonlyArray<ResolversTypes['HeapSpace']>, ParentType, ContextType>;
};

export type HeapSpaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HeapSpace'] = ResolversParentTypes['HeapSpace']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  used?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type GarbageCollectionsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GarbageCollections'] = ResolversParentTypes['GarbageCollections']> = {
  kind?: Resolver<ResolversTypes['GarbageKind'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  duration?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  longest?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ResourceCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResourceCount'] = ResolversParentTypes['ResourceCount']> = {
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  connectionEvents: SubscriptionResolver<ResolversTypes['ConnectionEvent'], "connectionEvents", ParentType, ContextType, Partial<SubscriptionConnectionEventsArgs>>;
  sessionEvents: SubscriptionResolver<ResolversTypes['SessionEvent'], "sessionEvents", ParentType, ContextType, Partial<SubscriptionSessionEventsArgs>>;
  subscriptionEvents: SubscriptionResolver<ResolversTypes['SubscriptionEvent'], "subscriptionEvents", ParentType, ContextType, Partial<SubscriptionSubscriptionEventsArgs>>;
  alarmEvents: SubscriptionResolver<ResolversTypes['AlarmEvent'], "alarmEvents", ParentType, ContextType, Partial<SubscriptionAlarmEventsArgs>>;
  banEvents: SubscriptionResolver<ResolversTypes['BanEvent'], "banEvents", ParentType, ContextType, Partial<SubscriptionBanEventsArgs>>;
  pluginEvents: SubscriptionResolver<ResolversTypes['PluginEvent'], "pluginEvents", ParentType, ContextType, Partial<SubscriptionPluginEventsArgs>>;
  configEvents: SubscriptionResolver<ResolversTypes['ConfigEvent'], "configEvents", ParentType, ContextType, Partial<SubscriptionConfigEventsArgs>>;
  listenerEvents: SubscriptionResolver<ResolversTypes['ListenerEvent'], "listenerEvents", ParentType, ContextType, Partial<SubscriptionListenerEventsArgs>>;
  auditEvents: SubscriptionResolver<ResolversTypes['AuditEvent'], "auditEvents", ParentType, ContextType, Partial<SubscriptionAuditEventsArgs>>;
  stats: SubscriptionResolver<ReadonlyArray<ResolversTypes['Stats']>, "stats", ParentType, ContextType, RequireFields<SubscriptionStatsArgs, 'intervalMs'>>;
  metrics: SubscriptionResolver<ReadonlyArray<ResolversTypes['Metrics']>, "metrics", ParentType, ContextType, RequireFields<SubscriptionMetricsArgs, 'intervalMs'>>;
  nodes: SubscriptionResolver<ReadonlyArray<ResolversTypes['BrokerNode']>, "nodes", ParentType, ContextType, RequireFields<SubscriptionNodesArgs, 'intervalMs'>>;
  messages: SubscriptionResolver<ResolversTypes['MqttMessage'], "messages", ParentType, ContextType, RequireFields<SubscriptionMessagesArgs, 'topicFilter' | 'retained'>>;
  connectionPageUpdates: SubscriptionResolver<ResolversTypes['ConnectionPageUpdate'], "connectionPageUpdates", ParentType, ContextType, RequireFields<SubscriptionConnectionPageUpdatesArgs, 'orderBy' | 'intervalMs'>>;
  sessionPageUpdates: SubscriptionResolver<ResolversTypes['SessionPageUpdate'], "sessionPageUpdates", ParentType, ContextType, RequireFields<SubscriptionSessionPageUpdatesArgs, 'orderBy' | 'intervalMs'>>;
  subscriptionPageUpdates: SubscriptionResolver<ResolversTypes['SubscriptionPageUpdate'], "subscriptionPageUpdates", ParentType, ContextType, RequireFields<SubscriptionSubscriptionPageUpdatesArgs, 'orderBy' | 'intervalMs'>>;
  traceClient: SubscriptionResolver<ResolversTypes['TraceEvent'], "traceClient", ParentType, ContextType, RequireFields<SubscriptionTraceClientArgs, 'clientId' | 'seconds'>>;
};

export type ConnectionEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectionEvent'] = ResolversParentTypes['ConnectionEvent']> = {
  __resolveType: TypeResolveFn<'ClientConnected' | 'ClientDisconnected' | 'ClientKicked' | 'ClientTakenOver' | 'ClientRefused', ParentType, ContextType>;
};

export type ClientConnectedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientConnected'] = ResolversParentTypes['ClientConnected']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  protocolVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cleanSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  keepalive?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  transport?: Resolver<ResolversTypes['Transport'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientDisconnectedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientDisconnected'] = ResolversParentTypes['ClientDisconnected']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientKickedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientKicked'] = ResolversParentTypes['ClientKicked']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientTakenOverResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientTakenOver'] = ResolversParentTypes['ClientTakenOver']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientRefusedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientRefused'] = ResolversParentTypes['ClientRefused']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RefusalKind'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['RefusedAction'], ParentType, ContextType>;
  topic?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SessionEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionEvent'] = ResolversParentTypes['SessionEvent']> = {
  __resolveType: TypeResolveFn<'SessionCreated' | 'SessionExpired' | 'SessionEnded', ParentType, ContextType>;
};

export type SessionCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionCreated'] = ResolversParentTypes['SessionCreated']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cleanSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SessionExpiredResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionExpired'] = ResolversParentTypes['SessionExpired']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cleanSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SessionEndedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionEnded'] = ResolversParentTypes['SessionEnded']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cleanSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['SessionEndReason'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscriptionEvent'] = ResolversParentTypes['SubscriptionEvent']> = {
  __resolveType: TypeResolveFn<'ClientSubscribed' | 'ClientUnsubscribed', ParentType, ContextType>;
};

export type ClientSubscribedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientSubscribed'] = ResolversParentTypes['ClientSubscribed']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  topicFilter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  qos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientUnsubscribedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientUnsubscribed'] = ResolversParentTypes['ClientUnsubscribed']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  topicFilter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AlarmEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AlarmEvent'] = ResolversParentTypes['AlarmEvent']> = {
  __resolveType: TypeResolveFn<'AlarmRaised' | 'AlarmCleared', ParentType, ContextType>;
};

export type AlarmRaisedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AlarmRaised'] = ResolversParentTypes['AlarmRaised']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  alarm?: Resolver<ResolversTypes['Alarm'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AlarmClearedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AlarmCleared'] = ResolversParentTypes['AlarmCleared']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  alarm?: Resolver<ResolversTypes['Alarm'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BanEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BanEvent'] = ResolversParentTypes['BanEvent']> = {
  __resolveType: TypeResolveFn<'BanCreated' | 'BanEnded', ParentType, ContextType>;
};

export type BanCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BanCreated'] = ResolversParentTypes['BanCreated']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  ban?: Resolver<ResolversTypes['Ban'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BanEndedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BanEnded'] = ResolversParentTypes['BanEnded']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  ban?: Resolver<ResolversTypes['Ban'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PluginEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PluginEvent'] = ResolversParentTypes['PluginEvent']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  plugin?: Resolver<ResolversTypes['Plugin'], ParentType, ContextType>;
};

export type ConfigEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigEvent'] = ResolversParentTypes['ConfigEvent']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  app?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['ConfigSource'], ParentType, ContextType>;
  by?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ListenerEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ListenerEvent'] = ResolversParentTypes['ListenerEvent']> = {
  __resolveType: TypeResolveFn<'ListenerStarted' | 'ListenerStopped' | 'ListenerFailed', ParentType, ContextType>;
};

export type ListenerStartedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ListenerStarted'] = ResolversParentTypes['ListenerStarted']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  protocol?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  listenOn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ListenerStoppedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ListenerStopped'] = ResolversParentTypes['ListenerStopped']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  protocol?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  listenOn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ListenerFailedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ListenerFailed'] = ResolversParentTypes['ListenerFailed']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  protocol?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  listenOn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AuditEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  cursor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  entry?: Resolver<ResolversTypes['AuditEntry'], ParentType, ContextType>;
};

export type ListenerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Listener'] = ResolversParentTypes['Listener']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  protocol?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  listenOn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  acceptors?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  maxConnections?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  currentConnections?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  shutdownCount?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type PublishPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PublishPayload'] = ResolversParentTypes['PublishPayload']> = {
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PublishManyPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PublishManyPayload'] = ResolversParentTypes['PublishManyPayload']> = {
  results?: Resolver<ReadonlyArray<ResolversTypes['PublishResult']>, ParentType, ContextType>;
};

export type PublishResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PublishResult'] = ResolversParentTypes['PublishResult']> = {
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fault?: Resolver<Maybe<ResolversTypes['Fault']>, ParentType, ContextType>;
};

export type MqttMessageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MqttMessage'] = ResolversParentTypes['MqttMessage']> = {
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  qos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  retain?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  clientId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  publishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  payloadSize?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['MessagePayload'], ParentType, ContextType>;
};

export type MetricsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Metrics'] = ResolversParentTypes['Metrics']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  bytesReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  bytesSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsConnectReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsConnackSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsConnackError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsConnackAuthError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPublishReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPublishSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPublishError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPublishAuthError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubackReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubackSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubackMissed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubrecReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubrecSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubrecMissed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubrelReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubrelSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubrelMissed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubcompReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubcompSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPubcompMissed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsSubscribeReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsSubscribeError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsSubscribeAuthError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsSubackSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsUnsubscribeReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsUnsubscribeError?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsUnsubackSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPingreqReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsPingrespSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsDisconnectReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsDisconnectSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsAuthReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  packetsAuthSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesReceived?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesSent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos0Received?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos0Sent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos1Received?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos1Sent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos2Received?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos2Sent?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos2Expired?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesQos2Dropped?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesRetained?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesDropped?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesExpired?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  messagesForwarded?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  authMqttAnonymous?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  rates?: Resolver<Maybe<ResolversTypes['MetricsRates']>, ParentType, ContextType>;
};

export type MetricsRatesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MetricsRates'] = ResolversParentTypes['MetricsRates']> = {
  bytesReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  bytesSent?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  packetsReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  packetsSent?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  packetsConnectReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  packetsDisconnectReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  packetsSubscribeReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  packetsUnsubscribeReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  messagesReceived?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  messagesSent?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  messagesDropped?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type BrokerNodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BrokerNode'] = ResolversParentTypes['BrokerNode']> = {
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['NodeStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  runtimeVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uptime?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  connectionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  load1?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  load5?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  load15?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  maxFileDescriptors?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  memoryTotal?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  memoryUsed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  maxProcesses?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  openHandles?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  broker?: Resolver<Maybe<ResolversTypes['Broker']>, ParentType, ContextType>;
  metrics?: Resolver<Maybe<ResolversTypes['Metrics']>, ParentType, ContextType>;
  stats?: Resolver<Maybe<ResolversTypes['Stats']>, ParentType, ContextType>;
  listeners?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Listener']>>, ParentType, ContextType>;
  connections?: Resolver<Maybe<ResolversTypes['ConnectionPage']>, ParentType, ContextType, Partial<BrokerNodeConnectionsArgs>>;
};

export type ConnectionPageUpdateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectionPageUpdate'] = ResolversParentTypes['ConnectionPageUpdate']> = {
  __resolveType: TypeResolveFn<'ConnectionPageSnapshot' | 'ConnectionPagePatch', ParentType, ContextType>;
};

export type ConnectionPageSnapshotResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectionPageSnapshot'] = ResolversParentTypes['ConnectionPageSnapshot']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['MqttConnection']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
  orderIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConnectionPagePatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectionPagePatch'] = ResolversParentTypes['ConnectionPagePatch']> = {
  removed?: Resolver<ReadonlyArray<ResolversTypes['RemovedConnection']>, ParentType, ContextType>;
  added?: Resolver<ReadonlyArray<ResolversTypes['AddedConnection']>, ParentType, ContextType>;
  changed?: Resolver<ReadonlyArray<ResolversTypes['MqttConnection']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  countIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  orderIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AddedConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddedConnection'] = ResolversParentTypes['AddedConnection']> = {
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  item?: Resolver<ResolversTypes['MqttConnection'], ParentType, ContextType>;
};

export type RemovedConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemovedConnection'] = ResolversParentTypes['RemovedConnection']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SessionPageUpdateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionPageUpdate'] = ResolversParentTypes['SessionPageUpdate']> = {
  __resolveType: TypeResolveFn<'SessionPageSnapshot' | 'SessionPagePatch', ParentType, ContextType>;
};

export type SessionPageSnapshotResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionPageSnapshot'] = ResolversParentTypes['SessionPageSnapshot']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['MqttSession']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
  orderIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SessionPagePatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionPagePatch'] = ResolversParentTypes['SessionPagePatch']> = {
  removed?: Resolver<ReadonlyArray<ResolversTypes['RemovedSession']>, ParentType, ContextType>;
  added?: Resolver<ReadonlyArray<ResolversTypes['AddedSession']>, ParentType, ContextType>;
  changed?: Resolver<ReadonlyArray<ResolversTypes['MqttSession']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  countIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  orderIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AddedSessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddedSession'] = ResolversParentTypes['AddedSession']> = {
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  item?: Resolver<ResolversTypes['MqttSession'], ParentType, ContextType>;
};

export type RemovedSessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemovedSession'] = ResolversParentTypes['RemovedSession']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SubscriptionPageUpdateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscriptionPageUpdate'] = ResolversParentTypes['SubscriptionPageUpdate']> = {
  __resolveType: TypeResolveFn<'SubscriptionPageSnapshot' | 'SubscriptionPagePatch', ParentType, ContextType>;
};

export type SubscriptionPageSnapshotResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscriptionPageSnapshot'] = ResolversParentTypes['SubscriptionPageSnapshot']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['MqttSubscription']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
  orderIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionPagePatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscriptionPagePatch'] = ResolversParentTypes['SubscriptionPagePatch']> = {
  removed?: Resolver<ReadonlyArray<ResolversTypes['RemovedSubscription']>, ParentType, ContextType>;
  added?: Resolver<ReadonlyArray<ResolversTypes['AddedSubscription']>, ParentType, ContextType>;
  changed?: Resolver<ReadonlyArray<ResolversTypes['MqttSubscription']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  countIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  orderIsExact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AddedSubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddedSubscription'] = ResolversParentTypes['AddedSubscription']> = {
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  item?: Resolver<ResolversTypes['MqttSubscription'], ParentType, ContextType>;
};

export type RemovedSubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemovedSubscription'] = ResolversParentTypes['RemovedSubscription']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  topicFilter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PluginResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Plugin'] = ResolversParentTypes['Plugin']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['PluginType'], ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isPermanent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  loadedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  figures?: Resolver<ReadonlyArray<ResolversTypes['PluginFigure']>, ParentType, ContextType>;
};

export type PluginFigureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PluginFigure'] = ResolversParentTypes['PluginFigure']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type LoadPluginPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LoadPluginPayload'] = ResolversParentTypes['LoadPluginPayload']> = {
  plugins?: Resolver<ReadonlyArray<ResolversTypes['Plugin']>, ParentType, ContextType>;
};

export type UnloadPluginPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnloadPluginPayload'] = ResolversParentTypes['UnloadPluginPayload']> = {
  plugins?: Resolver<ReadonlyArray<ResolversTypes['Plugin']>, ParentType, ContextType>;
};

export type ReloadPluginPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReloadPluginPayload'] = ResolversParentTypes['ReloadPluginPayload']> = {
  plugins?: Resolver<ReadonlyArray<ResolversTypes['Plugin']>, ParentType, ContextType>;
};

export type ClientRefusalPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientRefusalPage'] = ResolversParentTypes['ClientRefusalPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['ClientRefusal']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type ClientRefusalResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientRefusal'] = ResolversParentTypes['ClientRefusal']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RefusalKind'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['RefusedAction'], ParentType, ContextType>;
  topic?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  firstAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lastAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type RestEndpointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RestEndpoint'] = ResolversParentTypes['RestEndpoint']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  descr?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  operation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RetainedMessagePageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RetainedMessagePage'] = ResolversParentTypes['RetainedMessagePage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['RetainedMessage']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type RetainedMessageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RetainedMessage'] = ResolversParentTypes['RetainedMessage']> = {
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  qos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  clientId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  publishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  payloadSize?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['MessagePayload'], ParentType, ContextType>;
};

export type MessagePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MessagePayload'] = ResolversParentTypes['MessagePayload']> = {
  size?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  json?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  base64?: Resolver<ResolversTypes['Base64'], ParentType, ContextType>;
};

export type ClearRetainedMessagesPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClearRetainedMessagesPayload'] = ResolversParentTypes['ClearRetainedMessagesPayload']> = {
  clearedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type RoutePageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoutePage'] = ResolversParentTypes['RoutePage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Route']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type RouteResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Route'] = ResolversParentTypes['Route']> = {
  topicFilter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  subscribersCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscriptions?: Resolver<Maybe<ResolversTypes['SubscriptionPage']>, ParentType, ContextType, Partial<RouteSubscriptionsArgs>>;
};

export type SessionPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionPage'] = ResolversParentTypes['SessionPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['MqttSession']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type MqttSessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MqttSession'] = ResolversParentTypes['MqttSession']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cleanSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  connected?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  binding?: Resolver<ResolversTypes['SessionBinding'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  disconnectedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  expiryInterval?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscriptionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  maxSubscriptions?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  inflightCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  maxInflight?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  queuedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  maxQueued?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  droppedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  awaitingReleaseCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  maxAwaitingRelease?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  deliveredCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  enqueuedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['BrokerNode']>, ParentType, ContextType>;
  connection?: Resolver<Maybe<ResolversTypes['MqttConnection']>, ParentType, ContextType>;
  subscriptions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MqttSubscription']>>, ParentType, ContextType>;
};

export type CleanSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CleanSessionPayload'] = ResolversParentTypes['CleanSessionPayload']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type StatsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Stats'] = ResolversParentTypes['Stats']> = {
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  connectionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  connectionsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  sessionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  sessionsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  persistentSessionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  persistentSessionsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  topicsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  topicsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  routesCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  routesMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscribersCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscribersMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscriptionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  subscriptionsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  sharedSubscriptionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  sharedSubscriptionsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  suboptionsCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  suboptionsMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  retainedCount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  retainedMax?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type SubscriptionPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscriptionPage'] = ResolversParentTypes['SubscriptionPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['MqttSubscription']>, ParentType, ContextType>;
  meta?: Resolver<ResolversTypes['PageMeta'], ParentType, ContextType>;
};

export type MqttSubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MqttSubscription'] = ResolversParentTypes['MqttSubscription']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  topicFilter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shareGroup?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  qos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['MqttSession']>, ParentType, ContextType>;
  connection?: Resolver<Maybe<ResolversTypes['MqttConnection']>, ParentType, ContextType>;
};

export type SubscribePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscribePayload'] = ResolversParentTypes['SubscribePayload']> = {
  subscriptions?: Resolver<ReadonlyArray<ResolversTypes['MqttSubscription']>, ParentType, ContextType>;
};

export type UnsubscribePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnsubscribePayload'] = ResolversParentTypes['UnsubscribePayload']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SubscribeManyPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscribeManyPayload'] = ResolversParentTypes['SubscribeManyPayload']> = {
  results?: Resolver<ReadonlyArray<ResolversTypes['SubscribeResult']>, ParentType, ContextType>;
};

export type SubscribeResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscribeResult'] = ResolversParentTypes['SubscribeResult']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  subscriptions?: Resolver<ReadonlyArray<ResolversTypes['MqttSubscription']>, ParentType, ContextType>;
  fault?: Resolver<Maybe<ResolversTypes['Fault']>, ParentType, ContextType>;
};

export type UnsubscribeManyPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnsubscribeManyPayload'] = ResolversParentTypes['UnsubscribeManyPayload']> = {
  results?: Resolver<ReadonlyArray<ResolversTypes['UnsubscribeResult']>, ParentType, ContextType>;
};

export type UnsubscribeResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnsubscribeResult'] = ResolversParentTypes['UnsubscribeResult']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  fault?: Resolver<Maybe<ResolversTypes['Fault']>, ParentType, ContextType>;
};

export type TraceEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TraceEvent'] = ResolversParentTypes['TraceEvent']> = {
  __resolveType: TypeResolveFn<'TracedPacket' | 'TracedEnd', ParentType, ContextType>;
};

export type TracedPacketResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TracedPacket'] = ResolversParentTypes['TracedPacket']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  direction?: Resolver<ResolversTypes['PacketDirection'], ParentType, ContextType>;
  packetType?: Resolver<ResolversTypes['PacketType'], ParentType, ContextType>;
  packetId?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  topic?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  qos?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  retain?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  duplicate?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  payloadSize?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  payload?: Resolver<Maybe<ResolversTypes['MessagePayload']>, ParentType, ContextType>;
  subscriptions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TracedSubscription']>>, ParentType, ContextType>;
  topicFilters?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  returnCode?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  returnCodes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Int']>>, ParentType, ContextType>;
  sessionPresent?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cleanSession?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  keepalive?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  protocolName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  protocolVersion?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  willTopic?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  willQos?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  willRetain?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TracedEndResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TracedEnd'] = ResolversParentTypes['TracedEnd']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  nodeName?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ipAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TracedSubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TracedSubscription'] = ResolversParentTypes['TracedSubscription']> = {
  topicFilter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  qos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Caller?: CallerResolvers<ContextType>;
  Application?: ApplicationResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  SignIn?: SignInResolvers<ContextType>;
  AuditEntryPage?: AuditEntryPageResolvers<ContextType>;
  AuditEntry?: AuditEntryResolvers<ContextType>;
  CreateApplicationPayload?: CreateApplicationPayloadResolvers<ContextType>;
  UpdateApplicationPayload?: UpdateApplicationPayloadResolvers<ContextType>;
  ResetApplicationSecretPayload?: ResetApplicationSecretPayloadResolvers<ContextType>;
  DeleteApplicationPayload?: DeleteApplicationPayloadResolvers<ContextType>;
  CreateUserPayload?: CreateUserPayloadResolvers<ContextType>;
  UpdateUserPayload?: UpdateUserPayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
  ChangePasswordPayload?: ChangePasswordPayloadResolvers<ContextType>;
  ResetPasswordPayload?: ResetPasswordPayloadResolvers<ContextType>;
  VerifyPasswordPayload?: VerifyPasswordPayloadResolvers<ContextType>;
  SignInPayload?: SignInPayloadResolvers<ContextType>;
  SignOutPayload?: SignOutPayloadResolvers<ContextType>;
  RevokeSignInPayload?: RevokeSignInPayloadResolvers<ContextType>;
  Alarm?: AlarmResolvers<ContextType>;
  AlarmPage?: AlarmPageResolvers<ContextType>;
  ClearAlarmPayload?: ClearAlarmPayloadResolvers<ContextType>;
  DeleteAlarmHistoryPayload?: DeleteAlarmHistoryPayloadResolvers<ContextType>;
  BanPage?: BanPageResolvers<ContextType>;
  Ban?: BanResolvers<ContextType>;
  CreateBanPayload?: CreateBanPayloadResolvers<ContextType>;
  CreateBansPayload?: CreateBansPayloadResolvers<ContextType>;
  CreateBanResult?: CreateBanResultResolvers<ContextType>;
  BanConnectionsPayload?: BanConnectionsPayloadResolvers<ContextType>;
  DeleteBanPayload?: DeleteBanPayloadResolvers<ContextType>;
  DeleteBansPayload?: DeleteBansPayloadResolvers<ContextType>;
  Broker?: BrokerResolvers<ContextType>;
  SafeInt?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Duration?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Base64?: GraphQLScalarType;
  PageMeta?: PageMetaResolvers<ContextType>;
  Fault?: FaultResolvers<ContextType>;
  ConfigItem?: ConfigItemResolvers<ContextType>;
  ConfigPayload?: ConfigPayloadResolvers<ContextType>;
  ConnectionPage?: ConnectionPageResolvers<ContextType>;
  MqttConnection?: MqttConnectionResolvers<ContextType>;
  KickConnectionPayload?: KickConnectionPayloadResolvers<ContextType>;
  KickConnectionsPayload?: KickConnectionsPayloadResolvers<ContextType>;
  ClientFault?: ClientFaultResolvers<ContextType>;
  CleanAclCachePayload?: CleanAclCachePayloadResolvers<ContextType>;
  CredentialPage?: CredentialPageResolvers<ContextType>;
  Credential?: CredentialResolvers<ContextType>;
  CreateCredentialPayload?: CreateCredentialPayloadResolvers<ContextType>;
  UpdateCredentialPayload?: UpdateCredentialPayloadResolvers<ContextType>;
  DeleteCredentialPayload?: DeleteCredentialPayloadResolvers<ContextType>;
  DelayedMessagePage?: DelayedMessagePageResolvers<ContextType>;
  DelayedMessage?: DelayedMessageResolvers<ContextType>;
  DeleteDelayedMessagesPayload?: DeleteDelayedMessagesPayloadResolvers<ContextType>;
  Diagnostics?: DiagnosticsResolvers<ContextType>;
  EventLoop?: EventLoopResolvers<ContextType>;
  ProcessMemory?: ProcessMemoryResolvers<ContextType>;
  HeapSpace?: HeapSpaceResolvers<ContextType>;
  GarbageCollections?: GarbageCollectionsResolvers<ContextType>;
  ResourceCount?: ResourceCountResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  ConnectionEvent?: ConnectionEventResolvers<ContextType>;
  ClientConnected?: ClientConnectedResolvers<ContextType>;
  ClientDisconnected?: ClientDisconnectedResolvers<ContextType>;
  ClientKicked?: ClientKickedResolvers<ContextType>;
  ClientTakenOver?: ClientTakenOverResolvers<ContextType>;
  ClientRefused?: ClientRefusedResolvers<ContextType>;
  SessionEvent?: SessionEventResolvers<ContextType>;
  SessionCreated?: SessionCreatedResolvers<ContextType>;
  SessionExpired?: SessionExpiredResolvers<ContextType>;
  SessionEnded?: SessionEndedResolvers<ContextType>;
  SubscriptionEvent?: SubscriptionEventResolvers<ContextType>;
  ClientSubscribed?: ClientSubscribedResolvers<ContextType>;
  ClientUnsubscribed?: ClientUnsubscribedResolvers<ContextType>;
  AlarmEvent?: AlarmEventResolvers<ContextType>;
  AlarmRaised?: AlarmRaisedResolvers<ContextType>;
  AlarmCleared?: AlarmClearedResolvers<ContextType>;
  BanEvent?: BanEventResolvers<ContextType>;
  BanCreated?: BanCreatedResolvers<ContextType>;
  BanEnded?: BanEndedResolvers<ContextType>;
  PluginEvent?: PluginEventResolvers<ContextType>;
  ConfigEvent?: ConfigEventResolvers<ContextType>;
  ListenerEvent?: ListenerEventResolvers<ContextType>;
  ListenerStarted?: ListenerStartedResolvers<ContextType>;
  ListenerStopped?: ListenerStoppedResolvers<ContextType>;
  ListenerFailed?: ListenerFailedResolvers<ContextType>;
  AuditEvent?: AuditEventResolvers<ContextType>;
  Listener?: ListenerResolvers<ContextType>;
  PublishPayload?: PublishPayloadResolvers<ContextType>;
  PublishManyPayload?: PublishManyPayloadResolvers<ContextType>;
  PublishResult?: PublishResultResolvers<ContextType>;
  MqttMessage?: MqttMessageResolvers<ContextType>;
  Metrics?: MetricsResolvers<ContextType>;
  MetricsRates?: MetricsRatesResolvers<ContextType>;
  BrokerNode?: BrokerNodeResolvers<ContextType>;
  ConnectionPageUpdate?: ConnectionPageUpdateResolvers<ContextType>;
  ConnectionPageSnapshot?: ConnectionPageSnapshotResolvers<ContextType>;
  ConnectionPagePatch?: ConnectionPagePatchResolvers<ContextType>;
  AddedConnection?: AddedConnectionResolvers<ContextType>;
  RemovedConnection?: RemovedConnectionResolvers<ContextType>;
  SessionPageUpdate?: SessionPageUpdateResolvers<ContextType>;
  SessionPageSnapshot?: SessionPageSnapshotResolvers<ContextType>;
  SessionPagePatch?: SessionPagePatchResolvers<ContextType>;
  AddedSession?: AddedSessionResolvers<ContextType>;
  RemovedSession?: RemovedSessionResolvers<ContextType>;
  SubscriptionPageUpdate?: SubscriptionPageUpdateResolvers<ContextType>;
  SubscriptionPageSnapshot?: SubscriptionPageSnapshotResolvers<ContextType>;
  SubscriptionPagePatch?: SubscriptionPagePatchResolvers<ContextType>;
  AddedSubscription?: AddedSubscriptionResolvers<ContextType>;
  RemovedSubscription?: RemovedSubscriptionResolvers<ContextType>;
  Plugin?: PluginResolvers<ContextType>;
  PluginFigure?: PluginFigureResolvers<ContextType>;
  LoadPluginPayload?: LoadPluginPayloadResolvers<ContextType>;
  UnloadPluginPayload?: UnloadPluginPayloadResolvers<ContextType>;
  ReloadPluginPayload?: ReloadPluginPayloadResolvers<ContextType>;
  ClientRefusalPage?: ClientRefusalPageResolvers<ContextType>;
  ClientRefusal?: ClientRefusalResolvers<ContextType>;
  RestEndpoint?: RestEndpointResolvers<ContextType>;
  RetainedMessagePage?: RetainedMessagePageResolvers<ContextType>;
  RetainedMessage?: RetainedMessageResolvers<ContextType>;
  MessagePayload?: MessagePayloadResolvers<ContextType>;
  ClearRetainedMessagesPayload?: ClearRetainedMessagesPayloadResolvers<ContextType>;
  RoutePage?: RoutePageResolvers<ContextType>;
  Route?: RouteResolvers<ContextType>;
  SessionPage?: SessionPageResolvers<ContextType>;
  MqttSession?: MqttSessionResolvers<ContextType>;
  CleanSessionPayload?: CleanSessionPayloadResolvers<ContextType>;
  Stats?: StatsResolvers<ContextType>;
  SubscriptionPage?: SubscriptionPageResolvers<ContextType>;
  MqttSubscription?: MqttSubscriptionResolvers<ContextType>;
  SubscribePayload?: SubscribePayloadResolvers<ContextType>;
  UnsubscribePayload?: UnsubscribePayloadResolvers<ContextType>;
  SubscribeManyPayload?: SubscribeManyPayloadResolvers<ContextType>;
  SubscribeResult?: SubscribeResultResolvers<ContextType>;
  UnsubscribeManyPayload?: UnsubscribeManyPayloadResolvers<ContextType>;
  UnsubscribeResult?: UnsubscribeResultResolvers<ContextType>;
  TraceEvent?: TraceEventResolvers<ContextType>;
  TracedPacket?: TracedPacketResolvers<ContextType>;
  TracedEnd?: TracedEndResolvers<ContextType>;
  TracedSubscription?: TracedSubscriptionResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  auth?: AuthDirectiveResolver<any, any, ContextType>;
  open?: OpenDirectiveResolver<any, any, ContextType>;
};
