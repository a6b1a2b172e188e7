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
  | { readonly command: 'help'; readonly text: string }
  | { readonly command: 'version' };

const commands: ReadonlyMap<string, string> = new Map([
  ['start', 'Starts the broker and stays in the foreground; the command when none is given.'],
  ['help', 'Prints this text, as --help does.'],
  ['version', 'Prints the version, as --version does.'],
]);

/**
 * Reads a command line (`argv` without program and script), the environment and the file that it names.
 * Touches the world through its argument alone. Throws ConfigError with the one line to print.
 */
export function parseCommand({ argv, ...sources }: ConfigSources & { readonly argv: readonly string[] }): Command {
  const line = readCommandLine(rowsOf(settings), argv);
  const [word = 'start', extra] = line.words;
  if (!commands.has(word)) {
    throw new ConfigError(`unknown command '${shown(word)}'; known commands: ${[...commands.keys()].join(', ')}`);
  }
  if (extra !== undefined) throw new ConfigError(`unexpected argument '${shown(extra)}' after '${word}'`);
  if (line.help || word === 'help') return { command: 'help', text: helpText(commands) };
  if (line.version || word === 'version') return { command: 'version' };
  return { command: 'start', config: parseConfig(line, sources) };
}
