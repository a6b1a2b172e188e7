import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isOffline, sessionOf } from '../broker/figures.ts';
import { connectWire, openWire, publishPacket, type Wire } from '../broker/wire.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { put, set } from './support/change.ts';

let gateway: TestGateway;
let publisher: MqttClient;

beforeEach(async () => {
  gateway = await startGateway();
  publisher = await gateway.connect({ clientId: 'publisher' });
});

afterEach(() => gateway.close());

async function publish(topic: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await publisher.publishAsync(topic, String(i), { qos: 1 });
}

async function payloads(wire: Wire, count: number): Promise<string[]> {
  const read: string[] = [];
  while (read.length < count) read.push(String((await wire.next('publish')).payload));
  return read;
}

describe.each([true, false])('a client with clean session %s that acknowledges nothing', (clean) => {
  test('gets more at once when mqtt.max_inflight is raised', async () => {
    await set(gateway, 'mqtt.max_inflight', 1);
    const wire = await connectWire(gateway, { clientId: 'window', clean });
    await wire.subscribe(['w', 1]);
    await publish('w', 6);
    expect(await payloads(wire, 1)).toEqual(['0']);
    await put(gateway, 'mqtt.max_inflight', '4');
    expect(await payloads(wire, 3)).toEqual(['1', '2', '3']);
    await wire.settle();
    expect(await sessionOf(gateway, 'window')).toMatchObject({ inflightCount: 4, queuedCount: 2, maxInflight: 4 });
  });

  test('loses the oldest of what waits when mqtt.max_mqueue_len is lowered', async () => {
    await set(gateway, 'mqtt.max_inflight', 1);
    const wire = await connectWire(gateway, { clientId: 'queue', clean });
    await wire.subscribe(['q', 1]);
    await publish('q', 10);
    const { messageId = 0 } = await wire.next('publish');
    await put(gateway, 'mqtt.max_mqueue_len', '2');
    await eventually(async () => (await sessionOf(gateway, 'queue'))?.queuedCount === 2, 'the queue to be cut');
    expect(await sessionOf(gateway, 'queue')).toMatchObject({ droppedCount: 7 });
    await set(gateway, 'mqtt.max_inflight', 10);
    expect(await payloads(wire, 2)).toEqual(['8', '9']);
    wire.write({ cmd: 'puback', messageId });
    await wire.settle();
  });
});

describe.each([true, false])('a client with clean session %s', (clean) => {
  test('gets nothing beyond a mqtt.max_inflight that was lowered until it has acknowledged enough', async () => {
    const wire = await connectWire(gateway, { clientId: 'window', clean });
    await wire.subscribe(['w', 1]);
    await publish('w', 3);
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await wire.next('publish')).messageId ?? 0);
    await put(gateway, 'mqtt.max_inflight', '1');
    await publish('w', 2);
    wire.write(...ids.slice(0, 2).map((messageId) => ({ cmd: 'puback' as const, messageId })));
    // Which fails when anything else comes.
    await wire.settle();
    expect(await sessionOf(gateway, 'window')).toMatchObject({ inflightCount: 1, queuedCount: 2, maxInflight: 1 });
    wire.write({ cmd: 'puback', messageId: ids[2] ?? 0 });
    expect(await payloads(wire, 1)).toEqual(['0']);
    await wire.settle();
  });

  test('loses the oldest of what waits when mqtt.max_mqueue_bytes is lowered', async () => {
    await set(gateway, 'mqtt.max_inflight', 1);
    const wire = await connectWire(gateway, { clientId: 'queue', clean });
    await wire.subscribe(['q', 1]);
    for (let i = 0; i < 10; i++) await publisher.publishAsync('q', String(i).padEnd(10_000), { qos: 1 });
    await wire.next('publish');
    await put(gateway, 'mqtt.max_mqueue_bytes', '25000');
    await eventually(async () => (await sessionOf(gateway, 'queue'))?.queuedCount === 2, 'the queue to be cut');
    await set(gateway, 'mqtt.max_inflight', 10);
    expect((await payloads(wire, 2)).map((payload) => payload.trim())).toEqual(['8', '9']);
  });
});

test('the queue of a client that is away is cut, too', async () => {
  const wire = await connectWire(gateway, { clientId: 'away', clean: false });
  await wire.subscribe(['q', 1]);
  await wire.disconnect();
  await isOffline(gateway, 'away');
  await publish('q', 10);
  await put(gateway, 'mqtt.max_mqueue_len', '3');
  await eventually(async () => (await sessionOf(gateway, 'away'))?.queuedCount === 3, 'the queue to be cut');
  const back = await connectWire(gateway, { clientId: 'away', clean: false });
  expect(await payloads(back, 3)).toEqual(['7', '8', '9']);
});

test('mqtt.session_expiry_interval ends the sessions of those that are away already', async () => {
  const wire = await connectWire(gateway, { clientId: 'away', clean: false });
  await wire.disconnect();
  await isOffline(gateway, 'away');
  await put(gateway, 'mqtt.session_expiry_interval', '1s');
  await eventually(async () => (await gateway.gateway.domain.session('away', null)) === null, 'the session to end');
});

test('mqtt.shared_subscription_strategy is that of the next message', async () => {
  const counts = [0, 0];
  for (const member of [0, 1]) {
    const client = await gateway.connect({ clientId: `member-${member}` });
    client.on('message', () => {
      counts[member] = (counts[member] ?? 0) + 1;
    });
    await client.subscribeAsync('$share/g/s', { qos: 1 });
  }
  await put(gateway, 'mqtt.shared_subscription_strategy', 'round_robin');
  await publish('s', 10);
  await eventually(() => counts[0] === 5 && counts[1] === 5, 'five messages for each');
  await put(gateway, 'mqtt.shared_subscription_strategy', 'sticky');
  await publish('s', 10);
  await eventually(() => [...counts].sort().join() === '15,5', 'ten messages for one of them');
});

test('mqtt.connect_timeout is that of the next connection', async () => {
  await put(gateway, 'mqtt.connect_timeout', '1');
  const wire = await openWire(gateway);
  await wire.closed;
  const { mqtt } = gateway.gateway.ports;
  await eventually(() => mqtt.shutdownCount.connect_timeout === 1, 'the reason in shutdown_count');
});

test('mqtt.max_unread ends a connection whose client reads nothing', async () => {
  await set(gateway, 'mqtt.high_watermark', 4_294_967_295);
  const wire = await connectWire(gateway, { clientId: 'slow' });
  await wire.subscribe(['u', 0]);
  await put(gateway, 'mqtt.max_unread', '1MB');
  wire.socket.pause();
  const block = 'x'.repeat(1024 * 1024 - 100);
  const sender = await connectWire(gateway, { clientId: 'sender' });
  const { ports } = gateway.gateway;
  await eventually(async () => {
    await sender.ask(publishPacket('u', 1, 1, block), 'puback');
    return ports.mqtt.shutdownCount.slow_consumer === 1;
  }, 'the client to be disconnected');
});

test('all of it holds at the next start', async () => {
  const values = {
    ...{ 'mqtt.max_inflight': 1, 'mqtt.max_mqueue_len': 5, 'mqtt.max_mqueue_bytes': 25_000 },
    ...{ 'mqtt.session_expiry_interval': 1, 'mqtt.connect_timeout': 1 },
    'mqtt.shared_subscription_strategy': 'round_robin',
  };
  const change = { app: 'emqx', set: Object.entries(values).map(([key, value]) => ({ key, value })) };
  await gateway.gateway.hot.change(change, null);
  await gateway.gateway.close();
  const next = await startGateway('', {}, gateway.dataDir);
  publisher = await next.connect({ clientId: 'publisher' });

  const silent = await openWire(next);
  const away = await connectWire(next, { clientId: 'away', clean: false });
  await away.disconnect();
  const wire = await connectWire(next, { clientId: 'queue' });
  await wire.subscribe(['q', 1]);
  await publish('q', 10);
  await wire.next('publish');
  expect(await sessionOf(next, 'queue')).toMatchObject({ inflightCount: 1, queuedCount: 5, droppedCount: 4 });
  for (let i = 0; i < 5; i++) await publisher.publishAsync('q', 'x'.repeat(10_000), { qos: 1 });
  expect(await sessionOf(next, 'queue')).toMatchObject({ inflightCount: 1, queuedCount: 2 });

  const counts = [0, 0];
  for (const member of [0, 1]) {
    const client = await next.connect({ clientId: `member-${member}` });
    client.on('message', () => {
      counts[member] = (counts[member] ?? 0) + 1;
    });
    await client.subscribeAsync('$share/g/s', { qos: 1 });
  }
  await publish('s', 10);
  await eventually(() => counts[0] === 5 && counts[1] === 5, 'five messages for each');
  await silent.closed;
  await eventually(async () => (await next.gateway.domain.session('away', null)) === null, 'the session to end');
  await next.close();
});
