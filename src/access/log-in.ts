import { neighbourhood } from '../net/addresses.ts';
import { BrokerError } from '../refusals.ts';
import type { Accounts } from './accounts.ts';
import type { FailureLog } from './failure-log.ts';
import type { CredentialKind, Principal } from './principal.ts';
import type { Throttle } from './throttle.ts';

/** Too many logins failed: nobody looked at this one. */
export class TooManyFailures extends BrokerError {
  /** Whole seconds after which it is worth another try, as in the Retry-After of HTTP. */
  readonly retryAfter: number;

  /** `wait` in milliseconds. */
  constructor(wait: number) {
    const seconds = Math.ceil(wait / 1000);
    super('LIMIT_EXCEEDED', `too many logins failed; try again in ${seconds} s`, { value: seconds });
    this.retryAfter = seconds;
  }
}

/**
 * Answers who this is, as `Accounts.verify`, to somebody at an address. What was verified before is answered at once and
 * never slowed down. Otherwise failures are counted and logged, and after too many a promise rejects with
 * TooManyFailures, at once and without a derivation.
 */
export type LogIn = (
  kind: CredentialKind,
  name: string,
  secret: string,
  address: string,
) => Principal | null | Promise<Principal | null>;

export interface LogInParts {
  readonly accounts: Pick<Accounts, 'recall' | 'verify'>;
  readonly throttle: Throttle;
  readonly failureLog: Pick<FailureLog, 'add'>;
}

/** Different claims of one address that are looked at side by side: a quarter of those that may wait. */
const MOST_AT_ONCE = 16;

/** Makes the door through which every secret goes. */
export function createLogIn({ accounts, throttle, failureLog }: LogInParts): LogIn {
  const counted = new WeakSet<object>();
  /** Claims that are looked at, by the address that they come from. */
  const underWay = new Map<string, Set<string>>();

  /** Takes a seat for a claim of an address. Answers what gives it back. */
  const sitDown = (claim: readonly string[], address: string): (() => void) => {
    const group = neighbourhood(address);
    const text = JSON.stringify(claim);
    const seated = underWay.get(group) ?? new Set();
    // Until the first of them failed, one address could take every seat, and nobody else could log in.
    if (seated.size >= MOST_AT_ONCE && !seated.has(text)) {
      throw new BrokerError('LIMIT_EXCEEDED', 'too many logins at once from this address; try again');
    }
    underWay.set(group, seated.add(text));
    return () => {
      seated.delete(text);
      if (seated.size === 0 && underWay.get(group) === seated) underWay.delete(group);
    };
  };

  const settle = async (
    claim: readonly [CredentialKind, string, string],
    address: string,
  ): Promise<Principal | null> => {
    const [kind, name] = claim;
    const wait = throttle.check(address, name);
    if (wait > 0) throw new TooManyFailures(wait);
    const standUp = sitDown(claim, address);
    try {
      const verdict = accounts.verify(...claim);
      const principal = await verdict;
      // Requests that a page sends side by side are one login: they share one promise.
      if (verdict !== null && counted.has(verdict)) return principal;
      if (verdict !== null) counted.add(verdict);
      if (principal !== null) {
        throttle.succeeded(address, name);
      } else {
        throttle.failed(address, name);
        failureLog.add({ address, kind, name });
      }
      return principal;
    } finally {
      standUp();
    }
  };

  return (kind, name, secret, address) => accounts.recall(kind, name, secret) ?? settle([kind, name, secret], address);
}
