import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { peerOf } from '../../src/tls/peer.ts';
import { type ClientCertificates, createServedCertificate } from '../../src/tls/served-certificate.ts';
import { Authority, type Pair } from './authority.ts';

let authority: Authority;
let server: Pair;
let device: Pair;
let twoNames: Pair;
let nameless: Pair;
let stranger: Pair;
const open: { close(): void }[] = [];

beforeAll(() => {
  authority = new Authority();
  server = authority.sign('server', '/CN=localhost');
  device = authority.sign('device', '/O=Acme/CN=meter-7');
  twoNames = authority.sign('two', '/CN=meter-7/CN=meter-8');
  nameless = authority.sign('nameless', '/O=Acme, Inc. \\+ <x>');
  stranger = authority.selfSign('stranger', '/CN=meter-7');
});

afterEach(() => {
  for (const each of open.splice(0).reverse()) each.close();
});

afterAll(() => authority.remove());

async function listen(clients: ClientCertificates, withCa = true): Promise<{ tls: Server; port: number }> {
  const files = withCa ? { ...server, ca: authority.ca.cert } : server;
  const certificate = createServedCertificate({ files });
  const tls = createServer(certificate.serverOptions(clients));
  certificate.serve(tls);
  open.push(certificate, tls);
  await once(tls.listen(0, '127.0.0.1'), 'listening');
  return { tls, port: (tls.address() as AddressInfo).port };
}

function dial(port: number, pair: Pair | null): TLSSocket {
  const own = pair ? { cert: readFileSync(pair.cert), key: readFileSync(pair.key) } : {};
  const socket = connect({ host: '127.0.0.1', port, ca: readFileSync(authority.ca.cert), ...own });
  open.push({ close: () => socket.destroy() });
  return socket;
}

async function peerWith(clients: ClientCertificates, pair: Pair | null, withCa = true) {
  const { tls, port } = await listen(clients, withCa);
  const secured = once(tls, 'secureConnection') as Promise<[TLSSocket]>;
  dial(port, pair).on('error', () => {});
  const [socket] = await secured;
  open.push({ close: () => socket.destroy() });
  return peerOf(socket);
}

const fingerprintOf = (pair: Pair): string => new X509Certificate(readFileSync(pair.cert)).fingerprint256;

describe('the peer of a socket', () => {
  test('without TLS has no certificate', async () => {
    const tcp = createTcpServer();
    open.push(tcp);
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    const accepted = once(tcp, 'connection');
    const client = connectTcp((tcp.address() as AddressInfo).port, '127.0.0.1');
    open.push({ close: () => client.destroy() });
    const [socket] = await accepted;
    const none = { state: 'NO_TLS', commonName: null, subject: null, fingerprint: null };
    expect(peerOf(socket)).toEqual(none);
    expect(peerOf(new PassThrough())).toEqual(none);
  });

  test.each([
    ['is not asked for', 'off', () => device],
    ['is not there', 'optional', () => null],
  ] satisfies [string, ClientCertificates, () => Pair | null][])(
    'has not presented a certificate that %s',
    async (_, clients, pair) => {
      expect(await peerWith(clients, pair())).toEqual({
        state: 'NOT_PRESENTED',
        commonName: null,
        subject: null,
        fingerprint: null,
      });
    },
  );

  test.each(['optional', 'required'] as const)(
    'is verified when the CA signed its certificate (%s)',
    async (clients) => {
      const peer = await peerWith(clients, device);
      expect(peer).toEqual({
        ...{ state: 'VERIFIED', commonName: 'meter-7', subject: 'CN=meter-7,O=Acme' },
        fingerprint: fingerprintOf(device),
      });
    },
  );

  test.each([
    ['two names', () => twoNames, 'CN=meter-8,CN=meter-7'],
    ['no name', () => nameless, 'O=Acme\\, Inc. \\+ \\<x\\>'],
  ])('that is verified has no common name when its certificate has %s', async (_, pair, subject) => {
    const peer = await peerWith('optional', pair());
    expect(peer).toEqual({ state: 'VERIFIED', commonName: null, subject, fingerprint: fingerprintOf(pair()) });
  });

  test('is unverified, and has no name, when nobody vouches for it', async () => {
    const peer = await peerWith('optional', stranger);
    expect(peer).toEqual({
      state: 'UNVERIFIED',
      commonName: null,
      subject: null,
      fingerprint: fingerprintOf(stranger),
    });
  });

  test('is unverified when no CA is configured', async () => {
    expect(await peerWith('optional', device, false)).toMatchObject({ state: 'UNVERIFIED', commonName: null });
  });

  test.each([
    ['none', () => null],
    ['one that nobody vouches for', () => stranger],
  ])('does not come in where a certificate is required and it has %s', async (_, pair) => {
    const { tls, port } = await listen('required');
    const secured: unknown[] = [];
    tls.on('secureConnection', (socket) => secured.push(socket)).on('tlsClientError', () => {});
    const client = dial(port, pair()).on('error', () => {});
    await new Promise((resolve) => client.once('close', resolve));
    expect(secured).toEqual([]);
  });
});
