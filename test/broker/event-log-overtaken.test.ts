import { expect, test } from 'vitest';
import { EventLog } from '../../src/broker/event-log.ts';
import type { EventKinds } from '../../src/domain.ts';

type Event = EventKinds['plugin'];

function startLog(maxEvents: number) {
  const log = new EventLog<Event, object>(
    { nodeName: 'a@b', incarnation: 'i', onFault: () => {}, maxEvents, now: () => 0 },
    () => () => true,
  );
  const add = (count: number): void => {
    for (let i = 0; i < count; i++) log.add({ plugin: null } as unknown as Event);
  };
  return { add, flow: log.flow({}) };
}

test('what came behind a cursor ends where it was when it was asked for', () => {
  const { add, flow } = startLog(10);
  add(3);
  const events = flow.since('i-1');
  add(1);
  expect([...events].map(({ cursor }) => cursor)).toEqual(['i-2', 'i-3']);
});

test('what came behind a cursor is refused from where it was forgotten on, while it is read', () => {
  const { add, flow } = startLog(4);
  add(4);
  const events = flow.since('i-0')[Symbol.iterator]();
  expect(events.next().value).toMatchObject({ cursor: 'i-1' });
  add(1);
  expect(events.next().value).toMatchObject({ cursor: 'i-2' });
  add(2);
  expect(() => events.next()).toThrow(
    expect.objectContaining({ code: 'CURSOR_EXPIRED', extensions: expect.objectContaining({ oldestCursor: 'i-3' }) }),
  );
});
