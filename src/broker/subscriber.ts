import type { Qos, RetainedMessage, Subscription } from '../domain.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { BrokerEvents } from './events.ts';
import { PublishFrame } from './frames.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveSession } from './live-session.ts';
import type { Registry } from './registry.ts';
import type { RetainedMessages } from './retained-messages.ts';
import { isShared } from './shared-filter.ts';

/** A topic filter with the QoS that is granted. */
export interface Granted {
  readonly topicFilter: string;
  readonly qos: Qos;
}

export interface SubscriberParts {
  readonly registry: Registry;
  readonly store: SessionStore;
  readonly retained: RetainedMessages;
  readonly events: Pick<BrokerEvents, 'subscribed' | 'unsubscribed'>;
}

/** Begins and ends subscriptions, whoever asked for them. */
export class Subscriber {
  readonly #parts: SubscriberParts;
  /** Filters whose retained messages are for later: the client reads those of another one first. */
  readonly #waiting = new WeakMap<LiveConnection, Map<string, Qos>>();

  constructor(parts: SubscriberParts) {
    this.#parts = parts;
  }

  /** Stores subscriptions of a persistent session, in the batch that is being gathered. */
  store({ stored }: LiveSession, granted: readonly Granted[]): void {
    if (stored) for (const { topicFilter, qos } of granted) this.#parts.store.putSubscription(stored, topicFilter, qos);
  }

  /** Lists subscriptions, from when on messages come by them; none of a session that ended. */
  begin(session: LiveSession, granted: readonly Granted[]): Subscription[] {
    if (this.#parts.registry.sessionsById.get(session.clientId) !== session) return [];
    const { registry, events } = this.#parts;
    return granted.map(({ topicFilter, qos }) => {
      const subscription = registry.subscribe(session, topicFilter, qos);
      events.subscribed.tell(session, subscription);
      return subscription;
    });
  }

  /** Forgets subscriptions of a session in the batch that is being gathered. Answers those that there are. */
  forget(session: LiveSession, topicFilters: readonly string[]): string[] {
    const known = topicFilters.filter((topicFilter) => session.subscriptions.has(topicFilter));
    const { stored } = session;
    if (stored) for (const topicFilter of known) this.#parts.store.deleteSubscription(stored, topicFilter);
    return known;
  }

  /** Ends subscriptions: no more messages come by them. */
  end(session: LiveSession, topicFilters: readonly string[]): void {
    const waiting = session.connection ? this.#waiting.get(session.connection) : undefined;
    for (const topicFilter of topicFilters) {
      this.#parts.registry.unsubscribe(session, topicFilter);
      waiting?.delete(topicFilter);
      this.#parts.events.unsubscribed.tell(session, topicFilter);
    }
  }

  /** Sends the retained messages of new subscriptions [MQTT-3.3.1-6], not those of shared ones. */
  sendRetained(session: LiveSession, granted: readonly Granted[]): void {
    const { connection } = session;
    if (!connection) return;
    for (const { topicFilter, qos } of granted) {
      if (isShared(topicFilter)) continue;
      const waiting = this.#waiting.get(connection);
      if (waiting) waiting.set(topicFilter, qos);
      else this.#send(connection, session, this.#parts.retained.toSend(topicFilter), qos);
    }
  }

  /** Sends messages from a place on, as fast as the client reads those with QoS 0. Answers whether it came to the end. */
  #send(
    connection: LiveConnection,
    session: LiveSession,
    messages: readonly RetainedMessage[],
    granted: Qos,
    from = 0,
  ): boolean {
    for (let i = from; i < messages.length; i++) {
      const message = messages[i] as RetainedMessage;
      const { topic, payload, publishedAt } = message;
      const qos = message.qos < granted ? (message.qos as Qos) : granted;
      if (session.connection !== connection) return false;
      if (qos > 0)
        session.outbox.push({ topic, payload, qos, retain: true, clientId: message.clientId ?? '', publishedAt }, '');
      else if (connection.takesMore) {
        connection.deliverFrame(new PublishFrame(topic, payload, 0, true), message);
      } else {
        if (!this.#waiting.has(connection)) this.#waiting.set(connection, new Map());
        connection.onceDrained(() => {
          if (this.#send(connection, session, messages, granted, i)) this.#sendWaiting(connection, session);
        });
        return false;
      }
    }
    return true;
  }

  #sendWaiting(connection: LiveConnection, session: LiveSession): void {
    const waiting = this.#waiting.get(connection) ?? new Map<string, Qos>();
    for (const [topicFilter, qos] of waiting) {
      waiting.delete(topicFilter);
      if (!this.#send(connection, session, this.#parts.retained.toSend(topicFilter), qos)) return;
    }
    this.#waiting.delete(connection);
  }
}
