import type { Deferred, Writes } from './database.ts';
import { sessionKey, textKey } from './session-keys.ts';

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
  'inflight',
  'bytes',
  'dropped',
  'enqueued',
  'delivered',
  'shared',
] as const;

/** The number before which a session has no messages. */
export const headOf = (figures: Buffer): number => figures.readDoubleBE(FIGURES.indexOf('head') * 8);

type Figure = (typeof FIGURES)[number];

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
  /** Messages that are on their way. */
  inflight = 0;
  /** Bytes of the messages that wait. */
  bytes = 0;
  /** Its records are being removed. */
  isEnded = false;
  dropped = 0;
  enqueued = 0;
  delivered = 0;
  /** Messages that came by shared subscriptions. */
  shared = 0;

  constructor(clientId: string, record: SessionRecord) {
    this.id = record.id;
    this.clientId = clientId;
    this.createdAt = record.createdAt;
    this.username = record.username;
    this.ipAddress = record.ipAddress;
    this.leftAt = record.leftAt;
    this.disconnectedAt = record.disconnectedAt;
  }

  /** Messages that wait for a packet id. */
  get waiting(): number {
    return this.count - this.inflight;
  }

  read(figures: Buffer): void {
    FIGURES.forEach((name, i) => {
      this[name] = figures.readDoubleBE(i * 8);
    });
  }

  write(batch: Writes): void {
    if (this.isEnded) return;
    const figures = Buffer.allocUnsafe(FIGURES.length * 8);
    FIGURES.forEach((name, i) => {
      figures.writeDoubleBE(this[name], i * 8);
    });
    batch.put(sessionKey('figures', this.id), figures);
  }

  writeRecord(batch: Writes): void {
    if (this.isEnded) return;
    const { id, createdAt, username, ipAddress, leftAt, disconnectedAt } = this;
    const record: SessionRecord = { id, createdAt, username, ipAddress, leftAt, disconnectedAt };
    batch.put(textKey('session', this.clientId), Buffer.from(JSON.stringify(record)));
  }
}
