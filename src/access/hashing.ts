import { randomBytes, timingSafeEqual } from 'node:crypto';
import { BrokerError } from '../refusals.ts';
import { type Cost, type Derive, deriveByScrypt } from './derivation.ts';
import { createGate } from './gate.ts';

export interface Hashing {
  /** Answers a secret at rest, `scrypt$N$r$p$salt$key` with salt and key in base64; the salt is new each time. */
  hash(secret: string): Promise<string>;
  /**
   * Says whether a hash was made of this secret. Costs one derivation whatever the answer: with null, for a name that
   * nobody has, and with text that is no hash, it pays the same and answers false.
   */
  matches(secret: string, hash: string | null): Promise<boolean>;
}

const COST: Cost = { N: 16384, r: 8, p: 1 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

// One gate for the process: what it guards, threads and 16 MiB for each derivation, belongs to the process.
const gate = createGate({
  places: 2,
  seats: 64,
  refusal: () => new BrokerError('LIMIT_EXCEEDED', 'too many logins at once; try again'),
});

/**
 * Makes the hashing of secrets. At most two derivations run at once in the process and 64 wait; both calls reject with
 * LIMIT_EXCEEDED beyond that.
 */
export function createHashing(derive: Derive = deriveByScrypt): Hashing {
  const nobody = { cost: COST, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };

  return {
    async hash(secret) {
      const salt = randomBytes(SALT_BYTES);
      const key = await gate(() => derive(secret, salt, COST));
      return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
    },
    async matches(secret, hash) {
      const known = hash === null ? null : parseHash(hash);
      const { cost, salt, key } = known ?? nobody;
      const derived = await gate(() => derive(secret, salt, cost));
      return timingSafeEqual(derived, key) && known !== null;
    },
  };
}

/** Answers what tells a hash from every other: its salt, which is public. Empty for text that is no hash. */
export function secretIdOf(hash: string): string {
  return hash.split('$')[4] ?? '';
}

function parseHash(hash: string): { cost: Cost; salt: Buffer; key: Buffer } | null {
  const [scheme, N, r, p, salt, key, ...rest] = hash.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined || rest.length > 0) return null;
  const parsed = {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
  // A shortened key would be easier to meet, and an empty one is met by every secret.
  return parsed.salt.length === SALT_BYTES && parsed.key.length === KEY_BYTES ? parsed : null;
}
