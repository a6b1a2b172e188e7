import { describe, expect, test } from 'vitest';
import { createFairGate } from '../../src/access/fair-gate.ts';

/** A gate with one place, and tasks that end when they are let go. */
function gateOf(seats: number, places = 1) {
  const gate = createFairGate({ places, seats, refusal: () => new Error('no seat') });
  const begun: string[] = [];
  const refused: string[] = [];
  const ends = new Map<string, () => void>();
  const enter = (who: string, name: string): void => {
    const task = () =>
      new Promise<void>((end) => {
        begun.push(name);
        ends.set(name, end);
      });
    gate(who, task).catch(() => refused.push(name));
  };
  /** Ends the task that began last. */
  const next = async (): Promise<void> => {
    ends.get(begun.at(-1) ?? '')?.();
    await new Promise(setImmediate);
  };
  return { gate, enter, next, begun, refused };
}

describe('a fair gate', () => {
  test('answers what a task answers, and rejects with what it throws', async () => {
    const { gate } = gateOf(1);
    expect(await gate('a', async () => 7)).toBe(7);
    await expect(gate('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate('a', async () => 8)).toBe(8);
  });

  test('calls one from each in turn, those of one in their order', async () => {
    const { enter, next, begun } = gateOf(10);
    for (const name of ['a1', 'a2', 'a3', 'a4']) enter('a', name);
    for (const name of ['b1', 'b2']) enter('b', name);
    enter('c', 'c1');
    for (let i = 0; i < 7; i++) await next();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  test('lets as many run at once as it has places', async () => {
    const { enter, begun } = gateOf(10, 2);
    for (const name of ['a1', 'a2', 'a3']) enter('a', name);
    expect(begun).toEqual(['a1', 'a2']);
  });

  test('refuses the newest of whoever has most seats when all are taken', async () => {
    const { enter, next, begun, refused } = gateOf(3);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) enter('a', name);
    await new Promise(setImmediate);
    expect(refused).toEqual(['a5']);
    enter('b', 'b1');
    await new Promise(setImmediate);
    expect(refused).toEqual(['a5', 'a4']);
    for (let i = 0; i < 4; i++) await next();
    expect([...begun].sort()).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  test('refuses a newcomer who would have as many seats as anybody', async () => {
    const { enter, refused } = gateOf(2);
    enter('a', 'a1');
    enter('a', 'a2');
    enter('b', 'b1');
    enter('c', 'c1');
    await new Promise(setImmediate);
    expect(refused).toEqual(['c1']);
  });
});
