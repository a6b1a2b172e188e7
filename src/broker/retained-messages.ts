import {
  type BrokerError,
  limitExceeded,
  type MaybePromise,
  type RetainedMessage,
  type RetainedMessageFilter,
  type Slice,
  type SliceResult,
} from '../domain.ts';
import { whenReady } from '../maybe-promise.ts';
import { TopicTrie } from '../store/topic-trie.ts';
import { Listing } from './listing/listing.ts';
import { hasWildcard, matcherOf } from './topic-filter.ts';

export interface RetainedLimits {
  /** Messages; 0 is no limit. */
  readonly maxCount: number;
  /** Bytes of one payload; 0 is no limit. */
  readonly maxPayload: number;
}

/** A message to retain: what its record has, but for what follows from it. */
export type MessageToRetain = Omit<RetainedMessage, 'payloadSize'>;

/** What became of a message: kept, taken for a request to clear its topic [MQTT-3.3.1-10], or above a limit. */
export type RetainVerdict = 'SET' | 'CLEARED' | 'TOO_MANY' | 'TOO_LARGE';

/** A topic with a message, as the list keeps it: it has its place in the order for as long as there is one. */
interface Slot {
  readonly seq: number;
  readonly topic: string;
  message: RetainedMessage;
}

const createListing = () => new Listing<Slot, never>({ exact: {}, sorted: ({ topic }) => topic });

/** Levels that a search for a page may look at in one go; a scan in slices takes over. */
const MOST_LEVELS = 10_000;

/**
 * The retained messages of one node, at most one a topic [MQTT-3.3.1-5]: by topic, by topic filter, and as a list, none
 * of which looks at the others. A message is never changed, so whoever got one may keep it.
 */
export class RetainedMessages {
  #byTopic = new Map<string, Slot>();
  #byLevel = new TopicTrie<Slot>();
  #listing = createListing();
  readonly #limits: RetainedLimits;
  #lastSeq = 0;
  #bytes = 0;

  constructor(limits: RetainedLimits = { maxCount: 0, maxPayload: 0 }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byTopic.size;
  }

  /** Bytes of all payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a message in the place of the topic's earlier one; an empty payload removes that. Above a limit nothing
   * changes, an earlier message of the topic stays. A topic that has a message may always have another one.
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
    const known = this.#byTopic.get(topic);
    const kept: RetainedMessage = { ...message, payload: ownBytes(message.payload), payloadSize };
    this.#bytes += payloadSize - (known?.message.payloadSize ?? 0);
    if (known) known.message = kept;
    else this.#add({ seq: ++this.#lastSeq, topic, message: kept });
    return 'SET';
  }

  #excess(topic: string, payloadSize: number): 'TOO_MANY' | 'TOO_LARGE' | null {
    const { maxCount, maxPayload } = this.#limits;
    if (maxPayload > 0 && payloadSize > maxPayload) return 'TOO_LARGE';
    return maxCount > 0 && this.size >= maxCount && !this.#byTopic.has(topic) ? 'TOO_MANY' : null;
  }

  /** The refusal to keep a message that would be above a limit; null when it may be kept. */
  refuse(topic: string, payloadSize: number): BrokerError | null {
    const { maxCount, maxPayload } = this.#limits;
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
    this.#listing.add(slot);
  }

  /** Removes all of them. */
  clear(): void {
    this.#byTopic = new Map();
    this.#byLevel = new TopicTrie();
    this.#listing = createListing();
    this.#bytes = 0;
  }

  /** Answers false when the topic has no message. */
  delete(topic: string): boolean {
    const slot = this.#byTopic.get(topic);
    if (!slot) return false;
    this.#byTopic.delete(topic);
    this.#byLevel.delete(topic);
    this.#listing.delete(slot);
    this.#bytes -= slot.message.payloadSize;
    return true;
  }

  get(topic: string): RetainedMessage | null {
    return this.#byTopic.get(topic)?.message ?? null;
  }

  /** The messages whose topics match a well-formed topic filter, in no order to rely on. */
  matching(topicFilter: string): RetainedMessage[] {
    return (this.#slotsTo(topicFilter) ?? []).map(({ message }) => message);
  }

  /** Null when there are more than `most` levels to look at. */
  #slotsTo(topicFilter: string, most?: number): Slot[] | null {
    return hasWildcard(topicFilter) ? this.#byLevel.match(topicFilter, most) : this.#slotOf(topicFilter);
  }

  #slotOf(topic: string): Slot[] {
    const slot = this.#byTopic.get(topic);
    return slot ? [slot] : [];
  }

  /** Those of a filter, whose `matches` is well-formed: oldest topic first; in the order of topics with `topicPrefix`. */
  page({ filter, offset, limit, after }: Slice<RetainedMessageFilter>): MaybePromise<SliceResult<RetainedMessage>> {
    const { topic, topicPrefix, topicContains, matches } = filter;
    let candidates = topic == null ? null : this.#slotOf(topic);
    if (candidates === null && matches != null) {
      candidates = this.#slotsTo(matches, MOST_LEVELS)?.sort((a, b) => a.seq - b.seq) ?? null;
    }
    const tests: ((topic: string) => boolean)[] = [];
    if (topicContains != null) tests.push((own) => own.includes(topicContains));
    if (matches != null && (topic != null || candidates === null)) tests.push(matcherOf(matches));
    const page = this.#listing.page({
      exact: [],
      prefix: topicPrefix ?? null,
      where: tests.length === 0 ? null : (slot) => tests.every((test) => test(slot.topic)),
      candidates,
      offset,
      limit,
      after,
    });
    return whenReady(page, (result) => ({ ...result, items: result.items.map(({ message }) => message) }));
  }
}

/** The bytes alone: those of a packet are a piece of what came with it from the socket, all of which they would keep. */
function ownBytes(payload: Buffer): Buffer {
  if (payload.buffer.byteLength <= 2 * payload.length) return payload;
  const own = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(own);
  return own;
}
