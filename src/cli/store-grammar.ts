import type { ConfigSources } from '../config/parse-config.ts';
import type { Config } from '../config/settings.ts';
import { shown } from '../refusals.ts';
import { configOf, readArguments } from './arguments.ts';
import { type Flag, folderFlags } from './forms.ts';
import { UsageError } from './usage-error.ts';

/** The first word of a command that is about the store as a whole. */
export type StoreWord = 'backup' | 'restore' | 'store';

/** What the command line asks of the store. `file` is as it was written. */
export type StoreDeed =
  | { readonly deed: 'backup'; readonly file: string }
  | { readonly deed: 'restore'; readonly file: string; readonly isReplaced: boolean }
  | { readonly deed: 'repair' };

/** A command line that begins with `backup`, `restore` or `store`, understood. */
export type StoreLine =
  | { readonly command: 'help'; readonly text: string }
  | { readonly command: 'store'; readonly deed: StoreDeed; readonly config: Config };

interface StoreForm {
  readonly written: string;
  readonly flags: readonly Flag<StoreFlag>[];
  readonly about: string;
}

type StoreFlag = 'force' | 'data-dir' | 'config';

const forceFlag = {
  flag: 'force',
  value: null,
  description: 'Replaces a store that is there; it is kept beside the new one, under a dated name.',
} as const;

const forms: Readonly<Record<StoreWord, StoreForm>> = {
  backup: {
    written: 'backup FILE',
    flags: folderFlags,
    about: `Writes all that survives a restart to a file that does not exist yet: accounts, sessions, messages. It works while
the broker runs, which then writes the file itself, and while it does not. The file holds secrets; its mode is 0600.`,
  },
  restore: {
    written: 'restore FILE',
    flags: [forceFlag, ...folderFlags],
    about: `Makes a store from the file of a backup, which is checked as a whole before. The broker has to be stopped.`,
  },
  store: {
    written: 'store repair',
    flags: folderFlags,
    about: `Keeps what can be read of a damaged store, removes what is not whole, and says what is lost. The broker has to be
stopped. Where there is a backup, restoring it may be better; copy the data folder before.`,
  },
};

const usageOf = (word: StoreWord): string => {
  const { written, flags } = forms[word];
  const all = flags.map(({ flag, value }) => `[--${flag}${value === null ? '' : ` ${value}`}]`);
  return `Usage: ${['brokerql', written, ...all].join(' ')}`;
};

/**
 * Reads a command line behind its first word. Throws UsageError for what is no command, and ConfigError for a
 * configuration that is refused.
 */
export function parseStoreLine(word: StoreWord, argv: readonly string[], sources: ConfigSources): StoreLine {
  const { words, flags } = readArguments<StoreFlag>(forms[word].flags, usageOf(word), argv);
  if (flags.help !== undefined) return { command: 'help', text: storeHelp(word) };
  const [operand, extra] = words;
  if (extra !== undefined) throw new UsageError(`'${shown(extra)}' is an argument too many`, usageOf(word));
  if (operand === undefined || operand === '') {
    throw new UsageError(`${word === 'store' ? "'repair'" : 'FILE'} is missing`, usageOf(word));
  }
  if (word === 'store' && operand !== 'repair') {
    throw new UsageError(`'${shown(operand)}' is unknown; behind 'store' stands repair`, usageOf(word));
  }
  return { command: 'store', deed: deedOf(word, operand, flags.force !== undefined), config: configOf(flags, sources) };
}

function deedOf(word: StoreWord, file: string, isReplaced: boolean): StoreDeed {
  if (word === 'store') return { deed: 'repair' };
  return word === 'backup' ? { deed: 'backup', file } : { deed: 'restore', file, isReplaced };
}

function storeHelp(word: StoreWord): string {
  const { flags, about } = forms[word];
  const width = Math.max(...flags.map(({ flag }) => flag.length));
  const told = flags.map(({ flag, description }) => `  --${flag.padEnd(width)}  ${description}`);
  return `${[usageOf(word), '', about, '', 'Flags:', ...told].join('\n')}\n`;
}
