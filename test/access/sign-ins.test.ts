import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Access, openAccess } from '../../src/access/access.ts';
import { openSignIns } from '../../src/access/sign-ins.ts';
import { useDataFolder } from './support/data-folder.ts';
import { derive } from './support/derivation.ts';

const HOUR = 3_600_000;
const START = 1_800_000_000_000;
const origin = { address: '192.0.2.7', userAgent: 'Firefox' };

const folder = useDataFolder();
let access: Access;

const open = () =>
  openAccess(folder.store, {
    derive,
    onFailures: () => {},
    onFault: (fault) => {
      throw fault;
    },
  });

async function restart(): Promise<void> {
  await access.close();
  await folder.reopen();
  access = await open();
}

const signIn = async (name = 'eve', password = 'p1') => (await access.signIns.start(name, password, origin))!;

/** Lets time pass, and the timers that watch over it run. */
const pass = (ms: number) => vi.advanceTimersByTime(ms);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: START });
  access = await open();
  await access.accounts.users.create({ name: 'eve', password: 'p1', role: 'OPERATOR' });
  await access.accounts.users.create({ name: 'bob', password: 'p2' });
});

afterEach(async () => {
  await access.close();
  vi.useRealTimers();
});

describe('signing in', () => {
  test('answers a token of 32 bytes, and what is known of the sign-in', async () => {
    const { token, signIn: made } = await signIn();
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(made).toEqual({
      id: expect.any(String),
      user: 'eve',
      role: 'OPERATOR',
      createdAt: START,
      lastSeenAt: START,
      ...origin,
      expiresAt: START + 12 * HOUR,
    });
    expect(access.signIns.list()).toEqual([made]);
    expect(access.signIns.find(token)).toEqual({
      kind: 'user',
      name: 'eve',
      role: 'OPERATOR',
      restProfile: null,
      expiresAt: START + 12 * HOUR,
      secretId: expect.any(String),
      signInId: made.id,
    });
  });

  test('answers null for a wrong password and an unknown name', async () => {
    expect(await access.signIns.start('eve', 'wrong', origin)).toBeNull();
    expect(await access.signIns.start('nobody', 'p1', origin)).toBeNull();
    expect(access.signIns.list()).toEqual([]);
  });

  test('stores the hash of the token, and the token nowhere', async () => {
    const { token } = await signIn();
    expect(await folder.keysOf('signins')).toEqual([createHash('sha256').update(token).digest('base64url')]);
    for await (const [, record] of folder.store.space('signins').entries()) {
      expect(JSON.stringify(record)).not.toContain(token);
    }
  });

  test('shortens and escapes what the browser says of itself', async () => {
    const made = await access.signIns.start('eve', 'p1', { ...origin, userAgent: `a\n${'x'.repeat(2000)}` });
    expect(made?.signIn.userAgent).toMatch(/^a\\u000ax{1014}…$/);
  });
});

describe('a token', () => {
  test.each(['', 'x', '__proto__', 'x'.repeat(43), 'x'.repeat(1e6)])('is unknown when nobody has it', (token) => {
    expect(access.signIns.find(token)).toBeNull();
  });

  test('is known over a restart', async () => {
    const { token, signIn: made } = await signIn();
    await restart();
    expect(access.signIns.list()).toEqual([made]);
    expect(access.signIns.find(token)).toMatchObject({ name: 'eve', signInId: made.id });
  });

  test('ends after an hour in which it was not seen', async () => {
    const { token } = await signIn();
    pass(HOUR - 1);
    expect(access.signIns.find(token)).not.toBeNull();
    pass(HOUR - 1);
    expect(access.signIns.find(token)).not.toBeNull();
    pass(HOUR);
    expect(access.signIns.find(token)).toBeNull();
    expect(access.signIns.list()).toEqual([]);
  });

  test('was last seen when it was last found, over a restart too', async () => {
    const { token } = await signIn();
    pass(50_000);
    access.signIns.find(token);
    expect(access.signIns.list()).toMatchObject([{ lastSeenAt: START + 50_000 }]);
    await restart();
    expect(access.signIns.list()).toMatchObject([{ lastSeenAt: START + 50_000 }]);
  });

  test('is stored as seen a minute ago at most, also when the process is killed', async () => {
    const { token, signIn: made } = await signIn();
    pass(60_000);
    access.signIns.find(token);
    const stored = async () => {
      // Resolves when what was to be written before is written.
      await access.signIns.revoke((await signIn('bob', 'p2')).signIn.id);
      const records: unknown[] = [];
      for await (const [, record] of folder.store.space('signins').entries()) records.push(record);
      return records;
    };
    expect(await stored()).toMatchObject([{ id: made.id, lastSeenAt: START + 60_000 }]);
    pass(59_999);
    access.signIns.find(token);
    expect(await stored()).toMatchObject([{ id: made.id, lastSeenAt: START + 60_000 }]);
  });

  test('does not end for idleness while something is open through it', async () => {
    const { token } = await signIn();
    const leave = access.admissions.enter(access.signIns.find(token)!, () => {});
    for (let hour = 0; hour < 5; hour += 1) pass(HOUR);
    leave();
    pass(HOUR / 2);
    expect(access.signIns.find(token)).not.toBeNull();
  });

  test('ends after twelve hours in any case, with what is open through it', async () => {
    const { token } = await signIn();
    const reasons: string[] = [];
    access.admissions.enter(access.signIns.find(token)!, (reason) => reasons.push(reason));
    pass(12 * HOUR - 1);
    expect(access.signIns.find(token)).not.toBeNull();
    expect(reasons).toEqual([]);
    pass(1000);
    expect(access.signIns.find(token)).toBeNull();
    expect(reasons).toEqual(['EXPIRED']);
  });

  test('that ended while the store was closed is gone from it', async () => {
    await signIn();
    await access.close();
    pass(HOUR);
    access = await open();
    await restart();
    expect(await folder.keysOf('signins')).toEqual([]);
  });

  test('carries the role that the user has now', async () => {
    const { token } = await signIn();
    await access.accounts.users.update('eve', { role: 'VIEWER' });
    expect(access.signIns.find(token)).toMatchObject({ role: 'VIEWER' });
    expect(access.signIns.list()).toMatchObject([{ role: 'VIEWER' }]);
  });
});

describe('a sign-in', () => {
  test('is ended alone, with what is open through it, for good', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    const ended: string[] = [];
    for (const { token } of [mine, other]) {
      access.admissions.enter(access.signIns.find(token)!, (reason) => ended.push(`${token} ${reason}`));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(await access.signIns.revoke(mine.signIn.id)).toBe(true);
    expect(await access.signIns.revoke(mine.signIn.id)).toBe(false);
    // Behind the answer, which may go through what ends.
    expect(ended).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual([`${mine.token} SIGNED_OUT`]);
    await restart();
    expect(access.signIns.find(mine.token)).toBeNull();
    expect(access.signIns.find(other.token)).not.toBeNull();
  });

  test('is not said to be ended when a restart would bring it back', async () => {
    const full = new Error('disk full');
    const batch = vi.fn(folder.store.batch);
    const told: unknown[] = [];
    const signIns = await openSignIns(
      { ...folder.store, batch },
      {
        accounts: access.accounts,
        logIn: (name, password, address) => access.logIn('user', name, password, address),
        onFault: (fault) => told.push(fault),
      },
    );
    const { token, signIn: started } = (await signIns.start('eve', 'p1', origin))!;
    batch.mockRejectedValueOnce(full);
    await expect(signIns.revoke(started.id)).rejects.toBe(full);
    expect(signIns.find(token)).toBeNull();
    expect(told).toEqual([full]);
    await signIns.close();
  });

  test.each(['', '__proto__', 'nothing'])('is not found under the id %j', async (id) => {
    expect(await access.signIns.revoke(id)).toBe(false);
  });

  test.each<[string, string, (access: Access) => Promise<unknown>]>([
    ['the user is deleted', 'DELETED', ({ accounts }) => accounts.users.delete('eve')],
    ['the password changes', 'CHANGED', ({ accounts }) => accounts.users.changePassword('eve', 'p1', 'p3')],
    ['the password is reset', 'CHANGED', ({ accounts }) => accounts.users.resetPassword('eve', 'p1')],
  ])('ends when %s, those of others do not', async (_, reason, change) => {
    const [eve, bob] = [await signIn(), await signIn('bob', 'p2')];
    const reasons: string[] = [];
    access.admissions.enter(access.signIns.find(eve.token)!, (why) => reasons.push(why));
    await change(access);
    expect(reasons).toEqual([reason]);
    expect(access.signIns.find(eve.token)).toBeNull();
    expect(access.signIns.list()).toMatchObject([{ user: 'bob' }]);
    await restart();
    expect(access.signIns.find(eve.token)).toBeNull();
    expect(access.signIns.find(bob.token)).not.toBeNull();
    expect(await folder.keysOf('signins')).toHaveLength(1);
  });

  test('does not outlive a user who was deleted and made again', async () => {
    const { token } = await signIn();
    await access.accounts.users.delete('eve');
    await access.accounts.users.create({ name: 'eve', password: 'p1' });
    expect(access.signIns.find(token)).toBeNull();
  });

  test('is listed by user, in the order in which they began', async () => {
    const ids: string[] = [];
    for (const [name, password] of [
      ['eve', 'p1'],
      ['bob', 'p2'],
      ['eve', 'p1'],
    ] as const) {
      ids.push((await signIn(name, password)).signIn.id);
      pass(1);
    }
    expect(access.signIns.list().map(({ id }) => id)).toEqual(ids);
    expect(access.signIns.list('eve').map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    await restart();
    expect(access.signIns.list().map(({ id }) => id)).toEqual(ids);
  });

  test('makes the oldest of its user go, or of all, when there are too many', async () => {
    const { accounts, logIn } = access;
    const few = await openSignIns(folder.store, {
      accounts,
      logIn: (name, password, address) => logIn('user', name, password, address),
      onFault: () => {},
      limit: 3,
      userLimit: 2,
    });
    const tokens: string[] = [];
    const known = () => tokens.map((token) => few.find(token) !== null);
    const start = async (name: string, password: string) =>
      tokens.push((await few.start(name, password, origin))!.token);
    for (let i = 0; i < 3; i += 1) await start('bob', 'p2');
    expect(known()).toEqual([false, true, true]);
    for (let i = 0; i < 2; i += 1) await start('eve', 'p1');
    expect(known()).toEqual([false, false, true, true, true]);
  });
});
