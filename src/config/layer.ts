import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { isList, type Setting } from './setting.ts';

/** Who said what a setting is: the one before goes before those behind it. */
export type Source = 'OVERRIDE' | 'FLAG' | 'ENVIRONMENT' | 'FILE' | 'DEFAULT';

/** Where a value came from, and the words that name it in a message: `--host`, `BROKERQL_HOST`, `a.yaml: host`. */
export interface From {
  readonly source: Source;
  readonly origin: string;
}

/** A checked value, and where it came from. */
export interface Given extends From {
  readonly value: unknown;
}

/** What one source (the file, the environment, the flags) says. */
export type Layer = ReadonlyMap<Setting<unknown>, Given>;

/**
 * Checks one value. Refuses it in a sentence with `display` in it, which is left out for a secret; of a list the
 * sentence names the first entry at fault.
 */
export function give(row: Setting<unknown>, value: unknown, display: string, from: From): Given {
  const checked = row.type.safeParse(value);
  if (checked.success) return { ...from, value: checked.data };
  const index = checked.error.issues[0]?.path[0];
  const entry: unknown = Array.isArray(value) && typeof index === 'number' ? value[index] : undefined;
  const but = row.secret ? '' : `, not ${typeof entry === 'string' ? `'${shown(entry)}'` : display}`;
  throw new ConfigError(`${from.origin} must be ${row.type.description}${but}`);
}

/**
 * Checks a value that came as text, from the environment or the command line. Digits are a number where one is due,
 * and commas separate the entries of a list.
 */
export function giveText(row: Setting<unknown>, text: string, from: From): Given {
  return give(row, readValue(row, text), `'${shown(text)}'`, from);
}

function readValue(row: Setting<unknown>, text: string): unknown {
  if (isList(row)) return text.split(',').map((entry) => entry.trim());
  return isNumeric(row) && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Whether the setting is a number, so that text has to be read as one. */
export function isNumeric(row: Setting<unknown>): boolean {
  return row.type.def.type === 'number';
}
