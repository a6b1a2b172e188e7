import { afterEach, describe, expect, test, vi } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { growth, isOffline, metricsOf, sessionOf } from './figures.ts';
import { connectWire, publishPacket, type Wire } from './wire.ts';

let gateway: TestGateway;
/** Of the gateway, by client id. */
const publishers = new Map<string, Wire>();

const start = async (yaml = '', folder?: string): Promise<void> => {
  publishers.clear();
  gateway = await startGateway(`mqtt: {${yaml}}`, {}, folder);
};

afterEach(async () => {
  vi.useRealTimers();
  await gateway.close();
});

const FILTER = '$share/group/work';
type Qos = 0 | 1 | 2;

async function member(clientId: string, qos: Qos = 1, clean = true, filter = FILTER): Promise<Wire> {
  const wire = await connectWire(gateway, { clientId, clean });
  expect(await wire.subscribe([filter, qos])).toEqual([qos]);
  return wire;
}

async function away(clientId: string, qos: Qos = 1, filter = FILTER): Promise<void> {
  await (await member(clientId, qos, false, filter)).disconnect();
  await isOffline(gateway, clientId);
}

/** Publishes messages one after the other, as one client. */
async function publish(payloads: readonly (string | number)[], qos: Qos = 1, clientId = 'publisher'): Promise<void> {
  const wire = publishers.get(clientId) ?? (await connectWire(gateway, { clientId }));
  publishers.set(clientId, wire);
  for (const payload of payloads) {
    wire.write(publishPacket('work', qos, qos === 0 ? undefined : 1, `${payload}`));
    if (qos === 1) await wire.next('puback');
    if (qos !== 2) continue;
    await wire.next('pubrec');
    await wire.ask({ cmd: 'pubrel', messageId: 1 }, 'pubcomp');
  }
  await wire.settle();
}

/** Payloads of what came to a client, acknowledged. */
async function taken(wire: Wire): Promise<string[]> {
  const payloads: string[] = [];
  wire.write({ cmd: 'pingreq' });
  for (;;) {
    const packet = await wire.take();
    if (packet.cmd === 'pingresp') return payloads;
    if (packet.cmd === 'pubrel') wire.write({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
    if (packet.cmd !== 'publish') continue;
    payloads.push(packet.payload.toString());
    if (packet.qos > 0) wire.write({ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId: packet.messageId ?? 0 });
  }
}

const upTo = (count: number, from = 1): string[] => Array.from({ length: count }, (_, i) => `${from + i}`);

describe('the strategy round_robin', () => {
  test('gives each member its turn', async () => {
    await start('shared_subscription_strategy: round_robin');
    const members = [await member('a'), await member('b'), await member('c')];
    await publish(upTo(12));
    const shares: string[][] = [];
    for (const wire of members) shares.push(await taken(wire));
    for (const share of shares) {
      expect(share).toHaveLength(4);
      expect(share.map((payload) => Number(payload) % 3)).toEqual(Array(4).fill(Number(share[0]) % 3));
    }
    expect(shares.flat().sort((a, b) => Number(a) - Number(b))).toEqual(upTo(12));
  });
});

describe('the strategy sticky', () => {
  test('stays with one member until it leaves', async () => {
    await start('shared_subscription_strategy: sticky');
    const members = new Map([
      ['a', await member('a')],
      ['b', await member('b')],
      ['c', await member('c')],
    ]);
    await publish(upTo(10));
    const shares = new Map<string, string[]>();
    for (const [name, wire] of members) shares.set(name, await taken(wire));
    const chosen = [...shares].filter(([, share]) => share.length > 0);
    expect(chosen.map(([, share]) => share)).toEqual([upTo(10)]);
    const [[first = ''] = []] = chosen;
    await members.get(first)?.disconnect();
    members.delete(first);
    await publish(upTo(10, 11));
    const rest: string[][] = [];
    for (const wire of members.values()) rest.push(await taken(wire));
    expect(rest.filter((share) => share.length > 0)).toEqual([upTo(10, 11)]);
  });
});

describe('the strategy hash', () => {
  test('gives the messages of one publisher to one member, and those of many to all', async () => {
    await start('shared_subscription_strategy: hash, max_inflight: 1000');
    const members = [await member('a'), await member('b'), await member('c')];
    const names = upTo(30).map((i) => `publisher-${i}`);
    for (const name of names) await publish([name, name, name], 1, name);
    const shares: string[][] = [];
    for (const wire of members) shares.push(await taken(wire));
    for (const name of names) {
      const counts = shares.map((share) => share.filter((payload) => payload === name).length);
      expect(counts.sort()).toEqual([0, 0, 3]);
    }
    expect(shares.every((share) => share.length > 0)).toBe(true);
  });
});

test('a member that is away takes part in queueing when it is granted QoS 1 in place of 0', async () => {
  await start();
  await away('changed', 0);
  await publish(['lost']);
  await gateway.gateway.domain.subscribe('changed', [{ topicFilter: FILTER, qos: 1 }]);
  await publish(['kept']);
  expect((await sessionOf(gateway, 'changed'))?.queuedCount).toBe(1);
  await gateway.gateway.domain.subscribe('changed', [{ topicFilter: FILTER, qos: 0 }]);
  await publish(['lost']);
  expect((await sessionOf(gateway, 'changed'))?.queuedCount).toBe(1);
});

describe.each(['random', 'round_robin', 'sticky', 'hash'])('with the strategy %s', (strategy) => {
  test('a member that is online comes before those that are away, and one of these queues when none is', async () => {
    await start(`shared_subscription_strategy: ${strategy}`);
    await away('away-1');
    await away('away-2');
    const online = await member('online');
    await publish(upTo(20));
    expect(await taken(online)).toEqual(upTo(20));
    await online.disconnect();
    await isOffline(gateway, 'online');
    await publish(upTo(20, 21));
    const queued = async (clientId: string) => (await sessionOf(gateway, clientId))?.queuedCount ?? 0;
    expect((await queued('away-1')) + (await queued('away-2'))).toBe(20);
    const again = await member('online');
    await publish(['41']);
    expect(await taken(again)).toEqual(['41']);
  });

  test('what is queued for nobody online goes to a member that can queue it', async () => {
    await start(`shared_subscription_strategy: ${strategy}`);
    await away('without', 0);
    await away('with', 1);
    const before = await metricsOf(gateway);
    await publish(upTo(10));
    expect((await sessionOf(gateway, 'with'))?.queuedCount).toBe(10);
    expect(growth(before, await metricsOf(gateway)).messagesDropped ?? 0).toBe(0);
  });
});

describe('a persistent member whose session expires', () => {
  /** A broker whose time is the test's. */
  async function startWithTime(yaml = ''): Promise<void> {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    await start(`session_expiry_interval: 100, max_inflight: 3${yaml}`);
  }

  async function expire(clientId: string): Promise<void> {
    vi.advanceTimersByTime(102_000);
    await eventually(async () => (await sessionOf(gateway, clientId)) === null, 'the session to end');
  }

  test('leaves to the others, in order, what has QoS 1 and what has QoS 2 and was never sent', async () => {
    await startWithTime();
    const holder = await member('holder', 2, false);
    await publish(['1', '2'], 1);
    await publish(['3', '4'], 2);
    await publish(['5'], 1);
    for (const payload of ['1', '2', '3']) expect((await holder.next('publish')).payload.toString()).toBe(payload);
    await holder.vanish();
    await isOffline(gateway, 'holder');
    const other = await member('other', 2);
    await expire('holder');
    const came: string[] = [];
    while (came.length < 4) {
      const packet = await other.take();
      const messageId = packet.messageId ?? 0;
      if (packet.cmd === 'pubrel') other.write({ cmd: 'pubcomp', messageId });
      if (packet.cmd !== 'publish') continue;
      came.push(`${packet.payload} q${packet.qos}`);
      other.write({ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId });
    }
    expect(came).toEqual(['1 q1', '2 q1', '4 q2', '5 q1']);
    expect(await taken(other)).toEqual([]);
  });

  test('leaves it to a member that is away when no other is online, over a restart', async () => {
    await startWithTime();
    await away('holder');
    await publish(upTo(5));
    await away('heir');
    await gateway.gateway.close();
    await start('session_expiry_interval: 100, max_inflight: 3', gateway.dataDir);
    const heir = await connectWire(gateway, { clientId: 'heir', clean: false });
    await expire('holder');
    const came: string[] = [];
    while (came.length < 5) {
      const { payload, messageId = 0 } = await heir.next('publish');
      came.push(payload.toString());
      heir.write({ cmd: 'puback', messageId });
    }
    expect(came).toEqual(upTo(5));
  });

  test('leaves it to nobody when there is none, and it is counted as dropped', async () => {
    await startWithTime();
    await away('holder');
    await publish(upTo(4));
    const before = await metricsOf(gateway);
    await expire('holder');
    await eventually(async () => growth(before, await metricsOf(gateway)).messagesDropped === 4, 'the count');
  });
});

describe('a persistent member whose session is cleaned', () => {
  test('leaves to another what waited for it, with QoS 2 too', async () => {
    await start();
    await away('holder', 2);
    await publish(['1'], 1);
    await publish(['2'], 2);
    const other = await member('other', 2);
    await gateway.graphql('mutation { cleanSession(input: {clientId: "holder"}) { clientId } }');
    const came = [await other.next('publish'), await other.next('publish')];
    expect(came.map(({ payload, qos }) => `${payload} q${qos}`)).toEqual(['1 q1', '2 q2']);
  });
});

describe('a client that subscribes shared and plain', () => {
  test('gets a message by each of them', async () => {
    await start();
    const both = await connectWire(gateway, { clientId: 'both' });
    await both.subscribe(['work', 1], [FILTER, 1], ['$queue/work', 1], ['+', 0]);
    await publish(['once']);
    expect(await taken(both)).toEqual(['once', 'once', 'once']);
  });
});

describe('shared subscriptions', () => {
  test('are counted, with their most, and listed with their group', async () => {
    await start();
    const first = await connectWire(gateway, { clientId: 'first' });
    await first.subscribe([FILTER, 1], ['$queue/work', 2], ['work', 0]);
    await away('second');
    const figures = async (): Promise<unknown> => {
      const { data } = await gateway.graphql('{ stats { sharedSubscriptionsCount sharedSubscriptionsMax } }');
      const { json } = await gateway.rest('/stats/');
      const [row] = json as { 'subscriptions/shared/count': number; 'subscriptions/shared/max': number }[];
      return [data, [row?.['subscriptions/shared/count'], row?.['subscriptions/shared/max']]];
    };
    const expected = (sharedSubscriptionsCount: number, sharedSubscriptionsMax: number): unknown => [
      { stats: [{ sharedSubscriptionsCount, sharedSubscriptionsMax }] },
      [sharedSubscriptionsCount, sharedSubscriptionsMax],
    ];
    expect(await figures()).toEqual(expected(3, 3));
    const { data } = await gateway.graphql<{ subscriptions: { items: object[] } }>(
      '{ subscriptions { items { clientId topicFilter shareGroup qos } } }',
    );
    expect(data?.subscriptions.items).toEqual([
      { clientId: 'first', topicFilter: FILTER, shareGroup: 'group', qos: 1 },
      { clientId: 'first', topicFilter: '$queue/work', shareGroup: expect.anything(), qos: 2 },
      { clientId: 'first', topicFilter: 'work', shareGroup: null, qos: 0 },
      { clientId: 'second', topicFilter: FILTER, shareGroup: 'group', qos: 1 },
    ]);
    await first.disconnect();
    await isOffline(gateway, 'first');
    expect(await figures()).toEqual(expected(1, 3));
    await gateway.gateway.domain.cleanSession('second', null);
    expect(await figures()).toEqual(expected(0, 3));
  });
});
