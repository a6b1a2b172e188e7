import { Compaction } from './compaction.ts';
import { hasRoom, type Level, type Operation, openLevel } from './level.ts';
import { GapError, type Place, Sequence } from './sequence.ts';

/** `os` survives the death of the process, `disk` a loss of power too: every batch is forced out to the disk. */
export type Durability = 'os' | 'disk';

/** What is told when writes that were under way are stored (null), or never will be (the reason). */
export type Committed = (error: Error | null) => void;

/** Something whose last state is enough to store: it is written once a batch, however often it changed meanwhile. */
export interface Deferred {
  write(batch: Writes): void;
}

/** Where writes go. */
export interface Writes {
  put(key: Buffer, value: Buffer): void;
  /** `size` is that of the value, where it is known. */
  del(key: Buffer, size?: number): void;
}

export interface Bounds {
  readonly gte: Buffer;
  readonly lt: Buffer;
  /** Entries at most; no limit unless given. */
  readonly limit?: number;
}

export type Entry = readonly [key: Buffer, value: Buffer];

/** How batches are laid out; raised when an older release could no longer read them. Format 1 had no sequence. */
export const FORMAT = 2;
const OLDEST_FORMAT = 1;
const FORMAT_KEY = Buffer.from('!meta!format');

/** The database was written in a format that this release does not know. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Milliseconds between attempts to use a database again that took no writes. */
const HEAL_INTERVAL = 1000;

/** Off peak is when so many batches at most came in so many milliseconds. */
const QUIET_INTERVAL = 5000;
const QUIET_BATCHES = 20;
/** A database that is never off peak is compacted all the same, after ten minutes. */
const MOST_BUSY_TIMES = 120;

const PROBE = Buffer.from('!meta!probe');

/** How much is read at a time. */
const STEP = 1000;
const STEP_BYTES = 256 * 1024;

const noWrites = (cause: unknown): Error => new Error('the store takes no writes', { cause });
const noReads = (cause: unknown): Error => new Error('the store cannot be read', { cause });

/**
 * One LevelDB database with group commit. What is added within one turn of the event loop is stored as a whole or not
 * at all, and in the order in which it was added: one batch is under way at a time, everything that comes meanwhile is
 * the next one.
 *
 * A batch that fails (a full disk) fails everything behind it too. The database is then opened anew until it takes
 * writes again: `onFailed` and `onHealed` tell of it. It is read until there is room for that.
 */
export class Database implements Writes {
  readonly location: string;
  onFailed: (reason: Error) => void = () => {};
  /** Awaited before writes are taken again; what is added before its end is refused. */
  onHealed: () => Promise<void> | void = () => {};
  readonly #durability: Durability;
  #db: Level;
  #sequence: Sequence;
  #operations: Operation[] = [];
  readonly #deferred = new Set<Deferred>();
  #waiting: Committed[] = [];
  #isScheduled = false;
  #isWriting = false;
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;
  #isClosed = false;
  /** Since when a batch is being written, and how long the slowest one took since that was asked last. */
  #writingSince: number | null = null;
  #slowest = 0;
  readonly #compaction = new Compaction();
  #compacting: Promise<void> | null = null;
  /** Batches since it was last asked whether these are quiet times, and how often in a row they were none. */
  #batches = 0;
  #busyTimes = 0;
  readonly #quietTimer: NodeJS.Timeout;
  #healTimer: NodeJS.Timeout | null = null;
  #healing: Promise<void> = Promise.resolve();

  private constructor(db: Level, sequence: Sequence, durability: Durability) {
    this.#db = db;
    this.location = db.location;
    this.#sequence = sequence;
    this.#durability = durability;
    this.#quietTimer = setInterval(() => this.#compactWhenQuiet(), QUIET_INTERVAL).unref();
  }

  /**
   * Opens (or makes) the database in this folder. Rejects with FormatError, with GapError when batches are missing,
   * unless gaps are taken, or with LevelDB's reason.
   */
  static async open(location: string, durability: Durability = 'os', isGapTaken = false): Promise<Database> {
    const db = await openLevel(location);
    try {
      const format = await formatOf(db);
      const sequence = await Sequence.read(db, isGapTaken);
      if (sequence === null && format === FORMAT && !isGapTaken)
        throw new GapError('all records of its batches are missing');
      const database = new Database(db, sequence ?? Sequence.begin(), durability);
      if (format === FORMAT && !isGapTaken) return database;
      database.put(FORMAT_KEY, Buffer.from(String(FORMAT)));
      await database.flush().catch(async (fault: unknown) => {
        await database.close();
        throw fault;
      });
      return database;
    } catch (fault) {
      await db.close();
      throw fault;
    }
  }

  /** Why no writes are taken; null while they are. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Where its sequence of batches stands. */
  get place(): Place {
    return this.#sequence.place;
  }

  /** Milliseconds that the slowest write took since this was asked last, one that is under way among them. */
  takeSlowest(): number {
    const underWay = this.#writingSince === null ? 0 : performance.now() - this.#writingSince;
    const slowest = Math.max(this.#slowest, underWay);
    this.#slowest = 0;
    return slowest;
  }

  put(key: Buffer, value: Buffer): void {
    this.#operations.push({ type: 'put', key, value });
    this.#schedule();
  }

  del(key: Buffer, size = 0): void {
    this.#operations.push({ type: 'del', key });
    this.#compaction.note(key, size);
    this.#schedule();
  }

  /** Asks `deferred` for its writes when the batch that is being gathered is stored. */
  defer(deferred: Deferred): void {
    this.#deferred.add(deferred);
    this.#schedule();
  }

  /** Calls back, in the order of the calls, when everything that was added before is stored. */
  committed(done: Committed): void {
    this.#waiting.push(done);
    this.#schedule();
  }

  /** Resolves when everything that was added before is stored. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => this.committed((error) => (error ? reject(error) : resolve())));
  }

  async get(key: Buffer): Promise<Buffer | undefined> {
    return this.#db.get(key).catch((fault: unknown) => Promise.reject(noReads(fault)));
  }

  /** The entries in these bounds, in the order of their keys. */
  async entries(bounds: Bounds): Promise<Entry[]> {
    return this.#iterator(bounds)
      .all()
      .catch((fault: unknown) => Promise.reject(noReads(fault)));
  }

  /** Walks the entries in these bounds as they were when the walk began, holding few of them at a time. */
  async *walk(bounds: Bounds): AsyncGenerator<Entry> {
    const iterator = this.#iterator(bounds);
    try {
      for (;;) {
        const entries = await iterator.nextv(STEP).catch((fault: unknown) => Promise.reject(noReads(fault)));
        if (entries.length === 0) return;
        yield* entries;
      }
    } finally {
      await iterator.close();
    }
  }

  #iterator({ gte, lt, limit = -1 }: Bounds) {
    try {
      return this.#db.iterator({ gte, lt, limit, highWaterMarkBytes: STEP_BYTES });
    } catch (fault) {
      throw noReads(fault);
    }
  }

  /** Stores what was added, and lets go of the folder; a second call waits for the same end. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.flush().catch(() => {});
    this.#isClosed = true;
    clearInterval(this.#quietTimer);
    if (this.#healTimer) clearTimeout(this.#healTimer);
    await this.#healing;
    await this.#compacting;
    await this.#db.close();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    // Behind everything that this turn of the event loop still adds.
    process.nextTick(() => {
      this.#isScheduled = false;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    for (const deferred of this.#deferred) deferred.write(this);
    this.#deferred.clear();
    const operations = this.#operations;
    const waiting = this.#waiting;
    this.#operations = [];
    this.#waiting = [];
    let error = this.#isClosed ? noWrites(new Error('it is closed')) : this.#failure;
    if (!error && operations.length > 0) {
      try {
        await this.#store(operations, this.#durability === 'disk');
      } catch (fault) {
        error = noWrites(fault);
        this.#fail(error);
      }
    }
    this.#isWriting = false;
    for (const done of waiting) done(error);
    if (this.#operations.length > 0 || this.#waiting.length > 0 || this.#deferred.size > 0) this.#schedule();
  }

  async #store(operations: Operation[], sync: boolean): Promise<void> {
    this.#batches++;
    this.#sequence.stamp(operations);
    this.#writingSince = performance.now();
    try {
      await this.#db.writeBytes(operations, sync);
    } finally {
      this.#slowest = Math.max(this.#slowest, performance.now() - this.#writingSince);
      this.#writingSince = null;
    }
  }

  #compactWhenQuiet(): void {
    const isQuiet = this.#batches <= QUIET_BATCHES || ++this.#busyTimes >= MOST_BUSY_TIMES;
    this.#batches = 0;
    if (!isQuiet || this.#compacting || this.#failure) return;
    this.#busyTimes = 0;
    // A compaction that fails is one that the next one makes up for; a full disk shows at the next write.
    this.#compacting = this.#compaction
      .run(this.#db, () => !this.#isClosed && !this.#failure)
      .catch(() => {})
      .finally(() => {
        this.#compacting = null;
      });
  }

  #fail(error: Error): void {
    if (this.#failure || this.#isClosed) return;
    this.#failure = error;
    this.onFailed(error);
    this.#healLater();
  }

  /** Refuses what was added while no writes were taken: it may build upon what was lost. */
  #discard(): void {
    const waiting = this.#waiting;
    this.#operations = [];
    this.#waiting = [];
    this.#deferred.clear();
    for (const done of waiting) done(this.#failure);
  }

  #healLater(): void {
    this.#healTimer = setTimeout(() => {
      this.#healing = this.#heal();
    }, HEAL_INTERVAL).unref();
  }

  /** LevelDB takes no writes after one that failed until it is opened anew. */
  async #heal(): Promise<void> {
    try {
      if (!(await hasRoom(this.location))) throw new Error('the file system is full');
      await this.#compacting;
      await this.#db.close();
      this.#db = await openLevel(this.location);
      // The batch that failed may be there, whole, or not.
      this.#sequence = (await Sequence.read(this.#db)) ?? Sequence.begin();
      await this.#store([{ type: 'put', key: PROBE, value: Buffer.from(String(Date.now())) }], true);
      await this.onHealed();
      this.#discard();
      this.#failure = null;
    } catch (fault) {
      this.#failure = noWrites(fault);
      if (!this.#isClosed) this.#healLater();
    }
  }
}

/** Answers the format of a database, or null when it is new. */
async function formatOf(db: Level): Promise<number | null> {
  const text = await db.get(FORMAT_KEY);
  if (text === undefined) return null;
  const format = Number(text.toString());
  if (format >= OLDEST_FORMAT && format <= FORMAT) return format;
  throw new FormatError(`has format ${text.toString()}; this release reads formats ${OLDEST_FORMAT} to ${FORMAT}`);
}
