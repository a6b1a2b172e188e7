import { describe, expect, test } from 'vitest';
import { BrokerError } from '../../src/domain.ts';
import { Stage } from './stage.ts';

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
