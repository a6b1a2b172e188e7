import { Chunk } from './chunk.ts';
import type { Deferred, Writes } from './database.ts';
import { NUMBER_BYTES, numberKey, sessionKey, textKey } from './session-keys.ts';

/** The record of a persistent session, apart from its figures. */
export interface SessionRecord {
  /** Number that names the session in keys; no two sessions of a store share one. */
  readonly id: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly username: string | null;
  /** Address of its last connection. */
  readonly ipAddress: string | null;
  /** When its client left, by the clock of the store; null while connected. */
  readonly leftAt: number | null;
  /** When its client left, in epoch milliseconds; null while connected. */
  readonly disconnectedAt: number | null;
}

const FIGURES = [
  'tail',
  'next',
  'head',
  'count',
  'bytes',
  'dropped',
  'enqueued',
  'delivered',
  'shared',
  'unswept',
] as const;

/** The number before which a session has no messages. */
export const headOf = (figures: Buffer): number => figures.readDoubleBE(FIGURES.indexOf('head') * 8);

type Figure = (typeof FIGURES)[number];

/** A message on its way: `isReleased` once its PUBREC came, when only a PUBREL is owed. */
export interface InflightMessage {
  readonly seq: number;
  readonly packetId: number;
  readonly isReleased: boolean;
}

/** Bytes of a message on its way: its number, its packet id, and whether it is released. */
const INFLIGHT_BYTES = NUMBER_BYTES + 3;

/**
 * A persistent session as the store keeps it. Its messages are numbered in the order of their arrival: those from
 * `head` on may be there, those before `next` have a packet id, `tail` is the number of the next one.
 */
export class StoredSession implements Deferred, Record<Figure, number> {
  readonly id: number;
  readonly clientId: string;
  readonly createdAt: number;
  username: string | null;
  ipAddress: string | null;
  leftAt: number | null;
  disconnectedAt: number | null;

  tail = 1;
  next = 1;
  head = 1;
  /** Messages that wait or are on their way. */
  count = 0;
  /** Messages that are on their way, by their numbers, in the order of sending. */
  readonly sent = new Map<number, InflightMessage>();
  /** Bytes of the messages that wait. */
  bytes = 0;
  /** Its records are being removed. */
  isEnded = false;
  dropped = 0;
  enqueued = 0;
  delivered = 0;
  /** Messages that came by shared subscriptions. */
  shared = 0;
  /** Messages from this number up to `next` were dropped unread, and are still in `bytes` and `shared`; 0 when none are. */
  unswept = 0;

  constructor(clientId: string, record: SessionRecord) {
    this.id = record.id;
    this.clientId = clientId;
    this.createdAt = record.createdAt;
    this.username = record.username;
    this.ipAddress = record.ipAddress;
    this.leftAt = record.leftAt;
    this.disconnectedAt = record.disconnectedAt;
  }

  /** What came since the last batch. */
  #gathered: Chunk[] = [];

  /** Takes a message, as bytes, behind all others; answers where it is kept. */
  gather(message: Buffer): Chunk {
    let chunk = this.#gathered.at(-1);
    if (!chunk?.takes(message.length)) {
      chunk = new Chunk(this.tail);
      this.#gathered.push(chunk);
    }
    chunk.add(message);
    this.tail++;
    this.count++;
    this.bytes += message.length;
    return chunk;
  }

  /** Whether a message of this number still waits, or is on its way and was not received. */
  isNeeded(seq: number): boolean {
    return seq >= this.next || this.sent.get(seq)?.isReleased === false;
  }

  /** How many messages are on their way. */
  get inflight(): number {
    return this.sent.size;
  }

  /** Messages that wait for a packet id. */
  get waiting(): number {
    return this.count - this.inflight;
  }

  /** Reads what `write` wrote: figures as doubles, and behind them the messages on their way. */
  read(record: Buffer): void {
    FIGURES.forEach((name, i) => {
      this[name] = record.readDoubleBE(i * 8);
    });
    this.sent.clear();
    for (let at = FIGURES.length * 8; at < record.length; at += INFLIGHT_BYTES) {
      const seq = record.readUIntBE(at, NUMBER_BYTES);
      const packetId = record.readUInt16BE(at + NUMBER_BYTES);
      this.sent.set(seq, { seq, packetId, isReleased: record.readUInt8(at + NUMBER_BYTES + 2) === 1 });
    }
  }

  write(batch: Writes): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    if (this.isEnded) return;
    for (const chunk of gathered) {
      if (chunk.remaining > 0) batch.put(numberKey('queued', this.id, chunk.first), chunk.take());
    }
    const record = Buffer.allocUnsafe(FIGURES.length * 8 + this.sent.size * INFLIGHT_BYTES);
    let at = 0;
    for (const name of FIGURES) at = record.writeDoubleBE(this[name], at);
    for (const { seq, packetId, isReleased } of this.sent.values()) {
      at = record.writeUIntBE(seq, at, NUMBER_BYTES);
      at = record.writeUInt16BE(packetId, at);
      at = record.writeUInt8(isReleased ? 1 : 0, at);
    }
    batch.put(sessionKey('figures', this.id), record);
  }

  writeRecord(batch: Writes): void {
    if (this.isEnded) return;
    const { id, createdAt, username, ipAddress, leftAt, disconnectedAt } = this;
    const record: SessionRecord = { id, createdAt, username, ipAddress, leftAt, disconnectedAt };
    batch.put(textKey('session', this.clientId), Buffer.from(JSON.stringify(record)));
  }
}
