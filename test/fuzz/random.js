/** Random numbers of a case: the same for the same seed and number, whatever ran before (mulberry32). */
export function createRandom(seed, number) {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(number + 1, 0xc2b2ae35)) | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return {
    /** An integer from 0, below the limit. */
    below,
    /** True this often, from 0 to 1. */
    chance: (share) => next() < share,
    pick: (items) => items[below(items.length)],
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
