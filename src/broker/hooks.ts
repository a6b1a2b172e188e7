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

/** Whom a verified certificate names. */
export interface CertifiedClient {
  /** Null unless there is exactly one. */
  readonly commonName: string | null;
  /** As RFC 4514 writes it. */
  readonly subject: string | null;
}

/** Who asks: a client on its connection, or one whose will is published after its process died. */
export interface ClientInfo {
  readonly clientId: string;
  readonly username: string | null;
  readonly ipAddress: string;
  readonly isSuperuser?: boolean;
  /** What its verified certificate says of it; null without one. */
  readonly certificate?: CertifiedClient | null;
  /** The port of the listener that it came to. */
  readonly localPort?: number;
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
  /** A client is not let in, for its credentials or the lack of them; it is told so when everybody has answered. */
  refuse?(client: ClientInfo, password: Buffer | null): MaybePromise<void>;
  authorizePublish?(client: ClientInfo, topic: string, qos: number, retain: boolean): MaybePromise<Verdict>;
  authorizeSubscribe?(client: ClientInfo, topicFilter: string, qos: number): MaybePromise<Verdict>;
  /** Who answers about topics where others take turns at it; undefined is nobody now. What one says binds no other. */
  readonly judge?: Hooks | undefined;
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

const judgeOf = (hooks: Hooks): Hooks | undefined => ('judge' in hooks ? hooks.judge : hooks);

/**
 * Asks hooks one after the other, each with a deadline. What a hook says of a topic after a while is remembered for its
 * connection; one that answers at once is asked each time.
 */
export class HookChain {
  readonly #limits: HookLimits;
  readonly #onFault: (fault: unknown) => void;
  #hooks: readonly Hooks[];
  /** Numbers of hooks, by which a verdict is remembered: one that is loaded anew has another. */
  readonly #numbers = new WeakMap<Hooks, number>();
  #lastNumber = 0;

  /** `limits` are read whenever they are needed. */
  constructor(limits: HookLimits, onFault: (fault: unknown) => void, hooks: readonly Hooks[] = []) {
    this.#limits = limits;
    this.#onFault = onFault;
    this.#hooks = hooks;
  }

  /** Asks these from now on. Whatever is being asked goes on with those from before. */
  replace(hooks: readonly Hooks[]): void {
    this.#hooks = hooks;
  }

  authenticate(client: ClientInfo, password: Buffer | null): MaybePromise<Vouched> {
    return this.#ask<Vouched>((hooks) => hooks.authenticate?.(client, password));
  }

  /** Resolves when all have answered or are late; never rejects. */
  async refuse(client: ClientInfo, password: Buffer | null): Promise<void> {
    for (const hooks of this.#hooks) {
      try {
        const answered = hooks.refuse?.(client, password);
        if (isPromise(answered)) await this.#inTime(answered);
      } catch (fault) {
        this.#failed(fault);
      }
    }
  }

  authorizePublish(client: ClientInfo, topic: string, qos: number, retain: boolean): MaybePromise<Verdict> {
    // A superuser does not speak for the broker.
    if (client.isSuperuser && !isSystemTopic(topic)) return 'allow';
    return this.#authorize((hooks) => {
      const judge = judgeOf(hooks);
      if (!judge?.authorizePublish) return undefined;
      const deed = publishing(qos, retain);
      return (
        this.#recall(judge, client, deed, topic) ??
        this.#remember(judge, client, deed, topic, judge.authorizePublish(client, topic, qos, retain))
      );
    });
  }

  authorizeSubscribe(client: ClientInfo, topicFilter: string, qos: number): MaybePromise<Verdict> {
    if (client.isSuperuser) return 'allow';
    return this.#authorize((hooks) => {
      const judge = judgeOf(hooks);
      if (!judge?.authorizeSubscribe) return undefined;
      const deed = subscribing(qos);
      return (
        this.#recall(judge, client, deed, topicFilter) ??
        this.#remember(judge, client, deed, topicFilter, judge.authorizeSubscribe(client, topicFilter, qos))
      );
    });
  }

  #authorize(ask: Ask<Verdict>): MaybePromise<Verdict> {
    if (this.#hooks.length === 0) return this.#settle('ignore');
    const verdict = this.#ask(ask);
    return isPromise(verdict) ? verdict.then((known) => this.#settle(known)) : this.#settle(verdict);
  }

  #keyOf(judge: Hooks, deed: number, topic: string): string {
    let number = this.#numbers.get(judge);
    if (number === undefined) {
      number = ++this.#lastNumber;
      this.#numbers.set(judge, number);
    }
    return `${number} ${deed} ${topic}`;
  }

  #recall(judge: Hooks, { aclCache }: ClientInfo, deed: number, topic: string): Verdict | null {
    if (!aclCache || this.#limits.enableAclCache === 'off') return null;
    return aclCache.get(this.#keyOf(judge, deed, topic), this.#limits);
  }

  #remember(
    judge: Hooks,
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
      if (edition === aclCache.edition) aclCache.put(this.#keyOf(judge, deed, topic), topic, known, this.#limits);
      return known;
    });
  }

  #settle(verdict: Verdict): Verdict {
    return verdict === 'ignore' && this.#limits.aclNomatch === 'deny' ? 'deny' : verdict;
  }

  #ask<V extends Vouched>(ask: Ask<V>, hooks = this.#hooks, from = 0): MaybePromise<V | Verdict> {
    for (let i = from; i < hooks.length; i++) {
      let verdict: MaybePromise<V | Verdict>;
      try {
        verdict = ask(hooks[i] as Hooks) ?? 'ignore';
      } catch (fault) {
        verdict = this.#failed(fault);
      }
      if (isPromise(verdict)) {
        return this.#inTime(verdict).then((known) => (known === 'ignore' ? this.#ask(ask, hooks, i + 1) : known));
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

type Ask<V> = (hooks: Hooks) => MaybePromise<V> | undefined;
