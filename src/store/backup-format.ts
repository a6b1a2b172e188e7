import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Entry, FORMAT } from './database.ts';
import { rootCause } from './level.ts';
import { StoreError } from './store-error.ts';

/**
 * A backup is a header (magic, version of this layout, format of the store, time in epoch milliseconds as a double),
 * entries (length of key and value in four bytes each, key, value), and a trailer: four bytes of ones in place of a
 * length, the count of entries in six bytes, and a CRC-32 of all bytes before.
 */
export const MAGIC = 'brokerql backup\n';
export const BACKUP_VERSION = 1;
export const HEADER_BYTES = MAGIC.length + 16;
export const LENGTH_BYTES = 8;
export const TRAILER_BYTES = 14;
export const END = 0xffff_ffff;

/** Reads the entries of a backup. Rejects with StoreError when it is none, or not whole: then at the end, at the latest. */
export async function* readBackup(file: string): AsyncGenerator<Entry> {
  const refuse = (what: string, cause?: unknown): StoreError => new StoreError(`file '${file}' ${what}`, { cause });
  const damaged = (): StoreError => refuse('is damaged: it is not the backup that was written');
  let left: number;
  let held: Buffer = Buffer.alloc(0);
  let checksum = 0;
  let chunks: AsyncIterator<Buffer>;
  try {
    left = (await stat(file)).size;
    chunks = createReadStream(file, { highWaterMark: 1024 * 1024 })[Symbol.asyncIterator]();
  } catch (fault) {
    throw refuse(`cannot be read: ${rootCause(fault).message}`, fault);
  }
  /** Takes bytes off the file. */
  const take = async (length: number, isChecked = true): Promise<Buffer> => {
    if (length > left) throw damaged();
    left -= length;
    const parts = [held];
    let size = held.length;
    while (size < length) {
      const { value, done } = await chunks.next().catch((fault: unknown) => {
        throw refuse(`cannot be read: ${rootCause(fault).message}`, fault);
      });
      if (done) throw damaged();
      parts.push(value);
      size += value.length;
    }
    const all = parts.length === 1 ? held : Buffer.concat(parts, size);
    const taken = all.subarray(0, length);
    held = all.subarray(length);
    if (isChecked) checksum = crc32(taken, checksum);
    return taken;
  };

  try {
    if (left < HEADER_BYTES + TRAILER_BYTES) throw refuse('is no backup of brokerql');
    const header = await take(HEADER_BYTES);
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw refuse('is no backup of brokerql');
    const [version, format] = [header.readUInt32BE(MAGIC.length), header.readUInt32BE(MAGIC.length + 4)];
    if (version !== BACKUP_VERSION || format > FORMAT) {
      throw refuse(`has format ${version}.${format}; this release reads format ${BACKUP_VERSION}.${FORMAT}`);
    }
    let entries = 0;
    for (;;) {
      const keyLength = (await take(4)).readUInt32BE();
      if (keyLength === END) break;
      const valueLength = (await take(4)).readUInt32BE();
      const bytes = await take(keyLength + valueLength);
      entries++;
      yield [bytes.subarray(0, keyLength), bytes.subarray(keyLength)];
    }
    if ((await take(6)).readUIntBE(0, 6) !== entries) throw damaged();
    const expected = checksum;
    if ((await take(4, false)).readUInt32BE() !== expected || left !== 0) throw damaged();
  } finally {
    await chunks.return?.();
  }
}
