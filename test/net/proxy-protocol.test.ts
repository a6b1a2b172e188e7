import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import mqttPacket from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { createAddressSet } from '../../src/net/address-set.ts';
import type { PeerAddress } from '../../src/net/proxy-header.ts';
import { acceptProxied } from '../../src/net/proxy-protocol.ts';

const proxies = createAddressSet(['127.0.0.0/8', '::1']);
const CONNECT = mqttPacket.generate({
  cmd: 'connect',
  clientId: 'behind',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  keepalive: 0,
});

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (command: number, family: number, block: Buffer): Buffer => {
  const fixed = Buffer.from(`${SIGNATURE}00000000`, 'hex');
  fixed.writeUInt8(command, 12);
  fixed.writeUInt8(family, 13);
  fixed.writeUInt16BE(block.length, 14);
  return Buffer.concat([fixed, block]);
};
const V4_BLOCK = Buffer.from('cb007105' + 'c0000201' + '1267' + '075b', 'hex');
const V6_BLOCK = Buffer.from(`20010db8${'0'.repeat(23)}5${'0'.repeat(31)}11267075b`, 'hex');
const tlv = (length: number): Buffer =>
  Buffer.concat([Buffer.from([0xe0, length >> 8, length & 255]), Buffer.alloc(length, 7)]);

interface Accepted {
  readonly socket: Socket;
  readonly peer: Promise<PeerAddress>;
}

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Connects to a server that takes the PROXY protocol from `trusted`; answers both ends. */
async function open(
  trusted = proxies,
  host = '127.0.0.1',
  timeoutMs = 10_000,
): Promise<Accepted & { client: Socket; port: number }> {
  const server = createServer();
  servers.push(server);
  const accepted = new Promise<Accepted>((resolve) => {
    server.once('connection', (socket) => {
      sockets.push(socket);
      const peer = Promise.resolve(acceptProxied(socket, { proxies: trusted, timeoutMs }));
      // The test looks at it later than it may reject.
      peer.catch(() => {});
      resolve({ socket, peer });
    });
  });
  await once(server.listen(0, host), 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host, noDelay: true });
  client.on('error', () => {});
  sockets.push(client);
  await once(client, 'connect');
  return { client, port: client.localPort ?? 0, ...(await accepted) };
}

/** Waits until so many bytes are there, without ending the socket. */
async function take(socket: Socket, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length >= size) resolve();
    });
  });
  await done;
  return Buffer.concat(chunks);
}

const headers: [string, Buffer, PeerAddress | null][] = [
  [
    'version 1, IPv4',
    Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1 4711 1883\r\n'),
    { address: '203.0.113.5', port: 4711 },
  ],
  ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:DB8::5 ::1 4711 1883\r\n'), { address: '2001:db8::5', port: 4711 }],
  [
    'version 1, IPv4 in IPv6',
    Buffer.from('PROXY TCP6 ::ffff:203.0.113.5 ::1 0 65535\r\n'),
    { address: '203.0.113.5', port: 0 },
  ],
  ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), null],
  ['version 1 of 107 bytes', Buffer.from(`PROXY UNKNOWN ${'f'.repeat(91)}\r\n`), null],
  ['version 2, IPv4', v2(0x21, 0x11, V4_BLOCK), { address: '203.0.113.5', port: 4711 }],
  ['version 2, IPv6', v2(0x21, 0x21, V6_BLOCK), { address: '2001:db8::5', port: 4711 }],
  ['version 2 with a TLV', v2(0x21, 0x11, Buffer.concat([V4_BLOCK, tlv(60)])), { address: '203.0.113.5', port: 4711 }],
  ['version 2, of the proxy itself', v2(0x20, 0x00, Buffer.alloc(0)), null],
  ['version 2, of the proxy itself, with addresses to skip', v2(0x20, 0x11, V4_BLOCK), null],
  ['version 2, unspecified', v2(0x21, 0x00, Buffer.from('anything')), null],
  ['version 2, a Unix socket', v2(0x21, 0x31, Buffer.alloc(216, '/')), null],
];

describe.each(headers)('a header of %s', (_, header, source) => {
  test('tells the source, and the CONNECT behind it in the same piece arrives whole', async () => {
    const { client, port, socket, peer } = await open();
    client.write(Buffer.concat([header, CONNECT]));
    expect(await peer).toEqual(source ?? { address: '127.0.0.1', port });
    expect(await take(socket, CONNECT.length)).toEqual(CONNECT);
  });

  test('may be split at every byte', async () => {
    const whole = Buffer.concat([header, CONNECT]);
    for (let at = 1; at < whole.length; at++) {
      const { client, port, socket, peer } = await open();
      client.write(whole.subarray(0, at));
      // The second piece goes when the first was read, so that the two never arrive as one.
      if (at < header.length) await once(socket, 'readable');
      else await peer;
      client.write(whole.subarray(at));
      expect(await peer).toEqual(source ?? { address: '127.0.0.1', port });
      expect(await take(socket, CONNECT.length)).toEqual(CONNECT);
      client.destroy();
    }
  });
});

test('a header of 4 KiB may come byte by byte', async () => {
  const { client, socket, peer } = await open();
  const header = v2(0x21, 0x11, Buffer.concat([V4_BLOCK, tlv(4096 - V4_BLOCK.length - 3)]));
  for (const byte of header) client.write(Buffer.of(byte));
  client.write(CONNECT);
  expect(await peer).toEqual({ address: '203.0.113.5', port: 4711 });
  expect(await take(socket, CONNECT.length)).toEqual(CONNECT);
});

test('a proxy on IPv6 is known as well', async () => {
  const { client, peer } = await open(proxies, '::1');
  client.write('PROXY TCP4 203.0.113.5 192.0.2.1 4711 1883\r\n');
  expect(await peer).toEqual({ address: '203.0.113.5', port: 4711 });
});

test('a client that ends behind its CONNECT is heard to the end', async () => {
  const { client, socket, peer } = await open();
  client.end(Buffer.concat([Buffer.from('PROXY UNKNOWN\r\n'), CONNECT]));
  await peer;
  expect(await buffer(socket)).toEqual(CONNECT);
});

test('a stranger is himself, and his header is no header', async () => {
  const { client, port, socket, peer } = await open(createAddressSet(['10.0.0.0/8']));
  const text = 'PROXY TCP4 203.0.113.5 192.0.2.1 4711 1883\r\n';
  client.write(text);
  expect(await peer).toEqual({ address: '127.0.0.1', port });
  expect((await take(socket, text.length)).toString()).toBe(text);
});

describe('a connection from a proxy is closed', () => {
  test.each([
    ['whose first byte is wrong', CONNECT, 'does not start with a header'],
    ['whose later byte is wrong', Buffer.from('PROXX'), 'does not start with a header'],
    ['with a signature that breaks off', Buffer.from('\r\n\r\n\0\r\nQUIX'), 'does not start with a header'],
    ['with a line of 108 bytes', Buffer.from(`PROXY UNKNOWN ${'f'.repeat(92)}\r\n`), 'does not end within 107 bytes'],
    ['with a line that never ends', Buffer.alloc(65_536, 'PROXY '), 'does not end within 107 bytes'],
    ['with an unknown family', Buffer.from('PROXY UDP4 203.0.113.5 192.0.2.1 1 2\r\n'), 'is malformed'],
    ['with an address of the other family', Buffer.from('PROXY TCP4 ::1 192.0.2.1 1 2\r\n'), 'is malformed'],
    ['with a zone', Buffer.from('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n'), 'is malformed'],
    ['with a port above 65535', Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1 65536 2\r\n'), 'is malformed'],
    ['with a port that is no number', Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1 0x1 2\r\n'), 'is malformed'],
    ['without ports', Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1\r\n'), 'is malformed'],
    ['with too many words', Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1 1 2 3\r\n'), 'is malformed'],
    ['with two spaces', Buffer.from('PROXY TCP4  203.0.113.5 192.0.2.1 1 2\r\n'), 'is malformed'],
    ['of version 3', v2(0x31, 0x11, V4_BLOCK), 'version and command 0x31'],
    ['with an unknown command', v2(0x22, 0x11, V4_BLOCK), 'version and command 0x22'],
    ['over UDP', v2(0x21, 0x12, V4_BLOCK), 'address family 0x12'],
    ['whose addresses are cut', v2(0x21, 0x21, V4_BLOCK), '12 bytes of addresses, not 36'],
    ['of more than 4 KiB', v2(0x21, 0x11, Buffer.alloc(4097)), '4097 bytes of addresses; the limit is 4096'],
  ])('%s', async (_, bytes, sentence) => {
    const { client, socket, peer } = await open();
    const closed = once(client, 'close');
    client.write(bytes);
    await expect(peer).rejects.toThrow(sentence);
    expect(socket.destroyed).toBe(true);
    await closed;
  });

  test('that ends before its header does', async () => {
    const { client, socket, peer } = await open();
    client.end('PROXY TCP4 203.0');
    await expect(peer).rejects.toThrow('the connection ended before its PROXY header');
    expect(socket.destroyed).toBe(true);
  });

  test('that is reset before its header', async () => {
    const { client, socket, peer } = await open();
    client.resetAndDestroy();
    await expect(peer).rejects.toThrow();
    expect(socket.destroyed).toBe(true);
  });

  test.each(['', 'PROXY TCP4 203.0'])("that is late after '%s'", async (text) => {
    const { client, peer } = await open(proxies, '127.0.0.1', 50);
    const closed = once(client, 'close');
    client.write(text);
    await expect(peer).rejects.toThrow('the PROXY header was not there within 50 ms');
    await closed;
  });
});

describe('behind a header', () => {
  const HEADER = 'PROXY TCP4 203.0.113.5 192.0.2.1 4711 1883\r\n';

  test('an HTTP server takes the socket over', async () => {
    const { client, socket, peer } = await open();
    const http = createHttpServer((request, response) => response.end(`${request.url}`));
    client.write(`${HEADER}GET /first HTTP/1.1\r\nHost: a\r\n`);
    await peer;
    http.emit('connection', socket);
    client.write('Connection: close\r\n\r\n');
    expect((await buffer(client)).toString()).toMatch(/\/first$/);
  });

  test('a TLS server takes the socket over', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-proxy-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', ...subject],
      { stdio: 'ignore' },
    );
    const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => socket.pipe(socket));
    rmSync(folder, { recursive: true });
    const { client, socket, peer } = await open();
    client.write(HEADER);
    const secured = connectTls({ socket: client, rejectUnauthorized: false });
    await peer;
    tls.emit('connection', socket);
    await once(secured, 'secureConnect');
    secured.write(CONNECT);
    expect(await take(secured, CONNECT.length)).toEqual(CONNECT);
  });
});
