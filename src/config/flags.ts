import { parseArgs } from 'node:util';
import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { nearest, settingMeantBy, waysToSet } from './known-names.ts';
import { type Given, giveText, type Layer } from './layer.ts';
import type { Setting } from './setting.ts';

/** A flag that is no setting. `value` names what follows it, null when nothing does. */
export interface CommandFlag {
  readonly flag: string;
  readonly short: string | null;
  readonly value: string | null;
  readonly description: string;
}

/** The flags besides those of settings. */
export const commandFlags = {
  config: { flag: '--config', short: null, value: 'file', description: 'Reads settings from a YAML file.' },
  help: { flag: '--help', short: '-h', value: null, description: 'Prints this text.' },
  version: { flag: '--version', short: '-v', value: null, description: 'Prints the version.' },
} as const satisfies Record<string, CommandFlag>;

/** A command line, taken apart. Values of settings are not checked yet: `--help` works beside a wrong one. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
  readonly configFile: string | null;
  readonly texts: ReadonlyMap<Setting<unknown>, string>;
}

/** Takes `argv` (without program and script) apart. Refuses an unknown or repeated flag, and one with its value missing. */
export function readCommandLine(rows: readonly Setting<unknown>[], argv: readonly string[]): CommandLine {
  const byFlag = new Map(rows.flatMap((row) => (row.flag === null ? [] : [[row.flag, row] as const])));
  const own: readonly CommandFlag[] = Object.values(commandFlags);
  const words: string[] = [];
  const given = new Map<string, string>();
  for (const token of tokens(argv, [...byFlag.keys()], own)) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = own.find(({ short }) => short === token.rawName)?.flag ?? token.rawName;
    const value = byFlag.has(flag) ? 'value' : own.find((one) => one.flag === flag)?.value;
    if (value === undefined) throw unknownFlag(flag, rows, [...byFlag.keys(), ...own.map((one) => one.flag)]);
    if (given.has(flag)) throw new ConfigError(`${flag} is given twice; a flag may stand once`);
    if (value === null && token.value !== undefined) throw new ConfigError(`${flag} takes no value`);
    if (value !== null) refuseMissing(flag, value, token.value, token.inlineValue === true);
    given.set(flag, token.value ?? '');
  }
  return {
    words,
    help: given.has(commandFlags.help.flag),
    version: given.has(commandFlags.version.flag),
    configFile: given.get(commandFlags.config.flag) ?? null,
    texts: new Map([...byFlag].flatMap(([flag, row]) => (given.has(flag) ? [[row, given.get(flag)!] as const] : []))),
  };
}

/** What the flags say, checked. */
export function readFlags(texts: CommandLine['texts']): Layer {
  const layer = new Map<Setting<unknown>, Given>();
  for (const [row, text] of texts) {
    layer.set(row, giveText(row, text, { source: 'FLAG', origin: row.flag ?? row.path }));
  }
  return layer;
}

// Strict parsing would refuse in Node's own words, and those may quote a value.
function tokens(argv: readonly string[], settingFlags: readonly string[], own: readonly CommandFlag[]) {
  const options = new Map<string, { type: 'string' | 'boolean'; short?: string }>();
  for (const flag of settingFlags) options.set(flag.slice(2), { type: 'string' });
  for (const { flag, short, value } of own) {
    const type = value === null ? 'boolean' : 'string';
    options.set(flag.slice(2), short === null ? { type } : { type, short: short.slice(1) });
  }
  const config = { args: [...argv], options: Object.fromEntries(options), strict: false, allowPositionals: true };
  return parseArgs({ ...config, tokens: true }).tokens;
}

function refuseMissing(flag: string, what: string, text: string | undefined, isInline: boolean): void {
  if (text === undefined || text === '') throw new ConfigError(`${flag} needs a value: ${flag} <${what}>`);
  if (!isInline && text.startsWith('-')) {
    throw new ConfigError(`${flag} needs a value; one that begins with '-' is written ${flag}=<${what}>`);
  }
}

function unknownFlag(flag: string, rows: readonly Setting<unknown>[], known: readonly string[]): ConfigError {
  const meant = settingMeantBy(flag.slice(2), rows);
  const hint = meant === undefined ? `known ones near it: ${nearest(flag, known).join(', ')}` : waysToSet(meant);
  return new ConfigError(`unknown flag '${shown(flag)}'; ${hint}`);
}
