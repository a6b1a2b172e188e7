import {
  type BrokerError,
  type DelayedMessage,
  type DelayedMessageFilter,
  limitExceeded,
  type MaybePromise,
  type Qos,
  type Slice,
  type SliceResult,
} from '../../domain.ts';
import { whenReady } from '../../maybe-promise.ts';
import type { Committed, Database } from '../../store/database.ts';
import { type DelayedRecord, DelayedRecords } from '../../store/delayed-records.ts';
import type { StoredMessage } from '../../store/message-codec.ts';
import { Listing } from '../listing/listing.ts';
import { ownBytes } from '../own-bytes.ts';
import { matcherOf } from '../topic-filter.ts';
import { type Delay, isDelaying, readDelay } from './delay.ts';
import { type Due, DueQueue } from './due-queue.ts';

export interface DelayedLimits {
  /** Messages that wait; 0 is no limit. */
  readonly maxCount: number;
  /** Bytes of their topics and payloads, and of the client ids and user names of their publishers; 0 is no limit. */
  readonly maxBytes: number;
}

const NO_LIMITS: DelayedLimits = { maxCount: 0, maxBytes: 0 };

export interface DelayedParts {
  readonly nodeName: string;
  readonly database: Database;
  /** Publishes a message; what is stored of it joins the batch that is being gathered. */
  readonly publish: (message: StoredMessage, username: string | null, done: Committed) => void;
}

/** A message that waits, as the list keeps it. */
class Waiting implements DelayedMessage, Due {
  readonly seq: number;
  readonly record: DelayedRecord;
  readonly dueAt: number;
  readonly nodeName: string;
  isGone = false;

  constructor(record: DelayedRecord, dueAt: number, nodeName: string) {
    this.seq = record.seq;
    this.record = record;
    this.dueAt = dueAt;
    this.nodeName = nodeName;
  }

  get id(): string {
    return `${this.record.dueAt.toString(36)}-${this.seq.toString(36)}`;
  }

  get publishAt(): number {
    return this.record.dueAt;
  }

  get topic(): string {
    return this.record.message.topic;
  }

  get payload(): Buffer {
    return this.record.message.payload;
  }

  get payloadSize(): number {
    return this.payload.length;
  }

  get qos(): Qos {
    return this.record.message.qos;
  }

  get retain(): boolean {
    return this.record.message.retain;
  }

  get clientId(): string {
    return this.record.message.clientId;
  }

  get username(): string | null {
    return this.record.username;
  }

  get receivedAt(): number {
    return this.record.message.publishedAt;
  }
}

type Sized = Pick<StoredMessage, 'topic' | 'payload' | 'clientId'>;

/** Bytes of what a client may make large. */
const sizeOf = ({ topic, payload, clientId }: Sized, username: string | null): number =>
  Buffer.byteLength(topic) + payload.length + Buffer.byteLength(clientId) + Buffer.byteLength(username ?? '');

/** Records that keep no other bytes than theirs, and one text for each name, however many have it. */
function withSharedNames(): (record: DelayedRecord) => DelayedRecord {
  const known = new Map<string, string>();
  const shared = (name: string): string => {
    const first = known.get(name);
    if (first === undefined) known.set(name, name);
    return first ?? name;
  };
  return ({ message, username, ...due }) => ({
    ...due,
    message: { ...message, payload: ownBytes(message.payload), clientId: shared(message.clientId) },
    username: username && shared(username),
  });
}

const createListing = () =>
  new Listing<Waiting, 'clientId'>({ exact: { clientId: ({ clientId }) => clientId }, sorted: ({ topic }) => topic });

/** Messages that are published in one turn of the event loop, and bytes of their payloads above which no other is. */
const AT_ONCE = 1000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** The longest that a timer of Node.js waits. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Messages that are published later. Each is stored before anybody is told that it was taken, and leaves the store in the
 * batch that publishes it. One timer waits for the next one, and heeds no change of the wall clock; what a record says is
 * in the time of the wall, so that time without a broker counts.
 */
export class DelayedMessages {
  readonly #parts: DelayedParts;
  readonly #records: DelayedRecords;
  #limits: DelayedLimits | null = null;
  #listing = createListing();
  #bySeq = new Map<number, Waiting>();
  #queue = new DueQueue<Waiting>();
  #lastSeq = 0;
  /** Of all that wait, and of what is on its way to the store. */
  #count = 0;
  #bytes = 0;
  #isOpen = false;
  #isPublishing = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: DelayedParts) {
    this.#parts = parts;
    this.#records = new DelayedRecords(parts.database);
  }

  /** Null while no message is delayed or published: those that there are wait. */
  get limits(): DelayedLimits | null {
    return this.#limits;
  }

  set limits(limits: DelayedLimits | null) {
    this.#limits = limits;
    this.#arm();
  }

  get size(): number {
    return this.#listing.size;
  }

  /** What a topic asks for; null where nothing is delayed. Refuses a malformed one with BAD_USER_INPUT. */
  delayOf(topic: string): Delay | null {
    return this.#limits !== null && isDelaying(topic) ? readDelay(topic) : null;
  }

  /** The refusal to keep another message; null when it may be kept. */
  refuse(message: Sized, username: string | null): BrokerError | null {
    const { maxCount, maxBytes } = this.#limits ?? NO_LIMITS;
    const bytes = this.#bytes + sizeOf(message, username);
    if (maxCount > 0 && this.#count >= maxCount)
      return limitExceeded('the broker', this.#count, maxCount, 'delayed messages');
    return maxBytes > 0 && bytes > maxBytes
      ? limitExceeded('the broker', bytes, maxBytes, 'bytes of delayed messages')
      : null;
  }

  /** Keeps a message, whatever the limits are; its record joins the batch that is being gathered. */
  put(message: StoredMessage, { seconds, topic }: Delay, username: string | null, done: Committed): void {
    const { database } = this.#parts;
    const delayed = { ...message, topic, payload: ownBytes(message.payload) };
    const record = { dueAt: Date.now() + seconds * 1000, seq: ++this.#lastSeq, message: delayed, username };
    const dueAt = performance.now() + seconds * 1000;
    this.#count++;
    this.#bytes += sizeOf(delayed, username);
    this.#records.put(record);
    database.committed((error) => {
      if (error) this.#release(record);
      else this.#add(record, dueAt);
      done(error);
    });
  }

  #release({ message, username }: DelayedRecord): void {
    this.#count--;
    this.#bytes -= sizeOf(message, username);
  }

  #add(record: DelayedRecord, dueAt: number): void {
    const waiting = new Waiting(record, dueAt, this.#parts.nodeName);
    this.#listing.add(waiting);
    this.#bySeq.set(waiting.seq, waiting);
    this.#queue.add(waiting);
    if (this.#queue.next === waiting) this.#arm();
  }

  /** Takes one out of the lists, and its record out of the store with the batch that is being gathered. */
  #remove(waiting: Waiting): void {
    this.#listing.delete(waiting);
    this.#bySeq.delete(waiting.seq);
    this.#release(waiting.record);
    this.#records.delete(waiting.record, waiting.payloadSize);
  }

  /** Has what the store has, and nothing else. */
  async restore(): Promise<void> {
    const records: DelayedRecord[] = [];
    const ownOf = withSharedNames();
    for await (const record of this.#records.all()) records.push(ownOf(record));
    for (const { record } of this.#bySeq.values()) this.#release(record);
    this.#listing = createListing();
    this.#bySeq = new Map();
    this.#queue = new DueQueue();
    const ahead = performance.now() - Date.now();
    // Lists are in the order of arrival.
    for (const record of records.sort((a, b) => a.seq - b.seq)) {
      this.#count++;
      this.#bytes += sizeOf(record.message, record.username);
      this.#lastSeq = Math.max(this.#lastSeq, record.seq);
      this.#add(record, record.dueAt + ahead);
    }
    this.#arm();
  }

  /** From now on what is due is published; what became due while no broker ran at once. */
  open(): void {
    this.#isOpen = true;
    this.#arm();
  }

  close(): void {
    this.#isOpen = false;
    this.#arm();
  }

  /** The store takes writes again. */
  wake(): void {
    this.#arm();
  }

  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const isWaiting = this.#isPublishing || this.#parts.database.failure !== null;
    if (this.#limits === null || !this.#isOpen || isWaiting) return;
    const { next } = this.#queue;
    if (!next) return;
    const wait = Math.min(LONGEST_TIMER, Math.max(0, Math.ceil(next.dueAt - performance.now())));
    this.#timer = setTimeout(() => this.#publishDue(), wait).unref();
  }

  /** Publishes what is due, and goes on when that is stored. */
  #publishDue(): void {
    if (this.#parts.database.failure) return;
    const now = performance.now();
    let bytes = 0;
    for (let count = 0; count < AT_ONCE && bytes < BYTES_AT_ONCE; count++) {
      const { next } = this.#queue;
      if (!next || next.dueAt > now) break;
      this.#queue.shift();
      bytes += next.payloadSize;
      this.#remove(next);
      // A batch that fails leaves it in the store, from where it is restored.
      this.#parts.publish({ ...next.record.message, publishedAt: Date.now() }, next.username, () => {});
    }
    this.#isPublishing = true;
    this.#parts.database.committed(() => {
      this.#isPublishing = false;
      this.#arm();
    });
  }

  /** Deletes those with these ids, and answers how many there were; stored with the batch that is being gathered. */
  delete(ids: readonly string[]): number {
    let count = 0;
    for (const id of ids) {
      const waiting = this.#bySeq.get(Number.parseInt(id.slice(id.indexOf('-') + 1), 36));
      if (waiting?.id !== id) continue;
      this.#queue.drop(waiting);
      this.#remove(waiting);
      count++;
    }
    if (count > 0) this.#arm();
    return count;
  }

  /** The ids of those that will be published to topics that a well-formed topic filter matches. */
  matching(topicFilter: string): string[] {
    const isMatch = matcherOf(topicFilter);
    return Array.from(this.#bySeq.values()).flatMap(({ id, topic }) => (isMatch(topic) ? [id] : []));
  }

  /** Those of a filter, whose `matches` is well-formed, in the order of arrival; of topics with `topicPrefix`. */
  page({ filter, ...slice }: Slice<DelayedMessageFilter>): MaybePromise<SliceResult<DelayedMessage>> {
    const { clientId, topic, topicPrefix, matches } = filter;
    const isMatch = matches == null ? null : matcherOf(matches);
    const page = this.#listing.page({
      ...slice,
      exact: clientId == null ? [] : [['clientId', clientId]],
      prefix: topicPrefix ?? topic ?? null,
      where:
        topic == null && isMatch === null
          ? null
          : (waiting) => (topic == null || waiting.topic === topic) && (isMatch?.(waiting.topic) ?? true),
      candidates: null,
    });
    return whenReady(page, (result) => result);
  }
}
