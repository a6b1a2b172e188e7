import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Accounts, openAccounts } from '../../src/access/accounts.ts';
import { useDataFolder } from './support/data-folder.ts';
import { countedDerivation, derive } from './support/derivation.ts';

const folder = useDataFolder();
let accounts: Accounts;

beforeEach(async () => {
  accounts = await openAccounts(folder.store, { derive });
});

afterEach(() => {
  vi.useRealTimers();
});

const defaults = {
  desc: null,
  status: true,
  expired: null,
  role: 'ADMIN',
  restProfile: null,
  createdAt: expect.any(Number),
};

const everywhere = async (look: (accounts: Accounts) => unknown) => {
  look(accounts);
  look(await openAccounts(await folder.reopen(), { derive }));
};

describe('creating an application', () => {
  test('answers it, and the secret that was given', async () => {
    const { application, secret } = await accounts.applications.create({ id: 'meter', secret: 's1' });
    expect(application).toEqual({ id: 'meter', name: 'meter', ...defaults });
    expect(secret).toBe('s1');
    expect(await accounts.verify('application', 'meter', 's1')).toMatchObject({ name: 'meter', role: 'ADMIN' });
  });

  test.each([undefined, null, ''])('makes a secret where %j is given', async (given) => {
    const { secret } = await accounts.applications.create({ id: 'meter', secret: given });
    expect(secret).toMatch(/^[0-9A-Za-z]{24}$/);
    expect(await accounts.verify('application', 'meter', secret)).not.toBeNull();
  });

  test('keeps every field, over a restart too, and the secret only as a hash', async () => {
    const fields = { name: 'Meter', desc: '', status: true, role: 'VIEWER', restProfile: '3.2', expired: 4e9 } as const;
    const { application } = await accounts.applications.create({ id: 'meter', secret: 'hush', ...fields });
    expect(application).toEqual({ id: 'meter', ...fields, createdAt: expect.any(Number) });
    await everywhere(({ applications }) => {
      expect(applications.get('meter')).toEqual(application);
      expect(JSON.stringify(applications.list())).not.toContain('hash');
    });
    expect(JSON.stringify(await folder.store.space('applications').get('meter'))).not.toContain('hush');
  });

  test.each(['__proto__', 'constructor', 'toString', 'ä b', 'x'.repeat(64)])('takes %j for a plain id', async (id) => {
    expect(accounts.applications.get(id)).toBeNull();
    await accounts.applications.create({ id, secret: 's1' });
    expect(accounts.applications.get(id)).toMatchObject({ id });
    expect(await accounts.applications.delete(id)).toBe(true);
    expect(accounts.applications.list()).toEqual([]);
  });

  test.each([
    ['an empty id', ''],
    ['65 bytes', 'x'.repeat(65)],
    ['33 letters of two bytes', 'ä'.repeat(33)],
    ['a colon', 'a:b'],
    ['a slash', 'a/b'],
    ['a line break', 'a\nb'],
    ['a turn of direction', 'a\u202eb'],
    ['half of a surrogate pair', '\ud800'],
    ['a dot', '.'],
    ['two dots', '..'],
    ['a megabyte', 'x'.repeat(1e6)],
  ])('refuses %s', async (_, id) => {
    await expect(accounts.applications.create({ id })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^id must be 1 to 64 bytes without .{1,300}$/),
      details: { argument: 'id' },
    });
    expect(await folder.keysOf('applications')).toEqual([]);
  });

  test.each(['x'.repeat(257), 'hush\ud800'])('refuses a bad secret without repeating it', async (secret) => {
    const refusal = await accounts.applications.create({ id: 'meter', secret }).catch((fault: unknown) => fault);
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', message: 'secret must be text of 1 to 256 bytes' });
    expect((refusal as { details: unknown }).details).toEqual({ argument: 'secret' });
  });

  test.each([
    ['name', { name: 'x'.repeat(1025) }],
    ['desc', { desc: 'x'.repeat(1025) }],
    ['expired', { expired: -1 }],
    ['expired', { expired: 1.5 }],
    ['expired', { expired: 2 ** 53 }],
  ])('refuses a malformed %s', async (argument, fields) => {
    const refusal = { code: 'BAD_USER_INPUT', details: { argument } };
    await expect(accounts.applications.create({ id: 'meter', ...fields })).rejects.toMatchObject(refusal);
    await accounts.applications.create({ id: 'other' });
    await expect(accounts.applications.update('other', fields)).rejects.toMatchObject(refusal);
  });

  test('refuses an id that exists, and of two at once the second', async () => {
    const both = await Promise.allSettled(
      ['s1', 's2'].map((secret) => accounts.applications.create({ id: 'meter', secret })),
    );
    const made = both.findIndex(({ status }) => status === 'fulfilled');
    expect(both[1 - made]).toMatchObject({
      status: 'rejected',
      reason: { code: 'ALREADY_EXISTS', message: "application 'meter' exists already", details: { value: 'meter' } },
    });
    expect(await accounts.verify('application', 'meter', ['s1', 's2'][made]!)).not.toBeNull();
    await expect(accounts.applications.create({ id: 'meter' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  test('refuses one too many', async () => {
    const few = await openAccounts(folder.store, { derive, limit: 2 });
    const made = await Promise.allSettled(['a', 'b', 'c'].map((id) => few.applications.create({ id })));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'LIMIT_EXCEEDED', message: 'there are 2 applications; that is the limit' },
    });
  });
});

describe('the list of applications', () => {
  test('is in order of creation, over changes and restarts', async () => {
    for (const id of ['c', 'a', 'b']) await accounts.applications.create({ id });
    await accounts.applications.update('c', { name: 'changed' });
    await everywhere(({ applications }) => expect(applications.list().map(({ id }) => id)).toEqual(['c', 'a', 'b']));
  });
});

describe('updating an application', () => {
  test('changes what is given and leaves the rest', async () => {
    await accounts.applications.create({ id: 'meter', name: 'Meter', desc: 'old', expired: 4e9, restProfile: '3.0' });
    const updated = await accounts.applications.update('meter', { desc: null, role: 'OPERATOR' });
    expect(updated).toMatchObject({ name: 'Meter', desc: null, expired: 4e9, restProfile: '3.0', role: 'OPERATOR' });
    await everywhere(({ applications }) => expect(applications.get('meter')).toEqual(updated));
  });

  test('keeps every one of several changes at once', async () => {
    await accounts.applications.create({ id: 'meter' });
    await Promise.all([
      accounts.applications.update('meter', { name: 'Meter' }),
      accounts.applications.update('meter', { desc: 'new' }),
      accounts.applications.resetSecret('meter', 's2'),
    ]);
    expect(accounts.applications.get('meter')).toMatchObject({ name: 'Meter', desc: 'new' });
    expect(await accounts.verify('application', 'meter', 's2')).not.toBeNull();
  });

  test('refuses an id that nobody has', async () => {
    const refusal = { code: 'NOT_FOUND', message: "application 'nobody' is unknown" };
    await expect(accounts.applications.update('nobody', {})).rejects.toMatchObject(refusal);
    await expect(accounts.applications.resetSecret('nobody')).rejects.toMatchObject(refusal);
    expect(await accounts.applications.delete('nobody')).toBe(false);
  });
});

describe('an application', () => {
  test('is refused at once when it is disabled, and let in when it is enabled again', async () => {
    const { calls, derive: counted } = countedDerivation();
    accounts = await openAccounts(folder.store, { derive: counted });
    await accounts.applications.create({ id: 'meter', secret: 's1' });
    await accounts.verify('application', 'meter', 's1');
    await accounts.applications.update('meter', { status: false });
    calls.length = 0;
    expect(await accounts.verify('application', 'meter', 's1')).toBeNull();
    expect(calls).toEqual(['s1']);
    await accounts.applications.update('meter', { status: true });
    expect(await accounts.verify('application', 'meter', 's1')).not.toBeNull();
  });

  test('is let in until the end of the second in which it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000 });
    await accounts.applications.create({ id: 'meter', secret: 's1', expired: 1_000_001 });
    vi.setSystemTime(1_000_001_999);
    expect(await accounts.verify('application', 'meter', 's1')).toMatchObject({ expiresAt: 1_000_002_000 });
    expect(accounts.recall('application', 'meter', 's1')).not.toBeNull();
    vi.setSystemTime(1_000_002_000);
    expect(accounts.recall('application', 'meter', 's1')).toBeNull();
    expect(await accounts.verify('application', 'meter', 's1')).toBeNull();
    await accounts.applications.update('meter', { expired: null });
    expect(await accounts.verify('application', 'meter', 's1')).toMatchObject({ expiresAt: null });
  });

  test('carries its REST profile and its role', async () => {
    await accounts.applications.create({ id: 'meter', secret: 's1', restProfile: '3.1', role: 'VIEWER' });
    await accounts.verify('application', 'meter', 's1');
    await accounts.applications.update('meter', { restProfile: '3.2' });
    expect(await accounts.verify('application', 'meter', 's1')).toMatchObject({ restProfile: '3.2', role: 'VIEWER' });
  });

  test('is refused once it is deleted, also when another of its id is made', async () => {
    await accounts.applications.create({ id: 'meter', secret: 's1' });
    await accounts.verify('application', 'meter', 's1');
    expect(await accounts.applications.delete('meter')).toBe(true);
    expect(await accounts.verify('application', 'meter', 's1')).toBeNull();
    await accounts.applications.create({ id: 'meter', secret: 's2' });
    expect(await accounts.verify('application', 'meter', 's1')).toBeNull();
    expect(await accounts.verify('application', 'meter', 's2')).not.toBeNull();
  });

  test('has a new secret at once when it is reset', async () => {
    await accounts.applications.create({ id: 'meter', secret: 's1' });
    await accounts.verify('application', 'meter', 's1');
    const secret = await accounts.applications.resetSecret('meter');
    expect(secret).toMatch(/^[0-9A-Za-z]{24}$/);
    expect(await accounts.verify('application', 'meter', 's1')).toBeNull();
    expect(await accounts.verify('application', 'meter', secret)).not.toBeNull();
  });
});
