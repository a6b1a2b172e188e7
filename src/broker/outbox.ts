import type { Chunk } from '../store/chunk.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { QueuedMessage, SessionStore } from '../store/session-store.ts';
import type { StoredSession } from '../store/stored-session.ts';

/** A message on its way. */
interface SentMessage {
  readonly seq: number;
  readonly packetId: number;
  readonly qos: 0 | 1 | 2;
  readonly share: string;
  readonly chunk: Chunk | null;
  /** Kept where another member of its shared subscription may need it; the store has it otherwise, or nobody wants it. */
  readonly message: StoredMessage | null;
  /** Its PUBREC came: only the PUBREL is owed. */
  isReleased: boolean;
}

/** A message that has its packet id, and waits for a place on the way. */
interface ReadyMessage {
  readonly sent: SentMessage;
  readonly message: StoredMessage;
  readonly size: number;
  /** It may have been written by an earlier connection. */
  readonly isResent: boolean;
  isStored: boolean;
}

/** The connection that messages go out by. */
export interface Delivery {
  deliver(message: StoredMessage, packetId: number, isResent: boolean): void;
  release(packetId: number): void;
}

export interface OutboxLimits {
  /** Messages on their way at once. */
  readonly maxInflight: number;
  /** Messages that wait; 0 is no limit. */
  readonly maxMqueueLen: number;
  /** Bytes of the messages that wait; 0 is no limit. */
  readonly maxMqueueBytes: number;
}

/** Packet ids have two bytes, and 0 is none of them [MQTT-2.3.1-1]. */
const MOST_IDS = 65_535;
/** Waiting messages of a stored session that are held in memory, and how few of them make it read on. */
const HELD = 512;
const HELD_BYTES = 1024 * 1024;
const LOW = 64;
/** Packet ids that are given and stored ahead, in windows: a place that becomes free need not wait for the store. */
const WINDOWS_AHEAD = 4;
const MOST_AHEAD = 256;
/** Messages that are read at least to drop some of them. */
const AT_ONCE = 16;

/** In place of a message of which only the PUBREL is owed. */
const NO_MESSAGE = { message: null, share: '', size: 0, chunk: null } as const;

/** The same with a payload of its own: a part of what was read from a socket would hold all the rest of it. */
const apart = (queued: QueuedMessage): QueuedMessage => ({
  ...queued,
  message: { ...queued.message, payload: Buffer.from(queued.message.payload) },
});

/**
 * Everything with QoS 1 and 2 that goes to one session, by one way: new messages join the end, a window of them is on
 * its way, and an acknowledgement lets the next one go. A persistent session has a record (`stored`), and of what waits
 * there only the beginning is held in memory; each step is stored before the client can see it.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #store: SessionStore;
  readonly #stored: StoredSession | null;
  readonly #onDropped: (count: number) => void;
  #delivery: Delivery | null = null;
  /** What is stored for the client is not yet known: a new connection begins with it. */
  #isResuming = false;
  /** By packet id, in the order of sending. */
  readonly #inflight = new Map<number, SentMessage>();
  /** Of a stored session: what goes next. */
  #ready: ReadyMessage[] = [];
  readonly #readyIds = new Set<number>();
  #waiting: QueuedMessage[] = [];
  /** Where `#waiting` begins. */
  #first = 0;
  /** Waiting messages of a stored session before this number are in `#waiting`; the others only in the store. */
  #loadedTo = 1;
  #isLoading = false;
  /** Records of the messages in memory, by the numbers of their first ones. */
  readonly #chunks = new Map<number, Chunk>();
  /** What came while the store was read, as long as it is all of it. */
  #fresh: QueuedMessage[] | null = null;
  #isTrimming = false;
  #lastId = 0;

  // Of a session without a record.
  #seq = 0;
  #bytes = 0;
  #dropped = 0;
  #enqueued = 0;
  #delivered = 0;

  constructor(
    limits: OutboxLimits,
    store: SessionStore,
    stored: StoredSession | null,
    onDropped: (count: number) => void,
  ) {
    this.#limits = limits;
    this.#store = store;
    this.#stored = stored;
    this.#onDropped = onDropped;
  }

  get inflightCount(): number {
    return this.#stored && !this.#isAttached ? this.#stored.inflight : this.#inflight.size;
  }

  get queuedCount(): number {
    return this.#stored ? this.#stored.count - this.inflightCount : this.#waiting.length - this.#first;
  }

  /** Whether the client is connected and knows what is on its way. */
  get #isAttached(): boolean {
    return this.#delivery !== null && !this.#isResuming;
  }

  get droppedCount(): number {
    return this.#stored ? this.#stored.dropped : this.#dropped;
  }

  get enqueuedCount(): number {
    return this.#stored ? this.#stored.enqueued : this.#enqueued;
  }

  get deliveredCount(): number {
    return this.#stored ? this.#stored.delivered : this.#delivered;
  }

  /** A message with QoS 0 went out beside the queue; stored with the next change of it. */
  countDelivered(): void {
    if (this.#stored) this.#stored.delivered++;
    else this.#delivered++;
  }

  /** Adds a message at the end. `share` is the shared subscription it came by, or ''. */
  push(message: StoredMessage, share: string): void {
    const stored = this.#stored;
    const added = stored ? this.#record(stored, message, share) : this.#hold(message, share);
    const isNext = this.#first === this.#waiting.length && (!stored || this.#loadedTo === added.seq);
    if (isNext && this.#ready.length === 0 && this.#isOpen) {
      this.#send(added);
      return;
    }
    if (stored) {
      stored.enqueued++;
      this.#keepInMemory(added);
    } else {
      this.#waiting.push(apart(added));
      this.#enqueued++;
      this.#bytes += added.size;
    }
    this.#keepBounds();
  }

  #record(stored: StoredSession, message: StoredMessage, share: string): QueuedMessage {
    const added = this.#store.putQueued(stored, message, share);
    if (this.#delivery) this.#know(added);
    return added;
  }

  /** Remembers the record of a message that is in memory: there is one account of it. */
  #know({ chunk }: QueuedMessage): void {
    if (chunk) this.#chunks.set(chunk.first, chunk);
  }

  /** Nobody needs a message any more. */
  #forget(stored: StoredSession, chunk: Chunk | null): void {
    this.#store.finish(stored, chunk);
    if (chunk?.remaining === 0) this.#chunks.delete(chunk.first);
  }

  #hold(message: StoredMessage, share: string): QueuedMessage {
    const size = message.topic.length + message.payload.length;
    return { seq: ++this.#seq, message, share, size, chunk: null };
  }

  /** Whether another message may go. */
  get #isOpen(): boolean {
    return this.#isAttached && this.#inflight.size < this.#limits.maxInflight;
  }

  #keepInMemory(added: QueuedMessage): void {
    if (this.#delivery === null) return;
    if (this.#loadedTo === added.seq && this.#waiting.length - this.#first < HELD && !this.#isResuming) {
      this.#waiting.push(apart(added));
      this.#loadedTo++;
    } else if (this.#fresh && this.#fresh.length < HELD) this.#fresh.push(apart(added));
    else this.#fresh = null;
  }

  /** A packet id that no message on its way has [MQTT-2.3.1-4]. */
  #nextId(): number {
    do this.#lastId = this.#lastId >= MOST_IDS ? 1 : this.#lastId + 1;
    while (this.#inflight.has(this.#lastId) || this.#readyIds.has(this.#lastId));
    return this.#lastId;
  }

  #send(next: QueuedMessage): void {
    const sent = this.#number(next);
    this.#inflight.set(sent.packetId, sent);
    const delivery = this.#delivery as Delivery;
    const stored = this.#stored;
    if (!stored) {
      this.#delivered++;
      delivery.deliver(next.message, sent.packetId, false);
      return;
    }
    stored.delivered++;
    this.#settleHead(stored);
    // Its packet id is stored before the client sees it.
    this.#store.committed((error) => {
      if (!error && this.#delivery === delivery) delivery.deliver(next.message, sent.packetId, false);
    });
  }

  /** Gives a message its packet id, which is stored with the batch that is being gathered. */
  #number({ seq, message, share, size, chunk }: QueuedMessage): SentMessage {
    const stored = this.#stored;
    const kept = stored || share === '' ? null : message;
    const packetId = this.#nextId();
    const sent: SentMessage = { seq, packetId, qos: message.qos, share, chunk, message: kept, isReleased: false };
    if (!stored) return sent;
    stored.bytes -= size;
    stored.next = seq + 1;
    this.#loadedTo = Math.max(this.#loadedTo, stored.next);
    this.#store.putInflight(stored, sent);
    return sent;
  }

  /** Gives packet ids ahead to what will go next. */
  #prepare(stored: StoredSession, delivery: Delivery): void {
    const most = Math.min(MOST_AHEAD, WINDOWS_AHEAD * this.#limits.maxInflight);
    if (this.#ready.length > most / 2) return;
    const prepared: ReadyMessage[] = [];
    while (this.#ready.length + prepared.length < most) {
      const next = this.#waiting[this.#first];
      if (!next) break;
      this.#advance();
      const sent = this.#number(next);
      this.#readyIds.add(sent.packetId);
      prepared.push({ sent, message: next.message, size: next.size, isResent: false, isStored: false });
    }
    if (prepared.length === 0) return;
    this.#ready.push(...prepared);
    this.#settleHead(stored);
    this.#store.committed((error) => {
      if (error || this.#delivery !== delivery) return;
      for (const ready of prepared) ready.isStored = true;
      this.#fill();
    });
  }

  #settleHead(stored: StoredSession): void {
    const [first] = this.#inflight.values();
    stored.head = first?.seq ?? this.#ready[0]?.sent.seq ?? stored.next;
    this.#store.touch(stored);
  }

  /** Sends what waits, as far as the window lets it. */
  #fill(): void {
    const stored = this.#stored;
    while (this.#isOpen) {
      const ready = this.#ready[0];
      if (ready) {
        if (!ready.isStored) break;
        this.#ready.shift();
        this.#go(ready);
        continue;
      }
      const next = this.#waiting[this.#first];
      if (!next) break;
      this.#advance();
      if (!stored) this.#bytes -= next.size;
      this.#send(next);
    }
    if (stored && this.#delivery && this.#isAttached) this.#prepare(stored, this.#delivery);
    this.#loadMore();
  }

  #go({ sent, message, isResent }: ReadyMessage): void {
    this.#readyIds.delete(sent.packetId);
    this.#inflight.set(sent.packetId, sent);
    if (this.#stored && !isResent) this.#stored.delivered++;
    this.#delivery?.deliver(message, sent.packetId, isResent);
  }

  #advance(): void {
    this.#first++;
    if (this.#first < 1024 && this.#first < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }

  #loadMore(): void {
    const stored = this.#stored;
    if (!stored || this.#isLoading || this.#isResuming || this.#delivery === null) return;
    if (this.#isTrimming || this.#loadedTo >= stored.tail || this.#waiting.length - this.#first > LOW) return;
    void this.#load(stored, this.#delivery);
  }

  async #load(stored: StoredSession, delivery: Delivery): Promise<void> {
    this.#isLoading = true;
    try {
      const { tail } = stored;
      this.#fresh = [];
      await this.#store.database.flush();
      const read = await this.#store.queued(stored, this.#loadedTo, HELD, HELD_BYTES, this.#chunks);
      if (this.#delivery !== delivery) return;
      for (const queued of read) this.#take(stored, queued);
      // Whatever was not found was dropped meanwhile.
      if (read.length === 0) this.#loadedTo = Math.max(this.#loadedTo, tail);
      if (this.#loadedTo >= tail && this.#fresh) for (const queued of this.#fresh) this.#take(stored, queued);
      this.#fresh = null;
    } catch {
      // The store failed, which ends the connection.
      return;
    } finally {
      this.#isLoading = false;
    }
    this.#fill();
  }

  #take(stored: StoredSession, queued: QueuedMessage): void {
    if (queued.seq < this.#loadedTo || queued.seq < stored.next) return;
    this.#know(queued);
    this.#waiting.push(queued);
    this.#loadedTo = queued.seq + 1;
  }

  /** Goes on with a client that is connected: first what was on its way before [MQTT-4.4.0-1], then what waits. */
  attach(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#isResuming = this.#stored !== null;
    if (this.#stored) void this.#resume(this.#stored, delivery);
  }

  async #resume(stored: StoredSession, delivery: Delivery): Promise<void> {
    try {
      await this.#store.database.flush();
      const inflight = [...stored.sent.values()];
      const last = inflight.at(-1)?.seq ?? 0;
      const messages = new Map<number, QueuedMessage>();
      for (let from = stored.head; from <= last; ) {
        const read = await this.#store.queued(stored, from, HELD, HELD_BYTES, this.#chunks);
        for (const queued of read) messages.set(queued.seq, queued);
        from = (read.at(-1)?.seq ?? last) + 1;
      }
      if (this.#delivery !== delivery) return;
      for (const { seq, packetId, isReleased } of inflight) {
        const queued = messages.get(seq);
        if (!queued && !isReleased) continue;
        if (queued) this.#know(queued);
        const { message, share, size, chunk } = queued ?? NO_MESSAGE;
        const sent = { seq, packetId, isReleased, qos: message?.qos ?? 2, share, chunk, message };
        if (!message || this.#inflight.size < this.#limits.maxInflight) this.#inflight.set(packetId, sent);
        else {
          // Of an earlier process, which had given it a packet id ahead.
          this.#readyIds.add(packetId);
          this.#ready.push({ sent, message, size, isResent: true, isStored: true });
        }
      }
      this.#loadedTo = stored.next;
      // The last record may have messages behind those that were sent.
      for (const queued of messages.values()) this.#take(stored, queued);
    } catch {
      return;
    }
    this.#isResuming = false;
    for (const { message, packetId } of [...this.#inflight.values()]) {
      if (message) delivery.deliver(message, packetId, true);
      else delivery.release(packetId);
    }
    this.#fill();
  }

  /** The connection is over. What a session without a record had is answered: see `leftovers`. */
  detach(): void {
    this.#delivery = null;
    this.#isResuming = false;
    this.#fresh = null;
    if (!this.#stored) return;
    this.#giveBack(this.#stored);
    this.#waiting = [];
    this.#first = 0;
    this.#inflight.clear();
    this.#chunks.clear();
    this.#loadedTo = this.#stored.next;
  }

  /** Takes packet ids back from messages that were never written: they wait again. */
  #giveBack(stored: StoredSession): void {
    const unwritten = this.#ready.filter(({ isResent }) => !isResent);
    const [first] = unwritten;
    // Where messages behind them were dropped, they keep their places.
    if (first && stored.next === (unwritten.at(-1) ?? first).sent.seq + 1) {
      for (const { sent, size } of unwritten) {
        this.#store.deleteInflight(stored, sent.seq);
        stored.bytes += size;
      }
      stored.next = first.sent.seq;
    }
    this.#ready = [];
    this.#readyIds.clear();
  }

  /** Messages by shared subscriptions that another member may have: not those with QoS 2 that the client may have seen. */
  async leftovers(): Promise<QueuedMessage[]> {
    const stored = this.#stored;
    const leftovers: QueuedMessage[] = [];
    if (!stored) {
      for (const { seq, message, share } of this.#inflight.values())
        if (message?.qos === 1) leftovers.push({ seq, message, share, size: 0, chunk: null });
      for (const waiting of this.#waiting.slice(this.#first)) if (waiting.share !== '') leftovers.push(waiting);
      return leftovers;
    }
    if (stored.shared === 0) return leftovers;
    await this.#store.database.flush();
    for (let from = stored.head; from < stored.tail; ) {
      const read = await this.#store.queued(stored, from, HELD, HELD_BYTES);
      for (const queued of read) {
        const isUnseen = queued.seq >= stored.next;
        if (queued.share !== '' && (queued.message.qos === 1 || isUnseen)) leftovers.push(queued);
      }
      from = (read.at(-1)?.seq ?? stored.tail) + 1;
    }
    return leftovers;
  }

  /** A PUBACK came. Answers false when no message with QoS 1 has this packet id. */
  acknowledge(packetId: number): boolean {
    const sent = this.#inflight.get(packetId);
    if (sent?.qos !== 1) return false;
    this.#finish(sent);
    return true;
  }

  /** A PUBREC came. Answers false when no message with QoS 2 has this packet id. */
  receive(packetId: number): boolean {
    const sent = this.#inflight.get(packetId);
    const delivery = this.#delivery;
    if (sent?.qos !== 2 || !delivery) return false;
    const stored = this.#stored;
    if (!sent.isReleased) {
      sent.isReleased = true;
      if (stored) {
        this.#store.putInflight(stored, sent);
        this.#forget(stored, sent.chunk);
        this.#countShared(stored, sent.share);
      }
    }
    if (!stored) delivery.release(packetId);
    else {
      this.#store.committed((error) => {
        if (!error && this.#delivery === delivery) delivery.release(packetId);
      });
    }
    return true;
  }

  /** A PUBCOMP came. Answers false when no message was released under this packet id. */
  complete(packetId: number): boolean {
    const sent = this.#inflight.get(packetId);
    if (!sent?.isReleased) return false;
    this.#finish(sent);
    return true;
  }

  #finish(sent: SentMessage): void {
    this.#inflight.delete(sent.packetId);
    const stored = this.#stored;
    if (stored) {
      this.#store.deleteInflight(stored, sent.seq);
      if (!sent.isReleased) {
        this.#forget(stored, sent.chunk);
        this.#countShared(stored, sent.share);
      }
      stored.count--;
      this.#settleHead(stored);
    }
    this.#fill();
  }

  /** A message is stored no longer. */
  #countShared(stored: StoredSession, share: string): void {
    if (share === '') return;
    stored.shared--;
    this.#store.touch(stored);
  }

  get #isOver(): boolean {
    const { maxMqueueLen, maxMqueueBytes } = this.#limits;
    const count = this.queuedCount;
    const bytes = this.#stored ? this.#stored.bytes : this.#bytes;
    const isLong = maxMqueueLen > 0 && count > maxMqueueLen;
    return isLong || (maxMqueueBytes > 0 && bytes > maxMqueueBytes && count > 0);
  }

  /** Drops the oldest of what waits while there is too much of it. */
  #keepBounds(): void {
    let dropped = 0;
    for (; this.#isOver; dropped++) {
      const ready = this.#ready[0];
      const oldest = this.#waiting[this.#first];
      if (this.#stored && ready && !ready.isResent) this.#dropReady(this.#stored, ready);
      else if (oldest) {
        this.#advance();
        this.#drop(oldest);
      } else break;
    }
    if (dropped > 0) this.#onDropped(dropped);
    if (this.#stored && this.#isOver && !this.#isTrimming && !this.#isLoading) void this.#trim(this.#stored);
  }

  #dropReady(stored: StoredSession, { sent }: ReadyMessage): void {
    this.#ready.shift();
    this.#readyIds.delete(sent.packetId);
    this.#store.deleteInflight(stored, sent.seq);
    stored.count--;
    stored.dropped++;
    this.#countShared(stored, sent.share);
    this.#forget(stored, sent.chunk);
    this.#settleHead(stored);
  }

  #drop({ seq, size, share, chunk }: QueuedMessage): void {
    const stored = this.#stored;
    if (!stored) {
      this.#bytes -= size;
      this.#dropped++;
      return;
    }
    stored.count--;
    stored.bytes -= size;
    stored.dropped++;
    this.#countShared(stored, share);
    stored.next = seq + 1;
    this.#loadedTo = Math.max(this.#loadedTo, stored.next);
    this.#forget(stored, chunk);
    this.#settleHead(stored);
  }

  /** Drops the oldest of what waits only in the store. */
  async #trim(stored: StoredSession): Promise<void> {
    this.#isTrimming = true;
    let dropped = 0;
    try {
      await this.#store.database.flush();
      while (this.#isOver && this.#first === this.#waiting.length) {
        const excess = this.queuedCount - this.#limits.maxMqueueLen;
        const count = Math.min(HELD, Math.max(AT_ONCE, excess));
        const read = await this.#store.queued(stored, stored.next, count, HELD_BYTES, this.#chunks);
        if (read.length === 0) break;
        for (const queued of read) {
          if (!this.#isOver || queued.seq < stored.next || this.#first < this.#waiting.length) break;
          this.#drop(queued);
          dropped++;
        }
      }
    } catch {
      // The store failed; what is too much is dropped when it takes writes again.
    } finally {
      this.#isTrimming = false;
    }
    if (dropped > 0) this.#onDropped(dropped);
    this.#loadMore();
  }
}
