import { stat } from 'node:fs/promises';
import { openAccounts } from '../access/accounts.ts';
import { openAuditLog } from '../access/audit-log.ts';
import type { Config } from '../config/settings.ts';
import { shown } from '../refusals.ts';
import { openStore } from '../store/store.ts';
import { askControl } from './ask-control.ts';
import { askSecret, type SecretInput } from './ask-secret.ts';
import { carryOut } from './carry-out.ts';
import { CommandRefusal } from './command-refusal.ts';
import type { AccountCommand } from './grammar.ts';
import type { Order, Reply } from './order.ts';
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
  const reply = (await askControl(config.dataDir, order)) ?? (await carryOutHere(config, order));
  if (reply.result === 'REFUSED') throw new CommandRefusal(reply.message);
  output.write('target' in order ? report(order, word, reply) : listing(order, reply.rows, json));
  if (isConfigured(config, order)) {
    notes.write(
      `Note: the configuration gives '${shown(order.target)}' a ${word}, and the next start sets that one.\n`,
    );
  }
}

const isOfUser = ({ what }: Order): boolean => what === 'users' || what === 'createUser' || what === 'resetPassword';

/** A mistyped folder is refused: opening it would make it. */
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new CommandRefusal(`data folder '${folder}' cannot be looked at: ${error.code}`);
  });
  if (!found?.isDirectory()) {
    throw new CommandRefusal(`there is no data folder '${folder}'; the first start of the broker makes it`);
  }
}

async function carryOutHere(config: Config, order: Order): Promise<Reply> {
  const { uid } = await stat(config.dataDir);
  // Files that root leaves there would keep the broker from its own store.
  if (process.getuid?.() === 0 && uid !== 0) {
    throw new CommandRefusal(
      `data folder '${config.dataDir}' belongs to the user with the id ${uid}; run the command as that user`,
    );
  }
  const store = await openStore(config.dataDir);
  try {
    const faults: unknown[] = [];
    const onFault = (fault: unknown): void => void faults.push(fault);
    const audit = await openAuditLog(store, { onFault, entries: config.audit.maxEntries });
    const reply = await carryOut({ accounts: await openAccounts(store), audit }, order);
    await audit.close();
    if (faults.length > 0) throw faults[0];
    return reply;
  } finally {
    await store.close();
  }
}

type Change = Extract<Order, { readonly target: string }>;

function isConfigured({ app, admin }: Config, order: Order): order is Change {
  return 'target' in order && order.target === (isOfUser(order) ? admin?.user : app?.id);
}

function report({ what, target }: Change, word: string, reply: Extract<Reply, { result: 'DONE' }>): string {
  const account = `${word === 'password' ? 'user' : 'application'} '${shown(target)}'`;
  const role = reply.rows[0]?.role;
  const isNew = what === 'createUser' || what === 'createApplication';
  const done = isNew ? `${account} is made, with the role ${role}` : `${account} has a new ${word}`;
  return reply.secret === null ? `${done}\n` : `${done}\n${word}, shown only this once: ${reply.secret}\n`;
}

function listing(order: Order, rows: Extract<Reply, { result: 'DONE' }>['rows'], json: boolean): string {
  if (json) return `${JSON.stringify(rows, null, 2)}\n`;
  return tableOf(rows, isOfUser(order) ? 'there are no users' : 'there are no applications');
}
