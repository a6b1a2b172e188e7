import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../bench/soak/random.ts';
import type { Hooks, Verdict } from '../../src/broker/hooks.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { isOffline, metricsOf } from './figures.ts';
import { connectWire, publishPacket, subscribePacket, type Wire } from './wire.ts';

/** Milliseconds that a verdict takes at most. */
const SLOWEST = 50;
const SEED = 20_261_128;

const random = createRandom(SEED);
/** Topics and filters in the order in which the ACL was asked, by client. */
const asked = new Map<string, string[]>();
/** Verdicts under way for one client at once. */
let underWay = new Map<string, number>();
let mostUnderWay = 0;

async function slowly(clientId: string, what: string): Promise<Verdict> {
  const names = asked.get(clientId) ?? [];
  asked.set(clientId, names);
  names.push(what);
  underWay.set(clientId, (underWay.get(clientId) ?? 0) + 1);
  mostUnderWay = Math.max(mostUnderWay, underWay.get(clientId) ?? 0);
  await new Promise((resolve) => setTimeout(resolve, random() * SLOWEST));
  underWay.set(clientId, (underWay.get(clientId) ?? 0) - 1);
  return what.startsWith('denied') ? 'deny' : 'allow';
}

const acl: Hooks = {
  authorizePublish: ({ clientId }, topic) => (topic === 'end' ? 'allow' : slowly(clientId, topic)),
  authorizeSubscribe: ({ clientId }, topicFilter) =>
    clientId.startsWith('watcher') ? 'allow' : slowly(clientId, topicFilter),
};

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('', {}, undefined, [acl]);
});

afterAll(() => gateway.close());

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Acknowledges whatever comes, and answers the topics of the messages until `end`, in the order of their arrival. */
async function topicsUntilEnd(wire: Wire): Promise<string[]> {
  const topics: string[] = [];
  for (;;) {
    const packet = await wire.take();
    if (packet.cmd === 'pubrel') wire.write({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
    if (packet.cmd !== 'publish') continue;
    if (packet.qos === 1) wire.write({ cmd: 'puback', messageId: packet.messageId ?? 0 });
    if (packet.qos === 2) wire.write({ cmd: 'pubrec', messageId: packet.messageId ?? 0 });
    if (packet.topic === 'end') return topics;
    topics.push(packet.topic);
  }
}

/** Packets of every QoS in one piece, one topic each, every seventh of which the ACL denies. */
const mixed = (name: string, count: number) =>
  upTo(count).map((i) =>
    publishPacket(`${i % 7 === 0 ? 'denied' : name}/${i}`, (i % 3) as 0 | 1 | 2, i % 3 ? i : undefined),
  );

/** What the broker answers to them, in this order [MQTT-4.6.0-2], [MQTT-4.6.0-3]. */
const answersTo = (packets: ReturnType<typeof mixed>): string[] =>
  packets.flatMap(({ qos, messageId }) => (qos === 0 ? [] : [`${qos === 1 ? 'puback' : 'pubrec'} ${messageId}`]));

async function answersOf(wire: Wire, count: number): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < count) {
    const { cmd, messageId } = await wire.take();
    answers.push(`${cmd} ${messageId}`);
  }
  return answers;
}

describe('an ACL that takes up to 50 ms for a verdict', () => {
  test.each([true, false])(
    'is asked, answered to and delivered in the order of arrival; clean session: %s',
    async (clean) => {
      const name = `mixed-${clean}`;
      const watcher = await connectWire(gateway, { clientId: `watcher ${name}`, clean });
      await watcher.subscribe([`${name}/#`, 2], ['denied/#', 2], ['end', 2]);
      const publisher = await connectWire(gateway, { clientId: name, clean });
      const packets = mixed(name, 60);
      publisher.write(...packets);
      const topics = topicsUntilEnd(watcher);
      expect(await answersOf(publisher, answersTo(packets).length)).toEqual(answersTo(packets));
      publisher.write(publishPacket('end', 2, 1000));
      expect(await topics).toEqual(packets.map(({ topic }) => topic).filter((topic) => !topic.startsWith('denied')));
      expect(asked.get(name)).toEqual(packets.map(({ topic }) => topic));
      await publisher.vanish();
      await watcher.vanish();
    },
  );

  test('keeps SUBSCRIBE, UNSUBSCRIBE and PINGREQ behind the PUBLISH in front of them', async () => {
    const wire = await connectWire(gateway, { clientId: 'behind' });
    wire.write(
      publishPacket('behind/1', 1, 1),
      subscribePacket(2, ['behind/#', 1], ['denied/a', 1]),
      publishPacket('behind/2', 1, 3),
      { cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['behind/#'] },
      publishPacket('behind/3', 1, 5),
      { cmd: 'pingreq' },
    );
    const came: string[] = [];
    while (came.at(-1) !== 'pingresp undefined') {
      const packet = await wire.take();
      if (packet.cmd === 'suback') expect(packet.granted).toEqual([1, 128]);
      came.push(`${packet.cmd} ${packet.cmd === 'publish' ? packet.topic : packet.messageId}`);
    }
    // Its own message may come before or behind the PUBACK of it.
    const answers = came.filter((one) => !one.startsWith('publish'));
    expect(answers).toEqual(['puback 1', 'suback 2', 'puback 3', 'unsuback 4', 'puback 5', 'pingresp undefined']);
    expect(came.filter((one) => one.startsWith('publish'))).toEqual(['publish behind/2']);
    expect(came.indexOf('publish behind/2')).toBeGreaterThan(came.indexOf('suback 2'));
    expect(asked.get('behind')).toEqual(['behind/1', 'behind/#', 'denied/a', 'behind/2', 'behind/3']);
    await wire.vanish();
  });

  test('reorders nothing of twenty clients at once, whose verdicts are waited for side by side', async () => {
    underWay = new Map();
    mostUnderWay = 0;
    const names = upTo(20).map((i) => `crowd-${i}`);
    const flows = names.map(async (name) => {
      const watcher = await connectWire(gateway, { clientId: `watcher ${name}`, clean: false });
      await watcher.subscribe([`${name}/#`, 2], ['end', 2]);
      const publisher = await connectWire(gateway, { clientId: name, clean: false });
      const packets = mixed(name, 30);
      publisher.write(...packets);
      expect(await answersOf(publisher, answersTo(packets).length)).toEqual(answersTo(packets));
      // The last one has QoS 0.
      await publisher.settle();
      return { name, watcher, publisher, packets };
    });
    const clients = await Promise.all(flows);
    clients[0]?.publisher.write(publishPacket('end', 2, 1000));
    for (const { name, watcher, packets } of clients) {
      const allowed = packets.map(({ topic }) => topic).filter((topic) => !topic.startsWith('denied'));
      expect(await topicsUntilEnd(watcher)).toEqual(allowed);
      expect(asked.get(name)).toEqual(packets.map(({ topic }) => topic));
    }
    expect(mostUnderWay).toBe(1);
    for (const { watcher, publisher } of clients) await Promise.all([watcher.vanish(), publisher.vanish()]);
  });

  test.each([true, false])(
    'loses nothing of a client that hangs up behind its DISCONNECT, and publishes no will; clean session: %s',
    async (clean) => {
      const name = `brief-${clean}`;
      const watcher = await connectWire(gateway, { clientId: `watcher ${name}` });
      await watcher.subscribe([`${name}/#`, 0], ['end', 0]);
      const will = { topic: `${name}/will`, payload: Buffer.from('x'), qos: 0 as const, retain: false };
      const publisher = await connectWire(gateway, { clientId: name, clean, will });
      publisher.write(...upTo(5).map((i) => publishPacket(`${name}/${i}`, 0)), { cmd: 'disconnect' });
      publisher.socket.end();
      await publisher.closed;
      await isOffline(gateway, name);
      const other = await connectWire(gateway, { clientId: 'other' });
      other.write(publishPacket('end'));
      expect(await topicsUntilEnd(watcher)).toEqual(upTo(5).map((i) => `${name}/${i}`));
    },
  );

  test('leaves the count of what it denied', async () => {
    const before = await metricsOf(gateway);
    const wire = await connectWire(gateway, { clientId: 'counted' });
    await wire.ask(publishPacket('denied/x', 1, 1), 'puback');
    expect((await metricsOf(gateway)).packetsPublishAuthError - before.packetsPublishAuthError).toBe(1);
    await wire.vanish();
  });
});
