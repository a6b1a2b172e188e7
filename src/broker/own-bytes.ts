/** The bytes alone: those of a packet are a piece of what came with it from the socket, all of which they would keep. */
export function ownBytes(payload: Buffer): Buffer {
  if (payload.buffer.byteLength <= 2 * payload.length) return payload;
  const own = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(own);
  return own;
}
