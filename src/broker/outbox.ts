import type { StoredMessage } from '../store/message-codec.ts';
import type { QueuedMessage } from '../store/session-store.ts';

/**
 * Everything with QoS 1 and 2 that goes to one session, by one way: new messages join the end, a window of them is on
 * its way, and an acknowledgement lets the next one go.
 */
export interface Outbox {
  /** Messages on their way. */
  readonly inflightCount: number;
  /** Messages that wait. */
  readonly queuedCount: number;
  /** Messages that the bounds dropped. */
  readonly droppedCount: number;
  /** Messages that had to wait. */
  readonly enqueuedCount: number;
  /** Messages that were sent, with any QoS. */
  readonly deliveredCount: number;
  /** A message with QoS 0 went out beside the queue. */
  countDelivered(): void;
  /** Adds a message at the end. `share` is the shared subscription it came by, or ''. */
  push(message: StoredMessage, share: string): void;
  /** Goes on with a client that is connected: first what was on its way before [MQTT-4.4.0-1], then what waits. */
  attach(delivery: Delivery): void;
  /** The connection is over. */
  detach(): void;
  /** The limits are other ones: what is too much is dropped, and what may go goes. */
  review(): void;
  /** A PUBACK came. Answers false when no message with QoS 1 has this packet id. */
  acknowledge(packetId: number): boolean;
  /** A PUBREC came. Answers false when no message with QoS 2 has this packet id. */
  receive(packetId: number): boolean;
  /** A PUBCOMP came. Answers false when no message was released under this packet id. */
  complete(packetId: number): boolean;
  /**
   * Messages by shared subscriptions that another member may have when the session ends: not those with QoS 2 that the
   * client may have seen.
   */
  leftovers(): Promise<QueuedMessage[]>;
}

/** The connection that messages go out by. */
export interface Delivery {
  deliver(message: StoredMessage, packetId: number, isResent: boolean): void;
  release(packetId: number): void;
  /** Ends the connection: what is to go out by it cannot be read. */
  fail(error: Error, reason: string): void;
}

export interface OutboxLimits {
  /** Messages on their way at once. */
  readonly maxInflight: number;
  /** Messages that wait; 0 is no limit. */
  readonly maxMqueueLen: number;
  /** Bytes of the messages that wait; 0 is no limit. */
  readonly maxMqueueBytes: number;
}

/** Whether more waits than may. */
export function isOver({ maxMqueueLen, maxMqueueBytes }: OutboxLimits, count: number, bytes: number): boolean {
  const isLong = maxMqueueLen > 0 && count > maxMqueueLen;
  return isLong || (maxMqueueBytes > 0 && bytes > maxMqueueBytes && count > 0);
}

/** Packet ids have two bytes, and 0 is none of them [MQTT-2.3.1-1]. */
export const MOST_IDS = 65_535;

/** Gives packet ids in turn, none that is in use [MQTT-2.3.1-4]. */
export class PacketIds {
  #last = 0;

  next(isInUse: (packetId: number) => boolean): number {
    do this.#last = this.#last >= MOST_IDS ? 1 : this.#last + 1;
    while (isInUse(this.#last));
    return this.#last;
  }
}

/** The same with a payload of its own: a part of what was read from a socket would hold all the rest of it. */
export const apart = (queued: QueuedMessage): QueuedMessage => ({
  ...queued,
  message: { ...queued.message, payload: Buffer.from(queued.message.payload) },
});
