import type { Qos, Session, SessionBinding, Subscription } from '../domain.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { LiveConnection } from './live-connection.ts';
import { parseSharedFilter } from './shared-filter.ts';

export interface SessionLimits {
  readonly expiryInterval: number;
  readonly maxQueued: number;
  readonly maxAwaitingRelease: number;
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

/** A session as the tables keep it: figures of messages come from its connection or its store. */
export class LiveSession implements Session {
  readonly seq: number;
  readonly clientId: string;
  readonly nodeName: string;
  readonly cleanSession: boolean;
  readonly createdAt: number;
  readonly binding: SessionBinding = 'LOCAL';
  username: string | null;
  connection: LiveConnection | null = null;
  disconnectedAt: number | null = null;
  deliveredCount = 0;
  readonly subscriptions = new Map<string, LiveSubscription>();
  readonly maxInflight = 0;
  /** Topic filters on their way to `subscriptions`, which have their places already. */
  #reserved: Set<string> | null = null;
  readonly #store: SessionStore;
  readonly #limits: SessionLimits;

  constructor(seq: number, connection: LiveConnection, createdAt: number, store: SessionStore, limits: SessionLimits) {
    this.seq = seq;
    this.clientId = connection.clientId;
    this.nodeName = connection.nodeName;
    this.cleanSession = connection.cleanSession;
    this.username = connection.username;
    this.createdAt = createdAt;
    this.#store = store;
    this.#limits = limits;
  }

  get connected(): boolean {
    return this.connection !== null;
  }

  get expiryInterval(): number {
    return this.cleanSession ? 0 : this.#limits.expiryInterval;
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

  get inflightCount(): number {
    return this.connection?.inflightCount ?? this.#store.queue(this.clientId).inflight;
  }

  get queuedCount(): number {
    return this.#store.queue(this.clientId).queued;
  }

  get droppedCount(): number {
    return this.#store.queue(this.clientId).dropped;
  }

  get enqueuedCount(): number {
    return this.#store.queue(this.clientId).enqueued;
  }

  get awaitingReleaseCount(): number {
    return this.#store.awaitingRelease(this.clientId);
  }

  get maxQueued(): number {
    return this.#limits.maxQueued;
  }

  get maxAwaitingRelease(): number {
    return this.#limits.maxAwaitingRelease;
  }
}
