import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LookQueue } from '../../resolvers/look-queue.ts';
import { lookEvery } from '../../resolvers/looks.ts';
import { eventually } from '../support/gateway.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let time: number;
let busyTime: number;
let resting: { readonly until: number; readonly end: () => void }[];
let queue: LookQueue;
/** Looks, in the order in which they began. */
let had: string[];

beforeEach(() => {
  [time, busyTime, resting, had] = [0, 0, [], []];
  queue = new LookQueue({
    now: () => time,
    busy: () => busyTime,
    rest: (milliseconds) => new Promise<void>((end) => resting.push({ until: time + milliseconds, end })),
  });
});

/** The event loop is busy for so long. */
function spend(milliseconds: number): void {
  time += milliseconds;
  busyTime += milliseconds;
}

/** So much time passes with nothing to do. */
async function pass(milliseconds: number): Promise<void> {
  time += milliseconds;
  const over = resting.filter(({ until }) => until <= time);
  resting = resting.filter(({ until }) => until > time);
  for (const { end } of over) end();
  await turn();
}

const look = (name: string, milliseconds: number) =>
  queue.add(() => {
    had.push(name);
    spend(milliseconds);
  });

describe('a look', () => {
  test('is had at once where none was before', () => {
    look('one', 1);
    expect(had).toEqual(['one']);
  });

  test('waits behind another four times as long as that one took', async () => {
    for (const name of ['one', 'two', 'three']) look(name, 10);
    await pass(39);
    expect(had).toEqual(['one']);
    await pass(1);
    expect(had).toEqual(['one', 'two']);
    await pass(39);
    expect(had).toEqual(['one', 'two']);
    await pass(1);
    expect(had).toEqual(['one', 'two', 'three']);
  });

  test('is had at once when that time is over', async () => {
    look('one', 10);
    await pass(40);
    look('two', 10);
    expect(had).toEqual(['one', 'two']);
  });

  test('does not wait for less than a millisecond, which is made up for', async () => {
    for (const name of ['one', 'two', 'three', 'four']) look(name, 0.125);
    await turn();
    expect(had).toEqual(['one', 'two', 'three']);
    await pass(1.25);
    expect(had).toEqual(['one', 'two', 'three', 'four']);
  });

  test('waits while another waits for an answer, for which only work counts', async () => {
    let answer: () => void = () => {};
    queue.add(() => new Promise((resolve) => (answer = resolve)));
    look('two', 10);
    await pass(1000);
    expect(had).toEqual([]);
    spend(5);
    answer();
    await turn();
    await pass(19);
    expect(had).toEqual([]);
    await pass(1);
    expect(had).toEqual(['two']);
  });

  test('waits for what was made of those before it', async () => {
    look('one', 10);
    look('two', 10);
    await pass(20);
    spend(15);
    queue.charge(15);
    await pass(5);
    expect(had).toEqual(['one']);
    await pass(59);
    expect(had).toEqual(['one']);
    await pass(1);
    expect(had).toEqual(['one', 'two']);
  });

  test('is not had any more when it is taken out', async () => {
    look('one', 10);
    const leave = look('two', 10);
    look('three', 10);
    leave();
    await pass(40);
    expect(had).toEqual(['one', 'three']);
  });
});

describe('looks at an interval', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  test('that are late are one', async () => {
    const answers: (() => void)[] = [];
    const read = (): Promise<void> => new Promise((resolve) => answers.push(resolve));
    const sink = { next: () => {}, fail: () => {} };
    const end = lookEvery(100, read, sink);
    expect(answers).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    answers[0]?.();
    await turn();
    vi.advanceTimersByTime(1000);
    await eventually(() => answers.length === 2, 'the look that was late');
    answers[1]?.();
    let isBehind = false;
    const endOther = lookEvery(
      100,
      () => {
        isBehind = true;
      },
      sink,
    );
    await eventually(() => isBehind, 'a look that came later');
    expect(answers).toHaveLength(2);
    end();
    endOther();
  });
});
