import { resolve } from 'node:path';
import type { Config } from '../config/settings.ts';
import { isThere } from '../store/places.ts';
import { type Repair, repairStore } from '../store/repair.ts';
import { restoreStore } from '../store/restore.ts';
import { checkFolder, checkOwner, giveOrder } from './give-order.ts';
import type { StoreDeed } from './store-grammar.ts';

/**
 * Backs a store up, restores it or repairs it, and prints what came of it. Rejects with CommandRefusal, or with
 * StoreError when the file or the data folder cannot be used.
 */
export async function runStore(
  deed: StoreDeed,
  { dataDir, ...config }: Config,
  output: NodeJS.WritableStream,
): Promise<void> {
  switch (deed.deed) {
    case 'backup': {
      await checkFolder(dataDir);
      const { rows } = await giveOrder({ dataDir, ...config }, { what: 'backup', target: resolve(deed.file) });
      const [{ file, entries, bytes } = {}] = rows;
      output.write(`backup '${file}' is written: ${entries} entries, ${bytes} bytes\n`);
      return;
    }
    case 'restore': {
      if (await isThere(dataDir)) await checkOwner(dataDir);
      const { entries, replaced } = await restoreStore(deed.file, dataDir, deed.isReplaced);
      output.write(`data folder '${dataDir}' is restored: ${entries} entries\n`);
      if (replaced !== null) output.write(`the store that was there is kept as '${replaced}'\n`);
      return;
    }
    case 'repair': {
      await checkFolder(dataDir);
      await checkOwner(dataDir);
      output.write(reportOf(dataDir, await repairStore(dataDir)));
    }
  }
}

function reportOf(folder: string, { found, removed, recounted, kept }: Repair): string {
  const counts = (nouns: ReadonlyMap<string, number>): string =>
    nouns.size === 0 ? 'nothing' : Array.from(nouns, ([noun, count]) => `${count} ${noun}`).join(', ');
  const isSound = found === null && removed.size === 0 && recounted === 0;
  const lines = [
    isSound ? `data folder '${folder}' is sound` : `data folder '${folder}' is repaired`,
    ...(found === null ? [] : [`found: ${found}`]),
    ...(isSound ? [] : [`removed, as it could not be read or has lost what it belongs to: ${counts(removed)}`]),
    ...(recounted === 0
      ? []
      : [`counted anew: the messages of ${recounted} ${recounted === 1 ? 'session' : 'sessions'}`]),
    `kept: ${counts(kept)}`,
    ...(isSound ? [] : ['what is missing or was removed is lost']),
  ];
  return `${lines.join('\n')}\n`;
}
