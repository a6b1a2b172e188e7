import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BrokerError } from '../../src/domain.ts';
import { calm, type Ear, LARGE, Stage } from './stage.ts';

const COMPLETE = 'event: complete\ndata:';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const passes = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds);

function watchEnd({ outlet }: Ear): { count: number } {
  const ends = { count: 0 };
  outlet.onEnded = () => {
    ends.count++;
  };
  return ends;
}

describe('a source with a lifetime', () => {
  test('completes for who follows when it is over, and not before', async () => {
    const stage = new Stage({ lifetime: 1000 });
    const ear = await stage.follow();
    const ends = watchEnd(ear);
    passes(999);
    stage.tell(1);
    expect(await ear.values(1)).toEqual([1]);
    expect(ends.count).toBe(0);
    passes(1);
    expect(await ear.event()).toBe(COMPLETE);
    expect(ends.count).toBe(1);
    expect(ear.outlet.isEnded).toBe(true);
    expect(stage.counts).toEqual({ opened: 1, closed: 1, executed: 1 });
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('gives all of it to each who follows, from its own beginning', async () => {
    const stage = new Stage({ lifetime: 1000 });
    const first = await stage.follow();
    passes(600);
    const second = await stage.follow();
    expect(stage.live.counts.executions).toBe(1);
    passes(400);
    expect(await first.event()).toBe(COMPLETE);
    stage.tell(7);
    expect(await second.values(1)).toEqual([7]);
    passes(599);
    expect(second.outlet.isEnded).toBe(false);
    passes(1);
    expect(await second.event()).toBe(COMPLETE);
    expect(stage.counts).toEqual({ opened: 1, closed: 1, executed: 1 });
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('completes behind what was not read yet, and tells nothing that came later', async () => {
    const stage = new Stage({ lifetime: 1000 });
    const ear = await stage.follow(LARGE);
    const other = await stage.follow(LARGE);
    passes(500);
    const ends = watchEnd(ear);
    stage.tell(1, 2, 3, 4, 5, 6, 7, 8);
    await calm(() => stage.counts.executed);
    expect(ear.outlet.queue.length).toBeGreaterThan(0);
    passes(500);
    expect(ends.count).toBe(0);
    expect(ear.outlet.isEnded).toBe(true);
    stage.tell(9);
    for (let value = 1; value <= 8; value++) expect(await ear.event()).toContain(`"v1999":${value}}`);
    expect(await ear.event()).toBe(COMPLETE);
    expect(ends.count).toBe(1);
    expect(other.outlet.isEnded).toBe(true);
  });

  test('says nothing more to a client that leaves before it has read to the end', async () => {
    const stage = new Stage({ lifetime: 1000 });
    const ear = await stage.follow(LARGE);
    const ends = watchEnd(ear);
    stage.tell(1, 2, 3, 4, 5, 6, 7, 8);
    await calm(() => stage.counts.executed);
    const sent = 8 - ear.outlet.queue.length;
    passes(1000);
    ear.outlet.end();
    expect(ear.outlet.queue).toEqual([]);
    for (let value = 1; value <= sent; value++) await ear.event();
    const none = Symbol('none');
    expect(await Promise.race([ear.event(), new Promise((resolve) => setImmediate(resolve, none))])).toBe(none);
    expect(ends.count).toBe(0);
    expect(stage.counts.closed).toBe(1);
  });

  test('leaves no timer behind when it ends before', async () => {
    const stage = new Stage({ lifetime: 1000 });
    const [left, failed] = [await stage.follow(), await stage.follow('{ other { value } }')];
    expect(vi.getTimerCount()).toBe(2);
    left.outlet.end();
    failed.outlet.fail(new BrokerError('NODE_DOWN', "node 'a@b' does not answer"));
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a source without a lifetime has no timer', async () => {
  await new Stage().follow();
  expect(vi.getTimerCount()).toBe(0);
});
