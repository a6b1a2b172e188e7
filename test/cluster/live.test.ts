import { describe, expect, test } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { BanKind } from '../../src/domain.ts';
import { FakeNode } from './fake-node.ts';

const limits = { maxTopicLen: 100, maxTopicLevels: 10, maxPacketSize: 100, maxClientidLen: 100 };

const scene = (isPeer: boolean) => {
  const local = new FakeNode('local', [], { incarnation: 'i1' });
  const peer = new FakeNode('peer', [], { incarnation: 'i2', isPeer });
  return { local, peer, cluster: new Cluster(local, [peer], limits, () => []) };
};

const happen = (node: FakeNode, who: string): void => {
  const as: BanKind = 'USERNAME';
  node.log.add({ type: 'CREATED', ban: { as, who, reason: null, desc: null, by: null, until: null, createdAt: 0 } });
};

const client = { clientId: 'graphql:ann', username: 'ann', ipAddress: '127.0.0.1' };

describe.each([
  ['answer at once', false],
  ['answer promises', true],
])('over nodes whose peers %s', (_how, isPeer) => {
  test('events are those of all nodes, as they come', async () => {
    const { cluster, local, peer } = scene(isPeer);
    const told: string[] = [];
    const flow = await cluster.events('ban', {}, null);
    const end = flow.follow(({ nodeName, ban }) => told.push(`${ban.who} on ${nodeName}`));
    happen(local, 'a');
    happen(peer, 'b');
    end();
    happen(peer, 'c');
    expect(told).toEqual(['a on local', 'b on peer']);
  });

  test('events behind a cursor are those of the node that is named', async () => {
    const { cluster, local, peer } = scene(isPeer);
    for (const who of ['a', 'b', 'c']) happen(peer, who);
    happen(local, 'd');
    const flow = await cluster.events('ban', {}, 'peer');
    expect(Array.from(flow.since('i2-1'), ({ ban }) => ban.who)).toEqual(['b', 'c']);
    expect(() => flow.since('i1-0')).toThrow("the oldest usable one is 'i2-0'");
  });

  test('a cursor is refused where no node is named, because events of the others would be missing', async () => {
    const { cluster, peer } = scene(isPeer);
    happen(peer, 'a');
    const flow = await cluster.events('ban', {}, null);
    expect(() => flow.since('i2-0')).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        message:
          'after needs the argument node: a cursor is of one node, and there are 2, whose events would be missing',
        details: { argument: 'node', value: null },
      }),
    );
  });

  test('messages come of all nodes, and of what several retain the newest', async () => {
    const { cluster, local, peer } = scene(isPeer);
    [local.retained, local.retainedAt] = [['a', 'b'], 1];
    [peer.retained, peer.retainedAt] = [['b', 'c'], 2];
    const flow = await cluster.messages(client, '#', null);
    expect(flow.retained(3).map(({ topic, nodeName }) => `${topic} on ${nodeName}`)).toEqual([
      'a on local',
      'b on peer',
      'c on peer',
    ]);
    expect(() => flow.retained(2)).toThrow('topicFilter has 3 retained messages; the limit is 2');
  });
});

test('a cursor needs no node where there is one', async () => {
  const local = new FakeNode('local', [], { incarnation: 'i1' });
  happen(local, 'a');
  const flow = await new Cluster(local, [], limits, () => []).events('ban', {}, null);
  expect([...flow.since('i1-0')]).toMatchObject([{ cursor: 'i1-1', ban: { who: 'a' } }]);
});
