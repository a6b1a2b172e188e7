import { checkedBan, checkedKey, knownKey } from '../bans/ban-checks.ts';
import { type Exemption, nobodyExempt } from '../bans/exemption.ts';
import {
  checkPlainFilter,
  checkPublishTopic,
  checkQos,
  checkTopicFilter,
  checkTopicName,
  refusalOf,
  type TopicLimits,
} from '../broker/topics.ts';
import {
  type Alarm,
  allReady,
  type Ban,
  type BanConnectionsReport,
  type BanDetails,
  type BanFilter,
  type BanKey,
  type BanKind,
  type BanReport,
  type BanTarget,
  BrokerError,
  badInput,
  type ConfigChange,
  type ConfigFilter,
  type ConfigItem,
  type Connection,
  type ConnectionFilter,
  type CredentialKind,
  clientNotOnline,
  type DelayedTarget,
  type DeleteBansReport,
  type Domain,
  type EventFilters,
  type EventFlow,
  type EventKinds,
  type KeptBans,
  type KickReport,
  type ListQuery,
  limitExceeded,
  type MaybePromise,
  type Message,
  type MessageFlow,
  type NewBan,
  type NodeHandle,
  notAuthorized,
  notStarted,
  type PageQuery,
  type Plugin,
  type PluginDeed,
  type Principal,
  type PublishedMessage,
  type RestEndpoint,
  type RestRelease,
  type RetainedTarget,
  type SubscribingClient,
  type SubscriptionRequest,
  sessionNotFound,
  type Target,
  type TraceFlow,
  unknownAlarm,
  unknownNode,
  whenReady,
} from '../domain.ts';
import { parseRange } from '../net/address-range.ts';
import { pageAcross } from './pages.ts';

export interface ClusterLimits extends TopicLimits {
  /** Bytes of a message's payload. */
  readonly maxPacketSize: number;
  /** Bytes of UTF-8. */
  readonly maxClientidLen: number;
}

/** Bytes of a text in a packet [MQTT-1.5.3]. */
const LONGEST_TEXT = 65_535;
const MOST_FAULTS = 1000;
const KICKED_AT_ONCE = 500;
const DELETED_AT_ONCE = 500;

/** The nodes as a caller sees them: lists over all of them, and what one of them does on request. */
export class Cluster implements Domain {
  readonly #nodes: readonly NodeHandle[];
  /** The node of this process: what belongs to no node in particular happens here. */
  readonly #local: NodeHandle;
  readonly #limits: ClusterLimits;
  readonly #restEndpoints: Domain['restEndpoints'];
  readonly #exemption: Exemption;

  constructor(
    local: NodeHandle,
    peers: readonly NodeHandle[],
    limits: ClusterLimits,
    restEndpoints: Domain['restEndpoints'],
    exemption = nobodyExempt,
  ) {
    this.#exemption = exemption;
    this.#local = local;
    this.#nodes = [local, ...peers].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#limits = limits;
    this.#restEndpoints = restEndpoints;
  }

  #among(node: string | null): readonly NodeHandle[] {
    if (node === null) return this.#nodes;
    const found = this.#nodes.find(({ name }) => name === node);
    if (!found) throw unknownNode(node);
    return [found];
  }

  #each<T>(node: string | null, ask: (node: NodeHandle) => MaybePromise<T>): MaybePromise<readonly T[]> {
    return allReady(this.#among(node).map(ask));
  }

  /** The rows of all nodes, one node's behind the other's. */
  #flat<T>(node: string | null, ask: (node: NodeHandle) => MaybePromise<readonly T[]>): MaybePromise<readonly T[]> {
    return whenReady(this.#each(node, ask), (lists) => lists.flat());
  }

  #sum(node: string | null, count: (node: NodeHandle) => MaybePromise<number>): MaybePromise<number> {
    return whenReady(this.#each(node, count), (counts) => counts.reduce((sum, each) => sum + each, 0));
  }

  /** The first answer that is not null, asking one node after the other. */
  #first<T>(node: string | null, ask: (node: NodeHandle) => MaybePromise<T | null>): MaybePromise<T | null> {
    const nodes = this.#among(node);
    const from = (index: number): MaybePromise<T | null> => {
      const next = nodes[index];
      if (!next) return null;
      return whenReady(ask(next), (answer) => (answer === null ? from(index + 1) : answer));
    };
    return from(0);
  }

  get nodesCount(): number {
    return this.#nodes.length;
  }

  nodes() {
    return this.#each(null, (node) => node.describe());
  }

  node(name: string) {
    return this.#nodes.find((node) => node.name === name)?.describe() ?? null;
  }

  brokers(node: string | null) {
    return this.#each(node, (handle) => handle.broker());
  }

  metrics(node: string | null) {
    return this.#each(node, (handle) => handle.metrics());
  }

  stats(node: string | null) {
    return this.#each(node, (handle) => handle.stats());
  }

  listeners(node: string | null) {
    return this.#flat(node, (handle) => handle.listeners());
  }

  connections(query: ListQuery<ConnectionFilter>) {
    checkAddressRange(query.filter);
    return pageAcross(this.#among(query.node), query, (node, slice) => node.connections(slice));
  }

  connection(clientId: string, node: string | null) {
    return this.#first(node, (handle) => handle.connection(clientId));
  }

  sessions(query: Parameters<Domain['sessions']>[0]) {
    return pageAcross(this.#among(query.node), query, (node, slice) => node.sessions(slice));
  }

  session(clientId: string, node: string | null) {
    return this.#first(node, (handle) => handle.session(clientId));
  }

  /** A search by topic needs one that a message could have. */
  #checkMatches({ filter }: ListQuery<{ readonly matches?: string | null | undefined }>): void {
    if (filter.matches != null) checkTopicName(filter.matches, this.#limits);
  }

  subscriptions(query: Parameters<Domain['subscriptions']>[0]) {
    this.#checkMatches(query);
    return pageAcross(this.#among(query.node), query, (node, slice) => node.subscriptions(slice));
  }

  subscriptionsOf(clientId: string, node: string | null) {
    return this.#flat(node, (handle) => handle.subscriptionsOf(clientId));
  }

  routes(query: Parameters<Domain['routes']>[0]) {
    this.#checkMatches(query);
    return pageAcross(this.#among(query.node), query, (node, slice) => node.routes(slice));
  }

  retainedMessages(query: Parameters<Domain['retainedMessages']>[0]) {
    if (query.filter.matches != null) checkPlainFilter('matches', query.filter.matches, this.#limits);
    return pageAcross(this.#among(query.node), query, (node, slice) => node.retainedMessages(slice));
  }

  retainedMessage(topic: string, node: string | null) {
    return this.#first(node, (handle) => handle.retainedMessage(topic));
  }

  clearRetained(target: RetainedTarget) {
    if ('topicFilter' in target) checkPlainFilter('topicFilter', target.topicFilter, this.#limits);
    else for (const topic of target.topics) checkTopicName(topic, this.#limits);
    return this.#sum(null, (handle) => handle.clearRetained(target));
  }

  delayedMessages(query: Parameters<Domain['delayedMessages']>[0]) {
    if (query.filter.matches != null) checkPlainFilter('matches', query.filter.matches, this.#limits);
    return pageAcross(this.#among(query.node), query, (node, slice) => node.delayedMessages(slice));
  }

  deleteDelayed(target: DelayedTarget) {
    if ('topicFilter' in target) checkPlainFilter('topicFilter', target.topicFilter, this.#limits);
    return this.#sum(null, (handle) => handle.deleteDelayed(target));
  }

  clientRefusals(clientId: string, node: string | null) {
    return whenReady(
      this.#each(node, (handle) => handle.clientRefusals(clientId)),
      (lists) => (lists.length === 1 ? (lists[0] ?? []) : lists.flat().sort((a, b) => b.lastAt - a.lastAt)),
    );
  }

  recentRefusals(query: Parameters<Domain['recentRefusals']>[0]) {
    return pageAcross(this.#among(query.node), query, (node, slice) => node.recentRefusals(slice));
  }

  messages(client: SubscribingClient, topicFilter: string, node: string | null): MaybePromise<MessageFlow> {
    checkPlainFilter('topicFilter', topicFilter, this.#limits);
    const nodes = this.#among(node);
    const permitted = allReady(nodes.map((handle) => handle.permitsSubscribe(client, topicFilter)));
    return whenReady(permitted, (verdicts) => {
      if (verdicts.includes(false)) throw notAuthorized('subscribe to', topicFilter);
      return whenReady(allReady(nodes.map((handle) => handle.messages(topicFilter))), joinFlows);
    });
  }

  trace(clientId: string, node: string | null): MaybePromise<TraceFlow> {
    checkCarried(clientId);
    return whenReady(
      this.#each(node, (handle) => handle.trace(clientId)),
      (flows) => ({ follow: (tell) => followAll(flows, tell) }),
    );
  }

  #checkMessage({ topic, payload, qos, clientId }: Message): void {
    checkPublishTopic(topic, this.#limits);
    this.#checkEnvelope(payload, qos, clientId);
  }

  #checkEnvelope(payload: Buffer, qos: number, clientId: string): void {
    checkQos(qos);
    const { maxPacketSize, maxClientidLen } = this.#limits;
    if (payload.length > maxPacketSize) throw limitExceeded('payload', payload.length, maxPacketSize, 'bytes');
    if (!clientId.isWellFormed()) throw badInput('clientId', clientId, 'text without halves of surrogate pairs');
    const length = Buffer.byteLength(clientId);
    if (length > maxClientidLen) throw limitExceeded('clientId', length, maxClientidLen, 'bytes');
  }

  publish(message: Message) {
    this.#checkMessage(message);
    return this.#local.publish(message);
  }

  async publishMany(messages: readonly Message[]): Promise<readonly (BrokerError | null)[]> {
    const faults = messages.map((message) => {
      const fault = faultOf(() => checkPublishTopic(message.topic, this.#limits), 'BAD_TOPIC');
      this.#checkEnvelope(message.payload, message.qos, message.clientId);
      return fault;
    });
    for (const [i, message] of messages.entries()) {
      if (faults[i]) continue;
      try {
        await this.#local.publish(message);
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
        faults[i] = error;
      }
    }
    return faults;
  }

  #checkSubscriptions(subscriptions: readonly SubscriptionRequest[]): void {
    if (subscriptions.length === 0) throw badInput('topicFilters', [], 'at least one topic filter');
    for (const { topicFilter, qos } of subscriptions) {
      checkTopicFilter(topicFilter, this.#limits);
      checkQos(qos);
    }
  }

  #checkFilters(topicFilters: readonly string[]): void {
    this.#checkSubscriptions(topicFilters.map((topicFilter) => ({ topicFilter, qos: 0 })));
  }

  /** The node that keeps the client's session. */
  async #home(clientId: string): Promise<NodeHandle> {
    const home = await this.#first(null, (node) => whenReady(node.session(clientId), (session) => session && node));
    if (!home) throw sessionNotFound(clientId);
    return home;
  }

  async subscribe(clientId: string, subscriptions: readonly SubscriptionRequest[]) {
    this.#checkSubscriptions(subscriptions);
    return (await this.#home(clientId)).subscribe(clientId, subscriptions);
  }

  async subscribeMany(requests: Parameters<Domain['subscribeMany']>[0]) {
    for (const { subscriptions } of requests) this.#checkSubscriptions(subscriptions);
    return inTurn(requests, ({ clientId, subscriptions }) => this.subscribe(clientId, subscriptions));
  }

  async unsubscribe(clientId: string, topicFilters: readonly string[]) {
    this.#checkFilters(topicFilters);
    await (await this.#home(clientId)).unsubscribe(clientId, topicFilters);
  }

  async unsubscribeMany(requests: Parameters<Domain['unsubscribeMany']>[0]) {
    for (const { topicFilters } of requests) this.#checkFilters(topicFilters);
    return inTurn(requests, async ({ clientId, topicFilters }) => {
      await this.unsubscribe(clientId, topicFilters);
      return null;
    });
  }

  /** A client may be connected to several nodes while it moves: each is told. */
  async #kick(clientId: string): Promise<boolean> {
    const kicked = await Promise.all(this.#nodes.map((node) => node.kick(clientId)));
    return kicked.includes(true);
  }

  async kick(clientId: string) {
    if (!(await this.#kick(clientId))) throw clientNotOnline(clientId);
  }

  async kickMany(target: Target): Promise<KickReport> {
    const faults: { clientId: string; fault: BrokerError }[] = [];
    let kickedCount = 0;
    let isComplete = true;
    const incomplete = (): void => {
      isComplete = false;
    };
    const clientIds = 'clientIds' in target ? target.clientIds : clientIdsOf(this.#matching(target.filter, incomplete));
    for await (const clientId of clientIds) {
      if (await this.#kick(clientId)) kickedCount++;
      else if (faults.length < MOST_FAULTS) faults.push({ clientId, fault: clientNotOnline(clientId) });
    }
    return { kickedCount, isComplete, faults };
  }

  /** The connections that match now; of clients that come back while this walks, the new ones are passed over. */
  async *#matching(filter: ConnectionFilter, incomplete: () => void): AsyncGenerator<Connection> {
    checkRestricts(filter);
    const start = Date.now();
    let after: string | null = null;
    do {
      const query: ListQuery<ConnectionFilter> = {
        filter,
        node: null,
        page: { page: 1, limit: KICKED_AT_ONCE, after },
      };
      const { items, meta } = await this.connections(query);
      const standing: Connection[] = items.filter(({ connectedAt }) => connectedAt <= start);
      if (!meta.countIsExact) incomplete();
      yield* standing;
      after = meta.endCursor;
    } while (after !== null);
  }

  async cleanAclCache(clientId: string, topic: string) {
    checkTopicFilter(topic, this.#limits);
    const cleaned = await Promise.all(this.#nodes.map((node) => node.cleanAclCache(clientId, topic)));
    if (!cleaned.includes(true)) throw clientNotOnline(clientId);
  }

  async cleanSession(clientId: string, node: string | null) {
    const home = node === null ? await this.#home(clientId) : this.#among(node)[0];
    await home?.cleanSession(clientId);
  }

  bans({ page, filter }: Parameters<Domain['bans']>[0]) {
    // Every node keeps all of them.
    return pageAcross([this.#local], { page, filter, node: null }, (node, slice) => node.bans(slice));
  }

  ban(key: BanKey) {
    const known = knownKey(key);
    return known && this.#local.ban(known);
  }

  #checkedKey(key: BanKey, caller: string | null): BanKey {
    const checked = checkedKey(key);
    const refused = this.#exemption.refuse(checked, caller);
    if (refused) throw refused;
    return checked;
  }

  #checkedBan(ban: NewBan, caller: string | null): NewBan {
    const checked = checkedBan(ban);
    return { ...checked, ...this.#checkedKey(checked, caller) };
  }

  banPreview(target: BanTarget, page: PageQuery, caller: string | null) {
    if ('filter' in target) checkRestricts(target.filter);
    const filter = 'filter' in target ? target.filter : concernedBy(this.#checkedKey(target.ban, caller));
    return this.connections({ page, filter, node: null });
  }

  async #putBans(bans: readonly NewBan[]): Promise<KeptBans> {
    const kept = await Promise.all(this.#nodes.map((node) => node.putBans(bans)));
    const disconnectedCount = kept.reduce((sum, each) => sum + each.disconnectedCount, 0);
    return { bans: kept[0]?.bans ?? [], disconnectedCount };
  }

  async createBan(ban: NewBan, caller: string | null) {
    return this.#putBans([this.#checkedBan(ban, caller)]);
  }

  async createBans(bans: readonly NewBan[], caller: string | null): Promise<BanReport> {
    const checked = bans.map((ban) => refusedOr(() => this.#checkedBan(ban, caller)));
    const kept = await this.#putBans(checked.filter((each): each is NewBan => !(each instanceof BrokerError)));
    const rows = kept.bans.values();
    const results = checked.map((each) => (each instanceof BrokerError ? each : (rows.next().value as Ban)));
    return { results, disconnectedCount: kept.disconnectedCount };
  }

  async banConnections(
    filter: ConnectionFilter,
    as: BanKind,
    details: BanDetails,
    caller: string | null,
  ): Promise<BanConnectionsReport> {
    // What is wrong with all of them is the fault of the request.
    checkedBan({ as: 'CLIENT_ID', who: 'any', ...details });
    const faults: { clientId: string; fault: BrokerError }[] = [];
    const bans = new Map<string, NewBan>();
    let isComplete = true;
    const incomplete = (): void => {
      isComplete = false;
    };
    // All are found before any is banned, so that too many of them change nothing.
    for await (const { clientId, username, ipAddress } of this.#matching(filter, incomplete)) {
      const who = { CLIENT_ID: clientId, USERNAME: username ?? '', IP_ADDRESS: ipAddress }[as];
      if (bans.has(who)) continue;
      const ban = refusedOr(() => this.#checkedBan({ as, who, ...details }, caller));
      if (!(ban instanceof BrokerError)) bans.set(who, ban);
      else if (faults.length < MOST_FAULTS) faults.push({ clientId, fault: ban });
    }
    const { disconnectedCount } = await this.#putBans([...bans.values()]);
    return { bannedCount: bans.size, disconnectedCount, isComplete, faults };
  }

  async #deleteBans(keys: readonly BanKey[], filter: BanFilter): Promise<readonly Ban[]> {
    const deleted = await Promise.all(this.#nodes.map((node) => node.deleteBans(keys, filter)));
    return deleted.find((bans) => bans.length > 0) ?? [];
  }

  async deleteBan(key: BanKey): Promise<Ban | null> {
    const known = knownKey(key);
    return (known && (await this.#deleteBans([known], {}))[0]) ?? null;
  }

  async deleteBans(filter: BanFilter): Promise<DeleteBansReport> {
    checkRestricts(filter);
    let deletedCount = 0;
    let isComplete = true;
    let after: string | null = null;
    do {
      const page: PageQuery = { page: 1, limit: DELETED_AT_ONCE, after };
      const { items, meta } = await this.bans({ page, filter });
      if (!meta.countIsExact) isComplete = false;
      // One of them may have been replaced since by another that does not match.
      deletedCount += (await this.#deleteBans(items, filter)).length;
      after = meta.endCursor;
    } while (after !== null);
    return { deletedCount, isComplete };
  }

  plugins(node: string | null) {
    return this.#flat(node, (handle) => handle.plugins());
  }

  changePlugin(name: string, deed: PluginDeed, node: string | null): Promise<readonly Plugin[]> {
    return this.#whereItCan(node, (handle) => handle.changePlugin(name, deed));
  }

  configs({ app, key }: ConfigFilter, node: string | null) {
    return whenReady(
      this.#flat(node, (handle) => handle.configs(app ?? null)),
      (items) => items.filter((item) => key == null || item.key === key),
    );
  }

  async changeConfigs(change: ConfigChange, node: string | null, by: string | null): Promise<readonly ConfigItem[]> {
    return (await this.#whereItCan(node, (handle) => handle.changeConfigs(change, by))).flat();
  }

  /** What nodes answer to a change. Rejects as one of them when no node could make it. */
  async #whereItCan<T>(node: string | null, change: (handle: NodeHandle) => MaybePromise<T>): Promise<readonly T[]> {
    const settled = await Promise.allSettled(this.#among(node).map(async (handle) => change(handle)));
    const done = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failed = settled.find((each) => each.status === 'rejected');
    if (done.length === 0 && failed) throw failed.reason;
    return done;
  }

  events<Kind extends keyof EventKinds>(
    kind: Kind,
    filter: EventFilters[Kind],
    node: string | null,
  ): MaybePromise<EventFlow<EventKinds[Kind]>> {
    const handles = this.#among(node);
    return whenReady(allReady(handles.map((handle) => handle.events(kind, filter))), (flows) => ({
      since(cursor) {
        const [only, other] = flows;
        if (!only || other) throw cursorOfOneNode(flows.length);
        return only.since(cursor);
      },
      follow: (tell) => followAll(flows, tell),
    }));
  }

  // They are one table for the cluster, which each node keeps.
  credentials(kind: CredentialKind, query: Parameters<Domain['credentials']>[1]) {
    return pageAcross([this.#local], { ...query, node: null }, (node, slice) => node.credentials(kind, slice));
  }

  credential(kind: CredentialKind, name: string) {
    return this.#local.credential(kind, name);
  }

  createCredential(kind: CredentialKind, name: string, password: string) {
    return this.#local.createCredential(kind, name, password);
  }

  updateCredential(kind: CredentialKind, name: string, password: string) {
    return this.#local.updateCredential(kind, name, password);
  }

  deleteCredential(kind: CredentialKind, name: string) {
    return this.#local.deleteCredential(kind, name);
  }

  alarms(node: string | null) {
    return this.#flat(node, (handle) => handle.alarms());
  }

  alarmHistory(query: Parameters<Domain['alarmHistory']>[0]) {
    return pageAcross(this.#among(query.node), query, (node, slice) => node.alarmHistory(slice));
  }

  clearAlarm(id: string, node: string | null): MaybePromise<readonly Alarm[]> {
    return whenReady(
      this.#each(node, (handle) => handle.clearAlarm(id)),
      (cleared) => {
        const alarms = cleared.filter((alarm) => alarm !== null);
        if (alarms.length === 0) throw unknownAlarm(id);
        return alarms;
      },
    );
  }

  diagnostics(node: string | null) {
    return whenReady(
      this.#each(node, (handle) => handle.diagnostics()),
      (rows) => {
        const found = rows.filter((row) => row !== null);
        if (found.length === 0) throw notStarted('emqx_recon');
        return found;
      },
    );
  }

  deleteAlarmHistory(node: string | null) {
    return this.#sum(node, (handle) => handle.deleteAlarmHistory());
  }

  restEndpoints(release: RestRelease | null, kind: Principal['kind']): readonly RestEndpoint[] {
    return this.#restEndpoints(release, kind);
  }
}

const cursorOfOneNode = (nodesCount: number): BrokerError =>
  new BrokerError(
    'BAD_USER_INPUT',
    `after needs the argument node: a cursor is of one node, and there are ${nodesCount}, whose events would be missing`,
    { argument: 'node', value: null },
  );

const joinFlows = (flows: readonly MessageFlow[]): MessageFlow => ({
  retained(most) {
    const newest = new Map<string, PublishedMessage>();
    for (const message of flows.flatMap((flow) => flow.retained(most))) {
      const known = newest.get(message.topic);
      if (!known || known.publishedAt < message.publishedAt) newest.set(message.topic, message);
    }
    if (newest.size > most) throw limitExceeded('topicFilter', newest.size, most, 'retained messages');
    return [...newest.values()];
  },
  follow: (tell) => followAll(flows, tell),
});

/** Follows what all of them tell; answers what ends it. */
function followAll<T>(flows: readonly { follow(tell: (told: T) => void): () => void }[], tell: (told: T) => void) {
  const ends = flows.map((flow) => flow.follow(tell));
  return () => {
    for (const end of ends) end();
  };
}

/** What would act on everything is a mistake. */
function checkRestricts(filter: ConnectionFilter | BanFilter): void {
  if (Object.values(filter).every((value) => value == null)) {
    throw badInput('filter', filter, 'a filter with at least one field');
  }
}

/** Refuses a client id that no client can have. One above the broker's own limit comes, and is refused. */
function checkCarried(clientId: string): void {
  const length = Buffer.byteLength(clientId);
  if (length > 0 && length <= LONGEST_TEXT && clientId.isWellFormed() && !clientId.includes('\0')) return;
  throw badInput('clientId', clientId, `a client id of 1 to ${LONGEST_TEXT} bytes, in UTF-8 and without U+0000`);
}

function checkAddressRange({ ipAddressRange }: ConnectionFilter): void {
  if (ipAddressRange == null || parseRange(ipAddressRange)) return;
  throw badInput('ipAddressRange', ipAddressRange, 'an IP address or a range as 10.0.0.0/8');
}

/** The connections that a ban concerns. */
function concernedBy({ as, who }: BanKey): ConnectionFilter {
  if (as === 'CLIENT_ID') return { clientId: who };
  if (as === 'USERNAME') return { username: who };
  return who.includes('/') ? { ipAddressRange: who } : { ipAddress: who };
}

async function* clientIdsOf(connections: AsyncIterable<Connection>): AsyncGenerator<string> {
  for await (const { clientId } of connections) yield clientId;
}

/** What `make` answers, or the refusal that it throws. */
function refusedOr<T>(make: () => T): T | BrokerError {
  try {
    return make();
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
}

/** The refusal with this code that `check` throws, else null; other refusals pass. */
function faultOf(check: () => void, code: BrokerError['code']): BrokerError | null {
  const refusal = refusalOf(check);
  if (refusal && refusal.code !== code) throw refusal;
  return refusal;
}

/** Answers each request in its order; a refusal is the answer of its request alone. */
async function inTurn<Request, Answer>(
  requests: readonly Request[],
  answer: (request: Request) => Promise<Answer>,
): Promise<(Answer | BrokerError)[]> {
  const answers: (Answer | BrokerError)[] = [];
  for (const request of requests) {
    try {
      answers.push(await answer(request));
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      answers.push(error);
    }
  }
  return answers;
}
