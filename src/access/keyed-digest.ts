import { createHmac, randomBytes } from 'node:crypto';

/** Answers a name for parts, some of them secret, that tells nothing of them. */
export type KeyedDigest = (...parts: readonly (string | null)[]) => string;

/** HMAC-SHA256 under a random key of its own: what is remembered under such a name is worth nothing to who reads it. */
export function createKeyedDigest(): KeyedDigest {
  const key = randomBytes(32);
  // JSON keeps the parts apart; joined, 'ab' with 'c' would be 'a' with 'bc'.
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64');
}
