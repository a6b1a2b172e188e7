import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createTcpPort, createTlsPort } from '../../src/broker/mqtt-ports.ts';
import { createSecureWebSocketPort, createWebSocketPort } from '../../src/broker/websocket-ports.ts';
import { createAddressSet } from '../../src/net/address-set.ts';
import { createConnectionCount } from '../../src/net/connection-count.ts';
import type { Port, PortLimits } from '../../src/port.ts';
import { loadCertificate } from '../../src/tls/certificate.ts';
import { createServedCertificate, type ServedCertificate } from '../../src/tls/served-certificate.ts';
import { eventually } from '../support/gateway.ts';
import { Authority, type Pair } from '../tls/authority.ts';
import { enter, type House, openHouse, openSocket, secure, upgrade } from './house.ts';
import { connectPacket, Wire } from './wire.ts';

const PROXY = '127.0.0.1';
const STRANGER = '127.0.0.2';
const V1 = Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1 4711 1883\r\n');
const V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000c' + 'cb007106' + 'c0000201' + '1268' + '075b', 'hex');
const V2_LOCAL = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');

let authority: Authority;
let served: Pair;
let certificate: ServedCertificate;
let house: House;
let port: Port;

beforeAll(() => {
  authority = new Authority();
  served = authority.sign('server', '/CN=localhost');
  certificate = createServedCertificate({ files: served });
});

afterAll(() => {
  certificate.close();
  authority.remove();
});

afterEach(() => house.close());

const proxies = createAddressSet([PROXY]);
const tls = () => ({ certificate, clients: 'off' as const, commonNameAsUsername: false });
const webSocket = { limits: { maxPacketSize: 4096, connectTimeout: 30 }, proxies, guard: () => null };

interface Door {
  readonly create: (broker: MqttBroker, limits: PortLimits) => Port;
  /** From the socket to the stream of MQTT. */
  readonly dress: (socket: Socket, headers?: Record<string, string>) => Promise<Socket>;
}

const overTls = (socket: Socket): Promise<Socket> =>
  secure(socket, { ca: loadCertificate(authority.ca).options.cert as string });

const tcp: Door = { create: createTcpPort, dress: async (socket) => socket };
const ws: Door = {
  create: (broker, limits) => createWebSocketPort(broker, { ...webSocket, ...limits }),
  dress: upgrade,
};
const doors: Record<string, Door> = {
  'mqtt:tcp': tcp,
  'mqtt:ssl': { create: (broker, limits) => createTlsPort(broker, { ...tls(), ...limits }), dress: overTls },
  'mqtt:ws': ws,
  'mqtt:wss': {
    create: (broker, limits) => createSecureWebSocketPort(broker, { ...webSocket, ...tls(), ...limits }),
    dress: async (socket, headers) => upgrade(await overTls(socket), headers),
  },
};

async function open(door: Door, limits: PortLimits): Promise<void> {
  house = await openHouse((broker) => {
    port = door.create(broker, limits);
    return [port];
  });
}

/** Connects from an address, with this header in front of all else. */
async function connect(door: Door, clientId: string, from: string, header: Buffer): Promise<Wire> {
  const socket = await openSocket(port, from);
  if (header.length > 0) socket.write(header);
  return enter(await door.dress(socket), { clientId });
}

const originOf = async (clientId: string): Promise<string> => {
  const connection = await house.domain.connection(clientId, null);
  return `${connection?.ipAddress}:${connection?.port}`;
};

describe.each(Object.entries(doors))('mqtt.proxy_protocol on %s', (_protocol, door) => {
  const limits = { proxies, proxyProtocol: true };

  test('takes the address of the client from a header of version 1 or 2', async () => {
    await open(door, limits);
    await connect(door, 'one', PROXY, V1);
    await connect(door, 'two', PROXY, V2);
    expect(await originOf('one')).toBe('203.0.113.5:4711');
    expect(await originOf('two')).toBe('203.0.113.6:4712');
  });

  test('takes the address of a proxy that speaks for itself as its own', async () => {
    await open(door, limits);
    await connect(door, 'health', PROXY, V2_LOCAL);
    expect(await originOf('health')).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('serves a stranger by its own address, without a header', async () => {
    await open(door, limits);
    await connect(door, 'stranger', STRANGER, Buffer.alloc(0));
    expect(await originOf('stranger')).toMatch(/^127\.0\.0\.2:\d+$/);
  });

  test('believes no header of a stranger', async () => {
    await open(door, limits);
    await expect(connect(door, 'liar', STRANGER, V2)).rejects.toThrow();
    expect(await house.domain.connection('liar', null)).toBeNull();
  });

  test('refuses a trusted proxy without a header', async () => {
    await open(door, limits);
    const socket = await openSocket(port, PROXY);
    const wire = new Wire(socket);
    wire.write(connectPacket());
    await wire.closed;
    await eventually(() => port.shutdownCount.proxy_error === 1, 'the refusal in shutdown_count');
    await eventually(() => port.currentConnections === 0, 'no connection to be left');
  });

  test('limits connections by the address of the client', async () => {
    await open(door, { ...limits, connections: createConnectionCount({ maxConnectionsPerAddress: 1 }) });
    const first = await connect(door, 'one', PROXY, V1);
    await expect(connect(door, 'more', PROXY, V1)).rejects.toThrow();
    await connect(door, 'other', PROXY, V2);
    expect(port.shutdownCount).toEqual({ too_many_connections: 1 });
    await first.vanish();
    await eventually(() => port.currentConnections === 1, 'a free place');
    await connect(door, 'again', PROXY, V1);
    expect(await originOf('again')).toBe('203.0.113.5:4711');
  });
});

test('the PROXY protocol is off by default, and its header no packet of MQTT', async () => {
  await open(tcp, { proxies });
  const wire = new Wire(await openSocket(port, PROXY));
  wire.write(V2);
  await wire.closed;
  await eventually(() => port.shutdownCount.protocol_error === 1, 'the fault in shutdown_count');
});

describe.each([
  ['mqtt:ws', ws],
  ['mqtt:wss', doors['mqtt:wss']!],
] as const)('X-Forwarded-For on %s', (_protocol, door) => {
  const forward = async (clientId: string, from: string, forwardedFor: string, header = Buffer.alloc(0)) => {
    const socket = await openSocket(port, from);
    if (header.length > 0) socket.write(header);
    return enter(await door.dress(socket, { 'x-forwarded-for': forwardedFor }), { clientId });
  };

  test('of a trusted proxy tells the address of the client, and no port', async () => {
    await open(door, {});
    await forward('browser', PROXY, '198.51.100.9, 203.0.113.5');
    expect(await originOf('browser')).toBe('203.0.113.5:0');
  });

  test('of a stranger is not believed', async () => {
    await open(door, {});
    await forward('liar', STRANGER, '203.0.113.5');
    expect(await originOf('liar')).toMatch(/^127\.0\.0\.2:\d+$/);
  });

  test('of a client that came through the PROXY protocol is not believed either', async () => {
    await open(door, { proxyProtocol: true, proxies });
    await forward('liar', PROXY, '198.51.100.9', V1);
    expect(await originOf('liar')).toBe('203.0.113.5:4711');
  });

  test('limits connections by the address that it tells', async () => {
    await open(door, { connections: createConnectionCount({ maxConnectionsPerAddress: 1 }), proxies });
    const first = await forward('one', PROXY, '203.0.113.5');
    await expect(forward('more', PROXY, '203.0.113.5')).rejects.toThrow('status 503');
    await forward('other', PROXY, '203.0.113.6');
    expect(port.shutdownCount).toEqual({ too_many_connections: 1 });
    await first.vanish();
    await eventually(() => port.shutdownCount.tcp_closed === 1, 'a free place');
    await forward('again', PROXY, '203.0.113.5');
  });
});
