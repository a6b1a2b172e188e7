import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

/** Folder of the package, whether it runs from its sources or from what was built of them. */
export const packageRoot = rootAbove(import.meta.dirname);

/** Version of the package. */
export const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
