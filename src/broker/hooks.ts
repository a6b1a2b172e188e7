import type { MaybePromise } from '../domain.ts';
import { isPromise } from '../domain.ts';
import { AclCache, type AclCacheLimits } from './acl-cache.ts';
import { isSystemTopic } from './topics.ts';

/** What a hook says: `ignore` leaves it to the next one, and to the broker's own rule when all do. */
export type Verdict = 'allow' | 'deny' | 'ignore';

/** What a hook says of a client that wants to connect: `superuser` is let in, and no hook is asked about its topics. */
export type Vouched = Verdict | 'superuser';

/** Whether a client may use a topic or a filter: where no hook says, all but the broker's own. */
export const permits = (verdict: Verdict, topic: string): boolean =>
  verdict === 'allow' || (verdict === 'ignore' && !isSystemTopic(topic));

/** Who asks: a client on its connection, or one whose will is published after its process died. */
export interface ClientInfo {
  readonly clientId: string;
  readonly username: string | null;
  readonly ipAddress: string;
  readonly isSuperuser?: boolean;
  /** The common name of its verified certificate, where that counts; null without one. */
  readonly certifiedName?: string | null;
  /** What hooks said about its topics; null or absent while none took its time. Kept by the chain that asks them. */
  aclCache?: AclCache | null;
}

/** Thrown by a hook that has no verdict and told why already: it counts as one that failed, and nobody is told again. */
export class NoVerdict extends Error {
  override readonly name = 'NoVerdict';
}

/** Asked before the broker decides. A client is the same object for all that is asked of one connection. */
export interface Hooks {
  authenticate?(client: ClientInfo, password: Buffer | null): MaybePromise<Vouched>;
  authorizePublish?(client: ClientInfo, topic: string, qos: number, retain: boolean): MaybePromise<Verdict>;
  authorizeSubscribe?(client: ClientInfo, topicFilter: string, qos: number): MaybePromise<Verdict>;
}

export interface HookLimits extends AclCacheLimits {
  /** Seconds that a hook may take for its verdict. */
  readonly hookTimeout: number;
  /** What counts as the verdict of a hook that throws or is late. */
  readonly hookFailure: Verdict;
  /** What becomes of a PUBLISH or a SUBSCRIBE that all hooks ignore. */
  readonly aclNomatch: 'allow' | 'deny';
}

/** What a client does with a topic, as a number, with the QoS and RETAIN that a hook may go by. */
const publishing = (qos: number, retain: boolean): number => qos * 2 + Number(retain);
const subscribing = (qos: number): number => 8 + qos;

/**
 * Asks hooks one after the other, each with a deadline. What a hook says of a topic after a while is remembered for its
 * connection; one that answers at once is asked each time.
 */
export class HookChain {
  readonly #limits: HookLimits;
  readonly #onFault: (fault: unknown) => void;
  #list: HookList;
  /** Resolves when nobody waits for hooks that were replaced. */
  #left: Promise<unknown> = Promise.resolve();
  /** Numbers of hooks, by which a verdict is remembered: one that is loaded anew has another. */
  readonly #numbers = new WeakMap<Hooks, number>();
  #lastNumber = 0;

  /** `limits` are read whenever they are needed. */
  constructor(limits: HookLimits, onFault: (fault: unknown) => void, hooks: readonly Hooks[] = []) {
    this.#limits = limits;
    this.#onFault = onFault;
    this.#list = { hooks, pending: 0, onIdle: null };
  }

  /**
   * Asks these from now on. Whatever is being asked goes on with those from before; the promise resolves when that has
   * its verdict, and they are asked no more.
   */
  replace(hooks: readonly Hooks[]): Promise<void> {
    const before = this.#list;
    this.#list = { hooks, pending: 0, onIdle: null };
    const isIdle = before.pending === 0 || new Promise<void>((resolve) => (before.onIdle = resolve));
    // One that is in this list may be in earlier ones, too.
    const left = Promise.all([this.#left, isIdle]).then(() => {});
    this.#left = left;
    return left;
  }

  authenticate(client: ClientInfo, password: Buffer | null): MaybePromise<Vouched> {
    return this.#ask<Vouched>((hooks) => hooks.authenticate?.(client, password));
  }

  authorizePublish(client: ClientInfo, topic: string, qos: number, retain: boolean): MaybePromise<Verdict> {
    // A superuser does not speak for the broker.
    if (client.isSuperuser && !isSystemTopic(topic)) return 'allow';
    return this.#authorize((hooks) => {
      if (!hooks.authorizePublish) return undefined;
      const deed = publishing(qos, retain);
      return (
        this.#recall(hooks, client, deed, topic) ??
        this.#remember(hooks, client, deed, topic, hooks.authorizePublish(client, topic, qos, retain))
      );
    });
  }

  authorizeSubscribe(client: ClientInfo, topicFilter: string, qos: number): MaybePromise<Verdict> {
    if (client.isSuperuser) return 'allow';
    return this.#authorize((hooks) => {
      if (!hooks.authorizeSubscribe) return undefined;
      const deed = subscribing(qos);
      return (
        this.#recall(hooks, client, deed, topicFilter) ??
        this.#remember(hooks, client, deed, topicFilter, hooks.authorizeSubscribe(client, topicFilter, qos))
      );
    });
  }

  #authorize(ask: Ask<Verdict>): MaybePromise<Verdict> {
    if (this.#list.hooks.length === 0) return this.#settle('ignore');
    const verdict = this.#ask(ask);
    return isPromise(verdict) ? verdict.then((known) => this.#settle(known)) : this.#settle(verdict);
  }

  #keyOf(hooks: Hooks, deed: number, topic: string): string {
    let number = this.#numbers.get(hooks);
    if (number === undefined) {
      number = ++this.#lastNumber;
      this.#numbers.set(hooks, number);
    }
    return `${number} ${deed} ${topic}`;
  }

  #recall(hooks: Hooks, { aclCache }: ClientInfo, deed: number, topic: string): Verdict | null {
    if (!aclCache || this.#limits.enableAclCache === 'off') return null;
    return aclCache.get(this.#keyOf(hooks, deed, topic), this.#limits);
  }

  #remember(
    hooks: Hooks,
    client: ClientInfo,
    deed: number,
    topic: string,
    verdict: MaybePromise<Verdict>,
  ): MaybePromise<Verdict> {
    if (!isPromise(verdict) || this.#limits.enableAclCache === 'off') return verdict;
    client.aclCache ??= new AclCache();
    const { aclCache } = client;
    const { edition } = aclCache;
    return verdict.then((known) => {
      if (edition === aclCache.edition) aclCache.put(this.#keyOf(hooks, deed, topic), topic, known, this.#limits);
      return known;
    });
  }

  #settle(verdict: Verdict): Verdict {
    return verdict === 'ignore' && this.#limits.aclNomatch === 'deny' ? 'deny' : verdict;
  }

  #ask<V extends Vouched>(ask: Ask<V>): MaybePromise<V | Verdict> {
    const list = this.#list;
    const verdict = this.#askFrom(ask, list.hooks, 0);
    if (!isPromise(verdict)) return verdict;
    list.pending++;
    return verdict.finally(() => {
      if (--list.pending === 0) list.onIdle?.();
    });
  }

  #askFrom<V extends Vouched>(ask: Ask<V>, hooks: readonly Hooks[], from: number): MaybePromise<V | Verdict> {
    for (let i = from; i < hooks.length; i++) {
      let verdict: MaybePromise<V | Verdict>;
      try {
        verdict = ask(hooks[i] as Hooks) ?? 'ignore';
      } catch (fault) {
        verdict = this.#failed(fault);
      }
      if (isPromise(verdict)) {
        return this.#inTime(verdict).then((known) => (known === 'ignore' ? this.#askFrom(ask, hooks, i + 1) : known));
      }
      if (verdict !== 'ignore') return verdict;
    }
    return 'ignore';
  }

  #failed(fault: unknown): Verdict {
    if (!(fault instanceof NoVerdict)) this.#onFault(fault);
    return this.#limits.hookFailure;
  }

  #inTime<V>(verdict: Promise<V>): Promise<V | Verdict> {
    const { hookTimeout } = this.#limits;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => resolve(this.#failed(new Error(`a hook gave no verdict within ${hookTimeout * 1000} ms`))),
        hookTimeout * 1000,
      );
      verdict.then(
        (known) => {
          clearTimeout(timer);
          resolve(known);
        },
        (fault) => {
          clearTimeout(timer);
          resolve(this.#failed(fault));
        },
      );
    });
  }
}

/** Hooks that are asked together, and how many wait for a verdict of theirs. */
interface HookList {
  readonly hooks: readonly Hooks[];
  pending: number;
  onIdle: (() => void) | null;
}

type Ask<V> = (hooks: Hooks) => MaybePromise<V> | undefined;
