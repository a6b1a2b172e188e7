import type { Writable } from 'node:stream';
import type { Outlet } from './outlet.ts';
import type { TurnEnd, Work } from './turn-end.ts';

/** Bytes that may wait in a connection; what comes then waits in the outlets, which have bounds. */
const MOST_UNSENT = 64 * 1024;
/** Bytes that are put together into one buffer. */
const MOST_TOGETHER = 64 * 1024;
/** Above this a payload is written as it is, below it is copied between its wrapping: one write instead of three. */
const COPIED = 16 * 1024;

const NOTHING = Buffer.alloc(0);

/** Writes what the outlets of one connection have at the end of each turn, as fast as its client reads. */
export class Writer implements Work {
  readonly #target: Writable;
  readonly #turnEnd: TurnEnd;
  readonly #isOpen: () => boolean;
  readonly #ready = new Set<Outlet>();
  #isBlocked = false;
  #isClosed = false;

  /** Nothing is written while `isOpen` answers false. */
  constructor(target: Writable, turnEnd: TurnEnd, isOpen: () => boolean) {
    this.#target = target;
    this.#turnEnd = turnEnd;
    this.#isOpen = isOpen;
    target.on('drain', () => {
      this.#isBlocked = false;
      if (this.#ready.size > 0) turnEnd.write(this);
    });
  }

  /** Whether the client has not read what it was sent. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** The outlet has something to write, or waits until it has nothing. */
  ready(outlet: Outlet): void {
    if (this.#isClosed) return;
    this.#ready.add(outlet);
    if (!this.#isBlocked) this.#turnEnd.write(this);
  }

  /** The outlet has nothing to write any more. */
  forget(outlet: Outlet): void {
    this.#ready.delete(outlet);
  }

  /** Writes bytes that are neither dropped nor held back, before what is ready. */
  write(bytes: Buffer): void {
    if (this.#isClosed || !this.#isOpen()) return;
    this.#target.write(bytes);
    this.#look();
  }

  /** Writes nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#ready.clear();
  }

  work(): boolean {
    this.flush();
    return true;
  }

  /** Writes what is ready, until the client has enough to read. */
  flush(): void {
    if (this.#isBlocked || this.#ready.size === 0 || !this.#isOpen()) return;
    const isMany = this.#ready.size > 1;
    if (isMany) this.#target.cork();
    for (const outlet of this.#ready) {
      this.#ready.delete(outlet);
      while (outlet.queue.length > 0 && !this.#isBlocked) this.#writeSome(outlet);
      // Behind the others of this connection, when its turn comes again.
      if (outlet.queue.length > 0 || (this.#isBlocked && outlet.isAwaited)) this.#ready.add(outlet);
      else outlet.drained();
      if (this.#isBlocked) break;
    }
    if (isMany) this.#target.uncork();
  }

  #look(): void {
    // A stream that has so much to write has said no, and tells when it is through.
    if (this.#target.writableLength > MOST_UNSENT) this.#isBlocked = true;
  }

  /** Writes payloads from the front of the queue: small ones together, a large one by itself. */
  #writeSome(outlet: Outlet): void {
    const { queue, framing, dropped } = outlet;
    const extensions = dropped > 0 ? Buffer.from(`"extensions":{"dropped":${dropped}},`) : NOTHING;
    const around = framing.before.length + framing.after.length;
    let count = 0;
    let size = 0;
    for (const payload of queue) {
      if (payload.length > COPIED) break;
      const length = around + payload.length + (count === 0 ? extensions.length : 0);
      size += framing.headSize(length) + length;
      count++;
      if (size > MOST_TOGETHER) break;
    }
    if (count === 0) this.#writeLarge(outlet, queue[0] as Buffer, extensions);
    else {
      const bytes = Buffer.allocUnsafe(size);
      let at = 0;
      for (let i = 0; i < count; i++) {
        const payload = queue[i] as Buffer;
        const extra = i === 0 ? extensions : NOTHING;
        const length = around + extra.length + payload.length;
        framing.writeHead(bytes, at, length);
        at += framing.headSize(length);
        at += framing.before.copy(bytes, at);
        if (extra.length > 0) at += extra.copy(bytes, at);
        at += payload.copy(bytes, at);
        at += framing.after.copy(bytes, at);
      }
      this.#target.write(bytes);
    }
    outlet.sent(Math.max(1, count));
    this.#look();
  }

  #writeLarge({ framing }: Outlet, payload: Buffer, extensions: Buffer): void {
    const { before, after } = framing;
    const length = before.length + extensions.length + payload.length + after.length;
    const headSize = framing.headSize(length);
    const head = Buffer.allocUnsafe(headSize + before.length + extensions.length);
    framing.writeHead(head, 0, length);
    before.copy(head, headSize);
    extensions.copy(head, headSize + before.length);
    this.#target.cork();
    this.#target.write(head);
    this.#target.write(payload);
    this.#target.write(after);
    this.#target.uncork();
  }
}
