import { type BanKey, badInput, limitExceeded, type NewBan } from '../domain.ts';
import { parseRange } from '../net/address-range.ts';

/** Bytes of a text of MQTT [MQTT-1.5.3]: a longer client id or user name is nobody's. */
const LONGEST_NAME = 65_535;
const LONGEST_TEXT = 1024;

/** The last moment that ISO 8601 writes with a year of four digits. */
const LAST_MOMENT = 253_402_300_799_999;

function checkBytes(name: string, text: string, most: number): void {
  // A text has at least as many bytes as it has characters.
  const length = text.length > most ? text.length : Buffer.byteLength(text);
  if (length > most) throw limitExceeded(name, length, most, 'bytes');
  if (!text.isWellFormed()) throw badInput(name, text, 'text without halves of surrogate pairs');
}

/** The key in its one spelling. Refuses what can be nobody's name with BAD_USER_INPUT or LIMIT_EXCEEDED. */
export function checkedKey({ as, who }: BanKey): BanKey {
  checkBytes('who', who, LONGEST_NAME);
  if (as === 'IP_ADDRESS') {
    const range = parseRange(who);
    if (range === null) throw badInput('who', who, 'an IP address or a range as 10.0.0.0/8');
    return { as, who: range.text };
  }
  if (who === '') throw badInput('who', who, as === 'CLIENT_ID' ? 'a client id' : 'a user name');
  return { as, who };
}

/** The key in its one spelling; null when there can be no such ban. */
export function knownKey(key: BanKey): BanKey | null {
  if (key.as !== 'IP_ADDRESS') return key;
  const range = parseRange(key.who);
  return range && { as: key.as, who: range.text };
}

/** The ban with its key in one spelling. Refuses as `checkedKey`, and texts that are too long and ends that are past. */
export function checkedBan(ban: NewBan): NewBan {
  const { reason, by, desc, until } = ban;
  const key = checkedKey(ban);
  for (const [name, text] of Object.entries({ reason, by, desc })) {
    if (text !== null) checkBytes(name, text, LONGEST_TEXT);
  }
  if (until !== null && until > LAST_MOMENT) throw badInput('until', until, 'a time before the year 10000');
  if (until !== null && until <= Date.now()) {
    throw badInput('until', new Date(until).toISOString(), 'a time in the future');
  }
  return { ...key, reason, by, desc, until };
}
