import { readdirSync, statSync } from 'node:fs';

const FOLDER = '/proc/self/fd';

/** How many files are open as the kernel counts them, which Linux does from 6.2 on; 0 where it does not. */
function counted(): number {
  try {
    return statSync(FOLDER).size;
  } catch {
    return 0;
  }
}

function listed(): number {
  try {
    return readdirSync(FOLDER).length;
  } catch {
    return 0;
  }
}

/**
 * Answers what tells how many file descriptors the process has. Where the kernel does not count them they are listed once,
 * and what changes then are the sockets: a list of 100 000 at every look would cost too much.
 */
export function countDescriptors(sockets: () => number, count = counted): () => number {
  let others: number | null = null;
  return () => {
    const exact = count();
    if (exact > 0) return exact;
    others ??= listed() - sockets();
    return others + sockets();
  };
}
