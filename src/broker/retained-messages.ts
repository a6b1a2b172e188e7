import {
  BrokerError,
  limitExceeded,
  type MaybePromise,
  type RetainedMessage,
  type RetainedMessageFilter,
  type Slice,
  type SliceResult,
} from '../domain.ts';
import { whenReady } from '../maybe-promise.ts';
import { shown } from '../refusals.ts';
import { TopicTrie } from '../store/topic-trie.ts';
import { AgeChain, type Aged } from './age-chain.ts';
import { Listing } from './listing/listing.ts';
import { ownBytes } from './own-bytes.ts';
import { hasWildcard, matcherOf } from './topic-filter.ts';

export interface RetainedLimits {
  /** Messages; 0 is no limit. */
  readonly maxCount: number;
  /** Bytes of one payload; 0 is no limit. */
  readonly maxPayload: number;
  /** Seconds that a message is kept, also while no broker runs; 0 is for ever. */
  readonly expiryInterval: number;
}

const NO_LIMITS: RetainedLimits = { maxCount: 0, maxPayload: 0, expiryInterval: 0 };

/** A message to retain: what its record has, but for what follows from it. */
export type MessageToRetain = Omit<RetainedMessage, 'payloadSize'>;

/** What became of a message: kept, taken for a request to clear its topic [MQTT-3.3.1-10], or above a limit. */
export type RetainVerdict = 'SET' | 'CLEARED' | 'TOO_MANY' | 'TOO_LARGE';

/** A topic with a message, as the list keeps it: it has its place in the order for as long as there is one. */
interface Slot extends Aged<Slot> {
  readonly seq: number;
  readonly topic: string;
  message: RetainedMessage;
}

const createListing = () => new Listing<Slot, never>({ exact: {}, sorted: ({ topic }) => topic });

/** Levels that a search may look at in one go. */
const MOST_LEVELS = 10_000;

const tooManyLevels = (topicFilter: string): BrokerError =>
  new BrokerError(
    'LIMIT_EXCEEDED',
    `to find the retained messages of '${shown(topicFilter)}', more than ${MOST_LEVELS} levels of topics would have to be looked at, which is the limit`,
    { argument: 'topicFilter', value: shown(topicFilter) },
  );

/**
 * The retained messages of one node, at most one a topic [MQTT-3.3.1-5]: by topic, by topic filter, and as a list, none
 * of which looks at the others. A message is never changed, so whoever got one may keep it.
 */
export class RetainedMessages {
  #byTopic = new Map<string, Slot>();
  #byLevel = new TopicTrie<Slot>();
  #byAge = new AgeChain<Slot>();
  #listing = createListing();
  /** Null while no message is retained, or sent to subscribers: those that there are stay. */
  limits: RetainedLimits | null;
  readonly #onExpired: (topic: string) => void;
  #lastSeq = 0;
  #bytes = 0;

  /** `onExpired` is told of the topic of each message that was kept long enough, when it is removed. */
  constructor(limits: RetainedLimits | null = NO_LIMITS, onExpired: (topic: string) => void = () => {}) {
    this.limits = limits;
    this.#onExpired = onExpired;
  }

  /** How many there are; one that expires counts until it is removed. */
  get size(): number {
    return this.#byTopic.size;
  }

  /** Bytes of all payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a message that is published now, in the place of the topic's earlier one; an empty payload removes that. Above
   * a limit nothing changes, an earlier message of the topic stays. A topic that has a message may always have another.
   */
  set(message: MessageToRetain): RetainVerdict {
    const { topic } = message;
    const payloadSize = message.payload.length;
    if (payloadSize === 0) {
      this.delete(topic);
      return 'CLEARED';
    }
    const excess = this.#excess(topic, payloadSize);
    if (excess) return excess;
    this.#keep(message, performance.now());
    return 'SET';
  }

  /** Has these messages and no others, which were kept earlier, whatever the limits are. */
  restore(messages: readonly MessageToRetain[]): void {
    this.#byTopic = new Map();
    this.#byLevel = new TopicTrie();
    this.#byAge = new AgeChain();
    this.#listing = createListing();
    this.#bytes = 0;
    const now = Date.now();
    const start = performance.now();
    // The clock was put back where a message is from the future.
    const ageOf = ({ publishedAt }: MessageToRetain): number => Math.max(0, now - publishedAt);
    for (const message of messages.toSorted((a, b) => ageOf(b) - ageOf(a))) this.#keep(message, start - ageOf(message));
  }

  #keep(message: MessageToRetain, keptAt: number): void {
    const { topic } = message;
    const payloadSize = message.payload.length;
    const known = this.#byTopic.get(topic);
    const kept: RetainedMessage = { ...message, payload: ownBytes(message.payload), payloadSize };
    this.#bytes += payloadSize - (known?.message.payloadSize ?? 0);
    if (!known) {
      this.#add({ seq: ++this.#lastSeq, topic, message: kept, keptAt, older: null, newer: null });
      return;
    }
    known.message = kept;
    known.keptAt = keptAt;
    this.#byAge.remove(known);
    this.#byAge.add(known);
  }

  #excess(topic: string, payloadSize: number): 'TOO_MANY' | 'TOO_LARGE' | null {
    const { maxCount, maxPayload } = this.limits ?? NO_LIMITS;
    if (maxPayload > 0 && payloadSize > maxPayload) return 'TOO_LARGE';
    const isFull = (): boolean => maxCount > 0 && this.size >= maxCount && !this.#byTopic.has(topic);
    // One that expired takes nobody's place.
    return isFull() && this.expire(1) === 0 && isFull() ? 'TOO_MANY' : null;
  }

  /** Messages that were kept before this moment are there no more; it lies before all of them where none expired. */
  get #horizon(): number {
    const interval = this.limits?.expiryInterval ?? 0;
    const oldest = this.#byAge.oldest;
    if (interval === 0 || oldest === null) return Number.NEGATIVE_INFINITY;
    const horizon = performance.now() - interval * 1000;
    return oldest.keptAt <= horizon ? horizon : Number.NEGATIVE_INFINITY;
  }

  /** Removes messages that were kept long enough, at most so many. Answers how many. */
  expire(most: number): number {
    const horizon = this.#horizon;
    let count = 0;
    for (; count < most; count++) {
      const oldest = this.#byAge.oldest;
      if (oldest === null || oldest.keptAt > horizon) break;
      this.delete(oldest.topic);
      this.#onExpired(oldest.topic);
    }
    return count;
  }

  /** The refusal to keep a message that would be above a limit; null when it may be kept. */
  refuse(topic: string, payloadSize: number): BrokerError | null {
    const { maxCount, maxPayload } = this.limits ?? NO_LIMITS;
    switch (payloadSize === 0 ? null : this.#excess(topic, payloadSize)) {
      case 'TOO_LARGE':
        return limitExceeded('the payload to retain', payloadSize, maxPayload, 'bytes');
      case 'TOO_MANY':
        return limitExceeded('the broker', this.size, maxCount, 'retained messages');
      default:
        return null;
    }
  }

  #add(slot: Slot): void {
    this.#byTopic.set(slot.topic, slot);
    this.#byLevel.set(slot.topic, slot);
    this.#byAge.add(slot);
    this.#listing.add(slot);
  }

  /** Answers false when the topic has no message. */
  delete(topic: string): boolean {
    const slot = this.#byTopic.get(topic);
    if (!slot) return false;
    this.#byTopic.delete(topic);
    this.#byLevel.delete(topic);
    this.#byAge.remove(slot);
    this.#listing.delete(slot);
    this.#bytes -= slot.message.payloadSize;
    return true;
  }

  get(topic: string): RetainedMessage | null {
    return this.#slotOf(topic)[0]?.message ?? null;
  }

  /** What a new subscription to a well-formed topic filter is sent. */
  toSend(topicFilter: string): RetainedMessage[] {
    return this.limits === null ? [] : this.matching(topicFilter);
  }

  /**
   * As `toSend`. Refuses with LIMIT_EXCEEDED more messages than `most`, and a filter for which many more levels of topics
   * would have to be looked at.
   */
  someToSend(topicFilter: string, most: number): RetainedMessage[] {
    if (this.limits === null) return [];
    const slots = this.#slotsTo(topicFilter, MOST_LEVELS);
    if (slots === null) throw tooManyLevels(topicFilter);
    if (slots.length > most) throw limitExceeded('topicFilter', slots.length, most, 'retained messages');
    return slots.map(({ message }) => message);
  }

  /** The messages whose topics match a well-formed topic filter, in no order to rely on. */
  matching(topicFilter: string): RetainedMessage[] {
    return (this.#slotsTo(topicFilter) ?? []).map(({ message }) => message);
  }

  /** Null when there are more than `most` levels to look at. */
  #slotsTo(topicFilter: string, most?: number): Slot[] | null {
    if (!hasWildcard(topicFilter)) return this.#slotOf(topicFilter);
    const slots = this.#byLevel.match(topicFilter, most);
    const horizon = this.#horizon;
    if (slots === null || horizon === Number.NEGATIVE_INFINITY) return slots;
    return slots.filter(({ keptAt }) => keptAt > horizon);
  }

  #slotOf(topic: string): Slot[] {
    const slot = this.#byTopic.get(topic);
    return slot && slot.keptAt > this.#horizon ? [slot] : [];
  }

  /** Those of a filter, whose `matches` is well-formed: oldest topic first; in the order of topics with `topicPrefix`. */
  page({ filter, offset, limit, after }: Slice<RetainedMessageFilter>): MaybePromise<SliceResult<RetainedMessage>> {
    const { topic, topicPrefix, topicContains, matches } = filter;
    let candidates = topic == null ? null : this.#slotOf(topic);
    if (candidates === null && matches != null) {
      // A scan in slices takes over.
      candidates = this.#slotsTo(matches, MOST_LEVELS)?.sort((a, b) => a.seq - b.seq) ?? null;
    }
    const tests: ((slot: Slot) => boolean)[] = [];
    if (topicContains != null) tests.push((slot) => slot.topic.includes(topicContains));
    if (matches != null && (topic != null || candidates === null)) {
      const isMatch = matcherOf(matches);
      tests.push((slot) => isMatch(slot.topic));
    }
    const horizon = this.#horizon;
    if (horizon !== Number.NEGATIVE_INFINITY) tests.push(({ keptAt }) => keptAt > horizon);
    const page = this.#listing.page({
      exact: [],
      prefix: topicPrefix ?? null,
      where: tests.length === 0 ? null : (slot) => tests.every((test) => test(slot)),
      candidates,
      offset,
      limit,
      after,
    });
    return whenReady(page, (result) => ({ ...result, items: result.items.map(({ message }) => message) }));
  }
}
