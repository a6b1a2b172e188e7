import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ExpiryWatch } from '../../src/plugins/auth-jwt/expiry-watch.ts';

const START = 1_800_000_000;
let ended: string[];
let watch: ExpiryWatch<{ readonly name: string }>;
const items = new Map<string, { readonly name: string }>();

const item = (name: string) => {
  const known = items.get(name) ?? { name };
  items.set(name, known);
  return known;
};

beforeEach(() => {
  vi.useFakeTimers({ now: START * 1000 });
  ended = [];
  watch = new ExpiryWatch(({ name }) => void ended.push(name));
});

afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

test('each ends in its second, and is told once', () => {
  for (const [name, after] of [
    ['c', 3],
    ['a', 1],
    ['b', 2],
    ['b2', 2],
  ] as const)
    watch.add(item(name), START + after);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['a']);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['a', 'b', 'b2']);
  vi.advanceTimersByTime(60_000);
  expect(ended).toEqual(['a', 'b', 'b2', 'c']);
});

test('one timer runs, while there is something', () => {
  expect(vi.getTimerCount()).toBe(0);
  for (let i = 0; i < 100; i++) watch.add(item(String(i)), START + 10 + i);
  expect(vi.getTimerCount()).toBe(1);
  for (let i = 0; i < 100; i++) watch.delete(item(String(i)));
  expect(vi.getTimerCount()).toBe(0);
  expect(watch.size).toBe(0);
});

test('what left is not ended', () => {
  watch.add(item('a'), START + 5);
  watch.add(item('b'), START + 5);
  watch.delete(item('a'));
  vi.advanceTimersByTime(10_000);
  expect(ended).toEqual(['b']);
});

test('what is over already ends with the next look', () => {
  watch.add(item('later'), START + 1000);
  vi.advanceTimersByTime(5000);
  watch.add(item('over'), START - 50);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['over']);
});

test('a clock that jumps ahead ends all that it passed, one that jumps back ends nothing too early', () => {
  watch.add(item('a'), START + 100);
  watch.add(item('b'), START + 50_000);
  watch.add(item('c'), START + 2_000_000);
  vi.setSystemTime((START - 3600) * 1000);
  vi.advanceTimersByTime(2000);
  expect(ended).toEqual([]);
  vi.setSystemTime((START + 1_000_000) * 1000);
  vi.advanceTimersByTime(1000);
  expect(ended.sort()).toEqual(['a', 'b']);
  vi.setSystemTime((START + 2_000_000) * 1000);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['a', 'b', 'c']);
});

test('another second takes the place of the first', () => {
  watch.add(item('a'), START + 2);
  watch.add(item('a'), START + 5);
  vi.advanceTimersByTime(3000);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(ended).toEqual(['a']);
});
