import { beforeEach, describe, expect, test } from 'vitest';
import { Taps } from '../../src/broker/taps.ts';

let taps: Taps;
let heard: string[];

beforeEach(() => {
  heard = [];
  taps = new Taps((fault) => heard.push(String(fault)));
});

const publish = (topic: string): void => {
  if (!taps.hears(topic)) return;
  taps.tell({ topic, payload: Buffer.alloc(0), qos: 0, retain: false, clientId: 'a', publishedAt: 1 }, 'ann');
};

const listen = (topicFilter: string, name = topicFilter): (() => void) =>
  taps.listen(topicFilter, ({ topic }, username) => heard.push(`${name}: ${topic} of ${username}`));

describe('a tap', () => {
  test('hears what its topic filter matches', () => {
    for (const filter of ['a/b', 'a/+', 'a/#', '#', '+/+', 'b/#']) listen(filter);
    publish('a/b');
    expect(heard.sort()).toEqual(['#', '+/+', 'a/#', 'a/+', 'a/b'].map((filter) => `${filter}: a/b of ann`).sort());
    heard = [];
    publish('a');
    expect(heard.sort()).toEqual(['#', 'a/#'].map((filter) => `${filter}: a of ann`).sort());
  });

  test('does not hear by a first wildcard of topics that begin with $', () => {
    for (const filter of ['#', '+/b', '$SYS/#', '$SYS/+']) listen(filter);
    publish('$SYS/b');
    expect(heard.sort()).toEqual(['$SYS/#: $SYS/b of ann', '$SYS/+: $SYS/b of ann']);
  });

  test('hears from when it listens until it ends, apart from others of its filter', () => {
    publish('a');
    const endFirst = listen('a', 'first');
    publish('a');
    const endSecond = listen('a', 'second');
    endFirst();
    endFirst();
    publish('a');
    endSecond();
    publish('a');
    expect(heard).toEqual(['first: a of ann', 'second: a of ann']);
  });

  test('that comes later hears topics that were published before', () => {
    listen('a/#');
    publish('a/b');
    const end = listen('+/b');
    publish('a/b');
    end();
    publish('a/b');
    expect(heard).toEqual(['a/#: a/b of ann', 'a/#: a/b of ann', '+/b: a/b of ann', 'a/#: a/b of ann']);
  });
});

test('what a listener throws keeps nobody from hearing', () => {
  taps.listen('a', () => {
    throw new Error('not today');
  });
  listen('a');
  publish('a');
  expect(heard).toEqual(['Error: not today', 'a: a of ann']);
});

test('topics without a tap are not heard', () => {
  expect(taps.hears('a')).toBe(false);
  const ends = [listen('a'), listen('b/#')];
  expect(['a', 'b', 'b/c', 'c'].map((topic) => taps.hears(topic))).toEqual([true, true, true, false]);
  for (const end of ends) end();
  expect(taps.hears('a')).toBe(false);
  listen('a');
  expect(taps.hears('a')).toBe(true);
});
