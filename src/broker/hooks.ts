import type { MaybePromise } from '../domain.ts';
import { isPromise } from '../domain.ts';
import { isSystemTopic } from './topics.ts';

/** What a hook says: `ignore` leaves it to the next one, and to the broker's own rule when all do. */
export type Verdict = 'allow' | 'deny' | 'ignore';

/** Whether a client may use a topic or a filter: where no hook says, all but the broker's own. */
export const permits = (verdict: Verdict, topic: string): boolean =>
  verdict === 'allow' || (verdict === 'ignore' && !isSystemTopic(topic));

/** Who asks: a client on its connection, or one whose will is published after its process died. */
export interface ClientInfo {
  readonly clientId: string;
  readonly username: string | null;
  readonly ipAddress: string;
}

/** Asked before the broker decides. A hook that throws or is late counts as `deny`. */
export interface Hooks {
  authenticate?(client: ClientInfo, password: Buffer | null): MaybePromise<Verdict>;
  authorizePublish?(client: ClientInfo, topic: string, qos: number, retain: boolean): MaybePromise<Verdict>;
  authorizeSubscribe?(client: ClientInfo, topicFilter: string, qos: number): MaybePromise<Verdict>;
}

/** Asks hooks, each with a deadline. */
export class HookChain {
  readonly #hooks: readonly Hooks[];
  readonly #deadline: number;
  readonly #onFault: (fault: unknown) => void;

  /** `deadline` in milliseconds. */
  constructor(hooks: readonly Hooks[], deadline: number, onFault: (fault: unknown) => void) {
    this.#hooks = hooks;
    this.#deadline = deadline;
    this.#onFault = onFault;
  }

  authenticate(client: ClientInfo, password: Buffer | null): MaybePromise<Verdict> {
    return this.#ask((hooks) => hooks.authenticate?.(client, password));
  }

  authorizePublish(client: ClientInfo, topic: string, qos: number, retain: boolean): MaybePromise<Verdict> {
    if (this.#hooks.length === 0) return 'ignore';
    return this.#ask((hooks) => hooks.authorizePublish?.(client, topic, qos, retain));
  }

  authorizeSubscribe(client: ClientInfo, topicFilter: string, qos: number): MaybePromise<Verdict> {
    return this.#ask((hooks) => hooks.authorizeSubscribe?.(client, topicFilter, qos));
  }

  #ask(ask: (hooks: Hooks) => MaybePromise<Verdict> | undefined, from = 0): MaybePromise<Verdict> {
    for (let i = from; i < this.#hooks.length; i++) {
      let verdict: MaybePromise<Verdict>;
      try {
        verdict = ask(this.#hooks[i] as Hooks) ?? 'ignore';
      } catch (fault) {
        this.#onFault(fault);
        return 'deny';
      }
      if (isPromise(verdict)) {
        return this.#inTime(verdict).then((known = 'ignore') => (known === 'ignore' ? this.#ask(ask, i + 1) : known));
      }
      if (verdict !== 'ignore') return verdict;
    }
    return 'ignore';
  }

  #inTime(verdict: Promise<Verdict>): Promise<Verdict> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#onFault(new Error(`a hook gave no verdict within ${this.#deadline} ms`));
        resolve('deny');
      }, this.#deadline);
      verdict.then(
        (known) => {
          clearTimeout(timer);
          resolve(known);
        },
        (fault) => {
          clearTimeout(timer);
          this.#onFault(fault);
          resolve('deny');
        },
      );
    });
  }
}
