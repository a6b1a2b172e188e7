import { Signal } from '../signal.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import { concerns, createTopicTrie } from './topic-filter.ts';

/** Called with a message and the user name of its publisher; must not keep the broker waiting. */
export type Tell = (message: StoredMessage, username: string | null) => void;

interface Tap {
  readonly topicFilter: string;
  readonly told: Signal<Parameters<Tell>>;
}

/** Topics whose taps are remembered. */
const MOST_REMEMBERED = 10_000;

/**
 * Messages by topic filter for listeners in this process: no sessions, and no subscriptions in any list or figure. A
 * message that nobody listens to costs one look.
 */
export class Taps {
  readonly #onFault: (fault: unknown) => void;
  readonly #byFilter = new Map<string, Tap>();
  readonly #remembered = new Map<string, readonly Tap[]>();
  readonly #trie = createTopicTrie<Tap>();

  /** `onFault` gets what a listener throws; the others are told all the same. */
  constructor(onFault: (fault: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Topic filters that are listened to. */
  get size(): number {
    return this.#byFilter.size;
  }

  /** Whether somebody listens to messages of this topic. */
  hears(topic: string): boolean {
    return this.#byFilter.size > 0 && this.#of(topic).length > 0;
  }

  tell(message: StoredMessage, username: string | null): void {
    for (const { told } of this.#of(message.topic)) told.tell(message, username);
  }

  /** Listens to a well-formed topic filter. Answers what ends it. */
  listen(topicFilter: string, tell: Tell): () => void {
    const tap = this.#byFilter.get(topicFilter) ?? this.#open(topicFilter);
    const stop = tap.told.listen(tell);
    return () => {
      stop();
      // Another one of this filter may be there by now, if it is called twice.
      if (!tap.told.isHeard && this.#byFilter.get(topicFilter) === tap) this.#close(tap);
    };
  }

  #open(topicFilter: string): Tap {
    const tap: Tap = { topicFilter, told: new Signal(this.#onFault) };
    this.#byFilter.set(topicFilter, tap);
    this.#trie.add(topicFilter, tap);
    this.#remembered.clear();
    return tap;
  }

  #close(tap: Tap): void {
    this.#byFilter.delete(tap.topicFilter);
    this.#trie.remove(tap.topicFilter, tap);
    this.#remembered.clear();
  }

  #of(topic: string): readonly Tap[] {
    const remembered = this.#remembered.get(topic);
    if (remembered) return remembered;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    const taps = this.#trie.match(topic).filter(({ topicFilter }) => concerns(topicFilter, topic));
    this.#remembered.set(topic, taps);
    return taps;
  }
}
