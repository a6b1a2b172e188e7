import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { BACKUP_VERSION, END, HEADER_BYTES, LENGTH_BYTES, MAGIC, TRAILER_BYTES } from './backup-format.ts';
import { type Database, FORMAT } from './database.ts';
import { rootCause } from './level.ts';
import { isThere, syncFolder } from './places.ts';
import { isOfSequence } from './sequence.ts';
import { StoreError } from './store-error.ts';

/** What a backup holds. */
export interface Backup {
  readonly entries: number;
  /** Bytes of the file. */
  readonly bytes: number;
}

/** Bytes that are written at once. */
const CHUNK = 1024 * 1024;

const EVERYTHING = { gte: Buffer.alloc(0), lt: Buffer.of(0xff) } as const;

/**
 * Writes a copy of a database as it is now to a file, while it is in use. The file has its name only when it is whole
 * and on the disk; until then it is `<file>.partial`. It holds secrets, and is for its owner alone (mode 0600). Rejects
 * with StoreError when there is such a file already, or it cannot be written.
 */
export async function writeBackup(database: Database, file: string): Promise<Backup> {
  const partial = `${file}.partial`;
  if (await isThere(file)) throw new StoreError(`file '${file}' exists; a backup replaces none`);
  const handle = await open(partial, 'wx', 0o600).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw notWritten(file, fault);
    throw new StoreError(`file '${partial}' exists: a backup is under way, or was interrupted; remove it then`);
  });
  try {
    // What was added before is in it.
    await database.flush();
    const backup = await copy(database, (bytes) => writeWhole(handle, bytes));
    await handle.sync();
    await handle.close();
    await rename(partial, file);
    await syncFolder(dirname(file));
    return backup;
  } catch (fault) {
    await handle.close().catch(() => {});
    await rm(partial, { force: true });
    throw notWritten(file, fault);
  }
}

/** One write may take a part, as on a disk that becomes full. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

const notWritten = (file: string, fault: unknown): StoreError =>
  new StoreError(`file '${file}' cannot be written: ${rootCause(fault).message}`, { cause: fault });

async function copy(database: Database, write: (bytes: Buffer) => Promise<unknown>): Promise<Backup> {
  let gathered: Buffer[] = [header()];
  let length = HEADER_BYTES;
  let bytes = 0;
  let checksum = 0;
  let entries = 0;
  const flush = async (): Promise<void> => {
    const chunk = Buffer.concat(gathered, length);
    gathered = [];
    length = 0;
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    await write(chunk);
  };
  for await (const [key, value] of database.walk(EVERYTHING)) {
    if (isOfSequence(key)) continue;
    const lengths = Buffer.allocUnsafe(LENGTH_BYTES);
    lengths.writeUInt32BE(value.length, lengths.writeUInt32BE(key.length));
    gathered.push(lengths, key, value);
    length += LENGTH_BYTES + key.length + value.length;
    entries++;
    if (length >= CHUNK) await flush();
  }
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUIntBE(entries, trailer.writeUInt32BE(END), 6);
  gathered.push(trailer.subarray(0, TRAILER_BYTES - 4));
  length += TRAILER_BYTES - 4;
  await flush();
  trailer.writeUInt32BE(checksum, TRAILER_BYTES - 4);
  await write(trailer.subarray(TRAILER_BYTES - 4));
  return { entries, bytes: bytes + 4 };
}

function header(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  let at = bytes.write(MAGIC);
  at = bytes.writeUInt32BE(BACKUP_VERSION, at);
  at = bytes.writeUInt32BE(FORMAT, at);
  bytes.writeDoubleBE(Date.now(), at);
  return bytes;
}
