import { decodeMessage, type StoredMessage } from './message-codec.ts';

/** Messages of one record, and bytes of them, at most; a message may be larger by itself. */
export const MOST_MESSAGES = 1024;
const MOST_BYTES = 256 * 1024;

const LENGTH_BYTES = 4;

/**
 * Messages that a session got within one batch: one record, whose key is the number of the first. It is removed when
 * nobody needs any of them.
 */
export class Chunk {
  readonly first: number;
  /** How many of its messages wait or are on their way. */
  remaining = 0;
  /** Bytes of the record. */
  size = 0;
  /** The encoded messages until they are written. */
  #parts: Buffer[] | null = [];

  constructor(first: number) {
    this.first = first;
  }

  /** Whether its record is written, or about to be. */
  get isWritten(): boolean {
    return this.#parts === null;
  }

  /** Whether another message may join it. */
  takes(length: number): boolean {
    const count = this.#parts?.length ?? MOST_MESSAGES;
    return count < MOST_MESSAGES && (count === 0 || this.size + length <= MOST_BYTES);
  }

  add(message: Buffer): void {
    this.#parts?.push(message);
    this.size += LENGTH_BYTES + message.length;
    this.remaining++;
  }

  /** The record; to be taken once. */
  take(): Buffer {
    const record = Buffer.allocUnsafe(this.size);
    let at = 0;
    for (const part of this.#parts ?? []) {
      at = record.writeUInt32BE(part.length, at);
      at += part.copy(record, at);
    }
    this.#parts = null;
    return record;
  }

  /** A chunk whose record was read; `remaining` is for the reader to count. */
  static ofRecord(first: number, size: number): Chunk {
    const chunk = new Chunk(first);
    chunk.size = size;
    chunk.#parts = null;
    return chunk;
  }
}

/** A message of a record. */
export interface ReadMessage {
  readonly seq: number;
  readonly message: StoredMessage;
  readonly share: string;
  readonly size: number;
}

/** Reads the messages of a record, the first of which has the number `first`. Throws when the record is not whole. */
export function readChunk(first: number, record: Buffer): ReadMessage[] {
  const messages: ReadMessage[] = [];
  for (let at = 0; at < record.length; ) {
    const size = record.readUInt32BE(at);
    const end = at + LENGTH_BYTES + size;
    if (end > record.length) throw new RangeError('a message is cut off');
    const { message, note } = decodeMessage(record.subarray(at + LENGTH_BYTES, end));
    messages.push({ seq: first + messages.length, message, share: note, size });
    at = end;
  }
  return messages;
}
