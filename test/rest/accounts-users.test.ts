import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, basic, type TestGateway } from '../support/gateway.ts';
import { addViewer, onDashboard } from './support/dashboard.ts';
import {
  done,
  forbidden,
  PROFILES,
  refusedByDashboard,
  refusedInput,
  spelled,
  startProfile,
} from './support/profiles.ts';

describe.each(PROFILES)('dashboard users in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const call = (method: string, path: string, body?: unknown) => onDashboard(gateway, method, path, body);
  const users = (...rows: readonly { username: string; tags: string }[]) => ({
    status: 200,
    json: spelled(profile, rows, { code: 0, data: rows }),
  });
  const admin = { username: ADMIN.user, tags: 'undefined' };

  /** What the port of the dashboard answers to a user. */
  const knock = async (name: string, password: string) => {
    const headers = { authorization: basic(name, password) };
    const { status, text } = await gateway.rest('/routes/elsewhere', { dashboard: true, headers });
    return { status, text };
  };
  const welcome = { status: 200, text: profile === '3.0-beta' ? '[]' : '{"code":0,"data":[]}' };
  const unauthorized = { status: 401, text: 'UNAUTHORIZED' };

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  describe('POST /users/', () => {
    test('makes a user, who signs in with Basic', async () => {
      const body = { username: 'eve', password: 'pass:word', tags: 'operations' };
      expect(await call('POST', '/users/', body)).toEqual(done(profile));
      expect(await call('GET', '/users/')).toEqual(users(admin, { username: 'eve', tags: 'operations' }));
      expect(await knock('eve', 'pass:word')).toEqual(welcome);
      expect(await call('DELETE', '/users/eve')).toEqual(done(profile));
    });

    test('leaves tags undefined that are not given', async () => {
      expect(await call('POST', '/users/', { username: 'untagged', password: 'x' })).toEqual(done(profile));
      expect(await call('GET', '/users/')).toEqual(users(admin, { username: 'untagged', tags: 'undefined' }));
      expect(await call('DELETE', '/users/untagged')).toEqual(done(profile));
    });

    test.each([
      ['no body', undefined],
      ['no name', { password: 'x' }],
      ['an empty name', { username: '', password: 'x' }],
      ['no password', { username: 'frank' }],
      ['an empty password', { username: 'frank', password: '' }],
    ])('refuses %s', async (_, body) => {
      const refusal = refusedByDashboard(profile, 'Username or password undefined');
      expect(await call('POST', '/users/', body)).toEqual(refusal);
      expect(await call('GET', '/users/')).toEqual(users(admin));
    });

    test('refuses a name that is taken, and leaves the password of its owner', async () => {
      const refusal = refusedByDashboard(profile, 'username already exist', 'Username Already Exist');
      expect(await call('POST', '/users/', { username: ADMIN.user, password: 'another' })).toEqual(refusal);
      expect(await knock(ADMIN.user, ADMIN.password)).toEqual(welcome);
    });

    test.each([
      ['a name that is a number', { username: 17, password: 'x' }, 'username must be a string, not 17'],
      ['a password that is a number', { username: 'frank', password: 12_345 }, 'password must be a string'],
      [
        'a name with a slash',
        { username: 'a/b', password: 'x' },
        "name must be 1 to 64 bytes without ':', '/' and invisible characters, and not dots alone, not 'a/b'",
      ],
    ])('refuses %s', async (_, body, sentence) => {
      expect(await call('POST', '/users/', body)).toEqual(refusedInput(profile, sentence));
      expect(await call('GET', '/users/')).toEqual(users(admin));
    });
  });

  describe('PUT /users/:name', () => {
    test('overwrites the tags, and takes them away when none are given', async () => {
      await call('POST', '/users/', { username: 'grace', password: 'x', tags: 'old' });
      expect(await call('PUT', '/users/grace', { tags: 'new' })).toEqual(done(profile));
      expect(await call('GET', '/users/')).toEqual(users(admin, { username: 'grace', tags: 'new' }));
      expect(await call('PUT', '/users/grace', {})).toEqual(done(profile));
      expect(await call('GET', '/users/')).toEqual(users(admin, { username: 'grace', tags: 'undefined' }));
      expect(await call('DELETE', '/users/grace')).toEqual(done(profile));
    });

    test('refuses a name that nobody has', async () => {
      const refusal = refusedByDashboard(profile, 'username_not_found', 'Username Not Found');
      expect(await call('PUT', '/users/ghost', { tags: 'new' })).toEqual(refusal);
    });

    test('refuses tags that are no text', async () => {
      const sentence = 'tags must be a string, not ["a"]';
      expect(await call('PUT', '/users/admin', { tags: ['a'] })).toEqual(refusedInput(profile, sentence));
      expect(await call('GET', '/users/')).toEqual(users(admin));
    });
  });

  describe('DELETE /users/:name', () => {
    test('takes a user away, who cannot sign in any more', async () => {
      await call('POST', '/users/', { username: 'heidi', password: 'x' });
      expect(await knock('heidi', 'x')).toEqual(welcome);
      expect(await call('DELETE', '/users/heidi')).toEqual(done(profile));
      expect(await call('GET', '/users/')).toEqual(users(admin));
      expect(await knock('heidi', 'x')).toEqual(unauthorized);
    });

    test('refuses admin', async () => {
      expect(await call('DELETE', '/users/admin')).toEqual(refusedByDashboard(profile, 'Cannot delete admin'));
      expect(await call('GET', '/users/')).toEqual(users(admin));
    });

    test('refuses a name that nobody has', async () => {
      expect(await call('DELETE', '/users/ghost')).toEqual(refusedByDashboard(profile, 'Username Not Found'));
    });

    test('takes the name as it stands in the path', async () => {
      await call('POST', '/users/', { username: 'a b', password: 'x' });
      await call('POST', '/users/', { username: 'a%20b', password: 'x' });
      expect(await call('DELETE', '/users/a%20b')).toEqual(done(profile));
      expect(await call('GET', '/users/')).toEqual(users(admin, { username: 'a b', tags: 'undefined' }));
    });
  });

  test.each(['__proto__', 'constructor', 'toString'])('a user called %s is like any other', async (name) => {
    const before = await call('GET', '/users/');
    expect(await call('DELETE', `/users/${name}`)).toEqual(refusedByDashboard(profile, 'Username Not Found'));
    expect(await call('POST', '/users/', { username: name, password: 'x' })).toEqual(done(profile));
    expect(await call('PUT', `/users/${name}`, { tags: name })).toEqual(done(profile));
    const { json } = await call('GET', '/users/');
    const rows = spelled(profile, json, (json as { data: unknown }).data);
    expect(rows).toContainEqual({ username: name, tags: name });
    expect(await call('DELETE', `/users/${name}`)).toEqual(done(profile));
    expect(await call('GET', '/users/')).toEqual(before);
  });

  test('are closed to users who are no admins', async () => {
    const viewer = await addViewer(gateway, 'watcher');
    const as = (method: string, path: string, body?: unknown) => onDashboard(gateway, method, path, body, viewer);
    const lacks = (field: string) => forbidden(profile, `${field} needs the role ADMIN; 'watcher' has the role VIEWER`);
    expect(await as('GET', '/users/')).toEqual(lacks('users'));
    expect(await as('POST', '/users/', { username: 'mine', password: 'x' })).toEqual(lacks('createUser'));
    expect(await as('PUT', '/users/admin', { tags: 'x' })).toEqual(lacks('updateUser'));
    expect(await as('DELETE', '/users/admin')).toEqual(lacks('deleteUser'));
    expect(await call('DELETE', '/users/mine')).toEqual(refusedByDashboard(profile, 'Username Not Found'));
    expect(await call('DELETE', '/users/watcher')).toEqual(done(profile));
  });
});
