import { isUtf8 } from 'node:buffer';
import { createFairGate } from '../../access/fair-gate.ts';
import type { Hashing } from '../../access/hashing.ts';
import { createKeyedDigest } from '../../access/keyed-digest.ts';
import type { ClientInfo } from '../../broker/hooks.ts';
import { neighbourhood } from '../../net/addresses.ts';
import { BrokerError } from '../../refusals.ts';

/** Whoever connects with a password, and where from. */
export type Claimant = Pick<ClientInfo, 'clientId' | 'username' | 'ipAddress'>;

export interface PasswordChecksOptions {
  /** Right passwords that are remembered, 100 000 unless given: one for each client that may be connected. */
  readonly rights?: number;
  /** Wrong ones, 10 000 unless given: a device that was told a wrong one tries it again and again. */
  readonly wrongs?: number;
}

/** Derivations of MQTT at once, and those that wait. They queue up with those of other logins, before nobody. */
const PLACES = 2;
const SEATS = 256;

/** At most so many, the one that was of use longest ago goes first. */
class RecentKeys {
  readonly #most: number;
  readonly #keys = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(key: string): boolean {
    if (!this.#keys.delete(key)) return false;
    this.#keys.add(key);
    return true;
  }

  add(key: string): void {
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > this.#most && oldest !== undefined) this.#keys.delete(oldest);
  }
}

/**
 * Whether passwords are right. A derivation is slow by intent, so what came out is remembered: under an HMAC with a
 * random key, which tells nothing of a password, and together with the hash that it was compared with, so that it is
 * worth nothing once that has changed.
 */
export class PasswordChecks {
  readonly #hashing: Pick<Hashing, 'matches'>;
  readonly #digest = createKeyedDigest();
  readonly #rights: RecentKeys;
  readonly #wrongs: RecentKeys;
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #gate = createFairGate({
    places: PLACES,
    seats: SEATS,
    refusal: () => new BrokerError('LIMIT_EXCEEDED', 'too many clients log in at once'),
  });

  constructor(hashing: Pick<Hashing, 'matches'>, { rights = 100_000, wrongs = 10_000 }: PasswordChecksOptions = {}) {
    this.#hashing = hashing;
    this.#rights = new RecentKeys(rights);
    this.#wrongs = new RecentKeys(wrongs);
  }

  /**
   * Whether a hash was made of this password. With null, for a name that nobody has, it takes as long and answers false.
   * Equal claims that come meanwhile share an answer. Rejects with LIMIT_EXCEEDED when too many wait.
   */
  async matches(claimant: Claimant, password: Buffer, hash: string | null): Promise<boolean> {
    const { clientId, username, ipAddress } = claimant;
    const bytes = password.toString('base64');
    const right = this.#digest(bytes, hash);
    if (hash !== null && this.#rights.has(right)) return true;
    // By whoever claims it: whether a wrong one is remembered must not tell which of the two names is known.
    const wrong = this.#digest(bytes, hash, username, clientId);
    if (this.#wrongs.has(wrong)) return false;
    const known = this.#underWay.get(wrong);
    if (known !== undefined) return known;
    const deriving = this.#gate(neighbourhood(ipAddress), () => this.#derive(password, hash))
      .then((isRight) => {
        if (isRight) this.#rights.add(right);
        else this.#wrongs.add(wrong);
        return isRight;
      })
      .finally(() => this.#underWay.delete(wrong));
    this.#underWay.set(wrong, deriving);
    return deriving;
  }

  #derive(password: Buffer, hash: string | null): Promise<boolean> {
    // Passwords are made of text; bytes that are none would come out as the text of other bytes.
    return this.#hashing.matches(password.toString(), isUtf8(password) ? hash : null);
  }
}
