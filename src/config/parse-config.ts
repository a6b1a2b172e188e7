import { isDeepStrictEqual } from 'node:util';
import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { readYaml } from './file.ts';
import { type CommandLine, readFlags } from './flags.ts';
import { waysToSet } from './known-names.ts';
import type { Given, Layer } from './layer.ts';
import { type Both, isBoth, isSetting, rowsOf, type Setting, type SettingGroup, type SettingTree } from './setting.ts';
import { type Config, settings } from './settings.ts';

/** The world as the configuration sees it. `readFile` answers a file's text, or throws as `node:fs` does. */
export interface ConfigSources {
  readonly env: Environment;
  readonly readFile: (path: string) => string;
}

type Flags = Pick<CommandLine, 'configFile' | 'texts'>;

/**
 * The configuration: a flag beats the environment, the environment beats the file, the file beats the default.
 * Every source is checked, also where another one beats it. Throws ConfigError.
 */
export function parseConfig(flags: Flags, { env, readFile }: ConfigSources): Config {
  const rows = rowsOf(settings);
  const file: Layer =
    flags.configFile === null ? new Map() : readYaml(rows, flags.configFile, textOf(flags.configFile, readFile));
  const layers = [readFlags(flags.texts), readEnvironment(rows, env), file];
  const lookup: Lookup = (row) => layers.find((layer) => layer.has(row))?.get(row);
  // The values have the shape of the table, which is what the type `Config` says.
  const config = valuesOf(settings, lookup) as Config;
  for (const row of rows)
    if (row.needs !== null) refuseAlone(row, rows.find(({ path }) => path === row.needs)!, lookup);
  return config;
}

type Lookup = (row: Setting<unknown>) => Given | undefined;

function valuesOf(tree: SettingTree, lookup: Lookup): unknown {
  if (isSetting(tree)) return lookup(tree)?.value ?? tree.default;
  if (isBoth(tree)) return isUnset(tree, lookup) ? null : valuesOf(tree.members, lookup);
  return Object.freeze(Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, valuesOf(part, lookup)])));
}

function isUnset(pair: Both<SettingGroup>, lookup: Lookup): boolean {
  const rows = rowsOf(pair);
  const given = rows.map(lookup).find((one) => one !== undefined);
  if (given === undefined) return true;
  const missing = rows.find((row) => lookup(row) === undefined);
  if (missing === undefined) return false;
  throw new ConfigError(`${given.origin} is set without ${missing.path}; set both or neither (${waysToSet(missing)})`);
}

function refuseAlone(row: Setting<unknown>, needed: Setting<unknown>, lookup: Lookup): void {
  const isUsual = ({ default: usual }: Setting<unknown>, given: Given | undefined): boolean =>
    given === undefined || isDeepStrictEqual(given.value, usual);
  const given = lookup(row);
  if (given === undefined || isUsual(row, given) || !isUsual(needed, lookup(needed))) return;
  throw new ConfigError(`${given.origin} is set without ${needed.path}, which it needs (${waysToSet(needed)})`);
}

const readFaults = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission is denied'],
  ['EISDIR', 'it is a folder'],
]);

function textOf(path: string, readFile: ConfigSources['readFile']): string {
  try {
    return readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    throw new ConfigError(`${shown(path)} cannot be read: ${readFaults.get(code) ?? code}`);
  }
}
