import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type PluginSection, readYaml } from './file.ts';
import { type CommandLine, readFlags } from './flags.ts';
import type { Layer } from './layer.ts';
import { rowsOf } from './setting.ts';
import { type Config, settings } from './settings.ts';
import { valuesOf } from './values.ts';

/** The world as the configuration sees it. `readFile` answers a file's text, or throws as `node:fs` does. */
export interface ConfigSources {
  readonly env: Environment;
  readonly readFile: (path: string) => string;
}

type Flags = Pick<CommandLine, 'configFile' | 'texts'>;

/** Where a configuration came from. */
export interface Origin {
  /** What was given, each time by the source that goes before the others. */
  readonly given: Layer;
  /** What the file says of plugins, which nobody has checked yet: who starts the program has their tables. */
  readonly plugins: PluginSection;
}

const origins = new WeakMap<Config, Origin>();

/** Where a configuration of `parseConfig` came from. */
export function originOf(config: Config): Origin {
  const origin = origins.get(config);
  if (!origin) throw new Error('a configuration that nobody parsed');
  return origin;
}

/**
 * The configuration: a flag beats the environment, the environment beats the file, the file beats the default.
 * Every source is checked, also where another one beats it. Throws ConfigError.
 */
export function parseConfig(flags: Flags, { env, readFile }: ConfigSources): Config {
  const rows = rowsOf(settings);
  const { configFile } = flags;
  const file = configFile === null ? null : readYaml(rows, configFile, textOf(configFile, readFile));
  const layers = [file?.layer ?? [], readEnvironment(rows, env), readFlags(flags.texts)];
  const given: Layer = new Map(layers.flatMap((layer) => [...layer]));
  const config: Config = valuesOf(settings, (row) => given.get(row));
  origins.set(config, { given, plugins: file?.plugins ?? (() => new Map()) });
  return config;
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
