import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enter, openSocket, upgrade } from '../broker/house.ts';
import { connectPacket, connectWire, publishPacket, Wire } from '../broker/wire.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { put, set } from './support/change.ts';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

let gateway: TestGateway;
let reader: Wire;

beforeEach(async () => {
  gateway = await startGateway();
  reader = await connectWire(gateway, { clientId: 'reader' });
  await reader.subscribe(['rate/#', 0]);
});

afterEach(() => gateway.close());

/** A connection from an address of the loopback network. */
async function from(localAddress: string, clientId: string, keepalive = 0): Promise<Wire> {
  const wire = new Wire(await openSocket(gateway.gateway.ports.mqtt, localAddress));
  await wire.ask(connectPacket({ clientId, keepalive }), 'connack');
  return wire;
}

const send = (wire: Wire, topic: string, count: number): void =>
  wire.write(...numbers(count).map((payload) => publishPacket(topic, 0, undefined, payload)));

/** So many payloads that the reader gets next. */
async function read(count: number): Promise<string[]> {
  const payloads: string[] = [];
  while (payloads.length < count) payloads.push(String((await reader.next('publish')).payload));
  return payloads;
}

const connectionOf = async (clientId: string) => {
  const found = await gateway.gateway.domain.connection(clientId, null);
  if (!found) throw new Error(`${clientId} is not connected`);
  return found;
};

describe('mqtt.messages_per_second', () => {
  test('holds a client that is connected, loses and reorders nothing, and lets it go when it is lifted', async () => {
    const sender = await connectWire(gateway, { clientId: 'sender' });
    await put(gateway, 'mqtt.messages_per_second', '1');
    send(sender, 'rate/a', 1000);
    expect(await read(1)).toEqual(['0']);
    // Others are served meanwhile.
    const other = await connectWire(gateway, { clientId: 'other' });
    other.write(publishPacket('rate/b', 0, undefined, 'of another one'));
    const passed = await read(1);
    while (passed.at(-1) !== 'of another one') passed.push(...(await read(1)));
    expect(passed.length).toBeLessThan(100);
    await put(gateway, 'mqtt.messages_per_second', '0');
    expect(await read(1000 - passed.length)).toEqual(numbers(1000).slice(passed.length));
    await sender.settle();
  });

  test('keeps a DISCONNECT, and the end of a connection, behind the messages before it', async () => {
    await set(gateway, 'mqtt.messages_per_second', 1);
    const leaving = await connectWire(gateway, { clientId: 'leaving' });
    send(leaving, 'rate/a', 100);
    leaving.write({ cmd: 'disconnect' });
    const hanging = await connectWire(gateway, { clientId: 'hanging' });
    send(hanging, 'rate/a', 100);
    hanging.socket.end();
    await read(2);
    await set(gateway, 'mqtt.messages_per_second', 0);
    await Promise.all([leaving.closed, hanging.closed]);
    expect((await read(198)).length).toBe(198);
  });

  test('acknowledges messages of QoS 1 in the order in which they were sent', async () => {
    await set(gateway, 'mqtt.messages_per_second', 1);
    const sender = await connectWire(gateway, { clientId: 'sender' });
    sender.write(...numbers(50).map((payload, i) => publishPacket('rate/a', 1, i + 1, payload)));
    expect(await sender.next('puback')).toMatchObject({ messageId: 1 });
    await set(gateway, 'mqtt.messages_per_second', 0);
    for (let id = 2; id <= 50; id++) expect(await sender.next('puback')).toMatchObject({ messageId: id });
    expect(await read(50)).toEqual(numbers(50));
  });

  test('reads no more than a few packets of a client that is held', async () => {
    await set(gateway, 'mqtt.messages_per_second', 1);
    const sender = await connectWire(gateway, { clientId: 'sender' });
    send(sender, 'rate/a', 20_000);
    await read(1);
    expect((await connectionOf('sender')).messagesReceived).toBeLessThan(200);
    await set(gateway, 'mqtt.messages_per_second', 0);
    expect((await read(19_999)).at(-1)).toBe('19999');
  });

  test.each([false, true])(
    'keeps the place of a client that hung up until what it sent is handled, over WebSocket: %s',
    async (overWebSocket) => {
      const { mqtt, webSocket } = gateway.gateway.ports;
      const port = overWebSocket ? webSocket : mqtt;
      const open = async () => {
        const socket = await openSocket(port, '127.0.0.3');
        return overWebSocket ? upgrade(socket) : socket;
      };
      await set(gateway, 'mqtt.max_connections_per_address', 1);
      await set(gateway, 'mqtt.messages_per_second', 1);
      const hanging = await enter(await open(), { clientId: 'hanging' });
      send(hanging, 'rate/a', 20);
      await read(1);
      hanging.socket.end();
      await eventually(() => port.currentConnections === (overWebSocket ? 0 : 1), 'the end of its socket');
      await expect(open().then((socket) => enter(socket))).rejects.toThrow();
      expect(port.shutdownCount).toEqual({ too_many_connections: 1 });
      await set(gateway, 'mqtt.messages_per_second', 0);
      await read(19);
      await eventually(() => port.shutdownCount.tcp_closed === 1, 'the end of the connection');
      await enter(await open(), { clientId: 'next' });
    },
  );

  test('holds over WebSocket too', async () => {
    await set(gateway, 'mqtt.messages_per_second', 1);
    const client = await gateway.connect({ clientId: 'web', overWebSocket: true });
    const sent = Promise.all(numbers(50).map((payload) => client.publishAsync('rate/a', payload, { qos: 1 })));
    await read(1);
    await set(gateway, 'mqtt.messages_per_second', 0);
    await sent;
    expect(await read(49)).toEqual(numbers(50).slice(1));
  });
});

describe('mqtt.bytes_per_second', () => {
  const TOTAL = 16 * 1024 * 1024;

  test('leaves what comes too fast in the socket of its client', async () => {
    await put(gateway, 'mqtt.bytes_per_second', '1KB');
    const sender = await connectWire(gateway, { clientId: 'sender' });
    const block = publishPacket('rate/a', 0, undefined, 'x'.repeat(1024));
    for (let i = 0; i < TOTAL / 1024; i++) sender.write(block);
    const connection = await connectionOf('sender');
    await eventually(() => connection.bytesReceived > 1024, 'the first bytes');
    await reader.next('publish');
    expect(connection.bytesReceived).toBeLessThan(1024 * 1024);
    // What neither the broker nor the kernel takes.
    expect(sender.socket.writableLength).toBeGreaterThan(0);
    await put(gateway, 'mqtt.bytes_per_second', '0');
    await eventually(() => connection.messagesReceived === TOTAL / 1024, 'all of the messages');
    await sender.settle();
  });

  test('lets no keepalive run out', async () => {
    await set(gateway, 'mqtt.bytes_per_second', 1000);
    const held = await from('127.0.0.1', 'held', 1);
    held.write(...numbers(60).map(() => publishPacket('rate/a', 0, undefined, 'x'.repeat(1024))));
    await reader.next('publish');
    // Began to be silent later, and is disconnected for it.
    const silent = await from('127.0.0.1', 'silent', 1);
    await silent.closed;
    expect(await connectionOf('held')).toMatchObject({ clientId: 'held' });
    await set(gateway, 'mqtt.bytes_per_second', 0);
    await held.settle();
  });

  test('does not hold a client before its CONNECT', async () => {
    await set(gateway, 'mqtt.bytes_per_second_per_address', 1);
    for (const clientId of ['one', 'two', 'three']) await connectWire(gateway, { clientId });
  });
});

describe('mqtt.messages_per_second_per_address', () => {
  test('holds the clients of one address together, and none of another one', async () => {
    const first = await from('127.0.0.1', 'first');
    const second = await from('127.0.0.1', 'second');
    const elsewhere = await from('127.0.0.2', 'elsewhere');
    await put(gateway, 'mqtt.messages_per_second_per_address', '2');
    for (const wire of [first, second]) send(wire, 'rate/held', 500);
    await read(2);
    send(elsewhere, 'rate/free', 2);
    await read(2);
    await put(gateway, 'mqtt.messages_per_second_per_address', '0');
    const rest = await read(998);
    expect(rest.filter((payload) => payload === '499')).toEqual(['499', '499']);
  });
});

describe('mqtt.bytes_per_second_per_address', () => {
  test('holds the clients of one address together, those that come back too, and none of another one', async () => {
    const first = await from('127.0.0.1', 'first');
    const elsewhere = await from('127.0.0.2', 'elsewhere');
    await put(gateway, 'mqtt.bytes_per_second_per_address', '1');
    const block = publishPacket('rate/held', 0, undefined, 'x'.repeat(1000));
    first.write(block);
    await read(1);
    await first.vanish();
    const back = await from('127.0.0.1', 'back');
    back.write(block, block);
    send(elsewhere, 'rate/free', 1);
    expect(await read(1)).toEqual(['0']);
    expect((await connectionOf('back')).messagesReceived).toBe(0);
    await put(gateway, 'mqtt.bytes_per_second_per_address', '0');
    expect(await read(2)).toEqual(['x'.repeat(1000), 'x'.repeat(1000)]);
  });
});

test('all of them hold at the next start', async () => {
  const keys = ['messages_per_second', 'bytes_per_second'].flatMap((key) => [`mqtt.${key}`, `mqtt.${key}_per_address`]);
  await gateway.gateway.hot.change({ app: 'emqx', set: keys.map((key) => ({ key, value: 1000 })) }, null);
  await set(gateway, 'mqtt.messages_per_second', 1);
  await gateway.gateway.close();
  const next = await startGateway('', {}, gateway.dataDir);
  const sender = await connectWire(next, { clientId: 'sender' });
  send(sender, 'rate/a', 20_000);
  const connection = await next.gateway.domain.connection('sender', null);
  await eventually(() => (connection?.messagesReceived ?? 0) > 0, 'the first messages');
  await set(next, 'mqtt.messages_per_second', 0);
  // Held by its bytes, and its messages by what its address may send.
  await next.gateway.hot.change({ app: 'emqx', reset: ['mqtt.bytes_per_second'] }, null);
  expect(connection?.messagesReceived).toBeLessThan(2000);
  expect(next.gateway.config.mqtt).toMatchObject({
    messagesPerSecond: 0,
    bytesPerSecond: 0,
    messagesPerSecondPerAddress: 1000,
    bytesPerSecondPerAddress: 1000,
  });
  await next.close();
});

describe('a client that is held', () => {
  test('can be kicked, and what it sent is gone', async () => {
    await set(gateway, 'mqtt.messages_per_second', 1);
    const sender = await connectWire(gateway, { clientId: 'sender' });
    send(sender, 'rate/a', 100);
    await read(1);
    expect((await gateway.rest('/connections/sender', { method: 'DELETE' })).json).toBe('ok');
    await sender.closed;
    await set(gateway, 'mqtt.messages_per_second', 0);
    const last = await connectWire(gateway, { clientId: 'last' });
    last.write(publishPacket('rate/last', 0, undefined, 'last'));
    const received = await read(1);
    while (received.at(-1) !== 'last') received.push(...(await read(1)));
    expect(received.length).toBeLessThan(50);
  });

  test('goes with the broker', async () => {
    await set(gateway, 'mqtt.messages_per_second', 1);
    const socket = connect({ port: gateway.gateway.ports.mqtt.port, host: '127.0.0.1', noDelay: true });
    const wire = new Wire(socket);
    await once(socket, 'connect');
    await wire.ask(connectPacket({ clientId: 'held' }), 'connack');
    send(wire, 'rate/a', 100);
    await read(1);
    await gateway.close();
    await wire.closed;
  });
});
