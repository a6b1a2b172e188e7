import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFailureLog, type FailureLog, type FailureReport } from '../../src/access/failure-log.ts';

let reports: FailureReport[];
let log: FailureLog;

const report = (failures: FailureReport): void => void reports.push(failures);

const fail = (name: string, address = '192.0.2.7') => log.add({ address, kind: 'user', name });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  reports = [];
  log = createFailureLog(report);
});

afterEach(() => {
  log.close();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);

describe('the log of failed logins', () => {
  test('tells the first failure of an address at once', () => {
    fail('eve');
    fail('eve', '198.51.100.9');
    expect(reports).toEqual([
      { address: '192.0.2.7', kind: 'user', name: 'eve', count: 1 },
      { address: '198.51.100.9', kind: 'user', name: 'eve', count: 1 },
    ]);
  });

  test('tells a thousand more as the newest of them and their count, a second later', () => {
    for (let i = 0; i <= 1000; i += 1) fail(`user ${i}`);
    expect(reports).toHaveLength(1);
    pass(1000);
    expect(reports.slice(1)).toEqual([{ address: '192.0.2.7', kind: 'user', name: 'user 1000', count: 1000 }]);
    pass(10_000);
    expect(reports).toHaveLength(2);
  });

  test('tells no address twice within a second, whenever it begins', () => {
    const at: number[] = [];
    log = createFailureLog(() => at.push(performance.now()));
    fail('first', '198.51.100.9');
    at.length = 0;
    for (let i = 0; i < 100; i += 1) {
      pass(70);
      fail('eve');
    }
    const gaps = at.slice(1).map((time, i) => time - at[i]!);
    expect(gaps.length).toBeGreaterThan(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  });

  test('escapes and shortens names', () => {
    fail(`a\n${'x'.repeat(1e6)}`);
    expect(reports[0]!.name).toMatch(/^a\\u000ax{190}…$/);
  });

  test('runs no timer once nobody fails any more', () => {
    fail('eve');
    fail('eve');
    expect(vi.getTimerCount()).toBe(1);
    pass(5000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tells what it counted when it closes, or forgets the oldest address', () => {
    log = createFailureLog(report, 1);
    fail('eve');
    fail('eve');
    fail('bob', '198.51.100.9');
    fail('bob', '198.51.100.9');
    log.close();
    expect(reports.map(({ name, count }) => `${name} ${count}`)).toEqual(['eve 1', 'bob 1', 'eve 1', 'bob 1']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
