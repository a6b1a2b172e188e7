import type { Signal } from '../signal.ts';
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
 * Messages by topic filter for listeners in this process: no sessions, and no subscriptions in any list or figure. While
 * there is none, publishing does not know of it.
 */
export class Taps {
  readonly #published: Signal<[message: StoredMessage, username: string | null]>;
  readonly #byFilter = new Map<string, Tap>();
  readonly #remembered = new Map<string, readonly Tap[]>();
  readonly #trie = createTopicTrie<Tap>();
  #stop: () => void = () => {};

  constructor(published: Signal<[message: StoredMessage, username: string | null]>) {
    this.#published = published;
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
    if (this.#byFilter.size === 0) this.#stop = this.#published.listen((...told) => this.#told(...told));
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
    if (this.#byFilter.size === 0) this.#stop();
  }

  #told(message: StoredMessage, username: string | null): void {
    for (const { tells } of this.#of(message.topic)) for (const tell of tells) tell(message, username);
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
