import { conditions } from '../../src/broker/event-conditions.ts';
import { EventLog } from '../../src/broker/event-log.ts';
import type {
  BanEvent,
  ClientRefusal,
  Connection,
  ConnectionFilter,
  EventFilters,
  EventFlow,
  EventKinds,
  MaybePromise,
  Message,
  MessageFlow,
  NodeHandle,
  PublishedMessage,
  RecordedEvent,
  RetainedMessage,
  RetainedTarget,
  Session,
  Slice,
  SliceResult,
  SubscribingClient,
  SubscriptionRequest,
  TraceEvent,
  TraceFlow,
} from '../../src/domain.ts';
import { sessionNotFound } from '../../src/domain.ts';

const unused = (): never => {
  throw new Error('a test does not ask for this');
};

interface Row {
  readonly seq: number;
  readonly clientId: string;
  isConnected: boolean;
}

/** A node over an array of clients, which answers values, or promises when it is a peer. */
export class FakeNode implements NodeHandle {
  readonly delayedMessages = unused;
  readonly deleteDelayed = unused;
  readonly name: string;
  readonly incarnation: string;
  /** What it was told to do. */
  readonly deeds: string[] = [];
  /** Slices that it was asked for, as `offset+limit after`. */
  readonly asked: string[] = [];
  isExact = true;
  /** Topics of retained messages, and when these were published. */
  retained: string[] = [];
  retainedAt = 0;
  /** Its events, of whatever kind one asks for. */
  readonly log: EventLog<BanEvent, EventFilters['ban']>;
  /** Who follows messages. */
  readonly tells = new Set<(message: PublishedMessage) => void>();
  /** Who follows clients. */
  readonly traces = new Set<(event: TraceEvent) => void>();
  /** When clients were refused, newest first. */
  refusedAt: readonly number[] = [];
  #rows: Row[];
  readonly #isPeer: boolean;

  constructor(name: string, clientIds: readonly string[], { isPeer = false, incarnation = 'first' } = {}) {
    this.name = name;
    this.incarnation = incarnation;
    this.#isPeer = isPeer;
    this.log = new EventLog({ nodeName: name, incarnation, onFault: unused }, conditions.ban);
    this.#rows = clientIds.map((clientId, seq) => ({ seq, clientId, isConnected: true }));
  }

  #answer<T>(value: () => T): MaybePromise<T> {
    return this.#isPeer ? new Promise(setImmediate).then(value) : value();
  }

  leave(clientId: string): void {
    this.#rows = this.#rows.filter((row) => row.clientId !== clientId);
  }

  /** The client's connection ends, its session stays. */
  disconnect(clientId: string): void {
    for (const row of this.#rows) if (row.clientId === clientId) row.isConnected = false;
  }

  #row(clientId: string): Row | undefined {
    return this.#rows.find((row) => row.clientId === clientId);
  }

  connections({ filter, offset, limit, after }: Slice<ConnectionFilter>): MaybePromise<SliceResult<Connection>> {
    this.asked.push(`${offset}+${limit} ${after}`);
    return this.#answer(() => {
      const matching = this.#rows.filter(({ clientId }) => clientId.startsWith(filter.clientIdPrefix ?? ''));
      const behind = after === null ? matching.slice(offset) : matching.filter(({ seq }) => seq > Number(after));
      const rows = behind.slice(0, limit);
      return {
        items: rows.map(({ clientId }) => this.#connection(clientId)),
        count: matching.length,
        countIsExact: this.isExact,
        lastKey: rows.length === 0 ? null : String(rows.at(-1)?.seq),
      };
    });
  }

  // A page only hands rows on: these are what the tests look at.
  #connection(clientId: string): Connection {
    return { clientId, nodeName: this.name, connectedAt: 0 } as Connection;
  }

  connection(clientId: string): MaybePromise<Connection | null> {
    return this.#answer(() => (this.#row(clientId)?.isConnected ? this.#connection(clientId) : null));
  }

  session(clientId: string): MaybePromise<Session | null> {
    return this.#answer(() => (this.#row(clientId) ? ({ clientId, nodeName: this.name } as Session) : null));
  }

  subscriptionsOf(clientId: string) {
    const own = {
      seq: 1,
      clientId,
      topicFilter: `on/${this.name}`,
      shareGroup: null,
      qos: 0 as const,
      nodeName: this.name,
    };
    return this.#answer(() => (this.#row(clientId) ? [own] : []));
  }

  publish({ topic }: Message): MaybePromise<void> {
    return this.#answer(() => void this.deeds.push(`publish ${topic}`));
  }

  subscribe(clientId: string, subscriptions: readonly SubscriptionRequest[]) {
    return this.#answer(() => {
      this.deeds.push(`subscribe ${clientId}`);
      const granted = { seq: 1, clientId, shareGroup: null, qos: 0 as const, nodeName: this.name };
      return subscriptions.map(({ topicFilter }) => ({ ...granted, topicFilter }));
    });
  }

  unsubscribe(clientId: string): MaybePromise<void> {
    return this.#answer(() => void this.deeds.push(`unsubscribe ${clientId}`));
  }

  kick(clientId: string): MaybePromise<boolean> {
    return this.#answer(() => {
      if (!this.#row(clientId)?.isConnected) return false;
      this.deeds.push(`kick ${clientId}`);
      this.disconnect(clientId);
      return true;
    });
  }

  cleanAclCache(clientId: string, topic: string): MaybePromise<boolean> {
    return this.#answer(() => {
      if (!this.#row(clientId)?.isConnected) return false;
      this.deeds.push(`forget ${topic} of ${clientId}`);
      return true;
    });
  }

  cleanSession(clientId: string): MaybePromise<void> {
    return this.#answer(() => {
      if (!this.#row(clientId)) throw sessionNotFound(clientId);
      this.deeds.push(`clean ${clientId}`);
      this.leave(clientId);
    });
  }

  retainedMessage(topic: string): MaybePromise<RetainedMessage | null> {
    const message = { topic, nodeName: this.name } as RetainedMessage;
    return this.#answer(() => (this.retained.includes(topic) ? message : null));
  }

  /** A client `denied` may not subscribe. */
  permitsSubscribe({ clientId }: SubscribingClient): MaybePromise<boolean> {
    return this.#answer(() => clientId !== 'denied');
  }

  /** Every message that is published is one of every filter. */
  messages(): MessageFlow {
    return {
      retained: () =>
        this.retained.map(
          (topic) => ({ topic, nodeName: this.name, publishedAt: this.retainedAt }) as PublishedMessage,
        ),
      follow: (tell) => {
        this.tells.add(tell);
        return () => this.tells.delete(tell);
      },
    };
  }

  trace(clientId: string): MaybePromise<TraceFlow> {
    return this.#answer(() => ({
      follow: (tell) => {
        this.deeds.push(`trace ${clientId}`);
        const own = (event: TraceEvent): void => tell(event);
        this.traces.add(own);
        return () => this.traces.delete(own);
      },
    }));
  }

  events<Kind extends keyof EventKinds>(
    _: Kind,
    filter: EventFilters[Kind],
  ): MaybePromise<EventFlow<EventKinds[Kind]>> {
    return this.#answer(
      () => this.log.flow(filter as EventFilters['ban']) as EventFlow<RecordedEvent> as EventFlow<EventKinds[Kind]>,
    );
  }

  clearRetained(target: RetainedTarget): MaybePromise<number> {
    return this.#answer(() => {
      const count = this.retained.length;
      this.deeds.push(`clear ${'topics' in target ? target.topics.join() : target.topicFilter}`);
      this.retained = this.retained.filter((topic) => 'topics' in target && !target.topics.includes(topic));
      return count - this.retained.length;
    });
  }

  clientRefusals(clientId: string): MaybePromise<readonly ClientRefusal[]> {
    const refusals = this.refusedAt.map((lastAt) => ({ clientId, lastAt, nodeName: this.name }) as ClientRefusal);
    return this.#answer(() => refusals);
  }

  retainedMessages = unused;
  recentRefusals = unused;
  bans: NodeHandle['bans'] = unused;
  ban = unused;
  putBans = unused;
  deleteBans: NodeHandle['deleteBans'] = unused;
  configs = unused;
  changeConfigs = unused;
  plugins = unused;
  changePlugin = unused;
  credentials = unused;
  credential = unused;
  createCredential = unused;
  updateCredential = unused;
  deleteCredential = unused;
  alarms = unused;
  alarmHistory = unused;
  clearAlarm = unused;
  deleteAlarmHistory = unused;
  diagnostics = unused;
  describe = unused;
  broker = unused;
  metrics = unused;
  stats = unused;
  listeners = unused;
  sessions = unused;
  subscriptions = unused;
  routes = unused;
}
