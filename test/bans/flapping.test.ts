import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AlarmNotice } from '../../src/alarms/alarm.ts';
import { Alarms } from '../../src/alarms/alarms.ts';
import { Bans } from '../../src/bans/bans.ts';
import { nobodyExempt } from '../../src/bans/exemption.ts';
import {
  detectFlapping,
  type FlappingDetection,
  type FlappingLimits,
  type FlappingOptions,
} from '../../src/bans/flapping.ts';
import { RecentTimes } from '../../src/bans/recent-times.ts';
import { createEvents } from '../../src/broker/events.ts';
import type { LiveConnection } from '../../src/broker/live-connection.ts';
import { type DataStore, openStore } from '../../src/store/store.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';

describe('RecentTimes', () => {
  let now = 0;
  const recent = () => new RecentTimes(() => now);

  beforeEach(() => {
    now = 0;
  });

  test('counts what happened within the window, which slides', () => {
    const times = recent();
    const at = (time: number): number => {
      now = time;
      return times.note('a', 10, 5);
    };
    expect([at(0), at(4), at(9), at(10), at(13.9), at(14), at(100)]).toEqual([1, 2, 3, 3, 4, 4, 1]);
  });

  test('counts each name for itself, and up to the given number', () => {
    const times = recent();
    expect(['a', '__proto__', 'a', 'a', 'a'].map((name) => times.note(name, 10, 3))).toEqual([1, 1, 2, 3, 3]);
  });

  test('forgets names of which nothing is heard', () => {
    const times = recent();
    for (let i = 0; i < 1000; i++) times.note(`n${i}`, 10, 3);
    now = 10;
    times.note('x', 10, 3);
    now = 20;
    times.note('x', 10, 3);
    expect(times.size).toBe(1);
  });

  test('has a bound on names, and on their text', () => {
    const times = recent();
    for (let i = 0; i < 250_000; i++) times.note(`n${i}`, 1e9, 3);
    expect(times.size).toBeLessThanOrEqual(200_000);
    expect(times.note('n249999', 1e9, 3)).toBe(2);
    const long = recent();
    for (let i = 0; i < 3000; i++) long.note(String(i).padEnd(65_535, 'x'), 1e9, 3);
    expect(long.size).toBeLessThan(600);
  });
});

describe('detectFlapping', () => {
  let folder: string;
  let store: DataStore;
  let bans: Bans;
  let raised: Map<string, AlarmNotice>;
  let detection: FlappingDetection;
  const end = (): void => detection.end();
  let now = 0;
  /** What the clock of the bans is ahead. */
  let ahead = 0;
  const events = createEvents((fault) => {
    throw fault;
  });
  const limits: { -readonly [K in keyof FlappingLimits]: FlappingLimits[K] } = {
    enableFlappingDetect: 'on',
    flappingThreshold: 3,
    flappingWindow: 60,
    flappingBannedExpiryInterval: 60,
    maxBans: 200,
  };

  const port = {
    raise: (notice: AlarmNotice) => raised.set(notice.id, notice),
    clear: (id: string) => raised.delete(id),
    has: (id: string) => raised.has(id),
  };

  const detect = (alarms: FlappingOptions['alarms'] = port): void => {
    detection = detectFlapping({
      ...{ limits, events, bans, alarms },
      onFault: (fault) => {
        throw fault;
      },
      clock: () => now,
    });
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    store = await openStore(folder);
    ahead = 0;
    bans = await open();
    bans.start();
    raised = new Map();
    limits.enableFlappingDetect = 'on';
    limits.maxBans = 200;
    detect();
  });

  const look = (): void => {
    for (const each of detection.looks) void each(port);
  };

  const open = (): Promise<Bans> =>
    Bans.open(store, {
      limits,
      exemption: nobodyExempt,
      onFault: () => {},
      now: () => Date.now() + ahead,
    });

  afterEach(async () => {
    end();
    await bans.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const disconnect = (clientId: string, reason: string, times: number): void => {
    for (let i = 0; i < times; i++) events.disconnected.tell({ clientId } as LiveConnection, reason);
  };

  const key = { as: 'CLIENT_ID', who: 'fly' } as const;

  test('bans a client that disconnects once more than it may, and raises an alarm', async () => {
    disconnect('fly', 'closed', 3);
    disconnect('other', 'tcp_closed', 3);
    await new Promise(setImmediate);
    expect([bans.size, raised.size]).toEqual([0, 0]);
    const before = Date.now();
    disconnect('fly', 'keepalive_timeout', 1);
    await eventually(() => raised.size > 0, 'the alarm');
    const ban = bans.get(key);
    const until = new Date(ban?.until ?? 0).toISOString();
    expect([...raised.values()]).toEqual([
      {
        id: 'flapping:fly',
        severity: 'warning',
        title: 'Flapping client',
        summary: `client 'fly' is banned until ${until}: more than 3 disconnects within 60 seconds`,
      },
    ]);
    expect(ban).toMatchObject({
      reason: 'flapping',
      by: 'flapping detector',
      desc: 'more than 3 disconnects within 60 seconds',
    });
    expect(ban?.until).toBeGreaterThanOrEqual(before + 60_000);
  });

  test('takes a takeover for a disconnect: two clients with one id are flapping', async () => {
    disconnect('fly', 'discarded', 4);
    await eventually(() => raised.size > 0, 'the alarm');
  });

  test('passes over what the broker or its operator ended, and slow ones', async () => {
    for (const reason of ['kicked', 'banned', 'broker_stopped', 'store_failed', 'token_expired'])
      disconnect('fly', reason, 10);
    for (let i = 0; i < 10; i++) {
      now += 20_001;
      disconnect('slow', 'closed', 1);
    }
    await new Promise(setImmediate);
    expect(bans.size).toBe(0);
  });

  test('clears the alarm when the ban ends by itself', async () => {
    disconnect('fly', 'closed', 4);
    await eventually(() => raised.size === 1, 'the alarm');
    ahead = 60_000;
    // Whoever looks at the list finds none that has ended.
    await bans.page({ filter: {}, offset: 0, limit: 1, after: null });
    expect([bans.size, raised.size]).toEqual([0, 0]);
  });

  test('clears the alarm when somebody ends the ban, and begins to count anew', async () => {
    disconnect('fly', 'closed', 4);
    await eventually(() => raised.size === 1, 'the alarm');
    await bans.delete([key]);
    expect(raised.size).toBe(0);
    disconnect('fly', 'closed', 3);
    await new Promise(setImmediate);
    expect(bans.size).toBe(0);
  });

  test('clears the alarm of a ban that ended while nobody was there', async () => {
    disconnect('fly', 'closed', 4);
    await eventually(() => raised.size === 1, 'the alarm');
    end();
    await bans.close();
    ahead = 60_000;
    bans = await open();
    detect();
    bans.start();
    expect(raised.size).toBe(0);
  });

  test('raises the alarm of a ban that stands anew when it begins', async () => {
    disconnect('fly', 'closed', 4);
    await eventually(() => raised.size === 1, 'the alarm');
    const before = [...raised.values()];
    end();
    raised = new Map();
    detect();
    expect([...raised.values()]).toEqual(before);
  });

  test('raises an alarm anew at the next look that somebody ended by hand', async () => {
    disconnect('fly', 'closed', 4);
    await eventually(() => raised.size === 1, 'the alarm');
    const before = [...raised.values()];
    raised.clear();
    look();
    expect([...raised.values()]).toEqual(before);
  });

  test('raises the alarms of bans that were not listed, when others have ended', async () => {
    end();
    const alarms = await Alarms.open(store, {
      nodeName: 'n@h',
      limits: { maxHistory: 10, unconfirmedTimeout: 300 },
      onFault: () => {},
    });
    detect(alarms);
    const listed = (): string[] => alarms.present().map(({ id }) => id);
    const names = Array.from({ length: 130 }, (_, i) => `f${i}`);
    for (const name of names) disconnect(name, 'closed', 4);
    await eventually(() => bans.size === 130, 'the bans');
    expect(listed()).toHaveLength(101);
    expect(listed()).toContain('too_many_alarms:flapping');
    await bans.delete(names.slice(0, 50).map((name) => ({ as: 'CLIENT_ID', who: name })));
    expect(listed()).toEqual(names.slice(50, 100).map((name) => `flapping:${name}`));
    look();
    expect(listed()).toEqual(names.slice(50).map((name) => `flapping:${name}`));
    await alarms.close();
  });

  test('takes no ban for its own that somebody made in its name', async () => {
    const by = { by: 'flapping detector', desc: null, until: null };
    await bans.put([
      { as: 'USERNAME', who: 'eve', reason: 'flapping', ...by },
      { ...key, reason: 'mine', ...by },
    ]);
    end();
    detect();
    look();
    expect(raised.size).toBe(0);
  });

  test('leaves a tenth of mqtt.max_bans to others, and tells of the bans that failed in one alarm, until none do', async () => {
    limits.maxBans = 10;
    for (let i = 0; i < 12; i++) disconnect(`f${i}`, 'closed', 4);
    await eventually(() => bans.size === 9, 'the bans');
    await bans.put([{ ...key, reason: 'mine', by: null, desc: null, until: null }]);
    look();
    const failed = (): AlarmNotice[] => [...raised.values()].filter(({ id }) => !id.startsWith('flapping:'));
    expect(failed()).toEqual([
      {
        id: 'flapping_not_banned',
        severity: 'error',
        title: 'Flapping clients are not banned',
        summary: 'since the last look 3 bans of flapping clients failed: there would be 10 bans; the limit is 9',
      },
    ]);
    for (let i = 0; i < 2; i++) look();
    expect(failed()).toHaveLength(1);
    look();
    expect(failed()).toEqual([]);
  });

  test('tells of bans that cannot be stored', async () => {
    await store.close();
    disconnect('fly', 'closed', 4);
    await eventually(() => {
      look();
      return raised.has('flapping_not_banned');
    }, 'the alarm');
    expect([...raised.keys()]).toEqual(['flapping_not_banned']);
  });

  test("does not shorten somebody else's ban", async () => {
    await bans.put([{ ...key, reason: 'mine', by: null, desc: null, until: null }]);
    disconnect('fly', 'closed', 4);
    await new Promise(setImmediate);
    expect(bans.get(key)?.reason).toBe('mine');
    expect(raised.size).toBe(0);
  });

  test('does nothing while it is off, and as soon as it is on it does', async () => {
    limits.enableFlappingDetect = 'off';
    disconnect('fly', 'closed', 10);
    await new Promise(setImmediate);
    expect(bans.size).toBe(0);
    limits.enableFlappingDetect = 'on';
    disconnect('fly', 'closed', 4);
    await eventually(() => raised.size === 1, 'the alarm');
  });
});

describe('a client that connects and disconnects over and over again', () => {
  let gateway: TestGateway;

  afterEach(() => gateway.close());

  const come = async (clientId: string): Promise<void> => {
    const client = await gateway.connect({ clientId });
    await client.endAsync();
    await eventually(() => gateway.gateway.broker.registry.connectionsCount === 0, 'the client to leave');
  };

  test('is banned for a while where flapping is detected', async () => {
    const settings = 'mqtt: {enable_flapping_detect: on, flapping_threshold: 3, max_bans: 1}';
    gateway = await startGateway(`alarm: {check_interval: 1}\n${settings}`);
    const before = Date.now();
    for (let i = 0; i < 4; i++) await come('fly');
    const { domain } = gateway.gateway;
    const alarms = async () => {
      const { data } = await gateway.graphql<{ alarms: { id: string }[] }>('{ alarms { id } }');
      return data?.alarms.map(({ id }) => id) ?? [];
    };
    await eventually(async () => (await alarms()).includes('flapping:fly'), 'the alarm');
    await expect(gateway.connect({ clientId: 'fly' })).rejects.toMatchObject({ code: 5 });
    await domain.clearAlarm('flapping:fly', null);
    for (let i = 0; i < 4; i++) await come('gnat');
    await eventually(async () => (await alarms()).includes('flapping_not_banned'), 'the alarm of a ban that failed');
    await eventually(async () => (await alarms()).includes('flapping:fly'), 'the alarm to come back');
    const ban = await domain.deleteBan({ as: 'CLIENT_ID', who: 'fly' });
    expect(ban?.until).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(ban?.until).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(await alarms()).not.toContain('flapping:fly');
    await come('fly');
  });

  test('may do so where it is not, as by default', async () => {
    gateway = await startGateway('mqtt: {flapping_threshold: 1}');
    for (let i = 0; i < 5; i++) await come('fly');
    expect(await gateway.gateway.domain.ban({ as: 'CLIENT_ID', who: 'fly' })).toBeNull();
  });
});
