import type { ClientInfo } from '../../broker/hooks.ts';
import { isSystemTopic } from '../../broker/topics.ts';

/** What a topic of a rule is about. */
export interface RuleEnd {
  /** The place of the rule among all: the lowest that concerns a topic decides. */
  readonly place: number;
  readonly permission: 'allow' | 'deny';
  readonly access: 'publish' | 'subscribe' | 'pubsub';
}

/** No rule. */
export const NONE = Infinity;

/** The first rules that end at a place of the trie. */
class Ends {
  publish = NONE;
  allowSubscribe = NONE;
  denySubscribe = NONE;

  add({ place, permission, access }: RuleEnd): void {
    if (access !== 'subscribe') this.publish = Math.min(this.publish, place);
    if (access === 'publish') return;
    if (permission === 'allow') this.allowSubscribe = Math.min(this.allowSubscribe, place);
    else this.denySubscribe = Math.min(this.denySubscribe, place);
  }
}

class Node extends Ends {
  /** Levels as they are written. Wildcards and placeholders are apart: a level of a topic may be spelled `%c`. */
  readonly literal = new Map<string, Node>();
  plus: Node | null = null;
  client: Node | null = null;
  user: Node | null = null;
  /** Rules that end with `#` here. */
  hash: Ends | null = null;
  /** The first rule here or below that denies a SUBSCRIBE. */
  denyBelow = NONE;

  /** The node of the next level, made when it is missing. */
  next(level: string): Node {
    const wild = level === '+' ? 'plus' : level === '%c' ? 'client' : level === '%u' ? 'user' : null;
    const node = (wild ? this[wild] : this.literal.get(level)) ?? new Node();
    if (wild) this[wild] = node;
    else this.literal.set(level, node);
    return node;
  }
}

/** Topics of which no wildcard in the first level is about [MQTT-4.7.2-1], and no placeholder either. */
const isReserved = (level: string | undefined): boolean => level?.startsWith('$') === true;

/** Whether a name can be a level of a topic: one with a wildcard or several levels is none, and makes no rule wider. */
const isLevel = (name: string | null): boolean => name !== null && name !== '' && !/[+#/]/.test(name);

/** The topics of rules that are about the same clients, level by level. Each answer is the place of a rule, or NONE. */
export class RuleTrie {
  readonly #root = new Node();
  /** Topics that are compared as they are written. */
  readonly #exact = new Map<string, Ends>();
  /** Rules that deny all topics, and those that allow all but the broker's own: whose voice is not given away so. */
  readonly #none = new Ends();
  readonly #every = new Ends();

  addExact(text: string, end: RuleEnd): void {
    const ends = this.#exact.get(text) ?? new Ends();
    this.#exact.set(text, ends);
    ends.add(end);
  }

  addEvery(end: RuleEnd): void {
    (end.permission === 'allow' ? this.#every : this.#none).add(end);
  }

  addFilter(filter: string, end: RuleEnd): void {
    const levels = filter.split('/');
    const deniesSubscribe = end.permission === 'deny' && end.access !== 'publish';
    let node = this.#root;
    // What a filter that begins with a wildcard meets are no topics that begin with $.
    const isCounted = (at: number): boolean => deniesSubscribe && !(at === 0 && isReserved(levels[0]));
    for (const [at, level] of levels.entries()) {
      if (isCounted(at)) node.denyBelow = Math.min(node.denyBelow, end.place);
      if (level === '#') {
        node.hash ??= new Ends();
        node.hash.add(end);
        return;
      }
      node = node.next(level);
    }
    if (deniesSubscribe) node.denyBelow = Math.min(node.denyBelow, end.place);
    node.add(end);
  }

  /** The first rule about publishing to a topic. */
  publish(client: ClientInfo, topic: string, levels: readonly string[]): number {
    const exact = this.#exact.get(topic)?.publish ?? NONE;
    const every = isSystemTopic(topic) ? NONE : this.#every.publish;
    return Math.min(this.#none.publish, every, exact, this.#match(this.#root, client, levels, 0, 'publish'));
  }

  /**
   * The first rule about subscribing to a filter. One that allows is about it when it is about every topic that the
   * filter can match; one that denies when it is about any of them.
   */
  subscribe(client: ClientInfo, filter: string, levels: readonly string[]): number {
    const exact = this.#exact.get(filter);
    return Math.min(
      this.#none.denySubscribe,
      isSystemTopic(filter) ? NONE : this.#every.allowSubscribe,
      exact?.allowSubscribe ?? NONE,
      exact?.denySubscribe ?? NONE,
      this.#match(this.#root, client, levels, 0, 'allowSubscribe'),
      this.#overlap(this.#root, client, levels, 0),
    );
  }

  /** Rules whose filter matches a topic, or every topic of a filter: a wildcard is covered by a wildcard alone. */
  #match(
    node: Node,
    client: ClientInfo,
    levels: readonly string[],
    at: number,
    what: 'publish' | 'allowSubscribe',
  ): number {
    const level = levels[at];
    const isPlain = at > 0 || !isReserved(level);
    let first = isPlain ? (node.hash?.[what] ?? NONE) : NONE;
    if (level === undefined) return Math.min(first, node[what]);
    if (level === '#') return first;
    const go = (next: Node | null | undefined): void => {
      if (next) first = Math.min(first, this.#match(next, client, levels, at + 1, what));
    };
    if (isPlain) go(node.plus);
    if (level === '+') return first;
    go(node.literal.get(level));
    if (isPlain && level === client.clientId) go(node.client);
    if (isPlain && level !== '' && level === client.username) go(node.user);
    return first;
  }

  /** Rules that deny some topic of a filter. */
  #overlap(node: Node, client: ClientInfo, levels: readonly string[], at: number): number {
    const level = levels[at];
    const isPlain = at > 0 || !isReserved(level);
    let first = isPlain ? (node.hash?.denySubscribe ?? NONE) : NONE;
    if (level === undefined) return Math.min(first, node.denySubscribe);
    if (level === '#') return Math.min(first, node.denyBelow);
    const go = (next: Node | null | undefined): void => {
      if (next && next.denyBelow < first) first = Math.min(first, this.#overlap(next, client, levels, at + 1));
    };
    if (isPlain) go(node.plus);
    if (level === '+') {
      for (const [literal, next] of node.literal) if (at > 0 || !isReserved(literal)) go(next);
      if (isLevel(client.clientId)) go(node.client);
      if (isLevel(client.username)) go(node.user);
      return first;
    }
    go(node.literal.get(level));
    if (isPlain && level === client.clientId) go(node.client);
    if (isPlain && level !== '' && level === client.username) go(node.user);
    return first;
  }
}
