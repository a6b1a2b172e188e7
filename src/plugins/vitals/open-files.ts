import { readdir, stat } from 'node:fs/promises';

const FOLDER = '/proc/self/fd';

/** File descriptors of this process, sockets among them; 0 where the system does not tell. */
export async function openFiles(): Promise<number> {
  try {
    // Linux before 6.2 has no size for it. A list of a hundred thousand names is much slower.
    const { size } = await stat(FOLDER);
    return size || (await readdir(FOLDER)).length;
  } catch {
    return 0;
  }
}
