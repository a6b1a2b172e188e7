import type { Chunk } from '../store/chunk.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { QueuedMessage, SessionStore } from '../store/session-store.ts';
import type { StoredSession } from '../store/stored-session.ts';
import { type Delivery, isOver, MOST_IDS, type Outbox, type OutboxLimits, PacketIds } from './outbox.ts';
import { StoredBacklog } from './stored-backlog.ts';

/** A message on its way. */
interface SentMessage {
  readonly seq: number;
  readonly packetId: number;
  readonly qos: 0 | 1 | 2;
  readonly share: string;
  readonly chunk: Chunk | null;
  /** Its PUBREC came: only the PUBREL is owed. */
  isReleased: boolean;
}

/** A message that has its packet id, and waits for a place on the way. */
interface ReadyMessage {
  readonly sent: SentMessage;
  readonly message: StoredMessage;
  readonly size: number;
  /** It may have been written by an earlier connection. */
  readonly isResent: boolean;
  isStored: boolean;
}

/** Packet ids that are given and stored ahead, in windows: a place that becomes free need not wait for the store. */
const WINDOWS_AHEAD = 4;
const MOST_AHEAD = 256;

/** The outbox of a persistent session: each step is stored before the client can see it. */
export class StoredOutbox implements Outbox {
  readonly #limits: OutboxLimits;
  readonly #store: SessionStore;
  readonly #stored: StoredSession;
  readonly #onDropped: (count: number) => void;
  #delivery: Delivery | null = null;
  /** What is on its way is not yet known: a new connection begins with it. */
  #isResuming = false;
  readonly #ids = new PacketIds();
  /** By packet id, in the order of sending. */
  readonly #inflight = new Map<number, SentMessage>();
  /** What goes next. */
  #ready: ReadyMessage[] = [];
  readonly #readyIds = new Set<number>();
  readonly #backlog: StoredBacklog;
  #sweep: Promise<void> | null = null;
  #trimming: Promise<void> | null = null;

  constructor(limits: OutboxLimits, store: SessionStore, stored: StoredSession, onDropped: (count: number) => void) {
    this.#limits = limits;
    this.#store = store;
    this.#stored = stored;
    this.#onDropped = onDropped;
    this.#backlog = new StoredBacklog(store, stored);
  }

  /** Whether the client is connected and knows what is on its way. */
  get #isAttached(): boolean {
    return this.#delivery !== null && !this.#isResuming;
  }

  /** Of a process that died, packet ids given ahead are there too: no more than a window was on its way. */
  get inflightCount(): number {
    return this.#isAttached ? this.#inflight.size : Math.min(this.#stored.inflight, this.#limits.maxInflight);
  }

  get queuedCount(): number {
    return this.#stored.count - this.inflightCount;
  }

  get droppedCount(): number {
    return this.#stored.dropped;
  }

  get enqueuedCount(): number {
    return this.#stored.enqueued;
  }

  get deliveredCount(): number {
    // Counted with the packet id: what is ready has one, and was not sent.
    return this.#stored.delivered - this.#ready.length;
  }

  /** Stored with the next change of the session. */
  countDelivered(): void {
    this.#stored.delivered++;
  }

  push(message: StoredMessage, share: string): void {
    const added = this.#store.putQueued(this.#stored, message, share);
    if (this.#isOpen && this.#ready.length === 0 && this.#backlog.isBefore(added)) {
      this.#backlog.know(added);
      this.#send(added);
      return;
    }
    this.#stored.enqueued++;
    this.#backlog.add(added);
    this.#keepBounds();
  }

  /** Whether another message may go. */
  get #isOpen(): boolean {
    return this.#isAttached && this.#inflight.size < this.#limits.maxInflight;
  }

  /** Gives a message its packet id, which is stored with the batch that is being gathered. */
  #number({ seq, message, share, size, chunk }: QueuedMessage): SentMessage {
    const packetId = this.#ids.next((id) => this.#inflight.has(id) || this.#readyIds.has(id));
    const sent: SentMessage = { seq, packetId, qos: message.qos, share, chunk, isReleased: false };
    this.#stored.bytes -= size;
    this.#stored.delivered++;
    this.#stored.next = seq + 1;
    this.#backlog.skip();
    this.#store.putInflight(this.#stored, sent);
    return sent;
  }

  #send(next: QueuedMessage): void {
    const delivery = this.#delivery;
    const sent = this.#number(next);
    this.#inflight.set(sent.packetId, sent);
    this.#settleHead();
    // Its packet id is stored before the client sees it.
    this.#store.committed((error) => {
      if (!error && this.#delivery === delivery) delivery?.deliver(next.message, sent.packetId, false);
    });
  }

  /** Gives packet ids ahead to what will go next. */
  #prepare(): void {
    const delivery = this.#delivery;
    const { maxInflight } = this.#limits;
    // Nor more than there are left when all of a window are in use.
    const most = Math.min(MOST_AHEAD, WINDOWS_AHEAD * maxInflight, MOST_IDS - maxInflight);
    if (!this.#isAttached || this.#ready.length > most / 2) return;
    const prepared: ReadyMessage[] = [];
    while (this.#ready.length + prepared.length < most) {
      const next = this.#backlog.take();
      if (!next) break;
      const sent = this.#number(next);
      this.#readyIds.add(sent.packetId);
      prepared.push({ sent, message: next.message, size: next.size, isResent: false, isStored: false });
    }
    if (prepared.length === 0) return;
    this.#ready.push(...prepared);
    this.#settleHead();
    this.#store.committed((error) => {
      if (error || this.#delivery !== delivery) return;
      for (const ready of prepared) ready.isStored = true;
      this.#fill();
    });
  }

  #settleHead(): void {
    const stored = this.#stored;
    let first = stored.next;
    for (const seq of stored.sent.keys()) {
      first = seq;
      break;
    }
    stored.head = stored.unswept > 0 ? Math.min(first, stored.unswept) : first;
    this.#store.touch(stored);
  }

  /** Sends what waits, as far as the window lets it, and reads on. */
  #fill(): void {
    while (this.#isOpen) {
      const ready = this.#ready[0];
      if (ready) {
        if (!ready.isStored) break;
        this.#ready.shift();
        this.#go(ready);
      } else {
        const next = this.#backlog.take();
        if (!next) break;
        this.#send(next);
      }
    }
    this.#prepare();
    const delivery = this.#delivery;
    if (!this.#backlog.isLow) return;
    this.#backlog
      .load()
      .catch((error) => delivery?.fail(error, 'store_failed'))
      // Also for a client that came meanwhile: it could not read before this was over.
      .then(() => this.#fill());
  }

  #go({ sent, message, isResent }: ReadyMessage): void {
    this.#readyIds.delete(sent.packetId);
    this.#inflight.set(sent.packetId, sent);
    this.#delivery?.deliver(message, sent.packetId, isResent);
  }

  attach(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#isResuming = true;
    this.#resume(delivery).catch((error) => delivery.fail(error, 'store_failed'));
  }

  async #resume(delivery: Delivery): Promise<void> {
    // Whoever reads and drops at once would count twice.
    await this.#trimming;
    await this.#sweepDropped();
    await this.#store.database.flush();
    const messages = await this.#readSent();
    if (this.#delivery !== delivery) return;
    const stored = this.#stored;
    const resent: [number, StoredMessage | null][] = [];
    for (const { seq, packetId, isReleased } of [...stored.sent.values()]) {
      let queued = messages.get(seq);
      if (queued) this.#backlog.know(queued);
      if (queued && isReleased) {
        // Its PUBREC came while it was read.
        this.#forget(queued);
        queued = undefined;
      }
      const { message = null, share = '', size = 0, chunk = null } = queued ?? {};
      const sent: SentMessage = { seq, packetId, qos: message?.qos ?? 2, share, chunk, isReleased };
      if (!message && !isReleased) {
        // Damaged, and repaired: the message is lost.
        this.#store.deleteInflight(stored, seq);
        stored.count--;
      } else if (!message || this.#inflight.size < this.#limits.maxInflight) {
        this.#inflight.set(packetId, sent);
        resent.push([packetId, message]);
      } else {
        // Of an earlier process, which had given it a packet id ahead.
        this.#readyIds.add(packetId);
        this.#ready.push({ sent, message, size, isResent: true, isStored: true });
      }
    }
    // The last record may have messages behind those that were sent.
    this.#backlog.open(messages.values());
    this.#isResuming = false;
    for (const [packetId, message] of resent) {
      if (message) delivery.deliver(message, packetId, true);
      else delivery.release(packetId);
    }
    this.#fill();
    this.#keepBounds();
  }

  /** Reads the messages on their way, by number, and those in the same records. */
  async #readSent(): Promise<Map<number, QueuedMessage>> {
    const messages = new Map<number, QueuedMessage>();
    let last = 0;
    for (const seq of this.#stored.sent.keys()) last = seq;
    for (let from = this.#stored.head; from <= last; ) {
      const read = await this.#backlog.read(from);
      for (const queued of read) messages.set(queued.seq, queued);
      from = (read.at(-1)?.seq ?? last) + 1;
    }
    return messages;
  }

  detach(): void {
    this.#delivery = null;
    this.#isResuming = false;
    this.#giveBack();
    this.#inflight.clear();
    this.#backlog.close();
  }

  /** Takes packet ids back from messages that were never written: they wait again. */
  #giveBack(): void {
    const stored = this.#stored;
    const unwritten = this.#ready.filter(({ isResent }) => !isResent);
    const [first] = unwritten;
    // Where messages behind them were dropped, they keep their places.
    if (first && stored.next === (unwritten.at(-1) ?? first).sent.seq + 1) {
      for (const { sent, size } of unwritten) {
        this.#store.deleteInflight(stored, sent.seq);
        stored.bytes += size;
      }
      stored.delivered -= unwritten.length;
      stored.next = first.sent.seq;
    }
    this.#ready = [];
    this.#readyIds.clear();
  }

  acknowledge(packetId: number): boolean {
    const sent = this.#inflight.get(packetId);
    if (sent?.qos !== 1) return false;
    this.#finish(sent);
    return true;
  }

  receive(packetId: number): boolean {
    if (this.#isResuming) return this.#receiveEarly(packetId);
    const sent = this.#inflight.get(packetId);
    const delivery = this.#delivery;
    if (sent?.qos !== 2 || !delivery) return false;
    if (!sent.isReleased) {
      sent.isReleased = true;
      this.#store.putInflight(this.#stored, sent);
      this.#forget(sent);
    }
    this.#store.committed((error) => {
      if (!error && this.#delivery === delivery) delivery.release(packetId);
    });
    return true;
  }

  /** Of a message of an earlier connection, before it is sent again: only its PUBREL is owed then. */
  #receiveEarly(packetId: number): boolean {
    for (const sent of this.#stored.sent.values()) {
      if (sent.packetId !== packetId) continue;
      this.#store.putInflight(this.#stored, { ...sent, isReleased: true });
      return true;
    }
    return false;
  }

  complete(packetId: number): boolean {
    const sent = this.#inflight.get(packetId);
    if (!sent?.isReleased) return false;
    this.#finish(sent);
    return true;
  }

  #finish(sent: SentMessage): void {
    this.#inflight.delete(sent.packetId);
    this.#store.deleteInflight(this.#stored, sent.seq);
    if (!sent.isReleased) this.#forget(sent);
    this.#stored.count--;
    this.#settleHead();
    this.#fill();
  }

  /** Nobody needs a message any more. */
  #forget({ chunk, share }: Pick<SentMessage, 'chunk' | 'share'>): void {
    this.#backlog.forget(chunk);
    if (share !== '') this.#stored.shared--;
  }

  get #isOver(): boolean {
    return isOver(this.#limits, this.#droppableCount, this.#stored.bytes);
  }

  review(): void {
    if (!this.#store.database.failure) this.#keepBounds();
    if (this.#isAttached) this.#fill();
  }

  /** Messages that wait and were never written. */
  get #droppableCount(): number {
    return this.#isAttached ? this.queuedCount : this.#stored.waiting;
  }

  /** Drops the oldest of what waits while there is too much of it. */
  #keepBounds(): void {
    if (!this.#isOver) return;
    let dropped = 0;
    for (; this.#isOver; dropped++) {
      const ready = this.#ready[0];
      if (ready && !ready.isResent) this.#dropReady(ready.sent);
      else {
        const oldest = this.#backlog.take();
        if (!oldest) break;
        this.#drop(oldest);
      }
    }
    if (this.#delivery === null) dropped += this.#dropUnread();
    if (dropped > 0) this.#onDropped(dropped);
    if (!this.#isOver || this.#isResuming) return;
    this.#trimming ??= this.#trim().finally(() => {
      this.#trimming = null;
    });
  }

  /** Drops what nobody has in memory, of which only the number is known; what follows from the rest is swept later. */
  #dropUnread(): number {
    const stored = this.#stored;
    const { maxMqueueLen } = this.#limits;
    const excess = maxMqueueLen > 0 ? this.#droppableCount - maxMqueueLen : 0;
    if (excess <= 0) return 0;
    if (stored.unswept === 0) stored.unswept = stored.next;
    stored.next += excess;
    stored.count -= excess;
    stored.dropped += excess;
    this.#settleHead();
    this.#sweepDropped().catch(() => {
      // The store failed; it is swept when the client comes, or more is dropped.
    });
    return excess;
  }

  #sweepDropped(): Promise<void> {
    this.#sweep ??= this.#backlog.sweep().finally(() => {
      this.#sweep = null;
    });
    return this.#sweep;
  }

  #dropReady(sent: SentMessage): void {
    this.#ready.shift();
    this.#readyIds.delete(sent.packetId);
    this.#store.deleteInflight(this.#stored, sent.seq);
    this.#stored.count--;
    this.#stored.delivered--;
    this.#stored.dropped++;
    this.#forget(sent);
    this.#settleHead();
  }

  #drop(queued: QueuedMessage): void {
    const stored = this.#stored;
    stored.count--;
    stored.bytes -= queued.size;
    stored.dropped++;
    stored.next = queued.seq + 1;
    this.#backlog.skip();
    this.#forget(queued);
    this.#settleHead();
  }

  async #trim(): Promise<void> {
    let dropped = 0;
    const excess = (): number => {
      // What is dropped behind messages that are not swept would be accounted for twice.
      if (!this.#isOver || this.#stored.unswept > 0) return 0;
      return Math.max(1, this.#droppableCount - this.#limits.maxMqueueLen);
    };
    try {
      do {
        await this.#sweepDropped();
        await this.#backlog.trim(excess, (queued) => {
          this.#drop(queued);
          dropped++;
        });
      } while (this.#stored.unswept > 0 && this.#delivery === null);
    } catch {
      // The store failed; what is too much is dropped when it takes writes again.
    }
    if (dropped > 0) this.#onDropped(dropped);
    if (this.#isAttached) this.#fill();
  }

  async leftovers(): Promise<QueuedMessage[]> {
    const stored = this.#stored;
    if (stored.shared === 0) return [];
    const leftovers: QueuedMessage[] = [];
    await this.#store.database.flush();
    for (let from = stored.head; from < stored.tail; ) {
      const read = await this.#backlog.read(from);
      for (const queued of read) {
        const isUnseen = queued.seq >= stored.next;
        if (queued.share !== '' && (queued.message.qos === 1 || isUnseen)) leftovers.push(queued);
      }
      from = (read.at(-1)?.seq ?? stored.tail) + 1;
    }
    return leftovers;
  }
}
