import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPacket, connectWire, NAMELESS_PERSISTENT_CONNECT, openWire, publishPacket } from '../broker/wire.ts';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';

let gateway: TestGateway;
let startedAt: number;

beforeAll(async () => {
  gateway = await startGateway(
    'mqtt: {max_topic_len: 64, max_clientid_len: 30, max_packet_size: 200, max_subscriptions: 2, max_awaiting_rel: 2}',
  );
  startedAt = Date.now();
});

afterAll(() => gateway.close());

interface Refusal {
  readonly kind: string;
  readonly action: string;
  readonly topic: string | null;
  readonly message: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

const refusals = async (clientId: string, fields = 'kind action topic message count'): Promise<Refusal[]> =>
  (
    await ask<{ clientRefusals: Refusal[] }>(
      gateway,
      `query ($id: ID!) { clientRefusals(clientId: $id) { ${fields} } }`,
      {
        id: clientId,
      },
    )
  ).clientRefusals;

describe('clientRefusals', () => {
  test('tells who, what, why and when', async () => {
    const wire = await connectWire(gateway, { clientId: 'whole', username: 'alice' });
    const { port } = wire.socket.address() as { port: number };
    expect(await wire.subscribe(['$share/a+/b', 1], ['good', 1])).toEqual([128, 1]);
    const [refusal, ...others] = await refusals(
      'whole',
      'clientId username ipAddress port kind action topic message count firstAt lastAt nodeName',
    );
    expect(others).toEqual([]);
    expect(refusal).toEqual({
      clientId: 'whole',
      username: 'alice',
      ipAddress: '127.0.0.1',
      port,
      kind: 'PROTOCOL',
      action: 'SUBSCRIBE',
      topic: '$share/a+/b',
      message: "the shared subscription '$share/a+/b' has a wildcard in the name of its group",
      count: 1,
      firstAt: expect.any(String),
      lastAt: refusal?.firstAt,
      nodeName: NODE,
    });
    expect(Date.parse(refusal?.firstAt ?? '')).toBeGreaterThanOrEqual(startedAt);
    await wire.disconnect();
  });

  const publish = (topic: string) => async (clientId: string) => {
    const wire = await connectWire(gateway, { clientId });
    wire.write(publishPacket(topic, 1, 1));
    await wire.closed;
  };

  test.each<[string, (clientId: string) => Promise<void>, Omit<Refusal, 'count' | 'firstAt' | 'lastAt'>]>([
    [
      'a topic of the broker',
      publish('$SYS/a'),
      {
        kind: 'ACL',
        action: 'PUBLISH',
        topic: '$SYS/a',
        message: "topic must be outside of $SYS/, which is for the broker alone, not '$SYS/a'",
      },
    ],
    [
      'a topic that is too long',
      publish('x'.repeat(65)),
      { kind: 'LIMIT', action: 'PUBLISH', topic: 'x'.repeat(65), message: 'topic has 65 bytes; the limit is 64' },
    ],
    [
      'a will',
      async (clientId) => {
        const will = { topic: '$SYS/w', payload: Buffer.from('x'), qos: 0 as const, retain: false };
        const wire = await openWire(gateway);
        expect((await wire.ask(connectPacket({ clientId, will }), 'connack')).returnCode).toBe(5);
        await wire.closed;
      },
      {
        kind: 'ACL',
        action: 'WILL',
        topic: '$SYS/w',
        message: "topic must be outside of $SYS/, which is for the broker alone, not '$SYS/w'",
      },
    ],
    [
      'a subscription too many',
      async (clientId) => {
        const wire = await connectWire(gateway, { clientId });
        expect(await wire.subscribe(['a', 0], ['b', 0], ['c', 0])).toEqual([0, 0, 128]);
        await wire.disconnect();
      },
      {
        kind: 'LIMIT',
        action: 'SUBSCRIBE',
        topic: 'c',
        message: "client 'a subscription too many' would have 3 subscriptions; the limit is 2",
      },
    ],
    [
      'a packet that is too large',
      async (clientId) => {
        const wire = await connectWire(gateway, { clientId });
        wire.write(publishPacket('a', 0, undefined, 'x'.repeat(300)));
        await wire.closed;
      },
      { kind: 'LIMIT', action: 'PACKET', topic: null, message: 'packet of 303 bytes is above the limit of 200' },
    ],
    [
      'messages of QoS 2 too many',
      async (clientId) => {
        const wire = await connectWire(gateway, { clientId });
        for (const id of [1, 2]) await wire.ask(publishPacket('a', 2, id), 'pubrec');
        wire.write(publishPacket('a', 2, 3));
        await wire.closed;
      },
      {
        kind: 'LIMIT',
        action: 'PUBLISH',
        topic: 'a',
        message: 'the client has 2 messages that wait for PUBREL; the limit is 2',
      },
    ],
    [
      'bytes that are no MQTT',
      async (clientId) => {
        const wire = await connectWire(gateway, { clientId });
        wire.write(Buffer.from('8000', 'hex'));
        await wire.closed;
      },
      { kind: 'PROTOCOL', action: 'PACKET', topic: null, message: expect.stringMatching(/./) },
    ],
    [
      'a second CONNECT',
      async (clientId) => {
        const wire = await connectWire(gateway, { clientId });
        wire.write(connectPacket({ clientId }));
        await wire.closed;
      },
      { kind: 'PROTOCOL', action: 'PACKET', topic: null, message: expect.stringMatching(/./) },
    ],
  ])('tells of %s, once', async (clientId, refuse, expected) => {
    await refuse(clientId);
    await eventually(async () => (await refusals(clientId)).length > 0, 'the refusal');
    expect(await refusals(clientId)).toEqual([{ ...expected, count: 1 }]);
    await refuse(clientId);
    await eventually(async () => (await refusals(clientId))[0]?.count === 2, 'the second refusal');
    expect(await refusals(clientId)).toEqual([{ ...expected, count: 2 }]);
  });

  test('tells of a client id that is too long, by its name', async () => {
    const clientId = 'i'.repeat(31);
    const wire = await openWire(gateway);
    expect((await wire.ask(connectPacket({ clientId, username: 'alice' }), 'connack')).returnCode).toBe(2);
    expect(await refusals(clientId, 'username kind action message')).toEqual([
      {
        username: 'alice',
        kind: 'LIMIT',
        action: 'CONNECT',
        message: 'client id of 31 bytes is above the limit of 30',
      },
    ]);
    await wire.closed;
    expect(await refusals(clientId)).toHaveLength(1);
  });

  test('tells of connections without a client id by the empty one', async () => {
    const wire = await openWire(gateway);
    expect((await wire.ask(NAMELESS_PERSISTENT_CONNECT, 'connack')).returnCode).toBe(2);
    await wire.closed;
    expect(await refusals('')).toContainEqual({
      kind: 'PROTOCOL',
      action: 'CONNECT',
      topic: null,
      message: 'a client without an id needs a clean session',
      count: 1,
    });
  });

  test('says nothing of clients that were kicked, taken over, or lost their network', async () => {
    await gateway.connect({ clientId: 'fine' });
    await ask(gateway, 'mutation { kickConnection(input: { clientId: "fine" }) { clientId } }');
    await connectWire(gateway, { clientId: 'fine' });
    const second = await connectWire(gateway, { clientId: 'fine' });
    second.socket.resetAndDestroy();
    await second.closed;
    await eventually(async () => gateway.gateway.broker.registry.sessionsById.get('fine') === undefined, 'the end');
    expect(await refusals('fine')).toEqual([]);
  });

  test('never shows a password', async () => {
    const wire = await openWire(gateway);
    const password = Buffer.from('open-sesame');
    await wire.ask(connectPacket({ clientId: 'p'.repeat(31), username: 'alice', password }), 'connack');
    await wire.closed;
    const query = '{ recentRefusals { items { clientId username topic message } } }';
    expect(JSON.stringify(await ask(gateway, query))).not.toContain('open-sesame');
  });
});

describe('recentRefusals', () => {
  const LIST = `query ($page: PageInput, $filter: RefusalFilter) {
    recentRefusals(page: $page, filter: $filter) { items { clientId kind } meta { count endCursor } }
  }`;
  interface Listed {
    recentRefusals: { items: { clientId: string; kind: string }[]; meta: { count: number; endCursor: string } };
  }
  const list = async (filter: object, page: object = {}) =>
    (await ask<Listed>(gateway, LIST, { filter, page })).recentRefusals;

  beforeAll(async () => {
    for (const clientId of ['list-1', 'list-2', 'list-3']) {
      const wire = await connectWire(gateway, { clientId });
      await wire.subscribe(clientId === 'list-2' ? ['x'.repeat(65), 0] : ['$share//a', 0]);
      await wire.disconnect();
    }
  });

  test.each([
    ['what the client id begins with, newest first', { clientIdPrefix: 'list-' }, ['list-3', 'list-2', 'list-1']],
    ['a kind', { clientIdPrefix: 'list-', kind: 'LIMIT' }, ['list-2']],
    ['a kind that never was', { kind: 'BAN' }, []],
    ['an address', { clientIdPrefix: 'list-', ipAddress: '127.0.0.1' }, ['list-3', 'list-2', 'list-1']],
    ['another address', { ipAddress: '10.9.9.9' }, []],
  ])('filters by %s', async (_what, filter, expected) => {
    const { items, meta } = await list(filter);
    expect(items.map(({ clientId }) => clientId)).toEqual(expected);
    expect(meta.count).toBe(expected.length);
  });

  test('is paged by number and by cursor', async () => {
    const filter = { clientIdPrefix: 'list-' };
    expect((await list(filter, { page: 2, limit: 2 })).items).toEqual([{ clientId: 'list-1', kind: 'PROTOCOL' }]);
    const { meta } = await list(filter, { limit: 1 });
    expect((await list(filter, { limit: 1, after: meta.endCursor })).items).toEqual([
      { clientId: 'list-2', kind: 'LIMIT' },
    ]);
  });
});

describe('where nobody may connect without credentials', () => {
  test('the refusal is of AUTHENTICATION, by the names that the CONNECT told', async () => {
    const closed = await startGateway('mqtt: {allow_anonymous: false}');
    const wire = await openWire(closed);
    expect((await wire.ask(connectPacket({ clientId: 'eve', username: 'mallory' }), 'connack')).returnCode).toBe(5);
    await wire.closed;
    const query = '{ clientRefusals(clientId: "eve") { username kind action message count } }';
    expect(await ask(closed, query)).toEqual({
      clientRefusals: [
        {
          username: 'mallory',
          kind: 'AUTHENTICATION',
          action: 'CONNECT',
          message: 'nobody vouches for the client',
          count: 1,
        },
      ],
    });
    await closed.close();
  });
});
