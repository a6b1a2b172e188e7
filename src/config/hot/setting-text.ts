import type { Setting } from '../setting.ts';
import { isList } from '../setting.ts';
import { datatypeOf } from '../setting-types.ts';

/** What stands in the place of a secret. Sent back, it leaves the secret as it is. */
export const MASK = '******';

/** A value as it may be seen: masked where it is a secret. */
export const safeValue = (row: Setting<unknown>, value: unknown): unknown => (row.secret && value ? MASK : value);

/** A value as text: empty where it is unset, and masked where it is a secret. */
export function textOf(row: Setting<unknown>, value: unknown): string {
  if (value === null || value === '') return '';
  if (row.secret) return MASK;
  if (!Array.isArray(value)) return String(value);
  const entries = value as readonly string[];
  const isPlain = entries.every((entry) => entry !== '' && entry === entry.trim() && !/[,[]/.test(entry));
  return isPlain ? entries.join(',') : JSON.stringify(entries);
}

/**
 * What a text says, unchecked, as the type of the setting has it: digits are a number, for bytes with KB, MB or GB
 * behind them (1024 each), for seconds with s, m, h, d or w; lists are split at commas, or are JSON.
 */
export function readText(row: Setting<unknown>, text: string): unknown {
  if (isList(row)) return readList(text);
  switch (datatypeOf(row.type)) {
    case 'integer':
      return readNumber(text, {});
    case 'bytesize':
      return readNumber(text.toLowerCase(), { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 });
    case 'integer, duration':
      return readNumber(text, { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 });
    case 'flag':
      return { true: 'on', false: 'off' }[text] ?? text;
    default:
      return row.type.def.type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
  }
}

/** Text that is no number stays what it is, for a sentence that refuses it. */
function readNumber(text: string, units: Readonly<Record<string, number>>): number | string {
  const [, digits, unit = ''] = /^(\d{1,15})([a-z]*)$/.exec(text) ?? [];
  const factor = unit === '' ? 1 : units[unit];
  return digits === undefined || factor === undefined ? text : Number(digits) * factor;
}

function readList(text: string): unknown {
  if (text === '') return [];
  if (!text.startsWith('[')) return text.split(',').map((entry) => entry.trim());
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
