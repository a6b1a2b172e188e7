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
import { isWithin, parseRange } from '../net/address-range.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { StoredSession } from '../store/stored-session.ts';
import type { IndexValue } from './listing/exact-index.ts';
import { Listing } from './listing/listing.ts';
import type { LiveConnection } from './live-connection.ts';
import { LiveSession, LiveSubscription, type SessionLimits } from './live-session.ts';
import { Peaks } from './peaks.ts';
import { parseSharedFilter } from './shared-filter.ts';
import { SharedGroup, type SharedStrategy } from './shared-group.ts';
import { concerns, createTopicTrie, hasWildcard } from './topic-filter.ts';

/** A route as the tables keep it: it is there while its filter has a subscriber. */
class LiveRoute implements Route {
  readonly seq: number;
  readonly topicFilter: string;
  /** What a topic has to match: without the group of a shared subscription. */
  readonly matched: string;
  readonly nodeName: string;
  readonly subscriptions = new Set<LiveSubscription>();
  /** Null when every subscriber gets every message. */
  readonly group: SharedGroup | null;

  constructor(seq: number, topicFilter: string, nodeName: string) {
    const shared = parseSharedFilter(topicFilter);
    this.seq = seq;
    this.topicFilter = topicFilter;
    this.matched = shared?.topicFilter ?? topicFilter;
    this.nodeName = nodeName;
    this.group = shared ? new SharedGroup() : null;
  }

  get subscribersCount(): number {
    return this.subscriptions.size;
  }
}

/** Called for each session that gets a message, with the QoS that it was granted; `share` is '' or a shared filter. */
export type VisitTarget = (session: LiveSession, qos: Qos, share: string) => void;

/** Topics whose routes are remembered. */
const MOST_REMEMBERED = 10_000;

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

const isFrom = (text: string | null | undefined): ((row: LiveConnection) => boolean) | null => {
  if (text == null) return null;
  const range = parseRange(text);
  return (row) => range !== null && isWithin(row.ipAddress, range);
};

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
  /** Routes without a wildcard, by the topic that they match. */
  readonly #exactRoutes = new Map<string, LiveRoute[]>();
  /** Routes of topics that were published to, until a route comes or goes. */
  readonly #remembered = new Map<string, readonly LiveRoute[]>();
  readonly #wildcardRoutes = createTopicTrie<LiveRoute>();
  readonly #nodeName: string;
  readonly #store: SessionStore;
  readonly #limits: SessionLimits;
  readonly #onDropped: (session: LiveSession, count: number) => void;
  #lastSeq = 0;
  #sharedCount = 0;

  /** `onDropped` is told of messages that the bounds of a session's queue dropped. */
  constructor(
    nodeName: string,
    store: SessionStore,
    limits: SessionLimits,
    onDropped: (session: LiveSession, count: number) => void = () => {},
  ) {
    this.#nodeName = nodeName;
    this.#store = store;
    this.#limits = limits;
    this.#onDropped = onDropped;
  }

  /** Lists a session that was kept over a restart, with its subscriptions. */
  restore(stored: StoredSession, subscriptions: ReadonlyMap<string, Qos>): LiveSession {
    const session = this.#list(stored.clientId, stored.username, stored.createdAt, stored);
    for (const [topicFilter, qos] of subscriptions) this.subscribe(session, topicFilter, qos);
    return session;
  }

  /**
   * Lists an accepted connection with its session: the persistent one that is listed already, or a new clean one. What
   * was there before and does not go on has ended.
   */
  open(connection: LiveConnection): LiveSession {
    connection.seq = ++this.#lastSeq;
    const { clientId, username } = connection;
    let session = this.sessionsById.get(clientId);
    if (!session) session = this.#list(clientId, username, connection.connectedAt, null);
    else if (session.username !== username) {
      this.#sessions.delete(session);
      session.username = username;
      this.#sessions.add(session);
    }
    session.connection = connection;
    session.disconnectedAt = null;
    connection.session = session;
    this.#placeShared(session);
    this.#connections.add(connection);
    this.peaks.note('connections', this.#connections.size);
    return session;
  }

  /** Takes a connection off the list; its session stays. Answers false when it was not listed. */
  close(connection: LiveConnection, now: number): boolean {
    if (connection.seq === 0 || !this.#connections.delete(connection)) return false;
    const session = connection.session;
    if (session?.connection !== connection) return true;
    session.connection = null;
    session.disconnectedAt = now;
    this.#placeShared(session);
    return true;
  }

  #placeShared(session: LiveSession): void {
    if (!session.sharedSubscriptions) return;
    for (const member of session.sharedSubscriptions) {
      this.#routesByFilter.get(member.topicFilter)?.group?.place(member);
    }
  }

  #list(clientId: string, username: string | null, createdAt: number, stored: StoredSession | null): LiveSession {
    const origin = { nodeName: this.#nodeName, clientId, username, createdAt, stored };
    const session: LiveSession = new LiveSession(++this.#lastSeq, origin, this.#store, this.#limits, (count) =>
      this.#onDropped(session, count),
    );
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
    for (const topicFilter of [...session.subscriptions.keys()]) this.unsubscribe(session, topicFilter);
  }

  subscribe(session: LiveSession, topicFilter: string, qos: Qos): LiveSubscription {
    const known = session.subscriptions.get(topicFilter);
    if (known) {
      known.qos = qos;
      this.#routesByFilter.get(topicFilter)?.group?.place(known);
      return known;
    }
    const subscription = new LiveSubscription(++this.#lastSeq, session, topicFilter, qos);
    session.subscriptions.set(topicFilter, subscription);
    this.#subscriptions.add(subscription);
    this.peaks.note('subscriptions', this.#subscriptions.size);
    const route = this.#routesByFilter.get(topicFilter) ?? this.#openRoute(topicFilter);
    route.subscriptions.add(subscription);
    if (route.group) {
      session.sharedSubscriptions ??= new Set();
      session.sharedSubscriptions.add(subscription);
      route.group.place(subscription);
      this.#sharedCount++;
      this.peaks.note('sharedSubscriptions', this.#sharedCount);
    }
    return subscription;
  }

  unsubscribe(session: LiveSession, topicFilter: string): void {
    const subscription = session.subscriptions.get(topicFilter);
    if (!subscription) return;
    session.subscriptions.delete(topicFilter);
    this.#subscriptions.delete(subscription);
    const route = this.#routesByFilter.get(topicFilter);
    if (!route?.subscriptions.delete(subscription)) return;
    if (route.group) {
      session.sharedSubscriptions?.delete(subscription);
      route.group.delete(subscription);
      this.#sharedCount--;
    }
    if (route.subscriptions.size === 0) this.#closeRoute(route);
  }

  #openRoute(topicFilter: string): LiveRoute {
    const route = new LiveRoute(++this.#lastSeq, topicFilter, this.#nodeName);
    this.#routesByFilter.set(topicFilter, route);
    if (hasWildcard(route.matched)) this.#wildcardRoutes.add(route.matched, route);
    else {
      const same = this.#exactRoutes.get(route.matched);
      if (same) same.push(route);
      else this.#exactRoutes.set(route.matched, [route]);
    }
    this.#remembered.clear();
    this.#routes.add(route);
    this.peaks.note('routes', this.#routes.size);
    return route;
  }

  #closeRoute(route: LiveRoute): void {
    this.#routesByFilter.delete(route.topicFilter);
    if (hasWildcard(route.matched)) this.#wildcardRoutes.remove(route.matched, route);
    else {
      const others = this.#exactRoutes.get(route.matched)?.filter((other) => other !== route) ?? [];
      if (others.length > 0) this.#exactRoutes.set(route.matched, others);
      else this.#exactRoutes.delete(route.matched);
    }
    this.#remembered.clear();
    this.#routes.delete(route);
  }

  /**
   * Visits the sessions that get a message of `publisher`: each once, with the highest QoS of its filters that match
   * [MQTT-3.3.5-1], and once more for each shared subscription whose turn it is.
   */
  visitTargets(topic: string, publisher: string, strategy: SharedStrategy, visit: VisitTarget): void {
    const routes = this.#routesOf(topic);
    let plain = 0;
    for (const { group } of routes) if (!group) plain++;
    const highest = plain > 1 ? new Map<LiveSession, Qos>() : null;
    for (const route of routes) {
      if (route.group) {
        const member = route.group.pick(strategy, publisher);
        if (member) visit(member.session, member.qos, route.topicFilter);
      } else if (!highest) {
        for (const { session, qos } of route.subscriptions) visit(session, qos, '');
      } else {
        for (const { session, qos } of route.subscriptions) {
          if (qos >= (highest.get(session) ?? 0)) highest.set(session, qos);
        }
      }
    }
    if (highest) for (const [session, qos] of highest) visit(session, qos, '');
  }

  /** Another member of a shared subscription, for a message that `except` cannot have; null when there is none. */
  otherMember(
    share: string,
    publisher: string,
    strategy: SharedStrategy,
    except: LiveSession,
  ): LiveSubscription | null {
    return this.#routesByFilter.get(share)?.group?.pick(strategy, publisher, except) ?? null;
  }

  #routesOf(topic: string): readonly LiveRoute[] {
    const remembered = this.#remembered.get(topic);
    if (remembered) return remembered;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    const routes = this.#find(topic);
    this.#remembered.set(topic, routes);
    return routes;
  }

  #find(topic: string): LiveRoute[] {
    const wild = this.#wildcardRoutes.match(topic).filter((route) => concerns(route.matched, topic));
    return [...(this.#exactRoutes.get(topic) ?? []), ...wild];
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

  get sharedSubscriptionsCount(): number {
    return this.#sharedCount;
  }

  get routesCount(): number {
    return this.#routes.size;
  }

  /** All connections with this value, oldest first, read as they are asked for: they may come and go meanwhile. */
  connectionsOf(column: 'username' | 'ipAddress', value: string): Iterable<LiveConnection> {
    return this.#connections.first(column, value);
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
        where: all([contains(filter.clientIdContains), isFrom(filter.ipAddressRange)]),
        candidates: own === null && filter.clientId == null ? null : own ? [own] : [],
        offset,
        limit,
        after,
      });
    }
    const isWanted = all<LiveConnection>([
      contains(filter.clientIdContains),
      isFrom(filter.ipAddressRange),
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
    return this.#find(topic).sort((a, b) => a.seq - b.seq);
  }
}
