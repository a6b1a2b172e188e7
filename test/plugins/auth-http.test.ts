import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type IClientOptions } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BrokerLimits } from '../../src/broker/mqtt-broker.ts';
import { createTlsPort } from '../../src/broker/mqtt-ports.ts';
import { createLog } from '../../src/log.ts';
import type { LookupAll } from '../../src/net/link-local.ts';
import { createOutbound } from '../../src/net/outbound.ts';
import { createAuthHttp } from '../../src/plugins/auth-http/auth-http.ts';
import { AuthServers } from '../../src/plugins/auth-http/auth-servers.ts';
import { authHttpSettings } from '../../src/plugins/auth-http/settings.ts';
import { createServedCertificate } from '../../src/tls/served-certificate.ts';
import { openSocket } from '../broker/house.ts';
import { connectPacket, publishPacket, subscribePacket, Wire } from '../broker/wire.ts';
import { defaultsOf } from '../support/defaults.ts';
import { eventually } from '../support/gateway.ts';
import { type Asked, startServer, type TestServer } from '../support/http-server.ts';
import { Authority } from '../tls/authority.ts';
import { openPluginHouse, type PluginHouse } from './support/house.ts';

const NAME = 'emqx_auth_http';
const DEFAULTS = defaultsOf(authHttpSettings);

let server: TestServer;
let house: PluginHouse;

const pathOf = ({ url }: Asked): string => url.split('?')[0] ?? '';
const askedAt = (path: string): Asked[] => server.asked.filter((asked) => pathOf(asked) === path);

/** Settings that ask the server of the test; only about connections unless more is given. */
const settingsOf = (own: object = {}) => ({
  auth: { ...DEFAULTS.auth, url: `${server.url}/auth` },
  superuser: { ...DEFAULTS.superuser, url: '' },
  acl: { ...DEFAULTS.acl, url: '' },
  ...own,
});
const withAcl = (own: object = {}) => settingsOf({ acl: { ...DEFAULTS.acl, url: `${server.url}/acl` }, ...own });

async function open(settings: object, limits: Partial<BrokerLimits> = {}, lookup?: LookupAll): Promise<void> {
  house = await openPluginHouse({
    plugins: [createAuthHttp(lookup)],
    settings: { [NAME]: settings },
    limits,
  });
  await house.host.load(NAME);
}

/** The return code of a CONNECT. */
async function knock(fields: Parameters<typeof connectPacket>[0] = {}): Promise<number> {
  const wire = new Wire(await openSocket(house.port));
  const { returnCode = -1 } = await wire.ask(
    connectPacket({ username: 'ann', password: Buffer.from('secret'), ...fields }),
    'connack',
  );
  wire.socket.destroy();
  return returnCode;
}

const enter = (options: IClientOptions = {}) => house.connect({ username: 'ann', password: 'secret', ...options });
const enterWire = (fields: Parameters<typeof connectPacket>[0] = {}) =>
  house.wire({ username: 'ann', password: Buffer.from('secret'), ...fields });

beforeEach(async () => {
  server = await startServer();
});

afterEach(async () => {
  await house.close();
  await server.die();
});

describe('a CONNECT', () => {
  test.each([
    ['200', [200, ''], 0],
    ['200 with a body', [200, '{"mountpoint": "x"}'], 0],
    ['200 with "ignore", and nobody else vouches, so that it is anonymous', [200, 'ignore\n'], 0],
    ['201', [201, ''], 5],
    ['204', [204, ''], 5],
    ['400', [400, ''], 5],
    ['401 with "ignore"', [401, 'ignore'], 5],
    ['404', [404, ''], 5],
    ['500', [500, ''], 5],
    ['302', [302, ''], 5],
  ] as const)('is decided by the status: %s', async (_, answer, returnCode) => {
    server.answering = () => answer;
    await open(settingsOf());
    expect(await knock()).toBe(returnCode);
  });

  test('that the server leaves to others is refused when nobody comes in without a voucher', async () => {
    server.answering = () => [200, 'ignore'];
    house = await openPluginHouse({
      plugins: [createAuthHttp()],
      settings: { [NAME]: settingsOf() },
      allowAnonymous: false,
    });
    await house.host.load(NAME);
    expect(await knock()).toBe(5);
    server.answering = () => [200];
    expect(await knock({ clientId: 'another' })).toBe(0);
  });

  test('is told to the server as a form', async () => {
    await open(settingsOf());
    expect(await knock({ clientId: 'a&b=c', username: 'ann %u+é', password: Buffer.from([0xff, 0x26, 0x00]) })).toBe(0);
    expect(server.asked).toMatchObject([
      {
        ...{ method: 'POST', url: '/auth' },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'clientid=a%26b%3Dc&username=ann%20%25u%2B%C3%A9&password=%FF%26%00',
      },
    ]);
  });

  test('is told in JSON', async () => {
    const params = 'clientid=%c,username=%u,password=%P,ipaddr=%a,kind=device,name=%cn';
    await open(settingsOf({ auth: { ...settingsOf().auth, contentType: 'json', params } }));
    expect(await knock({ clientId: '","username":"root', username: 'ann', password: Buffer.from('é"') })).toBe(0);
    expect(server.asked[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
      ...{ clientid: '","username":"root', username: 'ann', password: 'é"' },
      ...{ ipaddr: '127.0.0.1', kind: 'device', name: '' },
    });
  });

  test('with a password that JSON cannot carry is refused, and nobody is asked', async () => {
    await open(settingsOf({ auth: { ...settingsOf().auth, contentType: 'json' } }));
    expect(await knock({ password: Buffer.from([0xff]) })).toBe(5);
    expect(server.asked).toEqual([]);
  });

  test('is told in a query, behind what the URL has', async () => {
    const auth = { ...settingsOf().auth, url: `${server.url}/auth?realm=mqtt`, method: 'get' };
    await open(settingsOf({ auth }));
    expect(await knock({ clientId: 'a b#c' })).toBe(0);
    expect(server.asked).toMatchObject([
      { method: 'GET', url: '/auth?realm=mqtt&clientid=a%20b%23c&username=ann&password=secret', body: '' },
    ]);
  });

  test('cannot bring a header of its own', async () => {
    await open(settingsOf({ authorization: 'Bearer token' }));
    expect(await knock({ clientId: 'a\r\nX-Admin: yes', username: 'ann\r\nAuthorization: none' })).toBe(0);
    const { headers } = server.asked[0] as Asked;
    expect(headers).toMatchObject({ authorization: 'Bearer token' });
    expect(headers['x-admin']).toBeUndefined();
  });

  test('without a user name or a password is refused when they are to be told, and nobody is asked', async () => {
    await open(settingsOf());
    const nobody = new Wire(await openSocket(house.port));
    expect(await nobody.ask(connectPacket(), 'connack')).toMatchObject({ returnCode: 5 });
    const passwordless = new Wire(await openSocket(house.port));
    expect(await passwordless.ask(connectPacket({ username: 'ann' }), 'connack')).toMatchObject({ returnCode: 5 });
    expect(server.asked).toEqual([]);
  });

  test('over TLS is told with whom the certificate names, and the port', async () => {
    const authority = new Authority();
    const certificate = createServedCertificate({
      files: { ...authority.sign('server', '/CN=localhost'), ca: authority.ca.cert },
    });
    const params = 'name=%cn,subject=%dn,port=%l';
    await open(settingsOf({ auth: { ...settingsOf().auth, contentType: 'json', params } }));
    const port = createTlsPort(house.broker, { certificate, clients: 'optional', commonNameAsUsername: false });
    await port.listen('127.0.0.1', 0);
    const { cert, key } = authority.sign('device', '/O=Acme/CN=meter-7');
    const [ca, own, secret] = [authority.ca.cert, cert, key].map((path) => readFileSync(path));
    const url = `mqtts://127.0.0.1:${port.port}`;
    for (const tls of [{ cert: own, key: secret }, {}]) {
      const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...{ ca, ...tls } } as IClientOptions);
      await client.endAsync();
    }
    expect(server.asked.map(({ body }) => JSON.parse(body))).toEqual([
      { name: 'meter-7', subject: 'CN=meter-7,O=Acme', port: `${port.port}` },
      { name: '', subject: '', port: `${port.port}` },
    ]);
    await port.close();
    certificate.close();
    authority.remove();
  });

  test('by the client id alone is asked about without a user name', async () => {
    await open(settingsOf({ auth: { ...settingsOf().auth, params: 'clientid=%c' } }));
    const wire = await house.wire({ clientId: 'device' });
    expect(server.asked).toMatchObject([{ body: 'clientid=device' }]);
    await wire.disconnect();
  });
});

describe('what was answered about credentials', () => {
  test('holds for the same credentials, whether they were right or wrong', async () => {
    server.answering = ({ body }) => [body.includes('password=secret') ? 200 : 403];
    await open(settingsOf());
    for (let i = 0; i < 3; i++) {
      expect(await knock({ clientId: 'ann' })).toBe(0);
      expect(await knock({ clientId: 'ann', password: Buffer.from('wrong') })).toBe(5);
    }
    expect(server.asked).toHaveLength(2);
  });

  test('holds for no others', async () => {
    await open(settingsOf());
    await knock({ clientId: 'a', username: 'bc' });
    await knock({ clientId: 'ab', username: 'c' });
    await knock({ clientId: 'a', username: 'bc', password: Buffer.from('other') });
    expect(server.asked).toHaveLength(3);
  });

  test('is asked each time when the cache is off', async () => {
    await open(settingsOf({ cacheTtl: 0 }));
    for (let i = 0; i < 2; i++) await knock({ clientId: 'ann' });
    expect(server.asked).toHaveLength(2);
  });

  test('leaves when there is more of it than may be', async () => {
    await open(settingsOf({ cacheMaxSize: 2 }));
    for (const clientId of ['a', 'b', 'c', 'c', 'b', 'a']) await knock({ clientId });
    expect(server.asked).toHaveLength(4);
  });

  test('is forgotten when the plugin is loaded anew', async () => {
    await open(settingsOf());
    await knock({ clientId: 'ann' });
    server.answering = () => [403];
    await house.host.reload(NAME);
    expect(await knock({ clientId: 'ann' })).toBe(5);
  });

  test('is not kept when the server failed', async () => {
    server.answering = () => [503];
    await open(settingsOf());
    expect(await knock({ clientId: 'ann' })).toBe(5);
    server.answering = () => [200];
    expect(await knock({ clientId: 'ann' })).toBe(0);
  });
});

describe('a PUBLISH', () => {
  /** Allows all topics but those that begin with `denied`. */
  const aclOf: TestServer['answering'] = ({ url }) => [url.includes('topic=denied') ? 403 : 200];

  test('is told to the server, in which no topic can be another parameter', async () => {
    await open(withAcl());
    const client = await enter({ clientId: 'c' });
    await client.publishAsync('a&username=root?é b', 'x', { qos: 1 });
    expect(askedAt('/acl')).toMatchObject([
      {
        method: 'GET',
        url: '/acl?access=2&username=ann&clientid=c&ipaddr=127.0.0.1&topic=a%26username%3Droot%3F%C3%A9%20b',
      },
    ]);
  });

  test.each([0, 1, 2] as const)(
    'with QoS %i that is denied reaches nobody, and one that is allowed does',
    async (qos) => {
      server.answering = aclOf;
      await open(withAcl());
      const reader = await enter({ clientId: 'reader' });
      await reader.subscribeAsync('#', { qos: 2 });
      const got: string[] = [];
      reader.on('message', (topic) => got.push(topic));
      const writer = await enter({ clientId: 'writer' });
      await writer.publishAsync('denied/a', 'x', { qos });
      await writer.publishAsync('allowed/a', 'x', { qos });
      await writer.publishAsync('denied/b', 'x', { qos });
      await writer.publishAsync('allowed/end', 'x', { qos });
      await eventually(() => got.includes('allowed/end'), 'the last message');
      expect(got).toEqual(['allowed/a', 'allowed/end']);
      expect(house.broker.metrics.packetsPublishAuthError).toBe(2);
    },
  );

  test('to a topic is asked about once for a connection', async () => {
    await open(withAcl());
    const client = await enter();
    for (let i = 0; i < 5; i++) await client.publishAsync('t', 'x', { qos: 1 });
    expect(askedAt('/acl')).toHaveLength(1);
    await house.host.reload(NAME);
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(askedAt('/acl')).toHaveLength(2);
  });

  test('to a topic of the broker is refused, and the server is not asked', async () => {
    await open(withAcl());
    const wire = await enterWire();
    wire.write(publishPacket('$SYS/brokers', 0));
    await wire.closed;
    expect(askedAt('/acl')).toEqual([]);
  });

  test('is asked about by nobody without acl_req', async () => {
    await open(settingsOf());
    const client = await enter();
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(server.asked.map(pathOf)).toEqual(['/auth']);
  });
});

describe('a SUBSCRIBE', () => {
  test('is answered filter by filter, with 128 where it is denied', async () => {
    server.answering = ({ url }) => [url.includes('topic=denied%2F%23') ? 403 : 200];
    await open(withAcl());
    const wire = await enterWire({ clientId: 'c' });
    wire.write(subscribePacket(1, ['a/+', 1], ['denied/#', 2], ['b', 0]));
    expect(await wire.next('suback')).toMatchObject({ granted: [1, 128, 0] });
    expect(askedAt('/acl')[0]?.url).toBe('/acl?access=1&username=ann&clientid=c&ipaddr=127.0.0.1&topic=a%2F%2B');
    await wire.disconnect();
  });

  test('of a shared subscription is asked about as its topic filter', async () => {
    server.answering = ({ url }) => [url.includes('topic=denied') ? 403 : 200];
    await open(withAcl());
    const wire = await enterWire();
    wire.write(subscribePacket(1, ['$share/g/denied/#', 1], ['$queue/denied', 1], ['$share/g/a', 1]));
    expect(await wire.next('suback')).toMatchObject({ granted: [128, 128, 1] });
    await wire.disconnect();
  });
});

describe('a will', () => {
  test('that the server denies refuses its CONNECT', async () => {
    server.answering = ({ url }) => [url.includes('topic=denied') ? 403 : 200];
    await open(withAcl());
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from('x'), qos: 1, retain: false } as const });
    expect(await knock({ clientId: 'a', ...will('denied/will') })).toBe(5);
    expect(await knock({ clientId: 'b', ...will('allowed/will') })).toBe(0);
  });
});

describe('a superuser', () => {
  const withSuper = () => withAcl({ superuser: { ...DEFAULTS.superuser, url: `${server.url}/super` } });

  test('may use every topic, and nobody is asked about them', async () => {
    server.answering = (asked) => [pathOf(asked) === '/acl' ? 403 : 200];
    await open(withSuper());
    const client = await enter({ clientId: 'root' });
    await client.subscribeAsync('any/#', { qos: 1 });
    const arrived = new Promise((resolve) => client.once('message', resolve));
    await client.publishAsync('any/topic', 'x', { qos: 1 });
    expect(await arrived).toBe('any/topic');
    expect(house.broker.registry.sessionsById.get('root')?.connection?.isSuperuser).toBe(true);
    expect(server.asked.map(pathOf)).toEqual(['/auth', '/super']);
    expect(server.asked[1]?.body).toBe('clientid=root&username=ann');
  });

  test.each([
    ['403', 403],
    ['500', 500],
  ])('is nobody of whom the server says %s', async (_, status) => {
    server.answering = (asked) => [pathOf(asked) === '/super' ? status : pathOf(asked) === '/acl' ? 403 : 200];
    await open(withSuper());
    const client = await enter({ clientId: 'ann' });
    await expect(client.subscribeAsync('t')).rejects.toThrow('Unspecified error');
  });

  test('is asked about for nobody who may not connect', async () => {
    server.answering = () => [403];
    await open(withSuper());
    expect(await knock()).toBe(5);
    expect(server.asked.map(pathOf)).toEqual(['/auth']);
  });
});

describe('a server that is slow', () => {
  test('is waited for as long as a hook may take', async () => {
    server.answering = () => undefined;
    await open(settingsOf({ timeout: 1 }), { hookTimeout: 0.05 });
    expect(await knock()).toBe(5);
  });

  test('is waited for as long as a request may take, and then is one that fails', async () => {
    server.answering = () => undefined;
    await open(settingsOf({ timeout: 0.05, breakerFailures: 2 }), { hookTimeout: 3600 });
    expect(await knock()).toBe(5);
    expect(await knock()).toBe(5);
    expect(house.alarms.get(`auth_http_down:${server.url}`)?.summary).toBe(
      `${server.url} did not answer within 50 ms; it failed 2 times in a row`,
    );
  });

  test.each([
    ['allow', 0],
    ['ignore', 0],
    ['deny', 5],
  ] as const)('lets in as mqtt.hook_failure says: %s', async (hookFailure, returnCode) => {
    server.answering = () => [500];
    await open(settingsOf(), { hookFailure });
    expect(await knock()).toBe(returnCode);
  });

  test('keeps the packets of a connection in their order', async () => {
    const waiting: (() => void)[] = [];
    server.answering = (asked, response) => {
      if (pathOf(asked) === '/auth' || asked.url.includes('access=1')) return [200];
      waiting.push(() => response.end());
      // The first is answered last.
      if (waiting.length === 1) setImmediate(() => waiting[0]?.());
      else response.end();
      return undefined;
    };
    await open(withAcl());
    const wire = await enterWire();
    await wire.subscribe(['#', 0]);
    wire.write(publishPacket('one', 0), publishPacket('two', 0), publishPacket('three', 0));
    const topics = [await wire.next('publish'), await wire.next('publish'), await wire.next('publish')];
    expect(topics.map(({ topic }) => topic)).toEqual(['one', 'two', 'three']);
    await wire.disconnect();
  });
});

describe('a server that is down', () => {
  const alarm = () => house.alarms.get(`auth_http_down:${server.url}`);

  test('hinders no load: CONNECTs are refused until it is there, and the alarm stands until then', async () => {
    await server.die();
    await open(settingsOf({ breakerFailures: 3, breakerWait: 10 }));
    expect(house.host.get(NAME)?.active).toBe(true);
    for (let i = 0; i < 2; i++) expect(await knock()).toBe(5);
    expect(alarm()).toBeUndefined();
    expect(await knock()).toBe(5);
    expect(alarm()).toEqual({
      id: `auth_http_down:${server.url}`,
      severity: 'error',
      title: 'Authentication server down',
      summary: `${server.url} cannot be asked: connect ECONNREFUSED 127.0.0.1:${server.port}; it failed 3 times in a row`,
    });
    await server.rise();
    await eventually(async () => (await knock()) === 0, 'a CONNECT that is accepted');
    expect(alarm()).toBeUndefined();
  });

  test('that dies while clients are connected denies what it is asked, and no client is disconnected', async () => {
    await open(withAcl({ breakerFailures: 1, breakerWait: 10 }));
    const client = await enter({ clientId: 'ann' });
    await client.publishAsync('before', 'x', { qos: 1 });
    await server.die();
    await expect(client.subscribeAsync('t', { qos: 1 })).rejects.toThrow('Unspecified error');
    expect(alarm()).toBeDefined();
    await server.rise();
    await eventually(
      () =>
        client.subscribeAsync('t', { qos: 1 }).then(
          () => true,
          () => false,
        ),
      'a SUBSCRIBE that is granted',
    );
    expect(alarm()).toBeUndefined();
    expect(client.connected).toBe(true);
  });

  test('is not asked while its breaker is open', async () => {
    server.answering = () => [500];
    await open(settingsOf({ breakerFailures: 2, breakerWait: 3_600_000, breakerLongestWait: 3_600_000 }));
    for (let i = 0; i < 5; i++) expect(await knock()).toBe(5);
    expect(server.asked).toHaveLength(2);
  });

  test('takes its alarm along when the plugin is unloaded, and clients come in without it', async () => {
    server.answering = () => [500];
    await open(settingsOf({ breakerFailures: 1 }));
    await knock();
    expect(alarm()).toBeDefined();
    await house.host.unload(NAME);
    expect(alarm()).toBeUndefined();
    expect(await knock()).toBe(0);
  });

  test('keeps its alarm when the plugin is loaded anew, until it answers', async () => {
    server.answering = () => [500];
    await open(settingsOf({ breakerFailures: 1 }));
    await knock();
    const cleared = house.alarm(`auth_http_down:${server.url}`, false);
    await house.host.reload(NAME);
    expect(alarm()).toBeDefined();
    server.answering = () => [200];
    expect(await knock()).toBe(0);
    await cleared;
  });

  test('takes its alarm along when other servers are asked', async () => {
    server.answering = () => [500];
    await open(settingsOf({ breakerFailures: 1 }));
    await knock();
    const auth = { ...DEFAULTS.auth, url: 'http://127.0.0.1:1/auth' };
    await house.configure(NAME, settingsOf({ auth }));
    expect(alarm()).toBeUndefined();
  });

  test('is none that has as many to answer as may wait for it', async () => {
    await open(settingsOf());
    const waiting: (() => void)[] = [];
    server.answering = (_, response) => void waiting.push(() => response.end());
    const raised: string[] = [];
    const bounds = { connections: 1, maxPending: 1, connectTimeout: 10_000, timeout: 10_000, maxAnswer: 1000 };
    const servers = new AuthServers({
      origins: new Set([server.url]),
      outbound: createOutbound({ ...bounds, allowLinkLocal: false }),
      alarms: { raise: ({ id }) => raised.push(id), clear: () => {} },
      log: createLog('silent'),
      ...{ resends: 0, failures: 1, firstWait: 3_600_000, longestWait: 3_600_000 },
    });
    const ask = () => servers.ask({ method: 'GET', url: new URL(`${server.url}/auth`) });
    const first = ask();
    await expect(ask()).rejects.toThrow(`${server.url} has 1 requests to answer already`);
    await eventually(() => waiting.length === 1, 'the request');
    waiting[0]?.();
    expect((await first).status).toBe(200);
    expect(raised).toEqual([]);
    await servers.close(Promise.resolve());
  });

  test('is asked again when it closes a connection in place of an answer', async () => {
    server.answering = (_, response) => {
      if (server.asked.length > 2) return [200];
      response.destroy();
      return undefined;
    };
    await open(settingsOf());
    expect(await knock()).toBe(0);
    expect(server.asked).toHaveLength(3);
  });
});

describe('a link-local server', () => {
  const lookup: LookupAll = (_hostname, _options, done) => done(null, [{ address: '169.254.169.254', family: 4 }]);

  test.each(['http://169.254.169.254/auth', 'http://[::ffff:a9fe:a9fe]/auth', 'http://metadata.example/auth'])(
    'is not asked: %s',
    async (url) => {
      await open(settingsOf({ auth: { ...DEFAULTS.auth, url }, breakerFailures: 1 }), {}, lookup);
      expect(await knock()).toBe(5);
      expect([...house.alarms.values()].map(({ summary }) => summary)).toEqual([
        expect.stringContaining('which is refused; it failed 1 times in a row'),
      ]);
    },
  );
});

describe('a load', () => {
  test('with a certificate that cannot be read fails, and says why', async () => {
    await open(settingsOf());
    await expect(house.configure(NAME, settingsOf({ ca: '/nowhere/ca.pem' }))).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: "plugin 'emqx_auth_http' could not be loaded: the file '/nowhere/ca.pem' is not there",
    });
    expect(await knock()).toBe(0);
  });

  test('with a certificate that never ends, or that nobody writes, fails', async () => {
    await open(settingsOf());
    const pipe = join(house.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const ca of [pipe, '/dev/zero']) {
      await expect(house.configure(NAME, settingsOf({ ca }))).rejects.toThrow(
        `could not be loaded: the file '${ca}' cannot be used: it is no plain file`,
      );
    }
  });

  test('with half of a certificate fails', async () => {
    await open(settingsOf());
    await expect(house.configure(NAME, settingsOf({ cert: 'c.pem' }))).rejects.toThrow('have to be given together');
  });

  test('anew leaves nobody without an answer who waits for one', async () => {
    let answer: (() => void) | null = null;
    server.answering = (asked, response) => {
      if (pathOf(asked) === '/super') return [200];
      answer = () => response.end();
      return undefined;
    };
    await open(withAcl({ superuser: { ...DEFAULTS.superuser, url: `${server.url}/super` } }));
    const coming = enter({ clientId: 'root' });
    await eventually(() => answer !== null, 'the request');
    const reload = house.host.reload(NAME);
    await eventually(() => (house.host.get(NAME)?.loadedAt ?? 0) > 0, 'the load');
    (answer as unknown as () => void)();
    await coming;
    await reload;
    // Asked of the server by the instance that had left meanwhile.
    expect(house.broker.registry.sessionsById.get('root')?.connection?.isSuperuser).toBe(true);
  });
});

describe('a reload under traffic', () => {
  test('refuses no CONNECT', async () => {
    await open(settingsOf({ cacheTtl: 0 }));
    const url = `mqtt://127.0.0.1:${house.port.port}`;
    let isOver = false;
    let connected = 0;
    const comeAndGo = async (): Promise<void> => {
      while (!isOver) {
        const client = await mqtt.connectAsync(url, { username: 'a', password: 'b', reconnectPeriod: 0 });
        connected++;
        await client.endAsync();
      }
    };
    const traffic = Promise.all(Array.from({ length: 8 }, comeAndGo));
    for (let i = 0; i < 20; i++) {
      const before = connected;
      await house.host.reload(NAME);
      await eventually(() => connected > before, 'a CONNECT');
    }
    isOver = true;
    await traffic;
  });
});
