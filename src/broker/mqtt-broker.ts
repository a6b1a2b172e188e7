import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { IConnectPacket } from 'mqtt-packet';
import {
  BrokerError,
  type Message,
  type Qos,
  type RefusalKind,
  type Subscription,
  type SubscriptionRequest,
  sessionNotFound,
  sessionRunning,
  tooManySubscriptions,
} from '../domain.ts';
import type { Port } from '../port.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { AedesClient } from './aedes.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { createEmitter } from './emitter.ts';
import { createGrantedStore } from './granted-store.ts';
import { LiveConnection, type Peer } from './live-connection.ts';
import type { LiveSession } from './live-session.ts';
import { createMetrics } from './metrics.ts';
import { RefusalRecord } from './refusal-record.ts';
import { Registry } from './registry.ts';
import type { RetainedMessages } from './retained-messages.ts';
import { SessionSweeper } from './session-sweeper.ts';
import { checkPublishTopic, checkTopicFilter, type TopicLimits } from './topics.ts';

export interface BrokerLimits extends TopicLimits {
  /** Bytes of UTF-8. */
  readonly maxClientidLen: number;
  /** Bytes, without the fixed header. */
  readonly maxPacketSize: number;
  /** Seconds; 4294967295 is never. */
  readonly sessionExpiryInterval: number;
  readonly maxMqueueLen: number;
  readonly maxAwaitingRel: number;
  /** Seconds that a connection may take for its CONNECT. */
  readonly connectTimeout: number;
  /** Subscriptions of one client; 0 is no limit. */
  readonly maxSubscriptions: number;
}

export interface BrokerOptions {
  readonly nodeName: string;
  readonly limits: BrokerLimits;
  /** Whether a client may connect that no plugin vouches for. */
  readonly allowAnonymous: boolean;
  readonly store: SessionStore;
  /** Told of a client's fault or refusal, for the log. */
  readonly onClientFault: (connection: LiveConnection, reason: string, error: Error | null) => void;
  /** Told of a fault of the broker itself. */
  readonly onFault: (error: Error) => void;
}

const CONCURRENCY = 100;

/** Bytes that may wait for a client to read them before QoS 0 messages are dropped, and before it is disconnected. */
const SLOW = 1024 * 1024;
const STUCK = 64 * 1024 * 1024;

/** What aedes says of a connection without a CONNECT in time; it tells of it in words only. */
const CONNECT_TIMEOUT = 'connect did not arrive in time';

/** CONNACK return codes [MQTT-3.2.2-4]. */
const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;

interface ConnectRefusal extends Error {
  readonly returnCode: number;
  readonly kind: RefusalKind;
}

const refusal = (message: string, returnCode: number, kind: RefusalKind): ConnectRefusal =>
  Object.assign(new Error(message), { returnCode, kind });

/** A topic or a filter that is refused: for its size, as one of the broker's own, or as none at all. */
function kindOf({ code }: BrokerError, topic: string): RefusalKind {
  if (code === 'LIMIT_EXCEEDED') return 'LIMIT';
  return topic.startsWith('$SYS/') ? 'ACL' : 'PROTOCOL';
}

const EXCESS = /^(maxInflightInbound exceeded|packet of \d+ bytes|the client left)/;

/** A fault that ends a connection; null for one of the network, of which nobody is refused anything. */
function kindOfFault(endReason: string | null, { message }: Error): RefusalKind | null {
  if (EXCESS.test(message)) return 'LIMIT';
  return endReason === 'protocol_error' || endReason === 'connect_timeout' ? 'PROTOCOL' : null;
}

/** The refusal that a check throws; null when it passes. */
function refusalOf(check: () => void): BrokerError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
}

/** The MQTT broker of this process: aedes, and the tables of what it serves. */
export class MqttBroker {
  readonly metrics = createMetrics();
  readonly registry: Registry;
  readonly refusals: RefusalRecord;
  readonly #options: BrokerOptions;
  readonly #aedes: EmbeddedBroker;
  readonly #sweeper: SessionSweeper;
  readonly #connections = new WeakMap<AedesClient, LiveConnection>();
  readonly #connects = new WeakMap<AedesClient, IConnectPacket>();
  /** Clients between their CONNECT and their place in the tables: aedes restores their sessions meanwhile. */
  readonly #arriving = new Set<AedesClient>();

  constructor(options: BrokerOptions) {
    const { nodeName, limits, store } = options;
    this.#options = options;
    this.registry = new Registry(nodeName, store, {
      expiryInterval: limits.sessionExpiryInterval,
      maxQueued: limits.maxMqueueLen,
      maxAwaitingRelease: limits.maxAwaitingRel,
      maxSubscriptions: limits.maxSubscriptions,
    });
    this.refusals = new RefusalRecord({ nodeName });
    store.usernameOf = (clientId) => this.registry.sessionsById.get(clientId)?.username ?? null;
    this.#sweeper = new SessionSweeper(limits.sessionExpiryInterval, (session) => void this.#endSession(session));
    const granted = new WeakSet<object>();
    this.#aedes = new EmbeddedBroker({
      id: nodeName,
      concurrency: CONCURRENCY,
      connectTimeout: limits.connectTimeout * 1000,
      maxTopicLevels: limits.maxTopicLevels,
      maxInflightInbound: limits.maxAwaitingRel,
      maxClientsIdLength: limits.maxClientidLen,
      mq: createEmitter(CONCURRENCY, (packet) => this.#countUnmatched(packet)),
      persistence: createGrantedStore(store, granted),
      preConnect: (client, packet, done) => {
        this.#connects.set(client, packet);
        const connection = this.#connectionOf(client);
        if (connection.certifiedName !== null) packet.username = connection.certifiedName;
        connection.introduce(packet);
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        const refused = this.#refuseConnect(client);
        if (refused) {
          const connection = this.#connectionOf(client);
          connection.endReason = 'not_authorized';
          this.refusals.note(connection, refused.kind, 'CONNECT', refused.message);
        } else {
          this.metrics.authMqttAnonymous++;
          this.#arriving.add(client);
        }
        done(refused, refused === null);
      },
      authorizePublish: (client, packet, done) => {
        const { topic } = packet;
        const error = this.#refusePublish(topic);
        if (error) {
          this.metrics.packetsPublishError++;
          // A will is no packet.
          const action = packet.cmd === 'publish' ? 'PUBLISH' : 'WILL';
          if (client)
            this.refusals.note(this.#connectionOf(client), kindOf(error, topic), action, error.message, topic);
        }
        // The store is told of the message and not of its publisher.
        else if (client) Object.assign(packet, { clientId: client.id });
        done(error);
      },
      authorizeSubscribe: (client, subscription, done) => {
        // Without a session yet, it is that of an earlier connection which is restored.
        const connection = this.#connectionOf(client);
        const { topic } = subscription;
        const error =
          refusalOf(() => checkTopicFilter(topic, limits)) ??
          refusalOf(() => {
            const count = connection.session?.reserve([topic]) ?? null;
            if (count !== null) throw tooManySubscriptions(client.id, count, limits.maxSubscriptions);
          });
        if (error) this.refusals.note(connection, kindOf(error, topic), 'SUBSCRIBE', error.message, topic);
        else granted.add(subscription);
        done(null, error ? null : subscription);
      },
      authorizeForward: (client, packet) => {
        if (packet.qos > 0 || client.conn.writableLength <= SLOW) return packet;
        this.metrics.messagesDropped++;
        return null;
      },
    });
    this.#listen();
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
    this.#sweeper.start();
  }

  /** Serves a client on a connection that was accepted on `port`. */
  serve(conn: Duplex, peer: Peer, port: Port, request?: IncomingMessage): void {
    const client = this.#aedes.handle(conn, request);
    const connection = new LiveConnection(this.#options.nodeName, peer, conn, client, this.metrics);
    this.#connections.set(client, connection);
    const { store, limits } = this.#options;
    const parser = client._parser;
    parser.prependListener('packet', (packet) =>
      connection.received(packet, (messageId) => store.isAwaitingRelease(connection.clientId, messageId)),
    );
    const parse = parser.parse;
    parser.parse = (chunk) => {
      connection.receivedBytes(chunk.length);
      return parse.call(parser, chunk);
    };
    const parseLength = parser._parseLength;
    // Refused as soon as its fixed header is known, before the packet is gathered.
    parser._parseLength = () => {
      const isKnown = parseLength.call(parser);
      if (!isKnown || parser.packet.length <= limits.maxPacketSize) return isKnown;
      parser._emitError(
        new Error(`packet of ${parser.packet.length} bytes is above the limit of ${limits.maxPacketSize}`),
      );
      return false;
    };
    // aedes would hold one of its few places for deliveries until the client reads, and everybody else would wait.
    client.waitForDrain = (done) => {
      if (conn.writableLength > STUCK) {
        connection.endReason ??= 'slow_consumer';
        conn.destroy(new Error(`the client left ${conn.writableLength} bytes unread`));
      }
      setImmediate(done, null, client);
    };
    conn.once('close', () => {
      this.#arriving.delete(client);
      this.#release(connection);
      port.countShutdown(connection.endReason ?? (client._disconnected ? 'closed' : 'tcp_closed'));
    });
  }

  #listen(): void {
    const aedes = this.#aedes;
    const { onClientFault, onFault } = this.#options;
    aedes.onTakeover = (previous) => {
      this.#connectionOf(previous).endReason ??= 'discarded';
    };
    aedes.on('client', (client: AedesClient) => {
      const connection = this.#connectionOf(client);
      const connect = this.#connects.get(client);
      if (connect) connection.accept(connect, Date.now());
      this.#connects.delete(client);
      this.#arriving.delete(client);
      // Kept or replaced, the session before this connection no longer waits for its end.
      const kept = this.registry.sessionsById.get(client.id);
      if (kept) {
        this.#sweeper.keep(kept);
        // Of a SUBSCRIBE that the end of the connection cut off.
        kept.settle();
      }
      this.registry.open(connection);
    });
    aedes.on('clientDisconnect', (client: AedesClient) => this.#release(this.#connectionOf(client)));
    aedes.on('keepaliveTimeout', (client: AedesClient) => {
      this.#connectionOf(client).endReason ??= 'keepalive_timeout';
    });
    const fault = (client: AedesClient, error: Error): void => {
      const connection = this.#connections.get(client);
      if (!connection) return;
      // aedes tells of it in words only.
      if (error.message.startsWith('maxInflightInbound exceeded')) this.metrics.messagesQos2Dropped++;
      if (error.message === CONNECT_TIMEOUT) connection.endReason ??= 'connect_timeout';
      const isNetwork = (error as NodeJS.ErrnoException).code !== undefined;
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
    aedes.on('subscribe', (subscriptions: { topic: string; qos: number }[], client: AedesClient) => {
      const session = this.#connectionOf(client).session;
      if (!session || this.registry.sessionsById.get(client.id) !== session) return;
      session.settle(subscriptions.map(({ topic }) => topic));
      for (const { topic, qos } of subscriptions) {
        if (qos !== 128) this.registry.subscribe(session, topic, qos as Qos);
      }
    });
    aedes.on('unsubscribe', (topics: string[], client: AedesClient) => {
      const session = this.#connectionOf(client).session;
      if (session && !client.closed) for (const topic of topics) this.registry.unsubscribe(session, topic);
    });
    aedes.on('publish', (packet: { retain?: boolean }) => {
      if (packet.retain) this.registry.peaks.note('retained', this.#options.store.retainedCount);
    });
  }

  #connectionOf(client: AedesClient): LiveConnection {
    const connection = this.#connections.get(client);
    if (!connection) throw new Error('a client that this broker does not serve');
    return connection;
  }

  /** Takes the connection off the lists, on whichever comes first: aedes' word or the end of the socket. */
  #release(connection: LiveConnection): void {
    if (!this.registry.close(connection, Date.now())) return;
    const { session } = connection;
    // A successor goes on with the session, or ends it.
    if (connection.endReason === 'discarded') return;
    if (session && !session.connected && !session.cleanSession) this.#sweeper.await(session);
  }

  #refuseConnect(client: AedesClient): ConnectRefusal | null {
    const { limits, allowAnonymous } = this.#options;
    const connect = this.#connects.get(client);
    const length = Buffer.byteLength(connect?.clientId ?? '');
    if (length > limits.maxClientidLen) {
      return refusal(
        `client id of ${length} bytes is above the limit of ${limits.maxClientidLen}`,
        IDENTIFIER_REJECTED,
        'LIMIT',
      );
    }
    // [MQTT-3.1.3-8]
    if (length === 0 && !client.clean)
      return refusal('a client without an id needs a clean session', IDENTIFIER_REJECTED, 'PROTOCOL');
    return allowAnonymous ? null : refusal('nobody vouches for the client', NOT_AUTHORIZED, 'AUTHENTICATION');
  }

  #refusePublish(topic: string): BrokerError | null {
    return refusalOf(() => checkPublishTopic(topic, this.#options.limits));
  }

  #countUnmatched(packet: { topic: string }): void {
    if (!packet.topic.startsWith('$SYS/') && !this.#options.store.wasQueued(packet)) this.metrics.messagesDropped++;
  }

  async publish({ topic, payload, qos, retain, clientId }: Message): Promise<void> {
    const packet = { cmd: 'publish' as const, topic, payload, qos: qos as Qos, retain, dup: false, clientId };
    await new Promise<void>((resolve, reject) => {
      this.#aedes.publish(packet, { id: clientId }, (error) => (error ? reject(error) : resolve()));
    });
  }

  get retained(): RetainedMessages {
    return this.#options.store.retained;
  }

  /** Clears the retained messages of topics; answers how many there were. */
  async clearRetained(topics: readonly string[]): Promise<number> {
    return topics.filter((topic) => this.retained.delete(topic)).length;
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
    const wanted = requests.map(({ topicFilter, qos }) => ({ topic: topicFilter, qos }));
    const topicFilters = requests.map(({ topicFilter }) => topicFilter);
    const count = session.reserve(topicFilters);
    if (count !== null) throw tooManySubscriptions(clientId, count, session.maxSubscriptions);
    const { connection } = session;
    try {
      if (connection) await finishedOrClosed(connection, (done) => connection.client.subscribe(wanted, done));
      else await this.#options.store.addSubscriptions({ id: clientId }, wanted);
    } finally {
      session.settle(topicFilters);
    }
    if (this.registry.sessionsById.get(clientId) !== session) throw sessionNotFound(clientId);
    return wanted.map(({ topic, qos }) => this.registry.subscribe(session, topic, qos as Qos));
  }

  /** Ends subscriptions of a client, in its stored session too; aedes alone would restore them at its next CONNECT. */
  async unsubscribe(clientId: string, topicFilters: readonly string[]): Promise<void> {
    const session = this.#sessionOf(clientId);
    const { connection } = session;
    if (!session.cleanSession) await this.#options.store.removeSubscriptions({ id: clientId }, topicFilters);
    if (connection)
      await finishedOrClosed(connection, (done) => connection.client.unsubscribe([...topicFilters], done));
    for (const topicFilter of topicFilters) this.registry.unsubscribe(session, topicFilter);
  }

  /** Closes the client's connection; its will is published [MQTT-3.1.2-8]. Answers false when it is not connected. */
  async kick(clientId: string): Promise<boolean> {
    const connection = this.registry.sessionsById.get(clientId)?.connection;
    if (!connection) return false;
    connection.endReason ??= 'kicked';
    await new Promise<void>((resolve) => connection.client.close(resolve));
    this.#release(connection);
    return true;
  }

  async cleanSession(clientId: string): Promise<void> {
    const session = this.#sessionOf(clientId);
    if (session.connected || this.#isArriving(clientId)) throw sessionRunning(clientId);
    await this.#endSession(session);
  }

  #isArriving(clientId: string): boolean {
    for (const client of this.#arriving) if (client.id === clientId) return true;
    return false;
  }

  async #endSession(session: LiveSession): Promise<void> {
    if (this.#isArriving(session.clientId)) return;
    this.registry.end(session);
    this.#sweeper.keep(session);
    await this.#options.store.endSession(session.clientId);
  }

  /** Closes all connections and resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#sweeper.stop();
    for (const { connection } of this.registry.sessionsById.values())
      if (connection) connection.endReason ??= 'broker_stopped';
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await this.#options.store.destroy();
  }
}

/** aedes leaves a request unanswered when the connection closes meanwhile. */
function finishedOrClosed(connection: LiveConnection, request: (done: (error?: Error) => void) => void): Promise<void> {
  const { conn } = connection.client;
  return new Promise((resolve, reject) => {
    const closed = (): void => resolve();
    conn.once('close', closed);
    request((error) => {
      conn.removeListener('close', closed);
      if (error) reject(error);
      else resolve();
    });
  });
}
