import { type AccountLine, parseAccountLine } from '../cli/grammar.ts';
import { parseStoreLine, type StoreLine } from '../cli/store-grammar.ts';
import { UsageError } from '../cli/usage-error.ts';
import { shown } from '../refusals.ts';
import { ConfigError } from './config-error.ts';
import { readCommandLine } from './flags.ts';
import { helpText } from './help.ts';
import { type ConfigSources, parseConfig } from './parse-config.ts';
import { rowsOf } from './setting.ts';
import { type Config, settings } from './settings.ts';

/** What the program is asked to do. */
export type Command =
  | { readonly command: 'start'; readonly config: Config }
  | { readonly command: 'check'; readonly config: Config }
  | { readonly command: 'version' }
  | AccountLine
  | StoreLine;

const commands: ReadonlyMap<string, string> = new Map([
  ['start', 'Starts the broker and stays in the foreground; the command when none is given.'],
  ['user', 'Adds and lists users of the dashboard, and resets passwords; see user --help.'],
  ['app', 'Adds and lists applications, and resets secrets; see app --help.'],
  ['backup', 'Writes all that survives a restart to a file, also while the broker runs; see backup --help.'],
  ['restore', 'Makes a store from such a file; see restore --help.'],
  ['store', 'Repairs a damaged store when repair follows; see store --help.'],
  ['config', 'Checks the configuration when check follows, and starts nothing.'],
  ['help', 'Prints this text, as --help does.'],
  ['version', 'Prints the version, as --version does.'],
]);

/**
 * Reads a command line (`argv` without program and script), the environment and the file that it names.
 * Touches the world through its argument alone. Throws ConfigError with the one line to print, or UsageError.
 */
export function parseCommand({ argv, ...sources }: ConfigSources & { readonly argv: readonly string[] }): Command {
  const [first, ...others] = argv;
  if (first === 'user' || first === 'app') return parseAccountLine(first, others, sources);
  if (first === 'backup' || first === 'restore' || first === 'store') return parseStoreLine(first, others, sources);
  const line = readCommandLine(rowsOf(settings), argv);
  const [word = 'start', ...words] = line.words;
  if (!commands.has(word)) {
    throw new ConfigError(`unknown command '${shown(word)}'; known commands: ${[...commands.keys()].join(', ')}`);
  }
  if (line.help || word === 'help') return { command: 'help', text: helpText(commands) };
  if (word === 'user' || word === 'app') {
    throw new UsageError(`'${word}' stands before flags`, `Usage: brokerql ${word} add|reset|list [flags]`);
  }
  if (word === 'backup' || word === 'restore' || word === 'store') {
    throw new UsageError(
      `'${word}' stands before flags`,
      `Usage: brokerql ${word} ${word === 'store' ? 'repair' : 'FILE'} [flags]`,
    );
  }
  const verb = word === 'config' ? words.shift() : 'check';
  if (verb !== 'check')
    throw new UsageError(`'check' is missing behind 'config'`, 'Usage: brokerql config check [flags]');
  const [extra] = words;
  if (extra !== undefined) throw new ConfigError(`unexpected argument '${shown(extra)}' after '${word}'`);
  if (line.version || word === 'version') return { command: 'version' };
  return { command: word === 'config' ? 'check' : 'start', config: parseConfig(line, sources) };
}
