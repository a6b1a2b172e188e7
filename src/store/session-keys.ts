import type { Bounds } from './database.ts';

/**
 * Keys of what sessions keep. The first byte names the kind, none of which is the `!` of key-spaces; numbers are
 * big-endian with six bytes, so that the order of the keys is that of the numbers.
 */
const KINDS = {
  /** Client id → record of the session. */
  session: 's',
  /** Session, topic filter → granted QoS. */
  subscription: 'u',
  /** Session → figures of its queue, and its messages on their way. */
  figures: 'c',
  /** Session, number of the first of them → messages. */
  queued: 'q',
  /** Session, packet id → an incoming QoS 2 message that waits for PUBREL. */
  incoming: 'r',
  /** Topic → retained message. */
  retained: 't',
  /** Client id → will. */
  will: 'w',
  /** When it is to be published, number → delayed message. */
  delayed: 'd',
  /** Session whose records are still to be removed. */
  ended: 'g',
} as const;

export type Kind = keyof typeof KINDS;

/** Bytes of a session's number, and of a sequence number. */
export const NUMBER_BYTES = 6;

export const textKey = (kind: Kind, text: string): Buffer => Buffer.from(KINDS[kind] + text);

/** The text behind the kind of a key. */
export const textOf = (key: Buffer, at = 1): string => key.toString('utf8', at);

export function sessionKey(kind: Kind, session: number): Buffer {
  const key = Buffer.allocUnsafe(1 + NUMBER_BYTES);
  key.write(KINDS[kind]);
  key.writeUIntBE(session, 1, NUMBER_BYTES);
  return key;
}

export function numberKey(kind: Kind, session: number, number: number): Buffer {
  const key = Buffer.allocUnsafe(1 + 2 * NUMBER_BYTES);
  key.write(KINDS[kind]);
  key.writeUIntBE(session, 1, NUMBER_BYTES);
  key.writeUIntBE(number, 1 + NUMBER_BYTES, NUMBER_BYTES);
  return key;
}

export const subscriptionKey = (session: number, topicFilter: string): Buffer =>
  Buffer.concat([sessionKey('subscription', session), Buffer.from(topicFilter)]);

export const sessionOf = (key: Buffer): number => key.readUIntBE(1, NUMBER_BYTES);

export const numberOf = (key: Buffer): number => key.readUIntBE(1 + NUMBER_BYTES, NUMBER_BYTES);

/** The first key that may come behind this one. */
export const behind = (key: Buffer): Buffer => Buffer.concat([key, Buffer.of(0)]);

/** All keys of a kind. */
export const kindBounds = (kind: Kind): Bounds => ({
  gte: Buffer.from(KINDS[kind]),
  lt: Buffer.of(KINDS[kind].charCodeAt(0) + 1),
});

/** All keys of a kind that belong to one session, from a number on. */
export const sessionBounds = (kind: Kind, session: number, from = 0): Bounds => ({
  gte: numberKey(kind, session, from),
  lt: sessionKey(kind, session + 1),
});
