import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { nearest, settingMeantBy, waysToSet } from './known-names.ts';
import { type Given, giveText, type Layer } from './layer.ts';
import type { Setting } from './setting.ts';

const PREFIX = 'BROKERQL_';

/** Variables by name, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the environment says. An empty variable counts as unset, except that of a secret, which is refused.
 * Refuses a wrong value, and a variable that begins with `BROKERQL_` and is no setting's.
 */
export function readEnvironment(rows: readonly Setting<unknown>[], env: Environment): Layer {
  const byName = new Map(rows.flatMap((row) => (row.env === null ? [] : [[row.env, row] as const])));
  const layer = new Map<Setting<unknown>, Given>();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text === undefined) continue;
    const row = byName.get(name);
    if (text === '' && !row?.secret) continue;
    if (row === undefined) throw unknownVariable(name, rows, [...byName.keys()]);
    layer.set(row, giveText(row, text, { source: 'ENVIRONMENT', origin: name }));
  }
  return layer;
}

function unknownVariable(name: string, rows: readonly Setting<unknown>[], known: readonly string[]): ConfigError {
  const meant = settingMeantBy(name.slice(PREFIX.length), rows);
  const hint = meant === undefined ? `known ones near it: ${nearest(name, known).join(', ')}` : waysToSet(meant);
  return new ConfigError(`unknown environment variable '${shown(name)}'; ${hint}`);
}
