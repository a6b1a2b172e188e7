import { beforeEach, describe, expect, test } from 'vitest';
import type { AlarmNotice } from '../../src/alarms/alarm.ts';
import { Breaker } from '../../src/net/breaker.ts';
import { OutboundBusy } from '../../src/net/outbound.ts';

let now = 0;
let alarms: Map<string, AlarmNotice>;
let changes: string[];
let breaker: Breaker;

const fail = () => breaker.run(() => Promise.reject(new Error('http://a.example did not answer')));
const succeed = () => breaker.run(async () => 'answer');

async function failTimes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await expect(fail()).rejects.toThrow('did not answer');
}

beforeEach(() => {
  now = 0;
  alarms = new Map();
  changes = [];
  breaker = new Breaker({
    alarms: { raise: (notice) => void alarms.set(notice.id, notice), clear: (id) => void alarms.delete(id) },
    alarm: { id: 'a_down', title: 'A is down' },
    ...{ failures: 3, firstWait: 100, longestWait: 300, now: () => now },
    onChange: (isOpen, error) => changes.push(`${isOpen ? 'open' : 'closed'} ${error?.message ?? ''}`),
  });
});

describe('a breaker', () => {
  test('answers what the call answers, and rejects with its error', async () => {
    expect(await succeed()).toBe('answer');
    await expect(fail()).rejects.toThrow('http://a.example did not answer');
  });

  test('stays closed while failures are not in a row', async () => {
    for (let i = 0; i < 10; i++) {
      await failTimes(2);
      await succeed();
    }
    expect(breaker.isOpen).toBe(false);
    expect(alarms.size).toBe(0);
  });

  test('opens after as many failures in a row as it may have: an alarm stands, and no call is made', async () => {
    await failTimes(3);
    expect(alarms.get('a_down')).toEqual({
      ...{ id: 'a_down', title: 'A is down', severity: 'error' },
      summary: 'http://a.example did not answer; it failed 3 times in a row',
    });
    await expect(succeed()).rejects.toThrow('the server is not called for now');
    expect(changes).toEqual(['open http://a.example did not answer']);
  });

  test('lets one call through when the wait is over, and closes when that succeeds', async () => {
    await failTimes(3);
    now = 100;
    let answer = (_: string): void => {};
    const trial = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await expect(succeed()).rejects.toThrow('not called');
    answer('answer');
    expect(await trial).toBe('answer');
    expect(alarms.size).toBe(0);
    expect(changes).toEqual(['open http://a.example did not answer', 'closed ']);
    expect(await succeed()).toBe('answer');
  });

  test('doubles the wait with every call that fails, up to the longest', async () => {
    await failTimes(3);
    for (const wait of [100, 200, 300, 300]) {
      now += wait - 1;
      await expect(succeed()).rejects.toThrow('not called');
      now += 1;
      await failTimes(1);
    }
    expect(alarms.get('a_down')?.summary).toBe('http://a.example did not answer; it failed 7 times in a row');
    expect(changes).toHaveLength(1);
  });

  test('closes when a call from before it opened succeeds', async () => {
    let answer = (_: string): void => {};
    const early = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await failTimes(3);
    answer('answer');
    await early;
    expect(breaker.isOpen).toBe(false);
    expect(alarms.size).toBe(0);
  });

  test('leaves its alarm at its end until it is told to clear it, and raises none for calls that are under way', async () => {
    let reject = (_: Error): void => {};
    const late = breaker.run(() => new Promise((_, refuse) => (reject = refuse)));
    await failTimes(3);
    breaker.end();
    expect(alarms.size).toBe(1);
    breaker.clearAlarm();
    reject(new Error('too late'));
    await expect(late).rejects.toThrow('too late');
    expect(alarms.size).toBe(0);
  });

  test('clears an alarm from before with the first answer, and does not speak of a change', async () => {
    alarms.set('a_down', { id: 'a_down', title: 'A is down', severity: 'error', summary: 'it was' });
    await failTimes(1);
    expect(alarms.size).toBe(1);
    await succeed();
    expect(alarms.size).toBe(0);
    expect(changes).toEqual([]);
  });

  test('counts no call as a failure that was never made', async () => {
    const busy = () => breaker.run(() => Promise.reject(new OutboundBusy('http://a.example has 4 requests')));
    for (let i = 0; i < 5; i++) await expect(busy()).rejects.toThrow('has 4 requests');
    expect(breaker.isOpen).toBe(false);
    await failTimes(3);
    now = 100;
    await expect(busy()).rejects.toThrow('has 4 requests');
    expect(await succeed()).toBe('answer');
  });
});
