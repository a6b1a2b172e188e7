import { crc32 } from 'node:zlib';
import type { ClassicLevel } from 'classic-level';
import type { Operation } from './level.ts';

/** Bytes that LevelDB gathers in memory, and in its log, before it writes them as a table. */
export const WRITE_BUFFER = 4 * 1024 * 1024;

/** The place of the last batch in the sequence of all batches of a database. */
export interface Place {
  /** Its number; the first batch of a database has 1. */
  readonly number: number;
  /** Digest of its operations and of the digest before. */
  readonly digest: number;
}

const PREFIX = '!seq!';
const NUMBER_BYTES = 6;
/** Number, floor, count of operations, digest, digest before, checksum. */
const RECORD_BYTES = 2 * NUMBER_BYTES + 16;
const CHECKED_BYTES = RECORD_BYTES - 4;
const ALL = { gte: Buffer.from(PREFIX), lt: Buffer.from('!seq"') } as const;
/** Bytes that LevelDB keeps in memory for an entry besides its key and value, at least. */
const ENTRY_BYTES = 26;

/** Says whether an entry belongs to the sequence: it means nothing in another database. */
export const isOfSequence = (key: Buffer): boolean => key.indexOf(PREFIX) === 0;

/** Batches are missing in front of the last one, or are not those that were written there. */
export class GapError extends Error {
  override readonly name = 'GapError';
}

const keyOf = (number: number): Buffer => {
  const key = Buffer.allocUnsafe(PREFIX.length + NUMBER_BYTES);
  key.writeUIntBE(number, key.write(PREFIX), NUMBER_BYTES);
  return key;
};

const numberOf = (key: Buffer): number => key.readUIntBE(PREFIX.length, NUMBER_BYTES);

/**
 * The sequence of batches that a database takes. LevelDB passes over what it cannot read in its log, so that batches can
 * be missing though later ones are there. Each batch therefore holds a record of its own: its number, a digest over its
 * operations that goes on from the digest before, and its `floor`: batches up to it have left the log for a table, and
 * cannot be missing. Records up to the floor are removed.
 */
export class Sequence {
  #place: Place;
  #floor: number;
  /** Number of the oldest record that may be there. */
  #oldest: number;
  /** Bytes since the last mark. */
  #bytes = 0;
  /** Numbers of the last batches behind which LevelDB had to begin another log. */
  #marks: readonly number[] = [];

  private constructor(place: Place, oldest: number) {
    this.#place = place;
    this.#floor = place.number;
    this.#oldest = oldest;
  }

  /**
   * Reads the sequence of a database that was just opened: opening moves all that its log holds into tables. Answers
   * null when there is no record. Rejects with GapError, unless gaps are taken. The tail of a log that was torn off is
   * no gap: a kill of the system, or one in the midst of a write, leaves that.
   */
  static async read(db: ClassicLevel<Buffer, Buffer>, isGapTaken = false): Promise<Sequence | null> {
    const [last] = await db.iterator({ ...ALL, reverse: true, limit: 1 }).all();
    if (last === undefined) return null;
    const [oldest = last[0]] = await db.keys({ ...ALL, limit: 1 }).all();
    const place = isGapTaken ? { number: numberOf(last[0]), digest: 0 } : await check(db, last[1]);
    return new Sequence(place, numberOf(oldest));
  }

  /** The sequence of a database that has none. */
  static begin(): Sequence {
    return new Sequence({ number: 0, digest: 0 }, 1);
  }

  get place(): Place {
    return this.#place;
  }

  /** Adds the record of the next batch to its operations. Nothing is to be added after a batch that failed. */
  stamp(operations: Operation[]): void {
    const number = this.#place.number + 1;
    const count = operations.length;
    let digest = this.#place.digest;
    for (const operation of operations) {
      digest = crc32(operation.key, digest);
      if (operation.type === 'put') digest = crc32(operation.value, digest);
    }
    const value = Buffer.allocUnsafe(RECORD_BYTES);
    let at = value.writeUIntBE(number, 0, NUMBER_BYTES);
    at = value.writeUIntBE(this.#floor, at, NUMBER_BYTES);
    at = value.writeUInt32BE(count, at);
    at = value.writeUInt32BE(digest, at);
    at = value.writeUInt32BE(this.#place.digest, at);
    value.writeUInt32BE(crc32(value.subarray(0, at)), at);
    operations.push({ type: 'put', key: keyOf(number), value });
    // Two for one, so that fewer are kept again once there were many.
    for (let i = 0; i < 2 && this.#oldest <= this.#floor; i++) {
      operations.push({ type: 'del', key: keyOf(this.#oldest++) });
    }
    for (const operation of operations) {
      this.#bytes += ENTRY_BYTES + operation.key.length + (operation.type === 'put' ? operation.value.length : 0);
    }
    this.#place = { number, digest };
    this.#mark(number);
  }

  /**
   * LevelDB begins another log no later than at the batch behind a mark, and for that has written the log before the
   * last one into a table. So what was there at a mark is in a table behind the second mark after it.
   */
  #mark(number: number): void {
    const [floor, , third] = this.#marks;
    if (floor !== undefined && third !== undefined && number > third) {
      this.#floor = Math.max(floor, this.#floor);
      this.#marks = this.#marks.slice(1);
    }
    if (this.#bytes <= WRITE_BUFFER) return;
    this.#bytes = 0;
    this.#marks = [...this.#marks, number];
  }
}

const placeOf = (record: Buffer): Place => ({
  number: record.readUIntBE(0, NUMBER_BYTES),
  digest: record.readUInt32BE(2 * NUMBER_BYTES + 4),
});

const isWhole = (record: Buffer): boolean =>
  record.length === RECORD_BYTES && record.readUInt32BE(CHECKED_BYTES) === crc32(record.subarray(0, CHECKED_BYTES));

/** Answers the last place when all batches between the floor of the last record and itself are there. */
async function check(db: ClassicLevel<Buffer, Buffer>, last: Buffer): Promise<Place> {
  if (!isWhole(last)) throw new GapError('the record of its last batch of writes cannot be read');
  const floor = last.readUIntBE(NUMBER_BYTES, NUMBER_BYTES);
  const iterator = db.values({ gte: keyOf(floor + 1), lt: ALL.lt, fillCache: false, highWaterMarkBytes: 2 ** 22 });
  let place: Place | null = null;
  let missing = 0;
  let strange = 0;
  try {
    for (;;) {
      const records = await iterator.nextv(10_000);
      if (records.length === 0) break;
      for (const record of records) {
        if (!isWhole(record)) continue;
        const found = placeOf(record);
        const gap = found.number - (place?.number ?? floor) - 1;
        missing += gap;
        if (place && gap === 0 && record.readUInt32BE(2 * NUMBER_BYTES + 8) !== place.digest) strange++;
        place = found;
      }
    }
  } finally {
    await iterator.close();
  }
  if (missing > 0) throw new GapError(`${batches(missing)} missing`);
  if (strange > 0) throw new GapError(`${batches(strange)} not what was written behind the one before`);
  return place ?? placeOf(last);
}

const batches = (count: number): string => (count === 1 ? '1 batch of writes is' : `${count} batches of writes are`);
