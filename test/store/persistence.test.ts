import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { Persistence } from '../../src/store/persistence.ts';
import { TopicTrie } from '../../src/store/topic-trie.ts';
import { useFolder } from './support/folder.ts';
import { upstreamTests } from './support/upstream-suite.ts';

const folder = useFolder();

afterEach(() => vi.restoreAllMocks());

const openDatabase = async (): Promise<Database> => folder.keep(await Database.open(join(folder.data, 'store')));

async function open(database?: Database): Promise<Persistence> {
  const persistence = new Persistence(database ?? (await openDatabase()));
  await persistence.setup({ id: 'broker' });
  return persistence;
}

async function listOf(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const one of stream) list.push(one);
  return list;
}

const client = { id: 'device' };

describe('the suite of aedes-persistence', () => {
  const tests = upstreamTests(async () => new Persistence(await openDatabase()));

  test.each(tests)('$name', (one) => one.run());

  test('has all its tests', () => {
    expect(tests.length).toBeGreaterThanOrEqual(45);
  });

  test.each([
    ['storeRetained', 'store and look up retained messages'],
    ['outgoingUpdate', 'update to pubrel'],
    ['addSubscriptions', 'store and look up subscriptions by client'],
    ['cleanIncoming', 'clean incoming packets'],
    ['delWill', 'store, fetch and delete will message'],
  ] as const)('fails for a persistence that forgets %s', async (method, name) => {
    class Forgetful extends Persistence {}
    vi.spyOn(Forgetful.prototype, method).mockImplementation(async () => undefined as never);
    const failing = upstreamTests(async () => new Forgetful(await openDatabase())).find((one) => one.name === name);
    await expect(failing?.run()).rejects.toThrow();
  });
});

describe('the persistence', () => {
  const message = (topic: string, text: string, brokerCounter: number) => ({
    ...{ cmd: 'publish', topic, payload: Buffer.from(text), qos: 1, retain: false, dup: false },
    ...{ brokerId: 'broker', brokerCounter },
  });

  test('has all of it after a restart', async () => {
    const database = await openDatabase();
    let persistence = await open(database);
    await persistence.addSubscriptions(client, [
      { topic: 'a/#', qos: 1 },
      { topic: 'zero', qos: 0 },
    ]);
    await persistence.storeRetained({ ...message('r/1', 'kept', 1), retain: true });
    for (const i of [1, 2, 3]) await persistence.outgoingEnqueue({ clientId: 'device' }, message('a', `${i}`, i));
    await persistence.outgoingUpdate(client, { ...message('a', '1', 1), messageId: 7 });
    await persistence.incomingStorePacket(client, { ...message('i', 'in', 9), qos: 2, messageId: 5 });
    await persistence.putWill(client, message('w', 'dead', 0));
    await database.close();

    persistence = await open();
    expect(await persistence.subscriptionsByClient(client)).toEqual([
      { topic: 'a/#', qos: 1 },
      { topic: 'zero', qos: 0 },
    ]);
    expect(await persistence.subscriptionsByTopic('zero')).toEqual([]);
    expect(await persistence.subscriptionsByTopic('a/b')).toMatchObject([{ clientId: 'device', topic: 'a/#', qos: 1 }]);
    expect(await listOf(persistence.createRetainedStream('r/+'))).toMatchObject([{ topic: 'r/1' }]);
    await persistence.outgoingEnqueue({ clientId: 'device' }, message('a', '4', 1_000_000));
    const queued = (await listOf(persistence.outgoingStream(client))) as { payload: Buffer; messageId?: number }[];
    expect(queued.map(({ payload, messageId }) => [payload.toString(), messageId])).toEqual([
      ['1', 7],
      ['2', undefined],
      ['3', undefined],
      ['4', undefined],
    ]);
    expect(await persistence.incomingGetPacket(client, { messageId: 5 })).toMatchObject({ topic: 'i', messageId: 5 });
    expect(await listOf(persistence.streamWill({ other: 1 }))).toMatchObject([{ topic: 'w', clientId: 'device' }]);
    expect(await listOf(persistence.streamWill({ broker: 1 }))).toEqual([]);
  });

  test('keeps filters that overlap apart', async () => {
    const persistence = await open();
    const matching = async (topic: string): Promise<string[]> =>
      (await persistence.subscriptionsByTopic(topic)).map((sub) => sub.topic).sort();
    await persistence.addSubscriptions(client, [{ topic: 'a/#', qos: 1 }]);
    await persistence.addSubscriptions(client, [{ topic: 'a/b', qos: 2 }]);
    expect(await matching('a/b')).toEqual(['a/#', 'a/b']);
    await persistence.removeSubscriptions(client, ['a/#']);
    expect(await matching('a/b')).toEqual(['a/b']);
    await persistence.removeSubscriptions(client, ['a/+', 'a/b']);
    expect(await matching('a/b')).toEqual([]);
    expect(await persistence.countOffline()).toEqual({ subsCount: 0, clientsCount: 0 });
  });

  test('empties the queue of a session that is cleaned, and no other', async () => {
    const database = await openDatabase();
    const persistence = await open(database);
    for (const clientId of ['device', 'device 2']) {
      await persistence.outgoingEnqueueCombi([{ clientId }], message('a', 'text', 1));
    }
    await persistence.cleanSubscriptions(client);
    expect(await listOf(persistence.outgoingStream(client))).toEqual([]);
    expect(await listOf(persistence.outgoingStream({ id: 'device 2' }))).toHaveLength(1);
    // The message, its index, and the tail.
    expect(await database.entries({ gte: Buffer.from('p'), lt: Buffer.from('q') })).toHaveLength(3);
  });

  test('reads the retained messages that match, and no others', async () => {
    const database = await openDatabase();
    const persistence = await open(database);
    await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        persistence.storeRetained({ ...message(`r/${i}`, 'text', i), retain: true }),
      ),
    );
    const [get, walk] = [vi.spyOn(database, 'get'), vi.spyOn(database, 'walk')];
    expect(await listOf(persistence.createRetainedStreamCombi(['r/7', '+/8', 'none/#']))).toHaveLength(2);
    expect([get.mock.calls.length, walk.mock.calls.length]).toEqual([2, 0]);
  });
});

describe('a trie of topics', () => {
  const topics = ['a', 'a/b', 'a/b/c', 'a//c', '/a', '$SYS/x', 'b', '__proto__/constructor'];
  const trie = new TopicTrie<string>();
  for (const topic of topics) trie.set(topic, topic);

  test.each([
    ['a', ['a']],
    ['a/b', ['a/b']],
    ['a/#', ['a', 'a/b', 'a/b/c', 'a//c']],
    ['a/+', ['a/b']],
    ['a/+/c', ['a/b/c', 'a//c']],
    ['+', ['a', 'b']],
    ['+/+', ['a/b', '/a', '__proto__/constructor']],
    ['#', topics.filter((topic) => topic !== '$SYS/x')],
    ['$SYS/#', ['$SYS/x']],
    ['+/x', []],
    ['__proto__/+', ['__proto__/constructor']],
    ['a/b/c/d', []],
  ])('finds what matches %s', (topicFilter, found) => {
    expect(trie.match(topicFilter)?.sort()).toEqual([...found].sort());
  });

  test('forgets a topic without those above and below it', () => {
    const three = new TopicTrie<string>();
    for (const topic of ['a', 'a/b', 'a/b/c']) three.set(topic, topic);
    for (const topic of ['a/b', 'a/x', 'a/b']) three.delete(topic);
    expect(three.match('#')?.sort()).toEqual(['a', 'a/b/c']);
    three.delete('a/b/c');
    three.delete('a');
    expect(three.match('#')).toEqual([]);
  });
});
