import { BrokerError, badInput } from '../../refusals.ts';

const MOST_BYTES = 1024;
const EXPECTED = `1 to ${MOST_BYTES} bytes of text without U+0000`;

/** No CONNECT can carry U+0000 or half of a surrogate pair [MQTT-1.5.3-1], [MQTT-1.5.3-2]. */
const isText = (text: string): boolean =>
  text !== '' &&
  text.length <= MOST_BYTES &&
  Buffer.byteLength(text) <= MOST_BYTES &&
  text.isWellFormed() &&
  !text.includes('\u0000');

/** Refuses a name that no credential can have with BAD_USER_INPUT. */
export function checkCredentialName(name: string): void {
  if (!isText(name)) throw badInput('name', name, EXPECTED);
}

/** Refuses a password that no credential can have with BAD_USER_INPUT. The sentence does not repeat it. */
export function checkCredentialPassword(password: string): void {
  if (isText(password)) return;
  throw new BrokerError('BAD_USER_INPUT', `password must be ${EXPECTED}`, { argument: 'password' });
}
