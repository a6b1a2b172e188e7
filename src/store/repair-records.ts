import { readChunk } from './chunk.ts';
import type { Database } from './database.ts';
import { decodeMessage, encodeMessage } from './message-codec.ts';
import { isOfSequence } from './sequence.ts';
import { kindBounds, NUMBER_BYTES, numberOf, sessionBounds, sessionOf, textOf } from './session-keys.ts';
import { type SessionRecord, StoredSession } from './stored-session.ts';

/** What became of the records of a database. */
export interface RepairedRecords {
  /** How many records were removed because they could not be read, or what they belong to is lost; by noun. */
  readonly removed: ReadonlyMap<string, number>;
  /** How many sessions had figures other than those of their messages. */
  readonly recounted: number;
  /** How many records are there now, by noun. */
  readonly kept: ReadonlyMap<string, number>;
}

const NOUNS = {
  session: 'sessions',
  subscription: 'subscriptions',
  queued: 'records of queued messages',
  incoming: 'incoming QoS 2 messages',
  retained: 'retained messages',
  will: 'wills',
  delayed: 'delayed messages',
} as const;

const ON_THEIR_WAY = 'messages on their way';

const KEY_SPACES = { gte: Buffer.from('!'), lt: Buffer.from('"') } as const;

/** Records that are removed in one batch. */
const BATCH = 1000;

/** Removes the records of a database that are not whole, and makes the figures of sessions those of their messages. */
export async function repairRecords(database: Database): Promise<RepairedRecords> {
  const removed = new Map<string, number>();
  const kept = new Map<string, number>();
  let pending = 0;
  let recounted = 0;

  const keep = (noun: string): void => void kept.set(noun, (kept.get(noun) ?? 0) + 1);
  const remove = async (noun: string, key: Buffer): Promise<void> => {
    removed.set(noun, (removed.get(noun) ?? 0) + 1);
    database.del(key);
    if (++pending % BATCH === 0) await database.flush();
  };
  /** Removes the records of a kind that are not whole; a fault in reading one is the sign. */
  const sift = async (kind: keyof typeof NOUNS, isWhole: (key: Buffer, value: Buffer) => boolean): Promise<void> => {
    const noun = NOUNS[kind];
    for await (const [key, value] of database.walk(kindBounds(kind))) {
      if (holds(() => isWhole(key, value))) keep(noun);
      else await remove(noun, key);
    }
  };

  for await (const [key, value] of database.walk(KEY_SPACES)) {
    if (isOfSequence(key)) continue;
    const noun = `records of '${key.toString().split('!')[1]}'`;
    if (holds(() => JSON.parse(value.toString()) !== null)) keep(noun);
    else await remove(noun, key);
  }

  const sessions = new Map<number, StoredSession>();
  await sift('session', (key, value) => {
    const record = JSON.parse(value.toString()) as SessionRecord;
    if (!Number.isSafeInteger(record.id) || sessions.has(record.id)) return false;
    sessions.set(record.id, new StoredSession(textOf(key), record));
    return true;
  });
  const isEnded = new Set<number>();
  for await (const [key] of database.walk(kindBounds('ended'))) isEnded.add(sessionOf(key));
  const isOwned = (key: Buffer): boolean => sessions.has(sessionOf(key)) || isEnded.has(sessionOf(key));

  const numbered = 1 + 2 * NUMBER_BYTES;
  await sift('subscription', (key, value) => isOwned(key) && value.length === 1 && Number(value[0]) <= 2);
  await sift('queued', (key, value) => {
    return key.length === numbered && isOwned(key) && readChunk(numberOf(key), value).length > 0;
  });
  await sift('incoming', (key) => key.length === numbered && isOwned(key));
  await sift('retained', (key, value) => isMessage(value) && decodeMessage(value).message.topic === textOf(key));
  await sift('delayed', (key, value) => key.length === numbered && isMessage(value));
  await sift('will', (_, value) => isMessage(value) && Array.isArray(JSON.parse(decodeMessage(value).note)));
  await database.flush();

  for await (const [key, value] of database.walk(kindBounds('figures'))) {
    const session = sessions.get(sessionOf(key));
    if (session) holds(() => session.read(value) === undefined);
    else if (!isEnded.has(sessionOf(key))) await remove('figures of sessions', key);
  }
  for (const session of sessions.values()) {
    const { astray, hasChanged } = await recount(database, session);
    if (astray > 0) removed.set(ON_THEIR_WAY, (removed.get(ON_THEIR_WAY) ?? 0) + astray);
    if (hasChanged) recounted++;
    if (session.inflight > 0) kept.set(ON_THEIR_WAY, (kept.get(ON_THEIR_WAY) ?? 0) + session.inflight);
    database.defer(session);
  }
  await database.flush();
  return { removed, recounted, kept };
}

function holds(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}

function isMessage(value: Buffer): boolean {
  const { message, note } = decodeMessage(value);
  return encodeMessage(message, note).equals(value);
}

/**
 * Makes the figures of a session those of its messages. Answers how many were on their way and cannot be, because their
 * message is lost. Without figures nobody knows which messages were delivered: all of them wait again.
 */
async function recount(database: Database, session: StoredSession): Promise<{ astray: number; hasChanged: boolean }> {
  const { count, bytes, shared, head, tail } = session;
  const found = new Set<number>();
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let waiting = 0;
  session.bytes = 0;
  session.shared = 0;
  for await (const [key, value] of database.walk(sessionBounds('queued', session.id))) {
    for (const { seq, size, share } of readChunk(numberOf(key), value)) {
      last = Math.max(last, seq);
      if (!session.isNeeded(seq)) continue;
      found.add(seq);
      first = Math.min(first, seq);
      if (share !== '') session.shared++;
      if (seq < session.next) continue;
      waiting++;
      session.bytes += size;
    }
  }
  let astray = 0;
  for (const [seq, { isReleased }] of [...session.sent]) {
    if (isReleased || found.has(seq)) first = Math.min(first, seq);
    else {
      session.sent.delete(seq);
      astray++;
    }
  }
  session.count = waiting + session.inflight;
  session.unswept = 0;
  session.tail = Math.max(tail, last + 1);
  session.head = Math.min(first, session.next);
  const hasChanged =
    astray > 0 ||
    count !== session.count ||
    bytes !== session.bytes ||
    shared !== session.shared ||
    head > session.head ||
    tail < session.tail;
  return { astray, hasChanged };
}
