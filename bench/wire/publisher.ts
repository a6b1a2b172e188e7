import { generate } from 'mqtt-packet';
import { type Link, PUBACK, typeOf } from './link.ts';

const MAX_ID = 65_535;

export interface Sort {
  readonly topic: string;
  readonly qos: 0 | 1;
  /** Bytes; at least 4, which hold the number of the message. */
  readonly size: number;
}

/** Publishes messages of one sort, numbered from 0 in the first four bytes of their payload. */
export class Publisher {
  readonly #link: Link;
  readonly #frame: Buffer;
  /** Where the packet id and where the number stand in a frame. */
  readonly #idAt: number | null;
  readonly #numberAt: number;
  #next = 0;

  constructor(link: Link, { topic, qos, size }: Sort) {
    this.#link = link;
    const payload = Buffer.alloc(size, 'x');
    this.#frame = generate({ cmd: 'publish', topic, qos, dup: false, retain: false, payload, messageId: 1 });
    this.#numberAt = this.#frame.length - size;
    this.#idAt = qos === 0 ? null : this.#numberAt - 2;
  }

  /** Publishes the next messages in one write. */
  send(count: number): void {
    const size = this.#frame.length;
    const bytes = Buffer.allocUnsafe(count * size);
    for (let at = 0; at < bytes.length; at += size) {
      this.#frame.copy(bytes, at);
      if (this.#idAt !== null) bytes.writeUInt16BE((this.#next % MAX_ID) + 1, at + this.#idAt);
      bytes.writeUInt32BE(this.#next, at + this.#numberAt);
      this.#next += 1;
    }
    this.#link.write(bytes);
  }
}

/** Calls `onAcks` with the number of PUBACKs of each chunk. */
export function countPubacks(link: Link, onAcks: (count: number) => void): void {
  let acks = 0;
  link.listen(
    (bytes, at) => {
      if (typeOf(bytes[at]!) === PUBACK) acks += 1;
    },
    () => {
      const count = acks;
      acks = 0;
      if (count > 0) onAcks(count);
    },
  );
}
