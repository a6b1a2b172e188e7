import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCEPTED, CLOSED, change, knock, NOT_AUTHORIZED } from '../plugins/support/auth.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { NOT_FOUND, PROFILES } from './support/profiles.ts';

/** What the contract calls things for each of the two plugins. */
const kinds = [
  {
    plugin: 'emqx_auth_username',
    path: '/auth_username',
    key: 'username',
    login: (name: string, password: string) => ({ clientId: `client of ${name}`, username: name, password }),
    existed: 'existed',
    unknown: 'noexisted',
  },
  {
    plugin: 'emqx_auth_clientid',
    path: '/auth_clientid',
    key: 'clientid',
    login: (name: string, password: string) => ({ clientId: name, username: 'somebody', password }),
    existed: 'exitsted',
    unknown: 'noexitsted',
  },
] as const;

const rows = (path: string) =>
  [
    ['GET', path],
    ['POST', path],
    ['GET', `${path}/alice`],
    ['PUT', `${path}/alice`],
    ['DELETE', `${path}/alice`],
  ] as const;

const done = { status: 200, json: { code: 0 } };
const said = (message: string) => ({ status: 200, json: { message } });
const refusedInput = (message: string) => ({ status: 400, json: { code: 108, message } });
const listed = (...data: readonly string[]) => ({ status: 200, json: { code: 0, data } });

describe.each(PROFILES)('credentials in the spelling of %s', (profile) => {
  describe.each(kinds)('of $plugin', ({ plugin, path, key, login, existed, unknown }) => {
    let gateway: TestGateway;

    const call = async (method: string, at: string, body?: unknown) => {
      const { status, json } = await gateway.rest(at, { method, ...(body === undefined ? {} : { body }) });
      return { status, json };
    };
    const add = (name: unknown, password: unknown) => call('POST', path, { [key]: name, password });

    beforeAll(async () => {
      gateway = await startGateway(CLOSED, { BROKERQL_REST_PROFILE: profile });
    });

    afterAll(() => gateway.close());

    const isThere = profile === '3.1' || profile === '3.2';

    test.each(rows(path))('%s %s is not there while the plugin is not active', async (method, at) => {
      for (const body of [undefined, { [key]: 'alice', password: 'secret' }, { [key]: 7 }]) {
        if (method === 'GET' && body) continue;
        const { status, text } = await gateway.rest(at, { method, ...(body ? { body } : {}) });
        expect({ status, text }).toEqual(NOT_FOUND);
      }
    });

    if (!isThere) {
      test.each(rows(path))('%s %s is not there while the plugin is active either', async (method, at) => {
        await change(gateway, plugin, 'reload');
        const { status, text } = await gateway.rest(at, { method });
        expect({ status, text }).toEqual(NOT_FOUND);
      });
      return;
    }

    describe('while the plugin is active', () => {
      test('GET lists nothing at first', async () => {
        await change(gateway, plugin, 'load');
        expect(await call('GET', path)).toEqual(listed());
      });

      test('POST makes one, by which a client is let in', async () => {
        expect(await knock(gateway, login('alice', 'right'))).toBe(NOT_AUTHORIZED);
        expect(await add('alice', 'right')).toEqual(done);
        expect(await knock(gateway, login('alice', 'right'))).toBe(ACCEPTED);
        expect(await knock(gateway, login('alice', 'wrong'))).toBe(NOT_AUTHORIZED);
        expect(await call('GET', path)).toEqual(listed('alice'));
      });

      test('POST reads the query before the body', async () => {
        expect(await call('POST', `${path}?${key}=zoe`, { [key]: 'nobody', password: 'hers' })).toEqual(done);
        expect(await call('GET', path)).toEqual(listed('alice', 'zoe'));
        expect(await call('DELETE', `${path}/zoe`)).toEqual(done);
      });

      test('POST refuses a name that is there, and changes nothing', async () => {
        expect(await add('alice', 'other')).toEqual(said(existed));
        expect(await knock(gateway, login('alice', 'right'))).toBe(ACCEPTED);
        expect(await knock(gateway, login('alice', 'other'))).toBe(NOT_AUTHORIZED);
      });

      test('GET of one answers its name, and neither password nor hash', async () => {
        expect(await call('GET', `${path}/alice`)).toEqual({
          status: 200,
          json: { code: 0, data: { [key]: 'alice', password: 'undefined' } },
        });
        expect(await call('GET', `${path}/ghost`)).toEqual(said(unknown));
      });

      test('PUT changes the password', async () => {
        expect(await call('PUT', `${path}/alice`, { password: 'newer' })).toEqual(done);
        expect(await knock(gateway, login('alice', 'right'))).toBe(NOT_AUTHORIZED);
        expect(await knock(gateway, login('alice', 'newer'))).toBe(ACCEPTED);
        expect(await call('PUT', `${path}/ghost`, { password: 'x' })).toEqual(said(unknown));
      });

      test.each([
        ['nothing', undefined, key],
        ['no name', { password: 'x' }, key],
        ['an empty name', { [key]: '', password: 'x' }, key],
        ['no password', { [key]: 'bob' }, 'password'],
        ['an empty password', { [key]: 'bob', password: '' }, 'password'],
      ])('POST refuses %s', async (_, body, reason) => {
        expect(await call('POST', path, body)).toEqual(said(reason));
      });

      test.each([
        ['no password', {}],
        ['an empty password', { password: '' }],
      ])('PUT refuses %s, known name or not', async (_, body) => {
        expect(await call('PUT', `${path}/alice`, body)).toEqual(said('password'));
        expect(await call('PUT', `${path}/ghost`, body)).toEqual(said('password'));
      });

      const TEXT = '1 to 1024 bytes of text without U+0000';
      test.each([
        ['a number', 7, `${key} must be a string, not 7`],
        ['a list', ['a'], `${key} must be a string, not ["a"]`],
        ['null', null, `${key} must be a string, not null`],
        ['64 KiB', 'x'.repeat(65_536), `name must be ${TEXT}, not '${'x'.repeat(200)}…'`],
        ['1 MB', 'y'.repeat(1_000_000), `name must be ${TEXT}, not '${'y'.repeat(200)}…'`],
        ['U+0000', 'a\u0000b', `name must be ${TEXT}, not 'a\\u0000b'`],
      ])('POST refuses a name that is %s', async (_, name, message) => {
        expect(await add(name, 'secret')).toEqual(refusedInput(message));
      });

      test.each([
        ['a number', 7, 'password must be a string'],
        ['64 KiB', 'x'.repeat(65_536), `password must be ${TEXT}`],
      ])('POST and PUT refuse a password that is %s, and do not repeat it', async (_, password, message) => {
        expect(await add('bob', password)).toEqual(refusedInput(message));
        expect(await call('PUT', `${path}/alice`, { password })).toEqual(refusedInput(message));
      });

      test('a refused one is not listed', async () => {
        expect(await call('GET', path)).toEqual(listed('alice'));
      });

      test.each(['__proto__', 'constructor', 'a b', 'ü😀'])('%s is a name like any other', async (name) => {
        expect(await add(name, 'secret')).toEqual(done);
        expect(await knock(gateway, login(name, 'secret'))).toBe(ACCEPTED);
        expect(await knock(gateway, login(name, 'other'))).toBe(NOT_AUTHORIZED);
        await gateway.gateway.domain.deleteCredential(key === 'username' ? 'USERNAME' : 'CLIENT_ID', name);
        expect(await knock(gateway, login(name, 'secret'))).toBe(NOT_AUTHORIZED);
      });

      test('a name in a path is not decoded', async () => {
        expect(await add('a%2Fb', 'secret')).toEqual(done);
        expect(await add('a/b', 'secret')).toEqual(done);
        expect(await call('DELETE', `${path}/a%2Fb`)).toEqual(done);
        expect(await call('GET', path)).toEqual(listed('a/b', 'alice'));
        expect(await call('GET', `${path}/a%2Fb`)).toEqual(said(unknown));
        await gateway.gateway.domain.deleteCredential(key === 'username' ? 'USERNAME' : 'CLIENT_ID', 'a/b');
      });

      test('GET lists names in their order', async () => {
        for (const name of ['c', 'a', 'b']) expect(await add(name, 'secret')).toEqual(done);
        expect(await call('GET', path)).toEqual(listed('a', 'alice', 'b', 'c'));
        for (const name of ['c', 'a', 'b']) expect(await call('DELETE', `${path}/${name}`)).toEqual(done);
      });

      test('DELETE takes it away, and passes over one that is not there', async () => {
        expect(await call('DELETE', `${path}/alice`)).toEqual(done);
        expect(await call('DELETE', `${path}/alice`)).toEqual(done);
        expect(await knock(gateway, login('alice', 'newer'))).toBe(NOT_AUTHORIZED);
        expect(await call('GET', path)).toEqual(listed());
      });
    });
  });
});
