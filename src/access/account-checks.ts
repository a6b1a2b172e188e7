import { BrokerError, badInput } from '../refusals.ts';

const MOST_NAME_BYTES = 64;
const MOST_TEXT_BYTES = 1024;
const MOST_SECRET_BYTES = 256;

const SURROGATE = /\p{Surrogate}/u;
// A colon ends the name in HTTP Basic (RFC 7617), a slash the segment of a path; what cannot be seen cannot be told apart.
const NOT_IN_A_NAME = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}:/]/u;
// Clients drop these two from paths (RFC 3986, 5.2.4).
const DOTS = /^\.\.?$/;

const fits = (text: string, most: number): boolean =>
  text.length <= most && Buffer.byteLength(text) <= most && !SURROGATE.test(text);

/** Refuses with BAD_USER_INPUT what a new account cannot sign in with. */
export function checkName(argument: string, name: string): void {
  if (name === '' || !fits(name, MOST_NAME_BYTES) || NOT_IN_A_NAME.test(name) || DOTS.test(name)) {
    const expected = `1 to ${MOST_NAME_BYTES} bytes without ':', '/' and invisible characters, and not dots alone`;
    throw badInput(argument, name, expected);
  }
}

/** Refuses descriptive text above 1 KiB, or with half of a surrogate pair, with BAD_USER_INPUT. */
export function checkText(argument: string, text: string | null): void {
  if (text !== null && !fits(text, MOST_TEXT_BYTES)) {
    throw badInput(argument, text, `text of at most ${MOST_TEXT_BYTES} bytes`);
  }
}

/** Refuses what cannot be a time in epoch seconds with BAD_USER_INPUT. */
export function checkExpired(expired: number | null): void {
  if (expired !== null && (!Number.isSafeInteger(expired) || expired < 0)) {
    throw badInput('expired', expired, 'a time in seconds since 1970, an integer from 0');
  }
}

/** Refuses a new secret with BAD_USER_INPUT when it is empty or above 256 bytes. The sentence does not repeat it. */
export function checkSecret(argument: string, secret: string): void {
  if (secret === '' || !fits(secret, MOST_SECRET_BYTES)) {
    const message = `${argument} must be text of 1 to ${MOST_SECRET_BYTES} bytes`;
    throw new BrokerError('BAD_USER_INPUT', message, { argument });
  }
}
