import { type Link, PUBLISH, typeOf } from './link.ts';
import type { Tally } from './tally.ts';

/** Called with each payload; `start` is its first byte, `end` the first one after it. */
export type OnPayload = (bytes: Buffer, start: number, end: number) => void;

/** Counts the messages that a connection receives, and acknowledges those of QoS 1, all of a chunk in one write. */
export function receive(link: Link, tally: Tally, onPayload: OnPayload = () => {}): void {
  const ids: number[] = [];
  let messages = 0;
  link.listen(
    (bytes, at, body, end) => {
      const first = bytes[at]!;
      if (typeOf(first) !== PUBLISH) return;
      let start = body + 2 + bytes.readUInt16BE(body);
      if (first & 0b0110) {
        ids.push(bytes.readUInt16BE(start));
        start += 2;
      }
      messages += 1;
      onPayload(bytes, start, end);
    },
    () => {
      if (ids.length > 0) link.write(pubacks(ids));
      ids.length = 0;
      // The acknowledgements are on their way before anybody sends the next message.
      const count = messages;
      messages = 0;
      if (count > 0) tally.add(count);
    },
  );
}

function pubacks(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * 4);
  for (const [index, id] of ids.entries()) {
    bytes.writeUInt16BE(0x4002, index * 4);
    bytes.writeUInt16BE(id, index * 4 + 2);
  }
  return bytes;
}
