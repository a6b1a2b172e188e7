import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../rest-facade/facade.ts';
import { profiles } from '../../rest-facade/profiles.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { PROFILES, type ProfileName } from './support/profiles.ts';
import { rawRequest } from './support/raw-http.ts';
import { unchanged } from './support/state.ts';

/** How many rows of a release name a node. */
const NODE_ROWS: Record<ProfileName, number> = { '3.0-beta': 19, '3.0': 19, '3.1': 21, '3.2': 23 };

/** What rows need that are answered 400 without. */
const BODIES: Readonly<Record<string, string>> = {
  'PUT /nodes/:node/configs/:app': '{"key":"mqtt.max_awaiting_rel","value":"100"}',
  'PUT /nodes/:node/plugin_configs/:plugin': '{}',
};

const UNKNOWN_NODES = ['nobody@127.0.0.1', 'brokerql%40127.0.0.1', 'brokerql', '__proto__', '%20'];

/** An answer of one of the texts of the contract. */
const plain = (status: number, text: string) => ({ status, text, type: 'text/plain' });
const NOT_FOUND = plain(404, 'Not found.');

describe.each(PROFILES)('a path in %s', (profile) => {
  let gateway: TestGateway;
  const filled = (path: string, node: string): string =>
    `/api/v3/${path.replace(/^\//, '')}`
      .replace(':node', node)
      .replace(/:(clientid|username)/, 'watcher')
      .replace(':plugin', 'emqx_prometheus')
      .replace(':app', 'emqx');
  const nodeRows = rowsOf(profiles[profile], 'management')
    .filter(({ path }) => path.includes(':node'))
    .map(({ method, path }) => [method, path] as const);

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile });
    const watcher = await gateway.connect({ clientId: 'watcher', username: 'watcher', clean: false });
    await watcher.subscribeAsync('a/b');
  });

  afterAll(() => gateway.close());

  const send = async (method: string, path: string, anonymous = false, body?: string) => {
    const sent = { method, path, anonymous, ...(body === undefined ? {} : { body }) };
    const { status, headers, text } = await rawRequest(gateway.httpUrl, sent);
    return { status, text, type: headers['content-type'] };
  };

  test('names a node in as many rows as the release has', () => {
    expect(nodeRows).toHaveLength(NODE_ROWS[profile]);
  });

  test.each(nodeRows)(
    '%s %s answers 404 for a node that is unknown, and for one that is percent-encoded',
    async (...row) => {
      const [method, path] = row;
      const ask = (node: string) => send(method, filled(path, node), false, BODIES[`${method} ${path}`]);
      await unchanged(gateway, async () => {
        for (const node of UNKNOWN_NODES) expect(await ask(node)).toEqual(NOT_FOUND);
      });
      const { status, text } = await ask(NODE);
      expect(status).toBe(200);
      expect(text).not.toBe('Not found.');
    },
  );

  test.each([
    '/connections/nobody',
    '/sessions/nobody',
    '/subscriptions/nobody',
    `/nodes/${NODE}/connections/nobody`,
    `/nodes/${NODE}/sessions/nobody`,
    `/nodes/${NODE}/subscriptions/nobody`,
    '/routes/nobody',
    '/routes/a%2F%23%2Fb',
    `/connections/${'x'.repeat(2000)}`,
    '/connections/%00',
  ])('GET %s answers an empty list', async (path) => {
    const { status, json } = await gateway.rest(path);
    expect(status).toBe(200);
    expect(json).toEqual(profile === '3.0-beta' ? [] : { code: 0, data: [] });
  });

  test('DELETE /connections/:clientid of an unknown client says so', async () => {
    const { status, json } = await unchanged(gateway, () => gateway.rest('/connections/nobody', { method: 'DELETE' }));
    expect(status).toBe(profile === '3.0-beta' ? 500 : 200);
    expect(json).toEqual(profile === '3.0-beta' ? { message: 'not_found' } : { code: 112, message: 'not_found' });
  });

  test.each(['/sessions/persistent/nobody', `/nodes/${NODE}/sessions/persistent/nobody`])(
    'DELETE %s of an unknown client says so',
    async (path) => {
      const answer = await unchanged(gateway, () => gateway.rest(path, { method: 'DELETE' }));
      if (profile === '3.2') expect([answer.status, answer.json]).toEqual([200, { message: 'not_found' }]);
      else expect([answer.status, answer.text]).toEqual([404, 'Not found.']);
    },
  );

  test.each(['/sessions/persistent/watcher', `/nodes/${NODE}/sessions/persistent/watcher`])(
    'DELETE %s of a connected client is refused',
    async (path) => {
      const answer = await unchanged(gateway, () => gateway.rest(path, { method: 'DELETE' }));
      if (profile === '3.2') expect([answer.status, answer.json]).toEqual([200, { message: 'running_session' }]);
      else expect([answer.status, answer.text]).toEqual([404, 'Not found.']);
    },
  );

  test.each([
    ['GET', '/connections/%zz'],
    ['GET', '/connections/%'],
    ['GET', '/connections/%4'],
    ['GET', '/connections/%ff'],
    ['GET', '/connections/%c3'],
    ['GET', '/connections/%ed%a0%80'],
    ['GET', '/routes/%zz'],
    ['GET', '/nodes/%zz/stats'],
    ['GET', '/nowhere/%zz'],
    ['DELETE', '/connections/%ff'],
    ['PUT', '/%zz'],
  ])('%s %s answers 400 without a body, credentials or not', async (method, path) => {
    const empty = { status: 400, text: '', type: undefined };
    expect(await unchanged(gateway, () => send(method, `/api/v3${path}`))).toEqual(empty);
    expect(await unchanged(gateway, () => send(method, `/api/v3${path}`, true))).toEqual(empty);
  });

  test.each([
    ['POST', '/connections/'],
    ['PUT', '/connections/watcher'],
    ['PATCH', '/connections/watcher'],
    ['GET', '/mqtt/publish'],
    ['PUT', '/mqtt/publish'],
    ['DELETE', '/subscriptions/watcher'],
    ['DELETE', '/sessions/watcher'],
    ['OPTIONS', '/connections/'],
    ['TRACE', '/connections/'],
    ['GET', '/routes/a/b'],
    ['GET', '/connections/a/b'],
    ['GET', '/Connections/'],
    ['GET', '/%63onnections/'],
    ['GET', '/api/v3/connections/'],
    ['GET', '/nowhere'],
    ['GET', '//'],
    ['GET', '/__proto__'],
    ['GET', '/constructor'],
  ])('%s %s answers 404', async (method, path) => {
    expect(await unchanged(gateway, () => send(method, `/api/v3${path}`))).toEqual(NOT_FOUND);
  });

  test('HEAD answers 404 without a body', async () => {
    const { status, text } = await send('HEAD', '/api/v3/connections/');
    expect([status, text]).toEqual([404, '']);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s on the index answers 400', async (method) => {
    expect(await send(method, '/api/v3/')).toEqual(plain(400, 'Bad Request'));
    expect(await send(method, '/api/v3')).toEqual(plain(400, 'Bad Request'));
  });

  test.each(['/api/v3/nowhere', '/api/v3/connections/', '/api/v3/nodes/nobody', '/api/v3'])(
    'without credentials %s answers 401 before it is looked for',
    async (path) => {
      expect(await send('GET', path, true)).toEqual({ status: 401, text: 'UNAUTHORIZED', type: undefined });
    },
  );

  test.each(['/', '/api', '/api/v2/nodes', '/API/v3/nodes', '/api/v3nodes', '/nodes', '/api/%76%33/nodes', '/%zz'])(
    '%s answers 404 without a body and asks for no credentials',
    async (path) => {
      expect(await send('GET', path, true)).toEqual({ status: 404, text: '', type: undefined });
    },
  );

  test('slashes at the start, at the end and doubled do not matter', async () => {
    for (const path of ['/connections', '//connections//', '/connections///']) {
      expect((await gateway.rest(path)).json).toMatchObject({ meta: { count: 1 } });
    }
  });
});
