import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { Authority } from '../tls/authority.ts';
import { addCallers, authorized, SECRET, signIn, signInAs } from './support/callers.ts';
import { openWelcome, post, type Result, send, stream } from './support/wire.ts';

const ME = '{ me { name kind role } }';
const SIGN_OUT = 'mutation { signOut { signedOut } }';
const revoke = (id: string): string => `mutation { revokeSignIn(input: { id: "${id}" }) { id } }`;

interface Row {
  readonly id: string;
  readonly user: string;
}

let gateway: TestGateway;
let dashboardUrl: string;

beforeAll(async () => {
  gateway = await startGateway();
  ({ dashboardUrl } = gateway);
  await addCallers(gateway);
});

afterAll(() => gateway.close());

async function listed(headers: Readonly<Record<string, string>>): Promise<readonly Row[]> {
  const { json } = await post(dashboardUrl, '{ signIns { id user } }', headers);
  return json.data?.signIns as Row[];
}

/** Signs in and answers the sign-in's id with the cookie. */
async function signedIn(name: string): Promise<{ readonly id: string; readonly cookie: string }> {
  const before = new Set((await listed(authorized(name))).map(({ id }) => id));
  const { cookie } = await signIn(gateway, name);
  const [added] = (await listed(authorized(name))).filter(({ id, user }) => user === name && !before.has(id));
  return { id: added?.id ?? '', cookie };
}

const asks = async (headers: Readonly<Record<string, string>>, query = ME): Promise<readonly [number, Result]> => {
  const { status, json } = await post(dashboardUrl, query, headers);
  return [status, json];
};

const viewer = { data: { me: { name: 'user-viewer', kind: 'USER', role: 'VIEWER' } } };
const refusal = { errors: [{ message: 'credentials are missing or wrong', extensions: { code: 'UNAUTHENTICATED' } }] };

describe('signIn', () => {
  test('sets a cookie that no script reads and no other site sends', async () => {
    const { headers, text } = await post(dashboardUrl, signInAs('user-viewer'));
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^brokerql_sign_in=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/),
    ]);
    const token = /=([^;]+)/.exec(headers['set-cookie']?.[0] ?? '')?.[1] ?? 'no token';
    expect(text).not.toContain(token);
  });

  test('gives another cookie each time', async () => {
    const [one, other] = [await signIn(gateway, 'user-viewer'), await signIn(gateway, 'user-viewer')];
    expect(one.cookie).not.toBe(other.cookie);
  });

  test.each([
    ['a wrong password', 'user-viewer', 'a guess'],
    ['an unknown name', 'ghost', SECRET],
    ['an application', 'app-admin', SECRET],
    ['__proto__', '__proto__', ''],
  ])('refuses %s and sets no cookie', async (_, name, password) => {
    const { status, headers, json } = await post(dashboardUrl, signInAs(name, password));
    expect([status, headers['set-cookie']]).toEqual([200, undefined]);
    expect(json.data).toBeNull();
    expect(json.errors).toEqual([
      expect.objectContaining({
        message: 'the name or the password is wrong',
        extensions: { code: 'UNAUTHENTICATED' },
      }),
    ]);
  });

  test('works over HTTP only', async () => {
    const socket = await openWelcome(dashboardUrl, { headers: authorized('user-viewer') });
    expect(await socket.ask(signInAs('user-viewer'))).toMatchObject({
      errors: [{ message: 'signIn works over HTTP only', extensions: { code: 'BAD_USER_INPUT' } }],
    });
    socket.close();
  });
});

describe('the cookie of a sign-in', () => {
  test('stands for the user over HTTP', async () => {
    expect(await asks(await signIn(gateway, 'user-viewer'))).toEqual([200, viewer]);
  });

  test('is found among others', async () => {
    const { cookie } = await signIn(gateway, 'user-viewer');
    expect(await asks({ cookie: `theme=dark; ${cookie}; __proto__=1` })).toEqual([200, viewer]);
  });

  test('stands for the user over REST', async () => {
    const headers = await signIn(gateway, 'user-viewer');
    expect((await send(dashboardUrl, { path: '/api/v3/nodes/', headers })).status).toBe(200);
  });

  test('stands for the user over events', async () => {
    const { first, closed } = await stream(dashboardUrl, ME, await signIn(gateway, 'user-viewer'));
    expect(first).toEqual(viewer);
    await closed;
  });

  test('stands for the user over WebSocket', async () => {
    const socket = await openWelcome(dashboardUrl, { headers: await signIn(gateway, 'user-viewer') });
    expect(await socket.ask(ME)).toEqual(viewer);
    socket.close();
  });
});

describe('the cookie of a sign-in is Secure', () => {
  const PROXY = '127.3.3.3';
  let authority: Authority;
  let secured: TestGateway;

  beforeAll(async () => {
    authority = new Authority();
    const { cert, key } = authority.sign('server', '/CN=localhost');
    const zero = '{tls_port: 0}';
    secured = await startGateway(
      `proxies: ['${PROXY}']\ntls: {cert: ${cert}, key: ${key}}\nmqtt: {tls_port: 0, wss_port: 0}\nhttp: ${zero}\ndashboard: ${zero}\n`,
    );
    await addCallers(secured);
  });

  afterAll(async () => {
    await secured.close();
    authority.remove();
  });

  /** The attributes of the cookie of a sign-in that came from an address with these headers. */
  const attributes = async (from: string, headers: Record<string, string> = {}): Promise<string | undefined> => {
    const answer = await post(secured.dashboardUrl, signInAs('user-viewer'), headers, from);
    return answer.headers['set-cookie']?.[0]?.replace(/^[^;]*; /, '');
  };
  const plain = 'Path=/; HttpOnly; SameSite=Strict; Max-Age=43200';

  test('over TLS', async () => {
    const port = secured.gateway.ports.dashboardTls?.port;
    const asked = request({
      agent: false,
      host: '127.0.0.1',
      servername: 'localhost',
      port,
      method: 'POST',
      path: '/graphql',
      ca: readFileSync(authority.ca.cert),
      headers: { 'content-type': 'application/json' },
    });
    asked.end(JSON.stringify({ query: signInAs('user-viewer') }));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.headers['set-cookie']).toEqual([expect.stringMatching(/; HttpOnly; .*; Secure$/)]);
  });

  test.each(['https', 'HTTPS', 'https, http'])('where a trusted proxy says X-Forwarded-Proto: %s', async (scheme) => {
    expect(await attributes(PROXY, { 'x-forwarded-proto': scheme })).toBe(`${plain}; Secure`);
  });

  test('when it is cleared there, too', async () => {
    const answer = await post(secured.dashboardUrl, signInAs('user-viewer'), {}, PROXY);
    const headers = { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '', 'x-forwarded-proto': 'https' };
    const { headers: told } = await post(secured.dashboardUrl, SIGN_OUT, headers, PROXY);
    expect(told['set-cookie']).toEqual(['brokerql_sign_in=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure']);
  });

  test.each<[string, string, Record<string, string>]>([
    ['a trusted proxy that says http', PROXY, { 'x-forwarded-proto': 'http' }],
    ['a trusted proxy that says nothing', PROXY, {}],
    ['a stranger that says https', '127.4.4.4', { 'x-forwarded-proto': 'https' }],
  ])('but not for %s', async (_, from, headers) => {
    expect(await attributes(from, headers)).toBe(plain);
  });
});

describe('signOut', () => {
  test('ends the sign-in and clears the cookie', async () => {
    const { cookie } = await signIn(gateway, 'user-viewer');
    const { headers, json } = await post(dashboardUrl, SIGN_OUT, { cookie });
    expect(json).toEqual({ data: { signOut: { signedOut: true } } });
    expect(headers['set-cookie']).toEqual(['brokerql_sign_in=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0']);
    expect(await asks({ cookie })).toEqual([401, refusal]);
  });

  test('over WebSocket ends the sign-in that the socket was opened with, and closes the socket', async () => {
    const [mine, other] = [await signIn(gateway, 'user-viewer'), await signIn(gateway, 'user-viewer')];
    const [socket, beside] = [
      await openWelcome(dashboardUrl, { headers: mine }),
      await openWelcome(dashboardUrl, { headers: other }),
    ];
    expect(await socket.ask(SIGN_OUT)).toEqual({ data: { signOut: { signedOut: true } } });
    expect(await socket.closed).toBe(4403);
    expect(await asks(mine)).toEqual([401, refusal]);
    expect(await beside.ask(ME)).toEqual(viewer);
    beside.close();
  });

  test('over WebSocket tells who gave a password that there was nothing to end', async () => {
    const socket = await openWelcome(dashboardUrl, { headers: authorized('user-viewer') });
    expect(await socket.ask(SIGN_OUT)).toEqual({ data: { signOut: { signedOut: false } } });
    expect(await socket.ask(ME)).toEqual(viewer);
    socket.close();
  });

  test('leaves other sign-ins of the user alone', async () => {
    const [one, other] = [await signIn(gateway, 'user-viewer'), await signIn(gateway, 'user-viewer')];
    await asks(one, SIGN_OUT);
    expect(await asks(other)).toEqual([200, viewer]);
  });

  test('tells who gave a password that there was nothing to end', async () => {
    expect(await asks(authorized('user-viewer'), SIGN_OUT)).toEqual([200, { data: { signOut: { signedOut: false } } }]);
  });
});

describe('signIns', () => {
  test('shows where and since when somebody is signed in, and never the cookie', async () => {
    const { cookie } = await send(dashboardUrl, {
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', 'user-agent': 'Browser/1' },
      body: { query: signInAs('user-operator') },
      from: '127.9.9.9',
    }).then(({ headers }) => ({ cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' }));
    const query = '{ signIns { id user role address userAgent createdAt lastSeenAt expiresAt } }';
    const { json, text } = await post(dashboardUrl, query, { cookie });
    expect(json.data?.signIns).toEqual([
      {
        id: expect.stringMatching(/^[A-Za-z0-9_-]{16}$/),
        user: 'user-operator',
        role: 'OPERATOR',
        address: '127.9.9.9',
        userAgent: 'Browser/1',
        createdAt: expect.any(String),
        lastSeenAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    const [row] = (json.data?.signIns ?? []) as { createdAt: string; expiresAt: string }[];
    expect(Date.parse(row?.expiresAt ?? '') - Date.parse(row?.createdAt ?? '')).toBe(43_200_000);
    expect(text).not.toContain(cookie.split('=')[1]);
  });

  test('are one’s own, and for an admin those of everybody', async () => {
    const mine = await signedIn('user-viewer');
    const others = await signedIn('user-operator');
    const ids = async (name: string) => (await listed(authorized(name))).map(({ id }) => id);
    expect(await ids('user-viewer')).toContain(mine.id);
    expect(await ids('user-viewer')).not.toContain(others.id);
    expect(await ids('user-admin')).toEqual(expect.arrayContaining([mine.id, others.id]));
  });
});

describe('revokeSignIn', () => {
  test.each([
    ['the owner', 'user-viewer'],
    ['an admin', 'user-admin'],
  ])('ends a sign-in for %s', async (_, name) => {
    const { id, cookie } = await signedIn('user-viewer');
    expect(await asks(authorized(name), revoke(id))).toEqual([200, { data: { revokeSignIn: { id } } }]);
    expect(await asks({ cookie })).toEqual([401, refusal]);
    expect((await listed(authorized('user-admin'))).map((row) => row.id)).not.toContain(id);
  });

  test.each([
    ['that of another user', 'user-operator'],
    ['that of an admin', 'user-viewer'],
  ])('does not tell %s from one that is not there', async (_, name) => {
    const { id, cookie } = await signedIn('user-admin');
    for (const asked of [id, 'nothing']) {
      expect((await asks(authorized(name), revoke(asked)))[1]).toMatchObject({
        data: null,
        errors: [{ message: `sign-in '${asked}' is unknown`, extensions: { code: 'NOT_FOUND', argument: 'id' } }],
      });
    }
    expect((await asks({ cookie }))[0]).toBe(200);
  });
});

describe('a sign-in', () => {
  test('has the role that its user has now', async () => {
    const { users } = gateway.gateway.access.accounts;
    await users.create({ name: 'rising', password: SECRET, role: 'VIEWER' });
    const headers = await signIn(gateway, 'rising');
    await users.update('rising', { role: 'OPERATOR' });
    expect(await asks(headers)).toEqual([200, { data: { me: { name: 'rising', kind: 'USER', role: 'OPERATOR' } } }]);
  });

  test('survives a restart on the same folder, and its end does too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-doors-'));
    const first = await startGateway('', {}, folder);
    await addCallers(first);
    const [kept, ended] = [await signIn(first, 'user-viewer'), await signIn(first, 'user-viewer')];
    await post(first.dashboardUrl, SIGN_OUT, ended);
    await first.close();
    const second = await startGateway('', {}, folder);
    expect((await post(second.dashboardUrl, ME, kept)).json).toEqual(viewer);
    expect((await post(second.dashboardUrl, ME, ended)).status).toBe(401);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
