import { describe, expect, test } from 'vitest';
import { EventLog, type EventLogOptions } from '../../src/broker/event-log.ts';
import { BrokerError, type RecordedEvent } from '../../src/domain.ts';

interface Event extends RecordedEvent {
  readonly name: string;
  readonly about?: { readonly text: string };
}

type Filter = { readonly name?: string };

const logOf = (options: Partial<EventLogOptions> = {}, names: readonly string[] = []): EventLog<Event, Filter> => {
  const onFault = (fault: unknown): never => {
    throw fault;
  };
  const log = new EventLog<Event, Filter>(
    { nodeName: 'n', incarnation: 'i', onFault, maxEvents: 4, now: () => 7, ...options },
    ({ name }) =>
      (event) =>
        name === undefined || event.name === name,
  );
  for (const name of names) log.add({ name });
  return log;
};

const namesBehind = (log: EventLog<Event, Filter>, cursor: string, filter: Filter = {}): string[] =>
  Array.from(log.flow(filter).since(cursor), ({ name }) => name);

/** The oldest cursor that can be used, as a refusal says. */
function oldestUsable(log: EventLog<Event, Filter>, cursor: string): unknown {
  try {
    return namesBehind(log, cursor);
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'CURSOR_EXPIRED') return error.details.oldestCursor;
    throw error;
  }
}

describe('a log of events', () => {
  test('numbers them, and says when and where they happened', () => {
    const log = logOf({}, ['a', 'b']);
    expect([...log.flow({}).since('i-0')]).toEqual([
      { name: 'a', cursor: 'i-1', nodeName: 'n', at: 7 },
      { name: 'b', cursor: 'i-2', nodeName: 'n', at: 7 },
    ]);
  });

  test('tells of each as it comes, with its cursor', () => {
    const log = logOf({}, ['a']);
    const told: string[] = [];
    const end = log.flow({ name: 'b' }).follow(({ cursor, name }) => told.push(`${cursor} ${name}`));
    for (const name of ['b', 'c', 'b']) log.add({ name });
    end();
    log.add({ name: 'b' });
    expect(told).toEqual(['i-2 b', 'i-4 b']);
  });
});

describe('behind a cursor', () => {
  test('is what came since, up to the last one', () => {
    const log = logOf({}, ['a', 'b', 'c', 'd']);
    expect(namesBehind(log, 'i-0')).toEqual(['a', 'b', 'c', 'd']);
    expect(namesBehind(log, 'i-3')).toEqual(['d']);
    expect(namesBehind(log, 'i-4')).toEqual([]);
  });

  test('is nothing where nothing came', () => {
    expect(namesBehind(logOf(), 'i-0')).toEqual([]);
  });

  test.each([
    ['a', 0],
    ['abcd', 0],
    ['abcde', 1],
    ['abcdefgh', 4],
    ['abcdefghijk', 7],
  ])('are the last four of %s, and an older cursor is refused', (text, forgotten) => {
    const log = logOf({}, [...text]);
    expect(namesBehind(log, `i-${forgotten}`).join('')).toBe(text.slice(forgotten));
    if (forgotten > 0) expect(oldestUsable(log, `i-${forgotten - 1}`)).toBe(`i-${forgotten}`);
    expect(namesBehind(log, `i-${text.length}`)).toEqual([]);
    expect(oldestUsable(log, `i-${text.length + 1}`)).toBe(`i-${forgotten}`);
  });

  test.each(['', 'i', 'i-', 'i--1', 'i-1.5', 'i-1e0', 'i- 1', 'j-1', 'ii-1', 'i-9999999999999999'])(
    'that was never given out, %j, is nothing: it is refused',
    (cursor) => {
      expect(oldestUsable(logOf({}, ['a', 'b']), cursor)).toBe('i-0');
    },
  );

  test('are, of a filter, those that it lets through, when others took the places of older ones', () => {
    const log = logOf({}, [...'abababab']);
    expect(namesBehind(log, 'i-4', { name: 'b' })).toEqual(['b', 'b']);
    expect(Array.from(log.flow({ name: 'b' }).since('i-5'), ({ cursor }) => cursor)).toEqual(['i-6', 'i-8']);
    expect(oldestUsable(log, 'i-3')).toBe('i-4');
  });
});

describe('the text of the events that are remembered', () => {
  test('is bounded: the oldest are forgotten', () => {
    const log = logOf({ maxText: 10 }, ['aaaa', 'bbb', 'ccc']);
    expect(namesBehind(log, 'i-0')).toEqual(['aaaa', 'bbb', 'ccc']);
    log.add({ name: 'd' });
    expect(oldestUsable(log, 'i-0')).toBe('i-1');
    expect(namesBehind(log, 'i-1')).toEqual(['bbb', 'ccc', 'd']);
  });

  test('counts what an event is about', () => {
    const log = logOf({ maxText: 10 }, ['a']);
    log.add({ name: 'b', about: { text: 'x'.repeat(9) } });
    expect(oldestUsable(log, 'i-0')).toBe('i-1');
  });

  test('counts those no more whose places were taken', () => {
    const log = logOf(
      { maxText: 8 },
      [...'aabbccddeeff'].map((name) => `${name}.`),
    );
    expect(namesBehind(log, 'i-8')).toEqual(['e.', 'e.', 'f.', 'f.']);
  });

  test('may be too long in the last event, which is remembered alone', () => {
    const log = logOf({ maxText: 10 }, ['a', 'b', 'c'.repeat(11)]);
    expect(namesBehind(log, 'i-2')).toEqual(['c'.repeat(11)]);
    expect(oldestUsable(log, 'i-1')).toBe('i-2');
    log.add({ name: 'd' });
    expect(namesBehind(log, 'i-3')).toEqual(['d']);
  });
});
