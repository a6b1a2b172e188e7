import type { IPublishPacket, ISubscribePacket, IUnsubscribePacket, Packet } from 'mqtt-packet';
import {
  type BrokerError,
  isPromise,
  limitExceeded,
  type MaybePromise,
  type MetricsCounters,
  notAuthorized,
  type Qos,
  type RefusalKind,
  type RefusedAction,
  tooManySubscriptions,
  whenReady,
} from '../domain.ts';
import type { Committed } from '../store/database.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { Delay } from './delayed/delay.ts';
import type { DelayedMessages } from './delayed/delayed-messages.ts';
import { type HookChain, permits, type Verdict } from './hooks.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveSession } from './live-session.ts';
import type { Publisher } from './publisher.ts';
import { kindOfTopicRefusal, type RefusalRecord } from './refusal-record.ts';
import type { RetainedMessages } from './retained-messages.ts';
import { isShared, parseSharedFilter } from './shared-filter.ts';
import type { Granted, Subscriber } from './subscriber.ts';
import {
  type Capabilities,
  checkFilterSyntax,
  checkTopicFilter,
  checkTopicName,
  filterRefusal,
  isSystemTopic,
  messageRefusal,
  refusalOf,
  reservedTopic,
  type TopicLimits,
} from './topics.ts';

export interface HandlerLimits extends TopicLimits, Capabilities {
  readonly maxAwaitingRel: number;
  readonly aclDenyAction: 'ignore' | 'disconnect';
  readonly refusedFilters: readonly string[];
}

export interface HandlerParts {
  readonly limits: HandlerLimits;
  readonly hooks: HookChain;
  readonly store: SessionStore;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly metrics: MetricsCounters;
  readonly refusals: RefusalRecord;
  readonly retained: RetainedMessages;
  readonly delayed: DelayedMessages;
  /** Called with a session whose message a bound dropped. */
  readonly onDropped: (session: LiveSession) => void;
}

/** Packets of one client that may wait for the store before it is read no further. */
const MOST_PENDING = 1024;
/** Bytes of the payloads of its messages that may. */
const MOST_PENDING_BYTES = 8 * 1024 * 1024;

/** SUBACK's return code for a filter that was refused [MQTT-3.9.3-1]. */
const REFUSED = 128;

interface FilterRefusal {
  readonly kind: RefusalKind;
  readonly error: Error;
}

/**
 * What a connected client sends, packet by packet, each of which is answered when what it changed is stored. Answers
 * leave in the order in which their packets came [MQTT-4.6.0-2], [MQTT-4.6.0-3].
 */
export class PacketHandler {
  readonly #connection: LiveConnection;
  readonly #parts: HandlerParts;
  readonly #onRoom: () => void;
  /** Packets that wait for the store. */
  #pending = 0;
  /** Bytes of the payloads among them. */
  #pendingBytes = 0;

  /** `onRoom` is called when the handler is no longer full. */
  constructor(connection: LiveConnection, parts: HandlerParts, onRoom: () => void) {
    this.#connection = connection;
    this.#parts = parts;
    this.#onRoom = onRoom;
  }

  get isFull(): boolean {
    return this.#pending >= MOST_PENDING || this.#pendingBytes >= MOST_PENDING_BYTES;
  }

  handle(packet: Packet): void | Promise<void> {
    const { session } = this.#connection;
    if (!session || session.connection !== this.#connection) return;
    const messageId = packet.messageId ?? 0;
    const { metrics } = this.#parts;
    switch (packet.cmd) {
      case 'publish':
        return this.#publish(session, packet);
      case 'puback':
        if (session.outbox.acknowledge(messageId)) this.#connection.noteAcknowledged(messageId);
        else metrics.packetsPubackMissed++;
        return;
      case 'pubrec':
        if (session.outbox.receive(messageId)) {
          this.#connection.noteAcknowledged(messageId);
          return;
        }
        metrics.packetsPubrecMissed++;
        // Owed for any PUBREC [MQTT-4.3.3-1].
        this.#connection.release(messageId);
        return;
      case 'pubcomp':
        if (!session.outbox.complete(messageId)) metrics.packetsPubcompMissed++;
        return;
      case 'pubrel':
        return this.#release(session, messageId);
      case 'subscribe':
        return this.#subscribe(session, packet);
      case 'unsubscribe':
        return this.#unsubscribe(session, packet);
      default:
        // The rest is the server's to send.
        this.#connection.fail(new Error(`a client sends no ${packet.cmd}`), 'protocol_error');
    }
  }

  /** Goes on when everything that was changed before is stored; at once when nothing was. */
  #settle(isStored: boolean, then: () => void): void {
    if (!isStored && this.#pending === 0) {
      then();
      return;
    }
    this.#pending++;
    this.#parts.store.committed((error) => this.#settled(error, then));
  }

  #settled(error: Error | null, then: () => void, bytes = 0): void {
    const wasFull = this.isFull;
    this.#pending--;
    this.#pendingBytes -= bytes;
    if (error) this.#connection.fail(error, 'store_failed');
    else then();
    if (wasFull && !this.isFull) this.#onRoom();
  }

  #publish(session: LiveSession, packet: IPublishPacket): void | Promise<void> {
    const { limits, delayed, metrics } = this.#parts;
    let delay: Delay | null = null;
    const refusal = refusalOf(() => {
      checkTopicName(packet.topic, limits);
      delay = delayed.delayOf(packet.topic);
    });
    if (refusal) {
      metrics.packetsPublishError++;
      this.#note(kindOfTopicRefusal(refusal), 'PUBLISH', refusal, packet.topic);
      this.#connection.fail(refusal, 'protocol_error');
      return;
    }
    // Sent again: it was published already [MQTT-4.3.3-2].
    if (packet.qos === 2 && session.incoming.has(packet.messageId ?? 0)) {
      this.#settle(false, () => this.#connection.acknowledge('pubrec', packet.messageId ?? 0));
      return;
    }
    const excess = messageRefusal(packet.qos, packet.retain, limits);
    if (excess) {
      metrics.packetsPublishError++;
      this.#refuse(packet, 'LIMIT', excess);
      return;
    }
    const verdict = this.#authorize(packet, delay);
    if (isPromise(verdict)) return verdict.then((known) => this.#judged(session, packet, delay, known));
    this.#judged(session, packet, delay, verdict);
  }

  /** Asks for the topic that a message has, and for the one that a delay will bring it to. */
  #authorize({ topic, qos, retain }: IPublishPacket, delay: Delay | null): MaybePromise<Verdict> {
    const { hooks } = this.#parts;
    const verdict = hooks.authorizePublish(this.#connection, topic, qos, retain);
    if (delay === null) return verdict;
    return whenReady(verdict, (known) =>
      known === 'deny' ? known : hooks.authorizePublish(this.#connection, delay.topic, qos, retain),
    );
  }

  #judged(session: LiveSession, packet: IPublishPacket, delay: Delay | null, verdict: Verdict): void {
    const { metrics } = this.#parts;
    const connection = this.#connection;
    if (session.connection !== connection) return;
    if (isSystemTopic(packet.topic) && verdict !== 'allow') {
      const refusal = reservedTopic(packet.topic);
      metrics.packetsPublishError++;
      this.#note('ACL', 'PUBLISH', refusal, packet.topic);
      connection.fail(refusal, 'protocol_error');
    } else if (verdict !== 'deny') this.#accept(session, packet, delay);
    else {
      metrics.packetsPublishAuthError++;
      this.#refuse(packet, 'ACL', notAuthorized('publish to', packet.topic));
    }
  }

  /** MQTT 3.1.1 has no answer for a PUBLISH that is refused: it is acknowledged all the same, or its connection ends. */
  #refuse(packet: IPublishPacket, kind: RefusalKind, refusal: BrokerError): void {
    this.#note(kind, 'PUBLISH', refusal, packet.topic);
    if (this.#parts.limits.aclDenyAction === 'disconnect') this.#connection.fail(refusal, 'not_authorized');
    else if (packet.qos > 0) this.#settle(false, () => this.#acknowledge(packet));
  }

  #note(kind: RefusalKind, action: RefusedAction, { message }: Error, topic: string): void {
    this.#parts.refusals.note(this.#connection, kind, action, message, topic);
  }

  #accept(session: LiveSession, packet: IPublishPacket, delay: Delay | null): void {
    const { limits, metrics, store, publisher, retained, delayed } = this.#parts;
    const { clientId, username } = this.#connection;
    const { topic, payload, qos, retain, messageId = 0 } = packet;
    if (qos === 2) {
      if (session.incoming.size >= limits.maxAwaitingRel) {
        metrics.messagesQos2Dropped++;
        const { size } = session.incoming;
        const excess = limitExceeded('the client', size, limits.maxAwaitingRel, 'messages that wait for PUBREL');
        this.#note('LIMIT', 'PUBLISH', excess, topic);
        this.#connection.fail(excess, 'protocol_error');
        return;
      }
      session.incoming.add(messageId);
      if (session.stored) store.putIncoming(session.stored, messageId);
    }
    const message: StoredMessage = {
      topic,
      payload: payload as Buffer,
      qos,
      retain,
      clientId,
      publishedAt: Date.now(),
    };
    const refusedToRetain = retain && !delay ? retained.refuse(topic, payload.length) : null;
    // The publisher of MQTT 3.1.1 cannot be told.
    const excess = delay ? delayed.refuse(message, username) : refusedToRetain;
    if (excess) this.#note('LIMIT', 'PUBLISH', excess, topic);
    const acknowledge = (): void => {
      if (qos > 0) this.#acknowledge(packet);
    };
    if (excess && delay) {
      this.#parts.onDropped(session);
      this.#settle(qos === 2 && session.stored !== null, acknowledge);
      return;
    }
    const isBehind = this.#pending > 0 || (qos === 2 && session.stored !== null);
    const { length } = message.payload;
    this.#pending++;
    this.#pendingBytes += length;
    const done: Committed = (error) => this.#settled(error, acknowledge, length);
    if (delay) delayed.put(message, delay, username, done);
    else publisher.publish(message, isBehind, done);
  }

  #acknowledge({ qos, messageId = 0 }: IPublishPacket): void {
    this.#connection.acknowledge(qos === 1 ? 'puback' : 'pubrec', messageId);
  }

  #release(session: LiveSession, messageId: number): void {
    const { metrics, store } = this.#parts;
    const isKnown = session.incoming.delete(messageId);
    if (!isKnown) metrics.packetsPubrelMissed++;
    else if (session.stored) store.deleteIncoming(session.stored, messageId);
    // Not before the id is forgotten: a client may use it again for another message [MQTT-4.3.3-2].
    this.#settle(isKnown && session.stored !== null, () => this.#connection.acknowledge('pubcomp', messageId));
  }

  async #subscribe(session: LiveSession, { subscriptions, messageId = 0 }: ISubscribePacket): Promise<void> {
    const { subscriber } = this.#parts;
    const codes: number[] = [];
    const granted: Granted[] = [];
    const reserved: string[] = [];
    for (const { topic: topicFilter, qos } of subscriptions) {
      const malformed = isShared(topicFilter) ? null : refusalOf(() => checkFilterSyntax(topicFilter));
      if (malformed) {
        this.#note(kindOfTopicRefusal(malformed), 'SUBSCRIBE', malformed, topicFilter);
        session.settle(reserved);
        this.#connection.fail(malformed, 'protocol_error');
        return;
      }
      const refusal = await this.#refuseFilter(session, topicFilter, qos);
      const most = Math.min(qos, this.#parts.limits.maxQosAllowed) as Qos;
      codes.push(refusal ? REFUSED : most);
      if (refusal) {
        this.#note(refusal.kind, 'SUBSCRIBE', refusal.error, topicFilter);
        continue;
      }
      granted.push({ topicFilter, qos: most });
      reserved.push(topicFilter);
    }
    // Whoever connects next has to begin anew.
    if (session.connection !== this.#connection) {
      session.settle(reserved);
      return;
    }
    subscriber.store(session, granted);
    await new Promise<void>((resolve) => {
      this.#settle(session.stored !== null, () => {
        session.settle(reserved);
        // Stored, they are subscriptions of the session, even if the connection is gone.
        subscriber.begin(session, granted);
        if (session.connection === this.#connection) {
          this.#connection.suback(messageId, codes);
          subscriber.sendRetained(session, granted);
        }
        resolve();
      });
    });
  }

  /** Answers why a client may not subscribe to a filter; null when it may, and a place is reserved for it. */
  async #refuseFilter(session: LiveSession, topicFilter: string, qos: number): Promise<FilterRefusal | null> {
    const { limits, hooks } = this.#parts;
    const error = refusalOf(() => checkTopicFilter(topicFilter, limits));
    if (error) return { kind: kindOfTopicRefusal(error), error };
    const unavailable = filterRefusal(topicFilter, limits);
    if (unavailable) return { kind: 'LIMIT', error: unavailable };
    const denied: FilterRefusal = { kind: 'ACL', error: notAuthorized('subscribe to', topicFilter) };
    if (limits.refusedFilters.includes(topicFilter)) return denied;
    const verdict = await hooks.authorizeSubscribe(this.#connection, topicFilter, qos);
    const matched = parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter;
    if (!permits(verdict, matched)) return denied;
    const count = session.connection === this.#connection ? session.reserve([topicFilter]) : 0;
    if (count === null) return null;
    return { kind: 'LIMIT', error: tooManySubscriptions(session.clientId, count, session.maxSubscriptions) };
  }

  #unsubscribe(session: LiveSession, { unsubscriptions, messageId = 0 }: IUnsubscribePacket): Promise<void> {
    const { subscriber } = this.#parts;
    const known = subscriber.forget(session, unsubscriptions);
    return new Promise((resolve) => {
      this.#settle(known.length > 0 && session.stored !== null, () => {
        subscriber.end(session, known);
        this.#connection.acknowledge('unsuback', messageId);
        resolve();
      });
    });
  }
}
