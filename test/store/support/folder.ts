import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** What has to be closed before its folder can be removed. */
export interface Closable {
  close(): Promise<void>;
}

/** A data folder for each test of a file, and what is opened in it. */
export function useFolder(): { readonly data: string; keep<T extends Closable>(opened: T): T } {
  let root = '';
  const opened: Closable[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'brokerql-store-'));
  });

  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
    await rm(root, { recursive: true });
  });

  return {
    get data() {
      return join(root, 'data');
    },
    keep(one) {
      opened.push(one);
      return one;
    },
  };
}
