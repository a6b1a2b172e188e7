import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all space but this many bytes. */
  fill(but?: number): Promise<void>;
  /** Gives the space back. */
  empty(): Promise<void>;
  /** Makes the file system as large as this. */
  resize(megabytes: number): void;
}

/**
 * Mounts a file system of so many megabytes for the tests of a file. Answers why that cannot be where it cannot: only
 * root may mount, and a container may forbid it even then.
 */
export function mountSmallDisk(megabytes: number): SmallDisk | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a file system';
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'brokerql-test', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return `mounting failed: ${(error as Error).message}`;
  }
  afterAll(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  const ballast = join(folder, 'ballast');
  return {
    folder,
    async fill(but = 0) {
      const { bavail, bsize } = await statfs(folder);
      const chunk = Buffer.alloc(Math.max(0, bavail * bsize - but), 1);
      writeFileSync(ballast, chunk, { flag: 'a' });
    },
    empty: () => rm(ballast, { force: true }),
    resize(size) {
      execFileSync('mount', ['-o', `remount,size=${size}m`, folder]);
    },
  };
}
