import { copyFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTlsPort } from '../../src/broker/mqtt-ports.ts';
import { createSecureWebSocketPort } from '../../src/broker/websocket-ports.ts';
import { createAddressSet } from '../../src/net/address-set.ts';
import type { Port } from '../../src/port.ts';
import { loadCertificate } from '../../src/tls/certificate.ts';
import {
  type ClientCertificates,
  createServedCertificate,
  type ServedCertificate,
} from '../../src/tls/served-certificate.ts';
import { eventually } from '../support/gateway.ts';
import { Authority, type Pair } from '../tls/authority.ts';
import { enter, type House, openHouse, openSocket, secure, upgrade } from './house.ts';

let authority: Authority;
let served: Pair;
let device: Pair;
let stranger: Pair;
let certificate: ServedCertificate;
let house: House;
let port: Port;

beforeAll(() => {
  authority = new Authority();
  served = authority.sign('server', '/CN=localhost');
  device = authority.sign('device', '/CN=device-7');
  stranger = authority.selfSign('stranger', '/CN=device-7');
});

afterAll(() => authority.remove());

afterEach(async () => {
  await house.close();
  certificate.close();
});

type Kind = 'mqtt:ssl' | 'mqtt:wss';

async function open(kind: Kind, clients: ClientCertificates, commonNameAsUsername = false): Promise<void> {
  certificate = createServedCertificate({ files: { ...served, ca: authority.ca.cert } });
  const tls = { certificate, clients, commonNameAsUsername };
  const webSocket = {
    limits: { maxPacketSize: 4096, connectTimeout: 30 },
    proxies: createAddressSet([]),
    guard: () => null,
  };
  house = await openHouse((broker) => {
    port =
      kind === 'mqtt:ssl' ? createTlsPort(broker, tls) : createSecureWebSocketPort(broker, { ...tls, ...webSocket });
    return [port];
  });
}

const showing = (pair: Pair | null): ConnectionOptions => {
  const ca = loadCertificate(authority.ca).options.cert as string;
  return { ca, ...(pair === null ? {} : (loadCertificate(pair).options as ConnectionOptions)) };
};

const handshake = async (pair: Pair | null, options: ConnectionOptions = {}): Promise<Socket> =>
  secure(await openSocket(port), { ...showing(pair), ...options });

const connect = async (kind: Kind, pair: Pair | null): Promise<Socket> => {
  const socket = await handshake(pair);
  return kind === 'mqtt:ssl' ? socket : upgrade(socket);
};

describe.each([
  ['mqtt:ssl', 'TLS'],
  ['mqtt:wss', 'SECURE_WEBSOCKET'],
] as const)('%s', (kind, transport) => {
  test('serves clients without a certificate', async () => {
    await open(kind, 'off');
    const wire = await enter(await connect(kind, null), { clientId: 'plain', username: 'anna' });
    expect(port.protocol).toBe(kind);
    expect(await house.domain.connection('plain', null)).toMatchObject({
      transport,
      peerCertificate: 'NOT_PRESENTED',
      ipAddress: '127.0.0.1',
      username: 'anna',
    });
    await wire.subscribe(['a', 1]);
    wire.write({ cmd: 'publish', topic: 'a', payload: 'x', qos: 0, dup: false, retain: false });
    expect(await wire.next('publish')).toMatchObject({ topic: 'a', payload: Buffer.from('x') });
    await wire.disconnect();
    await eventually(() => port.shutdownCount.closed === 1 && port.currentConnections === 0, 'the end');
  });

  test('asked for optional certificates, tells verified, unverified and absent ones', async () => {
    await open(kind, 'optional');
    for (const [clientId, pair, state] of [
      ['device', device, 'VERIFIED'],
      ['stranger', stranger, 'UNVERIFIED'],
      ['nobody', null, 'NOT_PRESENTED'],
    ] as const) {
      await enter(await connect(kind, pair), { clientId, username: 'anna' });
      expect(await house.domain.connection(clientId, null)).toMatchObject({ peerCertificate: state, username: 'anna' });
    }
  });

  test('asked to require certificates, refuses all but verified ones', async () => {
    await open(kind, 'required');
    for (const pair of [stranger, null]) {
      await expect(connect(kind, pair).then((socket) => enter(socket))).rejects.toThrow();
    }
    await eventually(() => port.shutdownCount.tls_error === 2, 'both refusals');
    await enter(await connect(kind, device), { clientId: 'device' });
    expect(await house.domain.connection('device', null)).toMatchObject({ peerCertificate: 'VERIFIED' });
  });

  test('with the common name as user name, lets a verified name beat that of the CONNECT', async () => {
    await open(kind, 'optional', true);
    for (const [clientId, pair, username] of [
      ['device', device, 'device-7'],
      ['stranger', stranger, 'anna'],
      ['nobody', null, 'anna'],
    ] as const) {
      await enter(await connect(kind, pair), { clientId, username: 'anna' });
      expect(await house.domain.connection(clientId, null)).toMatchObject({ username });
      expect(await house.domain.session(clientId, null)).toMatchObject({ username });
    }
  });

  test('counts handshakes that fail as tls_error', async () => {
    await open(kind, 'off');
    const plain = await openSocket(port);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await expect(handshake(null, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' })).rejects.toThrow();
    (await openSocket(port)).destroy();
    await eventually(() => port.shutdownCount.tls_error === 3, 'three failed handshakes');
    expect(port.shutdownCount).toEqual({ tls_error: 3 });
  });

  test('takes a new certificate for new handshakes and drops nobody', async () => {
    const own = authority.pair('renewed');
    copyFileSync(served.cert, own.cert);
    copyFileSync(served.key, own.key);
    const first = served;
    served = own;
    await open(kind, 'off');
    served = first;
    const wire = await enter(await connect(kind, null), { clientId: 'faithful' });
    const next = authority.sign('next', '/CN=next.example');
    copyFileSync(next.cert, own.cert);
    copyFileSync(next.key, own.key);
    certificate.reload();
    const renewed = await secure(await openSocket(port), showing(null));
    expect(renewed.getPeerCertificate().subject.CN).toBe('next.example');
    await wire.settle();
    expect(await house.domain.connection('faithful', null)).toMatchObject({ transport });
    renewed.destroy();
  });
});
