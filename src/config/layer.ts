import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import type { Setting } from './setting.ts';

/** A checked value and the words that name its origin in a message: `--host`, `BROKERQL_HOST`, `a.yaml: host`. */
export interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/** What one source (the file, the environment, the flags) says. */
export type Layer = ReadonlyMap<Setting<unknown>, Given>;

/** Checks one value. Refuses it in a sentence with `display` in it, which is left out for a secret. */
export function give(row: Setting<unknown>, value: unknown, display: string, origin: string): Given {
  const checked = row.type.safeParse(value);
  if (checked.success) return { value: checked.data, origin };
  const but = row.secret ? '' : `, not ${display}`;
  throw new ConfigError(`${origin} must be ${row.type.description}${but}`);
}

/** Checks a value that came as text, from the environment or the command line; digits are a number where one is due. */
export function giveText(row: Setting<unknown>, text: string, origin: string): Given {
  const value = isNumeric(row) && /^\d{1,15}$/.test(text) ? Number(text) : text;
  return give(row, value, `'${shown(text)}'`, origin);
}

/** Whether the setting is a number, so that text has to be read as one. */
export function isNumeric(row: Setting<unknown>): boolean {
  return row.type.def.type === 'number';
}
