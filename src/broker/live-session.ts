import type { Qos, Session, SessionBinding, Subscription } from '../domain.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { StoredSession } from '../store/stored-session.ts';
import type { LiveConnection } from './live-connection.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import type { Outbox, OutboxLimits } from './outbox.ts';
import { parseSharedFilter } from './shared-filter.ts';
import { StoredOutbox } from './stored-outbox.ts';

export interface SessionLimits extends OutboxLimits {
  /** Seconds. */
  readonly sessionExpiryInterval: number;
  readonly maxAwaitingRel: number;
  /** 0 is no limit. */
  readonly maxSubscriptions: number;
}

/** A subscription as the tables keep it. */
export class LiveSubscription implements Subscription {
  readonly seq: number;
  readonly session: LiveSession;
  readonly topicFilter: string;
  qos: Qos;

  constructor(seq: number, session: LiveSession, topicFilter: string, qos: Qos) {
    this.seq = seq;
    this.session = session;
    this.topicFilter = topicFilter;
    this.qos = qos;
  }

  get clientId(): string {
    return this.session.clientId;
  }

  get shareGroup(): string | null {
    return parseSharedFilter(this.topicFilter)?.group ?? null;
  }

  get nodeName(): string {
    return this.session.nodeName;
  }
}

/** Whose session it is, and since when. */
export interface SessionOrigin {
  readonly nodeName: string;
  readonly clientId: string;
  readonly username: string | null;
  readonly createdAt: number;
  /** What is stored of a persistent session; null for a clean one. */
  readonly stored: StoredSession | null;
}

/** A session as the tables keep it: what waits for its client is in its outbox. */
export class LiveSession implements Session {
  readonly seq: number;
  readonly clientId: string;
  readonly nodeName: string;
  readonly cleanSession: boolean;
  readonly createdAt: number;
  readonly binding: SessionBinding = 'LOCAL';
  username: string | null;
  connection: LiveConnection | null = null;
  readonly stored: StoredSession | null;
  readonly outbox: Outbox;
  readonly subscriptions = new Map<string, LiveSubscription>();
  /** Those of them that are shared; null while there are none. */
  sharedSubscriptions: Set<LiveSubscription> | null = null;
  /** Packet ids of incoming QoS 2 messages that wait for PUBREL. */
  readonly incoming = new Set<number>();
  /** Topic filters on their way to `subscriptions`, which have their places already. */
  #reserved: Set<string> | null = null;
  #disconnectedAt: number | null = null;
  readonly #limits: SessionLimits;

  constructor(
    seq: number,
    origin: SessionOrigin,
    store: SessionStore,
    limits: SessionLimits,
    onDropped: (count: number) => void,
  ) {
    this.seq = seq;
    this.clientId = origin.clientId;
    this.nodeName = origin.nodeName;
    this.username = origin.username;
    this.createdAt = origin.createdAt;
    this.stored = origin.stored;
    this.cleanSession = origin.stored === null;
    this.outbox = origin.stored
      ? new StoredOutbox(limits, store, origin.stored, onDropped)
      : new MemoryOutbox(limits, onDropped);
    this.#limits = limits;
  }

  get connected(): boolean {
    return this.connection !== null;
  }

  get disconnectedAt(): number | null {
    return this.stored ? this.stored.disconnectedAt : this.#disconnectedAt;
  }

  set disconnectedAt(at: number | null) {
    if (this.stored) this.stored.disconnectedAt = at;
    else this.#disconnectedAt = at;
  }

  get expiryInterval(): number {
    return this.cleanSession ? 0 : this.#limits.sessionExpiryInterval;
  }

  get subscriptionsCount(): number {
    return this.subscriptions.size;
  }

  get maxSubscriptions(): number {
    return this.#limits.maxSubscriptions;
  }

  /**
   * Keeps places for topic filters until `settle`, where the limit has so many left. Answers how many subscriptions there
   * would be where it has not; null when all have a place.
   */
  reserve(topicFilters: readonly string[]): number | null {
    if (this.maxSubscriptions === 0) return null;
    this.#reserved ??= new Set();
    const reserved = this.#reserved;
    const added = new Set(topicFilters.filter((filter) => !this.subscriptions.has(filter) && !reserved.has(filter)));
    const count = this.subscriptions.size + reserved.size + added.size;
    if (added.size > 0 && count > this.maxSubscriptions) return count;
    for (const filter of added) reserved.add(filter);
    return null;
  }

  /** Gives up places, all of them unless given: the filters are in `subscriptions` now, or never will be. */
  settle(topicFilters: Iterable<string> = this.#reserved ?? []): void {
    for (const filter of topicFilters) this.#reserved?.delete(filter);
  }

  get maxInflight(): number {
    return this.#limits.maxInflight;
  }

  get inflightCount(): number {
    return this.outbox.inflightCount;
  }

  get queuedCount(): number {
    return this.outbox.queuedCount;
  }

  get droppedCount(): number {
    return this.outbox.droppedCount;
  }

  get enqueuedCount(): number {
    return this.outbox.enqueuedCount;
  }

  get deliveredCount(): number {
    return this.outbox.deliveredCount;
  }

  get awaitingReleaseCount(): number {
    return this.incoming.size;
  }

  get maxQueued(): number {
    return this.#limits.maxMqueueLen;
  }

  get maxAwaitingRelease(): number {
    return this.#limits.maxAwaitingRel;
  }
}
