import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Access } from '../../src/access/access.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { authorized, SECRET, signIn } from './support/callers.ts';
import { openRaw } from './support/raw-socket.ts';
import { freshAddress, openWelcome, post, send, stream } from './support/wire.ts';

const SUBSCRIPTION = 'subscription { stats { connectionsCount } }';
const PUBLISH = 'mutation { publish(input: { topic: "a", payload: { text: "b" } }) { topic } }';

let gateway: TestGateway;
let access: Access;
let names = 0;

beforeAll(async () => {
  gateway = await startGateway();
  ({ access } = gateway.gateway);
});

afterAll(() => gateway.close());

async function newApplication(): Promise<string> {
  names += 1;
  const id = `application-${names}`;
  await access.accounts.applications.create({ id, secret: SECRET, role: 'VIEWER' });
  return id;
}

async function newUser(): Promise<string> {
  names += 1;
  const name = `user-${names}`;
  await access.accounts.users.create({ name, password: SECRET, role: 'VIEWER' });
  return name;
}

/** Opens a socket and a stream with these headers, and answers how both end once `end` is done. */
async function endsOf(url: string, headers: Record<string, string>, end: () => Promise<unknown>): Promise<number> {
  const socket = await openWelcome(url, { headers });
  const events = await stream(url, SUBSCRIPTION, headers);
  expect(events.first).toEqual({ data: { stats: [{ connectionsCount: 0 }] } });
  expect(await socket.ask(SUBSCRIPTION)).toEqual({ data: { stats: [{ connectionsCount: 0 }] } });
  await end();
  await events.closed;
  return socket.closed;
}

describe('what an application has open ends', () => {
  test.each<[string, (id: string) => Promise<unknown>]>([
    ['when it is disabled', (id) => access.accounts.applications.update(id, { status: false })],
    ['when it is deleted', (id) => access.accounts.applications.delete(id)],
    ['when it has another role', (id) => access.accounts.applications.update(id, { role: 'ADMIN' })],
    ['when it has another secret', (id) => access.accounts.applications.resetSecret(id)],
    [
      'when its expiry is set to now',
      (id) => access.accounts.applications.update(id, { expired: Math.floor(Date.now() / 1000) }),
    ],
  ])('%s', async (_, end) => {
    const id = await newApplication();
    expect(await endsOf(gateway.httpUrl, authorized(id), () => end(id))).toBe(4403);
  });

  test('when its expiry comes, and not before', async () => {
    const id = await newApplication();
    let expired = Number.POSITIVE_INFINITY;
    const code = await endsOf(gateway.httpUrl, authorized(id), () => {
      expired = Math.floor(Date.now() / 1000) + 2;
      return access.accounts.applications.update(id, { expired });
    });
    expect(code).toBe(4403);
    expect(Date.now()).toBeGreaterThanOrEqual(expired * 1000);
  });

  test('over connectionParams too', async () => {
    const id = await newApplication();
    const { closed } = await openWelcome(gateway.httpUrl, authorized(id));
    await access.accounts.applications.delete(id);
    expect(await closed).toBe(4403);
  });
});

describe('what a user has open with a password ends', () => {
  test.each<[string, (name: string) => Promise<unknown>]>([
    ['when the user is deleted', (name) => access.accounts.users.delete(name)],
    ['when the user has another role', (name) => access.accounts.users.update(name, { role: 'ADMIN' })],
    ['when the password changes', (name) => access.accounts.users.changePassword(name, SECRET, 'another')],
  ])('%s', async (_, end) => {
    const name = await newUser();
    expect(await endsOf(gateway.dashboardUrl, authorized(name), () => end(name))).toBe(4403);
  });
});

describe('what a user has open with a cookie ends', () => {
  test.each<[string, (name: string, headers: { readonly cookie: string }) => Promise<unknown>]>([
    ['when the sign-in is revoked', (name) => access.signIns.revoke(access.signIns.list(name)[0]?.id ?? '')],
    [
      'when the user signs out',
      (_, headers) => post(gateway.dashboardUrl, 'mutation { signOut { signedOut } }', headers),
    ],
    ['when the user is deleted', (name) => access.accounts.users.delete(name)],
    ['when the user has another role', (name) => access.accounts.users.update(name, { role: 'OPERATOR' })],
    ['when the password is reset', (name) => access.accounts.users.resetPassword(name)],
  ])('%s', async (_, end) => {
    const name = await newUser();
    const headers = await signIn(gateway, name);
    expect(await endsOf(gateway.dashboardUrl, headers, () => end(name, headers))).toBe(4403);
  });

  test('when its time is over', async () => {
    const short = await startGateway('auth:\n  lifetime: 2\n');
    await short.gateway.access.accounts.users.create({ name: 'hasty', password: SECRET });
    const headers = await signIn(short, 'hasty');
    expect(await endsOf(short.dashboardUrl, headers, async () => {})).toBe(4403);
    await short.close();
  });
});

describe('a client that does not answer the close', () => {
  const init = { type: 'connection_init' };

  test('is not heard any more, and is cut off', async () => {
    const id = await newApplication();
    await access.accounts.applications.update(id, { role: 'ADMIN' });
    const socket = await openRaw(gateway.httpUrl, authorized(id));
    socket.send(init);
    await socket.received('connection_ack');
    await access.accounts.applications.delete(id);
    await socket.received('Forbidden');
    socket.send({ id: '1', type: 'subscribe', payload: { query: PUBLISH } });
    await socket.closed;
    const { items } = access.audit.page({ filter: { who: id }, offset: 0, limit: 10, after: null });
    expect(items).toEqual([]);
  });

  test('does not keep the server from closing', async () => {
    const closing = await startGateway();
    await closing.gateway.access.accounts.applications.create({ id: 'stubborn', secret: SECRET });
    const admitted = await openRaw(closing.httpUrl, authorized('stubborn'));
    admitted.send(init);
    await admitted.received('connection_ack');
    const stranger = await openRaw(closing.httpUrl);
    await closing.close();
    await Promise.all([admitted.closed, stranger.closed]);
  });
});

describe('a stream that was not asked for as one', () => {
  test.each([{}, { accept: '*/*' }, { accept: 'text/*' }, { accept: 'TEXT/Event-Stream' }])(
    'ends when its caller may come in no more: %o',
    async (headers) => {
      const id = await newApplication();
      const asked = request(`${gateway.httpUrl}/graphql`, {
        agent: false,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorized(id), ...headers },
        localAddress: freshAddress(),
      });
      asked.end(JSON.stringify({ query: SUBSCRIPTION }));
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.on('error', () => {});
      await once(response, 'data');
      const closed = new Promise((resolve) => response.once('close', resolve));
      await access.accounts.applications.delete(id);
      await closed;
    },
  );
});

describe('a client that leaves while its secret is looked at', () => {
  test('leaves nothing open', async () => {
    const before = access.admissions.count;
    const { management } = gateway.gateway.ports;
    // Others are looked at first, so that there is time to leave.
    const queue = Array.from({ length: 30 }, (_, i) => access.accounts.verify('application', `queue-${i}`, SECRET));
    const ids = [await newApplication(), await newApplication()] as const;
    const { port } = new URL(gateway.httpUrl);
    const socket = await openRaw(gateway.httpUrl);
    socket.send({ type: 'connection_init', payload: authorized(ids[0]) });
    const path = `/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`;
    const { authorization } = authorized(ids[1]);
    const events = connect(Number(port), '127.0.0.1');
    events.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`);
    await once(events, 'ready');
    // What a request behind them is answered: both were read.
    await send(gateway.httpUrl, { path: '/healthz' });
    await send(gateway.httpUrl, { path: '/healthz' });
    socket.destroy();
    events.destroy();
    await Promise.all(queue);
    for (const id of ids) await access.accounts.verify('application', id, SECRET);
    await eventually(() => management.currentConnections === 0, 'the end of both connections');
    expect(access.admissions.count).toBe(before);
  });
});

describe('what stays open', () => {
  test('is what others have, and what a change of the description leaves alone', async () => {
    const [changed, other] = [await newApplication(), await newApplication()];
    const sockets = [
      await openWelcome(gateway.httpUrl, { headers: authorized(changed) }),
      await openWelcome(gateway.httpUrl, { headers: authorized(other) }),
    ];
    await access.accounts.applications.update(changed, { desc: 'with words', name: 'Changed' });
    await access.accounts.applications.delete(await newApplication());
    for (const socket of sockets) {
      expect(await socket.ask('{ nodes { name } }')).toEqual({ data: { nodes: [{ name: 'brokerql@127.0.0.1' }] } });
      socket.close();
    }
  });
});

describe('a change of role', () => {
  test('holds for the next request', async () => {
    const id = await newApplication();
    const publish = async () => (await post(gateway.httpUrl, PUBLISH, authorized(id))).json;
    const refusal = {
      message: `publish needs the role OPERATOR; '${id}' has the role VIEWER`,
      extensions: { code: 'FORBIDDEN' },
    };
    expect(await publish()).toMatchObject({ data: null, errors: [refusal] });
    await access.accounts.applications.update(id, { role: 'OPERATOR' });
    expect(await publish()).toEqual({ data: { publish: { topic: 'a' } } });
    await access.accounts.applications.update(id, { role: 'VIEWER' });
    expect(await publish()).toMatchObject({ data: null, errors: [refusal] });
  });
});
