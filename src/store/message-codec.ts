/** A message as it is stored, without the packet that carried it. */
export interface StoredMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Client id of the publisher. */
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

const RETAIN = 4;
const HAS_NOTE = 8;

/**
 * Writes a message, and a note of whoever stores it, as bytes: flags (QoS in two bits, retain, note), the time as a
 * double, topic and client id with their lengths in two bytes each, note with its length in four, and the payload up to
 * the end.
 */
export function encodeMessage(message: StoredMessage, note = ''): Buffer {
  const topicLength = Buffer.byteLength(message.topic);
  const clientLength = Buffer.byteLength(message.clientId);
  const noteLength = note === '' ? 0 : Buffer.byteLength(note);
  const bytes = Buffer.allocUnsafe(
    13 + topicLength + clientLength + (noteLength > 0 ? 4 + noteLength : 0) + message.payload.length,
  );
  bytes[0] = message.qos | (message.retain ? RETAIN : 0) | (noteLength > 0 ? HAS_NOTE : 0);
  let at = bytes.writeDoubleBE(message.publishedAt, 1);
  at = bytes.writeUInt16BE(topicLength, at);
  at += bytes.write(message.topic, at);
  at = bytes.writeUInt16BE(clientLength, at);
  at += bytes.write(message.clientId, at);
  if (noteLength > 0) {
    at = bytes.writeUInt32BE(noteLength, at);
    at += bytes.write(note, at);
  }
  message.payload.copy(bytes, at);
  return bytes;
}

/** Reads what `encodeMessage` wrote; the payload shares its memory. */
export function decodeMessage(bytes: Buffer): { readonly message: StoredMessage; readonly note: string } {
  const flags = bytes.readUInt8(0);
  let at = 9;
  const text = (lengthBytes: 2 | 4): string => {
    const length = bytes.readUIntBE(at, lengthBytes);
    at += lengthBytes + length;
    return bytes.toString('utf8', at - length, at);
  };
  const topic = text(2);
  const clientId = text(2);
  const note = flags & HAS_NOTE ? text(4) : '';
  const message: StoredMessage = {
    topic,
    payload: bytes.subarray(at),
    qos: (flags & 3) as 0 | 1 | 2,
    retain: (flags & RETAIN) !== 0,
    clientId,
    publishedAt: bytes.readDoubleBE(1),
  };
  return { message, note };
}
