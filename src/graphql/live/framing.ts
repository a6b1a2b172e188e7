/**
 * How a door wraps payloads: `before`, what the engine hands out, which is the same for all who get it, and `after`. What
 * is handed out lacks the braces of the payload, so that a door can put `extensions` first.
 */
export interface Framing {
  readonly before: Buffer;
  readonly after: Buffer;
  /** Bytes of the head of a frame with `length` bytes; 0 where there are no frames. */
  headSize(length: number): number;
  writeHead(target: Buffer, at: number, length: number): void;
  /** What ends a subscription that has told everything. */
  readonly completed: Buffer;
  /** What ends one with errors, as JSON. */
  failed(errors: string): Buffer;
}

/** Bytes of the head of an unmasked WebSocket frame (RFC 6455, 5.2). */
const frameHeadSize = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

function writeFrameHead(target: Buffer, at: number, length: number): void {
  // A whole text message.
  target[at] = 0x81;
  if (length < 126) target[at + 1] = length;
  else if (length < 65_536) {
    target[at + 1] = 126;
    target.writeUInt16BE(length, at + 2);
  } else {
    target[at + 1] = 127;
    target.writeUInt32BE(0, at + 2);
    target.writeUInt32BE(length, at + 6);
  }
}

/** A text message of a WebSocket server. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = frameHeadSize(length);
  const frame = Buffer.allocUnsafe(head + length);
  writeFrameHead(frame, 0, length);
  frame.write(text, head);
  return frame;
}

const CLOSED_TWICE = Buffer.from('}}');

/** Messages of graphql-transport-ws for the subscription `id`. */
export function socketFraming(id: string): Framing {
  const quoted = JSON.stringify(id);
  return {
    before: Buffer.from(`{"id":${quoted},"type":"next","payload":{`),
    after: CLOSED_TWICE,
    headSize: frameHeadSize,
    writeHead: writeFrameHead,
    completed: textFrame(`{"id":${quoted},"type":"complete"}`),
    failed: (errors) => textFrame(`{"id":${quoted},"type":"error","payload":${errors}}`),
  };
}

const COMPLETE = 'event: complete\ndata:\n\n';

/** Events of GraphQL over SSE in its mode of distinct connections. */
export const streamFraming: Framing = {
  before: Buffer.from('event: next\ndata: {'),
  after: Buffer.from('}\n\n'),
  headSize: () => 0,
  writeHead: () => {},
  completed: Buffer.from(COMPLETE),
  failed: (errors) => Buffer.from(`event: next\ndata: {"errors":${errors}}\n\n${COMPLETE}`),
};
