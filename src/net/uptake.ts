import type { Duplex } from 'node:stream';

/** What a peer does with what it is sent: nothing waits for it, it takes what does, or it leaves that where it is. */
export type Taking = 'idle' | 'taking' | 'stalled';

/** The handle of a socket; under TLS that of the encryption, above the one of the connection. */
interface Handle {
  readonly writeQueueSize?: number;
  readonly _parent?: Handle;
}

/**
 * Watches whether the peer of a connection takes what waits for it. What there is room for leaves whether the peer lives
 * or not; what waits leaves only as it reads.
 */
export class Uptake {
  readonly #stream: Duplex;
  #isWaiting = false;
  #written = 0;
  #underWay = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** What happened since the look before. */
  look(): Taking {
    const {
      writableLength,
      bytesWritten = 0,
      _handle: handle,
    } = this.#stream as Duplex & {
      readonly bytesWritten?: number;
      readonly _handle?: Handle | null;
    };
    const written = bytesWritten - writableLength;
    // A long write counts as written when all of it is; how far it came, Node.js tells in no other way.
    const underWay = (handle?._parent ?? handle)?.writeQueueSize ?? 0;
    const hasTaken = this.#isWaiting && (written !== this.#written || underWay !== this.#underWay);
    this.#isWaiting = writableLength > 0;
    this.#written = written;
    this.#underWay = underWay;
    if (hasTaken) return 'taking';
    return this.#isWaiting ? 'stalled' : 'idle';
  }
}
