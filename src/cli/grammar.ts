import { z } from 'zod';
import type { ConfigSources } from '../config/parse-config.ts';
import type { Config } from '../config/settings.ts';
import { shown } from '../refusals.ts';
import { configOf, readArguments } from './arguments.ts';
import { accountHelp, type Form, type FormFlag, formsOf, type Noun, usageOf } from './forms.ts';
import type { AccountOrder } from './order.ts';
import { UsageError } from './usage-error.ts';

/** What the command line asks of the accounts, and how. */
export interface AccountCommand {
  /** Its secret, where it has one, is null: one is made, unless `isSecretGiven`. */
  readonly order: AccountOrder;
  /** Whether the person types the secret in, or gives it on the standard input. */
  readonly isSecretGiven: boolean;
  /** Whether a list is printed as JSON. */
  readonly json: boolean;
  readonly config: Config;
}

/** A command line that begins with `user` or `app`, understood. */
export type AccountLine =
  | { readonly command: 'help'; readonly text: string }
  | ({ readonly command: 'accounts' } & AccountCommand);

type Flags = Partial<Record<FormFlag, string>>;

/**
 * Reads a command line behind its first word, `user` or `app`. Throws UsageError for what is no command, and ConfigError
 * for a configuration that is refused.
 */
export function parseAccountLine(noun: Noun, argv: readonly string[], sources: ConfigSources): AccountLine {
  const forms = formsOf(noun);
  const [verb = ''] = argv;
  const form = forms.find((one) => one.verb === verb);
  if (verb === '--help' || verb === '-h') return { command: 'help', text: accountHelp(noun) };
  if (form === undefined) {
    const verbs = forms.map((one) => one.verb).join(', ');
    const message = verb === '' ? 'a word is missing' : `'${shown(verb)}' is unknown`;
    throw new UsageError(`${message}; behind '${noun}' stands one of ${verbs}`, usageOf(noun));
  }
  const { words, flags } = readArguments<FormFlag>(form.flags, usageOf(noun, verb), argv.slice(1));
  if (flags.help !== undefined) return { command: 'help', text: accountHelp(noun) };
  const [target, extra] = words;
  if (extra !== undefined || (form.operand === null && target !== undefined)) {
    // Not repeated: it may be a password.
    throw new UsageError(`there is an argument too many behind '${noun} ${verb}'`, usageOf(noun, verb));
  }
  if (form.operand !== null && target === undefined) {
    throw new UsageError(`${form.operand} is missing`, usageOf(noun, verb));
  }
  const given = noun === 'user' ? flags.generate === undefined : flags['secret-stdin'] !== undefined;
  return {
    command: 'accounts',
    order: orderOf(form, target ?? '', flags),
    isSecretGiven: form.operand !== null && given,
    json: flags.json !== undefined,
    config: configOf(flags, sources),
  };
}

function orderOf(form: Form, target: string, flags: Flags): AccountOrder {
  const wrong = (flag: FormFlag, expected: string): UsageError =>
    new UsageError(`--${flag} must be ${expected}, not '${shown(flags[flag])}'`, usageOf(form.noun, form.verb));
  const oneOf = <const W extends string>(flag: FormFlag, words: readonly W[]): W | undefined => {
    const text = flags[flag];
    const word = words.find((one) => one === text);
    if (text !== undefined && word === undefined) throw wrong(flag, `one of ${words.join(', ')}`);
    return word;
  };
  const role = (): 'ADMIN' | 'OPERATOR' | 'VIEWER' | undefined => {
    const word = oneOf('role', ['admin', 'operator', 'viewer']);
    return word && (word.toUpperCase() as Uppercase<typeof word>);
  };
  const { what } = form;
  switch (what) {
    case 'users':
    case 'applications':
      return { what };
    case 'resetPassword':
    case 'resetApplicationSecret':
      return { what, target, secret: null };
    case 'createUser':
      return { what, target, secret: null, role: role(), tags: flags.tags };
    case 'createApplication': {
      const expired = flags.expires === undefined ? undefined : lastSecond(flags.expires);
      if (expired === null) throw wrong('expires', 'a date as 2030-12-31, or a time as 2030-12-31T18:00:00Z');
      const restProfile = oneOf('profile', ['3.0-beta', '3.0', '3.1', '3.2']);
      return { what, target, secret: null, role: role(), name: flags.name, desc: flags.desc, expired, restProfile };
    }
  }
}

const date = z.iso.date();
const time = z.iso.datetime({ offset: true });

/** Epoch seconds of the last second: of a time, or of a day in UTC; null for text that is neither (ISO 8601). */
function lastSecond(text: string): number | null {
  if (date.safeParse(text).success) return Date.parse(`${text}T23:59:59Z`) / 1000;
  return time.safeParse(text).success ? Math.floor(Date.parse(text) / 1000) : null;
}
