import { ClassicLevel } from 'classic-level';

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
  del(key: Buffer): void;
}

export interface Bounds {
  readonly gte: Buffer;
  readonly lt: Buffer;
  /** Entries at most; no limit unless given. */
  readonly limit?: number;
}

export type Entry = readonly [key: Buffer, value: Buffer];

type Operation = { type: 'put'; key: Buffer; value: Buffer } | { type: 'del'; key: Buffer };

/** Milliseconds between attempts to use a database again that took no writes. */
const HEAL_INTERVAL = 1000;

/** How much a walk holds at a time. */
const STEP = 1000;
const STEP_BYTES = 256 * 1024;

const PROBE = Buffer.from('!meta!probe');

const noWrites = (cause: unknown): Error => new Error('the store takes no writes', { cause });

/**
 * One LevelDB database with group commit. What is added within one turn of the event loop is stored as a whole or not
 * at all, and in the order in which it was added: one batch is under way at a time, everything that comes meanwhile is
 * the next one.
 *
 * A batch that fails (a full disk) fails everything behind it too. The database is then opened anew until it takes
 * writes again: `onFailed` and `onHealed` tell of it.
 */
export class Database implements Writes {
  readonly location: string;
  onFailed: (reason: Error) => void = () => {};
  /** Awaited before writes are taken again. */
  onHealed: () => Promise<void> | void = () => {};
  readonly #durability: Durability;
  #db: ClassicLevel<Buffer, Buffer>;
  #operations: Operation[] = [];
  readonly #deferred = new Set<Deferred>();
  #waiting: Committed[] = [];
  #isScheduled = false;
  #isWriting = false;
  #failure: Error | null = null;
  #isClosed = false;
  #healTimer: NodeJS.Timeout | null = null;
  #healing: Promise<void> = Promise.resolve();

  private constructor(db: ClassicLevel<Buffer, Buffer>, durability: Durability) {
    this.#db = db;
    this.location = db.location;
    this.#durability = durability;
  }

  /** Opens (or makes) the database in this folder. Rejects with LevelDB's reason. */
  static async open(location: string, durability: Durability): Promise<Database> {
    return new Database(await openLevel(location), durability);
  }

  /** Why no writes are taken; null while they are. */
  get failure(): Error | null {
    return this.#failure;
  }

  put(key: Buffer, value: Buffer): void {
    this.#operations.push({ type: 'put', key, value });
    this.#schedule();
  }

  del(key: Buffer): void {
    this.#operations.push({ type: 'del', key });
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

  get(key: Buffer): Promise<Buffer | undefined> {
    return this.#db.get(key);
  }

  /** The entries in these bounds, in the order of their keys. */
  entries({ gte, lt, limit = -1 }: Bounds): Promise<Entry[]> {
    return this.#db.iterator({ gte, lt, limit }).all();
  }

  /** Walks the entries in these bounds as they were when the walk began, holding few of them at a time. */
  async *walk({ gte, lt, limit = -1 }: Bounds): AsyncGenerator<Entry> {
    const iterator = this.#db.iterator({ gte, lt, limit, highWaterMarkBytes: STEP_BYTES });
    try {
      for (;;) {
        const entries = await iterator.nextv(STEP);
        if (entries.length === 0) return;
        yield* entries;
      }
    } finally {
      await iterator.close();
    }
  }

  /** Gives space of removed entries in these bounds back to the file system. */
  compact({ gte, lt }: Bounds): Promise<void> {
    return this.#db.compactRange(gte, lt);
  }

  /** Stores what was added, and lets go of the folder. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.flush().catch(() => {});
    this.#isClosed = true;
    if (this.#healTimer) clearTimeout(this.#healTimer);
    await this.#healing;
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
    for (const deferred of this.#deferred) deferred.write(this);
    this.#deferred.clear();
    const operations = this.#operations;
    const waiting = this.#waiting;
    this.#operations = [];
    this.#waiting = [];
    this.#isScheduled = false;
    if (operations.length === 0 && waiting.length === 0) return;
    this.#isWriting = true;
    let error = this.#isClosed ? noWrites(new Error('it is closed')) : this.#failure;
    if (!error && operations.length > 0) {
      try {
        await this.#db.batch(operations, { sync: this.#durability === 'disk' });
      } catch (fault) {
        error = noWrites(fault);
        this.#fail(error);
      }
    }
    this.#isWriting = false;
    for (const done of waiting) done(error);
    if (this.#operations.length > 0 || this.#waiting.length > 0 || this.#deferred.size > 0) this.#schedule();
  }

  #fail(error: Error): void {
    if (this.#failure || this.#isClosed) return;
    this.#failure = error;
    this.onFailed(error);
    this.#healLater();
  }

  #healLater(): void {
    this.#healTimer = setTimeout(() => {
      this.#healing = this.#heal();
    }, HEAL_INTERVAL).unref();
  }

  /** LevelDB takes no writes after one that failed until it is opened anew. */
  async #heal(): Promise<void> {
    try {
      await this.#db.close();
      this.#db = await openLevel(this.location);
      await this.#db.batch([{ type: 'put', key: PROBE, value: Buffer.from(String(Date.now())) }], { sync: true });
      this.#failure = null;
      await this.onHealed();
    } catch (fault) {
      this.#failure = noWrites(fault);
      if (!this.#isClosed) this.#healLater();
    }
  }
}

async function openLevel(location: string): Promise<ClassicLevel<Buffer, Buffer>> {
  const db = new ClassicLevel<Buffer, Buffer>(location, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  await db.open();
  return db;
}
