import { EventEmitter, once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer, get } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadCertificate } from '../../src/tls/certificate.ts';
import {
  createServedCertificate,
  type ServedCertificate,
  type ServedCertificateOptions,
} from '../../src/tls/served-certificate.ts';
import { Authority, type Pair } from './authority.ts';

const DAY = 86_400_000;

let authority: Authority;
let first: Pair;
let second: Pair;
let files: Pair;
const open: { close(): void }[] = [];

beforeAll(() => {
  authority = new Authority();
  first = authority.sign('first', '/CN=first');
  // Longer, so that the files differ in size where their times are the same.
  second = authority.sign('second', '/O=A longer subject than the first/CN=second');
});

beforeEach(() => {
  files = authority.pair('live');
  copyPair(first, files);
});

afterEach(() => {
  for (const each of open.splice(0).reverse()) each.close();
});

afterAll(() => authority.remove());

function copyPair(from: Pair, to: Pair): void {
  copyFileSync(from.cert, to.cert);
  copyFileSync(from.key, to.key);
}

/** A served certificate that looks often, and what it tells as events. */
function serve(options: Partial<ServedCertificateOptions> = {}) {
  const told = new EventEmitter();
  const certificate = createServedCertificate({
    files,
    lookEvery: 10,
    onReload: (loaded) => told.emit('reload', loaded),
    onFault: (fault) => told.emit('fault', fault),
    onExpiring: (expiresAt) => told.emit('expiring', expiresAt),
    ...options,
  });
  open.push(certificate);
  return { certificate, told };
}

/** A served certificate whose looks can be waited for: each begins by asking for the time. */
function watched({ now = Date.now, ...options }: Partial<ServedCertificateOptions>) {
  const clock = new EventEmitter();
  const tick = (): number => {
    clock.emit('look');
    return now();
  };
  const served = serve({ lookEvery: 1, ...options, now: tick });
  const lookOften = async (): Promise<void> => {
    for (let count = 0; count < 20; count++) await once(clock, 'look');
  };
  return { ...served, look: () => once(clock, 'look'), lookOften };
}

/** Listens with a server that echoes. */
async function listen(certificate: ServedCertificate, options: TlsOptions = certificate.serverOptions('off')) {
  const server = createServer(options, (socket) => socket.on('error', () => {}).pipe(socket));
  certificate.serve(server);
  return { server, port: await portOf(server) };
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}

async function dial(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const ca = readFileSync(authority.ca.cert);
  const socket = connect({ host: '127.0.0.1', port, ca, ...options });
  open.push({ close: () => socket.destroy() });
  await once(socket, 'secureConnect');
  return socket;
}

async function nameAt(port: number): Promise<unknown> {
  const socket = await dial(port);
  socket.end();
  return socket.getPeerCertificate().subject.CN;
}

async function echo(socket: TLSSocket, word: string): Promise<string> {
  socket.write(word);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

describe('a certificate that is served', () => {
  test('is reloaded on demand while a connection stays open', async () => {
    const { certificate } = serve({ lookEvery: 2 ** 30 });
    const { port } = await listen(certificate);
    const early = await dial(port);
    expect(early.getPeerCertificate().subject.CN).toBe('first');
    copyPair(second, files);
    certificate.reload();
    expect(await nameAt(port)).toBe('second');
    expect(await echo(early, 'still here')).toBe('still here');
    expect(early.getPeerCertificate().subject.CN).toBe('first');
  });

  test('reaches every server, HTTPS among them, and tells that it is in use', async () => {
    const { certificate, told } = serve();
    const { port } = await listen(certificate);
    const https = createHttpsServer(certificate.serverOptions('off'), (_, response) => response.end('hello'));
    certificate.serve(https);
    const httpsPort = await portOf(https);
    const reloaded = once(told, 'reload');
    copyPair(second, files);
    expect(await reloaded).toEqual([loadCertificate(second)]);
    expect(certificate.current).toEqual(loadCertificate(second));
    expect([await nameAt(port), await nameAt(httpsPort)]).toEqual(['second', 'second']);
    const ca = readFileSync(authority.ca.cert);
    const [response] = await once(get({ host: '127.0.0.1', port: httpsPort, ca, agent: false }), 'response');
    expect(await text(response)).toBe('hello');
  });

  test('is the newest for a server that comes after a reload', async () => {
    const { certificate } = serve();
    const options = certificate.serverOptions('off');
    copyPair(second, files);
    certificate.reload();
    const { port } = await listen(certificate, options);
    expect(await nameAt(port)).toBe('second');
  });

  test('follows files that are renamed into place', async () => {
    const { certificate, told } = serve();
    const reloaded = once(told, 'reload');
    const fresh = authority.pair('fresh');
    copyPair(second, fresh);
    renameSync(fresh.cert, files.cert);
    renameSync(fresh.key, files.key);
    await reloaded;
    expect(certificate.current).toEqual(loadCertificate(second));
  });

  test('follows a symbolic link to a folder that is swapped', async () => {
    const link = (target: string): void => {
      symlinkSync(target, authority.path('..data.new'));
      renameSync(authority.path('..data.new'), authority.path('..data'));
    };
    for (const [name, pair] of Object.entries({ v1: first, v2: second })) {
      mkdirSync(authority.path(name));
      copyPair(pair, { cert: authority.path(`${name}/tls.crt`), key: authority.path(`${name}/tls.key`) });
    }
    link('v1');
    const through = { cert: authority.path('..data/tls.crt'), key: authority.path('..data/tls.key') };
    const { certificate, told } = serve({ files: through });
    const reloaded = once(told, 'reload');
    link('v2');
    await reloaded;
    expect(certificate.current).toEqual(loadCertificate(second));
  });

  test('stays when the new pair is broken, and the next good one is taken', async () => {
    const { certificate, told } = serve();
    const { port } = await listen(certificate);
    const refused = once(told, 'fault');
    writeFileSync(files.key, 'half a k');
    const [fault] = await refused;
    expect(fault).toMatchObject({ file: files.key, message: `the key '${files.key}' holds no private key in PEM` });
    expect(await nameAt(port)).toBe('first');
    const reloaded = once(told, 'reload');
    copyPair(second, files);
    await reloaded;
    expect(await nameAt(port)).toBe('second');
  });

  test('tells a fault once, not at every look', async () => {
    const faults: string[] = [];
    const { told, lookOften } = watched({ onFault: ({ file }) => faults.push(file) && told.emit('fault') });
    const refused = once(told, 'fault');
    writeFileSync(files.key, 'broken');
    await refused;
    await lookOften();
    expect(faults).toEqual([files.key]);
  });

  test('is not read while its files are still being replaced', async () => {
    const faults: string[] = [];
    const { told, look } = watched({ onFault: ({ file }) => faults.push(file) });
    const reloaded = once(told, 'reload');
    copyFileSync(second.cert, files.cert);
    await look();
    copyFileSync(second.key, files.key);
    await reloaded;
    expect(faults).toEqual([]);
  });

  test('is not served at all when the first pair is broken', () => {
    writeFileSync(files.cert, '');
    expect(() => serve()).toThrow(`the certificate '${files.cert}' holds no certificate in PEM`);
  });
});

describe('the TLS version', () => {
  const oldClient: ConnectionOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

  test('1.1 is refused, before and after a reload, to a client that others accept', async () => {
    const lenient = createServer({
      ...loadCertificate(first).options,
      minVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const accepted = await dial(await portOf(lenient), oldClient);
    expect(accepted.getProtocol()).toBe('TLSv1.1');
    const { certificate } = serve();
    const lax = { ...certificate.serverOptions('off'), ciphers: 'DEFAULT@SECLEVEL=0' };
    const { server, port } = await listen(certificate, lax);
    server.on('tlsClientError', () => {});
    const refusal = { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' };
    await expect(dial(port, oldClient)).rejects.toMatchObject(refusal);
    certificate.reload();
    await expect(dial(port, oldClient)).rejects.toMatchObject(refusal);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is accepted', async (version) => {
    const { port } = await listen(serve().certificate);
    expect((await dial(port, { minVersion: version, maxVersion: version })).getProtocol()).toBe(version);
  });
});

describe('the expiry', () => {
  const expiringAt = (now: () => number, lookEvery = 2 ** 30) => {
    const warnings: number[] = [];
    const served = serve({ now, lookEvery, onExpiring: (expiresAt) => warnings.push(expiresAt) });
    return { ...served, warnings, expiresAt: served.certificate.current.expiresAt };
  };

  test.each([
    ['15 days before', -15 * DAY, 0],
    ['just before the last 14 days', -14 * DAY - 1, 0],
    ['14 days before', -14 * DAY, 1],
    ['a day after', DAY, 1],
  ])('is looked at in the start: %s', (_, offset, count) => {
    const { expiresAt } = loadCertificate(first);
    expect(expiringAt(() => expiresAt + offset).warnings).toEqual(Array(count).fill(expiresAt));
  });

  test('is told once a day', async () => {
    const { expiresAt } = loadCertificate(first);
    let now = expiresAt - 15 * DAY;
    const warnings: number[] = [];
    const { lookOften } = watched({ now: () => now, onExpiring: () => warnings.push(now) });
    await lookOften();
    now += DAY;
    await lookOften();
    now += DAY;
    await lookOften();
    expect(warnings).toEqual([expiresAt - 14 * DAY, expiresAt - 13 * DAY]);
  });

  test('is looked at again after a reload', () => {
    const { expiresAt } = loadCertificate(first);
    const { certificate, warnings } = expiringAt(() => expiresAt);
    certificate.reload();
    expect(warnings).toEqual([expiresAt, expiresAt]);
  });
});
