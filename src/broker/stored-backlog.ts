import { Fifo } from '../fifo.ts';
import type { Chunk } from '../store/chunk.ts';
import type { QueuedMessage, SessionStore } from '../store/session-store.ts';
import type { StoredSession } from '../store/stored-session.ts';
import { apart } from './outbox.ts';

/** Messages that are held in memory, and how few of them make it read on. */
const HELD = 512;
const HELD_BYTES = 1024 * 1024;
const LOW = 64;

/**
 * What waits for the client of a persistent session: all of it is in the store, and while the client is connected the
 * beginning is in memory too, read ahead of being sent.
 */
export class StoredBacklog {
  readonly #store: SessionStore;
  readonly #stored: StoredSession;
  readonly #inMemory = new Fifo<QueuedMessage>();
  /** Waiting messages before this number are in memory; the others only in the store. */
  #loadedTo = 1;
  /** Records of messages in memory, by the numbers of their first ones: there is one account of each. */
  readonly #chunks = new Map<number, Chunk>();
  /** What came while the store was read, as long as it is all of it. */
  #fresh: QueuedMessage[] | null = null;
  #isOpen = false;
  #isBusy = false;
  /** Which connection it is open for. */
  #turn = 0;

  constructor(store: SessionStore, stored: StoredSession) {
    this.#store = store;
    this.#stored = stored;
  }

  take(): QueuedMessage | undefined {
    return this.#inMemory.take();
  }

  /** Whether nothing waits before a message that was just added. */
  isBefore({ seq }: QueuedMessage): boolean {
    return this.#inMemory.length === 0 && this.#loadedTo === seq;
  }

  /** Keeps a message that was just added in memory, where there is room and nothing between that is not. */
  add(added: QueuedMessage): void {
    if (!this.#isOpen) return;
    this.know(added);
    if (this.#loadedTo === added.seq && this.#inMemory.length < HELD) {
      this.#inMemory.add(apart(added));
      this.#loadedTo++;
    } else if (this.#fresh && this.#fresh.length < HELD) this.#fresh.push(apart(added));
    else this.#fresh = null;
  }

  /** Everything before the session's `next` has left the backlog. */
  skip(): void {
    this.#loadedTo = Math.max(this.#loadedTo, this.#stored.next);
  }

  /** Remembers the record of a message that is in memory. */
  know({ chunk }: QueuedMessage): void {
    if (chunk) this.#chunks.set(chunk.first, chunk);
  }

  /** Nobody needs a message of this record any more. */
  forget(chunk: Chunk | null): void {
    this.#store.finish(this.#stored, chunk);
    if (chunk?.remaining === 0) this.#chunks.delete(chunk.first);
  }

  /** Reads messages from a number on, those on their way too. */
  read(from: number, limit = HELD): Promise<QueuedMessage[]> {
    return this.#store.queued(this.#stored, from, limit, HELD_BYTES, this.#chunks);
  }

  /** A client is connected, and what was `read` of its messages may wait. */
  open(read: Iterable<QueuedMessage>): void {
    this.#isOpen = true;
    this.#loadedTo = this.#stored.next;
    for (const queued of read) this.#hold(queued);
  }

  /** The client is gone. */
  close(): void {
    this.#isOpen = false;
    this.#turn++;
    this.#inMemory.clear();
    this.#chunks.clear();
    this.#fresh = null;
    this.#loadedTo = this.#stored.next;
  }

  #hold(queued: QueuedMessage): void {
    if (queued.seq < this.#loadedTo || queued.seq < this.#stored.next) return;
    this.know(queued);
    this.#inMemory.add(queued);
    this.#loadedTo = queued.seq + 1;
  }

  /** Whether it should read on. */
  get isLow(): boolean {
    const isMissing = this.#loadedTo < this.#stored.tail;
    return this.#isOpen && !this.#isBusy && isMissing && this.#inMemory.length <= LOW;
  }

  /** Reads on, for nobody when the client goes meanwhile; rejects when the store cannot be read. */
  async load(): Promise<void> {
    const turn = this.#turn;
    const { tail } = this.#stored;
    this.#isBusy = true;
    this.#fresh = [];
    try {
      await this.#store.database.flush();
      const read = await this.read(this.#loadedTo);
      if (turn !== this.#turn) return;
      for (const queued of read) this.#hold(queued);
      // Whatever was not found was dropped meanwhile.
      if (read.length === 0) this.#loadedTo = Math.max(this.#loadedTo, tail);
      if (this.#loadedTo >= tail && this.#fresh) for (const queued of this.#fresh) this.#hold(queued);
    } finally {
      if (turn === this.#turn) this.#fresh = null;
      this.#isBusy = false;
    }
  }

  /** Accounts for what was dropped unread while no client is connected; rejects when the store cannot be read. */
  async sweep(): Promise<void> {
    while (this.#stored.unswept > 0 && !this.#isOpen) {
      const end = this.#stored.next;
      await this.#store.database.flush();
      await this.#store.sweepDropped(this.#stored, end, HELD_BYTES);
    }
  }

  /**
   * Drops the oldest of what waits only in the store, as long as there is too much: `excess` answers how many messages at
   * least, or 0 when there is not. Does nothing while it reads on, and rejects when the store cannot be read.
   */
  async trim(excess: () => number, drop: (queued: QueuedMessage) => void): Promise<void> {
    if (this.#isBusy) return;
    const turn = this.#turn;
    this.#isBusy = true;
    try {
      await this.#store.database.flush();
      while (excess() > 0 && this.#inMemory.length === 0) {
        const read = await this.read(this.#stored.next, Math.min(HELD, excess()));
        // A client that left meanwhile gave messages back that stand before these.
        if (read.length === 0 || turn !== this.#turn) return;
        for (const queued of read) {
          if (excess() === 0 || this.#inMemory.length > 0) return;
          if (queued.seq >= this.#stored.next) drop(queued);
        }
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
