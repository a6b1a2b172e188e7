import type { Config } from '../config/settings.ts';
import { shown } from '../refusals.ts';
import { askSecret, type SecretInput } from './ask-secret.ts';
import { checkFolder, giveOrder } from './give-order.ts';
import type { AccountCommand } from './grammar.ts';
import type { AccountOrder, Change, Done } from './order.ts';
import { tableOf } from './table.ts';

/** The streams of a command. */
export interface Terminal {
  readonly input: SecretInput;
  /** The answer. */
  readonly output: NodeJS.WritableStream;
  /** Prompts and notes. */
  readonly notes: NodeJS.WritableStream;
}

/**
 * Carries out a command about accounts, through the running process when there is one, else on the data folder, and
 * prints what came of it. Rejects with CommandRefusal, or with StoreError when the data folder cannot be used.
 */
export async function runAccounts(command: AccountCommand, { input, output, notes }: Terminal): Promise<void> {
  const { config, isSecretGiven, json } = command;
  await checkFolder(config.dataDir);
  const word = isOfUser(command.order) ? 'password' : 'secret';
  const order = isSecretGiven ? { ...command.order, secret: await askSecret(word, input, notes) } : command.order;
  const reply = await giveOrder(config, order);
  output.write('target' in order ? report(order, word, reply) : listing(order, reply.rows, json));
  if (isConfigured(config, order)) {
    notes.write(
      `Note: the configuration gives '${shown(order.target)}' a ${word}, and the next start sets that one.\n`,
    );
  }
}

const isOfUser = ({ what }: AccountOrder): boolean =>
  what === 'users' || what === 'createUser' || what === 'resetPassword';

function isConfigured({ app, admin }: Config, order: AccountOrder): order is Change {
  return 'target' in order && order.target === (isOfUser(order) ? admin?.user : app?.id);
}

function report({ what, target }: Change, word: string, reply: Done): string {
  const account = `${word === 'password' ? 'user' : 'application'} '${shown(target)}'`;
  const role = reply.rows[0]?.role;
  const isNew = what === 'createUser' || what === 'createApplication';
  const done = isNew ? `${account} is made, with the role ${role}` : `${account} has a new ${word}`;
  return reply.secret === null ? `${done}\n` : `${done}\n${word}, shown only this once: ${reply.secret}\n`;
}

function listing(order: AccountOrder, rows: Done['rows'], json: boolean): string {
  if (json) return `${JSON.stringify(rows, null, 2)}\n`;
  return tableOf(rows, isOfUser(order) ? 'there are no users' : 'there are no applications');
}
