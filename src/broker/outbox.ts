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
/** Messages that are read at least to drop some of them. */
const AT_ONCE = 16;

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
    return this.#stored ? this.#stored.inflight : this.#inflight.size;
  }

  get queuedCount(): number {
    return this.#stored ? this.#stored.waiting : this.#waiting.length - this.#first;
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
    if (isNext && this.#isOpen) {
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
    return this.#delivery !== null && !this.#isResuming && this.#inflight.size < this.#limits.maxInflight;
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
    while (this.#inflight.has(this.#lastId));
    return this.#lastId;
  }

  #send({ seq, message, share, size, chunk }: QueuedMessage): void {
    const packetId = this.#nextId();
    const delivery = this.#delivery as Delivery;
    const stored = this.#stored;
    const kept = stored || share === '' ? null : message;
    const sent: SentMessage = { seq, packetId, qos: message.qos, share, chunk, message: kept, isReleased: false };
    this.#inflight.set(packetId, sent);
    if (!stored) {
      this.#delivered++;
      delivery.deliver(message, packetId, false);
      return;
    }
    stored.bytes -= size;
    stored.delivered++;
    stored.next = seq + 1;
    this.#loadedTo = Math.max(this.#loadedTo, stored.next);
    this.#store.putInflight(stored, sent);
    this.#settleHead(stored);
    // Its packet id is stored before the client sees it.
    this.#store.committed((error) => {
      if (!error && this.#delivery === delivery) delivery.deliver(message, packetId, false);
    });
  }

  #settleHead(stored: StoredSession): void {
    const [first] = this.#inflight.values();
    stored.head = first ? first.seq : stored.next;
    this.#store.touch(stored);
  }

  /** Sends what waits, as far as the window lets it. */
  #fill(): void {
    while (this.#isOpen) {
      const next = this.#waiting[this.#first];
      if (!next) break;
      this.#advance();
      if (!this.#stored) this.#bytes -= next.size;
      this.#send(next);
    }
    this.#loadMore();
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
        const { message, share, chunk } = queued ?? { message: null, share: '', chunk: null };
        this.#inflight.set(packetId, { seq, packetId, isReleased, qos: message?.qos ?? 2, share, chunk, message });
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
    this.#waiting = [];
    this.#first = 0;
    this.#inflight.clear();
    this.#chunks.clear();
    this.#loadedTo = this.#stored.next;
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
    const bytes = this.#stored ? this.#stored.bytes : this.#bytes;
    const isLong = maxMqueueLen > 0 && this.queuedCount > maxMqueueLen;
    return isLong || (maxMqueueBytes > 0 && bytes > maxMqueueBytes && this.queuedCount > 0);
  }

  /** Drops the oldest of what waits while there is too much of it. */
  #keepBounds(): void {
    let dropped = 0;
    while (this.#isOver) {
      const oldest = this.#waiting[this.#first];
      if (!oldest) break;
      this.#advance();
      this.#drop(oldest);
      dropped++;
    }
    if (dropped > 0) this.#onDropped(dropped);
    if (this.#stored && this.#isOver && !this.#isTrimming && !this.#isLoading) void this.#trim(this.#stored);
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
