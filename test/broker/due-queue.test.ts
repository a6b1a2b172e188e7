import { describe, expect, test } from 'vitest';
import { DueQueue } from '../../src/broker/delayed/due-queue.ts';

const item = (dueAt: number, seq: number) => ({ dueAt, seq, isGone: false });

/** Seeded random integers below `bound`. */
function randomSource(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % bound;
  };
}

describe('a queue of what becomes due', () => {
  test('has none next while it is empty', () => {
    const queue = new DueQueue<ReturnType<typeof item>>();
    expect(queue.next).toBeNull();
    queue.shift();
    expect(queue.next).toBeNull();
  });

  test.each([1, 2, 3])('gives what a sorted list gives, while items come, go and are dropped (seed %i)', (seed) => {
    const random = randomSource(seed);
    const queue = new DueQueue<ReturnType<typeof item>>();
    const sorted: ReturnType<typeof item>[] = [];
    for (let seq = 0; seq < 3000; seq++) {
      const choice = random(10);
      if (choice < 6) {
        const added = item(random(50), seq);
        queue.add(added);
        sorted.push(added);
        sorted.sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq);
      } else if (choice < 8) {
        queue.shift();
        sorted.shift();
      } else {
        for (const dropped of sorted.splice(random(sorted.length + 1), random(8))) queue.drop(dropped);
      }
      expect(queue.next).toBe(sorted[0] ?? null);
    }
    for (const expected of sorted) {
      expect(queue.next).toBe(expected);
      queue.shift();
    }
    expect(queue.next).toBeNull();
  });
});
