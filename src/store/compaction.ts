import type { Level } from './level.ts';

/** Removals that are worth a compaction: so many keys, or so many bytes. */
const MANY_KEYS = 20_000;
const MANY_BYTES = 16 * 1024 * 1024;
/** Bytes that are compacted at once: less than a second of work. */
const SLICE = 64 * 1024 * 1024;
/** The share of a range that has to be removed before the rest is worth writing anew. */
const SHARE = 1 / 8;
const MIDDLE_BYTES = 6;

interface Removed {
  keys: number;
  bytes: number;
  first: Buffer;
  last: Buffer;
}

/**
 * Gives the space of removed entries back to the file system, which LevelDB itself does only where it writes again. It
 * counts what is removed, by the first byte of the keys.
 */
export class Compaction {
  readonly #removed = new Map<number | undefined, Removed>();

  /** Notes a removal; `size` is that of the value, 0 when it is not known. */
  note(key: Buffer, size: number): void {
    const removed = this.#removed.get(key[0]);
    if (!removed) {
      this.#removed.set(key[0], { keys: 1, bytes: key.length + size, first: key, last: key });
      return;
    }
    removed.keys++;
    removed.bytes += key.length + size;
    if (key.compare(removed.first) < 0) removed.first = key;
    else if (key.compare(removed.last) > 0) removed.last = key;
  }

  /** Compacts where many were removed, as long as `mayGoOn`. */
  async run(db: Level, mayGoOn: () => boolean): Promise<void> {
    for (const [kind, { keys, bytes, first, last }] of this.#removed) {
      if (keys < MANY_KEYS && bytes < MANY_BYTES) continue;
      const end = Buffer.concat([last, Buffer.of(0)]);
      // Less is counted on: bit by bit it comes to as much.
      if (bytes < SHARE * (await db.approximateSize(first, end))) continue;
      this.#removed.delete(kind);
      for await (const [from, to] of slices(db, first, end)) {
        if (!mayGoOn()) return;
        await db.compactRange(from, to);
      }
    }
  }
}

/** Cuts a range of keys into pieces that take up to `SLICE` bytes each. */
async function* slices(db: Level, from: Buffer, to: Buffer): AsyncGenerator<readonly [Buffer, Buffer]> {
  const cut = (await db.approximateSize(from, to)) > SLICE ? middle(from, to) : null;
  if (cut === null) {
    yield [from, to];
    return;
  }
  yield* slices(db, from, cut);
  yield* slices(db, cut, to);
}

/** Answers a key halfway between two; null when they are too close to each other. */
function middle(from: Buffer, to: Buffer): Buffer | null {
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  const numberIn = (key: Buffer): number => {
    const bytes = Buffer.alloc(MIDDLE_BYTES);
    key.copy(bytes, 0, same);
    return bytes.readUIntBE(0, MIDDLE_BYTES);
  };
  const half = Math.floor((numberIn(from) + numberIn(to)) / 2);
  if (half <= numberIn(from)) return null;
  const key = Buffer.alloc(same + MIDDLE_BYTES);
  from.copy(key, 0, 0, same);
  key.writeUIntBE(half, same, MIDDLE_BYTES);
  return key;
}
