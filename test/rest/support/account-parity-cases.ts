import { ADMIN, type TestGateway } from '../../support/gateway.ts';
import type { ParityCase } from './parity-cases.ts';

const SECRET = 'a secret of the tests';

/** Makes the accounts of the cases as they are before each side asks. */
async function arrangeAccounts({ gateway }: TestGateway): Promise<void> {
  const { applications, users } = gateway.access.accounts;
  for (const id of ['meter', 'made', '__proto__']) await applications.delete(id);
  for (const name of ['alice', 'made', 'toString']) await users.delete(name);
  await applications.create({ id: 'meter', name: 'Meter', desc: null, secret: SECRET, expired: 4_000_000_000 });
  await applications.create({ id: '__proto__', desc: 'of every object', secret: SECRET, status: false });
  await users.create({ name: 'alice', password: SECRET, tags: null });
  await users.create({ name: 'toString', password: SECRET, tags: 'a viewer', role: 'VIEWER' });
}

const cases = (...given: readonly ParityCase[]): readonly ParityCase[] =>
  given.map((one) => ({ ...one, arrange: arrangeAccounts }));

const plain = cases({ title: 'as it is' });

/** The rows of the dashboard's port alone, by method and path. */
export const accountParityCases: Readonly<Record<string, readonly ParityCase[]>> = {
  'GET /apps/': plain,
  'GET /apps/:appid': cases(
    { title: 'an application', path: { appid: 'meter' } },
    { title: 'one that is disabled', path: { appid: '__proto__' } },
    { title: 'an unknown application', path: { appid: 'constructor' } },
  ),
  'POST /apps/': cases(
    {
      title: 'an application',
      body: { app_id: 'made', name: 'Made', desc: 'for tests', secret: SECRET, status: false, expired: 4_000_000_000 },
    },
    { title: 'one that is there', body: { app_id: 'meter', name: 'Meter', secret: SECRET } },
    { title: 'an id that is none', body: { app_id: 'a:b', name: 'x', secret: SECRET } },
    { title: 'a secret that is too long', body: { app_id: 'made', name: 'x', secret: 'x'.repeat(257) } },
  ),
  'PUT /apps/:appid': cases(
    { title: 'an application', path: { appid: 'meter' }, body: { name: 'Other', desc: 'd', status: false } },
    { title: 'an unknown application', path: { appid: 'ghost' }, body: { name: 'Other' } },
    { title: 'a text that is too long', path: { appid: 'meter' }, body: { desc: 'x'.repeat(1025) } },
  ),
  'DELETE /apps/:appid': cases(
    { title: 'an application', path: { appid: 'meter' } },
    { title: 'an unknown application', path: { appid: 'ghost' } },
  ),
  'GET /users/': plain,
  'POST /users/': cases(
    { title: 'a user', body: { username: 'made', password: SECRET, tags: 'x' } },
    { title: 'one that is there', body: { username: 'alice', password: SECRET } },
    { title: 'a name that is none', body: { username: 'a/b', password: SECRET } },
  ),
  'PUT /users/:name': cases(
    { title: 'a user', path: { name: 'toString' }, body: { tags: 'other' } },
    { title: 'an unknown user', path: { name: 'ghost' }, body: { tags: 'other' } },
  ),
  'DELETE /users/:name': cases(
    { title: 'a user', path: { name: 'alice' } },
    { title: 'an unknown user', path: { name: 'ghost' } },
    { title: 'the user admin', path: { name: ADMIN.user } },
  ),
  'POST /auth': cases(
    { title: 'the right password', body: { username: 'alice', password: SECRET } },
    { title: 'a wrong password', body: { username: 'alice', password: 'a guess' } },
    { title: 'an unknown user', body: { username: 'ghost', password: SECRET } },
  ),
  'PUT /change_pwd/:username': cases(
    { title: 'a user', path: { username: 'alice' }, body: { old_pwd: SECRET, new_pwd: 'another' } },
    { title: 'a wrong password', path: { username: 'alice' }, body: { old_pwd: 'a guess', new_pwd: 'another' } },
    { title: 'an unknown user', path: { username: 'ghost' }, body: { old_pwd: SECRET, new_pwd: 'another' } },
    { title: 'a password that is none', path: { username: 'alice' }, body: { old_pwd: SECRET, new_pwd: '' } },
  ),
};
