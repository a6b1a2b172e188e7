import { Fifo } from '../fifo.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { QueuedMessage } from '../store/session-store.ts';
import { apart, type Delivery, isOver, type Outbox, type OutboxLimits, PacketIds } from './outbox.ts';

/** A message on its way. */
interface SentMessage {
  readonly packetId: number;
  readonly qos: 0 | 1 | 2;
  readonly share: string;
  /** Kept where another member of its shared subscription may need it. */
  readonly message: StoredMessage | null;
  /** Its PUBREC came: only the PUBREL is owed. */
  isReleased: boolean;
}

/** The outbox of a clean session: in memory, and gone with the connection. */
export class MemoryOutbox implements Outbox {
  droppedCount = 0;
  enqueuedCount = 0;
  deliveredCount = 0;
  readonly #limits: OutboxLimits;
  readonly #onDropped: (count: number) => void;
  #delivery: Delivery | null = null;
  readonly #ids = new PacketIds();
  readonly #inflight = new Map<number, SentMessage>();
  readonly #waiting = new Fifo<QueuedMessage>();
  /** Bytes of what waits. */
  #bytes = 0;
  #seq = 0;

  constructor(limits: OutboxLimits, onDropped: (count: number) => void) {
    this.#limits = limits;
    this.#onDropped = onDropped;
  }

  get inflightCount(): number {
    return this.#inflight.size;
  }

  get queuedCount(): number {
    return this.#waiting.length;
  }

  countDelivered(): void {
    this.deliveredCount++;
  }

  push(message: StoredMessage, share: string): void {
    if (this.#waiting.length === 0 && this.#isOpen) {
      this.#send(message, share);
      return;
    }
    const size = message.topic.length + message.payload.length;
    this.#waiting.add(apart({ seq: ++this.#seq, message, share, size, chunk: null }));
    this.enqueuedCount++;
    this.#bytes += size;
    this.#keepBounds();
  }

  #keepBounds(): void {
    let dropped = 0;
    while (isOver(this.#limits, this.queuedCount, this.#bytes)) {
      this.#take();
      dropped++;
    }
    this.droppedCount += dropped;
    if (dropped > 0) this.#onDropped(dropped);
  }

  get #isOpen(): boolean {
    return this.#delivery !== null && this.#inflight.size < this.#limits.maxInflight;
  }

  #take(): QueuedMessage | undefined {
    const taken = this.#waiting.take();
    if (taken) this.#bytes -= taken.size;
    return taken;
  }

  #send(message: StoredMessage, share: string): void {
    const packetId = this.#ids.next((id) => this.#inflight.has(id));
    const kept = share === '' ? null : message;
    this.#inflight.set(packetId, { packetId, qos: message.qos, share, message: kept, isReleased: false });
    this.deliveredCount++;
    this.#delivery?.deliver(message, packetId, false);
  }

  #fill(): void {
    while (this.#isOpen) {
      const next = this.#take();
      if (!next) return;
      this.#send(next.message, next.share);
    }
  }

  attach(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#fill();
  }

  detach(): void {
    this.#delivery = null;
  }

  review(): void {
    this.#keepBounds();
    this.#fill();
  }

  acknowledge(packetId: number): boolean {
    if (this.#inflight.get(packetId)?.qos !== 1) return false;
    this.#inflight.delete(packetId);
    this.#fill();
    return true;
  }

  receive(packetId: number): boolean {
    const sent = this.#inflight.get(packetId);
    if (sent?.qos !== 2) return false;
    sent.isReleased = true;
    this.#delivery?.release(packetId);
    return true;
  }

  complete(packetId: number): boolean {
    if (!this.#inflight.get(packetId)?.isReleased) return false;
    this.#inflight.delete(packetId);
    this.#fill();
    return true;
  }

  async leftovers(): Promise<QueuedMessage[]> {
    const leftovers: QueuedMessage[] = [];
    for (const { message, share } of this.#inflight.values()) {
      if (message?.qos === 1) leftovers.push({ seq: 0, message, share, size: 0, chunk: null });
    }
    return [...leftovers, ...this.#waiting.all().filter(({ share }) => share !== '')];
  }
}
