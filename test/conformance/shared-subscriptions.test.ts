import { describe, expect, test } from 'vitest';
import { isOffline, sessionOf, subscriptionsOf } from '../broker/figures.ts';
import { useBroker } from './support/broker.ts';
import { acknowledge, type Client, line, type Qos } from './support/client.ts';

const broker = useBroker();
const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);
const linesOf = (topic: string, numbers: readonly number[], qos: Qos): string[] =>
  numbers.map((i) => `${topic}=${i} q${qos}`);

async function member(
  filter: string,
  qos: Qos = 1,
  fields: { clientId?: string; clean?: boolean } = {},
): Promise<Client> {
  const client = await broker.connect(fields);
  expect(await client.subscribe([filter, qos])).toEqual([qos]);
  return client;
}

/** A member with a persistent session that is away. */
async function away(clientId: string, filter: string, qos: Qos = 1): Promise<() => Promise<Client>> {
  const client = await member(filter, qos, { clientId, clean: false });
  await client.disconnect();
  await isOffline(broker.gateway, clientId);
  return () => broker.connect({ clientId, clean: false });
}

async function publishNumbers(publisher: Client, topic: string, qos: Qos, numbers: readonly number[]): Promise<void> {
  for (const i of numbers) await publisher.publish(topic, qos, { payload: `${i}` });
}

const number = (one: string): number => Number(/=(\d+) /.exec(one)?.[1]);
const inOrder = (lines: readonly string[]): string[] => [...lines].sort((a, b) => number(a) - number(b));

describe('a shared subscription', () => {
  test.each(['$share/group/', '$queue/'])('%sfilter brings each message to exactly one member', async (prefix) => {
    for (const qos of [0, 1, 2] as const) {
      const topic = `one${prefix === '$queue/' ? 'queue' : 'share'}/${qos}`;
      const members = [
        await member(`${prefix}${topic}`, qos),
        await member(`${prefix}${topic}`, qos),
        await member(`${prefix}${topic}`, qos),
      ];
      const publisher = await broker.connect();
      await publishNumbers(publisher, topic, qos, upTo(60));
      const lines: string[][] = [];
      for (const client of members) lines.push(await broker.received(client, publisher));
      expect(inOrder(lines.flat())).toEqual(linesOf(topic, upTo(60), qos));
      // By chance alone no member stays without one of sixty, but for once in ten thousand million times.
      expect(lines.every((own) => own.length > 0)).toBe(true);
    }
  });

  test('keeps the order of what one member gets', async () => {
    const members = [await member('$share/ordered/ordered', 1), await member('$share/ordered/ordered', 1)];
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'ordered', 1, upTo(80));
    for (const client of members) {
      const lines = await broker.received(client, publisher);
      expect(lines).toEqual(inOrder(lines));
    }
  });

  test('brings every message to each group, and to those that do not share', async () => {
    const clients = [
      await member('$share/one/groups/+', 1),
      await member('$share/other/groups/+', 1),
      await member('$queue/groups/+', 1),
      await member('groups/+', 1),
      await member('$share/one/groups/#', 1),
    ];
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'groups/a', 1, upTo(10));
    for (const client of clients) {
      expect(await broker.received(client, publisher)).toEqual(linesOf('groups/a', upTo(10), 1));
    }
  });

  test('has the lower of the granted QoS and that of the message, and the topic of the message', async () => {
    const client = await member('$share/lower/lower/+', 1);
    const publisher = await broker.connect();
    for (const qos of [0, 1, 2] as const) await publisher.publish('lower/a', qos);
    expect(await broker.received(client, publisher)).toEqual(['lower/a=x q0', 'lower/a=x q1', 'lower/a=x q1']);
  });

  test('does not match topics that begin with $ by a wildcard', async () => {
    const client = await member('$share/dollar/#', 1);
    const other = await member('$share/dollar/+/a', 1);
    const publisher = await broker.connect();
    await publisher.publish('$money/a', 1);
    for (const one of [client, other]) {
      const lines = await broker.received(one, publisher);
      expect(lines.filter((text) => !text.startsWith('end/'))).toEqual([]);
    }
  });

  test('is listed with its prefix, and ends with an UNSUBSCRIBE of it', async () => {
    const leaver = await member('$share/leave/leave', 1, { clientId: 'leaver' });
    const stayer = await member('$share/leave/leave', 1, { clientId: 'stayer' });
    expect(await subscriptionsOf(broker.gateway, 'leaver')).toEqual(['$share/leave/leave@1']);
    await leaver.unsubscribe('leave');
    expect(await subscriptionsOf(broker.gateway, 'leaver')).toEqual(['$share/leave/leave@1']);
    await leaver.unsubscribe('$share/leave/leave');
    expect(await subscriptionsOf(broker.gateway, 'leaver')).toEqual([]);
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'leave', 1, upTo(20));
    expect(await broker.received(leaver, publisher)).toEqual([]);
    expect(await broker.received(stayer, publisher)).toEqual(linesOf('leave', upTo(20), 1));
  });

  test('ends with the clean session of its member', async () => {
    const goer = await member('$share/go/go', 1, { clientId: 'goer' });
    const stayer = await member('$share/go/go', 1);
    await goer.disconnect();
    await isOffline(broker.gateway, 'goer');
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'go', 1, upTo(20));
    expect(await broker.received(stayer, publisher)).toEqual(linesOf('go', upTo(20), 1));
  });

  test('that is made again counts once', async () => {
    const twice = await member('$share/twice/twice', 1);
    expect(await twice.subscribe(['$share/twice/twice', 1])).toEqual([1]);
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'twice', 1, upTo(10));
    expect(await broker.received(twice, publisher)).toEqual(linesOf('twice', upTo(10), 1));
  });

  test('brings no retained messages', async () => {
    const publisher = await broker.connect();
    await publisher.publish('kept/a', 1, { retain: true });
    for (const filter of ['$share/kept/kept/+', '$share/kept/kept/a', '$queue/kept/#']) {
      expect(await broker.received(await member(filter, 1), publisher)).toEqual([]);
    }
    expect(await broker.received(await member('kept/+', 1), publisher)).toEqual(['kept/a=x q1 retain']);
  });

  test('outlives the connection of a persistent session', async () => {
    const back = await away('faithful', '$share/faithful/faithful', 1);
    const client = await back();
    expect(client.sessionPresent).toBe(true);
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'faithful', 1, upTo(5));
    expect(await broker.received(client, publisher)).toEqual(linesOf('faithful', upTo(5), 1));
  });
});

describe('a malformed shared subscription', () => {
  test.each([
    '$share//a',
    '$share//',
    '$share/g/',
    '$share/g',
    '$share/',
    '$share/+/a',
    '$share/#/a',
    '$share/#',
    '$share/g+/a',
    '$share/g#/a',
    '$share/g/a#',
    '$share/g/a+',
    '$share/g/#/a',
    '$queue/',
    '$queue/a#',
    '$queue/+a',
    '$queue/#/a',
  ])('%s is refused with 0x80', async (filter) => {
    const client = await broker.connect();
    expect(await client.subscribe([filter, 1], ['good', 1])).toEqual([0x80, 1]);
    await client.settle();
    expect(await subscriptionsOf(broker.gateway, client.clientId)).not.toContain(`${filter}@1`);
  });

  test.each(['$share/g/$SYS/#', '$queue/$SYS/#'])(
    'one of what nobody may subscribe to is refused with 0x80: %s',
    async (filter) => {
      const client = await broker.connect();
      expect(await client.subscribe([filter, 1])).toEqual([0x80]);
    },
  );
});

describe('members that are away', () => {
  test('get nothing while another is online', async () => {
    const back = await away('absent', '$share/present/present', 1);
    const online = await member('$share/present/present', 1);
    const publisher = await broker.connect();
    await publishNumbers(publisher, 'present', 1, upTo(30));
    expect(await broker.received(online, publisher)).toEqual(linesOf('present', upTo(30), 1));
    expect(await broker.received(await back(), publisher)).toEqual([]);
  });

  test.each([1, 2] as const)('queue each message with QoS %i once when none is online', async (qos) => {
    const topic = `none/${qos}`;
    const filter = `$share/none/${topic}`;
    const backs = [await away(`${topic} a`, filter, 2), await away(`${topic} b`, filter, 2)];
    const publisher = await broker.connect();
    await publishNumbers(publisher, topic, qos, upTo(30));
    const lines: string[] = [];
    for (const back of backs) lines.push(...(await broker.received(await back(), publisher)));
    expect(inOrder(lines)).toEqual(linesOf(topic, upTo(30), qos));
  });
});

describe('a member that ends without acknowledging', () => {
  /** Two members, and the one of them that has read a message but not answered it. */
  async function unanswered(name: string, qos: 1 | 2, persistent = false) {
    const filter = `$share/${name}/${name}`;
    const holder = await member(filter, 2, { clientId: `${name} holder`, clean: !persistent });
    const publisher = await broker.connect();
    await publisher.publish(name, qos, { payload: '0' });
    const packet = await holder.next('publish');
    expect(line(packet)).toBe(`${name}=0 q${qos}`);
    const other = await member(filter, 2);
    return { holder, other, publisher, messageId: packet.messageId };
  }

  test.each(['vanishes', 'sends a DISCONNECT'])(
    'with QoS 1 and a clean session leaves the message to another: it %s',
    async (how) => {
      const name = `left ${how}`;
      const { holder, other, publisher } = await unanswered(name, 1);
      await (how === 'vanishes' ? holder.vanish() : holder.disconnect());
      expect(await other.message()).toBe(`${name}=0 q1`);
      expect(await broker.received(other, publisher)).toEqual([]);
    },
  );

  test('with QoS 1 and a clean session leaves the message to a persistent member that is away', async () => {
    const filter = '$share/bequest/bequest';
    const back = await away('bequest heir', filter, 1);
    const holder = await member(filter, 1, { clientId: 'bequest holder' });
    const publisher = await broker.connect();
    await publisher.publish('bequest', 1, { payload: '0' });
    await holder.next('publish');
    await holder.vanish();
    await isOffline(broker.gateway, 'bequest holder');
    expect(await (await back()).message()).toBe('bequest=0 q1');
  });

  test('whose id is taken over by a clean session leaves the message to another', async () => {
    const { other } = await unanswered('usurped', 1);
    await broker.connect({ clientId: 'usurped holder', clean: true });
    expect(await other.message()).toBe('usurped=0 q1');
  });

  test('that acknowledged leaves nothing', async () => {
    const { holder, other, publisher, messageId } = await unanswered('answered', 1);
    holder.write(acknowledge('puback', messageId));
    await holder.settle();
    await holder.vanish();
    await isOffline(broker.gateway, 'answered holder');
    expect(await broker.received(other, publisher)).toEqual([]);
  });

  test('with QoS 2 leaves nothing of which the PUBLISH was written', async () => {
    const { holder, other, publisher } = await unanswered('written', 2);
    await holder.vanish();
    await isOffline(broker.gateway, 'written holder');
    expect(await broker.received(other, publisher)).toEqual([]);
  });

  test.each([1, 2] as const)('with a full window and QoS %i leaves what another may still get', async (qos) => {
    const name = `full ${qos}`;
    const filter = `$share/full/${name}`;
    const holder = await member(filter, 2, { clientId: `${name} holder` });
    const publisher = await broker.connect();
    await publishNumbers(publisher, name, qos, upTo(40));
    await holder.nextOf(32, 'publish');
    await holder.settle();
    const other = await member(filter, 2);
    await holder.vanish();
    await isOffline(broker.gateway, `${name} holder`);
    const expected = qos === 1 ? upTo(40) : upTo(8, 32);
    expect(inOrder(await broker.received(other, publisher))).toEqual(linesOf(name, expected, qos));
  });

  test('with a persistent session keeps its messages until it comes back', async () => {
    for (const qos of [1, 2] as const) {
      const name = `held ${qos}`;
      const { holder, other, publisher, messageId } = await unanswered(name, qos, true);
      await holder.vanish();
      await isOffline(broker.gateway, `${name} holder`);
      expect(await broker.received(other, publisher)).toEqual([]);
      const back = await broker.connect({ clientId: `${name} holder`, clean: false });
      const packet = await back.next('publish');
      expect([line(packet), packet.messageId]).toEqual([`${name}=0 q${qos} dup`, messageId]);
    }
  });

  test('with a persistent session that is cleaned leaves its messages with QoS 1 to another', async () => {
    const { holder, other } = await unanswered('dissolved', 1, true);
    await holder.vanish();
    await isOffline(broker.gateway, 'dissolved holder');
    await broker.gateway.gateway.domain.cleanSession('dissolved holder', null);
    expect(await other.message()).toBe('dissolved=0 q1');
    expect(await sessionOf(broker.gateway, 'dissolved holder')).toBeNull();
  });
});
