import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMqttPorts, type MqttPorts } from '../../src/mqtt-ports.ts';
import type { Port } from '../../src/port.ts';
import { createServedCertificate, type ServedCertificate } from '../../src/tls/served-certificate.ts';
import { eventually, testConfig } from '../support/gateway.ts';
import { Authority } from '../tls/authority.ts';
import { enter, type House, openHouse, openSocket, upgrade } from './house.ts';
import { Wire } from './wire.ts';

let authority: Authority;
let certificate: ServedCertificate;
let house: House;
let ports: MqttPorts;

beforeAll(() => {
  authority = new Authority();
  certificate = createServedCertificate({ files: authority.sign('server', '/CN=localhost') });
});

afterAll(() => {
  certificate.close();
  authority.remove();
});

afterEach(() => house.close());

async function open(yaml: string): Promise<void> {
  house = await openHouse((broker) => {
    ports = createMqttPorts(testConfig('unused', yaml), broker, certificate);
    return all();
  });
}

const all = (): readonly Port[] => [ports.mqtt, ports.webSocket, ports.tls!, ports.secureWebSocket!];

/** Every port that is not given, in turn. */
const others = (...given: readonly Port[]): readonly Port[] => all().filter((port) => !given.includes(port));

async function refused(port: Port, localAddress?: string): Promise<void> {
  const before = port.shutdownCount.too_many_connections ?? 0;
  await new Wire(await openSocket(port, localAddress)).closed;
  await eventually(() => port.shutdownCount.too_many_connections === before + 1, 'the refusal in shutdown_count');
}

describe('mqtt.max_connections', () => {
  test('holds for the MQTT listeners together, each of which shows the limit and its own connections', async () => {
    await open('mqtt: {max_connections: 3}');
    const first = await enter(await openSocket(ports.mqtt), { clientId: 'first' });
    await upgrade(await openSocket(ports.webSocket));
    await openSocket(ports.tls!);
    await eventually(() => ports.tls?.currentConnections === 1, 'the connection to be accepted');
    for (const port of all()) await refused(port);
    const figures = (currentConnections: number) => ({ maxConnections: 3, currentConnections });
    expect(await house.domain.listeners(null)).toMatchObject([figures(1), figures(1), figures(1), figures(0)]);

    await first.disconnect();
    await eventually(() => ports.mqtt.currentConnections === 0, 'a free place');
    await openSocket(ports.secureWebSocket!);
    await eventually(() => ports.secureWebSocket?.currentConnections === 1, 'the connection to be accepted');
    await refused(ports.mqtt);
  });

  test('counts a connection while its PROXY header is awaited', async () => {
    await open("proxies: ['127.0.0.1']\nmqtt: {max_connections: 1, proxy_protocol: 'on'}");
    const silent = await openSocket(ports.tls!);
    await eventually(() => ports.tls?.currentConnections === 1, 'the connection to be accepted');
    await refused(ports.mqtt, '127.0.0.2');
    silent.destroy();
    await eventually(() => ports.tls?.currentConnections === 0, 'a free place');
    await enter(await openSocket(ports.mqtt, '127.0.0.2'));
  });
});

describe('mqtt.max_connections_per_address', () => {
  test('holds for the MQTT listeners together', async () => {
    await open('mqtt: {max_connections_per_address: 1}');
    const first = await enter(await openSocket(ports.mqtt), { clientId: 'first' });
    for (const port of all()) await refused(port);
    await enter(await openSocket(ports.mqtt, '127.0.0.2'), { clientId: 'elsewhere' });

    await first.disconnect();
    await eventually(() => ports.mqtt.currentConnections === 1, 'a free place');
    await upgrade(await openSocket(ports.webSocket));
    for (const port of others(ports.webSocket)) await refused(port);
  });

  test('counts an address that X-Forwarded-For tells with those that come straight', async () => {
    await open("proxies: ['127.0.0.1']\nmqtt: {max_connections_per_address: 1}");
    const forwarded = async () =>
      upgrade(await openSocket(ports.webSocket, '127.0.0.1'), { 'x-forwarded-for': '127.0.0.2' });
    const straight = await enter(await openSocket(ports.mqtt, '127.0.0.2'));
    await expect(forwarded()).rejects.toThrow('status 503');
    await straight.disconnect();
    await eventually(() => ports.mqtt.currentConnections === 0, 'a free place');
    await forwarded();
    for (const port of all()) await refused(port, '127.0.0.2');
  });
});
