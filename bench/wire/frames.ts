/**
 * Called for each packet: `at` is its first byte, `body` the first one after its length, `end` the first one of the
 * next packet.
 */
export type OnFrame = (bytes: Buffer, at: number, body: number, end: number) => void;

const NOTHING = Buffer.alloc(0);

/** Cuts a stream of bytes into MQTT packets and leaves them unread: a parser would cost more than some servers. */
export class Frames {
  readonly #onFrame: OnFrame;
  #rest: Buffer = NOTHING;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      let body = at + 1;
      let length = 0;
      let byte = 0x80;
      for (let shift = 0; byte & 0x80 && body < bytes.length; shift += 7) {
        byte = bytes[body++]!;
        length |= (byte & 0x7f) << shift;
      }
      const end = body + length;
      if (byte & 0x80 || end > bytes.length) break;
      this.#onFrame(bytes, at, body, end);
      at = end;
    }
    this.#rest = at === bytes.length ? NOTHING : bytes.subarray(at);
  }
}
