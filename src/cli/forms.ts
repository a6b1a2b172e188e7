import type { AccountOrder } from './order.ts';

/** The first word of a command that is about accounts. */
export type Noun = 'user' | 'app';

/** The flags that say which data folder a command works on. */
export const folderFlags = [
  { flag: 'data-dir', value: 'folder', description: 'The data folder, as start has it.' },
  { flag: 'config', value: 'file', description: 'Reads settings from a YAML file, as start does.' },
] as const;

const roleFlag = {
  flag: 'role',
  value: 'admin|operator|viewer',
  description: 'What the account may do; admin unless given.',
} as const;

const jsonFlag = { flag: 'json', value: null, description: 'Prints the list as JSON.' } as const;

const generateFlag = {
  flag: 'generate',
  value: null,
  description: 'Makes a password and prints it, this once. Without it the password is asked for, or read from stdin.',
} as const;

const secretFlag = {
  flag: 'secret-stdin',
  value: null,
  description: 'Takes the secret from stdin. Without it one is made and printed, this once.',
} as const;

/** Every command about accounts, a row each. */
const forms = [
  {
    noun: 'user',
    verb: 'add',
    operand: 'NAME',
    what: 'createUser',
    flags: [roleFlag, { flag: 'tags', value: 'text', description: 'Free text about the person.' }, generateFlag],
  },
  { noun: 'user', verb: 'reset', operand: 'NAME', what: 'resetPassword', flags: [generateFlag] },
  { noun: 'user', verb: 'list', operand: null, what: 'users', flags: [jsonFlag] },
  {
    noun: 'app',
    verb: 'add',
    operand: 'ID',
    what: 'createApplication',
    flags: [
      { flag: 'name', value: 'text', description: 'What people call it; the id unless given.' },
      { flag: 'desc', value: 'text', description: 'What it is for.' },
      roleFlag,
      { flag: 'expires', value: 'date', description: 'The last day, in UTC, or the last second in ISO 8601.' },
      { flag: 'profile', value: '3.0-beta|3.0|3.1|3.2', description: 'The release in which REST answers it.' },
      secretFlag,
    ],
  },
  { noun: 'app', verb: 'reset', operand: 'ID', what: 'resetApplicationSecret', flags: [secretFlag] },
  { noun: 'app', verb: 'list', operand: null, what: 'applications', flags: [jsonFlag] },
] as const;

/** The name of a flag, without its dashes. */
export type FormFlag = (typeof forms)[number]['flags'][number]['flag'] | 'data-dir' | 'config' | 'help';

/** A flag as it is written and told of; without a `value` it takes none. */
export interface Flag<Name extends string = string> {
  readonly flag: Name;
  readonly value: string | null;
  readonly description: string;
}

/** How a command is written, and the order that it gives. */
export interface Form {
  readonly noun: Noun;
  readonly verb: string;
  /** What stands behind the verb; null when nothing does. */
  readonly operand: string | null;
  readonly what: AccountOrder['what'];
  readonly flags: readonly Flag<FormFlag>[];
}

/** Answers the commands that begin with a word. */
export function formsOf(noun: Noun): readonly Form[] {
  return forms
    .filter((form) => form.noun === noun)
    .map((form): Form => ({ ...form, flags: [...form.flags, ...folderFlags] }));
}

const written = ({ noun, verb, operand, flags }: Form): string =>
  [
    `brokerql ${noun} ${verb}`,
    ...(operand === null ? [] : [operand]),
    ...flags.map(({ flag, value }) => `[--${flag}${value === null ? '' : ` ${value}`}]`),
  ].join(' ');

/** Answers the line that shows how a command is written; without a verb, how all of a word begin. */
export function usageOf(noun: Noun, verb?: string): string {
  const form = formsOf(noun).find((one) => one.verb === verb);
  return `Usage: ${form === undefined ? `brokerql ${noun} add|reset|list; brokerql ${noun} --help tells more` : written(form)}`;
}

const introductions = {
  user: 'brokerql user: the users of the dashboard',
  app: 'brokerql app: the applications that may call the management port',
} as const;

/** The text of `brokerql user --help` or `brokerql app --help`, ending in a line feed. */
export function accountHelp(noun: Noun): string {
  const all = formsOf(noun);
  const flags = new Map(all.flatMap((form) => form.flags.map((flag) => [flag.flag, flag] as const)));
  const width = Math.max(...Array.from(flags.keys(), (flag) => flag.length));
  return `${[
    introductions[noun],
    '',
    'Usage:',
    ...all.map((form) => `  ${written(form)}`),
    '',
    'Flags:',
    ...Array.from(flags.values(), ({ flag, description }) => `  --${flag.padEnd(width)}  ${description}`),
    '',
    'It works while the broker runs, and while it does not. A secret is never an argument: others could read it.',
  ].join('\n')}\n`;
}
