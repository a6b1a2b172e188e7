import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { subscriptionsOf } from '../broker/figures.ts';
import { startGateway } from '../support/gateway.ts';
import { enter, openClient, useBroker } from './support/broker.ts';
import { acknowledge, line, publish } from './support/client.ts';

const broker = useBroker();

describe('4.1 storing state', () => {
  test('[MQTT-4.1.0-1] subscriptions, messages and packet ids outlive many connections', async () => {
    const fields = { clientId: 'stored', clean: false };
    const first = await broker.connect(fields);
    await first.subscribe(['stored/#', 2]);
    await first.disconnect();
    const publisher = await broker.connect();
    const expected: string[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await publisher.publish('stored/a', 1, { payload: String(turn) });
      expected.push(`stored/a=${turn} q1`);
      const between = await broker.connect(fields);
      expect(between.sessionPresent).toBe(true);
      if (turn === 0) await between.next('publish');
      await between.vanish();
    }
    expect(await subscriptionsOf(broker.gateway, 'stored')).toEqual(['stored/#@2']);
    const back = await broker.connect(fields);
    const lines = await broker.received(back, publisher);
    expect(lines.map((one) => one.replace(' dup', ''))).toEqual(expected);
    // The others may have been on their way.
    expect(lines[0]).toBe('stored/a=0 q1 dup');
  });

  test('[MQTT-4.1.0-1] a session outlives a restart of the broker', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-restart-'));
    const fields = { clientId: 'survivor', clean: false };
    try {
      const before = await startGateway('', {}, folder);
      const subscriber = await enter(await openClient(before), fields);
      await subscriber.subscribe(['survive/#', 2]);
      const publisher = await enter(await openClient(before), { clientId: 'resender', clean: false });
      await publisher.publish('survive/kept', 1, { retain: true });
      await publisher.publish('survive/a', 2);
      const [kept, open] = await subscriber.nextOf(2, 'publish');
      await subscriber.vanish();
      await publisher.publish('survive/b', 1);
      await publisher.ask(publish('survive/c', 2, { messageId: 500 }), 'pubrec');
      await publisher.vanish();
      await before.close();

      const after = await startGateway('', {}, folder);
      const resender = await enter(await openClient(after), { clientId: 'resender', clean: false });
      expect(resender.sessionPresent).toBe(true);
      await resender.ask(publish('survive/c', 2, { messageId: 500, dup: true }), 'pubrec');
      await resender.ask(acknowledge('pubrel', 500), 'pubcomp');
      const back = await enter(await openClient(after), fields);
      expect(back.sessionPresent).toBe(true);
      const messages = await back.nextOf(4, 'publish');
      expect(messages.map(line)).toEqual([
        'survive/kept=x q1 dup',
        'survive/a=x q2 dup',
        'survive/b=x q1',
        'survive/c=x q2',
      ]);
      expect(messages.slice(0, 2).map(({ messageId }) => messageId)).toEqual([kept!.messageId, open!.messageId]);
      await back.settle();
      const late = await enter(await openClient(after), { clientId: 'late' });
      await late.subscribe(['survive/#', 2]);
      expect(line(await late.next('publish'))).toBe('survive/kept=x q1 retain');
      await after.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('[MQTT-4.1.0-2] a session lasts as long as its connection', async () => {
    const client = await broker.connect({ clientId: 'lasting', clean: true });
    await client.subscribe(['lasting', 2]);
    const publisher = await broker.connect();
    await publisher.publish('lasting', 2);
    const { messageId } = await client.next('publish');
    await client.settle();
    expect(await subscriptionsOf(broker.gateway, 'lasting')).toEqual(['lasting@2']);
    expect((await client.ask(acknowledge('pubrec', messageId), 'pubrel')).messageId).toBe(messageId);
  });
});

describe('what the API unsubscribes', () => {
  test('does not return with the session', async () => {
    const fields = { clientId: 'api', clean: false };
    const client = await broker.connect(fields);
    await client.subscribe(['api/gone', 1], ['api/kept', 1]);
    const body = { client_id: 'api', topic: 'api/gone' };
    expect((await broker.gateway.rest('/mqtt/unsubscribe', { method: 'POST', body })).status).toBe(200);
    await client.disconnect();
    const publisher = await broker.connect();
    for (const topic of ['api/gone', 'api/kept']) await publisher.publish(topic, 1);
    const back = await broker.connect(fields);
    for (const topic of ['api/gone', 'api/kept']) await publisher.publish(topic, 1);
    expect(await broker.received(back, publisher)).toEqual(['api/kept=x q1', 'api/kept=x q1']);
  });
});

describe('4.4 message delivery retry', () => {
  /** A persistent subscriber to `topic` that read four messages and answered none; their packet ids. */
  async function unanswered(clientId: string, topic: string) {
    const subscriber = await broker.connect({ clientId, clean: false });
    await subscriber.subscribe([topic, 2]);
    const publisher = await broker.connect();
    for (const [i, qos] of ([1, 2, 1, 2] as const).entries()) await publisher.publish(topic, qos, { payload: `${i}` });
    const ids = (await subscriber.nextOf(4, 'publish')).map(({ messageId }) => messageId);
    return { subscriber, publisher, ids };
  }

  const again = (topic: string): string[] => [
    `${topic}=0 q1 dup`,
    `${topic}=1 q2 dup`,
    `${topic}=2 q1 dup`,
    `${topic}=3 q2 dup`,
  ];

  test.each(['a lost connection', 'a DISCONNECT', 'a takeover'])(
    '[MQTT-4.4.0-1] [MQTT-3.3.1-1] [MQTT-4.6.0-1] after %s messages are sent again in order, with DUP and their packet ids',
    async (end) => {
      const topic = `retry/${end}`;
      const { subscriber, ids } = await unanswered(end, topic);
      if (end === 'a lost connection') await subscriber.vanish();
      if (end === 'a DISCONNECT') await subscriber.disconnect();
      const back = await broker.connect({ clientId: end, clean: false });
      const messages = await back.nextOf(4, 'publish');
      expect(messages.map(line)).toEqual(again(topic));
      expect(messages.map(({ messageId }) => messageId)).toEqual(ids);
      await back.settle();
    },
  );

  test('[MQTT-4.4.0-1] messages are sent again on every connection until they are acknowledged', async () => {
    const { subscriber, publisher, ids } = await unanswered('often', 'retry/often');
    await subscriber.vanish();
    for (let turn = 0; turn < 3; turn++) {
      const back = await broker.connect({ clientId: 'often', clean: false });
      const messages = await back.nextOf(4, 'publish');
      expect(messages.map(({ messageId }) => messageId)).toEqual(ids);
      await back.vanish();
    }
    const last = await broker.connect({ clientId: 'often', clean: false });
    expect(await broker.received(last, publisher)).toEqual(again('retry/often'));
    await last.vanish();
    const done = await broker.connect({ clientId: 'often', clean: false });
    expect(await broker.received(done, publisher)).toEqual([]);
  });

  test('[MQTT-4.4.0-1] a PUBREL is sent again with its packet id, and its message is not', async () => {
    const { subscriber, publisher, ids } = await unanswered('released', 'retry/released');
    await subscriber.ask(acknowledge('pubrec', ids[1]), 'pubrel');
    await subscriber.ask(acknowledge('pubrec', ids[3]), 'pubrel');
    subscriber.write(acknowledge('puback', ids[0]), acknowledge('puback', ids[2]));
    await subscriber.settle();
    await subscriber.vanish();
    const back = await broker.connect({ clientId: 'released', clean: false });
    const releases = await back.nextOf(2, 'pubrel');
    expect(releases.map(({ messageId }) => messageId)).toEqual([ids[1], ids[3]]);
    back.write(...releases.map(({ messageId }) => acknowledge('pubcomp', messageId)));
    expect(await broker.received(back, publisher)).toEqual([]);
  });

  test('[MQTT-3.3.1-1] what is sent for the first time on a later connection has no DUP', async () => {
    const { subscriber, publisher } = await unanswered('mixed', 'retry/mixed');
    await subscriber.vanish();
    await publisher.publish('retry/mixed', 1, { payload: 'new' });
    const back = await broker.connect({ clientId: 'mixed', clean: false });
    expect((await back.nextOf(5, 'publish')).map(line)).toEqual([...again('retry/mixed'), 'retry/mixed=new q1']);
  });

  test('[MQTT-2.3.1-4] a new message takes no packet id of those that are sent again', async () => {
    const { subscriber, publisher, ids } = await unanswered('ids', 'retry/ids');
    await subscriber.vanish();
    for (let i = 0; i < 10; i++) await publisher.publish('retry/ids', 1);
    const back = await broker.connect({ clientId: 'ids', clean: false });
    const messages = await back.nextOf(14, 'publish');
    expect(messages.slice(0, 4).map(({ messageId }) => messageId)).toEqual(ids);
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(14);
  });

  test('[MQTT-4.4.0-1] nothing is sent again to a clean session', async () => {
    const { publisher } = await unanswered('clean-now', 'retry/clean');
    const clean = await broker.connect({ clientId: 'clean-now', clean: true });
    expect(await broker.received(clean, publisher)).toEqual([]);
  });
});

describe('4.5 message receipt', () => {
  test('[MQTT-4.5.0-1] a message is added to every session with a matching subscription', async () => {
    const names = ['first', 'second', 'third'];
    for (const clientId of names) {
      const away = await broker.connect({ clientId, clean: false });
      await away.subscribe([clientId === 'second' ? 'fan/+' : 'fan/a', 1]);
      await away.disconnect();
    }
    const live = await broker.connect();
    await live.subscribe(['fan/#', 1]);
    const other = await broker.connect();
    await other.subscribe(['fan/b', 1]);
    const publisher = await broker.connect();
    await publisher.publish('fan/a', 1);
    expect(await broker.received(live, publisher)).toEqual(['fan/a=x q1']);
    expect(await broker.received(other, publisher)).toEqual([]);
    for (const clientId of names) {
      const back = await broker.connect({ clientId, clean: false });
      expect(await broker.received(back, publisher)).toEqual(['fan/a=x q1']);
    }
  });

  test('[MQTT-4.5.0-1] a publisher that subscribes gets its own messages', async () => {
    const client = await broker.connect();
    await client.subscribe(['own', 0]);
    client.write(publish('own', 0));
    expect(await client.message()).toBe('own=x q0');
  });
});
