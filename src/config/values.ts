import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from './config-error.ts';
import { waysToSet } from './known-names.ts';
import type { Given } from './layer.ts';
import {
  type Both,
  isBoth,
  isSetting,
  rowsOf,
  type Setting,
  type SettingGroup,
  type SettingTree,
  type Values,
} from './setting.ts';

/** What somebody gave a setting; undefined where nobody did. */
export type Lookup = (row: Setting<unknown>) => Given | undefined;

/**
 * The values of a table, frozen: what was given, else the default. Throws ConfigError for one of a pair without the
 * other, and for a setting without the one that it needs.
 */
export function valuesOf<Table extends SettingTree>(table: Table, lookup: Lookup): Values<Table> {
  const values = read(table, lookup) as Values<Table>;
  const rows = rowsOf(table);
  for (const row of rows) {
    const needed = row.needs === null ? undefined : rows.find(({ path }) => path === row.needs);
    if (needed) refuseAlone(row, needed, lookup);
  }
  return values;
}

function read(tree: SettingTree, lookup: Lookup): unknown {
  if (isSetting(tree)) return (lookup(tree) ?? { value: tree.default }).value;
  if (isBoth(tree)) return isUnset(tree, lookup) ? null : read(tree.members, lookup);
  return Object.freeze(Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, read(part, lookup)])));
}

function isUnset(pair: Both<SettingGroup>, lookup: Lookup): boolean {
  const rows = rowsOf(pair);
  const given = rows.map(lookup).find((one) => one !== undefined);
  if (given === undefined) return true;
  const missing = rows.find((row) => lookup(row) === undefined);
  if (missing === undefined) return false;
  throw new ConfigError(
    `${given.origin} is set without ${missing.path}; set both or neither (${waysToSet(missing)})`,
    rows.map(({ path }) => path),
  );
}

function refuseAlone(row: Setting<unknown>, needed: Setting<unknown>, lookup: Lookup): void {
  const isUsual = ({ default: usual }: Setting<unknown>, given: Given | undefined): boolean =>
    given === undefined || isDeepStrictEqual(given.value, usual);
  const given = lookup(row);
  if (given === undefined || isUsual(row, given) || !isUsual(needed, lookup(needed))) return;
  throw new ConfigError(`${given.origin} is set without ${needed.path}, which it needs (${waysToSet(needed)})`, [
    row.path,
    needed.path,
  ]);
}
