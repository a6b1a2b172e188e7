import type { IConnectPacket } from 'mqtt-packet';
import type { MetricsCounters, RefusalKind } from '../domain.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { ConnectRefusal as WithReturnCode } from './aedes.ts';
import type { DelayedMessages } from './delayed/delayed-messages.ts';
import type { BrokerEvents } from './events.ts';
import { type ClientInfo, type HookChain, permits } from './hooks.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveSession } from './live-session.ts';
import { kindOfTopicRefusal, type RefusalRecord } from './refusal-record.ts';
import type { Registry } from './registry.ts';
import type { SessionSweeper } from './session-sweeper.ts';
import {
  type Capabilities,
  checkTopicName,
  isSystemTopic,
  messageRefusal,
  refusalOf,
  reservedTopic,
  type TopicLimits,
} from './topics.ts';
import type { Turns } from './turns.ts';

/** CONNACK return codes [MQTT-3.2.2-4]. */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
export const NOT_AUTHORIZED = 5;

export interface ArrivalParts {
  readonly limits: TopicLimits & Capabilities & { readonly maxClientidLen: number };
  readonly allowAnonymous: () => boolean;
  readonly hooks: HookChain;
  /** Says why a client is banned; null when it is not. */
  readonly banOf: (client: ClientInfo) => string | null;
  readonly store: SessionStore;
  readonly registry: Registry;
  readonly sweeper: SessionSweeper;
  readonly turns: Turns;
  readonly metrics: MetricsCounters;
  readonly refusals: RefusalRecord;
  readonly delayed: Pick<DelayedMessages, 'delayOf'>;
  /** Ends a session, which its client discards, and all that is kept of it. */
  readonly discard: (session: LiveSession) => Promise<void>;
  readonly sessionCreated: BrokerEvents['sessionCreated'];
}

/** Why a CONNECT is refused; `kind` is null for a fault that is not the client's. */
interface ConnectRefusal extends WithReturnCode {
  readonly kind: RefusalKind | null;
  readonly action: 'CONNECT' | 'WILL';
}

const refusal = (
  message: string,
  returnCode: number,
  kind: RefusalKind | null,
  action: ConnectRefusal['action'] = 'CONNECT',
): ConnectRefusal => Object.assign(new Error(message), { returnCode, kind, action });

/** A client that may come in: its session is ready, and nobody else with its client id is connected or comes. */
export interface Arrival {
  /** To be called when the client is in, or will not be. */
  readonly leaveTurn: () => void;
}

/**
 * Lets clients in. Who they are is decided first: a stranger with a known client id disturbs nobody. Then the connection
 * that has the client id ends, its will included [MQTT-3.1.4-2], and the session is made, continued or discarded; all
 * of it is stored before the CONNACK.
 */
export class Arrivals {
  readonly #parts: ArrivalParts;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  /** Refuses a will that no client may leave: its topic is no topic name. The connection ends without a CONNACK. */
  refuseWillTopic(connection: LiveConnection, { will }: IConnectPacket): Error | null {
    if (!will) return null;
    const { limits, metrics, refusals, delayed } = this.#parts;
    const error = refusalOf(() => {
      checkTopicName(will.topic, limits);
      delayed.delayOf(will.topic);
    });
    if (!error) return null;
    metrics.packetsPublishError++;
    refusals.note(connection, kindOfTopicRefusal(error), 'WILL', error.message, will.topic);
    return error;
  }

  /**
   * Answers the refusal of a client that is banned. To be asked before anything else, and again whenever something was
   * waited for, so that a ban that comes meanwhile lets nobody slip through.
   */
  refuseBanned(connection: LiveConnection, clientId = connection.clientId): WithReturnCode | null {
    const { banOf, refusals } = this.#parts;
    const reason = banOf(connection);
    if (reason === null) return null;
    connection.endReason ??= 'banned';
    const { username, ipAddress, port } = connection;
    refusals.note({ clientId, username, ipAddress, port }, 'BAN', 'CONNECT', reason);
    return refusal(reason, NOT_AUTHORIZED, 'BAN');
  }

  /** Answers why a client may not connect, or its arrival. */
  async admit(
    connection: LiveConnection,
    packet: IConnectPacket,
    password: Buffer | null,
  ): Promise<Arrival | WithReturnCode> {
    // aedes made a name for a client that gave none.
    const banned = this.refuseBanned(connection, packet.clientId);
    if (banned) return banned;
    const refused = await this.#refuse(connection, packet, password);
    if (refused) {
      connection.endReason ??= 'not_authorized';
      // aedes made a name for a client that gave none.
      connection.introduce(packet);
      if (refused.kind) {
        const topic = refused.action === 'WILL' ? packet.will?.topic : undefined;
        this.#parts.refusals.note(connection, refused.kind, refused.action, refused.message, topic);
      }
      return refused;
    }
    const leaveTurn = await this.#parts.turns.enter(connection.clientId);
    const bannedSince = this.refuseBanned(connection, packet.clientId);
    if (bannedSince) {
      leaveTurn();
      return bannedSince;
    }
    try {
      const unready = await this.#makeReady(connection);
      if (unready === null) return { leaveTurn };
      leaveTurn();
      return unready;
    } catch (fault) {
      leaveTurn();
      throw fault;
    }
  }

  async #refuse(
    connection: LiveConnection,
    packet: IConnectPacket,
    password: Buffer | null,
  ): Promise<ConnectRefusal | null> {
    return (
      this.#refuseClientId(packet) ??
      (await this.#refuseCredentials(connection, password)) ??
      (await this.#refuseWill(connection, packet))
    );
  }

  #refuseClientId({ clientId, clean }: IConnectPacket): ConnectRefusal | null {
    const { maxClientidLen } = this.#parts.limits;
    const length = Buffer.byteLength(clientId);
    if (length > maxClientidLen) {
      return refusal(
        `client id of ${length} bytes is above the limit of ${maxClientidLen}`,
        IDENTIFIER_REJECTED,
        'LIMIT',
      );
    }
    // [MQTT-3.1.3-8]
    if (length === 0 && !clean)
      return refusal('a client without an id needs a clean session', IDENTIFIER_REJECTED, 'PROTOCOL');
    return null;
  }

  async #refuseCredentials(connection: LiveConnection, password: Buffer | null): Promise<ConnectRefusal | null> {
    const { hooks, metrics, allowAnonymous } = this.#parts;
    const verdict = await hooks.authenticate(connection, password);
    connection.isSuperuser = verdict === 'superuser';
    if (verdict === 'allow' || verdict === 'superuser') return null;
    if (verdict === 'ignore' && allowAnonymous()) {
      metrics.authMqttAnonymous++;
      return null;
    }
    await hooks.refuse(connection, password);
    const reason = verdict === 'deny' ? 'not authorized' : 'nobody vouches for the client';
    return refusal(reason, NOT_AUTHORIZED, 'AUTHENTICATION');
  }

  async #refuseWill(connection: LiveConnection, { will }: IConnectPacket): Promise<ConnectRefusal | null> {
    if (!will) return null;
    const { topic, qos = 0, retain = false } = will;
    const { hooks, delayed, limits } = this.#parts;
    const excess = messageRefusal(qos, retain, limits);
    if (excess) return refusal(`the will: ${excess.message}`, NOT_AUTHORIZED, 'LIMIT', 'WILL');
    const isPermitted = async (name: string): Promise<boolean> =>
      permits(await hooks.authorizePublish(connection, name, qos, retain), name);
    let target: string | undefined;
    const malformed = refusalOf(() => {
      target = delayed.delayOf(topic)?.topic;
    });
    // Since its connection was looked at, the broker began to delay messages.
    if (malformed) return refusal(malformed.message, NOT_AUTHORIZED, 'PROTOCOL', 'WILL');
    if ((await isPermitted(topic)) && (target === undefined || (await isPermitted(target)))) return null;
    this.#parts.metrics.packetsPublishError++;
    const reason = isSystemTopic(topic)
      ? reservedTopic(topic).message
      : `not authorized to leave a will for topic '${topic}'`;
    return refusal(reason, NOT_AUTHORIZED, 'ACL', 'WILL');
  }

  /** Makes the place and the session of a client ready. Answers the refusal when that fails. */
  async #makeReady(connection: LiveConnection): Promise<ConnectRefusal | null> {
    const { registry, store, discard } = this.#parts;
    const { clientId, cleanSession, will, username, ipAddress } = connection;
    const previous = registry.sessionsById.get(clientId)?.connection;
    if (previous) await previous.end('discarded');
    const needsStore = !cleanSession || will !== null || registry.sessionsById.has(clientId);
    if (needsStore && store.database.failure) return unavailable(store.database.failure);
    const kept = registry.sessionsById.get(clientId);
    if (kept && cleanSession) await discard(kept);
    if (connection.isClosed) return null;
    if (!cleanSession) this.#continue(connection, kept ?? null);
    if (will) store.putWill(clientId, { message: will, username, ipAddress });
    if (!needsStore) return null;
    try {
      await store.database.flush();
    } catch (error) {
      return unavailable(error);
    }
    return null;
  }

  #continue(connection: LiveConnection, kept: LiveSession | null): void {
    const { registry, store, sweeper, sessionCreated } = this.#parts;
    const { clientId, username, ipAddress } = connection;
    connection.isSessionPresent = kept !== null;
    if (kept?.stored) {
      const { stored } = kept;
      sweeper.keep(kept);
      // Of a SUBSCRIBE that the end of the connection cut off.
      kept.settle();
      Object.assign(stored, { username, ipAddress, leftAt: null, disconnectedAt: null });
      store.update(stored);
      return;
    }
    const createdAt = Date.now();
    const stored = store.begin(clientId, { createdAt, username, ipAddress, leftAt: null, disconnectedAt: null });
    sessionCreated.tell(registry.restore(stored, new Map()));
  }
}

const unavailable = (cause: unknown): ConnectRefusal =>
  refusal(`sessions cannot be kept: ${(cause as Error).message}`, SERVER_UNAVAILABLE, null);

/** The will of a CONNECT as the message that it will be. */
export function willOf(packet: IConnectPacket, clientId: string): StoredMessage | null {
  const { will } = packet;
  if (!will) return null;
  const { topic, payload, qos = 0, retain = false } = will;
  return { topic, payload: Buffer.from(payload ?? ''), qos, retain, clientId, publishedAt: Date.now() };
}
