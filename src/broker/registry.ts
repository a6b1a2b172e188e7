import { Qlobber } from 'qlobber';
import type {
  ConnectionFilter,
  MaybePromise,
  Qos,
  Route,
  RouteFilter,
  SessionFilter,
  Slice,
  SliceResult,
  SubscriptionFilter,
} from '../domain.ts';
import { whenReady } from '../maybe-promise.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { IndexValue } from './listing/exact-index.ts';
import { Listing } from './listing/listing.ts';
import type { LiveConnection } from './live-connection.ts';
import { LiveSession, LiveSubscription, type SessionLimits } from './live-session.ts';
import { Peaks } from './peaks.ts';

/** A route as the tables keep it: it is there while its filter has a subscriber. */
class LiveRoute implements Route {
  readonly seq: number;
  readonly topicFilter: string;
  readonly nodeName: string;
  subscribersCount = 0;

  constructor(seq: number, topicFilter: string, nodeName: string) {
    this.seq = seq;
    this.topicFilter = topicFilter;
    this.nodeName = nodeName;
  }
}

interface Named {
  readonly clientId: string;
}

/** The condition of `clientIdContains`, and whatever else no index answers. */
const all = <Row>(tests: readonly (((row: Row) => boolean) | null)[]): ((row: Row) => boolean) | null => {
  const wanted = tests.filter((test) => test !== null);
  return wanted.length === 0 ? null : (row) => wanted.every((test) => test(row));
};

const contains = <Row extends Named>(part: string | null | undefined): ((row: Row) => boolean) | null =>
  part == null ? null : (row) => row.clientId.includes(part);

/** [MQTT-4.7.2-1]: a filter that begins with a wildcard does not match a topic that begins with $. */
const concerns = (topicFilter: string, topic: string): boolean =>
  !topic.startsWith('$') || (!topicFilter.startsWith('+') && !topicFilter.startsWith('#'));

/** Rows that a search may gather at once. */
const MOST_GATHERED = 10_000;

type Column<Name extends string> = readonly [Name, IndexValue];

/** The conditions of a filter that are equality on an indexed column. */
function exact<Name extends string>(conditions: { readonly [K in Name]: IndexValue | undefined }): Column<Name>[] {
  return (Object.entries(conditions) as [Name, IndexValue | undefined][]).filter(
    (condition): condition is [Name, IndexValue] => condition[1] != null,
  );
}

/**
 * The tables of one node: connections, sessions, subscriptions and routes, each indexed for what lists ask. The only
 * place where rows come and go; figures and peaks follow from it.
 */
export class Registry {
  readonly peaks = new Peaks();
  readonly sessionsById = new Map<string, LiveSession>();
  readonly #connections = new Listing<LiveConnection, 'username' | 'ipAddress' | 'protocolVersion' | 'cleanSession'>({
    exact: {
      username: (row) => row.username,
      ipAddress: (row) => row.ipAddress,
      protocolVersion: (row) => row.protocolVersion,
      cleanSession: (row) => row.cleanSession,
    },
    sorted: (row) => row.clientId,
  });
  readonly #sessions = new Listing<LiveSession, 'username' | 'cleanSession'>({
    exact: { username: (row) => row.username, cleanSession: (row) => row.cleanSession },
    sorted: (row) => row.clientId,
  });
  readonly #subscriptions = new Listing<LiveSubscription, 'clientId' | 'topicFilter'>({
    exact: { clientId: (row) => row.clientId, topicFilter: (row) => row.topicFilter },
    sorted: (row) => row.clientId,
  });
  readonly #routes = new Listing<LiveRoute, never>({ exact: {}, sorted: (row) => row.topicFilter });
  readonly #routesByFilter = new Map<string, LiveRoute>();
  readonly #routesByTopic = new Qlobber<LiveRoute>({
    wildcard_one: '+',
    wildcard_some: '#',
    separator: '/',
    match_empty_levels: true,
  });
  readonly #nodeName: string;
  readonly #store: SessionStore;
  readonly #limits: SessionLimits;
  #lastSeq = 0;

  constructor(nodeName: string, store: SessionStore, limits: SessionLimits) {
    this.#nodeName = nodeName;
    this.#store = store;
    this.#limits = limits;
  }

  /** Lists an accepted connection with its session, which is a kept one when both are persistent. */
  open(connection: LiveConnection): void {
    connection.seq = ++this.#lastSeq;
    const kept = this.sessionsById.get(connection.clientId);
    if (kept?.connection) this.close(kept.connection, connection.connectedAt);
    let session = this.sessionsById.get(connection.clientId);
    if (session && (session.cleanSession || connection.cleanSession)) {
      this.end(session);
      session = undefined;
    }
    if (!session) session = this.#begin(connection);
    else if (session.username !== connection.username) {
      this.#sessions.delete(session);
      session.username = connection.username;
      this.#sessions.add(session);
    }
    session.connection = connection;
    session.disconnectedAt = null;
    connection.session = session;
    this.#store.setOnline(connection.clientId, true);
    this.#connections.add(connection);
    this.peaks.note('connections', this.#connections.size);
  }

  /** Takes a connection off the list; its session stays when it is persistent. Answers false when it was not listed. */
  close(connection: LiveConnection, now: number): boolean {
    if (connection.seq === 0 || !this.#connections.delete(connection)) return false;
    const session = connection.session;
    if (session?.connection !== connection) return true;
    session.connection = null;
    session.disconnectedAt = now;
    this.#store.setOnline(session.clientId, false);
    if (session.cleanSession) this.end(session);
    return true;
  }

  #begin(connection: LiveConnection): LiveSession {
    const session = new LiveSession(++this.#lastSeq, connection, connection.connectedAt, this.#store, this.#limits);
    this.sessionsById.set(session.clientId, session);
    this.#sessions.add(session);
    this.peaks.note('sessions', this.#sessions.size);
    this.peaks.note('persistentSessions', this.persistentSessionsCount);
    return session;
  }

  /** Takes a session and its subscriptions off the lists. */
  end(session: LiveSession): void {
    if (!this.#sessions.delete(session)) return;
    this.sessionsById.delete(session.clientId);
    for (const topicFilter of session.subscriptions.keys()) this.unsubscribe(session, topicFilter);
  }

  subscribe(session: LiveSession, topicFilter: string, qos: Qos): LiveSubscription {
    const known = session.subscriptions.get(topicFilter);
    if (known) {
      known.qos = qos;
      return known;
    }
    const subscription = new LiveSubscription(++this.#lastSeq, session, topicFilter, qos);
    session.subscriptions.set(topicFilter, subscription);
    this.#subscriptions.add(subscription);
    this.peaks.note('subscriptions', this.#subscriptions.size);
    let route = this.#routesByFilter.get(topicFilter);
    if (!route) {
      route = new LiveRoute(++this.#lastSeq, topicFilter, this.#nodeName);
      this.#routesByFilter.set(topicFilter, route);
      this.#routesByTopic.add(topicFilter, route);
      this.#routes.add(route);
      this.peaks.note('routes', this.#routes.size);
    }
    route.subscribersCount++;
    return subscription;
  }

  unsubscribe(session: LiveSession, topicFilter: string): void {
    const subscription = session.subscriptions.get(topicFilter);
    if (!subscription) return;
    session.subscriptions.delete(topicFilter);
    this.#subscriptions.delete(subscription);
    const route = this.#routesByFilter.get(topicFilter);
    if (!route || --route.subscribersCount > 0) return;
    this.#routesByFilter.delete(topicFilter);
    this.#routesByTopic.remove(topicFilter, route);
    this.#routes.delete(route);
  }

  get connectionsCount(): number {
    return this.#connections.size;
  }

  get sessionsCount(): number {
    return this.#sessions.size;
  }

  get persistentSessionsCount(): number {
    return this.#sessions.countOf('cleanSession', false);
  }

  get subscriptionsCount(): number {
    return this.#subscriptions.size;
  }

  get routesCount(): number {
    return this.#routes.size;
  }

  connections(slice: Slice<ConnectionFilter>): MaybePromise<SliceResult<LiveConnection>> {
    const { filter, offset, limit, after } = slice;
    const columns = exact({
      username: filter.username ?? undefined,
      ipAddress: filter.ipAddress ?? undefined,
      protocolVersion: filter.protocolVersion ?? undefined,
      cleanSession: filter.cleanSession ?? undefined,
    });
    if (filter.topicFilter == null) {
      const own = filter.clientId == null ? null : this.sessionsById.get(filter.clientId)?.connection;
      return this.#connections.page({
        exact: columns,
        prefix: filter.clientIdPrefix ?? null,
        where: contains(filter.clientIdContains),
        candidates: own === null && filter.clientId == null ? null : own ? [own] : [],
        offset,
        limit,
        after,
      });
    }
    const isWanted = all<LiveConnection>([
      contains(filter.clientIdContains),
      ...columns.map(
        ([name, value]) =>
          (row: LiveConnection) =>
            row[name] === value,
      ),
    ]);
    const found = this.#subscriptions.page({
      ...this.#subscribersOf(filter.topicFilter, filter),
      where: ({ session: { connection } }) => connection !== null && (isWanted === null || isWanted(connection)),
      offset,
      limit,
      after,
    });
    return whenReady(found, (result) => ({
      ...result,
      items: result.items.flatMap(({ session: { connection } }) => connection ?? []),
    }));
  }

  sessions(slice: Slice<SessionFilter>): MaybePromise<SliceResult<LiveSession>> {
    const { filter, offset, limit, after } = slice;
    const { connected } = filter;
    const isConnected = connected == null ? null : (row: LiveSession) => row.connected === connected;
    const columns = exact({ username: filter.username ?? undefined, cleanSession: filter.cleanSession ?? undefined });
    if (filter.topicFilter == null) {
      const own = filter.clientId == null ? null : this.sessionsById.get(filter.clientId);
      return this.#sessions.page({
        exact: columns,
        prefix: filter.clientIdPrefix ?? null,
        where: all([contains(filter.clientIdContains), isConnected]),
        candidates: own === null ? null : own ? [own] : [],
        offset,
        limit,
        after,
      });
    }
    const isWanted = all<LiveSession>([
      contains(filter.clientIdContains),
      isConnected,
      ...columns.map(
        ([name, value]) =>
          (row: LiveSession) =>
            row[name] === value,
      ),
    ]);
    const found = this.#subscriptions.page({
      ...this.#subscribersOf(filter.topicFilter, filter),
      where: isWanted && (({ session }) => isWanted(session)),
      offset,
      limit,
      after,
    });
    return whenReady(found, (result) => ({ ...result, items: result.items.map(({ session }) => session) }));
  }

  /** The part of a search among the subscribers of a topic filter that connections and sessions share. */
  #subscribersOf(topicFilter: string, filter: ConnectionFilter | SessionFilter) {
    return {
      exact: exact({ topicFilter, clientId: filter.clientId ?? undefined }),
      prefix: filter.clientIdPrefix ?? null,
      candidates: null,
    };
  }

  subscriptions(slice: Slice<SubscriptionFilter>): MaybePromise<SliceResult<LiveSubscription>> {
    const { filter, offset, limit, after } = slice;
    const { matches, qos } = filter;
    const routes = matches == null ? null : this.#matching(matches);
    const candidates = routes && this.#subscriptionsTo(routes);
    const topicFilters = routes && !candidates ? new Set(routes.map(({ topicFilter }) => topicFilter)) : null;
    return this.#subscriptions.page({
      exact: exact({ clientId: filter.clientId ?? undefined, topicFilter: filter.topicFilter ?? undefined }),
      prefix: filter.clientIdPrefix ?? null,
      where: all<LiveSubscription>([
        contains(filter.clientIdContains),
        topicFilters && ((row) => topicFilters.has(row.topicFilter)),
        qos == null ? null : (row) => row.qos === qos,
      ]),
      candidates,
      offset,
      limit,
      after,
    });
  }

  /** The subscriptions that these routes lead to, oldest first; null when a scan is cheaper than gathering them. */
  #subscriptionsTo(routes: readonly LiveRoute[]): LiveSubscription[] | null {
    const count = routes.reduce((sum, { subscribersCount }) => sum + subscribersCount, 0);
    if (count > MOST_GATHERED) return null;
    return routes
      .flatMap(({ topicFilter }) => [...this.#subscriptions.first('topicFilter', topicFilter)])
      .sort((a, b) => a.seq - b.seq);
  }

  routes(slice: Slice<RouteFilter>): MaybePromise<SliceResult<LiveRoute>> {
    const { filter, offset, limit, after } = slice;
    const { matches, topicFilter, topicFilterContains: part } = filter;
    const own = topicFilter == null ? null : (this.#routesByFilter.get(topicFilter) ?? []);
    const matching = matches == null ? null : this.#matching(matches);
    return this.#routes.page({
      exact: [],
      prefix: filter.topicFilterPrefix ?? null,
      where: all<LiveRoute>([
        part == null ? null : (row) => row.topicFilter.includes(part),
        own === null || matching === null ? null : (row) => row.topicFilter === topicFilter,
      ]),
      candidates: matching ?? (own === null ? null : [own].flat()),
      offset,
      limit,
      after,
    });
  }

  /** Routes that carry a message published to `topic`, oldest first. */
  #matching(topic: string): LiveRoute[] {
    return this.#routesByTopic
      .match(topic)
      .filter((route) => concerns(route.topicFilter, topic))
      .sort((a, b) => a.seq - b.seq);
  }
}
