import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandRefusal } from './command-refusal.ts';

/** Bytes of a path that every system takes for a socket: Linux 107, macOS and the BSDs 103 (`sun_path`). */
const MOST_PATH_BYTES = 103;

/** Where the process that has a data folder open takes orders. */
export interface ControlAddress {
  /** A Unix domain socket, or a named pipe on Windows. */
  readonly path: string;
  /** The folder of its own that the socket needs because the data folder's path is too long; null when it needs none. */
  readonly ownFolder: string | null;
}

/**
 * Answers the address for a data folder, which exists: `control.sock` in it or, where that path is too long for a
 * socket, in a folder of the system's folder for temporary files that is named by a hash. It is the same for every
 * spelling of the data folder, as long as TMPDIR is the same.
 */
export async function controlAddress(folder: string): Promise<ControlAddress> {
  const real = await realpath(folder);
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\brokerql-${hash}`, ownFolder: null };
  const path = join(real, 'control.sock');
  if (Buffer.byteLength(path) <= MOST_PATH_BYTES) return { path, ownFolder: null };
  const ownFolder = join(tmpdir(), `brokerql-${hash}`);
  return { path: join(ownFolder, 'control.sock'), ownFolder };
}

/**
 * Makes the socket's own folder, or checks the one that is there: in a folder that everybody may write to, a stranger
 * could have made it first, and would be told passwords. Rejects with CommandRefusal.
 */
export async function makeOwnFolder(address: ControlAddress, dataFolder: string): Promise<void> {
  if (address.ownFolder === null) return;
  await mkdir(address.ownFolder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await checkOwnFolder(address, dataFolder);
}

/** Rejects with CommandRefusal when the socket's own folder is not closed to all but the owner of the data folder. */
export async function checkOwnFolder({ path, ownFolder }: ControlAddress, dataFolder: string): Promise<void> {
  if (ownFolder === null) return;
  const [own, data] = [await lstat(ownFolder), await stat(dataFolder)];
  if (!own.isDirectory() || own.uid !== data.uid || (own.mode & 0o777) !== 0o700) {
    throw new CommandRefusal(
      `folder '${dirname(path)}' is not of the data folder's owner alone; nothing is sent through it`,
    );
  }
}
