import type { Duplex } from 'node:stream';

/** Above this a payload is written as it is, below it is copied behind its header: one write instead of two. */
const COPIED = 8192;

/** Bytes of a remaining length [MQTT-2.2.3]. */
const lengthBytes = (length: number): number => (length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4);

/** Where the packet id of a PUBLISH with QoS 1 or 2 stands. */
const packetIdAt = (remaining: number, topicLength: number): number => 1 + lengthBytes(remaining) + 2 + topicLength;

function writeLength(frame: Buffer, at: number, length: number): number {
  let rest = length;
  let next = at;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    frame[next++] = rest > 0 ? digit | 128 : digit;
  } while (rest > 0);
  return next;
}

/** A PUBLISH as bytes, in one piece or, with a large payload, in two. It is encoded once, however many receive it. */
export class PublishFrame {
  readonly retain: boolean;
  readonly #head: Buffer;
  readonly #payload: Buffer | null;
  readonly #idAt: number;

  constructor(topic: string, payload: Buffer, qos: 0 | 1 | 2, retain: boolean) {
    const topicLength = Buffer.byteLength(topic);
    const remaining = 2 + topicLength + (qos > 0 ? 2 : 0) + payload.length;
    const headLength = 1 + lengthBytes(remaining) + 2 + topicLength + (qos > 0 ? 2 : 0);
    const isCopied = payload.length <= COPIED;
    const head = Buffer.allocUnsafe(isCopied ? headLength + payload.length : headLength);
    head[0] = 0x30 | (qos << 1) | (retain ? 1 : 0);
    let at = writeLength(head, 1, remaining);
    at = head.writeUInt16BE(topicLength, at);
    head.write(topic, at);
    if (isCopied) payload.copy(head, headLength);
    this.retain = retain;
    this.#head = head;
    this.#payload = isCopied ? null : payload;
    this.#idAt = packetIdAt(remaining, topicLength);
  }

  /** Writes it with QoS 0: the same bytes to everybody. */
  write(conn: Duplex): void {
    conn.write(this.#head);
    if (this.#payload) conn.write(this.#payload);
  }

  /** Writes it with QoS 1 or 2 under a packet id of its own. */
  writeWithId(conn: Duplex, packetId: number, dup: boolean): void {
    const head = Buffer.from(this.#head);
    head.writeUInt16BE(packetId, this.#idAt);
    if (dup) head[0] = (head[0] as number) | 8;
    conn.write(head);
    if (this.#payload) conn.write(this.#payload);
  }
}

const ACKNOWLEDGEMENTS = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70, unsuback: 0xb0 } as const;

export type Acknowledgement = keyof typeof ACKNOWLEDGEMENTS;

/** A packet that is no more than its type and a packet id. */
export function acknowledgementFrame(cmd: Acknowledgement, packetId: number): Buffer {
  const frame = Buffer.allocUnsafe(4);
  frame[0] = ACKNOWLEDGEMENTS[cmd];
  frame[1] = 2;
  frame.writeUInt16BE(packetId, 2);
  return frame;
}

export const PINGRESP = Buffer.of(0xd0, 0);

export function subackFrame(packetId: number, granted: readonly number[]): Buffer {
  const remaining = 2 + granted.length;
  const frame = Buffer.allocUnsafe(1 + lengthBytes(remaining) + remaining);
  frame[0] = 0x90;
  let at = writeLength(frame, 1, remaining);
  at = frame.writeUInt16BE(packetId, at);
  for (const code of granted) frame[at++] = code;
  return frame;
}

const written: Duplex[] = [];

function uncorkAll(): void {
  for (const conn of written.splice(0)) conn.uncork();
}

/** Gathers what is written to a connection within one turn of the event loop into one write to its socket. */
export function gather(conn: Duplex): void {
  if (conn.writableCorked > 0) return;
  conn.cork();
  if (written.push(conn) === 1) setImmediate(uncorkAll);
}
