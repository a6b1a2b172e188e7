import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Port } from '../../src/port.ts';
import { exchange, headOf } from '../bad-input/support/raw-http.ts';
import {
  ADMIN_AUTHORIZATION,
  APP_AUTHORIZATION,
  eventually,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { Authority } from '../tls/authority.ts';
import { addCallers, authorized, SECRET, signInAs } from './support/callers.ts';
import { type Answer, freshAddress, openSocket, openWelcome, post, send } from './support/wire.ts';

const APP = { authorization: APP_AUTHORIZATION };
const ADMIN = { authorization: ADMIN_AUTHORIZATION };

let gateway: TestGateway;
afterEach(() => gateway.close());

describe('a GraphQL document above a limit', () => {
  const ids = Array.from({ length: 1001 }, () => '"a"').join(' ');
  test.each([
    ['depth', 'max_depth: 2', '{ nodes { metrics { bytesSent } } }', 'the query has depth 3; the limit is 2'],
    [
      'aliases',
      'max_aliases: 2',
      '{ a: nodes { name } b: nodes { name } c: nodes { name } }',
      'the query has 3 aliases and repeated fields; the limit is 2',
    ],
    ['tokens', 'max_tokens: 5', '{ nodes { name } }', 'the query has more than 5 tokens, which is the limit'],
    [
      'complexity',
      'max_complexity: 500',
      '{ connections(page: { limit: 500 }) { items { clientId } } }',
      'the query has complexity 502; the limit is 500',
    ],
  ])('is refused for its %s over HTTP and WebSocket', async (_, yaml, query, message) => {
    gateway = await startGateway(`graphql:\n  ${yaml}\n`);
    const errors = [expect.objectContaining({ message, extensions: { code: 'QUERY_TOO_COMPLEX' } })];
    expect((await post(gateway.httpUrl, query, APP)).json).toEqual({ errors });
    expect((await post(gateway.dashboardUrl, query, ADMIN)).json).toEqual({ errors });
    const socket = await openWelcome(gateway.httpUrl, { headers: APP });
    expect(await socket.ask(query)).toEqual({ errors });
  });

  test('is refused for a list of 1001 items', async () => {
    gateway = await startGateway('graphql:\n  max_tokens: 0\n');
    const query = `{ connectionsByClientId(clientIds: [${ids}]) { clientId } }`;
    const message = 'clientIds has 1001 items; the limit is 1000';
    const extensions = { code: 'LIMIT_EXCEEDED', argument: 'clientIds', value: 1001 };
    const errors = [expect.objectContaining({ message, extensions })];
    expect((await post(gateway.httpUrl, query, APP)).json).toEqual({ errors });
    const socket = await openWelcome(gateway.httpUrl, { headers: APP });
    expect(await socket.ask(query)).toEqual({ errors });
  });
});

test('a list above graphql.max_list is refused, and none with 0', async () => {
  const query = '{ connectionsByClientId(clientIds: ["a", "b", "c"]) { clientId } }';
  gateway = await startGateway('graphql:\n  max_list: 2\n');
  const { json } = await post(gateway.httpUrl, query, APP);
  expect(json.errors?.map(({ message }) => message)).toEqual(['clientIds has 3 items; the limit is 2']);
  await gateway.close();
  gateway = await startGateway('graphql:\n  max_list: 0\n');
  expect((await post(gateway.httpUrl, query, APP)).json).toEqual({
    data: { connectionsByClientId: [null, null, null] },
  });
});

test('sockets of one address behind a proxy are limited as those that come straight', async () => {
  gateway = await startGateway("proxies: ['127.0.0.0/8']\nhttp:\n  max_connections_per_address: 1\n");
  const open = (address: string) => openSocket(gateway.httpUrl, { headers: { ...APP, 'x-forwarded-for': address } });
  const first = await openWelcome(gateway.httpUrl, { headers: { ...APP, 'x-forwarded-for': '2001:db8::1' } });
  expect(await open('2001:db8::2')).toEqual({ status: 503 });
  expect(await open('2001:db8:0:1::1')).toHaveProperty('ask');
  first.close();
  await first.closed;
  await eventually(async () => 'ask' in (await open('2001:db8::2')), 'room for another socket');
});

describe('before a WebSocket is let in', () => {
  const padded = (bytes: number, authorization?: string): string =>
    JSON.stringify({
      type: 'connection_init',
      payload: { ...(authorization && { authorization }), pad: 'a'.repeat(bytes) },
    });

  async function closeOf(first: string): Promise<number> {
    const socket = new WebSocket(`${gateway.httpUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const [code] = await new Promise<[number]>((resolve) => {
      socket.once('open', () => socket.send(first));
      socket.once('close', (...closed) => resolve([closed[0]]));
      socket.once('message', () => {
        socket.removeAllListeners('close');
        socket.terminate();
        resolve([0]);
      });
      socket.on('error', () => {});
    });
    return code;
  }

  test('8 KiB may come, and no more, whatever the credentials', async () => {
    gateway = await startGateway();
    expect(await closeOf(padded(7000))).toBe(4401);
    expect(await closeOf(padded(7000, APP_AUTHORIZATION))).toBe(0);
    expect(await closeOf(padded(9000))).toBe(1009);
    expect(await closeOf(padded(1_000_000, APP_AUTHORIZATION))).not.toBe(0);
  });

  test('and not behind it', async () => {
    gateway = await startGateway();
    const socket = await openWelcome(gateway.httpUrl, { headers: APP });
    const query = `{ nodes { name } }${' '.repeat(1_000_000)}`;
    expect(await socket.ask(query)).toEqual({ data: { nodes: [{ name: 'brokerql@127.0.0.1' }] } });
    socket.close();
  });
});

describe('requests per second', () => {
  test('beyond the limit are answered 429 to their application, and to nobody else', async () => {
    gateway = await startGateway('http:\n  requests_per_second: 1\n');
    await addCallers(gateway);
    const headers = authorized('app-viewer');
    const read = () => send(gateway.httpUrl, { path: '/api/v3/nodes/', headers });
    const message = "'app-viewer' sends too many requests; try again in 1 s";

    const rest = await Promise.all(Array.from({ length: 10 }, read));
    const refusedRest = rest.filter(({ status }) => status === 429);
    expect(refusedRest.length).toBeGreaterThan(0);
    expect(refusedRest.length).toBeLessThan(10);
    for (const { headers: told, text } of refusedRest) {
      expect([told['retry-after'], JSON.parse(text)]).toEqual(['1', { message }]);
    }

    const ask = () => post(gateway.httpUrl, '{ nodes { name } }', headers);
    const graphql = await Promise.all(Array.from({ length: 10 }, ask));
    const refused = graphql.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers: told, json } of refused) {
      expect([told['retry-after'], json]).toEqual([
        '1',
        { errors: [{ message, extensions: { code: 'LIMIT_EXCEEDED' } }] },
      ]);
    }

    expect((await post(gateway.httpUrl, '{ nodes { name } }', authorized('app-operator'))).status).toBe(200);
    for (let count = 0; count < 5; count++) {
      expect((await post(gateway.dashboardUrl, '{ nodes { name } }', ADMIN)).status).toBe(200);
      expect((await send(gateway.httpUrl, { path: '/healthz' })).status).toBe(200);
    }
  });
});

describe('operations per second on a WebSocket', () => {
  test('beyond the limit of requests are refused to their application, and leave the socket open', async () => {
    gateway = await startGateway('http:\n  requests_per_second: 2\n');
    await addCallers(gateway);
    const socket = await openWelcome(gateway.httpUrl, { headers: authorized('app-viewer') });
    const query = '{ nodes { name } }';
    const answers = await Promise.all(Array.from({ length: 10 }, () => socket.ask(query)));
    const message = "'app-viewer' sends too many requests; try again in 1 s";
    const errors = [{ message, extensions: { code: 'LIMIT_EXCEEDED' } }];
    const refused = answers.filter((answer) => answer.errors);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(10);
    for (const answer of refused) expect(answer).toEqual({ errors });

    // What comes over HTTP and on another socket is of the same application.
    const another = await openWelcome(gateway.httpUrl, { headers: authorized('app-viewer') });
    const mixed = await Promise.all([
      ...Array.from({ length: 5 }, () => another.ask(query)),
      ...Array.from({ length: 5 }, () =>
        post(gateway.httpUrl, query, authorized('app-viewer')).then(({ json }) => json),
      ),
    ]);
    expect(mixed.filter((answer) => answer.errors).length).toBeGreaterThan(5);

    const other = await openWelcome(gateway.httpUrl, { headers: authorized('app-operator') });
    expect((await other.ask(query)).errors).toBeUndefined();
    const user = await openWelcome(gateway.dashboardUrl, { headers: ADMIN });
    for (let count = 0; count < 5; count++) expect((await user.ask(query)).errors).toBeUndefined();
  });
});

describe('a request that takes too long', () => {
  test.each([
    ['to send its headers', 'headers_timeout', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'],
    ['to send its body', 'request_timeout', headOf('POST', '/graphql', { ...APP, 'Content-Length': '10' })],
  ])('%s is answered 408 with a sentence', async (_, setting, text) => {
    gateway = await startGateway(`http:\n  ${setting}: 1\n`);
    for (const url of [gateway.httpUrl, gateway.dashboardUrl]) {
      expect(await exchange(url, [text])).toEqual({ status: 408, text: 'the request took too long to arrive' });
    }
  });
});

describe('bytes', () => {
  test('of a header block above 32 KiB are answered 431', async () => {
    gateway = await startGateway();
    for (const url of [gateway.httpUrl, gateway.dashboardUrl]) {
      const head = (size: number) => headOf('GET', '/healthz', { 'X-Long': 'x'.repeat(size) });
      const text = 'the headers have more than 32768 bytes, which is the limit';
      expect(await exchange(url, [head(33_000)])).toEqual({ status: 431, text });
      expect((await exchange(url, [head(30_000)])).status).toBe(200);
    }
  });

  test('of a body above the limit are answered 413, and end a WebSocket', async () => {
    gateway = await startGateway('http:\n  max_body: 1000\n');
    const query = `{ nodes { name } } # ${'x'.repeat(1000)}`;
    const { status, json } = await post(gateway.dashboardUrl, query, ADMIN);
    expect([status, json.errors?.[0]?.extensions.code]).toEqual([413, 'LIMIT_EXCEEDED']);
    const socket = await openWelcome(gateway.httpUrl, { headers: APP });
    socket.ask(query);
    expect(await socket.closed).toBe(1009);
  });
});

describe('connections', () => {
  const opened: Socket[] = [];
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.destroy();
  });

  /** Whether somebody at an address is served, on a connection that stays open. */
  async function isServed(url: string, localAddress: string): Promise<boolean> {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress });
    opened.push(socket);
    socket.on('error', () => {});
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]);
  }

  test('beyond the limit of an address are closed, for that address and on that port', async () => {
    gateway = await startGateway('http:\n  max_connections_per_address: 2\n');
    const [busy, other] = [freshAddress(), freshAddress()];
    const { httpUrl, dashboardUrl } = gateway;
    expect([await isServed(httpUrl, busy), await isServed(httpUrl, busy)]).toEqual([true, true]);
    expect(await isServed(httpUrl, busy)).toBe(false);
    expect([await isServed(httpUrl, other), await isServed(dashboardUrl, busy)]).toEqual([true, true]);
    const closed = once(opened[0] as Socket, 'close');
    opened[0]?.end();
    await closed;
    expect(await isServed(httpUrl, busy)).toBe(true);
  });

  test('beyond the limit of a port are closed, on that port', async () => {
    gateway = await startGateway('http:\n  max_connections: 2\n');
    const { httpUrl, dashboardUrl } = gateway;
    expect([await isServed(httpUrl, freshAddress()), await isServed(httpUrl, freshAddress())]).toEqual([true, true]);
    expect(await isServed(httpUrl, freshAddress())).toBe(false);
    expect(await isServed(dashboardUrl, freshAddress())).toBe(true);
  });

  describe('on a port and its twin of TLS', () => {
    let authority: Authority;

    beforeAll(() => {
      authority = new Authority();
    });

    afterAll(() => authority.remove());

    /** A gateway with TLS and such limits, and the ports of a door: the plain one and its twin. */
    async function startTwins(limits: string): Promise<readonly (readonly [Port, Port])[]> {
      const { cert, key } = authority.sign('server', '/CN=localhost');
      const tlsPorts = '  tls_port: 0\n';
      gateway = await startGateway(
        `tls: {cert: ${cert}, key: ${key}}\nmqtt: {tls_port: 0, wss_port: 0}\ndashboard:\n${tlsPorts}http:\n${tlsPorts}  ${limits}\n`,
      );
      const { management, managementTls, dashboard, dashboardTls } = gateway.gateway.ports;
      return [
        [management, managementTls!],
        [dashboard, dashboardTls!],
      ];
    }

    /** Connects to a port and waits until it counts one connection more, open or refused. */
    async function knock(port: Port, localAddress: string): Promise<'open' | 'closed'> {
      const refusals = () => port.shutdownCount.too_many_connections ?? 0;
      const [open, before] = [port.currentConnections, refusals()];
      const socket = connect({ port: port.port, host: '127.0.0.1', localAddress });
      opened.push(socket);
      socket.on('error', () => {});
      await eventually(() => port.currentConnections > open || refusals() > before, 'a verdict');
      if (refusals() === before) return 'open';
      await eventually(() => port.currentConnections === open, 'the end of what was refused');
      return 'closed';
    }

    test('are counted together, for each door by itself', async () => {
      for (const [plain, tls] of await startTwins('max_connections: 2')) {
        expect(await knock(tls, freshAddress())).toBe('open');
        expect(await knock(plain, freshAddress())).toBe('open');
        expect(await knock(tls, freshAddress())).toBe('closed');
        expect(await knock(plain, freshAddress())).toBe('closed');
      }
    });

    test('are counted together by address', async () => {
      const address = freshAddress();
      for (const [plain, tls] of await startTwins('max_connections_per_address: 1')) {
        expect(await knock(tls, address)).toBe('open');
        expect(await knock(plain, address)).toBe('closed');
        expect(await knock(plain, freshAddress())).toBe('open');
      }
    });
  });
});

describe('failed logins', () => {
  const knock = (name: string, secret: string, from: string): Promise<Answer> =>
    send(gateway.httpUrl, { path: '/api/v3/nodes/', headers: authorized(name, secret), from });
  const guess = (name: string, from: () => string, count: number): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => knock(name, `guess ${index}`, from())));

  test('slow down their address with a growing 429, and no other', async () => {
    gateway = await startGateway();
    await addCallers(gateway);
    const waits: number[] = [];
    for (const count of [8, 10]) {
      const from = freshAddress();
      await guess(`ghost-${count}`, () => from, count);
      const { status, headers, text } = await knock('app-admin', 'a guess', from);
      const wait = Number(headers['retry-after']);
      expect([status, JSON.parse(text)]).toEqual([429, { message: `too many logins failed; try again in ${wait} s` }]);
      waits.push(wait);
      // Nobody looks whether it is right, so the answer tells nothing.
      expect((await knock('app-admin', SECRET, from)).status).toBe(429);
    }
    expect(waits[1]).toBeGreaterThan(waits[0] ?? Number.NaN);
    expect((await send(gateway.httpUrl, { path: '/api/v3/nodes/', headers: authorized('app-admin') })).status).toBe(
      200,
    );
  });

  test('do not slow down who logged in before, from that very address', async () => {
    gateway = await startGateway();
    await addCallers(gateway);
    const from = freshAddress();
    const headers = authorized('app-viewer');
    const read = async () => (await send(gateway.httpUrl, { path: '/api/v3/nodes/', headers, from })).status;
    expect(await read()).toBe(200);
    await guess('ghost', () => from, 12);
    expect((await knock('ghost', 'a guess', from)).status).toBe(429);
    expect(await read()).toBe(200);
  });

  test('slow down their name, wherever they come from', async () => {
    gateway = await startGateway();
    await guess('ghost', freshAddress, 25);
    expect((await knock('ghost', 'a guess', freshAddress())).status).toBe(429);
    expect((await knock('another', 'a guess', freshAddress())).status).toBe(401);
  });

  test('slow down every way to log in', async () => {
    gateway = await startGateway();
    const from = freshAddress();
    await guess('ghost', () => from, 12);
    const graphql = await post(gateway.httpUrl, '{ nodes { name } }', authorized('ghost', 'a guess'), from);
    expect([graphql.status, graphql.json.errors?.[0]?.extensions.code]).toEqual([429, 'LIMIT_EXCEEDED']);
    expect(Number(graphql.headers['retry-after'])).toBeGreaterThan(0);
    const signedIn = await post(gateway.dashboardUrl, signInAs('admin', 'a guess'), {}, from);
    expect(signedIn.json.errors?.[0]?.extensions.code).toBe('LIMIT_EXCEEDED');
    expect(signedIn.headers['set-cookie']).toBeUndefined();
  });

  test('in numbers are answered without being looked at', async () => {
    gateway = await startGateway();
    const from = freshAddress();
    await guess('ghost', () => from, 16);
    const answers = await guess('ghost', () => from, 300);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
  });

  test('do not open a WebSocket', async () => {
    gateway = await startGateway();
    expect(await openSocket(gateway.httpUrl, { ...authorized('ghost', 'a guess') })).toEqual({ code: 4403 });
  });
});
