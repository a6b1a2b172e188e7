import { beforeEach, describe, expect, test } from 'vitest';
import { type Accounts, openAccounts } from '../../src/access/accounts.ts';
import { useDataFolder } from './support/data-folder.ts';
import { derive, heldDerivation } from './support/derivation.ts';

const folder = useDataFolder();
let accounts: Accounts;

beforeEach(async () => {
  accounts = await openAccounts(folder.store, { derive });
});

describe('creating a user', () => {
  test('answers it, and it can sign in, after a restart too', async () => {
    const { user, password } = await accounts.users.create({ name: 'eve', password: 'p1', tags: 'night shift' });
    expect(user).toEqual({ name: 'eve', tags: 'night shift', role: 'ADMIN', createdAt: expect.any(Number) });
    expect(password).toBe('p1');
    accounts = await openAccounts(await folder.reopen(), { derive });
    expect(accounts.users.list()).toEqual([user]);
    expect(await accounts.verify('user', 'eve', 'p1')).toMatchObject({ kind: 'user', name: 'eve', restProfile: null });
  });

  test('makes a password where none is given', async () => {
    const { password } = await accounts.users.create({ name: 'eve', role: 'VIEWER' });
    expect(await accounts.verify('user', 'eve', password)).toMatchObject({ role: 'VIEWER' });
  });

  test('refuses a name that exists, a malformed one, long tags and a long password', async () => {
    await accounts.users.create({ name: 'eve' });
    const refused = async (given: Parameters<Accounts['users']['create']>[0], code: string, argument: string) =>
      expect(accounts.users.create(given)).rejects.toMatchObject({ code, details: { argument } });
    await refused({ name: 'eve' }, 'ALREADY_EXISTS', 'name');
    await refused({ name: 'a:b' }, 'BAD_USER_INPUT', 'name');
    await refused({ name: 'bob', tags: 'x'.repeat(1025) }, 'BAD_USER_INPUT', 'tags');
    await refused({ name: 'bob', password: 'x'.repeat(257) }, 'BAD_USER_INPUT', 'password');
    expect(accounts.users.list()).toHaveLength(1);
  });
});

describe('updating a user', () => {
  beforeEach(async () => {
    await accounts.users.create({ name: 'eve', tags: 'old' });
  });

  test('changes tags and role', async () => {
    await accounts.users.create({ name: 'bob' });
    expect(await accounts.users.update('eve', { role: 'VIEWER' })).toMatchObject({ tags: 'old', role: 'VIEWER' });
    expect(await accounts.users.update('eve', { tags: null })).toMatchObject({ tags: null, role: 'VIEWER' });
    expect(accounts.users.get('eve')).toMatchObject({ tags: null, role: 'VIEWER' });
  });

  test('leaves an administrator', async () => {
    await expect(accounts.users.update('eve', { role: 'OPERATOR' })).rejects.toMatchObject({
      code: 'PROTECTED',
      message: "user 'eve' is the last with the role ADMIN, and keeps it",
    });
    expect(await accounts.users.update('eve', { role: 'ADMIN', tags: 'new' })).toMatchObject({ tags: 'new' });
  });

  test('refuses a name that nobody has', async () => {
    await expect(accounts.users.update('nobody', { tags: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: "user 'nobody' is unknown",
      details: { argument: 'name', value: 'nobody' },
    });
  });
});

describe('deleting a user', () => {
  test('answers whether there was one', async () => {
    for (const name of ['admin', 'eve']) await accounts.users.create({ name });
    expect(await accounts.users.delete('eve')).toBe(true);
    expect(await accounts.users.delete('eve')).toBe(false);
    expect(accounts.users.get('eve')).toBeNull();
  });

  test('is refused for admin, and for the last administrator', async () => {
    await accounts.users.create({ name: 'admin', role: 'VIEWER' });
    await accounts.users.create({ name: 'eve' });
    await expect(accounts.users.delete('admin')).rejects.toMatchObject({
      code: 'PROTECTED',
      message: "user 'admin' cannot be deleted",
    });
    await expect(accounts.users.delete('eve')).rejects.toMatchObject({ code: 'PROTECTED' });
    expect(accounts.users.list()).toHaveLength(2);
  });

  test('leaves one of two administrators who are deleted at once', async () => {
    for (const name of ['eve', 'bob']) await accounts.users.create({ name });
    const deleted = await Promise.allSettled([accounts.users.delete('eve'), accounts.users.delete('bob')]);
    expect(deleted).toMatchObject([{ value: true }, { reason: { code: 'PROTECTED' } }]);
  });
});

describe('changing a password', () => {
  beforeEach(async () => {
    await accounts.users.create({ name: 'eve', password: 'p1' });
  });

  test('needs the old one', async () => {
    await expect(accounts.users.changePassword('eve', 'wrong', 'p2')).rejects.toMatchObject({
      code: 'WRONG_PASSWORD',
      message: "the old password of user 'eve' is wrong",
      details: { argument: 'oldPassword' },
    });
    await accounts.users.changePassword('eve', 'p1', 'p2');
    expect(await accounts.verify('user', 'eve', 'p1')).toBeNull();
    expect(await accounts.verify('user', 'eve', 'p2')).not.toBeNull();
  });

  test('refuses an empty one, and a name that nobody has', async () => {
    await expect(accounts.users.changePassword('eve', 'p1', '')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'newPassword' },
    });
    await expect(accounts.users.changePassword('nobody', 'p1', 'p2')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is refused when an administrator resets it meanwhile', async () => {
    const hold = heldDerivation();
    accounts = await openAccounts(folder.store, { derive: hold.derive });
    const changed = accounts.users.changePassword('eve', 'p1', 'p2').catch((fault: unknown) => fault);
    await hold.release();
    const finishChange = await hold.eldest();
    const reset = accounts.users.resetPassword('eve', 'p3');
    await hold.release();
    await reset;
    finishChange();
    expect(await changed).toMatchObject({ code: 'WRONG_PASSWORD' });
    const verified = accounts.verify('user', 'eve', 'p3');
    await hold.release();
    expect(await verified).not.toBeNull();
  });
});

describe('resetting a password', () => {
  test('gives the one that is asked for, or makes one', async () => {
    await accounts.users.create({ name: 'eve', password: 'p1' });
    expect(await accounts.users.resetPassword('eve', 'p2')).toBe('p2');
    expect(await accounts.verify('user', 'eve', 'p2')).not.toBeNull();
    const made = await accounts.users.resetPassword('eve');
    expect(await accounts.verify('user', 'eve', 'p2')).toBeNull();
    expect(await accounts.verify('user', 'eve', made)).not.toBeNull();
    await expect(accounts.users.resetPassword('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
