import { describe, expect, test } from 'vitest';
import { type MessageToRetain, type RetainedLimits, RetainedMessages } from '../../src/broker/retained-messages.ts';
import { BrokerError, type RetainedMessageFilter } from '../../src/domain.ts';
import { TopicTrie } from '../../src/store/topic-trie.ts';

const message = (topic: string, payload = 'x'): MessageToRetain => ({
  topic,
  payload: Buffer.from(payload),
  qos: 1,
  clientId: 'ann',
  username: null,
  nodeName: 'here',
  publishedAt: 1000,
});

function holding(topics: readonly string[], limits?: RetainedLimits): RetainedMessages {
  const retained = new RetainedMessages(limits);
  for (const topic of topics) retained.set(message(topic));
  return retained;
}

const found = (retained: RetainedMessages, filter: string): string[] =>
  retained
    .matching(filter)
    .map(({ topic }) => topic)
    .sort();

describe('a retained message', () => {
  test('is kept with its size', () => {
    const retained = new RetainedMessages();
    expect(retained.set(message('a', 'four'))).toBe('SET');
    expect(retained.get('a')).toEqual({ ...message('a', 'four'), payloadSize: 4 });
    expect([retained.size, retained.bytes]).toEqual([1, 4]);
  });

  test('replaces the one before, which whoever holds it still has', () => {
    const retained = holding(['a']);
    const before = retained.get('a');
    retained.set(message('a', 'longer'));
    expect(before?.payload.toString()).toBe('x');
    expect(retained.get('a')?.payload.toString()).toBe('longer');
    expect([retained.size, retained.bytes]).toEqual([1, 6]);
  });

  test('is removed by an empty payload [MQTT-3.3.1-10]', () => {
    const retained = holding(['a']);
    expect(retained.set(message('a', ''))).toBe('CLEARED');
    expect(retained.set(message('never', ''))).toBe('CLEARED');
    expect([retained.get('a'), retained.size, retained.bytes]).toEqual([null, 0, 0]);
  });

  test('is deleted once', () => {
    const retained = holding(['a', 'a/b']);
    expect([retained.delete('a'), retained.delete('a'), retained.delete('b')]).toEqual([true, false, false]);
    expect(found(retained, '#')).toEqual(['a/b']);
  });

  test('goes with all the others', () => {
    const retained = holding(['a', 'a/b', 'b']);
    retained.restore([]);
    expect([retained.size, retained.bytes, found(retained, '#')]).toEqual([0, 0, []]);
  });

  test('keeps no more than its own bytes of what came from the socket', () => {
    const retained = new RetainedMessages();
    const chunk = Buffer.allocUnsafeSlow(65_536).fill('y');
    retained.set({ ...message('a'), payload: chunk.subarray(10, 14) });
    expect(retained.get('a')?.payload.buffer.byteLength).toBe(4);
    chunk.fill('z');
    expect(retained.get('a')?.payload.toString()).toBe('yyyy');
  });
});

describe('above a limit', () => {
  test('a new topic is refused and an old one is not, in count', () => {
    const retained = holding(['a', 'b'], { maxCount: 2, maxPayload: 0, expiryInterval: 0 });
    expect(retained.set(message('c'))).toBe('TOO_MANY');
    expect(retained.set(message('a', 'new'))).toBe('SET');
    retained.delete('b');
    expect(retained.set(message('c'))).toBe('SET');
    expect(found(retained, '#')).toEqual(['a', 'c']);
  });

  test('a payload is refused and the earlier one stays, in size', () => {
    const retained = new RetainedMessages({ maxCount: 0, maxPayload: 4, expiryInterval: 0 });
    expect(retained.set(message('a', 'four'))).toBe('SET');
    expect(retained.set(message('a', 'five!'))).toBe('TOO_LARGE');
    expect(retained.get('a')?.payload.toString()).toBe('four');
  });
});

describe('a topic filter', () => {
  const retained = holding([
    'a',
    'a/',
    'a/b',
    'a/b/c',
    '/',
    '/a',
    'b',
    '$SYS',
    '$SYS/a',
    '$x/a/b',
    '__proto__',
    'a//b',
  ]);

  test.each([
    ['a', ['a']],
    ['a/b', ['a/b']],
    ['none', []],
    ['+', ['__proto__', 'a', 'b']],
    ['a/+', ['a/', 'a/b']],
    ['+/+', ['/', '/a', 'a/', 'a/b']],
    ['/+', ['/', '/a']],
    ['+/', ['/', 'a/']],
    ['a//+', ['a//b']],
    ['a/+/+', ['a//b', 'a/b/c']],
    ['a/#', ['a', 'a/', 'a//b', 'a/b', 'a/b/c']],
    ['#', ['/', '/a', '__proto__', 'a', 'a/', 'a//b', 'a/b', 'a/b/c', 'b']],
    ['+/#', ['/', '/a', '__proto__', 'a', 'a/', 'a//b', 'a/b', 'a/b/c', 'b']],
    ['+/a', ['/a']],
    ['$SYS/#', ['$SYS', '$SYS/a']],
    ['$SYS/+', ['$SYS/a']],
    ['$x/+/b', ['$x/a/b']],
    ['__proto__/#', ['__proto__']],
    ['constructor', []],
  ])('%s finds %j', (filter, expected) => {
    expect(found(retained, filter)).toEqual(expected);
  });

  test('finds topics of 65 535 bytes in 100 levels, and of 65 536 empty levels', () => {
    const long = `${'deep/'.repeat(99)}${'x'.repeat(65_535 - 495)}`;
    const empty = '/'.repeat(65_535);
    const deep = holding([long, empty]);
    expect(deep.matching('deep/#').map(({ topic }) => topic)).toEqual([long]);
    expect(deep.matching(`${'+/'.repeat(99)}+`).map(({ topic }) => topic)).toEqual([long]);
    expect(deep.matching('/#').map(({ topic }) => topic)).toEqual([empty]);
    expect([deep.delete(long), deep.delete(empty), deep.size]).toEqual([true, true, 0]);
  });
});

describe('some messages to send', () => {
  const topics = (retained: RetainedMessages, filter: string, most: number): string[] =>
    retained
      .someToSend(filter, most)
      .map(({ topic }) => topic)
      .sort();

  test('are those that match, as many as may be', () => {
    const retained = holding(['a/1', 'a/2', 'b']);
    expect(topics(retained, 'a/+', 2)).toEqual(['a/1', 'a/2']);
    expect(topics(retained, 'b', 1)).toEqual(['b']);
    expect(() => retained.someToSend('#', 2)).toThrow('topicFilter has 3 retained messages; the limit is 2');
  });

  test('are refused where more levels of topics would have to be looked at than a page may look at', () => {
    const retained = holding(Array.from({ length: 10_001 }, (_, i) => `many/${i}`));
    expect(() => retained.someToSend('+/+/none', 1000)).toThrow(
      "to find the retained messages of '+/+/none', more than 10000 levels of topics would have to be looked at",
    );
    expect(() => retained.someToSend('#', 1_000_000)).toThrow(BrokerError);
    expect(topics(retained, 'many/7', 1000)).toEqual(['many/7']);
  });

  test('are none while none is sent to anybody', () => {
    const retained = holding(['a']);
    retained.limits = null;
    expect(topics(retained, '#', 1000)).toEqual([]);
  });
});

/** Seeded random integers below `bound` (mulberry32). */
function randomSource(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * bound);
  };
}

/** The rules of MQTT 3.1.1, 4.7, by recursion over lists of levels. */
function matches([level, ...filter]: string[], [name, ...names]: string[], isFirst = true): boolean {
  if (level === undefined) return name === undefined;
  const isWild = level === '#' || level === '+';
  if (isFirst && isWild && name?.startsWith('$')) return false;
  if (level === '#') return true;
  if (name === undefined) return false;
  if (level !== '+' && level !== name) return false;
  return filter[0] === '#' && names.length === 0 ? true : matches(filter, names, false);
}

describe('among random topics that come and go', () => {
  test.each([1, 2, 3, 4])('a filter finds, lists and counts what a naive matcher finds (seed %i)', async (seed) => {
    const random = randomSource(seed);
    const pick = (from: readonly string[]): string => from[random(from.length)] ?? '';
    const names = ['', 'a', 'b', '$x', '__proto__', 'ab'];
    const levels = (from: readonly string[]): string[] => Array.from({ length: 1 + random(4) }, () => pick(from));
    const retained = new RetainedMessages();
    const topics = new Set<string>();
    for (let round = 0; round < 400; round++) {
      const topic = levels(names).join('/') || 'a';
      if (random(3) > 0) {
        retained.set(message(topic));
        topics.add(topic);
      } else {
        expect(retained.delete(topic)).toBe(topics.delete(topic));
      }
      const wanted = levels([...names, '+']);
      const filter = (random(3) === 0 ? [...wanted, '#'] : wanted).join('/') || '#';
      const expected = [...topics].filter((one) => matches(filter.split('/'), one.split('/'))).sort();
      expect(found(retained, filter), filter).toEqual(expected);
      const page = await retained.page({ filter: { matches: filter }, offset: 0, limit: 1000, after: null });
      expect(page.items.map((row) => row.topic).sort(), filter).toEqual(expected);
      // Beside a topic, no trie is walked.
      const beside = { matches: filter, topic: pick([...topics]) };
      const one = await retained.page({ filter: beside, offset: 0, limit: 1000, after: null });
      expect(one.items.map((row) => row.topic)).toEqual(expected.filter((name) => name === beside.topic));
    }
    expect(retained.size).toBe(topics.size);
    for (const topic of topics) expect(retained.delete(topic)).toBe(true);
    expect([retained.size, retained.bytes, found(retained, '#')]).toEqual([0, 0, []]);
  });
});

describe('a trie', () => {
  test('drops the levels that lead to no topic any more', () => {
    const trie = new TopicTrie<number>();
    const topics = ['a', 'a/b/c/d', 'a/b/x', `${'deep/'.repeat(1000)}end`];
    for (const [value, topic] of topics.entries()) trie.set(topic, value);
    expect(trie.levels).toBe(1006);
    trie.delete(`${'deep/'.repeat(1000)}end`);
    expect(trie.levels).toBe(5);
    trie.delete('a/b/c/d');
    expect(trie.levels).toBe(3);
    trie.delete('a/b');
    trie.delete('a');
    expect(trie.levels).toBe(3);
    trie.delete('a/b/x');
    expect(trie.levels).toBe(0);
  });

  test('gives up where more levels would have to be looked at than it may', () => {
    const trie = new TopicTrie<number>();
    for (let i = 0; i < 100; i++) trie.set(`a/${i}`, i);
    expect(trie.match('a/+', 50)).toBeNull();
    expect(trie.match('a/#', 50)).toBeNull();
    expect(trie.match('a/+', 200)).toHaveLength(100);
    expect(trie.match('a/7', 5)).toEqual([7]);
  });
});

describe('a page', () => {
  const retained = holding(['c', 'a/1', 'b', 'a/2', 'a/3', '$s', 'a/+x']);
  const topicsOf = async (filter: RetainedMessageFilter, offset = 0, limit = 10, after: string | null = null) => {
    const { items, count, countIsExact, lastKey } = await retained.page({ filter, offset, limit, after });
    return { topics: items.map(({ topic }) => topic), count, countIsExact, lastKey };
  };

  test.each<[string, RetainedMessageFilter, string[]]>([
    ['of everything, oldest topic first', {}, ['c', 'a/1', 'b', 'a/2', 'a/3', '$s', 'a/+x']],
    ['of a topic', { topic: 'a/2' }, ['a/2']],
    ['of a topic that looks like a filter', { topic: 'a/+' }, []],
    ['of an unknown topic', { topic: 'a' }, []],
    ['of a prefix, in the order of topics', { topicPrefix: 'a/' }, ['a/+x', 'a/1', 'a/2', 'a/3']],
    ['of a part', { topicContains: '1' }, ['a/1']],
    ['of a filter', { matches: 'a/+' }, ['a/1', 'a/2', 'a/3', 'a/+x']],
    ['of a filter without wildcards', { matches: 'b' }, ['b']],
    ['of a filter and a part', { matches: '#', topicContains: '2' }, ['a/2']],
    ['of a filter and a prefix', { matches: '+', topicPrefix: '' }, ['b', 'c']],
    ['of a filter and a topic that it matches', { matches: 'a/#', topic: 'a/1' }, ['a/1']],
    ['of a filter and a topic that it does not match', { matches: 'a/#', topic: 'b' }, []],
  ])('%s', async (_what, filter, topics) => {
    expect(await topicsOf(filter)).toMatchObject({ topics, count: topics.length, countIsExact: true });
  });

  test('goes on behind a cursor, also when its message was replaced', async () => {
    const first = await topicsOf({}, 0, 2);
    expect(first.topics).toEqual(['c', 'a/1']);
    retained.set(message('a/1', 'new'));
    expect((await topicsOf({}, 0, 2, first.lastKey)).topics).toEqual(['b', 'a/2']);
  });

  test('of a filter that matches more than may be looked at in one go is the same', async () => {
    const many = holding(Array.from({ length: 12_000 }, (_, i) => `m/${i}`));
    const page = await many.page({ filter: { matches: 'm/+' }, offset: 11_998, limit: 5, after: null });
    expect(page).toMatchObject({ items: [{ topic: 'm/11998' }, { topic: 'm/11999' }], count: 12_000 });
  });
});
