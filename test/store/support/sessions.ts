import type { StoredMessage } from '../../../src/store/message-codec.ts';
import type { QueuedMessage, SessionStore } from '../../../src/store/session-store.ts';
import type { StoredSession } from '../../../src/store/stored-session.ts';

/** A message as a publisher sent it, at a time that tests know. */
export const messageOf = (topic: string, text: string, qos: 0 | 1 | 2 = 1): StoredMessage => ({
  topic,
  payload: Buffer.from(text),
  qos,
  retain: false,
  clientId: 'publisher',
  publishedAt: 1_600_000_000_000,
});

/** More than the messages of a test take. */
export const MOST_BYTES = 1024 ** 3;

/** Begins a session of a client that is connected. */
export const begin = (store: SessionStore, clientId: string): StoredSession =>
  store.begin(clientId, {
    createdAt: 1_600_000_000_000,
    username: 'somebody',
    ipAddress: '127.0.0.1',
    leftAt: null,
    disconnectedAt: null,
  });

/** Puts a message at the tail of a session. */
export function enqueue(store: SessionStore, session: StoredSession, message: StoredMessage): number {
  session.enqueued++;
  return store.putQueued(session, message, '').seq;
}

/** Gives the next message of a session a packet id. */
export function send(store: SessionStore, session: StoredSession, packetId: number, size: number): number {
  const seq = session.next++;
  store.putInflight(session, { seq, packetId, isReleased: false });
  session.bytes -= size;
  store.touch(session);
  return seq;
}

/** Removes a message that its client has. */
export function acknowledge(store: SessionStore, session: StoredSession, { seq, chunk }: QueuedMessage): void {
  store.deleteInflight(session, seq);
  session.count--;
  if (seq === session.head) session.head++;
  store.finish(session, chunk);
}

/** The figures that follow from the messages of a session. */
export const figuresOf = ({ tail, next, head, count, inflight, bytes }: StoredSession): Record<string, number> => ({
  ...{ tail, next, head, count, inflight, bytes },
});
