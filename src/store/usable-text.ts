import { BrokerError } from '../refusals.ts';

const MOST_BYTES = 1024;

/**
 * Says whether text can be a name or a secret: not empty, at most 1 KiB of UTF-8, and no lone surrogate, which UTF-8
 * cannot tell from another.
 */
export function isUsable(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= MOST_BYTES &&
    Buffer.byteLength(text) <= MOST_BYTES &&
    !/\p{Surrogate}/u.test(text)
  );
}

/** Refuses text that is not usable with BAD_USER_INPUT. The sentence does not repeat the text: it may be a secret. */
export function assertUsable(argument: string, text: string): void {
  if (!isUsable(text))
    throw new BrokerError('BAD_USER_INPUT', `${argument} must be text of 1 to ${MOST_BYTES} bytes`, { argument });
}
