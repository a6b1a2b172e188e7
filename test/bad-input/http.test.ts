import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP, APP_AUTHORIZATION, basic, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { PROFILES, refused } from './support/profiles.ts';
import { exchange, headOf, rawRequest } from './support/raw-http.ts';
import { stateOf, unchanged } from './support/state.ts';

const MEGABYTE = 1_048_576;
const LIMIT = 8 * MEGABYTE;
const HUGE = 20 * MEGABYTE;

/** Sends a body in pieces without telling its length. */
function sendChunked(url: string, pieces: Iterable<Buffer>): Promise<{ status: number; type: unknown; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { authorization: APP_AUTHORIZATION } });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text }),
      );
    });
    for (const piece of pieces) request.write(piece);
    request.end();
  });
}

function* megabytes(count: number, start: string): Generator<Buffer> {
  yield Buffer.from(start);
  const filling = Buffer.alloc(MEGABYTE, 'x');
  for (let i = 0; i < count; i++) yield filling;
}

describe.each(PROFILES)('a body of 20 MB in %s', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile });
    const watcher = await gateway.connect({ clientId: 'watcher' });
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  test('is refused with a sentence', async () => {
    const body = `{"topic":"a","payload":"${'x'.repeat(HUGE)}"}`;
    const { status, headers, json } = await unchanged(gateway, () =>
      gateway.rest('/mqtt/publish', { method: 'POST', body }),
    );
    expect(status).toBe(413);
    expect(headers.get('content-type')).toBe('application/json');
    expect(json).toEqual(refused(profile, `the body has ${body.length} bytes; the limit is ${LIMIT}`));
  });

  test('is refused when its length is not told', async () => {
    const url = `${gateway.httpUrl}/api/v3/mqtt/publish`;
    const answer = await unchanged(gateway, () => sendChunked(url, megabytes(20, '{"topic":"a","payload":"')));
    expect(answer.status).toBe(413);
    expect(answer.type).toBe('application/json');
    expect(JSON.parse(answer.text)).toEqual(
      refused(profile, `the body has more than ${LIMIT} bytes; the limit is ${LIMIT}`),
    );
  });

  test('is refused before it is looked for, but not before credentials', async () => {
    const { status } = await gateway.rest('/nowhere', { method: 'POST', body: 'x'.repeat(LIMIT + 1) });
    expect(status).toBe(413);
    const anonymous = headOf('POST', '/api/v3/nodes', { 'Content-Length': String(HUGE) });
    expect(await exchange(gateway.httpUrl, [anonymous])).toEqual({ status: 401, text: 'UNAUTHORIZED' });
  });
});

/** The head of a publish with this body behind it. */
const publishing = (body: string): string =>
  headOf('POST', '/api/v3/mqtt/publish', {
    Authorization: APP_AUTHORIZATION,
    'Content-Length': String(Buffer.byteLength(body)),
  });

describe('requests as they come over the wire', () => {
  let gateway: TestGateway;
  let watcher: MqttClient;
  const received: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway();
    watcher = await gateway.connect({ clientId: 'watcher' });
    watcher.on('message', (topic) => received.push(topic));
    await watcher.subscribeAsync('#');
  });

  afterAll(() => gateway.close());

  describe('a body of 20 MB at /graphql', () => {
    const publish = '{"query":"mutation { publish(input: { topic: \\"a\\" }) { topic } }","more":"';
    const told = `{"errors":[{"message":"the body has ${publish.length + HUGE} bytes; the limit is ${LIMIT}","extensions":{"code":"LIMIT_EXCEEDED"}}]}`;

    test('is refused with a sentence', async () => {
      const response = await unchanged(gateway, () =>
        fetch(`${gateway.httpUrl}/graphql`, {
          method: 'POST',
          headers: { authorization: APP_AUTHORIZATION, 'content-type': 'application/json' },
          body: publish + 'x'.repeat(HUGE),
        }),
      );
      expect(response.status).toBe(413);
      expect(await response.text()).toBe(told);
    });

    test('is refused when its length is not told', async () => {
      const { status, text } = await unchanged(gateway, () =>
        sendChunked(`${gateway.httpUrl}/graphql`, megabytes(20, publish)),
      );
      expect(status).toBe(413);
      expect(text).toBe(told.replace(String(publish.length + HUGE), `more than ${LIMIT}`));
    });
  });

  // Logins that fail slow down those that follow from their address: each of these has one of its own.
  let strangers = 1;

  test.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['a scheme alone', 'Basic'],
    ['a scheme and a space', 'Basic '],
    ['no scheme', Buffer.from(`${APP.id}:${APP.secret}`).toString('base64')],
    ['an unknown scheme', 'Secret abc'],
    ['Bearer', 'Bearer abc'],
    ['Digest', 'Digest username="test-app", realm="r", nonce="n", uri="/", response="0"'],
    ['what is no base64', 'Basic ***'],
    ['base64 without a colon', `Basic ${btoa('test-app')}`],
    ['base64 of nothing but a colon', `Basic ${btoa(':')}`],
    ['bytes that are not UTF-8', `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`],
    ['U+0000 in the name', basic('test-app\0', APP.secret)],
    ['__proto__', basic('__proto__', 'constructor')],
    ['a secret with a blank behind it', basic(APP.id, `${APP.secret} `)],
    ['two of them in one', `${APP_AUTHORIZATION}, ${APP_AUTHORIZATION}`],
    ['a very long one', `Basic ${'QUFB'.repeat(4000)}`],
    ['a very long secret', basic(APP.id, 'x'.repeat(16_000))],
    ['a long run of spaces', `Basic ${' '.repeat(20_000)}x`],
  ])('Authorization with %s is answered 401', async (_, header) => {
    const headers: Record<string, string> = header === undefined ? {} : { authorization: header };
    const from = `127.0.0.${++strangers}`;
    const rest = await rawRequest(gateway.httpUrl, { path: '/api/v3/nodes/', headers, anonymous: true, from });
    expect([rest.status, rest.text]).toEqual([401, 'UNAUTHORIZED']);
    expect(rest.headers['www-authenticate']).toBe('Basic Realm="minirest-server"');
    const graphql = await rawRequest(gateway.httpUrl, {
      method: 'POST',
      path: '/graphql',
      headers: { ...headers, 'content-type': 'application/json' },
      anonymous: true,
      from,
      body: '{"query":"{ nodes { name } }"}',
    });
    expect(graphql.status).toBe(401);
    expect(JSON.parse(graphql.text)).toEqual({
      errors: [{ message: 'credentials are missing or wrong', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test.each<[string, string, Record<string, string>]>([
    ['a header', '/api/v3/nodes/', { 'X-Long': 'x'.repeat(33_000) }],
    ['a path', `/api/v3/connections/${'x'.repeat(33_000)}`, {}],
    ['a query', `/graphql?query=${'x'.repeat(33_000)}`, {}],
    ['credentials', '/api/v3/nodes/', { Authorization: basic(APP.id, 'x'.repeat(33_000)) }],
  ])('%s over 32 KiB is answered 431', async (_, path, headers) => {
    expect(await exchange(gateway.httpUrl, [headOf('GET', path, headers)])).toEqual({
      status: 431,
      text: 'the headers have more than 32768 bytes, which is the limit',
    });
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['an unknown method', 'STEAL /api/v3/nodes/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no Host', 'GET /api/v3/nodes/ HTTP/1.1\r\n\r\n'],
    ['a length that is no number', headOf('GET', '/api/v3/nodes/', { 'Content-Length': 'x' })],
    ['a blank in the path', 'GET /api/v3/connections/a b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('%s is answered 400', async (_, text) => {
    const answer = await exchange(gateway.httpUrl, [text]);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(' at ');
  });

  test('an unknown Content-Encoding is refused with a sentence', async () => {
    const { status, json } = await unchanged(gateway, () =>
      gateway.rest('/mqtt/publish', {
        method: 'POST',
        headers: { 'content-encoding': 'secret' },
        body: { topic: 'a' },
      }),
    );
    expect(status).toBe(415);
    expect(json).toEqual({ message: 'the body could not be read: unsupported content encoding "secret"' });
  });

  test('a body that is not what its Content-Encoding says is refused with a sentence', async () => {
    const { status, json } = await unchanged(gateway, () =>
      gateway.rest('/mqtt/publish', { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: { topic: 'a' } }),
    );
    expect(status).toBe(400);
    expect(json).toEqual({ message: 'the body could not be read: incorrect header check' });
  });

  test('a request in pieces is answered like one in one piece', async () => {
    const body = '{"topic":"in/pieces","payload":"ü😀"}';
    const bytes = Buffer.concat([Buffer.from(publishing(body)), Buffer.from(body)]);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(i * 7, i * 7 + 7));
    const { status, text } = await exchange(gateway.httpUrl, pieces);
    expect([status, text]).toEqual([200, '{"code":0}']);
    await eventually(() => received.includes('in/pieces'), 'the message');
  });

  test('a request that is broken off changes nothing, and the next one is answered', async () => {
    const before = await stateOf(gateway);
    const body = '{"topic":"broken/off","payload":"x"}';
    const head = publishing(body);
    const open = async (): Promise<number> => {
      const { data } = await gateway.graphql<{ listeners: { protocol: string; currentConnections: number }[] }>(
        '{ listeners { protocol currentConnections } }',
      );
      return data?.listeners.find(({ protocol }) => protocol === 'http:management')?.currentConnections ?? 0;
    };
    for (const sent of [head.slice(0, 20), head, head + body.slice(0, 20)]) {
      const standing = await open();
      const socket = connect(Number(new URL(gateway.httpUrl).port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(sent);
      await eventually(async () => (await open()) > standing, 'the connection to be counted');
      socket.resetAndDestroy();
      await eventually(async () => (await open()) <= standing, 'the connection to be gone');
    }
    expect(await stateOf(gateway)).toEqual(before);
    expect(received).not.toContain('broken/off');
  });
});
