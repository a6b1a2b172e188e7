import type { Database } from './database.ts';
import { decodeMessage, encodeMessage, type StoredMessage } from './message-codec.ts';
import { kindBounds, numberKey, numberOf, sessionOf } from './session-keys.ts';
import { unreadable } from './store-error.ts';

/** A message that is to be published later, as it is stored. */
export interface DelayedRecord {
  /** Epoch milliseconds, whole ones. */
  readonly dueAt: number;
  /** With `dueAt` it is this message's alone; of those that are due at once, the lower one came first. */
  readonly seq: number;
  /** With the topic that it will be published to. */
  readonly message: StoredMessage;
  /** The user name of its publisher. */
  readonly username: string | null;
}

/** Messages that are to be published later, in a database. What is changed joins the batch that it gathers. */
export class DelayedRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put({ dueAt, seq, message, username }: DelayedRecord): void {
    this.#database.put(numberKey('delayed', dueAt, seq), encodeMessage(message, username ?? ''));
  }

  delete({ dueAt, seq }: Pick<DelayedRecord, 'dueAt' | 'seq'>, size: number): void {
    this.#database.del(numberKey('delayed', dueAt, seq), size);
  }

  /** All of them, in the order in which they are due. Rejects with StoreError when records are damaged. */
  async *all(): AsyncGenerator<DelayedRecord> {
    try {
      for await (const [key, value] of this.#database.walk(kindBounds('delayed'))) {
        const { message, note } = decodeMessage(value);
        yield { dueAt: sessionOf(key), seq: numberOf(key), message, username: note === '' ? null : note };
      }
    } catch (fault) {
      throw unreadable(this.#database.location, fault);
    }
  }
}
