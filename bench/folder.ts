import { closeSync, fdatasync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const IN_MEMORY = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

/** Name of the file system of a folder when it is memory and not a disk; null otherwise. */
export const memoryFileSystem = (folder: string): string | null => IN_MEMORY.get(statfsSync(folder).type) ?? null;

/** Milliseconds. */
export interface Fsync {
  readonly p50: number;
  readonly p99: number;
}

/** What it costs in this folder to append one batch of 4 KiB to a file and to wait until the disk has it. */
export async function measureFsync(folder: string, times = 300): Promise<Fsync> {
  const path = join(folder, 'fsync-probe');
  const file = openSync(path, 'w');
  const batch = Buffer.alloc(4096, 'x');
  const costs: number[] = [];
  try {
    for (let i = 0; i < times; i += 1) {
      const start = performance.now();
      writeSync(file, batch);
      await promisify(fdatasync)(file);
      costs.push(performance.now() - start);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  costs.sort((a, b) => a - b);
  return { p50: costs[Math.floor(times / 2)]!, p99: costs[Math.floor(times * 0.99)]! };
}

/** Bytes of all files below a folder. */
export function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // A file may be gone between the listing and the look at it.
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
