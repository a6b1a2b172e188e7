import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Access, openAccess } from '../../src/access/access.ts';
import type { Principal } from '../../src/access/principal.ts';
import { useDataFolder } from './support/data-folder.ts';
import { derive } from './support/derivation.ts';

const folder = useDataFolder();
const onFault = vi.fn();
let access: Access;
let meter: Principal;

const verified = async (secret = 's1'): Promise<Principal> =>
  (await access.accounts.verify('application', 'meter', secret))!;

/** Holds something open and answers the reasons for which it was ended. */
function held(principal: Principal) {
  const reasons: string[] = [];
  const leave = access.admissions.enter(principal, (reason) => reasons.push(reason));
  return { reasons, leave };
}

beforeEach(async () => {
  access = await openAccess(folder.store, { derive, onFault, onFailures: () => {} });
  await access.accounts.applications.create({ id: 'meter', secret: 's1' });
  meter = await verified();
});

afterEach(async () => {
  vi.useRealTimers();
  onFault.mockReset();
  await access.close();
});

describe('what an application holds open', () => {
  test.each<[string, string, (access: Access) => Promise<unknown>]>([
    ['is disabled', 'DISABLED', ({ accounts }) => accounts.applications.update('meter', { status: false })],
    ['is deleted', 'DELETED', ({ accounts }) => accounts.applications.delete('meter')],
    ['has another secret', 'CHANGED', ({ accounts }) => accounts.applications.resetSecret('meter')],
    ['has another role', 'CHANGED', ({ accounts }) => accounts.applications.update('meter', { role: 'VIEWER' })],
    ['has expired', 'EXPIRED', ({ accounts }) => accounts.applications.update('meter', { expired: 1 })],
  ])('ends, all of it and once, when the application %s', async (_, reason, change) => {
    await access.accounts.applications.create({ id: 'other', secret: 's1' });
    const other = held((await access.accounts.verify('application', 'other', 's1'))!);
    const [first, second] = [held(meter), held(meter)];
    await change(access);
    expect([first.reasons, second.reasons, other.reasons]).toEqual([[reason], [reason], []]);
    expect(access.admissions.count).toBe(1);
    access.admissions.review();
    expect(first.reasons).toEqual([reason]);
  });

  test('stays when something else of it changes', async () => {
    const open = held(meter);
    await access.accounts.applications.update('meter', { name: 'Meter', desc: 'x', restProfile: '3.2', expired: 4e9 });
    expect(open.reasons).toEqual([]);
  });

  test('is not ended once it closed by itself', async () => {
    const open = held(meter);
    open.leave();
    expect(access.admissions.count).toBe(0);
    await access.accounts.applications.delete('meter');
    expect(open.reasons).toEqual([]);
  });

  test('ends within a second of its expiry, also of one that was set while it was open', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    const open = held(meter);
    const expired = Math.floor(Date.now() / 1000) + 60;
    await access.accounts.applications.update('meter', { expired });
    vi.advanceTimersByTime((expired + 1) * 1000 - Date.now() - 1);
    expect(open.reasons).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(open.reasons).toEqual(['EXPIRED']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is watched by one timer', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const open = Array.from({ length: 100 }, () => held(meter));
    expect(vi.getTimerCount()).toBe(1);
    for (const { leave } of open) leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends at once when the account changed after the secret was verified', async () => {
    await access.accounts.applications.resetSecret('meter', 's2');
    // No clock: it ends without one.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const late = await new Promise((resolve) => access.admissions.enter(meter, resolve));
    expect(late).toBe('CHANGED');
    const current = held(await verified('s2'));
    access.admissions.review();
    expect(current.reasons).toEqual([]);
  });

  test('ends also when the end of another throws', async () => {
    const fault = new Error('broken socket');
    access.admissions.enter(meter, () => {
      throw fault;
    });
    const open = held(meter);
    await access.accounts.applications.delete('meter');
    expect(open.reasons).toEqual(['DELETED']);
    expect(onFault.mock.calls).toEqual([[fault]]);
  });
});
