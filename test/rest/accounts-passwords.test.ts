import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, basic, type RestAnswer, type TestGateway } from '../support/gateway.ts';
import { addViewer, asStranger, onDashboard } from './support/dashboard.ts';
import {
  done,
  forbidden,
  PROFILES,
  refusedByDashboard,
  refusedInput,
  spelled,
  startProfile,
} from './support/profiles.ts';

describe.each(PROFILES)('passwords in the spelling of %s', (profile) => {
  describe('POST /auth', () => {
    let gateway: TestGateway;
    const authenticate = async (body?: unknown, query = '') => {
      const { status, text } = await asStranger(gateway, 'POST', `/auth${query}`, body);
      return { status, json: JSON.parse(text) as unknown };
    };

    beforeAll(async () => {
      gateway = await startProfile(profile);
    });

    afterAll(() => gateway.close());

    test('says to a stranger that a password is right', async () => {
      expect(await authenticate({ username: ADMIN.user, password: ADMIN.password })).toEqual(done(profile));
      expect(await authenticate(undefined, `?username=${ADMIN.user}&password=${ADMIN.password}`)).toEqual(
        done(profile),
      );
    });

    test('answers with the name of its operation', async () => {
      const { headers } = await fetch(`${gateway.dashboardUrl}/api/v3/auth`, {
        method: 'POST',
        body: JSON.stringify({ username: ADMIN.user, password: ADMIN.password }),
      });
      expect(headers.get('x-graphql-operation')).toBe('AuthUser');
      expect(headers.get('www-authenticate')).toBeNull();
      expect(headers.get('set-cookie')).toBeNull();
    });

    test.each([
      ['no body', undefined, 'Username undefined'],
      ['no name', { password: 'x' }, 'Username undefined'],
      ['no password', { username: 'admin' }, 'Password undefined'],
      ['a name that nobody has', { username: 'ghost', password: 'x' }, 'Username Not Found'],
      ['a wrong password', { username: 'admin', password: 'x' }, 'Password Error'],
    ])('refuses %s', async (_, body, word) => {
      expect(await authenticate(body)).toEqual(refusedByDashboard(profile, word));
    });

    test.each([
      ['a name that is a number', { username: 17, password: 'x' }, 'username must be a string, not 17'],
      ['a password that is a number', { username: 'admin', password: 12_345 }, 'password must be a string'],
    ])('refuses %s', async (_, body, sentence) => {
      expect(await authenticate(body)).toEqual(refusedInput(profile, sentence));
    });

    test('looks at no more passwords after many wrong ones', async () => {
      const guess = () => authenticate({ username: 'victim', password: 'guess' });
      let answer = await guess();
      // The pauses double, so that the next guess comes within one.
      for (let i = 0; i < 12 && answer.status !== 429; i++) answer = await guess();
      const message = expect.stringMatching(/^too many logins failed; try again in \d+ s$/);
      expect(answer).toEqual({ status: 429, json: spelled(profile, { message }, { code: 108, message }) });
    });

    test.each([
      ['GET', '/auth'],
      ['PUT', '/auth'],
      ['POST', '/auth/admin'],
      ['POST', '/Auth'],
      ['POST', '/%61uth'],
      ['POST', '/auth_username'],
      ['GET', '/auth_clientid'],
      ['POST', '/users/'],
      ['PUT', '/change_pwd/admin'],
      ['GET', '/'],
      ['GET', '/apps/'],
    ])('is alone in asking for no credentials: %s %s does', async (method, path) => {
      expect(await asStranger(gateway, method, path)).toEqual({ status: 401, text: 'UNAUTHORIZED' });
    });

    test('is closed on the management port', async () => {
      const body = JSON.stringify({ username: ADMIN.user, password: ADMIN.password });
      const response = await fetch(`${gateway.httpUrl}/api/v3/auth`, { method: 'POST', body });
      expect(response.status).toBe(401);
    });
  });

  describe('PUT /change_pwd/:username', () => {
    let gateway: TestGateway;
    const change = (name: string, oldPassword: unknown, newPassword: unknown, authorization?: string) =>
      onDashboard(gateway, 'PUT', `/change_pwd/${name}`, { old_pwd: oldPassword, new_pwd: newPassword }, authorization);
    const statusFor = async (name: string, password: string): Promise<RestAnswer['status']> => {
      const headers = { authorization: basic(name, password) };
      return (await gateway.rest('/routes/elsewhere', { dashboard: true, headers })).status;
    };

    beforeAll(async () => {
      gateway = await startProfile(profile);
      for (const username of ['ivan', 'judy', 'mallory', 'a b', 'a%20b']) {
        await onDashboard(gateway, 'POST', '/users/', { username, password: 'old' });
      }
    });

    afterAll(() => gateway.close());

    test('changes a password: the new one signs in, and the old one does not', async () => {
      expect(await statusFor('ivan', 'old')).toBe(200);
      expect(await change('ivan', 'old', 'new')).toEqual(done(profile));
      expect(await statusFor('ivan', 'new')).toBe(200);
      expect(await statusFor('ivan', 'old')).toBe(401);
    });

    test('changes the own password of a viewer, and no other', async () => {
      const viewer = await addViewer(gateway, 'watcher');
      const refusal = forbidden(profile, "only an admin may change the password of 'judy'");
      expect(await change('judy', 'old', 'new', viewer)).toEqual(refusal);
      expect(await change('watcher', 'only to look', 'new', viewer)).toEqual(done(profile));
      expect(await statusFor('watcher', 'new')).toBe(200);
      expect(await statusFor('judy', 'old')).toBe(200);
    });

    test('takes the name as it stands in the path', async () => {
      expect(await change('a%20b', 'old', 'new')).toEqual(done(profile));
      expect(await statusFor('a%20b', 'new')).toBe(200);
      expect(await statusFor('a b', 'old')).toBe(200);
    });

    test.each([
      ['no new password', undefined, 'newPassword must be text of 1 to 256 bytes'],
      ['an empty new password', '', 'newPassword must be text of 1 to 256 bytes'],
      ['a new password that is a number', 12_345, 'new_pwd must be a string'],
    ])('refuses %s', async (_, password, sentence) => {
      expect(await change('admin', ADMIN.password, password)).toEqual(refusedInput(profile, sentence));
      expect(await statusFor('admin', ADMIN.password)).toBe(200);
    });

    test('refuses a name that nobody has', async () => {
      expect(await change('ghost', 'old', 'new')).toEqual(refusedByDashboard(profile, 'Username Not Found'));
    });

    test('refuses a wrong old password, and leaves the right one', async () => {
      expect(await statusFor('mallory', 'old')).toBe(200);
      expect(await change('mallory', 'wrong', 'new')).toEqual(refusedByDashboard(profile, 'Password Error'));
      expect(await change('mallory', undefined, 'new')).toEqual(refusedByDashboard(profile, 'Password Error'));
      expect(await statusFor('mallory', 'old')).toBe(200);
    });
  });
});
