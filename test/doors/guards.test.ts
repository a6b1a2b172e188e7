import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ADMIN_AUTHORIZATION,
  APP_AUTHORIZATION,
  eventually,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { addCallers, signIn } from './support/callers.ts';
import { type Answer, openSocket, send } from './support/wire.ts';

const ORIGIN = 'https://pages.example';
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(`http:\n  hosts: [broker.example]\n  origins: ['${ORIGIN}']\n`);
  await addCallers(gateway);
});

afterAll(() => gateway.close());

/** The status that an upgrade is answered, and what is said. */
function upgrade(url: string, protocol: string, headers: Record<string, string>): Promise<[number, string]> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({
      agent: false,
      hostname,
      port,
      path: pathname,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        'sec-websocket-protocol': protocol,
        ...headers,
      },
    });
    asked.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      resolve([statusCode ?? 0, '']);
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode ?? 0, text.trimEnd()]));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const foreign: readonly (readonly [string, Record<string, string>, string])[] = [
  ['a foreign Origin', { origin: 'https://evil.example' }, "origin 'https://evil.example' is foreign to this server"],
  ['the Origin null', { origin: 'null' }, "origin 'null' is foreign to this server"],
  [
    'another port of this machine',
    { origin: 'http://127.0.0.1:1' },
    "origin 'http://127.0.0.1:1' is foreign to this server",
  ],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }, 'the request comes from a page of another site'],
  ['an unknown Host', { host: 'evil.example' }, "host 'evil.example' is not known to this server"],
  [
    'an unknown Host that is its own Origin',
    { host: 'evil.example', origin: 'http://evil.example' },
    "host 'evil.example' is not known to this server",
  ],
];

const welcome: readonly (readonly [string, Record<string, string>])[] = [
  ['none of these headers', {}],
  ['a configured Origin', { origin: ORIGIN }],
  ['a configured Origin on another site', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
  ['a configured Host', { host: 'broker.example' }],
  ['the Origin of a configured Host', { host: 'broker.example:8080', origin: 'http://broker.example:8080' }],
  ['localhost', { host: 'localhost' }],
];

describe.each(['management', 'dashboard'] as const)('the %s port', (door) => {
  const paths = ['/graphql', '/api/v3/nodes/', '/status', '/healthz', '/nowhere'];
  const authorization = door === 'management' ? APP_AUTHORIZATION : ADMIN_AUTHORIZATION;
  const url = () => (door === 'management' ? gateway.httpUrl : gateway.dashboardUrl);

  test.each(foreign)('answers %s with 403 at every path, whatever the credentials', async (_, headers, sentence) => {
    for (const path of paths) {
      const { status, text } = await send(url(), { path, headers: { authorization, ...headers } });
      expect([path, status, text]).toEqual([path, 403, sentence]);
    }
  });

  test.each(foreign)('refuses an upgrade with %s', async (_, headers, sentence) => {
    const sent = { authorization, ...headers };
    expect(await upgrade(`${url()}/graphql`, 'graphql-transport-ws', sent)).toEqual([403, sentence]);
  });

  test.each(welcome)('lets %s pass', async (_, headers) => {
    const { status } = await send(url(), { path: '/api/v3/nodes/', headers: { authorization, ...headers } });
    expect(status).toBe(200);
    expect(await upgrade(`${url()}/graphql`, 'graphql-transport-ws', { authorization, ...headers })).toEqual([101, '']);
  });

  test('keeps nothing open of a client that was refused an upgrade, and does not close its end', async () => {
    const socket = connect({ port: Number(new URL(url()).port), host: '127.0.0.1', allowHalfOpen: true });
    socket
      .resume()
      .write('GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('error', () => {});
    await once(socket, 'end');
    // Whoever writes to a connection that is gone is told so.
    const isGone = (): boolean => {
      socket.write('a');
      return socket.destroyed;
    };
    await eventually(isGone, 'the end of the connection');
  });

  test('refuses an upgrade elsewhere', async () => {
    expect(await upgrade(`${url()}/elsewhere`, 'graphql-transport-ws', { authorization })).toEqual([
      404,
      'GraphQL over WebSocket is at /graphql',
    ]);
  });

  test.each(['/graphql', '/api/v3/mqtt/publish'])('answers a preflight for %s without credentials', async (path) => {
    const { status, headers, text } = await send(url(), {
      method: 'OPTIONS',
      path,
      headers: { origin: ORIGIN, ...PREFLIGHT },
    });
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, POST, PUT, DELETE',
      'access-control-allow-headers': 'authorization, content-type',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('refuses a preflight of a page that is not configured', async () => {
    const headers = { origin: 'https://evil.example', ...PREFLIGHT };
    const { status, headers: told } = await send(url(), { method: 'OPTIONS', path: '/graphql', headers });
    expect([status, corsOf(told)]).toEqual([403, []]);
  });

  test('lets a configured page read answers, refusals too, and gives it no cookie', async () => {
    for (const sent of [{ authorization }, {}]) {
      const path = '/api/v3/nodes/';
      const { headers } = await send(url(), { path, headers: { origin: ORIGIN, ...sent } });
      expect(corsOf(headers)).toEqual(['access-control-allow-origin']);
      expect(headers['access-control-allow-origin']).toBe(ORIGIN);
      expect(headers.vary).toContain('Origin');
    }
  });

  test('tells programs nothing of origins', async () => {
    const { headers } = await send(url(), { path: '/api/v3/nodes/', headers: { authorization } });
    expect(corsOf(headers)).toEqual([]);
  });
});

const corsOf = (headers: Answer['headers']): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('MQTT over WebSocket', () => {
  const url = () => gateway.wsUrl.replace('ws', 'http');

  test.each(foreign)('refuses %s with 403', async (_, headers, sentence) => {
    expect(await upgrade(url(), 'mqtt', headers)).toEqual([403, sentence]);
  });

  test.each(foreign)('answers a plain request with %s with 403 at every path', async (_, headers, sentence) => {
    for (const path of ['/mqtt', '/', '/nowhere']) {
      const { status, text } = await send(url(), { path, headers });
      expect([path, status, text]).toEqual([path, 403, `${sentence}\n`]);
    }
  });

  test.each(welcome)('lets %s pass', async (_, headers) => {
    expect(await upgrade(url(), 'mqtt', headers)).toEqual([101, '']);
  });
});

describe('without configured origins', () => {
  test('no page of another origin is answered, nor told of origins', async () => {
    const closed = await startGateway();
    for (const base of [closed.httpUrl, closed.dashboardUrl]) {
      const preflight = { method: 'OPTIONS', path: '/graphql', headers: { origin: ORIGIN, ...PREFLIGHT } };
      for (const sent of [preflight, { path: '/graphql', headers: { origin: ORIGIN } }, { path: '/healthz' }]) {
        const { status, headers } = await send(base, sent);
        expect([status, corsOf(headers)]).toEqual(['headers' in sent ? 403 : 200, []]);
      }
    }
    await closed.close();
  });
});

describe('a browser with a cookie', () => {
  test('does not come in with it from a configured page of another origin', async () => {
    const headers = { ...(await signIn(gateway, 'user-admin')), origin: ORIGIN };
    const { status, text } = await send(gateway.dashboardUrl, { path: '/api/v3/nodes/', headers });
    expect([status, text]).toEqual([401, 'UNAUTHORIZED']);
    expect(await openSocket(gateway.dashboardUrl, { headers })).toEqual({ code: 4403 });
  });

  test('comes in with it from the own page behind a proxy that ends TLS', async () => {
    const tls = await startGateway("http:\n  hosts: [broker.example]\n  origins: ['https://broker.example']\n");
    await addCallers(tls);
    const page = { host: 'broker.example', origin: 'https://broker.example' };
    const headers = { ...(await signIn(tls, 'user-admin')), ...page };
    expect((await send(tls.dashboardUrl, { path: '/api/v3/nodes/', headers })).status).toBe(200);
    expect(await openSocket(tls.dashboardUrl, { headers })).toHaveProperty('ask');
    await tls.close();
  });

  test('cannot be made to write by the page of another site', async () => {
    const { cookie } = await signIn(gateway, 'user-admin');
    const headers = { cookie, 'content-type': 'application/json' };
    const body = { query: 'mutation { signOut { signedOut } }' };
    const sent = { method: 'POST', path: '/graphql', body };
    for (const [, hostile, sentence] of foreign) {
      const { status, text } = await send(gateway.dashboardUrl, { ...sent, headers: { ...headers, ...hostile } });
      expect([status, text]).toEqual([403, sentence]);
    }
    const own = { ...headers, origin: gateway.dashboardUrl, 'sec-fetch-site': 'same-origin' };
    expect((await send(gateway.dashboardUrl, { ...sent, headers: own })).text).toBe(
      '{"data":{"signOut":{"signedOut":true}}}',
    );
  });
});

describe('a request of HTTP/1.0 without Host', () => {
  test('is that of a program, and passes', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(gateway.httpUrl).port), '127.0.0.1');
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text)).on('error', reject);
      socket.write('GET /healthz HTTP/1.0\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nalive$/);
  });
});
