import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createThrottle, type Throttle } from '../../src/access/throttle.ts';

const MINUTE = 60_000;
const here = '192.0.2.7';
const there = '198.51.100.9';

let throttle: Throttle;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  throttle = createThrottle();
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);

/** Fails as a patient program does: it waits as long as it is told. Answers how long that was each time. */
function fail(times: number, address: string, name: string): number[] {
  return Array.from({ length: times }, () => {
    const wait = throttle.check(address, name);
    pass(wait);
    throttle.failed(address, name);
    return wait;
  });
}

describe('failed logins', () => {
  test('cost nothing three times, then 250 ms, and twice as much each time up to 30 s', () => {
    expect(fail(13, here, 'eve')).toEqual([0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('are forgotten after ten minutes without one', () => {
    fail(6, here, 'eve');
    pass(10 * MINUTE - 1);
    fail(1, here, 'eve');
    expect(throttle.check(here, 'eve')).toBe(2000);
    pass(10 * MINUTE);
    expect(fail(5, here, 'eve')).toEqual([0, 0, 0, 0, 250]);
  });

  test('of many names slow down their address, and no other', () => {
    for (const name of ['a', 'b', 'c', 'd']) throttle.failed(here, name);
    expect(throttle.check(here, 'eve')).toBe(250);
    expect(throttle.check(there, 'eve')).toBe(0);
  });

  test('of one name from many addresses slow it down from the twentieth on, by a second at most', () => {
    const waitAfter = (failures: number) => {
      throttle = createThrottle();
      for (let i = 0; i < failures; i += 1) throttle.failed(`10.0.0.${i}`, 'eve');
      return throttle.check(here, 'eve');
    };
    expect([19, 20, 21, 22, 23, 40].map(waitAfter)).toEqual([0, 250, 500, 1000, 1000, 1000]);
  });

  test('of others do not slow down who logged in from here before', () => {
    throttle.succeeded(here, 'eve');
    for (let i = 0; i < 40; i += 1) {
      throttle.failed(here, 'stranger');
      throttle.failed(`10.0.0.${i}`, 'eve');
    }
    expect(throttle.check(here, 'eve')).toBe(0);
    expect(throttle.check(there, 'eve')).toBeGreaterThan(0);
    for (let i = 0; i < 4; i += 1) throttle.failed(here, 'eve');
    expect(throttle.check(here, 'eve')).toBe(250);
  });

  test('let one attempt through at a time when the wait is over', () => {
    fail(5, here, 'eve');
    pass(500);
    expect(throttle.check(here, 'eve')).toBe(0);
    expect(throttle.check(here, 'eve')).toBe(500);
    throttle.succeeded(here, 'eve');
    expect(throttle.check(here, 'eve')).toBe(0);
  });

  test('of a name let the next one through when one succeeded', () => {
    for (let i = 0; i < 20; i += 1) throttle.failed(`10.0.0.${i}`, 'eve');
    pass(250);
    expect(throttle.check(here, 'eve')).toBe(0);
    expect(throttle.check(there, 'eve')).toBe(250);
    throttle.succeeded(here, 'eve');
    expect(throttle.check(there, 'eve')).toBe(0);
  });

  test('of an address are not forgiven for a good login with another name', () => {
    fail(4, here, 'eve');
    throttle.succeeded(here, 'bob');
    expect(throttle.check(here, 'dan')).toBe(0);
    throttle.failed(here, 'dan');
    expect(throttle.check(here, 'dan')).toBe(500);
  });

  test.each(['__proto__', '', 'x'.repeat(1e6)])('of odd names are counted like any other', (name) => {
    expect(fail(5, here, name).at(-1)).toBe(250);
  });

  test('of the address that failed longest ago are forgotten when there are too many', () => {
    throttle = createThrottle(2);
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const;
    const failFrom = (address: string) => {
      for (let i = 0; i < 4; i += 1) throttle.failed(address, address);
    };
    const [first, second, third] = addresses;
    for (const address of [first, second, first, third]) failFrom(address);
    expect(addresses.map((address) => throttle.check(address, 'eve'))).toEqual([4000, 0, 250]);
  });

  test('of IPv6 addresses count by the network of 64 bits', () => {
    for (let i = 0; i < 4; i += 1) throttle.failed(`2001:db8::${i}`, 'eve');
    expect(throttle.check('2001:db8::ffff', 'bob')).toBe(250);
    expect(throttle.check('2001:db8:0:1::1', 'bob')).toBe(0);
  });
});
