import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { growth, isOffline, routesOf, sessionOf, statsOf, subscriptionsOf } from './figures.ts';
import { connectWire, publishPacket, subscribePacket, type Wire } from './wire.ts';

let gateway: TestGateway;
let publisher: Wire;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_topic_len: 64}');
  publisher = await connectWire(gateway, { clientId: 'publisher' });
});

afterAll(() => gateway.close());

const order = (path: string, body: unknown) => gateway.rest(`/mqtt/${path}`, { method: 'POST', body });

async function publish(topic: string): Promise<void> {
  await publisher.ask(publishPacket(topic, 1, 1), 'puback');
  await publisher.settle();
}

async function leave(wire: Wire, clientId: string): Promise<void> {
  await wire.disconnect();
  await isOffline(gateway, clientId);
}

describe('subscriptions', () => {
  test('are listed alike, whether the client made them, its session kept them, or the API made them', async () => {
    const first = await connectWire(gateway, { clientId: 'alike', clean: false });
    await first.subscribe(['alike/kept', 1]);
    await leave(first, 'alike');
    const second = await connectWire(gateway, { clientId: 'alike', clean: false });
    await second.subscribe(['alike/client', 2]);
    await order('subscribe', { topic: 'alike/api', qos: 0, client_id: 'alike' });
    expect((await gateway.rest('/subscriptions/alike')).json).toEqual([
      { client_id: 'alike', topic: 'alike/kept', qos: 1, node: NODE },
      { client_id: 'alike', topic: 'alike/client', qos: 2, node: NODE },
      { client_id: 'alike', topic: 'alike/api', qos: 0, node: NODE },
    ]);
    const query = '{ session(clientId: "alike") { subscriptionsCount subscriptions { topicFilter qos } } }';
    expect(await gateway.graphql(query)).toEqual({
      data: {
        session: {
          subscriptionsCount: 3,
          subscriptions: [
            { topicFilter: 'alike/kept', qos: 1 },
            { topicFilter: 'alike/client', qos: 2 },
            { topicFilter: 'alike/api', qos: 0 },
          ],
        },
      },
    });
    expect(await routesOf(gateway)).toEqual(['alike/kept', 'alike/client', 'alike/api']);
    for (const topic of ['alike/kept', 'alike/client', 'alike/api']) {
      await publish(topic);
      expect((await second.next('publish')).topic).toBe(topic);
    }
    await leave(second, 'alike');
    await gateway.gateway.domain.cleanSession('alike', null);
    expect(await routesOf(gateway)).toEqual([]);
  });

  test('change their QoS in place when they are made again', async () => {
    const wire = await connectWire(gateway, { clientId: 'again' });
    expect(await wire.subscribe(['again/a', 0], ['again/b', 1])).toEqual([0, 1]);
    expect(await wire.subscribe(['again/a', 2])).toEqual([2]);
    expect(await subscriptionsOf(gateway, 'again')).toEqual(['again/a@2', 'again/b@1']);
    await order('subscribe', { topic: 'again/b', qos: 0, client_id: 'again' });
    expect(await subscriptionsOf(gateway, 'again')).toEqual(['again/a@2', 'again/b@0']);
    await publish('again/b');
    expect((await wire.next('publish')).qos).toBe(0);
    await wire.settle();
    await leave(wire, 'again');
    expect(await routesOf(gateway)).toEqual([]);
  });

  test('share a route with those of others, which ends with the last one', async () => {
    const one = await connectWire(gateway, { clientId: 'one' });
    const two = await connectWire(gateway, { clientId: 'two' });
    const before = await statsOf(gateway);
    await one.subscribe(['common/+', 0]);
    await two.subscribe(['common/+', 1], ['constructor', 0], ['__proto__', 0]);
    expect(growth(before, await statsOf(gateway))).toMatchObject({
      routesCount: 3,
      topicsCount: 3,
      subscriptionsCount: 4,
      subscribersCount: 4,
      suboptionsCount: 4,
    });
    await leave(one, 'one');
    expect(await routesOf(gateway)).toEqual(['common/+', 'constructor', '__proto__']);
    await leave(two, 'two');
    expect(await routesOf(gateway)).toEqual([]);
    expect(await statsOf(gateway)).toMatchObject({ routesCount: 0, subscriptionsCount: 0, subscribersCount: 0 });
  });

  test('end at UNSUBSCRIBE, and one that is not there is acknowledged all the same', async () => {
    const wire = await connectWire(gateway, { clientId: 'ender' });
    await wire.subscribe(['end/a', 1], ['end/b', 1]);
    await wire.ask({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['end/a', 'end/none'] }, 'unsuback');
    expect(await subscriptionsOf(gateway, 'ender')).toEqual(['end/b@1']);
    expect(await sessionOf(gateway, 'ender')).toMatchObject({ subscriptionsCount: 1 });
    await publish('end/a');
    await wire.settle();
    await leave(wire, 'ender');
  });
});

describe('a filter that is refused', () => {
  const LONG = 'x'.repeat(65);

  test('gets 128 and is not listed, beside one that is granted', async () => {
    const wire = await connectWire(gateway, { clientId: 'refused', clean: false });
    const granted = await wire.subscribe(['$share/group', 1], ['good', 1], [LONG, 0], ['$queue/', 2]);
    expect(granted).toEqual([128, 1, 128, 128]);
    expect(await subscriptionsOf(gateway, 'refused')).toEqual(['good@1']);
    await leave(wire, 'refused');
    const again = await connectWire(gateway, { clientId: 'refused', clean: false });
    expect(await subscriptionsOf(gateway, 'refused')).toEqual(['good@1']);
    expect(await routesOf(gateway)).toEqual(['good']);
    await leave(again, 'refused');
  });

  test('is not kept for the session: nothing is queued for it', async () => {
    await publish('$share/group');
    await publish('$queue/');
    expect(await sessionOf(gateway, 'refused')).toMatchObject({ queuedCount: 0, enqueuedCount: 0 });
    await publish('good');
    expect(await sessionOf(gateway, 'refused')).toMatchObject({ queuedCount: 1, enqueuedCount: 1 });
    await gateway.gateway.domain.cleanSession('refused', null);
  });

  test('is answered in its place when the SUBSCRIBE names a filter twice [MQTT-3.8.4-5]', async () => {
    const wire = await connectWire(gateway, { clientId: 'double' });
    const { granted } = await wire.ask(subscribePacket(5, ['double', 0], [LONG, 1], ['double', 1]), 'suback');
    await leave(wire, 'double');
    expect(granted).toEqual([0, 128, 1]);
  });

  test('ends the connection when it is malformed', async () => {
    const wire = await connectWire(gateway, { clientId: 'malformed' });
    wire.write(subscribePacket(6, ['a/#/b', 0]));
    await wire.closed;
    await isOffline(gateway, 'malformed');
    expect(await routesOf(gateway)).toEqual([]);
  });
});

describe('what the API unsubscribes', () => {
  test.each([true, false])('does not come back at the reconnect when the client was online: %s', async (isOnline) => {
    const wire = await connectWire(gateway, { clientId: 'undone', clean: false });
    await wire.subscribe(['undone/a', 1], ['undone/b', 1]);
    if (!isOnline) await leave(wire, 'undone');
    expect((await order('unsubscribe', { topic: 'undone/a', client_id: 'undone' })).json).toEqual({ code: 0 });
    if (isOnline) await leave(wire, 'undone');
    const again = await connectWire(gateway, { clientId: 'undone', clean: false });
    expect(await subscriptionsOf(gateway, 'undone')).toEqual(['undone/b@1']);
    await publish('undone/a');
    await publish('undone/b');
    expect((await again.next('publish')).topic).toBe('undone/b');
    await again.settle();
    await leave(again, 'undone');
    await gateway.gateway.domain.cleanSession('undone', null);
  });
});

describe('what the API subscribes', () => {
  test('while the client is away fills its queue, and is there at its return', async () => {
    await leave(await connectWire(gateway, { clientId: 'away', clean: false }), 'away');
    expect((await order('subscribe', { topic: 'away', qos: 1, client_id: 'away' })).json).toEqual({ code: 0 });
    await publish('away');
    expect(await sessionOf(gateway, 'away')).toMatchObject({ queuedCount: 1, subscriptionsCount: 1 });
    const wire = await connectWire(gateway, { clientId: 'away', clean: false });
    expect((await wire.next('publish')).topic).toBe('away');
    wire.write(publishPacket('away', 0));
    expect((await wire.next('publish')).qos).toBe(0);
    await leave(wire, 'away');
    await gateway.gateway.domain.cleanSession('away', null);
  });

  test('brings the retained messages', async () => {
    publisher.write({ ...publishPacket('kept/1'), retain: true });
    await publisher.settle();
    const wire = await connectWire(gateway, { clientId: 'late' });
    await order('subscribe', { topic: 'kept/#', qos: 0, client_id: 'late' });
    expect(await wire.next('publish')).toMatchObject({ topic: 'kept/1', retain: true });
    await leave(wire, 'late');
  });
});
