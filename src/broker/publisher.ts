import type { MetricsCounters, Qos } from '../domain.ts';
import type { Committed } from '../store/database.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { BrokerEvents } from './events.ts';
import { PublishFrame } from './frames.ts';
import type { LiveSession } from './live-session.ts';
import type { Registry } from './registry.ts';
import type { RetainedMessages } from './retained-messages.ts';
import type { SharedStrategy } from './shared-group.ts';
import type { Taps } from './taps.ts';
import { isSystemTopic } from './topics.ts';

export interface PublisherParts {
  readonly nodeName: string;
  readonly registry: Registry;
  readonly store: SessionStore;
  readonly retained: RetainedMessages;
  readonly metrics: MetricsCounters;
  readonly limits: { readonly sharedSubscriptionStrategy: SharedStrategy };
  readonly events: Pick<BrokerEvents, 'published' | 'dropped'>;
  readonly taps: Taps;
}

/** A session that gets a message as long as it is connected. */
interface LiveTarget {
  readonly session: LiveSession;
  readonly qos: Qos;
  readonly share: string;
}

const lower = (a: Qos, b: Qos): Qos => (a < b ? a : b);

/** Brings messages to those who subscribed: into queues and the store first, then to who is connected. */
export class Publisher {
  readonly #parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /**
   * Publishes a message. What has to be stored joins the batch that this turn of the event loop gathers; `done` is called
   * when it is, or at once when nothing has to and nothing before it (`isBehind`) is under way. `username` is that of
   * the publisher, where no session of it tells.
   */
  publish(message: StoredMessage, isBehind: boolean, done: Committed, username?: string | null): void {
    const { registry, store, metrics, limits, retained } = this.#parts;
    let isTold = false;
    const live: LiveTarget[] = [];
    let isStored = isBehind;
    let isReached = false;
    const versions: (StoredMessage | undefined)[] = [];
    registry.visitTargets(
      message.topic,
      message.clientId,
      limits.sharedSubscriptionStrategy,
      (session, granted, share) => {
        const qos = lower(granted, message.qos);
        if (qos > 0 && session.stored) {
          versions[qos] ??= { ...message, qos, retain: false };
          if (!isTold && this.#isHeard(message)) {
            isTold = true;
            // Before the first outbox sends it, which it does as soon as it is stored.
            store.committed((error) => !error && this.#tell(message, username));
          }
          session.outbox.push(versions[qos] as StoredMessage, share);
          isStored = true;
          isReached = true;
        } else if (session.connection) {
          live.push({ session, qos, share });
          isReached = true;
        }
      },
    );
    // EMQ X 3: what the broker tells of itself is nobody's loss.
    if (!isReached && !isSystemTopic(message.topic)) metrics.messagesDropped++;
    if (message.retain && retained.limits && this.#retain(message, username)) isStored = true;
    if (!isStored) {
      done(null);
      this.#tell(message, username);
      this.#fanOut(message, live);
      return;
    }
    store.committed((error) => {
      done(error);
      if (error) return;
      if (!isTold) this.#tell(message, username);
      this.#fanOut(message, live);
    });
  }

  #isHeard({ topic }: StoredMessage): boolean {
    const { events, taps } = this.#parts;
    return events.published.isHeard || taps.hears(topic);
  }

  #tell(message: StoredMessage, username?: string | null): void {
    if (!this.#isHeard(message)) return;
    const { events, taps } = this.#parts;
    const known = this.#usernameOf(message, username);
    events.published.tell(message, known);
    taps.tell(message, known);
  }

  /** The publisher's user name, where nobody knows it better. */
  #usernameOf({ clientId }: StoredMessage, known?: string | null): string | null {
    return known === undefined ? (this.#parts.registry.sessionsById.get(clientId)?.username ?? null) : known;
  }

  /** Keeps a retained message, or ends the one of its topic [MQTT-3.3.1-10]. Answers whether anything changed. */
  #retain(message: StoredMessage, known?: string | null): boolean {
    const { retained, store, registry, nodeName } = this.#parts;
    const username = this.#usernameOf(message, known);
    const { topic, payload, qos, clientId, publishedAt } = message;
    if (payload.length === 0) {
      if (!retained.delete(topic)) return false;
      store.deleteRetained(topic);
      return true;
    }
    const verdict = retained.set({ topic, payload, qos, clientId, username, nodeName, publishedAt });
    if (verdict !== 'SET') return false;
    registry.peaks.note('retained', retained.size);
    store.putRetained(message, username);
    return true;
  }

  #fanOut(message: StoredMessage, live: readonly LiveTarget[]): void {
    if (live.length === 0) return;
    const { topic, payload } = message;
    let frame: PublishFrame | null = null;
    const versions: (StoredMessage | undefined)[] = [];
    for (const { session, qos, share } of live) {
      const { connection } = session;
      if (!connection) {
        if (share !== '') this.redispatch(message, share, session);
      } else if (qos === 0) {
        frame ??= new PublishFrame(topic, payload, 0, false);
        if (connection.deliverFrame(frame, message)) continue;
        this.#parts.metrics.messagesDropped++;
        this.#parts.events.dropped.tell(session, 1);
      } else {
        versions[qos] ??= { ...message, qos, retain: false };
        session.outbox.push(versions[qos] as StoredMessage, share);
      }
    }
  }

  /**
   * Gives a message of a shared subscription to another member than `except`, or drops it when there is none. A record of
   * it joins the batch that is being gathered; a member without one gets it when that batch is stored.
   */
  redispatch(message: StoredMessage, share: string, except: LiveSession): void {
    const { registry, store, metrics, limits } = this.#parts;
    const member = registry.otherMember(share, message.clientId, limits.sharedSubscriptionStrategy, except);
    if (!member) {
      metrics.messagesDropped++;
      return;
    }
    const { session } = member;
    const qos = lower(member.qos, message.qos);
    if (qos > 0 && session.stored) session.outbox.push({ ...message, qos, retain: false }, share);
    else {
      store.committed((error) => {
        // The session that had it still has it.
        if (!error) this.#fanOut(message, [{ session, qos, share }]);
      });
    }
  }
}
