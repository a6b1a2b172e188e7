import { scryptSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccountRecord } from '../src/access/account.ts';
import { type Accounts, type AccountsOptions, openAccounts } from '../src/access/accounts.ts';
import { createHashing } from '../src/access/hashing.ts';
import type { Principal } from '../src/access/principal.ts';
import type { Store } from '../src/store/store.ts';
import { useDataFolder } from './access/support/data-folder.ts';
import { countedDerivation, heldDerivation } from './access/support/derivation.ts';

const BASE62 = /^[0-9A-Za-z]{24}$/;
const meter = {
  kind: 'application',
  name: 'meter',
  role: 'ADMIN',
  restProfile: null,
  expiresAt: null,
  secretId: expect.any(String),
  signInId: null,
};

const folder = useDataFolder();
let store: Store;

beforeEach(() => {
  store = folder.store;
});

async function restart(options?: AccountsOptions): Promise<Accounts> {
  store = await folder.reopen();
  return openAccounts(store, options);
}

const recordOf = (space: 'applications' | 'users', id: string) => store.space<AccountRecord>(space).get(id);

/** Accounts with a cheap derivation that is counted. */
async function counted(options: AccountsOptions = {}) {
  const { calls, derive } = countedDerivation();
  return { calls, credentials: await openAccounts(store, { ...options, derive }) };
}

describe('a secret at rest', () => {
  test('describes how it was hashed, with a salt of its own', async () => {
    const credentials = await openAccounts(store);
    await credentials.applications.create({ id: 'meter', secret: 'the secret' });
    await credentials.applications.create({ id: 'other', secret: 'the secret' });
    const record = await recordOf('applications', 'meter');
    const [, salt, key] = /^scrypt\$16384\$8\$1\$([^$]{24})\$([^$]{44})$/.exec(record?.hash ?? '') ?? [];
    const expected = scryptSync('the secret', Buffer.from(salt ?? '', 'base64'), 32, { N: 16384, r: 8, p: 1 });
    expect(key).toBe(expected.toString('base64'));
    expect((await recordOf('applications', 'other'))?.hash).not.toBe(record?.hash);
    expect(record).toEqual({
      id: 'meter',
      name: 'meter',
      hash: record?.hash,
      status: true,
      role: 'ADMIN',
      desc: null,
      tags: null,
      expired: null,
      restProfile: null,
      createdAt: expect.any(Number),
    });
  });

  test.each(['', 'scrypt', 'scrypt$16384$8$1$$', 'scrypt$16384$8$1$AAAA$', 'bcrypt$16384$8$1$AAAA$AAAA'])(
    'is met by nothing when it reads %j',
    async (hash) => {
      expect(await createHashing().matches('', hash)).toBe(false);
    },
  );
});

describe('verify', () => {
  test('answers the principal, also after a restart', async () => {
    await (await openAccounts(store)).applications.create({ id: 'meter', secret: 'the secret' });
    const credentials = await restart();
    expect(await credentials.verify('application', 'meter', 'the secret')).toEqual(meter);
    expect(await credentials.verify('application', 'meter', 'the secret ')).toBeNull();
    expect(await credentials.verify('user', 'meter', 'the secret')).toBeNull();
  });

  test('pays the same derivation for an unknown name as for a wrong secret', async () => {
    const { credentials, calls } = await counted();
    await credentials.applications.create({ id: 'meter', secret: 'the secret' });
    calls.length = 0;
    expect(await credentials.verify('application', 'meter', 'wrong')).toBeNull();
    expect(await credentials.verify('application', 'nobody', 'wrong')).toBeNull();
    expect(calls).toEqual(['wrong', 'wrong']);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])('takes %s for a plain name', async (name) => {
    const { credentials } = await counted();
    expect(await credentials.verify('user', name, 'the secret')).toBeNull();
    await credentials.users.create({ name, password: 'the secret' });
    expect(await credentials.verify('user', name, 'the secret')).toEqual({ ...meter, kind: 'user', name });
    expect(await credentials.verify('user', name, 'wrong')).toBeNull();
  });

  test.each([
    ['an empty name', '', 'the secret'],
    ['an empty secret', 'meter', ''],
    ['a name above 1 KiB', 'ä'.repeat(513), 'the secret'],
    ['a secret above 1 KiB', 'meter', 'x'.repeat(1025)],
    ['a lone surrogate', 'meter', '\ud800'],
  ])('answers null at once for %s', async (_, name, secret) => {
    const { credentials, calls } = await counted();
    expect(credentials.verify('application', name, secret)).toBeNull();
    expect(calls).toEqual([]);
  });

  test('takes what the first release allowed: ids and secrets up to 1 KiB, and records without the later fields', async () => {
    const [id, secret] = ['a:/b'.repeat(256), 'x'.repeat(1024)];
    const record = {
      id,
      name: id,
      hash: await createHashing().hash(secret),
      status: true,
      role: 'ADMIN',
      createdAt: 1,
    };
    await store.space('applications').put(id, record);
    const credentials = await restart();
    expect(await credentials.verify('application', id, secret)).toEqual({ ...meter, name: id });
    expect(credentials.applications.get(id)).toEqual({
      id,
      name: id,
      desc: null,
      status: true,
      expired: null,
      role: 'ADMIN',
      restProfile: null,
      createdAt: 1,
    });
    expect(await credentials.applications.update(id, { desc: 'old' })).toMatchObject({ desc: 'old' });
    await credentials.bootstrap({ app: { id, secret: 'the secret' }, admin: null });
    expect(await credentials.verify('application', id, 'the secret')).toEqual({ ...meter, name: id });
    expect(await credentials.applications.delete(id)).toBe(true);
  });

  test('answers null for a user that is disabled in the store', async () => {
    const { credentials } = await counted();
    await credentials.users.create({ name: 'eve', password: 'the secret' });
    await store.space('users').put('eve', { ...(await recordOf('users', 'eve')), status: false });
    expect(await (await restart()).verify('user', 'eve', 'the secret')).toBeNull();
  });
});

describe('a verdict', () => {
  test('is answered at once and without a derivation the second time', async () => {
    const { credentials, calls } = await counted();
    await credentials.applications.create({ id: 'meter', secret: 'the secret' });
    const first = credentials.verify('application', 'meter', 'the secret');
    expect(first).toBeInstanceOf(Promise);
    await first;
    calls.length = 0;
    expect(credentials.verify('application', 'meter', 'the secret')).toEqual(meter);
    expect(calls).toEqual([]);
  });

  test('is not kept when it is negative', async () => {
    const { credentials, calls } = await counted();
    await credentials.verify('application', 'meter', 'wrong');
    await credentials.verify('application', 'meter', 'wrong');
    expect(calls).toEqual(['wrong', 'wrong']);
  });

  test('is shared by those who ask the same meanwhile', async () => {
    const { credentials, calls } = await counted();
    await credentials.applications.create({ id: 'meter', secret: 'the secret' });
    calls.length = 0;
    const asked = Array.from({ length: 100 }, () => credentials.verify('application', 'meter', 'the secret'));
    expect(await Promise.all(asked)).toEqual(asked.map(() => meter));
    expect(calls).toHaveLength(1);
  });

  test('leaves when there are newer ones', async () => {
    const { credentials } = await counted({ verdicts: 2 });
    for (const name of ['a', 'b', 'c']) {
      await credentials.users.create({ name, password: 'the secret' });
      await credentials.verify('user', name, 'the secret');
    }
    expect(credentials.verify('user', 'c', 'the secret')).not.toBeInstanceOf(Promise);
    expect(credentials.verify('user', 'b', 'the secret')).not.toBeInstanceOf(Promise);
    const left = credentials.verify('user', 'a', 'the secret');
    expect(left).toBeInstanceOf(Promise);
    await left;
  });

  test('ends with the secret that it was about', async () => {
    const { credentials } = await counted();
    await credentials.applications.create({ id: 'meter', secret: 'old' });
    await credentials.applications.create({ id: 'other', secret: 'old' });
    await credentials.verify('application', 'meter', 'old');
    await credentials.verify('application', 'other', 'old');
    const { createdAt } = (await recordOf('applications', 'meter'))!;
    await credentials.applications.resetSecret('meter', 'new');
    expect(await credentials.verify('application', 'meter', 'old')).toBeNull();
    expect(await credentials.verify('application', 'meter', 'new')).toEqual(meter);
    expect(credentials.verify('application', 'other', 'old')).toMatchObject({ name: 'other' });
    expect((await recordOf('applications', 'meter'))?.createdAt).toBe(createdAt);
  });

  test('is neither kept nor shared further when the secret changes under way', async () => {
    await (await counted()).credentials.applications.create({ id: 'meter', secret: 'old' });
    const hold = heldDerivation();
    const credentials = await openAccounts(store, { derive: hold.derive });

    const early = credentials.verify('application', 'meter', 'old');
    const finishEarly = await hold.eldest();
    const changed = credentials.applications.resetSecret('meter', 'new');
    await hold.release();
    await changed;

    const late = credentials.verify('application', 'meter', 'old');
    await hold.release();
    expect(await late).toBeNull();
    finishEarly();
    expect(await early).toBeNull();
    const afterwards = credentials.verify('application', 'meter', 'old');
    expect(afterwards).toBeInstanceOf(Promise);
    await hold.release();
    expect(await afterwards).toBeNull();
  });
});

describe('many logins at once', () => {
  test('run two at a time, wait up to 64, and are refused beyond', async () => {
    const hold = heldDerivation();
    // Two stores' worth of credentials share the places: they belong to the process.
    const doors = [
      await openAccounts(store, { derive: hold.derive }),
      await openAccounts(store, { derive: hold.derive }),
    ];
    const verdicts: (Principal | null)[] = [];
    const refusals: unknown[] = [];
    let refused: () => void = () => {};
    const allRefused = new Promise<void>((resolve) => {
      refused = resolve;
    });
    const asked = Array.from({ length: 70 }, (_, i) =>
      Promise.resolve(doors[i % 2]!.verify('user', `user ${i}`, 'wrong')).then(
        (verdict) => verdicts.push(verdict),
        (fault) => {
          refusals.push(fault);
          if (refusals.length === 4) refused();
        },
      ),
    );

    await allRefused;
    expect(hold.running).toHaveLength(2);
    for (let i = 0; i < 66; i++) await hold.release();
    await Promise.all(asked);

    expect(hold.most()).toBe(2);
    expect(verdicts).toEqual(Array(66).fill(null));
    expect(refusals).toHaveLength(4);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: 'LIMIT_EXCEEDED', message: 'too many logins at once; try again' });
    }
    expect(await (await openAccounts(store)).verify('user', 'user 1', 'wrong')).toBeNull();
  });

  test('give their place back when a derivation fails', async () => {
    const failing = await openAccounts(store, { derive: () => Promise.reject(new Error('out of memory')) });
    for (let i = 0; i < 5; i++) await expect(failing.verify('user', 'eve', 'wrong')).rejects.toThrow('out of memory');
    expect(await (await openAccounts(store)).verify('user', 'eve', 'wrong')).toBeNull();
  });
});

describe('bootstrap', () => {
  const nothing = { app: null, admin: null };

  test('generates an application and the user admin, once', async () => {
    const { application, user } = await (await openAccounts(store)).bootstrap(nothing);
    expect(application).toEqual({
      id: expect.stringMatching(/^app-[0-9A-Za-z]{8}$/),
      secret: expect.stringMatching(BASE62),
    });
    expect(user).toEqual({ name: 'admin', password: expect.stringMatching(BASE62) });

    const credentials = await restart();
    expect(await credentials.bootstrap(nothing)).toEqual({ application: null, user: null });
    expect(await credentials.verify('application', application!.id, application!.secret)).toMatchObject({
      role: 'ADMIN',
    });
    expect(await credentials.verify('user', 'admin', user!.password)).toMatchObject({ role: 'ADMIN' });
  });

  test('makes what is given, and does not answer it', async () => {
    const { credentials } = await counted();
    const wanted = { app: { id: 'meter', secret: 's1' }, admin: { user: 'root', password: 'p1' } };
    expect(await credentials.bootstrap(wanted)).toEqual({ application: null, user: null });
    expect(await credentials.verify('application', 'meter', 's1')).toEqual(meter);
    expect(await credentials.verify('user', 'root', 'p1')).toEqual({ ...meter, kind: 'user', name: 'root' });
    expect(await recordOf('users', 'admin')).toBeNull();
  });

  test('generates only the kind that is not given', async () => {
    const { credentials } = await counted();
    const made = await credentials.bootstrap({ app: { id: 'meter', secret: 's1' }, admin: null });
    expect(made).toEqual({ application: null, user: { name: 'admin', password: expect.stringMatching(BASE62) } });
  });

  test('leaves a record alone when its secret is the one given', async () => {
    const wanted = { app: { id: 'meter', secret: 's1' }, admin: { user: 'root', password: 'p1' } };
    await (await openAccounts(store)).bootstrap(wanted);
    const before = await recordOf('applications', 'meter');
    await (await restart()).bootstrap(wanted);
    expect(await recordOf('applications', 'meter')).toEqual(before);
  });

  test('changes the secret to the one given, and keeps it when none is given later', async () => {
    const { credentials } = await counted();
    await credentials.bootstrap({ app: { id: 'meter', secret: 's1' }, admin: null });
    await credentials.verify('application', 'meter', 's1');
    await credentials.bootstrap({ app: { id: 'meter', secret: 's2' }, admin: null });
    expect(await credentials.verify('application', 'meter', 's1')).toBeNull();
    expect(await credentials.verify('application', 'meter', 's2')).toEqual(meter);
    expect(await credentials.bootstrap(nothing)).toEqual({ application: null, user: null });
    expect(await credentials.verify('application', 'meter', 's2')).toEqual(meter);
  });

  test('adds an application that is given to those that exist', async () => {
    const { credentials } = await counted();
    const { application } = await credentials.bootstrap(nothing);
    await credentials.bootstrap({ app: { id: 'meter', secret: 's1' }, admin: null });
    expect(await credentials.verify('application', application!.id, application!.secret)).not.toBeNull();
    expect(await credentials.verify('application', 'meter', 's1')).toEqual(meter);
  });

  test('stores nothing when a given secret is refused', async () => {
    const { credentials } = await counted();
    const refused = credentials.bootstrap({ app: null, admin: { user: 'root', password: '' } });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    for await (const [id] of store.space('applications').entries()) expect.unreachable(`made ${id}`);
  });
});
