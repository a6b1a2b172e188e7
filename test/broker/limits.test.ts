import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { createTcpPort } from '../../src/broker/mqtt-ports.ts';
import { createWebSocketPort } from '../../src/broker/websocket-ports.ts';
import { createGuard } from '../../src/http/guard.ts';
import { createAddressSet } from '../../src/net/address-set.ts';
import { createConnectionCount } from '../../src/net/connection-count.ts';
import type { Port, PortLimits } from '../../src/port.ts';
import { eventually } from '../support/gateway.ts';
import { enter, type House, openHouse, openSocket, refusedUpgrade, upgrade } from './house.ts';
import { subscribePacket, Wire } from './wire.ts';

let house: House;
let port: Port;

afterEach(() => house.close());

async function open(options: PortLimits, limits: Parameters<typeof openHouse>[1] = {}): Promise<void> {
  house = await openHouse((broker) => {
    port = createTcpPort(broker, options);
    return [port];
  }, limits);
}

async function openWebSockets(connectTimeout = 30): Promise<void> {
  const guard = createGuard({ allowedHosts: ['broker.example'], allowedOrigins: ['https://page.example'] });
  house = await openHouse((broker) => {
    port = createWebSocketPort(broker, {
      limits: { maxPacketSize: 4096, connectTimeout },
      proxies: createAddressSet([]),
      guard,
    });
    return [port];
  });
}

const refused = async (localAddress?: string): Promise<void> => {
  const wire = new Wire(await openSocket(port, localAddress));
  await wire.closed;
};

describe('a limit of connections', () => {
  test('in total closes the next one, which shutdown_count has as too_many_connections', async () => {
    await open({ connections: createConnectionCount({ maxConnections: 1 }) });
    const first = await enter(await openSocket(port));
    await refused();
    await eventually(() => port.shutdownCount.too_many_connections === 1, 'the refusal in shutdown_count');
    await first.disconnect();
    await eventually(() => port.currentConnections === 0, 'a free place');
    await enter(await openSocket(port));
    expect(await house.domain.listeners(null)).toMatchObject([
      { maxConnections: 1, currentConnections: 1, shutdownCount: { too_many_connections: 1, closed: 1 } },
    ]);
  });

  test('of one address closes the next one from there, before its CONNECT, and none from elsewhere', async () => {
    await open({ connections: createConnectionCount({ maxConnectionsPerAddress: 2 }) });
    const first = await enter(await openSocket(port), { clientId: 'first' });
    await openSocket(port);
    await refused();
    await enter(await openSocket(port, '127.0.0.2'), { clientId: 'elsewhere' });
    expect(port.shutdownCount).toEqual({ too_many_connections: 1 });
    await first.disconnect();
    await eventually(() => port.currentConnections === 2, 'a free place');
    await enter(await openSocket(port), { clientId: 'next' });
    await refused();
    expect(port.shutdownCount).toEqual({ too_many_connections: 2, closed: 1 });
  });

  test('of one address does not hold for a trusted proxy', async () => {
    await open({
      connections: createConnectionCount({ maxConnectionsPerAddress: 1 }),
      proxies: createAddressSet(['127.0.0.1']),
    });
    await enter(await openSocket(port), { clientId: 'one' });
    await enter(await openSocket(port), { clientId: 'two' });
    expect(port.shutdownCount).toEqual({});
  });
});

describe('mqtt.connect_timeout', () => {
  test('ends a connection without a CONNECT, silent or in the middle of it, and no other one', async () => {
    await open({}, { connectTimeout: 1 });
    const served = await enter(await openSocket(port), { clientId: 'served' });
    const silent = new Wire(await openSocket(port));
    const slow = new Wire(await openSocket(port));
    slow.write(Buffer.from('101000044d51', 'hex'));
    await Promise.all([silent.closed, slow.closed]);
    await served.settle();
    await eventually(() => port.shutdownCount.connect_timeout === 2, 'both ends in shutdown_count');
    expect(port.shutdownCount).toEqual({ connect_timeout: 2 });
  });

  test('ends a connection to the port of WebSockets without an upgrade', async () => {
    await openWebSockets(1);
    const silent = await openSocket(port);
    expect(await text(silent)).toMatch(/^HTTP\/1.1 408 .*\r\n\r\nno upgrade arrived in time\n$/s);
    expect(port.shutdownCount).toEqual({ connect_timeout: 1 });
  });
});

describe('mqtt.max_subscriptions', () => {
  const enterWith = async (maxSubscriptions: number, fields = {}): Promise<Wire> => {
    await open({}, { maxSubscriptions });
    return enter(await openSocket(port), { clientId: 'reader', ...fields });
  };
  const listed = async (): Promise<string[]> =>
    (await house.domain.subscriptionsOf('reader', null)).map(({ topicFilter }) => topicFilter);
  const ask = (...topicFilters: string[]) =>
    house.domain.subscribe(
      'reader',
      topicFilters.map((topicFilter) => ({ topicFilter, qos: 0 })),
    );

  test('is shown, and answers 128 for what is above it [MQTT-3.9.3-2]', async () => {
    const wire = await enterWith(2);
    expect(await wire.subscribe(['a', 0], ['b', 1], ['c', 2])).toEqual([0, 1, 128]);
    expect(await wire.subscribe(['d', 0])).toEqual([128]);
    expect(await house.domain.session('reader', null)).toMatchObject({ maxSubscriptions: 2, subscriptionsCount: 2 });
    expect(await listed()).toEqual(['a', 'b']);
  });

  test('lets a client subscribe again to what it has, and to another filter when it gave one up', async () => {
    const wire = await enterWith(2);
    await wire.subscribe(['a', 0], ['b', 0]);
    expect(await wire.subscribe(['a', 1], ['a', 2])).toEqual([1, 2]);
    await wire.ask({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['a'] }, 'unsuback');
    expect(await wire.subscribe(['c', 0], ['d', 0])).toEqual([0, 128]);
    expect(await listed()).toEqual(['b', 'c']);
  });

  test('holds for SUBSCRIBEs that arrive at once', async () => {
    const wire = await enterWith(3, { clean: false });
    wire.write(subscribePacket(1, ['a', 0], ['b', 0]), subscribePacket(2, ['c', 0], ['d', 0]));
    const granted = [await wire.next('suback'), await wire.next('suback')].flatMap((packet) => packet.granted);
    expect(granted.filter((qos) => qos === 128)).toHaveLength(1);
    expect(await listed()).toHaveLength(3);
  });

  test('is 0 for no limit', async () => {
    const wire = await enterWith(0);
    expect(await wire.subscribe(...Array.from({ length: 500 }, (_, i) => [`t/${i}`, 0] as const))).not.toContain(128);
    expect(await house.domain.session('reader', null)).toMatchObject({ maxSubscriptions: 0, subscriptionsCount: 500 });
  });

  test('survives the connection with the session', async () => {
    const wire = await enterWith(2, { clean: false });
    await wire.subscribe(['a', 1], ['b', 1]);
    await wire.vanish();
    await eventually(async () => !(await house.domain.session('reader', null))?.connected, 'the end of the connection');
    await expect(ask('c')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const again = await enter(await openSocket(port), { clientId: 'reader', clean: false });
    expect(await listed()).toEqual(['a', 'b']);
    expect(await again.subscribe(['c', 0])).toEqual([128]);
  });

  test.each([true, false])('refuses the API with LIMIT_EXCEEDED, a connected client: %s', async (isConnected) => {
    const wire = await enterWith(2, { clean: false });
    if (!isConnected) {
      await wire.vanish();
      await eventually(async () => !(await house.domain.session('reader', null))?.connected, 'the end');
    }
    await expect(ask('a', 'b', 'c')).rejects.toThrow("client 'reader' would have 3 subscriptions; the limit is 2");
    expect(await listed()).toEqual([]);
    await ask('a', 'a', 'b');
    await ask('b');
    expect(await listed()).toEqual(['a', 'b']);
    await house.domain.unsubscribe('reader', ['a']);
    const results = await Promise.allSettled([ask('c'), ask('d')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await listed()).toHaveLength(2);
  });
});

describe('an upgrade to MQTT over WebSocket', () => {
  test('that is refused leaves no connection, whatever the client does', async () => {
    await openWebSockets();
    const socket = connect({ port: port.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 404 /);
    await eventually(() => port.currentConnections === 0, 'no connection to be left');
    socket.destroy();
  });

  test('from a page of another site is refused with 403', async () => {
    await openWebSockets();
    expect(await refusedUpgrade(port, { origin: 'https://evil.example' })).toBe(
      "403 origin 'https://evil.example' is foreign to this server",
    );
    expect(await refusedUpgrade(port, { origin: 'null' })).toBe("403 origin 'null' is foreign to this server");
    expect(await refusedUpgrade(port, { 'sec-fetch-site': 'cross-site' })).toBe(
      '403 the request comes from a page of another site',
    );
  });

  test('with an unknown Host is refused with 403', async () => {
    await openWebSockets();
    expect(await refusedUpgrade(port, { host: 'rebound.example' })).toBe(
      "403 host 'rebound.example' is not known to this server",
    );
  });

  test.each([
    {},
    { origin: 'http://localhost' },
    { origin: 'https://page.example' },
    { host: 'broker.example', origin: 'http://broker.example' },
  ])('with %j may pass', async (headers) => {
    await openWebSockets();
    await enter(await upgrade(await openSocket(port), headers));
  });
});
