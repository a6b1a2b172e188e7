import { describe, expect, test } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import { BrokerError, type TraceEvent } from '../../src/domain.ts';
import { FakeNode } from './fake-node.ts';

const limits = { maxTopicLen: 100, maxTopicLevels: 10, maxPacketSize: 100, maxClientidLen: 100 };

const scene = (isPeer: boolean) => {
  const local = new FakeNode('local', ['ann']);
  const peer = new FakeNode('peer', ['bob', 'moving'], { isPeer });
  const other = new FakeNode('other', ['eve', 'moving'], { isPeer });
  return { local, peer, other, cluster: new Cluster(local, [peer, other], limits, () => []) };
};

const subscription = [{ topicFilter: 'a', qos: 0 }];

describe.each([
  ['answer at once', false],
  ['answer promises', true],
])('over nodes whose peers %s', (_how, isPeer) => {
  test('a connection and a session are found where they are', async () => {
    const { cluster } = scene(isPeer);
    expect(await cluster.connection('eve', null)).toMatchObject({ clientId: 'eve', nodeName: 'other' });
    expect(await cluster.session('bob', null)).toMatchObject({ clientId: 'bob', nodeName: 'peer' });
    expect(await cluster.session('nobody', null)).toBeNull();
    expect(await cluster.connection('eve', 'peer')).toBeNull();
    expect(() => cluster.connection('eve', 'nowhere')).toThrow("node 'nowhere' is unknown");
  });

  test('subscriptions of a client are those of all nodes', async () => {
    const { cluster } = scene(isPeer);
    expect((await cluster.subscriptionsOf('moving', null)).map(({ nodeName }) => nodeName)).toEqual(['other', 'peer']);
    expect((await cluster.subscriptionsOf('moving', 'peer')).map(({ nodeName }) => nodeName)).toEqual(['peer']);
  });

  test('subscribe and unsubscribe go to the node that keeps the session', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    expect(await cluster.subscribe('bob', subscription)).toEqual([
      { seq: 1, clientId: 'bob', topicFilter: 'a', shareGroup: null, qos: 0, nodeName: 'peer' },
    ]);
    await cluster.unsubscribe('ann', ['a']);
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([['unsubscribe ann'], ['subscribe bob'], []]);
  });

  test('a retained message is found where it is', async () => {
    const { cluster, peer } = scene(isPeer);
    peer.retained = ['a'];
    expect(await cluster.retainedMessage('a', null)).toMatchObject({ topic: 'a', nodeName: 'peer' });
    expect(await cluster.retainedMessage('a', 'other')).toBeNull();
    expect(await cluster.retainedMessage('b', null)).toBeNull();
  });

  test('clearRetained goes to all nodes, and answers their sum', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    local.retained = ['a', 'c'];
    peer.retained = ['a', 'b'];
    expect(await cluster.clearRetained({ topics: ['a', 'b'] })).toBe(3);
    expect(await cluster.clearRetained({ topicFilter: 'c/#' })).toBe(1);
    const deeds = ['clear a,b', 'clear c/#'];
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([deeds, deeds, deeds]);
  });

  test('a malformed topic or topic filter is refused, and no node clears anything', () => {
    const { cluster, local, peer, other } = scene(isPeer);
    expect(() => cluster.clearRetained({ topics: ['a', 'b/+'] })).toThrow("'b/+' is a topic filter");
    expect(() => cluster.clearRetained({ topicFilter: 'a+' })).toThrow(BrokerError);
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([[], [], []]);
  });

  test('refusals of a client are those of all nodes, newest first', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    [local.refusedAt, peer.refusedAt, other.refusedAt] = [[5, 1], [4], [6, 2]];
    const times = (await cluster.clientRefusals('ann', null)).map(({ lastAt }) => lastAt);
    expect(times).toEqual([6, 5, 4, 2, 1]);
    expect((await cluster.clientRefusals('ann', 'peer')).map(({ lastAt }) => lastAt)).toEqual([4]);
  });

  test('a trace is that of all nodes, or of the one that is named', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    const told: string[] = [];
    const tell = ({ nodeName }: TraceEvent): void => void told.push(nodeName);
    const end = (await cluster.trace('ann', null)).follow(tell);
    const endOfPeer = (await cluster.trace('ann', 'peer')).follow(tell);
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([['trace ann'], ['trace ann', 'trace ann'], ['trace ann']]);
    for (const { name, traces } of [local, other, peer]) {
      const event = {
        type: 'END',
        at: 1,
        nodeName: name,
        clientId: 'ann',
        ipAddress: '::1',
        port: 1,
        reason: 'closed',
      };
      for (const hear of traces) hear(event as TraceEvent);
    }
    expect(told).toEqual(['local', 'other', 'peer', 'peer']);
    end();
    endOfPeer();
    expect([local, peer, other].map(({ traces }) => traces.size)).toEqual([0, 0, 0]);
  });

  test('a trace of an unknown node, or of an id that no client can have, is refused before any node is asked', () => {
    const { cluster, local } = scene(isPeer);
    expect(() => cluster.trace('ann', 'nowhere')).toThrow("node 'nowhere' is unknown");
    for (const clientId of ['', 'x'.repeat(65_536), '\0', '\ud800'])
      expect(() => cluster.trace(clientId, null)).toThrow('clientId must be a client id of 1 to 65535 bytes');
    expect(local.traces.size).toBe(0);
  });

  test('subscribeMany answers a refusal in the place of its request', async () => {
    const { cluster, peer } = scene(isPeer);
    const requests = ['nobody', 'bob'].map((clientId) => ({ clientId, subscriptions: subscription }));
    const [refused, granted] = await cluster.subscribeMany(requests);
    expect(refused).toBeInstanceOf(BrokerError);
    expect(refused).toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(granted).toMatchObject([{ clientId: 'bob', nodeName: 'peer' }]);
    expect(peer.deeds).toEqual(['subscribe bob']);
  });

  test('a client without a session is refused, and no node does anything', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    const refused = { code: 'SESSION_NOT_FOUND', message: "client 'nobody' has no session" };
    await expect(cluster.subscribe('nobody', subscription)).rejects.toMatchObject(refused);
    await expect(cluster.unsubscribe('nobody', ['a'])).rejects.toMatchObject(refused);
    await expect(cluster.cleanSession('nobody', null)).rejects.toMatchObject(refused);
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([[], [], []]);
  });

  test('kick closes the connection on every node that has one', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    await cluster.kick('bob');
    await cluster.kick('moving');
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([[], ['kick bob', 'kick moving'], ['kick moving']]);
    await expect(cluster.kick('bob')).rejects.toMatchObject({ code: 'CLIENT_NOT_ONLINE' });
  });

  test('kickMany counts clients, by id and by a filter over all nodes', async () => {
    const { cluster } = scene(isPeer);
    const byId = await cluster.kickMany({ clientIds: ['ann', 'nobody', 'eve'] });
    expect(byId).toMatchObject({
      kickedCount: 2,
      isComplete: true,
      faults: [{ clientId: 'nobody', fault: { code: 'CLIENT_NOT_ONLINE' } }],
    });
    const byFilter = await scene(isPeer).cluster.kickMany({ filter: { clientIdPrefix: 'b' } });
    expect(byFilter).toEqual({ kickedCount: 1, isComplete: true, faults: [] });
  });

  test('deleteBans asks each node to end what was found, and still matches, and says whether all was found', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    const ban = { as: 'CLIENT_ID', who: 'bot', reason: 'x', by: null, desc: null, until: null, createdAt: 1 } as const;
    const asked: unknown[] = [];
    local.bans = () => ({ items: [ban], count: 1, countIsExact: false, lastKey: null });
    for (const node of [local, peer, other]) {
      node.deleteBans = (...given) => {
        asked.push(given);
        return [ban];
      };
    }
    const filter = { reason: 'x' };
    expect(await cluster.deleteBans(filter)).toEqual({ deletedCount: 1, isComplete: false });
    expect(asked).toEqual(Array.from({ length: 3 }, () => [[ban], filter]));
    local.bans = () => ({ items: [ban], count: 1, countIsExact: true, lastKey: null });
    expect(await cluster.deleteBans(filter)).toEqual({ deletedCount: 1, isComplete: true });
  });

  test('cleanSession goes to the node that keeps the session, or to the one that is named', async () => {
    const { cluster, peer, other } = scene(isPeer);
    await cluster.cleanSession('bob', null);
    await cluster.cleanSession('moving', 'peer');
    expect([peer.deeds, other.deeds]).toEqual([['clean bob', 'clean moving'], []]);
    await expect(cluster.cleanSession('eve', 'peer')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await expect(cluster.cleanSession('eve', 'nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a message is published on the node of this process', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    const message = { topic: 't', payload: Buffer.alloc(0), qos: 0, retain: false, clientId: 'http' };
    await cluster.publish(message);
    const faults = await cluster.publishMany([message, { ...message, topic: '#' }, { ...message, topic: 'u' }]);
    expect(faults).toMatchObject([null, { code: 'BAD_TOPIC' }, null]);
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([['publish t', 'publish t', 'publish u'], [], []]);
  });

  test('cleanAclCache reaches the node that the client is connected to', async () => {
    const { cluster, local, peer, other } = scene(isPeer);
    await expect(cluster.cleanAclCache('bob', 'a')).resolves.toBeUndefined();
    expect([local.deeds, peer.deeds, other.deeds]).toEqual([[], ['forget a of bob'], []]);
    peer.disconnect('bob');
    await expect(cluster.cleanAclCache('bob', 'a')).rejects.toMatchObject({ code: 'CLIENT_NOT_ONLINE' });
  });
});
