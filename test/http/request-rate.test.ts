import { describe, expect, test } from 'vitest';
import { createRequestRate, type RequestRateOptions } from '../../src/http/request-rate.ts';

/** A rate whose clock is moved by hand. */
function rateOf(options: Omit<RequestRateOptions, 'now'>) {
  let time = 123_456_789.123;
  const rate = createRequestRate({ ...options, now: () => time });
  const takeMany = (key: string, count: number) => Array.from({ length: count }, () => rate.take(key));
  const pass = (ms: number): void => {
    time += ms;
  };
  return { rate, takeMany, pass };
}

describe('requests in time', () => {
  test.each([1, 3, 7, 10, 600, 1000])('%i a second come in at once, and the next has to wait', (perSecond) => {
    const { takeMany } = rateOf({ perSecond });
    expect(takeMany('app', perSecond)).toEqual(Array(perSecond).fill(0));
    expect(takeMany('app', 1)).toEqual([1]);
  });

  test('come in again one by one as time goes', () => {
    const { takeMany, pass } = rateOf({ perSecond: 3 });
    takeMany('app', 3);
    for (let count = 0; count < 30; count++) {
      pass(1000 / 3);
      expect(takeMany('app', 2)).toEqual([0, 1]);
    }
  });

  test('that were refused cost nothing', () => {
    const { takeMany, pass } = rateOf({ perSecond: 2 });
    takeMany('app', 100);
    pass(1000);
    expect(takeMany('app', 3)).toEqual([0, 0, 1]);
  });

  test('are not saved up beyond the burst', () => {
    const { takeMany, pass } = rateOf({ perSecond: 1, burst: 3 });
    pass(1_000_000);
    expect(takeMany('app', 4)).toEqual([0, 0, 0, 1]);
  });

  test('tell how long to wait, and come in then', () => {
    const { rate, takeMany, pass } = rateOf({ perSecond: 0.1 });
    expect(takeMany('app', 2)).toEqual([0, 10]);
    pass(2500);
    expect(rate.take('app')).toBe(8);
    pass(8000);
    expect(rate.take('app')).toBe(0);
  });

  test('of one key are not those of another', () => {
    const { rate, takeMany } = rateOf({ perSecond: 1 });
    expect(takeMany('app', 2)).toEqual([0, 1]);
    for (const key of ['other', '', '__proto__', 'constructor']) expect(rate.take(key)).toBe(0);
  });

  test('have no limit where it is 0', () => {
    const { takeMany, rate } = rateOf({ perSecond: 0 });
    expect(new Set(takeMany('app', 10_000))).toEqual(new Set([0]));
    expect(rate.size).toBe(0);
  });

  test('are measured by a real clock unless another is given', () => {
    const rate = createRequestRate({ perSecond: 0.001 });
    expect([rate.take('app'), rate.take('app')]).toEqual([0, 1000]);
  });
});

describe('keys', () => {
  test('leave when they were quiet long enough', () => {
    const { rate, pass } = rateOf({ perSecond: 1 });
    for (let key = 0; key < 1000; key++) rate.take(`${key}`);
    expect(rate.size).toBe(1000);
    pass(1000);
    rate.take('app');
    expect(rate.size).toBe(1);
  });

  test('are bounded, and the one that was quiet longest leaves', () => {
    const { rate } = rateOf({ perSecond: 1, capacity: 2 });
    rate.take('first');
    rate.take('second');
    rate.take('first');
    rate.take('third');
    expect(rate.size).toBe(2);
    expect([rate.take('first'), rate.take('second')]).toEqual([1, 0]);
  });
});
