import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes of a file of keys or certificates. */
const MOST_OF_PEM = 1024 * 1024;

export interface PlainFile {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

/**
 * Reads a file whose path somebody chose, at most so many bytes of it; null when it is not there. Throws an Error whose
 * message finishes the sentence "it cannot be used: …", also for a pipe or a device, which might never end.
 */
export async function readPlainFile(path: string, most: number): Promise<PlainFile | null> {
  let file: FileHandle;
  try {
    // Does not wait for whoever writes to a pipe.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is no plain file');
    return { bytes: await bytesOf(file, most), stats };
  } finally {
    await file.close();
  }
}

/** The text of a file of PEM. Throws an Error with a sentence that names it. */
export async function readPem(path: string): Promise<string> {
  let file: PlainFile | null;
  try {
    file = await readPlainFile(path, MOST_OF_PEM);
  } catch (fault) {
    throw new Error(`the file '${path}' cannot be used: ${(fault as Error).message}`);
  }
  if (!file) throw new Error(`the file '${path}' is not there`);
  return file.bytes.toString();
}

async function bytesOf(file: FileHandle, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not by its size: it may be written to at the same time.
  for await (const chunk of file.createReadStream({ autoClose: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > most) throw new Error(`it has more than ${most} bytes`);
  }
  return Buffer.concat(chunks);
}
