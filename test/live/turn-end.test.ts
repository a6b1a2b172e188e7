import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TurnEnd, type Work } from '../../src/graphql/live/turn-end.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const turn = (): Promise<void> => new Promise(setImmediate);

describe('the end of a turn', () => {
  test.each(['execute', 'write'] as const)('begins nothing more after 5 ms, to %s', async (stage) => {
    const turnEnd = new TurnEnd();
    const done: string[] = [];
    /** Takes so many milliseconds. */
    const work = (name: string, milliseconds: number): Work => ({
      work() {
        done.push(name);
        vi.advanceTimersByTime(milliseconds);
        return true;
      },
    });
    for (const each of [work('a', 1), work('b', 3), work('c', 10), work('d', 1)]) turnEnd[stage](each);
    await turn();
    expect(done).toEqual(['a', 'b', 'c']);
    await turn();
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  test('lets others go on before who has much to do', async () => {
    const turnEnd = new TurnEnd();
    const done: string[] = [];
    const work = (name: string, steps: number): Work => ({
      work(isOver) {
        while (steps > 0) {
          done.push(name);
          vi.advanceTimersByTime(4);
          steps--;
          if (isOver()) break;
        }
        return steps === 0;
      },
    });
    turnEnd.execute(work('long', 5));
    turnEnd.execute(work('short', 1));
    await turn();
    expect(done).toEqual(['long', 'long']);
    await turn();
    expect(done).toEqual(['long', 'long', 'short', 'long']);
    await turn();
    expect(done).toEqual(['long', 'long', 'short', 'long', 'long', 'long']);
  });
});
