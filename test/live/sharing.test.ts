import { describe, expect, test } from 'vitest';
import { BrokerError } from '../../src/domain.ts';
import { calm, type Ear, Stage, turns } from './stage.ts';

const LIMITS = { queue: 5, queueBytes: 1_000_000, dropped: 0 };

/** Whole numbers from the first to the last. */
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('a subscription that several follow', () => {
  test('is executed once a value, and everybody gets it', async () => {
    const stage = new Stage();
    const ears = [await stage.follow(), await stage.follow(), await stage.follow()];
    stage.tell(1, 2);
    for (const ear of ears) expect(await ear.values(2)).toEqual([1, 2]);
    expect(stage.counts).toEqual({ opened: 1, closed: 0, executed: 2 });
    expect(stage.live.counts).toEqual({ executions: 1, sources: 0 });
  });

  test.each<[string, Parameters<Stage['follow']>, Parameters<Stage['follow']>]>([
    ['documents', ['{ count { value } }'], ['{ other { value } }']],
    [
      'variables',
      ['subscription ($n: Int) { count(from: $n) { value } }', 'app', { n: 1 }],
      ['subscription ($n: Int) { count(from: $n) { value } }', 'app', { n: 2 }],
    ],
    ['names', ['{ count { value } }', 'app'], ['{ count { value } }', 'other']],
    ['roles', ['{ count { value } }', 'app', {}, 'ADMIN'], ['{ count { value } }', 'app', {}, 'VIEWER']],
  ])('is another one with other %s', async (_, one, other) => {
    const stage = new Stage();
    await stage.follow(...one);
    await stage.follow(...other);
    expect(stage.live.counts.executions).toBe(2);
    expect(stage.counts.opened).toBe(2);
  });

  test('is the same one when its document is written with other white space', async () => {
    const stage = new Stage();
    await stage.follow('{ count { value } }');
    await stage.follow('{count{value}}');
    expect(stage.live.counts.executions).toBe(1);
  });

  test('is the same one whether its variables are empty or none', async () => {
    const stage = new Stage();
    await stage.follow('{ count { value } }', 'app', {});
    await stage.follow('{ count { value } }', 'app', null);
    expect(stage.live.counts.executions).toBe(1);
  });

  test('is the same one in whatever order its variables are given', async () => {
    const stage = new Stage();
    const query = 'subscription ($n: Int, $span: Span) { count(from: $n, span: $span) { value } }';
    await stage.follow(query, 'app', { n: 1, span: { least: 1, most: 2 } });
    await stage.follow(query, 'app', { span: { most: 2, least: 1 }, n: 1 });
    expect(stage.live.counts.executions).toBe(1);
  });

  test('is the same one whatever is given for variables that it does not have', async () => {
    const stage = new Stage();
    const query = 'subscription ($n: Int) { count(from: $n) { value } }';
    const first = await stage.follow(query, 'app', { n: 1 });
    const second = await stage.follow(query, 'app', { n: 1, junk: 'x' });
    await stage.follow('{ count { value } }', 'app', { n: 1 });
    await stage.follow('{ count { value } }', 'app', { n: 2 });
    expect(stage.live.counts.executions).toBe(2);
    stage.tell(3);
    for (const ear of [first, second]) expect(await ear.values(1)).toEqual([3]);
  });

  test('is asked for by each: what one may does not help another', async () => {
    const stage = new Stage();
    await stage.follow();
    stage.refused = new BrokerError('FORBIDDEN', 'not you');
    const refused = await stage.follow();
    expect(refused.refusals).toEqual(['not you']);
    expect(stage.faults).toEqual([]);
    stage.tell(1);
    expect(stage.counts.executed).toBe(0);
  });

  test('ends with the last of them, and begins anew with the next', async () => {
    const stage = new Stage();
    const [first, second] = [await stage.follow(), await stage.follow()];
    first.outlet.end();
    expect(stage.counts.closed).toBe(0);
    second.outlet.end();
    second.outlet.end();
    expect(stage.counts).toEqual({ opened: 1, closed: 1, executed: 0 });
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
    const third = await stage.follow();
    stage.tell(3);
    expect(await third.values(1)).toEqual([3]);
  });

  test('tells a newcomer only of what came after it', async () => {
    const stage = new Stage();
    const first = await stage.follow();
    stage.tell(1);
    // Told, but not executed yet.
    const joining = stage.follow();
    stage.tell(2);
    const second = await joining;
    stage.tell(3);
    expect(await first.values(3)).toEqual([1, 2, 3]);
    expect(await second.values(1)).toEqual([3]);
  });

  test('tells of errors in the place of data, and masks faults', async () => {
    const stage = new Stage();
    const ear = await stage.follow();
    stage.tell(-1, 0, 7);
    const place = { locations: [{ line: 1, column: 24 }], path: ['count', 'value'] };
    expect(await ear.next()).toEqual({
      errors: [{ message: 'there is no -1', ...place, extensions: { code: 'NOT_FOUND' } }],
      data: null,
    });
    expect(await ear.next()).toEqual({
      errors: [{ message: 'unexpected error', ...place, extensions: { code: 'INTERNAL', logId: expect.any(String) } }],
      data: null,
    });
    expect(await ear.values(1)).toEqual([7]);
    expect(stage.faults.map(String)).toEqual(['Error: a fault with a secret in it']);
  });

  test('keeps its order when executing takes time', async () => {
    const stage = new Stage();
    stage.isSlow = true;
    const ear = await stage.follow();
    stage.tell(3, 2, 1);
    expect(await ear.values(3)).toEqual([3, 2, 1]);
  });

  test('drops the oldest values when executing is slower than its source, and tells of it', async () => {
    const stage = new Stage({}, { queue: 100_000, queueBytes: 100_000_000, dropped: 0 });
    const ear = await stage.follow();
    stage.tell(...Array.from({ length: 10_003 }, (_, i) => i + 1));
    expect(await ear.values(2)).toEqual([{ value: 4, extensions: { dropped: 3 } }, 5]);
  });

  test('drops the oldest values when they hold much memory', async () => {
    const stage = new Stage({ sizeOf: () => 40 * 1024 * 1024 });
    const ear = await stage.follow();
    stage.tell(1, 2, 3);
    stage.tell(4);
    expect(await ear.values(1)).toEqual([{ value: 4, extensions: { dropped: 3 } }]);
    stage.tell(5);
    expect(await ear.values(1)).toEqual([5]);
  });

  test('tells a newcomer only of what was dropped after it came', async () => {
    const stage = new Stage({}, { queue: 100_000, queueBytes: 100_000_000, dropped: 0 });
    const first = await stage.follow();
    stage.tell(...Array.from({ length: 100 }, (_, i) => i + 1));
    const second = await stage.follow();
    stage.tell(...Array.from({ length: 10_100 }, (_, i) => i + 101));
    expect(await first.values(2)).toEqual([{ value: 201, extensions: { dropped: 200 } }, 202]);
    expect(await second.values(2)).toEqual([{ value: 201, extensions: { dropped: 100 } }, 202]);
  });

  test('ends for all of them when its source fails', async () => {
    const stage = new Stage();
    const ears = [await stage.follow(), await stage.follow()];
    for (const sink of [...stage.sinks]) sink.fail(new BrokerError('NODE_DOWN', "node 'a@b' does not answer"));
    for (const ear of ears) {
      expect(await ear.next()).toEqual({
        errors: [{ message: "node 'a@b' does not answer", extensions: { code: 'NODE_DOWN' } }],
      });
      expect(ear.outlet.isEnded).toBe(true);
    }
    expect(stage.counts).toEqual({ opened: 1, closed: 1, executed: 0 });
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('is refused, masked, when its source cannot be opened', async () => {
    const stage = new Stage({
      key: 'one',
      open: () => {
        throw new Error('out of order');
      },
    });
    expect((await stage.follow()).refusals).toEqual(['unexpected error']);
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });
});

describe('what a newcomer gets first', () => {
  test('comes before what follows, to itself alone', async () => {
    const ring = [1, 2];
    const stage = new Stage({ begin: () => [...ring] });
    const first = await stage.follow();
    stage.tell(3);
    ring.push(3);
    const second = await stage.follow();
    stage.tell(4);
    expect(await first.values(4)).toEqual([1, 2, 3, 4]);
    expect(await second.values(4)).toEqual([1, 2, 3, 4]);
  });

  test('is whole, however much it is and however many come at once', async () => {
    const ring = from(1, 9000);
    const stage = new Stage({ begin: () => ring });
    const ears = [await stage.follow(), await stage.follow(), await stage.follow()];
    for (const values of await Promise.all(ears.map((ear) => ear.values(9000)))) expect(values).toEqual(ring);
  });

  test('is executed once for those who come at once', async () => {
    const stage = new Stage({ begin: () => [1, 2, 3] });
    const ears = [await stage.follow(), await stage.follow(), await stage.follow()];
    for (const ear of ears) expect(await ear.values(3)).toEqual([1, 2, 3]);
    expect(stage.counts.executed).toBe(3);
  });

  test('is taken as it is read, and no further when its reader is gone', async () => {
    let taken = 0;
    const stage = new Stage({
      *begin() {
        while (taken < 9000) yield ++taken;
      },
    });
    const ear = await stage.follow();
    await calm(() => taken);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(4000);
    const left = taken;
    ear.outlet.end();
    await ear.values(1000);
    await calm(() => taken);
    expect(taken).toBe(left);
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('is whole when executing takes time, and what follows is behind it', async () => {
    const stage = new Stage({ begin: () => [1, 2, 3] }, LIMITS);
    stage.isSlow = true;
    const ear = await stage.follow();
    stage.tell(4);
    await turns(() => stage.counts.executed > 1);
    stage.tell(5);
    expect(await ear.values(5)).toEqual([1, 2, 3, 4, 5]);
  });

  test('keeps nothing waiting that comes in the same turn', async () => {
    const stage = new Stage({ begin: () => [1, 2] }, LIMITS);
    const ear = await stage.follow();
    stage.tell(...from(3, 100));
    expect(await ear.values(100)).toEqual(from(1, 100));
  });

  test('comes before what follows, of which a slow reader loses the oldest', async () => {
    const stage = new Stage({ begin: () => from(1, 3000) }, LIMITS);
    const ear = await stage.follow();
    await calm(() => stage.counts.executed);
    stage.tell(...from(3001, 3010));
    await calm(() => stage.counts.executed);
    expect(await ear.values(3000)).toEqual(from(1, 3000));
    expect(await ear.values(5)).toEqual([{ value: 3006, extensions: { dropped: 5 } }, ...from(3007, 3010)]);
    stage.tell(3011);
    expect(await ear.values(1)).toEqual([3011]);
  });

  test('costs those who are there nothing', async () => {
    let ring: number[] = [];
    const stage = new Stage({ begin: () => ring });
    const first = await stage.follow();
    stage.tell(1);
    ring = from(1, 10_000);
    const newcomers = [await stage.follow(), await stage.follow()];
    stage.tell(2);
    expect(await first.values(2)).toEqual([1, 2]);
    for (const { outlet } of newcomers) outlet.end();
  });

  test('ends who reads too slowly for it with an error of its own, behind what was told', async () => {
    const stage = new Stage({
      *begin() {
        yield 1;
        throw new BrokerError('CURSOR_EXPIRED', 'forgotten meanwhile');
      },
    });
    const ear = await stage.follow();
    const other = await stage.follow('{ other { value } }');
    const error = { errors: [{ message: 'forgotten meanwhile', extensions: { code: 'CURSOR_EXPIRED' } }] };
    for (const each of [ear, other]) {
      expect(await each.values(1)).toEqual([1]);
      expect(await each.next()).toEqual(error);
      expect(each.outlet.isEnded).toBe(true);
    }
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('counts for who misses more than he may of what follows', async () => {
    const stage = new Stage({ begin: () => from(1, 3000) }, { ...LIMITS, dropped: 10 });
    const ear = await stage.follow();
    await calm(() => stage.counts.executed);
    stage.tell(...from(3001, 3015));
    await calm(() => stage.counts.executed);
    expect(ear.outlet.isEnded).toBe(false);
    stage.tell(3016);
    await turns(() => ear.outlet.isEnded);
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });
});

describe('patches', () => {
  /** Of a source that told `n` patches, `SNAPSHOT + n` stands for all of them. */
  const SNAPSHOT = 1_000_000;

  function paged(limits = LIMITS) {
    let told = 0;
    const stage = new Stage({ kind: 'patches', begin: () => (told === 0 ? [] : [SNAPSHOT + told]) }, limits);
    const { counts } = stage;
    const tell = async (count = 1): Promise<void> => {
      for (let i = 0; i < count; i++) stage.tell(++told);
      await calm(() => counts.executed);
    };
    return { stage, counts, tell };
  }

  /** Reads on until something was lost, or a whole page came. Answers the patches before, and that. */
  async function untilWhole(ear: Ear): Promise<{ patches: number[]; whole: unknown }> {
    const patches: number[] = [];
    for (;;) {
      const [value] = await ear.values(1);
      if (typeof value !== 'number' || value > SNAPSHOT) return { patches, whole: value };
      patches.push(value);
    }
  }

  test('that nobody reads are not executed any more, and made good when somebody does', async () => {
    const { stage, counts, tell } = paged();
    const ear = await stage.follow();
    await tell(2000);
    const { executed } = counts;
    for (let i = 0; i < 20; i++) await tell();
    expect(counts.executed).toBe(executed);
    expect(ear.outlet.queue).toEqual([]);
    const { patches, whole } = await untilWhole(ear);
    expect(patches).toEqual(from(1, patches.length));
    expect(whole).toEqual({ value: SNAPSHOT + 2020, extensions: { dropped: 2020 - patches.length } });
    expect(counts.executed).toBe(executed + 1);
    await tell();
    expect(await ear.values(1)).toEqual([2021]);
  });

  test('that only some do not read are executed once, and made good for those alone', async () => {
    const { stage, counts, tell } = paged();
    const slow = await stage.follow();
    await tell(2000);
    const fast = await stage.follow();
    const { executed } = counts;
    expect(await fast.values(1)).toEqual([SNAPSHOT + 2000]);
    for (let i = 2001; i <= 2020; i++) {
      await tell();
      expect(await fast.values(1)).toEqual([i]);
    }
    expect(counts.executed).toBe(executed + 21);
    expect((await untilWhole(slow)).whole).toMatchObject({ value: SNAPSHOT + 2020 });
    expect(counts.executed).toBe(executed + 22);
    await tell();
    for (const ear of [slow, fast]) expect(await ear.values(1)).toEqual([2021]);
  });

  test('that come while the whole page is executed follow it', async () => {
    const { stage, tell } = paged();
    const first = await stage.follow();
    await tell();
    expect(await first.values(1)).toEqual([1]);
    stage.isSlow = true;
    const second = await stage.follow();
    const third = await stage.follow();
    await tell();
    await tell();
    for (const ear of [second, third]) expect(await ear.values(3)).toEqual([SNAPSHOT + 1, 2, 3]);
    expect(await first.values(2)).toEqual([2, 3]);
  });

  test('are made good with one execution for all who lost some, and for newcomers', async () => {
    const { stage, counts, tell } = paged();
    const ears = [await stage.follow(), await stage.follow(), await stage.follow()];
    await tell(2000);
    const { executed } = counts;
    for (const ear of ears) {
      expect((await untilWhole(ear)).whole).toMatchObject({ value: SNAPSHOT + 2000 });
    }
    for (let i = 0; i < 3; i++) {
      expect(await (await stage.follow()).values(1)).toEqual([SNAPSHOT + 2000]);
    }
    expect(counts.executed).toBe(executed + 1);
  });

  test('that are dropped before they were executed are made good', async () => {
    const { stage, tell } = paged();
    const ear = await stage.follow();
    await tell(10_001);
    expect(await untilWhole(ear)).toEqual({
      patches: [],
      whole: { value: SNAPSHOT + 10_001, extensions: { dropped: expect.any(Number) } },
    });
  });

  test('end a reader who misses more of them than he may', async () => {
    const { stage, tell } = paged({ ...LIMITS, dropped: 10 });
    const ear = await stage.follow();
    while (!ear.outlet.isEnded) await tell();
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
    let event = await ear.event();
    while (event.includes('"data"')) event = await ear.event();
    expect(event).toContain('11 events were dropped because they were not read; the limit is 10');
  });
});

describe('sources of one key', () => {
  test('are one for documents that differ, until the last of them ends', async () => {
    const stage = new Stage({ key: 'one' });
    const [count, other] = [await stage.follow(), await stage.follow('{ other { value } }')];
    expect(stage.counts.opened).toBe(1);
    expect(stage.live.counts).toEqual({ executions: 2, sources: 1 });
    stage.tell(1);
    expect(await count.values(1)).toEqual([1]);
    expect(await other.values(1)).toEqual([1]);
    count.outlet.end();
    expect(stage.counts.closed).toBe(0);
    other.outlet.end();
    expect(stage.counts.closed).toBe(1);
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test('that are a state tell a newcomer their newest value', async () => {
    const stage = new Stage({ key: 'one', kind: 'state' });
    const count = await stage.follow();
    stage.tell(1, 2);
    expect(await count.values(1)).toEqual([2]);
    expect(await (await stage.follow('{ other { value } }')).values(1)).toEqual([2]);
    expect(await (await stage.follow()).values(1)).toEqual([2]);
    expect(stage.counts).toEqual({ opened: 1, closed: 0, executed: 2 });
  });

  test('begin anew after they failed', async () => {
    const stage = new Stage({ key: 'one', kind: 'state' });
    await stage.follow();
    for (const sink of [...stage.sinks]) sink.fail(new Error('gone'));
    const again = await stage.follow();
    expect(stage.counts).toEqual({ opened: 2, closed: 1, executed: 0 });
    stage.tell(5);
    expect(await again.values(1)).toEqual([5]);
  });
});

describe('what a document makes of a source of a key', () => {
  test('is its own, of the newest value for one that comes later', async () => {
    const made: string[] = [];
    const stage = new Stage({
      key: 'one',
      kind: 'patches',
      through: (open) => (sink) => {
        const name = String(made.push('') - 1);
        return open({
          next: (value) => {
            made[Number(name)] += ` ${value}`;
            sink.next(value * 10 + Number(name));
          },
          fail: (error) => sink.fail(error),
        });
      },
    });
    const count = await stage.follow();
    stage.tell(1, 2);
    const other = await stage.follow('{ other { value } }');
    stage.tell(3);
    expect(await count.values(3)).toEqual([10, 20, 30]);
    expect(await other.values(2)).toEqual([21, 31]);
    expect(made).toEqual([' 1 2 3', ' 2 3']);
    expect(stage.counts.opened).toBe(1);
    for (const ear of [count, other]) ear.outlet.end();
    expect(stage.counts.closed).toBe(1);
    expect(stage.live.counts).toEqual({ executions: 0, sources: 0 });
  });
});

describe('a source that asks how long executing takes', () => {
  test('is told so of each value', async () => {
    const times: number[] = [];
    const stage = new Stage({ onExecuted: (milliseconds) => times.push(milliseconds) });
    const ear = await stage.follow();
    stage.tell(1, 2);
    await ear.values(2);
    expect(times).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Math.min(...times)).toBeGreaterThan(0);
  });
});

describe('a state', () => {
  test('is sent when it changed, and not when it did not', async () => {
    const stage = new Stage({ kind: 'state' });
    const ear = await stage.follow();
    for (const value of [1, 1, 1, 2]) {
      stage.tell(value);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    }
    expect(await ear.values(2)).toEqual([1, 2]);
    expect(stage.counts.executed).toBe(4);
  });

  test('of one turn is executed once', async () => {
    const stage = new Stage({ kind: 'state' });
    const ear = await stage.follow();
    stage.tell(1, 2, 3);
    expect(await ear.values(1)).toEqual([3]);
    expect(stage.counts.executed).toBe(1);
  });
});
