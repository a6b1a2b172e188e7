import { afterEach, describe, expect, test, vi } from 'vitest';
import { isOffline } from '../broker/figures.ts';
import { connectPacket, connectWire, openWire, publishPacket } from '../broker/wire.ts';
import { basic } from '../support/gateway.ts';
import { type Alert, startWatched, type WatchedGateway } from './support/watched.ts';

vi.setConfig({ testTimeout: 60_000 });

let gateway: WatchedGateway;

afterEach(() => gateway.close());

const summaryOf = ({ desc }: Alert): string => (typeof desc === 'string' ? desc : desc.summary);

/** Publishes to whoever subscribed, within one turn of the event loop. */
function publish(topic: string, count: number, size: number, qos = 0): Promise<unknown> {
  const { broker } = gateway.gateway;
  const payload = Buffer.alloc(size, 'x');
  const message = { topic, payload, qos, retain: false, clientId: 'api' };
  return Promise.all(Array.from({ length: count }, () => broker.publish(message)));
}

describe('connections', () => {
  test('are short from their share of mqtt.max_connections on, until there are fewer than another one', async () => {
    gateway = await startWatched(
      { connections_high_watermark: 75, connections_low_watermark: 50 },
      'mqtt: {max_connections: 4}',
    );
    const others = [await gateway.connect({ clientId: 'a' }), await gateway.connect({ clientId: 'b' })];
    expect(await gateway.alert('connections_high_watermark')).toEqual({
      id: 'connections_high_watermark',
      desc: {
        severity: 'critical',
        title: 'Connections are running short',
        summary: '3 of 4 MQTT connections are open; the mark is 75 %',
        timestamp: expect.any(Number) as number,
      },
    });
    for (const client of others) await client.endAsync();
    await gateway.cleared('connections_high_watermark');
  });
});

describe('messages', () => {
  test('that the bound of a queue drops raise an alarm, until none are dropped', async () => {
    gateway = await startWatched({ dropped_high_watermark: 10, dropped_low_watermark: 1 }, 'mqtt: {max_mqueue_len: 5}');
    const wire = await connectWire(gateway, { clientId: 'away', clean: false });
    await wire.subscribe(['kept', 1]);
    await wire.disconnect();
    await isOffline(gateway, 'away');
    await publish('kept', 500, 1, 1);
    expect(summaryOf(await gateway.alert('messages_dropped'))).toMatch(
      /^\d+ messages a second are dropped, because queues are full or clients read too slowly; the mark is 10$/,
    );
    await gateway.cleared('messages_dropped');
  });

  test('that the bound of delayed messages drops raise it, too', async () => {
    const plugin = 'plugins: {emqx_delayed_publish: {delayed.max_delayed_messages: 1}}';
    gateway = await startWatched({ dropped_high_watermark: 1 }, plugin);
    await gateway.gateway.domain.changePlugin('emqx_delayed_publish', 'load', null);
    const wire = await connectWire(gateway, { clientId: 'late' });
    for (let i = 0; i < 20; i++) wire.write(publishPacket('$delayed/3600/t'));
    await gateway.alert('messages_dropped');
  });

  test('that nobody subscribed to raise none, and neither does what the broker tells of itself', async () => {
    gateway = await startWatched({ dropped_high_watermark: 1, failed_logins_high_watermark: 30 });
    const { metrics } = gateway.gateway.broker;
    const before = metrics.messagesDropped;
    await publish('nobody', 500, 1);
    await publish('$SYS/brokers/none', 500, 1);
    expect(metrics.messagesDropped).toBe(before + 500);
    // Another alarm shows that somebody looked since.
    await gateway.rest('/nodes/', { headers: { authorization: basic('nobody', 'wrong') } });
    await gateway.alert('failed_logins');
    expect(gateway.gateway.alarms.has('messages_dropped')).toBe(false);
  });
});

describe('clients that read too slowly', () => {
  const slow = { slow_consumers_high_watermark: 2, slow_consumers_low_watermark: 1 };

  test('raise an alarm while they do, and their messages are dropped', async () => {
    gateway = await startWatched(
      { ...slow, dropped_high_watermark: 10, dropped_low_watermark: 1 },
      'mqtt: {high_watermark: 65536}',
    );
    const readers = [await connectWire(gateway, { clientId: 'a' }), await connectWire(gateway, { clientId: 'b' })];
    for (const reader of readers) await reader.subscribe(['much', 0]);
    for (const reader of readers) reader.socket.pause();
    await publish('much', 50, 500_000);
    expect(summaryOf(await gateway.alert('slow_consumers'))).toBe(
      '2 clients leave more unread than mqtt.high_watermark, or were disconnected for it; the mark is 2',
    );
    await publish('much', 500, 1);
    await gateway.alert('messages_dropped');
    for (const reader of readers) reader.socket.resume();
    await gateway.cleared('slow_consumers');
    await gateway.cleared('messages_dropped');
    expect(gateway.gateway.broker.slow.size).toBe(0);
  });

  test('raise it when they are disconnected for it, too', async () => {
    gateway = await startWatched(slow, 'mqtt: {high_watermark: 65536, max_unread: 1048576}');
    const readers = [await connectWire(gateway, { clientId: 'a' }), await connectWire(gateway, { clientId: 'b' })];
    for (const reader of readers) await reader.subscribe(['much', 0]);
    for (const reader of readers) reader.socket.pause();
    await publish('much', 50, 500_000);
    for (const clientId of ['a', 'b']) await isOffline(gateway, clientId);
    await gateway.alert('slow_consumers');
    await gateway.cleared('slow_consumers');
    expect(gateway.gateway.broker.slow.size).toBe(0);
  });
});

describe('logins that fail', () => {
  const marks = { failed_logins_high_watermark: 30, failed_logins_low_watermark: 10 };

  test('raise an alarm when they are of applications, until they do no more', async () => {
    gateway = await startWatched(marks);
    const { status } = await gateway.rest('/nodes/', { headers: { authorization: basic('nobody', 'wrong') } });
    expect(status).toBe(401);
    expect(summaryOf(await gateway.alert('failed_logins'))).toMatch(
      /^\d+ logins a minute fail, of users, applications and MQTT clients; the mark is 30$/,
    );
    await gateway.cleared('failed_logins');
  });

  test('raise it when they are of users', async () => {
    gateway = await startWatched(marks);
    const headers = { authorization: basic('admin', 'wrong') };
    const { status } = await gateway.rest('/nodes/', { headers, dashboard: true });
    expect(status).toBe(401);
    await gateway.alert('failed_logins');
  });

  test('raise it when they are of MQTT clients', async () => {
    gateway = await startWatched(marks);
    const wire = await openWire(gateway);
    const connect = connectPacket({ clientId: 'guess', username: 'mallory', password: Buffer.from('x') });
    expect((await wire.ask(connect, 'connack')).returnCode).toBe(5);
    await gateway.alert('failed_logins');
  });
});
