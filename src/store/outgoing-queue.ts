import type { QueueFigures, StoredPacket } from './session-store.ts';

/** Packet ids have two bytes, and 0 is none of them [MQTT-2.3.1-1]. */
const MOST_IDS = 65_535;

interface Entry {
  packet: StoredPacket;
  readonly counter: number;
  messageId: number;
}

/** Messages of one session in the order of their arrival; each step costs the same however many wait. */
export class OutgoingQueue implements QueueFigures {
  dropped = 0;
  enqueued = 0;
  /** By brokerCounter, which grows with every message of the broker; insertion order is arrival order. */
  readonly #entries = new Map<number, Entry>();
  readonly #byMessageId = new Map<number, Entry>();
  readonly #limit: number;

  /** Beyond `limit` waiting messages the oldest is dropped; 0 is no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get inflight(): number {
    return this.#byMessageId.size;
  }

  get queued(): number {
    return this.#entries.size - this.#byMessageId.size;
  }

  /**
   * Adds a message unless the queue has it already. One that waits for its client (`isWaiting`) pushes the oldest out
   * when the queue is full; one for a connected client is on its way, and dropping another would lose that one halfway.
   */
  add(packet: StoredPacket, isWaiting: boolean): void {
    const counter = packet.brokerCounter ?? 0;
    if (this.#entries.has(counter)) return;
    this.#entries.set(counter, { packet, counter, messageId: 0 });
    if (!isWaiting) return;
    this.enqueued++;
    while (this.#limit > 0 && this.queued > this.#limit) this.#dropOldest();
  }

  /**
   * Notes the packet id a message is sent with, or puts a PUBREL in the place of its message. An id that another message
   * has is never given again before that one is acknowledged [MQTT-2.3.1-4]: the packet gets a free one. Answers false
   * when the message is not in the queue, or all ids are taken.
   */
  update(packet: StoredPacket): boolean {
    let messageId = packet.messageId ?? 0;
    const entry =
      packet.cmd === 'publish' ? this.#entries.get(packet.brokerCounter ?? 0) : this.#byMessageId.get(messageId);
    if (!entry) return false;
    if (packet.cmd !== 'publish') entry.packet = packet;
    else {
      if (entry.messageId) this.#byMessageId.delete(entry.messageId);
      if (this.#byMessageId.size >= MOST_IDS) return false;
      while (this.#byMessageId.has(messageId)) messageId = messageId >= MOST_IDS ? 1 : messageId + 1;
      packet.messageId = messageId;
      entry.messageId = messageId;
      entry.packet.messageId = messageId;
      this.#byMessageId.set(messageId, entry);
    }
    return true;
  }

  acknowledge(messageId: number): StoredPacket | undefined {
    const entry = this.#byMessageId.get(messageId);
    if (!entry) return undefined;
    this.#byMessageId.delete(messageId);
    this.#entries.delete(entry.counter);
    return entry.packet;
  }

  packets(): StoredPacket[] {
    return Array.from(this.#entries.values(), ({ packet }) => packet);
  }

  #dropOldest(): void {
    for (const entry of this.#entries.values()) {
      if (entry.messageId) continue;
      this.#entries.delete(entry.counter);
      this.dropped++;
      return;
    }
  }
}
