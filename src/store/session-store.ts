import { Chunk, MOST_MESSAGES, type ReadMessage, readChunk } from './chunk.ts';
import type { Committed, Database } from './database.ts';
import { decodeMessage, encodeMessage, type StoredMessage } from './message-codec.ts';
import {
  behind,
  type Kind,
  kindBounds,
  NUMBER_BYTES,
  numberKey,
  numberOf,
  sessionBounds,
  sessionKey,
  sessionOf,
  subscriptionKey,
  textKey,
  textOf,
} from './session-keys.ts';
import { unreadable } from './store-error.ts';
import { headOf, type InflightMessage, type SessionRecord, StoredSession } from './stored-session.ts';

/** A message in the queue of a session. */
export interface QueuedMessage {
  readonly seq: number;
  readonly message: StoredMessage;
  /** The shared subscription that the message came by; '' when it came by another one. */
  readonly share: string;
  /** Bytes of it as it is stored. */
  readonly size: number;
  /** The record that it is in; null when it is in memory alone. */
  readonly chunk: Chunk | null;
}

/** A will that a connection left with the broker. */
export interface StoredWill {
  readonly message: StoredMessage;
  readonly username: string | null;
  readonly ipAddress: string;
}

const CLOCK = Buffer.from('!meta!clock');
/** Milliseconds between records of the clock: at most so much of a session's waiting time counts twice after a kill. */
const CLOCK_INTERVAL = 10_000;
/** Keys that are removed at once. */
const SWEEP = 1000;
const NOTHING = Buffer.alloc(0);
const NO_CHUNKS: ReadonlyMap<number, Chunk> = new Map();

/**
 * What outlives a connection and a restart: persistent sessions with their subscriptions and messages, retained
 * messages, wills. Changes go into the batch that the database gathers, so that what is changed within one turn of the
 * event loop stands or falls together; `committed` tells when it stands.
 */
export class SessionStore {
  readonly database: Database;
  /** By client id. */
  readonly sessions = new Map<string, StoredSession>();
  /** Filters and granted QoS of the sessions that were loaded; to be taken over by who serves them. */
  readonly loadedSubscriptions = new Map<StoredSession, Map<string, 0 | 1 | 2>>();
  /** Packet ids of incoming QoS 2 messages of the sessions that were loaded and have any; to be taken over likewise. */
  readonly loadedIncoming = new Map<StoredSession, number[]>();
  #lastId = 0;
  #clockBase = 0;
  #clockStart = performance.now();
  #clockTimer: NodeJS.Timeout | null = null;
  #sweep: Promise<void> | null = null;
  #isSweepDue = false;
  #isClosed = false;

  private constructor(database: Database) {
    this.database = database;
  }

  /** Loads the sessions of a database. Rejects with StoreError when records are damaged. */
  static async open(database: Database): Promise<SessionStore> {
    const store = new SessionStore(database);
    try {
      await store.load();
    } catch (fault) {
      throw unreadable(database.location, fault);
    }
    store.#clockTimer = setInterval(() => store.#keepClock(), CLOCK_INTERVAL).unref();
    store.#sweepEnded();
    return store;
  }

  /** Reads everything but messages; to be called again when the database lost what it was told. */
  async load(): Promise<void> {
    this.sessions.clear();
    this.loadedSubscriptions.clear();
    this.loadedIncoming.clear();
    const clock = await this.database.get(CLOCK);
    this.#clockBase = Math.max(this.clock(), clock === undefined ? 0 : Number(clock.toString()));
    this.#clockStart = performance.now();
    const byId = new Map<number, StoredSession>();
    for await (const [key, value] of this.database.walk(kindBounds('session'))) {
      const record = JSON.parse(value.toString()) as SessionRecord;
      const session = new StoredSession(textOf(key), record);
      this.sessions.set(session.clientId, session);
      this.loadedSubscriptions.set(session, new Map());
      byId.set(session.id, session);
      this.#lastId = Math.max(this.#lastId, session.id);
    }
    for await (const [key, value] of this.database.walk(kindBounds('figures'))) byId.get(sessionOf(key))?.read(value);
    for await (const [key, value] of this.database.walk(kindBounds('subscription'))) {
      const session = byId.get(sessionOf(key));
      if (session) this.loadedSubscriptions.get(session)?.set(textOf(key, 1 + NUMBER_BYTES), value[0] as 0 | 1 | 2);
    }
    for await (const [key] of this.database.walk(kindBounds('incoming'))) {
      const session = byId.get(sessionOf(key));
      const ids = session && this.loadedIncoming.get(session);
      if (ids) ids.push(numberOf(key));
      else if (session) this.loadedIncoming.set(session, [numberOf(key)]);
    }
    for await (const [key] of this.database.walk(kindBounds('ended'))) {
      this.#lastId = Math.max(this.#lastId, sessionOf(key));
      this.#isSweepDue = true;
    }
  }

  /**
   * Milliseconds that brokers have been running on this store. It stands still while none runs, when no client could
   * come back, and no change of the wall clock moves it.
   */
  clock(): number {
    return this.#clockBase + performance.now() - this.#clockStart;
  }

  #keepClock(): void {
    if (this.database.failure) return;
    this.database.put(CLOCK, Buffer.from(String(Math.floor(this.clock()))));
    if (this.#isSweepDue) this.#sweepEnded();
  }

  /** Calls back when all changes that were made before are stored. */
  committed(done: Committed): void {
    this.database.committed(done);
  }

  begin(clientId: string, record: Omit<SessionRecord, 'id'>): StoredSession {
    const session = new StoredSession(clientId, { ...record, id: ++this.#lastId });
    this.sessions.set(clientId, session);
    this.update(session);
    this.database.defer(session);
    return session;
  }

  /** Stores the record of a session that changed. */
  update(session: StoredSession): void {
    session.writeRecord(this.database);
  }

  /** Stores the figures of a session that changed, once a batch. */
  touch(session: StoredSession): void {
    this.database.defer(session);
  }

  /** Forgets a session at once; its messages are removed bit by bit. */
  end(session: StoredSession): void {
    session.isEnded = true;
    if (this.sessions.get(session.clientId) === session) this.sessions.delete(session.clientId);
    this.loadedSubscriptions.delete(session);
    this.loadedIncoming.delete(session);
    this.database.del(textKey('session', session.clientId));
    this.database.put(sessionKey('ended', session.id), NOTHING);
    this.database.committed((error) => {
      if (!error) this.#sweepEnded();
    });
  }

  putSubscription(session: StoredSession, topicFilter: string, qos: number): void {
    this.database.put(subscriptionKey(session.id, topicFilter), Buffer.of(qos));
  }

  deleteSubscription(session: StoredSession, topicFilter: string): void {
    this.database.del(subscriptionKey(session.id, topicFilter));
  }

  /** Adds a message at the end of a session. `share` is the shared subscription it came by, or ''. */
  putQueued(session: StoredSession, message: StoredMessage, share: string): QueuedMessage {
    const bytes = encodeMessage(message, share);
    const seq = session.tail;
    const chunk = session.gather(bytes);
    if (share !== '') session.shared++;
    this.touch(session);
    return { seq, message, share, size: bytes.length, chunk };
  }

  /** Nobody needs a message of this chunk any more, which the figures of its session show already. */
  finish(session: StoredSession, chunk: Chunk | null): void {
    if (chunk && --chunk.remaining === 0 && chunk.isWritten) {
      this.database.del(numberKey('queued', session.id, chunk.first), chunk.size);
    }
  }

  /**
   * Messages of a session that are needed, in their order, from a number on, also those on their way; committed ones
   * only. Answers whole chunks: at least `limit` messages, or `maxBytes` of them, when there are so many. `known` are the
   * chunks whose messages the caller has already.
   */
  async queued(
    session: StoredSession,
    from: number,
    limit: number,
    maxBytes: number,
    known: ReadonlyMap<number, Chunk> = NO_CHUNKS,
  ): Promise<QueuedMessage[]> {
    const bounds = sessionBounds('queued', session.id, Math.max(0, from - MOST_MESSAGES + 1));
    const queued: QueuedMessage[] = [];
    let bytes = 0;
    for await (const [key, record] of this.database.walk(bounds)) {
      const first = numberOf(key);
      const needed = readChunk(first, record).filter(({ seq }) => session.isNeeded(seq));
      let chunk = known.get(first);
      if (!chunk) {
        chunk = Chunk.ofRecord(first, record.length);
        chunk.remaining = needed.length;
      }
      for (const message of needed) {
        if (message.seq < from) continue;
        queued.push({ ...message, chunk });
        bytes += message.size;
      }
      if (queued.length >= limit || bytes >= maxBytes) break;
    }
    return queued;
  }

  /**
   * Accounts for messages that were dropped unread, as `unswept` tells: a part of them, in one batch. Those before `end`
   * have to be committed. Nobody may hold messages of the session in memory.
   */
  async sweepDropped(session: StoredSession, end: number, maxBytes: number): Promise<void> {
    const from = session.unswept;
    const bounds = sessionBounds('queued', session.id, Math.max(0, from - MOST_MESSAGES + 1));
    const records: { key: Buffer; size: number; messages: readonly ReadMessage[] }[] = [];
    let to = end;
    let bytes = 0;
    for await (const [key, record] of this.database.walk(bounds)) {
      const first = numberOf(key);
      if (first >= to) break;
      if (bytes >= maxBytes) to = first;
      else records.push({ key, size: record.length, messages: readChunk(first, record) });
      bytes += record.length;
    }
    for (const { key, size, messages } of records) {
      for (const { seq, size: own, share } of messages) {
        if (seq < from || seq >= to) continue;
        session.bytes -= own;
        if (share !== '') session.shared--;
      }
      // What of a record was dropped since is for the next time.
      if (!messages.some(({ seq }) => seq >= to || session.isNeeded(seq))) this.database.del(key, size);
    }
    session.unswept = to === session.next ? 0 : to;
    this.touch(session);
  }

  putInflight(session: StoredSession, { seq, packetId, isReleased }: InflightMessage): void {
    session.sent.set(seq, { seq, packetId, isReleased });
    this.touch(session);
  }

  deleteInflight(session: StoredSession, seq: number): void {
    session.sent.delete(seq);
    this.touch(session);
  }

  putIncoming(session: StoredSession, packetId: number): void {
    this.database.put(numberKey('incoming', session.id, packetId), NOTHING);
  }

  deleteIncoming(session: StoredSession, packetId: number): void {
    this.database.del(numberKey('incoming', session.id, packetId));
  }

  putRetained(message: StoredMessage, username: string | null): void {
    this.database.put(textKey('retained', message.topic), encodeMessage(message, username ?? ''));
  }

  deleteRetained(topic: string): void {
    this.database.del(textKey('retained', topic));
  }

  /** All retained messages, with the user names of their publishers. Rejects with StoreError when records are damaged. */
  retained(): AsyncGenerator<{ readonly message: StoredMessage; readonly username: string | null }> {
    return this.#records('retained', (value) => {
      const { message, note } = decodeMessage(value);
      return { message, username: note === '' ? null : note };
    });
  }

  async *#records<T>(kind: Kind, read: (value: Buffer) => T): AsyncGenerator<T> {
    try {
      for await (const [, value] of this.database.walk(kindBounds(kind))) yield read(value);
    } catch (fault) {
      throw unreadable(this.database.location, fault);
    }
  }

  putWill(clientId: string, { message, username, ipAddress }: StoredWill): void {
    this.database.put(textKey('will', clientId), encodeMessage(message, JSON.stringify([username, ipAddress])));
  }

  deleteWill(clientId: string): void {
    this.database.del(textKey('will', clientId));
  }

  /**
   * Wills of connections that nobody ended: the process died under them. Rejects with StoreError when records are
   * damaged.
   */
  async wills(): Promise<StoredWill[]> {
    const read = (value: Buffer): StoredWill => {
      const { message, note } = decodeMessage(value);
      const [username, ipAddress] = JSON.parse(note) as [string | null, string];
      return { message, username, ipAddress };
    };
    const wills: StoredWill[] = [];
    for await (const will of this.#records('will', read)) wills.push(will);
    return wills;
  }

  /** Removes what ended sessions left, a bit at a time. */
  #sweepEnded(): void {
    this.#isSweepDue = true;
    this.#sweep ??= this.#removeEnded()
      // Writes are not taken: the next beat of the clock tries again.
      .catch(() => {
        this.#isSweepDue = true;
      })
      .finally(() => {
        this.#sweep = null;
      });
  }

  async #removeEnded(): Promise<void> {
    while (this.#isSweepDue && !this.#isClosed) {
      this.#isSweepDue = false;
      for await (const [key] of this.database.walk(kindBounds('ended'))) {
        if (!(await this.#removeRecords(sessionOf(key)))) return;
        this.database.del(key);
        await this.database.flush();
      }
    }
  }

  /** Removes the records of a session; answers whether it came to the end. */
  async #removeRecords(id: number): Promise<boolean> {
    const figures = await this.database.get(sessionKey('figures', id));
    for (const kind of ['queued', 'incoming', 'subscription'] as const) {
      // What lies before the head, or was just removed, takes LevelDB long to pass over.
      const head = kind === 'queued' && figures ? Math.max(0, headOf(figures) - MOST_MESSAGES) : 0;
      let bounds = sessionBounds(kind, id, head);
      for (let length = SWEEP; length === SWEEP; ) {
        if (this.#isClosed) return false;
        const entries = await this.database.entries({ ...bounds, limit: SWEEP });
        for (const [key, value] of entries) this.database.del(key, value.length);
        if (entries.length > 0) await this.database.flush();
        const last = entries.at(-1);
        if (last) bounds = { ...bounds, gte: behind(last[0]) };
        length = entries.length;
      }
    }
    this.database.del(sessionKey('figures', id));
    return true;
  }

  /** Stores the clock, and waits for what is being removed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#clockTimer) clearInterval(this.#clockTimer);
    this.#keepClock();
    await this.#sweep;
    await this.database.flush().catch(() => {});
  }
}
