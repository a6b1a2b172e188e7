import { beforeAll, describe, expect, test } from 'vitest';
import { useBroker } from './support/broker.ts';
import { publishBytes, subscribeBytes } from './support/bytes.ts';
import type { Client } from './support/client.ts';

const broker = useBroker('mqtt: {max_topic_len: 65535}');

const TOPICS = ['a', 'A', '/a', 'a/', 'a/b', 'a//b', 'a/b/c', '/', 'a b', '$m/a', '$m'];
const PLAIN = TOPICS.filter((topic) => !topic.startsWith('$'));

/** Topic filters, and those of `TOPICS` that they match. */
const matches: readonly (readonly [string, readonly string[]])[] = [
  ['#', PLAIN],
  ['+/#', PLAIN],
  ['+', ['a', 'A', 'a b']],
  ['a', ['a']],
  ['A', ['A']],
  ['A/#', ['A']],
  ['a/', ['a/']],
  ['/a', ['/a']],
  ['a/+', ['a/', 'a/b']],
  ['a/#', ['a', 'a/', 'a/b', 'a//b', 'a/b/c']],
  ['+/a', ['/a']],
  ['/+', ['/a', '/']],
  ['/#', ['/a', '/']],
  ['/', ['/']],
  ['+/', ['a/', '/']],
  ['+/+', ['/a', 'a/', 'a/b', '/']],
  ['+/+/+', ['a//b', 'a/b/c']],
  ['+/+/#', ['/a', 'a/', 'a/b', 'a//b', 'a/b/c', '/']],
  ['a//b', ['a//b']],
  ['a/+/b', ['a//b']],
  ['a/+/c', ['a/b/c']],
  ['a/b/#', ['a/b', 'a/b/c']],
  ['+/b/#', ['a/b', 'a/b/c']],
  ['a/+/+/#', ['a//b', 'a/b/c']],
  ['a/b/c/+', []],
  ['a b', ['a b']],
  ['$m', ['$m']],
  ['$m/#', ['$m/a', '$m']],
  ['$m/+', ['$m/a']],
  ['+/m', []],
];

const topicsOf = (lines: readonly string[]): string[] =>
  lines.map((line) => line.slice(0, line.lastIndexOf('='))).sort();

async function publishAll(publisher: Client): Promise<void> {
  for (const topic of TOPICS) await publisher.publish(topic, 1);
}

describe('4.7 topic filters of live subscribers', () => {
  test.each(matches)('[MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT-4.7.2-1] %s matches %j', async (filter, topics) => {
    const subscriber = await broker.connect();
    expect(await subscriber.subscribe([filter, 1])).toEqual([1]);
    const publisher = await broker.connect();
    await publishAll(publisher);
    // The filter may match the topics that end the reading, too.
    const lines = (await broker.received(subscriber, publisher)).filter((line) => !line.startsWith('end/'));
    expect(topicsOf(lines)).toEqual([...topics].sort());
  });
});

describe('4.7 topic filters of sessions that are away', () => {
  beforeAll(async () => {
    for (const [filter] of matches) {
      const away = await broker.connect({ clientId: `away ${filter}`, clean: false });
      await away.subscribe([filter, 1]);
      await away.disconnect();
    }
    await publishAll(await broker.connect());
  });

  test.each(matches)('[MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT-4.7.2-1] %s matches %j', async (filter, topics) => {
    const publisher = await broker.connect();
    const back = await broker.connect({ clientId: `away ${filter}`, clean: false });
    const lines = (await broker.received(back, publisher)).filter((line) => !line.startsWith('end/'));
    expect(topicsOf(lines)).toEqual([...topics].sort());
    // So that what later tests publish does not wait for this session.
    await (await broker.connect({ clientId: `away ${filter}`, clean: true })).disconnect();
  });
});

describe('4.7 topic names and topic filters', () => {
  test.each(['a/+', '+', '#', 'a/#', 'a+b'])('[MQTT-4.7.1-1] the topic name %s ends the connection', async (topic) => {
    expect(await broker.answersToClient(publishBytes(topic))).toEqual([]);
  });

  /** The answer to a SUBSCRIBE that has to be refused: its code, or the end of the connection. */
  async function refusal(filter: string): Promise<unknown> {
    const client = await broker.connect();
    client.write(subscribeBytes([filter, 1]));
    return client.take().then(
      (packet) => (packet.cmd === 'suback' ? packet.granted : packet),
      () => [0x80],
    );
  }

  test.each(['a#', 'a/#/b', '#/a', '#/', '##', 'a/b#', 'a/##', '#a', 'a/#b'])(
    '[MQTT-4.7.1-2] the topic filter %s is refused',
    async (filter) => {
      expect(await refusal(filter)).toEqual([0x80]);
    },
  );

  test.each(['a+', '+a', 'a/b+', 'a/+b/c', '++', 'a/++', '+#', '/a+/', 'a+/b'])(
    '[MQTT-4.7.1-3] the topic filter %s is refused',
    async (filter) => {
      expect(await refusal(filter)).toEqual([0x80]);
    },
  );

  test('[MQTT-4.7.3-1] a topic name of no characters ends the connection', async () => {
    expect(await broker.answersToClient(publishBytes(''))).toEqual([]);
  });

  test('[MQTT-4.7.3-1] a topic filter of no characters is refused', async () => {
    expect(await refusal('')).toEqual([0x80]);
  });

  test('[MQTT-4.7.3-2] U+0000 in a topic name or filter ends the connection', async () => {
    expect(await broker.answersToClient(publishBytes('a\u0000'))).toEqual([]);
    expect(await broker.answersToClient(subscribeBytes(['a/\u0000/#', 0]))).toEqual([]);
  });

  test('[MQTT-4.7.3-3] a topic may have 65535 bytes', async () => {
    const topic = `${'é'.repeat(32_767)}x`;
    const subscriber = await broker.connect();
    expect(await subscriber.subscribe([topic, 1])).toEqual([1]);
    await (await broker.connect()).publish(topic, 1);
    expect((await subscriber.next('publish')).topic).toBe(topic);
  });

  test.each([
    ['composed and decomposed letters', 'caf\u00e9', 'cafe\u0301'],
    ['upper and lower case', 'caf\u00e9', 'CAF\u00c9'],
    ['a space at the end', 'caf\u00e9', 'caf\u00e9 '],
    ['a full-width letter', 'a', '\uff41'],
    ['a combining mark that can be ignored', 'a', 'a\u200d'],
    ['dots', 'dots', './dots'],
  ])('[MQTT-4.7.3-4] %s make other topics', async (_, one, other) => {
    const subscriber = await broker.connect();
    await subscriber.subscribe([`same/${one}`, 1]);
    const publisher = await broker.connect();
    await publisher.publish(`same/${other}`, 1);
    await publisher.publish(`same/${one}`, 1);
    expect(await broker.received(subscriber, publisher)).toEqual([`same/${one}=x q1`]);
  });

  test.each(['\uffff', '\ufdd0', '\u0001', '\u007f', '😀', '[a]*?', '__proto__', '.*', '\\', '%c'])(
    '[MQTT-4.7.3-4] the topic %j is kept as it is',
    async (name) => {
      const subscriber = await broker.connect();
      await subscriber.subscribe([`odd/${name}/+`, 1]);
      const publisher = await broker.connect();
      await publisher.publish(`odd/${name}/x`, 1);
      await publisher.publish('odd/other/x', 1);
      expect(await broker.received(subscriber, publisher)).toEqual([`odd/${name}/x=x q1`]);
    },
  );
});

// Last, because what is retained here would reach the subscribers of the tests above.
describe('4.7 topic filters of retained messages', () => {
  beforeAll(async () => {
    const donor = await broker.connect();
    for (const topic of TOPICS) await donor.publish(topic, 1, { retain: true });
  });

  test.each(matches)('[MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT-4.7.2-1] %s matches %j', async (filter, topics) => {
    const publisher = await broker.connect();
    const subscriber = await broker.connect();
    expect(await subscriber.subscribe([filter, 1])).toEqual([1]);
    const lines = (await broker.received(subscriber, publisher)).filter((line) => !line.startsWith('end/'));
    expect(lines.every((line) => line.endsWith(' q1 retain'))).toBe(true);
    expect(topicsOf(lines)).toEqual([...topics].sort());
  });
});
