import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IConnectPacket } from 'mqtt-packet';
import {
  BrokerError,
  isPromise,
  type MaybePromise,
  type Message,
  notAuthorized,
  type Qos,
  type RefusalKind,
  type Subscription,
  type SubscriptionRequest,
  sessionNotFound,
  sessionRunning,
  storeFailed,
  throwStoreFailed,
  tooManySubscriptions,
  whenReady,
} from '../domain.ts';
import type { Port } from '../port.ts';
import type { Committed } from '../store/database.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { SessionStore, StoredWill } from '../store/session-store.ts';
import type { AedesClient } from './aedes.ts';
import { Arrivals, NOT_AUTHORIZED, willOf } from './arrivals.ts';
import type { Delay } from './delayed/delay.ts';
import { DelayedMessages } from './delayed/delayed-messages.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { type BrokerEvents, createEvents, type SessionEnd } from './events.ts';
import { type ClientInfo, HookChain, type HookLimits, type Hooks, permits } from './hooks.ts';
import { Inbox } from './inbox.ts';
import { LiveConnection, type Peer } from './live-connection.ts';
import type { LiveSession, SessionLimits } from './live-session.ts';
import { createMetrics } from './metrics.ts';
import { type HandlerLimits, type HandlerParts, PacketHandler } from './packet-handler.ts';
import { Publisher } from './publisher.ts';
import { RefusalRecord, type Refused } from './refusal-record.ts';
import { Registry } from './registry.ts';
import { type MessageToRetain, RetainedMessages } from './retained-messages.ts';
import { SessionSweeper } from './session-sweeper.ts';
import type { SharedStrategy } from './shared-group.ts';
import { makeStrict, UnknownLevelError } from './strict-parser.ts';
import { Subscriber } from './subscriber.ts';
import { Taps } from './taps.ts';
import { type RateLimits, Throttles } from './throttle.ts';
import { Traces } from './traces.ts';
import { Turns } from './turns.ts';

/** Read whenever they are needed: they may change while the broker runs, and then `review` is to be called. */
export interface BrokerLimits extends SessionLimits, HandlerLimits, HookLimits, RateLimits {
  /** Bytes of UTF-8. */
  readonly maxClientidLen: number;
  /** Bytes, without the fixed header. */
  readonly maxPacketSize: number;
  /** Seconds that a connection may take for its CONNECT. */
  readonly connectTimeout: number;
  /** Bytes that a client may leave unread before QoS 0 messages to it are dropped. */
  readonly highWatermark: number;
  /** Bytes that a client may leave unread before it is disconnected. */
  readonly maxUnread: number;
  readonly sharedSubscriptionStrategy: SharedStrategy;
}

export interface BrokerOptions {
  readonly nodeName: string;
  readonly limits: BrokerLimits;
  /** Whether a client may connect that no plugin vouches for; read with each CONNECT. */
  readonly allowAnonymous: boolean;
  readonly hooks?: readonly Hooks[];
  /** Says why a client is banned, in a sentence for the operator; null when it is not. Nobody is unless given. */
  readonly banOf?: (client: ClientInfo) => string | null;
  readonly store: SessionStore;
  /** Told of a client's fault or refusal, for the log. */
  readonly onClientFault: (connection: LiveConnection, reason: string, error: Error | null) => void;
  /** Told of a fault of the broker itself. */
  readonly onFault: (error: Error) => void;
}

/** Why a connection ended, as the listeners count it. */
const reasonOf = ({ endReason, client }: LiveConnection): string =>
  endReason ?? (client._disconnected ? 'closed' : 'tcp_closed');

/** What aedes says of a connection without a CONNECT in time; it tells of it in words only. */
const CONNECT_TIMEOUT = 'connect did not arrive in time';

/** Sessions whose queues are looked at in one turn of the event loop. */
const REVIEWED_AT_ONCE = 500;

const EXCESS = /^(packet of \d+ bytes|the client left)/;

/** A fault that ends a connection; null for one of the network, of which nobody is refused anything. */
function kindOfFault(endReason: string | null, { message }: Error): RefusalKind | null {
  if (EXCESS.test(message)) return 'LIMIT';
  return endReason === 'protocol_error' || endReason === 'connect_timeout' ? 'PROTOCOL' : null;
}

/** The MQTT broker of this process: aedes keeps its connections, and what they send is handled here. */
export class MqttBroker {
  readonly metrics = createMetrics();
  readonly events: BrokerEvents;
  /** Who may connect, publish and subscribe. */
  readonly hooks: HookChain;
  #markReady: () => void = () => {};
  /** Resolves when what the store has is taken up: what is published from then on reaches everybody. */
  readonly ready = new Promise<void>((resolve) => {
    this.#markReady = resolve;
  });
  /** Connections that leave more unread than the high-water mark, with the (monotonic) time since which they do. */
  readonly slow: Map<LiveConnection, number> = new Map();
  readonly registry: Registry;
  /** Nothing is retained until somebody sets its limits. */
  readonly retained: RetainedMessages;
  /** Nothing is delayed until somebody sets its limits. */
  readonly delayed: DelayedMessages;
  readonly refusals: RefusalRecord;
  /** Messages by topic filter, for who is no MQTT client. */
  readonly taps: Taps;
  /** Packets of single clients, for who looks for a fault. */
  readonly traces: Traces;
  readonly #options: BrokerOptions;
  readonly #aedes: EmbeddedBroker;
  readonly #sweeper: SessionSweeper;
  readonly #arrivals: Arrivals;
  readonly #publisher: Publisher;
  readonly #subscriber: Subscriber;
  readonly #handlerParts: HandlerParts;
  readonly #banOf: (client: ClientInfo) => string | null;
  readonly #turns = new Turns();
  readonly #throttles: Throttles;
  #isReviewDue = false;
  #isClosed = false;
  readonly #connections = new WeakMap<AedesClient, LiveConnection>();
  readonly #connects = new WeakMap<AedesClient, IConnectPacket>();
  /** Ends the turn of a client that is on its way in. */
  readonly #leaveTurns = new WeakMap<LiveConnection, () => void>();
  /** Clients whose wills are off, which the store has all the same: it took no writes. */
  readonly #revokedWills = new Set<string>();
  /** Connections whose end is under way. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: BrokerOptions) {
    const { nodeName, limits, store } = options;
    this.#options = options;
    this.#banOf = options.banOf ?? (() => null);
    const onFault = (fault: unknown): void => options.onFault(fault as Error);
    this.events = createEvents(onFault);
    this.taps = new Taps(onFault);
    const { events, taps } = this;
    this.refusals = new RefusalRecord({ nodeName, onNoted: (refusal) => events.refused.tell(refusal) });
    this.retained = new RetainedMessages(null, (topic) => store.deleteRetained(topic));
    this.delayed = new DelayedMessages({
      nodeName,
      database: store.database,
      publish: (message, username, done) => this.#publisher.publish(message, true, done, username),
    });
    this.#throttles = new Throttles(limits);
    this.registry = new Registry(nodeName, store, limits, (session, count) => this.#noteDropped(session, count));
    this.traces = new Traces((clientId) => this.registry.sessionsById.get(clientId)?.connection ?? null, onFault);
    this.#sweeper = new SessionSweeper({
      clock: () => store.clock(),
      expiryInterval: () => limits.sessionExpiryInterval,
      end: (session) => void this.#expire(session),
    });
    const { registry, retained, metrics, refusals } = this;
    this.hooks = new HookChain(limits, onFault, options.hooks);
    this.#publisher = new Publisher({ nodeName, registry, store, retained, metrics, limits, events, taps });
    this.#subscriber = new Subscriber({ registry, store, retained, events });
    this.#handlerParts = {
      limits,
      hooks: this.hooks,
      store,
      publisher: this.#publisher,
      subscriber: this.#subscriber,
      metrics,
      refusals,
      retained,
      delayed: this.delayed,
      onDropped: (client) => this.#noteDropped(client, 1),
    };
    this.#arrivals = new Arrivals({
      limits,
      allowAnonymous: () => options.allowAnonymous,
      hooks: this.hooks,
      banOf: this.#banOf,
      store,
      registry,
      sweeper: this.#sweeper,
      turns: this.#turns,
      metrics,
      refusals,
      delayed: this.delayed,
      discard: (session) => this.#endSession(session, 'DISCARDED'),
      sessionCreated: events.sessionCreated,
    });
    this.#aedes = new EmbeddedBroker({
      id: nodeName,
      preConnect: (client, packet, done) => {
        const connection = this.#connectionOf(client);
        // Before anybody vouches for it: a refusal is what many look for.
        connection.trace = this.traces.of(packet.clientId);
        connection.trace?.packet(connection, 'RECEIVED', packet);
        if (connection.certifiedName !== null) packet.username = connection.certifiedName;
        connection.introduce(packet);
        this.#connects.set(client, { ...packet });
        const malformed = this.#arrivals.refuseWillTopic(connection, packet);
        // aedes would keep and publish it by itself.
        delete packet.will;
        done(malformed, malformed === null);
      },
      authenticate: (client, _username, password, done) => {
        this.#admit(client, password ?? null).then(
          (refused) => done(refused, refused === null),
          (fault) => {
            options.onFault(fault);
            done(Object.assign(new Error('unexpected error'), { returnCode: 3 }), null);
          },
        );
      },
    });
    this.#listen();
    store.database.onFailed = (reason) => this.#storeFailed(reason);
    store.database.onHealed = () => this.#storeHealed();
  }

  /** Takes up what the store has, wills of a process that died among it. */
  async start(): Promise<void> {
    await this.#takeUp();
    await this.#publishWills(await this.#orphanedWills());
    await this.#aedes.listen();
    this.#sweeper.start();
    this.registry.peaks.note('retained', this.retained.size);
    this.#markReady();
    this.delayed.open();
  }

  /** Lists the sessions, retained and delayed messages of the store, and no others. */
  async #takeUp(): Promise<void> {
    const { store } = this.#options;
    const now = store.clock();
    for (const session of [...this.registry.sessionsById.values()]) {
      if (!session.stored || store.sessions.get(session.clientId) === session.stored) continue;
      this.registry.end(session);
      this.#sweeper.keep(session);
    }
    const offline: { session: LiveSession; leftAt: number }[] = [];
    for (const [stored, subscriptions] of store.loadedSubscriptions) {
      const known = this.registry.sessionsById.get(stored.clientId);
      if (known) this.registry.end(known);
      if (stored.leftAt === null) {
        Object.assign(stored, { leftAt: now, disconnectedAt: Date.now() });
        store.update(stored);
      }
      const session = this.registry.restore(stored, subscriptions);
      for (const packetId of store.loadedIncoming.get(stored) ?? []) session.incoming.add(packetId);
      offline.push({ session, leftAt: stored.leftAt ?? now });
    }
    store.loadedSubscriptions.clear();
    store.loadedIncoming.clear();
    offline.sort((a, b) => a.leftAt - b.leftAt);
    for (const { session, leftAt } of offline) this.#sweeper.await(session, leftAt);
    const retained: MessageToRetain[] = [];
    for await (const { message, username } of store.retained()) {
      retained.push({ ...message, username, nodeName: this.#options.nodeName });
    }
    this.retained.restore(retained);
    await this.delayed.restore();
  }

  /** Wills of connections that ended without anybody noticing [MQTT-3.1.2-8]. */
  async #orphanedWills(): Promise<StoredWill[]> {
    const wills = await this.#options.store.wills();
    return wills.filter(({ message: { clientId } }) => !this.#hasWill(clientId) && !this.#revokedWills.has(clientId));
  }

  /** Forgets the will of a client that nobody shall publish [MQTT-3.1.2-10]. */
  #revokeWill(clientId: string): void {
    this.#options.store.deleteWill(clientId);
    this.#options.store.committed((error) => {
      if (error) this.#revokedWills.add(clientId);
      else this.#revokedWills.delete(clientId);
    });
  }

  #noteDropped(client: Pick<LiveSession, 'clientId'>, count: number): void {
    this.metrics.messagesDropped += count;
    this.events.dropped.tell(client, count);
  }

  #hasWill(clientId: string): boolean {
    return (this.registry.sessionsById.get(clientId)?.connection?.will ?? null) !== null;
  }

  /** Publishes wills that the store has, where their clients may still publish, and forgets them. */
  async #publishWills(wills: readonly StoredWill[]): Promise<void> {
    const { store } = this.#options;
    for (const { message, username, ipAddress } of wills) {
      const { clientId, topic, qos, retain } = message;
      const client = { clientId, username, ipAddress, port: 0 };
      const verdict = await this.hooks.authorizePublish(client, topic, qos, retain);
      const isOff = !permits(verdict, topic);
      const delay = isOff ? null : await this.#delayOfWill(client, message);
      const leave = await this.#turns.enter(clientId);
      // In one batch: another death of the process neither loses nor doubles it. A client that came back has its own.
      if (!this.#hasWill(clientId)) store.deleteWill(clientId);
      if (!isOff && delay !== 'REFUSED') this.#sendWill(message, delay, username, () => {});
      leave();
    }
    await store.database.flush();
  }

  /**
   * How long a will that is to be published now has to wait. The broker may delay messages since the client left it, which
   * makes another topic of it: it is asked for.
   */
  #delayOfWill(client: Refused, will: StoredMessage): MaybePromise<Delay | null | 'REFUSED'> {
    const { topic, qos, retain } = will;
    const refuse = (kind: RefusalKind, { message }: Error): 'REFUSED' => {
      if (kind === 'LIMIT') this.#noteDropped(client, 1);
      else this.metrics.messagesDropped++;
      this.refusals.note(client, kind, 'WILL', message, topic);
      return 'REFUSED';
    };
    let delay: Delay | null;
    try {
      delay = this.delayed.delayOf(topic);
    } catch (malformed) {
      return refuse('PROTOCOL', malformed as Error);
    }
    if (!delay) return null;
    const excess = this.delayed.refuse(will, client.username);
    if (excess) return refuse('LIMIT', excess);
    const target = delay.topic;
    return whenReady(this.hooks.authorizePublish(client, target, qos, retain), (verdict) =>
      permits(verdict, target) ? delay : refuse('ACL', notAuthorized('publish to', target)),
    );
  }

  #sendWill(will: StoredMessage, delay: Delay | null, username: string | null, done: Committed): void {
    const message = { ...will, publishedAt: Date.now() };
    if (delay) this.delayed.put(message, delay, username, done);
    else this.#publisher.publish(message, true, done, username);
  }

  /** Serves a client on a connection that was accepted on `port`. */
  serve(conn: Duplex, peer: Peer, port: Port, request?: IncomingMessage): void {
    const { nodeName, limits } = this.#options;
    this.#aedes.connectTimeout = limits.connectTimeout * 1000;
    const client = this.#aedes.handle(conn, request);
    const connection = new LiveConnection(nodeName, peer, conn, client, this.metrics, limits, this.events);
    connection.onSlow = (isSlow) => {
      if (isSlow) this.slow.set(connection, performance.now());
      else this.slow.delete(connection);
    };
    this.#connections.set(client, connection);
    const handler = new PacketHandler(connection, this.#handlerParts, () => inbox.pump());
    const parser = client._parser;
    const inbox = new Inbox(client, {
      handle: (packet) => handler.handle(packet),
      onFault: (error) => {
        if (error instanceof UnknownLevelError) connection.refuseLevel(error);
        else client.emit('error', error);
      },
      isFull: () => handler.isFull || connection.leavesAnswers,
      throttles: this.#throttles,
      address: peer.ipAddress,
    });
    connection.onAnswersRead = () => inbox.pump();
    parser.prependListener('packet', (packet) => connection.received(packet));
    const parse = parser.parse;
    parser.parse = (chunk) => {
      connection.receivedBytes(chunk.length);
      return parse.call(parser, chunk);
    };
    makeStrict(parser, () => limits.maxPacketSize);
    // What aedes writes is small and seldom; nobody waits for its client to read it.
    client.waitForDrain = (done) => void setImmediate(done, null, client);
    const leave = port.hold(request?.socket ?? (conn as Socket));
    conn.once('close', () => {
      inbox.onceClosed(() => {
        this.#end(connection);
        port.countShutdown(reasonOf(connection));
        connection.endTrace(reasonOf(connection));
        leave();
      });
    });
  }

  #listen(): void {
    const aedes = this.#aedes;
    const { onClientFault, onFault } = this.#options;
    aedes.on('client', (client: AedesClient) => {
      const connection = this.#connectionOf(client);
      if (this.#arrivals.refuseBanned(connection)) {
        connection.refuseConnect(NOT_AUTHORIZED);
        return;
      }
      connection.connectedAt = Date.now();
      // Somebody may follow it since its CONNECT came, or nobody any more.
      connection.trace = this.traces.of(connection.clientId);
      const session = this.registry.open(connection);
      if (!session.stored) this.events.sessionCreated.tell(session);
      this.events.connected.tell(connection);
    });
    aedes.on('clientReady', (client: AedesClient) => {
      const connection = this.#connectionOf(client);
      // aedes says so, too, of one that ended while its CONNACK was written.
      if (connection.isEnded) return;
      connection.session?.outbox.attach(connection);
      this.#leaveTurns.get(connection)?.();
    });
    aedes.on('clientDisconnect', (client: AedesClient) => this.#end(this.#connectionOf(client)));
    aedes.on('keepaliveTimeout', (client: AedesClient) => {
      this.#connectionOf(client).endReason ??= 'keepalive_timeout';
    });
    const fault = (client: AedesClient, error: Error): void => {
      const connection = this.#connections.get(client);
      if (!connection) return;
      if (error.message === CONNECT_TIMEOUT) connection.endReason ??= 'connect_timeout';
      const isNetwork = (error as NodeJS.ErrnoException).code !== undefined && !(error instanceof BrokerError);
      if (!isNetwork) connection.endReason ??= 'protocol_error';
      const kind = kindOfFault(connection.endReason, error);
      // A refusal was noted where it was made.
      if (kind !== null && !(error instanceof BrokerError)) {
        this.refusals.note(connection, kind, connection.seq === 0 ? 'CONNECT' : 'PACKET', error.message);
      }
      onClientFault(connection, connection.endReason ?? 'tcp_closed', error);
    };
    aedes.on('clientError', fault);
    aedes.on('connectionError', fault);
    aedes.on('error', onFault);
  }

  #connectionOf(client: AedesClient): LiveConnection {
    const connection = this.#connections.get(client);
    if (!connection) throw new Error('a client that this broker does not serve');
    return connection;
  }

  async #admit(client: AedesClient, password: Buffer | null) {
    const connection = this.#connectionOf(client);
    const packet = this.#connects.get(client);
    this.#connects.delete(client);
    if (!packet) throw new Error('a client that sent no CONNECT');
    connection.accept(packet, Date.now());
    connection.will = willOf(packet, client.id);
    const arrival = await this.#arrivals.admit(connection, packet, password);
    if (arrival instanceof Error) {
      connection.will = null;
      return arrival;
    }
    this.#leaveTurns.set(connection, arrival.leaveTurn);
    // It left while its session was made ready, or was banned.
    const banned = this.#arrivals.refuseBanned(connection);
    if (banned || connection.isClosed) this.#end(connection);
    return banned;
  }

  /** Notes the end of a connection, on whichever comes first: aedes' word or the end of the socket. */
  #end(connection: LiveConnection): void {
    if (connection.isEnded) return;
    const leaveTurn = this.#leaveTurns.get(connection);
    const wasListed = this.registry.close(connection, Date.now());
    // Not yet admitted: its arrival looks after it.
    if (!wasListed && !leaveTurn) return;
    connection.isEnded = true;
    if (wasListed) {
      this.events.disconnected.tell(connection, reasonOf(connection));
      connection.endTrace(reasonOf(connection));
    }
    const ended = this.#settleEnd(connection, wasListed).catch(this.#options.onFault);
    this.#ending.add(ended);
    void ended.finally(() => {
      this.#ending.delete(ended);
      leaveTurn?.();
      connection.settleEnd();
    });
  }

  async #settleEnd(connection: LiveConnection, wasListed: boolean): Promise<void> {
    const { store } = this.#options;
    const { clientId, will, client } = connection;
    const session = connection.session ?? this.registry.sessionsById.get(clientId);
    let isEnding: Promise<void> | null = null;
    if (session && !session.connected) {
      session.outbox.detach();
      if (session.stored) this.#leave(session);
      else isEnding = this.#endSession(session, 'CLOSED');
    }
    if (will && wasListed && !client._disconnected) {
      const found = this.#delayOfWill(connection, will);
      const delay = isPromise(found) ? await found : found;
      store.deleteWill(clientId);
      await new Promise<void>((resolve) => {
        if (delay === 'REFUSED') store.committed(() => resolve());
        else this.#sendWill(will, delay, connection.username, () => resolve());
      });
    } else if (will) {
      this.#revokeWill(clientId);
      await store.database.flush().catch(() => {});
    }
    await isEnding;
    if (session?.stored) await store.database.flush().catch(() => {});
  }

  /** The client of a persistent session is gone: from now on it may expire. */
  #leave(session: LiveSession): void {
    const { store } = this.#options;
    const { stored } = session;
    if (!stored || this.registry.sessionsById.get(session.clientId) !== session) return;
    stored.leftAt = store.clock();
    stored.disconnectedAt ??= Date.now();
    store.update(stored);
    store.touch(stored);
    this.#sweeper.await(session, stored.leftAt);
  }

  /** Forgets a session; messages of shared subscriptions that its client never acknowledged go to other members. */
  async #endSession(session: LiveSession, end: SessionEnd): Promise<void> {
    const { store } = this.#options;
    const { stored } = session;
    this.registry.end(session);
    this.events.sessionEnded.tell(session, end);
    this.#sweeper.keep(session);
    const leftovers = await session.outbox.leftovers();
    // In one batch with the end: each message is in one queue or in another.
    for (const { message, share } of leftovers) this.#publisher.redispatch(message, share, session);
    if (!stored) return;
    store.end(stored);
    await store.database.flush();
  }

  async #expire(session: LiveSession): Promise<void> {
    const leave = await this.#turns.enter(session.clientId);
    try {
      // One that cannot be ended now is listed anew when the store heals.
      const isEnding = !session.connected && !this.#options.store.database.failure;
      if (isEnding && this.registry.sessionsById.get(session.clientId) === session)
        await this.#endSession(session, 'EXPIRED');
    } catch (error) {
      this.#options.onFault(error as Error);
    } finally {
      leave();
    }
  }

  /** Persistent sessions cannot be served: their clients have to come back when they can. */
  #storeFailed(reason: Error): void {
    this.#options.onFault(reason);
    this.events.storeFailed.tell(reason);
    for (const { connection, stored } of this.registry.sessionsById.values()) {
      if (stored) connection?.fail(reason, 'store_failed');
    }
  }

  async #storeHealed(): Promise<void> {
    await Promise.all(this.#ending);
    await this.#options.store.load();
    await this.#takeUp();
    const wills = await this.#orphanedWills();
    // Writes are taken when this is done.
    setImmediate(() => {
      this.events.storeHealed.tell();
      for (const clientId of this.#revokedWills) this.#revokeWill(clientId);
      this.delayed.wake();
      void this.#publishWills(wills).catch(this.#options.onFault);
    });
  }

  /**
   * Resolves when every subscriber's queue has the message and it cannot be lost. Refuses a message to retain that is
   * or to delay above a limit with LIMIT_EXCEEDED, a malformed delay with BAD_USER_INPUT, and publishes nothing then.
   */
  async publish({ topic, payload, qos, retain, clientId }: Message): Promise<void> {
    const delay = this.delayed.delayOf(topic);
    const username = delay && (this.registry.sessionsById.get(clientId)?.username ?? null);
    const message: StoredMessage = { topic, payload, qos: qos as Qos, retain, clientId, publishedAt: Date.now() };
    const refusedToRetain = retain ? this.retained.refuse(topic, payload.length) : null;
    const refused = delay ? this.delayed.refuse(message, username) : refusedToRetain;
    if (refused) throw refused;
    await new Promise<void>((resolve, reject) => {
      const done: Committed = (error) => (error ? reject(storeFailed(error)) : resolve());
      if (!delay) this.#publisher.publish(message, false, done);
      else this.delayed.put(message, delay, username, done);
    });
  }

  #sessionOf(clientId: string): LiveSession {
    const session = this.registry.sessionsById.get(clientId);
    if (!session) throw sessionNotFound(clientId);
    return session;
  }

  /**
   * Subscribes a client, connected or with a persistent session. Filters and QoS are valid. Refuses all of them with
   * LIMIT_EXCEEDED when there would be too many.
   */
  async subscribe(clientId: string, requests: readonly SubscriptionRequest[]): Promise<readonly Subscription[]> {
    const session = this.#sessionOf(clientId);
    const granted = requests.map(({ topicFilter, qos }) => ({ topicFilter, qos: qos as Qos }));
    const topicFilters = granted.map(({ topicFilter }) => topicFilter);
    const count = session.reserve(topicFilters);
    if (count !== null) throw tooManySubscriptions(clientId, count, session.maxSubscriptions);
    this.#subscriber.store(session, granted);
    return this.#whenStored(session, (error) => {
      session.settle(topicFilters);
      if (error) throw storeFailed(error);
      if (this.registry.sessionsById.get(clientId) !== session) throw sessionNotFound(clientId);
      const subscriptions = this.#subscriber.begin(session, granted);
      this.#subscriber.sendRetained(session, granted);
      return subscriptions;
    });
  }

  /** Ends subscriptions of a client, in its stored session too. */
  async unsubscribe(clientId: string, topicFilters: readonly string[]): Promise<void> {
    const session = this.#sessionOf(clientId);
    const known = this.#subscriber.forget(session, topicFilters);
    await this.#whenStored(session, (error) => {
      if (error) throw storeFailed(error);
      this.#subscriber.end(session, known);
    });
  }

  /**
   * Does what follows from a change at the moment when it is stored, or cannot be: before whatever follows from a later
   * one of the same batch.
   */
  #whenStored<T>({ stored }: LiveSession, then: (error: Error | null) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null): void => {
        try {
          resolve(then(error));
        } catch (refusal) {
          reject(refusal);
        }
      };
      if (stored) this.#options.store.committed(settle);
      else settle(null);
    });
  }

  /** Closes the client's connection; its will is published [MQTT-3.1.2-8]. Answers false when it is not connected. */
  async kick(clientId: string): Promise<boolean> {
    const connection = this.registry.sessionsById.get(clientId)?.connection;
    if (!connection) return false;
    await connection.end('kicked');
    return true;
  }

  async cleanSession(clientId: string): Promise<void> {
    const { database } = this.#options.store;
    this.#sessionOf(clientId);
    const leave = await this.#turns.enter(clientId);
    try {
      const session = this.#sessionOf(clientId);
      if (session.connected) throw sessionRunning(clientId);
      if (database.failure) throw storeFailed(database.failure);
      await this.#endSession(session, 'CLEANED').catch(throwStoreFailed);
    } finally {
      leave();
    }
  }

  /** Ends the retained messages of these topics. Answers how many there were. */
  async clearRetained(topics: readonly string[]): Promise<number> {
    const { store } = this.#options;
    const cleared = topics.filter((topic) => this.retained.delete(topic));
    for (const topic of cleared) store.deleteRetained(topic);
    if (cleared.length > 0) {
      await store.database.flush().catch(throwStoreFailed);
    }
    return cleared.length;
  }

  /** Deletes delayed messages by their ids. Answers how many there were. */
  async deleteDelayed(ids: readonly string[]): Promise<number> {
    const count = this.delayed.delete(ids);
    if (count > 0) {
      await this.#options.store.database.flush().catch(throwStoreFailed);
    }
    return count;
  }

  /** Whether a SUBSCRIBE of this client would be granted; of the broker's own topics, unless a hook denies it. */
  permitsSubscribe(client: ClientInfo, topicFilter: string): MaybePromise<boolean> {
    if (this.#options.limits.refusedFilters.includes(topicFilter)) return false;
    return whenReady(this.hooks.authorizeSubscribe(client, topicFilter, 0), (verdict) => verdict !== 'deny');
  }

  /**
   * The limits are other ones: what follows for who is there already is done soon. Clients that send too fast go by the
   * new ones, and queues drop what is too much and send what may go.
   */
  review(): void {
    if (this.#isReviewDue) return;
    this.#isReviewDue = true;
    setImmediate(() => {
      this.#isReviewDue = false;
      this.#throttles.review();
      this.#reviewQueues().catch(this.#options.onFault);
    });
  }

  async #reviewQueues(): Promise<void> {
    let count = 0;
    for (const session of [...this.registry.sessionsById.values()]) {
      if (++count % REVIEWED_AT_ONCE === 0) await new Promise(setImmediate);
      if (this.#isClosed) return;
      if (this.registry.sessionsById.get(session.clientId) === session) session.outbox.review();
    }
  }

  /** Closes all connections and resolves when what was under way is done; their wills are published. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sweeper.stop();
    this.delayed.close();
    for (const { connection } of this.registry.sessionsById.values())
      if (connection) connection.endReason ??= 'broker_stopped';
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await Promise.all(this.#ending);
    this.#throttles.close();
    await this.#options.store.close();
  }
}
