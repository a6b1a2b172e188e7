import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { authJwt } from '../../src/plugins/auth-jwt/auth-jwt.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { ACCEPTED, CLOSED, knock, NOT_AUTHORIZED } from './support/auth.ts';
import { hostPlugin, type TestPlugin } from './support/plugin-host.ts';
import { ecPair, keySetOf, rsaPair, SECRET, sign } from './support/tokens.ts';

const rsa = rsaPair();
const ec = ecPair('P-256');
const newer = rsaPair();
const stranger = rsaPair();
const byRsa = { alg: 'RS256', key: rsa.privateKey };

let gateway: TestGateway;
let plugin: TestPlugin;
let server: TestServer;
let keySet: string;

beforeAll(async () => {
  gateway = await startGateway(CLOSED);
});

afterAll(() => gateway.close());

beforeEach(async () => {
  plugin = await hostPlugin(gateway, authJwt);
  keySet = await keySetOf({ one: rsa.publicKey, two: ec.publicKey });
  server = await startServer(() => [200, keySet]);
});

afterEach(async () => {
  await plugin.close();
  await server.die();
});

const use = (settings: object = {}) => plugin.use({ jwks: `${server.url}/keys?of=us`, ...settings });
const come = (token: string) => knock(gateway, { clientId: 'device', username: 'anna', password: token });

describe('keys from a server', () => {
  test('let in whoever has a token of one of them', async () => {
    await use();
    expect(await come(await sign({}, { ...byRsa, kid: 'one' }))).toBe(ACCEPTED);
    expect(await come(await sign({}, { alg: 'ES256', key: ec.privateKey, kid: 'two' }))).toBe(ACCEPTED);
    expect(await come(await sign({}, byRsa))).toBe(ACCEPTED);
    expect(await come(await sign({}, { ...byRsa, key: stranger.privateKey, kid: 'one' }))).toBe(NOT_AUTHORIZED);
    expect(await come(await sign({}))).toBe(NOT_AUTHORIZED);
  });

  test('are fetched before anybody comes, and once for all', async () => {
    await use();
    expect(server.asked).toMatchObject([{ method: 'GET', url: '/keys?of=us' }]);
    const tokens = await Promise.all([1, 2, 3].map((jti) => sign({ jti: String(jti) }, { ...byRsa, kid: 'one' })));
    expect(await Promise.all(tokens.map(come))).toEqual([ACCEPTED, ACCEPTED, ACCEPTED]);
    expect(server.asked).toHaveLength(1);
  });

  test('of the same kind are tried one after the other when a token names none', async () => {
    keySet = await keySetOf({ other: newer.publicKey, one: rsa.publicKey });
    await use();
    expect(await come(await sign({}, byRsa))).toBe(ACCEPTED);
    expect(await come(await sign({}, { ...byRsa, key: stranger.privateKey }))).toBe(NOT_AUTHORIZED);
  });

  test('are not fetched again and again for tokens that name unknown ones', async () => {
    await use();
    for (const kid of ['a', 'b', 'c']) expect(await come(await sign({}, { ...byRsa, kid }))).toBe(NOT_AUTHORIZED);
    expect(server.asked).toHaveLength(1);
  });

  test('are never a secret', async () => {
    const k = Buffer.from(SECRET).toString('base64url');
    keySet = JSON.stringify({ keys: [{ kty: 'oct', kid: 'secret', k }] });
    await use();
    expect(await come(await sign({}, { kid: 'secret' }))).toBe(NOT_AUTHORIZED);
  });

  test('go together with a secret', async () => {
    await use({ secret: SECRET });
    expect(await come(await sign({}))).toBe(ACCEPTED);
    expect(await come(await sign({}, { ...byRsa, kid: 'one' }))).toBe(ACCEPTED);
  });
});

describe('a load anew', () => {
  const token = () => sign({}, { ...byRsa, kid: 'one' });

  test('while the server is away goes on with the keys that are there, and raises an alarm', async () => {
    await use();
    await server.die();
    await plugin.host.reload('emqx_auth_jwt');
    expect(await come(await token())).toBe(ACCEPTED);
    expect(plugin.alarms.has('auth_jwt_down')).toBe(true);
    await use({ clockTolerance: 5 });
    expect(await come(await token())).toBe(ACCEPTED);
    await server.rise();
  });

  test('takes no keys over from another address, nor from before an unload', async () => {
    await use();
    await server.die();
    await plugin.use({ jwks: `${server.url}/others` });
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
    await server.rise();
    await use();
    expect(await come(await token())).toBe(ACCEPTED);
    await server.die();
    await plugin.host.unload('emqx_auth_jwt');
    await plugin.host.load('emqx_auth_jwt');
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
    await server.rise();
  });

  test('refuses nobody who waits for keys meanwhile', async () => {
    await use();
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 31_000);
    const later = await keySetOf({ newer: newer.publicKey });
    let answer = (): void => {};
    server.answering = (_, response) => {
      if (server.asked.length > 2) return [200, keySet];
      answer = () => void response.end(later);
      return undefined;
    };
    const coming = come(await sign({}, { alg: 'RS256', key: newer.privateKey, kid: 'newer' }));
    await eventually(() => server.asked.length === 2, 'the fetch for the token');
    clock.mockRestore();
    const loadedAt = plugin.host.get('emqx_auth_jwt')?.loadedAt;
    const reloaded = plugin.host.reload('emqx_auth_jwt');
    await eventually(() => plugin.host.get('emqx_auth_jwt')?.loadedAt !== loadedAt, 'the next instance');
    answer();
    expect(await coming).toBe(ACCEPTED);
    await reloaded;
  });

  test('leaves an alarm that stands until there are keys', async () => {
    await server.die();
    await use();
    await plugin.host.reload('emqx_auth_jwt');
    expect([[...plugin.alarms.keys()], plugin.cleared]).toEqual([['auth_jwt_down'], []]);
    await server.rise();
    await plugin.host.reload('emqx_auth_jwt');
    expect([[...plugin.alarms.keys()], plugin.cleared]).toEqual([[], ['auth_jwt_down']]);
  });
});

describe('a server that has no keys for us', () => {
  const token = () => sign({}, { ...byRsa, kid: 'one' });
  const standing = () => plugin.alarms.get('auth_jwt_down')?.summary;

  test('that does not answer raises an alarm, and nobody comes in', async () => {
    await server.die();
    await use();
    expect(standing()).toMatch(/^the keys of tokens could not be fetched: http:\/\/127\.0\.0\.1:\d+ cannot be asked: /);
    expect(standing()).not.toContain('of=us');
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
    await plugin.host.unload('emqx_auth_jwt');
    expect(standing()).toBeUndefined();
    await server.rise();
  });

  test('is asked again, and clears the alarm when it answers', async () => {
    await server.die();
    await use();
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
    await server.rise();
    await eventually(() => standing() === undefined, 'the alarm to be cleared', 20_000);
    expect(await come(await token())).toBe(ACCEPTED);
  }, 30_000);

  test('leaves the decision to others when it is to', async () => {
    await server.die();
    await use({ failure: 'ignore' });
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
    expect((await gateway.gateway.domain.clientRefusals('device', null))[0]).toMatchObject({
      message: 'nobody vouches for the client',
    });
    await server.rise();
  });

  test.each([
    ['no JSON', [200, 'keys'], 'answers with something that is no JSON Web Key Set'],
    ['no keys', [200, '{"keys":7}'], 'answers with something that is no JSON Web Key Set'],
    ['an error', [500, 'oh'], 'answers with status 500'],
    ['a redirect', [302, ''], 'answers with status 302'],
    ['too much', [200, ' '.repeat(2_000_000)], 'its answer has more than 1048576 bytes'],
  ] as const)('because it answers with %s raises an alarm', async (_, answer, reason) => {
    server.answering = () => answer;
    await use();
    expect(standing()).toContain(reason);
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
  });

  test('at a link-local address is not asked', async () => {
    await plugin.use({ jwks: 'http://169.254.169.254/latest/meta-data' });
    expect(standing()).toContain('169.254.169.254 is a link-local address, which is refused');
    expect(await come(await token())).toBe(NOT_AUTHORIZED);
  });
});
