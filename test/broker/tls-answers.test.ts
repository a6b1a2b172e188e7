import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCertificate } from '../../src/tls/certificate.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { Authority, type Pair } from '../tls/authority.ts';
import { enter, openSocket, secure, upgrade } from './house.ts';

let authority: Authority;
let served: Pair;
let device: Pair;
let stranger: Pair;

beforeAll(() => {
  authority = new Authority();
  served = authority.sign('server', '/CN=localhost');
  device = authority.sign('device', '/CN=device-7');
  stranger = authority.selfSign('stranger', '/CN=device-7');
});

afterAll(() => authority.remove());

const FREE_PORTS = {
  BROKERQL_MQTT_TLS_PORT: '0',
  BROKERQL_WSS_PORT: '0',
  BROKERQL_HTTPS_PORT: '0',
  BROKERQL_DASHBOARD_TLS_PORT: '0',
};

const yaml = (profile: string): string => `
proxies: [127.0.0.1]
tls: {cert: ${served.cert}, key: ${served.key}, ca: ${authority.ca.cert}, verify: optional}
mqtt: {tls_cn_as_username: on, proxy_protocol: on}
rest: {profile: ${profile}}
`;

describe.each([
  ['3.0-beta', {}],
  ['3.0', {}],
  ['3.1', { tcp: { conn_mod: 'emqx_connection' }, ws: { conn_mod: 'emqx_ws_connection' } }],
  ['3.2', { tcp: { conn_mod: 'emqx_channel' }, ws: { conn_mod: 'emqx_ws_channel' } }],
])('connections behind TLS and proxies, in profile %s', (profile, modules: { tcp?: object; ws?: object }) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway(yaml(profile), FREE_PORTS);
    const { mqtt, webSocket, mqttTls, secureWebSocket } = gateway.gateway.ports;
    const ca = loadCertificate(authority.ca).options.cert as string;
    const optionsOf = (pair: Pair) => ({ ca, ...loadCertificate(pair).options, minVersion: 'TLSv1.2' as const });
    const from = async (port: typeof mqtt, address: string) => {
      const socket = await openSocket(port);
      socket.write(`PROXY TCP4 ${address} 192.0.2.1 4711 1883\r\n`);
      return socket;
    };
    await enter(await from(mqtt, '203.0.113.1'), { clientId: 'tcp', username: 'anna' });
    await enter(await upgrade(await from(webSocket, '203.0.113.2')), { clientId: 'ws', username: 'anna' });
    await enter(await secure(await from(mqttTls!, '203.0.113.3'), { ca }), { clientId: 'nobody', username: 'anna' });
    await enter(await secure(await from(mqttTls!, '203.0.113.4'), optionsOf(device)), { clientId: 'device' });
    await enter(await upgrade(await secure(await from(secureWebSocket!, '203.0.113.5'), optionsOf(stranger))), {
      clientId: 'stranger',
      username: 'anna',
    });
  });

  afterAll(() => gateway.close());

  test.each([
    ['tcp', { peercert: 'nossl', ipaddress: '203.0.113.1', username: 'anna' }, 'tcp'],
    ['ws', { peercert: 'nossl', ipaddress: '203.0.113.2', username: 'anna' }, 'ws'],
    ['nobody', { peercert: 'undefined', ipaddress: '203.0.113.3', username: 'anna' }, 'tcp'],
    ['device', { peercert: 'verified', ipaddress: '203.0.113.4', username: 'device-7' }, 'tcp'],
    ['stranger', { peercert: 'unverified', ipaddress: '203.0.113.5', username: 'anna' }, 'ws'],
  ] as const)('REST shows the certificate and address of %s', async (clientId, fields, module) => {
    const { json } = await gateway.rest(`/connections/${clientId}`);
    const [row] = (Array.isArray(json) ? json : (json as { data: unknown[] }).data) as object[];
    expect(row).toMatchObject({ client_id: clientId, port: 4711, ...fields, ...modules[module] });
  });

  test('REST lists the ports of TLS', async () => {
    const { json } = await gateway.rest('/nodes/brokerql@127.0.0.1/listeners');
    const rows = (Array.isArray(json) ? json : (json as { data: unknown[] }).data) as { protocol: string }[];
    expect(rows.map(({ protocol }) => protocol)).toEqual(
      expect.arrayContaining(['mqtt:tcp', 'mqtt:ssl', 'mqtt:ws', 'mqtt:wss', 'https:management', 'https:dashboard']),
    );
  });

  test('GraphQL shows transport, certificate and address', async () => {
    const answer = await gateway.graphql(
      '{ connections { items { clientId transport peerCertificate ipAddress port } } }',
    );
    expect(answer).toEqual({
      data: {
        connections: {
          items: [
            ['tcp', 'TCP', 'NO_TLS', '203.0.113.1'],
            ['ws', 'WEBSOCKET', 'NO_TLS', '203.0.113.2'],
            ['nobody', 'TLS', 'NOT_PRESENTED', '203.0.113.3'],
            ['device', 'TLS', 'VERIFIED', '203.0.113.4'],
            ['stranger', 'SECURE_WEBSOCKET', 'UNVERIFIED', '203.0.113.5'],
          ].map(([clientId, transport, peerCertificate, ipAddress]) => ({
            clientId,
            transport,
            peerCertificate,
            ipAddress,
            port: 4711,
          })),
        },
      },
    });
  });
});
