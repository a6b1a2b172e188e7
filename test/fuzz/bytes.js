const flip = (random, bytes) => {
  const copy = Buffer.from(bytes);
  for (let left = 1 + random.below(8); left > 0; left -= 1) copy[random.below(copy.length)] ^= 1 << random.below(8);
  return copy;
};

const truncate = (random, bytes) => bytes.subarray(0, 1 + random.below(bytes.length));

const insert = (random, bytes) => {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(16)), bytes.subarray(at)]);
};

const repeat = (random, bytes) => {
  const from = random.below(bytes.length);
  const piece = bytes.subarray(from, from + 1 + random.below(bytes.length - from));
  return Buffer.concat([bytes.subarray(0, from), ...Array(2 + random.below(6)).fill(piece), bytes.subarray(from)]);
};

/** The head of one, the tail of another. */
const splice = (random, bytes, other) =>
  Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length))]);

/** Up to three faults in some bytes; `other` is what they are spliced with. More kinds may be given. */
export function mutateBytes(random, bytes, other, more = []) {
  const kinds = [flip, flip, truncate, insert, repeat, splice, ...more];
  let mutated = bytes;
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const next = random.pick(kinds)(random, mutated, other);
    if (next.length > 0) mutated = next;
  }
  return mutated;
}

/** Cuts bytes into pieces as a network may do. */
export function piecesOf(random, bytes) {
  const pieces = [];
  for (let from = 0; from < bytes.length; ) {
    const length = random.chance(0.5) ? bytes.length : 1 + random.below(Math.min(64, bytes.length));
    pieces.push(bytes.subarray(from, from + length));
    from += length;
  }
  return pieces;
}
