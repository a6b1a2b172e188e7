import { stat } from 'node:fs/promises';
import { openAccounts } from '../access/accounts.ts';
import { openAuditLog } from '../access/audit-log.ts';
import type { Config } from '../config/settings.ts';
import { openStore } from '../store/store.ts';
import { askControl } from './ask-control.ts';
import { carryOut } from './carry-out.ts';
import { CommandRefusal } from './command-refusal.ts';
import type { Done, Order, Reply } from './order.ts';

/**
 * Has an order carried out, by the running process when there is one, else on the data folder. Rejects with
 * CommandRefusal when it is refused, or with StoreError when the data folder cannot be used.
 */
export async function giveOrder(config: Config, order: Order): Promise<Done> {
  const reply = (await askControl(config.dataDir, order)) ?? (await carryOutHere(config, order));
  if (reply.result === 'REFUSED') throw new CommandRefusal(reply.message);
  return reply;
}

/** Rejects with CommandRefusal when there is no data folder: opening it, where it is mistyped, would make it. */
export async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new CommandRefusal(`data folder '${folder}' cannot be looked at: ${error.code}`);
  });
  if (!found?.isDirectory()) {
    throw new CommandRefusal(`there is no data folder '${folder}'; the first start of the broker makes it`);
  }
}

/** Rejects with CommandRefusal for root in the folder of another user: files of root would keep the broker out. */
export async function checkOwner(folder: string): Promise<void> {
  const { uid } = await stat(folder);
  if (process.getuid?.() === 0 && uid !== 0) {
    throw new CommandRefusal(
      `data folder '${folder}' belongs to the user with the id ${uid}; run the command as that user`,
    );
  }
}

async function carryOutHere(config: Config, order: Order): Promise<Reply> {
  await checkOwner(config.dataDir);
  const store = await openStore(config.dataDir);
  try {
    const faults: unknown[] = [];
    const onFault = (fault: unknown): void => void faults.push(fault);
    // How many are kept is the broker's business: it may have been set while it ran.
    const audit = await openAuditLog(store, { onFault, entries: Number.POSITIVE_INFINITY });
    const desk = { accounts: await openAccounts(store), audit, database: store.database };
    const reply = await carryOut(desk, order);
    await audit.close();
    if (faults.length > 0) throw faults[0];
    return reply;
  } finally {
    await store.close();
  }
}
