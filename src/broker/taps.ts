import type { StoredMessage } from '../store/message-codec.ts';
import { concerns, createTopicTrie } from './topic-filter.ts';

/** Called with a message and the user name of its publisher; must not keep the broker waiting. */
export type Tell = (message: StoredMessage, username: string | null) => void;

interface Tap {
  readonly topicFilter: string;
  readonly tells: Set<Tell>;
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
    for (const { tells } of this.#of(message.topic)) {
      for (const tell of tells) {
        try {
          tell(message, username);
        } catch (fault) {
          this.#onFault(fault);
        }
      }
    }
  }

  /** Listens to a well-formed topic filter. Answers what ends it. */
  listen(topicFilter: string, tell: Tell): () => void {
    const tap = this.#byFilter.get(topicFilter) ?? this.#open(topicFilter);
    // Apart from the same function that somebody else gave.
    const own: Tell = (message, username) => tell(message, username);
    tap.tells.add(own);
    return () => {
      if (tap.tells.delete(own) && tap.tells.size === 0) this.#close(tap);
    };
  }

  #open(topicFilter: string): Tap {
    const tap: Tap = { topicFilter, tells: new Set() };
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
