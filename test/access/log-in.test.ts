import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Access, openAccess } from '../../src/access/access.ts';
import type { FailureReport } from '../../src/access/failure-log.ts';
import { useDataFolder } from './support/data-folder.ts';
import { countedDerivation } from './support/derivation.ts';

const here = '192.0.2.7';
const there = '198.51.100.9';

const folder = useDataFolder();
let access: Access;
let calls: string[];
let reports: FailureReport[];

const logIn = (secret: string, address = here) => access.logIn('application', 'meter', secret, address);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  reports = [];
  const counted = countedDerivation();
  calls = counted.calls;
  access = await openAccess(folder.store, {
    derive: counted.derive,
    onFault: () => {},
    onFailures: (failures) => reports.push(failures),
  });
  await access.accounts.applications.create({ id: 'meter', secret: 's1' });
});

afterEach(async () => {
  await access.close();
  vi.useRealTimers();
});

async function failFourTimes(): Promise<void> {
  for (let i = 0; i < 4; i += 1) expect(await logIn('wrong')).toBeNull();
  calls.length = 0;
}

describe('logging in', () => {
  test('is refused after failures, without a derivation, until the time is over', async () => {
    await failFourTimes();
    await expect(logIn('s1')).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'too many logins failed; try again in 1 s',
      retryAfter: 1,
    });
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(250);
    expect(await logIn('s1')).toMatchObject({ name: 'meter' });
  });

  test('answers at once what was verified before, whoever fails', async () => {
    await logIn('s1', there);
    await failFourTimes();
    expect(logIn('s1')).toMatchObject({ name: 'meter' });
    expect(logIn('s1', there)).toMatchObject({ name: 'meter' });
    expect(calls).toEqual([]);
  });

  test('goes on from another address while one fails', async () => {
    await failFourTimes();
    expect(await logIn('s1', there)).toMatchObject({ name: 'meter' });
  });

  test('counts equal requests side by side as one failure', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => logIn('wrong')))).toEqual(Array(20).fill(null));
    expect(calls.filter((secret) => secret === 'wrong')).toHaveLength(1);
    expect(await logIn('s1')).toMatchObject({ name: 'meter' });
  });

  test('lets one address have 16 claims looked at side by side, and others in beside it', async () => {
    const claims = Array.from({ length: 100 }, (_, i) => access.logIn('application', `guess-${i}`, 'wrong', here));
    const other = logIn('s1', there);
    const verdicts = await Promise.allSettled(claims);
    expect(verdicts.slice(0, 16)).toEqual(Array(16).fill({ status: 'fulfilled', value: null }));
    const message = 'too many logins at once from this address; try again';
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'LIMIT_EXCEEDED', message }) };
    expect(verdicts.slice(16)).toEqual(Array(84).fill(refused));
    expect(await other).toMatchObject({ name: 'meter' });
    vi.advanceTimersByTime(30_000);
    expect(await logIn('s1')).toMatchObject({ name: 'meter' });
  });

  test('counts names that nobody can have', async () => {
    for (let i = 0; i < 4; i += 1) expect(await access.logIn('user', '', '', here)).toBeNull();
    await expect(logIn('s1')).rejects.toMatchObject({ retryAfter: 1 });
  });

  test('tells failures, and no secret', async () => {
    await failFourTimes();
    vi.advanceTimersByTime(1000);
    expect(reports).toEqual([
      { address: here, kind: 'application', name: 'meter', count: 1 },
      { address: here, kind: 'application', name: 'meter', count: 3 },
    ]);
  });

  test('slows down who signs in at the dashboard as well', async () => {
    await access.accounts.users.create({ name: 'eve', password: 'p1' });
    await failFourTimes();
    const origin = { address: here, userAgent: null };
    await expect(access.signIns.start('eve', 'p1', origin)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    vi.advanceTimersByTime(250);
    expect(await access.signIns.start('eve', 'p1', origin)).toMatchObject({ signIn: { user: 'eve' } });
  });
});
