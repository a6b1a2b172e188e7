import { describe, expect, test } from 'vitest';
import { RefusalRecord, type RefusalRecordOptions, type Refused } from '../../src/broker/refusal-record.ts';
import type { RefusalFilter } from '../../src/domain.ts';

const client = (clientId: string, more: Partial<Refused> = {}): Refused => ({
  clientId,
  username: null,
  ipAddress: '10.0.0.1',
  port: 4000,
  ...more,
});

/** A record whose clock moves on by a second with every refusal. */
function open(options: Partial<RefusalRecordOptions> = {}): RefusalRecord {
  let time = 0;
  return new RefusalRecord({
    nodeName: 'here',
    now: () => {
      time += 1000;
      return time;
    },
    ...options,
  });
}

const whole = async (record: RefusalRecord, filter: RefusalFilter = {}) => {
  const { items, count } = await record.page({ filter, offset: 0, limit: 1000, after: null });
  expect(count).toBe(items.length);
  return items;
};

const messages = (rows: readonly { readonly message: string }[]): string[] => rows.map(({ message }) => message);

describe('a refusal', () => {
  test('is remembered with who, what and why', () => {
    const record = open();
    record.note(client('ann', { username: 'alice' }), 'ACL', 'SUBSCRIBE', 'not yours', 'a/#');
    expect(record.of('ann')).toEqual([
      {
        seq: expect.any(Number),
        clientId: 'ann',
        username: 'alice',
        ipAddress: '10.0.0.1',
        port: 4000,
        kind: 'ACL',
        action: 'SUBSCRIBE',
        topic: 'a/#',
        message: 'not yours',
        count: 1,
        firstAt: 1000,
        lastAt: 1000,
        nodeName: 'here',
      },
    ]);
    expect(record.of('bob')).toEqual([]);
  });

  test('that comes again is counted, with the first and the last time and the last port', async () => {
    const record = open();
    for (const port of [1, 2, 3]) record.note(client('ann', { port }), 'LIMIT', 'PACKET', 'too large');
    expect(record.of('ann')).toMatchObject([{ count: 3, firstAt: 1000, lastAt: 3000, port: 3, topic: null }]);
    expect(await whole(record)).toHaveLength(1);
  });

  test('that comes again after another one is the newest again', async () => {
    const record = open();
    for (const message of ['one', 'two', 'one']) record.note(client('ann'), 'LIMIT', 'PACKET', message);
    record.note(client('bob'), 'LIMIT', 'PACKET', 'three');
    record.note(client('ann'), 'LIMIT', 'PACKET', 'two');
    expect(record.of('ann')).toMatchObject([
      { message: 'two', count: 2, firstAt: 2000, lastAt: 5000 },
      { message: 'one', count: 2, firstAt: 1000, lastAt: 3000 },
    ]);
    expect(messages(await whole(record))).toEqual(['two', 'three', 'one']);
  });

  test.each<[string, (record: RefusalRecord) => void]>([
    ['kind', (record) => record.note(client('ann'), 'ACL', 'PACKET', 'x')],
    ['action', (record) => record.note(client('ann'), 'LIMIT', 'CONNECT', 'x')],
    ['sentence', (record) => record.note(client('ann'), 'LIMIT', 'PACKET', 'y')],
    ['topic', (record) => record.note(client('ann'), 'LIMIT', 'PACKET', 'x', 't')],
    ['address', (record) => record.note(client('ann', { ipAddress: '10.0.0.2' }), 'LIMIT', 'PACKET', 'x')],
  ])('of another %s is another one', (_what, other) => {
    const record = open();
    record.note(client('ann'), 'LIMIT', 'PACKET', 'x');
    other(record);
    expect(record.of('ann')).toHaveLength(2);
  });

  test('keeps of long texts a beginning, and of control characters their numbers', () => {
    const record = open();
    const long = 'é'.repeat(60_000);
    record.note(client(long, { username: long }), 'PROTOCOL', 'CONNECT', `a\nb${long}`, `\u0000${long}`);
    const [row] = record.of(long);
    const cut = `${'é'.repeat(200)}…`;
    expect(row).toMatchObject({ clientId: cut, username: cut });
    expect(row?.message).toMatch(/^a\\u000abé{192}…$/);
    expect(row?.topic).toMatch(/^\\u0000é{194}…$/);
  });

  test('of a client called __proto__ is one like any other', () => {
    const record = open();
    record.note(client('__proto__'), 'LIMIT', 'PACKET', 'x');
    expect(messages(record.of('__proto__'))).toEqual(['x']);
    expect(record.of('constructor')).toEqual([]);
  });
});

describe('the record', () => {
  test('keeps the last 10 refusals of a client, newest first', async () => {
    const record = open();
    for (let i = 1; i <= 12; i++) record.note(client('ann'), 'LIMIT', 'PACKET', `${i}`);
    const expected = ['12', '11', '10', '9', '8', '7', '6', '5', '4', '3'];
    expect(messages(record.of('ann'))).toEqual(expected);
    expect(messages(await whole(record))).toEqual(expected);
  });

  test('forgets the clients that were not refused for the longest time, above 10 000', async () => {
    const record = open();
    for (let i = 0; i < 10_000; i++) record.note(client(`c${i}`), 'LIMIT', 'PACKET', 'x');
    record.note(client('c0'), 'LIMIT', 'PACKET', 'again');
    record.note(client('new'), 'LIMIT', 'PACKET', 'x');
    expect(record.size).toBe(10_000);
    expect(record.of('c1')).toEqual([]);
    expect(messages(record.of('c0'))).toEqual(['again', 'x']);
    const { count } = await record.page({ filter: {}, offset: 0, limit: 1, after: null });
    expect(count).toBe(10_001);
  });

  test('forgets them too where the texts are too long together, and never the last one', async () => {
    const record = open({ maxText: 500 });
    for (const clientId of ['a', 'b', 'c']) record.note(client(clientId), 'LIMIT', 'PACKET', 'x'.repeat(200));
    expect((await whole(record)).map(({ clientId }) => clientId)).toEqual(['c', 'b']);
    for (let i = 0; i < 10; i++) record.note(client('c'), 'LIMIT', 'PACKET', `${i}${'x'.repeat(199)}`);
    expect(new Set((await whole(record)).map(({ clientId }) => clientId))).toEqual(new Set(['c']));
    // What was forgotten left room.
    record.note(client('d'), 'LIMIT', 'PACKET', 'short');
    record.note(client('e'), 'LIMIT', 'PACKET', 'short');
    expect((await whole(record)).map(({ clientId }) => clientId)).toEqual(['e', 'd']);
  });

  test('is paged by kind, address and what the client id begins with', async () => {
    const record = open();
    record.note(client('ann'), 'ACL', 'PUBLISH', '1');
    record.note(client('anton', { ipAddress: '::1' }), 'LIMIT', 'PUBLISH', '2');
    record.note(client('bob', { ipAddress: '::1' }), 'ACL', 'PUBLISH', '3');
    expect(messages(await whole(record, { kind: 'ACL' }))).toEqual(['3', '1']);
    expect(messages(await whole(record, { ipAddress: '::1' }))).toEqual(['3', '2']);
    expect(messages(await whole(record, { clientIdPrefix: 'an' }))).toEqual(['2', '1']);
    expect(messages(await whole(record, { kind: 'ACL', ipAddress: '::1', clientIdPrefix: 'b' }))).toEqual(['3']);
    expect(messages(await whole(record, { kind: 'BAN' }))).toEqual([]);
  });

  test('is walked by cursor, whatever comes meanwhile', async () => {
    const record = open();
    for (const clientId of ['a', 'b', 'c', 'd']) record.note(client(clientId), 'LIMIT', 'PACKET', clientId);
    const first = await record.page({ filter: {}, offset: 0, limit: 2, after: null });
    record.note(client('e'), 'LIMIT', 'PACKET', 'e');
    const second = await record.page({ filter: {}, offset: 0, limit: 2, after: first.lastKey });
    expect([messages(first.items), messages(second.items)]).toEqual([
      ['d', 'c'],
      ['b', 'a'],
    ]);
  });
});
