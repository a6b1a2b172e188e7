import { parseArgs } from 'node:util';
import { type ConfigSources, parseConfig } from '../config/parse-config.ts';
import { type Config, settings } from '../config/settings.ts';
import type { Flag } from './forms.ts';
import { UsageError } from './usage-error.ts';

/** What stands on a command line: words, and flags with their values; the value of a flag that takes none is ''. */
export interface Arguments<Name extends string> {
  readonly words: readonly string[];
  readonly flags: Partial<Record<Name | 'help', string>>;
}

/** Reads the arguments of a command that has these flags, and `--help`. Throws UsageError. */
export function readArguments<Name extends string>(
  known: readonly Flag<Name>[],
  usage: string,
  args: readonly string[],
): Arguments<Name> {
  const options = Object.fromEntries(
    known.map(({ flag, value }) => [flag, { type: value === null ? ('boolean' as const) : ('string' as const) }]),
  );
  try {
    const config = { args: [...args], options: { ...options, help: { type: 'boolean' as const, short: 'h' } } };
    const { tokens } = parseArgs({ ...config, allowPositionals: true, tokens: true });
    const flags = new Map<string, string>();
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      if (flags.has(token.name)) throw new Error(`--${token.name} is given twice`);
      flags.set(token.name, token.value ?? '');
    }
    const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
    return { words, flags: Object.fromEntries(flags) as Arguments<Name>['flags'] };
  } catch (error) {
    // Node.js explains at length; its first sentence names the flag.
    const [sentence = ''] = (error as Error).message.split(/\. |\n/, 1);
    throw new UsageError(sentence, usage);
  }
}

/** Answers the configuration that a command works with. Throws ConfigError. */
export function configOf(flags: Arguments<'data-dir' | 'config'>['flags'], sources: ConfigSources): Config {
  const folder = flags['data-dir'];
  const texts = new Map(folder === undefined ? [] : [[settings.dataDir, folder] as const]);
  return parseConfig({ configFile: flags.config ?? null, texts }, sources);
}
