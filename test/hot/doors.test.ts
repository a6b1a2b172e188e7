import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { addCallers, authorized, signIn } from '../doors/support/callers.ts';
import { openSocket, openWelcome, post, send } from '../doors/support/wire.ts';
import { APP_AUTHORIZATION, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { put, reset, set } from './support/change.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await addCallers(gateway);
});

afterAll(() => gateway.close());

const APP = { authorization: APP_AUTHORIZATION };

const documents = [
  ['graphql.max_depth', '2', '{ nodes { metrics { bytesSent } } }', 'the query has depth 3; the limit is 2'],
  [
    'graphql.max_aliases',
    '1',
    '{ a: nodes { name } b: nodes { name } }',
    'the query has 2 aliases and repeated fields; the limit is 1',
  ],
  ['graphql.max_tokens', '5', '{ nodes { name } }', 'the query has more than 5 tokens, which is the limit'],
  [
    'graphql.max_complexity',
    '500',
    '{ connections(page: { limit: 500 }) { items { clientId } } }',
    'the query has complexity 502; the limit is 500',
  ],
  [
    'graphql.max_list',
    '1',
    '{ connectionsByClientId(clientIds: ["a", "b"]) { clientId } }',
    'clientIds has 2 items; the limit is 1',
  ],
] as const;

describe.each(documents)('%s', (key, value, query, message) => {
  test('holds at once over HTTP and on sockets that are open', async () => {
    const socket = await openWelcome(gateway.httpUrl, { headers: APP });
    const ask = async () =>
      [(await post(gateway.httpUrl, query, APP)).json, await socket.ask(query)].map(
        ({ errors }) => errors?.[0]?.message ?? null,
      );
    expect(await ask()).toEqual([null, null]);
    await put(gateway, key, value);
    expect(await ask()).toEqual([message, message]);
    await put(gateway, key, '1000000');
    expect(await ask()).toEqual([null, null]);
    socket.close();
  });
});

describe('graphql.keepalive', () => {
  test('is how often sockets that are open are asked for a sign of life', async () => {
    const url = `${gateway.httpUrl.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers: APP });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    // It would be 12 seconds.
    const asked = once(socket, 'ping');
    await put(gateway, 'graphql.keepalive', '1');
    await asked;
    socket.close();
    await once(socket, 'close');
    await reset(gateway, 'graphql.keepalive');
  });
});

describe('graphql.max_message', () => {
  test('is that of sockets that are opened from then on', async () => {
    const query = `{ nodes { name } } # ${'x'.repeat(3000)}`;
    const before = await openWelcome(gateway.httpUrl, { headers: APP });
    await put(gateway, 'graphql.max_message', '2KB');
    const after = await openWelcome(gateway.httpUrl, { headers: APP });
    void after.ask(query);
    expect(await after.closed).toBe(1009);
    expect((await before.ask(query)).errors).toBeUndefined();
    before.close();
    await reset(gateway, 'graphql.max_message');
  });
});

describe('graphql.max_operations', () => {
  test('holds for the next operation on a socket that is open', async () => {
    const socket = await openWelcome(gateway.httpUrl, { headers: APP });
    void socket.ask('subscription { messages(topicFilter: "nothing") { topic } }');
    expect((await socket.ask('{ nodes { name } }')).errors).toBeUndefined();
    await put(gateway, 'graphql.max_operations', '1');
    expect((await socket.ask('{ nodes { name } }')).errors).toMatchObject([
      { message: '1 operations are under way on this socket; the limit is 1' },
    ]);
    await reset(gateway, 'graphql.max_operations');
    expect((await socket.ask('{ nodes { name } }')).errors).toBeUndefined();
    socket.close();
    await socket.closed;
  });
});

describe('graphql.max_sockets', () => {
  test('holds for the next socket of a caller, and ends none', async () => {
    const opening = { headers: authorized('app-viewer') };
    const socket = await openWelcome(gateway.httpUrl, opening);
    await put(gateway, 'graphql.max_sockets', '1');
    expect(await openSocket(gateway.httpUrl, opening)).toEqual({ code: 1013 });
    expect((await socket.ask('{ nodes { name } }')).errors).toBeUndefined();
    await reset(gateway, 'graphql.max_sockets');
    (await openWelcome(gateway.httpUrl, opening)).close();
    socket.close();
  });
});

describe('graphql.init_timeout', () => {
  test('is that of sockets that are opened from then on', async () => {
    await set(gateway, 'graphql.init_timeout', 3600);
    await put(gateway, 'graphql.init_timeout', '1');
    const url = `${gateway.httpUrl.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers: APP });
    const [code] = await once(socket, 'close');
    expect(code).toBe(4408);
    await reset(gateway, 'graphql.init_timeout');
  });
});

describe('http.max_body', () => {
  const body = { topic: 'a', payload: 'x'.repeat(2000) };
  const publish = async () => (await gateway.rest('/mqtt/publish', { method: 'POST', body })).status;

  test('is that of the next request, and can be set without a body', async () => {
    expect(await publish()).toBe(200);
    await put(gateway, 'http.max_body', '1KB', 'emqx_management');
    expect(await publish()).toBe(413);
    const way = '/configs/emqx_management?key=http.max_body&value=8388608';
    expect((await gateway.rest(way, { method: 'PUT' })).json).toBe('ok');
    expect(await publish()).toBe(200);
  });
});

describe('http.requests_per_second', () => {
  test('holds for an application that is calling', async () => {
    await set(gateway, 'http.requests_per_second', 2, 'emqx_management');
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429) statuses.push((await gateway.rest('/nodes/')).status);
    // A user is not limited.
    const way = { method: 'PUT', body: { key: 'http.requests_per_second', value: '0' }, dashboard: true };
    expect((await gateway.rest('/configs/emqx_management', way)).json).toBe('ok');
    expect((await gateway.rest('/nodes/')).status).toBe(200);
  });
});

describe('http.hosts and http.origins', () => {
  const ask = async (headers: Record<string, string>) =>
    (await send(gateway.httpUrl, { method: 'GET', path: '/api/v3/nodes/', headers: { ...APP, ...headers } })).status;

  test('let pages in that were foreign', async () => {
    const host = { host: 'broker.example' };
    const origin = { origin: 'https://page.example' };
    expect([await ask(host), await ask(origin)]).toEqual([403, 403]);
    await put(gateway, 'http.hosts', 'broker.example', 'emqx_management');
    await put(gateway, 'http.origins', 'https://page.example', 'emqx_management');
    expect([await ask(host), await ask(origin)]).toEqual([200, 200]);
    await reset(gateway, 'http.hosts', 'emqx_management');
    await reset(gateway, 'http.origins', 'emqx_management');
    expect([await ask(host), await ask(origin)]).toEqual([403, 403]);
  });
});

describe('http.headers_timeout', () => {
  test('ends a request whose headers are on their way', async () => {
    await put(gateway, 'http.headers_timeout', '1', 'emqx_management');
    const socket = connect(gateway.gateway.ports.management.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('http.request_timeout', () => {
  test('ends a request whose body is on its way', async () => {
    await put(gateway, 'http.request_timeout', '1', 'emqx_management');
    const socket = connect(gateway.gateway.ports.management.port, '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
    await reset(gateway, 'http.request_timeout', 'emqx_management');
  });
});

describe('http.max_connections', () => {
  test('holds for the next connection to the door', async () => {
    const { management } = gateway.gateway.ports;
    const held = connect(management.port, '127.0.0.1');
    await once(held, 'connect');
    await eventually(() => management.currentConnections > 0, 'the connection');
    await set(gateway, 'http.max_connections', 1, 'emqx_management');
    const next = connect(management.port, '127.0.0.1');
    next.on('error', () => {});
    await once(next, 'close');
    // The dashboard has a limit of its own.
    const change = { method: 'PUT', body: { key: 'http.max_connections', value: '0' }, dashboard: true };
    expect((await gateway.rest('/configs/emqx_management', change)).json).toBe('ok');
    expect((await gateway.rest('/nodes/')).status).toBe(200);
    held.destroy();
  });
});

describe('http.max_connections_per_address', () => {
  test('holds for the next connection', async () => {
    const open = () =>
      send(gateway.httpUrl, { method: 'GET', path: '/healthz', headers: {}, from: '127.0.0.77' }).then(
        ({ status }) => status,
        () => 'closed',
      );
    expect(await open()).toBe(200);
    const socket = connect({
      port: gateway.gateway.ports.management.port,
      host: '127.0.0.1',
      localAddress: '127.0.0.77',
    });
    await new Promise((resolve) => socket.once('connect', resolve));
    await put(gateway, 'http.max_connections_per_address', '1', 'emqx_management');
    // Connections of the API's own callers are of another address.
    await eventually(async () => (await open()) === 'closed', 'the refusal');
    const change = { app: 'emqx_management', reset: ['http.max_connections_per_address'] };
    await gateway.gateway.hot.change(change, null);
    socket.destroy();
  });
});

describe('rest.profile', () => {
  test('is that of whoever has none of its own, from the next request on', async () => {
    await put(gateway, 'rest.profile', '3.2', 'emqx_management');
    expect((await gateway.rest('/routes/nowhere')).json).toEqual({ code: 0, data: [] });
    await reset(gateway, 'rest.profile', 'emqx_management');
    expect((await gateway.rest('/routes/nowhere')).json).toEqual([]);
  });
});

describe('auth.idle and auth.lifetime', () => {
  const signedIn = async () => {
    const cookie = await signIn(gateway, 'user-viewer');
    const ask = async () => (await post(gateway.dashboardUrl, '{ me { name } }', cookie)).status;
    expect(await ask()).toBe(200);
    return ask;
  };

  test('auth.lifetime ends the sign-in of who is signed in, whatever they do', async () => {
    const ask = await signedIn();
    await put(gateway, 'auth.lifetime', '1', 'emqx_dashboard');
    await eventually(async () => (await ask()) === 401, 'the end of the sign-in');
    await reset(gateway, 'auth.lifetime', 'emqx_dashboard');
  });

  test('auth.idle ends the sign-in of who is signed in and does nothing', async () => {
    const ask = await signedIn();
    const { signIns } = gateway.gateway.access;
    await put(gateway, 'auth.idle', '1', 'emqx_dashboard');
    await eventually(() => signIns.list('user-viewer').length === 0, 'the end of the sign-in');
    await reset(gateway, 'auth.idle', 'emqx_dashboard');
    expect(await ask()).toBe(401);
  });
});

describe('audit.max_entries', () => {
  test('drops the oldest entries with the next one', async () => {
    for (let i = 0; i < 5; i++) await set(gateway, 'mqtt.max_awaiting_rel', 100 + i);
    await set(gateway, 'audit.max_entries', 3);
    const query = '{ auditEntries { items { what target } meta { count } } }';
    const { json } = await post(gateway.dashboardUrl, query, authorized('user-admin'));
    expect(json.data).toEqual({
      auditEntries: {
        items: [
          { what: 'setConfig', target: 'emqx audit.max_entries' },
          { what: 'setConfig', target: 'emqx mqtt.max_awaiting_rel' },
          { what: 'setConfig', target: 'emqx mqtt.max_awaiting_rel' },
        ],
        meta: { count: 3 },
      },
    });
  });
});

describe('all of it', () => {
  test('holds at the next start, and http.drain for this end', async () => {
    const change = (app: string, values: Record<string, unknown>) =>
      gateway.gateway.hot.change({ app, set: Object.entries(values).map(([key, value]) => ({ key, value })) }, null);
    // With so few tokens nothing else could be asked, and what is too complex is too deep, too.
    const held = documents.filter(([key]) => key !== 'graphql.max_tokens' && key !== 'graphql.max_complexity');
    await change('emqx', {
      ...Object.fromEntries(held.map(([key, value]) => [key, value])),
      ...{ 'graphql.max_message': 2048, 'graphql.max_sockets': 1, 'graphql.init_timeout': 1, 'audit.max_entries': 1 },
    });
    await change('emqx_management', {
      ...{ 'http.max_body': 4096, 'http.hosts': ['broker.example'], 'http.request_timeout': 1, 'http.drain': 1 },
      'rest.profile': '3.2',
    });
    await change('emqx_dashboard', { 'auth.idle': 1 });
    const closed = gateway.gateway.close();
    expect((await fetch(`${gateway.httpUrl}/readyz`)).status).toBe(503);
    await closed;

    const next = await startGateway('', {}, gateway.dataDir);
    for (const [, , query, message] of held) {
      expect((await post(next.httpUrl, query, APP)).json.errors?.[0]?.message).toBe(message);
    }
    const foreign = { method: 'GET', path: '/api/v3/routes/nowhere', headers: { ...APP, host: 'broker.example' } };
    expect((await send(next.httpUrl, foreign)).text).toBe('{"code":0,"data":[]}');
    const body = { topic: 'a', payload: 'x'.repeat(5000) };
    expect((await next.rest('/mqtt/publish', { method: 'POST', body })).status).toBe(413);
    const socket = await openWelcome(next.httpUrl, { headers: APP });
    expect(await openSocket(next.httpUrl, { headers: APP })).toEqual({ code: 1013 });
    void socket.ask(`{ nodes { name } } # ${'x'.repeat(3000)}`);
    expect(await socket.closed).toBe(1009);
    const slow = connect(next.gateway.ports.management.port, '127.0.0.1');
    slow.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{');
    const mute = new WebSocket(`${next.httpUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: APP,
    });
    const ends = Promise.all([text(slow), once(mute, 'close')]);
    await next.gateway.hot.change({ app: 'emqx', reset: ['graphql.max_depth'] }, null);
    await signIn(next, 'user-viewer');
    const { signIns, audit } = next.gateway.access;
    await eventually(() => signIns.list().length === 0, 'the end of the sign-in');
    const [answer, [code]] = await ends;
    expect([answer.split('\r\n')[0], code]).toEqual(['HTTP/1.1 408 Request Timeout', 4408]);
    expect(audit.page({ filter: {}, offset: 0, limit: 10, after: null }).count).toBe(1);
    await next.close();
  });
});
