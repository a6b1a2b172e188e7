import { scryptSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialRecord } from '../src/store/credential-records.ts';
import { type Credentials, type CredentialsOptions, createCredentials } from '../src/store/credentials.ts';
import { createHashing, type Derive } from '../src/store/hashing.ts';
import type { Principal } from '../src/store/principal.ts';
import { openStore, type Store } from '../src/store/store.ts';

const BASE62 = /^[0-9A-Za-z]{24}$/;
const meter = { kind: 'application', name: 'meter', role: 'ADMIN' };

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brokerql-credentials-'));
  store = await openStore(folder);
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function restart(options?: CredentialsOptions): Promise<Credentials> {
  await store.close();
  store = await openStore(folder);
  return createCredentials(store, options);
}

const recordOf = (space: 'applications' | 'users', id: string) => store.space<CredentialRecord>(space).get(id);

/** Credentials with a cheap derivation that is counted. */
function counted(options: CredentialsOptions = {}) {
  const calls: string[] = [];
  const derive: Derive = async (secret, salt) => {
    calls.push(secret);
    return scryptSync(secret, salt, 32, { N: 2 });
  };
  return { calls, credentials: createCredentials(store, { ...options, derive }) };
}

/** A derivation that ends when it is let go, and tells how many run. */
function held() {
  const running: (() => void)[] = [];
  let arrived: () => void = () => {};
  let most = 0;
  const derive: Derive = async (secret, salt) => {
    await new Promise<void>((release) => {
      running.push(release);
      most = Math.max(most, running.length);
      arrived();
    });
    return scryptSync(secret, salt, 32, { N: 2 });
  };
  return {
    derive,
    running,
    most: () => most,
    /** Waits until one runs, and answers what lets the eldest go. */
    async eldest(): Promise<() => void> {
      for (;;) {
        const release = running.shift();
        if (release !== undefined) return release;
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    },
    async release() {
      (await this.eldest())();
    },
  };
}

describe('a secret at rest', () => {
  test('describes how it was hashed, with a salt of its own', async () => {
    const credentials = createCredentials(store);
    await credentials.setSecret('application', 'meter', 'the secret');
    await credentials.setSecret('application', 'other', 'the secret');
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
    await createCredentials(store).setSecret('application', 'meter', 'the secret');
    const credentials = await restart();
    expect(await credentials.verify('application', 'meter', 'the secret')).toEqual(meter);
    expect(await credentials.verify('application', 'meter', 'the secret ')).toBeNull();
    expect(await credentials.verify('user', 'meter', 'the secret')).toBeNull();
  });

  test('pays the same derivation for an unknown name as for a wrong secret', async () => {
    const { credentials, calls } = counted();
    await credentials.setSecret('application', 'meter', 'the secret');
    calls.length = 0;
    expect(await credentials.verify('application', 'meter', 'wrong')).toBeNull();
    expect(await credentials.verify('application', 'nobody', 'wrong')).toBeNull();
    expect(calls).toEqual(['wrong', 'wrong']);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])('takes %s for a plain name', async (name) => {
    const { credentials } = counted();
    expect(await credentials.verify('user', name, 'the secret')).toBeNull();
    await credentials.setSecret('user', name, 'the secret');
    expect(await credentials.verify('user', name, 'the secret')).toEqual({ kind: 'user', name, role: 'ADMIN' });
    expect(await credentials.verify('user', name, 'wrong')).toBeNull();
  });

  test.each([
    ['an empty name', '', 'the secret'],
    ['an empty secret', 'meter', ''],
    ['a name above 1 KiB', 'ä'.repeat(513), 'the secret'],
    ['a secret above 1 KiB', 'meter', 'x'.repeat(1025)],
    ['a lone surrogate', 'meter', '\ud800'],
  ])('answers null at once for %s', (_, name, secret) => {
    const { credentials, calls } = counted();
    expect(credentials.verify('application', name, secret)).toBeNull();
    expect(calls).toEqual([]);
  });

  test('takes a secret of 1 KiB', async () => {
    const { credentials } = counted();
    await credentials.setSecret('application', 'meter', 'x'.repeat(1024));
    expect(await credentials.verify('application', 'meter', 'x'.repeat(1024))).toEqual(meter);
  });

  test('answers null for a credential that is disabled', async () => {
    const { credentials, calls } = counted();
    await credentials.setSecret('application', 'meter', 'the secret');
    const record = await recordOf('applications', 'meter');
    await store.space('applications').put('meter', { ...record, status: false });
    calls.length = 0;
    expect(await credentials.verify('application', 'meter', 'the secret')).toBeNull();
    expect(calls).toHaveLength(1);
  });

  test('answers the role of the record', async () => {
    const { credentials } = counted();
    await credentials.setSecret('user', 'eve', 'the secret');
    await store.space('users').put('eve', { ...(await recordOf('users', 'eve')), role: 'VIEWER' });
    expect(await credentials.verify('user', 'eve', 'the secret')).toEqual({
      kind: 'user',
      name: 'eve',
      role: 'VIEWER',
    });
  });
});

describe('a verdict', () => {
  test('is answered at once and without a derivation the second time', async () => {
    const { credentials, calls } = counted();
    await credentials.setSecret('application', 'meter', 'the secret');
    const first = credentials.verify('application', 'meter', 'the secret');
    expect(first).toBeInstanceOf(Promise);
    await first;
    calls.length = 0;
    expect(credentials.verify('application', 'meter', 'the secret')).toEqual(meter);
    expect(calls).toEqual([]);
  });

  test('is not kept when it is negative', async () => {
    const { credentials, calls } = counted();
    await credentials.verify('application', 'meter', 'wrong');
    await credentials.verify('application', 'meter', 'wrong');
    expect(calls).toEqual(['wrong', 'wrong']);
  });

  test('is shared by those who ask the same meanwhile', async () => {
    const { credentials, calls } = counted();
    await credentials.setSecret('application', 'meter', 'the secret');
    calls.length = 0;
    const asked = Array.from({ length: 100 }, () => credentials.verify('application', 'meter', 'the secret'));
    expect(await Promise.all(asked)).toEqual(asked.map(() => meter));
    expect(calls).toHaveLength(1);
  });

  test('leaves when there are newer ones', async () => {
    const { credentials } = counted({ verdicts: 2 });
    for (const name of ['a', 'b', 'c']) {
      await credentials.setSecret('user', name, 'the secret');
      await credentials.verify('user', name, 'the secret');
    }
    expect(credentials.verify('user', 'c', 'the secret')).not.toBeInstanceOf(Promise);
    expect(credentials.verify('user', 'b', 'the secret')).not.toBeInstanceOf(Promise);
    const left = credentials.verify('user', 'a', 'the secret');
    expect(left).toBeInstanceOf(Promise);
    await left;
  });

  test('ends with the secret that it was about', async () => {
    const { credentials } = counted();
    await credentials.setSecret('application', 'meter', 'old');
    await credentials.setSecret('application', 'other', 'old');
    await credentials.verify('application', 'meter', 'old');
    await credentials.verify('application', 'other', 'old');
    const { createdAt } = (await recordOf('applications', 'meter'))!;
    await credentials.setSecret('application', 'meter', 'new');
    expect(await credentials.verify('application', 'meter', 'old')).toBeNull();
    expect(await credentials.verify('application', 'meter', 'new')).toEqual(meter);
    expect(credentials.verify('application', 'other', 'old')).toMatchObject({ name: 'other' });
    expect((await recordOf('applications', 'meter'))?.createdAt).toBe(createdAt);
  });

  test('is neither kept nor shared further when the secret changes under way', async () => {
    await counted().credentials.setSecret('application', 'meter', 'old');
    const hold = held();
    const credentials = createCredentials(store, { derive: hold.derive });

    const early = credentials.verify('application', 'meter', 'old');
    const finishEarly = await hold.eldest();
    const changed = credentials.setSecret('application', 'meter', 'new');
    await hold.release();
    await changed;

    const late = credentials.verify('application', 'meter', 'old');
    await hold.release();
    expect(await late).toBeNull();
    finishEarly();
    expect(await early).toEqual(meter);
    const afterwards = credentials.verify('application', 'meter', 'old');
    expect(afterwards).toBeInstanceOf(Promise);
    await hold.release();
    expect(await afterwards).toBeNull();
  });
});

describe('many logins at once', () => {
  test('run two at a time, wait up to 64, and are refused beyond', async () => {
    const hold = held();
    // Two stores' worth of credentials share the places: they belong to the process.
    const doors = [
      createCredentials(store, { derive: hold.derive }),
      createCredentials(store, { derive: hold.derive }),
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
    expect(await createCredentials(store).verify('user', 'user 1', 'wrong')).toBeNull();
  });

  test('give their place back when a derivation fails', async () => {
    const failing = createCredentials(store, { derive: () => Promise.reject(new Error('out of memory')) });
    for (let i = 0; i < 5; i++) await expect(failing.verify('user', 'eve', 'wrong')).rejects.toThrow('out of memory');
    expect(await createCredentials(store).verify('user', 'eve', 'wrong')).toBeNull();
  });
});

describe('setSecret', () => {
  test.each(['', 'x'.repeat(1025), 'hush\ud800'])(
    'refuses a secret that could never verify, without saying it',
    async (secret) => {
      const refusal = await createCredentials(store)
        .setSecret('application', 'meter', secret)
        .catch((fault: unknown) => fault);
      expect(refusal).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: 'application secret must be text of 1 to 1024 bytes',
        details: { argument: 'application secret' },
      });
      expect(await recordOf('applications', 'meter')).toBeNull();
    },
  );
});

describe('bootstrap', () => {
  const nothing = { app: null, admin: null };

  test('generates an application and the user admin, once', async () => {
    const { application, user } = await createCredentials(store).bootstrap(nothing);
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
    const { credentials } = counted();
    const wanted = { app: { id: 'meter', secret: 's1' }, admin: { user: 'root', password: 'p1' } };
    expect(await credentials.bootstrap(wanted)).toEqual({ application: null, user: null });
    expect(await credentials.verify('application', 'meter', 's1')).toEqual(meter);
    expect(await credentials.verify('user', 'root', 'p1')).toEqual({ kind: 'user', name: 'root', role: 'ADMIN' });
    expect(await recordOf('users', 'admin')).toBeNull();
  });

  test('generates only the kind that is not given', async () => {
    const { credentials } = counted();
    const made = await credentials.bootstrap({ app: { id: 'meter', secret: 's1' }, admin: null });
    expect(made).toEqual({ application: null, user: { name: 'admin', password: expect.stringMatching(BASE62) } });
  });

  test('leaves a record alone when its secret is the one given', async () => {
    const wanted = { app: { id: 'meter', secret: 's1' }, admin: { user: 'root', password: 'p1' } };
    await createCredentials(store).bootstrap(wanted);
    const before = await recordOf('applications', 'meter');
    await (await restart()).bootstrap(wanted);
    expect(await recordOf('applications', 'meter')).toEqual(before);
  });

  test('changes the secret to the one given, and keeps it when none is given later', async () => {
    const { credentials } = counted();
    await credentials.bootstrap({ app: { id: 'meter', secret: 's1' }, admin: null });
    await credentials.verify('application', 'meter', 's1');
    await credentials.bootstrap({ app: { id: 'meter', secret: 's2' }, admin: null });
    expect(await credentials.verify('application', 'meter', 's1')).toBeNull();
    expect(await credentials.verify('application', 'meter', 's2')).toEqual(meter);
    expect(await credentials.bootstrap(nothing)).toEqual({ application: null, user: null });
    expect(await credentials.verify('application', 'meter', 's2')).toEqual(meter);
  });

  test('adds an application that is given to those that exist', async () => {
    const { credentials } = counted();
    const { application } = await credentials.bootstrap(nothing);
    await credentials.bootstrap({ app: { id: 'meter', secret: 's1' }, admin: null });
    expect(await credentials.verify('application', application!.id, application!.secret)).not.toBeNull();
    expect(await credentials.verify('application', 'meter', 's1')).toEqual(meter);
  });

  test('stores nothing when a given secret is refused', async () => {
    const { credentials } = counted();
    const refused = credentials.bootstrap({ app: null, admin: { user: 'root', password: '' } });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    for await (const [id] of store.space('applications').entries()) expect.unreachable(`made ${id}`);
  });
});
